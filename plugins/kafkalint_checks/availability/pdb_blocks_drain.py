"""KL303: a disruption budget that lets no pod go."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from kafkalint.checking.check import ClusterCheck
from kafkalint.checking.finding import Applicability, Finding, Level
from kafkalint.kafka.coverage import covering, has_drain_cleaner, selected
from kafkalint_checks.availability._budgets import (
    covered,
    described,
    is_computable,
    letting_one_go,
    may_lose_one,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.checking.fix import Fix
    from kafkalint.kafka.model import Budget, KafkaCluster, KafkaModel


class PdbBlocksDrain(ClusterCheck):
    """A PodDisruptionBudget allows no disruption at all, so that no node can be drained.

    ## What it does
    Computes, as the disruption controller does, how many of the selected pods may be evicted while all are healthy, and
    flags a budget that allows none: `maxUnavailable: 0`, `minAvailable` at or above the number of replicas, or
    `maxUnavailable` and percentages for pods of a StrimziPodSet, of which Kubernetes computes neither. Silent where the
    Strimzi Drain Cleaner is deployed, which rolls the pods itself; as it may well be deployed elsewhere, what blocks
    Strimzi's pods on purpose is only changed with `--unsafe-fixes`.

    ## Why is this bad?
    `kubectl drain` and node upgrades wait for the eviction to be allowed, and it never is. Somebody then deletes the
    pod by force, and the broker goes without a controlled shutdown.

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
    apiVersion: policy/v1
    kind: PodDisruptionBudget
    metadata:
      name: kafka
    spec:
      minAvailable: 3
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
    - https://kubernetes.io/docs/tasks/run-application/configure-pdb/#arbitrary-controllers-and-selectors
    - https://strimzi.io/docs/operators/latest/deploying#assembly-drain-cleaner-str
    """

    code: ClassVar[str] = "KL303"
    name: ClassVar[str] = "pdb-blocks-drain"
    level: ClassVar[Level] = Level.ERROR
    fix: ClassVar[Applicability] = Applicability.SAFE

    def check(self, cluster: KafkaCluster, model: KafkaModel) -> Iterator[Finding]:
        """One finding for each budget over the cluster's pods that allows nothing."""
        if has_drain_cleaner(model):
            return
        budgets = {id(budget): budget for pool in cluster.nodes for budget in covering(pool, cluster, model)}
        for budget in budgets.values():
            total = selected(budget, model).total
            if _allows_nothing(budget, total) or _cannot_be_computed(budget, cluster, model):
                yield self._finding(budget, total, cluster, model)

    def _finding(self, budget: Budget, total: int | None, cluster: KafkaCluster, model: KafkaModel) -> Finding:
        pods = f"of the {total} pods that it selects" if total else "of the pods that it selects"
        computable = is_computable(budget, model)
        return self.finding(
            budget.limit,
            f"PodDisruptionBudget {budget.name} {_says(budget)} and lets none {pods} go: "
            f"no node that runs a pod of {cluster.title} can be drained.",
            help="Use maxUnavailable: 1."
            if computable
            else "Use minAvailable with the number of the pods less one: for pods of a custom resource "
            "Kubernetes computes no maxUnavailable and no percentage.",
            fix=self._fix(budget, total, cluster, model),
        )

    def _fix(self, budget: Budget, total: int | None, cluster: KafkaCluster, model: KafkaModel) -> Fix | None:
        operations, pools = letting_one_go(budget, model), covered(budget, model)
        if not operations or not may_lose_one(pools, cluster):
            return None
        # Who blocks evictions of Strimzi's pods mostly has its Drain Cleaner at work, in a namespace of its own, and
        # who blocks that of an only pod may want to be there when it goes.
        pod_sets = any(pool.workload == "StrimziPodSet" for pool in pools)
        meant = pod_sets and _allows_nothing(budget, total)
        applicability = Applicability.UNSAFE if meant or total == 1 else None
        return self.mend(described(operations), *operations, applicability=applicability)


def _allows_nothing(budget: Budget, total: int | None) -> bool:
    spec = budget.spec
    if spec.problem is not None or (budget.generated_by and spec.is_unlimited):
        return False
    if total is None:
        # Nobody knows how many there will be: only what allows nothing whatever the number is can be told.
        return spec.is_unlimited or all(spec.disruptions_allowed(count) == 0 for count in (3, 1000))
    return total > 0 and spec.disruptions_allowed(total) == 0


def _cannot_be_computed(budget: Budget, cluster: KafkaCluster, model: KafkaModel) -> bool:
    """Whether its limit has a form that works for no pods like these; beside a second budget that is the cause."""
    if budget.spec.problem is not None or not budget.spec.needs_scale or is_computable(budget, model):
        return False
    return all(len(covering(pool, cluster, model)) == 1 for pool in cluster.nodes if budget.covers(pool.pods))


def _says(budget: Budget) -> str:
    if budget.generated_by and budget.place.written:
        return f"has {budget.place.route[-1]} {budget.place.value}"
    if budget.spec.max_unavailable is not None:
        return f"has maxUnavailable {budget.spec.max_unavailable}"
    if budget.spec.min_available is not None:
        return f"has minAvailable {budget.spec.min_available}"
    return "has neither minAvailable nor maxUnavailable"
