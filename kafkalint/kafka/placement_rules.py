"""What one placement rule does for pods: whether it selects them, where it reaches, and how firmly it binds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from kafkalint.kafka.apartness import Apartness, Pods, Reason, Why
from kafkalint.kafka.labels import PER_POD_LABELS, PER_REVISION_LABELS, Mismatch, PodLabels, Requirement, Selector
from kafkalint.kafka.scheduling import AffinityTerm, Rule, SpreadConstraint
from kafkalint.kafka.topology import Topology, compare_topology_keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_NAMESPACE_NAME: Final = "kubernetes.io/metadata.name"


class Question(NamedTuple):
    """What is asked of a rule."""

    topology_key: str
    others: tuple[Pods, ...]
    """Pods that it may be aimed at instead: a rule that selects some of them does not miss."""
    broader_counts: bool
    """Whether a rule about a wider topology, a zone for a node, answers too."""


class _Effect(NamedTuple):
    """How a rule binds, or what keeps it from binding, or may."""

    strength: Apartness
    why: Why
    text: str
    mismatches: tuple[Mismatch, ...] = ()
    suggestion: str | None = None
    label_key: str | None = None


def judge(rule: Rule, owner: Pods, target: Pods, question: Question) -> Iterator[Reason]:
    """What a rule of `owner` does to keep a pod of `target` away; nothing if it is about something else."""
    topology = compare_topology_keys(rule.topology_key, question.topology_key)
    if topology.relation == "unrelated" or (topology.relation == "broader" and not question.broader_counts):
        return
    if rule.problem is not None:
        yield _reason(rule, owner, _Effect(Apartness.INEFFECTIVE, Why.REFUSED, f"it is refused: {rule.problem}"))
        return
    findings = [*selection_faults(rule, owner, target), *_topology_findings(rule, topology)]
    missed = [finding for finding in findings if finding.strength is Apartness.INEFFECTIVE]
    if any(finding.why is Why.SELECTOR for finding in missed) and _aims_elsewhere(rule, owner, question.others):
        return
    unknown = [finding for finding in findings if finding.strength is Apartness.UNKNOWN]
    for finding in missed or unknown or [_weakest([*findings, _force(rule, owner, target)])]:
        yield _reason(rule, owner, finding)


def _reason(rule: Rule, owner: Pods, finding: _Effect) -> Reason:
    about = (finding.mismatches, finding.suggestion, finding.label_key)
    return Reason(finding.strength, finding.why, finding.text, rule, owner, *about)


def _weakest(findings: Sequence[_Effect]) -> _Effect:
    order = (Apartness.HARD, Apartness.SOFT, Apartness.INEFFECTIVE)
    return max(findings, key=lambda finding: order.index(finding.strength))


def _force(rule: Rule, owner: Pods, target: Pods) -> _Effect:
    """How firmly a rule binds pods that it does select."""
    over = f"over {rule.topology_key}"
    if isinstance(rule, AffinityTerm):
        if rule.required:
            return _Effect(Apartness.HARD, Why.BINDS, f"a required anti-affinity {over}")
        return _Effect(Apartness.SOFT, Why.PREFERRED, f"the anti-affinity {over} is only preferred")
    if not rule.is_hard:
        return _Effect(Apartness.SOFT, Why.PREFERRED, f"the spread {over} has whenUnsatisfiable ScheduleAnyway")
    if rule.max_skew == 1:
        return _Effect(Apartness.HARD, Why.BINDS, f"a DoNotSchedule spread {over} with maxSkew 1")
    total = _total([owner] if owner == target else [owner, target])
    if total is not None and rule.max_skew >= total > 1:
        text = f"the spread {over} has maxSkew {rule.max_skew}, which lets all {total} pods into one domain"
        return _Effect(Apartness.INEFFECTIVE, Why.MAX_SKEW, text)
    text = f"the spread {over} has maxSkew {rule.max_skew}, which lets {rule.max_skew} pods into one domain"
    return _Effect(Apartness.SOFT, Why.MAX_SKEW, text)


def _aims_elsewhere(rule: Rule, owner: Pods, others: Iterable[Pods]) -> bool:
    return any(
        all(found.strength is not Apartness.INEFFECTIVE for found in selection_faults(rule, owner, pods))
        for pods in others
    )


def selection_faults(rule: Rule, owner: Pods, target: Pods) -> Iterator[_Effect]:
    """Why a rule does not select the target's pods, or may not."""
    yield from _namespace_findings(rule, owner, target)
    if rule.selector is None:
        text = "it has no labelSelector, which selects no pod"
        yield _Effect(Apartness.INEFFECTIVE, Why.SELECTOR, text)
        return
    yield from _selector_findings(rule.selector, target)
    if isinstance(rule, SpreadConstraint) and owner != target:
        yield from _own_findings(rule.selector, owner)
    for key in rule.match_label_keys:
        yield from (found._replace(label_key=key) for found in _matched_key(key, owner, target))
    if isinstance(rule, AffinityTerm):
        for key in rule.mismatch_label_keys:
            yield from (found._replace(label_key=key) for found in _mismatched_key(key, owner, target))


