"""Which claims can be bound to volumes made by hand, as Kubernetes' volume binder decides it.

The rules are those of kubernetes/component-helpers, storage/volume (FindMatchingVolume, IsVolumeBoundToClaim), and of
pkg/controller/volume/persistentvolume (checkVolumeSatisfyClaim).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from kafkalint.kafka.labels import PodLabels
from kafkalint.kafka.model import Setter, VolumeKind
from kafkalint.kafka.persistent_volumes import PersistentVolume, persistent_volumes, quantity
from kafkalint.kafka.remembering import remembered
from kafkalint.kafka.storage_tiers import classify_by_name
from kafkalint.manifests.bundles import may_share_namespace
from kafkalint.manifests.resources import Route, dig, items

if TYPE_CHECKING:
    from kafkalint.kafka.model import Claim, KafkaCluster, KafkaModel, NodePool, Volume

NO_PROVISIONER = "kubernetes.io/no-provisioner"
MANY = 200
"""As many pods of a pool are looked at, and as many volumes are matched with them: nobody makes more by hand."""
# Names under which distributions bring a class with a provisioner, of which nothing more is known.
_DYNAMIC_NAMES = frozenset(("standard", "default", "hostpath"))
_DIGITS = "0123456789"
_MADE_BY_HAND = ("local", "hostPath", "nfs")


class Demand(NamedTuple):
    """A claim that will exist and needs a volume."""

    claim: Claim
    volume: Volume
    pool: NodePool
    name: str | None
    """None where the name cannot be foretold."""

    def is_named(self, name: str) -> bool:
        """Whether this may be its name; the numbers of a StatefulSet's pods are certain, an operator's are not."""
        if self.name is None or self.pool.workload == "StatefulSet" or self.volume.kind is VolumeKind.CLAIM:
            return name == self.name
        return name.rstrip(_DIGITS) == self.name.rstrip(_DIGITS)


class Misfit(NamedTuple):
    """Why a volume cannot be bound to a claim: the value of the volume, and what is wrong with it in words."""

    route: Route
    text: str


def demands(cluster: KafkaCluster) -> Iterator[Demand]:
    """The claims of a cluster's pods, as far as the input tells how many there are and what they ask for."""
    named: set[int] = set()
    for pool in cluster.nodes:
        for volume in pool.volumes:
            claim = volume.claim
            if claim is None:
                continue
            if volume.kind is VolumeKind.CLAIM_TEMPLATE:
                names = [f"{volume.name}-{pod}" for pod in pool.pod_names]
                for index in range(min(pool.replicas.value or 0, MANY)):
                    yield Demand(claim, volume, pool, names[index] if index < len(names) else None)
            elif volume.kind is VolumeKind.CLAIM and claim.resource is not None and id(claim.resource) not in named:
                named.add(id(claim.resource))
                yield Demand(claim, volume, pool, claim.name)


def is_static(claim: Claim, model: KafkaModel) -> bool | None:
    """Whether only volumes made by hand can serve a claim; None where the input does not say.

    A class that is no object of the input and no distribution's own, and of which there are directories or exports
    among the PersistentVolumes, is taken for one that exists in name only; disks of a cloud may have been adopted.
    """
    if claim.storage_class.by is Setter.UNKNOWN or claim.storage_class.value is None:
        return None
    name = claim.storage_class.value
    if not name:
        return True
    resource = model.bundle.find("storage.k8s.io", "StorageClass", name)
    if resource is not None:
        return resource.text("provisioner") == NO_PROVISIONER
    if name in _DYNAMIC_NAMES or classify_by_name(name) is not None or name in model.storage_classes:
        return None
    made = [volume for volume in persistent_volumes(model) if volume.storage_class == name]
    return True if any(volume.source in _MADE_BY_HAND for volume in made) else None


def reserved(volume: PersistentVolume, demand: Demand) -> bool:
    """Whether claim and volume name each other: the claim by `volumeName`, or the volume by `claimRef`."""
    if demand.claim.volume_name is not None:
        return demand.claim.volume_name == volume.name
    if volume.claim is None or demand.name is None:
        return False
    namespace, name = volume.claim
    return demand.is_named(name) and may_share_namespace(namespace, demand.pool.namespace)


def misfits(volume: PersistentVolume, demand: Demand) -> Iterator[Misfit]:
    """All that keeps a volume from being bound to a claim; nothing where it fits."""
    claim = demand.claim
    if claim.volume_name is not None and claim.volume_name != volume.name:
        yield Misfit((), f"is not {claim.volume_name}, which the claim names")
    yield from _wrong_claim(volume, demand)
    wanted_class = claim.storage_class.value or ""
    if claim.storage_class.known and volume.storage_class != wanted_class and not _kept_for(volume, demand):
        found = f"class {volume.storage_class}" if volume.storage_class else "no class"
        yield Misfit(("spec", "storageClassName"), f"has {found} and not {wanted_class or 'none'}")
    wanted, capacity = quantity(claim.size.value), volume.capacity
    if wanted is not None and capacity is not None and capacity < wanted:
        stated = volume.resource.get("spec", "capacity", "storage")
        yield Misfit(("spec", "capacity", "storage"), f"holds {stated} and not {claim.size.value}")
    lacking = [mode for mode in claim.access_modes.value or () if mode not in volume.access_modes]
    if claim.access_modes.known and lacking:
        yield Misfit(("spec", "accessModes"), f"does not offer {lacking[0]}")
    yield from _wrong_mode(volume, claim)
    labels = PodLabels.parse(volume.resource.get("metadata", "labels"))
    if claim.selector is not None and claim.selector.matches(labels) is False:
        yield Misfit(("metadata", "labels"), f"does not carry the labels {claim.selector}")


