"""Findings with their places resolved to files, lines and columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kafkalint.checking.finding import Finding, Located, Location
from kafkalint.kafka.phrases import listed
from kafkalint.manifests.origins import trace
from kafkalint.manifests.text import Span, Text
from kafkalint.manifests.traced import Traced


def locate(finding: Finding) -> Located:
    """A finding at its place in the source; for rendered text with a known origin, at its place there."""
    traced = trace(finding.place)
    related = tuple((_location(trace(item.place)), item.message) for item in finding.related)
    return Located(finding, _location(traced), related, traced.origin, note=traced.note)


def _location(traced: Traced) -> Location:
    return location_of(traced.name, traced.text, traced.span)


def at_their_origin(located: Iterable[Located]) -> Iterator[Located]:
    """Findings without repetitions: a base that several overlays build on is one file, and its faults are one each."""
    alike: dict[tuple[object, ...], list[Located]] = {}
    for item in located:
        location = item.location
        key = (item.finding.code, item.finding.message, location.file, location.start, location.end)
        alike.setdefault(key, []).append(item)
    return map(_told_once, alike.values())


def _told_once(alike: list[Located]) -> Located:
    """One finding for several, with the renderings that have it where its file alone does not tell."""
    first, names = alike[0], dict.fromkeys(filter(None, map(_one_of_several, alike)))
    if not names or any(name in (first.note or "") for name in names):
        return first
    said = f"in the rendering of {listed(tuple(names))}"
    return first._replace(note=f"{first.note}; {said}" if first.note else said)


def _one_of_several(item: Located) -> str | None:
    """The rendering that a finding is from, where others may share its file: other values, another overlay."""
    source = item.finding.place.source
    if source.rendered_by is None:
        return None
    within = source.directory == "." or item.location.file.startswith(f"{source.directory}/")
    return None if within and source.name == source.directory else source.name


def location_of(name: str, text: Text, span: Span) -> Location:
    """A span as lines and columns."""
    return Location(name, text.position(span.start), text.position(span.end), text)


def order(located: Located) -> tuple[object, ...]:
    """The order of reports: file, line, column, code, and what makes it the same for the same input."""
    location, finding = located.location, located.finding
    return (location.file, *location.start, finding.code, *location.end, finding.message)
