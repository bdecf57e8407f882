"""Helm charts on disk: which are to be rendered, and the files that their output names."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from kafkalint.manifests.reading import ReadError, read
from kafkalint.manifests.rendering.kustomizations import load_data
from kafkalint.manifests.resources import dig, items
from kafkalint.manifests.walking import CHART_FILE, KUSTOMIZATION_FILES, is_skipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_DEEPEST = 8
_CHARTS = "charts"
_FOLDERS = frozenset(("templates", _CHARTS, "crds", "files"))
_REQUIREMENTS = "requirements.yaml"
"""Where charts of `apiVersion: v1` have their dependencies."""
_FILES = frozenset((CHART_FILE, "Chart.lock", _REQUIREMENTS, "requirements.lock", "values.schema.json"))
# Of environments and, in `ci/`, of chart-testing as well.
_VALUES = re.compile(r"(?:\A|[-_.])values(?:[-_.].*)?\.(?:ya?ml|json)\Z", re.IGNORECASE)
_LOCAL = "file://"
_MOST_UNPACKED = 64 * 1024 * 1024


class Chart(NamedTuple):
    """A chart's folder and what its `Chart.yaml` says."""

    directory: str
    name: str
    library: bool = False
    aliases: tuple[tuple[str, str], ...] = ()
    """What the output calls a dependency, and the dependency's name."""
    dependencies: tuple[str, ...] = ()
    taken_from: tuple[str, ...] = ()
    """Folders of other charts that dependencies are copied from, absolute: `file://../common`."""

    @property
    def path(self) -> str:
        """The chart's own file."""
        return os.path.join(self.directory, CHART_FILE)


def read_chart(directory: str) -> Chart:
    """The chart in a folder; one whose file cannot be read is called as its folder is."""
    data = load_data(os.path.join(directory, CHART_FILE))
    name = dig(data, "name")
    aliases, dependencies, taken_from = [], [], []
    older = os.path.join(directory, _REQUIREMENTS)
    more = load_data(older) if os.path.isfile(older) else None
    for dependency in (*items(dig(data, "dependencies")), *items(dig(more, "dependencies"))):
        called, alias = dig(dependency, "name"), dig(dependency, "alias")
        repository = dig(dependency, "repository")
        if isinstance(repository, str) and repository.startswith(_LOCAL):
            taken_from.append(os.path.normpath(os.path.join(directory, repository.removeprefix(_LOCAL))))
        if isinstance(called, str):
            dependencies.append(called)
            if isinstance(alias, str):
                aliases.append((alias, called))
    return Chart(
        directory=directory,
        name=name if isinstance(name, str) and name else os.path.basename(directory),
        library=dig(data, "type") == "library",
        aliases=tuple(aliases),
        dependencies=tuple(dependencies),
        taken_from=tuple(taken_from),
    )


def chart_folders(chart: Chart) -> list[str]:
    """A chart's folder, and those of the charts on this disk that its dependencies, or theirs, are copied from."""
    reached = {chart.directory: None}
    pending = [chart]
    while pending:
        current = pending.pop()
        pending += [read_chart(folder) for folder in _subcharts(current.directory)]
        for folder in current.taken_from:
            if folder not in reached:
                reached[folder] = None
                pending.append(read_chart(folder))
    return list(reached)


def _subcharts(directory: str) -> Iterator[str]:
    """The folders of the charts that lie unpacked in a chart's `charts/`."""
    try:
        with os.scandir(os.path.join(directory, _CHARTS)) as entries:
            found = sorted(entry.path for entry in entries if entry.is_dir(follow_symlinks=False))
    except OSError:
        return
    yield from (folder for folder in found if os.path.isfile(os.path.join(folder, CHART_FILE)))