def _selector_findings(selector: Selector, target: Pods) -> Iterator[_Effect]:
    matches = selector.matches(target.labels)
    if matches is False:
        mismatches = selector.unmatched(target.labels)
        text = f"the selector {' and '.join(map(str, mismatches))}"
        yield _Effect(Apartness.INEFFECTIVE, Why.SELECTOR, text, mismatches)
    elif matches is None:
        text = f"the selector asks for {_listed(selector.undecided(target.labels))}, which only run time decides"
        yield _Effect(Apartness.UNKNOWN, Why.SELECTOR, text)


def _own_findings(selector: Selector, owner: Pods) -> Iterator[_Effect]:
    """A constraint that does not count its own pods admits one beside each pod that it counts."""
    for finding in _selector_findings(selector, owner):
        yield finding._replace(text=f"{finding.text}, so the pods that carry the constraint are not counted")


def _namespace_findings(rule: Rule, owner: Pods, target: Pods) -> Iterator[_Effect]:
    """Which namespaces a rule reaches (scheduler/framework/types.go, getNamespacesFromPodAffinityTerm)."""
    if isinstance(rule, SpreadConstraint) or (not rule.namespaces and rule.namespace_selector is None):
        if owner.namespace != target.namespace and owner.namespace is not None and target.namespace is not None:
            text = f"it reaches only its own namespace {owner.namespace}, the pods are in {target.namespace}"
            yield _Effect(Apartness.INEFFECTIVE, Why.NAMESPACE, text)
        return
    if target.namespace is None or target.namespace in rule.namespaces:
        return
    names = PodLabels({_NAMESPACE_NAME: target.namespace}, complete=False)
    selected = False if rule.namespace_selector is None else rule.namespace_selector.matches(names)
    if selected is None:
        text = f"namespaceSelector asks for {rule.namespace_selector}, and the namespace's labels are not known"
        yield _Effect(Apartness.UNKNOWN, Why.NAMESPACE, text)
    elif selected is False:
        wanted = ", ".join(rule.namespaces) or str(rule.namespace_selector)
        text = f"it reaches the namespace {wanted}, the pods are in {target.namespace}"
        yield _Effect(Apartness.INEFFECTIVE, Why.NAMESPACE, text)


def _matched_key(key: str, owner: Pods, target: Pods) -> Iterator[_Effect]:
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
        yield _Effect(Apartness.INEFFECTIVE, Why.LABEL_KEYS, text)
    elif same is None:
        text = f"matchLabelKeys limits it to pods with the same {key}, which only run time decides"
        yield _Effect(Apartness.UNKNOWN, Why.LABEL_KEYS, text)
    elif value is None:
        text = f"matchLabelKeys limits it to one {key}: during a rolling update a new pod may join an old one"
        yield _Effect(Apartness.SOFT, Why.LABEL_KEYS, text)


def _mismatched_key(key: str, owner: Pods, target: Pods) -> Iterator[_Effect]:
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
        yield _Effect(Apartness.INEFFECTIVE, Why.LABEL_KEYS, text)
    elif differs is None:
        text = f"mismatchLabelKeys leaves out pods with the same {key}, which only run time decides"
        yield _Effect(Apartness.UNKNOWN, Why.LABEL_KEYS, text)


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


def _topology_findings(rule: Rule, topology: Topology) -> Iterator[_Effect]:
    key = rule.topology_key
    if topology.relation == "misspelt":
        text = f"topologyKey {key!r} is no label of nodes, {topology.suggestion} is"
        if isinstance(rule, SpreadConstraint) and rule.is_hard:
            text += "; pods with such a constraint find no node"
        yield _Effect(Apartness.INEFFECTIVE, Why.MISSPELT_KEY, text, suggestion=topology.suggestion)
    elif topology.relation == "deprecated":
        text = f"topologyKey {key} is deprecated since Kubernetes 1.17, and not every provider still sets it on nodes"
        yield _Effect(Apartness.UNKNOWN, Why.DEPRECATED_KEY, text, suggestion=topology.suggestion)
    elif topology.relation == "custom":
        text = f"what topologyKey {key} divides, and whether nodes carry it, is not in the input"
        yield _Effect(Apartness.UNKNOWN, Why.CUSTOM_KEY, text)


def _listed(parts: Iterable[object]) -> str:
    return " and ".join(map(str, parts))


def _total(group: Sequence[Pods]) -> int | None:
    total = 0
    for pods in group:
        if pods.replicas is None:
            return None
        total += pods.replicas
    return total
