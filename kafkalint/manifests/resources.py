"""Resources: Kubernetes objects in a document, and the places in them that findings and fixes speak of."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from kafkalint.manifests.nodes import Alias, Mapping, Node, Scalar, Sequence, content_of
from kafkalint.manifests.scalars import child, plain
from kafkalint.manifests.shapes import dig, items, string_map
from kafkalint.manifests.text import Span

if TYPE_CHECKING:
    from collections.abc import Mapping as MappingOf

    from kafkalint.manifests.documents import Document
    from kafkalint.manifests.sources import Source

__all__ = [
    "ORIGIN_ANNOTATION",
    "POST_RENDER_ANNOTATION",
    "Identity",
    "Place",
    "Resource",
    "Route",
    "dig",
    "fragment_span",
    "items",
    "route_text",
    "string_map",
    "take_annotation",
]

Route: TypeAlias = tuple[str | int, ...]
"""Where a value sits in a resource: `("spec", "template", "spec", "affinity")`."""

ORIGIN_ANNOTATION = "config.kubernetes.io/origin"
POST_RENDER_ANNOTATION = "postrenderer.helm.sh/postrender-filename"


class Identity(NamedTuple):
    """What makes an object one object: API group, kind, namespace, name. The version does not count."""

    group: str
    kind: str
    namespace: str | None
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"


class Resource:
    """A Kubernetes object: its data as the API server would read it, and where each value stands."""

    def __init__(self, document: Document, node: Mapping, at: Route = (), origin: str | None = None) -> None:
        self.document = document
        self.node = node
        self.at = at
        """Route of the object inside its document: empty unless it is an item of a `List`."""
        self.origin = origin
        """What Kustomize's origin annotation said, where kafkalint had it written and took it out again."""

    def __repr__(self) -> str:
        return f"<{self.identity} in {self.document.source.name}>"

    @cached_property
    def data(self) -> dict[str, Any]:
        """The object as JSON-like data; treat it as read-only."""
        value = plain(self.node)
        return value if isinstance(value, dict) else {}

    @cached_property
    def api_version(self) -> str:
        """`apiVersion` as written; empty if missing or no string."""
        return self.text("apiVersion")

    @property
    def group(self) -> str:
        """API group; empty for the core group."""
        return self.api_version.rpartition("/")[0]

    @property
    def version(self) -> str:
        """Version inside the API group, such as `v1beta2`."""
        return self.api_version.rpartition("/")[2]

    @cached_property
    def kind(self) -> str:
        """`kind` as written."""
        return self.text("kind")

    @cached_property
    def name(self) -> str:
        """`metadata.name`, or `metadata.generateName` with a star; empty if neither is there."""
        generated = self.text("metadata", "generateName")
        return self.text("metadata", "name") or (f"{generated}*" if generated else "")

    @cached_property
    def namespace(self) -> str | None:
        """`metadata.namespace`; None where it is not stated, which may be any one."""
        return self.text("metadata", "namespace") or None

    @cached_property
    def identity(self) -> Identity:
        """What other documents would have to repeat to be the same object."""
        return Identity(self.group, self.kind, self.namespace, self.name)

    @cached_property
    def labels(self) -> MappingOf[str, str]:
        """`metadata.labels`, those that are strings."""
        return string_map(self.get("metadata", "labels"))

    @cached_property
    def annotations(self) -> MappingOf[str, str]:
        """`metadata.annotations`, those that are strings."""
        return string_map(self.get("metadata", "annotations"))

    def get(self, *route: str | int) -> Any:
        """The value at a route; None where it is absent or null, whatever shape the object has."""
        return dig(self.data, *route)

    def text(self, *route: str | int) -> str:
        """The string at a route; empty where there is none."""
        value = self.get(*route)
        return value if isinstance(value, str) else ""

    def place(self, *route: str | int, fragment: Span | None = None) -> Place:
        """The place of a value that is there, or of one that would have to be written at this route."""
        return Place(self, route, fragment)

    def node_at(self, *route: str | int) -> Node | None:
        """The node written at a route, an alias as such and not as its anchor; None where nothing stands there."""
        node: Node = self.node
        for step in route:
            found = child(content_of(node), step)
            if found is None:
                return None
            node = found[1]
        return node


