"""What a kustomization names that is not on this disk: kafkalint fetches nothing, so such a one is not rendered."""

from __future__ import annotations

import os
import re
from typing import NamedTuple

# As kustomize tells them (api/internal/git/repospec.go): a scheme, a user, or GitHub's name. It clones what `file://`
# names too, with an argument for git that is taken from the address.
_REPOSITORY = re.compile(
    r"(?:git::)?(?:(?:https?|ssh|file)://|(?:[a-z][a-z0-9-]*@[^/:]+|github\.com)[/:].*(?:/|\.git))", re.IGNORECASE
)
_URL = re.compile(r"https?:", re.IGNORECASE)
_ANYWHERE = re.compile(rb"[a-z][a-z0-9+.-]*://[^\s\"']*", re.IGNORECASE)
_CREDENTIALS = re.compile(r"(?<=://)[^/@]*@")


class Remote(NamedTuple):
    """Something that would have to be fetched, and where it is named."""

    file: str
    """Absolute path."""
    line: int
    reference: str
    """As written, without a password."""


def is_repository(reference: str, folder: str) -> bool:
    """Whether Kustomize takes this, named in this folder, for an address: of a file, or of what Git would clone."""
    return _REPOSITORY.match(reference) is not None and not _is_file(folder, reference)


def is_url(reference: str) -> bool:
    """Whether Kustomize would get a file from there."""
    return _URL.match(reference) is not None


def address_in(data: bytes) -> bytes | None:
    """The first address in these bytes, wherever it stands."""
    found = _ANYWHERE.search(data)
    return found.group() if found else None


def shown(reference: str) -> str:
    """An address without its password."""
    return _CREDENTIALS.sub("", reference)


def _is_file(folder: str, reference: str) -> bool:
    """Whether this is a file, which kustomize prefers to a repository."""
    return not is_url(reference) and "\0" not in reference and os.path.isfile(os.path.join(folder, reference))
