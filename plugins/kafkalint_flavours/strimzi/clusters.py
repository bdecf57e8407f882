"""A cluster put together: the Kafka resource, its pools, what the operator makes of them, and its topics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from kafkalint.kafka.model import (
    Config,
    Exporter,
    ExporterKind,
    KafkaCluster,
    Mode,
    NodePool,
    Role,
    Setter,
    Setting,
    ShadowedTemplate,
    Switch,
    Topic,
)
from kafkalint.kafka.topology import ZONE
from kafkalint.manifests.bundles import Bundle, may_share_namespace
from kafkalint.manifests.shapes import mapping, text
from kafkalint.manifests.shapes import whole as whole_number
from kafkalint_flavours.strimzi.components import Component, cluster_components, lag_exporter
from kafkalint_flavours.strimzi.config import kafka_config, kafka_version, topic_number
from kafkalint_flavours.strimzi.generated import cluster_budgets, cluster_services
from kafkalint_flavours.strimzi.labels import CLUSTER
from kafkalint_flavours.strimzi.listeners import read_listeners
from kafkalint_flavours.strimzi.metrics import node_exporters, references
from kafkalint_flavours.strimzi.nodeids import MOST, assign
from kafkalint_flavours.strimzi.operators import GROUP, KRAFT_ONLY, Operator, Operators
from kafkalint_flavours.strimzi.pools import Scope, Source, kafka_pool, read_roles, zookeeper_pool
from kafkalint_flavours.strimzi.scheduling import read_rack
from kafkalint_flavours.strimzi.storage import Storage
from kafkalint_flavours.strimzi.switches import lag_switch, metrics_switch
from kafkalint_flavours.strimzi.templates import Templates

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kafkalint.manifests.resources import Place, Resource
    from kafkalint_flavours.strimzi.watchers import Watchers

_KRAFT = "strimzi.io/kraft"
_NODE_POOLS = "strimzi.io/node-pools"
_METRICS_ROUTES = (
    ("spec", "kafka", "metricsConfig"),
    ("spec", "zookeeper", "metricsConfig"),
    ("spec", "cruiseControl", "metricsConfig"),
)
_CLASS_CHANGE: Final = (
    "Claims that exist keep the class that they have: move their data to a new node pool with the class."
)


class Found(NamedTuple):
    """A cluster, and the pods that the operator runs beside its nodes."""

    cluster: KafkaCluster
    components: tuple[Component, ...] = ()


def belongs(resource: Resource, name: str, namespace: str | None) -> bool:
    """Whether a pool, topic or user names a cluster of this name in a namespace that may be its own."""
    return resource.labels.get(CLUSTER) == name and may_share_namespace(resource.namespace, namespace)


def pools_of(kafka: Resource, bundle: Bundle) -> list[Resource]:
    """The KafkaNodePools of a Kafka resource; one in exactly its namespace wins over one of that name without any."""
    found: dict[str, Resource] = {}
    for pool in bundle.of(GROUP, "KafkaNodePool"):
        if belongs(pool, kafka.name, kafka.namespace):
            known = found.setdefault(pool.name, pool)
            if known.namespace != kafka.namespace and pool.namespace == kafka.namespace:
                found[pool.name] = pool
    return list(found.values())


def topics_of(name: str, namespace: str | None, bundle: Bundle) -> list[Resource]:
    """The KafkaTopics that name a cluster."""
    return [topic for topic in bundle.of(GROUP, "KafkaTopic") if belongs(topic, name, namespace)]


def read_cluster(kafka: Resource, bundle: Bundle, operators: Operators, watchers: Watchers) -> Found:
    """The cluster of a Kafka resource; not `whole` where the input lacks its pools, or those of one role."""
    pools = pools_of(kafka, bundle)
    scope = _scope(kafka, pools, bundle, operators)
    operator = scope.operator
    sources = _sources(scope, kafka, pools)
    nodes = tuple(kafka_pool(scope, source) for source in sources)
    servers = (zookeeper_pool(scope, kafka),) if scope.mode is Mode.ZOOKEEPER else ()
    made = tuple(cluster_components(kafka, operator))
    whole = _is_whole(scope.mode, sources)
    own = tuple(cluster_budgets(scope, nodes, servers, whole=whole))
    services = tuple(cluster_services(scope))
    exporters = (*_own_exporters(kafka, nodes, servers, operator), *watchers.of(services, kafka.namespace))
    cluster = KafkaCluster(
        name=kafka.name,
        namespace=kafka.namespace,
        flavour="strimzi",
        resource=kafka,
        version=kafka_version(kafka, operator),
        mode=scope.mode,
        pools=nodes,
        zookeeper=servers,
        operator=operator.title,
        operator_version=operator.version,
        operator_oldest=operator.oldest,
        budgets=own + tuple(found.budget for found in made if found.budget is not None),
        services=services,
        exporters=exporters,
        metrics_references=tuple(references(kafka, *_METRICS_ROUTES)),
        metrics_switch=metrics_switch(kafka, nodes, bundle, operator),
        lag_switch=lag_switch(kafka, operator),
        rack_switch=_rack_switch(kafka),
        class_change=_CLASS_CHANGE,
        listeners=scope.listeners,
        topics=_topics(topics_of(kafka.name, topic_namespace(kafka), bundle), _topic_defaults(scope, kafka, nodes)),
        rack=scope.rack,
        whole=whole,
        shadowed=tuple(_shadows(scope, sources)),
    )
    return Found(cluster, made)


def _rack_switch(kafka: Resource) -> Switch:
    place = kafka.place("spec", "kafka", "rack")
    return Switch(place, f"Write topologyKey: {ZONE} under {place.path}", {"topologyKey": ZONE})


def _scope(kafka: Resource, pools: Sequence[Resource], bundle: Bundle, operators: Operators) -> Scope:
    old = _zookeeper_era(kafka, pools)
    operator = operators.reading(kafka, zookeeper_era=old)
    return Scope(
        bundle=bundle,
        name=kafka.name,
        namespace=kafka.namespace,
        operator=operator,
        mode=Mode.ZOOKEEPER if old else Mode.KRAFT,
        kafka=kafka,
        listeners=read_listeners(kafka),
        rack=read_rack(kafka, operator),
    )


def _is_whole(mode: Mode, sources: Sequence[Source]) -> bool:
    """Whether every role has a pool: without brokers or, in KRaft, controllers the operator makes nothing."""
    roles = {role for source in sources for role in source.roles}
    return Role.BROKER in roles and (mode is not Mode.KRAFT or Role.CONTROLLER in roles)


def _own_exporters(
    kafka: Resource, nodes: tuple[NodePool, ...], servers: tuple[NodePool, ...], operator: Operator
) -> Iterator[Exporter]:
    yield from node_exporters(nodes, kafka.place("spec", "kafka", "metricsConfig"), ExporterKind.JMX, operator)
    place = kafka.place("spec", "zookeeper", "metricsConfig")
    yield from node_exporters(servers, place, ExporterKind.ZOOKEEPER, operator)
    lag = lag_exporter(kafka, operator)
    if lag is not None:
        yield lag


def _topic_defaults(scope: Scope, kafka: Resource, nodes: Sequence[NodePool]) -> Config:
    """The configuration that topics inherit; it is known even where the pools are not in the input."""
    found = next((pool.config for pool in nodes if Role.BROKER in pool.roles), None)
    return found or kafka_config(kafka, frozenset((Role.BROKER,)), Storage(), scope.mode, scope.operator)


def read_partial(name: str, members: Sequence[Resource], bundle: Bundle, operators: Operators) -> Found:
    """Pools and topics whose Kafka resource is not in the input: what they decide by themselves, and nothing more."""
    pools = [member for member in members if member.kind == "KafkaNodePool"]
    first = (pools or list(members))[0]
    operator = operators.reading(first)
    mode = Mode.KRAFT if _certainly_kraft(pools, operator.oldest >= KRAFT_ONLY) else Mode.UNKNOWN
    scope = Scope(bundle, name, first.namespace, operator, mode, None)
    ids = assign(pools)
    nodes = tuple(
        kafka_pool(scope, Source(pool.name, pool, ("spec",), read_roles(pool, mode, migrating=True), ids.get(index)))
        for index, pool in enumerate(pools)
    )
    topics = [member for member in members if member.kind == "KafkaTopic"]
    cluster = KafkaCluster(
        name=name,
        namespace=first.namespace,
        flavour="strimzi",
        resource=first,
        version=Setting(None, Setter.UNKNOWN, first.place()),
        mode=mode,
        pools=nodes,
        operator=operator.title,
        operator_version=operator.version,
        operator_oldest=operator.oldest,
        topics=_topics(topics, None),
        class_change=_CLASS_CHANGE,
        whole=False,
        partial=True,
    )
    return Found(cluster)


def _zookeeper_era(kafka: Resource, pools: Iterable[Resource]) -> bool:
    """Whether a Kafka resource asks for ZooKeeper: API version v1 cannot, and one annotated as KRaft does not."""
    if kafka.version == "v1" or kafka.get("spec", "zookeeper") is None:
        return False
    kraft = kafka.annotations.get(_KRAFT)
    if kraft is not None:
        return kraft.lower() != "enabled"
    has_controllers = any(Role.CONTROLLER in read_roles(pool, Mode.KRAFT, migrating=False) for pool in pools)
    return not has_controllers


def _sources(scope: Scope, kafka: Resource, pools: list[Resource]) -> list[Source]:
    """The pools that the operator will run: the KafkaNodePools, or without them the brokers of the ZooKeeper era."""
    if scope.mode is Mode.ZOOKEEPER and kafka.annotations.get(_NODE_POOLS, "").lower() != "enabled":
        return [_virtual(kafka)]
    migrating = kafka.annotations.get(_KRAFT, "").lower() in ("migration", "rollback")
    ids = assign(pools)
    found = [
        Source(pool.name, pool, ("spec",), read_roles(pool, scope.mode, migrating=migrating), ids.get(index))
        for index, pool in enumerate(pools)
    ]
    return found if scope.mode is Mode.KRAFT else [source for source in found if source.roles]


def _virtual(kafka: Resource) -> Source:
    replicas = whole_number(kafka.get("spec", "kafka", "replicas"))
    ids = tuple(range(replicas)) if replicas is not None and 0 <= replicas <= MOST else None
    return Source("kafka", kafka, ("spec", "kafka"), frozenset((Role.BROKER,)), ids)


def _certainly_kraft(pools: Iterable[Resource], by_version: bool) -> bool:
    return by_version or any(Role.CONTROLLER in read_roles(pool, Mode.KRAFT, migrating=False) for pool in pools)


def _shadows(scope: Scope, sources: Sequence[Source]) -> Iterator[ShadowedTemplate]:
    if scope.kafka is None:
        return
    shared: Place = scope.kafka.place("spec", "kafka", "template")
    for source in sources:
        if source.resource is not scope.kafka:
            yield from Templates(
                source.place("template"), shared, scope.operator.version, scope.operator.oldest
            ).shadows()


def topic_namespace(kafka: Resource) -> str | None:
    """The namespace that the Topic Operator of a cluster watches."""
    watched = mapping(kafka.get("spec", "entityOperator", "topicOperator")).get("watchedNamespace")
    return text(watched) or kafka.namespace


def _topics(topics: Iterable[Resource], config: Config | None) -> tuple[Topic, ...]:
    return tuple(
        Topic(
            name=topic.text("spec", "topicName") or topic.name,
            resource=topic,
            partitions=topic_number(topic, "partitions", config, "num.partitions"),
            replicas=topic_number(topic, "replicas", config, "default.replication.factor"),
            config=mapping(topic.get("spec", "config")),
        )
        for topic in topics
    )
