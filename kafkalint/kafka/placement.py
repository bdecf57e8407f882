"""Where the scheduler may put pods: whether their rules keep them apart, and whether they leave room for them."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final, NamedTuple

from kafkalint.kafka.labels import PER_POD_LABELS, PER_REVISION_LABELS, Mismatch, PodLabels, Requirement, Selector
from kafkalint.kafka.scheduling import (
    AffinityTerm,
    NodeRequirement,
    Rule,
    SpreadConstraint,
    parse_anti_affinity,
    parse_node_requirements,
    parse_pod_affinity,
    parse_spread_constraints,
    required_values,
    required_zones,
)
from kafkalint.kafka.topology import Topology, compare_topology_keys, differs_with

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = [
    "AffinityTerm",
    "Apartness",
    "NodeRequirement",
    "Pods",
    "Reason",
    "Rule",
    "SpreadConstraint",
    "Verdict",
    "Why",
    "keeps_apart",
    "needs_domains",
    "parse_anti_affinity",
    "parse_node_requirements",
    "parse_pod_affinity",
    "parse_spread_constraints",
    "required_zones",
    "spreads_over",
    "unsatisfiable",
]

_NAMESPACE_NAME: Final = "kubernetes.io/metadata.name"


class Pods(NamedTuple):
    """Pods of one workload, as the scheduler sees them; two that compare equal are taken for the same workload.

    A `namespace` of None is not stated and may be any; `replicas` of None is not known.
    """

    namespace: str | None
    labels: PodLabels
    replicas: int | None
    anti_affinity: tuple[AffinityTerm, ...] = ()
    spread: tuple[SpreadConstraint, ...] = ()
    nodes: tuple[NodeRequirement, ...] = ()
    name: str = ""

    @classmethod
    def parse(
        cls, pod_spec: object, labels: PodLabels, *, namespace: str | None, replicas: int | None, name: str = ""
    ) -> Pods:
        """Pods with the rules of this pod spec."""
        return cls(
            namespace,
            labels,
            replicas,
            parse_anti_affinity(pod_spec),
            parse_spread_constraints(pod_spec),
            parse_node_requirements(pod_spec),
            name,
        )

    def required_values(self, topology_key: str) -> frozenset[str] | None:
        """The values of a node label that the pods insist on; a zone's old and new key are one label."""
        return required_values(self.nodes, topology_key)


class Apartness(Enum):
    """How firmly pods are kept apart."""

    HARD = "hard"
    SOFT = "soft"
    UNKNOWN = "unknown"
    INEFFECTIVE = "ineffective"
    ABSENT = "absent"


class Why(Enum):
    """What a reason is about."""

    BINDS = "binds"
    PINNED = "pinned"
    PREFERRED = "preferred"
    MAX_SKEW = "maxSkew"
    REFUSED = "refused"
    SELECTOR = "selector"
    NAMESPACE = "namespace"
    LABEL_KEYS = "labelKeys"
    MISSPELT_KEY = "misspeltTopologyKey"
    DEPRECATED_KEY = "deprecatedTopologyKey"
    CUSTOM_KEY = "customTopologyKey"
    ONE_SIDED = "oneSided"
    TOO_MANY_PODS = "tooManyPods"


class Reason(NamedTuple):
    """What one rule does for the pods in question, in words, and whose rule it is.

    `mismatches` are the conditions of its selector that fail; `suggestion` is the topology key that was probably meant;
    `label_key` is the entry of `matchLabelKeys` or `mismatchLabelKeys` that it is about.
    """

    strength: Apartness
    why: Why
    text: str
    rule: Rule | None = None
    owner: Pods | None = None
    mismatches: tuple[Mismatch, ...] = ()
    suggestion: str | None = None
    label_key: str | None = None


