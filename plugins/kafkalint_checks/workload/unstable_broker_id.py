"""KL102: node ids that pods share or do not keep."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from kafkalint.checking.check import ClusterCheck
from kafkalint.checking.finding import Finding, Level
from kafkalint.kafka.model import IdSource

if TYPE_CHECKING:
    from kafkalint.kafka.model import KafkaCluster, KafkaModel, NodeId, NodePool


class UnstableBrokerId(ClusterCheck):
    """Several replicas have one constant node id, or ids that do not come from the pod's ordinal.

    ## What it does
    Follows `node.id` (or `broker.id`) through the environment, the command and the properties file of a workload with
    more than one replica, and flags an id that is constant, generated at the first start, or taken from something else
    than the pod's ordinal.

    ## Why is this bad?
    Kafka finds its replicas by node id. Two nodes with one id fence each other off; a node that comes back with another
    id owns none of the data on its disk.

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
                - {name: KAFKA_NODE_ID, value: "1"}
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
                - name: KAFKA_NODE_ID
                  valueFrom:
                    fieldRef:
                      fieldPath: metadata.labels['apps.kubernetes.io/pod-index']
    ```

    ## References
    - https://kafka.apache.org/documentation/#brokerconfigs_node.id
    - https://kubernetes.io/docs/reference/labels-annotations-taints/#apps-kubernetes.io-pod-index
    """

    code: ClassVar[str] = "KL102"
    name: ClassVar[str] = "unstable-broker-id"
    level: ClassVar[Level] = Level.ERROR

    def check(self, cluster: KafkaCluster, model: KafkaModel) -> Iterator[Finding]:
        """One finding for each workload with several replicas."""
        for pool in cluster.pools:
            if pool.node_id is not None and (pool.replicas.value or 0) > 1:
                reason = _reason(pool.node_id, pool)
                if reason:
                    yield self.finding(
                        pool.node_id.place,
                        f"{pool.title} has {pool.replicas.value} replicas and {reason}.",
                        help=(
                            "Derive node.id from the pod's ordinal: the label apps.kubernetes.io/pod-index "
                            "through the downward API, or ${HOSTNAME##*-} in the command."
                        ),
                    )


def _reason(node_id: NodeId, pool: NodePool) -> str:
    match node_id.source:
        case IdSource.CONSTANT:
            value = f" {node_id.value}" if node_id.value else ""
            return f"one node id{value} for all of them: all but one are refused"
        case IdSource.GENERATED:
            return "lets each generate its id: a broker whose disk is new comes back as another one"
        case IdSource.POD:
            return (
                f"takes the node id from {node_id.value or 'the pod'}, which is not its ordinal: {_consequence(pool)}"
            )
        case _:
            return ""


def _consequence(pool: NodePool) -> str:
    if pool.stateful:
        return "Kafka wants a number that stays with the pod's volume"
    return "a pod that is replaced comes back as another broker"
