"""Values of any shape, read as the field that they should be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kafkalint.manifests.resources import Place


def mapping(value: object) -> dict[str, Any]:
    """A mapping as it is; anything else as an empty one."""
    return value if isinstance(value, dict) else {}


def text(value: object) -> str | None:
    """A string that is not empty."""
    return value if isinstance(value, str) and value else None


def whole(value: object) -> int | None:
    """A whole number; booleans are none."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def written_at(place: Place) -> Any:
    """The value that stands at a place; None where nothing does."""
    return place.resource.get(*place.route)