class Verdict(NamedTuple):
    """How firmly pods are kept apart, and what every rule that bears on it does."""

    strength: Apartness
    reasons: tuple[Reason, ...] = ()

    @property
    def deciding(self) -> tuple[Reason, ...]:
        """The reasons behind the strength."""
        return tuple(reason for reason in self.reasons if reason.strength is self.strength)

    @property
    def because(self) -> str:
        """The deciding reasons in one line."""
        return "; ".join(dict.fromkeys(reason.text for reason in self.deciding))


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
            *_affinity_reasons(first, second, topology_key, others),
            *_spread_reasons(first, second, topology_key, others),
        ]
    )


def spreads_over(pods: Pods, topology_key: str, *, others: Sequence[Pods] = ()) -> Verdict:
    """How firmly the pods of one workload are spread over the domains of a topology, such as its zones."""
    return _verdict(
        [
            *_affinity_reasons(pods, pods, topology_key, others),
            *_spread_reasons(pods, pods, topology_key, others, broader_counts=True),
        ]
    )


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


def _verdict(reasons: Sequence[Reason]) -> Verdict:
    strengths = {reason.strength for reason in reasons}
    order = [Apartness.HARD, Apartness.SOFT, Apartness.UNKNOWN, Apartness.INEFFECTIVE]
    if any(map(_may_be_hard, reasons)):
        order = [Apartness.HARD, Apartness.UNKNOWN]
    return Verdict(next((strength for strength in order if strength in strengths), Apartness.ABSENT), tuple(reasons))


def _may_be_hard(reason: Reason) -> bool:
    return reason.strength is Apartness.UNKNOWN and reason.rule is not None and reason.rule.is_hard


def _pinned(first: Pods, second: Pods, topology_key: str) -> Iterator[Reason]:
    for requirement in first.nodes:
        if not differs_with(requirement.key, topology_key):
            continue
        mine, theirs = first.required_values(requirement.key), second.required_values(requirement.key)
        if mine and theirs and mine.isdisjoint(theirs):
            text = f"the pods require different values of the node label {requirement.key}"
            yield Reason(Apartness.HARD, Why.PINNED, text, owner=first)


def _affinity_reasons(first: Pods, second: Pods, topology_key: str, others: Sequence[Pods]) -> Iterator[Reason]:
    for owner, target in _sides(first, second):
        for term in owner.anti_affinity:
            yield from _judge(term, owner, target, _Question(topology_key, tuple(others), broader_counts=True))


def _spread_reasons(
    first: Pods, second: Pods, topology_key: str, others: Sequence[Pods], *, broader_counts: bool = False
) -> list[Reason]:
    question = _Question(topology_key, tuple(others), broader_counts)
    by_side = [
        [reason for constraint in owner.spread for reason in _judge(constraint, owner, target, question)]
        for owner, target in _sides(first, second)
    ]
    if len(by_side) == 1:
        return by_side[0]
    mine, theirs = by_side
    return [*_with_other_side(mine, theirs), *_with_other_side(theirs, mine)]


def _with_other_side(mine: Sequence[Reason], theirs: Sequence[Reason]) -> Iterator[Reason]:
    """What hard constraints of one side are worth, given those of the other: pods without one go where they like."""
    hard = any(reason.strength is Apartness.HARD for reason in theirs)
    perhaps = any(_may_be_hard(reason) for reason in theirs)
    for reason in mine:
        if hard or not (reason.strength is Apartness.HARD or _may_be_hard(reason)):
            yield reason
        elif perhaps:
            yield reason._replace(strength=Apartness.UNKNOWN)
        else:
            text = f"{reason.text}, but the other pods carry no such constraint and may be placed beside these"
            yield reason._replace(strength=Apartness.INEFFECTIVE, why=Why.ONE_SIDED, text=text)


def _sides(first: Pods, second: Pods) -> list[tuple[Pods, Pods]]:
    return [(first, second)] if first == second else [(first, second), (second, first)]


