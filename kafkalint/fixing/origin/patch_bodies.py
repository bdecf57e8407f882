"""Changes of a rendered object as Kustomize takes them: strategic merge patches, and operations after RFC 6902."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from kafkalint.checking.fix import AppendItem, RemoveValue, RenameKey, SetValue
from kafkalint.fixing.text.edits import Refusal
from kafkalint.fixing.text.expecting import emptied, expected, in_turn, spliced
from kafkalint.manifests.resources import Place, Resource, Route, dig, pointer
from kafkalint.manifests.scalars import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kafkalint.checking.fix import ValueOperation


def merge_patch(resource: Resource, operations: Sequence[ValueOperation]) -> dict[str, Any] | None:
    """What a strategic merge patch has to say beside whose it is; None where that takes the index of an item."""
    patch: dict[str, Any] = {}
    data = resource.data
    for operation in in_turn(operations):
        place = operation.place
        match operation:
            case SetValue(place, value):
                told = _graft(patch, place.route, _whole(place, value))
            case AppendItem(place, item):
                written = dig(patch, *place.route)
                if written is None and place.value:
                    return None
                told = _graft(patch, place.route, [*(written or ()), item])
            case RenameKey(place, key):
                told = _graft(patch, place.route, None) and _graft(patch, (*place.route[:-1], key), place.value)
            case RemoveValue(place, up_to):
                told = _graft(patch, emptied(data, place.route, up_to), None)
        if not told:
            return None
    return patch


def json_patch(resource: Resource, operations: Sequence[ValueOperation]) -> list[dict[str, Any]]:
    """The operations of RFC 6902 that make these changes, one after the other; raises Refusal."""
    found: list[dict[str, Any]] = []
    whole = plain(resource.document.root) if resource.document.root is not None else None
    for operation in in_turn(operations):
        found.append(_json_operation(dig(whole, *resource.at), operation))
        whole = expected(whole, [operation])
    return found


def _json_operation(data: Any, operation: ValueOperation) -> dict[str, Any]:
    route = operation.place.route
    match operation:
        case SetValue(place, value):
            return _written(data, route, _whole(place, value))
        case AppendItem(_, item):
            if dig(data, *route) is None:
                return _written(data, route, [item])
            return {"op": "add", "path": pointer((*route, "-")), "value": item}
        case RenameKey(_, key):
            return {"op": "move", "from": pointer(route), "path": pointer((*route[:-1], key))}
        case RemoveValue(_, up_to):
            return {"op": "remove", "path": pointer(emptied(data, route, up_to))}
    raise Refusal("no patch of Kustomize's can say it")


def _written(data: Any, route: Route, value: Any) -> dict[str, Any]:
    """The operation that writes a value together with the keys that lead to it."""
    for end, step in enumerate(route):
        here, path = dig(data, *route[:end]), route[: end + 1]
        if isinstance(here, list) and step == len(here):
            return {"op": "add", "path": pointer((*route[:end], "-")), "value": _nested(route[end + 1 :], value)}
        if isinstance(here, dict) and step not in here:
            return {"op": "add", "path": pointer(path), "value": _nested(route[end + 1 :], value)}
        if dig(data, *path) is None:
            return {"op": "replace", "path": pointer(path), "value": _nested(route[end + 1 :], value)}
    return {"op": "replace", "path": pointer(route), "value": value}


def _nested(route: Route, value: Any) -> Any:
    for step in reversed(route):
        if not isinstance(step, str):
            raise Refusal("the list that it belongs to is not there")
        value = {step: value}
    return value


def _whole(place: Place, value: Any) -> Any:
    """The whole value that a place has once this is written there."""
    if place.fragment is None:
        return value
    text = place.value
    if isinstance(text, str) and "\n" in text.strip("\n"):
        raise Refusal("the text to change is one of many lines, of which a patch would have to hold them all")
    return spliced(text, place.fragment, value)


def _graft(tree: dict[str, Any], route: Route, value: Any) -> bool:
    """Put a value into nested mappings; False where there is a list on the way, or something else already."""
    for step in route[:-1]:
        if not isinstance(step, str):
            return False
        below = tree.setdefault(step, {})
        if not isinstance(below, dict):
            return False
        tree = below
    if not route or not isinstance(route[-1], str):
        return False
    tree[route[-1]] = deepcopy(value)
    return True


def target(resource: Resource, name: str, namespace: str | None = None) -> dict[str, str]:
    """How a kustomization says which object a patch is for."""
    wanted = {"group": resource.group, "version": resource.version, "kind": resource.kind, "name": name}
    found = {key: value for key, value in wanted.items() if value}
    return {**found, "namespace": namespace} if namespace else found


def head(resource: Resource, name: str, namespace: str | None) -> dict[str, Any]:
    """How a strategic merge patch says which object it is for."""
    metadata = {"name": name, "namespace": namespace} if namespace else {"name": name}
    return {"apiVersion": resource.api_version, "kind": resource.kind, "metadata": metadata}


def with_head(resource: Resource, name: str, namespace: str | None, patch: dict[str, Any]) -> dict[str, Any]:
    """A strategic merge patch as a whole."""
    whole = head(resource, name, namespace)
    whole["metadata"] |= {key: value for key, value in patch.get("metadata", {}).items() if key != "name"}
    return {**whole, **{key: value for key, value in patch.items() if key not in whole}}
