"""Whether rules of the scheduler keep pods apart, or spread them: all rules of both sides taken together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kafkalint.kafka.apartness import Apartness, Pods, Reason, Verdict, Why
from kafkalint.kafka.placement_rules import Question, judge
from kafkalint.kafka.scheduling import AffinityTerm, SpreadConstraint
from kafkalint.kafka.topology import differs_with

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = [
    "AffinityTerm",
    "Apartness",
    "Pods",
    "Reason",
    "SpreadConstraint",
    "Verdict",
    "Why",
    "affinity_reasons",
    "keeps_apart",
    "spreads_over",
]


def keeps_apart(first: Pods, second: Pods, topology_key: str, *, others: Sequence[Pods] = ()) -> Verdict:
    """Can a pod of `first` and a pod of `second` share one topology domain? Both may be the same, for its replicas.

    A required anti-affinity of either side binds both: the scheduler also honours that of pods already placed
    (interpodaffinity/filtering.go, satisfyExistingPodsAntiAffinity). One over a zone or region keeps pods off one node
    too, given nodes that are labelled. A spread constraint binds only the pods that carry it, so both sides must; with
    DoNotSchedule and a maxSkew of 1 it keeps pods apart as long as there are as many domains as pods
    (podtopologyspread/filtering.go). Node labels that both sides require with no value in common do so as well.

    A rule whose selector misses these pods is not counted as ineffective if it selects some of the `others`.
    """
    return _verdict(
        [
            *_pinned(first, second, topology_key),
            *affinity_reasons(first, second, topology_key, others),
            *_spread_reasons(first, second, topology_key, others),
        ]
    )


def spreads_over(pods: Pods, topology_key: str, *, others: Sequence[Pods] = ()) -> Verdict:
    """How firmly the pods of one workload are spread over the domains of a topology, such as its zones."""
    return _verdict(
        [
            *affinity_reasons(pods, pods, topology_key, others),
            *_spread_reasons(pods, pods, topology_key, others, broader_counts=True),
        ]
    )


def _verdict(reasons: Sequence[Reason]) -> Verdict:
    strengths = {reason.strength for reason in reasons}
    order = [Apartness.HARD, Apartness.SOFT, Apartness.UNKNOWN, Apartness.INEFFECTIVE]
    if any(reason.may_be_hard for reason in reasons):
        order = [Apartness.HARD, Apartness.UNKNOWN]
    return Verdict(next((strength for strength in order if strength in strengths), Apartness.ABSENT), tuple(reasons))


def _pinned(first: Pods, second: Pods, topology_key: str) -> Iterator[Reason]:
    for requirement in first.nodes:
        if not differs_with(requirement.key, topology_key):
            continue
        mine, theirs = first.required_values(requirement.key), second.required_values(requirement.key)
        if mine and theirs and mine.isdisjoint(theirs):
            text = f"the pods require different values of the node label {requirement.key}"
            yield Reason(Apartness.HARD, Why.PINNED, text, owner=first)


def affinity_reasons(first: Pods, second: Pods, topology_key: str, others: Sequence[Pods]) -> Iterator[Reason]:
    """What the anti-affinity of either side does to keep a pod of the one away from a pod of the other."""
    for owner, target in _sides(first, second):
        for term in owner.anti_affinity:
            yield from judge(term, owner, target, Question(topology_key, tuple(others), broader_counts=True))


def _spread_reasons(
    first: Pods, second: Pods, topology_key: str, others: Sequence[Pods], *, broader_counts: bool = False
) -> list[Reason]:
    question = Question(topology_key, tuple(others), broader_counts)
    by_side = [
        [reason for constraint in owner.spread for reason in judge(constraint, owner, target, question)]
        for owner, target in _sides(first, second)
    ]
    if len(by_side) == 1:
        return by_side[0]
    mine, theirs = by_side
    return [*_with_other_side(mine, theirs), *_with_other_side(theirs, mine)]


def _with_other_side(mine: Sequence[Reason], theirs: Sequence[Reason]) -> Iterator[Reason]:
    """What hard constraints of one side are worth, given those of the other: pods without one go where they like."""
    hard = any(reason.strength is Apartness.HARD for reason in theirs)
    perhaps = any(reason.may_be_hard for reason in theirs)
    for reason in mine:
        if hard or not (reason.strength is Apartness.HARD or reason.may_be_hard):
            yield reason
        elif perhaps:
            yield reason._replace(strength=Apartness.UNKNOWN)
        else:
            text = f"{reason.text}, but the other pods carry no such constraint and may be placed beside these"
            yield reason._replace(strength=Apartness.INEFFECTIVE, why=Why.ONE_SIDED, text=text)


def _sides(first: Pods, second: Pods) -> list[tuple[Pods, Pods]]:
    return [(first, second)] if first == second else [(first, second), (second, first)]
