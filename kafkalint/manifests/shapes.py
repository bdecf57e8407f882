"""Values of any shape, read as what they should be."""

from __future__ import annotations

from typing import Any


def dig(value: Any, *route: str | int) -> Any:
    """The value at a route in JSON-like data; None where it is absent, null or of another shape."""
    for step in route:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and -len(value) <= step < len(value):
            value = value[step]
        else:
            return None
    return value


def items(value: Any) -> list[Any]:
    """A list as it is; anything else as no items."""
    return value if isinstance(value, list) else []


def mapping(value: object) -> dict[str, Any]:
    """A mapping as it is; anything else as an empty one."""
    return value if isinstance(value, dict) else {}


def string_map(value: Any) -> dict[str, str]:
    """The string-valued entries of a mapping; anything else as none."""
    if not isinstance(value, dict):
        return {}
    return {key: text for key, text in value.items() if isinstance(text, str)}


def text(value: object) -> str | None:
    """A string that is not empty; None for anything else."""
    return value if isinstance(value, str) and value else None


def whole(value: object) -> int | None:
    """A whole number; None for anything else, booleans included."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None
