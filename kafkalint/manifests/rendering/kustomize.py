"""Kustomizations, built."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kafkalint.manifests.documents import documents
from kafkalint.manifests.origin_annotations import origin_file
from kafkalint.manifests.rendering.commands import CommandError, Refused
from kafkalint.manifests.rendering.guarding import guarded
from kafkalint.manifests.rendering.tasks import Task, program
from kafkalint.manifests.resources import ORIGIN_ANNOTATION
from kafkalint.manifests.text import TextError
from kafkalint.manifests.walking import KUSTOMIZATION_FILES, Namer

if TYPE_CHECKING:
    from kafkalint.manifests.resources import Identity
    from kafkalint.manifests.sources import Source

_WRAPPER = "kustomization.yaml"
_ORIGIN = re.compile(
    rf"^(?P<indent>[ ]*){re.escape(ORIGIN_ANNOTATION)}: \|-?\n(?P<block>(?:(?P=indent)[ ]+.*\n?)+)", re.MULTILINE
)
_HELM = "--helm-command"
_RESTRICTED = "is not in or below"
"""What Kustomize says of a file outside of the folder that names it, unless it is told to take it."""


@dataclass(frozen=True)
class KustomizeTask(Task):
    """A kustomization to build."""

    remark = " (in a temporary kustomization that refers to it)"

    @property
    def enabled(self) -> bool:
        """Whether Kustomize may be run."""
        return self.settings.kustomize

    def command(self) -> list[str]:
        """`kustomize build .`, or what kubectl has of it."""
        return [*_kustomize(), *self._inflating(), *self.arguments]

    def command_by_hand(self, reason: str) -> list[str]:
        """`kustomize build`, or kubectl's where there is no other, with what this one takes."""
        import shutil  # noqa: PLC0415 - only rendering needs it

        only_kubectl = shutil.which("kubectl") and not shutil.which("kustomize")
        helm = ["--enable-helm"] if self.job.charts else []
        version = self.settings.kubernetes_version
        told = ["--helm-kube-version", version] if helm and version else []
        anywhere = ["--load-restrictor", "LoadRestrictionsNone"] if _RESTRICTED in reason else []
        called = ["kubectl", "kustomize"] if only_kubectl else ["kustomize", "build"]
        return [*called, *helm, *told, *anywhere, self.folder]

    def checked(self, command: list[str]) -> Source:
        """What the folder is built to, by another kustomization that has the origin of every object written into it."""
        import tempfile  # noqa: PLC0415 - only rendering needs it

        with tempfile.TemporaryDirectory(prefix="kafkalint-") as place:
            # The real paths: a relative one through a symbolic link, as /tmp is on macOS, would lead elsewhere.
            wrapper = os.path.realpath(place)
            real = os.path.realpath(self.job.directory)
            target = os.path.relpath(real, wrapper)
            link = ""
            if not target.isprintable():  # YAML cannot hold it: a name that is no UTF-8, for one
                link = "".join(character if character.isprintable() else "?" for character in os.path.basename(real))
                os.symlink(real, os.path.join(wrapper, link), target_is_directory=True)
            with open(os.path.join(wrapper, _WRAPPER), "w", encoding="utf-8") as file:
                file.write(_wrapping(link or target))
            try:
                data = self.called(command, wrapper)
            except CommandError as failure:
                raise CommandError(self._missing() or str(failure).replace(wrapper, self.folder)) from None
        source = self.source(data)
        # Kustomize joins names as they are written, and so takes the link for the folder itself, among its neighbours.
        return replace(source, origins=self._origins(source, os.path.dirname(real) if link else wrapper, link))

    def _missing(self) -> str:
        """What is not there, which Kustomize says in the words of each base on the way to it; empty where all is."""
        path = next(iter(self.job.missing), "")
        if not path:
            return ""
        what = f"no {KUSTOMIZATION_FILES[0]} in it" if os.path.isdir(path) else "no such file or directory"
        return f"{Namer(self.directory)(path)}: {what}"

    def emitted(self) -> tuple[Source, str]:
        """What the folder itself is built to; where its objects come from is taken from the other build.

        They are two, as some of what a kustomization says holds for the root of a build only.
        """
        # What is fetched, or run, is so once at a time: both would unpack one chart into one folder.
        if self.settings.fetch or self.arguments:
            source, told = self._built(), self.run()
        else:
            from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - only rendering needs it

            with ThreadPoolExecutor(1) as pool:
                telling = pool.submit(self.run)
                source = self._built()
                told = telling.result()
        if told.source is None:
            return source, told.notice.message if told.notice else "nobody can tell"
        return replace(source, origins=told.source.origins, object_origins=_object_origins(told.source)), ""

    def _built(self) -> Source:
        self.hold_back()
        try:
            return self.source(self.called(self.command(), self.job.directory))
        except CommandError as failure:
            raise CommandError(self._missing() or str(failure)) from None

    def called(self, command: list[str], place: str, scratch: str = "") -> bytes:
        """What Kustomize puts out; the Helm that it calls does nothing but what it is needed for."""
        import tempfile  # noqa: PLC0415 - as above

        with tempfile.TemporaryDirectory(prefix="kafkalint-") as folder:
            helm = ""
            if self.job.charts:  # and so the first of these options is not somebody else's
                at = command.index(_HELM) + 1
                helm = guarded(command[at], folder, fetch=self.settings.fetch)
                command = [*command[:at], helm, *command[at + 1 :]]
            try:
                return super().called(command, place, scratch or folder)
            except CommandError as failure:
                raise CommandError(str(failure).replace(helm or folder, "helm")) from None

    def hold_back(self) -> None:
        """Raise CommandError where something would have to be fetched, or run: no linter does so unasked."""
        named = Namer(self.directory)
        for refusal in self.job.refusals:
            if not (refusal.fetching and self.settings.fetch):
                raise Refused(f"{named(refusal.file)}:{refusal.line} {refusal.words}")
        found = () if self.settings.fetch else self.job.remotes
        if found:
            first = found[0]
            which = f", and {len(found) - 1} more, which are" if len(found) > 1 else ", which is"
            raise CommandError(
                f"{named(first.file)}:{first.line} needs {first.reference}{which} not on this disk, "
                "and kafkalint fetches nothing"
            )

    def _inflating(self) -> list[str]:
        """What Kustomize has to be told to let Helm render charts."""
        if not self.job.charts:
            return []
        if not self.settings.helm:
            raise CommandError("it inflates charts, and rendering with Helm is switched off")
        version = self.settings.kubernetes_version
        helm = ["--enable-helm", _HELM, program("helm")]
        return [*helm, "--helm-kube-version", version] if version else helm

    def _origins(self, source: Source, place: str, link: str) -> dict[str, str]:
        try:
            content = source.text.content
        except TextError:
            return {}
        real = os.path.realpath(self.job.directory)
        found = {}
        for block in dict.fromkeys(match["block"] for match in _ORIGIN.finditer(content)):
            named = origin_file(block)
            linked = link and named and named.startswith(f"{link}/")
            written = os.path.basename(real) + named.removeprefix(link) if linked and named else named
            path = os.path.normpath(os.path.join(place, written)) if written else ""
            if named and os.path.isfile(path):
                seen = os.path.normpath(os.path.join(self.job.directory, os.path.relpath(path, real)))
                found[named] = Namer(self.directory)(seen if os.path.realpath(seen) == os.path.realpath(path) else path)
        return found


def _object_origins(told: Source) -> dict[Identity, str]:
    try:
        resources = [resource for document in documents(told) for resource in document.resources]
    except TextError:
        return {}
    return {resource.identity: resource.origin for resource in resources if resource.origin}


def _kustomize() -> list[str]:
    import shutil  # noqa: PLC0415 - only rendering needs it

    for name, command in (("kustomize", "build"), ("kubectl", "kustomize")):
        path = shutil.which(name)
        if path:
            return [path, command, "."]
    raise CommandError("neither kustomize nor kubectl is on the PATH")


def _wrapping(target: str) -> str:
    import json  # noqa: PLC0415 - only rendering needs it

    # Not as ASCII: JSON writes what is beyond 16 bits as two escapes, and YAML takes each for a character.
    name = json.dumps(target.replace(os.sep, "/"), ensure_ascii=False)
    return f"resources: [{name}]\nbuildMetadata: [originAnnotations]\n"
