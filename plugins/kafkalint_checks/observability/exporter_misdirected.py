"""KL509: an exporter that asks the wrong door."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from kafkalint.checking.check import ClusterCheck
from kafkalint.checking.finding import Finding, Level
from kafkalint.kafka.addresses import Server, servers
from kafkalint.kafka.directions import wrong_way
from kafkalint.kafka.model import ExporterKind
from kafkalint.kafka.phrases import capital
from kafkalint.manifests.text import Span

if TYPE_CHECKING:
    from kafkalint.kafka.model import Exporter, KafkaCluster, KafkaModel
    from kafkalint.manifests.resources import Place


class ExporterMisdirected(ClusterCheck):
    """An exporter is pointed at a Service or port that the cluster does not have.

    ## What it does
    Resolves the servers that a kafka-exporter, kminion or zookeeper-exporter is given, as Kubernetes' DNS would from
    the exporter's namespace, against the Services of the input and those that the operator makes, and looks for the
    port. Names of other namespaces and domains, addresses and templates are not judged.

    ## Why is this bad?
    The exporter never becomes ready, or serves nothing: consumer lag is missing just as if there were no exporter at
    all.

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
              args: ["--kafka.server=kafka:9095"]
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
    - https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
    - https://github.com/danielqsj/kafka_exporter
    """

    code: ClassVar[str] = "KL509"
    name: ClassVar[str] = "exporter-misdirected"
    level: ClassVar[Level] = Level.ERROR
    cross_resource: ClassVar[bool] = True

    def check(self, cluster: KafkaCluster, model: KafkaModel) -> Iterator[Finding]:
        """One finding for each server that an exporter is given and that is not there."""
        if not cluster.whole:
            return
        for exporter in cluster.exporters:
            target = exporter.target
            if target is None or not target.value or not target.known:
                continue
            if (
                target.place.resource not in model.bundle.primary
                and exporter.place.resource not in model.bundle.primary
            ):
                continue
            for server in servers(target.value):
                reason = wrong_way(server, exporter, cluster, model)
                if reason is not None:
                    yield self._finding(exporter, server, reason, cluster)

    def _finding(self, exporter: Exporter, server: Server, reason: str, cluster: KafkaCluster) -> Finding:
        place = exporter.target.place if exporter.target else exporter.place
        return self.finding(
            _narrowed(place, server.text),
            f"{capital(exporter.title)} reads from {server.text}, but {reason}: it exports nothing.",
            help=f"Name a Service of {_watched(exporter, cluster)} and one of its ports.",
        )


def _watched(exporter: Exporter, cluster: KafkaCluster) -> str:
    if exporter.kind is ExporterKind.ZOOKEEPER and cluster.zookeeper:
        return cluster.zookeeper[0].title
    return cluster.title


def _narrowed(place: Place, text: str) -> Place:
    value = place.value
    start = value.find(text) if isinstance(value, str) else -1
    if start < 0:
        return place
    return place.resource.place(*place.route, fragment=Span(start, start + len(text)))
