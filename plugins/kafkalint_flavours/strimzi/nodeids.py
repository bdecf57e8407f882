"""Node ids that a fresh cluster will get (`NodeIdAssignor`, `NodeIdRange`)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kafkalint.manifests.shapes import whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kafkalint.manifests.resources import Resource

NEXT_IDS: Final = "strimzi.io/next-node-ids"
MOST: Final = 1000

_ITEM: Final = r"[0-9]+(?:\s*-\s*[0-9]+)?"
_RANGES: Final = re.compile(rf"\s*\[\s*(?:{_ITEM}\s*,\s*)*{_ITEM}\s*]\s*")
_PAIR: Final = re.compile(r"([0-9]+)(?:\s*-\s*([0-9]+))?")
_LARGEST: Final = 2**31 - 1
_LONGEST: Final = 1000


def assign(pools: Sequence[Resource]) -> dict[int, tuple[int, ...]]:
    """Ids of each pool's nodes, by the pool's place in the sequence.

    The operator serves pools in the order in which the API server lists them, by name, and gives each the lowest ids
    that are free, or those that its annotation asks for. That holds for a cluster made at once: one that grew keeps the
    ids that it has. Beyond a thousand nodes nothing is foretold.
    """
    used: set[int] = set()
    lowest = 0
    found: dict[int, tuple[int, ...]] = {}
    for index in sorted(range(len(pools)), key=lambda place: pools[place].name):
        replicas = whole(pools[index].get("spec", "replicas"))
        if replicas is None or replicas < 0 or replicas + len(used) > MOST:
            return {}
        wished = _wished(pools[index])
        ids = []
        for _ in range(replicas):
            chosen = next((number for number in wished if number not in used), None)
            if chosen is None:
                while lowest in used:
                    lowest += 1
                chosen = lowest
            used.add(chosen)
            ids.append(chosen)
        found[index] = tuple(sorted(ids))
    return found


def _wished(pool: Resource) -> Iterator[int]:
    """Ids in the order of the annotation; a range may count down. An annotation that is not valid is ignored."""
    text = pool.annotations.get(NEXT_IDS, "")
    if len(text) > _LONGEST or not _RANGES.fullmatch(text):
        return iter(())
    pairs = [(int(start), int(end or start)) for start, end in _PAIR.findall(text)]
    if any(number > _LARGEST for pair in pairs for number in pair):
        return iter(())
    return (number for start, end in pairs for number in _counted(start, end))


def _counted(start: int, end: int) -> Iterator[int]:
    return iter(range(start, end + 1) if start <= end else range(start, end - 1, -1))
