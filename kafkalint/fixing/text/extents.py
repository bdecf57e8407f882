"""How far a member of a collection reaches in the text, the comments that belong into it included."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, TypeGuard

from kafkalint.fixing.text.lines import column, line_end, next_line, without_break
from kafkalint.manifests.nodes import Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROPERTIES = re.compile(r"(?:[&!]\S*+|\s|#[^\r\n]*+)*+")
_COMMENT_LINES = re.compile(r"(?:[ \t]*(?:#[^\r\n]*)?(?:\r\n|\n|\r))*[ \t]*")
_HEADER = re.compile(r"(?:[&!]\S*\s+)*[|>]([-+0-9]*)")
# What somebody has put out of use: an item, or a key.
_DISABLED = re.compile(r"#+([ \t]*)(?:-[ \t]|[\w.\"'/-]+:(?:[ \t]|$))")
_DISABLED_ITEM = re.compile(r"#+[ \t]*-[ \t]")


class Member(NamedTuple):
    """A key with its value, or an item: from its first character (an item's dash in block style) to its last."""

    start: int
    end: int
    key: Node | None
    value: Node


def member(text: str, pair: tuple[Node, Node]) -> Member:
    """A key with its value as a member of its mapping."""
    key, value = pair
    return Member(key.start, max(key.end, content_end(text, value)), key, value)


def members(text: str, node: Mapping | Sequence) -> list[Member]:
    """All members of a collection."""
    if isinstance(node, Mapping):
        return [member(text, pair) for pair in node.pairs]
    starts = [item.start for item in node.items] if node.flow else _dashes(text, node)
    return [
        Member(start, max(start + (not node.flow), content_end(text, item)), None, item)
        for start, item in zip(starts, node.items, strict=True)
    ]


def dash(text: str, node: Sequence) -> int:
    """Where the first dash of a block sequence stands."""
    return behind_properties(text, node)


def behind_properties(text: str, node: Scalar | Sequence) -> int:
    """Where a value itself begins: behind the anchor and the tag that it may have."""
    match = _PROPERTIES.match(text, node.start)
    return match.end() if match else node.start


def _dashes(text: str, node: Sequence) -> Iterator[int]:
    at = dash(text, node)
    for item in node.items:
        yield at
        end = line_end(text, max(at + 1, content_end(text, item)))
        match = _COMMENT_LINES.match(text, next_line(text, end))
        at = match.end() if match else end


def content_end(text: str, node: Node) -> int:
    """Where a value's last character stands: a block collection's own end lies behind blank lines and comments."""
    leaf = last_leaf(node)
    return _block_end(text, leaf) if is_block_text(leaf) else leaf.end


def last_leaf(node: Node) -> Node:
    """The scalar, alias or flow collection with which a value ends; an empty one may leave that to its key."""
    while isinstance(node, Mapping | Sequence) and not node.flow:
        if isinstance(node, Mapping) and node.pairs:
            key, value = node.pairs[-1]
            node = key if value.end <= key.end else value
        elif isinstance(node, Sequence) and node.items:
            node = node.items[-1]
        else:
            break
    return node


def is_block_text(node: Node) -> TypeGuard[Scalar]:
    """Whether a value is a literal or folded block scalar."""
    return isinstance(node, Scalar) and node.style in ("|", ">")


def keeps_blank_lines(text: str, node: Node) -> bool:
    """Whether the blank lines behind a value belong to it: it ends in a block scalar with `+`."""
    leaf = last_leaf(node)
    match = _HEADER.match(text, leaf.start) if is_block_text(leaf) else None
    return match is not None and "+" in match.group(1)


def wants_break(text: str, node: Node) -> bool:
    """Whether a value would become another one if a line followed: a block scalar at the very end of the text."""
    leaf = last_leaf(node)
    match = _HEADER.match(text, leaf.start) if is_block_text(leaf) else None
    return match is not None and "-" not in match.group(1) and leaf.end == len(text) and text[-1:] not in ("\n", "\r")


def _block_end(text: str, node: Scalar) -> int:
    """Where the last line of a block scalar ends that is part of its value."""
    end = node.end
    if keeps_blank_lines(text, node):
        return without_break(text, end) if text[end - 1 : end] in ("\n", "\r") else end
    start = next_line(text, node.start)
    body = text[start:end]
    shown = len(body.rstrip())
    written = node.value.rstrip("\n")
    if not body[:shown] or written[-1:] not in (" ", "\t"):
        return start + shown if body[:shown] else line_end(text, node.start)
    # The value ends in blanks, perhaps in a line that holds nothing else: deeper than the block is indented.
    last = body.rstrip("\r\n")
    while len(last) > shown and len(last) - last.rfind("\n") - 1 <= _indentation(body, written):
        last = last[: last.rfind("\n")].rstrip("\r\n")
    return start + len(last)


def _indentation(body: str, value: str) -> int:
    first = body.lstrip("\r\n ")
    raw = body[: len(body) - len(first)]
    value = value.lstrip("\n")
    return len(raw) - raw.rfind("\n") - 1 - (len(value) - len(value.lstrip(" ")))


def reach(text: str, end: int, indent: int, value: Node | None = None) -> int:
    """The end of the last line that belongs to a member of a block collection, whose first columns are `indent`.

    Behind its own last line comments may follow that are indented deeper, or that put items or keys of it out of use.
    """
    at = look = line_end(text, end)
    flush = isinstance(value, Sequence) and not value.flow and column(text, dash(text, value)) == indent
    while look < len(text):
        start = next_line(text, look)
        look = line_end(text, start)
        line = text[start:look]
        if line.strip() and not _belongs(line, indent, flush=flush):
            break
        if line.strip():
            at = look
    return at


def _belongs(line: str, indent: int, *, flush: bool) -> bool:
    words = line.lstrip(" \t")
    if not words.startswith("#"):
        return False
    at = len(line) - len(words)
    if at > indent:
        return True
    disabled = _DISABLED.match(words)
    if disabled is None:
        return False
    # A mark in front shifts what it puts out of use by one or two columns; deeper than that it is not a sibling.
    deeper = at + len(disabled.group(1)) + 1 > indent + 2
    return deeper or (flush and at == indent and _DISABLED_ITEM.match(words) is not None)
