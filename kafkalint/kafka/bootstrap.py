"""Where a client inside the Kubernetes cluster gets to the brokers with nothing but an address."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kafkalint.kafka.addresses import leads_to_pods
from kafkalint.kafka.pods import container_ports

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.kafka.model import KafkaCluster, KafkaModel, Listener, NodePool, Service

# The first label of an advertised name, where it is each pod's own.
_OWN_NAME: Final = re.compile(r"\$(?:\(\w+\)|\{\w+\})(?=\.)")


def open_bootstrap(cluster: KafkaCluster, model: KafkaModel) -> str | None:
    """A Service and port behind which brokers answer anyone in plain text; None where that is not certain.

    It is where one pool has all brokers, the whole configuration is known and holds no authorizer, no NetworkPolicy is
    in the input, and what the listener advertises leads back to these pods.
    """
    if len(cluster.brokers) != 1 or next(model.bundle.of("networking.k8s.io", "NetworkPolicy"), None):
        return None
    pool = cluster.brokers[0]
    if not pool.config.complete or pool.config.get("authorizer.class.name").value:
        return None
    return next(_addresses(pool, cluster, model), None)


def _addresses(pool: NodePool, cluster: KafkaCluster, model: KafkaModel) -> Iterator[str]:
    between_brokers = pool.config.get("inter.broker.listener.name").value
    for listener in sorted(cluster.listeners, key=lambda listener: listener.name == between_brokers):
        if listener.data.get("protocol") != "PLAINTEXT" or not _comes_back(listener, pool, model):
            continue
        for service in sorted(model.services, key=lambda service: service.headless):
            if service.leads_to(pool.pods):
                yield from (f"{service.name}:{number}" for number in _numbers(service, listener, pool))


def _comes_back(listener: Listener, pool: NodePool, model: KafkaModel) -> bool:
    """Whether the name that a broker advertises on a listener leads to the brokers from inside the cluster."""
    host = str(listener.data.get("advertised") or "").rpartition(":")[0]
    name = _OWN_NAME.sub("a-pod", host, count=1)
    return "$" not in name and bool(name) and leads_to_pods(name, pool.pods, model.services) is True


def _numbers(service: Service, listener: Listener, pool: NodePool) -> Iterator[int]:
    """Ports of a Service that lead to a listener."""
    declared = [port for each in pool.template.containers for port in container_ports(each)]
    wanted = {listener.port, *(port.name for port in declared if port.name and port.number == listener.port)}
    for port in service.ports:
        if listener.port is not None and port.number is not None and port.target in wanted:
            yield port.number if not service.headless else listener.port
