"""Which Kafka nodes may share a Kubernetes node or a zone: of one pool, and of several pools of one role."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from kafkalint.kafka.model import KafkaCluster, KafkaModel, NodeGroup, NodePool, PodTemplate
from kafkalint.kafka.own_places import is_alone, share_host_port
from kafkalint.kafka.phrases import listed
from kafkalint.kafka.placement import Apartness, Pods, Reason, Verdict, Why, keeps_apart, spreads_over
from kafkalint.kafka.remembering import remembered
from kafkalint.kafka.topology import HOSTNAME, ZONE
from kafkalint.manifests.resources import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_TOGETHER = (Apartness.SOFT, Apartness.INEFFECTIVE, Apartness.ABSENT)


class Colocation(NamedTuple):
    """Pods that may share a domain of a topology, and what the rules that bear on it do."""

    group: NodeGroup
    pools: tuple[NodePool, ...]
    """Pools that one template rules, each with pods that may share; with `across`, pools whose pods may meet."""
    strength: Apartness
    """SOFT, INEFFECTIVE or ABSENT."""
    reasons: tuple[Reason, ...]
    across: bool = False

    @property
    def deciding(self) -> tuple[Reason, ...]:
        """The reasons behind the strength, those about the topology that was asked for first."""
        return tuple(reason for reason in self.reasons if reason.strength is self.strength)

    @property
    def title(self) -> str:
        """The pools as messages name them: `KafkaNodePool a and KafkaNodePool b`."""
        return listed([pool.title for pool in self.pools])

    @property
    def nodes(self) -> str:
        """The pods in words: `brokers`; `nodes` where there are pools of several roles."""
        return self.group.title if all(self.group.role in pool.roles for pool in self.pools) else "nodes"

    @property
    def replicas(self) -> int:
        """How many pods there are."""
        return sum(pool.replicas.value or 0 for pool in self.pools)

    def place(self, reason: Reason, *route: str | int) -> Place:
        """A part of the rule that a reason is about."""
        return self.template(reason).place(*(reason.rule.route if reason.rule else ()), *route)

    def joined(self, other: Colocation) -> Colocation:
        """The case with further pools that have the same cause."""
        return self._replace(pools=(*self.pools, *other.pools), reasons=(*self.reasons, *other.reasons))

    def template(self, reason: Reason) -> PodTemplate:
        """The pod template that holds the rule."""
        return (owner_of(reason, self.pools) or self.pools[0]).template


def owner_of(reason: Reason, pools: Sequence[NodePool]) -> NodePool | None:
    """The pool whose rule a reason is about."""
    same = [pool for pool in pools if pool.pods is reason.owner]
    return next(iter(same or [pool for pool in pools if pool.pods == reason.owner]), None)


def sharing_nodes(cluster: KafkaCluster, model: KafkaModel) -> list[Colocation]:
    """Pods of one role that may share a node; nothing where the input does not decide it.

    A pool whose own pods may share is not compared with other pools: the rule that it lacks, or that fails, is the
    cause.
    """
    found: list[Colocation] = []
    seen: set[frozenset[int]] = set()
    guilty: set[int] = set()
    for group in decidable(cluster):
        alone = [case for case in _own_cases(group, cluster, model) if _pair(*case.pools, *case.pools) not in seen]
        guilty |= {id(pool) for case in alone for pool in case.pools}
        across = [
            (first, second, verdict)
            for first, second, verdict in _cross_verdicts(group, cluster, model)
            if not guilty & {id(first), id(second)} and _pair(first, second) not in seen
        ]
        found += [*(case for case in alone if not _is_hidden(case, cluster, HOSTNAME)), *_across(group, across)]
        seen |= {_pair(first, second) for first, second in group.pairs()}
    return _merged(found)


def unspread(group: NodeGroup, cluster: KafkaCluster, model: KafkaModel, topology_key: str = ZONE) -> list[Colocation]:
    """Pools of a role whose pods nothing certainly spreads over the domains of a topology.

    Pools that node labels pin to different places are spread by that; one that is pinned to a single domain is meant to
    be there.
    """
    several = [
        _case(group, pool, spreads_over(pool.pods, topology_key, others=_outsiders(group, cluster, model)))
        for pool in group.pools
        if (pool.replicas.value or 0) > 1 and not _is_pinned(pool, group, topology_key)
    ]
    found = [case for case in several if case.strength in (Apartness.INEFFECTIVE, Apartness.ABSENT)]
    shown = [case for case in found if not _is_hidden(case, cluster, topology_key)]
    return _merged(shown) if several else _unspread_singles(group, cluster, model, topology_key)


def pinned_apart(group: NodeGroup, topology_key: str = ZONE) -> bool:
    """Whether node labels put two pools of a role into different domains of a topology."""
    return any(
        reason.why is Why.PINNED
        for first, second in combinations(group.pools, 2)
        for reason in keeps_apart(first.pods, second.pods, topology_key).reasons
    )


def decidable(cluster: KafkaCluster) -> Iterator[NodeGroup]:
    """The roles of a cluster with those pools whose pods and number the input decides."""
    for group in cluster.groups if cluster.whole else ():
        pools = tuple(pool for pool in group.pools if pool.template.complete and pool.replicas.value is not None)
        if pools:
            yield NodeGroup(group.role, pools)


@remembered
def outsiders(cluster: KafkaCluster, model: KafkaModel) -> tuple[Pods, ...]:
    """Pods of the input that do not belong to a cluster."""
    own = {id(pool.resource) for pool in cluster.nodes}
    written = [workload.pods for workload in model.workloads if id(workload.resource) not in own]
    return (*written, *(pool.pods for other in model.clusters if other is not cluster for pool in other.nodes))


def _outsiders(group: NodeGroup, cluster: KafkaCluster, model: KafkaModel) -> tuple[Pods, ...]:
    """Pods that a rule of a role may be aimed at instead of that role's own: a broker may well avoid ZooKeeper."""
    own = {id(pool) for pool in group.pools}
    return (*outsiders(cluster, model), *(pool.pods for pool in cluster.nodes if id(pool) not in own))


