"""Places in renderings, found in the files that these were made from."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from kafkalint.manifests.documents import Document, documents
from kafkalint.manifests.origin import helm_origins, kustomize_origins, kustomize_patches
from kafkalint.manifests.origin.origin_files import OriginFile, Spot, opened
from kafkalint.manifests.origin_annotations import origin_file, origin_text
from kafkalint.manifests.resources import ORIGIN_ANNOTATION, Place
from kafkalint.manifests.text import Span, Text
from kafkalint.manifests.traced import TextPlace, Traced, stated_origin

if TYPE_CHECKING:
    from kafkalint.manifests.resources import Resource
    from kafkalint.manifests.sources import Source


def trace_rendered(place: Place | TextPlace) -> Traced:
    """Where a place of rendered text is to be shown, whoever rendered it."""
    if not isinstance(place, Place):
        return _trace_text(place)
    source = place.source
    if source.rendered_by is None:
        return _trace_piped(place, source)
    found = _in_origin(place, source)
    return found or _at_root(source, _said_origin(place.resource))


def _in_origin(place: Place, source: Source) -> Traced | None:
    if source.rendered_by == "helm":
        named = place.resource.document.helm_source
        file = opened(source, source.origins.get(named)) if named else None
        return _traced(file, helm_origins.locate(file, place)) if file else None
    named = origin_file(place.resource.origin or "")
    file = opened(source, source.origins.get(named)) if named else None
    if file is None:
        return None
    patches = [patch for path in source.patches if (patch := opened(source, path))]
    in_patch = kustomize_patches.locate_in_patches(file, patches, place)
    if in_patch:
        return _traced(*in_patch)
    return _traced(file, kustomize_origins.locate(file, place, source.name))


def _traced(file: OriginFile, spot: Spot) -> Traced:
    if spot.file is not None:
        file = spot.file
    return Traced(file.name, file.text, spot.span, note=spot.note, place=spot.place)


def _at_root(source: Source, origin: str | None) -> Traced:
    """The file that says what is rendered, for want of a better place; the rendered text was never on a disk."""
    root = opened(source, source.root)
    note = f"in what {source.rendered_by} makes of {source.name}"
    if root is None:
        return Traced(source.root or source.name, Text(""), Span(0, 0), origin, note)
    declared = helm_origins.dependency(root, origin) if source.rendered_by == "helm" and origin else None
    return Traced(root.name, root.text, declared or root.first_line(), origin, note)


def _trace_text(place: TextPlace) -> Traced:
    source, span = place.source, place.span()
    resource = next((r for document in _documents_at(source, span) for r in document.resources), None)
    if resource is None:
        return _at_root(source, None)
    return trace_rendered(Place(resource))


def _documents_at(source: Source, span: Span) -> list[Document]:
    return [document for document in documents(source) if document.span.start <= span.start < document.span.end]


def _said_origin(resource: Resource) -> str | None:
    """Where an object says that it comes from, in whatever way it says so."""
    annotation = resource.origin or resource.annotations.get(ORIGIN_ANNOTATION)
    if annotation:
        return origin_text(annotation)
    return stated_origin(resource)


def _trace_piped(place: Place, source: Source) -> Traced:
    """A place in text that somebody else rendered: moved to the template where that lies in the working tree."""
    said = _said_origin(place.resource)
    here = Traced(source.name, source.text, place.span(), said, place=place)
    template = said if said and not place.resource.annotations.get(ORIGIN_ANNOTATION) else None
    path = helm_origins.find_template(source.working_directory or os.getcwd(), template) if template else None
    file = opened(source, path) if path else None
    if file is None:
        return here
    return _traced(file, helm_origins.locate(file, place))
