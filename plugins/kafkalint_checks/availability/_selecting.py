"""Selectors for the pods of a cluster: which labels tell them from all other pods of the input."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final

from kafkalint.checking.fix import AppendItem, Operation, SetValue
from kafkalint.kafka.coverage import chosen
from kafkalint.kafka.labels import Requirement, Selector
from kafkalint.kafka.model import Role
from kafkalint.kafka.stable_labels import asked_labels, shared_labels, stable_labels
from kafkalint.manifests.resources import dig, items

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kafkalint.kafka.colocation import Colocation
    from kafkalint.kafka.model import KafkaCluster, KafkaModel, NodePool
    from kafkalint.manifests.resources import Place

_STRIMZI_ROLES: Final = {Role.BROKER: "strimzi.io/broker-role", Role.CONTROLLER: "strimzi.io/controller-role"}
_STRIMZI_POOL: Final = "strimzi.io/pool-name"


def selected_labels(case: Colocation) -> dict[str, str]:
    """The labels that a rule for the pods in question should ask for; none where they share none that stay."""
    return own_labels(case.pools, case.group.role)


def own_labels(pools: Sequence[NodePool], role: Role | None = None) -> dict[str, str]:
    """Labels that all pods of these pools carry and keep over the years, that of a role among them if one is meant."""
    shared = shared_labels(pool.template.labels for pool in pools)
    if "strimzi.io/cluster" in shared:
        label = _role_label(pools, role)
        own = label if shared.get(label) == "true" else "strimzi.io/name"
        return {key: shared[key] for key in ("strimzi.io/cluster", own) if key in shared}
    if "platform.confluent.io/type" in shared:
        return {key: shared[key] for key in ("app", "platform.confluent.io/type") if key in shared}
    return stable_labels(shared, pools[0].resource)


def members(cluster: KafkaCluster, role: Role) -> list[NodePool]:
    """All pools of a cluster that are there for a role."""
    return [pool for pool in cluster.nodes if role in pool.roles]


def selects_only(selector: object, pools: Sequence[NodePool], model: KafkaModel) -> bool:
    """Whether a selector, as data, selects no pods of the input but those of these pools."""
    parsed = Selector.parse(selector)
    own = {pool.pods.identity for pool in pools}
    return parsed is not None and all(pods.identity in own for pods in chosen(parsed, pools[0].pods.namespace, model))


def ruled(case: Colocation, cluster: KafkaCluster) -> list[NodePool]:
    """The pools that are given what is written into the templates of the pods in question."""
    templates = [pool.template.place() for pool in case.pools]
    return [pool for pool in cluster.nodes if pool.template.place() in templates]


def selector_for(case: Colocation, cluster: KafkaCluster, model: KafkaModel) -> dict[str, Any] | None:
    """What a rule in the templates of the pods in question should select: all pods of their role, and no others.

    Where one template rules pods of other roles too, or labels do not tell the role's pods from others, it is what
    those pods share that the rule is written for; None where they share nothing.
    """
    every, carrying = members(cluster, case.group.role), ruled(case, cluster)
    if {id(pool) for pool in carrying} <= {id(pool) for pool in every}:
        found = exact_selector(every, case.group.role, model)
        if found is not None:
            return found
    labels = own_labels(carrying, case.group.role)
    return {"matchLabels": labels} if labels else None


def exact_selector(pools: Sequence[NodePool], role: Role, model: KafkaModel) -> dict[str, Any] | None:
    """The simplest selector, as data, of exactly the pods of these pools; None where labels do not tell them apart."""
    return next((found for found in _candidates(pools, role) if selects_only(found, pools, model)), None)


def exact_selector_by_name(pools: Sequence[NodePool], role: Role, model: KafkaModel) -> dict[str, Any] | None:
    """The same; of all pods of an operator's cluster by the labels that it would select them by itself."""
    shared = own_labels(pools)
    if shared and selects_only({"matchLabels": shared}, pools, model):
        return {"matchLabels": shared}
    return exact_selector(pools, role, model)


def corrected(place: Place, wrong: Requirement, right: str) -> tuple[Operation, Any] | None:
    """What makes one condition of the selector at a place, an `In`, ask for a value; and the selector as it is then."""
    selector = deepcopy(place.value)
    if dig(selector, "matchLabels", wrong.key) == wrong.values[0]:
        selector["matchLabels"][wrong.key] = right
        return SetValue(place.child("matchLabels", wrong.key), right), selector
    index = next((at for at, entry in enumerate(items(dig(selector, "matchExpressions"))) if _is(entry, wrong)), None)
    if index is None:
        return None
    values = selector["matchExpressions"][index]["values"]
    there = place.child("matchExpressions", index, "values")
    if len(values) == 1:
        values[0] = right
        return SetValue(there.child(0), right), selector
    values.append(right)
    return AppendItem(there, right), selector


def _is(entry: Any, wrong: Requirement) -> bool:
    values = tuple(items(dig(entry, "values")))
    return (dig(entry, "key"), dig(entry, "operator"), values) == (wrong.key, wrong.operator, wrong.values)


def _candidates(pools: Sequence[NodePool], role: Role) -> Iterator[dict[str, Any]]:
    shared = own_labels(pools, role)
    if shared:
        yield {"matchLabels": shared}
    labels = [pool.template.labels.known for pool in pools]
    for key in (*asked_labels(pools[0].resource), _STRIMZI_POOL):
        if key in shared or not all(key in known for known in labels):
            continue
        values = list(dict.fromkeys(known[key] for known in labels))
        more = {name: value for name, value in shared.items() if name not in _STRIMZI_ROLES.values()}
        if len(values) == 1:
            yield {"matchLabels": {**more, key: values[0]}}
            continue
        listed = [{"key": key, "operator": "In", "values": values}]
        yield {"matchLabels": more, "matchExpressions": listed} if more else {"matchExpressions": listed}


def _role_label(pools: Sequence[NodePool], role: Role | None) -> str:
    """Strimzi's label of a role, which came with node pools (0.36): whoever runs none may have an older release."""
    return _STRIMZI_ROLES.get(role, "") if role and all(pool.resource.kind == "KafkaNodePool" for pool in pools) else ""
