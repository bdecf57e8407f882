from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kafkalint.kafka.addresses import Meaning, Server, leads_to_pods, meanings, servers
from kafkalint.kafka.alerts import alerts, fits, has_alternative, is_absence, name_matchers, pod_names
from kafkalint.kafka.labels import PodLabels
from kafkalint.kafka.misses import misses
from kafkalint.kafka.model import Exporter, ExporterKind, KafkaModel, MetricsPort
from kafkalint.kafka.monitoring import any_of, reached
from kafkalint.kafka.placement import Pods
from kafkalint.kafka.scraping import scrape_jobs
from kafkalint.kafka.wording import parts_in, pattern_tokens, tokens
from kafkalint.testing import bundle_of, model_of

PODS = """
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: kafka, namespace: events}
spec:
  replicas: 3
  template:
    metadata:
      labels: {app: kafka}
    spec:
      containers:
        - name: kafka
          ports:
            - {name: metrics, containerPort: 9404}
"""
SERVICE = """
---
apiVersion: v1
kind: Service
metadata:
  name: kafka-jmx
  namespace: events
  labels: {app: kafka}
spec:
  selector: {app: kafka}
  ports:
    - {name: jmx, port: 80, targetPort: %s}
"""


def model(text: str) -> KafkaModel:
    return model_of(text, flavours=[])


METRICS = MetricsPort("metrics", 9404)


def exporter(port: MetricsPort = METRICS, annotations: dict[str, str] | None = None) -> Exporter:
    (workload,) = model(PODS).workloads
    place = workload.resource.place("spec")
    return Exporter(ExporterKind.JMX, "the exporter", place, workload.pods, (port,), annotations or {})


def monitor(kind: str, endpoint: str, selector: str = "{matchLabels: {app: kafka}}", extra: str = "") -> str:
    key = "endpoints" if kind == "ServiceMonitor" else "podMetricsEndpoints"
    return (
        "\n---\napiVersion: monitoring.coreos.com/v1\n"
        f"kind: {kind}\nmetadata: {{name: kafka, namespace: events}}\nspec:\n"
        f"  selector: {selector}\n  {key}:\n    - {endpoint}\n{extra}"
    )


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [
        ("port: metrics", True),
        ("port: jmx", False),
        ("targetPort: 9404", True),
        ("targetPort: metrics", True),
        ("portNumber: 9404", True),
        ("portNumber: 9405", False),
        ("path: /metrics", True),
    ],
)
def test_a_pod_monitor_keeps_ports_that_containers_declare(endpoint: str, expected: bool) -> None:
    assert reached(exporter(), model(PODS + monitor("PodMonitor", endpoint))) is expected


def test_a_port_that_no_container_declares_is_out_of_reach_of_a_pod_monitor() -> None:
    text = PODS.replace("{name: metrics, containerPort: 9404}", "{name: client, containerPort: 9092}")
    assert reached(exporter(MetricsPort(None, 9404)), model(text + monitor("PodMonitor", "targetPort: 9404"))) is False


@pytest.mark.parametrize(
    ("target", "endpoint", "expected"),
    [
        ("9404", "port: jmx", True),
        ("metrics", "port: jmx", True),
        ("9405", "port: jmx", False),
        ("missing", "port: jmx", False),
        ("9404", "port: metrics", False),
        ("9405", "targetPort: 9404", True),
        ("9404", "path: /metrics", True),
    ],
)
def test_a_service_monitor_goes_through_the_service(target: str, endpoint: str, expected: bool) -> None:
    assert reached(exporter(), model(PODS + SERVICE % target + monitor("ServiceMonitor", endpoint))) is expected


def test_a_service_without_a_selector_may_lead_anywhere() -> None:
    service = (SERVICE % "9404").replace("  selector: {app: kafka}\n", "")
    assert reached(exporter(), model(PODS + service + monitor("ServiceMonitor", "port: jmx"))) is None


@pytest.mark.parametrize(
    ("namespaces", "expected"),
    [
        ("  namespaceSelector: {matchNames: [events]}", True),
        ("  namespaceSelector: {matchNames: [myproject]}", False),
        ("  namespaceSelector: {any: true}", True),
        ("  namespaceSelector: [events]", False),
        ("  namespaceSelector: {matchNames: events}", False),
    ],
)
def test_namespaces_count(namespaces: str, expected: bool) -> None:
    text = PODS + monitor("PodMonitor", "port: metrics", extra=namespaces)
    assert reached(exporter(), model(text)) is expected


def test_what_is_no_selector_is_not_judged() -> None:
    assert reached(exporter(), model(PODS + monitor("PodMonitor", "port: metrics", "{app: kafka}"))) is None


