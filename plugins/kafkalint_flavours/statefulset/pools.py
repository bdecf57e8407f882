"""A workload that runs Kafka or ZooKeeper, as a pool of equal nodes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from kafkalint.kafka.model import (
    Config,
    DataDirectory,
    Mode,
    NodeId,
    NodePool,
    Role,
    Setter,
    Setting,
    VolumeKind,
)
from kafkalint.kafka.pods import mounts, pod_names, pods_of
from kafkalint.kafka.versions import Version
from kafkalint.manifests.bundles import Bundle, may_share_namespace
from kafkalint.manifests.resources import dig
from kafkalint_flavours.statefulset.configuration import Configuration, read_configuration
from kafkalint_flavours.statefulset.data_directories import kafka_directories
from kafkalint_flavours.statefulset.identity import node_id
from kafkalint_flavours.statefulset.kraft import roles_and_mode
from kafkalint_flavours.statefulset.zookeeper import ensemble_hosts, zookeeper_config, zookeeper_directories

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.manifests.resources import Place, Resource
    from kafkalint_flavours.statefulset.detection import Server, Workload

_CHART = "helm.sh/chart"
_APP_VERSION = "app.kubernetes.io/version"


class KafkaPool(NamedTuple):
    """A pool of Kafka nodes, and what grouping and exporters ask about it."""

    pool: NodePool
    server: Server
    mode: Mode
    version: Setting[str]
    configuration: Configuration


class ZookeeperPool(NamedTuple):
    """A pool of ZooKeeper servers, and the hosts that it takes for its ensemble."""

    pool: NodePool
    server: Server
    hosts: tuple[str, ...]


def kafka_pool(server: Server) -> KafkaPool:
    """The pool that a Kafka server's workload makes."""
    version = _version(server)
    number = Version.parse(version.value)
    configuration = read_configuration(server, number)
    roles, mode = roles_and_mode(server, configuration.config, number)
    data = kafka_directories(configuration, roles, mounts(server.container), server.workload.volumes)
    identity = node_id(server, configuration, mode)
    pool = _pool(server, roles, configuration.config, data, identity)
    return KafkaPool(pool, server, mode, version, configuration)


def zookeeper_pool(server: Server) -> ZookeeperPool:
    """The pool that a ZooKeeper server's workload makes."""
    config = zookeeper_config(server)
    data = zookeeper_directories(server, config)
    pool = _pool(server, frozenset({Role.ZOOKEEPER}), config, data, None)
    return ZookeeperPool(pool, server, tuple(ensemble_hosts(server, config)))


def _pool(
    server: Server,
    roles: frozenset[Role],
    config: Config,
    data: tuple[DataDirectory, ...],
    identity: NodeId | None,
) -> NodePool:
    workload = server.workload
    resource, template = workload.resource, workload.template
    replicas = replicas_of(resource, workload.bundle)
    start = _first_ordinal(resource)
    names = _pod_names(resource, start, replicas.value)
    return NodePool(
        name=resource.name,
        roles=roles,
        resource=resource,
        workload=resource.kind,
        replicas=replicas,
        template=template,
        pods=pods_of(template, namespace=resource.namespace, replicas=replicas.value, name=resource.name),
        server=server.container,
        config=config,
        volumes=workload.volumes,
        mounts=mounts(server.container),
        data=data,
        node_id=identity,
        service=_service(resource),
        first_ordinal=start,
        pod_names=names,
        claim_names=tuple(_claim_names(workload, names)),
        claims_deleted=tuple(_claims_deleted(resource)),
    )


def replicas_of(resource: Resource, bundle: Bundle) -> Setting[int]:
    """How many pods a workload runs: one where nothing says it (apps/v1 defaulting), unknown where nodes or load do."""
    place = resource.place("spec", "replicas")
    if resource.kind in ("Pod", "Job", "CronJob"):
        return Setting(1, Setter.KUBERNETES, resource.place("spec"))
    if resource.kind == "DaemonSet":
        return Setting(None, Setter.UNKNOWN, resource.place("spec"))
    value = resource.get("spec", "replicas")
    if value is None and _is_scaled(resource, bundle):
        return Setting(None, Setter.UNKNOWN, place)
    if value is None:
        return Setting(1, Setter.KUBERNETES, place)
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return Setting(value, Setter.WRITTEN, place)
    return Setting(None, Setter.UNKNOWN, place)


def _is_scaled(resource: Resource, bundle: Bundle) -> bool:
    """Whether an autoscaler of the bundle decides how many pods there are."""
    scalers = [*bundle.of("autoscaling", "HorizontalPodAutoscaler"), *bundle.of("keda.sh", "ScaledObject")]
    for scaler in scalers:
        target = scaler.get("spec", "scaleTargetRef")
        # KEDA takes a Deployment to be meant where no kind is named (keda.sh, ScaledObject spec).
        kind = dig(target, "kind") or "Deployment"
        named = dig(target, "name") == resource.name and kind == resource.kind
        if named and may_share_namespace(scaler.namespace, resource.namespace):
            return True
    return False


def _first_ordinal(resource: Resource) -> int:
    start = resource.get("spec", "ordinals", "start") if resource.kind == "StatefulSet" else None
    return start if isinstance(start, int) and not isinstance(start, bool) and 0 <= start < 2**31 else 0


def _pod_names(resource: Resource, start: int, replicas: int | None) -> tuple[str, ...]:
    if resource.kind == "Pod":
        return (resource.name,)
    return pod_names(resource.name, start, replicas) if resource.kind == "StatefulSet" else ()


def _claim_names(workload: Workload, pods: tuple[str, ...]) -> Iterator[str]:
    """`<template>-<pod>` (apps/v1 StatefulSetSpec.volumeClaimTemplates); a claim by its name is every pod's."""
    for volume in workload.volumes:
        if volume.kind is VolumeKind.CLAIM_TEMPLATE:
            yield from (f"{volume.name}-{pod}" for pod in pods)
        elif volume.kind is VolumeKind.CLAIM and volume.claim is not None:
            yield volume.claim.name


def _claims_deleted(resource: Resource) -> Iterator[Place]:
    """What of `persistentVolumeClaimRetentionPolicy` is not Retain, its default (apps/v1)."""
    if resource.kind == "StatefulSet":
        for when in ("whenDeleted", "whenScaled"):
            place = resource.place("spec", "persistentVolumeClaimRetentionPolicy", when)
            if place.value == "Delete":
                yield place


def _service(resource: Resource) -> Setting[str] | None:
    if resource.kind != "StatefulSet":
        return None
    place = resource.place("spec", "serviceName")
    name = resource.get("spec", "serviceName")
    if isinstance(name, str):
        return Setting(name, Setter.WRITTEN, place)
    return Setting(None, Setter.KUBERNETES if name is None else Setter.UNKNOWN, place)


def _version(server: Server) -> Setting[str]:
    """Kafka's version by the image's tag, else by the label of a chart that is Kafka's own."""
    place = server.container.place.child("image")
    if server.version is not None:
        return Setting(str(server.version), Setter.WRITTEN, place)
    resource = server.workload.resource
    if re.match(r"kafka-\d", resource.labels.get(_CHART, "")):
        labelled = Version.parse(resource.labels.get(_APP_VERSION))
        if labelled is not None:
            return Setting(str(labelled), Setter.WRITTEN, resource.place("metadata", "labels", _APP_VERSION))
    return Setting(None, Setter.UNKNOWN, place)
