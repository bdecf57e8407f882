"""What is taken out of a text when a key or an item goes: its lines, its own comment, the comma beside it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kafkalint.fixing.text.edits import Edit, Refusal, Removal
from kafkalint.fixing.text.extents import Member, is_block_text, keeps_blank_lines, last_leaf, reach
from kafkalint.fixing.text.flow_edits import Brackets
from kafkalint.fixing.text.lines import column, line_end, line_start, next_line, without_break
from kafkalint.fixing.text.own_comments import own_comments
from kafkalint.manifests.nodes import Mapping, Node, Sequence
from kafkalint.manifests.text import Span

if TYPE_CHECKING:
    from kafkalint.fixing.text.finding_nodes import Way
    from kafkalint.fixing.text.page import Page

_BLANK_LINES = re.compile(r"(?:[ \t]*(?:\r\n|\n|\r))*")
_COLON = re.compile(r"[ \t]*:")


def removal(page: Page, way: Way, up_to: int, *, cascade: bool = True, refilled: bool = False) -> Removal:
    """How the end of a way is taken out of its collection; raises Refusal where that cannot be done cleanly.

    A collection that would be left empty goes too, if it is reached by more than `up_to` steps; else it is left empty,
    unless it is `refilled` by another edit.
    """
    depth = len(way.steps) - 1
    while cascade and depth - 1 > up_to and _size(way.steps[depth - 1][1]) == 1:
        depth -= 1
    if depth < 1:
        raise Refusal("nothing would be left of the document")
    holder = way.steps[depth - 1][1]
    if not isinstance(holder, Mapping | Sequence):
        raise Refusal("it is written through an alias")
    index = _index(holder, *way.steps[depth])
    if holder.flow and refilled and _size(holder) == 1:
        raise Refusal("it is all that is written there")
    if holder.flow:
        return Brackets(page, holder).take_out(index)
    found = page.members(holder)
    if len(found) > 1 or refilled:
        return _Lines(page.text, found, index).removal()
    if depth == 1:
        raise Refusal("nothing would be left of the document")
    return _emptied(page.text, way.steps[depth - 1][0], holder, found[0])


def _size(node: Node) -> int:
    return len(node.pairs) if isinstance(node, Mapping) else len(node.items) if isinstance(node, Sequence) else 0


def _index(holder: Mapping | Sequence, key: Node | None, value: Node) -> int:
    if isinstance(holder, Mapping):
        return next(number for number, pair in enumerate(holder.pairs) if pair[0] is key)
    return next(number for number, item in enumerate(holder.items) if item is value)


class _Lines:
    """A member of a block collection that goes, and at least one that stays."""

    def __init__(self, text: str, found: list[Member], index: int) -> None:
        self.text = text
        self.found = found
        self.index = index
        self.here = found[index]
        self.indent = column(text, found[0].start)
        self.end = reach(text, self.here.end, self.indent, self.here.value)

    def removal(self) -> Removal:
        line = line_start(self.text, self.here.start)
        if self.text[line : self.here.start].strip():
            return self._beside_dash(self.text[line : self.here.start])
        follows = self.found[self.index + 1].start if self.index + 1 < len(self.found) else None
        start = max(self._floor(), own_comments(self.text, line, self.indent, follows))
        span = self._with_last_break(start) if self.end == len(self.text) else self._with_blank_lines(start)
        return Removal((Edit(span, ""),), Span(start, self.end))

    def _floor(self) -> int:
        """Where the lines begin that cannot belong to the member above."""
        if not self.index:
            return 0
        above = self.found[self.index - 1]
        return next_line(self.text, reach(self.text, above.end, self.indent, above.value))

    def _with_last_break(self, start: int) -> Span:
        """Its lines with the break before them, so that a text without a final one stays so."""
        above = self.found[self.index - 1] if self.index else None
        if above is not None and is_block_text(last_leaf(above.value)):
            return Span(start, self.end)
        return Span(without_break(self.text, self._above_blank_lines(start)), self.end)

    def _with_blank_lines(self, start: int) -> Span:
        """Its lines with the blank ones that would be one too many, or part of the text above."""
        behind = next_line(self.text, self.end)
        blanks = _BLANK_LINES.match(self.text, behind)
        after = blanks.end() if blanks else behind
        above = self.found[self.index - 1] if self.index else None
        kept = above is not None and keeps_blank_lines(self.text, above.value)
        if not kept and after == len(self.text):
            return Span(self._above_blank_lines(start), behind)
        if kept or after == behind or above is None or self._is_blank(start):
            return Span(start, after)
        return Span(start, behind)

    def _is_blank(self, start: int) -> bool:
        """Whether the line above a line is blank."""
        end = without_break(self.text, start)
        return not self.text[line_start(self.text, end) : end].strip()

    def _above_blank_lines(self, start: int) -> int:
        while start > 0 and self._is_blank(start):
            start = line_start(self.text, without_break(self.text, start))
        return start

    def _beside_dash(self, lead: str) -> Removal:
        """It shares its line with the dash of an item: what follows moves up, unless a comment stands between."""
        if self.index or len(self.found) == 1 or re.fullmatch(r"[ -]*", lead) is None:
            raise Refusal("it shares its line with something else")
        follows = self.found[1].start
        between = self.text[line_end(self.text, self.end) : follows]
        if "#" in between:
            edit = Edit(Span(self.here.start - len(lead) + len(lead.rstrip()), self.end), "")
        else:
            edit = Edit(Span(self.here.start, follows), "")
        return Removal((edit,), Span(self.here.start, self.end))


def _emptied(text: str, key: Node | None, holder: Mapping | Sequence, here: Member) -> Removal:
    """The only member taken out, and the collection written as an empty one."""
    if holder.anchor is not None or holder.tag is not None:
        raise Refusal("it is all that is written there, and that has an anchor or a tag")
    empty = "{}" if isinstance(holder, Mapping) else "[]"
    line = line_start(text, here.start)
    indent = here.start - line
    end = reach(text, here.end, indent, here.value)
    colon = _COLON.match(text, key.end) if key is not None else None
    if colon is None or text[line : here.start].strip():
        if re.fullmatch(r"[ -]*", text[line : here.start]) is None:
            raise Refusal("it shares its line with something else")
        return Removal((Edit(Span(here.start, end), empty),), Span(here.start, end))
    start = own_comments(text, line, indent, None)
    edits = (Edit(Span(colon.end(), colon.end()), f" {empty}"), Edit(Span(without_break(text, start), end), ""))
    return Removal(edits, Span(start, end))