@pytest.mark.parametrize(
    ("annotations", "expected"),
    [
        ({"prometheus.io/scrape": "true"}, True),
        ({"prometheus.io/scrape": "false"}, False),
        ({"prometheus.io/scrape": "true", "prometheus.io/port": "9404"}, True),
        ({"prometheus.io/scrape": "true", "prometheus.io/port": "9308"}, False),
        ({"ad.datadoghq.com/kafka.checks": "{}"}, None),
        ({}, False),
    ],
)
def test_annotations(annotations: dict[str, str], expected: bool | None) -> None:
    assert reached(exporter(annotations=annotations), model(PODS)) is expected


def test_an_exporter_whose_port_is_not_known_is_not_judged() -> None:
    assert reached(Exporter(ExporterKind.JMX, "", exporter().place, exporter().pods, ()), model(PODS)) is None


def config(text: str, kind: str = "ConfigMap", field: str = "data") -> str:
    body = "\n".join(f"    {line}" for line in text.splitlines())
    return (
        f"\n---\napiVersion: v1\nkind: {kind}\nmetadata: {{name: prometheus}}\n{field}:\n  prometheus.yml: |\n{body}\n"
    )


STATIC = "scrape_configs:\n- job_name: kafka\n  static_configs:\n  - targets: ['kafka-jmx.events.svc:9404']\n"
DISCOVERY = "- job_name: pods\n  kubernetes_sd_configs:\n  - role: %s\n"
ANNOTATED = """  relabel_configs:
  - source_labels: [__meta_kubernetes_pod_annotation_prometheus_io_scrape]
    action: keep
    regex: true
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (STATIC, True),
        (STATIC.replace("kafka-jmx.events", "shop.events"), False),
        (DISCOVERY % "node", False),
        (DISCOVERY % "pod", None),
        (DISCOVERY % "pod" + ANNOTATED, False),
        ("- job_name: files\n  file_sd_configs: []\n  static_configs: []\n", None),
        ("scrape_configs: {{ toYaml .jobs }}", None),
        ("receivers:\n  prometheus:\n    config:\n      scrape_configs: []\n", None),
        ('prometheus.scrape "pods" {\n  targets = discovery.kubernetes.pods.targets\n}\n', None),
        ("prometheus.operator.podmonitors: on", None),
    ],
)
def test_scrape_configurations(text: str, expected: bool | None) -> None:
    assert reached(exporter(), model(PODS + SERVICE % "9404" + config(text))) is expected
    secret = config(text, "Secret", "stringData")
    assert reached(exporter(), model(PODS + SERVICE % "9404" + secret)) is expected


def test_a_scrape_config_resource() -> None:
    text = """
---
apiVersion: monitoring.coreos.com/v1alpha1
kind: ScrapeConfig
metadata: {name: kafka}
spec:
  staticConfigs:
    - targets: [kafka-jmx.events:9404]
