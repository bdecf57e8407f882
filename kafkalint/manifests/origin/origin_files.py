"""Files that renderings come from, and the places in them that stand for places in the output."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from kafkalint.manifests.documents import Document, documents
from kafkalint.manifests.reading import ReadError, read
from kafkalint.manifests.resources import dig
from kafkalint.manifests.sources import Source
from kafkalint.manifests.text import Span, Text, TextError

if TYPE_CHECKING:
    from kafkalint.manifests.resources import Place, Resource, Route

_CONTENT_LINE = re.compile(r"^(?!---)[ \t]*[^#\s].*$", re.MULTILINE)
_KEYS = ("name", "mountPath", "containerPort", "key", "topologyKey", "port", "path")


class Spot(NamedTuple):
    """A place found in an origin file; `file` where it is in another one than was asked."""

    span: Span
    note: str | None = None
    place: Place | None = None
    file: OriginFile | None = None


@dataclass(frozen=True)
class OriginFile:
    """A file on disk that something was rendered from."""

    source: Source

    @property
    def name(self) -> str:
        """As reports name it."""
        return self.source.name

    @property
    def text(self) -> Text:
        """Its text."""
        return self.source.text

    @cached_property
    def documents(self) -> tuple[Document, ...]:
        """Its documents, composed when somebody looks into them."""
        return tuple(documents(self.source))

    def first_line(self) -> Span:
        """The first line that says anything."""
        match = _CONTENT_LINE.search(self.text.content)
        return Span(match.start(), len(match.group().rstrip()) + match.start()) if match else Span(0, 0)

    def candidates(self, wanted: Resource) -> list[Resource]:
        """Resources that may be this one before its name was changed, the likeliest first."""
        same = [r for d in self.documents for r in d.resources if (r.group, r.kind) == (wanted.group, wanted.kind)]
        exact = [r for r in same if r.name == wanted.name]
        inside = sorted((r for r in same if r.name and r.name in wanted.name), key=lambda r: -len(r.name))
        return exact or inside or (same if len(same) == 1 else [])


def open_origin(name: str, directory: str) -> OriginFile | None:
    """A file of the working tree, named as reports do; None where it cannot be read as text."""
    try:
        return _of(name, directory, read(os.path.join(directory, name)))
    except ReadError:
        return None


def opened(source: Source, name: str | None) -> OriginFile | None:
    """A file that a rendering was made of, by its name; None where it cannot be read."""
    return open_origin(name, source.working_directory) if name else None


# By what the file holds: it may be another one a moment later, when a fix is tried on it.
@lru_cache(maxsize=64)
def _of(name: str, directory: str, data: bytes) -> OriginFile | None:
    try:
        source = Source(name, data, working_directory=directory)
        return OriginFile(source) if source.text is not None else None
    except TextError:
        return None


def aligned(rendered: object, origin: object, route: Route) -> Route:
    """The same route in the origin's data: items of lists are known by their names, for a patch may move them."""
    steps: list[str | int] = []
    for step in route:
        there = step
        if isinstance(step, int) and isinstance(rendered, list) and isinstance(origin, list):
            there = _counterpart(dig(rendered, step), origin, step)
        rendered, origin = dig(rendered, step), dig(origin, there)
        steps.append(there)
    return tuple(steps)


def _counterpart(item: object, origin: list[object], index: int) -> int:
    if isinstance(item, dict):
        for key in _KEYS:
            if key in item:
                twins = [i for i, other in enumerate(origin) if isinstance(other, dict) and other.get(key) == item[key]]
                # An item that the origin lacks is no item of it: one past the end points at the list.
                return twins[0] if twins else len(origin)
    return index
