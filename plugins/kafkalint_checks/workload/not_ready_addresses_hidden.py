"""KL104: peers that cannot be found before they are ready."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from kafkalint.checking.check import ClusterCheck
from kafkalint.checking.finding import Applicability, Finding, Level
from kafkalint.checking.fix import SetValue

if TYPE_CHECKING:
    from kafkalint.kafka.model import KafkaCluster, KafkaModel, NodePool, Service


class NotReadyAddressesHidden(ClusterCheck):
    """The headless Service of the brokers or controllers hides the addresses of pods that are not ready.

    ## What it does
    Looks at the governing Service of each StatefulSet with several brokers or controllers and asks for
    `publishNotReadyAddresses: true`.

    ## Why is this bad?
    A node becomes ready by talking to its peers, and cannot look up their names before they are ready themselves: a
    cold start waits for itself. When the API server is away no pod can become ready again, and names that were there
    vanish.

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
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: kafka
    spec:
      clusterIP: None
      selector: {app: kafka}
      ports:
        - port: 9092
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
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: kafka
    spec:
      clusterIP: None
      publishNotReadyAddresses: true
      selector: {app: kafka}
      ports:
        - port: 9092
    ```

    ## References
    - https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/#ServiceSpec
    """

    code: ClassVar[str] = "KL104"
    name: ClassVar[str] = "not-ready-addresses-hidden"
    level: ClassVar[Level] = Level.WARNING
    fix: ClassVar[Applicability] = Applicability.SAFE

    def check(self, cluster: KafkaCluster, model: KafkaModel) -> Iterator[Finding]:
        """One finding for each Service."""
        reported: set[int] = set()
        for pool in cluster.pools:
            service = _governing(pool, model)
            if service is not None and not service.publishes_not_ready and id(service) not in reported:
                reported.add(id(service))
                yield from self._hidden(service, pool)

    def _hidden(self, service: Service, pool: NodePool) -> Iterator[Finding]:
        if service.resource is not None:
            place = service.resource.place("spec", "publishNotReadyAddresses")
            yield self.finding(
                place,
                f"Service {service.name} does not publish the addresses of pods that are not ready: until it is ready, "
                f"a node of {pool.title} has no name in DNS, and its {(pool.replicas.value or 2) - 1} peers cannot "
                "find it.",
                help="Set publishNotReadyAddresses: true.",
                fix=self.mend("Set publishNotReadyAddresses: true", SetValue(place, value=True)),
            )


def _governing(pool: NodePool, model: KafkaModel) -> Service | None:
    """The headless Service of a StatefulSet with peers; None where headless-service-broken has something to say."""
    if pool.workload != "StatefulSet" or pool.service is None or (pool.replicas.value or 0) < 2:
        return None
    found = model.service(pool.service.value, pool.namespace)
    if found is None or not found.headless or found.selector is None:
        return None
    return found if found.selector.matches(pool.pods.labels) else None
