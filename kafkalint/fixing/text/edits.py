"""Edits: pieces of a text replaced by others, everything else left as it stands."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from kafkalint.checking.remedy import Edit
from kafkalint.manifests.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_ON_THE_LINE = -1_000_000

__all__ = ["Edit", "Pieces", "Refusal", "Removal", "apply", "clash", "combined"]


class Refusal(Exception):  # noqa: N818 - a fix that is not made is no error
    """Why something cannot be written where it belongs, as the end of a sentence: `it is written through an alias`."""


class Removal(NamedTuple):
    """How something is taken out."""

    edits: tuple[Edit, ...]
    extent: Span
    """What is its own, so that comments in there may go with it."""


class Pieces:
    """Pieces of a text, to be asked which of them another one touches."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self.spans = sorted(spans)
        self.ends = list(accumulate((end for _, end in self.spans), max))
        """The furthest end of each piece and those before it: the first one that can matter is found at once."""

    def touching(self, span: Span) -> list[Span]:
        """Those that share a character with a piece of the text."""
        first = bisect_right(self.ends, span.start)
        last = bisect_left(self.spans, (span.end,))
        return [each for each in self.spans[first:last] if each.start < span.end and span.start < each.end]


def combined(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """The edits of one fix in order, all that comes in at one place made one; raises Refusal where two overlap."""
    merged: list[Edit] = []
    for edit in sorted(edits, key=_order):
        last = merged[-1] if merged else None
        if last is not None and (last.span == edit.span or last.span.end > edit.span.start):
            merged[-1] = _both(last, edit)
        else:
            merged.append(edit)
    return tuple(merged)


def _order(edit: Edit) -> tuple[Span, int, bool]:
    """By place; of what comes in at one place first what ends the line above, then the lines that belong deepest.

    So nothing is cut off from its own. A dash may stand under the first letter of its key: it belongs deeper.
    """
    line = edit.text.strip("\r\n")
    words = line.lstrip(" ")
    depth = -1 if words.startswith("---") else len(line) - len(words)
    whole = edit.text[:1] in ("\n", "\r") or edit.text[-1:] in ("\n", "\r")
    return (edit.span, -depth, not words.startswith("-")) if whole else (edit.span, _ON_THE_LINE, False)


def _both(one: Edit, other: Edit) -> Edit:
    if not one.text and not other.text:
        return Edit(Span(one.span.start, max(one.span.end, other.span.end)), "")
    if one == other and one.span.start < one.span.end:
        return one
    if one.span == other.span and one.span.start == one.span.end:
        return Edit(one.span, one.text + other.text)
    raise Refusal("two of its edits overlap")


def clash(mine: Sequence[Edit], theirs: Sequence[Edit]) -> bool:
    """Whether two fixes touch the same piece of text, or put something in at the same place."""
    return any(
        one.span.start < other.span.end and other.span.start < one.span.end
        if one.span.start < one.span.end and other.span.start < other.span.end
        else one.span.start <= other.span.end and other.span.start <= one.span.end
        for one in mine
        for other in theirs
    )


def apply(content: str, edits: Iterable[Edit]) -> str:
    """The text with the edits made; they do not overlap."""
    parts: list[str] = []
    done = 0
    for span, text in sorted(edits, key=lambda edit: edit.span):
        parts += [content[done : span.start], text]
        done = span.end
    return "".join([*parts, content[done:]])
