"""KL306: nodes of Kafka that may all land on one Kubernetes node."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from kafkalint.checking.check import ClusterCheck
from kafkalint.checking.finding import Applicability, Finding, Level
from kafkalint.checking.fix import Fix, SetValue
from kafkalint.kafka.colocation import sharing_nodes
from kafkalint.kafka.placement import Apartness
from kafkalint_checks.availability._apart import rule_apart
from kafkalint_checks.availability._words import REQUIRED, crowd, loss, required_rule, switch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.kafka.colocation import Colocation
    from kafkalint.kafka.model import KafkaCluster, KafkaModel


class AntiAffinityMissing(ClusterCheck):
    """Nothing keeps two brokers, two controllers or two ZooKeeper servers off one Kubernetes node.

    ## What it does
    Works out, as the scheduler does, whether two pods of one role may land on one node. What keeps them apart: a
    required anti-affinity over hosts or zones; a `DoNotSchedule` topology spread with `maxSkew: 1` over hosts, or over
    zones where there is certainly one for each pod; node labels that hold pools in different places; a port of the node
    that both ask for; `oneReplicaPerNode` of Confluent for Kubernetes. Pools that each keep their own pods apart are
    also compared with one another. The rule that the fix writes needs as many nodes as there are pods; where it can
    only be written for brokers and controllers together, it takes `--unsafe-fixes`.

    ## Why is this bad?
    The scheduler likes to fill a node, above all after another one has failed. When that node then dies, every broker
    on it goes at the same moment, and with it all replicas of some partitions.

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
          affinity:
            podAntiAffinity:
              requiredDuringSchedulingIgnoredDuringExecution:
                - topologyKey: kubernetes.io/hostname
                  labelSelector:
                    matchLabels: {app: kafka}
          containers:
            - name: kafka
              image: apache/kafka:4.1.0
    ```

    ## References
    - https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#inter-pod-affinity-and-anti-affinity
    - https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/
    """

    code: ClassVar[str] = "KL306"
    name: ClassVar[str] = "anti-affinity-missing"
    level: ClassVar[Level] = Level.ERROR
    fix: ClassVar[Applicability] = Applicability.SAFE

    def check(self, cluster: KafkaCluster, model: KafkaModel) -> Iterator[Finding]:
        """One finding for each pool without a rule, or for pools that have one each but none for one another."""
        for case in sharing_nodes(cluster, model):
            if case.strength is Apartness.ABSENT:
                yield self._finding(case, cluster, self._fix(case, cluster, model))

    def _finding(self, case: Colocation, cluster: KafkaCluster, fix: Fix | None) -> Finding:
        return self.finding(
            case.pools[0].template.place(*REQUIRED),
            f"Nothing keeps {crowd(case)} off one node{_operator(case, cluster)}: {loss(case)}.",
            help=required_rule(case),
            related=[(pool.template.place(*REQUIRED), f"the rules of {pool.title}") for pool in case.pools[1:]],
            fix=fix,
        )

    def _fix(self, case: Colocation, cluster: KafkaCluster, model: KafkaModel) -> Fix | None:
        one_per_node = switch(case)
        if one_per_node is not None:
            # Who has written `false` has had a reason.
            applicability = Applicability.UNSAFE if one_per_node.written else None
            what = f"Set {one_per_node.route[-1]}: true"
            return self.mend(what, SetValue(one_per_node, value=True), applicability=applicability)
        order = rule_apart(case, cluster, model)
        if order is None:
            return None
        return self.mend(order.text, *order.operations, applicability=None if order.safe else Applicability.UNSAFE)


def _operator(case: Colocation, cluster: KafkaCluster) -> str:
    """What the operator does not do, although one may expect it."""
    if cluster.operator is None:
        return ""
    rack = cluster.rack
    if rack is not None and rack.dropped_since and rack.topology_key is not None:
        return f", and since {rack.dropped_since} `rack` adds no anti-affinity"
    place = switch(case)
    if place is not None:
        return f", and {place.route[-1]} is not true"
    return f", and {cluster.operator} adds no anti-affinity by itself"
