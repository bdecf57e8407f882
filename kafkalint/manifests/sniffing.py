"""Sniffing: bytes tell whether a text can matter to Kafka, long before anybody parses it."""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

WORDS = (b"kafka", b"zookeeper", b"strimzi", b"confluent", b"redpanda", b"automq")
"""What a manifest that runs Kafka cannot help mentioning, in some image, group, label or name."""

PARTNERS = frozenset(
    (
        b"PodDisruptionBudget",
        b"Service",
        b"StorageClass",
        b"PersistentVolume",
        b"PersistentVolumeClaim",
        b"ServiceMonitor",
        b"PodMonitor",
        b"PrometheusRule",
        b"Prometheus",
        b"PrometheusAgent",
        b"ScrapeConfig",
        b"NetworkPolicy",
        b"HorizontalPodAutoscaler",
        b"VerticalPodAutoscaler",
        b"ScaledObject",
        b"CephBlockPool",
        b"Application",
        b"ApplicationSet",
        b"Kustomization",
        b"HelmRelease",
        b"PriorityClass",
        b"Namespace",
        b"ResourceQuota",
        b"LimitRange",
    )
)
"""Kinds that say something about a Kafka cluster without naming it: by a selector, a class name, a namespace."""

_BY_NAME = frozenset(
    (
        b"Service",
        b"PersistentVolumeClaim",
        b"HorizontalPodAutoscaler",
        b"VerticalPodAutoscaler",
        b"ScaledObject",
        b"Namespace",
        b"PriorityClass",
    )
)
"""Partners that cannot but repeat a name or a label of what they are about; a budget may select everything."""

_HOLDERS = frozenset((b"ConfigMap", b"Secret"))
_SCRAPES = b"scrape_configs"
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
# A literal prefix lets the search run at the speed of memory; `^kind:` would be looked for at every byte.
_KIND_LINE = re.compile(rb"\nkind:[ \t]*[\"']?(\w+)")
_FIRST_KIND = re.compile(rb"(?:\xef\xbb\xbf)?kind:[ \t]*[\"']?(\w+)")
_LOOSE_KIND = re.compile(rb"\bkind[\"']?[ \t]*:\s*[\"']?(\w+)")


Kinds = frozenset[bytes] | None
"""Kinds that matter although they are not Kafka's; None for every kind."""


class Relevance(Enum):
    """What a text can have to do with Kafka."""

    CORE = "core"
    PARTNER = "partner"
    OTHER = "other"


class Scent(NamedTuple):
    """What the bytes tell: whether to open them, and how many objects they hold if nobody does."""

    relevance: Relevance
    objects: int


def sniff(data: bytes, wanted: Kinds = frozenset()) -> Scent:
    """Whether these bytes can concern Kafka or are of a wanted kind; UTF-16 and UTF-32 cannot be sniffed: always."""
    if data.startswith(_WIDE):
        return Scent(Relevance.CORE, 1)
    kinds = _kinds(data)
    if mentions_kafka(data) or _is_wanted(kinds, data, wanted):
        return Scent(Relevance.CORE, len(kinds))
    return Scent(Relevance.PARTNER if _is_partner(_items(kinds, data), data) else Relevance.OTHER, len(kinds))


def mentions_kafka(data: bytes) -> bool:
    """Whether any of the words stands there, in any case."""
    lowered = data.lower()
    for word in WORDS:  # noqa: SIM110 - `any` takes three times as long, and this runs on every byte of the input
        if word in lowered:
            return True
    return False


def stands_beside(data: bytes, words: Iterable[bytes]) -> bool:
    """Whether a partner can be about Kafka, given the names and labels of the Kafka that it stands beside."""
    kinds = _items(_kinds(data), data)
    if not _is_partner(kinds, data):
        return False
    if all(kind in _BY_NAME for kind in kinds if kind in PARTNERS) and _SCRAPES not in data:
        return any(_names(data, word) for word in words)
    return True


def _names(data: bytes, word: bytes) -> bool:
    """Whether a name stands there, by itself or as a part of a longer one: `broker` in `data-broker-0`."""
    at = data.find(word)
    while at >= 0:
        end = at + len(word)
        if not data[at - 1 : at].isalnum() and not data[end : end + 1].isalnum():
            return True
        at = data.find(word, at + 1)
    return False


def is_manifest(data: bytes) -> bool:
    """Whether these bytes can hold a Kubernetes object at all: a values file or a pipeline's YAML has no `kind`."""
    return b"kind" in data or data.startswith(_WIDE)


def _kinds(data: bytes) -> list[bytes]:
    kinds: list[bytes] = _KIND_LINE.findall(data)
    first = _FIRST_KIND.match(data)
    if first:
        kinds.append(first.group(1))
    if kinds or b"kind" not in data:
        return kinds
    # JSON, a flow mapping, an indented document: one object, whatever it holds.
    loose: list[bytes] = _LOOSE_KIND.findall(data)
    return [next((kind for kind in loose if kind in PARTNERS), loose[0])] if loose else []


def _items(kinds: list[bytes], data: bytes) -> list[bytes]:
    """These kinds, with those that lists hold."""
    listed = any(kind.endswith(b"List") for kind in kinds)
    return _LOOSE_KIND.findall(data) if listed else kinds


def _is_wanted(kinds: list[bytes], data: bytes, wanted: Kinds) -> bool:
    if wanted is None:
        return bool(kinds)
    # Anywhere, for the items of a list are indented.
    return any(kind in data for kind in wanted) and not wanted.isdisjoint(_LOOSE_KIND.findall(data))


def _is_partner(kinds: list[bytes], data: bytes) -> bool:
    if not PARTNERS.isdisjoint(kinds):
        return True
    return not _HOLDERS.isdisjoint(kinds) and _SCRAPES in data
