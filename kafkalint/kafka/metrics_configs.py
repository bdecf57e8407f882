"""References of metrics configuration that lead nowhere, and the ConfigMap that each must have meant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from kafkalint.manifests.bundles import may_share_namespace

if TYPE_CHECKING:
    from kafkalint.kafka.model import KafkaModel, MetricsReference
    from kafkalint.manifests.resources import Resource

# Ten letters and digits of Kustomize's own (kyaml, `hasher.encode`), cut short by some.
_HASH = re.compile(r"-(?=[a-z]*[0-9])[bcdfghkmt2456789]{5,10}")
_ALIKE = 0.85


class Dangling(NamedTuple):
    """A reference whose ConfigMap, or the key in it, is not there."""

    reference: MetricsReference
    found: Resource | None
    """The ConfigMap, where only the key is missing."""
    meant: Resource | None = None
    """The ConfigMap that was probably meant, where the named one is missing."""

    @property
    def holder(self) -> str:
        """The object with the reference, as messages name it."""
        resource = self.reference.place.resource
        return f"{resource.kind} {resource.name}"

    @property
    def hashed(self) -> bool:
        """Whether the one that was meant has the name, with the hash that Kustomize gives to what it generates."""
        return self.meant is not None and _adds_hash(self.reference.config_map, self.meant.name)


def dangling(model: KafkaModel) -> Iterator[Dangling]:
    """References that lead nowhere, once each.

    One to a ConfigMap that is not in the input counts only where it must be among these manifests: another was meant,
    or the configuration of other components of the namespace is here.
    """
    references = [*model.metrics_references, *(one for each in model.clusters for one in each.metrics_references)]
    reported: set[tuple[object, ...]] = set()
    for reference in references:
        key = reference.place.resource, reference.place.route, reference.config_map, reference.key
        if reference.place.resource not in model.bundle.primary or reference.optional or key in reported:
            continue
        reported.add(key)
        found = model.bundle.find("", "ConfigMap", reference.config_map, reference.namespace)
        if found is None:
            meant = _meant(reference, references, model)
            if meant is not None or _has_siblings(reference, references, model):
                yield Dangling(reference, None, meant)
        elif reference.key is not None and reference.key not in keys_of(found):
            yield Dangling(reference, found)


def keys_of(config_map: Resource) -> set[str]:
    """The keys that a ConfigMap holds, as text or as bytes."""
    held = [config_map.get(field) for field in ("data", "binaryData")]
    return {key for data in held if isinstance(data, dict) for key in data}


def _meant(reference: MetricsReference, references: list[MetricsReference], model: KafkaModel) -> Resource | None:
    """A ConfigMap that nobody else's metrics come from and that must have been meant: by its name, or by its key."""
    taken = {one.config_map for one in references}
    for candidate in model.bundle.of("", "ConfigMap"):
        if candidate.name in taken or not may_share_namespace(candidate.namespace, reference.namespace):
            continue
        if _is_near(reference.config_map, candidate.name) and _may_hold(reference, candidate):
            return candidate
        if reference.key is not None and len(reference.key) > 8 and reference.key in keys_of(candidate):
            return candidate
    return None


def _may_hold(reference: MetricsReference, candidate: Resource) -> bool:
    return reference.key is None or reference.key in keys_of(candidate) or len(keys_of(candidate)) == 1


def _is_near(wanted: str, found: str) -> bool:
    if _adds_hash(wanted, found):
        return True
    if found.endswith(f"-{wanted}") or found.startswith((f"{wanted}-", f"{wanted}.")):
        return True
    if len(wanted) >= 100 or len(found) >= 100:
        return False
    from difflib import SequenceMatcher  # noqa: PLC0415 - only a name that leads nowhere pays for it

    return SequenceMatcher(None, wanted, found).ratio() >= _ALIKE


def _has_siblings(reference: MetricsReference, references: list[MetricsReference], model: KafkaModel) -> bool:
    """Whether the metrics configuration of another component of this namespace is in the input."""
    return any(
        one.config_map != reference.config_map
        and may_share_namespace(one.namespace, reference.namespace)
        and model.bundle.find("", "ConfigMap", one.config_map, one.namespace) is not None
        for one in references
    )


def _adds_hash(wanted: str, found: str) -> bool:
    return found.startswith(wanted) and _HASH.fullmatch(found[len(wanted) :]) is not None
