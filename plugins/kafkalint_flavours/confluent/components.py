"""The platform's other components: no nodes of Kafka, yet pods that selectors may mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kafkalint.kafka.model import Unmodelled, Workload
from kafkalint.kafka.pods import pods_of
from kafkalint_flavours.confluent.fields import GROUP, count
from kafkalint_flavours.confluent.templates import PORTS, template_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.manifests.bundles import Bundle

_KINDS = ("Connect", "ControlCenter", "KafkaRestProxy", "KsqlDB", "SchemaRegistry")
_BLUEPRINTS = ("KafkaCluster", "ZookeeperCluster")


def workloads_of(bundle: Bundle) -> Iterator[Workload]:
    """The pods of Connect, Schema Registry and the like, which are labelled as Kafka's are."""
    for resource in bundle.of(GROUP, *_KINDS):
        template = template_of(resource)
        replicas = count(resource, "spec", "replicas").value
        pods = pods_of(template, namespace=resource.namespace, replicas=replicas, name=resource.name)
        yield Workload(f"{resource.kind} {resource.name}", pods, resource, PORTS)


def unmodelled_of(bundle: Bundle, flavour: str) -> Iterator[Unmodelled]:
    """Clusters of Confluent's blueprints, whose classes and regions decide what runs."""
    for resource in bundle.primary:
        if resource.kind in _BLUEPRINTS and resource.group.endswith(f".cpc.{GROUP}"):
            yield Unmodelled(flavour, resource)