def _kept_for(volume: PersistentVolume, demand: Demand) -> bool:
    """Whether the volume names the claim: the binder then does not compare classes."""
    return volume.claim is not None and demand.claim.volume_name is None and reserved(volume, demand)


def _wrong_claim(volume: PersistentVolume, demand: Demand) -> Iterator[Misfit]:
    if volume.claim is None:
        return
    namespace, name = volume.claim
    if demand.name is not None and not demand.is_named(name):
        yield Misfit(("spec", "claimRef", "name"), f"is kept for claim {name} and not {demand.name}")
    elif not may_share_namespace(namespace, demand.pool.namespace):
        wanted = f"claim {name} of namespace {namespace} and not {demand.pool.namespace}"
        yield Misfit(("spec", "claimRef", "namespace"), f"is kept for {wanted}")


def _wrong_mode(volume: PersistentVolume, claim: Claim) -> Iterator[Misfit]:
    wanted = claim.place.child("spec", "volumeMode").value or "Filesystem"
    found = volume.spec.get("volumeMode") or "Filesystem"
    if wanted != found:
        yield Misfit(("spec", "volumeMode"), f"is of volume mode {found} and not {wanted}")


@remembered
def classes_of_others(cluster: KafkaCluster, model: KafkaModel) -> frozenset[str]:
    """Classes that claims of the input name which are not this cluster's: a volume of such a class may be for them."""
    own = {id(pool.resource) for pool in cluster.nodes}
    own |= {id(demand.claim.resource) for demand in demands(cluster)}
    return frozenset(name for name, owners in _claimed_classes(model).items() if not owners <= own)


@remembered
def _claimed_classes(model: KafkaModel) -> dict[str, set[int]]:
    """Classes that claims of the input name, each with the ids of the objects that do."""
    found: dict[str, set[int]] = defaultdict(set)
    for claim in model.bundle.of("", "PersistentVolumeClaim"):
        found[claim.text("spec", "storageClassName")].add(id(claim))
    for workload in model.bundle.of("apps", "StatefulSet"):
        for template in items(workload.get("spec", "volumeClaimTemplates")):
            found[str(dig(template, "spec", "storageClassName") or "")].add(id(workload))
    return found


def bind(wanted: Sequence[Demand], volumes: Sequence[PersistentVolume]) -> dict[int, int]:
    """The best that the binder could do: a volume's index for as many claims' indices as possible."""
    fitting = [[v for v, volume in enumerate(volumes) if not any(misfits(volume, demand))] for demand in wanted]
    taken: dict[int, int] = {}

    def place(demand: int, tried: set[int]) -> bool:
        for volume in fitting[demand]:
            if volume not in tried:
                tried.add(volume)
                if volume not in taken or place(taken[volume], tried):
                    taken[volume] = demand
                    return True
        return False

    for demand in range(len(wanted)):
        place(demand, set())
    return {demand: volume for volume, demand in taken.items()}


def volumes_behind(volume: Volume, pool: NodePool, model: KafkaModel) -> list[PersistentVolume]:
    """The volumes of the input that a pod's volume will certainly lie on.

    Those that name the claim, or that it names; else all that fit, where no provisioner could bring another.
    """
    claim = volume.claim
    if claim is None or volume.kind not in (VolumeKind.CLAIM, VolumeKind.CLAIM_TEMPLATE):
        return []
    names: list[str | None] = [f"{volume.name}-{pod}" for pod in pool.pod_names[:MANY]]
    if volume.kind is VolumeKind.CLAIM:
        names = [claim.name]
    wanted = [Demand(claim, volume, pool, name) for name in names or [None]]
    every = list(persistent_volumes(model))
    named = [each for each in every if any(reserved(each, demand) for demand in wanted)]
    if named or not is_static(claim, model):
        return named
    return [each for each in every if not all(any(misfits(each, demand)) for demand in wanted)]


class Near(NamedTuple):
    """A volume that nothing can bind, and what keeps it from the claim that it comes closest to."""

    volume: PersistentVolume
    demand: Demand
    misfit: Misfit


def is_bound_by_hand(demand: Demand, volumes: Sequence[PersistentVolume], model: KafkaModel) -> bool:
    """Whether a claim can be bound to volumes of the input only."""
    if demand.claim.volume_name is not None:
        return any(reserved(volume, demand) for volume in volumes)
    return bool(is_static(demand.claim, model))


def is_meant(
    volume: PersistentVolume, wanted: Sequence[Demand], static: Sequence[Demand], shared: frozenset[str]
) -> bool:
    """Whether a volume was made for this cluster: it and a claim name each other, or share a class of their own."""
    if any(reserved(volume, demand) for demand in wanted):
        return True
    classes = {demand.claim.storage_class.value for demand in static if demand.claim.volume_name is None}
    if volume.storage_class not in classes - shared:
        return False
    return volume.claim is None or any(demand.pool.name in volume.claim[1] for demand in static)


def nearest(left: Sequence[Demand], spare: Sequence[PersistentVolume]) -> list[Near]:
    """What keeps each spare volume from the claim that it comes closest to, the closest first."""
    near: list[tuple[int, Near]] = []
    for volume in spare:
        reasons = [(list(misfits(volume, demand)), demand) for demand in left]
        found, demand = min(reasons, key=lambda each: len(each[0]), default=([], None))
        if demand is not None and found and found[0].route:
            near.append((len(found), Near(volume, demand, found[0])))
    return [each for _, each in sorted(near, key=lambda pair: pair[0])]
