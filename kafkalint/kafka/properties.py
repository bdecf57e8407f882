"""Java properties text, with the place of every key and value in it."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_BLANKS = " \t\f"
_CONTROL_ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "f": "\f"}


class Property(NamedTuple):
    """One entry: what it says, and where it stands as code-point offsets into the text (ends are exclusive).

    The value is Java's: blanks at its end belong to it, and `${...}` or `$(...)` is text like any other.
    """

    key: str
    value: str
    key_start: int
    value_start: int
    value_end: int


def parse_properties(text: str) -> tuple[Property, ...]:
    """Read every entry in the order of the text, by the rules of `java.util.Properties.load`.

    A malformed Unicode escape, which Java refuses, is kept as it is written.
    """
    return tuple(_entry(line) for line in _logical_lines(text))


class _Line(NamedTuple):
    """A logical line: its characters, and for each natural line in it (index in the characters, offset in the text)."""

    characters: str
    indexes: tuple[int, ...]
    offsets: tuple[int, ...]

    def offset(self, index: int) -> int:
        """Where a character of the line stands in the text."""
        piece = bisect_right(self.indexes, index) - 1
        return self.offsets[piece] + index - self.indexes[piece]

    def end(self) -> int:
        """Where the last character of the line ends in the text; a backslash that continues nothing is left out."""
        return self.offsets[-1] + len(self.characters) - self.indexes[-1]


def _logical_lines(text: str) -> Iterator[_Line]:
    pieces: list[tuple[str, int]] = []
    for start, end in _natural_lines(text):
        content = text[start:end].lstrip(_BLANKS)
        # A line that only continues emptiness is a new line, as in LineReader: it may be a comment, or be blank.
        if not any(piece for piece, _ in pieces):
            pieces.clear()
            if not content or content[0] in "#!":
                continue
        continues = _ends_in_backslash(content)
        pieces.append((content[:-1] if continues else content, end - len(content)))
        if not continues:
            yield _joined(pieces)
            pieces.clear()
    if any(piece for piece, _ in pieces):
        yield _joined(pieces)


def _natural_lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for terminator in re.finditer("\r\n|\r|\n", text):
        yield start, terminator.start()
        start = terminator.end()
    if start < len(text):
        yield start, len(text)


def _ends_in_backslash(content: str) -> bool:
    return (len(content) - len(content.rstrip("\\"))) % 2 == 1


def _joined(pieces: list[tuple[str, int]]) -> _Line:
    indexes: list[int] = []
    length = 0
    for piece, _ in pieces:
        indexes.append(length)
        length += len(piece)
    return _Line("".join(piece for piece, _ in pieces), tuple(indexes), tuple(offset for _, offset in pieces))


def _entry(line: _Line) -> Property:
    characters = line.characters
    key_end = _key_end(characters)
    value_start = _value_start(characters, key_end)
    return Property(
        key=_unescaped(characters[:key_end]),
        value=_unescaped(characters[value_start:]),
        key_start=line.offset(0),
        value_start=line.offset(value_start) if value_start < len(characters) else line.end(),
        value_end=line.end(),
    )


def _key_end(characters: str) -> int:
    escaped = False
    for index, character in enumerate(characters):
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = True
        elif character in "=:" or character in _BLANKS:
            return index
    return len(characters)


def _value_start(characters: str, key_end: int) -> int:
    index = _skip_blanks(characters, key_end)
    if index < len(characters) and characters[index] in "=:":
        index = _skip_blanks(characters, index + 1)
    return index


def _skip_blanks(characters: str, index: int) -> int:
    while index < len(characters) and characters[index] in _BLANKS:
        index += 1
    return index


def _unescaped(raw: str) -> str:
    if "\\" not in raw:
        return raw
    found = re.sub(r"\\(?:u([0-9a-fA-F]{4})|(.)|$)", _replacement, raw, flags=re.DOTALL)
    # Java's characters are UTF-16 units: two escapes may be one code point, and half of a pair is no text.
    return found.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _replacement(found: re.Match[str]) -> str:
    unit, character = found.groups()
    if unit is not None:
        return chr(int(unit, 16))
    if character == "u":
        return found[0]
    return _CONTROL_ESCAPES.get(character, character or "")
