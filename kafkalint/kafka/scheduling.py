"""Scheduling rules of a pod spec: affinity terms, topology spread constraints, and the node labels that it requires."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

from kafkalint.kafka.labels import Selector
from kafkalint.kafka.topology import modern_topology_key
from kafkalint.manifests.resources import Route
from kafkalint.manifests.shapes import whole

_KIND: Final = "podAntiAffinity"
_REQUIRED: Final = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED: Final = "preferredDuringSchedulingIgnoredDuringExecution"


class AffinityTerm(NamedTuple):
    """One PodAffinityTerm; `route` leads to it from the pod spec, and one with a `problem` is refused."""

    required: bool
    topology_key: str
    selector: Selector | None
    route: Route
    weight: int | None = None
    match_label_keys: tuple[str, ...] = ()
    mismatch_label_keys: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    namespace_selector: Selector | None = None
    problem: str | None = None

    @property
    def is_hard(self) -> bool:
        """Whether the scheduler must obey it."""
        return self.required


class SpreadConstraint(NamedTuple):
    """One TopologySpreadConstraint; `route` leads to it from the pod spec, and one with a `problem` is refused.

    A policy that is not written has the scheduler's default (podtopologyspread/common.go): node affinity is honoured,
    taints are ignored.
    """

    topology_key: str
    selector: Selector | None
    route: Route
    max_skew: int = 1
    when_unsatisfiable: str = "DoNotSchedule"
    min_domains: int | None = None
    match_label_keys: tuple[str, ...] = ()
    node_affinity_policy: str = "Honor"
    node_taints_policy: str = "Ignore"
    problem: str | None = None

    @property
    def is_hard(self) -> bool:
        """Whether the scheduler must obey it."""
        return self.when_unsatisfiable != "ScheduleAnyway"


Rule: TypeAlias = AffinityTerm | SpreadConstraint


class NodeRequirement(NamedTuple):
    """A node label that pods insist on, with the values they accept."""

    key: str
    values: frozenset[str]


def parse_anti_affinity(pod_spec: object) -> tuple[AffinityTerm, ...]:
    """The terms of a pod spec that keep its pods away from others."""
    return tuple(_read_terms(pod_spec))


def parse_spread_constraints(pod_spec: object) -> tuple[SpreadConstraint, ...]:
    """The topology spread constraints of a pod spec."""
    entries = _entries(_mapping(pod_spec).get("topologySpreadConstraints"), ("topologySpreadConstraints",))
    constraints = [_read_constraint(raw, route) for route, raw in entries]
    seen: set[tuple[str, str]] = set()
    for index, constraint in enumerate(constraints):
        pair = (constraint.topology_key, constraint.when_unsatisfiable)
        if pair in seen and constraint.problem is None:
            constraints[index] = constraint._replace(
                problem="topologyKey and whenUnsatisfiable repeat another constraint"
            )
        seen.add(pair)
    return tuple(constraints)


def parse_node_requirements(pod_spec: object) -> tuple[NodeRequirement, ...]:
    """The node labels that a pod spec requires by `nodeSelector` and by required node affinity, sorted by key.

    Node selector terms are alternatives, so a key counts only if every term limits it; an empty term matches no node
    (component-helpers, scheduling/corev1/nodeaffinity) and adds no alternative.
    """
    required: dict[str, frozenset[str]] = {}
    node_affinity = _mapping(_mapping(_mapping(pod_spec).get("affinity")).get("nodeAffinity"))
    terms = [
        _term_values(term)
        for term in _sequence(_mapping(node_affinity.get(_REQUIRED)).get("nodeSelectorTerms"))
        if _mapping(term).get("matchExpressions") or _mapping(term).get("matchFields")
    ]
    if terms:
        for common in set(terms[0]).intersection(*terms[1:]):
            required[common] = frozenset().union(*(term[common] for term in terms))
    for key, value in _mapping(_mapping(pod_spec).get("nodeSelector")).items():
        if isinstance(key, str) and isinstance(value, str):
            required[key] = required.get(key, frozenset({value})) & {value}
    return tuple(NodeRequirement(key, required[key]) for key in sorted(required))


def required_values(nodes: Sequence[NodeRequirement], key: str) -> frozenset[str] | None:
    """The values of a node label that requirements leave; None if none names it, its old key being the same label."""
    found = [node.values for node in nodes if modern_topology_key(node.key) == modern_topology_key(key)]
    return frozenset.intersection(*found) if found else None


def _read_terms(pod_spec: object) -> Iterator[AffinityTerm]:
    rules = _mapping(_mapping(_mapping(pod_spec).get("affinity")).get(_KIND))
    for route, raw in _entries(rules.get(_REQUIRED), ("affinity", _KIND, _REQUIRED)):
        yield _read_term(raw, route, required=True)
    for route, raw in _entries(rules.get(_PREFERRED), ("affinity", _KIND, _PREFERRED)):
        weight = whole(_mapping(raw).get("weight"))
        term = _read_term(_mapping(raw).get("podAffinityTerm"), (*route, "podAffinityTerm"), required=False)
        wrong = None if weight is not None and 1 <= weight <= 100 else "weight must be a number from 1 to 100"
        yield term._replace(weight=weight, problem=term.problem or wrong)


def _read_term(raw: object, route: Route, *, required: bool) -> AffinityTerm:
    given = _mapping(raw)
    selector = Selector.parse(given.get("labelSelector"))
    namespace_selector = Selector.parse(given.get("namespaceSelector"))
    matched, mismatched = _strings(given.get("matchLabelKeys")), _strings(given.get("mismatchLabelKeys"))
    problems = [
        *_shape_problems(raw, given, ("matchLabelKeys", "mismatchLabelKeys", "namespaces")),
        *_selector_problems("labelSelector", selector),
        *_selector_problems("namespaceSelector", namespace_selector),
        *_key_problems(selector, matched, mismatched),
    ]
    return AffinityTerm(
        required,
        _text(given.get("topologyKey")),
        selector,
        route,
        match_label_keys=matched,
        mismatch_label_keys=mismatched,
        namespaces=_strings(given.get("namespaces")),
        namespace_selector=namespace_selector,
        problem=problems[0] if problems else None,
    )


def _read_constraint(raw: object, route: Route) -> SpreadConstraint:
    given = _mapping(raw)
    selector = Selector.parse(given.get("labelSelector"))
    matched = _strings(given.get("matchLabelKeys"))
    problems = [
        *_shape_problems(raw, given, ("matchLabelKeys",)),
        *_selector_problems("labelSelector", selector),
        *_key_problems(selector, matched, ()),
        *_spread_problems(given),
    ]
    max_skew = whole(given.get("maxSkew"))
    return SpreadConstraint(
        _text(given.get("topologyKey")),
        selector,
        route,
        max_skew=1 if max_skew is None else max_skew,
        when_unsatisfiable=_text(given.get("whenUnsatisfiable")) or "DoNotSchedule",
        min_domains=whole(given.get("minDomains")),
        match_label_keys=matched,
        node_affinity_policy=_text(given.get("nodeAffinityPolicy")) or "Honor",
        node_taints_policy=_text(given.get("nodeTaintsPolicy")) or "Ignore",
        problem=problems[0] if problems else None,
    )


def _shape_problems(raw: object, given: Mapping[object, object], lists: Sequence[str]) -> Iterator[str]:
    if not isinstance(raw, Mapping):
        yield "it must be a mapping in a list"
        return
    if not _text(given.get("topologyKey")):
        yield "topologyKey is missing"
    for field in lists:
        values = given.get(field)
        if values is not None and (not isinstance(values, list | tuple) or len(_strings(values)) != len(values)):
            yield f"{field} must be a list of strings"


def _selector_problems(field: str, selector: Selector | None) -> Iterator[str]:
    if selector is not None and selector.problem is not None:
        yield f"{field}: {selector.problem}"


def _key_problems(selector: Selector | None, matched: Sequence[str], mismatched: Sequence[str]) -> Iterator[str]:
    """What the API server refuses (pkg/apis/core/validation, validateMatchLabelKeysAndMismatchLabelKeys)."""
    if selector is None and (matched or mismatched):
        yield "matchLabelKeys and mismatchLabelKeys need a labelSelector"
    for key in matched:
        if selector is not None and key in selector.keys:
            yield f"{key} is in both matchLabelKeys and labelSelector"
        if key in mismatched:
            yield f"{key} is in both matchLabelKeys and mismatchLabelKeys"


def _spread_problems(given: Mapping[object, object]) -> Iterator[str]:
    """What the API server refuses (pkg/apis/core/validation, validateTopologySpreadConstraints)."""
    max_skew = whole(given.get("maxSkew"))
    if max_skew is None or max_skew < 1:
        yield "maxSkew must be a number above 0"
    action = given.get("whenUnsatisfiable")
    if action not in ("DoNotSchedule", "ScheduleAnyway"):
        yield "whenUnsatisfiable must be DoNotSchedule or ScheduleAnyway"
    if given.get("minDomains") is not None:
        min_domains = whole(given.get("minDomains"))
        if min_domains is None or min_domains < 1:
            yield "minDomains must be a number above 0"
        elif action != "DoNotSchedule":
            yield "minDomains needs whenUnsatisfiable DoNotSchedule"
    for field in ("nodeAffinityPolicy", "nodeTaintsPolicy"):
        if given.get(field) not in (None, "Honor", "Ignore"):
            yield f"{field} must be Honor or Ignore"


def _term_values(term: object) -> dict[str, frozenset[str]]:
    """The values that one node selector term accepts, for the labels that it limits by `In`."""
    accepted: dict[str, frozenset[str]] = {}
    for expression in map(_mapping, _sequence(_mapping(term).get("matchExpressions"))):
        key = expression.get("key")
        if isinstance(key, str) and expression.get("operator") == "In":
            values = frozenset(_strings(expression.get("values")))
            accepted[key] = accepted.get(key, values) & values
    return accepted


def _entries(raw: object, route: Route) -> Iterator[tuple[Route, object]]:
    """The entries of a list with their routes; of what should be a list and is not, the thing itself."""
    if isinstance(raw, list | tuple):
        yield from (((*route, index), entry) for index, entry in enumerate(raw))
    elif raw is not None:
        # Read as an entry it would look well formed, and the API server refuses it.
        yield route, None


def _mapping(raw: object) -> Mapping[object, object]:
    return raw if isinstance(raw, Mapping) else {}


def _sequence(raw: object) -> Sequence[object]:
    return raw if isinstance(raw, list | tuple) else ()


def _strings(raw: object) -> tuple[str, ...]:
    return tuple(entry for entry in _sequence(raw) if isinstance(entry, str))


def _text(raw: object) -> str:
    return raw if isinstance(raw, str) else ""