class _Question(NamedTuple):
    topology_key: str
    others: tuple[Pods, ...]
    broader_counts: bool


class _Finding(NamedTuple):
    """Something that keeps a rule from binding, or may."""

    strength: Apartness
    why: Why
    text: str
    mismatches: tuple[Mismatch, ...] = ()
    suggestion: str | None = None
    label_key: str | None = None


def _judge(rule: Rule, owner: Pods, target: Pods, question: _Question) -> Iterator[Reason]:
    """What a rule of `owner` does to keep a pod of `target` away; nothing if it is about something else."""
    topology = compare_topology_keys(rule.topology_key, question.topology_key)
    if topology.relation == "unrelated" or (topology.relation == "broader" and not question.broader_counts):
        return
    if rule.problem is not None:
        yield _reason(rule, owner, _Finding(Apartness.INEFFECTIVE, Why.REFUSED, f"it is refused: {rule.problem}"))
        return
    findings = [*_selection(rule, owner, target), *_topology_findings(rule, topology)]
    missed = [finding for finding in findings if finding.strength is Apartness.INEFFECTIVE]
    if any(finding.why is Why.SELECTOR for finding in missed) and _aims_elsewhere(rule, owner, question.others):
        return
    unknown = [finding for finding in findings if finding.strength is Apartness.UNKNOWN]
    for finding in missed or unknown or [_weakest([*findings, _force(rule, owner, target)])]:
        yield _reason(rule, owner, finding)


def _reason(rule: Rule, owner: Pods, finding: _Finding) -> Reason:
    about = (finding.mismatches, finding.suggestion, finding.label_key)
    return Reason(finding.strength, finding.why, finding.text, rule, owner, *about)


def _weakest(findings: Sequence[_Finding]) -> _Finding:
    order = (Apartness.HARD, Apartness.SOFT, Apartness.INEFFECTIVE)
    return max(findings, key=lambda finding: order.index(finding.strength))


def _force(rule: Rule, owner: Pods, target: Pods) -> _Finding:
    """How firmly a rule binds pods that it does select."""
    over = f"over {rule.topology_key}"
    if isinstance(rule, AffinityTerm):
        if rule.required:
            return _Finding(Apartness.HARD, Why.BINDS, f"a required anti-affinity {over}")
        return _Finding(Apartness.SOFT, Why.PREFERRED, f"the anti-affinity {over} is only preferred")
    if not rule.is_hard:
        return _Finding(Apartness.SOFT, Why.PREFERRED, f"the spread {over} has whenUnsatisfiable ScheduleAnyway")
    if rule.max_skew == 1:
        return _Finding(Apartness.HARD, Why.BINDS, f"a DoNotSchedule spread {over} with maxSkew 1")
    total = _total([owner] if owner == target else [owner, target])
    if total is not None and rule.max_skew >= total > 1:
        text = f"the spread {over} has maxSkew {rule.max_skew}, which lets all {total} pods into one domain"
        return _Finding(Apartness.INEFFECTIVE, Why.MAX_SKEW, text)
    text = f"the spread {over} has maxSkew {rule.max_skew}, which lets {rule.max_skew} pods into one domain"
    return _Finding(Apartness.SOFT, Why.MAX_SKEW, text)


def _aims_elsewhere(rule: Rule, owner: Pods, others: Iterable[Pods]) -> bool:
    return any(
        all(found.strength is not Apartness.INEFFECTIVE for found in _selection(rule, owner, pods)) for pods in others
    )


def _selection(rule: Rule, owner: Pods, target: Pods) -> Iterator[_Finding]:
    """Why a rule does not select the target's pods, or may not."""
    yield from _namespace_findings(rule, owner, target)
    if rule.selector is None:
        text = "it has no labelSelector, which selects no pod"
        yield _Finding(Apartness.INEFFECTIVE, Why.SELECTOR, text)
        return
    yield from _selector_findings(rule.selector, target)
    if isinstance(rule, SpreadConstraint) and owner != target:
        yield from _own_findings(rule.selector, owner)
    for key in rule.match_label_keys:
        yield from (found._replace(label_key=key) for found in _matched_key(key, owner, target))
    if isinstance(rule, AffinityTerm):
        for key in rule.mismatch_label_keys:
            yield from (found._replace(label_key=key) for found in _mismatched_key(key, owner, target))


