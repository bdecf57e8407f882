"""Volumes of a component: one claim for each pod and volume, and what the resource mounts besides."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kafkalint.kafka.model import (
    Claim,
    Config,
    Container,
    DataDirectory,
    Holds,
    Mount,
    PodTemplate,
    Setter,
    Setting,
    Volume,
    VolumeKind,
)
from kafkalint.kafka.pods import mount_above, mounts, volumes
from kafkalint.manifests.shapes import mapping
from kafkalint_flavours.confluent.fields import CONTROLLER, KAFKA, ZOOKEEPER
from kafkalint_flavours.confluent.overrides import LOG_DIRS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kafkalint.manifests.bundles import Bundle
    from kafkalint.manifests.resources import Place, Resource


class _Made(NamedTuple):
    """A volume that the operator makes."""

    name: str
    mounted_at: str
    holds: Holds
    path: str
    size: str
    """The field of the resource that says how large it is."""


# Claims `data0-kafka-0`, `data-zookeeper-0`, `txnlog-zookeeper-0`: listings of what the operator made. ZooKeeper keeps
# its files in `version-2` below the two mounts, Kafka in `logs` (its log at start; kraft/dynamic-quorum).
_MADE: dict[str, tuple[_Made, ...]] = {
    KAFKA: (_Made("data0", "/mnt/data/data0", Holds.LOGS, LOG_DIRS, "dataVolumeCapacity"),),
    CONTROLLER: (_Made("data0", "/mnt/data/data0", Holds.METADATA, LOG_DIRS, "dataVolumeCapacity"),),
    ZOOKEEPER: (
        _Made("data", "/mnt/data/data", Holds.ZOOKEEPER, "/mnt/data/data", "dataVolumeCapacity"),
        _Made("txnlog", "/mnt/data/txnlog", Holds.ZOOKEEPER_LOG, "/mnt/data/txnlog", "logVolumeCapacity"),
    ),
}


class Storage(NamedTuple):
    """The volumes of a component's pods, where they are mounted, and the data directories on them."""

    volumes: tuple[Volume, ...]
    mounts: tuple[Mount, ...]
    data: tuple[DataDirectory, ...]


def storage_of(resource: Resource, template: PodTemplate, config: Config, bundle: Bundle) -> Storage:
    """The storage of a component."""
    made = _MADE.get(resource.kind, ())
    # The routes of the written volumes and mounts go on from `spec.mountedVolumes`.
    around = resource.place("spec", "mountedVolumes")
    extra = PodTemplate(template.labels, template.spec, around)
    found = (*(_volume(resource, each) for each in made), *volumes(resource, extra, bundle))
    own = (Mount(each.name, each.mounted_at, resource.place("spec", each.size)) for each in made)
    where = (*own, *mounts(Container("", "", mapping(around.value), around)))
    return Storage(found, where, tuple(_directories(resource, made, config, found, where)))


def claim_names(resource: Resource, pod_names: Sequence[str]) -> tuple[str, ...]:
    """Names of the claims that will exist."""
    return tuple(f"{each.name}-{pod}" for each in _MADE.get(resource.kind, ()) for pod in pod_names)


def _volume(resource: Resource, made: _Made) -> Volume:
    place = resource.place("spec", made.size)
    claim = Claim(
        name=made.name,
        place=place,
        storage_class=_storage_class(resource),
        access_modes=Setting(("ReadWriteOnce",), Setter.OPERATOR, place),
        size=_size(place),
    )
    return Volume(made.name, VolumeKind.CLAIM_TEMPLATE, place, claim)


def _size(place: Place) -> Setting[str]:
    value = place.value
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return Setting(None, Setter.UNKNOWN, place)
    return Setting(str(value), Setter.WRITTEN, place)


def _storage_class(resource: Resource) -> Setting[str]:
    """`storageClass.name`; "if not configured, it will use the default storage class" (CRD)."""
    place = resource.place("spec", "storageClass", "name")
    given = resource.get("spec", "storageClass")
    name = mapping(given).get("name")
    if isinstance(name, str):
        return Setting(name, Setter.WRITTEN, place)
    refused = name is not None or (given is not None and not isinstance(given, dict))
    return Setting(None, Setter.UNKNOWN if refused else Setter.KUBERNETES, place)


def _directories(
    resource: Resource, made: Sequence[_Made], config: Config, found: Sequence[Volume], where: Sequence[Mount]
) -> Iterator[DataDirectory]:
    for each in made:
        for path in _paths(resource, each, config):
            mount = mount_above(path.value, where) if path.value else None
            volume = next((volume for volume in found if mount and volume.name == mount.volume), None)
            yield DataDirectory(path, each.holds, mount, volume)


def _paths(resource: Resource, made: _Made, config: Config) -> Iterator[Setting[str]]:
    if made.path != LOG_DIRS:
        yield Setting(made.path, Setter.OPERATOR, resource.place("spec", made.size))
        return
    keys = ("metadata.log.dir", "log.dirs") if made.holds is Holds.METADATA else ("log.dirs",)
    written = next(config.entries[key] for key in keys if key in config.entries)
    for path in (written.value or "").split(","):
        if path.strip():
            yield Setting(path.strip(), written.by, written.place)
