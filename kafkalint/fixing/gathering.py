"""Operations of one fix that write below the same missing key, made one: each for itself would write that key anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from kafkalint.checking.fix import AppendItem, SetValue
from kafkalint.fixing.edits import Refusal
from kafkalint.fixing.finding_nodes import way_to
from kafkalint.fixing.page import Page
from kafkalint.fixing.routes import document_route
from kafkalint.manifests.nodes import Mapping, Scalar, Sequence
from kafkalint.manifests.resources import Place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Sequence as SequenceOf

    from kafkalint.checking.fix import Operation
    from kafkalint.manifests.nodes import Node
    from kafkalint.manifests.resources import Route

_Writing: TypeAlias = SetValue | AppendItem


def gathered(operations: SequenceOf[Operation]) -> Iterator[Operation]:
    """The operations, those that fill the same gap as one; raises Refusal where they contradict one another."""
    gaps: dict[tuple[int, Route], list[_Writing]] = {}
    for operation in operations:
        gap = _gap(operation) if isinstance(operation, _Writing) else None
        if gap is not None and isinstance(operation, _Writing):
            gaps.setdefault((id(operation.place.resource.document), gap), []).append(operation)
    merged = {id(each): (route, found) for (_, route), found in gaps.items() if len(found) > 1 for each in found}
    done: set[Route] = set()
    for operation in operations:
        route, found = merged.get(id(operation), ((), []))
        if not found:
            yield operation
        elif route not in done:
            done.add(route)
            yield _one(route, found)


def _gap(operation: _Writing) -> Route | None:
    """The first key on the way that has to be written; or the place itself, if it holds nothing yet."""
    place = operation.place
    if place.fragment is not None:
        return None
    route = document_route(place)
    way = way_to(Page.of(place.resource.document), route)
    written = len(route) - len(way.missing)
    if _is_nothing(way.end):
        return route[:written]
    return route[: written + 1] if way.missing and isinstance(way.missing[0], str) else None


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
