"""Charts, rendered as a release."""

from __future__ import annotations

import os
import re
import shlex
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kafkalint.manifests.documents import documents
from kafkalint.manifests.render_settings import ChartValues
from kafkalint.manifests.rendering.charts import read_chart, template_path
from kafkalint.manifests.rendering.commands import CommandError
from kafkalint.manifests.rendering.tasks import Task, program
from kafkalint.manifests.text import TextError
from kafkalint.manifests.walking import Namer

if TYPE_CHECKING:
    from kafkalint.manifests.sources import Source

_RELEASE = re.compile(r"[^a-z0-9]+")
_LONGEST_RELEASE = 53
_MISSING = re.compile(r"missing in charts/ directory: ([^:]+)")


@dataclass(frozen=True)
class HelmTask(Task):
    """A chart to render."""

    values: ChartValues | None = None
    """As what it is installed, where somebody says so."""
    label: str = ""
    """What tells this rendering of a chart from its others."""

    @property
    def name(self) -> str:
        """The folder, with the label where it has one."""
        return f"{self.folder} [{self.label}]" if self.label else self.folder

    @property
    def values_files(self) -> tuple[str, ...]:
        """Its values files."""
        return self.values.values if self.values else ()

    @property
    def enabled(self) -> bool:
        """Whether Helm may be run."""
        return self.settings.helm

    def command(self, *flags: str) -> list[str]:
        """`helm template`, with these flags."""
        command = [program("helm"), "template", self._release(), self.job.directory, "--skip-tests", *flags]
        return [*command, *self._told(self.directory), *self.arguments]

    def command_by_hand(self, reason: str) -> list[str]:
        """`helm template` with the same values."""
        return ["helm", "template", self._release(), self.folder, *self._told("")]

    def checked(self) -> Source:
        """What the chart's templates make."""
        return self._rendered(self.command())

    def emitted(self) -> tuple[Source, str]:
        """The same, and the CustomResourceDefinitions that it brings."""
        return self._rendered(self.command("--include-crds")), ""

    def source(self, data: bytes) -> Source:
        """What was rendered; the release counts among what Helm was told."""
        installed = (("release", self.values.release), ("namespace", self.values.namespace)) if self.values else ()
        named = (f"{key} {value}" for key, value in installed if value)
        return replace(super().source(data), arguments=(*named, *self.arguments))

    def _rendered(self, command: list[str]) -> Source:
        try:
            data = self.called(command, self.directory or os.curdir)
        except CommandError as failure:
            raise self._in_our_words(failure) from None
        source = self.source(data)
        return replace(source, origins=self._origins(source))

    def _release(self) -> str:
        """The name that was given, which Helm refuses if it is none; else one made of the chart's."""
        if self.values and self.values.release:
            return self.values.release
        name = read_chart(self.job.directory).name.lower()
        return _RELEASE.sub("-", name).strip("-")[:_LONGEST_RELEASE].strip("-") or "release"

    def _told(self, directory: str) -> list[str]:
        """What Helm is told of values and the cluster, its files in this directory."""
        flags = [part for file in self.values_files for part in ("--values", _quoted(os.path.join(directory, file)))]
        if self.values and self.values.namespace:
            flags += ["--namespace", self.values.namespace]
        if self.settings.kubernetes_version:
            flags += ["--kube-version", self.settings.kubernetes_version]
        return flags

    def _in_our_words(self, failure: CommandError) -> CommandError:
        """Why Helm failed, where its own words lead astray."""
        missing = _MISSING.search(str(failure))
        if missing is None:
            return failure
        chart = Namer(self.directory)(self.job.file)
        fetched = f"fetch them with: helm dependency build {shlex.quote(self.folder)}"
        refused = "" if self.settings.fetch else ", and kafkalint fetches nothing"
        return CommandError(f"{chart} depends on {missing[1]}, not in its charts/ folder{refused}; {fetched}")

    def _origins(self, source: Source) -> dict[str, str]:
        chart = read_chart(self.job.directory)
        namer = Namer(self.directory)
        try:
            named = dict.fromkeys(document.helm_source for document in documents(source))
        except TextError:
            return {}
        paths = {name: template_path(chart, name) for name in named if name}
        return {name: namer(path) for name, path in paths.items() if path}


def _quoted(path: str) -> str:
    """A path as Helm reads it: it takes the flag for a line of comma-separated values."""
    doubled = path.replace('"', '""')
    return f'"{doubled}"' if any(mark in path for mark in ',"\n') else path
