"""What is written to spread brokers over zones and to tell Kafka of them: one is of little use without the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kafkalint.checking.fix import AppendItem, Operation, SetValue
from kafkalint.kafka.colocation import decidable, unspread
from kafkalint.kafka.model import Role
from kafkalint.kafka.placement import Apartness
from kafkalint_checks.availability._selecting import ruled, selector_for
from kafkalint_checks.availability._words import SPREAD

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kafkalint.kafka.colocation import Colocation
    from kafkalint.kafka.model import KafkaCluster, KafkaModel, Switch


def without_spread(cluster: KafkaCluster, model: KafkaModel, topology_key: str) -> Iterator[Colocation]:
    """Brokers that nothing spreads over a topology; those with a rule that misses are anti-affinity-ineffective."""
    for group in decidable(cluster):
        if group.role is Role.BROKER:
            yield from (
                case for case in unspread(group, cluster, model, topology_key) if case.strength is Apartness.ABSENT
            )


def spreading(
    cases: Iterable[Colocation], topology_key: str, when: str, cluster: KafkaCluster, model: KafkaModel
) -> tuple[Operation, ...] | None:
    """A constraint for each template of these brokers; None where one of them can have none."""
    operations: list[Operation] = []
    for case in cases:
        selector = selector_for(case, cluster, model)
        # The API server takes one constraint of a kind for a topology (validateTopologySpreadConstraints).
        taken = any(
            rule.topology_key == topology_key and rule.when_unsatisfiable == when
            for pool in ruled(case, cluster)
            for rule in pool.pods.spread
        )
        if taken or selector is None:
            return None
        constraint = {
            "maxSkew": 1,
            "topologyKey": topology_key,
            "whenUnsatisfiable": when,
            "labelSelector": selector,
        }
        places = dict.fromkeys(pool.template.place(SPREAD) for pool in case.pools)
        operations += [AppendItem(place, constraint) for place in places]
    return tuple(operations)


def certainly_without_rack(cluster: KafkaCluster) -> bool:
    """Whether Kafka has no racks; an operator writes broker.rack for nothing but what the model reads as a rack."""
    if cluster.rack is not None:
        return False
    settings = [pool.config.get("broker.rack") for pool in cluster.brokers]
    return cluster.operator is not None or all(setting.known and not setting.value for setting in settings)


def telling_racks(cluster: KafkaCluster, model: KafkaModel) -> tuple[Operation, ...] | None:
    """What makes the brokers' zones their racks once they are spread; None where that takes more than a word.

    Nothing where they may well have racks, and where there is a zone for each, so that Kafka need not know.
    """
    switch, zones = cluster.rack_switch, model.settings.zones
    if switch is not None and switch.value is not None and cluster.rack is None:
        return _told(switch)
    fits = zones is not None and sum(pool.replicas.value or 0 for pool in cluster.brokers) <= zones
    return () if fits or not certainly_without_rack(cluster) else None


def _told(switch: Switch) -> tuple[Operation, ...]:
    return (AppendItem(switch.place, switch.value) if switch.item else SetValue(switch.place, switch.value),)
