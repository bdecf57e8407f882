"""Storage of pools: volumes, claims and data directories (`VolumeUtils`, `PersistentVolumeClaimUtils`)."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kafkalint.kafka.labels import Selector
from kafkalint.kafka.model import Claim, DataDirectory, Holds, Mount, Setter, Setting, Volume, VolumeKind
from kafkalint.manifests.resources import Place, dig, items
from kafkalint.manifests.shapes import mapping, text, whole
from kafkalint_flavours.strimzi.operators import KRAFT_ONLY

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kafkalint.kafka.versions import Version

KAFKA_MOUNT: Final = "/var/lib/kafka"
ZOOKEEPER_MOUNT: Final = "/var/lib/zookeeper"


class Disk(NamedTuple):
    """One volume of each node of a pool, and where it is mounted."""

    volume: Volume
    mount: Mount
    data: dict[str, Any]

    @property
    def persistent(self) -> bool:
        """Whether it outlives its pod."""
        return self.volume.claim is not None


class Storage(NamedTuple):
    """What a pool's nodes keep their data on; no disks where the storage is not written or of no known type."""

    disks: tuple[Disk, ...] = ()
    metadata: Disk | None = None
    """The disk that holds the KRaft metadata log."""
    deleted: tuple[Place, ...] = field(default=())
    """Where `deleteClaim: true` is written."""
    node: int = 0
    """The id of the first node, as an example: each keeps its logs in a directory that its id names."""

    @property
    def persistent(self) -> bool:
        """Whether any disk outlives its pod."""
        return any(disk.persistent for disk in self.disks)

    def claim_names(self, pods: Sequence[str]) -> tuple[str, ...]:
        """Names of the claims that will exist for pods of these names."""
        return tuple(f"{disk.volume.name}-{pod}" for disk in self.disks if disk.persistent for pod in pods)


def read_storage(place: Place, version: Version, mount: str = KAFKA_MOUNT, nodes: Sequence[int] = ()) -> Storage:
    """The storage written at a place, for nodes with these ids; ZooKeeper mounts its one volume by another path."""
    data = mapping(place.value)
    overridden = nodes if version < KRAFT_ONLY else ()
    if data.get("type") == "jbod":
        found = [
            _disk(_Written(f"data-{_id(entry)}", mapping(entry), place.child("volumes", index)), mount, overridden)
            for index, entry in enumerate(items(data.get("volumes")))
        ]
    else:
        found = [_disk(_Written("data", data, place), mount, overridden)]
    disks = tuple(disk for disk in found if disk is not None)
    deleted = tuple(
        disk.volume.place.child("deleteClaim")
        for disk in disks
        if disk.persistent and disk.data.get("deleteClaim") is True
    )
    return Storage(disks, _metadata(disks), deleted, min(nodes, default=0))


def directories(storage: Storage, *, logs: bool, metadata: bool, zookeeper: bool = False) -> Iterator[DataDirectory]:
    """Directories that hold data: on Kafka nodes a subdirectory of the mount for each node (`withLogDirs`)."""
    for disk in storage.disks:
        if zookeeper:
            yield _directory(disk, Holds.ZOOKEEPER, "data")
        if logs:
            yield _directory(disk, Holds.LOGS, f"kafka-log{storage.node}")
    if metadata and storage.metadata is not None:
        yield _directory(storage.metadata, Holds.METADATA, f"kafka-log{storage.node}")


class _Written(NamedTuple):
    name: str
    data: dict[str, Any]
    place: Place


def _directory(disk: Disk, holds: Holds, name: str) -> DataDirectory:
    path = Setting(f"{disk.mount.path}/{name}", Setter.OPERATOR, disk.volume.place)
    return DataDirectory(path, holds, disk.mount, disk.volume)


def _id(entry: object) -> str:
    number = whole(dig(entry, "id"))
    return "?" if number is None else str(number)


def _metadata(disks: Sequence[Disk]) -> Disk | None:
    """The first disk that is marked as shared, else the one with the lowest id (`VolumeUtils.kraftMetadataPath`)."""
    marked = [disk for disk in disks if disk.data.get("kraftMetadata") == "shared"]
    return min(marked[:1] or disks, key=lambda disk: whole(disk.data.get("id")) or 0, default=None)


def _disk(written: _Written, mount: str, overridden: Sequence[int]) -> Disk | None:
    name, data, place = written
    mounted = Mount(name, f"{mount}/{name}" if mount == KAFKA_MOUNT else mount, place)
    if data.get("type") == "ephemeral":
        limit = data.get("sizeLimit")
        source = {"name": name, "emptyDir": {} if limit is None else {"sizeLimit": limit}}
        return Disk(Volume(name, VolumeKind.EMPTY_DIR, place, None, source), mounted, data)
    if data.get("type") == "persistent-claim":
        return Disk(Volume(name, VolumeKind.CLAIM_TEMPLATE, place, _claim(written, overridden)), mounted, data)
    return None


def _claim(written: _Written, overridden: Sequence[int]) -> Claim:
    name, data, place = written
    size, stated = data.get("size"), place.child("size")
    return Claim(
        name=name,
        place=place,
        storage_class=_storage_class(data, place, overridden),
        access_modes=Setting(("ReadWriteOnce",), Setter.OPERATOR, place),
        size=Setting(str(size), Setter.WRITTEN, stated)
        if isinstance(size, str | int | float)
        else Setting(None, Setter.UNKNOWN, stated),
        selector=Selector.from_map(data.get("selector")),
    )


def _storage_class(data: dict[str, Any], place: Place, overridden: Sequence[int]) -> Setting[str]:
    """The class of the claims; up to 0.45 the one of the overrides where these name one for every node."""
    written = data.get("class")
    if isinstance(written, str):
        return Setting(written, Setter.WRITTEN, place.child("class"))
    named: dict[int, Setting[str]] = {}
    for index, entry in enumerate(items(data.get("overrides")) if overridden else ()):
        broker, name = whole(dig(entry, "broker")), text(dig(entry, "class"))
        if broker is not None and name is not None:
            named.setdefault(broker, Setting(name, Setter.WRITTEN, place.child("overrides", index, "class")))
    if overridden and all(node in named for node in overridden):
        return named[min(overridden)]
    return Setting(None, Setter.KUBERNETES, place.child("class"))
