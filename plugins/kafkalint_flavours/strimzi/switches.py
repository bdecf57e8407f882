"""What the operator is told so that Kafka can be watched: metrics of the brokers, lag of the consumers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from kafkalint.kafka.model import ExporterKind, Switch
from kafkalint.kafka.remembering import remembered
from kafkalint.manifests.resources import string_map
from kafkalint_flavours.strimzi.components import lag_exporter_to_be
from kafkalint_flavours.strimzi.metrics import JMX, REPORTER, REPORTER_SINCE, exporters_to_be, serves_metrics

if TYPE_CHECKING:
    from kafkalint.kafka.model import NodePool
    from kafkalint.manifests.bundles import Bundle
    from kafkalint.manifests.resources import Resource
    from kafkalint_flavours.strimzi.operators import Operator

_KEY: Final = "kafka-metrics-config.yml"
# Rules of the JMX exporter for brokers; those for Connect, MirrorMaker and Cruise Control are about other MBeans.
_FOR_BROKERS: Final = re.compile(r"\bpattern\W+kafka\\*\.server")
# An exporter that runs beside Kafka is told where to find it; inside the JVM that is an error.
_FOR_A_SIDECAR: Final = re.compile(r"^\s*(?:jmxUrl|hostPort)\s*:", re.MULTILINE)


def metrics_switch(kafka: Resource, nodes: tuple[NodePool, ...], bundle: Bundle, operator: Operator) -> Switch:
    """How the operator is told to serve the brokers' metrics."""
    place = kafka.place("spec", "kafka", "metricsConfig")
    how = f"Set {place.path}: {JMX} with a ConfigMap of rules, or {REPORTER}"
    switch = Switch(place, how)
    if serves_metrics(place, operator.version):
        return switch
    serves = tuple(exporters_to_be(nodes, place, ExporterKind.JMX, operator))
    return _told(switch._replace(serves=serves), bundle, operator)


def lag_switch(kafka: Resource, operator: Operator) -> Switch:
    """How the operator is told to run the Kafka Exporter; the expressions are its defaults (`KafkaExporterSpec`)."""
    place = kafka.place("spec", "kafkaExporter")
    switch = Switch(place, "Write kafkaExporter: {} there (spec.kafkaExporter)")
    if place.value is not None:
        return switch
    everything = {"topicRegex": ".*", "groupRegex": ".*"}
    return switch._replace(value=everything, serves=(lag_exporter_to_be(kafka, operator),))


def _told(switch: Switch, bundle: Bundle, operator: Operator) -> Switch:
    """The switch with what to write.

    Rules that the input holds are meant to be used. Else the Strimzi Metrics Reporter needs none, from the release on
    that brought it (CHANGELOG of 0.47.0, `StrimziMetricsReporterModel`); the JMX exporter is what every release has.
    """
    kafka = switch.place.resource
    written = [each[1:] for each in _rules(bundle) if each[0] == kafka.namespace]
    if len(written) == 1:
        return switch._replace(value=_by_rules(*written[0]))
    if written:
        return switch
    if operator.since(REPORTER_SINCE):
        return switch._replace(value={"type": REPORTER})
    name = f"{kafka.name}-metrics"
    if bundle.find("", "ConfigMap", name, kafka.namespace) is not None:
        return switch
    return switch._replace(value=_by_rules(name, _KEY), beside=_config_map(name, kafka.namespace))


@remembered
def _rules(bundle: Bundle) -> tuple[tuple[str | None, str, str], ...]:
    """ConfigMaps that hold rules of the JMX exporter for brokers: namespace, name and key."""
    return tuple(
        (resource.namespace, resource.name, key)
        for resource in bundle.of("", "ConfigMap")
        for key, text in string_map(resource.get("data")).items()
        if _FOR_BROKERS.search(text) and not _FOR_A_SIDECAR.search(text)
    )


def _by_rules(name: str, key: str) -> dict[str, Any]:
    return {"type": JMX, "valueFrom": {"configMapKeyRef": {"name": name, "key": key}}}


def _config_map(name: str, namespace: str | None) -> dict[str, Any]:
    from kafkalint_flavours.strimzi.jmx_rules import KAFKA_RULES  # noqa: PLC0415 - only where there are none yet

    metadata = {"name": name} if namespace is None else {"name": name, "namespace": namespace}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {_KEY: KAFKA_RULES}}
