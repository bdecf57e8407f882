"""Small manifests for the tests of the plain flavour: JSON, which is YAML, built from what a test is about."""

import json
from typing import Any

from kafkalint.kafka.flavours import Reading
from kafkalint.kafka.model import KafkaCluster, NodePool, Settings
from kafkalint.manifests.bundles import Bundle
from kafkalint.manifests.documents import documents
from kafkalint.manifests.resources import Place, Resource
from kafkalint.manifests.sources import Source
from kafkalint_flavours.statefulset import StatefulSetFlavour

Manifest = dict[str, Any]

APACHE = "apache/kafka:4.1.0"
CP = "confluentinc/cp-kafka:7.6.1"
BITNAMI = "bitnami/kafka:3.6.1"
WURSTMEISTER = "wurstmeister/kafka:2.13-2.8.1"


def env_list(variables: dict[str, Any] | None) -> list[Manifest]:
    return [
        {"name": name, "valueFrom": value} if isinstance(value, dict) else {"name": name, "value": value}
        for name, value in (variables or {}).items()
    ]


def container(
    image: str | None = APACHE,
    env: dict[str, Any] | None = None,
    mounts: dict[str, str] | None = None,
    name: str = "kafka",
    **more: Any,
) -> Manifest:
    found: Manifest = {"name": name, "env": env_list(env)}
    if image is not None:
        found["image"] = image
    found["volumeMounts"] = [{"name": volume, "mountPath": path} for path, volume in (mounts or {}).items()]
    return {**found, **more}


def workload(
    *containers: Manifest,
    name: str = "kafka",
    kind: str = "StatefulSet",
    claims: tuple[str, ...] = (),
    volumes: list[Manifest] | None = None,
    labels: dict[str, str] | None = None,
    annotations: dict[str, str] | None = None,
    init: list[Manifest] | None = None,
    namespace: str | None = None,
    **spec: Any,
) -> Manifest:
    labels = labels or {"app": name}
    pod = {"containers": list(containers), "volumes": volumes or [], "initContainers": init or []}
    template = {"metadata": {"labels": labels, "annotations": annotations or {}}, "spec": pod}
    found: Manifest = {"selector": {"matchLabels": labels}, "template": template, **spec}
    if kind == "StatefulSet":
        found.setdefault("serviceName", f"{name}-headless")
        found["volumeClaimTemplates"] = [
            {"metadata": {"name": claim}, "spec": {"resources": {"requests": {"storage": "10Gi"}}}} for claim in claims
        ]
    metadata = {"name": name, "labels": labels} | ({"namespace": namespace} if namespace else {})
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": metadata, "spec": found}


def config_map(name: str, **data: str) -> Manifest:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


def config_map_of(name: str, data: dict[str, str]) -> Manifest:
    return config_map(name, **data)


def service(name: str, selector: dict[str, str], port: int = 9092) -> Manifest:
    spec = {"selector": selector, "ports": [{"port": port}]}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": spec}


def mounted(name: str, config_map: str) -> Manifest:
    return {"name": name, "configMap": {"name": config_map}}


def resources_of(text: str) -> tuple[Resource, ...]:
    source = Source("test.yaml", text.encode())
    return tuple(resource for document in documents(source) for resource in document.resources)


def bundle_of(*manifests: Manifest, context: tuple[Manifest, ...] = ()) -> Bundle:
    return Bundle("test", _resources(manifests), _resources(context))


def _resources(manifests: tuple[Manifest, ...]) -> tuple[Resource, ...]:
    return resources_of("".join(f"---\n{json.dumps(manifest)}\n" for manifest in manifests))


def read(*manifests: Manifest, context: tuple[Manifest, ...] = ()) -> Reading:
    return StatefulSetFlavour().read(bundle_of(*manifests, context=context), Settings())


def only_cluster(*manifests: Manifest) -> KafkaCluster:
    (cluster,) = read(*manifests).clusters
    return cluster


def only_pool(*manifests: Manifest) -> NodePool:
    (pool,) = only_cluster(*manifests).pools
    return pool


def pointed_at(place: Place) -> str:
    """The text that a finding at this place would be shown at."""
    span = place.span()
    content: str = place.resource.document.source.text.content
    return content[span.start : span.end]
