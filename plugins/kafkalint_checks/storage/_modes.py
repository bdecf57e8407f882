"""Access modes of claims: what has to change so that one pod alone writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kafkalint.checking.fix import RemoveValue, SetValue
from kafkalint.kafka.volume_binding import volumes_behind

if TYPE_CHECKING:
    from collections.abc import Container

    from kafkalint.checking.fix import Operation
    from kafkalint.kafka.model import Claim, KafkaModel, NodePool, Volume

ONCE = "ReadWriteOnce"


class Change(NamedTuple):
    """How a claim is rid of access modes."""

    description: str
    operations: tuple[Operation, ...]


def may_be_once(volume: Volume, pool: NodePool, model: KafkaModel) -> bool:
    """Whether a claim can have ReadWriteOnce: volumes of the input that it will be bound to have to offer it."""
    return all(ONCE in each.access_modes for each in volumes_behind(volume, pool, model))


def without(claim: Claim, wrong: Container[str]) -> Change:
    """Take these modes out of a claim; ReadWriteOnce takes their place where no other would be left."""
    modes = claim.access_modes.value or ()
    kept = [mode for mode in modes if mode not in wrong]
    places = [claim.access_modes.place.child(index) for index, mode in enumerate(modes) if mode in wrong]
    first = () if kept or not places else (SetValue(places.pop(0), ONCE),)
    return Change(f"Set accessModes: [{', '.join(kept or [ONCE])}]", (*first, *map(RemoveValue, places)))
