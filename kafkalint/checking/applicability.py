"""What may be done with a fix unasked."""

from __future__ import annotations

from enum import Enum


class Applicability(Enum):
    """What may be done with a fix unasked."""

    SAFE = "safe"
    """Keeps what the manifest means and mends what it says; applied by `--fix`."""
    NEW = "new"
    """Adds a resource and changes none; applied by `--fix`."""
    UNSAFE = "unsafe"
    """May change behaviour or roll pods: its owner has to want it; applied by `--unsafe-fixes`."""
    HINT = "hint"
    """Words only: the right value is not in the manifests."""
