"""A document that is to be edited: what all edits of it have to know, found out once."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from kafkalint.fixing.text.extents import Member, members
from kafkalint.fixing.text.style import Style, style_of
from kafkalint.manifests.comments import scalar_spans
from kafkalint.manifests.nodes import Alias, Mapping, Node, Sequence

if TYPE_CHECKING:
    from kafkalint.manifests.documents import Document
    from kafkalint.manifests.text import Span


class Page:
    """A document's text and tree, and what they show of their author's habits."""

    def __init__(self, text: str, root: Node | None, style: Style) -> None:
        self.text = text
        self.root = root
        self.style = style
        self._members: dict[int, list[Member]] = {}

    @classmethod
    def of(cls, document: Document) -> Page:
        """The page of a document, as long as that lives."""
        page = _pages.get(document)
        if page is None:
            page = _pages[document] = cls(document.text, document.root, style_of(document))
        return page

    @cached_property
    def shared(self) -> frozenset[int]:
        """Ids of the nodes that aliases of the document stand for."""
        found: set[int] = set()
        stack: list[Node] = [self.root] if self.root else []
        while stack:
            node = stack.pop()
            if isinstance(node, Alias):
                found.add(id(node.target))
            elif isinstance(node, Mapping):
                stack += [each for pair in node.pairs for each in pair]
            elif isinstance(node, Sequence):
                stack += node.items
        return frozenset(found)

    def members(self, node: Mapping | Sequence) -> list[Member]:
        """All members of a collection."""
        found = self._members.get(id(node))
        if found is None:
            found = self._members[id(node)] = members(self.text, node)
        return found

    @cached_property
    def scalars(self) -> list[Span]:
        """The pieces of text in which a `#` begins no comment, in order."""
        return scalar_spans(self.text, self.root)


_pages: WeakKeyDictionary[Document, Page] = WeakKeyDictionary()
