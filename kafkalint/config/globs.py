"""Patterns over paths and objects, as config writes them."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import NamedTuple

from kafkalint.manifests.globs import matches
from kafkalint.manifests.resources import Resource

_WILD = re.compile(r"[*?]")


class PathGlob(NamedTuple):
    """Files below the folder of the config, in the notation of `kafkalint.manifests.globs`."""

    pattern: str

    @property
    def exact(self) -> bool:
        """Whether it can only ever mean one file: a name with a suffix and no wildcard."""
        return "." in self.pattern.rpartition("/")[2].lstrip(".") and not _WILD.search(self.pattern)

    def matches(self, path: str) -> bool:
        """Whether it means this file, given relative to the folder of the config."""
        return matches(self.pattern, path)


class ResourceGlob(NamedTuple):
    """Objects by `Kind/name` or `Kind/namespace/name`, with wildcards; `*` alone meets an unstated namespace."""

    kind: str
    namespace: str | None
    name: str

    @classmethod
    def parse(cls, text: str) -> ResourceGlob | None:
        """Read a pattern; None if it has not two or three parts."""
        parts = text.split("/")
        if len(parts) not in (2, 3) or not all(parts):
            return None
        return cls(parts[0], parts[1] if len(parts) == 3 else None, parts[-1])

    def matches(self, resource: Resource) -> bool:
        """Whether it means this object."""
        if not (fnmatchcase(resource.kind, self.kind) and fnmatchcase(resource.name, self.name)):
            return False
        return self.namespace is None or fnmatchcase(resource.namespace or "", self.namespace)
