"""What a suppression speaks for: parts of a text, an object, the files and objects that config names."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

from kafkalint.checking.finding import Finding, Located, Location
from kafkalint.manifests.resources import Place, Resource, Route
from kafkalint.manifests.text import Span


class PathPattern(Protocol):
    """Something that says which files it means."""

    @property
    def exact(self) -> bool:
        """Whether it can only ever mean one file."""

    def matches(self, path: str) -> bool:
        """Whether it means this file."""


class ResourcePattern(Protocol):
    """Something that says which objects it means."""

    def matches(self, resource: Resource) -> bool:
        """Whether it means this object."""


class Flagged(NamedTuple):
    """A finding as suppressions see it: every place in a text at which it can be said to stand."""

    finding: Finding
    points: tuple[tuple[str, int], ...]
    """File and offset: where it is reported, and where it was found if that is another place."""
    files: tuple[str, ...]

    @classmethod
    def of(cls, located: Located) -> Flagged:
        """The view of a located finding."""
        place = located.finding.place
        here, found = (located.location.file, _offset(located.location)), (place.source.name, place.span().start)
        points = dict.fromkeys((here, found))
        files = dict.fromkeys((*(file for file, _ in points), *((located.origin,) if located.origin else ())))
        return cls(located.finding, tuple(points), tuple(files))


def _offset(location: Location) -> int:
    return location.text.line_starts[location.start.line - 1] + location.start.column - 1


class Scope(Protocol):
    """What a suppression speaks for."""

    def covers(self, flagged: Flagged) -> bool:
        """Whether a finding lies in it."""


class TextScope(NamedTuple):
    """Parts of one file, or all of it."""

    file: str
    regions: tuple[Span, ...] | None
    """None for the whole file."""

    def covers(self, flagged: Flagged) -> bool:
        """Whether a finding begins in one of the parts."""
        if self.regions is None:
            return self.file in flagged.files
        return any(
            file == self.file and any(region.start <= offset < region.end for region in self.regions)
            for file, offset in flagged.points
        )


class ObjectScope(NamedTuple):
    """An object with those that are parts of it, or what is at and under a route of the object itself."""

    resource: Resource
    route: Route = ()
    parts: tuple[Resource, ...] = ()

    def covers(self, flagged: Flagged) -> bool:
        """Whether a finding is about a value of the object, or about text inside it."""
        place, own = flagged.finding.place, self.resource
        if isinstance(place, Place):
            if not self.route and any(_same(place.resource, part) for part in self.parts):
                return True
            return _same(place.resource, own) and place.route[: len(self.route)] == self.route
        node = own.node_at(*self.route)
        base = own.document.span.start
        inside = node is not None and base + node.start <= place.at.start < base + node.end
        return inside and place.source.name == own.document.source.name


class ConfigScope(NamedTuple):
    """Files and objects that an entry of config names; what it does not name it does not ask for."""

    paths: tuple[PathPattern, ...]
    resources: tuple[ResourcePattern, ...]
    relative: Callable[[str], str]
    """A file as reports name it to its path from the folder of the config."""

    def covers(self, flagged: Flagged) -> bool:
        """Whether a finding lies in such a file and object."""
        files = [self.relative(file) for file in flagged.files]
        if self.paths and not any(pattern.matches(file) for pattern in self.paths for file in files):
            return False
        if not self.resources:
            return True
        place = flagged.finding.place
        return isinstance(place, Place) and any(pattern.matches(place.resource) for pattern in self.resources)


def _same(one: Resource, other: Resource) -> bool:
    if one is other:
        return True
    first, second = one.document, other.document
    return one.at == other.at and first.span == second.span and first.source.name == second.source.name
