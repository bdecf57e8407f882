"""PersistentVolumes that the input holds: volumes made by hand, and what each is made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from kafkalint.kafka.remembering import remembered
from kafkalint.manifests.resources import Resource, dig, items

if TYPE_CHECKING:
    from decimal import Decimal

    from kafkalint.kafka.model import KafkaModel

_CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class"
_DISKS: Mapping[str, tuple[str, ...]] = {
    "local": ("path",),
    "hostPath": ("path",),
    "nfs": ("server", "path"),
    "csi": ("driver", "volumeHandle"),
    "awsElasticBlockStore": ("volumeID",),
    "gcePersistentDisk": ("pdName",),
    "azureDisk": ("diskURI",),
    "cinder": ("volumeID",),
    "vsphereVolume": ("volumePath",),
}


class PersistentVolume(NamedTuple):
    """A PersistentVolume of the input."""

    resource: Resource

    @property
    def name(self) -> str:
        """Its name."""
        return self.resource.name

    @property
    def spec(self) -> Mapping[str, Any]:
        """Its spec; empty where it has none."""
        spec = self.resource.get("spec")
        return spec if isinstance(spec, dict) else {}

    @property
    def storage_class(self) -> str:
        """The class that it is of; empty where it names none."""
        return self.resource.annotations.get(_CLASS_ANNOTATION) or self.resource.text("spec", "storageClassName")

    @property
    def capacity(self) -> Decimal | None:
        """How large it is; None where that is not to be read."""
        return quantity(self.resource.get("spec", "capacity", "storage"))

    @property
    def access_modes(self) -> frozenset[str]:
        """The modes that it can be mounted in."""
        return frozenset(mode for mode in items(self.resource.get("spec", "accessModes")) if isinstance(mode, str))

    @property
    def claim(self) -> tuple[str | None, str] | None:
        """Namespace and name of the one claim that it is kept for; None where any may have it."""
        name = self.resource.text("spec", "claimRef", "name")
        return (self.resource.text("spec", "claimRef", "namespace") or None, name) if name else None

    @property
    def node_affinity(self) -> Any:
        """The nodes that can reach it, as written."""
        return self.resource.get("spec", "nodeAffinity", "required")

    @property
    def source(self) -> str:
        """What it is made of: the key of its spec that says so; empty where none that is known does."""
        return next((key for key in _DISKS if isinstance(self.spec.get(key), dict)), "")

    @property
    def disk(self) -> tuple[str, ...] | None:
        """What no two volumes may have in common: the same bytes; None where that cannot be told.

        A directory of a node is the same one only where both volumes name the same nodes.
        """
        keys = _DISKS.get(self.source)
        parts = [dig(self.spec, self.source, key) for key in keys or ()]
        if not keys or not all(isinstance(part, str) and part for part in parts):
            return None
        if self.source in ("local", "hostPath"):
            if self.node_affinity is None:
                return None
            return ("node", str(parts[0]).rstrip("/") or "/", str(self.node_affinity))
        return (self.source, *(str(part) for part in parts))


@remembered
def persistent_volumes(model: KafkaModel) -> tuple[PersistentVolume, ...]:
    """The PersistentVolumes of the input."""
    return tuple(PersistentVolume(resource) for resource in model.bundle.of("", "PersistentVolume"))


def quantity(raw: object) -> Decimal | None:
    """A size as Kubernetes reads it; None where it is none."""
    from kafkalint.kafka.quantities import parse_quantity  # noqa: PLC0415 - decimals are dear, and few inputs need them

    return parse_quantity(raw)
