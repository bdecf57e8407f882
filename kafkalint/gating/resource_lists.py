"""ResourceLists: how Kustomize and kpt give manifests to a function, and take them back with results.

The wire format is that of the KRM Functions Specification (kubernetes-sigs/kustomize,
cmd/config/docs/api-conventions/functions-spec.md).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from kafkalint.checking.fix import AppendItem, SetValue
from kafkalint.fixing.text.proof import prove
from kafkalint.fixing.text.writing import edits_of
from kafkalint.manifests.documents import Document, documents
from kafkalint.manifests.nodes import Mapping, content_of
from kafkalint.manifests.resources import Resource, items
from kafkalint.manifests.text import TextError, encode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kafkalint.checking.fix import Operation
    from kafkalint.manifests.sources import Source

KIND = "ResourceList"
GROUP = "config.kubernetes.io"
_KIND = re.compile(rb"kind[\"']?\s*:\s*[\"']?ResourceList\b")


class ResourceList(NamedTuple):
    """What a function is given: objects, and how it is to go about them."""

    wrapper: Resource
    """The list itself as an object, of which the items are a value."""

    @property
    def source(self) -> Source:
        """The text that it stands in."""
        return self.wrapper.document.source

    @property
    def empty(self) -> bool:
        """Whether there is no object in it."""
        return not items(self.wrapper.get("items"))

    def with_results(self, results: Sequence[dict[str, Any]]) -> bytes:
        """The list as it was given, with these results behind those that it holds; the same bytes where there are none.

        Raises Refusal where the text is such that nothing can be written into it.
        """
        if not results:
            return self.source.data
        place = self.wrapper.place("results")
        there = self.wrapper.get("results")
        operations: list[Operation] = [SetValue(place, list(results))]
        if there:
            operations = [AppendItem(place, result) for result in results]
        text = prove(self.source, edits_of(operations), operations, thorough=False)
        return encode(text, self.source.data)


def resource_list(source: Source) -> ResourceList | None:
    """The ResourceList that a text is; None where it is any other manifests."""
    if not _KIND.search(source.data):
        return None
    try:
        found = list(documents(source))
    except TextError:
        return None
    wrapper = _wrapper(found[0]) if len(found) == 1 else None
    return ResourceList(wrapper) if wrapper else None


def _wrapper(document: Document) -> Resource | None:
    root = content_of(document.root) if document.root is not None else None
    if not isinstance(root, Mapping):
        return None
    resource = Resource(document, root)
    return resource if resource.kind == KIND and resource.group == GROUP else None
