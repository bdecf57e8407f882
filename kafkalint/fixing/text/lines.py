"""Lines of a text: where they begin and end, whichever break ends them."""

from __future__ import annotations

import re

_BREAK = re.compile(r"\r\n|\n|\r")
_END = re.compile(r"[\r\n]")


def line_start(text: str, offset: int) -> int:
    """Where the line that holds an offset begins."""
    start = text.rfind("\n", 0, offset) + 1
    return text.rfind("\r", start, offset) + 1 or start


def line_end(text: str, offset: int) -> int:
    """Where the line that holds an offset ends, without its break."""
    match = _END.search(text, offset)
    return match.start() if match else len(text)


def next_line(text: str, offset: int) -> int:
    """Where the line behind the one that holds an offset begins; the end of the text if there is none."""
    match = _BREAK.search(text, offset)
    return match.end() if match else len(text)


def column(text: str, offset: int) -> int:
    """How far an offset is from the start of its line."""
    return offset - line_start(text, offset)


def line_break(text: str, offset: int = 0) -> str:
    """The first line break from an offset on; the text's first, and then a line feed, where none follows."""
    match = _BREAK.search(text, offset) or _BREAK.search(text)
    return match.group() if match else "\n"


def without_break(text: str, offset: int) -> int:
    """The end of the line above, where a line begins at an offset."""
    return offset - (2 if text.endswith("\r\n", 0, offset) else min(offset, 1))
