"""Files that fixes make."""

from __future__ import annotations

from typing import NamedTuple


class NewFile(NamedTuple):
    """A file that is to be made."""

    name: str
    """As reports would name it."""
    content: str
    working_directory: str
