"""Where a document's comments stand: each `#` that is in no scalar."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from kafkalint.manifests.nodes import Mapping, Node, Scalar, Sequence
from kafkalint.manifests.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

# A comment begins a line, whichever break ends the one before, or stands behind a blank; a mark is no part of the text.
_COMMENT = re.compile(r"(?<![^\s\ufeff])#")
_LINE_END = re.compile(r"[\r\n]|\Z")
_BREAK = re.compile(r"\r\n|\n|\r")


def scalar_spans(text: str, root: Node | None, *, quoted: bool = False) -> list[Span]:
    """The pieces of a document's text in which a `#` begins no comment, in order; `quoted` leaves out plain scalars."""
    spans: list[Span] = []
    stack: list[Node] = [root] if root else []
    while stack:
        node = stack.pop()
        if isinstance(node, Scalar):
            start = node.start
            if node.style in ("|", ">"):
                # The line of the indicator may end in a comment; the text begins below it.
                line_break = _BREAK.search(text, node.start, node.end)
                start = line_break.end() if line_break else node.end
            if node.style or not quoted:
                spans.append(Span(start, node.end))
        elif isinstance(node, Mapping):
            stack += [each for pair in node.pairs for each in pair]
        elif isinstance(node, Sequence):
            stack += node.items
    return sorted(spans)


def inside(spans: list[Span], offset: int) -> bool:
    """Whether one of these pieces of text, which are in order, holds an offset."""
    index = bisect_right(spans, Span(offset, 1 << 62)) - 1
    return index >= 0 and spans[index].start <= offset < spans[index].end


def comment_spans(text: str, root: Node | None) -> Iterator[Span]:
    """Every comment of a document, from its `#` to the end of its line, as offsets in the document's text."""
    taken = scalar_spans(text, root)
    end = 0
    for match in _COMMENT.finditer(text):
        start = match.start()
        if start >= end and not inside(taken, start):
            line_end = _LINE_END.search(text, start)
            end = line_end.start() if line_end else len(text)
            yield Span(start, end)
