"""Where a member comes into a block collection, and what of blank lines comes with it."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from kafkalint.fixing.text.edits import Edit, Refusal
from kafkalint.fixing.text.extents import Member, keeps_blank_lines, reach, wants_break
from kafkalint.fixing.text.lines import column, line_break, line_end, line_start, next_line, without_break
from kafkalint.manifests.text import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

_NEIGHBOURS = 6


def behind(text: str, members: Sequence[Member], index: int, lines: Sequence[str]) -> Edit:
    """The lines put in behind a member of a block collection and all that belongs to it."""
    neighbour = members[index]
    if wants_break(text, neighbour.value):
        raise Refusal("the text above it ends without a line break, and would get one")
    at = reach(text, neighbour.end, column(text, members[0].start), neighbour.value)
    spaced = _spaced(text, members, index) and not keeps_blank_lines(text, neighbour.value)
    return below(text, at, ["", *lines] if spaced else lines)


def below(text: str, at: int, lines: Sequence[str]) -> Edit:
    """The lines put in below the one that holds an offset; a text without a final line break stays so."""
    end = line_end(text, at)
    start = next_line(text, end)
    newline = line_break(text, end)
    if start == end:
        return Edit(Span(end, end), "".join(f"{newline}{line}" for line in lines))
    return Edit(Span(start, start), "".join(f"{line}{newline}" for line in lines))


def in_front(text: str, members: Sequence[Member], lines: Sequence[str]) -> Edit | None:
    """The lines put in before the first member and the comment above it; None where that cannot be done."""
    first = members[0].start
    start = line_start(text, first)
    newline = line_break(text, start)
    if not text[start:first].strip(" "):
        gap = [""] if _spaced(text, members, 0) else []
        at = _above_comments(text, start, first - start)
        return Edit(Span(at, at), "".join(f"{line}{newline}" for line in [*lines, *gap]))
    if re.fullmatch(r"[ -]*", text[start:first]) is None:
        return None
    # It shares its line with the dash of an item: the new one takes its place there.
    indent = " " * (first - start)
    return Edit(Span(first, first), newline.join(lines).lstrip(" ") + newline + indent)


def _spaced(text: str, members: Sequence[Member], index: int) -> bool:
    """Whether a blank line stands between all members hereabouts."""
    first = max(0, index - _NEIGHBOURS)
    near = members[first : index + _NEIGHBOURS]
    indent = column(text, members[0].start)
    return len(near) > 1 and all(_blank_between(text, one, other, indent) for one, other in pairwise(near))


def _blank_between(text: str, one: Member, other: Member, indent: int) -> bool:
    at = next_line(text, reach(text, one.end, indent, one.value))
    return at < other.start and not text[at : line_end(text, at)].strip()


def _above_comments(text: str, start: int, indent: int) -> int:
    """The start of the comment that stands right above a line, as far as it is indented likewise."""
    while start > 0:
        above = line_start(text, without_break(text, start))
        line = text[above:start]
        if not line.lstrip(" ").startswith("#") or line.index("#") != indent:
            break
        start = above
    return start
