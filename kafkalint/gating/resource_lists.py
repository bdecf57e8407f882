"""ResourceLists: how Kustomize and kpt give manifests to a function, and take them back with results.

The wire format is that of the KRM Functions Specification (kubernetes-sigs/kustomize,
cmd/config/docs/api-conventions/functions-spec.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from kafkalint.checking.fix import AppendItem, SetValue
from kafkalint.fixing.text.proof import prove
from kafkalint.fixing.text.writing import edits_of
from kafkalint.manifests.documents import Document, documents
from kafkalint.manifests.nodes import Mapping, content_of
from kafkalint.manifests.resources import Resource
from kafkalint.manifests.text import TextError, encode
from kafkalint.manifests.walking import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kafkalint.checking.fix import Operation
    from kafkalint.manifests.sources import Source

KIND = "ResourceList"
GROUP = "config.kubernetes.io"


class ResourceList(NamedTuple):
    """What a function is given: objects, and how it is to go about them."""

    wrapper: Resource
    """The list itself as an object, of which the items are a value."""

    @property
    def source(self) -> Source:
        """The text that it stands in."""
        return self.wrapper.document.source

    def with_results(self, results: Sequence[dict[str, Any]]) -> bytes:
        """The list as it was given, with these results behind those that it holds; the same bytes where there are none.

        Raises Refusal where the text is such that nothing can be written into it.
        """
        if not results:
            return self.source.data
        place = self.wrapper.place("results")
        operations: list[Operation] = [SetValue(place, list(results))]
        if self.wrapper.get("results"):
            operations = [AppendItem(place, result) for result in results]
        text = prove(self.source, edits_of(operations), operations, thorough=False)
        return encode(text, self.source.data)


def resource_list(source: Source) -> ResourceList | None:
    """The ResourceList that a text is, None where it is other manifests; raises UsageError where it is both."""
    try:
        found = list(documents(source)) if KIND in source.text.content else []
    except TextError:
        return None
    wrappers = [wrapper for document in found if (wrapper := _wrapper(document))]
    if not wrappers:
        return None
    if len(found) > 1:
        raise UsageError(f"a {KIND} among {len(found)} documents: a function is given one, and nothing beside it")
    return ResourceList(wrappers[0])


def _wrapper(document: Document) -> Resource | None:
    root = content_of(document.root) if document.root is not None else None
    if not isinstance(root, Mapping):
        return None
    resource = Resource(document, root)
    return resource if resource.kind == KIND and resource.group == GROUP else None
