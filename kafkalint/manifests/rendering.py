"""Renderings: what Kustomize and Helm make of a folder, with where each object comes from."""

from __future__ import annotations

import os
import re
import shlex
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from kafkalint.manifests.charts import read_chart, template_path
from kafkalint.manifests.commands import CommandError, run
from kafkalint.manifests.documents import documents
from kafkalint.manifests.kustomize_origins import origin_file
from kafkalint.manifests.notices import Notice
from kafkalint.manifests.progress import UNWATCHED, Progress
from kafkalint.manifests.remotes import remotes
from kafkalint.manifests.render_settings import ChartValues, RenderSettings
from kafkalint.manifests.resources import ORIGIN_ANNOTATION
from kafkalint.manifests.sources import Source
from kafkalint.manifests.text import TextError
from kafkalint.manifests.walking import Namer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kafkalint.manifests.planning import Job
    from kafkalint.manifests.resources import Identity

_WRAPPER = "kustomization.yaml"
_ORIGIN = re.compile(
    rf"^(?P<indent>[ ]*){re.escape(ORIGIN_ANNOTATION)}: \|-?\n(?P<block>(?:(?P=indent)[ ]+.*\n?)+)", re.MULTILINE
)
_WRAPPED = " (in a temporary kustomization that refers to it)"
_RELEASE = re.compile(r"[^a-z0-9]+")
_GLOB = re.compile(r"[*?]")
_LONGEST_RELEASE = 53
_RESTRICTED = "is not in or below"
"""What Kustomize says of a file outside of the folder that names it, unless it is told to take it."""
_MISSING = re.compile(r"missing in charts/ directory: ([^:]+)")


class Account(NamedTuple):
    """How something was rendered, for who wants to do it again by hand."""

    name: str
    command: tuple[str, ...]
    seconds: float
    failed: bool = False
    remark: str = ""
    """What the command does not show."""


class Rendering(NamedTuple):
    """What came of a job: a source, or a word on why there is none."""

    source: Source | None = None
    notice: Notice | None = None
    account: Account | None = None
    """None where no program was run."""


def render(
    jobs: Sequence[Job], settings: RenderSettings, directory: str, workers: int, progress: Progress = UNWATCHED
) -> list[Rendering]:
    """Every job's renderings in the order of the jobs; so many programs run side by side."""
    tasks = [task for job in jobs for task in _tasks(job, settings, directory)]
    progress.step("rendering", 0, len(tasks))
    if min(len(tasks), workers) < 2:
        return [task.run() for task in tasks]
    from concurrent.futures import ThreadPoolExecutor, as_completed  # noqa: PLC0415 - only rendering needs it

    with ThreadPoolExecutor(min(workers, len(tasks))) as pool:
        futures = [pool.submit(task.run) for task in tasks]
        for done, _ in enumerate(as_completed(futures), 1):
            progress.step("rendering", done, len(tasks))
        return [future.result() for future in futures]


def lost(settings: RenderSettings, directory: str) -> Iterator[Notice]:
    """A word on each chart that the config asks to have rendered and that is not there."""
    for entry in settings.charts if settings.helm else ():
        if not _GLOB.search(entry.chart) and not os.path.isdir(os.path.join(directory, entry.chart)):
            yield Notice(
                entry.chart, "not rendered, so not checked: the config has this chart rendered, and it is not there"
            )


def emit(
    job: Job, settings: RenderSettings, directory: str, values: ChartValues | None = None, arguments: Sequence[str] = ()
) -> Source:
    """What a folder is rendered to, as it would be applied: its bytes are the tool's own; raises CommandError.

    `arguments` go to the tool as they are.
    """
    task = _Task(job, settings, directory, values, arguments=tuple(arguments))
    if job.tool == "helm":
        return task.charted("--include-crds")
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - as above

    with ThreadPoolExecutor(1) as pool:
        # The build that tells where objects come from is another one: some of a kustomization holds for a root only.
        telling = pool.submit(task.run)
        source = task.source(task.built())
        told = telling.result().source
    return replace(source, origins=told.origins, object_origins=_object_origins(told)) if told else source


def _object_origins(told: Source) -> dict[Identity, str]:
    try:
        resources = [resource for document in documents(told) for resource in document.resources]
    except TextError:
        return {}
    return {resource.identity: resource.origin for resource in resources if resource.origin}


