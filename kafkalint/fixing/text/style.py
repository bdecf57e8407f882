"""How somebody writes YAML, read off a document: what is added to it is written likewise."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from kafkalint.fixing.text.extents import dash
from kafkalint.fixing.text.lines import column, line_break, line_start
from kafkalint.manifests.nodes import Mapping, Node, Scalar, Sequence, content_of
from kafkalint.manifests.scalars import resolve_plain, resolve_scalar

if TYPE_CHECKING:
    from kafkalint.manifests.documents import Document

_MANY_QUOTED = 0.8
_MANY_SORTED = 0.9
T = TypeVar("T", int, str)


class Style(NamedTuple):
    """What a document's author does where YAML leaves a choice."""

    newline: str = "\n"
    step: int = 2
    """Columns by which a mapping is indented under its key."""
    offset: int = 2
    """Columns by which the dashes of a sequence are indented under its key; 0 where they stand flush with it."""
    gap: int = 2
    """Columns from a dash to its item."""
    quote: str = '"'
    """The quotes around strings that need them."""
    quotes_all: bool = False
    """Whether strings that do not need quotes have them too."""
    key_quote: str = ""
    """The quotes around all keys, where they have some."""
    json: bool = False
    """Whether it is JSON, where every key and string has double quotes."""
    alphabetical: bool = False
    """Whether keys stand in the order of the alphabet, as tools write them."""
    literal: bool = True
    """Whether a text of several lines may be a literal block: not where the last line of the file has no break."""
    colon: str = ": "
    """What stands between a quoted key and its value in flow style."""
    comma: str = ", "
    """What stands between two members of a flow collection on one line."""


def style_of(document: Document) -> Style:
    """The habits that a document shows; those of most manifests where it shows none."""
    habits = _Habits(document.text)
    if document.root is not None:
        habits.look_at(document.root)
    return habits.style()


def quotes_of(nodes: list[Node]) -> str:
    """The quotes that all strings among some nodes have, where they have the same; empty where not, and without any."""
    found = [node for node in map(content_of, nodes) if isinstance(node, Scalar)]
    styles = {node.style for node in found if isinstance(resolve_scalar(node), str)}
    return styles.pop() if len(styles) == 1 and styles <= {"'", '"'} else ""


def gap_of(text: str, node: Sequence) -> int | None:
    """Columns from the first dash of a block sequence to its item; None where they are not on one line."""
    at = dash(text, node)
    start = node.items[0].start
    return start - at if line_start(text, start) <= at < start - 1 else None


class _Habits:
    def __init__(self, text: str) -> None:
        self.text = text
        self.steps: Counter[int] = Counter()
        self.offsets: Counter[int] = Counter()
        self.gaps: Counter[int] = Counter()
        self.quotes: Counter[str] = Counter()
        """Of strings that would be strings without quotes too, and of all the others."""
        self.free: Counter[str] = Counter()
        self.keys: Counter[str] = Counter()
        self.colons: Counter[str] = Counter()
        self.commas: Counter[str] = Counter()
        self.sorted: Counter[bool] = Counter()
        """Of mappings that are large enough not to be in order by chance."""

    def style(self) -> Style:
        quoted = sum(count for quote, count in self.free.items() if quote)
        return Style(
            newline=line_break(self.text),
            step=_usual(self.steps, 2),
            offset=_usual(self.offsets, 2),
            gap=_usual(self.gaps, 2),
            quote=_usual(self.quotes, '"'),
            quotes_all=quoted > 2 and quoted >= _MANY_QUOTED * sum(self.free.values()),
            key_quote=_usual(self.keys, "") if self.keys[""] <= (1 - _MANY_QUOTED) * self.keys.total() else "",
            json=self.keys[""] == 0 and self.keys['"'] > 0 and self.text.lstrip().startswith("{"),
            alphabetical=self.sorted[True] > 2 and self.sorted[True] >= _MANY_SORTED * self.sorted.total(),
            literal=self.text.endswith(("\n", "\r")),
            colon=_usual(self.colons, ": "),
            comma=_usual(self.commas, ", "),
        )

    def look_at(self, root: Node) -> None:
        stack: list[Node] = [root]
        while stack:
            node = stack.pop()
            if isinstance(node, Mapping):
                stack += [value for _, value in node.pairs]
                self.mapping(node)
            elif isinstance(node, Sequence):
                stack += node.items
                self.sequence(node)
            elif isinstance(node, Scalar):
                self.scalar(node)

    def mapping(self, node: Mapping) -> None:
        for key, value in node.pairs:
            if isinstance(key, Scalar):
                self.keys[key.style] += 1
            at = column(self.text, key.start)
            if isinstance(value, Mapping) and value.pairs and not value.flow:
                self.steps[column(self.text, value.pairs[0][0].start) - at] += 1
            elif isinstance(value, Sequence) and value.items and not value.flow:
                self.offsets[column(self.text, dash(self.text, value)) - at] += 1
            if node.flow and key.end < value.start < value.end:
                self.colons[":" if value.start == key.end + 1 else ": "] += 1
        if node.flow and len(node.pairs) > 1:
            self.commas["," if node.pairs[1][0].start == node.pairs[0][1].end + 1 else ", "] += 1
        if len(node.pairs) > 2:
            names = [key.value for key, _ in node.pairs if isinstance(key, Scalar)]
            self.sorted[names == sorted(names)] += 1

    def sequence(self, node: Sequence) -> None:
        if node.flow and len(node.items) > 1:
            self.commas["," if node.items[1].start == node.items[0].end + 1 else ", "] += 1
        if node.flow or not node.items:
            return
        gap = gap_of(self.text, node)
        if gap is not None:
            self.gaps[gap] += 1

    def scalar(self, node: Scalar) -> None:
        if node.style in ("|", ">") or node.tag is not None:
            return
        if node.style:
            self.quotes[node.style] += 1
        if isinstance(resolve_plain(node.value), str):
            self.free[node.style] += 1


def _usual(counted: Counter[T], default: T) -> T:
    most = max(counted.values(), default=0)
    return min(each for each in counted if counted[each] == most) if most else default
