"""What a document's data has to be once operations were made: the same change, made on data instead of text."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from kafkalint.checking.fix import AddResource, AppendItem, Operation, RemoveValue, RenameKey, SetValue
from kafkalint.fixing.text.edits import Refusal
from kafkalint.fixing.text.routes import document_route

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kafkalint.manifests.resources import Route

_Operation = TypeVar("_Operation", bound=Operation)
_Turn: TypeAlias = tuple[int, tuple[tuple[int, int | str], ...], int]


def expected(data: Any, operations: Iterable[Operation]) -> Any:
    """A document's data with operations made on it; raises Refusal where they do not fit its shape."""
    result = deepcopy(data)
    for operation in in_turn(operations):
        _make(result, operation)
    return result


def in_turn(operations: Iterable[_Operation]) -> list[_Operation]:
    """Operations in an order in which the routes of those that follow still hold."""
    return [operation for _, operation in sorted(enumerate(operations), key=lambda each: _turn(*each))]


def _make(data: Any, operation: Operation) -> None:
    match operation:
        case SetValue(place, value):
            route = document_route(place)
            if place.fragment is not None:
                value = spliced(value_at(data, route), place.fragment, value)
            _set(data, route, deepcopy(value))
        case AppendItem(place, item):
            _append(data, document_route(place), deepcopy(item))
        case RenameKey(place, name):
            _rename(data, document_route(place), name)
        case RemoveValue(place, up_to):
            _remove(data, document_route(place), up_to + len(place.resource.at))
        case AddResource(beside, added) if beside.at:
            _insert(data, beside.at, deepcopy(dict(added)))
        case _:
            pass


def _turn(number: int, operation: Operation) -> _Turn:
    """Values before keys, so that routes hold; what moves items from the last to the first, for the same reason."""
    match operation:
        case AppendItem():
            return 1, (), number
        case RenameKey():
            return 2, (), number
        case RemoveValue(place):
            return 3, _backwards(document_route(place)), number
        case AddResource(beside):
            return 4, _backwards(beside.at), -number
        case _:
            return 0, (), number


def _backwards(route: Route) -> tuple[tuple[int, int | str], ...]:
    return tuple((0, -step) if isinstance(step, int) else (1, step) for step in route)


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same to the letter: `1`, `1.0` and `true` are three."""
    pending = [(one, other)]
    seen: set[tuple[int, int]] = set()
    while pending:
        mine, theirs = pending.pop()
        if isinstance(mine, dict | list):
            if (id(mine), id(theirs)) in seen:
                continue
            seen.add((id(mine), id(theirs)))
        if isinstance(mine, dict) and isinstance(theirs, dict):
            # Keys are strings to Kubernetes, whichever type a reader gives them.
            mine, theirs = _by_name(mine), _by_name(theirs)
            if mine.keys() != theirs.keys():
                return False
            pending += [(mine[key], theirs[key]) for key in mine]
        elif isinstance(mine, list) and isinstance(theirs, list):
            if len(mine) != len(theirs):
                return False
            pending += zip(mine, theirs, strict=True)
        elif type(mine) is not type(theirs) or (mine != theirs and not _not_a_number(mine, theirs)):
            return False
    return True


def _not_a_number(*values: Any) -> bool:
    return all(value != value for value in values)  # noqa: PLR0124 - that is what it is known by


def _by_name(mapping: dict[Any, Any]) -> dict[str, Any]:
    return {_spelt(key): value for key, value in mapping.items()}


def value_at(data: Any, route: Route) -> Any:
    """The value at a route; None where there is none."""
    for step in route:
        key = _key(data, step)
        if isinstance(data, dict):
            data = data.get(key)
        elif isinstance(data, list) and isinstance(key, int) and 0 <= key < len(data):
            data = data[key]
        else:
            return None
    return data


def spliced(text: Any, fragment: tuple[int, int], value: Any) -> str:
    """A text with a piece of it replaced; raises Refusal where either is none."""
    if not isinstance(text, str) or not isinstance(value, str):
        raise Refusal("the text to change is not there")
    return text[: fragment[0]] + value + text[fragment[1] :]


def _key(holder: Any, step: str | int) -> Any:
    """The key that a step means, whichever type a reader gave it; the step itself where there is none."""
    if not isinstance(holder, dict) or step in holder:
        return step
    return next((key for key in holder if _spelt(key) == step), step)


def _spelt(key: Any) -> str:
    if isinstance(key, bool):
        return "true" if key else "false"
    return "null" if key is None else str(key)


def _set(data: Any, route: Route, value: Any) -> None:
    if not route:
        raise Refusal("a whole object is not replaced")
    for number, step in enumerate(route[:-1]):
        key = _key(data, step)
        below = value_at(data, (step,))
        if below is None:
            below = _opened(data, key, route[number])
        data = below
    last = _key(data, route[-1])
    if isinstance(data, list) and last == len(data):
        data.append(value)
    elif isinstance(data, dict) or (isinstance(data, list) and isinstance(last, int) and 0 <= last < len(data)):
        data[last] = value
    else:
        raise Refusal(f"nothing can be written below {route[-1]}")


def _opened(data: Any, key: Any, step: str | int) -> dict[str, Any]:
    """A new mapping where nothing is yet."""
    below: dict[str, Any] = {}
    if isinstance(data, list) and isinstance(key, int) and 0 <= key <= len(data):
        data[key : key + 1] = [below]
    elif isinstance(data, dict):
        data[key] = below
    else:
        raise Refusal(f"nothing can be written below {step}")
    return below


def _append(data: Any, route: Route, item: Any) -> None:
    found = value_at(data, route)
    if found is None:
        _set(data, route, [item])
    elif isinstance(found, list):
        found.append(item)
    else:
        raise Refusal("there is no list to write to")


def _insert(data: Any, at: Route, item: Any) -> None:
    found, index = value_at(data, at[:-1]), at[-1]
    if not isinstance(found, list) or not isinstance(index, int):
        raise Refusal("there is no list to write to")
    found.insert(index + 1, item)


def _rename(data: Any, route: Route, name: str) -> None:
    holder = value_at(data, route[:-1])
    key = _key(holder, route[-1]) if route else None
    if not isinstance(holder, dict) or key not in holder or _key(holder, name) in holder:
        raise Refusal(f"{route[-1] if route else 'the object'} cannot be renamed")
    pairs = [(name if each == key else each, value) for each, value in holder.items()]
    holder.clear()
    holder.update(pairs)


def _remove(data: Any, route: Route, up_to: int) -> None:
    route = emptied(data, route, up_to)
    holder = value_at(data, route[:-1])
    key = _key(holder, route[-1]) if route else None
    in_list = isinstance(holder, list) and isinstance(key, int) and 0 <= key < len(holder)
    if not in_list and not (isinstance(holder, dict) and key in holder):
        raise Refusal("what is to be taken away is not there")
    del holder[key]


def emptied(data: Any, route: Route, up_to: int) -> Route:
    """The route of what goes when a value goes: a collection that would be left empty as well."""
    while len(route) - 1 > up_to and _size(value_at(data, route[:-1])) == 1:
        route = route[:-1]
    return route


def _size(value: Any) -> int:
    return len(value) if isinstance(value, dict | list) else 0
