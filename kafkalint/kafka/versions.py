"""Version numbers as images, custom resources and feature gates write them."""

from __future__ import annotations

import re
from typing import NamedTuple

_DOTTED = r"[vV]?(\d{1,6})\.(\d{1,6})(?:\.(\d{1,6}))?(?!\d)"


class Version(NamedTuple):
    """A release as three numbers, so that `version >= Version(4, 0)` asks a gate."""

    major: int
    minor: int = 0
    patch: int = 0

    @classmethod
    def parse(cls, text: object) -> Version | None:
        """Read the numbers that a text begins with; what follows them (`-debian-12-r10`, `-IV0`, `.Final`) is ignored.

        At least `major.minor` is asked for: a bare `3` is a tag that moves, and `latest` is none at all.
        """
        if not isinstance(text, str):
            return None
        found = re.match(_DOTTED, text.strip(), re.ASCII)
        if found is None:
            return None
        major, minor, patch = found.groups()
        return cls(int(major), int(minor), int(patch or 0))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"
