"""KL304: a disruption budget that lets more pods go than Kafka can do without."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from kafkalint.checking.check import ClusterCheck
from kafkalint.checking.finding import Applicability, Finding, Level
from kafkalint.kafka.coverage import covering, selected
from kafkalint.kafka.model import NodeGroup, Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.kafka.model import Budget, KafkaCluster, KafkaModel


class _Limit(NamedTuple):
    """How many nodes may be away at once, and why not more."""

    nodes: int
    reason: str


class PdbTooLoose(ClusterCheck):
    """A PodDisruptionBudget lets more nodes go at once than replication, or the quorum, tolerates.

    ## What it does
    Compares the disruptions that a budget allows with what the cluster can do without: brokers with the configured
    `default.replication.factor` minus `min.insync.replicas`, controllers and ZooKeeper servers with the minority of
    their quorum. A budget that lets all of several nodes go is always too loose.

    ## Why is this bad?
    One drain of several nodes then stops producers with `acks=all`, or takes the quorum away and with it the whole
    cluster.

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
    apiVersion: policy/v1
    kind: PodDisruptionBudget
    metadata:
      name: kafka
    spec:
      maxUnavailable: 2
      selector:
        matchLabels: {app: kafka}
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
    apiVersion: policy/v1
    kind: PodDisruptionBudget
    metadata:
      name: kafka
    spec:
      maxUnavailable: 1
      selector:
        matchLabels: {app: kafka}
    ```

    ## References
    - https://kafka.apache.org/documentation/#design_ha
    - https://kubernetes.io/docs/tasks/run-application/configure-pdb/
    """

    code: ClassVar[str] = "KL304"
    name: ClassVar[str] = "pdb-too-loose"
    level: ClassVar[Level] = Level.ERROR
    fix: ClassVar[Applicability] = Applicability.SAFE

    def check(self, cluster: KafkaCluster, model: KafkaModel) -> Iterator[Finding]:
        """One finding for each budget, for the tightest limit that it breaks."""
        if not cluster.whole:
            return
        reported: set[int] = set()
        for group in _groups(cluster):
            limit = _limit(group)
            for budget in _over(group, cluster, model):
                allowed = _allowed(budget, group, model)
                if limit and allowed is not None and allowed > limit.nodes and id(budget) not in reported:
                    reported.add(id(budget))
                    yield self._finding(budget, allowed, limit, group)

    def _finding(self, budget: Budget, allowed: int, limit: _Limit, group: NodeGroup) -> Finding:
        return self.finding(
            budget.limit,
            f"PodDisruptionBudget {budget.name} lets {allowed} of {group.replicas} {group.title} go at once; "
            f"{limit.reason}.",
            help="Use maxUnavailable: 1.",
        )


def _groups(cluster: KafkaCluster) -> Iterator[NodeGroup]:
    """The quorum first, whose loss is worse: pools that are broker and controller are judged as both."""
    yield NodeGroup(Role.CONTROLLER, cluster.controllers)
    yield NodeGroup(Role.ZOOKEEPER, cluster.zookeeper)
    yield NodeGroup(Role.BROKER, cluster.brokers)


def _over(group: NodeGroup, cluster: KafkaCluster, model: KafkaModel) -> list[Budget]:
    found = {id(budget): budget for pool in group.pools for budget in covering(pool, cluster, model)}
    return list(found.values())


def _allowed(budget: Budget, group: NodeGroup, model: KafkaModel) -> int | None:
    """How many nodes of the group the budget may let go together, at worst all of what it allows."""
    total = selected(budget, model).total
    if not total or budget.spec.problem is not None or budget.spec.is_unlimited:
        return None
    covered = sum(pool.replicas.value or 0 for pool in group.pools if budget.covers(pool.pods))
    return min(budget.spec.disruptions_allowed(total), covered)


def _limit(group: NodeGroup) -> _Limit | None:
    total = group.replicas
    if total is None or total < 2:
        return None
    if group.role is Role.BROKER:
        return _replication_limit(group, total)
    tolerated = (total - 1) // 2
    return _Limit(tolerated, f"a quorum of {total} tolerates {tolerated}, and without it the cluster stops")


def _replication_limit(group: NodeGroup, total: int) -> _Limit | None:
    config = group.pools[0].config
    factor = config.integer("default.replication.factor").value
    in_sync = config.integer("min.insync.replicas").value
    if factor is not None and in_sync is not None and total >= factor > in_sync >= 1 and factor > 1:
        reason = (
            f"replication factor {factor} with min.insync.replicas {in_sync} tolerates {factor - in_sync}, "
            "and producers with acks=all stop"
        )
        return _Limit(factor - in_sync, reason)
    return _Limit(total - 1, "nothing of the cluster is left then")
