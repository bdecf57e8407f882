"""Which disruption budget covers which pods, and which covers none although it was meant to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from kafkalint.kafka.labels import Mismatch, Selector
from kafkalint.kafka.model import Budget, KafkaCluster, KafkaModel, NodePool
from kafkalint.kafka.placement import Pods
from kafkalint.kafka.remembering import remembered
from kafkalint.kafka.wording import KAFKA_WORDS
from kafkalint.manifests.bundles import may_share_namespace

_AROUND_KAFKA = (
    "akhq",
    "bridge",
    "client",
    "connect",
    "console",
    "consumer",
    "cruise",
    "entity",
    "exporter",
    "kafdrop",
    "ksql",
    "manager",
    "mirror",
    "operator",
    "producer",
    "registry",
    "rest",
    "streams",
    "-ui",
)


class Selected(NamedTuple):
    """Pods that a budget selects."""

    pods: tuple[Pods, ...]
    certain: bool
    """False where more pods may be selected than the input shows."""

    @property
    def total(self) -> int | None:
        """How many pods there will be; None where the input does not say."""
        counts = [pods.replicas for pods in self.pods]
        return None if not self.certain or None in counts else sum(count or 0 for count in counts)


class Aimless(NamedTuple):
    """A budget that selects no pod of the input, and the Kafka pods that it comes closest to."""

    budget: Budget
    nearest: NodePool
    mismatches: tuple[Mismatch, ...]
    instead: Budget | None
    """The budget that those pods have already."""


def covering(pool: NodePool, cluster: KafkaCluster, model: KafkaModel) -> list[Budget]:
    """Budgets that certainly select the pods of a pool: the operator's first, then those of the input."""
    return [budget for budget in (*cluster.budgets, *model.budgets) if budget.covers(pool.pods)]


def may_cover(pool: NodePool, cluster: KafkaCluster, model: KafkaModel) -> bool:
    """Whether some budget selects the pods of a pool, or may do so."""
    return any(budget.covers(pool.pods) is not False for budget in (*cluster.budgets, *model.budgets))


def selected(budget: Budget, model: KafkaModel) -> Selected:
    """The pods of the input that a budget selects: Kafka's, and whoever else carries such labels."""
    every = {id(pods): pods for pods in _all_pods(model)}.values()
    verdicts = [(pods, budget.covers(pods)) for pods in every]
    certain = all(verdict is not None for _, verdict in verdicts)
    chosen = {pods.identity: pods for pods, verdict in verdicts if verdict}
    return Selected(tuple(chosen.values()), certain)


def chosen(selector: Selector, namespace: str | None, model: KafkaModel) -> list[Pods]:
    """The pods of the input that a selector in a namespace certainly selects."""
    labelled = _by_label(model)
    near = [labelled.get(pair, []) for pair in selector.match_labels] or [list(_all_pods(model))]
    return [
        pods
        for pods in min(near, key=len)
        if may_share_namespace(namespace, pods.namespace) and selector.matches(pods.labels)
    ]


@remembered
def _by_label(model: KafkaModel) -> dict[tuple[str, str], list[Pods]]:
    found: dict[tuple[str, str], list[Pods]] = defaultdict(list)
    for pods in _all_pods(model):
        for pair in pods.labels.known.items():
            found[pair].append(pods)
    return dict(found)


def aimless_budgets(model: KafkaModel) -> Iterator[Aimless]:
    """Budgets of the input that mean Kafka and select nothing that will exist.

    A budget that names nothing of Kafka may be for pods that an operator makes out of a resource which is not modelled;
    it is left alone. So is every budget beside a cluster of which only a part is in the input.
    """
    for budget in model.budgets:
        clusters = [cluster for cluster in model.clusters if may_share_namespace(cluster.namespace, budget.namespace)]
        if not clusters or not all(cluster.whole for cluster in clusters):
            continue
        if budget.spec.problem is not None or not _means_kafka(budget, clusters):
            continue
        if any(budget.covers(pods) is not False for pods in _all_pods(model)):
            continue
        nearest = _nearest(budget, clusters, model)
        if nearest is not None and not _means_a_client(nearest):
            yield nearest


def _all_pods(model: KafkaModel) -> Iterator[Pods]:
    for cluster in model.clusters:
        for pool in cluster.nodes:
            yield pool.pods
    for workload in model.workloads:
        yield workload.pods


def _means_kafka(budget: Budget, clusters: list[KafkaCluster]) -> bool:
    names = {cluster.name for cluster in clusters} | {pool.resource.name for c in clusters for pool in c.nodes}
    words = [budget.name]
    for part in budget.spec.selector.parts if budget.spec.selector else ():
        words += [part.key, *part.values]
    return any(word in names or any(hint in word.lower() for hint in KAFKA_WORDS) for word in words)


def _means_a_client(aimless: Aimless) -> bool:
    """Whether the budget is for something around Kafka, which may be deployed from elsewhere."""
    words = [aimless.budget.name, *(value for miss in aimless.mismatches for value in miss.requirement.values)]
    return any(hint in word.lower() for word in words for hint in _AROUND_KAFKA)


def _nearest(budget: Budget, clusters: list[KafkaCluster], model: KafkaModel) -> Aimless | None:
    found = []
    for cluster in clusters:
        for pool in cluster.nodes:
            selector = budget.spec.selector
            mismatches = selector.unmatched(pool.pods.labels) if selector else ()
            instead = next(iter(covering(pool, cluster, model)), None)
            found.append(Aimless(budget, pool, mismatches, instead))
    return min(found, key=lambda aimless: len(aimless.mismatches), default=None)


@remembered
def has_drain_cleaner(model: KafkaModel) -> bool:
    """Whether Strimzi's Drain Cleaner moves pods off nodes itself, beside budgets that let none go (its README)."""
    return any("drain-cleaner" in workload.resource.name for workload in model.workloads)
