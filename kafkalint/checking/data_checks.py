"""Checks written as data: which objects, which value of them, what it must be."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from kafkalint.checking.check import BundleCheck
from kafkalint.checking.finding import Finding, Level
from kafkalint.kafka.quantities import parse_quantity
from kafkalint.manifests.resources import Resource, Route, dig

if TYPE_CHECKING:
    from kafkalint.kafka.model import KafkaModel

PLACEHOLDERS = ("kind", "name", "namespace", "path", "value")
PLACEHOLDER = re.compile(r"\{([A-Za-z_][^{}\s]*)\}")
_WILD = re.compile(r"[*?\[]")
_LONGEST_SHOWN = 80
_LONGEST_PATH = 500


class PathError(ValueError):
    """A JSONPath that cannot be followed."""


@dataclass(frozen=True)
class Objects:
    """Which objects a check looks at; patterns are the shell's, and what is not stated is any."""

    kind: str
    api_version: str = "*"
    name: str = "*"
    namespace: str = "*"
    labels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def include(self, resource: Resource) -> bool:
        """Whether an object is one of them."""
        return (
            fnmatchcase(resource.kind, self.kind)
            and fnmatchcase(resource.api_version, self.api_version)
            and fnmatchcase(resource.name, self.name)
            and fnmatchcase(resource.namespace or "", self.namespace)
            and all(fnmatchcase(resource.labels.get(key, ""), value) for key, value in self.labels.items())
        )

    @property
    def kinds(self) -> frozenset[str] | None:
        """The kinds that have to be opened for it; None where a pattern may mean any."""
        return None if _WILD.search(self.kind) else frozenset((self.kind,))


@dataclass(frozen=True)
class Must:
    """What a value must be: an operator and what it compares with."""

    operator: str
    operand: Any = True

    def holds(self, value: Any) -> bool:
        """Whether a value that is there is as it must be."""
        return OPERATORS[self.operator](value, self.operand)

    @property
    def wish(self) -> str:
        """In words: `at least 6`."""
        if self.operator in ("present", "absent"):
            return self.operator
        verb = {"equals": "", "matches": "of the form "}.get(self.operator, f"{self.operator.replace('-', ' ')} ")
        return f"{verb}{_shown(self.operand)}"


def _equals(value: Any, operand: Any) -> bool:
    # Kafka's configuration holds "2" for 2 and "true" for true, and means the same.
    return _is_scalar(value) and _text(value) == _text(operand)


def _one_of(value: Any, operand: Any) -> bool:
    return any(_equals(value, each) for each in operand)


def _matches(value: Any, operand: Any) -> bool:
    return _is_scalar(value) and re.search(operand, _text(value)) is not None


def _at_least(value: Any, operand: Any) -> bool:
    actual, wanted = parse_quantity(value), parse_quantity(operand)
    return actual is not None and wanted is not None and actual >= wanted


def _at_most(value: Any, operand: Any) -> bool:
    actual, wanted = parse_quantity(value), parse_quantity(operand)
    return actual is not None and wanted is not None and actual <= wanted


OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = MappingProxyType(
    {
        "equals": _equals,
        "one-of": _one_of,
        "matches": _matches,
        "present": lambda _value, _operand: True,
        "absent": lambda _value, _operand: False,
        "at-least": _at_least,
        "at-most": _at_most,
    }
)


@dataclass(frozen=True)
class Rule:
    """A check as config writes it."""

    code: str
    name: str
    level: Level
    objects: Objects
    path: str
    must: tuple[Must, ...]
    message: str = ""


