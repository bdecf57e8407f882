"""What may be done with a fix unasked."""

from __future__ import annotations

from enum import Enum


class Applicability(Enum):
    """What may be done with a fix unasked."""

    SAFE = "safe"
    """Does what the manifest is there for, takes nothing away, may restart pods; applied by `--fix`."""
    NEW = "new"
    """Adds a resource and changes none; applied by `--fix`."""
    UNSAFE = "unsafe"
    """May change how Kafka runs, move its data or have objects made anew; applied by `--unsafe-fixes`."""
    HINT = "hint"
    """Words only: the right value is not in the manifests."""