@dataclass(frozen=True)
class _Task:
    job: Job
    settings: RenderSettings
    directory: str
    values: ChartValues | None = None
    label: str = ""
    """What tells this rendering of a chart from its others."""
    arguments: tuple[str, ...] = ()

    @property
    def folder(self) -> str:
        return Namer(self.directory).folder(self.job.directory)

    @property
    def name(self) -> str:
        return f"{self.folder} [{self.label}]" if self.label else self.folder

    @property
    def installed(self) -> tuple[tuple[str, str], ...]:
        """As what a chart is installed, where somebody says so."""
        return (("release", self.values.release), ("namespace", self.values.namespace)) if self.values else ()

    def run(self) -> Rendering:
        enabled = self.settings.kustomize if self.job.tool == "kustomize" else self.settings.helm
        if not enabled:
            return self.failed("rendering is switched off")
        if self.job.component:
            return Rendering(
                notice=Notice(self.name, "not checked: a Component that no kustomization here builds upon")
            )
        try:
            command = self.command()
        except CommandError as failure:
            return self.failed(str(failure))
        started = time.perf_counter()
        rendering = self.made()
        account = Account(
            name=self.name,
            command=tuple(command),
            seconds=time.perf_counter() - started,
            failed=rendering.source is None,
            remark=_WRAPPED if self.job.tool == "kustomize" else "",
        )
        return rendering._replace(account=account)

    def command(self) -> list[str]:
        """What is run; raises CommandError where that is no use."""
        if self.job.tool == "helm":
            return self.helm_command()
        self.refuse_remotes()
        return [*_kustomize_command(), *self.inflating(), *self.arguments]

    def made(self) -> Rendering:
        try:
            return self.kustomize() if self.job.tool == "kustomize" else self.helm()
        except CommandError as failure:
            return self.failed(str(failure))
        except OSError as error:
            return self.failed(error.strerror or str(error))

    def failed(self, reason: str) -> Rendering:
        shown = reason.replace(os.path.join(self.directory, ""), "").removeprefix(f"{self.folder}: ").rstrip(".")
        by_hand = f"By hand: {self.by_hand(reason)}"
        return Rendering(notice=Notice(self.name, f"not rendered, so not checked: {shown}. {by_hand}"))

    def by_hand(self, reason: str) -> str:
        if self.job.tool == "kustomize":
            helm = ["--enable-helm"] if self.job.charts else []
            anywhere = ["--load-restrictor", "LoadRestrictionsNone"] if _RESTRICTED in reason else []
            command = ["kustomize", "build", *helm, *anywhere, self.folder]
        else:
            command = ["helm", "template", self.release(), self.folder, *self.helm_flags("")]
        return f"{shlex.join(command)} | kafkalint check -"

    def source(self, data: bytes) -> Source:
        namer = Namer(self.directory)
        return Source(
            name=self.name,
            data=data,
            directory=self.folder,
            rendered_by=self.job.tool,
            root=namer(self.job.file),
            patches=tuple(map(namer, self.job.patches)),
            values=self.values.values if self.values else (),
            arguments=(*(f"{key} {value}" for key, value in self.installed if value), *self.arguments),
            working_directory=self.directory,
        )

    def kustomize(self) -> Rendering:
        import tempfile  # noqa: PLC0415 - only rendering needs it

        command = self.command()
        with tempfile.TemporaryDirectory(prefix="kafkalint-") as place:
            # The real paths: a relative one through a symbolic link, as /tmp is on macOS, would lead elsewhere.
            wrapper = os.path.realpath(place)
            target = os.path.relpath(os.path.realpath(self.job.directory), wrapper)
            with open(os.path.join(wrapper, _WRAPPER), "w", encoding="utf-8") as file:
                file.write(_wrapper(target))
            try:
                data = self.called(command, wrapper)
            except CommandError as failure:
                raise CommandError(str(failure).replace(wrapper, self.folder)) from None
        source = self.source(data)
        return Rendering(source=replace(source, origins=self.kustomize_origins(source, wrapper)))

    def refuse_remotes(self) -> None:
        """Raise CommandError where something would have to be fetched: no linter calls out unasked."""
        found = [] if self.settings.fetch else list(remotes(self.job.files))
        if found:
            first = found[0]
            where = f"{Namer(self.directory)(first.file)}:{first.line}"
            which = f", and {len(found) - 1} more, which are" if len(found) > 1 else ", which is"
            raise CommandError(
                f"{where} needs {first.reference}{which} not on this disk, and kafkalint fetches nothing"
            )

    def inflating(self) -> list[str]:
        """What Kustomize has to be told to let Helm render charts."""
        if not self.job.charts:
            return []
        if not self.settings.helm:
            raise CommandError("it inflates charts, and rendering with Helm is switched off")
        version = self.settings.kubernetes_version
        helm = ["--enable-helm", "--helm-command", _program("helm")]
        return [*helm, "--helm-kube-version", version] if version else helm

    def built(self) -> bytes:
        """What the folder itself is built to."""
        return self.called(self.command(), self.job.directory)

    def called(self, command: list[str], place: str) -> bytes:
        settings = self.settings
        return run(command, directory=place, seconds=settings.seconds, most=settings.most, fetch=settings.fetch)

    def kustomize_origins(self, source: Source, wrapper: str) -> dict[str, str]:
        try:
            content = source.text.content
        except TextError:
            return {}
        real = os.path.realpath(self.job.directory)
        found = {}
        for block in dict.fromkeys(match["block"] for match in _ORIGIN.finditer(content)):
            named = origin_file(block)
            path = os.path.normpath(os.path.join(wrapper, named)) if named else ""
            if named and os.path.isfile(path):
                seen = os.path.normpath(os.path.join(self.job.directory, os.path.relpath(path, real)))
                found[named] = Namer(self.directory)(seen if os.path.realpath(seen) == os.path.realpath(path) else path)
        return found

    def release(self) -> str:
        wanted = (self.values.release if self.values else "") or read_chart(self.job.directory).name
        return _RELEASE.sub("-", wanted.lower()).strip("-")[:_LONGEST_RELEASE].strip("-") or "release"

    def helm(self) -> Rendering:
        return Rendering(source=self.charted())

    def helm_command(self, *flags: str) -> list[str]:
        command = [_program("helm"), "template", self.release(), self.job.directory, "--skip-tests", *flags]
        return [*command, *self.helm_flags(self.directory), *self.arguments]

    def charted(self, *flags: str) -> Source:
        try:
            data = self.called(self.helm_command(*flags), self.directory or os.curdir)
        except CommandError as failure:
            raise self.told(failure) from None
        source = self.source(data)
        return replace(source, origins=self.helm_origins(source))

    def helm_flags(self, directory: str) -> list[str]:
        """What Helm is told of values and the cluster, its files in this directory."""
        flags = [part for file in self.values_files for part in ("--values", os.path.join(directory, file))]
        if self.values and self.values.namespace:
            flags += ["--namespace", self.values.namespace]
        if self.settings.kubernetes_version:
            flags += ["--kube-version", self.settings.kubernetes_version]
        return flags

    @property
    def values_files(self) -> tuple[str, ...]:
        return self.values.values if self.values else ()

    def told(self, failure: CommandError) -> CommandError:
        """Why Helm failed, in our words where its own lead astray."""
        missing = _MISSING.search(str(failure))
        if missing is None:
            return failure
        chart = Namer(self.directory)(self.job.file)
        fetched = f"fetch them with: helm dependency build {shlex.quote(self.folder)}"
        return CommandError(
            f"{chart} depends on {missing[1]}, not in its charts/ folder, and kafkalint fetches nothing; {fetched}"
        )

    def helm_origins(self, source: Source) -> dict[str, str]:
        chart = read_chart(self.job.directory)
        namer = Namer(self.directory)
        try:
            named = dict.fromkeys(document.helm_source for document in documents(source))
        except TextError:
            return {}
        paths = {name: template_path(chart, name) for name in named if name}
        return {name: namer(path) for name, path in paths.items() if path}


