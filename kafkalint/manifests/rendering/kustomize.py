"""Kustomizations, built."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kafkalint.manifests.documents import documents
from kafkalint.manifests.origin_annotations import origin_file
from kafkalint.manifests.rendering.commands import CommandError
from kafkalint.manifests.rendering.remotes import remotes
from kafkalint.manifests.rendering.tasks import Task, program
from kafkalint.manifests.resources import ORIGIN_ANNOTATION
from kafkalint.manifests.text import TextError
from kafkalint.manifests.walking import Namer

if TYPE_CHECKING:
    from kafkalint.manifests.resources import Identity
    from kafkalint.manifests.sources import Source

_WRAPPER = "kustomization.yaml"
_ORIGIN = re.compile(
    rf"^(?P<indent>[ ]*){re.escape(ORIGIN_ANNOTATION)}: \|-?\n(?P<block>(?:(?P=indent)[ ]+.*\n?)+)", re.MULTILINE
)
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
        self._refuse_remotes()
        return [*_kustomize(), *self._inflating(), *self.arguments]

    def command_by_hand(self, reason: str) -> list[str]:
        """`kustomize build` with what this one takes."""
        helm = ["--enable-helm"] if self.job.charts else []
        anywhere = ["--load-restrictor", "LoadRestrictionsNone"] if _RESTRICTED in reason else []
        return ["kustomize", "build", *helm, *anywhere, self.folder]

    def checked(self) -> Source:
        """What the folder is built to, by another kustomization that has the origin of every object written into it."""
        import tempfile  # noqa: PLC0415 - only rendering needs it

        command = self.command()
        with tempfile.TemporaryDirectory(prefix="kafkalint-") as place:
            # The real paths: a relative one through a symbolic link, as /tmp is on macOS, would lead elsewhere.
            wrapper = os.path.realpath(place)
            target = os.path.relpath(os.path.realpath(self.job.directory), wrapper)
            with open(os.path.join(wrapper, _WRAPPER), "w", encoding="utf-8") as file:
                file.write(_wrapping(target))
            try:
                data = self.called(command, wrapper)
            except CommandError as failure:
                raise CommandError(str(failure).replace(wrapper, self.folder)) from None
        source = self.source(data)
        return replace(source, origins=self._origins(source, wrapper))

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
        return self.source(self.called(self.command(), self.job.directory))

    def _refuse_remotes(self) -> None:
        """Raise CommandError where something would have to be fetched: no linter calls out unasked."""
        found = [] if self.settings.fetch else list(remotes(self.job.files))
        if found:
            first = found[0]
            where = f"{Namer(self.directory)(first.file)}:{first.line}"
            which = f", and {len(found) - 1} more, which are" if len(found) > 1 else ", which is"
            raise CommandError(
                f"{where} needs {first.reference}{which} not on this disk, and kafkalint fetches nothing"
            )

    def _inflating(self) -> list[str]:
        """What Kustomize has to be told to let Helm render charts."""
        if not self.job.charts:
            return []
        if not self.settings.helm:
            raise CommandError("it inflates charts, and rendering with Helm is switched off")
        version = self.settings.kubernetes_version
        helm = ["--enable-helm", "--helm-command", program("helm")]
        return [*helm, "--helm-kube-version", version] if version else helm

    def _origins(self, source: Source, wrapper: str) -> dict[str, str]:
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

    return f"resources: [{json.dumps(target.replace(os.sep, '/'))}]\nbuildMetadata: [originAnnotations]\n"
