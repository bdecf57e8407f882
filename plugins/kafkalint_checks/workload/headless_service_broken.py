"""KL103: a governing Service that gives the pods no names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from kafkalint.checking.check import ClusterCheck
from kafkalint.checking.finding import Applicability, Finding, Level
from kafkalint.manifests.bundles import may_share_namespace

if TYPE_CHECKING:
    from kafkalint.kafka.model import KafkaCluster, KafkaModel, NodePool, Service


class HeadlessServiceBroken(ClusterCheck):
    """A StatefulSet's governing Service is missing, is not headless, or selects other pods.

    ## What it does
    Looks up the Service that `serviceName` names, and asks that it has `clusterIP: None` and selects the pods of the
    StatefulSet. Where no Service at all is among the manifests, nothing can be said of it.

    ## Why is this bad?
    Only a headless Service gives each pod a name of its own (`kafka-0.kafka`). Without it brokers, controllers and
    ZooKeeper servers cannot find one another, and advertised listeners lead nowhere.

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
      selector: {app: kafka}
      ports:
        - port: 9092
    ```

    ## References
    - https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-network-id
    - https://kubernetes.io/docs/concepts/services-networking/service/#headless-services
    """

    code: ClassVar[str] = "KL103"
    name: ClassVar[str] = "headless-service-broken"
    level: ClassVar[Level] = Level.ERROR
    fix: ClassVar[Applicability] = Applicability.UNSAFE
    cross_resource: ClassVar[bool] = True

    def check(self, cluster: KafkaCluster, model: KafkaModel) -> Iterator[Finding]:
        """At most one finding for each StatefulSet."""
        for pool in cluster.nodes:
            if pool.workload == "StatefulSet" and pool.service is not None:
                yield from self._judged(pool, model)

    def _judged(self, pool: NodePool, model: KafkaModel) -> Iterator[Finding]:
        setting = pool.service
        assert setting is not None  # noqa: S101 - the caller looked
        if setting.known and not setting.value:
            yield self.finding(
                setting.place,
                f"{pool.title} has no serviceName: its pods get no names in DNS, and the nodes of Kafka cannot"
                " find one another.",
                help="Name a headless Service that selects these pods.",
            )
            return
        nearby = [service for service in model.services if may_share_namespace(service.namespace, pool.namespace)]
        named = model.service(setting.value, pool.namespace)
        if not nearby or not setting.value:
            return
        if named is None:
            yield self.finding(
                setting.place,
                f"{pool.title} is governed by Service {setting.value}, which is not among the manifests: its "
                "pods get no names in DNS.",
                help=_others(pool, nearby),
            )
            return
        yield from self._of_service(pool, named)

    def _of_service(self, pool: NodePool, service: Service) -> Iterator[Finding]:
        if service.resource is None:
            return
        governed = [(pool.resource.place("spec", "serviceName"), f"{pool.title} is governed by it")]
        if not service.headless:
            yield self.finding(
                service.resource.place("spec", "clusterIP"),
                f"Service {service.name} governs {pool.title} and is not headless (clusterIP: None): its pods "
                "get no names in DNS.",
                help=(
                    "Set clusterIP: None. The field cannot be changed in place: give clients a second Service, "
                    "and recreate this one."
                ),
                related=governed,
            )
        elif service.selector is None or service.selector.matches(pool.pods.labels) is False:
            mismatches = service.selector.unmatched(pool.pods.labels) if service.selector else ()
            key = [mismatches[0].requirement.key] if mismatches else []
            reason = str(mismatches[0]) if mismatches else "has no selector"
            yield self.finding(
                service.resource.place("spec", "selector", *key),
                f"Service {service.name} governs {pool.title} and does not select its pods: it {reason}.",
                help="Select the labels of the pod template.",
                related=governed,
            )


def _others(pool: NodePool, services: list[Service]) -> str:
    fitting = [
        service.name
        for service in services
        if service.headless and service.selector is not None and service.selector.matches(pool.pods.labels)
    ]
    if len(fitting) == 1:
        return f"Service {fitting[0]} is headless and selects these pods: write serviceName: {fitting[0]}."
    return "Add a Service of that name with clusterIP: None and a selector for these pods."
