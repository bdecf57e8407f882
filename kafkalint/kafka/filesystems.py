"""What the volumes of claims are formatted with, as far as classes, volumes and their names tell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kafkalint.kafka.model import Setter
from kafkalint.kafka.persistent_volumes import PersistentVolume, persistent_volumes
from kafkalint.kafka.storage_tiers import classify_persistent_volume
from kafkalint.kafka.volume_binding import Demand, misfits, volumes_behind
from kafkalint.manifests.resources import string_map

if TYPE_CHECKING:
    from kafkalint.kafka.model import KafkaModel, NodePool, Volume

_FILE_SERVICES = frozenset(("nfs", "efs", "cephfs", "glusterfs", "azurefile", "filestore", "smb", "cifs", "hostpath"))
_FILESYSTEM_KEYS = ("csi.storage.k8s.io/fstype", "fstype", "fs")


def filesystem(volume: Volume, pool: NodePool, model: KafkaModel) -> str | None:
    """What a claim is formatted with: `ext4`, `xfs` …, `directory` for what has no root of its own; None: unknown."""
    behind = volumes_behind(volume, pool, model) or _likely(volume, pool, model)
    if behind:
        return _of_volume(behind[0])
    known = model.storage_class(volume.claim) if volume.claim is not None else None
    if known is None:
        return None
    facts = known.facts
    if facts is not None and (facts.network_filesystem or (facts.node_local and not facts.capacity_enforced)):
        return "directory"
    if known.resource is not None:
        return _written_filesystem(known.resource.get("parameters"))
    return _suggested(known.name) if facts is None else None


def _suggested(class_name: str) -> str | None:
    """What the name of a class that nothing else is known of suggests: `managed-nfs-storage`."""
    words = set(re.split(r"[^a-z0-9]+", class_name.lower()))
    if words & _FILE_SERVICES:
        return "directory"
    return "xfs" if "xfs" in words else None


def _likely(volume: Volume, pool: NodePool, model: KafkaModel) -> list[PersistentVolume]:
    """The volumes that fit a claim without a class: where the cluster has no default class, it gets one of these."""
    if volume.claim is None or volume.claim.storage_class.by is not Setter.KUBERNETES:
        return []
    demand = Demand(volume.claim, volume, pool, None)
    return [each for each in persistent_volumes(model) if not any(misfits(each, demand))]


def _of_volume(volume: PersistentVolume) -> str | None:
    facts = classify_persistent_volume(volume.spec)
    if volume.source in ("hostPath", "nfs") or (facts is not None and facts.network_filesystem):
        return "directory"
    written = _written_filesystem(volume.spec.get(volume.source))
    # A local volume may be a disk's mount point or a folder below one; which, only the node knows.
    return written or ("directory" if volume.source == "local" else None)


def _written_filesystem(parameters: object) -> str | None:
    found = {key.lower(): value.lower() for key, value in string_map(parameters).items()}
    name = next((found[key] for key in _FILESYSTEM_KEYS if found.get(key)), None)
    return "ext4" if name in ("ext2", "ext3") else name
