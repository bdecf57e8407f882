"""Pools of nodes: a KafkaNodePool, or brokers and servers of the ZooKeeper era (`KafkaPool`, `ZookeeperCluster`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kafkalint.kafka.model import (
    Config,
    Container,
    Listener,
    Mode,
    Mount,
    NodePool,
    PodTemplate,
    Rack,
    Role,
    Setter,
    Setting,
)
from kafkalint.kafka.pods import pods_of, volumes
from kafkalint.manifests.resources import Place, Resource, Route, dig, items
from kafkalint.manifests.shapes import text, whole
from kafkalint_flavours.strimzi.config import kafka_config, kafka_version, unknown_config, zookeeper_config
from kafkalint_flavours.strimzi.labels import BROKER_ROLE, CONTROLLER_ROLE, default_labels, node_labels
from kafkalint_flavours.strimzi.listeners import METRICS_PORT, is_node_port, node_ports
from kafkalint_flavours.strimzi.metrics import serves_metrics
from kafkalint_flavours.strimzi.nodes import Body, heap, init_container, pod_template
from kafkalint_flavours.strimzi.scheduling import with_rack
from kafkalint_flavours.strimzi.storage import ZOOKEEPER_MOUNT, Storage, directories, read_storage
from kafkalint_flavours.strimzi.templates import Templates

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.manifests.bundles import Bundle
    from kafkalint_flavours.strimzi.operators import Operator

_ZOOKEEPER_PORTS = (("tcp-clustering", 2888), ("tcp-election", 3888), ("tcp-clients", 2181))


class Scope(NamedTuple):
    """What all pools of a cluster share."""

    bundle: Bundle
    name: str
    namespace: str | None
    operator: Operator
    mode: Mode
    kafka: Resource | None
    """The Kafka resource; None where the input has only pools of it."""
    listeners: tuple[Listener, ...] = ()
    rack: Rack | None = None


class Source(NamedTuple):
    """A pool as it is written: the resource, and the route to its replicas, storage and resources."""

    name: str
    resource: Resource
    route: Route
    roles: frozenset[Role]
    ids: tuple[int, ...] | None
    """Node ids, where they can be foretold."""

    def place(self, *steps: str | int) -> Place:
        """A place below the pool's part of the resource."""
        return self.resource.place(*self.route, *steps)


def read_roles(pool: Resource, mode: Mode, *, migrating: bool) -> frozenset[Role]:
    """Roles of a KafkaNodePool; on ZooKeeper there are controllers only while a cluster is migrated to KRaft."""
    written = {role for role in items(pool.get("spec", "roles")) if isinstance(role, str)}
    roles = {role for role in (Role.BROKER, Role.CONTROLLER) if role.value in written}
    if mode is Mode.ZOOKEEPER and not migrating:
        roles.discard(Role.CONTROLLER)
    return frozenset(roles)


def kafka_pool(scope: Scope, source: Source) -> NodePool:
    """Nodes of a KafkaNodePool, or brokers that a Kafka resource describes itself (`VirtualNodePoolConverter`)."""
    kafka, pod_set = scope.kafka, f"{scope.name}-{source.name}"
    storage = read_storage(source.place("storage"), scope.operator.version, nodes=source.ids or ())
    labels = node_labels(source.resource, scope.name, source.name, scope.operator)
    labels[BROKER_ROLE] = "true" if Role.BROKER in source.roles else "false"
    labels[CONTROLLER_ROLE] = "true" if Role.CONTROLLER in source.roles else "false"
    body = _kafka_body(scope, source, storage)
    affinity = with_rack(
        body.templates.part("pod").place.child("affinity").value,
        scope.rack,
        scope.name,
        scope.operator,
        broker=Role.BROKER in source.roles,
    )
    template = pod_template(body, labels, pod_set, affinity, _init(scope, source))
    options = source.place("jvmOptions")
    if options.value is None and kafka is not None and kafka.get("spec", "kafka", "jvmOptions") is not None:
        options = kafka.place("spec", "kafka", "jvmOptions")
    config = (
        unknown_config(source.place())
        if kafka is None
        else kafka_config(kafka, source.roles, storage, scope.mode, scope.operator)
    )
    data = directories(storage, logs=Role.BROKER in source.roles, metadata=Role.CONTROLLER in source.roles)
    return _pool(scope, source, body, template, config)._replace(
        data=tuple(data),
        heap=heap(options) if kafka is not None or options.value is not None else None,
    )


