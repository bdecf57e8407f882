"""KL312: hard placement rules that leave some pods without a place."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from kafkalint.checking.check import ClusterCheck
from kafkalint.checking.finding import Finding, Level
from kafkalint.kafka.colocation import owner_of
from kafkalint.kafka.placement import Reason, SpreadConstraint
from kafkalint.kafka.room import unsatisfiable
from kafkalint.kafka.topology import HOSTNAME, ZONE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.kafka.model import KafkaCluster, KafkaModel, NodePool


class ConstraintUnsatisfiable(ClusterCheck):
    """Hard placement rules cannot place all pods: some will stay pending.

    ## What it does
    Counts how many zones, or nodes, the required rules of all pools of a cluster need together, and compares that with
    the zones that the pods themselves allow by node affinity, or that the configuration of kafkalint states (`zones:
    3`). Without either nothing is said.

    ## Why is this bad?
    The scheduler would rather leave a pod pending than break a required rule. The missing broker or controller is not
    noticed while the rest runs, and the cluster has lost its reserve before anything has failed.

    ## Example
    ```yaml
    apiVersion: apps/v1
    kind: StatefulSet
    metadata:
      name: kafka
    spec:
      serviceName: kafka
      replicas: 5
      selector:
        matchLabels: {app: kafka}
      template:
        metadata:
          labels: {app: kafka}
        spec:
          affinity:
            nodeAffinity:
              requiredDuringSchedulingIgnoredDuringExecution:
                nodeSelectorTerms:
                  - matchExpressions:
                      - key: topology.kubernetes.io/zone
                        operator: In
                        values: [eu-west-1a, eu-west-1b, eu-west-1c]
            podAntiAffinity:
              requiredDuringSchedulingIgnoredDuringExecution:
                - topologyKey: topology.kubernetes.io/zone
                  labelSelector:
                    matchLabels: {app: kafka}
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
      replicas: 5
      selector:
        matchLabels: {app: kafka}
      template:
        metadata:
          labels: {app: kafka}
        spec:
          affinity:
            nodeAffinity:
              requiredDuringSchedulingIgnoredDuringExecution:
                nodeSelectorTerms:
                  - matchExpressions:
                      - key: topology.kubernetes.io/zone
                        operator: In
                        values: [eu-west-1a, eu-west-1b, eu-west-1c]
            podAntiAffinity:
              requiredDuringSchedulingIgnoredDuringExecution:
                - topologyKey: kubernetes.io/hostname
                  labelSelector:
                    matchLabels: {app: kafka}
          topologySpreadConstraints:
            - maxSkew: 1
              topologyKey: topology.kubernetes.io/zone
              whenUnsatisfiable: DoNotSchedule
              labelSelector:
                matchLabels: {app: kafka}
          containers:
            - name: kafka
              image: apache/kafka:4.1.0
    ```

    ## References
    - https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/#comparison-with-podaffinity-podantiaffinity
    - https://github.com/strimzi/strimzi-kafka-operator/issues/4136
    """

    code: ClassVar[str] = "KL312"
    name: ClassVar[str] = "constraint-unsatisfiable"
    level: ClassVar[Level] = Level.WARNING

    def check(self, cluster: KafkaCluster, model: KafkaModel) -> Iterator[Finding]:
        """One finding for each rule that asks for more zones or nodes than there are."""
        pools = [pool for pool in cluster.nodes if pool.template.complete] if cluster.whole else []
        reported: set[tuple[object, ...]] = set()
        for topology_key, domains in ((ZONE, model.settings.zones), (HOSTNAME, None)):
            for reason in unsatisfiable([pool.pods for pool in pools], topology_key, domains):
                owner = owner_of(reason, pools)
                rule = (id(owner), reason.rule.route if reason.rule else ())
                if owner is not None and rule not in reported:
                    reported.add(rule)
                    yield self._finding(owner, reason)

    def _finding(self, pool: NodePool, reason: Reason) -> Finding:
        route = reason.rule.route if reason.rule else ()
        key = "minDomains" if isinstance(reason.rule, SpreadConstraint) else "topologyKey"
        return self.finding(
            pool.template.place(*route, key),
            f"{pool.title} cannot be placed as a whole: {reason.text}, so some pods stay pending.",
            help=_help(reason),
        )


def _help(reason: Reason) -> str:
    if isinstance(reason.rule, SpreadConstraint):
        return "Set minDomains to the number of domains that there are."
    return "Use a topology spread constraint with maxSkew 1, which fills every domain before it lets pods share one."
