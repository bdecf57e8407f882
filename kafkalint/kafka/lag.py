"""What reads the lag of consumer groups and belongs to no cluster of the input, so that it may watch any."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kafkalint.kafka.model import KafkaModel, Workload
from kafkalint.kafka.pods import pod_route
from kafkalint.kafka.remembering import remembered
from kafkalint.manifests.resources import dig, items, string_map

_LAG: Final = (
    "kafka-exporter",
    "kafka_exporter",
    "kminion",
    "kafka-minion",
    "lag-exporter",
    "klag",
    "burrow",
    "kafka-lag",
)


@remembered
def unclaimed_lag_exporters(model: KafkaModel) -> tuple[Workload, ...]:
    """Workloads that look like a lag exporter and are known to watch no cluster of the input: they may watch any."""
    return tuple(_unclaimed(model))


def _unclaimed(model: KafkaModel) -> Iterator[Workload]:
    claimed = {exporter.pods.identity for cluster in model.clusters for exporter in cluster.exporters}
    for workload in model.workloads:
        route = pod_route(workload.resource)
        if route is None or workload.pods.identity in claimed:
            continue
        spec = workload.resource.get(*route, "spec", "containers")
        images = [str(dig(container, "image")).lower() for container in items(spec)]
        if any(word in image.partition("@")[0] for image in images for word in _LAG):
            yield workload


_COLLECTS_LAG: Final = ("kafkametrics", "prometheus.exporter.kafka", "kafka_consumer", "inputs.burrow")


@remembered
def collects_lag(model: KafkaModel) -> bool:
    """Whether a collector of the input (OpenTelemetry, Alloy, Datadog, Telegraf) is told to read consumer lag."""
    configured = [resource.get("data") for resource in model.bundle.of("", "ConfigMap")]
    texts = [text for data in configured for text in string_map(data).values()]
    texts += [resource.document.text for resource in model.bundle.of("opentelemetry.io", "OpenTelemetryCollector")]
    return any(word in text for text in texts for word in _COLLECTS_LAG)
