"""Places in a text that are no values of a resource."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kafkalint.manifests.text import Span

if TYPE_CHECKING:
    from kafkalint.manifests.documents import Document
    from kafkalint.manifests.nodes import Node
    from kafkalint.manifests.sources import Source


class TextPlace(NamedTuple):
    """A place in a text that is no value of a resource: a syntax error, a comment, a key written twice."""

    source: Source
    at: Span

    @classmethod
    def of(cls, document: Document, node: Node) -> TextPlace:
        """The place of a key or value that no route leads to."""
        base = document.span.start
        return cls(document.source, Span(base + node.start, base + node.end))

    def span(self) -> Span:
        """The offsets themselves."""
        return self.at
