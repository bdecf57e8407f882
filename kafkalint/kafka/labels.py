"""Label selectors as Kubernetes evaluates them, against labels that are known, or only known to vary."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

PER_POD_LABELS: Final = frozenset(
    {"apps.kubernetes.io/pod-index", "statefulset.kubernetes.io/pod-name", "strimzi.io/pod-name"}
)
"""Labels whose value differs between any two pods of one workload."""

PER_REVISION_LABELS: Final = frozenset({"controller-revision-hash", "pod-template-hash"})
"""Labels that the pods of one revision of a workload share, and that a rolling update changes."""

_OPERATORS: Final = ("In", "NotIn", "Exists", "DoesNotExist")
_NAME: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?")
_PREFIX: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*")


@dataclass(frozen=True, slots=True)
class PodLabels:
    """The labels that pods will carry: known values, keys whose value only run time decides, and whether that is all.

    With `complete` false the pods may carry further labels that nothing here tells of.
    """

    known: Mapping[str, str] = field(default_factory=dict)
    varying: frozenset[str] = frozenset()
    complete: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "known", dict(self.known))
        object.__setattr__(self, "varying", frozenset(self.varying).difference(self.known))

    def __hash__(self) -> int:
        return hash((frozenset(self.known.items()), self.varying, self.complete))

    @classmethod
    def parse(cls, raw: object, varying: Iterable[str] = (), *, complete: bool = True) -> PodLabels:
        """Read a `metadata.labels` value; what is no string is left out, as no pod will carry it."""
        pairs = raw.items() if isinstance(raw, Mapping) else ()
        known = {key: value for key, value in pairs if isinstance(key, str) and isinstance(value, str)}
        return cls(known, frozenset(varying), complete)

    def has(self, key: str) -> bool | None:
        """Whether the pods carry a label with this key; None if that is not known."""
        if key in self.known or key in self.varying:
            return True
        return False if self.complete else None


class Requirement(NamedTuple):
    """One condition on one label."""

    key: str
    operator: str
    values: tuple[str, ...] = ()

    def matches(self, labels: PodLabels) -> bool | None:
        """Whether it holds; `NotIn` also does for an absent key (apimachinery, pkg/labels/selector.go, Matches)."""
        if self.operator in ("Exists", "DoesNotExist"):
            present = labels.has(self.key)
            return present if present is None else present is (self.operator == "Exists")
        if self.key in labels.known:
            return (labels.known[self.key] in self.values) is (self.operator == "In")
        if labels.has(self.key) is False:
            return self.operator == "NotIn"
        return None

    def __str__(self) -> str:
        listed = ", ".join(self.values)
        match self.operator:
            case "In" if len(self.values) == 1:
                return f"{self.key}={listed}"
            case "In":
                return f"{self.key} in ({listed})"
            case "NotIn":
                return f"{self.key} not in ({listed})"
            case "Exists":
                return f"a label {self.key}"
            case _:
                return f"no label {self.key}"


class Mismatch(NamedTuple):
    """A condition of a selector that does not hold, and the value that the pods carry instead (None: no such label)."""

    requirement: Requirement
    found: str | None

    def __str__(self) -> str:
        carried = f"no label {self.requirement.key}" if self.found is None else f"{self.requirement.key}={self.found}"
        return f"asks for {self.requirement}, the pods carry {carried}"


class Selector(NamedTuple):
    """A label selector (`matchLabels`, `matchExpressions`); one with a `problem` is refused by the API server."""

    match_labels: tuple[tuple[str, str], ...] = ()
    requirements: tuple[Requirement, ...] = ()
    problem: str | None = None

    @classmethod
    def parse(cls, raw: object) -> Selector | None:
        """Read a LabelSelector; None if there is none, which selects nothing, while an empty one selects everything."""
        if raw is None:
            return None
        if not isinstance(raw, Mapping):
            return cls(problem=f"the selector must be a mapping, not {_show(raw)}")
        pairs, wrong_labels = _read_labels(raw.get("matchLabels"))
        requirements, wrong_expressions = _read_expressions(raw.get("matchExpressions"))
        unknown = [
            f"unknown field {_show(key)}: labels belong under matchLabels"
            for key in raw
            if key not in ("matchLabels", "matchExpressions")
        ]
        problems = [*wrong_labels, *wrong_expressions, *unknown]
        return cls(pairs, requirements, problems[0] if problems else None)

    @classmethod
    def from_map(cls, raw: object) -> Selector | None:
        """Read a plain map of labels, as a Service has it; None if absent or empty, for it then selects no pod."""
        if raw is None or raw == {}:
            return None
        pairs, problems = _read_labels(raw)
        return cls(pairs, (), problems[0] if problems else None)

    @property
    def is_empty(self) -> bool:
        """Whether it asks for nothing and so selects everything."""
        return not self.match_labels and not self.requirements and self.problem is None

    @property
    def parts(self) -> tuple[Requirement, ...]:
        """All its conditions; a pair under `matchLabels` is an `In` with one value."""
        return (*(Requirement(key, "In", (value,)) for key, value in self.match_labels), *self.requirements)

    @property
    def keys(self) -> frozenset[str]:
        """The label keys that it looks at."""
        return frozenset(part.key for part in self.parts)

    def matches(self, labels: PodLabels) -> bool | None:
        """Whether it selects pods with these labels; None if that depends on a value that only run time decides."""
        if self.problem is not None:
            return False
        verdict: bool | None = True
        for part in self.parts:
            answer = part.matches(labels)
            if answer is False:
                return False
            verdict = verdict and answer
        return verdict

    def unmatched(self, labels: PodLabels) -> tuple[Mismatch, ...]:
        """The conditions that certainly do not hold for these labels."""
        return tuple(
            Mismatch(part, labels.known.get(part.key, "(set at run time)" if part.key in labels.varying else None))
            for part in self.parts
            if part.matches(labels) is False
        )

    def undecided(self, labels: PodLabels) -> tuple[Requirement, ...]:
        """The conditions of which only run time tells whether they hold."""
        return tuple(part for part in self.parts if part.matches(labels) is None)

    def __str__(self) -> str:
        return ", ".join(map(str, self.parts)) or "everything"


def _read_labels(raw: object) -> tuple[tuple[tuple[str, str], ...], list[str]]:
    if raw is None:
        return (), []
    if not isinstance(raw, Mapping):
        return (), [f"matchLabels must be a mapping, not {_show(raw)}"]
    pairs: list[tuple[str, str]] = []
    problems: list[str] = []
    for key, value in raw.items():
        # Go's decoder reads null as the empty string.
        text = "" if value is None else value
        problem = _key_problem(key) or _value_problem(text)
        if problem:
            problems.append(problem)
        elif isinstance(key, str) and isinstance(text, str):
            pairs.append((key, text))
    return tuple(pairs), problems


def _read_expressions(raw: object) -> tuple[tuple[Requirement, ...], list[str]]:
    if raw is None:
        return (), []
    if not isinstance(raw, list | tuple):
        return (), [f"matchExpressions must be a list, not {_show(raw)}"]
    requirements: list[Requirement] = []
    problems: list[str] = []
    for entry in raw:
        read = _read_expression(entry)
        if isinstance(read, str):
            problems.append(read)
        else:
            requirements.append(read)
    return tuple(requirements), problems


def _read_expression(raw: object) -> Requirement | str:
    if not isinstance(raw, Mapping):
        return f"an entry of matchExpressions must be a mapping, not {_show(raw)}"
    key, operator, listed = raw.get("key"), raw.get("operator"), raw.get("values")
    if not isinstance(key, str) or _key_problem(key):
        return _key_problem(key) or ""
    if not isinstance(operator, str) or operator not in _OPERATORS:
        return f"{_show(operator)} is not an operator: use one of {', '.join(_OPERATORS)}"
    if listed is not None and not isinstance(listed, list | tuple):
        return f"the values for {key} must be a list, not {_show(listed)}"
    values = ["" if value is None else value for value in listed or ()]
    wrong = next((problem for problem in map(_value_problem, values) if problem), None)
    if wrong:
        return wrong
    if bool(values) is not (operator in ("In", "NotIn")):
        return f"{operator} for {key} needs values" if not values else f"{operator} for {key} must have no values"
    return Requirement(key, operator, tuple(_strings(values)))


def _key_problem(key: object) -> str | None:
    """Why a label key is refused (apimachinery, pkg/util/validation, IsQualifiedName)."""
    if not isinstance(key, str):
        return f"{_show(key)} is not a string and cannot be a label key"
    prefix, slash, name = key.rpartition("/")
    valid_prefix = len(prefix) <= 253 and _PREFIX.fullmatch(prefix) if slash else True
    return None if valid_prefix and _NAME.fullmatch(name) else f"{_show(key)} is not a valid label key"


def _value_problem(value: object) -> str | None:
    """Why a label value is refused (apimachinery, pkg/util/validation, IsValidLabelValue)."""
    if not isinstance(value, str):
        return f"{_show(value)} is not a string and cannot be a label value"
    return None if value == "" or _NAME.fullmatch(value) else f"{_show(value)} is not a valid label value"


def _strings(values: Iterable[object]) -> Iterator[str]:
    return (value for value in values if isinstance(value, str))


def _show(value: object) -> str:
    # Hostile input may be huge, and str() of a huge integer raises.
    if isinstance(value, str):
        return repr(value if len(value) <= 80 else value[:77] + "...")
    if isinstance(value, bool | float) or (isinstance(value, int) and value.bit_length() <= 64):
        return str(value).lower() if isinstance(value, bool) else str(value)
    names = {type(None): "null", dict: "a mapping", list: "a list", int: "a huge number"}
    return names.get(type(value), type(value).__name__)
