"""Members of flow collections, `{a: 1}` and `[a, b]`: what stands around the commas, on one line or on several."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from kafkalint.fixing.text.edits import Edit, Removal
from kafkalint.fixing.text.lines import column, line_break, line_end, line_start, next_line
from kafkalint.fixing.text.own_comments import own_comments
from kafkalint.fixing.text.phrasing import NO_QUOTES, Quotes, flow, flow_lines, flow_pair, scalar
from kafkalint.fixing.text.style import quotes_of
from kafkalint.manifests.nodes import Mapping, Sequence, content_of
from kafkalint.manifests.text import Span

if TYPE_CHECKING:
    from kafkalint.fixing.text.extents import Member
    from kafkalint.fixing.text.page import Page
    from kafkalint.fixing.text.style import Style

# Possessive: a comma in a comment is none, and blanks are not to be tried in every grouping.
_TO_COMMA = re.compile(r"(?:\s|#[^\r\n]*+)*+,")
_REST = re.compile(r"[ \t]*(?:#[^\r\n]*)?(?=[\r\n]|\Z)")


class Brackets:
    """A flow collection, and the habits that its text shows."""

    def __init__(self, page: Page, node: Mapping | Sequence) -> None:
        self.text = page.text
        self.node = node
        self.members = page.members(node)
        self.style = _spacing(node, self.members, page.style)
        self.newline = line_break(page.text, node.start)
        self.outer = _indentation(page.text, node.start)
        if self.members:
            last = self.members[-1].start
            self.indent = _indentation(page.text, last)
            self.own_lines = self.begins_line(last)
        else:
            self.indent = self.outer + _step_of_json(page)
            self.own_lines = self.indent != self.outer
        self.tall = self.own_lines and _is_tall(page, self.members)

    def pair(self, key: str, value: Any, quotes: Quotes = NO_QUOTES) -> str:
        """A key with its value, over several lines where the neighbours are."""
        if not self.tall or not isinstance(value, dict | list):
            return flow_pair(key, value, self.style, quotes)
        head = flow_pair(key, {}, self.style, quotes).removesuffix("{}")
        return head + self.item(value)

    def item(self, value: Any, *, quote: str = "") -> str:
        """An item, over several lines where the neighbours are."""
        if not isinstance(value, dict | list):
            return scalar(value, self.style, quote=quote)
        if not self.tall:
            return flow(value, self.style)
        return self.newline.join(flow_lines(value, self.indent, self.indent.removeprefix(self.outer), self.style))

    def put(self, index: int, text: str, *, in_front: bool = False) -> list[Edit]:
        """A member put in behind another, or in front of the first."""
        if not self.members:
            return [self._fill(text)]
        lead = self.newline + self.indent
        here = self.members[index]
        if in_front:
            gap = lead if self.begins_line(here.start) else " " if self.style.comma == ", " else ""
            return [_insert(here.start, f"{text},{gap}")]
        at = self._behind(here)
        comma = _TO_COMMA.match(self.text, at)
        if not self.begins_line(here.start):
            return [_insert(at, self.style.comma + text)]
        rest = _REST.match(self.text, comma.end() if comma else at)
        if rest is None and comma:
            return [_insert(at, self.style.comma + text)]
        if rest is not None and comma:
            return [_insert(rest.end(), f"{lead}{text},")]
        if rest is None or "#" not in rest.group():
            return [_insert(at, f",{lead}{text}")]
        return [_insert(at, ","), _insert(rest.end(), lead + text)]

    def _behind(self, here: Member) -> int:
        # A comma right behind the colon of an empty value would be read as part of the key.
        empty = here.value.start == here.value.end
        return here.end + 1 if empty and self.text[here.end : here.end + 1] == " " else here.end

    def _fill(self, text: str) -> Edit:
        start, end = self.inside()
        if self.text[start:end].strip():
            return _insert(start, text)
        if self.own_lines:
            text = f"{self.newline}{self.indent}{text}{self.newline}{self.outer}"
        return Edit(Span(start, end), text)

    def inside(self) -> Span:
        """What stands between the brackets."""
        mark = "{" if isinstance(self.node, Mapping) else "["
        return Span(self.text.index(mark, self.node.start) + 1, self.node.end - 1)

    def take_out(self, index: int) -> Removal:
        """A member taken out, with the comma that it needs no more and the comment on its own line."""
        here = self.members[index]
        comma = _TO_COMMA.match(self.text, here.end)
        end = comma.end() if comma else here.end
        own_line = self._own_line(index, end)
        if len(self.members) == 1:
            span, own = self.inside(), own_line or Span(here.start, end)
            others = self.text[span.start : own.start] + self.text[own.end : span.end]
            return Removal((Edit(own if others.strip() else span, ""),), own)
        if comma is None:
            return self._take_last(here, self.members[index - 1], own_line)
        if own_line is not None:
            return Removal((Edit(own_line, ""),), own_line)
        follows = self.members[index + 1].start if index + 1 < len(self.members) else None
        if follows is None:
            span = Span(self.members[index - 1].end, here.end)
        elif "#" in self.text[end:follows]:
            line = line_start(self.text, here.start)
            before = self.text[line : here.start].rstrip(" \t") if index else self.text[line : here.start]
            span = Span(line + len(before), end)
        else:
            span = Span(here.start, follows)
        return Removal((Edit(span, ""),), Span(here.start, max(span.end, here.end)))

    def _take_last(self, here: Member, before: Member, own_line: Span | None) -> Removal:
        if own_line is None and "#" not in self.text[before.end : here.start]:
            return Removal((Edit(Span(before.end, here.end), ""),), Span(here.start, here.end))
        comma = _TO_COMMA.match(self.text, before.end)
        span = own_line or Span(here.start, here.end)
        edits = [Edit(span, "")]
        if comma is not None:
            edits.insert(0, Edit(Span(comma.end() - 1, comma.end()), ""))
        return Removal(tuple(edits), span)

    def _own_line(self, index: int, end: int) -> Span | None:
        """The lines that a member has for itself, its comment included; None where it shares them."""
        here = self.members[index]
        rest = _REST.match(self.text, end)
        if rest is None or not self.begins_line(here.start):
            return None
        line = line_start(self.text, here.start)
        follows = self.members[index + 1].start if index + 1 < len(self.members) else None
        return Span(own_comments(self.text, line, here.start - line, follows), next_line(self.text, end))

    def begins_line(self, offset: int) -> bool:
        """Whether nothing but blanks stands before an offset on its line, which is not the first."""
        line = line_start(self.text, offset)
        return line > 0 and not self.text[line:offset].strip()


def _insert(at: int, text: str) -> Edit:
    return Edit(Span(at, at), text)


def _indentation(text: str, offset: int) -> str:
    start = line_start(text, offset)
    line = text[start : line_end(text, offset)]
    return line[: len(line) - len(line.lstrip())]


def _step_of_json(page: Page) -> str:
    """What members of the root are indented by in JSON of many lines."""
    root = page.root
    if not page.style.json or not isinstance(root, Mapping) or not root.pairs:
        return ""
    first = root.pairs[0][0].start
    return _indentation(page.text, first) if column(page.text, first) and line_start(page.text, first) else ""


def _is_tall(page: Page, found: list[Member]) -> bool:
    """Whether collections among the neighbours are spread over several lines; JSON's are where there are none."""
    values = [content_of(each.value) for each in found]
    sizes = [
        line_end(page.text, value.start) < value.end
        for value in values
        if (isinstance(value, Mapping) and value.pairs) or (isinstance(value, Sequence) and value.items)
    ]
    return any(sizes) if sizes else page.style.json


def _spacing(node: Mapping | Sequence, found: list[Member], style: Style) -> Style:
    """The document's style, with the blanks behind colons and commas that this collection has."""
    colon, comma = style.colon, style.comma
    keys = quotes_of([each.key for each in found if each.key is not None])
    values = quotes_of([each.value for each in found])
    if keys or (values and isinstance(node, Sequence)):
        style = style._replace(key_quote=keys, quote=values or style.quote, quotes_all=style.quotes_all or bool(values))
    if isinstance(node, Mapping) and found and found[0].key is not None:
        colon = ":" if found[0].value.start == found[0].key.end + 1 < found[0].value.end else ": "
    if len(found) > 1:
        comma = "," if found[1].start == found[0].end + 1 else ", "
    return style._replace(colon=colon, comma=comma)
