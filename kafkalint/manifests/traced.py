"""Where a place is shown to the reader, and what an object itself says of where it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from kafkalint.manifests.resources import ORIGIN_ANNOTATION, POST_RENDER_ANNOTATION, Place
from kafkalint.manifests.text import Span, Text

if TYPE_CHECKING:
    from kafkalint.manifests.resources import Resource
    from kafkalint.manifests.sources import Source


class TextPlace(Protocol):
    """A place in a text that is no value of a resource."""

    @property
    def source(self) -> Source:
        """The text."""

    def span(self) -> Span:
        """Where in it."""


class Traced(NamedTuple):
    """A place as reports show it: for a rendering, in the file that it was rendered from."""

    name: str
    """The file, as reports name it."""
    text: Text
    span: Span
    origin: str | None = None
    """Where the object comes from, where `name` is not that."""
    note: str | None = None
    """What the reader should know about the place: an overlay sets the value, the line is only near it."""
    place: Place | None = None
    """The place in the origin's own document, where the very value stands there."""


def stated_origin(resource: Resource) -> str | None:
    """What an object says of where it comes from, as Kustomize, a post-renderer or Helm wrote it."""
    annotations = resource.annotations
    said = resource.origin or annotations.get(ORIGIN_ANNOTATION) or annotations.get(POST_RENDER_ANNOTATION)
    return said or resource.document.helm_source
