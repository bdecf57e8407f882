"""KL302: a disruption budget that protects no pod."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from kafkalint.checking.check import BundleCheck
from kafkalint.checking.finding import Applicability, Finding, Level
from kafkalint.kafka.coverage import Aimless, aimless_budgets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.kafka.model import KafkaModel
    from kafkalint.manifests.resources import Place


class PdbSelectsNothing(BundleCheck):
    """A PodDisruptionBudget for Kafka selects none of the pods that will exist.

    ## What it does
    Evaluates the selector of every PodDisruptionBudget beside a Kafka cluster against the labels that the pods will
    really carry, those that an operator writes included. Budgets that do not speak of Kafka, and clusters of which only
    a part is in the input, are left alone.

    ## Why is this bad?
    The budget reads like protection and gives none: the eviction API finds no budget for the brokers and lets a drain
    take all of them.

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
      maxUnavailable: 1
      selector:
        matchLabels: {app: kafka-broker}
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
    - https://kubernetes.io/docs/tasks/run-application/configure-pdb/
    - https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/pod-disruption-budget-v1/
    """

    code: ClassVar[str] = "KL302"
    name: ClassVar[str] = "pdb-selects-nothing"
    level: ClassVar[Level] = Level.ERROR
    fix: ClassVar[Applicability] = Applicability.SAFE
    cross_resource: ClassVar[bool] = True

    def check(self, model: KafkaModel) -> Iterator[Finding]:
        """One finding for each budget that misses."""
        for aimless in aimless_budgets(model):
            if aimless.budget.resource in model.bundle.primary:
                yield self._finding(aimless)

    def _finding(self, aimless: Aimless) -> Finding:
        nearest = aimless.nearest
        reason = str(aimless.mismatches[0]) if aimless.mismatches else "has no selector"
        return self.finding(
            _place(aimless),
            f"PodDisruptionBudget {aimless.budget.name} selects no pod: it {reason} ({nearest.title}); "
            "a drain is not held back by it.",
            help=_help(aimless),
            related=[
                (nearest.template.labels_place or nearest.resource.place(), f"the labels of {nearest.title}'s pods")
            ],
        )


def _place(aimless: Aimless) -> Place:
    selector = aimless.budget.place.child("selector")
    if not aimless.mismatches:
        return selector
    key = aimless.mismatches[0].requirement.key
    label = selector.child("matchLabels", key)
    return label if label.written else selector


def _help(aimless: Aimless) -> str:
    if aimless.instead is not None:
        whose = aimless.instead.generated_by
        other = f"the one that {whose} writes" if whose else f"PodDisruptionBudget {aimless.instead.name}"
        return (
            f"Remove it, or deploy the pods that it was for: {aimless.nearest.title} is covered by {other}, "
            "and two budgets over one pod block every eviction."
        )
    if len(aimless.mismatches) == 1 and aimless.mismatches[0].found is not None:
        wrong = aimless.mismatches[0]
        return (
            f"If it is meant for {aimless.nearest.title}, write {wrong.requirement.key}: {wrong.found}; else remove it."
        )
    return "Select labels that the pods carry, or remove the budget if the pods it was for are not deployed."
