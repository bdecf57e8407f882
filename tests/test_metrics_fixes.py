"""What the fixes of the monitoring checks are made of: rules, switches, monitors."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ruamel.yaml import YAML

from kafkalint.kafka.model import KafkaCluster, KafkaModel, Settings
from kafkalint.kafka.pod_monitors import pod_monitor
from kafkalint.kafka.versions import Version
from kafkalint.manifests.shapes import dig
from kafkalint.testing import model_of
from kafkalint_flavours.strimzi.jmx_rules import KAFKA_RULES

RULES = YAML(typ="safe", pure=True).load(KAFKA_RULES)


def exported(attribute: str) -> tuple[str, dict[str, str]] | None:
    """The name and labels that the exporter gives an attribute (JmxCollector of prometheus/jmx_exporter)."""
    for rule in RULES["rules"]:
        match = re.fullmatch(f"^.*(?:{rule['pattern']}).*$", attribute)
        if match:
            labels = {expand(key, match): expand(value, match) for key, value in rule.get("labels", {}).items()}
            named = {key: value for key, value in labels.items() if key and value}
            return re.sub(r"\W+", "_", expand(rule["name"], match)).lower(), named
    return None


def expand(text: str, match: re.Match[str]) -> str:
    return re.sub(r"\$(\d)", lambda group: match.group(int(group[1])) or "", text)


@pytest.mark.parametrize(
    ("attribute", "name", "labels"),
    [
        (
            "kafka.server<type=ReplicaManager, name=UnderReplicatedPartitions><>Value: 0",
            "kafka_server_replicamanager_underreplicatedpartitions",
            {},
        ),
        (
            "kafka.server<type=BrokerTopicMetrics, name=BytesInPerSec, topic=a.b><>Count: 3",
            "kafka_server_brokertopicmetrics_bytesin_total",
            {"topic": "a.b"},
        ),
        (
            "kafka.network<type=RequestMetrics, name=TotalTimeMs, request=Produce><>999thPercentile: 3.0",
            "kafka_network_requestmetrics_totaltimems",
            {"request": "Produce", "quantile": "0.999"},
        ),
        (
            "kafka.server<type=KafkaRequestHandlerPool, name=RequestHandlerAvgIdlePercent><>MeanRate: 0.9",
            "kafka_server_kafkarequesthandlerpool_requesthandleravgidle_percent",
            {},
        ),
        (
            "kafka.log<type=Log, name=Size, topic=orders, partition=0><>Value: 0",
            "kafka_log_log_size",
            {"topic": "orders", "partition": "0"},
        ),
        (
            "kafka.server<type=raft-metrics><>current-state: leader",
            "kafka_server_raftmetrics_current_state",
            {"current_state": "leader"},
        ),
        (
            "kafka.server<type=raft-channel-metrics><>request-total: 1.0",
            "kafka_server_raftchannelmetrics_request_total",
            {},
        ),
        (
            "kafka.server<type=socket-server-metrics, listener=TLS-9093, networkProcessor=0><>connection-count: 1.0",
            "kafka_server_socket_server_metrics_connection_count",
            {"listener": "TLS-9093", "networkProcessor": "0"},
        ),
    ],
)
def test_metrics_get_the_names_that_strimzis_dashboards_ask_for(
    attribute: str, name: str, labels: dict[str, str]
) -> None:
    assert exported(attribute) == (name, labels)


def test_rates_that_prometheus_computes_itself_are_left_out() -> None:
    assert exported("kafka.server<type=ReplicaManager, name=IsrShrinksPerSec><>OneMinuteRate: 0") is None


STRIMZI = """
apiVersion: kafka.strimzi.io/%s
kind: KafkaNodePool
metadata: {name: dual, labels: {strimzi.io/cluster: events}}
spec: {replicas: 3, roles: [controller, broker], storage: {type: ephemeral}}
---
apiVersion: kafka.strimzi.io/%s
kind: Kafka
metadata: {name: events}
spec:
  kafka:
    listeners: [{name: tls, port: 9093, type: internal, tls: true}]
