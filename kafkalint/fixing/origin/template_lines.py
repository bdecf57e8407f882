"""Lines of a Helm template that write a key of an object: what can be told of them without rendering."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from kafkalint.manifests.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINE = re.compile(r"[^\r\n]*")
_PAIR = re.compile(
    r"(?P<dashes>(?:-[ ]+)*)(?P<key>\"[^\"{}]*\"|'[^'{}]*'|[^\s:#\"'{}\[\],&*!|>%@`-][^:#{}]*?)[ ]*:(?P<rest>[ \t].*|)"
)
_ITEM = re.compile(r"-[ ]+(?P<rest>[^{\[].*)")
_BLOCK = re.compile(r"[ \t]*[|>][-+0-9]*[ \t]*(?:#.*)?")
_NINDENT = re.compile(r"\bn?indent\s+(\d+)")


class TemplateLine(NamedTuple):
    """A line that writes a key, or an item that is a scalar, as its indentation has it."""

    path: tuple[str, ...]
    """The keys that lead to it and its own."""
    key: Span
    rest: Span
    """What follows the colon, or the dash."""
    column: int
    """Where its key begins."""
    item: bool
    """Whether it begins an item of a list."""


class ActionLine(NamedTuple):
    """A line that holds nothing but actions."""

    path: tuple[str, ...]
    """The keys of the mapping that what it writes goes into."""
    span: Span


def lines_of(content: str, within: Span) -> Iterator[TemplateLine | ActionLine]:
    """The lines of a document that write a key, and those of nothing but actions."""
    above: list[tuple[int, str]] = []
    block: int | None = None
    for match in _LINE.finditer(content, *within):
        text = match.group()
        stripped = text.lstrip(" ")
        indent = len(text) - len(stripped)
        if not stripped or stripped.startswith(("#", "---")) or (block is not None and indent > block):
            continue
        block = None
        if stripped.startswith("{{"):
            told = _NINDENT.search(stripped)
            column = int(told[1]) if told else indent
            yield ActionLine(tuple(key for at, key in above if at < column), Span(match.start() + indent, match.end()))
            continue
        pair = _PAIR.fullmatch(stripped)
        item = _ITEM.fullmatch(stripped) if pair is None else None
        if item is not None:
            rest = Span(match.start() + indent + item.start("rest"), match.end())
            yield TemplateLine(tuple(key for at, key in above if at <= indent), rest, rest, indent, item=True)
            block = indent if _BLOCK.fullmatch(item["rest"]) else None
        if pair is None:
            continue
        column = indent + pair.start("key")
        above = [entry for entry in above if entry[0] < column]
        name = pair["key"].strip("\"'")
        above.append((column, name))
        base = match.start() + indent
        yield TemplateLine(
            tuple(key for _, key in above),
            Span(base + pair.start("key"), base + pair.end("key")),
            Span(base + pair.start("rest"), base + pair.end("rest")),
            column,
            bool(pair["dashes"]),
        )
        if _BLOCK.fullmatch(pair["rest"]):
            block = column