def _selector_findings(selector: Selector, target: Pods) -> Iterator[_Finding]:
    matches = selector.matches(target.labels)
    if matches is False:
        mismatches = selector.unmatched(target.labels)
        text = f"the selector {' and '.join(map(str, mismatches))}"
        yield _Finding(Apartness.INEFFECTIVE, Why.SELECTOR, text, mismatches)
    elif matches is None:
        text = f"the selector asks for {_listed(selector.undecided(target.labels))}, which only run time decides"
        yield _Finding(Apartness.UNKNOWN, Why.SELECTOR, text)


def _own_findings(selector: Selector, owner: Pods) -> Iterator[_Finding]:
    """A constraint that does not count its own pods admits one beside each pod that it counts."""
    for finding in _selector_findings(selector, owner):
        yield finding._replace(text=f"{finding.text}, so the pods that carry the constraint are not counted")


def _namespace_findings(rule: Rule, owner: Pods, target: Pods) -> Iterator[_Finding]:
    """Which namespaces a rule reaches (scheduler/framework/types.go, getNamespacesFromPodAffinityTerm)."""
    if isinstance(rule, SpreadConstraint) or (not rule.namespaces and rule.namespace_selector is None):
        if owner.namespace != target.namespace and owner.namespace is not None and target.namespace is not None:
            text = f"it reaches only its own namespace {owner.namespace}, the pods are in {target.namespace}"
            yield _Finding(Apartness.INEFFECTIVE, Why.NAMESPACE, text)
        return
    if target.namespace is None or target.namespace in rule.namespaces:
        return
    names = PodLabels({_NAMESPACE_NAME: target.namespace}, complete=False)
    selected = False if rule.namespace_selector is None else rule.namespace_selector.matches(names)
    if selected is None:
        text = f"namespaceSelector asks for {rule.namespace_selector}, and the namespace's labels are not known"
        yield _Finding(Apartness.UNKNOWN, Why.NAMESPACE, text)
    elif selected is False:
        wanted = ", ".join(rule.namespaces) or str(rule.namespace_selector)
        text = f"it reaches the namespace {wanted}, the pods are in {target.namespace}"
        yield _Finding(Apartness.INEFFECTIVE, Why.NAMESPACE, text)


def _matched_key(key: str, owner: Pods, target: Pods) -> Iterator[_Finding]:
    """What a key of `matchLabelKeys` does: only pods with the owner's own value are selected."""
    if owner.labels.has(key) is False:
        return
    value = owner.labels.known.get(key)
    if value is not None:
        same = Requirement(key, "In", (value,)).matches(target.labels)
    elif key in owner.labels.varying:
        same = _same_at_run_time(key, owner, target)
    else:
        same = None
    if same is False:
        carried = target.labels.known.get(key)
        detail = "differs from pod to pod" if key in PER_POD_LABELS else f"is {carried or 'another'} on the other pods"
        text = f"matchLabelKeys limits it to pods with the same {key}, which {detail}"
        yield _Finding(Apartness.INEFFECTIVE, Why.LABEL_KEYS, text)
    elif same is None:
        text = f"matchLabelKeys limits it to pods with the same {key}, which only run time decides"
        yield _Finding(Apartness.UNKNOWN, Why.LABEL_KEYS, text)
    elif value is None:
        text = f"matchLabelKeys limits it to one {key}: during a rolling update a new pod may join an old one"
        yield _Finding(Apartness.SOFT, Why.LABEL_KEYS, text)


