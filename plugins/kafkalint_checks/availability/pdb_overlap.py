"""KL305: two disruption budgets over one pod."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from kafkalint.checking.check import ClusterCheck
from kafkalint.checking.finding import Finding, Level
from kafkalint.kafka.coverage import covering

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.kafka.model import Budget, KafkaCluster, KafkaModel, NodePool


class PdbOverlap(ClusterCheck):
    """Two PodDisruptionBudgets select the same pod.

    ## What it does
    Finds pods of the cluster that more than one PodDisruptionBudget selects. One that the operator writes by itself
    counts; Confluent for Kubernetes' own is only known to exist, so that is a warning.

    ## Why is this bad?
    The eviction API answers such a pod with an error, "This pod has more than one PodDisruptionBudget": no node that
    runs it can be drained, whatever the two budgets allow.

    ## Example
    ```yaml
    apiVersion: kafka.strimzi.io/v1
    kind: KafkaNodePool
    metadata:
      name: dual
      labels:
        strimzi.io/cluster: events
    spec:
      replicas: 3
      roles: [controller, broker]
      storage:
        type: persistent-claim
        size: 100Gi
    ---
    apiVersion: kafka.strimzi.io/v1
    kind: Kafka
    metadata:
      name: events
    spec:
      kafka:
        listeners:
          - {name: tls, port: 9093, type: internal, tls: true}
    ---
    apiVersion: policy/v1
    kind: PodDisruptionBudget
    metadata:
      name: events
    spec:
      maxUnavailable: 1
      selector:
        matchLabels:
          strimzi.io/name: events-kafka
    ```

    ## Use instead
    ```yaml
    apiVersion: kafka.strimzi.io/v1
    kind: KafkaNodePool
    metadata:
      name: dual
      labels:
        strimzi.io/cluster: events
    spec:
      replicas: 3
      roles: [controller, broker]
      storage:
        type: persistent-claim
        size: 100Gi
    ---
    apiVersion: kafka.strimzi.io/v1
    kind: Kafka
    metadata:
      name: events
    spec:
      kafka:
        listeners:
          - {name: tls, port: 9093, type: internal, tls: true}
        template:
          podDisruptionBudget:
            maxUnavailable: 1
    ```

    ## References
    - https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/
    - https://github.com/kubernetes/kubernetes/issues/75957
    """

    code: ClassVar[str] = "KL305"
    name: ClassVar[str] = "pdb-overlap"
    level: ClassVar[Level] = Level.ERROR

    def check(self, cluster: KafkaCluster, model: KafkaModel) -> Iterator[Finding]:
        """One finding for each budget of the input beyond the first that covers a pool."""
        reported: set[int] = set()
        for pool in cluster.nodes:
            budgets = covering(pool, cluster, model)
            for budget in budgets[1:]:
                if id(budget) not in reported and not _is_one_object(budgets[0], budget):
                    reported.add(id(budget))
                    yield self._finding(budgets[0], budget, pool)

    def _finding(self, first: Budget, second: Budget, pool: NodePool) -> Finding:
        whose = (
            f"the one that {first.generated_by} writes" if first.generated_by else f"PodDisruptionBudget {first.name}"
        )
        certain = first.generated_by is None or first.spec.selector is not None
        known_limits = not first.spec.is_unlimited
        return self.finding(
            second.place.child("selector"),
            f"PodDisruptionBudget {second.name} selects the pods of {pool.title}, and so does {whose}: "
            "the eviction API refuses a pod with two budgets, and no node can be drained.",
            help=_help(first),
            level=Level.ERROR if certain and known_limits else Level.WARNING,
            related=[] if first.generated_by else [(first.place.child("selector"), "the other budget")],
        )


def _is_one_object(first: Budget, second: Budget) -> bool:
    """Whether the second is the first once more, which duplicate-resource speaks of."""
    return (
        first.resource is not None
        and second.resource is not None
        and first.resource.identity == second.resource.identity
    )


def _help(first: Budget) -> str:
    if first.generated_by and not first.limits_known:
        return f"Remove it: {first.generated_by} writes its own."
    if first.generated_by:
        return f"Remove it, and set the number where {first.generated_by} reads it: {first.place.path}."
    return "Keep one budget for these pods."
