"""What budgets should say: how many nodes may be away at once, and how that is written for whoever runs the pods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from kafkalint.checking.fix import Operation, RenameKey, SetValue
from kafkalint.kafka.coverage import selected
from kafkalint.kafka.model import NodeGroup, Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kafkalint.kafka.model import Budget, KafkaCluster, KafkaModel, NodePool

# Whose pods the disruption controller can count (pkg/controller/disruption/disruption.go, finders). Of a custom
# resource it asks for a scale, which StrimziPodSet does not have (042-Crd-strimzipodset.yaml, subresources).
_COUNTED: Final = frozenset(("Deployment", "ReplicaSet", "ReplicationController", "StatefulSet"))


class Limit(NamedTuple):
    """How many nodes may be away at once, and why not more."""

    nodes: int
    reason: str


def are_counted(workloads: Iterable[str]) -> bool:
    """Whether Kubernetes counts the pods of these kinds itself; of others only a number in `minAvailable` works."""
    return _COUNTED.issuperset(workloads)


def covered(budget: Budget, model: KafkaModel) -> list[NodePool]:
    """The pools whose pods a budget certainly selects."""
    return [pool for cluster in model.clusters for pool in cluster.nodes if budget.covers(pool.pods)]


def is_computable(budget: Budget, model: KafkaModel) -> bool:
    """Whether every form of limit works for the pods that a budget selects."""
    if budget.generated_by is not None:
        return True
    return are_counted(pool.workload for pool in covered(budget, model))


def letting_one_go(budget: Budget, model: KafkaModel) -> tuple[Operation, ...]:
    """What makes a budget let one pod go and no more; nothing where the number of its pods is not known."""
    if budget.generated_by:
        return (SetValue(budget.place, 1),)
    key, value = "maxUnavailable", 1
    if not is_computable(budget, model):
        total = selected(budget, model).total
        if total is None or total < 2:
            return ()
        key, value = "minAvailable", total - 1
    if budget.spec.is_unlimited:
        return (SetValue(budget.place.child(key), value),)
    set_value = SetValue(budget.limit, value)
    return (set_value,) if budget.limit.route[-1] == key else (set_value, RenameKey(budget.limit, key))


def described(operations: tuple[Operation, ...]) -> str:
    """What `letting_one_go` does, as an order."""
    first, last = operations[0], operations[-1]
    assert isinstance(first, SetValue)  # noqa: S101 - it begins with the number
    key = last.key if isinstance(last, RenameKey) else first.place.route[-1]
    return f"Set {key}: {first.value}"


def judged_groups(cluster: KafkaCluster) -> Iterator[NodeGroup]:
    """The quorum first, whose loss is worse: pools that are broker and controller are judged as both."""
    yield NodeGroup(Role.CONTROLLER, cluster.controllers)
    yield NodeGroup(Role.ZOOKEEPER, cluster.zookeeper)
    yield NodeGroup(Role.BROKER, cluster.brokers)


def limit_of(group: NodeGroup) -> Limit | None:
    """How many nodes of a role may be away; None where there is nothing to limit, or the number is not known."""
    total = group.replicas
    if total is None or total < 2:
        return None
    if group.role is Role.BROKER:
        return _replication_limit(group, total)
    tolerated = (total - 1) // 2
    return Limit(tolerated, f"a quorum of {total} tolerates {tolerated}, and without it the cluster stops")


def may_lose_one(pools: Iterable[NodePool], cluster: KafkaCluster) -> bool:
    """Whether every role of these pools can do without a node: a quorum of two cannot."""
    own = {id(pool) for pool in pools}
    for group in judged_groups(cluster):
        limit = limit_of(group)
        if limit is not None and limit.nodes < 1 and any(id(pool) in own for pool in group.pools):
            return False
    return True


def _replication_limit(group: NodeGroup, total: int) -> Limit:
    config = group.pools[0].config
    factor = config.integer("default.replication.factor").value
    in_sync = config.integer("min.insync.replicas").value
    if factor is not None and in_sync is not None and total >= factor > in_sync >= 1 and factor > 1:
        reason = (
            f"replication factor {factor} with min.insync.replicas {in_sync} tolerates {factor - in_sync}, "
            "and producers with acks=all stop"
        )
        return Limit(factor - in_sync, reason)
    return Limit(total - 1, "nothing of the cluster is left then")
