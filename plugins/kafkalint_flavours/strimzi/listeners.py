"""Listeners, and the ports and Services that the operator makes of them (`ListenersUtils`, `KafkaCluster`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kafkalint.kafka.model import Listener
from kafkalint.manifests.resources import Resource, dig, items
from kafkalint.manifests.shapes import mapping, text, whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

METRICS_PORT: Final = ("tcp-prometheus", 9404)
JMX_PORT: Final = ("jmx", 9999)
REPLICATION_PORT: Final = ("tcp-replication", 9091)
CONTROL_PORT: Final = ("tcp-ctrlplane", 9090)
AGENT_PORT: Final = ("tcp-kafkaagent", 8443)


def read_listeners(kafka: Resource) -> tuple[Listener, ...]:
    """The listeners of a Kafka resource; entries without a name are left out, as the operator refuses them."""
    found = []
    for index, data in enumerate(items(kafka.get("spec", "kafka", "listeners"))):
        name = text(dig(data, "name"))
        if name is not None:
            place = kafka.place("spec", "kafka", "listeners", index)
            found.append(Listener(name, whole(dig(data, "port")), place, mapping(data)))
    return tuple(found)


def is_internal(listener: Listener) -> bool:
    """Whether it is served by the brokers' own Services."""
    return listener.data.get("type") == "internal"


def is_node_port(listener: Listener) -> bool:
    """Whether brokers ask the API server for their node's address to advertise it."""
    return listener.data.get("type") == "nodeport"


def port_name(listener: Listener) -> str:
    """The name of a listener's port (`ListenersUtils.backwardsCompatiblePortName`)."""
    known = {("plain", 9092): "tcp-clients", ("tls", 9093): "tcp-clientstls"}
    if is_internal(listener) and (listener.name, listener.port) in known:
        return known[listener.name, listener.port or 0]
    if (listener.name, listener.port) == ("external", 9094):
        return "tcp-external"
    return f"tcp-{listener.name}"


def node_ports(
    listeners: Sequence[Listener], *, broker: bool, controller: bool, metrics: bool, jmx: bool
) -> Iterator[tuple[str, int | None]]:
    """Ports of a Kafka node's container (`KafkaCluster.getContainerPortList`)."""
    yield AGENT_PORT
    if controller:
        yield CONTROL_PORT
    if broker:
        yield REPLICATION_PORT
        yield from ((port_name(listener), listener.port) for listener in listeners)
    if metrics:
        yield METRICS_PORT
    if jmx:
        yield JMX_PORT


def container_ports(ports: Iterator[tuple[str, int | None]]) -> list[dict[str, Any]]:
    """Ports as a container declares them."""
    return [{"name": name, "containerPort": number} for name, number in ports]
