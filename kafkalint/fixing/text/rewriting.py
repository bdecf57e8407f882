"""Words written anew: a key, a piece of a text, a comment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from kafkalint.fixing.text.edits import Edit, Refusal
from kafkalint.fixing.text.lines import line_end, line_start, next_line, without_break
from kafkalint.fixing.text.phrasing import key_scalar
from kafkalint.manifests.nodes import Scalar
from kafkalint.manifests.resources import fragment_span
from kafkalint.manifests.text import Span

if TYPE_CHECKING:
    from kafkalint.fixing.text.finding_nodes import Way
    from kafkalint.fixing.text.page import Page

# What is put into texts (a path, a number, a name) means the same in every style of scalar.
_HARMLESS = re.compile(r"[\w./,:=@%+ -]*")


def rename_key(page: Page, way: Way, name: str) -> list[Edit]:
    """The key at the end of a way called differently."""
    key = way.key
    if way.missing or not isinstance(key, Scalar):
        raise Refusal("the key is not there")
    if key.anchor is not None or key.tag is not None:
        raise Refusal("the key has an anchor or a tag")
    return [Edit(Span(key.start, key.end), key_scalar(name, page.style, quote=key.style))]


def splice(page: Page, way: Way, fragment: Span, value: Any) -> list[Edit]:
    """A piece of the text at the end of a way replaced, letter by letter."""
    if way.missing or not isinstance(way.end, Scalar) or not isinstance(value, str):
        raise Refusal("the text to change is not written there")
    if _HARMLESS.fullmatch(value) is None:
        raise Refusal("the new text would need quoting")
    span = fragment_span(page.text, way.end, fragment)
    if span is None:
        raise Refusal("the text to change is not written out letter by letter")
    return [Edit(span, value)]


def rewrite(content: str, span: Span, text: str) -> Edit:
    """A piece of text written anew; one that goes takes the blanks before it along, or its whole line."""
    start, end = span
    if text:
        return Edit(span, text)
    line, stop = line_start(content, start), line_end(content, end)
    before = content[line:start].rstrip(" \t")
    if before:
        return Edit(Span(line + len(before), end), "")
    if content[end:stop].strip():
        blanks = len(content[end:stop]) - len(content[end:stop].lstrip(" \t"))
        return Edit(Span(start, end + blanks), "")
    if stop < len(content):
        return Edit(Span(line, next_line(content, stop)), "")
    # The last line: the break before it goes, so that a text without a final one stays so.
    return Edit(Span(without_break(content, line), stop), "")
