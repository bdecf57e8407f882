"""KL101: brokers that are no StatefulSet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, ClassVar

from kafkalint.checking.check import ClusterCheck
from kafkalint.checking.finding import Finding, Level

if TYPE_CHECKING:
    from kafkalint.kafka.model import KafkaCluster, KafkaModel, Role


class BrokerNotStateful(ClusterCheck):
    """Brokers or controllers run from a workload that keeps neither their names nor their volumes.

    ## What it does
    Flags Kafka servers in a Deployment, ReplicaSet, ReplicationController, DaemonSet, Job or bare Pod. Clients, tools
    and exporters that use the same images are not servers and are left alone.

    ## Why is this bad?
    Kafka binds a broker's id to its disk and its address. A Deployment gives a replacement another name and no volume
    of its own, and during a rolling update it starts the new pod while the old one still holds the data.

    ## Example
    ```yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: kafka
    spec:
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
    ```

    ## References
    - https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/
    """

    code: ClassVar[str] = "KL101"
    name: ClassVar[str] = "broker-not-stateful"
    level: ClassVar[Level] = Level.ERROR

    def check(self, cluster: KafkaCluster, model: KafkaModel) -> Iterator[Finding]:
        """One finding for each workload."""
        for pool in cluster.pools:
            if not pool.stateful:
                yield self.finding(
                    pool.resource.place("kind"),
                    f"Kafka {_roles(pool.roles)} run from {pool.title}, not from a StatefulSet: a pod that is "
                    "replaced comes back with "
                    "another name and without its data.",
                    help="Use a StatefulSet with volumeClaimTemplates and a headless Service, or an operator.",
                )


def _roles(roles: Iterable[Role]) -> str:
    return " and ".join(sorted(f"{role.value}s" for role in roles))
