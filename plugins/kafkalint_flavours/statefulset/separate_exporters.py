"""Exporters that run in workloads of their own and watch a cluster from outside its pods."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kafkalint.kafka.model import Exporter, ExporterKind, NodePool
from kafkalint.kafka.pods import pods_of
from kafkalint_flavours.roles import Role
from kafkalint_flavours.statefulset.hosts import hosts_in, is_elsewhere, is_local, leads_to
from kafkalint_flavours.statefulset.pools import replicas_of
from kafkalint_flavours.statefulset.targets import exporter_target, listening_port

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kafkalint.manifests.bundles import Bundle
    from kafkalint_flavours.statefulset.detection import Workload

_KINDS = {Role.KAFKA_EXPORTER: ExporterKind.LAG, Role.ZOOKEEPER_EXPORTER: ExporterKind.ZOOKEEPER}
_SERVERS = (Role.KAFKA_SERVER, Role.ZOOKEEPER)


class SeparateExporter(NamedTuple):
    """An exporter's workload, the hosts that it watches, and the namespace that these are looked up in."""

    exporter: Exporter
    hosts: tuple[str, ...]
    namespace: str | None

    def watches(self, pools: Sequence[NodePool], bundle: Bundle) -> bool:
        """Whether one of its hosts leads to one of these pools."""
        return any(leads_to(host, pool, self.namespace, bundle) for host in self.hosts for pool in pools)

    def looks_away(self, namespace: str | None) -> bool:
        """Whether all its hosts are certainly somewhere else than in this namespace."""
        return bool(self.hosts) and all(is_elsewhere(host, namespace) for host in self.hosts)


def separate_exporters(workloads: Sequence[Workload]) -> Iterator[SeparateExporter]:
    """Exporters in workloads that run neither Kafka nor ZooKeeper."""
    for workload in workloads:
        if any(workload.containers(role) for role in _SERVERS):
            continue
        for container, role in workload.roles:
            kind = _KINDS.get(role)
            if kind is None:
                continue
            program = workload.program(container)
            target = exporter_target(container, program)
            resource = workload.resource
            pods = pods_of(
                workload.template,
                namespace=resource.namespace,
                replicas=replicas_of(resource, workload.bundle).value,
                name=resource.name,
            )
            exporter = Exporter(
                kind=kind,
                title=f"{resource.kind} {resource.name}",
                place=container.place,
                pods=pods,
                ports=listening_port(container, program),
                annotations=workload.template.annotations,
                target=target,
            )
            hosts = tuple(host for host in hosts_in(target.value) if not is_local(host))
            yield SeparateExporter(exporter, hosts, resource.namespace)


def exporters_of(
    clusters: Sequence[tuple[Sequence[NodePool], Sequence[NodePool]]],
    found: Sequence[SeparateExporter],
    bundle: Bundle,
    *,
    alone: bool,
) -> list[list[Exporter]]:
    """For each cluster (its Kafka pools, its ZooKeeper pools) the exporters that watch it.

    One whose hosts lead to no cluster is given to the only one that there is, if there is no cluster of another kind in
    the bundle (`alone`): where it really looks is for a check to say.
    """
    given: list[list[Exporter]] = [[] for _ in clusters]
    for one in found:
        lag = one.exporter.kind is ExporterKind.LAG
        pools = [kafka if lag else zookeeper for kafka, zookeeper in clusters]
        watched = [index for index, these in enumerate(pools) if one.watches(these, bundle)]
        if not watched and alone:
            watched = [0] if len(clusters) == 1 and not one.looks_away(clusters[0][0][0].namespace) else []
        for index in watched:
            given[index].append(one.exporter)
    return given
