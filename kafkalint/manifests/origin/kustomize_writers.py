"""Which patch of which kustomization has the last word on a value of a rendered object."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from kafkalint.manifests.documents import Document, documents
from kafkalint.manifests.nodes import Mapping, Scalar, Sequence, content_of
from kafkalint.manifests.origin.kustomize_layers import Layer
from kafkalint.manifests.origin.origin_files import aligned, opened
from kafkalint.manifests.resources import Place, Resource, Route, dig, fragment_span, items, pointer_steps
from kafkalint.manifests.sources import Source
from kafkalint.manifests.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kafkalint.manifests.origin.origin_files import OriginFile

# Groups of the kinds that come with Kubernetes.
_BUILT_IN = re.compile(r"|apps|batch|policy|autoscaling|extensions|[\w.-]+\.k8s\.io")
# Lists that are merged item by item (`x-kubernetes-patch-merge-key` in Kubernetes' OpenAPI).
_MERGED = frozenset(
    (
        "containers",
        "initContainers",
        "ephemeralContainers",
        "env",
        "ports",
        "volumes",
        "volumeMounts",
        "volumeDevices",
        "imagePullSecrets",
        "topologySpreadConstraints",
        "hostAliases",
    )
)
_COUNTED = frozenset(("Deployment", "ReplicaSet", "ReplicationController", "StatefulSet"))


class Inline(NamedTuple):
    """Where a kustomization holds a patch as text."""

    holder: Resource
    route: Route
    text: Scalar


class Patch(NamedTuple):
    """A patch: an object in part, or operations after RFC 6902."""

    layer: Layer
    document: Document
    """The patch's own document; of one in place, the document that its text would be."""
    target: Any = None
    """What the kustomization says that it is for."""
    inline: Inline | None = None

    @property
    def resource(self) -> Resource | None:
        """The object in part; None for operations."""
        return next(iter(self.document.resources), None) or self._nameless()

    def _nameless(self) -> Resource | None:
        """A patch with a target need not be an object itself."""
        root = content_of(self.document.root) if self.document.root is not None else None
        return Resource(self.document, root) if isinstance(root, Mapping) else None

    @property
    def operations(self) -> list[Resource]:
        """The operations of RFC 6902, each as an object in which there are places."""
        root = content_of(self.document.root) if self.document.root is not None else None
        nodes = root.items if isinstance(root, Sequence) else ()
        found = ((index, content_of(node)) for index, node in enumerate(nodes))
        return [Resource(self.document, node, (index,)) for index, node in found if isinstance(node, Mapping)]

    def concerns(self, rendered: Resource, names: Iterable[str]) -> bool:
        """Whether it is for an object that has had these names."""
        if self.target is not None:
            return _selects(self.target, rendered, names)
        patch = self.resource
        if patch is None:
            return False
        return (patch.group, patch.kind) == (rendered.group, rendered.kind) and patch.name in names


class Hit(NamedTuple):
    """What a patch writes at a route, or all around it."""

    place: Place
    """In the patch itself."""
    layer: Layer
    exact: bool
    """Whether the patch says what stands at the very end of the route, and not of something above it."""
    inline: Inline | None = None
    value: Any = None
    """What it says there."""
    opaque: bool = False
    """Whether it says so in words that hold no value: it takes away, moves, copies."""

    @property
    def scalar(self) -> Scalar | None:
        """What is written there, if that is a scalar."""
        node = self.place.resource.node_at(*self.place.route)
        return node if isinstance(node, Scalar) else None

    @property
    def quote(self) -> str:
        """The quotes that it is written in."""
        return self.scalar.style if self.scalar is not None else ""

    def in_kustomization(self, fragment: Span | None) -> Place | None:
        """The place, in a kustomization that holds the patch as text, of a scalar or a piece of it."""
        node, document = self.scalar, self.place.resource.document
        if self.inline is None or node is None or node.style in ("|", ">"):
            return None
        quoted = 1 if node.style else 0
        span: Span | None = Span(node.start + quoted, node.end - quoted)
        if fragment is not None:
            span = fragment_span(document.text, node, fragment)
        if span is None:
            return None
        base = document.span.start
        return Place(self.inline.holder, self.inline.route, Span(base + span.start, base + span.end))


def patches(workers: Iterable[Layer]) -> Iterator[Patch]:
    """The patches of these kustomizations, of all the one that is applied last first.

    Kustomize applies strategic merge patches, then `patches`, then `patchesJson6902` (api/internal/target).
    """
    for layer in workers:
        for section in ("patchesJson6902", "patches", "patchesStrategicMerge"):
            for index, entry in reversed(list(enumerate(items(layer.data.get(section))))):
                yield from reversed(list(_read(layer, (section, index), entry)))


def _read(layer: Layer, route: Route, entry: Any) -> Iterator[Patch]:
    target = dig(entry, "target")
    if isinstance(entry, str) and "\n" not in entry:
        path: Any = entry
    elif isinstance(entry, str):
        yield from _in_place(layer, route, target)
        return
    else:
        path = dig(entry, "path")
    if isinstance(path, str) and path:
        file = patch_file(layer, path)
        for document in file.documents if file else ():
            yield Patch(layer, document, target)
    elif isinstance(dig(entry, "patch"), str):
        yield from _in_place(layer, (*route, "patch"), target)


def patch_file(layer: Layer, path: str) -> OriginFile | None:
    """A file that a kustomization refers to."""
    return opened(layer.source, layer.at(path))


