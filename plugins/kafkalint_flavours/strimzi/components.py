"""Pods beside Kafka's nodes: entity operator, Cruise Control, exporter, Connect, MirrorMaker, Bridge."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kafkalint.kafka.model import Budget, Exporter, ExporterKind, MetricsPort, Workload
from kafkalint.kafka.placement import Pods
from kafkalint.manifests.resources import Resource, Route, string_map
from kafkalint.manifests.shapes import mapping, whole
from kafkalint_flavours.strimzi.generated import budget, deployment_budget
from kafkalint_flavours.strimzi.labels import default_labels, pod_labels
from kafkalint_flavours.strimzi.listeners import JMX_PORT, METRICS_PORT
from kafkalint_flavours.strimzi.metrics import serves_metrics
from kafkalint_flavours.strimzi.operators import (
    EVERY_BUDGET,
    GROUP,
    KRAFT_ONLY,
    MAX_UNAVAILABLE_BUDGETS,
    NAMED_HEALTH_PORTS,
    V1_ONLY,
    Operator,
    Operators,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.manifests.bundles import Bundle


class Component(NamedTuple):
    """Pods of one component and the budget that the operator writes for them."""

    workload: Workload
    budget: Budget | None


class _Kind(NamedTuple):
    """How the pods of one component are named and labelled."""

    suffix: str
    component: str
    route: Route = ("spec",)
    """Where the component is configured; its template is below."""
    pod_set: bool = False
    default_replicas: int | None = 1


_ENTITY_OPERATOR = _Kind("entity-operator", "entity-operator", ("spec", "entityOperator"))
_CRUISE_CONTROL = _Kind("cruise-control", "cruise-control", ("spec", "cruiseControl"))
_EXPORTER = _Kind("kafka-exporter", "kafka-exporter", ("spec", "kafkaExporter"))
_BY_KIND = {
    "KafkaConnect": _Kind("connect", "kafka-connect", pod_set=True, default_replicas=3),
    "KafkaMirrorMaker2": _Kind("mirrormaker2", "kafka-mirror-maker-2", pod_set=True, default_replicas=3),
    "KafkaMirrorMaker": _Kind("mirror-maker", "kafka-mirror-maker", default_replicas=None),
    "KafkaBridge": _Kind("bridge", "kafka-bridge"),
}


def cluster_components(kafka: Resource, operator: Operator) -> Iterator[Component]:
    """Entity operator, Cruise Control and exporter of a Kafka resource, those that it switches on."""
    entity = mapping(kafka.get("spec", "entityOperator"))
    ports: list[tuple[str, int | None]] = []
    for field, suffix, number in (("topicOperator", "-to", 8080), ("userOperator", "-uo", 8081)):
        if entity.get(field) is not None:
            ports += [(name, number) for name in _health_ports(suffix, operator)]
    if ports:
        yield _component(kafka, _ENTITY_OPERATOR, ports, operator)
    if kafka.get("spec", "cruiseControl") is not None:
        served = serves_metrics(kafka.place("spec", "cruiseControl", "metricsConfig"), operator.version)
        yield _component(kafka, _CRUISE_CONTROL, [("rest-api", 9090), *([METRICS_PORT] if served else [])], operator)
    if kafka.get("spec", "kafkaExporter") is not None:
        yield _component(kafka, _EXPORTER, [METRICS_PORT], operator)


def _health_ports(suffix: str, operator: Operator) -> Iterator[str]:
    """Names of a health port: the old and the new one where the operator's version is not certain."""
    if operator.since(NAMED_HEALTH_PORTS) is not True:
        yield "healthcheck"
    if operator.since(NAMED_HEALTH_PORTS) is not False:
        yield f"healthcheck{suffix}"


def lag_exporter(kafka: Resource, operator: Operator) -> Exporter | None:
    """The Kafka Exporter that the operator runs, if `spec.kafkaExporter` asks for it (`KafkaExporter`)."""
    return None if kafka.get("spec", "kafkaExporter") is None else lag_exporter_to_be(kafka, operator)


def lag_exporter_to_be(kafka: Resource, operator: Operator) -> Exporter:
    """The Kafka Exporter that the operator would run if it was asked to."""
    found = _component(kafka, _EXPORTER, [METRICS_PORT], operator)
    return Exporter(
        kind=ExporterKind.LAG,
        title=f"the Kafka Exporter of {kafka.kind} {kafka.name}",
        place=kafka.place("spec", "kafkaExporter"),
        pods=found.workload.pods,
        ports=(MetricsPort(*METRICS_PORT),),
        annotations=string_map(kafka.get("spec", "kafkaExporter", "template", "pod", "metadata", "annotations")),
        generated_by=operator.title,
    )


def other_components(bundle: Bundle, operators: Operators) -> Iterator[Component]:
    """Connect, MirrorMaker and Bridge: clusters of their own kind, which read Kafka as any client does."""
    for resource in bundle.of(GROUP, *_BY_KIND):
        operator = operators.reading(resource, zookeeper_era=resource.kind == "KafkaMirrorMaker")
        if resource.kind != "KafkaMirrorMaker" or operator.version < KRAFT_ONLY:
            yield _component(resource, _BY_KIND[resource.kind], list(_ports(resource, operator)), operator)


def _ports(resource: Resource, operator: Operator) -> Iterator[tuple[str, int | None]]:
    if resource.kind == "KafkaBridge":
        yield "rest-api", whole(resource.get("spec", "http", "port")) or 8080
        if operator.version >= V1_ONLY:
            yield "rest-api-mgmt", 8081
        return
    if resource.kind != "KafkaMirrorMaker":
        yield "rest-api", 8083
    if serves_metrics(resource.place("spec", "metricsConfig"), operator.version):
        yield METRICS_PORT
    if resource.get("spec", "jmxOptions") is not None:
        yield JMX_PORT


def _component(resource: Resource, kind: _Kind, ports: list[tuple[str, int | None]], operator: Operator) -> Component:
    name = f"{resource.name}-{kind.suffix}"
    labels = default_labels(resource, name, kind.component, operator)
    template = mapping(mapping(mapping(resource.get(*kind.route)).get("template")).get("pod"))
    added = mapping(template.get("metadata")).get("labels")
    replicas = _replicas(resource, kind)
    pods = Pods.parse(
        template,
        pod_labels(labels, added, pod_set=name if kind.pod_set else None, operator=operator),
        namespace=resource.namespace,
        replicas=replicas,
        name=name,
    )
    title = f"{'StrimziPodSet' if kind.pod_set else 'Deployment'} {name}"
    made = Workload(title, pods, resource, tuple(MetricsPort(port, number) for port, number in ports))
    place = resource.place(*kind.route, "template", "podDisruptionBudget")
    if not operator.writes_budgets or (resource.kind == "Kafka" and operator.version < EVERY_BUDGET):
        return Component(made, None)
    counted = kind.pod_set or (resource.kind == "Kafka" and operator.version < MAX_UNAVAILABLE_BUDGETS)
    if counted:
        return Component(made, budget(resource, labels, place, replicas, operator))
    return Component(made, deployment_budget(resource, labels, place, operator))


def _replicas(resource: Resource, kind: _Kind) -> int | None:
    """How many pods; v1beta2 defaults to what the API model has, v1 asks for a number."""
    if resource.kind == "Kafka":
        return 1
    written = resource.get("spec", "replicas")
    if written is None and resource.version != "v1":
        return kind.default_replicas
    return whole(written)
