"""Checks that a config writes as data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any
from warnings import catch_warnings, simplefilter

from kafkalint.checking.check import Check
from kafkalint.checking.data_checks import (
    OPERATORS,
    PLACEHOLDER,
    PLACEHOLDERS,
    DataCheck,
    Must,
    Objects,
    PathError,
    Rule,
    compile_path,
)
from kafkalint.checking.finding import Level
from kafkalint.checking.metadata import is_code, is_name, is_reserved
from kafkalint.checking.vocabulary import did_you_mean
from kafkalint.config.reader import Value
from kafkalint.kafka.quantities import parse_quantity

_KEYS = ("code", "name", "level", "for", "path", "must", "message")
_FOR_KEYS = ("apiVersion", "kind", "name", "namespace", "labels")


def data_checks(value: Value, known: Iterable[type[Check]]) -> Iterator[type[DataCheck]]:
    """`checks`: each a code, a name, the objects that it is for, a path and what stands there."""
    taken = {word: f"{check.name} ({check.code})" for check in known for word in (check.code, check.name)}
    for item in value.items():
        entries = item.entries(_KEYS)
        for key in ("code", "name", "for", "path", "must"):
            if key not in entries:
                item.wrong(f"{key} is missing")
        rule = _rule(entries, taken)
        if rule is not None:
            taken |= dict.fromkeys((rule.code, rule.name), f"another check of this file ({rule.code})")
            yield DataCheck.from_rule(rule)


def _rule(entries: Mapping[str, Value], taken: Mapping[str, str]) -> Rule | None:
    code = _code(entries["code"], taken) if "code" in entries else None
    name = _name(entries["name"], taken) if "name" in entries else None
    level = entries["level"].member(Level) if "level" in entries else Level.WARNING
    objects = _objects(entries["for"]) if "for" in entries else None
    path = _path(entries["path"]) if "path" in entries else None
    must = tuple(_must(entries["must"])) if "must" in entries else ()
    message = _message(entries["message"]) if "message" in entries else ""
    if not must or code is None or name is None or level is None or objects is None or path is None or message is None:
        return None
    return Rule(code, name, level, objects, path, must, message)


def _code(value: Value, taken: Mapping[str, str]) -> str | None:
    code = value.string()
    if code is None:
        return None
    if not is_code(code):
        value.wrong(f"{code} is not two or more capital letters and digits, such as ACME001")
    elif is_reserved(code):
        value.wrong(f"{code} is reserved: KL is for kafkalint's own checks; take a prefix of your own, such as ACME001")
    elif code in taken:
        value.wrong(f"{code} is already the code of {taken[code]}")
    else:
        return code
    return None


def _name(value: Value, taken: Mapping[str, str]) -> str | None:
    name = value.string()
    if name is None:
        return None
    if not is_name(name):
        value.wrong(f"{name} is not in kebab case, such as too-few-partitions")
    elif name in taken:
        value.wrong(f"{name} is already the name of {taken[name]}")
    else:
        return name
    return None


def _objects(value: Value) -> Objects | None:
    entries = value.entries(_FOR_KEYS)
    if "kind" not in entries:
        value.wrong("kind is missing")
        return None
    kind = entries["kind"].string()
    rest = {key: entries[key].string() or "*" for key in ("apiVersion", "name", "namespace") if key in entries}
    labels = (
        {key: item.raw() or "*" for key, item in entries["labels"].entries().items()} if "labels" in entries else {}
    )
    if kind is None:
        return None
    return Objects(
        kind, rest.get("apiVersion", "*"), rest.get("name", "*"), rest.get("namespace", "*"), MappingProxyType(labels)
    )


def _path(value: Value) -> str | None:
    path = value.string()
    if path is None:
        return None
    try:
        compile_path(path)
    except PathError as error:
        value.wrong(f"{path} is no JSONPath: {error}")
        return None
    return path


def _must(value: Value) -> Iterator[Must]:
    entries = value.entries(OPERATORS)
    if not entries and not value.problems.found:
        value.wrong(f"expected at least one of {', '.join(OPERATORS)}")
    for operator, item in entries.items():
        operand = _operand(operator, item)
        if operand is not None:
            yield Must(operator, operand)


def _operand(operator: str, item: Value) -> Any:
    if operator == "one-of":
        choices = [each.scalar() for each in item.items()]
        if not choices:
            item.wrong("expected a list of values")
        return tuple(choices) if choices and None not in choices else None
    operand = item.scalar()
    if operand is None or operator == "equals":
        return operand
    problem = _operand_problem(operator, operand)
    if problem:
        item.wrong(problem)
        return None
    return operand


def _operand_problem(operator: str, operand: Any) -> str:
    if operator in ("present", "absent") and operand is not True:
        other = "absent" if operator == "present" else "present"
        return f"expected true; for the opposite write `{other}: true`"
    if operator in ("at-least", "at-most") and parse_quantity(operand) is None:
        return f"expected a number or a quantity such as 10Gi, found {operand}"
    if operator == "matches":
        if not isinstance(operand, str):
            return f"expected a regular expression, found {operand}"
        try:
            with catch_warnings():
                # What Python may one day read in another way is ambiguous to the reader of the config today.
                simplefilter("error")
                re.compile(operand)
        except (re.error, FutureWarning, OverflowError, RecursionError) as error:
            return f"{operand} is no regular expression: {error}"
    return ""


def _message(value: Value) -> str | None:
    message = value.string()
    for match in PLACEHOLDER.finditer(message or ""):
        if match[1] not in PLACEHOLDERS:
            hint = did_you_mean(match[1], PLACEHOLDERS)
            known = ", ".join(f"{{{word}}}" for word in PLACEHOLDERS)
            value.wrong(f"there is no {{{match[1]}}}{hint or f'; there are {known}'}")
    return message
