"""KL503: a ZooKeeper ensemble that tells nobody how it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from kafkalint.checking.check import ClusterCheck
from kafkalint.checking.finding import Finding, Level
from kafkalint.kafka.model import ExporterKind, Mode
from kafkalint.kafka.pods import hidden_environment

if TYPE_CHECKING:
    from kafkalint.kafka.model import KafkaCluster, KafkaModel, NodePool
    from kafkalint.manifests.resources import Place


class ZookeeperExporterMissing(ClusterCheck):
    """Nothing serves the metrics of the ZooKeeper servers that Kafka depends on.

    ## What it does
    Where the cluster keeps its metadata in ZooKeeper and the ensemble is in the input, looks for an exporter of it: a
    JMX agent or sidecar, a zookeeper-exporter, ZooKeeper's own metrics provider (3.6 and newer), Strimzi's
    `spec.zookeeper.metricsConfig`.

    ## Why is this bad?
    Without its quorum ZooKeeper stops, and Kafka with it: no leader is elected, no topic made, no broker comes back.
    Slow fsyncs and outstanding requests announce that, if somebody looks.

    ## Example
    ```yaml
    apiVersion: apps/v1
    kind: StatefulSet
    metadata:
      name: zookeeper
    spec:
      serviceName: zookeeper
      replicas: 3
      selector:
        matchLabels: {app: zookeeper}
      template:
        metadata:
          labels: {app: zookeeper}
        spec:
          containers:
            - name: zookeeper
              image: zookeeper:3.9.3
              ports:
                - {name: client, containerPort: 2181}
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: zookeeper
    spec:
      clusterIP: None
      selector: {app: zookeeper}
      ports:
        - {name: client, port: 2181}
    ---
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
              image: confluentinc/cp-kafka:7.9.0
              env:
                - {name: KAFKA_ZOOKEEPER_CONNECT, value: "zookeeper:2181"}
    ```

    ## Use instead
    ```yaml
    apiVersion: apps/v1
    kind: StatefulSet
    metadata:
      name: zookeeper
    spec:
      serviceName: zookeeper
      replicas: 3
      selector:
        matchLabels: {app: zookeeper}
      template:
        metadata:
          labels: {app: zookeeper}
        spec:
          containers:
            - name: zookeeper
              image: zookeeper:3.9.3
              ports:
                - {name: client, containerPort: 2181}
              env:
                - name: ZOO_CFG_EXTRA
                  value: >-
                    metricsProvider.className=org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider
                    metricsProvider.httpPort=7000
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: zookeeper
    spec:
      clusterIP: None
      selector: {app: zookeeper}
      ports:
        - {name: client, port: 2181}
    ---
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
              image: confluentinc/cp-kafka:7.9.0
              env:
                - {name: KAFKA_ZOOKEEPER_CONNECT, value: "zookeeper:2181"}
    ```

    ## References
    - https://zookeeper.apache.org/doc/current/zookeeperMonitor.html
    - https://github.com/dabealu/zookeeper-exporter
    """

    code: ClassVar[str] = "KL503"
    name: ClassVar[str] = "zookeeper-exporter-missing"
    level: ClassVar[Level] = Level.WARNING
    cross_resource: ClassVar[bool] = True

    def check(self, cluster: KafkaCluster, model: KafkaModel) -> Iterator[Finding]:
        """One finding for an ensemble without an exporter."""
        if cluster.mode is not Mode.ZOOKEEPER or cluster.partial or not cluster.zookeeper:
            return
        if any(exporter.kind is ExporterKind.ZOOKEEPER for exporter in cluster.exporters):
            return
        if any(_may_export(pool, model) for pool in cluster.zookeeper):
            return
        ensemble = cluster.zookeeper[0]
        place = _place(ensemble)
        if place.resource in model.bundle.primary:
            yield self.finding(
                place,
                f"Nothing exports the metrics of the ZooKeeper servers of {ensemble.title}: "
                "Kafka stops when they lose their quorum, and nothing announces it.",
                help=_help(cluster),
            )


def _place(pool: NodePool) -> Place:
    return pool.main.place if pool.main else pool.resource.place("metadata", "name")


def _may_export(pool: NodePool, model: KafkaModel) -> bool:
    hidden = pool.server is not None and hidden_environment(pool.server, pool.namespace, model.bundle)
    return hidden or not pool.template.complete


def _help(cluster: KafkaCluster) -> str:
    if cluster.operator:
        return "Give ZooKeeper a metricsConfig as Kafka has one, or move the cluster to KRaft."
    return (
        "Switch on ZooKeeper's own metrics provider "
        "(metricsProvider.className=org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider), "
        "run an exporter beside it, or move the cluster to KRaft."
    )
