"""What the operator adds around the nodes: exporters of metrics, and disruption budgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kafkalint.kafka.budgets import BudgetSpec
from kafkalint.kafka.labels import Selector
from kafkalint.kafka.model import Budget, Exporter, ExporterKind, NodePool, Role
from kafkalint_flavours.confluent.fields import OPERATOR, type_of
from kafkalint_flavours.confluent.templates import METRICS_PORT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.kafka.model import MetricsPort
    from kafkalint.manifests.resources import Place

LAG_KEY = "confluent.consumer.lag.emitter.enabled"


def budget_of(pool: NodePool) -> Budget:
    """The budget that the operator writes; its ClusterRole shows that it does, and nothing public shows its numbers."""
    labels = {"app": pool.resource.name, "type": type_of(pool.resource)}
    return Budget(
        name=pool.resource.name,
        namespace=pool.namespace,
        spec=BudgetSpec(Selector.from_map(labels)),
        place=pool.resource.place("spec"),
        generated_by=OPERATOR,
    )


def exporters_of(pool: NodePool) -> Iterator[Exporter]:
    """The JMX exporter that runs in every server, and what tells the consumers' lag."""
    title = f"the JMX exporter in the pods of {pool.title}"
    kind = ExporterKind.ZOOKEEPER if Role.ZOOKEEPER in pool.roles else ExporterKind.JMX
    yield _exporter(pool, kind, title, pool.resource.place("spec", "metrics"), (METRICS_PORT,))
    if Role.BROKER in pool.roles:
        yield from _lag_exporters(pool)


def _lag_exporters(pool: NodePool) -> Iterator[Exporter]:
    emitter = pool.config.get(LAG_KEY)
    if (emitter.value or "").lower() == "true":
        title = f"the consumer lag emitter of {pool.title}"
        yield _exporter(pool, ExporterKind.LAG, title, emitter.place, (METRICS_PORT,))
        return
    # The brokers push to the Prometheus inside Control Center 2.x, which is set up with the lag emitter.
    client = pool.resource.place("spec", "dependencies", "metricsClient")
    if client.value:
        title = f"the metrics client of {pool.title}, which reports to Control Center"
        yield _exporter(pool, ExporterKind.LAG, title, client, ())


def _exporter(pool: NodePool, kind: ExporterKind, title: str, place: Place, ports: tuple[MetricsPort, ...]) -> Exporter:
    return Exporter(
        kind=kind,
        title=title,
        place=place,
        pods=pool.pods,
        ports=ports,
        annotations=pool.template.annotations,
        generated_by=OPERATOR,
    )
