"""Budgets and Services that the operator writes (`PodDisruptionBudgetUtils`, `ServiceUtils`, `KafkaCluster`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kafkalint.kafka.budgets import BudgetSpec
from kafkalint.kafka.counts import IntOrPercent
from kafkalint.kafka.model import Budget, Listener, Mode, NodePool, Service, ServicePort
from kafkalint.manifests.resources import Place, Resource, string_map
from kafkalint.manifests.shapes import mapping
from kafkalint.manifests.shapes import whole as whole_number
from kafkalint_flavours.strimzi.labels import BROKER_ROLE, default_labels, selector
from kafkalint_flavours.strimzi.listeners import (
    AGENT_PORT,
    CONTROL_PORT,
    JMX_PORT,
    REPLICATION_PORT,
    is_internal,
    port_name,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kafkalint.kafka.labels import Selector
    from kafkalint_flavours.strimzi.operators import Operator
    from kafkalint_flavours.strimzi.pools import Scope

_ZOOKEEPER_PORTS = (("tcp-clients", 2181), ("tcp-clustering", 2888), ("tcp-election", 3888))


def budget(
    resource: Resource, labels: Mapping[str, str], template: Place, nodes: int | None, operator: Operator
) -> Budget:
    """A budget for pods of a StrimziPodSet: `minAvailable`, as a custom controller's pods allow nothing else.

    Where the number of nodes is not known it stands as `maxUnavailable`, which means the same.
    """
    limit = _unavailable(template)
    spec = BudgetSpec(selector(labels), max_unavailable=IntOrPercent(limit))
    if nodes is not None:
        spec = BudgetSpec(selector(labels), min_available=IntOrPercent(max(0, nodes - limit)))
    return _budget(resource, labels["strimzi.io/name"], spec, template, operator)


def deployment_budget(resource: Resource, labels: Mapping[str, str], template: Place, operator: Operator) -> Budget:
    """A budget for pods of a Deployment: `maxUnavailable`."""
    spec = BudgetSpec(selector(labels), max_unavailable=IntOrPercent(_unavailable(template)))
    return _budget(resource, labels["strimzi.io/name"], spec, template, operator)


def cluster_budgets(
    scope: Scope, pools: Sequence[NodePool], zookeeper: Sequence[NodePool], *, whole: bool
) -> Iterator[Budget]:
    """The budget of all Kafka nodes, whatever their pool, and ZooKeeper's own."""
    kafka, operator = scope.kafka, scope.operator
    if kafka is None or not operator.writes_budgets:
        return
    counts = [pool.replicas.value for pool in pools]
    total = None if not whole or None in counts else sum(count or 0 for count in counts)
    labels = default_labels(kafka, f"{scope.name}-kafka", "kafka", operator)
    yield budget(kafka, labels, kafka.place("spec", "kafka", "template", "podDisruptionBudget"), total, operator)
    for pool in zookeeper:
        labels = default_labels(kafka, f"{scope.name}-zookeeper", "zookeeper", operator)
        place = kafka.place("spec", "zookeeper", "template", "podDisruptionBudget")
        yield budget(kafka, labels, place, pool.replicas.value, operator)


def cluster_services(scope: Scope) -> Iterator[Service]:
    """Services in front of Kafka's nodes and ZooKeeper's; those of single brokers are left out."""
    kafka = scope.kafka
    if kafka is None:
        return
    labels = default_labels(kafka, f"{scope.name}-kafka", "kafka", scope.operator)
    brokers = selector({**labels, BROKER_ROLE: "true"}, BROKER_ROLE)
    template = mapping(kafka.get("spec", "kafka", "template"))
    internal = [(port_name(listener), listener.port) for listener in scope.listeners if is_internal(listener)]
    jmx = [JMX_PORT] if kafka.get("spec", "kafka", "jmxOptions") is not None else []
    inner = [CONTROL_PORT, REPLICATION_PORT, AGENT_PORT, *internal, *jmx]
    found = _Maker(kafka, labels)
    yield found.service("kafka-brokers", selector(labels), inner, template.get("brokersService"), headless=True)
    own = _Maker(kafka, {**labels, "strimzi.io/discovery": "true"})
    yield own.service("kafka-bootstrap", brokers, [REPLICATION_PORT, *internal], template.get("bootstrapService"))
    for listener in scope.listeners:
        if not is_internal(listener) and not _without_bootstrap(listener):
            name, ports = f"kafka-{listener.name}-bootstrap", [(port_name(listener), listener.port)]
            yield found.service(name, brokers, ports, template.get("externalBootstrapService"))
    if scope.mode is Mode.ZOOKEEPER:
        yield from _zookeeper_services(scope, kafka)


def _zookeeper_services(scope: Scope, kafka: Resource) -> Iterator[Service]:
    labels = default_labels(kafka, f"{scope.name}-zookeeper", "zookeeper", scope.operator)
    template = mapping(kafka.get("spec", "zookeeper", "template"))
    found, chosen = _Maker(kafka, labels), selector(labels)
    yield found.service("zookeeper-client", chosen, _ZOOKEEPER_PORTS[:1], template.get("clientService"))
    yield found.service("zookeeper-nodes", chosen, _ZOOKEEPER_PORTS, template.get("nodesService"), headless=True)


def _without_bootstrap(listener: Listener) -> bool:
    configured = mapping(listener.data.get("configuration")).get("createBootstrapService")
    return listener.data.get("type") == "loadbalancer" and configured is False


class _Maker:
    """Makes Services of one component."""

    def __init__(self, resource: Resource, labels: Mapping[str, str]) -> None:
        self.resource = resource
        self.labels = labels

    def service(
        self,
        suffix: str,
        chosen: Selector,
        ports: Sequence[tuple[str, int | None]],
        template: object,
        *,
        headless: bool = False,
    ) -> Service:
        metadata = mapping(mapping(template).get("metadata"))
        return Service(
            name=f"{self.resource.name}-{suffix}",
            namespace=self.resource.namespace,
            selector=chosen,
            headless=headless,
            ports=tuple(ServicePort(name, number, name) for name, number in ports),
            labels={**self.labels, **string_map(metadata.get("labels"))},
            publishes_not_ready=headless,
            annotations=string_map(metadata.get("annotations")),
        )


def _unavailable(template: Place) -> int:
    """`maxUnavailable` of a budget's template, a whole number that is 1 where none is written."""
    number = whole_number(mapping(template.value).get("maxUnavailable"))
    return 1 if number is None or not 0 <= number < 2**31 else number


def _budget(resource: Resource, name: str, spec: BudgetSpec, template: Place, operator: Operator) -> Budget:
    return Budget(
        name=name,
        namespace=resource.namespace,
        spec=spec,
        place=template.child("maxUnavailable"),
        generated_by=operator.title,
    )
