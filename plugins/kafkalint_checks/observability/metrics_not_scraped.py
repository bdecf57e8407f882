"""KL504: metrics that are served and not fetched."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from kafkalint.checking.check import ClusterCheck
from kafkalint.checking.finding import Applicability, Finding, Level
from kafkalint.checking.fix import AddResource, SetValue
from kafkalint.kafka.misses import misses
from kafkalint.kafka.monitoring import misled_annotation, reached
from kafkalint.kafka.phrases import capital
from kafkalint.kafka.pod_monitors import has_prometheus_operator, pod_monitor
from kafkalint_checks.observability._switching import goes_by_monitors

if TYPE_CHECKING:
    from kafkalint.checking.fix import Fix
    from kafkalint.kafka.model import Exporter, KafkaCluster, KafkaModel


class MetricsNotScraped(ClusterCheck):
    """An exporter serves metrics that nothing scrapes.

    ## What it does
    Evaluates every ServiceMonitor (labels of Services, their selectors, names of their ports), PodMonitor (labels of
    pods, names of container ports), `prometheus.io/scrape` annotation and Prometheus scrape configuration of the
    input against the pods and ports of each exporter. Silent where one of them may reach it, where another
    collector's objects are deployed, and where a monitor was meant for it and misses: that is monitor-selects-
    nothing.

    The fix is a PodMonitor with the labels by which Prometheus selects the monitors of the input. Where nothing in the
    input shows that the cluster knows PodMonitors it needs `--unsafe-fixes`: without the Prometheus operator the API
    server refuses one.

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
        for exporters in places.values():
            yield self._finding(exporters, self._fix(exporters, cluster, model))

    def _finding(self, exporters: Sequence[Exporter], fix: Fix | None) -> Finding:
        exporter, *others = exporters
        title = capital(exporter.title) + (f" (and of {len(others)} more)" if others else "")
        port = exporter.ports[0]
        number = f"port {port.number}" if port.number is not None else f"port {port.name}"
        return self.finding(
            exporter.place,
            f"{title} serves metrics on {number}, and no ServiceMonitor, PodMonitor, "
            "scrape configuration or prometheus.io/scrape annotation here reaches it: nobody will see them.",
            help=_help(exporter),
            fix=fix,
        )

    def _fix(self, exporters: Sequence[Exporter], cluster: KafkaCluster, model: KafkaModel) -> Fix | None:
        """An annotation that errs; else a PodMonitor, safe only where the input shows that the cluster knows them."""
        annotation = misled_annotation(exporters[0], model)
        number = exporters[0].ports[0].number
        if annotation is not None and number is not None:
            change = SetValue(annotation, str(number))
            return self.mend(f"Set prometheus.io/port: {number}", change, applicability=Applicability.UNSAFE)
        monitor = pod_monitor(exporters, cluster, model) if goes_by_monitors(model) else None
        if monitor is None:
            return None
        return self.mend(
            f"Add PodMonitor {monitor['metadata']['name']}",
            AddResource(exporters[0].place.resource, monitor),
            applicability=None if has_prometheus_operator(model) else Applicability.UNSAFE,
        )


def _help(exporter: Exporter) -> str:
    named = next((port.name for port in exporter.ports if port.name), None)
    if named is None:
        return "Declare the port with a name in the container, and add a PodMonitor for these pods with that name."
    return f"Add a PodMonitor whose selector matches the labels of these pods, with port: {named}."
