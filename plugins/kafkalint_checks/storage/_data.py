"""What several storage checks ask about data directories: what they lie on, and what they were meant to lie on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from kafkalint.kafka.model import Holds, Setter, VolumeKind

if TYPE_CHECKING:
    from kafkalint.kafka.model import DataDirectory, KafkaCluster, Mount, NodePool, Volume

PERISHABLE = (VolumeKind.EMPTY_DIR, VolumeKind.EPHEMERAL_CLAIM)
"""Volumes that go with their pod."""

_LASTING = (VolumeKind.CLAIM_TEMPLATE, VolumeKind.CLAIM, VolumeKind.HOST_PATH, VolumeKind.NETWORK)
_NOT_FOR_DATA = ("/etc", "/var/log", "/var/run", "/run", "/proc", "/sys", "/dev", "/usr", "/opt/bitnami/kafka/logs")
_WORDS = {
    Holds.LOGS: "logs",
    Holds.METADATA: "metadata",
    Holds.ZOOKEEPER: "data",
    Holds.ZOOKEEPER_LOG: "transaction log",
}


def nodes(pool: NodePool, *, article: bool = True) -> str:
    """The pool's nodes in words: `the brokers of StatefulSet kafka`."""
    role = next(iter(pool.roles)).value if len(pool.roles) == 1 else "node"
    return f"{'the ' if article else ''}{role}s of {pool.title}"


def what(directories: Iterable[DataDirectory]) -> str:
    """What lies in directories, and where: `logs (/a, /b)`; an operator's own paths say nothing to its users."""
    found = list(directories)
    words = list(dict.fromkeys(_WORDS[directory.holds] for directory in found))
    chosen = [directory.path.value or "" for directory in found if directory.path.by is not Setter.OPERATOR]
    paths = ", ".join(dict.fromkeys(chosen))
    return f"{' and '.join(words)}{f' ({paths})' if paths else ''}"


def inhabited(cluster: KafkaCluster) -> Iterator[NodePool]:
    """Pools that have pods, or may have: one that is scaled to nothing loses nothing."""
    return (pool for pool in cluster.nodes if pool.replicas.value != 0)


def data_volumes(pool: NodePool, *kinds: VolumeKind) -> Iterator[tuple[Volume, list[DataDirectory]]]:
    """Volumes of these kinds that hold data, each with what it holds."""
    found: dict[str, tuple[Volume, list[DataDirectory]]] = {}
    for directory in pool.data:
        volume = directory.volume
        if volume is not None and volume.kind in kinds:
            found.setdefault(volume.name, (volume, []))[1].append(directory)
    yield from found.values()


def on_the_container_layer(directory: DataDirectory, pool: NodePool) -> bool:
    """Whether a directory certainly lies on no volume at all."""
    return directory.path.value is not None and directory.mount is None and pool.template.complete


def meant_mount(directory: DataDirectory, pool: NodePool) -> Mount | None:
    """The lasting volume's mount that a directory, which does not last, was probably meant to lie on."""
    return next(iter(meant_mounts(directory, pool)), None)


def meant_mounts(directory: DataDirectory, pool: NodePool) -> list[Mount]:
    """Mounts of lasting volumes that a directory, which does not last, may have been meant to lie on.

    A directory that someone put on an emptyDir was meant for another volume only if that one holds nothing else.
    """
    kinds = {volume.name: volume.kind for volume in pool.volumes}
    lasting = [mount for mount in pool.mounts if kinds.get(mount.volume) in _LASTING and _may_hold_data(mount)]
    used = {other.volume.name for other in pool.data if other.volume is not None}
    idle = [mount for mount in lasting if mount.volume not in used]
    return idle if directory.volume is not None else idle or lasting


def _may_hold_data(mount: Mount) -> bool:
    return not any(mount.path == path or mount.path.startswith(f"{path}/") for path in _NOT_FOR_DATA)
