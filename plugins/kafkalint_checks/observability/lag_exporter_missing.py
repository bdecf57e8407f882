"""KL502: consumers that may fall behind unseen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from kafkalint.checking.check import ClusterCheck
from kafkalint.checking.finding import Applicability, Finding, Level
from kafkalint.kafka.lag import collects_lag, unclaimed_lag_exporters
from kafkalint.kafka.model import ExporterKind

if TYPE_CHECKING:
    from kafkalint.kafka.model import KafkaCluster, KafkaModel


class LagExporterMissing(ClusterCheck):
    """Nothing exports the lag of consumer groups.

    ## What it does
    Looks for something that compares what consumers have committed with the ends of the logs: kafka-exporter,
    kminion, Burrow's or another lag exporter, as a Deployment or a sidecar, Strimzi's `spec.kafkaExporter`,
    Confluent's consumer lag emitter. One finding for each cluster; silent where another lag exporter, or a
    collector's configuration in the input, may see to it.

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
        )


def _help(cluster: KafkaCluster) -> str:
    if cluster.lag_switch is None:
        return "Deploy kafka-exporter beside the cluster; if one runs elsewhere, ignore this for the cluster."
    return f"{cluster.lag_switch.how}; if an exporter runs elsewhere, ignore this for the cluster."
