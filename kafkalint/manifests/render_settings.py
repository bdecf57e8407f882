"""How renderings are made: known in every run, while what makes them is imported where there is something to render."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kafkalint.manifests.globs import matches
from kafkalint.manifests.reading import MAX_BYTES
from kafkalint.manifests.walking import Namer

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS = 60.0


class ChartValues(NamedTuple):
    """A rendering of a chart that the config asks for."""

    chart: str
    """The chart's folder, or a glob."""
    values: tuple[str, ...] = ()
    """Values files, relative to the working directory."""
    release: str = ""
    namespace: str = ""


class RenderSettings(NamedTuple):
    """How renderings are made."""

    kustomize: bool = True
    helm: bool = True
    charts: tuple[ChartValues, ...] = ()
    """Each entry is one rendering of the charts that it names; a chart without one is rendered with its own values."""
    kubernetes_version: str | None = None
    fetch: bool = False
    """Whether renderers may fetch what is not on this disk."""
    seconds: float = SECONDS
    most: int = MAX_BYTES

    def asks_for(self, directory: str) -> Callable[[str], bool]:
        """Whether the config names the chart in a folder, given by its absolute path; names count from `directory`."""
        namer = Namer(directory)
        return lambda folder: self.helm and bool(self.charts and self.charts_at(namer.folder(folder)))

    def charts_at(self, folder: str) -> list[ChartValues]:
        """The renderings that are asked for of the chart in a folder, named from the working directory."""
        return [entry for entry in self.charts if matches(entry.chart, folder)]
