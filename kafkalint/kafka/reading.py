"""A bundle read into the model: flavours bring the clusters, what Kubernetes alone defines is read here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from kafkalint.kafka.budgets import BudgetSpec
from kafkalint.kafka.flavours import Flavour
from kafkalint.kafka.labels import Selector
from kafkalint.kafka.model import (
    Budget,
    Endpoint,
    KafkaModel,
    Monitor,
    Service,
    ServicePort,
    Settings,
    StorageClass,
    Workload,
)
from kafkalint.kafka.pods import container_ports, pod_route, pod_template, pods_of
from kafkalint.kafka.storage_tiers import StorageFacts, Tier, classify_storage_class
from kafkalint.manifests.bundles import Bundle
from kafkalint.manifests.resources import Place, Resource, dig, items, string_map

_MONITORING = "monitoring.coreos.com"


def read_model(bundle: Bundle, flavours: Iterable[Flavour], settings: Settings) -> KafkaModel:
    """The model of a bundle, through every flavour."""
    readings = [flavour.read(bundle, settings) for flavour in flavours]
    written = tuple(workloads(bundle))
    return KafkaModel(
        bundle=bundle,
        clusters=tuple(cluster for reading in readings for cluster in reading.clusters),
        workloads=written + tuple(workload for reading in readings for workload in reading.workloads),
        budgets=tuple(budget_from(resource) for resource in bundle.of("policy", "PodDisruptionBudget")),
        services=tuple(service_from(resource) for resource in bundle.of("", "Service")),
        monitors=tuple(monitor_from(resource) for resource in bundle.of(_MONITORING, "ServiceMonitor", "PodMonitor")),
        storage_classes=storage_classes(bundle, settings),
        unmodelled=tuple(thing for reading in readings for thing in reading.unmodelled),
        generated_budgets=tuple(budget for reading in readings for budget in reading.budgets),
        metrics_references=tuple(found for reading in readings for found in reading.metrics_references),
        settings=settings,
    )


def workloads(bundle: Bundle) -> Iterator[Workload]:
    """Every workload object of the bundle, Kafka's or not."""
    for resource in bundle.resources:
        route = pod_route(resource)
        if route is None:
            continue
        template = pod_template(resource, route)
        replicas = resource.get("spec", "replicas")
        pods = pods_of(
            template,
            namespace=resource.namespace,
            replicas=replicas if isinstance(replicas, int) else None,
            name=resource.name,
        )
        ports = tuple(port for container in template.containers for port in container_ports(container))
        yield Workload(f"{resource.kind} {resource.name}", pods, resource, ports)


def budget_from(resource: Resource) -> Budget:
    """A PodDisruptionBudget of the input."""
    return Budget(
        name=resource.name,
        namespace=resource.namespace,
        spec=BudgetSpec.parse(resource.get("spec"), api_version=resource.api_version),
        place=resource.place("spec"),
        resource=resource,
    )


def service_from(resource: Resource) -> Service:
    """A Service of the input; `clusterIP: None` is that string, an absent one is given an address (core/v1)."""
    return Service(
        name=resource.name,
        namespace=resource.namespace,
        selector=Selector.from_map(resource.get("spec", "selector")),
        headless=resource.get("spec", "clusterIP") == "None",
        ports=tuple(_service_ports(resource)),
        labels=resource.labels,
        publishes_not_ready=resource.get("spec", "publishNotReadyAddresses") is True
        or resource.annotations.get("service.alpha.kubernetes.io/tolerate-unready-endpoints") == "true",
        resource=resource,
        annotations=resource.annotations,
    )


def _service_ports(resource: Resource) -> Iterator[ServicePort]:
    for port in items(resource.get("spec", "ports")):
        name, number, target = dig(port, "name"), dig(port, "port"), dig(port, "targetPort")
        number = number if isinstance(number, int) else None
        target = target if isinstance(target, int | str) else number
        yield ServicePort(name if isinstance(name, str) else None, number, target)


def monitor_from(resource: Resource) -> Monitor:
    """A ServiceMonitor or PodMonitor (prometheus-operator `monitoring/v1` types)."""
    key = "endpoints" if resource.kind == "ServiceMonitor" else "podMetricsEndpoints"
    names = resource.get("spec", "namespaceSelector", "matchNames")
    return Monitor(
        resource=resource,
        selector=Selector.parse(resource.get("spec", "selector")),
        any_namespace=resource.get("spec", "namespaceSelector", "any") is True,
        namespaces=tuple(name for name in items(names) if isinstance(name, str)),
        endpoints=tuple(
            _endpoint(data, resource.place("spec", key, index))
            for index, data in enumerate(items(resource.get("spec", key)))
        ),
        malformed=not isinstance(resource.get("spec", "namespaceSelector"), dict | None)
        or not isinstance(names, list | None),
    )


def _endpoint(data: Any, place: Place) -> Endpoint:
    port, path = dig(data, "port"), dig(data, "path")
    target = dig(data, "targetPort")
    if target is None:
        target = dig(data, "portNumber")
    return Endpoint(
        port=port if isinstance(port, str) else None,
        target_port=target if isinstance(target, int | str) else None,
        place=place,
        path=path if isinstance(path, str) else None,
    )


def storage_classes(bundle: Bundle, settings: Settings) -> dict[str, StorageClass]:
    """StorageClasses that the input or the config decides; the config's word on a tier wins."""
    found: dict[str, StorageClass] = {}
    for resource in bundle.of("storage.k8s.io", "StorageClass"):
        facts = classify_storage_class(resource.text("provisioner"), string_map(resource.get("parameters")))
        found[resource.name] = StorageClass(resource.name, resource, facts, certain=True)
    for name, tier in settings.storage_tiers.items():
        known = found.get(name)
        stated = _with_tier(known.facts if known else None, tier)
        found[name] = StorageClass(name, known.resource if known else None, stated, certain=True)
    return found


def _with_tier(facts: StorageFacts | None, tier: str) -> StorageFacts | None:
    value = Tier.__members__.get(tier.upper().replace("-", "_"))
    if value is None:
        return facts
    return (facts or StorageFacts())._replace(tier=value, reason="as the config says")
