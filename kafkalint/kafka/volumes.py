"""What data lies on: volumes, the claims behind them, their classes, and the directories that are mounted there."""

# No postponed annotations, as in model.py.

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Any, NamedTuple

from kafkalint.kafka.labels import Selector
from kafkalint.kafka.storage_tiers import StorageFacts
from kafkalint.kafka.values import Setting
from kafkalint.manifests.resources import Place, Resource

_CLASS_PREFIXES = ("storageclass", "storageclass.beta")


class VolumeKind(Enum):
    """What a volume of a pod is made of, as far as losing or sharing data goes."""

    CLAIM_TEMPLATE = "claim template"
    """One PersistentVolumeClaim for each pod, made from a template (StatefulSet) or by the operator."""
    CLAIM = "claim"
    """A PersistentVolumeClaim by its name: the same one for every pod of the workload."""
    EPHEMERAL_CLAIM = "generic ephemeral volume"
    """A claim that is deleted with its pod."""
    EMPTY_DIR = "emptyDir"
    HOST_PATH = "hostPath"
    NETWORK = "network filesystem"
    """An in-line nfs, cephfs, glusterfs, azureFile … volume."""
    CONFIG = "configuration"
    """ConfigMap, Secret, projected, downwardAPI."""
    OTHER = "other"


class Claim(NamedTuple):
    """A PersistentVolumeClaim, or the template of one claim for each pod."""

    name: str
    """The template's name, or the claim's where the pods share one."""
    place: Place
    storage_class: Setting[str]
    """KUBERNETES with value None where no class is named: the cluster's default class decides."""
    access_modes: Setting[tuple[str, ...]]
    size: Setting[str]
    volume_name: str | None = None
    selector: Selector | None = None
    resource: Resource | None = None
    """The PersistentVolumeClaim itself, where it is an object of the input."""


class Volume(NamedTuple):
    """A volume of a pod."""

    name: str
    kind: VolumeKind
    place: Place
    claim: Claim | None = None
    data: Mapping[str, Any] = MappingProxyType({})
    """The volume as the pod spec has it; empty for what an operator makes."""


class Mount(NamedTuple):
    """A volume's place in a container's filesystem."""

    volume: str
    path: str
    place: Place
    sub_path: str | None = None
    per_pod: bool = False
    """Whether `subPathExpr` gives every pod a directory of its own."""


class Holds(Enum):
    """What lies in a data directory."""

    LOGS = "log"
    METADATA = "metadata"
    ZOOKEEPER = "ZooKeeper data"
    ZOOKEEPER_LOG = "ZooKeeper transaction log"


class DataDirectory(NamedTuple):
    """A directory that Kafka or ZooKeeper keeps its data in, and the volume that it really lies on."""

    path: Setting[str]
    """From log.dirs, log.dir, metadata.log.dir, dataDir … or the image's default; UNKNOWN where the input does not say.
"""
    holds: Holds
    mount: Mount | None
    """The deepest mount above the path; None where the path is on the container's own layer, or unknown."""
    volume: Volume | None
    """What is mounted there; None likewise, or where the mount names no volume (`mount` is then set)."""


class StorageClass(NamedTuple):
    """A StorageClass that a claim names: the object, if it is in the input, and what is known of it."""

    name: str
    resource: Resource | None
    facts: StorageFacts | None
    """None where nothing is known."""
    certain: bool
    """False where only the class's name suggests it."""

    @property
    def is_default(self) -> bool:
        """Whether the input marks it as the class of claims that name none (kubernetes, `IsDefaultAnnotation`)."""
        marks = self.resource.annotations if self.resource is not None else {}
        return any(marks.get(f"{prefix}.kubernetes.io/is-default-class") == "true" for prefix in _CLASS_PREFIXES)
