"""A YAML document composed once: the node tree gives both data and spans.

libyaml's event parser, through PyYAML, does the work in C; where PyYAML was built without it, ruamel.yaml gives the
same events in Python. The tree is built here, without recursion, so that no nesting can exhaust the stack.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple

from kafkalint.manifests.nodes import Alias, Content, Mapping, Node, Scalar, Sequence, content_of

MAX_DEPTH = 200
MAX_EXPANDED_NODES = 1_000_000
# Two of them: the pattern for all of Unicode takes 4 ms to compile, and most manifests are ASCII.
_UNPRINTABLE_ASCII = re.compile("[^\t\n\r\x20-\x7e]")
_UNPRINTABLE = "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufeff\uff00-\ufffd\U00010000-\U0010ffff]"

Events = Callable[[str], Iterator[Any]]


class ComposeError(ValueError):
    """A document that does not parse: what is wrong, and the offset at which it shows."""

    def __init__(self, problem: str, offset: int) -> None:
        super().__init__(problem)
        self.problem = problem
        self.offset = offset


class _Open(NamedTuple):
    node: Mapping | Sequence
    keys: list[Node]


def compose(text: str) -> Node | None:
    """The root node of one document, None if it is empty; offsets are code points from the text's start.

    Raises ComposeError.
    """
    unprintable = _UNPRINTABLE_ASCII.search(text) if text.isascii() else re.search(_UNPRINTABLE, text)
    if unprintable:
        code = ord(unprintable.group())
        raise ComposeError(f"the control character U+{code:04X} is not allowed in YAML", unprintable.start())
    return _Builder(text).build()


class _Builder:
    def __init__(self, text: str) -> None:
        self.text = text
        self.root: Node | None = None
        self.open: list[_Open] = []
        self.anchors: dict[str, Content] = {}
        self.sizes: dict[int, int] = {}
        self.heights: dict[int, int] = {}
        self.tallest: list[int] = []
        """Height of the tallest child so far, for each open node."""
        self.expanded = 0

    def build(self) -> Node | None:
        for event in _events(self.text):
            kind = event.__class__.__name__
            if kind == "ScalarEvent":
                self.scalar(event)
            elif kind == "MappingStartEvent":
                self.start(Mapping(event.tag, event.start_mark.index, event.anchor, flow=bool(event.flow_style)))
            elif kind == "SequenceStartEvent":
                self.start(Sequence(event.tag, event.start_mark.index, event.anchor, flow=bool(event.flow_style)))
            elif kind in ("MappingEndEvent", "SequenceEndEvent"):
                self.close(event.end_mark.index)
            elif kind == "AliasEvent":
                self.alias(event)
            elif kind == "DocumentStartEvent" and self.root is not None:
                raise ComposeError("a second document begins here without a '---' of its own", event.start_mark.index)
        return self.root

    def scalar(self, event: Any) -> None:
        node = Scalar(
            event.value,
            "" if event.style in (None, "") else event.style,
            event.tag,
            event.start_mark.index,
            event.end_mark.index,
            event.anchor,
        )
        if not node.value and not node.style:
            node.start = node.end = self.absent(node)
        self.remember(node, node.anchor)
        self.add(node, 1)

    def absent(self, node: Scalar) -> int:
        """Where a value that was left out would stand, by either parser: behind its key's colon or its dash."""
        bare = node.tag is None and node.anchor is None
        if not self.open:
            return node.start if bare else 0
        parent, keys = self.open[-1]
        if isinstance(parent, Sequence):
            mark, start = "-", parent.items[-1].end if parent.items else parent.start
        else:
            mark, start = ":", keys[-1].end if keys else parent.pairs[-1][1].end if parent.pairs else parent.start
        found = self.text.find(mark, start, node.end)
        if found >= 0 and (keys or isinstance(parent, Sequence)):
            return found + 1
        return node.start if bare else start

    def start(self, node: Mapping | Sequence) -> None:
        if len(self.open) >= MAX_DEPTH:
            raise ComposeError(f"nested deeper than {MAX_DEPTH} levels", node.start)
        self.remember(node, node.anchor)
        self.open.append(_Open(node, []))
        self.tallest.append(0)
        self.sizes[id(node)] = self.expanded

    def close(self, end: int) -> None:
        node = self.open.pop().node
        node.end = end
        before = self.sizes[id(node)]
        self.sizes[id(node)] = self.expanded - before + 1
        self.expanded = before
        self.heights[id(node)] = self.tallest.pop() + 1
        self.reach(node, node.start)
        self.add(node, self.sizes[id(node)])

    def reach(self, node: Content, start: int) -> None:
        """Count how deep the data goes with aliases followed: a chain of them nests as brackets do."""
        height = self.heights.get(id(node), 0)
        if len(self.open) + height > MAX_DEPTH:
            raise ComposeError(f"nested deeper than {MAX_DEPTH} levels", start)
        if self.tallest:
            self.tallest[-1] = max(self.tallest[-1], height)

    def alias(self, event: Any) -> None:
        start = event.start_mark.index
        target = self.anchors.get(event.anchor)
        if target is None:
            raise ComposeError(f"the alias *{event.anchor} has no anchor before it", start)
        if any(level.node is target for level in self.open):
            raise ComposeError(f"the anchor &{event.anchor} holds itself", start)
        self.reach(target, start)
        self.add(Alias(target, start, event.end_mark.index), self.sizes.get(id(target), 1))

    def remember(self, node: Content, anchor: str | None) -> None:
        if anchor is not None:
            self.anchors[anchor] = node

    def add(self, node: Node, size: int) -> None:
        # Counted as if every alias were written out: what a reader of the data would have to walk.
        self.expanded += size
        if self.expanded > MAX_EXPANDED_NODES:
            raise ComposeError(f"aliases expand to more than {MAX_EXPANDED_NODES:,} values", node.start)
        if not self.open:
            self.root = node
            return
        parent, keys = self.open[-1]
        if isinstance(parent, Sequence):
            parent.items.append(node)
        elif keys:
            parent.pairs.append((keys.pop(), node))
        else:
            self.add_key(node, keys)

    def add_key(self, node: Node, keys: list[Node]) -> None:
        if not isinstance(content_of(node), Scalar):
            raise ComposeError("a mapping key is not a scalar; Kubernetes takes only strings as keys", node.start)
        keys.append(node)


