"""What is written to keep pods off one node, for every check that finds them without a rule that does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from kafkalint.checking.fix import AppendItem, Operation, RemoveValue, SetValue
from kafkalint.kafka.placement import AffinityTerm, Reason, Why
from kafkalint.kafka.topology import HOSTNAME
from kafkalint_checks.availability._selecting import members, ruled, selector_for, selects_only
from kafkalint_checks.availability._words import REQUIRED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.kafka.colocation import Colocation
    from kafkalint.kafka.model import KafkaCluster, KafkaModel
    from kafkalint.kafka.scheduling import Rule
    from kafkalint.manifests.resources import Place

FIRM, MILD = "DoNotSchedule", "ScheduleAnyway"


class Order(NamedTuple):
    """What is to be done about a placement."""

    text: str
    operations: tuple[Operation, ...]
    safe: bool
    """Whether nobody has to want it: it asks for no more than the role needs, or than the rule's author asked for."""


def rule_apart(case: Colocation, cluster: KafkaCluster, model: KafkaModel) -> Order | None:
    """A required anti-affinity for each template of the pods in question; None where none can be told."""
    selector = selector_for(case, cluster, model)
    # Whether Confluent's operator merges a written affinity into that of `oneReplicaPerNode` is not said.
    if selector is None or (case.across and any(pool.template.one_per_node for pool in case.pools)):
        return None
    term: dict[str, Any] = {"topologyKey": HOSTNAME, "labelSelector": selector}
    places = dict.fromkeys(pool.template.place(*REQUIRED) for pool in case.pools)
    return Order(
        f"Keep them apart by a required anti-affinity over {HOSTNAME}",
        tuple(AppendItem(place, term) for place in places),
        safe=asks_no_more(case, selector, cluster, model),
    )


def asks_no_more(case: Colocation, selector: object, cluster: KafkaCluster, model: KafkaModel) -> bool:
    """Whether a rule with this selector keeps only pods of one role apart: for more there may be too few nodes."""
    every = members(cluster, case.group.role)
    own = {id(pool) for pool in every}
    return all(id(pool) in own for pool in ruled(case, cluster)) and selects_only(selector, every, model)


def made_firm(case: Colocation, reason: Reason) -> Order | None:
    """What makes a rule about nodes bind that does not quite; of pools that have one each, that of each."""
    rules = {case.place(each): each for each in _one_each(case, reason)}
    if reason.why is Why.LABEL_KEYS:
        removals = [without_item(place, "matchLabelKeys", each.label_key) for place, each in rules.items()]
        return Order(f"Remove {reason.label_key} from matchLabelKeys", tuple(removals), safe=False)
    if reason.why is Why.MAX_SKEW:
        return Order("Set maxSkew: 1", tuple(SetValue(place.child("maxSkew"), 1) for place in rules), safe=False)
    if isinstance(reason.rule, AffinityTerm):
        moves = (step for each in rules.values() for step in _move(case, each))
        return Order(f"Move the term to {REQUIRED[-1]}", tuple(moves), safe=False)
    if has_firm_spread(case):
        return None
    steps = (step for place, each in rules.items() for step in firm_spread(place, each.rule))
    return Order(f"Set whenUnsatisfiable: {FIRM}", tuple(steps), safe=False)


def firm_spread(place: Place, rule: Rule | None) -> Iterator[Operation]:
    """What makes a constraint keep pods apart."""
    yield SetValue(place.child("whenUnsatisfiable"), FIRM)
    if rule is not None and getattr(rule, "max_skew", 1) != 1:
        yield SetValue(place.child("maxSkew"), 1)


def has_firm_spread(case: Colocation) -> bool:
    """Whether a spread over hosts is firm already: the API server takes no second one (`parse_spread_constraints`)."""
    return any(rule.topology_key == HOSTNAME and rule.is_hard for pool in case.pools for rule in pool.pods.spread)


def without_preference(case: Colocation, reason: Reason) -> RemoveValue:
    """Take away the item of a preferred anti-affinity, and the list with the last one; a required one is there then."""
    term = case.place(reason)
    # The item is the term with its weight.
    item = term.resource.place(*term.route[:-1])
    return RemoveValue(item, up_to=len(item.route) - 2, refilled=True)


def without_item(rule: Place, name: str, item: str | None) -> RemoveValue:
    """Take an item out of a list of a rule, and the list with the last one."""
    listed = rule.child(name).value
    index = listed.index(item) if isinstance(listed, list) and item in listed else 0
    return RemoveValue(rule.child(name, index), up_to=len(rule.route))


def _move(case: Colocation, reason: Reason) -> Iterator[Operation]:
    yield AppendItem(case.template(reason).place(*REQUIRED), case.place(reason).value)
    yield without_preference(case, reason)


def _one_each(case: Colocation, reason: Reason) -> list[Reason]:
    """The rule in question; with it, where pools have one each, the first like it of every other template."""
    found = {case.template(reason).place(): reason}
    for other in case.deciding if case.across else ():
        if other.why is reason.why and _kind(other) == _kind(reason):
            found.setdefault(case.template(other).place(), other)
    return list(found.values())


def _kind(reason: Reason) -> tuple[object, str]:
    return type(reason.rule), reason.rule.topology_key if reason.rule else ""
