"""Flavours that are imported when a bundle holds something that they read: most bundles are of one flavour."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from kafkalint.kafka.flavours import Flavour, Reading

if TYPE_CHECKING:
    from kafkalint.kafka.model import Settings
    from kafkalint.manifests.bundles import Bundle
    from kafkalint.manifests.resources import Resource


class DeferredFlavour(NamedTuple):
    """A flavour by its name, what it reads, and how to come by it."""

    name: str
    reads: Callable[[Resource], bool]
    """Whether a resource is one without which the flavour finds nothing."""
    load: Callable[[], Flavour]

    def read(self, bundle: Bundle, settings: Settings) -> Reading:
        """What the flavour reads; nothing, and no import, where the bundle holds nothing for it."""
        if not any(map(self.reads, bundle.primary)) and not any(map(self.reads, bundle.context)):
            return Reading()
        return self.load().read(bundle, settings)
