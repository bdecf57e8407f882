"""Metrics of Strimzi's components: who serves them, and which ConfigMaps configure them (`MetricsModel`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kafkalint.kafka.model import Exporter, ExporterKind, MetricsPort, MetricsReference, NodePool
from kafkalint.kafka.versions import Version
from kafkalint.manifests.shapes import mapping, text
from kafkalint_flavours.strimzi.listeners import METRICS_PORT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.manifests.resources import Place, Resource, Route
    from kafkalint_flavours.strimzi.operators import Operator

JMX: Final = "jmxPrometheusExporter"
REPORTER: Final = "strimziMetricsReporter"
REPORTER_SINCE: Final = Version(0, 47)


def serves_metrics(place: Place, version: Version) -> bool:
    """Whether the metrics configuration at a place switches metrics on."""
    kind = mapping(place.value).get("type")
    return kind == JMX or (kind == REPORTER and version >= REPORTER_SINCE)


def references(resource: Resource, *routes: Route) -> Iterator[MetricsReference]:
    """ConfigMaps that the metrics configurations at these routes name (`JmxPrometheusExporterModel`)."""
    for route in routes:
        found = mapping(resource.get(*route))
        reference = mapping(mapping(found.get("valueFrom")).get("configMapKeyRef"))
        name = text(reference.get("name"))
        if found.get("type") == JMX and name is not None:
            place = resource.place(*route, "valueFrom", "configMapKeyRef")
            optional = reference.get("optional") is True
            yield MetricsReference(name, text(reference.get("key")), resource.namespace, place, optional)


def node_exporters(
    pools: tuple[NodePool, ...], place: Place, kind: ExporterKind, operator: Operator
) -> Iterator[Exporter]:
    """The exporter in each pod of these pools, where the configuration at a place switches it on."""
    if serves_metrics(place, operator.version):
        yield from exporters_to_be(pools, place, kind, operator)


def exporters_to_be(
    pools: tuple[NodePool, ...], place: Place, kind: ExporterKind, operator: Operator
) -> Iterator[Exporter]:
    """The exporter that there would be in each pod of these pools if it was switched on at a place."""
    reporter = mapping(place.value).get("type") == REPORTER
    for pool in pools:
        yield Exporter(
            kind=kind,
            title=f"the {'Strimzi Metrics Reporter' if reporter else 'JMX exporter'} of {_nodes(pool)}",
            place=place,
            pods=pool.pods,
            ports=(MetricsPort(*METRICS_PORT),),
            annotations=pool.template.annotations,
            generated_by=operator.title,
        )


def _nodes(pool: NodePool) -> str:
    """Whose exporter it is, as messages name it: a Kafka resource of old stands for brokers and ZooKeeper servers."""
    roles = " and ".join(sorted(f"{role.value}s" for role in pool.roles))
    return f"the {roles} of {pool.title}" if pool.resource.kind == "Kafka" else pool.title
