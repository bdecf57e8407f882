"""The way to a place through what is written, and why nothing may be changed at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from kafkalint.fixing.text.edits import Refusal
from kafkalint.manifests.nodes import Alias, Content, Mapping, Node, Sequence, content_of
from kafkalint.manifests.scalars import is_merge_key, key_text

if TYPE_CHECKING:
    from kafkalint.fixing.text.page import Page
    from kafkalint.manifests.resources import Route

Step: TypeAlias = tuple[Node | None, Node]
"""A key with its value, or None with an item."""


class Way(NamedTuple):
    """How far a route is written."""

    steps: tuple[Step, ...]
    """For each step that is written its key (None for an item) and value; the root, with no key, comes first."""
    missing: Route
    """The steps that nobody wrote."""

    @property
    def key(self) -> Node | None:
        """The key of the last value that is written."""
        return self.steps[-1][0]

    @property
    def end(self) -> Node:
        """The last value that is written."""
        return self.steps[-1][1]

    @property
    def in_flow(self) -> bool:
        """Whether the last value that is written stands between brackets or braces."""
        return any(isinstance(node, Mapping | Sequence) and node.flow for _, node in self.steps[:-1])


def way_to(page: Page, route: Route, *, whole: bool = False) -> Way:
    """The way that a route takes; raises Refusal where it goes through an alias, a merge key or a shared anchor.

    `whole` is for who wants the entry itself, whose value may well stand elsewhere.
    """
    if page.root is None:
        raise Refusal("the document cannot be read")
    node: Node = page.root
    steps: list[Step] = [(None, node)]
    for number, step in enumerate(route):
        _hold_off(node, page.shared)
        found = _own(content_of(node), step)
        if found is None:
            return Way(tuple(steps), route[number:])
        steps.append(found)
        node = found[1]
    if not (whole and isinstance(node, Alias)):
        _hold_off(node, page.shared)
    return Way(tuple(steps), ())


def way_to_key(page: Page, wanted: Node) -> Way:
    """The way to a key that no route tells from its namesake."""
    steps: list[Step] = [(None, page.root)] if page.root else []
    while steps and steps[-1][0] is not wanted:
        step = _towards(steps[-1][1], wanted)
        if step is None:
            break
        steps.append(step)
    if not steps or steps[-1][0] is not wanted:
        raise Refusal("the key is not there")
    return Way(tuple(steps), ())


def _towards(node: Node, wanted: Node) -> Step | None:
    if isinstance(node, Mapping):
        return next(
            ((key, value) for key, value in node.pairs if key is wanted or value.start <= wanted.start < value.end),
            None,
        )
    if isinstance(node, Sequence):
        return next(((None, item) for item in node.items if item.start <= wanted.start < item.end), None)
    return None


def _hold_off(node: Node, shared: frozenset[int]) -> None:
    if isinstance(node, Alias):
        raise Refusal("it is written through an alias")
    if id(node) in shared:
        raise Refusal(f"what stands there is used elsewhere too, through *{node.anchor}")


def _own(node: Content, step: str | int) -> Step | None:
    """One step down through what the collection holds itself."""
    if isinstance(node, Sequence):
        inside = isinstance(step, int) and 0 <= step < len(node.items)
        return (None, node.items[int(step)]) if inside else None
    if not isinstance(node, Mapping):
        return None
    own = [pair for pair in node.pairs if not is_merge_key(pair[0]) and key_text(pair[0]) == str(step)]
    if own:
        return own[-1]
    if any(is_merge_key(key) and _merges(value, str(step)) for key, value in node.pairs):
        raise Refusal("the value comes through a merge key")
    return None


def _merges(value: Node, name: str, depth: int = 0) -> bool:
    target = content_of(value)
    for source in target.items if isinstance(target, Sequence) else [target]:
        inner = content_of(source)
        for key, below in inner.pairs if isinstance(inner, Mapping) else ():
            if key_text(key) == name or (is_merge_key(key) and depth < 8 and _merges(below, name, depth + 1)):
                return True
    return False