def _mismatched_key(key: str, owner: Pods, target: Pods) -> Iterator[_Finding]:
    """What a key of `mismatchLabelKeys` does: pods with the owner's own value are left out."""
    if owner.labels.has(key) is False:
        return
    value = owner.labels.known.get(key)
    if value is not None:
        differs = Requirement(key, "NotIn", (value,)).matches(target.labels)
    else:
        same = _same_at_run_time(key, owner, target) if key in owner.labels.varying else None
        differs = None if same is None else not same
    if differs is False:
        text = f"mismatchLabelKeys leaves out pods with the same {key}, as these have"
        yield _Finding(Apartness.INEFFECTIVE, Why.LABEL_KEYS, text)
    elif differs is None:
        text = f"mismatchLabelKeys leaves out pods with the same {key}, which only run time decides"
        yield _Finding(Apartness.UNKNOWN, Why.LABEL_KEYS, text)


def _same_at_run_time(key: str, owner: Pods, target: Pods) -> bool | None:
    """Whether two pods have the same value of a label that run time gives to the owner's pods."""
    if target.labels.has(key) is False:
        return False
    if key in PER_POD_LABELS:
        # An index repeats in another workload, so some pairs share it and some do not.
        return None if key.endswith("/pod-index") and owner != target else False
    if key in PER_REVISION_LABELS and owner == target:
        return True
    # A StatefulSet's revision carries its name; the hash of two equal templates is equal.
    return False if key == "controller-revision-hash" and owner != target else None


def _topology_findings(rule: Rule, topology: Topology) -> Iterator[_Finding]:
    key = rule.topology_key
    if topology.relation == "misspelt":
        text = f"topologyKey {key!r} is no label of nodes, {topology.suggestion} is"
        if isinstance(rule, SpreadConstraint) and rule.is_hard:
            text += "; pods with such a constraint find no node"
        yield _Finding(Apartness.INEFFECTIVE, Why.MISSPELT_KEY, text, suggestion=topology.suggestion)
    elif topology.relation == "deprecated":
        text = f"topologyKey {key} is deprecated since Kubernetes 1.17, and not every provider still sets it on nodes"
        yield _Finding(Apartness.UNKNOWN, Why.DEPRECATED_KEY, text, suggestion=topology.suggestion)
    elif topology.relation == "custom":
        text = f"what topologyKey {key} divides, and whether nodes carry it, is not in the input"
        yield _Finding(Apartness.UNKNOWN, Why.CUSTOM_KEY, text)


def _listed(parts: Iterable[object]) -> str:
    return " and ".join(map(str, parts))


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
    return any(reason.strength is Apartness.HARD for reason in _affinity_reasons(first, second, topology_key, ()))


def _unplaceable(crowd: Sequence[tuple[Pods, int]], topology_key: str, domains: int | None) -> Iterator[Reason]:
    needed = sum(share for _, share in crowd)
    room = _room([pods for pods, _ in crowd], topology_key, domains)
    if room is None or needed <= room:
        return
    reasons = (
        reason
        for pods, _ in crowd
        for other, _ in crowd
        for reason in _affinity_reasons(pods, other, topology_key, ())
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
    return not any(True for _ in _selection(constraint, pods, pods))


def _room(group: Sequence[Pods], topology_key: str, domains: int | None) -> int | None:
    stated = [pods.required_values(topology_key) for pods in group]
    values = [value for value in stated if value is not None]
    if not values or len(values) < len(stated):
        return domains
    named = len(frozenset().union(*values))
    return named if domains is None else min(named, domains)


def _domains(room: int, topology_key: str) -> str:
    return f"is 1 domain of {topology_key}" if room == 1 else f"are {room} domains of {topology_key}"


def _total(group: Sequence[Pods]) -> int | None:
    total = 0
    for pods in group:
        if pods.replicas is None:
            return None
        total += pods.replicas
    return total