def _is_hidden(case: Colocation, cluster: KafkaCluster, topology_key: str) -> bool:
    """Whether the missing rule is written in a template that the pool's own one hides, which then is the cause."""
    (pool,) = case.pools
    spec = dict(pool.template.spec)
    for hiding, hidden, lost in cluster.shadowed:
        names = [name.removeprefix("pod.") for name in lost] if hiding.resource is pool.resource else []
        written = hidden if hidden.route[-1:] == ("pod",) else hidden.child("pod")
        spec |= {name: written.child(name).value for name in names if name in ("affinity", "topologySpreadConstraints")}
    if case.strength is not Apartness.ABSENT or spec == pool.template.spec:
        return False
    mine = pool.pods
    pods = Pods.parse(spec, mine.labels, namespace=mine.namespace, replicas=mine.replicas, name=mine.name)
    verdict = keeps_apart(pods, pods, HOSTNAME) if topology_key == HOSTNAME else spreads_over(pods, topology_key)
    return verdict.strength is not Apartness.ABSENT


def _own_cases(group: NodeGroup, cluster: KafkaCluster, model: KafkaModel) -> Iterator[Colocation]:
    others = _outsiders(group, cluster, model)
    for pool, second in group.pairs():
        if pool is second and not is_alone(pool, model.settings.zones):
            case = _case(group, pool, keeps_apart(pool.pods, pool.pods, HOSTNAME, others=others))
            if case.strength in _TOGETHER:
                yield case


def _case(group: NodeGroup, pool: NodePool, verdict: Verdict) -> Colocation:
    return Colocation(group, (pool,), _strength(verdict), verdict.reasons)


def _strength(verdict: Verdict) -> Apartness:
    """A required rule that misses counts more than a preferred one beside it: it is what was meant."""
    missed = any(
        reason.strength is Apartness.INEFFECTIVE and reason.rule is not None and reason.rule.is_hard
        for reason in verdict.reasons
    )
    return Apartness.INEFFECTIVE if verdict.strength is Apartness.SOFT and missed else verdict.strength


def _cross_verdicts(
    group: NodeGroup, cluster: KafkaCluster, model: KafkaModel
) -> Iterator[tuple[NodePool, NodePool, Verdict]]:
    # A rule that keeps the pods of its own pool apart does what it should, and is not one that misses the other pool.
    others = (*outsiders(cluster, model), *(pool.pods for pool in cluster.nodes))
    for first, second in group.pairs():
        if first is not second and not share_host_port(first, second):
            verdict = keeps_apart(first.pods, second.pods, HOSTNAME, others=others)
            if _strength(verdict) in _TOGETHER:
                yield first, second, verdict


def _across(group: NodeGroup, pairs: Iterable[tuple[NodePool, NodePool, Verdict]]) -> Iterator[Colocation]:
    """One case for all the pairs of one strength."""
    by_strength: dict[Apartness, list[tuple[NodePool, NodePool, Verdict]]] = {}
    for pair in pairs:
        by_strength.setdefault(_strength(pair[2]), []).append(pair)
    for strength, chosen in by_strength.items():
        pools = {id(pool): pool for first, second, _ in chosen for pool in (first, second)}
        reasons = tuple(reason for _, _, verdict in chosen for reason in verdict.reasons)
        yield Colocation(group, tuple(pools.values()), strength, reasons, across=True)


def _merged(cases: Sequence[Colocation]) -> list[Colocation]:
    """Pools that one template rules are one case, whatever their roles."""
    found: dict[tuple[object, ...], Colocation] = {}
    for case in cases:
        place = case.pools[0].template.place()
        key = (place, case.strength, case.across)
        first = found.get(key)
        found[key] = case if first is None else first.joined(case)
    return list(found.values())


def _unspread_singles(
    group: NodeGroup, cluster: KafkaCluster, model: KafkaModel, topology_key: str
) -> list[Colocation]:
    """Pools of one pod each are spread by what keeps them from each other."""
    singles = [pool for pool in group.pools if pool.replicas.value == 1]
    others = outsiders(cluster, model)
    free = not any(_is_pinned(pool, group, topology_key) for pool in group.pools)
    if len(singles) < 2 or not free:
        return []
    for first, second in combinations(singles, 2):
        if keeps_apart(first.pods, second.pods, topology_key, others=others).strength is not Apartness.ABSENT:
            return []
    return [Colocation(group, tuple(singles), Apartness.ABSENT, (), across=True)]


def _is_pinned(pool: NodePool, group: NodeGroup, topology_key: str) -> bool:
    """Whether node labels hold a pool in one domain, or away from where another pool of its role is held."""
    values = pool.pods.required_values(topology_key)
    if values is not None and len(values) == 1:
        return True
    return any(_disjoint(pool.pods, other.pods) for other in group.pools if other is not pool)


def _disjoint(first: Pods, second: Pods) -> bool:
    # Of a label of somebody's own only its owner knows what it divides: it may well be zones.
    for requirement in first.nodes:
        mine, theirs = first.required_values(requirement.key), second.required_values(requirement.key)
        if mine and theirs and mine.isdisjoint(theirs):
            return True
    return False


def _pair(*pools: NodePool) -> frozenset[int]:
    return frozenset(map(id, pools))
