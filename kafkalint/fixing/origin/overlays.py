"""What is added to a kustomization: patches and objects in files of their own, and the entries that list them."""

from __future__ import annotations

import os
import posixpath
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from kafkalint.checking.fix import AddResource, AppendItem, SetValue
from kafkalint.fixing.origin.file_names import file_name, free, patch_name
from kafkalint.fixing.origin.localizing import fits_original, localized, own_name
from kafkalint.fixing.origin.new_files import NewFile
from kafkalint.fixing.origin.patch_bodies import json_patch, merge_patch, target, with_head
from kafkalint.fixing.text.edits import Refusal
from kafkalint.fixing.text.phrasing import item_lines, mapping_lines
from kafkalint.fixing.text.style import Style, style_of
from kafkalint.manifests.nodes import Mapping, Sequence, content_of
from kafkalint.manifests.origin.kustomize_layers import Layer, without_affixes
from kafkalint.manifests.origin.kustomize_writers import Patch, patches
from kafkalint.manifests.resources import Place, Resource, Route, dig, items
from kafkalint.manifests.sources import slices

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping as MappingOf
    from collections.abc import Sequence as SequenceOf

    from kafkalint.checking.fix import Operation, ValueOperation
    from kafkalint.fixing.origin.rendered_objects import RenderedObject
    from kafkalint.fixing.origin.trees import Tree


class KnownAs(NamedTuple):
    """How the patches of a kustomization find an object."""

    name: str
    namespace: str | None
    targeted: bool
    """Whether the kustomization has to say so: the patch's own words would not do."""


