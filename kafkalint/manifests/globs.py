"""Globs over names with `/`: `*` and `?` stay in a folder, `**` crosses folders, a folder means all that is in it."""

from __future__ import annotations

import re
from functools import lru_cache


def matches(pattern: str, name: str) -> bool:
    """Whether a name, or a folder above it, is what the pattern says."""
    return _compiled(pattern).match(name) is not None


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    pattern = pattern.removeprefix("./").rstrip("/")
    if pattern in ("", "."):
        return re.compile("")
    # Runs of stars say no more than two do, and a regex would try each of them against each of the others.
    pattern = re.sub(r"\*{3,}", "**", pattern)
    pattern = re.sub(r"(?:\*\*/)+", "**/", pattern)
    return re.compile("".join(_pieces(pattern)) + r"(?:/.*)?\Z", re.DOTALL)


def _pieces(pattern: str) -> list[str]:
    wild = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return [wild.get(token) or re.escape(token) for token in re.findall(r"\*\*/|\*\*|\*|\?|[^*?]+", pattern)]
