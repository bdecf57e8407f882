"""Changes as people and `git apply` read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_CONTEXT = 3
# So many equal lines are where two texts go on together: the same one or two stand everywhere in a manifest.
_TOGETHER = 8
_FAR = 2000
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}


class _Change(NamedTuple):
    """Lines of the old text that others of the new one stand for, by number; either may be none."""

    old: int
    old_end: int
    new: int
    new_end: int


def unified_diff(name: str, before: bytes | None, after: bytes) -> str:
    """A unified diff of one file, byte for byte; one that is made is compared with nothing.

    What is no UTF-8 comes as `surrogateescape` has it, so that whoever writes the diff out has the same bytes again.
    """
    old, new = _lines(before or b""), _lines(after)
    hunks = [line for group in _grouped(_changes(old, new)) for line in _hunk(old, new, group)]
    if not hunks:
        return ""
    source = _name(f"a/{name}") if before is not None else "/dev/null"
    return "".join([f"--- {source}\n", f"+++ {_name(f'b/{name}')}\n", *hunks])


def _lines(data: bytes) -> list[str]:
    """The lines of a file as diff sees them: only a line feed ends one, and a byte order mark is part of the first."""
    parts = data.decode("utf-8", "surrogateescape").split("\n")
    return [f"{part}\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def _changes(old: list[str], new: list[str]) -> Iterator[_Change]:
    """What differs, in order, in time that grows with the text and with the square of a change, not of the text."""
    import difflib  # noqa: PLC0415 - only --diff needs it

    for region in _regions(old, new):
        here, there = old[region.old : region.old_end], new[region.new : region.new_end]
        for tag, start, end, new_start, new_end in difflib.SequenceMatcher(None, here, there).get_opcodes():
            if tag != "equal":
                yield _Change(region.old + start, region.old + end, region.new + new_start, region.new + new_end)


def _regions(old: list[str], new: list[str]) -> Iterator[_Change]:
    """The parts of two texts between which they go on together for a while."""
    at = to = 0
    while at < len(old) or to < len(new):
        if at < len(old) and to < len(new) and old[at] == new[to]:
            at, to = at + 1, to + 1
            continue
        further, far = _together_again(old, new, at, to)
        yield _Change(at, further, to, far)
        at, to = further, far


def _together_again(old: list[str], new: list[str], at: int, to: int) -> tuple[int, int]:
    """The nearest lines from which on both are the same for a while; the ends of both if that is far away."""
    left, right = len(old) - at, len(new) - to
    for lines in range(1, min(_FAR, left + right) + 1):
        for skipped in range(max(0, lines - right), min(lines, left) + 1):
            further, far = at + skipped, to + lines - skipped
            if old[further : further + 1] == new[far : far + 1] and _go_on(old, new, further, far):
                return further, far
    return len(old), len(new)


def _go_on(old: list[str], new: list[str], at: int, to: int) -> bool:
    return old[at : at + _TOGETHER] == new[to : to + _TOGETHER]


def _grouped(changes: Iterator[_Change]) -> Iterator[list[_Change]]:
    """Changes whose context overlaps, as one hunk."""
    group: list[_Change] = []
    for change in changes:
        if group and change.old - group[-1].old_end > 2 * _CONTEXT:
            yield group
            group = []
        group.append(change)
    if group:
        yield group


def _hunk(old: list[str], new: list[str], group: list[_Change]) -> Iterator[str]:
    first, last = group[0], group[-1]
    before = min(_CONTEXT, first.old)
    after = min(_CONTEXT, len(old) - last.old_end)
    spans = _span(first.old - before, last.old_end + after), _span(first.new - before, last.new_end + after)
    yield f"@@ -{spans[0]} +{spans[1]} @@\n"
    at = first.old - before
    for change in group:
        yield from _marked(" ", old[at : change.old])
        yield from _marked("-", old[change.old : change.old_end])
        yield from _marked("+", new[change.new : change.new_end])
        at = change.old_end
    yield from _marked(" ", old[at : at + after])


def _span(start: int, end: int) -> str:
    """Lines as a hunk's head names them: the first one and how many; the one before where there are none."""
    return str(start + 1) if end - start == 1 else f"{start + (end > start)},{end - start}"


def _marked(mark: str, lines: list[str]) -> Iterator[str]:
    for line in lines:
        yield f"{mark}{line}" if line.endswith("\n") else f"{mark}{line}\n\\ No newline at end of file\n"


def _name(path: str) -> str:
    """A file's name as git writes it: in quotes if it holds what would end it, with a tab behind blanks."""
    if any(char in _ESCAPES or ord(char) < 0x20 or char == "\x7f" for char in path):
        return f'"{"".join(map(_escaped, path))}"'
    return f"{path}\t" if " " in path else path


def _escaped(char: str) -> str:
    return _ESCAPES.get(char) or (char if ord(char) >= 0x20 and char != "\x7f" else f"\\{ord(char):03o}")