@dataclass
class Additions:
    """What one fix adds to kustomizations."""

    tree: Tree
    """What the run may write to."""
    new: frozenset[str] = frozenset()
    """Names of the objects that it adds, as they would be rendered."""
    operations: list[Operation] = field(default_factory=list)
    files: list[NewFile] = field(default_factory=list)
    entries: dict[tuple[str, str], tuple[Layer, list[Any]]] = field(default_factory=dict)
    """What is to be listed, by the kustomization and the section."""

    def all_operations(self) -> Iterator[Operation]:
        """The operations on files that are there."""
        yield from self.operations
        for (_, section), (layer, listed) in self.entries.items():
            yield from _listing(layer, section, listed)

    def patch(self, owner: RenderedObject, operations: SequenceOf[ValueOperation], *, last: bool) -> None:
        """Change an object in the kustomization that was rendered, if need be behind all patches; raises Refusal."""
        overlay = _overlay(owner)
        said = [self._in_overlay(operation, owner, overlay) for operation in operations]
        merged = merge_patch(owner.resource, said)
        known = _patch_of(owner, overlay, merged=merged is not None, last=last)
        if merged is not None and known is not None:
            self.operations += _into_object(known, (), merged)
        elif merged is not None:
            self._merge_patch(owner, overlay, merged)
        elif known is not None:
            self.operations += [AppendItem(Place(known), each) for each in json_patch(owner.resource, said)]
        else:
            self._json_patch(owner, overlay, json_patch(owner.resource, said))

    def _in_overlay(self, operation: ValueOperation, owner: RenderedObject, overlay: Layer) -> ValueOperation:
        if isinstance(operation, SetValue):
            value = localized(operation.value, owner, (overlay,), owner.resource.group, self.new)
            return operation._replace(value=value)
        if isinstance(operation, AppendItem):
            item = localized(operation.item, owner, (overlay,), owner.resource.group, self.new)
            return operation._replace(item=item)
        return operation

    def _merge_patch(self, owner: RenderedObject, overlay: Layer, merged: dict[str, Any]) -> None:
        style, known = _style(overlay), _known_as(owner, overlay)
        whole = with_head(owner.resource, known.name, known.namespace, merged)
        path = self._made_patch(owner, overlay, known.name, mapping_lines(whole, 0, style), style)
        aim = {"target": target(owner.resource, *known[:2])} if known.targeted else {}
        self._list(overlay, "patches", {"path": path, **aim})

    def _json_patch(self, owner: RenderedObject, overlay: Layer, wanted: list[dict[str, Any]]) -> None:
        style, known = _style(overlay), _known_as(owner, overlay)
        lines = [line for each in wanted for line in item_lines(each, 0, style)]
        path = self._made_patch(owner, overlay, known.name, lines, style)
        self._list(overlay, "patches", {"path": path, "target": target(owner.resource, *known[:2])})

    def _made_patch(self, owner: RenderedObject, overlay: Layer, name: str, lines: list[str], style: Style) -> str:
        folder, extension = _habit(overlay)
        file = posixpath.join(folder, patch_name(owner.resource.kind, name, extension))
        return self._made(overlay, file, lines, style)

    def resource(self, owner: RenderedObject, data: MappingOf[str, Any]) -> None:
        """Add an object for the sake of another one; raises Refusal."""
        original, home = owner.original, owner.home
        if original is None or home is None or not fits_original(data, owner):
            self._in_root(owner, data)
            return
        whole = self._object(data, owner, owner.workers, original.namespace)
        objects = [each for document in owner.file.documents for each in document.resources] if owner.file else []
        if len(objects) > 1 and not original.at and not original.document.source.name.endswith(".json"):
            self.operations.append(AddResource(original, whole))
        elif self.tree.may_change(home.name):
            self._beside(original, home, whole)
        else:
            self._in_root(owner, data)

    def _object(
        self, data: MappingOf[str, Any], owner: RenderedObject, undone: tuple[Layer, ...], namespace: str | None
    ) -> dict[str, Any]:
        """A new object as it is written before these kustomizations, what works last first, do their work."""
        group = str(data.get("apiVersion", "")).rpartition("/")[0]
        whole = localized(dict(data), owner, undone, group, self.new)
        metadata = dict(whole.get("metadata") or {})
        metadata["name"] = own_name(str(dig(data, "metadata", "name")), owner, undone)
        if namespace is None:
            metadata.pop("namespace", None)
        elif "namespace" in metadata:
            metadata["namespace"] = namespace
        return {**whole, "metadata": metadata}

    def _in_root(self, owner: RenderedObject, data: MappingOf[str, Any]) -> None:
        """Put an object into a file of its own in the folder of the kustomization that was rendered."""
        overlay = _overlay(owner)
        stated = dig(data, "metadata", "namespace") if not overlay.namespace else None
        whole = self._object(data, owner, (overlay,), stated)
        style = _style(overlay)
        name = file_name(str(whole.get("kind")), _name_of(whole), extension=_habit(overlay)[1])
        path = self._made(overlay, name, mapping_lines(whole, 0, style), style)
        self._list(overlay, "resources", path)

    def _beside(self, original: Resource, home: Layer, data: dict[str, Any]) -> None:
        """Put an object into a file of its own beside that of the object that it is for."""
        source = original.document.source
        folder, _, file = source.name.rpartition("/")
        style = style_of(original.document)._replace(quotes_all=False, json=False)
        name = file_name(str(data.get("kind")), _name_of(data), beside=(original.kind, file))
        lines = mapping_lines(data, 0, style)
        if source.text.content.startswith("---"):
            lines = ["---", *lines]
        below = posixpath.relpath(folder or ".", home.folder or ".")
        path = self._made(home, posixpath.normpath(posixpath.join(below, name)), lines, style)
        self._list(home, "resources", path)

    def _made(self, layer: Layer, path: str, lines: list[str], style: Style) -> str:
        """Make a file, by its path from a kustomization's folder: the path that it gets in the end."""
        found = free(path, lambda candidate: self._taken(layer.at(candidate), layer))
        content = "".join(f"{line}{style.newline}" for line in lines)
        self.files.append(NewFile(layer.at(found), content, layer.source.working_directory))
        return found

    def _taken(self, name: str, layer: Layer) -> bool:
        folders = (self.tree.directory, layer.source.working_directory)
        there = any(os.path.lexists(os.path.join(folder, name)) for folder in folders)
        return there or any(file.name == name for file in self.files)

    def _list(self, layer: Layer, section: str, entry: Any) -> None:
        """Have a kustomization list something, in the way that it does already."""
        known = [each for each in items(layer.data.get(section)) if isinstance(each, str)]
        own = [each for each in known if not each.startswith("../")]
        if isinstance(entry, str) and own and all(each.startswith("./") for each in own):
            entry = f"./{entry}"
        self.entries.setdefault((layer.name, section), (layer, []))[1].append(entry)