class Place(NamedTuple):
    """A value in a resource, or the spot where it would have to be written.

    `fragment` narrows it to a piece of a string value, as offsets in that value: a line of a properties file, a flag of
    a command.
    """

    resource: Resource
    route: Route = ()
    fragment: Span | None = None

    @property
    def source(self) -> Source:
        """The text that the resource stands in."""
        return self.resource.document.source

    @property
    def written(self) -> bool:
        """Whether anything stands at the route."""
        return self.resource.node_at(*self.route) is not None

    @property
    def value(self) -> Any:
        """What stands there as data; None where nothing does."""
        return self.resource.get(*self.route)

    @property
    def path(self) -> str:
        """The route as people write it: `spec.template.spec.containers[0].image`."""
        return route_text(self.route)

    def child(self, *steps: str | int) -> Place:
        """A place further down."""
        return Place(self.resource, (*self.route, *steps))

    def span(self) -> Span:
        """The smallest span to point at, as offsets in the source's text.

        A scalar's own text; the key of a mapping or sequence; for what is missing, the key under which it belongs;
        `kind`'s value where that is the object itself.
        """
        start, end = _span(self)
        base = self.resource.document.span.start
        return Span(base + start, base + end)


def _span(place: Place) -> Span:
    node: Node = place.resource.node
    key: Node | None = None
    best = _head(place.resource.node)
    for step in place.route:
        found = child(content_of(node), step)
        if found is None:
            return best
        key, node = found
        best = _pointed_at(key, node)
    if place.fragment is not None and isinstance(node, Scalar):
        return fragment_span(place.resource.document.text, node, place.fragment) or best
    return best


def _pointed_at(key: Node | None, node: Node) -> Span:
    if isinstance(node, Alias):
        return Span(node.start, node.end)
    if isinstance(node, Scalar) and node.end > node.start and node.style not in ("|", ">"):
        return Span(node.start, node.end)
    if key is not None:
        return Span(key.start, key.end)
    return _head(node)


def _head(node: Node) -> Span:
    """The few characters that stand for a whole collection: an object's kind, an item's name, else its first key."""
    if isinstance(node, Mapping):
        for name in ("kind", "name"):
            found = child(node, name)
            value = content_of(found[1]) if found else None
            if isinstance(value, Scalar) and value.end > value.start and value.style not in ("|", ">"):
                return Span(value.start, value.end)
        if node.pairs:
            first = node.pairs[0][0]
            return Span(first.start, first.end)
    if isinstance(node, Sequence) and node.items:
        return _head(content_of(node.items[0]))
    return Span(node.start, max(node.start + 1, min(node.end, node.start + 1)))


def fragment_span(text: str, node: Scalar, fragment: Span) -> Span | None:
    """Where a piece of a string value stands in the document's text; None where it is not there letter by letter."""
    wanted = node.value[fragment.start : fragment.end]
    if len(wanted) != fragment.end - fragment.start or not wanted or "\n" in wanted.strip("\n"):
        return None
    raw = text[node.start : node.end]
    if node.style == "" and raw == node.value:
        return Span(node.start + fragment.start, node.start + fragment.end)
    # The n-th occurrence in the value is the n-th in the text: folding and quoting change blanks, not words.
    before = node.value.count(wanted, 0, fragment.start)
    offset = -1
    for _ in range(before + 1):
        offset = raw.find(wanted, offset + 1)
        if offset < 0:
            return None
    return Span(node.start + offset, node.start + offset + len(wanted))


def take_annotation(node: Mapping, name: str) -> str | None:
    """The value of an annotation, taken out of the tree together with the maps that it leaves empty."""
    metadata = _map_at(node, "metadata")
    annotations = _map_at(metadata, "annotations") if metadata else None
    found = child(annotations, name) if annotations else None
    if metadata is None or annotations is None or found is None:
        return None
    annotations.pairs = [pair for pair in annotations.pairs if pair[0] is not found[0]]
    if not annotations.pairs:
        metadata.pairs = [pair for pair in metadata.pairs if pair[1] is not annotations]
    value = content_of(found[1])
    return value.value if isinstance(value, Scalar) else None


def _map_at(node: Mapping, name: str) -> Mapping | None:
    found = child(node, name)
    return found[1] if found and isinstance(found[1], Mapping) else None


def pointer(route: Route) -> str:
    """A route as a JSON pointer (RFC 6901)."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in route)


def pointer_steps(path: Any) -> list[str] | None:
    """The steps of a JSON pointer; None where it is none, or points at the whole."""
    if not isinstance(path, str) or not path.startswith("/"):
        return None
    return [step.replace("~1", "/").replace("~0", "~") for step in path[1:].split("/")]


def route_text(route: Route) -> str:
    """A route in the notation of `kubectl` and JSONPath: dots, brackets for indices and for keys that hold dots."""
    parts: list[str] = []
    for step in route:
        if isinstance(step, int):
            parts.append(f"[{step}]")
        elif "." in step or "/" in step or not step:
            parts.append(f'["{step}"]')
        else:
            parts.append(f".{step}" if parts else step)
    return "".join(parts)
