"""Documents: one YAML document of a source each, composed when somebody asks, and the resources in it."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from kafkalint.manifests.composer import ComposeError, compose
from kafkalint.manifests.nodes import Mapping, Node, Sequence, content_of
from kafkalint.manifests.resources import ORIGIN_ANNOTATION, Resource, Route, take_annotation
from kafkalint.manifests.scalars import child, plain
from kafkalint.manifests.sources import Slice, Source, slices
from kafkalint.manifests.text import Span, TextError

if TYPE_CHECKING:
    from collections.abc import Iterator

_HELM_SOURCE = re.compile(r"---[ \t]*(?:\r\n|\n|\r)# Source: ([^\r\n]+)")
# `{{` where a line, an item or an unquoted value begins.
_LEADING_TEMPLATE = re.compile(r"^[ \t]*(?:-[ \t]+)*(?:[^\s#'\"{]+:[ \t]+)?\{\{", re.MULTILINE)
_WRAPPERS = ("List", "ResourceList")
"""Kinds that hold objects and are none."""


class Unreadable(NamedTuple):
    """Why a document cannot be read, and where; `templated` where it is a template and not yet its output."""

    problem: str
    span: Span
    templated: bool = False


class Document:
    """One YAML document: its text, its node tree, its resources."""

    def __init__(self, source: Source, part: Slice) -> None:
        self.source = source
        self.index = part.number
        self.span = part.span

    @classmethod
    def broken(cls, source: Source, unreadable: Unreadable) -> Document:
        """A source that could not be read at all, as the one document that it would have been."""
        document = cls(source, Slice(Span(0, len(source.text.content)), 0))
        document.__dict__["_composed"] = (None, unreadable)
        return document

    @property
    def text(self) -> str:
        """The document's own text; offsets of its nodes count from its start."""
        return self.source.text.content[self.span.start : self.span.end]

    @cached_property
    def _composed(self) -> tuple[Node | None, Unreadable | None]:
        text = self.text
        try:
            return compose(text), None
        except ComposeError as error:
            template = _template(text, error.offset)
            if template is not None:
                start = self.span.start + template
                return None, Unreadable("this is a template, not its output", Span(start, start + 2), templated=True)
            offset = self.span.start + _visible(text, error.offset)
            return None, Unreadable(error.problem, Span(offset, offset + 1))

    @property
    def root(self) -> Node | None:
        """The node tree; None where the document is empty or cannot be read."""
        return self._composed[0]

    @property
    def unreadable(self) -> Unreadable | None:
        """Why there is no node tree, if the document does not parse."""
        return self._composed[1]

    @cached_property
    def helm_source(self) -> str | None:
        """The template that Helm names in the comment behind `---` (helm `pkg/action/action.go`)."""
        match = _HELM_SOURCE.match(self.text)
        return match.group(1).strip() if match else None

    @cached_property
    def resources(self) -> tuple[Resource, ...]:
        """The Kubernetes objects of this document; the items of a `List` take its place."""
        if self.root is None:
            return ()
        return tuple(_objects(self, content_of(self.root), ()))


def documents(source: Source) -> Iterator[Document]:
    """The documents of a source; raises TextError where its bytes are no text."""
    for part in slices(source.text.content):
        yield Document(source, part)


def _objects(document: Document, node: Node, route: Route) -> Iterator[Resource]:
    if not isinstance(node, Mapping):
        return
    kind = child(node, "kind")
    name = plain(kind[1]) if kind else None
    if not isinstance(name, str) or not name:
        return
    items = child(node, "items")
    if name in _WRAPPERS and not items:
        return
    if name.endswith("List") and items:
        sequence = content_of(items[1])
        for index, item in enumerate(sequence.items if isinstance(sequence, Sequence) else ()):
            yield from _objects(document, content_of(item), (*route, "items", index))
        return
    version = child(node, "apiVersion")
    if version or child(node, "metadata"):
        # The wrapper that asked for origins is kafkalint's own: checks see what the user's own build would hold.
        wrapped = document.source.rendered_by == "kustomize"
        resource = Resource(document, node, route, take_annotation(node, ORIGIN_ANNOTATION) if wrapped else None)
        if document.source.object_origins:
            resource.origin = document.source.object_origins.get(resource.identity, resource.origin)
        yield resource


def _template(text: str, offset: int) -> int | None:
    """Where the template stands that can be why the text did not parse at an offset; None if none can.

    One that begins a line or an unquoted value before it can, and any on the line itself; one in a quoted string, such
    as an alert's annotation, cannot.
    """
    end = text.find("\n", offset)
    before = text[: end if end >= 0 else len(text)]
    leading = _LEADING_TEMPLATE.search(before)
    if leading:
        return leading.end() - 2
    here = before.find("{{", before.rfind("\n", 0, offset) + 1)
    return here if here >= 0 else None


def _visible(text: str, offset: int) -> int:
    """The offset, moved back from the end of the text or a line to the last character that can be shown."""
    offset = min(offset, len(text) - 1)
    while offset > 0 and text[offset] in "\r\n":
        offset -= 1
    return max(offset, 0)


__all__ = ["Document", "TextError", "Unreadable", "documents"]