def _tasks(job: Job, settings: RenderSettings, directory: str) -> list[_Task]:
    task = _Task(job, settings, directory)
    if job.tool == "kustomize":
        return [task]
    asked = settings.charts_at(task.folder)
    labels = [", ".join(entry.values) for entry in asked]
    alike = {label for label in labels if labels.count(label) > 1}
    return [
        replace(task, values=entry, label=_with_release(label, entry) if label in alike else label)
        for entry, label in zip(asked, labels, strict=True)
    ] or [task]


def _with_release(label: str, entry: ChartValues) -> str:
    release = f"{entry.namespace}/{entry.release}" if entry.namespace else entry.release
    return f"{label}, {release}" if label else release


def renderings(job: Job, settings: RenderSettings, directory: str) -> list[tuple[str, tuple[str, ...]]]:
    """The renderings of a job: the name of each, and the values files that the config gives it, absolute."""
    tasks = _tasks(job, settings, directory)
    return [(task.name, _values_files(task)) for task in tasks]


def _values_files(task: _Task) -> tuple[str, ...]:
    return tuple(os.path.join(task.directory, file) for file in task.values.values) if task.values else ()


def is_asked_for(job: Job, settings: RenderSettings, directory: str) -> bool:
    """Whether the config names this chart."""
    return job.tool == "helm" and any(task.values for task in _tasks(job, settings, directory))


def _kustomize_command() -> list[str]:
    import shutil  # noqa: PLC0415 - only rendering needs it

    for program, command in (("kustomize", "build"), ("kubectl", "kustomize")):
        path = shutil.which(program)
        if path:
            return [path, command, "."]
    raise CommandError("neither kustomize nor kubectl is on the PATH")


def _program(name: str) -> str:
    import shutil  # noqa: PLC0415 - only rendering needs it

    path = shutil.which(name)
    if path is None:
        raise CommandError(f"{name} is not on the PATH")
    return path


def _wrapper(target: str) -> str:
    """A kustomization that builds another one and has the origin of every object written into it."""
    import json  # noqa: PLC0415 - only rendering needs it

    return f"resources: [{json.dumps(target.replace(os.sep, '/'))}]\nbuildMetadata: [originAnnotations]\n"