class DataCheck(BundleCheck):
    """A check of a value that config describes; `from_rule` makes one.

    A path that finds nothing breaks `present` alone: what is not there is neither too small nor wrong.
    """

    rule: ClassVar[Rule]

    @classmethod
    def from_rule(cls, rule: Rule) -> type[DataCheck]:
        """The check that a rule describes."""
        wishes = " and ".join(must.wish for must in rule.must)
        page = (
            f"`{rule.path}` of {rule.objects.kind} must be {wishes}.\n\n"
            "## What it does\nLooks at a value as the config of this repository says."
        )
        attributes = {"__doc__": page, "code": rule.code, "name": rule.name, "level": rule.level, "rule": rule}
        return type("".join(map(str.capitalize, rule.name.split("-"))), (cls,), attributes)

    def check(self, model: KafkaModel) -> Iterator[Finding]:
        """Findings about the objects of a bundle."""
        for resource in model.bundle.primary:
            if self.rule.objects.include(resource):
                yield from self._judged(resource)

    def _judged(self, resource: Resource) -> Iterator[Finding]:
        found = list(values_at(resource.data, self.rule.path))
        if not found:
            route = fixed_route(self.rule.path)
            broken = [must for must in self.rule.must if must.operator == "present"]
            yield from (self._said(resource, route, None, must) for must in broken)
        for route, value in found:
            broken = [must for must in self.rule.must if not must.holds(value)]
            yield from (self._said(resource, route, value, must) for must in broken[:1])

    def _said(self, resource: Resource, route: Route, value: Any, must: Must) -> Finding:
        place = resource.place(*route)
        words = {
            "kind": resource.kind,
            "name": resource.name,
            "namespace": resource.namespace or "no namespace",
            "path": place.path or self.rule.path,
            "value": "nothing" if value is None else _shown(value),
        }
        return self.finding(place, filled(self.rule.message or _message(must), words))


def _message(must: Must) -> str:
    if must.operator == "present":
        return "{kind} {name} has no {path}"
    if must.operator == "absent":
        return "{kind} {name} has {path}, which must be absent"
    wish = must.wish.replace("{", "(").replace("}", ")")
    return f"{{kind}} {{name}} has {{path}} {{value}}; it must be {wish}"


def filled(message: str, words: Mapping[str, str]) -> str:
    """A message with its placeholders replaced, once, by text: nothing in it is evaluated."""
    return PLACEHOLDER.sub(lambda match: words.get(match[1], match[0]), message)


def compile_path(path: str) -> Any:
    """A JSONPath, parsed; raises PathError."""
    if len(path) > _LONGEST_PATH:
        raise PathError(f"longer than {_LONGEST_PATH} characters")
    return _compiled(path)


@lru_cache(maxsize=256)
def _compiled(path: str) -> Any:
    from jsonpath_ng.ext.parser import parse  # noqa: PLC0415 - 45 ms that only such a check may cost

    try:
        return parse(path)
    except Exception as error:
        # Besides its own errors the parser lets through whatever its lexer and its operators raise.
        raise PathError(" ".join(str(error).split()) or type(error).__name__) from None


def values_at(data: dict[str, Any], path: str) -> Iterator[tuple[Route, Any]]:
    """What a JSONPath finds, with the route of each value; null is nothing, as in Kubernetes."""
    for match in compile_path(path).find(data):
        if match.value is not None:
            route = _route(_steps(match.full_path), data)
            yield (fixed_route(path) if route is None else route), match.value


def fixed_route(path: str) -> Route:
    """The part of a path before its first wildcard, filter or function."""
    route: list[str | int] = []
    for step in _steps(compile_path(path)):
        plain = _plain_step(step)
        if plain is None:
            break
        route += plain
    return tuple(route)


def _steps(path: Any) -> list[Any]:
    steps: list[Any] = []
    while type(path).__name__ == "Child":
        steps.append(path.right)
        path = path.left
    return [path, *reversed(steps)]


def _plain_step(step: Any) -> list[str | int] | None:
    kind = type(step).__name__
    if kind in ("Root", "This"):
        return []
    if kind == "Fields" and len(step.fields) == 1 and step.fields[0] != "*":
        return [step.fields[0]]
    if kind == "Index":
        # One index up to jsonpath-ng 1.7, a tuple of them since.
        indices = getattr(step, "indices", None) or (step.index,)
        return [indices[0]] if len(indices) == 1 else None
    if kind == "Child":
        nested = [_plain_step(inner) for inner in _steps(step)]
        return None if None in nested else [each for inner in nested for each in inner or ()]
    return None


def _route(steps: Iterable[Any], data: Any) -> Route | None:
    route: list[str | int] = []
    for step in steps:
        plain = _plain_step(step)
        if plain is None:
            return None
        for key in plain:
            holder = dig(data, *route)
            counted_back = isinstance(key, int) and key < 0 and isinstance(holder, list)
            route.append(key + len(holder) if counted_back else key)  # type: ignore[operator]
    return tuple(route)


def _is_scalar(value: Any) -> bool:
    return isinstance(value, str | int | float | bool)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _shown(value: Any) -> str:
    if isinstance(value, list | tuple):
        text = ", ".join(_text(item) for item in value[:20])
    elif isinstance(value, dict):
        text = f"a mapping of {len(value)}"
    else:
        text = _text(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 3]}..."
