"""Origins: where the user would change what a rendering holds."""

from __future__ import annotations

from kafkalint.manifests.resources import Place
from kafkalint.manifests.traced import TextPlace, Traced, stated_origin


def trace(place: Place | TextPlace) -> Traced:
    """Where a place is to be shown: as it is, or in the file that its object was rendered from."""
    source, value = place.source, place if isinstance(place, Place) else None
    if source.rendered_by is None and (value is None or stated_origin(value.resource) is None):
        return Traced(source.name, source.text, place.span(), place=value)
    from kafkalint.manifests.origin.tracing import trace_rendered  # noqa: PLC0415 - most input is no rendering

    return trace_rendered(place)
