"""KL302: a disruption budget that protects no pod."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from kafkalint.checking.check import BundleCheck
from kafkalint.checking.finding import Applicability, Finding, Level
from kafkalint.checking.fix import Fix, SetValue
from kafkalint.kafka.coverage import Aimless, aimless_budgets, may_cover
from kafkalint.kafka.labels import Requirement
from kafkalint.kafka.model import Role
from kafkalint.kafka.wording import tokens, vocabulary
from kafkalint.manifests.bundles import may_share_namespace
from kafkalint_checks.availability._selecting import corrected, exact_selector_by_name, selects_only

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kafkalint.kafka.model import Budget, KafkaModel, NodePool
    from kafkalint.manifests.resources import Place

_ROLE_WORDS: Final = {
    "broker": Role.BROKER,
    "brokers": Role.BROKER,
    "controller": Role.CONTROLLER,
    "controllers": Role.CONTROLLER,
    "kraft": Role.CONTROLLER,
    "zookeeper": Role.ZOOKEEPER,
    "zk": Role.ZOOKEEPER,
}


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
                yield self._finding(aimless, model)

    def _finding(self, aimless: Aimless, model: KafkaModel) -> Finding:
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
            fix=self._fix(aimless, model),
        )

    def _fix(self, aimless: Aimless, model: KafkaModel) -> Fix | None:
        """What makes the budget select the one kind of pods that it can be for."""
        bare = _bare(aimless.budget, model)
        if aimless.instead is not None or not bare:
            return None
        if not aimless.mismatches:
            return self._with_selector(aimless.budget, bare, model)
        answers = {found for pool in bare if (found := _answer(aimless.budget, pool, model)) is not None}
        if len(answers) != 1:
            return None
        wrong, right = answers.pop()
        place = aimless.budget.place.child("selector")
        change = corrected(place, wrong, right)
        if change is None or not selects_only(change[1], bare, model):
            return None
        return self.mend(f"Select {wrong.key}: {right}", change[0])

    def _with_selector(self, budget: Budget, bare: Sequence[NodePool], model: KafkaModel) -> Fix | None:
        role = next((role for role in Role if role in bare[0].roles), Role.BROKER)
        selector = exact_selector_by_name(bare, role, model) if len(bare) == 1 else None
        if selector is None:
            return None
        return self.mend(f"Select the pods of {bare[0].title}", SetValue(budget.place.child("selector"), selector))


def _bare(budget: Budget, model: KafkaModel) -> list[NodePool]:
    """The pools that it could be for: those that no budget covers."""
    return [
        pool
        for cluster in model.clusters
        if may_share_namespace(cluster.namespace, budget.namespace)
        for pool in cluster.nodes
        if pool.template.complete and not may_cover(pool, cluster, model)
    ]


def _answer(budget: Budget, pool: NodePool, model: KafkaModel) -> tuple[Requirement, str] | None:
    """The one condition that keeps a budget from a pool's pods, and the value found there; None if others are meant."""
    missed = budget.spec.selector.unmatched(pool.template.labels) if budget.spec.selector else ()
    if len(missed) != 1:
        return None
    wrong, found = missed[0]
    if wrong.operator != "In" or wrong.key not in pool.template.labels.known or found is None:
        return None
    words = tokens(" ".join((budget.name, *wrong.values)))
    roles = {_ROLE_WORDS[word] for word in words if word in _ROLE_WORDS}
    foreign = tokens(" ".join(wrong.values)) - vocabulary(model)
    return None if foreign or (roles and not roles & pool.roles) else (wrong, found)


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
