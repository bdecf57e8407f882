"""Where in the files of a Kustomize rendering a value is to be changed: the object's own, or the patch that sets it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from kafkalint.checking.fix import AppendItem, RemoveValue, RenameKey, RewriteText, SetValue
from kafkalint.fixing.origin.localizing import fits_original, localized
from kafkalint.fixing.text.edits import Refusal
from kafkalint.fixing.text.finding_nodes import way_to
from kafkalint.fixing.text.ingredients import Ingredient
from kafkalint.fixing.text.page import Page
from kafkalint.fixing.text.phrasing import is_plain, scalar
from kafkalint.fixing.text.routes import document_route
from kafkalint.fixing.text.style import Style
from kafkalint.manifests.origin.kustomize_origins import generated_from, same, same_place
from kafkalint.manifests.origin.kustomize_writers import Hit, counted, holder, last_word, patches
from kafkalint.manifests.resources import Place

if TYPE_CHECKING:
    from kafkalint.checking.fix import Operation, ValueOperation
    from kafkalint.fixing.origin.rendered_objects import RenderedObject


_LABELS = ("labels", "matchLabels", "selector")
# What a kustomization sets once its patches are applied, and by which of its own keys.
_LATER: dict[tuple[str | int, ...], tuple[str, ...]] = {
    ("metadata", "name"): ("namePrefix", "nameSuffix"),
    ("metadata", "namespace"): ("namespace",),
    ("metadata", "annotations"): ("commonAnnotations",),
    ("spec", "replicas"): ("replicas",),
}


class Uncovered(NamedTuple):
    """A change that takes words of the overlay's own."""

    operation: ValueOperation
    contradicting: bool
    """Whether a patch says otherwise, so that they have to come behind it."""


def at_origin(
    operation: ValueOperation, owner: RenderedObject, new: frozenset[str]
) -> tuple[Operation, ...] | Uncovered:
    """A change of a value, made where the value stands, or what takes a new patch.

    `new` are the names, as rendered, of objects that come with it. Raises Refusal where no patch would do either.
    """
    if owner.of_text:
        return (_in_generator(operation, owner),)
    count = counted(owner.workers, operation.place, owner.names)
    if count is not None:
        if not isinstance(operation, SetValue):
            raise Refusal(f"replicas in {count.source.name} sets it")
        return (operation._replace(place=count),)
    hit = last_word(patches(owner.workers), operation.place, owner.names)
    if hit is None and not _has_items(operation.place, owner):
        hit = holder(patches(owner.workers), operation.place, owner.names)
    there = _in_original(operation, owner)
    if hit is None and there is None:
        _hold_to_patches(operation.place, owner)
    if hit is None:
        return (_moved(operation, there, owner, new),) if there is not None else Uncovered(operation, False)
    found = _in_patch(operation, hit, owner, new)
    if found is not None and there is not None and hit.exact and isinstance(operation, SetValue):
        return (_moved(operation, there, owner, new), found)
    return (found,) if found is not None else Uncovered(operation, True)


def _hold_to_patches(place: Place, owner: RenderedObject) -> None:
    """Refuse where a kustomization itself sets a value after all its patches."""
    overlay, route = owner.overlay, place.route
    if overlay is None or not route or not place.written:
        return
    if len(route) > 1 and route[-2] in _LABELS:
        for layer in owner.workers:
            if str(route[-1]) in layer.labels:
                raise Refusal(f"labels in {layer.name} set it")
    sections = ("images",) if route[-1] == "image" else _LATER.get(route[:2], ())
    for section in sections:
        if overlay.data.get(section):
            raise Refusal(f"{section} in {overlay.name} sets it")


def _in_generator(operation: ValueOperation, owner: RenderedObject) -> Operation:
    """A piece of a text changed in the file that a ConfigMap's entry is made of."""
    place = operation.place
    made_of = generated_from(owner.file, place) if owner.file is not None else None
    name = owner.file.name if owner.file is not None else owner.source.root
    if made_of is None or not isinstance(operation, SetValue) or place.fragment is None:
        raise Refusal(f"{name} generates the object")
    return RewriteText(Ingredient(made_of.source, place.fragment), str(operation.value))


