"""Text of a source with its positions: code points, 1-based lines and columns, ends exclusive."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from typing import NamedTuple

_LINE_BREAK = re.compile(r"\r\n|\n|\r")


class Position(NamedTuple):
    """A point in a text: 1-based line and column in Unicode code points."""

    line: int
    column: int


class Span(NamedTuple):
    """A piece of a text as offsets in code points, end exclusive."""

    start: int
    end: int


class TextError(ValueError):
    """Bytes that are no text, with the line at which they stop being so."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


class Text:
    """Decoded text of one source; a byte order mark is remembered and never counted."""

    def __init__(self, content: str, *, bom: bool = False, encoding: str = "utf-8") -> None:
        self.content = content
        self.bom = bom
        self.encoding = encoding

    @cached_property
    def line_starts(self) -> list[int]:
        """Offset of each line's first code point."""
        return [0, *(match.end() for match in _LINE_BREAK.finditer(self.content))]

    def position(self, offset: int) -> Position:
        """Line and column of an offset."""
        line = bisect_right(self.line_starts, offset) - 1
        return Position(line + 1, offset - self.line_starts[line] + 1)

    def line(self, number: int) -> str:
        """One line without its line break; empty when there is no such line."""
        if not 1 <= number <= len(self.line_starts):
            return ""
        end = self.line_starts[number] if number < len(self.line_starts) else len(self.content)
        return self.content[self.line_starts[number - 1] : end].rstrip("\r\n")


def decode(data: bytes) -> Text:
    """Text of a source's bytes; UTF-8 unless a byte order mark says UTF-16 or UTF-32, as YAML 1.2 §5.2 has it.

    Raises TextError with the line of the first byte that cannot be decoded.
    """
    encoding = _encoding(data)
    bom = encoding != "utf-8"
    try:
        content = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        name = {"utf-8-sig": "UTF-8", "utf-8": "UTF-8"}.get(encoding, encoding.upper())
        raise TextError(f"not valid {name}: byte 0x{data[error.start]:02x} ({error.reason})", line) from None
    return Text(content, bom=bom, encoding=encoding)


def encode(content: str, like: bytes) -> bytes:
    """The bytes of a text in the encoding of others, their byte order mark included."""
    encoding = _encoding(like)
    if encoding in ("utf-16", "utf-32"):
        # Python's own mark follows the machine; the file's order is to stay.
        order = "be" if like[:1] in (b"\xfe", b"\x00") else "le"
        return f"\ufeff{content}".encode(f"{encoding}-{order}")
    return content.encode(encoding)


def _encoding(data: bytes) -> str:
    if data.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    if data.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return "utf-32"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    return "utf-8"
