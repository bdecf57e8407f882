"""The Strimzi flavour: custom resources of `kafka.strimzi.io` to the model."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from kafkalint.kafka.flavours import Reading
from kafkalint_flavours.strimzi.clusters import (
    Found,
    belongs,
    pools_of,
    read_cluster,
    read_partial,
    topic_namespace,
    topics_of,
)
from kafkalint_flavours.strimzi.components import other_components
from kafkalint_flavours.strimzi.labels import CLUSTER
from kafkalint_flavours.strimzi.metrics import references
from kafkalint_flavours.strimzi.operators import GROUP, Operators
from kafkalint_flavours.strimzi.watchers import Watchers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.kafka.model import Settings
    from kafkalint.manifests.bundles import Bundle
    from kafkalint.manifests.resources import Resource


class StrimziFlavour:
    """Kafka run by Strimzi's cluster operator, 0.40 to 1.2.

    A cluster is read where its Kafka resource, one of its pools or one of its topics is primary: a folder of topics
    below the folder of their cluster is judged with that cluster's defaults.
    """

    name = "strimzi"

    def read(self, bundle: Bundle, settings: Settings) -> Reading:
        """The clusters of a bundle, what the operator runs beside them, and Connect, MirrorMaker and Bridge."""
        operators = Operators(bundle, settings)
        clusters = [*_clusters(bundle, operators), *_partial_clusters(bundle, operators)]
        others = list(other_components(bundle, operators))
        made = [component for found in clusters for component in found.components] + others
        connects = bundle.of(GROUP, "KafkaConnect", "KafkaMirrorMaker2", "KafkaMirrorMaker", "KafkaBridge")
        return Reading(
            clusters=tuple(found.cluster for found in clusters),
            workloads=tuple(component.workload for component in made),
            budgets=tuple(component.budget for component in others if component.budget is not None),
            metrics_references=tuple(
                found for resource in connects for found in references(resource, ("spec", "metricsConfig"))
            ),
        )


def _clusters(bundle: Bundle, operators: Operators) -> Iterator[Found]:
    primary = set(map(id, bundle.primary))
    watchers = Watchers(bundle)
    for kafka in bundle.of(GROUP, "Kafka"):
        parts = [kafka, *pools_of(kafka, bundle), *topics_of(kafka.name, topic_namespace(kafka), bundle)]
        if kafka.name and any(id(part) in primary for part in parts):
            yield read_cluster(kafka, bundle, operators, watchers)


def _partial_clusters(bundle: Bundle, operators: Operators) -> Iterator[Found]:
    """Pools and topics whose cluster is in no bundle that they can see."""
    known = [
        (kafka.name, namespace)
        for kafka in bundle.of(GROUP, "Kafka")
        for namespace in (kafka.namespace, topic_namespace(kafka))
    ]
    lonely: dict[tuple[str, str | None], list[Resource]] = defaultdict(list)
    for resource in bundle.primary:
        name = resource.labels.get(CLUSTER)
        if resource.group != GROUP or resource.kind not in ("KafkaNodePool", "KafkaTopic") or not name:
            continue
        if not any(belongs(resource, *cluster) for cluster in known):
            lonely[name, resource.namespace].append(resource)
    for (name, _), members in lonely.items():
        yield read_partial(name, members, bundle, operators)
