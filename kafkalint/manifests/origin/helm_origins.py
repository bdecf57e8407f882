"""Places in Helm's output, found again in the templates that it was rendered from."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from kafkalint.manifests.nodes import Sequence, content_of
from kafkalint.manifests.origin.helm_values import chart_of, helpers_of, values_read
from kafkalint.manifests.origin.origin_files import OriginFile, Spot
from kafkalint.manifests.rendering.charts import read_chart, template_path
from kafkalint.manifests.resources import Place
from kafkalint.manifests.scalars import child, plain
from kafkalint.manifests.text import Span
from kafkalint.manifests.walking import CHART_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_FOLDERS = 2000
_DEEPEST = 4
_KIND = r"^kind:[ \t]*[\"']?{}\b.*$"


def locate(file: OriginFile, place: Place) -> Spot:
    """The line of the template that writes the value, where one line alone can; else where its object begins."""
    content = file.text.content
    if "{{" not in content:
        plain = _in_plain_file(file, place)
        if plain:
            return plain
    kinds = list(re.finditer(_KIND.format(re.escape(place.resource.kind)), content, re.MULTILINE))
    within = _document_around(content, kinds[0].start()) if len(kinds) == 1 else Span(0, len(content))
    line = _line_of(content, within, place)
    if line:
        return Spot(line, _said_by(file, place, line))
    note = f"{place.path} of {place.resource.identity}, as rendered" if place.route else None
    if kinds:
        return Spot(Span(kinds[0].start(), kinds[0].start() + len(kinds[0].group().rstrip())), note)
    return Spot(file.first_line(), note)


def _said_by(file: OriginFile, place: Place, line: Span) -> str | None:
    """Which values a line of a template reads, and where the chart sets them."""
    named = place.resource.document.helm_source
    if named is None or "{{" not in file.text.content[line.start : line.end]:
        return None
    chart = chart_of(place.source, named, file)
    read = values_read(file.text.content, [line], helpers_of(chart))
    return f"the value comes from {chart.all_told(read)}" if read else None


def _line_of(content: str, within: Span, place: Place) -> Span | None:
    """The one line that writes the last key of a route, or the one of several that holds the value itself."""
    route = _written(place)
    key = next((step for step in reversed(route) if isinstance(step, str)), None)
    lines = _lines_of(content, key, within) if key else []
    if len(lines) > 1:
        value = place.resource.get(*route)
        literal = str(value) if isinstance(value, str | int | float) else ""
        lines = [line for line in lines if literal and literal in content[line.start : line.end]]
    return lines[0] if len(lines) == 1 else None


def _document_around(content: str, offset: int) -> Span:
    start = content.rfind("\n---", 0, offset)
    end = content.find("\n---", offset)
    return Span(max(start, 0), end if end >= 0 else len(content))


def _in_plain_file(file: OriginFile, place: Place) -> Spot | None:
    """A template without a single action is the output itself."""
    for resource in file.candidates(place.resource):
        there = Place(resource, place.route, place.fragment)
        if resource.name == place.resource.name and there.value == place.value:
            return Spot(there.span(), None, there)
    return None


def _written(place: Place) -> tuple[str | int, ...]:
    route = place.route
    while route and place.resource.node_at(*route) is None:
        route = route[:-1]
    return route


def _lines_of(content: str, key: str, within: Span) -> list[Span]:
    """The lines on which a key is written out, without their indentation."""
    pattern = re.compile(
        rf"^[ \t]*(?:-[ \t]+)*(?P<line>[\"']?{re.escape(key)}[\"']?[ \t]*:(?:[ \t].*)?)\r?$", re.MULTILINE
    )
    found = pattern.finditer(content, *within)
    return [Span(match.start("line"), match.start("line") + len(match["line"].rstrip())) for match in found]


def dependency(chart: OriginFile, named: str) -> Span | None:
    """Where a `Chart.yaml` declares the subchart that a `# Source:` comment names, which may be packed."""
    parts = named.split("/")
    document = next(iter(chart.documents), None)
    root = content_of(document.root) if document is not None and document.root is not None else None
    found = child(root, "dependencies") if root is not None else None
    entries = content_of(found[1]) if found else None
    if document is None or parts[1:2] != ["charts"] or not isinstance(entries, Sequence):
        return None
    for key in ("alias", "name"):
        for entry in entries.items:
            value = child(content_of(entry), key)
            if value and plain(value[1]) == parts[2]:
                base = document.span.start
                return Span(base + value[1].start, base + value[1].end)
    return None


def find_template(directory: str, named: str) -> str | None:
    """The file of the working tree that a `# Source:` comment means, relative to it; None where no chart has it."""
    name = named.partition("/")[0]
    for folder in _charts(directory):
        chart = read_chart(folder)
        path = template_path(chart, named) if chart.name == name else None
        if path:
            return os.path.relpath(path, directory).replace(os.sep, "/")
    return None


@lru_cache(maxsize=8)
def _charts(directory: str) -> tuple[str, ...]:
    """Folders with a chart in a working tree, as far as a glance can tell."""
    return tuple(_search(directory))


def _search(directory: str) -> Iterator[str]:
    pending = [(directory, 0)]
    for _ in range(_MOST_FOLDERS):
        if not pending:
            return
        folder, depth = pending.pop(0)
        try:
            with os.scandir(folder) as entries:
                below = sorted(
                    e.path for e in entries if not e.name.startswith(".") and e.is_dir(follow_symlinks=False)
                )
        except OSError:
            continue
        if os.path.isfile(os.path.join(folder, CHART_FILE)):
            yield folder
        if depth < _DEEPEST:
            pending += [(path, depth + 1) for path in below]
