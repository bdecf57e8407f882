"""What new files are called, as their neighbours are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

# As people and `kubectl api-resources` abbreviate them.
_SHORT = {
    "PodDisruptionBudget": "pdb",
    "Service": "svc",
    "StatefulSet": "sts",
    "ServiceAccount": "sa",
    "ConfigMap": "cm",
    "StorageClass": "sc",
    "NetworkPolicy": "netpol",
    "PodMonitor": "podmonitor",
    "ServiceMonitor": "servicemonitor",
    "PrometheusRule": "prometheusrule",
}
# A file is called so after what it is about, whatever kind of object that is.
_PRODUCTS = frozenset(("kafka", "zookeeper"))
_NUMBERED = re.compile(r"(?P<number>\d+[-_]?)(?P<rest>.+)")
_UNFIT = re.compile(r"[^a-z0-9.]+")
_LONGEST = 80


def file_name(kind: str, name: str, *, beside: tuple[str, str] | None = None, extension: str = "") -> str:
    """The name of a file for an object; `beside` is the kind of another one and the name of its file.

    Where that file is called after its object's kind, this one is so too; else it is called after its object.
    """
    if beside is None:
        return f"{_named(kind, name)}{extension or '.yaml'}"
    other, file = beside
    stem, dot, ending = file.rpartition(".")
    if not dot:
        stem, ending = file, "yaml"
    ending = extension or f".{ending if ending in ('yaml', 'yml') else 'yaml'}"
    for word, own in ((other.lower(), kind.lower()), (_SHORT.get(other, ""), _short(kind))):
        if word in _PRODUCTS:
            continue
        called = re.compile(rf"(^|[-_.0-9]){re.escape(word)}(?=$|[-_.])") if word and word not in name.lower() else None
        if called and called.search(stem):
            return called.sub(rf"\g<1>{own}", stem, count=1) + ending
    numbered = _NUMBERED.fullmatch(stem)
    return f"{numbered['number'] if numbered else ''}{_named(kind, name)}{ending}"


def patch_name(kind: str, name: str, extension: str) -> str:
    """The name of a file for a patch of an object."""
    words = name.lower() if name.lower() == kind.lower() else f"{name.lower()}-{kind.lower()}"
    return f"{_fit(words)}-patch{extension}"


def free(name: str, taken: Callable[[str], bool]) -> str:
    """A name that nobody has yet, as close to this one as there is."""
    stem, dot, ending = name.rpartition(".")
    number = 2
    candidate = name
    while taken(candidate):
        candidate = f"{stem}-{number}{dot}{ending}"
        number += 1
    return candidate


def _named(kind: str, name: str) -> str:
    short = _short(kind)
    words = name.lower()
    if words != short and not re.search(rf"(?:^|-){re.escape(short)}(?:-|$)|{re.escape(kind.lower())}", words):
        words = f"{words}-{short}"
    return _fit(words)


def _short(kind: str) -> str:
    return _SHORT.get(kind, kind.lower())


def _fit(words: str) -> str:
    return _UNFIT.sub("-", words).strip("-.")[:_LONGEST].strip("-.") or "object"
