"""KafkaTopic resources, and the Kafka resource that each belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from kafkalint.kafka.model import Topic
from kafkalint.manifests.shapes import mapping, text
from kafkalint_flavours.confluent.dependencies import find_by_host, find_referred, only_one
from kafkalint_flavours.confluent.fields import GROUP, KAFKA, count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.manifests.bundles import Bundle
    from kafkalint.manifests.resources import Resource

_REST_CLASS = "KafkaRestClass"


def topics_of(kafka: Resource, bundle: Bundle) -> Iterator[Topic]:
    """The topics that are made in the cluster of a Kafka resource; those of which that is not certain are left out."""
    for resource in bundle.primary:
        if (resource.group, resource.kind) == (GROUP, "KafkaTopic") and _cluster_of(resource, bundle) is kafka:
            yield Topic(
                name=text(resource.get("spec", "name")) or resource.name,
                resource=resource,
                partitions=count(resource, "spec", "partitionCount"),
                # "If not configured, it will be defaulted to the replication factor that Kafka REST V3 API supports".
                replicas=count(resource, "spec", "replicas"),
                config=mapping(resource.get("spec", "configs")),
            )


def _cluster_of(topic: Resource, bundle: Bundle) -> Resource | None:
    """By its own reference, by its KafkaRestClass, else the only Kafka resource in its namespace."""
    found, decided = _pointed_at(topic, bundle)
    if decided:
        return found
    reference = mapping(topic.get("spec", "kafkaRestClassRef"))
    rest = find_referred(topic, _REST_CLASS, reference or {"name": "default"}, bundle)
    if rest is not None:
        found, decided = _pointed_at(rest, bundle)
        return found if decided else only_one(rest, KAFKA, bundle)
    return None if reference else only_one(topic, KAFKA, bundle)


def _pointed_at(resource: Resource, bundle: Bundle) -> tuple[Resource | None, bool]:
    """What `kafkaClusterRef` or `kafkaRest` of a topic or a KafkaRestClass names, and whether one of them is there."""
    reference = resource.get("spec", "kafkaClusterRef")
    if reference is not None:
        return find_referred(resource, KAFKA, reference, bundle), True
    endpoint = resource.get("spec", "kafkaRest", "endpoint")
    if endpoint is None:
        return None, False
    try:
        host = urlsplit(text(endpoint) or "").hostname
    except ValueError:
        host = None
    return find_by_host(resource, KAFKA, host, bundle) if host else None, True
