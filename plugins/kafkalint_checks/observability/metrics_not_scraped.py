"""KL504: metrics that are served and not fetched."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from kafkalint.checking.check import ClusterCheck
from kafkalint.checking.finding import Applicability, Finding, Level
from kafkalint.kafka.misses import misses
from kafkalint.kafka.monitoring import reached
from kafkalint.kafka.phrases import capital

if TYPE_CHECKING:
    from kafkalint.kafka.model import Exporter, KafkaCluster, KafkaModel


class MetricsNotScraped(ClusterCheck):
    """An exporter serves metrics that nothing scrapes.

    ## What it does
    Evaluates every ServiceMonitor (labels of Services, their selectors, names of their ports), PodMonitor (labels of
    pods, names of container ports), `prometheus.io/scrape` annotation and Prometheus scrape configuration of the
    input against the pods and ports of each exporter. Silent where one of them may reach it, where another
    collector's objects are deployed, and where a monitor was meant for it and misses: that is monitor-selects-
    nothing.

    ## Why is this bad?
    The exporter runs, every dashboard is empty, and no alert on Kafka can ever fire.

    ## Example
    ```yaml
    apiVersion: apps/v1
    kind: StatefulSet
    metadata:
      name: kafka
    spec:
      serviceName: kafka
      replicas: 3
      selector:
        matchLabels: {app: kafka}
      template:
        metadata:
          labels: {app: kafka}
        spec:
          containers:
            - name: kafka
              image: apache/kafka:4.1.0
              env:
                - {name: KAFKA_PROCESS_ROLES, value: "broker,controller"}
                - name: KAFKA_OPTS
                  value: -javaagent:/opt/jmx/jmx_prometheus_javaagent.jar=9404:/etc/jmx/kafka.yaml
              ports:
                - {name: metrics, containerPort: 9404}
    ```

    ## Use instead
    ```yaml
    apiVersion: apps/v1
    kind: StatefulSet
    metadata:
      name: kafka
    spec:
      serviceName: kafka
      replicas: 3
      selector:
        matchLabels: {app: kafka}
      template:
        metadata:
          labels: {app: kafka}
        spec:
          containers:
            - name: kafka
              image: apache/kafka:4.1.0
              env:
                - {name: KAFKA_PROCESS_ROLES, value: "broker,controller"}
                - name: KAFKA_OPTS
                  value: -javaagent:/opt/jmx/jmx_prometheus_javaagent.jar=9404:/etc/jmx/kafka.yaml
              ports:
                - {name: metrics, containerPort: 9404}
    ---
    apiVersion: monitoring.coreos.com/v1
    kind: PodMonitor
    metadata:
      name: kafka
    spec:
      selector:
        matchLabels: {app: kafka}
      podMetricsEndpoints:
        - port: metrics
    ```

    ## References
    - https://prometheus-operator.dev/docs/developer/getting-started/
    - https://prometheus.io/docs/prometheus/latest/configuration/configuration/#kubernetes_sd_config
    """

    code: ClassVar[str] = "KL504"
    name: ClassVar[str] = "metrics-not-scraped"
    level: ClassVar[Level] = Level.WARNING
    fix: ClassVar[Applicability] = Applicability.NEW
    cross_resource: ClassVar[bool] = True

    def check(self, cluster: KafkaCluster, model: KafkaModel) -> Iterator[Finding]:
        """One finding for each place that configures an exporter which nothing reaches."""
        if not cluster.whole:
            return
        unreached = [
            exporter
            for exporter in cluster.exporters
            if exporter.place.resource in model.bundle.primary and reached(exporter, model) is False
        ]
        if not unreached:
            return
        said = [miss for miss in misses(model) if miss.monitor.resource in model.bundle.primary]
        meant = [target.pods for miss in said for target in miss.targets]
        places: dict[tuple[object, ...], list[Exporter]] = defaultdict(list)
        for exporter in unreached:
            if exporter.pods not in meant:
                places[id(exporter.place.resource), exporter.place.route].append(exporter)
        for exporter, *others in places.values():
            yield self._finding(exporter, len(others))

    def _finding(self, exporter: Exporter, others: int) -> Finding:
        title = capital(exporter.title) + (f" (and of {others} more)" if others else "")
        port = exporter.ports[0]
        number = f"port {port.number}" if port.number is not None else f"port {port.name}"
        return self.finding(
            exporter.place,
            f"{title} serves metrics on {number}, and no ServiceMonitor, PodMonitor, "
            "scrape configuration or prometheus.io/scrape annotation here reaches it: nobody will see them.",
            help=_help(exporter),
        )


def _help(exporter: Exporter) -> str:
    named = next((port.name for port in exporter.ports if port.name), None)
    if named is None:
        return "Declare the port with a name in the container, and add a PodMonitor for these pods with that name."
    return f"Add a PodMonitor whose selector matches the labels of these pods, with port: {named}."
