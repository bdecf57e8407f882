"""A Kafka resource with what it depends on read as a cluster; controllers and ZooKeeper without one likewise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kafkalint.kafka.images import ImageReference
from kafkalint.kafka.model import KafkaCluster, Mode, Rack, Setter, Setting, Switch
from kafkalint.kafka.topology import ZONE
from kafkalint.kafka.versions import Version
from kafkalint.manifests.shapes import text
from kafkalint_flavours.confluent.dependencies import dependencies_of
from kafkalint_flavours.confluent.fields import CONTROLLER, OPERATOR
from kafkalint_flavours.confluent.pools import operator_version_of, pool_of, version_of
from kafkalint_flavours.confluent.racks import rack_switch
from kafkalint_flavours.confluent.serving import listeners_of, services_of
from kafkalint_flavours.confluent.topics import topics_of
from kafkalint_flavours.confluent.watching import LAG_KEY, budget_of, exporters_of

if TYPE_CHECKING:
    from kafkalint.kafka.model import NodePool
    from kafkalint.manifests.bundles import Bundle
    from kafkalint.manifests.resources import Resource

FLAVOUR = "confluent"
_LAG_EMITTER_SINCE = Version(7, 5)


def cluster_of(kafka: Resource, bundle: Bundle) -> KafkaCluster:
    """The cluster that a Kafka resource stands for."""
    dependencies = dependencies_of(kafka, bundle)
    brokers = pool_of(kafka, bundle)
    pools = (brokers, *(pool_of(each, bundle) for each in dependencies.controllers))
    zookeeper = tuple(pool_of(each, bundle) for each in dependencies.zookeepers)
    return _cluster(kafka, dependencies.mode, pools, zookeeper)._replace(
        version=version_of(kafka),
        lag_switch=_lag_switch(brokers),
        rack_switch=rack_switch(kafka, bundle),
        listeners=tuple(listeners_of(kafka)),
        topics=tuple(topics_of(kafka, bundle)),
        rack=_rack(brokers),
        whole=dependencies.whole,
    )


def lone_quorum(resource: Resource, bundle: Bundle) -> KafkaCluster:
    """Controllers or ZooKeeper servers whose Kafka resource is not in the input."""
    pool = pool_of(resource, bundle)
    if resource.kind == CONTROLLER:
        return _cluster(resource, Mode.KRAFT, (pool,), ())._replace(version=version_of(resource))
    return _cluster(resource, Mode.ZOOKEEPER, (), (pool,))


def _cluster(
    resource: Resource, mode: Mode, pools: tuple[NodePool, ...], zookeeper: tuple[NodePool, ...]
) -> KafkaCluster:
    nodes = (*pools, *zookeeper)
    operator = operator_version_of(resource)
    return KafkaCluster(
        name=resource.name,
        namespace=resource.namespace,
        flavour=FLAVOUR,
        resource=resource,
        version=Setting(None, Setter.UNKNOWN, resource.place("spec", "image", "application")),
        mode=mode,
        pools=pools,
        zookeeper=zookeeper,
        operator=OPERATOR,
        operator_version=operator,
        operator_oldest=operator,
        budgets=tuple(budget_of(pool) for pool in nodes),
        services=tuple(service for pool in nodes for service in services_of(pool)),
        exporters=tuple(exporter for pool in nodes for exporter in exporters_of(pool)),
        metrics_switch=Switch(resource.place("spec", "metrics"), "Set spec.metrics"),
        class_change="Claims that exist keep the class that they have.",
        whole=False,
    )


def _lag_switch(brokers: NodePool) -> Switch:
    """The consumer lag emitter, which Confluent Server has since 7.5 (docs, "Monitor Consumer Lag")."""
    place = brokers.config.place
    line = f"{LAG_KEY}=true"
    image = ImageReference.parse(brokers.resource.get("spec", "image", "application"))
    version = Version.parse(image.tag)
    has_emitter = image.name == "cp-server" and version is not None and version >= _LAG_EMITTER_SINCE
    undecided = LAG_KEY not in brokers.config.entries
    return Switch(place, f"Add {line} there ({place.path})", line if has_emitter and undecided else None, item=True)


def _rack(brokers: NodePool) -> Rack | None:
    """`rackAssignment`, else a `broker.rack` that all brokers of the resource share, as in one region of several."""
    kafka = brokers.resource
    labels = kafka.get("spec", "rackAssignment", "nodeLabels")
    keys = [label for label in labels if text(label)] if isinstance(labels, list) else []
    if keys:
        # Of a rack that is put together from several labels the zone divides the nodes most finely.
        return Rack(kafka.place("spec", "rackAssignment", "nodeLabels"), ZONE if ZONE in keys else keys[-1])
    if kafka.get("spec", "rackAssignment", "availabilityZoneCount") is not None:
        # "broker.rack with the formula (pod_id % azCount)" (CRD): it says nothing of where a pod runs.
        return Rack(kafka.place("spec", "rackAssignment", "availabilityZoneCount"), None)
    written = brokers.config.entries.get("broker.rack")
    return Rack(written.place, None) if written else None