def sorted_into(charts: list[str], paths: Iterable[str]) -> dict[str, list[str]]:
    """The files that are parts of each chart; one that lies in two folders belongs to the inner one."""
    members: dict[str, list[str]] = {chart: [] for chart in charts}
    for path in paths if charts else ():
        folder = os.path.dirname(path)
        while folder not in members:
            above = os.path.dirname(folder)
            if above == folder:
                break
            folder = above
        else:
            if _is_part(folder, path):
                members[folder].append(path)
    return members


def _is_part(chart: str, path: str) -> bool:
    """Whether Helm reads this as a part of the chart that it lies in, rather than as a file that lies there."""
    first, _, rest = os.path.relpath(path, chart).replace(os.sep, "/").partition("/")
    if rest and first in _FOLDERS:
        return True
    name = os.path.basename(path)
    if (not rest and name in _FILES) or _VALUES.search(name):
        return True
    # `.Files` has whatever lies there, and what holds templates is for nobody else.
    return name not in KUSTOMIZATION_FILES and _is_template(path)


def _is_template(path: str) -> bool:
    try:
        return b"{{" in read(path)
    except ReadError:
        return False


def files_of(chart: str) -> Iterator[str]:
    """All that Helm may read of the chart in a folder; not what is rendered by itself, nor hidden folders."""
    for folder, folders, names in os.walk(chart):
        first = os.path.relpath(folder, chart).split(os.sep)[0]
        if folder != chart and first not in _FOLDERS and not {CHART_FILE, *KUSTOMIZATION_FILES}.isdisjoint(names):
            folders[:] = []
            continue
        folders[:] = sorted(name for name in folders if not is_skipped(name))
        yield from (os.path.join(folder, name) for name in sorted(names))


def unpacked(path: str) -> bytes:
    """What a packed chart holds, to look for words in; raises ReadError where that cannot be told."""
    import gzip  # noqa: PLC0415 - few charts are packed
    import zlib  # noqa: PLC0415 - as above

    try:
        with gzip.open(path) as stream:
            return stream.read(_MOST_UNPACKED)
    except (OSError, EOFError, zlib.error) as error:
        raise ReadError(str(error)) from None


def chart_roots(directories: Iterable[str]) -> list[str]:
    """Of these folders with charts, those that are no subchart of another."""
    found = set(directories)
    return sorted(directory for directory in found if not any(above in found for above in _parents(directory)))


def parent_of(directory: str) -> str | None:
    """The folder of the chart whose subchart this is; None where it is nobody's."""
    return next((above for above in _parents(directory) if os.path.isfile(os.path.join(above, CHART_FILE))), None)


def _parents(directory: str) -> Iterator[str]:
    """The folders whose subchart this would be: `x` for `x/charts/y`, at any distance."""
    folder = directory
    while True:
        above, name = os.path.split(folder)
        if not name:
            return
        if name == "charts":
            yield above
        folder = above


def template_path(chart: Chart, named: str) -> str | None:
    """The file that a `# Source: <chart>/<path>` comment means; None where there is none, as in a packed subchart."""
    first, _, rest = named.partition("/")
    if first != chart.name or not rest:
        return None
    directory = chart.directory
    parts = rest.split("/")
    for _ in range(_DEEPEST):
        if len(parts) < 3 or parts[0] != "charts":
            break
        below = _subchart(directory, parts[1])
        if below is None:
            return None
        directory, parts = below, parts[2:]
    path = os.path.normpath(os.path.join(directory, *parts))
    return path if path.startswith(os.path.join(chart.directory, "")) and os.path.isfile(path) else None


def _subchart(directory: str, called: str) -> str | None:
    aliases = dict(read_chart(directory).aliases)
    folder = os.path.join(directory, "charts")
    for name in (called, aliases.get(called, called)):
        if os.path.isdir(os.path.join(folder, name)):
            return os.path.join(folder, name)
    wanted = aliases.get(called, called)
    try:
        folders = sorted(os.listdir(folder))
    except OSError:
        return None
    found = (os.path.join(folder, name) for name in folders)
    return next((path for path in found if os.path.isdir(path) and read_chart(path).name == wanted), None)