def _in_place(layer: Layer, route: Route, target: Any) -> Iterator[Patch]:
    holder = layer.resource
    node = holder.node_at(*route) if holder else None
    text = content_of(node) if node is not None else None
    if holder is None or not isinstance(text, Scalar):
        return
    held = Source(layer.name, text.value.encode(errors="replace"))
    for document in documents(held):
        yield Patch(layer, document, target, Inline(holder, route, text))


def _selects(target: Any, rendered: Resource, names: Iterable[str]) -> bool:
    wanted = {"group": rendered.group, "version": rendered.version, "kind": rendered.kind}
    for key, value in wanted.items():
        if not _matches(dig(target, key), value):
            return False
    labels = dig(target, "labelSelector")
    for part in labels.split(",") if isinstance(labels, str) else ():
        key, equal, value = part.replace("==", "=").partition("=")
        if equal and not key.endswith("!") and rendered.labels.get(key.strip()) != value.strip():
            return False
    name = dig(target, "name")
    return any(_matches(name, each) for each in names)


def _matches(pattern: Any, value: str) -> bool:
    """Whether a value is what a target asks for: a regular expression for all of it (kustomize `types.Selector`)."""
    if not isinstance(pattern, str) or not pattern:
        return True
    try:
        return re.fullmatch(pattern, value) is not None
    except re.error:
        return pattern == value


def last_word(found: Iterable[Patch], rendered: Place, names: frozenset[str]) -> Hit | None:
    """What the last patch says that decides a place by itself, whatever was there before it; None where none does."""
    for patch in found:
        if not patch.concerns(rendered.resource, names):
            continue
        hit = _in_operations(patch, rendered) if patch.operations else _in_object(patch, rendered)
        if hit is not None:
            return hit
    return None


def holder(found: Iterable[Patch], rendered: Place, names: frozenset[str]) -> Hit | None:
    """Where the last patch stands that writes the item of a list through which a place is reached."""
    for patch in found:
        resource = patch.resource
        if patch.operations or resource is None or not patch.concerns(rendered.resource, names):
            continue
        route = aligned(rendered.resource.data, resource.data, rendered.route)
        ends = [end for end, step in enumerate(route, 1) if isinstance(step, int)]
        if ends and resource.node_at(*route[: ends[-1]]) is not None:
            return _hit(patch, resource, route)
    return None


def _in_object(patch: Patch, rendered: Place) -> Hit | None:
    """What a strategic merge patch decides: scalars, lists that are not merged, what it takes away or replaces."""
    resource = patch.resource
    if resource is None:
        return None
    route = aligned(rendered.resource.data, resource.data, rendered.route)
    current: Any = resource.data
    for depth, step in enumerate(route):
        if isinstance(current, dict):
            if current.get("$patch") in ("replace", "delete"):
                return _hit(patch, resource, route)._replace(opaque=current["$patch"] == "delete")
            if step not in current:
                return None
            current = current[step]
        elif isinstance(current, list):
            if not is_merged(rendered.resource, route[:depth]):
                return _hit(patch, resource, route)
            if not isinstance(step, int) or step >= len(current):
                return None
            current = current[step]
        else:
            return _hit(patch, resource, route)
    if isinstance(current, dict) or (isinstance(current, list) and is_merged(rendered.resource, route)):
        return None
    return _hit(patch, resource, route)


def is_built_in(group: str) -> bool:
    """Whether kustomize knows the schema of a group's kinds, and which of their fields hold names and labels."""
    return _BUILT_IN.fullmatch(group) is not None


def is_merged(resource: Resource, route: Route) -> bool:
    """Whether kustomize merges the list at a route with that of a patch, and does not replace it.

    Lists of kinds whose schema it does not know are replaced as a whole (kyaml/yaml/merge2).
    """
    return is_built_in(resource.group) and bool(route) and route[-1] in _MERGED


def _hit(patch: Patch, resource: Resource, route: Route) -> Hit:
    place = Place(resource, route)
    return Hit(place, patch.layer, resource.node_at(*route) is not None, patch.inline, place.value)


def _in_operations(patch: Patch, rendered: Place) -> Hit | None:
    """What the last operation says that adds, replaces or removes what is at a route, or all around it."""
    for operation in reversed(patch.operations):
        rest = _below(operation, rendered)
        if rest is None:
            continue
        kind = operation.get("op")
        if kind in ("add", "replace"):
            value = operation.get("value")
            around = rendered.resource.get(*rendered.route[: len(rendered.route) - len(rest)])
            below = aligned(around, value, rest)
            return _hit(patch, operation, ("value", *below))
        if kind != "test":
            return _hit(patch, operation, ("op",))._replace(opaque=True)
    return None


def _below(operation: Resource, rendered: Place) -> Route | None:
    """The rest of a route below the path of an operation; None where it is about something else."""
    steps = pointer_steps(operation.get("path"))
    if steps is None or len(steps) > len(rendered.route):
        return None
    for depth, (step, there) in enumerate(zip(steps, rendered.route, strict=False)):
        if step == "-" and isinstance(there, int):
            item = rendered.resource.get(*rendered.route[: depth + 1])
            if item != operation.get("value"):
                return None
        elif step != str(there):
            return None
    return rendered.route[len(steps) :]


def counted(workers: Iterable[Layer], rendered: Place, names: frozenset[str]) -> Place | None:
    """The place in a kustomization's `replicas` that sets a number of pods; None where none does."""
    if rendered.route != ("spec", "replicas") or rendered.resource.kind not in _COUNTED:
        return None
    for layer in workers:
        for index, entry in reversed(list(enumerate(items(layer.data.get("replicas"))))):
            if (
                layer.resource is not None
                and str(dig(entry, "name")) in names
                and dig(entry, "count") == rendered.value
            ):
                return Place(layer.resource, ("replicas", index, "count"))
    return None
