"""KL303: a disruption budget that lets no pod go."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from kafkalint.checking.check import ClusterCheck
from kafkalint.checking.finding import Applicability, Finding, Level
from kafkalint.kafka.coverage import covering, has_drain_cleaner, selected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.kafka.model import Budget, KafkaCluster, KafkaModel


class PdbBlocksDrain(ClusterCheck):
    """A PodDisruptionBudget allows no disruption at all, so that no node can be drained.

    ## What it does
    Computes, as the disruption controller does, how many of the selected pods may be evicted while all are healthy, and
    flags a budget that allows none: `maxUnavailable: 0`, or `minAvailable` at or above the number of replicas. Silent
    where the Strimzi Drain Cleaner is deployed, which rolls the pods itself.

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
            if _allows_nothing(budget, total):
                yield self._finding(budget, total, cluster)

    def _finding(self, budget: Budget, total: int | None, cluster: KafkaCluster) -> Finding:
        pods = f"of the {total} pods that it selects" if total else "of the pods that it selects"
        return self.finding(
            budget.limit,
            f"PodDisruptionBudget {budget.name} {_says(budget)} and lets none {pods} go: "
            f"no node that runs a pod of {cluster.title} can be drained.",
            help="Use maxUnavailable: 1.",
        )


def _allows_nothing(budget: Budget, total: int | None) -> bool:
    spec = budget.spec
    if spec.problem is not None or (budget.generated_by and spec.is_unlimited):
        return False
    if total is None:
        # Nobody knows how many there will be: only what allows nothing whatever the number is can be told.
        return spec.is_unlimited or all(spec.disruptions_allowed(count) == 0 for count in (3, 1000))
    return total > 0 and spec.disruptions_allowed(total) == 0


def _says(budget: Budget) -> str:
    if budget.generated_by and budget.place.written:
        return f"has {budget.place.route[-1]} {budget.place.value}"
    if budget.spec.max_unavailable is not None:
        return f"has maxUnavailable {budget.spec.max_unavailable}"
    if budget.spec.min_available is not None:
        return f"has minAvailable {budget.spec.min_available}"
    return "has neither minAvailable nor maxUnavailable"
