"""Lines that a template engine will still write on: nobody else touches them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kafkalint.fixing.text.edits import Edit, Refusal
from kafkalint.fixing.text.lines import line_end, line_start, next_line, without_break
from kafkalint.manifests.comments import inside

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kafkalint.fixing.text.page import Page
    from kafkalint.manifests.text import Span

# Helm's and Jinja's, ytt's, and the variables that envsubst and Flux put in. `}}` alone closes flow mappings as well.
_TEMPLATE = re.compile(r"\{\{|\{%|\$\{|#@")
_ACTION = re.compile(r"\{\{|\{%")
# No action is longer than that; looking further back for one that is still open would take quadratic time.
_LONGEST_ACTION = 2000


def hold_off(page: Page, edits: Iterable[Edit]) -> None:
    """Raise Refusal where edits would change a line that holds a template, or follow one that is in a comment."""
    for edit in edits:
        if _is_whole_lines(page.text, edit):
            _hold_off_behind(page, edit.span.start)
        else:
            hold_off_line(page.text, edit.span)


def hold_off_line(text: str, span: Span) -> None:
    """Raise Refusal where one of the lines of a piece of text holds a template."""
    start, last = span
    # A piece that begins or ends with a line break leaves the line above, or the next one, as it is.
    if start < last and text[start] in "\r\n":
        start = next_line(text, start)
    elif start < last and line_start(text, last) == last:
        last -= 1
    start = line_start(text, start)
    if _TEMPLATE.search(text, start, line_end(text, last)) or _is_open(text, start):
        raise Refusal("the line holds a template")


def _is_whole_lines(text: str, edit: Edit) -> bool:
    """Whether an edit only brings lines of its own, so that no other one changes."""
    at, end = edit.span
    if at < end:
        return False
    last = edit.text[:1] in ("\n", "\r") and line_end(text, at) == at
    return last or (edit.text[-1:] in ("\n", "\r") and line_start(text, at) == at)


def _hold_off_behind(page: Page, at: int) -> None:
    """Refuse to write lines at an offset if the line above holds a template in a comment, which may be an `if`."""
    text = page.text
    at = without_break(text, at) if line_start(text, at) == at else at
    for action in _ACTION.finditer(text, line_start(text, at), line_end(text, at)):
        if not inside(page.scalars, action.start()):
            raise Refusal("the line holds a template")
    if _is_open(text, line_end(text, at)) and not inside(page.scalars, line_end(text, at) - 1):
        raise Refusal("the line holds a template")


def _is_open(text: str, at: int) -> bool:
    first = max(0, at - _LONGEST_ACTION)
    return text.rfind("{{", first, at) > text.rfind("}}", first, at)
