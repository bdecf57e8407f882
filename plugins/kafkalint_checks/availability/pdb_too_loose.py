"""KL304: a disruption budget that lets more pods go than Kafka can do without."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from kafkalint.checking.check import ClusterCheck
from kafkalint.checking.finding import Applicability, Finding, Level
from kafkalint.kafka.coverage import covering, selected
from kafkalint_checks.availability._budgets import (
    Limit,
    described,
    is_computable,
    judged_groups,
    letting_one_go,
    limit_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.checking.fix import Fix
    from kafkalint.kafka.model import Budget, KafkaCluster, KafkaModel, NodeGroup


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
        for group in judged_groups(cluster):
            limit = limit_of(group)
            for budget in _over(group, cluster, model):
                allowed = _allowed(budget, group, model)
                if limit and allowed is not None and allowed > limit.nodes and id(budget) not in reported:
                    reported.add(id(budget))
                    yield self._finding(budget, allowed, limit, group, self._fix(budget, limit, model))

    def _fix(self, budget: Budget, limit: Limit, model: KafkaModel) -> Fix | None:
        operations = letting_one_go(budget, model)
        # A quorum of two does without nobody, and one node has to go some time.
        if not operations or limit.nodes < 1:
            return None
        return self.mend(described(operations), *operations)

    def _finding(self, budget: Budget, allowed: int, limit: Limit, group: NodeGroup, fix: Fix | None) -> Finding:
        return self.finding(
            budget.limit,
            f"PodDisruptionBudget {budget.name} lets {allowed} of {group.replicas} {group.title} go at once; "
            f"{limit.reason}.",
            help="Use maxUnavailable: 1.",
            fix=fix,
        )


def _over(group: NodeGroup, cluster: KafkaCluster, model: KafkaModel) -> list[Budget]:
    found = {id(budget): budget for pool in group.pools for budget in covering(pool, cluster, model)}
    return list(found.values())


def _allowed(budget: Budget, group: NodeGroup, model: KafkaModel) -> int | None:
    """How many nodes of the group the budget may let go together, at worst all of what it allows."""
    total = selected(budget, model).total
    if not total or budget.spec.problem is not None or budget.spec.is_unlimited:
        return None
    covered = sum(pool.replicas.value or 0 for pool in group.pools if budget.covers(pool.pods))
    return min(budget.spec.disruptions_allowed(total, scalable=is_computable(budget, model)), covered)
