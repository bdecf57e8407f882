"""A component read as a pool of nodes, and the Kafka that is in its image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kafkalint.kafka.images import ImageReference
from kafkalint.kafka.model import NodePool, Role, Setter, Setting
from kafkalint.kafka.pods import pod_names, pods_of
from kafkalint.kafka.versions import Version
from kafkalint_flavours.confluent.fields import CONTROLLER, KAFKA, ZOOKEEPER, count
from kafkalint_flavours.confluent.overrides import config_of, heap_of
from kafkalint_flavours.confluent.storage import claim_names, storage_of
from kafkalint_flavours.confluent.templates import template_of
from kafkalint_flavours.images import kafka_version

if TYPE_CHECKING:
    from kafkalint.manifests.bundles import Bundle
    from kafkalint.manifests.resources import Resource

_ROLES = {KAFKA: Role.BROKER, CONTROLLER: Role.CONTROLLER, ZOOKEEPER: Role.ZOOKEEPER}


def pool_of(resource: Resource, bundle: Bundle) -> NodePool:
    """The nodes of a Kafka, KRaftController or Zookeeper resource: the operator makes a StatefulSet of its name."""
    template = template_of(resource)
    config = config_of(resource)
    replicas = count(resource, "spec", "replicas")
    storage = storage_of(resource, template, config, bundle)
    names = pod_names(resource.name, 0, replicas.value)
    return NodePool(
        name=resource.name,
        roles=frozenset({_ROLES[resource.kind]}),
        resource=resource,
        workload="StatefulSet",
        replicas=replicas,
        template=template,
        pods=pods_of(template, namespace=resource.namespace, replicas=replicas.value, name=resource.name),
        server=None,
        config=config,
        volumes=storage.volumes,
        mounts=storage.mounts,
        data=storage.data,
        pod_names=names,
        claim_names=claim_names(resource, names),
        heap=heap_of(resource),
    )


def version_of(resource: Resource) -> Setting[str]:
    """Kafka's version, by the tag of the server's image; UNKNOWN where the image is not Confluent's, or ZooKeeper's."""
    place = resource.place("spec", "image", "application")
    image = ImageReference.parse(place.value)
    # The images of Operator 1.x: `cp-server-operator:6.1.0.0`.
    version = kafka_version(image._replace(repository=image.repository.removesuffix("-operator")))
    if version is None:
        return Setting(None, Setter.UNKNOWN, place)
    return Setting(f"{version.major}.{version.minor}", Setter.IMAGE, place)


def operator_version_of(resource: Resource) -> Version | None:
    """The operator's version, which the tag of the init container's image repeats (2.6.0 and later, 3.x)."""
    image = ImageReference.parse(resource.get("spec", "image", "init"))
    version = Version.parse(image.tag) if image.name == "confluent-init-container" else None
    # Operator 1.x tagged its images by the platform (`6.1.0.0`).
    return version if version is not None and version < Version(4) else None