def _in_original(operation: ValueOperation, owner: RenderedObject) -> Place | None:
    """The place in the object's own file, where it says what was rendered and may say what is wanted."""
    if owner.original is None:
        return None
    there = same_place(owner.original, operation.place)
    if not same(there.value, operation.place.value) or not _has_items(operation.place, owner):
        return None
    if isinstance(operation, SetValue | AppendItem) and not fits_original(_payload(operation), owner):
        return None
    here = operation.place.value
    if isinstance(operation, AppendItem) and isinstance(here, list) and not _is_part(there.value, here):
        return None
    if isinstance(operation, RemoveValue | RenameKey) and there.value != here:
        return None
    return there


def _has_items(place: Place, owner: RenderedObject) -> bool:
    """Whether the object's own file has the items of lists through which a place is reached."""
    if owner.original is None:
        return False
    there = same_place(owner.original, place)
    ends = [end for end, step in enumerate(there.route, 1) if isinstance(step, int)]
    return not ends or Place(owner.original, there.route[: ends[-1]]).written


def _payload(operation: SetValue | AppendItem) -> Any:
    """What an operation writes, under the keys that say what it is."""
    value = operation.value if isinstance(operation, SetValue) else operation.item
    return {str(operation.place.route[-1]): value} if operation.place.route else value


def _is_part(before: list[Any], after: list[Any]) -> bool:
    return all(item in after or isinstance(item, dict) for item in before)


def _moved(operation: ValueOperation, place: Place, owner: RenderedObject, new: frozenset[str]) -> Operation:
    """An operation on the object's own file."""
    if isinstance(operation, SetValue | AppendItem):
        value = localized(_payload(operation), owner, owner.workers, operation.place.resource.group, new)
        if operation.place.route:
            value = value[str(operation.place.route[-1])]
        if isinstance(operation, SetValue):
            return SetValue(place, value)
        return AppendItem(place, value)
    return operation._replace(place=place)


def _in_patch(operation: ValueOperation, hit: Hit, owner: RenderedObject, new: frozenset[str]) -> Operation | None:
    """An operation on the patch that has the last word; None where a further patch says it better."""
    place = operation.place
    if hit.opaque or not same(hit.value, place.value):
        return None
    if isinstance(operation, SetValue):
        if hit.inline is not None:
            return _in_place(operation, hit)
        fragment = place.fragment if isinstance(place.value, str) else None
        return SetValue(hit.place._replace(fragment=fragment), _said_in(hit, operation.value, owner, new))
    if hit.inline is not None:
        return None
    if isinstance(operation, AppendItem):
        return AppendItem(hit.place, _said_in(hit, operation.item, owner, new))
    if not _is_absent(place, owner) or hit.value != place.value:
        return None
    alone = hit.place.route == ("value",)
    if isinstance(operation, RenameKey):
        return operation._replace(place=hit.place) if not alone else None
    if alone:
        # An operation of RFC 6902 that does nothing else goes as a whole.
        return RemoveValue(Place(hit.place.resource), 0)
    return RemoveValue(hit.place, max(1, operation.up_to + len(hit.place.route) - len(place.route)))


def _is_absent(place: Place, owner: RenderedObject) -> bool:
    """Whether the object's own file says nothing at a place, so that only patches do."""
    return owner.original is not None and not same_place(owner.original, place).written


def _said_in(hit: Hit, data: Any, owner: RenderedObject, new: frozenset[str]) -> Any:
    """Data as the kustomization of a patch has to be told it."""
    names = [layer.name for layer in owner.workers]
    end = names.index(hit.layer.name) + 1 if hit.layer.name in names else 1
    return localized(data, owner, owner.workers[:end], owner.resource.group, new)


def _in_place(operation: SetValue, hit: Hit) -> Operation | None:
    """A scalar changed in a patch that a kustomization holds as text."""
    value, fragment = operation.value, operation.place.fragment
    way_to(Page.of(hit.place.resource.document), document_route(hit.place))  # raises where it is written elsewhere
    place = hit.in_kustomization(fragment)
    if place is None or isinstance(value, dict | list):
        return None
    if fragment is not None:
        return SetValue(place, value)
    if isinstance(value, str):
        return SetValue(place, value) if hit.quote or is_plain(value) else None
    return None if hit.quote else SetValue(place, scalar(value, Style()))
