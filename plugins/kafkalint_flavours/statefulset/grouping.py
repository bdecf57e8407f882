"""Pools put together into clusters, each with the ZooKeeper ensemble that it really uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kafkalint.kafka.model import NodePool, Role
from kafkalint.manifests.bundles import Bundle, may_share_namespace
from kafkalint_flavours.statefulset.hosts import hosts_in, is_elsewhere, is_local, leads_to
from kafkalint_flavours.statefulset.neighbours import QUORUM, RELEASE, ZOOKEEPER, Neighbours

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kafkalint_flavours.statefulset.pools import KafkaPool, ZookeeperPool


def clusters_of(pools: Sequence[KafkaPool], bundle: Bundle) -> list[list[KafkaPool]]:
    """Pools that are one cluster, in the order of the input."""
    near = Neighbours(bundle)
    groups: dict[int, list[KafkaPool]] = {}
    for pool in pools:
        groups[id(pool)] = [pool]
        for other in near.meet(pool):
            if groups[id(other)] is not groups[id(pool)] and _belong_together(pool, other, bundle):
                _join(groups, pool, other)
    order = {id(pool): index for index, pool in enumerate(pools)}
    whole = {id(group): sorted(group, key=lambda pool: order[id(pool)]) for group in groups.values()}
    return sorted(whole.values(), key=lambda group: order[id(group[0])])


def _join(groups: dict[int, list[KafkaPool]], one: KafkaPool, other: KafkaPool) -> None:
    smaller, larger = sorted((groups[id(one)], groups[id(other)]), key=len)
    larger += smaller
    groups.update((id(member), larger) for member in smaller)


def ensemble_of(
    cluster: Sequence[KafkaPool], ensembles: Sequence[ZookeeperPool], bundle: Bundle
) -> list[ZookeeperPool]:
    """The ZooKeeper pools that a cluster connects to: those behind its hosts, and those that these name as members.

    Where the hosts lead nowhere in the bundle, the only ensemble of the namespace is meant.
    """
    texts = [setting.value for member in cluster if (setting := member.pool.config.entries.get(ZOOKEEPER))]
    if not texts:
        return []
    near = [one for one in ensembles if may_share_namespace(one.pool.namespace, cluster[0].pool.namespace)]
    hosts = [host for text in texts for host in hosts_in(text)]
    found = [one for one in ensembles if any(_connects(host, one, cluster, bundle) for host in hosts)]
    if found:
        return _with_members(found, ensembles, bundle)
    if any(is_elsewhere(host, cluster[0].pool.namespace) for host in hosts) or (all(map(is_local, hosts)) and hosts):
        return []
    whole = _with_members(near[:1], near, bundle)
    return whole if len(whole) == len(near) else []


def cluster_name(cluster: Sequence[KafkaPool]) -> str:
    """The release that a cluster was installed as, else the name of its first workload."""
    leader = leading(cluster).pool
    return leader.resource.labels.get(RELEASE[0]) or leader.template.labels.known.get(RELEASE[0]) or leader.name


def leading(cluster: Sequence[KafkaPool]) -> KafkaPool:
    """The pool whose object stands for the cluster: its first brokers."""
    brokers = [member for member in cluster if Role.BROKER in member.pool.roles]
    running = [member for member in brokers if member.pool.replicas.value != 0]
    return (running or brokers or list(cluster))[0]


def _belong_together(one: KafkaPool, other: KafkaPool, bundle: Bundle) -> bool:
    if not may_share_namespace(one.pool.namespace, other.pool.namespace):
        return False
    if _differ(one, other):
        return False
    if _same_release(one.pool, other.pool) or _same_metadata(one, other):
        return True
    return _names(one, other, bundle) or _names(other, one, bundle)


def _differ(one: KafkaPool, other: KafkaPool) -> bool:
    """Whether both say where their metadata is, and say it of different places."""
    for key in (*QUORUM, ZOOKEEPER):
        mine, theirs = _servers(one, key), _servers(other, key)
        if mine and theirs and not mine & theirs:
            return True
    return False


def _servers(member: KafkaPool, key: str) -> frozenset[str]:
    setting = member.pool.config.entries.get(key)
    if setting is None or not setting.known or setting.value is None:
        return frozenset()
    hosts = (host for host in hosts_in(setting.value) if not is_local(host))
    return frozenset(".".join(host.lower().split(".")[:2]) for host in hosts)


def _same_release(one: NodePool, other: NodePool) -> bool:
    mine, theirs = one.template.labels.known, other.template.labels.known
    return all(key in mine and mine[key] == theirs.get(key) for key in RELEASE)


def _same_metadata(one: KafkaPool, other: KafkaPool) -> bool:
    if any(_servers(one, key) and _servers(one, key) == _servers(other, key) for key in QUORUM):
        return True
    mine, theirs = (member.pool.config.entries.get(ZOOKEEPER) for member in (one, other))
    if mine is None or theirs is None or not mine.known or not mine.value:
        return False
    return mine.value == theirs.value and not any(map(is_local, hosts_in(mine.value)))


def _names(one: KafkaPool, other: KafkaPool, bundle: Bundle) -> bool:
    """Whether one pool's quorum names pods of the other."""
    settings = [one.pool.config.entries.get(key) for key in QUORUM]
    hosts = [host for setting in settings if setting for host in hosts_in(setting.value)]
    namespace = one.pool.namespace
    return any(leads_to(host, other.pool, namespace, bundle) for host in hosts)


def _connects(host: str, ensemble: ZookeeperPool, cluster: Sequence[KafkaPool], bundle: Bundle) -> bool:
    if is_local(host):
        return any(member.pool.resource is ensemble.pool.resource for member in cluster)
    return leads_to(host, ensemble.pool, cluster[0].pool.namespace, bundle)


def _with_members(
    found: Sequence[ZookeeperPool], ensembles: Sequence[ZookeeperPool], bundle: Bundle
) -> list[ZookeeperPool]:
    """These pools, and those that they or the others take for members of one ensemble."""
    whole = list(found)
    for _ in ensembles:
        grown = [one for one in ensembles if any(one is known or _members(one, known, bundle) for known in whole)]
        if len(grown) == len(whole):
            break
        whole = grown
    return whole


def _members(one: ZookeeperPool, other: ZookeeperPool, bundle: Bundle) -> bool:
    return any(leads_to(host, other.pool, one.pool.namespace, bundle) for host in one.hosts) or any(
        leads_to(host, one.pool, other.pool.namespace, bundle) for host in other.hosts
    )
