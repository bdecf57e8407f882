"""Sources: text with a name, and the documents in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from kafkalint.manifests.text import Span, Text, decode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kafkalint.manifests.resources import Identity

_MARK = re.compile(r"^(?:---|\.\.\.)(?=[ \t\r\n]|\Z)", re.MULTILINE)
_CONTENT = re.compile(r"^(?!---|\.\.\.|%|[ \t]*#)[ \t]*\S|^---[ \t]+[^#\s]", re.MULTILINE)
_LINE_END = re.compile(r"\r\n|\n|\r|\Z")

STDIN = "-"


@dataclass(frozen=True)
class Source:
    """A file, standard input or a rendering."""

    name: str
    """As reports show it: relative to the working directory with `/`, `-` for standard input."""
    data: bytes = field(repr=False)
    directory: str = ""
    """The folder that decides which bundle it belongs to, written like `name`."""
    rendered_by: str | None = None
    """`kustomize` or `helm` where the text is their output, run by kafkalint."""
    origins: Mapping[str, str] = field(default_factory=dict, repr=False)
    """For a rendering: a file as the tool names it, to its path written like `name`."""
    root: str = ""
    """For a rendering: the file that says what is rendered, written like `name`."""
    patches: tuple[str, ...] = ()
    """For a rendering: the files that may have changed an object after it was read, outermost first."""
    values: tuple[str, ...] = ()
    """For a rendering of a chart: the values files that it is made with, written like `name`."""
    arguments: tuple[str, ...] = ()
    """For a rendering: what the renderer was told besides, in words or as it was given."""
    object_origins: Mapping[Identity, str] = field(default_factory=dict, repr=False)
    """For a rendering that says nothing of it itself: what Kustomize's origin annotation would say of each object."""
    working_directory: str = field(default="", repr=False)
    """What `name` and the other paths are relative to; empty for the process's own."""

    @cached_property
    def text(self) -> Text:
        """The decoded text; raises TextError."""
        return decode(self.data)


class Slice(NamedTuple):
    """The text of one document inside its source, with the document's place among its siblings."""

    span: Span
    number: int


def slices(content: str) -> Iterator[Slice]:
    """Documents of a stream, each with its `---` line and the directives before it; empty ones are left out.

    A `---` at the first column ends whatever came before, block scalars included (YAML 1.2 §9.1.2), so documents can be
    told apart without parsing them, and one that does not parse does not hide the next.
    """
    start = index = looked = 0
    for mark in _MARK.finditer(content):
        cut = mark.start()
        # Directives keep the start where it is: what was looked through for them is not looked through again.
        found, looked = _CONTENT.search(content, max(start, looked), cut), cut
        if found:
            yield Slice(Span(start, cut), index)
            index += 1
            start = cut
        if mark.group() == "...":
            end = _LINE_END.search(content, mark.end())
            start = end.end() if end else len(content)
        elif not content.startswith("%", start):
            start = cut
    if _CONTENT.search(content, max(start, looked)):
        yield Slice(Span(start, len(content)), index)
