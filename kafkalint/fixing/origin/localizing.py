"""Data said of a rendered object, put into the words of a file that it is rendered from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kafkalint.manifests.origin.kustomize_layers import without_affixes
from kafkalint.manifests.origin.kustomize_writers import is_built_in
from kafkalint.manifests.shapes import string_map

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.fixing.origin.rendered_objects import RenderedObject
    from kafkalint.manifests.origin.kustomize_layers import Layer
    from kafkalint.manifests.resources import Resource

_LABELS = ("matchLabels", "labels", "selector")


def fits_original(data: Any, owner: RenderedObject) -> bool:
    """Whether data can stand in the object's own file: what other overlays make of it must be right there too.

    Labels that an overlay adds come by themselves; what an operator derives from a name that an overlay has changed, or
    labels that somebody patched in, hold in that overlay only.
    """
    original = owner.original
    if original is None:
        return False
    stated, added = _labels(original), _added(owner.workers)
    rendered = _labels(owner.resource)
    for key, value in _selected(data):
        if (key, value) in stated or added.get(key) == value:
            continue
        if (key, value) in rendered or (owner.renamed_outside and owner.resource.name in value):
            return False
    return all(_localized_selector(selector, added, stated) for selector in _selectors(data))


def localized(
    data: Any, owner: RenderedObject, undone: tuple[Layer, ...], group: str, new: frozenset[str] = frozenset()
) -> Any:
    """Data as it has to be written so that these kustomizations, what works last first, make of it what was meant.

    `group` is that of the object that it is written in; `new` are names, as rendered, of objects that come with it.
    """
    stated = _labels(owner.original) if owner.original is not None else set()
    renamed = any(layer.prefix or layer.suffix for layer in undone) and is_built_in(group)
    names = {name: own_name(name, owner, undone) for name in (owner.names_beside | new)} if renamed else {}
    # Into selectors of other kinds kustomize writes no labels: they keep those that are there wherever they are used.
    added = _added(undone) if is_built_in(group) else _added(undone[:-1])
    return _walk(data, added, stated, names)


def own_name(name: str, owner: RenderedObject, undone: tuple[Layer, ...]) -> str:
    """A name, perhaps made of an object's name as rendered, as it is before these kustomizations change it."""
    rendered = owner.resource.name
    before = without_affixes(rendered, undone)
    if rendered in name:
        return name.replace(rendered, before, 1)
    return without_affixes(name, undone)


def _walk(data: Any, added: dict[str, str], stated: set[tuple[str, str]], names: dict[str, str]) -> Any:
    if isinstance(data, dict):
        return {
            key: _localized_selector(value, added, stated) or value
            if _is_selector(key, value)
            else _walk(value, added, stated, names)
            for key, value in data.items()
        }
    if isinstance(data, list):
        return [_walk(item, added, stated, names) for item in data]
    return names.get(data, data) if isinstance(data, str) else data


def _localized_selector(
    selector: dict[str, Any], added: dict[str, str], stated: set[tuple[str, str]]
) -> dict[str, Any]:
    """A selector without the labels that come into it by themselves."""
    return {key: value for key, value in selector.items() if added.get(key) != value or (key, value) in stated}


def _added(layers: tuple[Layer, ...]) -> dict[str, str]:
    """Labels that kustomizations, what works last first, write into every selector."""
    found: dict[str, str] = {}
    for layer in reversed(layers):
        found |= layer.selected_labels
    return found


def _labels(resource: Resource) -> set[tuple[str, str]]:
    """Labels that an object states somewhere: its own, its pods', those that it selects."""
    return {
        pair for holder, key in _holders(resource.data) if key in _LABELS for pair in string_map(holder[key]).items()
    }


def _selected(data: Any) -> Iterator[tuple[str, str]]:
    for selector in _selectors(data):
        yield from string_map(selector).items()


def _selectors(data: Any) -> Iterator[dict[str, Any]]:
    """Selectors of labels anywhere in data."""
    for holder, key in _holders(data):
        if _is_selector(key, holder[key]):
            yield holder[key]


def _is_selector(key: str, value: Any) -> bool:
    """Whether a key's value picks objects by their labels: that of a Service does so without `matchLabels`."""
    return isinstance(value, dict) and (key == "matchLabels" or (key == "selector" and value == string_map(value)))


def _holders(data: Any) -> Iterator[tuple[dict[str, Any], str]]:
    """Every key of every mapping."""
    stack = [data]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            for key, below in value.items():
                yield value, key
                stack.append(below)
        elif isinstance(value, list):
            stack += value