"""


def cluster_of(text: str, strimzi: Version | None = None) -> tuple[KafkaCluster, KafkaModel]:
    model = model_of(text, settings=Settings(strimzi_version=strimzi))
    return model.clusters[0], model


@pytest.mark.parametrize(
    ("version", "strimzi", "kind"),
    [
        ("v1", None, "strimziMetricsReporter"),
        ("v1beta2", None, "jmxPrometheusExporter"),
        ("v1beta2", Version(0, 46), "jmxPrometheusExporter"),
        ("v1beta2", Version(0, 47), "strimziMetricsReporter"),
    ],
)
def test_a_reporter_is_asked_for_only_where_the_operator_has_one(
    version: str, strimzi: Version | None, kind: str
) -> None:
    cluster, _ = cluster_of(STRIMZI % (version, version), strimzi)
    switch = cluster.metrics_switch
    assert switch is not None
    assert switch.value["type"] == kind
    assert (switch.beside is not None) is (kind == "jmxPrometheusExporter")


CONFIG_MAP = """
---
apiVersion: v1
kind: ConfigMap
metadata: {name: %s}
data:
  rules.yaml: |
    rules:
      - pattern: %s<type=(.+), name=(.+)><>Value
"""


@pytest.mark.parametrize(
    ("maps", "wanted"),
    [
        ([("mine", "kafka.server")], "mine"),
        ([("mine", r"'kafka\.server'".strip("'"))], "mine"),
        ([("mine", "kafka.connect")], None),
        ([("mine", "kafka.server"), ("other", "kafka.server")], "ambiguous"),
    ],
)
def test_rules_that_are_there_are_used(maps: list[tuple[str, str]], wanted: str | None) -> None:
    cluster, _ = cluster_of(STRIMZI % ("v1", "v1") + "".join(CONFIG_MAP % each for each in maps))
    assert cluster.metrics_switch is not None
    value = cluster.metrics_switch.value
    if wanted == "ambiguous":
        assert value is None
    else:
        assert dig(value, "valueFrom", "configMapKeyRef", "name") == wanted


@pytest.mark.parametrize(
    ("image", "known"),
    [("confluentinc/cp-server:7.4.1", False), ("confluentinc/cp-server:7.5.0", True), ("my/kafka:8.0.0", False)],
)
def test_confluents_lag_emitter_is_switched_on_where_there_is_one(image: str, known: bool) -> None:
    cluster, _ = cluster_of(f"""
apiVersion: platform.confluent.io/v1beta1
kind: Kafka
metadata: {{name: kafka}}
spec: {{replicas: 3, image: {{application: "{image}"}}}}
""")
    assert cluster.lag_switch is not None
    assert (cluster.lag_switch.value is not None) is known


IS_SERVED = "    metricsConfig: {type: strimziMetricsReporter}\n    listeners"
SERVED = STRIMZI.replace("    listeners", IS_SERVED) % ("v1", "v1")
MONITOR = """
---
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: {name: %s, labels: %s}
spec: {selector: {matchLabels: {app: shop}}, endpoints: [{port: http}]}
"""
PROMETHEUS = """
---
apiVersion: monitoring.coreos.com/v1
kind: Prometheus
metadata: {name: prometheus, namespace: monitoring}
spec: %s
"""


def monitor(text: str) -> dict[str, Any] | None:
    cluster, model = cluster_of(text)
    return pod_monitor(cluster.exporters, cluster, model)


@pytest.mark.parametrize(
    ("others", "labels"),
    [
        ("", None),
        (MONITOR % ("shop", "{release: prometheus, app: shop, helm.sh/chart: shop-1}"), {"release": "prometheus"}),
        (
            MONITOR % ("shop", "{team: a, release: prometheus}") + MONITOR % ("cart", "{team: b, release: prometheus}"),
            {"release": "prometheus"},
        ),
        (PROMETHEUS % "{podMonitorSelector: {matchLabels: {team: platform}}}", {"team": "platform"}),
        (PROMETHEUS % "{podMonitorSelector: {}}", None),
    ],
)
def test_a_new_monitor_carries_what_prometheus_selects_monitors_by(others: str, labels: dict[str, str] | None) -> None:
    found = monitor(SERVED + others)
    assert found is not None
    assert found["metadata"].get("labels") == labels


@pytest.mark.parametrize(
    "spec",
    [
        "{serviceMonitorSelector: {}}",
        "{podMonitorSelector: {matchExpressions: [{key: team, operator: Exists}]}}",
    ],
)
def test_no_monitor_is_made_that_prometheus_may_not_look_at(spec: str) -> None:
    assert monitor(SERVED + PROMETHEUS % spec) is None


def test_a_prometheus_that_looks_in_its_own_namespace_only_sees_no_other() -> None:
    there = SERVED.replace("{name: events}", "{name: events, namespace: streaming}").replace(
        "{name: dual,", "{name: dual, namespace: streaming,"
    )
    assert monitor(there + PROMETHEUS % "{podMonitorSelector: {}}") is None
    assert monitor(there + PROMETHEUS % "{podMonitorSelector: {}, podMonitorNamespaceSelector: {}}") is not None
