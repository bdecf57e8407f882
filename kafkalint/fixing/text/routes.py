"""Routes counted from the root of a document."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kafkalint.manifests.resources import Place, Route


def document_route(place: Place) -> Route:
    """A place's route from the root of its document: an item of a `List` does not begin there."""
    return (*place.resource.at, *place.route)
