"""Values in Kustomize's output, found again in the patches that wrote them: files, or text in a kustomization."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from kafkalint.manifests.documents import Document, documents
from kafkalint.manifests.nodes import Mapping, Node, Scalar, Sequence, content_of
from kafkalint.manifests.origin.kustomize_origins import same, same_place
from kafkalint.manifests.origin.origin_files import OriginFile, Spot
from kafkalint.manifests.resources import Place, Route, dig, fragment_span
from kafkalint.manifests.scalars import child, plain
from kafkalint.manifests.sources import Source
from kafkalint.manifests.text import Span

_LISTS = ("patches", "patchesStrategicMerge", "patchesJson6902")


class _Inline(NamedTuple):
    """A patch written out in a kustomization."""

    text: Scalar
    kind: str | None
    """The kind that it is for, if the kustomization says so."""
    targeted: bool
    """Whether it is for what the kustomization says, whatever name it has itself."""


def locate_in_patches(file: OriginFile, patches: Iterable[OriginFile], place: Place) -> tuple[OriginFile, Spot] | None:
    """The place in the patch that wrote the value; None where the object's own file did, or no patch here has it."""
    if not place.written or isinstance(place.value, dict | list):
        return None
    before = next(iter(file.candidates(place.resource)), None)
    if before is not None and same(same_place(before, place).value, place.value):
        return None
    names = {place.resource.name, before.name if before else ""}
    for patch in patches:
        spot = _in_documents(patch.documents, place, names) or _in_line(patch, place, names)
        if spot:
            return patch, spot
    return None


def _in_documents(found: Iterable[Document], place: Place, names: set[str] | None) -> Spot | None:
    """The spot in patches, of one of these names if any are given."""
    for document in found:
        for resource in document.resources:
            if resource.kind == place.resource.kind and (names is None or resource.name in names):
                there = same_place(resource, place)
                if there.written and same(there.value, place.value):
                    return Spot(there.span(), None, there)
        span = _in_operations(document, place.route, place.value)
        if span:
            return Spot(span)
    return None


def _in_operations(document: Document, route: Route, value: Any) -> Span | None:
    """The `value` of the JSON6902 operation that writes a route, or a collection that holds it."""
    root = content_of(document.root) if document.root is not None else None
    for operation in root.items if isinstance(root, Sequence) else ():
        data = plain(operation)
        pointer = _pointer(dig(data, "path"))
        if pointer is None or pointer != [str(step) for step in route[: len(pointer)]]:
            continue
        if same(dig(dig(data, "value"), *route[len(pointer) :]), value):
            return _value_span(document, operation, route[len(pointer) :])
    return None


def _pointer(path: Any) -> list[str] | None:
    if not isinstance(path, str) or not path.startswith("/"):
        return None
    return [step.replace("~1", "/").replace("~0", "~") for step in path[1:].split("/")]


def _value_span(document: Document, operation: Node, route: Route) -> Span | None:
    found: Node = operation
    for step in ("value", *route):
        entry = child(content_of(found), step)
        if entry is None:
            return None
        found = entry[1]
    base = document.span.start
    node = content_of(found)
    return Span(base + node.start, base + node.end)


def _in_line(patch: OriginFile, place: Place, names: set[str]) -> Spot | None:
    """The spot in a patch that a kustomization holds as text."""
    for document in patch.documents:
        for inline in _inline_patches(document):
            if inline.kind not in (None, place.resource.kind):
                continue
            held = Source(patch.name, inline.text.value.encode(errors="replace"))
            spot = _in_documents(documents(held), place, None if inline.targeted else names)
            found = fragment_span(document.text, inline.text, spot.span) if spot else None
            if found:
                base = document.span.start
                return Spot(Span(base + found.start, base + found.end))
    return None


def _inline_patches(document: Document) -> Iterator[_Inline]:
    root = content_of(document.root) if document.root is not None else None
    for section in _LISTS:
        found = child(root, section) if isinstance(root, Mapping) else None
        entries = content_of(found[1]) if found else None
        for entry in entries.items if isinstance(entries, Sequence) else ():
            yield from _inline(content_of(entry))


def _inline(entry: Node) -> Iterator[_Inline]:
    if isinstance(entry, Scalar):
        if "\n" in entry.value:
            yield _Inline(entry, None, targeted=False)
        return
    found = child(content_of(entry), "patch")
    text = content_of(found[1]) if found else None
    if isinstance(text, Scalar):
        target = dig(plain(entry), "target")
        kind = dig(target, "kind")
        yield _Inline(text, kind if isinstance(kind, str) else None, targeted=isinstance(target, dict))
