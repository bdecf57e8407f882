"""Which template the operator follows: a pool's own, or the one of its cluster (`KafkaPool.processTemplate`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kafkalint.kafka.model import ShadowedTemplate
from kafkalint.manifests.resources import Place
from kafkalint.manifests.shapes import mapping
from kafkalint_flavours.strimzi.operators import V1

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kafkalint.kafka.versions import Version

# KafkaNodePoolTemplate: what a pool's template can say at all.
_PROPERTIES: Final = (
    "pod",
    "kafkaContainer",
    "initContainer",
    "podSet",
    "perPodService",
    "perPodRoute",
    "perPodIngress",
    "persistentVolumeClaim",
)


class Part(NamedTuple):
    """One property of a template as it takes effect."""

    data: Mapping[str, Any]
    place: Place
    """Where it is written, or would have to be written to take effect and hide nothing."""


class Templates(NamedTuple):
    """The template of a pool and, if it has one, the template of its cluster."""

    own: Place
    shared: Place | None
    version: Version
    oldest: Version
    """The oldest release that may read them."""

    def part(self, name: str) -> Part:
        """A property as the operator sees it.

        Since 0.49 a pool's property hides its cluster's, up to 0.48 a pool's template hides all of its cluster's. What
        is written nowhere belongs to the pool, which is the smallest scope, except where a template of the pool may
        hide the cluster's (up to 0.48).
        """
        own, shared = self.own.value, self.shared.value if self.shared else None
        if mapping(own).get(name) is not None:
            return Part(mapping(mapping(own)[name]), self.own.child(name))
        if self.shared is None or (own is not None and not self._merges):
            return Part({}, self.own.child(name))
        if mapping(shared).get(name) is not None:
            return Part(mapping(mapping(shared)[name]), self.shared.child(name))
        wins = self.oldest >= V1 or not mapping(shared)
        return Part({}, (self.own if wins else self.shared).child(name))

    def shadows(self) -> Iterator[ShadowedTemplate]:
        """What of the cluster's template the pool's hides and does not set itself."""
        own, shared = self.own.value, mapping(self.shared.value) if self.shared else {}
        if own is None or self.shared is None:
            return
        if self._merges:
            for name in _PROPERTIES:
                lost = tuple(_lost(mapping(own).get(name), shared.get(name)))
                if mapping(own).get(name) is not None and lost:
                    yield ShadowedTemplate(self.own.child(name), self.shared.child(name), lost)
            return
        lost = tuple(
            f"{name}.{field}" for name in _PROPERTIES for field in _lost(mapping(own).get(name), shared.get(name))
        )
        if lost:
            yield ShadowedTemplate(self.own, self.shared, lost)

    @property
    def _merges(self) -> bool:
        return self.version >= V1


def _lost(own: object, shared: object) -> Iterator[str]:
    """Fields of one property that are set there and not here; labels and annotations count one by one."""
    for name, value in mapping(shared).items():
        here = mapping(own).get(name)
        if name == "metadata":
            for kind, pairs in mapping(value).items():
                if any(key not in mapping(mapping(here).get(kind)) for key in mapping(pairs)):
                    yield f"metadata.{kind}"
        elif here is None and value not in (None, {}, []):
            yield name
