"""A rendered object together with what it was rendered from: its own file, and the kustomizations on the way."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from kafkalint.manifests.documents import documents
from kafkalint.manifests.origin.kustomize_layers import Layer, root_layer, ways_to, without_affixes, workers
from kafkalint.manifests.origin.kustomize_writers import last_word, patches
from kafkalint.manifests.origin.origin_files import opened
from kafkalint.manifests.origin_annotations import origin_data, origin_file
from kafkalint.manifests.resources import Resource, dig

if TYPE_CHECKING:
    from kafkalint.fixing.origin.trees import Tree
    from kafkalint.manifests.origin.origin_files import OriginFile
    from kafkalint.manifests.sources import Source


@dataclass(frozen=True)
class RenderedObject:
    """An object that kustomize made."""

    resource: Resource
    tree: Tree
    """What the run may write to."""

    @property
    def source(self) -> Source:
        """The rendering."""
        return self.resource.document.source

    @cached_property
    def generated(self) -> bool:
        """Whether a kustomization made it up from something that is no object."""
        return bool(dig(origin_data(self.resource.origin or ""), "configuredIn"))

    @property
    def of_text(self) -> bool:
        """Whether it holds texts that a kustomization has put into it, and is called after what they say."""
        generator = dig(origin_data(self.resource.origin or ""), "configuredBy", "kind")
        return self.generated and generator in ("ConfigMapGenerator", "SecretGenerator")

    @cached_property
    def file(self) -> OriginFile | None:
        """The file on this disk that it comes from, or the kustomization that generates it."""
        named = origin_file(self.resource.origin or "")
        return opened(self.source, self.source.origins.get(named)) if named else None

    @cached_property
    def original(self) -> Resource | None:
        """The object as it stands in that file; None where it is not there, or not ours to change."""
        if self.file is None or self.generated or not self.tree.may_change(self.file.name):
            return None
        return next(iter(self.file.candidates(self.resource)), None)

    @cached_property
    def layers(self) -> tuple[Layer, ...]:
        """The kustomizations on its way, the rendering's own first."""
        if self.file is None:
            root = root_layer(self.source)
            return (root,) if root else ()
        ways = ways_to(self.source, self.file.name)
        candidates = self.file.candidates(self.resource) if not self.generated else ()
        name = candidates[0].name if candidates else None
        fitting = (way for way in ways if name == without_affixes(self.resource.name, tuple(workers(way))))
        return next(fitting, ways[0] if ways else ())

    @cached_property
    def workers(self) -> tuple[Layer, ...]:
        """All that worked on it, what worked last first."""
        return tuple(workers(self.layers))

    @property
    def overlay(self) -> Layer | None:
        """The kustomization that was rendered."""
        return self.layers[0] if self.layers else None

    @property
    def home(self) -> Layer | None:
        """The kustomization that lists its file."""
        return self.layers[-1] if self.layers else None

    @cached_property
    def names(self) -> frozenset[str]:
        """The names that it had on its way."""
        found = {self.resource.name, *([self.original.name] if self.original else ())}
        found |= {without_affixes(self.resource.name, self.workers[:end]) for end in range(len(self.workers) + 1)}
        return frozenset(found)

    @cached_property
    def beside(self) -> tuple[Resource, ...]:
        """All that was rendered together."""
        return tuple(resource for document in documents(self.source) for resource in document.resources)

    @cached_property
    def names_beside(self) -> frozenset[str]:
        """The names of all that was rendered together."""
        return frozenset(resource.name for resource in self.beside)

    @cached_property
    def ambiguous(self) -> bool:
        """Whether its name in its own file has been that of another object too, as where a base is built upon twice."""
        if self.original is None:
            return False
        others = (
            RenderedObject(resource, self.tree)
            for resource in self.beside
            if (resource.group, resource.kind) == (self.resource.group, self.resource.kind)
            and resource.identity != self.resource.identity
        )
        return any(self.original.name in other.names for other in others)

    @cached_property
    def renamed_outside(self) -> bool:
        """Whether its name is changed on the way by another kustomization than that which lists its file."""
        if self.original is None or self.original.name == self.resource.name:
            return False
        others = [layer for layer in self.workers if self.home is None or layer.name != self.home.name]
        hit = last_word(patches(others), self.resource.place("metadata", "name"), self.names)
        return hit is not None or any(layer.prefix or layer.suffix for layer in others)
