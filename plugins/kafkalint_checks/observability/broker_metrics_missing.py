"""KL501: brokers that tell nobody how they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from kafkalint.checking.check import ClusterCheck
from kafkalint.checking.finding import Applicability, Finding, Level
from kafkalint.kafka.images import ImageReference
from kafkalint.kafka.misses import Stage, misses
from kafkalint.kafka.model import ExporterKind
from kafkalint.kafka.pods import hidden_environment
from kafkalint_checks.observability._switching import switched_on

if TYPE_CHECKING:
    from kafkalint.checking.fix import Fix
    from kafkalint.kafka.model import KafkaCluster, KafkaModel, NodePool
    from kafkalint.manifests.resources import Place

# Names that Kafka's public images go by, a mirror's included; they start Kafka and nothing else.
_PUBLIC = frozenset(
    ("kafka", "kafka-native", "cp-kafka", "cp-server", "cp-enterprise-kafka", "cp-kafka-kraft", "kubernetes-kafka")
)


class BrokerMetricsMissing(ClusterCheck):
    """Nothing serves the brokers' metrics.

    ## What it does
    Looks in the broker pods for Prometheus' JMX exporter, as a Java agent or as a sidecar, for a metrics reporter
    that speaks to Prometheus, and for the operator's own switch (`metricsConfig`). Confluent for Kubernetes always
    runs an exporter. Silent where the container is put together from what is not in the input, and where a monitor
    asks for metrics that are not there: that is monitor-selects-nothing.

    With `--unsafe-fixes` Strimzi is told to serve them, which rolls the brokers: by the rules for the JMX exporter that
    the input holds, else by the Strimzi Metrics Reporter, or, where the operator may be older than 0.47, by a ConfigMap
    with rules. Where nothing would scrape them, a PodMonitor is added.

    ## Why is this bad?
    Under-replicated and offline partitions, an ISR that shrinks, request queues that fill up: Kafka tells all of it
    by JMX and nowhere else. Without an exporter the first sign of trouble is a client that fails.

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
                - name: KAFKA_OPTS
                  value: -javaagent:/opt/jmx/jmx_prometheus_javaagent.jar=9404:/etc/jmx/kafka.yaml
    ```

    ## References
    - https://kafka.apache.org/documentation/#monitoring
    - https://github.com/prometheus/jmx_exporter
    - https://strimzi.io/docs/operators/latest/deploying#assembly-metrics-str
    """

    code: ClassVar[str] = "KL501"
    name: ClassVar[str] = "broker-metrics-missing"
    level: ClassVar[Level] = Level.WARNING
    fix: ClassVar[Applicability] = Applicability.UNSAFE

    def check(self, cluster: KafkaCluster, model: KafkaModel) -> Iterator[Finding]:
        """One finding for each place where an exporter of broker metrics would have to be switched on."""
        if not cluster.whole or cluster.resource not in model.bundle.primary or _is_asked_for(cluster, model):
            return
        reported: set[Place] = set()
        for pool in cluster.brokers:
            place = _place(pool, cluster)
            if place not in reported and not _exports(pool, cluster) and not _may_export(pool, model):
                reported.add(place)
                yield self._finding(place, pool, cluster, model)

    def _finding(self, place: Place, pool: NodePool, cluster: KafkaCluster, model: KafkaModel) -> Finding:
        title = cluster.title if cluster.operator else pool.title
        return self.finding(
            place,
            f"{title} runs brokers without a JMX exporter or metrics reporter: "
            "under-replicated and offline partitions will not be seen by any alert.",
            help=_help(cluster),
            fix=self._fix(cluster, model),
        )

    def _fix(self, cluster: KafkaCluster, model: KafkaModel) -> Fix | None:
        change = switched_on(cluster.metrics_switch, cluster, model) if cluster.metrics_switch else None
        return self.mend(change.order, *change.operations) if change else None


def _place(pool: NodePool, cluster: KafkaCluster) -> Place:
    if cluster.metrics_switch is not None:
        return cluster.metrics_switch.place
    return pool.server.place if pool.server else pool.resource.place("metadata", "name")


def _exports(pool: NodePool, cluster: KafkaCluster) -> bool:
    nodes = [node.pods for node in cluster.nodes]
    exporters = [exporter for exporter in cluster.exporters if exporter.kind is ExporterKind.JMX]
    return any(exporter.pods == pool.pods or exporter.pods not in nodes for exporter in exporters)


def _may_export(pool: NodePool, model: KafkaModel) -> bool:
    """Whether the input leaves open what runs in the pods: an image of somebody's own may bring an agent along."""
    if pool.server is None:
        return not pool.template.complete
    own = ImageReference.parse(pool.server.image).name
    hidden = hidden_environment(pool.server, pool.namespace, model.bundle)
    return hidden or not pool.template.complete or (bool(own) and own not in _PUBLIC)


def _is_asked_for(cluster: KafkaCluster, model: KafkaModel) -> bool:
    """Whether a monitor asks these pods for metrics that nothing serves: it says so itself."""
    if any(exporter.kind is ExporterKind.JMX for exporter in cluster.exporters):
        return False
    brokers = [pool.pods for pool in cluster.brokers]
    return any(
        miss.stage is Stage.PORT
        and miss.monitor.resource in model.bundle.primary
        and any(target.pods in brokers for target in miss.targets)
        for miss in misses(model)
    )


def _help(cluster: KafkaCluster) -> str:
    if cluster.metrics_switch is not None:
        return f"{cluster.metrics_switch.how}."
    return (
        "Run Prometheus' JMX exporter in the broker pods: as a Java agent "
        "(KAFKA_OPTS: -javaagent:…/jmx_prometheus_javaagent.jar=9404:…) or as a sidecar."
    )
