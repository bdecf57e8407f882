"""The line that a finding points at, with the piece underlined, as it fits a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kafkalint.reports.wording import log_commands, visible

if TYPE_CHECKING:
    from kafkalint.checking.finding import Location

_TAB = 4
_CUT = "..."
_NARROWEST = 20


class Excerpt(NamedTuple):
    """One line of a source as it is shown, and the marks under it."""

    number: int
    code: str
    marks: str
    last: int
    """The region's last line; `number` where the region does not go on."""


class _Cell(NamedTuple):
    shown: str
    width: int


def excerpt(location: Location, width: int) -> Excerpt | None:
    """The first line of a region, cut around the region to a width in columns; None where the text has no such line."""
    line = location.text.line(location.start.line)
    first = min(location.start.column - 1, len(line))
    last = _last_column(location, line)
    if not line.strip() and first >= len(line):
        return None
    width = max(width, _NARROWEST)
    # A line may be megabytes long: only what can be shown is looked at.
    low, high = max(0, first - 2 * width), min(len(line), max(last, first) + 2 * width, first + 4 * width)
    cells = _cells(line[low:high])
    begin, end = _window(cells, first - low, max(last - first, 1), width)
    before = _CUT if low + begin else ""
    after = _CUT if low + end < len(line) else ""
    code = before + "".join(cell.shown for cell in cells[begin:end]) + after
    indent = len(before) + _width(cells[begin : first - low])
    marks = " " * indent + "^" * max(1, _width(cells[first - low : min(last - low, end)]))
    return Excerpt(location.start.line, code.rstrip(), marks, max(location.start.line, _last_line(location)))


def _last_line(location: Location) -> int:
    line, column = location.end
    return line - 1 if column == 1 else line


def _last_column(location: Location, line: str) -> int:
    if location.end.line > location.start.line:
        return len(line.rstrip())
    return min(location.end.column - 1, len(line))


def _window(cells: list[_Cell], first: int, length: int, width: int) -> tuple[int, int]:
    """Which cells to show: the region's start with some of what stands before it, then as much as there is room for."""
    if _width(cells) <= width:
        return 0, len(cells)
    room = width - 2 * len(_CUT)
    wanted = _width(cells[first : first + length])
    begin, spare = first, max(room - wanted, room // 3) // 2
    while begin and spare >= cells[begin - 1].width:
        begin -= 1
        spare -= cells[begin].width
    end = _fill(cells, begin, room)
    while end == len(cells) and begin and _width(cells[begin - 1 :]) <= room:
        begin -= 1
    return begin, end


def _fill(cells: list[_Cell], begin: int, room: int) -> int:
    end = begin
    while end < len(cells) and room >= cells[end].width:
        room -= cells[end].width
        end += 1
    return end


def _width(cells: list[_Cell]) -> int:
    return sum(cell.width for cell in cells)


def _cells(text: str) -> list[_Cell]:
    commands = log_commands(text)
    cells: list[_Cell] = []
    column = 0
    for offset, character in enumerate(text):
        cell = _cell("\\x23") if offset in commands else _tab(column) if character == "\t" else _drawn(character)
        cells.append(cell)
        column += cell.width
    return cells


def _cell(ascii_text: str) -> _Cell:
    return _Cell(ascii_text, len(ascii_text))


def _tab(column: int) -> _Cell:
    return _cell(" " * (_TAB - column % _TAB))


def _drawn(character: str) -> _Cell:
    if character.isascii() or not character.isprintable():
        return _cell(visible(character))
    from unicodedata import category, east_asian_width  # noqa: PLC0415 - most manifests are ASCII

    if category(character) in ("Mn", "Me"):
        return _Cell(character, 0)
    return _Cell(character, 2 if east_asian_width(character) in ("W", "F") else 1)
