"""Services that the operator makes, and the listeners behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kafkalint.kafka.labels import Selector
from kafkalint.kafka.model import Listener, NodePool, Service, ServicePort
from kafkalint.manifests.resources import items, string_map
from kafkalint.manifests.shapes import mapping, text
from kafkalint_flavours.confluent.fields import KAFKA, type_of, whole_number
from kafkalint_flavours.confluent.templates import PORTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.manifests.resources import Resource

# Ports of the Services that the operator makes, besides the listeners' and those of `PORTS` (listings, without names).
_SERVER_PORTS = {
    "Kafka": (8090,),
    "KRaftController": (9074, 9072),
    "Zookeeper": (2181, 2888, 3888),
}
_KAFKA_LISTENERS = {"internal": 9071, "replication": 9072, "external": 9092}
_MOST_SERVICES = 100


def services_of(pool: NodePool) -> Iterator[Service]:
    """The headless Service, one Service for each pod, and those of the external listener's load balancers."""
    resource = pool.resource
    yield _service(pool, resource.name, headless=True)
    names = pool.pod_names[:_MOST_SERVICES]
    for name in names:
        yield _service(pool, f"{name}-internal", pod=name)
    if resource.get("spec", "listeners", "external", "externalAccess", "type") == "loadBalancer":
        yield _service(pool, f"{resource.name}-bootstrap-lb")
        for name in names:
            yield _service(pool, f"{name}-lb", pod=name)


def listeners_of(kafka: Resource) -> Iterator[Listener]:
    """The three listeners that are always there, and the custom ones."""
    for name, port in _KAFKA_LISTENERS.items():
        place = kafka.place("spec", "listeners", name)
        yield Listener(name, port, place, mapping(place.value))
    for index, data in enumerate(items(kafka.get("spec", "listeners", "custom"))):
        custom = mapping(data)
        name = text(custom.get("name")) or ""
        yield Listener(
            name, whole_number(custom.get("port")), kafka.place("spec", "listeners", "custom", index), custom
        )


def _service(pool: NodePool, name: str, *, headless: bool = False, pod: str | None = None) -> Service:
    resource = pool.resource
    selector = {"app": resource.name, "confluent-platform": "true", "type": type_of(resource)}
    if pod is not None:
        selector["statefulset.kubernetes.io/pod-name"] = pod
    not_ready = resource.get("spec", "headlessService", "publishNotReadyAddresses")
    return Service(
        name=name,
        namespace=resource.namespace,
        selector=Selector.from_map(selector),
        headless=headless,
        ports=tuple(_ports(resource)),
        labels={"confluent-platform": "true", "type": type_of(resource), **_headless(resource, "labels", headless)},
        # "For Kafka, this value must be true. The default value is true" (CRD).
        publishes_not_ready=headless and not_ready is not False,
        annotations=_headless(resource, "annotations", headless),
        labels_complete=False,
    )


def _ports(resource: Resource) -> Iterator[ServicePort]:
    for port in PORTS:
        yield ServicePort(port.name, port.number, port.number)
    for number in _SERVER_PORTS.get(resource.kind, ()):
        yield ServicePort(None, number, number)
    if resource.kind == KAFKA:
        for listener in listeners_of(resource):
            yield ServicePort(None, listener.port, listener.port)


def _headless(resource: Resource, field: str, headless: bool) -> dict[str, str]:
    return string_map(resource.get("spec", "headlessService", field)) if headless else {}
