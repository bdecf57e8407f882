"""What a check would change: a fix in terms of places and values, not of text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from kafkalint.checking.applicability import Applicability
from kafkalint.manifests.resources import Place, Resource

if TYPE_CHECKING:
    from kafkalint.checking.text_places import TextPlace
    from kafkalint.manifests.documents import Document
    from kafkalint.manifests.nodes import Node
    from kafkalint.manifests.sources import Source

Data: TypeAlias = Any
"""A value as JSON would have it; mappings keep their order, which is the order in which they are written."""


class SetValue(NamedTuple):
    """Write a value at a place: over the scalar that stands there, or as a new key with the keys that lead to it.

    A place with a fragment has that piece of its string replaced, letter by letter.
    """

    place: Place
    value: Data


class AppendItem(NamedTuple):
    """Write an item behind the last one of the sequence at a place, or as the first of one that is not there yet."""

    place: Place
    item: Data


class RemoveValue(NamedTuple):
    """Take away the key (or item) at a place, with its value and the comment on its line.

    A mapping or sequence that would be left empty goes as well, up to and without `up_to` steps of the route.
    """

    place: Place
    up_to: int = 1
    refilled: bool = False
    """Whether the same fix writes something else into what would be left empty."""


class RenameKey(NamedTuple):
    """Call the key at a place differently; its value stays."""

    place: Place
    key: str


class RemoveEntry(NamedTuple):
    """Take away one written key of a mapping, known by its node: one of two that are written alike."""

    document: Document
    key: Node


class RewriteText(NamedTuple):
    """Replace a piece of text, such as a comment or the spelling of a scalar, without changing what it says as data.

    Replaced by nothing, the blanks before it go too, and its line if nothing else is on it.
    """

    place: TextPlace
    text: str


class AddResource(NamedTuple):
    """Write a new object behind the one that it is for."""

    beside: Resource
    data: Mapping[str, Data]


ValueOperation: TypeAlias = SetValue | AppendItem | RemoveValue | RenameKey
"""What changes values of an object that is there, each at its place."""

DataOperation: TypeAlias = ValueOperation | RemoveEntry | AddResource
"""What changes what a document says as data."""

Operation: TypeAlias = DataOperation | RewriteText


def document_of(operation: DataOperation) -> Document:
    """The document that an operation changes, or that it writes a new one behind."""
    if isinstance(operation, RemoveEntry):
        return operation.document
    return resource_of(operation).document


def resource_of(operation: ValueOperation | AddResource) -> Resource:
    """The object that an operation changes, or that it writes a new one for."""
    return operation.beside if isinstance(operation, AddResource) else operation.place.resource


def source_of(operation: Operation) -> Source:
    """The source whose text an operation changes."""
    return operation.place.source if isinstance(operation, RewriteText) else document_of(operation).source


class Fix(NamedTuple):
    """How a finding can be mended without asking anybody what was meant."""

    description: str
    """What it does, as an order: `Add a PodDisruptionBudget with maxUnavailable: 1`."""
    operations: tuple[Operation, ...]
    applicability: Applicability = Applicability.UNSAFE
