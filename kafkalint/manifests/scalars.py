"""Scalars and collections read as Kubernetes reads them (sigs.k8s.io/yaml, goyaml.v2 `resolve.go` and `decode.go`)."""

from __future__ import annotations

import re
from typing import Any

from kafkalint.manifests.nodes import Content, Mapping, Node, Scalar, Sequence, content_of

_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_BOOLEANS = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
}
_SPECIAL_FLOATS = {
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
_INTEGER = re.compile(r"[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_STRING_TAGS = frozenset(("!", "!!str", "tag:yaml.org,2002:str", "!!binary", "tag:yaml.org,2002:binary"))
_MERGE = "<<"
# A longer run of digits is no number that a manifest means, and converting it would take quadratic time.
_LONGEST_NUMBER = 64

Plain = Any
"""What a node holds as JSON would: dict, list, str, int, float, bool or None."""


def resolve_scalar(node: Scalar) -> Plain:
    """The value that the API server sees for a scalar."""
    value = node.value
    if node.style or node.tag in _STRING_TAGS:
        return value
    return resolve_plain(value)


def resolve_plain(value: str) -> Plain:
    """The value of an unquoted scalar."""
    if value in _NULLS:
        return None
    first = value[0]
    if first.isdigit() or first in "+-.":
        return _number(value)
    return _BOOLEANS.get(value, value)


def _number(value: str) -> Plain:
    if len(value) > _LONGEST_NUMBER:
        return value
    digits = value.replace("_", "")
    if _INTEGER.match(digits):
        return _integer(digits)
    if _FLOAT.match(digits):
        return float(digits)
    return _SPECIAL_FLOATS.get(value, value)


def _integer(digits: str) -> int:
    sign = -1 if digits[0] == "-" else 1
    digits = digits.lstrip("+-")
    if len(digits) > 1 and digits[0] == "0" and digits[1].isdigit():
        return sign * int(digits, 8)
    return sign * int(digits, 0)


def plain(node: Node) -> Plain:
    """A node as JSON-like data: merge keys applied, the last of double keys kept, keys as strings.

    Shared anchors give shared objects, so data is never larger than the text that wrote it.
    """
    return _plain(content_of(node), {})


def _plain(node: Content, done: dict[int, Plain]) -> Plain:
    if isinstance(node, Scalar):
        return resolve_scalar(node)
    known = done.get(id(node))
    if known is not None:
        return known
    if isinstance(node, Sequence):
        items: list[Plain] = []
        done[id(node)] = items
        items.extend(_plain(content_of(item), done) for item in node.items)
        return items
    mapping: dict[str, Plain] = {}
    done[id(node)] = mapping
    merged: dict[str, Plain] = {}
    for key, value in node.pairs:
        if is_merge_key(key):
            _merge(merged, _plain(content_of(value), done))
        else:
            mapping[key_text(key)] = _plain(content_of(value), done)
    for name, inherited in merged.items():
        mapping.setdefault(name, inherited)
    return mapping


def _merge(into: dict[str, Plain], value: Plain) -> None:
    for source in value if isinstance(value, list) else [value]:
        if isinstance(source, dict):
            for name, inherited in source.items():
                into.setdefault(name, inherited)


def is_merge_key(key: Node) -> bool:
    """Whether a key is YAML 1.1's merge key, as Kubernetes' parser still has it."""
    return isinstance(key, Scalar) and key.value == _MERGE and not key.style


def key_text(key: Node) -> str:
    """A mapping key as the JSON string that Kubernetes makes of it."""
    key = content_of(key)
    if not isinstance(key, Scalar):
        return "?"
    value = resolve_scalar(key)
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return "null" if value is None else str(value)


def child(node: Content, step: str | int) -> tuple[Node | None, Node] | None:
    """One step down a route: the key (None in a sequence) and the value as written; merge keys are followed."""
    if isinstance(node, Sequence):
        if isinstance(step, int) and -len(node.items) <= step < len(node.items):
            return None, node.items[step]
        return None
    if isinstance(node, Mapping):
        return _entry(node, str(step))
    return None


def _entry(node: Mapping, name: str, depth: int = 0) -> tuple[Node, Node] | None:
    for key, value in reversed(node.pairs):
        if not is_merge_key(key) and key_text(key) == name:
            return key, value
    for key, value in node.pairs if depth < 8 else ():
        if is_merge_key(key):
            target = content_of(value)
            for source in target.items if isinstance(target, Sequence) else [target]:
                inner = content_of(source)
                found = _entry(inner, name, depth + 1) if isinstance(inner, Mapping) else None
                if found:
                    return found
    return None
