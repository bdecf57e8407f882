"""What Kustomize's annotation says of where an object comes from (kustomize, `api/resource/origin.go`)."""

from __future__ import annotations

from typing import Any

from kafkalint.manifests.composer import ComposeError, compose
from kafkalint.manifests.scalars import plain
from kafkalint.manifests.shapes import dig


def origin_data(annotation: str) -> Any:
    """What an origin annotation says, as data."""
    try:
        root = compose(annotation)
    except ComposeError:
        return None
    return plain(root) if root is not None else None


def origin_file(annotation: str) -> str | None:
    """The local file that an origin annotation names: the object's own, or the kustomization that generates it."""
    data = origin_data(annotation)
    named = dig(data, "path") or dig(data, "configuredIn")
    return named if isinstance(named, str) and not dig(data, "repo") else None


def origin_text(annotation: str) -> str | None:
    """An origin annotation in one line, for what lies in another repository or somebody else's build."""
    data = origin_data(annotation)
    named = dig(data, "path") or dig(data, "configuredIn")
    if not isinstance(named, str):
        return None
    repo, ref = dig(data, "repo"), dig(data, "ref")
    return f"{repo}/{named}{f'@{ref}' if ref else ''}" if isinstance(repo, str) else named
