"""The flavour: which resources of a bundle stand for clusters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kafkalint.kafka.flavours import Reading
from kafkalint_flavours.confluent.clusters import FLAVOUR, cluster_of, lone_quorum
from kafkalint_flavours.confluent.components import unmodelled_of, workloads_of
from kafkalint_flavours.confluent.fields import CONTROLLER, GROUP, KAFKA, ZOOKEEPER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.kafka.model import KafkaCluster, Settings
    from kafkalint.manifests.bundles import Bundle
    from kafkalint.manifests.resources import Resource


class ConfluentFlavour:
    """Kafka run by Confluent for Kubernetes: `Kafka`, `KRaftController` and `Zookeeper` of `platform.confluent.io`."""

    name = FLAVOUR

    def read(self, bundle: Bundle, settings: Settings) -> Reading:
        """The clusters of the bundle; controllers and ZooKeeper that no Kafka resource claims are clusters in part."""
        clusters = [cluster_of(kafka, bundle) for kafka in _primary(bundle, KAFKA)]
        clusters += _lone_quorums(bundle, clusters)
        return Reading(tuple(clusters), tuple(workloads_of(bundle)), tuple(unmodelled_of(bundle, self.name)))


def _lone_quorums(bundle: Bundle, clusters: list[KafkaCluster]) -> Iterator[KafkaCluster]:
    claimed = {id(pool.resource) for cluster in clusters for pool in cluster.nodes}
    for resource in _primary(bundle, CONTROLLER, ZOOKEEPER):
        if id(resource) not in claimed:
            yield lone_quorum(resource, bundle)


def _primary(bundle: Bundle, *kinds: str) -> Iterator[Resource]:
    for resource in bundle.primary:
        if resource.group == GROUP and resource.kind in kinds:
            yield resource
