"""Custom resources of operators that are recognised and named, and whose clusters are not modelled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kafkalint.kafka.flavours import Reading
from kafkalint.kafka.model import Settings, Unmodelled
from kafkalint.manifests.resources import Resource, dig, items

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kafkalint.manifests.bundles import Bundle

# (API group, kind) of the objects that stand for a cluster: redpanda-data/redpanda-operator, adobe/koperator,
# stackabletech/kafka-operator, kubedb/apimachinery, and IBM Event Streams, which hands what it overrides to Strimzi.
_CLUSTERS: Mapping[tuple[str, str], str] = {
    ("cluster.redpanda.com", "Redpanda"): "redpanda",
    ("cluster.redpanda.com", "StretchCluster"): "redpanda",
    ("redpanda.vectorized.io", "Cluster"): "redpanda",
    ("kafka.banzaicloud.io", "KafkaCluster"): "koperator",
    ("kafka.stackable.tech", "KafkaCluster"): "stackable",
    ("kubedb.com", "Kafka"): "kubedb",
    ("eventstreams.ibm.com", "EventStreams"): "event-streams",
}
_KUBEBLOCKS = ("apps.kubeblocks.io", "Cluster")


class UnmodelledFlavour:
    """Redpanda, Koperator, KubeBlocks and others: named, and nothing invented about them."""

    name = "unmodelled"

    def read(self, bundle: Bundle, settings: Settings) -> Reading:
        """The cluster objects of the bundle's own resources."""
        found = []
        for resource in bundle.primary:
            flavour = _CLUSTERS.get((resource.group, resource.kind))
            if flavour is None and _is_kubeblocks_kafka(resource):
                flavour = "kubeblocks"
            if flavour is not None:
                found.append(Unmodelled(flavour, resource))
        return Reading(unmodelled=tuple(found))


def _is_kubeblocks_kafka(resource: Resource) -> bool:
    """KubeBlocks runs many databases: the cluster's or a component's definition says which (apps.kubeblocks.io)."""
    if (resource.group, resource.kind) != _KUBEBLOCKS:
        return False
    spec = resource.get("spec")
    names = [dig(spec, "clusterDefinitionRef"), dig(spec, "clusterDef")]
    for part in items(dig(spec, "componentSpecs")):
        names += [dig(part, "componentDef"), dig(part, "componentDefRef")]
    return any(isinstance(name, str) and "kafka" in name.lower() for name in names)