def _events(text: str) -> Iterator[Any]:
    return _parser()(text)


@cache
def _parser() -> Events:
    try:
        from yaml import cyaml  # noqa: F401, PLC0415 - whether it is there; and only whoever composes pays for it
    except ImportError:
        return events_in_python
    return events_in_c


def events_in_c(text: str) -> Iterator[Any]:
    """Events of libyaml with marks in code points; raises ComposeError."""
    from yaml import YAMLError  # noqa: PLC0415 - one parser is chosen; the other is never imported
    from yaml.cyaml import CParser  # type: ignore[attr-defined]  # noqa: PLC0415 - as above; the stubs lack it

    parser = CParser(text)
    try:
        event = parser.get_event()
        while event is not None:
            yield event
            event = parser.get_event()
    except YAMLError as error:
        raise _compose_error(error, text) from None
    finally:
        parser.dispose()


def events_in_python(text: str) -> Iterator[Any]:
    """The same events from ruamel.yaml, in pure Python; raises ComposeError."""
    from ruamel.yaml import YAML  # noqa: PLC0415 - as above
    from ruamel.yaml.error import YAMLError  # noqa: PLC0415 - as above

    yaml = YAML(typ="safe", pure=True)
    yaml.version = (1, 1)
    try:
        yield from yaml.parse(text)
    except (YAMLError, ValueError) as error:
        raise _compose_error(error, text) from None


def _compose_error(error: Exception, text: str) -> ComposeError:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "context", None) or str(error).splitlines()[0]
    offset = mark.index if mark is not None else 0
    return ComposeError(str(problem), min(offset, len(text)))
