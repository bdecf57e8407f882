"""Operations on places turned into edits of the text, at the place and in the style of what stands around them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kafkalint.checking.fix import (
    AddResource,
    AppendItem,
    RemoveEntry,
    RemoveValue,
    RenameKey,
    RewriteText,
    SetValue,
    document_of,
)
from kafkalint.fixing.text.edits import Edit, Refusal, Removal, combined
from kafkalint.fixing.text.finding_nodes import way_to, way_to_key
from kafkalint.fixing.text.gathering import gathered
from kafkalint.fixing.text.hands_off import hold_off, hold_off_line
from kafkalint.fixing.text.new_objects import add_object
from kafkalint.fixing.text.page import Page
from kafkalint.fixing.text.removing import removal
from kafkalint.fixing.text.rewriting import rename_key, rewrite, splice
from kafkalint.fixing.text.routes import document_route
from kafkalint.fixing.text.setting import append_item, set_value
from kafkalint.manifests.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kafkalint.checking.fix import DataOperation, Operation
    from kafkalint.manifests.documents import Document

__all__ = ["document_route", "edits_for", "edits_of", "removal_of"]


def edits_of(operations: Sequence[Operation]) -> tuple[Edit, ...]:
    """The edits of all operations of a fix, in order and without overlap; raises Refusal."""
    return combined(edit for operation in gathered(operations) for edit in edits_for(operation))


def edits_for(operation: Operation) -> Iterator[Edit]:
    """The edits of one operation, as spans of its source's text; none where all is as it should be; raises Refusal."""
    if isinstance(operation, RewriteText):
        content = operation.place.source.text.content
        span = operation.place.span()
        hold_off_line(content, span)
        yield rewrite(content, span, operation.text)
        return
    document = document_of(operation)
    page = Page.of(document)
    edits = list(_edits(page, operation))
    hold_off(page, edits)
    for edit in edits:
        yield Edit(_moved(edit.span, document), edit.text)


def removal_of(operation: RemoveValue | RemoveEntry) -> Removal:
    """How something is taken out, as spans of its source's text; raises Refusal."""
    document = document_of(operation)
    found = _removal(Page.of(document), operation)
    edits = tuple(Edit(_moved(edit.span, document), edit.text) for edit in found.edits)
    return Removal(edits, _moved(found.extent, document))


def _moved(span: Span, document: Document) -> Span:
    base = document.span.start
    return Span(base + span.start, base + span.end)


def _edits(page: Page, operation: DataOperation) -> Iterable[Edit]:
    match operation:
        case SetValue(place, value) if place.fragment is not None:
            return splice(page, way_to(page, document_route(place)), place.fragment, value)
        case SetValue(place, value):
            return set_value(page, way_to(page, document_route(place)), value)
        case AppendItem(place, item):
            return append_item(page, way_to(page, document_route(place)), item)
        case RemoveValue() | RemoveEntry():
            return _removal(page, operation).edits
        case RenameKey(place, name):
            return rename_key(page, way_to(page, document_route(place), whole=True), name)
        case AddResource(beside, data):
            return add_object(page, beside, dict(data))


def _removal(page: Page, operation: RemoveValue | RemoveEntry) -> Removal:
    if isinstance(operation, RemoveEntry):
        return removal(page, way_to_key(page, operation.key), 0, cascade=False)
    way = way_to(page, document_route(operation.place), whole=True)
    if way.missing:
        raise Refusal("what is to be taken away is not there")
    up_to = operation.up_to + len(operation.place.resource.at)
    return removal(page, way, up_to, refilled=operation.refilled)