"""
    assert reached(exporter(), model(PODS + SERVICE % "9404" + text)) is True
    assert scrape_jobs(bundle_of(text)[0])[0].addresses == (("kafka-jmx.events", 9404),)


def test_another_collector_may_scrape_anything() -> None:
    text = "\n---\napiVersion: operator.victoriametrics.com/v1beta1\nkind: VMPodScrape\nmetadata: {name: a}\n"
    assert reached(exporter(), model(PODS + text)) is None


def test_without_a_cluster_no_monitor_is_said_to_miss() -> None:
    assert list(misses(model(PODS + monitor("PodMonitor", "port: jmx")))) == []


@given(st.lists(st.sampled_from([True, False, None])))
def test_any_of_is_kleenes_or(answers: list[bool | None]) -> None:
    expected = True if True in answers else None if None in answers else False
    assert any_of(answers) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("kafka:9092", [("kafka", 9092)]),
        ("PLAINTEXT://a:9092, b:9093;c", [("a", 9092), ("b", 9093), ("c", None)]),
        ("1@kafka-0.kafka:9093", [("kafka-0.kafka", 9093)]),
        ("zookeeper:2181/chroot", [("zookeeper", 2181)]),
        ("", []),
    ],
)
def test_servers(text: str, expected: list[tuple[str, int | None]]) -> None:
    assert [(server.host, server.port) for server in servers(text)] == expected


@pytest.mark.parametrize("host", ["10.0.0.1", "localhost", "$(HOST)", "{{host}}", "a_b"])
def test_what_is_no_name(host: str) -> None:
    assert not Server(host, host, 9092).name


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("kafka", [Meaning("kafka", "here")]),
        ("kafka.events", [Meaning("kafka", "events"), Meaning("events", "here", "kafka")]),
        ("kafka.events.svc", [Meaning("kafka", "events")]),
        ("kafka.events.svc.cluster.local", [Meaning("kafka", "events")]),
        ("kafka-0.kafka.events.svc", [Meaning("kafka", "events", "kafka-0")]),
        ("kafka-0.kafka.events", [Meaning("kafka", "events", "kafka-0")]),
        ("broker.eu.example.com", []),
    ],
)
def test_meanings(host: str, expected: list[Meaning]) -> None:
    assert list(meanings(host, "here")) == expected


def test_a_name_leads_to_pods_through_the_services_selector() -> None:
    services = model(SERVICE % "9404").services
    kafka = Pods("events", PodLabels({"app": "kafka"}), 3)
    assert leads_to_pods("kafka-jmx", kafka, services) is True
    assert leads_to_pods("kafka-jmx", Pods("events", PodLabels({"app": "shop"}), 3), services) is False
    assert leads_to_pods("shop", kafka, services) is False


def test_name_matchers_of_an_expression() -> None:
    expression = (
        'a{pod=~"x-[0-9]{1,2}",pod!~"y",job="z"} / b{persistentvolumeclaim="data\\\\.x"} == 0 and c{pod=~"${P}"}'
    )
    found = [
        (one.label, one.pattern, one.regex, expression[one.span.start : one.span.end])
        for one in name_matchers(expression)
    ]
    assert found == [
        ("pod", "x-[0-9]{1,2}", True, "x-[0-9]{1,2}"),
        ("persistentvolumeclaim", "data\\.x", False, "data\\\\.x"),
    ]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("kafka-[0-9]+", True),
        ("kafka", False),
        ("my-kafka-[0-9]+", False),
        (".*kafka.*", True),
        ("a|kafka-0", True),
        ("(?:a|kafka)-\\d", True),
        ("(?i)KAFKA-0", None),
        ("(?!x)kafka-0", None),
        ("(a+)+", None),
        ("(a|a)*", None),
        ("kafka-[", None),
        ("kafka-0++", None),
        (".*" * 20, None),
        ("a?" * 60, None),
    ],
)
def test_patterns_are_anchored_and_bounded(pattern: str, expected: bool | None) -> None:
    (matcher,) = name_matchers(f"up{{pod=~`{pattern}`}}")
    assert fits(matcher, ["kafka-0", "kafka-1"]) is expected


@given(st.text(alphabet="ak-.*+?()[]{}|01,", min_size=1, max_size=60))
def test_no_pattern_takes_long(pattern: str) -> None:
    found = name_matchers(f"up{{pod=~`{pattern}`}}")
    start = time.process_time()
    for matcher in found:
        fits(matcher, ["a" * 60 + "!", "kafka-0"])
    assert time.process_time() - start < 5


def test_absence_and_alternatives() -> None:
    expression = 'absent(up{pod=~"a"}) and count(up{pod=~"b)"}) > 1 and absent_over_time(up{pod=~"c"}[5m])'
    found = {matcher.pattern: is_absence(expression, matcher) for matcher in name_matchers(expression)}
    assert found == {"a": True, "b)": False, "c": True}
    assert has_alternative("a or b")
    assert has_alternative("a unless b")
    assert not has_alternative('a{x="or"} and order')


def test_alerts_in_rule_files() -> None:
    rules = "groups:\n- name: a\n  rules:\n  - {alert: A, expr: up == 0}\n  - {record: b, expr: up}\n"
    found = list(alerts(bundle_of(config(rules))[0]))
    assert [(alert.name, alert.expression) for alert in found] == [("A", "up == 0")]


def test_names_of_pods_that_controllers_make_up() -> None:
    text = PODS.replace("StatefulSet", "Deployment")
    names = pod_names(model(text)) or ()
    (matcher,) = name_matchers('up{pod=~"kafka-[a-z0-9]+-[a-z0-9]{5}"}')
    assert fits(matcher, names) is True
    (ordinal,) = name_matchers('up{pod=~"kafka-[0-9]+"}')
    assert fits(ordinal, names) is False
    assert pod_names(model(PODS)) == ("kafka-0", "kafka-1", "kafka-2")


def test_words() -> None:
    assert tokens("KafkaConnect my-cluster-0") == {"kafka", "connect", "my", "cluster"}
    assert parts_in("KafkaConnect") == {"connect"}
    assert pattern_tokens(r"data(-[a-z]+)?-kafka-\d{2}") == {"data", "kafka"}