def zookeeper_pool(scope: Scope, kafka: Resource) -> NodePool:
    """The ZooKeeper servers of a Kafka resource, up to 0.45 (`ZookeeperCluster`)."""
    replicas = whole(kafka.get("spec", "zookeeper", "replicas"))
    ids = None if replicas is None or not 0 <= replicas <= 1000 else tuple(range(replicas))
    source = Source("zookeeper", kafka, ("spec", "zookeeper"), frozenset((Role.ZOOKEEPER,)), ids)
    storage = read_storage(source.place("storage"), scope.operator.version, ZOOKEEPER_MOUNT, ids or ())
    pod_set = f"{scope.name}-zookeeper"
    metrics = serves_metrics(source.place("metricsConfig"), scope.operator.version)
    body = Body(
        container="zookeeper",
        place=source.place(),
        spec=source.place(),
        templates=Templates(source.place("template"), None, scope.operator.version, scope.operator.oldest),
        storage=storage,
        image=kafka.text("spec", "zookeeper", "image")
        or scope.operator.kafka_image(kafka_version(kafka, scope.operator).value or ""),
        ports=(*_ZOOKEEPER_PORTS, METRICS_PORT) if metrics else _ZOOKEEPER_PORTS,
        operator=scope.operator,
    )
    affinity = body.templates.part("pod").place.child("affinity").value
    labels = default_labels(kafka, pod_set, "zookeeper", scope.operator)
    template = pod_template(body, labels, pod_set, affinity, None)
    return _pool(scope, source, body, template, zookeeper_config(kafka))._replace(
        data=tuple(directories(storage, logs=False, metadata=False, zookeeper=True)),
        heap=heap(source.place("jvmOptions")),
    )


def _kafka_body(scope: Scope, source: Source, storage: Storage) -> Body:
    kafka = scope.kafka
    own = source.place("template")
    shared = kafka.place("spec", "kafka", "template") if kafka is not None else None
    spec = kafka.place("spec", "kafka") if kafka is not None else source.place()
    image = ""
    if kafka is not None:
        default = scope.operator.kafka_image(kafka_version(kafka, scope.operator).value or "")
        image = kafka.text("spec", "kafka", "image") or default
    ports = node_ports(
        scope.listeners,
        broker=Role.BROKER in source.roles,
        controller=Role.CONTROLLER in source.roles or scope.mode is Mode.ZOOKEEPER,
        metrics=serves_metrics(spec.child("metricsConfig"), scope.operator.version),
        jmx=spec.child("jmxOptions").value is not None,
    )
    return Body(
        container="kafka",
        place=source.place(),
        spec=spec,
        templates=Templates(own, None if own == shared else shared, scope.operator.version, scope.operator.oldest),
        storage=storage,
        image=image,
        ports=tuple(ports),
        operator=scope.operator,
        complete=kafka is not None,
    )


def _init(scope: Scope, source: Source) -> Container | None:
    looks_up = scope.rack is not None and scope.rack.topology_key is not None
    exposed = [listener for listener in scope.listeners if is_node_port(listener)]
    if Role.BROKER not in source.roles or not (looks_up or exposed):
        return None
    place = scope.rack.place if looks_up and scope.rack is not None else exposed[0].place
    return init_container(place, source.place("resources").value)


def _mounts(body: Body) -> tuple[Mount, ...]:
    written = body.templates.part(f"{body.container}Container")
    return (
        *(disk.mount for disk in body.storage.disks),
        *_more_mounts(written.place, written.data.get("volumeMounts")),
    )


def _more_mounts(place: Place, data: object) -> Iterator[Mount]:
    for index, entry in enumerate(items(data)):
        name, path = text(dig(entry, "name")), text(dig(entry, "mountPath"))
        if name is not None and path is not None:
            yield Mount(name, path, place.child("volumeMounts", index), text(dig(entry, "subPath")))


def _pool(scope: Scope, source: Source, body: Body, template: PodTemplate, config: Config) -> NodePool:
    """What all pools have; `data` and `heap` are still to be filled in."""
    name = f"{scope.name}-{source.name}"
    replicas = whole(source.resource.get(*source.route, "replicas"))
    namespace = source.resource.namespace or scope.namespace
    names = tuple(f"{name}-{number}" for number in source.ids or ())
    return NodePool(
        name=source.name,
        roles=source.roles,
        resource=source.resource,
        workload="StrimziPodSet",
        replicas=Setting(replicas, Setter.UNKNOWN if replicas is None else Setter.WRITTEN, source.place("replicas")),
        template=template,
        pods=pods_of(template, namespace=namespace, replicas=replicas, name=name),
        server=None,
        config=config,
        volumes=(*(disk.volume for disk in body.storage.disks), *volumes(source.resource, template, scope.bundle)),
        mounts=_mounts(body),
        first_ordinal=min(source.ids) if source.ids else 0,
        pod_names=names,
        claim_names=body.storage.claim_names(names),
        claims_deleted=body.storage.deleted,
    )
