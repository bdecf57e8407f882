"""The kustomizations between an object's own file and a rendering, and what each does to names and labels."""

from __future__ import annotations

import os
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

from kafkalint.manifests.nodes import Mapping, content_of
from kafkalint.manifests.origin.origin_files import OriginFile, opened
from kafkalint.manifests.resources import Resource
from kafkalint.manifests.scalars import plain
from kafkalint.manifests.shapes import dig, items, mapping, string_map, text
from kafkalint.manifests.walking import KUSTOMIZATION_FILES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.manifests.sources import Source

_BELOW = ("resources", "bases")
_DEEPEST = 20
_MOST_WAYS = 20


class Layer:
    """One kustomization that takes part in a rendering."""

    def __init__(self, file: OriginFile, source: Source) -> None:
        self.file = file
        self.source = source
        """The rendering."""

    @property
    def name(self) -> str:
        """The kustomization's file, as reports name it."""
        return self.file.name

    @property
    def folder(self) -> str:
        """The folder that its references are relative to, as reports name it; empty for the working directory."""
        return self.name.rpartition("/")[0]

    @cached_property
    def resource(self) -> Resource | None:
        """The kustomization as an object in which there are places."""
        document = next(iter(self.file.documents), None)
        root = content_of(document.root) if document is not None and document.root is not None else None
        return Resource(document, root) if document is not None and isinstance(root, Mapping) else None

    @cached_property
    def data(self) -> dict[str, Any]:
        """What it says."""
        return mapping(plain(self.resource.node)) if self.resource else {}

    def at(self, reference: str) -> str:
        """The name of what it refers to."""
        return os.path.normpath(os.path.join(self.folder, reference)).replace(os.sep, "/")

    def references(self, *sections: str) -> Iterator[str]:
        """The names of what it lists in these sections; not of what lies in other repositories."""
        for section in sections:
            yield from (self.at(entry) for entry in items(self.data.get(section)) if isinstance(entry, str) and entry)

    def layers(self, *sections: str) -> Iterator[Layer]:
        """The kustomizations in the folders that it lists in these sections."""
        for name in self.references(*sections):
            below = layer_in(self.source, name)
            if below is not None:
                yield below

    @property
    def prefix(self) -> str:
        """What it puts before names."""
        return text(self.data.get("namePrefix")) or ""

    @property
    def suffix(self) -> str:
        """What it puts behind names."""
        return text(self.data.get("nameSuffix")) or ""

    @property
    def namespace(self) -> str:
        """The namespace that it puts its objects into; empty where it leaves that to them."""
        return text(self.data.get("namespace")) or ""

    @cached_property
    def labels(self) -> dict[str, str]:
        """All labels that it writes."""
        found = string_map(self.data.get("commonLabels"))
        for entry in items(self.data.get("labels")):
            found = {**found, **string_map(dig(entry, "pairs"))}
        return found

    @cached_property
    def selected_labels(self) -> dict[str, str]:
        """The labels that it writes into selectors too."""
        found = string_map(self.data.get("commonLabels"))
        for entry in items(self.data.get("labels")):
            if dig(entry, "includeSelectors") is True:
                found = {**found, **string_map(dig(entry, "pairs"))}
        return found


def layer_in(source: Source, folder: str) -> Layer | None:
    """The kustomization of a folder; None where there is none."""
    for name in KUSTOMIZATION_FILES:
        file = opened(source, name if folder in ("", ".") else f"{folder}/{name}")
        if file is not None:
            return Layer(file, source)
    return None


def ways_to(source: Source, wanted: str) -> list[tuple[Layer, ...]]:
    """The ways from a rendering's own kustomization, which comes first, to those that list or generate a file.

    There are several where a base is built upon twice; the root alone is the only one where none leads to the file.
    """
    root = root_layer(source)
    if root is None:
        return []
    found = _ways(root, os.path.realpath(os.path.join(source.working_directory, wanted)), 0)
    return list(islice(found, _MOST_WAYS)) or [(root,)]


def root_layer(source: Source) -> Layer | None:
    """The kustomization that a rendering was made of."""
    file = opened(source, source.root)
    return Layer(file, source) if file is not None else None


def _ways(layer: Layer, wanted: str, depth: int) -> Iterator[tuple[Layer, ...]]:
    names = (layer.name, *layer.references("resources"))
    if any(os.path.realpath(os.path.join(layer.source.working_directory, name)) == wanted for name in names):
        yield (layer,)
    if depth < _DEEPEST:
        for below in layer.layers(*_BELOW, "components"):
            yield from ((layer, *rest) for rest in _ways(below, wanted, depth + 1))


def workers(layers: tuple[Layer, ...]) -> Iterator[Layer]:
    """All that works on an object on its way through these kustomizations, what works last first.

    A kustomization's components work on what it has gathered, before it does itself.
    """
    on_the_way = {layer.name for layer in layers}
    for layer in layers:
        yield layer
        for component in _components(layer, 0):
            if component.name not in on_the_way:
                yield component


def _components(layer: Layer, depth: int) -> Iterator[Layer]:
    for component in reversed(list(layer.layers("components"))) if depth < _DEEPEST else ():
        yield component
        yield from _components(component, depth + 1)


def without_affixes(name: str, undone: tuple[Layer, ...]) -> str:
    """A name as it was before these kustomizations, what works last first, put something around it."""
    for layer in undone:
        if len(name) > len(layer.prefix) + len(layer.suffix):
            name = name.removeprefix(layer.prefix).removesuffix(layer.suffix)
    return name
