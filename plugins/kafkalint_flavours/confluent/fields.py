"""Fields of the resources, read so that no shape of them can raise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kafkalint.kafka.model import Setter, Setting
from kafkalint.manifests.shapes import mapping, whole

if TYPE_CHECKING:
    from kafkalint.manifests.resources import Resource

GROUP = "platform.confluent.io"
OPERATOR = "Confluent for Kubernetes"
KAFKA, CONTROLLER, ZOOKEEPER = "Kafka", "KRaftController", "Zookeeper"

OVERLAY_ANNOTATION = f"{GROUP}/pod-overlay-configmap-name"
"""Names a ConfigMap that is merged into the pods (examples, advanced-configuration/pod-overlay)."""

ID_OFFSET_ANNOTATION = f"{GROUP}/broker-id-offset"
"""Where the ids of this resource's nodes begin: there are nodes elsewhere (examples, hybrid/multi-region-clusters)."""


def whole_number(value: Any) -> int | None:
    """A whole number that can be a count or a port; None for anything else."""
    number = whole(value)
    return number if number is not None and number >= 0 else None


def count(resource: Resource, *route: str | int) -> Setting[int]:
    """A number that the resource must state; UNKNOWN where it does not."""
    number = whole_number(resource.get(*route))
    return Setting(number, Setter.UNKNOWN if number is None else Setter.WRITTEN, resource.place(*route))


def type_of(resource: Resource) -> str:
    """What the operator calls the component in labels: `kafka`, `kraftcontroller`, `zookeeper`."""
    return resource.kind.lower()


def has_overlay(resource: Resource) -> bool:
    """Whether a pod overlay may change the pods in a way that the resource does not show."""
    return OVERLAY_ANNOTATION in mapping(resource.get("metadata", "annotations"))