def _listing(layer: Layer, section: str, listed: list[Any]) -> Iterator[Operation]:
    if layer.resource is None:
        raise Refusal(f"{layer.name} cannot be read")
    place = Place(layer.resource, (section,))
    if items(place.value):
        yield from (AppendItem(place, entry) for entry in listed)
    else:
        yield SetValue(place, listed)


def _overlay(owner: RenderedObject) -> Layer:
    overlay = owner.overlay
    if overlay is None or overlay.resource is None:
        raise Refusal(f"{owner.source.root} cannot be read")
    return overlay


def _style(layer: Layer) -> Style:
    """How new files of a kustomization are written."""
    document = next(iter(layer.file.documents), None)
    return style_of(document)._replace(quotes_all=False, json=False) if document is not None else Style()


def _known_as(owner: RenderedObject, overlay: Layer) -> KnownAs:
    """How the overlay's patches find an object.

    Kustomize finds it by any name that it has had (api/resource `OrigId`, `PrevIds`): by that in its own file, which
    people expect, unless it has been used for several objects.
    """
    if owner.original is not None and not owner.ambiguous:
        return KnownAs(owner.original.name, owner.original.namespace, targeted=False)
    namespace = None if overlay.namespace else owner.resource.namespace
    return KnownAs(without_affixes(owner.resource.name, (overlay,)), namespace, targeted=True)


def _patch_of(owner: RenderedObject, overlay: Layer, *, merged: bool, last: bool) -> Resource | None:
    """A patch file of the overlay that is for this object alone, and is of the kind that is needed."""
    if owner.ambiguous:
        return None
    for patch in patches((overlay,)):
        if not patch.concerns(owner.resource, owner.names):
            continue
        found = _operations(patch) if not merged else patch.resource if not patch.operations else None
        own = _is_own_file(patch, overlay) and _is_for_one(patch, owner.names)
        if own and found is not None and "$patch" not in found.data:
            return found
        if last:
            return None
    return None


def _is_own_file(patch: Patch, overlay: Layer) -> bool:
    """Whether a patch is all that is in a file of the overlay's folder."""
    source = patch.document.source
    inside = source.name.startswith(f"{overlay.folder}/") if overlay.folder else not source.name.startswith(("..", "/"))
    return patch.inline is None and inside and len(list(slices(source.text.content))) == 1


def _is_for_one(patch: Patch, names: frozenset[str]) -> bool:
    """Whether a patch is for the one object that has had these names."""
    if patch.target is None:
        return patch.resource is not None and patch.resource.name in names
    kind, name = dig(patch.target, "kind"), dig(patch.target, "name")
    return isinstance(kind, str) and isinstance(name, str) and name in names


def _operations(patch: Patch) -> Resource | None:
    """A list of operations as something that has a place."""
    root = content_of(patch.document.root) if patch.document.root is not None else None
    if not isinstance(root, Sequence) or not root.items:
        return None
    return Resource(patch.document, Mapping(None, 0, None, flow=True))


def _into_object(patch: Resource, route: Route, merged: dict[str, Any]) -> Iterator[Operation]:
    """What a patch has to say besides, below what it says already."""
    for key, value in merged.items():
        there = patch.get(*route, key)
        if isinstance(value, dict) and isinstance(there, dict):
            yield from _into_object(patch, (*route, key), value)
        else:
            yield SetValue(Place(patch, (*route, key)), value)


def _habit(overlay: Layer) -> tuple[str, str]:
    """The folder and the extension of the overlay's patches."""
    entries = [each for name in ("patches", "patchesStrategicMerge") for each in items(overlay.data.get(name))]
    paths = [each if isinstance(each, str) else dig(each, "path") for each in entries]
    own = [path for path in paths if isinstance(path, str) and "\n" not in path and not path.startswith(("..", "/"))]
    folders = {posixpath.dirname(posixpath.normpath(path)) for path in own}
    listed = [each for each in items(overlay.data.get("resources")) if isinstance(each, str)]
    short = [path for path in (*own, *listed) if path.endswith(".yml")]
    long = [path for path in (*own, *listed) if path.endswith(".yaml")]
    return folders.pop() if len(folders) == 1 else "", ".yml" if len(short) > len(long) else ".yaml"


def _name_of(data: MappingOf[str, Any]) -> str:
    name = dig(data, "metadata", "name")
    return name if isinstance(name, str) else ""
