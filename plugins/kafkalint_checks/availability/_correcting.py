"""How a placement rule that misses its own pods is put right, wherever only one correction can be meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from kafkalint.checking.fix import AppendItem, Operation, RemoveValue, RenameKey, SetValue
from kafkalint.kafka.model import Role
from kafkalint.kafka.placement import AffinityTerm, Reason, SpreadConstraint, Why
from kafkalint.kafka.topology import HOSTNAME, ZONE
from kafkalint.kafka.wording import tokens, vocabulary
from kafkalint.manifests.shapes import mapping
from kafkalint_checks.availability._apart import (
    FIRM,
    Order,
    asks_no_more,
    firm_spread,
    has_firm_spread,
    rule_apart,
    without_item,
    without_preference,
)
from kafkalint_checks.availability._selecting import corrected, selected_labels
from kafkalint_checks.availability._words import SPREAD
from kafkalint_checks.availability._zones import spreading, telling_racks, without_spread

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kafkalint.kafka.colocation import Colocation
    from kafkalint.kafka.labels import Requirement, Selector
    from kafkalint.kafka.model import KafkaCluster, KafkaModel
    from kafkalint.manifests.resources import Place


class _Correction(NamedTuple):
    """A rule put right."""

    text: str
    operations: tuple[Operation, ...]
    selector: Any
    """What it selects then, as data."""


def put_right(
    case: Colocation, reason: Reason, topology_key: str, cluster: KafkaCluster, model: KafkaModel
) -> Order | None:
    """What makes a rule do what it is there for, or another one beside it; None where that cannot be told."""
    found = _correction(case, reason, model)
    if topology_key != HOSTNAME:
        return found and _spreading(case, reason, found, cluster, model)
    if reason.rule is not None and not reason.rule.is_hard:
        return _bound(case, reason, found, cluster, model)
    if found is not None:
        return Order(found.text, found.operations, safe=asks_no_more(case, found.selector, cluster, model))
    # It may be there for pods of somebody else's, of which the input shows nothing.
    return rule_apart(case, cluster, model) if reason.why is Why.SELECTOR else None


def _bound(
    case: Colocation, reason: Reason, found: _Correction | None, cluster: KafkaCluster, model: KafkaModel
) -> Order | None:
    """A preference put right would be one still: it is made to bind as well, for which its author did not ask."""
    if isinstance(reason.rule, SpreadConstraint):
        if found is None or has_firm_spread(case):
            return None
        steps = (*found.operations, *firm_spread(case.place(reason), reason.rule))
        return Order(f"{found.text}, and whenUnsatisfiable: {FIRM}", steps, safe=False)
    order = rule_apart(case, cluster, model)
    if order is None or found is None:
        return order and order._replace(safe=False)
    if reason.rule is not None and (reason.suggestion or reason.rule.topology_key) == HOSTNAME:
        return order._replace(operations=(*order.operations, without_preference(case, reason)), safe=False)
    zones = _spreading(case, reason, found, cluster, model)
    return zones and order._replace(operations=(*order.operations, *zones.operations), safe=False)


def _spreading(
    case: Colocation, reason: Reason, found: _Correction, cluster: KafkaCluster, model: KafkaModel
) -> Order | None:
    """A rule about zones put right; Kafka is told of the zones of its brokers."""
    racks = telling_racks(cluster, model) if case.group.role is Role.BROKER else ()
    others = spreading(without_spread(cluster, model, ZONE), ZONE, FIRM, cluster, model) if racks else ()
    if racks is None or others is None:
        return None
    # Volumes that exist may hold brokers in one zone, where a rule that binds would keep them from starting.
    mild = reason.rule is not None and not reason.rule.is_hard
    text = f"{found.text}, and make the zones of the brokers their racks" if racks else found.text
    return Order(text, (*found.operations, *racks, *others), safe=mild and not racks)


def _correction(case: Colocation, reason: Reason, model: KafkaModel) -> _Correction | None:
    """What makes a rule do what it is there for; None where that cannot be told, or it is there for other pods."""
    rule = reason.rule
    if rule is None:
        return None
    place = case.place(reason)
    selector = place.child("labelSelector").value
    match reason.why:
        case Why.MISSPELT_KEY if reason.suggestion:
            set_key = SetValue(place.child("topologyKey"), reason.suggestion)
            return _Correction(f"Set topologyKey: {reason.suggestion}", (set_key,), selector)
        case Why.MAX_SKEW:
            return _Correction("Set maxSkew: 1", (SetValue(place.child("maxSkew"), 1),), selector)
        case Why.NAMESPACE if isinstance(rule, AffinityTerm):
            written = [place.child(name) for name in ("namespaces", "namespaceSelector") if place.child(name).written]
            names = " and ".join(str(each.route[-1]) for each in written)
            removed = tuple(RemoveValue(each) for each in written)
            return _Correction(f"Remove {names}", removed, selector) if removed else None
        case Why.LABEL_KEYS:
            listed = "matchLabelKeys" if reason.label_key in rule.match_label_keys else "mismatchLabelKeys"
            removal = without_item(place, listed, reason.label_key)
            return _Correction(f"Remove {reason.label_key} from {listed}", (removal,), selector)
        case Why.ONE_SIDED:
            return _copied(case, place)
        case Why.SELECTOR:
            return _selecting(case, reason, place.child("labelSelector"), model)
        case _:
            return None


def _copied(case: Colocation, place: Place) -> _Correction | None:
    """The constraint of one pool, given to those that it counts and that carry none."""
    owners = [each.owner for each in case.deciding if each.why is Why.ONE_SIDED]
    places = dict.fromkeys(pool.template.place(SPREAD) for pool in case.pools if pool.pods not in owners)
    if not places:
        return None
    operations = tuple(AppendItem(each, place.value) for each in places)
    return _Correction("Give the other pods the same constraint", operations, place.child("labelSelector").value)


def _selecting(case: Colocation, reason: Reason, place: Place, model: KafkaModel) -> _Correction | None:
    selector = reason.rule.selector if reason.rule else None
    labels = selected_labels(case)
    if selector is None:
        data = {"matchLabels": labels}
        return _Correction("Select the labels of these pods", (SetValue(place, data),), data) if labels else None
    wrong = [mismatch.requirement for mismatch in reason.mismatches]
    # A spread is over pods like those that carry it; an anti-affinity may keep them away from others.
    if not (isinstance(reason.rule, SpreadConstraint) or _means_kafka(wrong, model)):
        return None
    return _with_one_condition(case, place, wrong) or _with_labels(case, place, selector, wrong)


def _with_one_condition(case: Colocation, place: Place, wrong: Sequence[Requirement]) -> _Correction | None:
    """The selector with the one condition met that fails."""
    right = _common(case, wrong[0].key) if len(wrong) == 1 and wrong[0].operator == "In" else None
    found = corrected(place, wrong[0], right) if right is not None else None
    if found is None:
        return None
    operation, data = found
    return _Correction(f"Select {wrong[0].key}: {right}", (operation,), data)


def _with_labels(
    case: Colocation, place: Place, selector: Selector, wrong: Sequence[Requirement]
) -> _Correction | None:
    """The selector with labels of the pods' own in place of those that fail."""
    asked = dict(selector.match_labels)
    failing = [key for key in asked if any(requirement.key == key for requirement in wrong)]
    if len(failing) < len(wrong):
        return None
    own = {key: value for key, value in selected_labels(case).items() if key not in asked}
    at, labels = place.child("matchLabels"), {key: asked[key] for key in asked if key not in failing}
    operations: list[Operation] = []
    for key in failing:
        value = _common(case, key)
        name = key if value is not None else next(iter(own), None)
        if name is None:
            return None
        labels[name] = own.pop(name) if value is None else value
        operations.append(SetValue(at.child(key), labels[name]))
        operations += [RenameKey(at.child(key), name)] if name != key else []
    if len(failing) == len(asked):
        operations += [SetValue(at.child(key), value) for key, value in own.items()]
        labels |= own
    data = {**mapping(place.value), "matchLabels": labels}
    return _Correction("Select the labels of these pods", tuple(operations), data)


def _common(case: Colocation, key: str) -> str | None:
    """The value of a label that all pods in question carry."""
    values = {pool.template.labels.known.get(key) for pool in case.pools}
    return values.pop() if len(values) == 1 else None


def _means_kafka(wrong: Iterable[Requirement], model: KafkaModel) -> bool:
    """Whether a selector speaks of Kafka and of nothing that may run elsewhere, which these pods are to avoid."""
    words = tokens(" ".join(value for requirement in wrong for value in requirement.values))
    return bool(words) and words <= vocabulary(model)
