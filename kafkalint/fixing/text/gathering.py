"""Operations of one fix that have to know of one another, made such that each can be written for itself."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, TypeAlias

from kafkalint.checking.fix import AppendItem, RemoveValue, SetValue
from kafkalint.fixing.text.edits import Refusal
from kafkalint.fixing.text.finding_nodes import way_to
from kafkalint.fixing.text.page import Page
from kafkalint.fixing.text.routes import document_route
from kafkalint.manifests.nodes import Mapping, Scalar, Sequence
from kafkalint.manifests.resources import Place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Sequence as SequenceOf

    from kafkalint.checking.fix import Operation
    from kafkalint.manifests.nodes import Node
    from kafkalint.manifests.resources import Route

_Writing: TypeAlias = SetValue | AppendItem
_ITEM = -1
_Gap: TypeAlias = tuple[int, "Route"]
"""A document, by its id, and a route in it."""


def gathered(operations: SequenceOf[Operation]) -> Iterator[Operation]:
    """The operations, those that fill the same gap as one; raises Refusal where they contradict one another.

    Two that write below the same missing key would write that key twice; and what takes the last value out of a
    collection has to know if another one puts something in.
    """
    writing = [each for each in operations if isinstance(each, _Writing)]
    gaps: dict[_Gap, list[_Writing]] = {}
    for each in writing:
        gap = _gap(each)
        if gap is not None:
            gaps.setdefault(gap, []).append(each)
    written = Counter(prefix for each in writing for prefix in _prefixes(each))
    merged = {id(each): (gap, found) for gap, found in gaps.items() if len(found) > 1 for each in found}
    for operation in operations:
        gap, found = merged.get(id(operation), (None, []))
        if isinstance(operation, RemoveValue):
            yield _knowing(operation, written)
        elif gap is None:
            yield operation
        elif found[0] is operation:
            yield _one(gap[1], found)


def _gap(operation: _Writing) -> _Gap | None:
    """The first key on the way that has to be written; or the place itself, if it holds nothing yet."""
    place = operation.place
    if place.fragment is not None:
        return None
    document, route = place.resource.document, document_route(place)
    way = way_to(Page.of(document), route)
    written = len(route) - len(way.missing)
    if _is_nothing(way.end):
        return id(document), route[:written]
    return (id(document), route[: written + 1]) if way.missing and isinstance(way.missing[0], str) else None


def _is_nothing(node: Node) -> bool:
    if isinstance(node, Scalar):
        return node.start == node.end or (not node.style and node.value in ("null", "~"))
    return (isinstance(node, Mapping) and not node.pairs) or (isinstance(node, Sequence) and not node.items)


def _one(route: Route, operations: list[_Writing]) -> SetValue:
    value: Any = None
    for operation in operations:
        value = _grown(value, document_route(operation.place)[len(route) :], operation)
    resource = operations[0].place.resource
    return SetValue(Place(resource, route[len(resource.at) :]), value)


def _grown(value: Any, rest: Route, operation: _Writing) -> Any:
    if rest:
        if not isinstance(value, dict | None) or not isinstance(rest[0], str):
            raise Refusal("two of its edits contradict one another")
        below = value or {}
        return {**below, rest[0]: _grown(below.get(rest[0]), rest[1:], operation)}
    if isinstance(operation, AppendItem) and isinstance(value, list | None):
        return [*(value or []), operation.item]
    if value is None and isinstance(operation, SetValue):
        return operation.value
    raise Refusal("two of its edits contradict one another")


def _prefixes(operation: _Writing) -> Iterator[_Gap]:
    """Every step of the way to what is written; an item that is to come is one of its list."""
    document, route = id(operation.place.resource.document), document_route(operation.place)
    route = (*route, _ITEM) if isinstance(operation, AppendItem) else route
    return ((document, route[:length]) for length in range(len(route) + 1))


def _knowing(operation: RemoveValue, written: Counter[_Gap]) -> RemoveValue:
    """A removal that leaves the collections alone that something is written into."""
    document, route = id(operation.place.resource.document), document_route(operation.place)
    beside = (
        length
        for length in range(len(route) - 1, 0, -1)
        if written[document, route[:length]] > written[document, route[: length + 1]]
    )
    kept = next(beside, 0) - len(operation.place.resource.at)
    return operation if kept < operation.up_to else operation._replace(up_to=kept, refilled=True)
