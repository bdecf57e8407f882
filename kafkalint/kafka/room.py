"""Whether there is a place for all pods: how many domains hard rules need, and how many there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kafkalint.kafka.apartness import Apartness, Pods, Reason, Why
from kafkalint.kafka.placement import affinity_reasons
from kafkalint.kafka.placement_rules import selection_faults
from kafkalint.kafka.scheduling import SpreadConstraint

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def unsatisfiable(group: Sequence[Pods], topology_key: str, domains: int | None = None) -> tuple[Reason, ...]:
    """Why hard rules cannot place all pods of a group on this many domains of a topology; empty if nothing proves it.

    Without `domains`, the values that the pods themselves require of the node label are counted.
    """
    reasons = [reason for pods in group for reason in _unplaceable(_crowd([pods], topology_key), topology_key, domains)]
    reasons += [reason for pods in group for reason in _unspreadable(pods, topology_key, domains)]
    return tuple(reasons or _unplaceable(_crowd(group, topology_key), topology_key, domains))


def needs_domains(group: Sequence[Pods], topology_key: str) -> int:
    """How many domains of a topology the required anti-affinity of a group needs at least."""
    return sum(share for _, share in _crowd(group, topology_key))


def _crowd(group: Sequence[Pods], topology_key: str) -> list[tuple[Pods, int]]:
    """Pods of which each needs domains of its own, with the number they need; a lower bound, found greedily."""
    shares = sorted(((pods, _own_share(pods, topology_key)) for pods in group), key=lambda item: -item[1])
    crowd: list[tuple[Pods, int]] = []
    for pods, share in shares:
        # Two workloads that compare equal would be mistaken for one, and counted by the rule for replicas.
        if share and all(pods != member and _strictly_apart(pods, member, topology_key) for member, _ in crowd):
            crowd.append((pods, share))
    return crowd


def _own_share(pods: Pods, topology_key: str) -> int:
    if not pods.replicas or pods.replicas < 0:
        return 0
    return pods.replicas if _strictly_apart(pods, pods, topology_key) else 1


def _strictly_apart(first: Pods, second: Pods, topology_key: str) -> bool:
    return any(reason.strength is Apartness.HARD for reason in affinity_reasons(first, second, topology_key, ()))


def _unplaceable(crowd: Sequence[tuple[Pods, int]], topology_key: str, domains: int | None) -> Iterator[Reason]:
    needed = sum(share for _, share in crowd)
    room = _room([pods for pods, _ in crowd], topology_key, domains)
    if room is None or needed <= room:
        return
    reasons = (
        reason
        for pods, _ in crowd
        for other, _ in crowd
        for reason in affinity_reasons(pods, other, topology_key, ())
        if reason.strength is Apartness.HARD
    )
    for reason in reasons:
        text = f"{reason.text} keeps {needed} pods apart, and there {_domains(room, topology_key)}"
        yield reason._replace(strength=Apartness.INEFFECTIVE, why=Why.TOO_MANY_PODS, text=text)
        return


def _unspreadable(pods: Pods, topology_key: str, domains: int | None) -> Iterator[Reason]:
    """A constraint that wants more domains than there are lets only `maxSkew` pods into each (`minDomains`)."""
    room = _room([pods], topology_key, domains)
    for constraint in pods.spread:
        binds = constraint.is_hard and constraint.problem is None and constraint.topology_key == topology_key
        if not binds or room is None or pods.replicas is None or constraint.selector is None:
            continue
        scarce = constraint.min_domains is not None and constraint.min_domains > room
        if scarce and pods.replicas > room * constraint.max_skew and _counts_itself(constraint, pods):
            text = (
                f"minDomains {constraint.min_domains} with maxSkew {constraint.max_skew} lets only "
                f"{room * constraint.max_skew} of {pods.replicas} pods in, as there {_domains(room, topology_key)}"
            )
            yield Reason(Apartness.INEFFECTIVE, Why.TOO_MANY_PODS, text, constraint, pods)


def _counts_itself(constraint: SpreadConstraint, pods: Pods) -> bool:
    return not any(True for _ in selection_faults(constraint, pods, pods))


def _room(group: Sequence[Pods], topology_key: str, domains: int | None) -> int | None:
    stated = [pods.required_values(topology_key) for pods in group]
    values = [value for value in stated if value is not None]
    if not values or len(values) < len(stated):
        return domains
    named = len(frozenset().union(*values))
    return named if domains is None else min(named, domains)


def _domains(room: int, topology_key: str) -> str:
    return f"is 1 domain of {topology_key}" if room == 1 else f"are {room} domains of {topology_key}"
