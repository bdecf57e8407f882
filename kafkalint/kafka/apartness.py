"""Pods as the scheduler sees them, and what can be said of how firmly they are kept apart."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from kafkalint.kafka.labels import Mismatch, PodLabels
from kafkalint.kafka.scheduling import (
    AffinityTerm,
    NodeRequirement,
    Rule,
    SpreadConstraint,
    parse_anti_affinity,
    parse_node_requirements,
    parse_spread_constraints,
    required_values,
)


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

    @property
    def identity(self) -> tuple[str | None, str, PodLabels]:
        """What tells the pods of one workload from those of another, whatever rules they carry."""
        return self.namespace, self.name, self.labels

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

    @property
    def may_be_hard(self) -> bool:
        """Whether the rule would bind for certain if what is not known were so."""
        return self.strength is Apartness.UNKNOWN and self.rule is not None and self.rule.is_hard


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
