"""The node tree of a YAML document: what was written, with the span of every key and value."""

from __future__ import annotations

from typing import TypeAlias


class Scalar:
    """A scalar as written; `style` is empty for plain, else the quote, `|` or `>`."""

    __slots__ = ("anchor", "end", "start", "style", "tag", "value")

    def __init__(  # noqa: PLR0913, PLR0917 - made by the hundred thousand
        self, value: str, style: str, tag: str | None, start: int, end: int, anchor: str | None
    ) -> None:
        self.value = value
        self.style = style
        self.tag = tag
        self.start = start
        self.end = end
        self.anchor = anchor


class Mapping:
    """A mapping in the order written, double keys included."""

    __slots__ = ("anchor", "end", "flow", "pairs", "start", "tag")

    def __init__(self, tag: str | None, start: int, anchor: str | None, *, flow: bool) -> None:
        self.pairs: list[tuple[Node, Node]] = []
        self.tag = tag
        self.start = start
        self.end = start
        self.anchor = anchor
        self.flow = flow


class Sequence:
    """A sequence in the order written."""

    __slots__ = ("anchor", "end", "flow", "items", "start", "tag")

    def __init__(self, tag: str | None, start: int, anchor: str | None, *, flow: bool) -> None:
        self.items: list[Node] = []
        self.tag = tag
        self.start = start
        self.end = start
        self.anchor = anchor
        self.flow = flow


class Alias:
    """A use of an anchor: its own span, the anchor's node."""

    __slots__ = ("end", "start", "target")

    def __init__(self, target: Content, start: int, end: int) -> None:
        self.target = target
        self.start = start
        self.end = end


Content: TypeAlias = Scalar | Mapping | Sequence
Node: TypeAlias = Content | Alias


def content_of(node: Node) -> Content:
    """The node itself, or the anchored one that an alias stands for."""
    return node.target if isinstance(node, Alias) else node
