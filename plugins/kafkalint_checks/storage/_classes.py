"""The storage classes that data lies on: which claims are of which class, and how a finding speaks of a class."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from kafkalint.checking.finding import Related
from kafkalint.kafka.model import VolumeKind
from kafkalint.kafka.persistent_volumes import persistent_volumes
from kafkalint.kafka.phrases import listed
from kafkalint.kafka.storage_tiers import StorageFacts
from kafkalint.kafka.volume_binding import volumes_behind
from kafkalint_checks.storage._data import data_volumes, nodes

if TYPE_CHECKING:
    from kafkalint.checking.check import Run
    from kafkalint.checking.finding import Finding
    from kafkalint.kafka.model import Claim, KafkaCluster, KafkaModel, NodePool, StorageClass, Volume
    from kafkalint.kafka.persistent_volumes import PersistentVolume
    from kafkalint.manifests.resources import Place, Resource

CLAIMS = (VolumeKind.CLAIM_TEMPLATE, VolumeKind.CLAIM)
"""Volumes whose claims outlive the pod; one that does not is ephemeral data, whatever its class."""

_NAMED = 3


class Use(NamedTuple):
    """A claim that holds data of a pool."""

    model: KafkaModel
    cluster: KafkaCluster
    pool: NodePool
    volume: Volume
    claim: Claim

    @property
    def behind(self) -> list[PersistentVolume]:
        """Volumes of the input that the data will lie on: these decide then, and not the class."""
        return volumes_behind(self.volume, self.pool, self.model)

    @property
    def may_be_bound(self) -> bool:
        """Whether volumes of the input will or may serve the claim: the binder looks at those of its class first."""
        name = self.claim.storage_class.value
        return bool(self.behind) or any(each.storage_class == name for each in persistent_volumes(self.model) if name)

    def certainly_on(self, fault: Callable[[PersistentVolume], bool]) -> list[PersistentVolume]:
        """Volumes with a fault that the data will lie on: kept for the claim, or some of those that fit if all have it.

        Those that are called like the claim or its pods come first: they are meant.
        """
        behind = self.behind
        found = [each for each in behind if fault(each)]
        kept = self.claim.volume_name is not None or all(each.claim is not None for each in behind)
        if not kept and len(found) < len(behind):
            return []
        words = (self.claim.name, self.pool.name)
        return sorted(found, key=lambda each: not any(word in each.name for word in words))


class UsedClass(NamedTuple):
    """A storage class, and the claims of it that hold data."""

    known: StorageClass
    uses: tuple[Use, ...]

    @property
    def title(self) -> str:
        """The class as messages name it."""
        return f"StorageClass {self.known.name}"

    @property
    def facts(self) -> StorageFacts:
        """What is known of it."""
        return self.known.facts or StorageFacts()

    @property
    def users(self) -> str:
        """The nodes that keep data on it, in words; the clusters, where there are several."""
        clusters = {id(use.cluster): use.cluster for use in self.uses}
        if len(clusters) == 1:
            return listed(_some([nodes(use.pool) for use in self.uses]))
        return f"the nodes of {listed(_some([cluster.title for cluster in clusters.values()]))}"

    @property
    def resource(self) -> Resource:
        """The class as an object of the input; only for one that is there."""
        if self.known.resource is None:
            raise ValueError(f"{self.title} is not in the input")
        return self.known.resource

    def parameter(self, name: str) -> Place:
        """Where a parameter stands, or would have to be written; drivers read their names in any case."""
        written = self.resource.get("parameters")
        keys = [key for key in written if key.lower() == name.lower()] if isinstance(written, dict) else []
        return self.resource.place("parameters", keys[0] if keys else name)

    @property
    def deciding(self) -> Place:
        """The parameter that decides how fast it is, or the provisioner."""
        name = self.facts.tier_parameter
        return self.parameter(name) if name else self.resource.place("provisioner")

    def told(self, finding: Finding) -> Finding:
        """A finding about the class with the claims that it concerns, and the cluster where it is only one."""
        names = {use.cluster.name for use in self.uses}
        places = {place: use for use in self.uses if (place := use.claim.storage_class.place) != finding.place}
        related = tuple(Related(place, f"the claims of {use.pool.title}") for place, use in places.items())
        return replace(finding, related=(*finding.related, *related), cluster=min(names) if len(names) == 1 else None)


def uses(model: KafkaModel) -> Iterator[Use]:
    """The claims that hold data of clusters, by pool."""
    for cluster in model.clusters:
        yield from _uses_in(cluster, model)


def _uses_in(cluster: KafkaCluster, model: KafkaModel) -> Iterator[Use]:
    for pool in cluster.nodes:
        if pool.replicas.value == 0:
            continue
        for volume, _ in data_volumes(pool, *CLAIMS):
            if volume.claim is not None:
                yield Use(model, cluster, pool, volume, volume.claim)


def classes_in(run: Run, *, bound: bool = False) -> list[UsedClass]:
    """The classes of data that are objects of the input, each once for all bundles that refer to it.

    Claims that volumes of the input may serve are left out, as the class does not make those, unless `bound` asks for
    them.
    """
    every = (use for model in run.models for use in uses(model))
    return _grouped(use for use in every if _class_object(use) is not None and (bound or not use.may_be_bound))


def classes_named(run: Run) -> Iterator[UsedClass]:
    """The classes of data of which the input holds no more than the name, by cluster.

    A name that is not rendered yet is none; unrendered-template says so.
    """
    for model in run.models:
        for cluster in model.clusters:
            of_cluster = (use for use in _uses_in(cluster, model) if _is_rendered(use))
            yield from _grouped(use for use in of_cluster if _class_object(use) is None and not use.may_be_bound)


def _is_rendered(use: Use) -> bool:
    return not set("${}<>") & set(use.claim.storage_class.value or "")


def _class_object(use: Use) -> Resource | None:
    known = use.model.storage_class(use.claim)
    return known.resource if known is not None else None


def _grouped(found: Iterable[Use]) -> list[UsedClass]:
    groups: dict[object, tuple[StorageClass, list[Use]]] = {}
    for use in found:
        known = use.model.storage_class(use.claim)
        if known is not None:
            key = known.name if known.resource is None else id(known.resource)
            groups.setdefault(key, (known, []))[1].append(use)
    return [UsedClass(known, tuple(members)) for known, members in groups.values()]


def _some(words: list[str]) -> list[str]:
    different = list(dict.fromkeys(words))
    if len(different) <= _NAMED + 1:
        return different
    return [*different[:_NAMED], f"{len(different) - _NAMED} more"]
