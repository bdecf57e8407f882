"""Plain workloads that run Kafka: StatefulSets of a chart or by hand, and Deployments and Pods that should be some."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from kafkalint.kafka.flavours import Reading
from kafkalint.kafka.model import Exporter, KafkaCluster, Mode, Settings, Unmodelled
from kafkalint.kafka.model import Role as NodeRole
from kafkalint_flavours.roles import Role
from kafkalint_flavours.statefulset.detection import Workload, servers, workloads
from kafkalint_flavours.statefulset.exporters import metrics_references, pool_exporters
from kafkalint_flavours.statefulset.grouping import cluster_name, clusters_of, ensemble_of, leading
from kafkalint_flavours.statefulset.network import listeners_of, rack_of, rack_switch
from kafkalint_flavours.statefulset.pools import KafkaPool, ZookeeperPool, kafka_pool, zookeeper_pool
from kafkalint_flavours.statefulset.separate_exporters import exporters_of, separate_exporters

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kafkalint.manifests.bundles import Bundle

_OPERATED = (
    ("kafka.strimzi.io", "Kafka"),
    ("platform.confluent.io", "Kafka"),
    ("kafka.banzaicloud.io", "KafkaCluster"),
)
_AUTOMQ_KEYS = ("s3.data.buckets", "elasticstream.enable")
_OTHERS = {Role.REDPANDA: "redpanda", Role.AUTOMQ: "automq"}
_CLASS_CHANGE = (
    "Once applied, a claim template can only be changed by making the StatefulSet anew (kubectl delete "
    "--cascade=orphan), and claims that exist keep the class that they have."
)


class StatefulSetFlavour:
    """Kafka run by plain Kubernetes workloads."""

    name = "statefulset"

    def read(self, bundle: Bundle, settings: Settings) -> Reading:
        """The clusters that the bundle's own workloads make, and Kafka-like servers that are named and left alone."""
        found = tuple(workloads(bundle))
        unmodelled = list(_unmodelled(found))
        pools: list[KafkaPool] = []
        for workload in found:
            for server in servers(workload, Role.KAFKA_SERVER):
                pool = kafka_pool(server)
                if any(pool.pool.config.entries.get(key) for key in _AUTOMQ_KEYS):
                    unmodelled.append(Unmodelled("automq", workload.resource))
                else:
                    pools.append(pool)
        ensembles = [zookeeper_pool(server) for workload in found for server in servers(workload, Role.ZOOKEEPER)]
        clusters = _clusters(pools, ensembles, found, bundle)
        return Reading(
            clusters=tuple(
                cluster._replace(rack_switch=rack_switch(cluster.brokers, settings)) for cluster in clusters
            ),
            unmodelled=tuple(unmodelled),
        )


def _unmodelled(found: Sequence[Workload]) -> Iterator[Unmodelled]:
    for workload in found:
        for role, name in _OTHERS.items():
            if workload.containers(role):
                yield Unmodelled(name, workload.resource)


def _clusters(
    pools: Sequence[KafkaPool], ensembles: Sequence[ZookeeperPool], found: Sequence[Workload], bundle: Bundle
) -> Iterator[KafkaCluster]:
    groups = clusters_of(pools, bundle)
    attached = [ensemble_of(group, ensembles, bundle) for group in groups]
    watched = [
        ([member.pool for member in group], [member.pool for member in zookeeper])
        for group, zookeeper in zip(groups, attached, strict=True)
    ]
    alone = not any(next(bundle.of(*kind), None) for kind in _OPERATED)
    separate = exporters_of(watched, list(separate_exporters(found)), bundle, alone=alone)
    names = Counter(cluster_name(group) for group in groups)
    for group, zookeeper, exporters in zip(groups, attached, separate, strict=True):
        name = cluster_name(group)
        # One release may hold several clusters: then the workloads tell them apart.
        yield _cluster(name if names[name] == 1 else leading(group).pool.name, group, zookeeper, exporters)


def _cluster(
    name: str, group: Sequence[KafkaPool], zookeeper: Sequence[ZookeeperPool], separate: Sequence[Exporter]
) -> KafkaCluster:
    leader = leading(group)
    members: list[KafkaPool | ZookeeperPool] = [*group, *zookeeper]
    inside = [exporter for member in members for exporter in pool_exporters(member.server, member.pool)]
    pools = tuple(member.pool for member in group)
    return KafkaCluster(
        name=name,
        namespace=leader.pool.namespace,
        flavour=StatefulSetFlavour.name,
        resource=leader.pool.resource,
        version=leader.version,
        mode=_mode(leader, group),
        pools=pools,
        zookeeper=tuple(member.pool for member in zookeeper),
        exporters=(*inside, *separate),
        metrics_references=tuple(reference for member in members for reference in metrics_references(member.server)),
        listeners=listeners_of(pools),
        rack=rack_of([(member.server, member.pool) for member in group]),
        class_change=_CLASS_CHANGE,
        whole=_is_whole(leader, group),
    )


def _mode(leader: KafkaPool, group: Sequence[KafkaPool]) -> Mode:
    modes = [leader.mode, *(member.mode for member in group)]
    return next((mode for mode in modes if mode is not Mode.UNKNOWN), Mode.UNKNOWN)


def _is_whole(leader: KafkaPool, group: Sequence[KafkaPool]) -> bool:
    """Whether the bundle holds both brokers and, in KRaft, controllers."""
    roles = {role for member in group for role in member.pool.roles}
    return NodeRole.BROKER in roles and (leader.mode is not Mode.KRAFT or NodeRole.CONTROLLER in roles)
