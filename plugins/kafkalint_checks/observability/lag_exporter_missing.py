"""KL502: consumers that may fall behind unseen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from kafkalint.checking.check import ClusterCheck
from kafkalint.checking.finding import Applicability, Finding, Level
from kafkalint.checking.fix import AddResource
from kafkalint.kafka.bootstrap import open_bootstrap
from kafkalint.kafka.labels import PodLabels
from kafkalint.kafka.lag import collects_lag, unclaimed_lag_exporters
from kafkalint.kafka.model import Exporter, ExporterKind, MetricsPort
from kafkalint.kafka.placement import Pods
from kafkalint_checks.observability._switching import Change, scraped, switched_on

if TYPE_CHECKING:
    from kafkalint.checking.fix import Fix
    from kafkalint.kafka.model import KafkaCluster, KafkaModel

_PORT = ("metrics", 9308)


class LagExporterMissing(ClusterCheck):
    """Nothing exports the lag of consumer groups.

    ## What it does
    Looks for something that compares what consumers have committed with the ends of the logs: kafka-exporter,
    kminion, Burrow's or another lag exporter, as a Deployment or a sidecar, Strimzi's `spec.kafkaExporter`,
    Confluent's consumer lag emitter. One finding for each cluster; silent where another lag exporter, or a
    collector's configuration in the input, may see to it.

    With `--unsafe-fixes` Strimzi is told to run its Kafka Exporter, and Confluent Server to emit the lag, which rolls
    the brokers. A plain StatefulSet gets a kafka-exporter, if it is certain that a listener inside the cluster lets it
    in without credentials. Where nothing would scrape it, a PodMonitor is added.

    ## Why is this bad?
    Brokers do not tell how far consumers are behind. A group that is stuck looks healthy in every broker metric until
    retention deletes what it has not read.

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
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: kafka
    spec:
      selector: {app: kafka}
      ports:
        - {name: client, port: 9092}
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: kafka-exporter
    spec:
      selector:
        matchLabels: {app: kafka-exporter}
      template:
        metadata:
          labels: {app: kafka-exporter}
        spec:
          containers:
            - name: kafka-exporter
              image: danielqsj/kafka-exporter:v1.9.0
              args: ["--kafka.server=kafka:9092"]
    ```

    ## References
    - https://github.com/danielqsj/kafka_exporter
    - https://strimzi.io/docs/operators/latest/deploying#assembly-kafka-exporter-str
    - https://docs.confluent.io/platform/current/monitor/monitor-consumer-lag.html
    """

    code: ClassVar[str] = "KL502"
    name: ClassVar[str] = "lag-exporter-missing"
    level: ClassVar[Level] = Level.WARNING
    fix: ClassVar[Applicability] = Applicability.UNSAFE
    cross_resource: ClassVar[bool] = True

    def check(self, cluster: KafkaCluster, model: KafkaModel) -> Iterator[Finding]:
        """One finding for a cluster whose consumers nothing watches."""
        if not cluster.whole or not cluster.brokers or cluster.resource not in model.bundle.primary:
            return
        if any(exporter.kind is ExporterKind.LAG for exporter in cluster.exporters):
            return
        if collects_lag(model) or any(True for _ in unclaimed_lag_exporters(model)):
            return
        yield self.finding(
            cluster.lag_switch.place if cluster.lag_switch else cluster.resource.place("metadata", "name"),
            f"Nothing here exports the consumer lag of {cluster.title}: "
            "a consumer group that falls behind shows in no broker metric.",
            help=_help(cluster),
            fix=self._fix(cluster, model),
        )

    def _fix(self, cluster: KafkaCluster, model: KafkaModel) -> Fix | None:
        switch = cluster.lag_switch
        change = _deployed(cluster, model) if switch is None else switched_on(switch, cluster, model)
        return self.mend(change.order, *change.operations) if change else None


def _deployed(cluster: KafkaCluster, model: KafkaModel) -> Change | None:
    """An exporter's Deployment, where it is certain how it gets to the brokers."""
    server = open_bootstrap(cluster, model)
    name = f"{cluster.resource.name}-exporter"
    if server is None or any(workload.resource.name == name for workload in model.workloads):
        return None
    added = AddResource(cluster.resource, _deployment(name, cluster.resource.namespace, server))
    pods = Pods(cluster.resource.namespace, PodLabels({"app": name}), 1, name=name)
    place = cluster.resource.place()
    exporter = Exporter(ExporterKind.LAG, f"Deployment {name}", place, pods, (MetricsPort(*_PORT),))
    return scraped(Change(f"Add Deployment {name}", (added,)), cluster.resource, [exporter], cluster, model)


def _deployment(name: str, namespace: str | None, server: str) -> dict[str, Any]:
    """A kafka_exporter that watches the brokers behind a server (README of danielqsj/kafka_exporter)."""
    labels = {"app": name}
    name_of_port, number = _PORT
    container = {
        "name": "kafka-exporter",
        "image": "danielqsj/kafka-exporter:v1.9.0",
        "args": [f"--kafka.server={server}"],
        "ports": [{"name": name_of_port, "containerPort": number}],
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name} if namespace is None else {"name": name, "namespace": namespace},
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
        },
    }


def _help(cluster: KafkaCluster) -> str:
    if cluster.lag_switch is None:
        return "Deploy kafka-exporter beside the cluster; if one runs elsewhere, ignore this for the cluster."
    return f"{cluster.lag_switch.how}; if an exporter runs elsewhere, ignore this for the cluster."
