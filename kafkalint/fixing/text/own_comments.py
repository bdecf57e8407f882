"""Which of the comments above a key or an item are its own, and go when it goes."""

from __future__ import annotations

import re

from kafkalint.fixing.text.lines import line_end, line_start, without_break

# A key that somebody has put out of use is no word about the next one; nor is a line drawn above a whole section.
_DISABLED = re.compile(r"#\s*(?:-\s+)?[\w.\"'/-]+:(?:\s|$)")
_DIRECTIVE = re.compile(r"#\s*kafkalint:")
_BANNER = re.compile(r"#.*?(?:[-=#*~_]{3,}|\u2500{3,}|\u2550{3,})")
_WORD = re.compile(r"[A-Z]?[a-z]{2,}|[A-Z]{3,}(?![a-z])|[0-9]+")


def own_comments(text: str, start: int, indent: int, sibling: int | None) -> int:
    """Where the comment begins that stands right above a line and speaks of it; the line's own start if none does.

    `sibling` is where the next member begins. A comment that stands above several members without another word between
    them speaks of all of them, unless it has a word of this member's line that the next one's does not have.
    """
    lines = list(_above(text, start, indent))
    if not lines:
        return start
    words = [text[line : line_end(text, line)].strip() for line in lines]
    if any(map(_DIRECTIVE.match, words)) or not _leads_on(text, sibling) or _names(words, text, start, sibling):
        return lines[-1]
    return start


def _above(text: str, start: int, indent: int) -> list[int]:
    """The starts of the comment lines right above a line, from below."""
    found: list[int] = []
    while start > 0:
        line = line_start(text, without_break(text, start))
        comment = text[line : without_break(text, start)]
        words = comment.strip()
        if not words.startswith("#") or comment.index("#") != indent:
            break
        if _BANNER.match(words) or (_DISABLED.match(words) and not _DIRECTIVE.match(words)):
            break
        found.append(line)
        start = line
    return found


def _leads_on(text: str, sibling: int | None) -> bool:
    """Whether the next member follows without a blank line or a comment of its own."""
    if sibling is None:
        return False
    end = without_break(text, line_start(text, sibling))
    above = text[line_start(text, end) : end].strip()
    return bool(above) and not above.startswith("#")


def _names(comments: list[str], text: str, start: int, sibling: int | None) -> bool:
    line = text[start : line_end(text, start)]
    other = text[sibling : line_end(text, sibling)] if sibling is not None else ""
    return bool(_words("\n".join(comments)) & (_words(line) - _words(other)))


def _words(text: str) -> set[str]:
    return {word.lower() for word in _WORD.findall(text)}
