"""Topology keys: which node labels divide a cluster, and how one division relates to another."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, Literal, NamedTuple

HOSTNAME: Final = "kubernetes.io/hostname"
ZONE: Final = "topology.kubernetes.io/zone"
REGION: Final = "topology.kubernetes.io/region"
LEGACY_ZONE: Final = "failure-domain.beta.kubernetes.io/zone"
LEGACY_REGION: Final = "failure-domain.beta.kubernetes.io/region"

_BREADTH: Final = {HOSTNAME: 0, ZONE: 1, LEGACY_ZONE: 1, REGION: 2, LEGACY_REGION: 2}
_MODERN: Final = {LEGACY_ZONE: ZONE, LEGACY_REGION: REGION}

Relation = Literal["same", "broader", "deprecated", "custom", "misspelt", "unrelated"]


class Topology(NamedTuple):
    """How one topology key relates to another, and the key that was probably meant."""

    relation: Relation
    suggestion: str | None = None


def compare_topology_keys(key: str, asked: str) -> Topology:
    """How domains of `key` relate to those of `asked`: the same, broader ones that hold them, or unrelated to them.

    `deprecated` is the same or broader under an old name, `misspelt` would be so if it were spelt as suggested, and of
    `custom` nothing is known.
    """
    suggestion = nearest_topology_key(key)
    if suggestion is not None:
        related = key == asked or compare_topology_keys(suggestion, asked).relation in ("same", "broader", "deprecated")
        return Topology("misspelt" if related else "unrelated", suggestion)
    if key == asked:
        return Topology("same")
    if key not in _BREADTH:
        return Topology("custom")
    if asked not in _BREADTH:
        return Topology("unrelated" if key == HOSTNAME else "custom")
    if _BREADTH[key] < _BREADTH[asked]:
        return Topology("unrelated")
    if key in _MODERN:
        return Topology("deprecated", _MODERN[key])
    return Topology("same" if _BREADTH[key] == _BREADTH[asked] else "broader")


def differs_with(key: str, topology_key: str) -> bool:
    """Whether nodes that differ in `key` lie in different domains of `topology_key`."""
    if topology_key == HOSTNAME or modern_topology_key(key) == modern_topology_key(topology_key):
        return True
    return key in _BREADTH and topology_key in _BREADTH and _BREADTH[key] > _BREADTH[topology_key]


@lru_cache(maxsize=64)
def nearest_topology_key(key: str) -> str | None:
    """The well-known topology key that `key` is probably a misspelling of; None if it is one, or is like none.

    The old keys `failure-domain.beta.kubernetes.io/zone` and `/region` are well known too: they are deprecated since
    Kubernetes 1.17 and removed in no version so far (kubernetes/kubernetes#142011), yet some providers no longer set
    them (Azure's since v1.26, cloud-provider-azure#2653).
    """
    if key in _BREADTH or not key:
        return None
    prefix, _, name = key.rpartition("/")
    # Kubernetes keeps these prefixes for itself, so kubernetes.io/zone is a mix-up and no label of somebody's own.
    for known in (HOSTNAME, ZONE, REGION):
        if prefix in {k.rpartition("/")[0] for k in _BREADTH} and name == known.rpartition("/")[2]:
            return known
    return next((modern_topology_key(known) for known in _BREADTH if _is_near(key, known)), None)


def _is_near(key: str, known: str) -> bool:
    prefix, _, name = key.lower().rpartition("/")
    known_prefix, _, known_name = known.rpartition("/")
    return _distance(prefix, known_prefix) <= 2 and _distance(name, known_name) <= (2 if len(known_name) > 6 else 1)


def _distance(left: str, right: str) -> int:
    """Edits from one string to another, a swap of neighbours being one; beyond two they are not counted."""
    if abs(len(left) - len(right)) > 2:
        return 3
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        before, previous, row = row, before, [i]
        for j, b in enumerate(right, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if previous and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, previous[j - 2] + 1)
            row.append(cost)
    return row[-1]


def modern_topology_key(key: str) -> str:
    """The name of today for a topology key that has an old one."""
    return _MODERN.get(key, key)
