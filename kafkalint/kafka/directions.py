"""Whether a server that an exporter is given is one of the cluster's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kafkalint.kafka.addresses import Meaning, Server, meanings, named
from kafkalint.kafka.model import Exporter, KafkaCluster, KafkaModel, NodePool, Service
from kafkalint.kafka.pods import container_ports
from kafkalint.manifests.bundles import may_share_namespace


def wrong_way(server: Server, exporter: Exporter, cluster: KafkaCluster, model: KafkaModel) -> str | None:
    """Why a server cannot be one of the cluster's; None where it is, or where the input does not tell."""
    if server.local:
        return _beside(exporter, cluster, model)
    if not server.name or (server.host.endswith((".local", ".internal")) and ".svc." not in server.host):
        return None
    services = [*model.services, *cluster.services]
    services += [service for other in model.clusters if other is not cluster for service in other.services]
    meant = meanings(server.host, exporter.pods.namespace)
    found = [(meaning, service) for meaning in meant for service in named(meaning, services)]
    if found:
        reasons = [_wrong_port(server, service, cluster) for _, service in found]
        return reasons[0] if all(reasons) else None
    return _nowhere(server.host, meant, cluster, exporter)


def _beside(exporter: Exporter, cluster: KafkaCluster, model: KafkaModel) -> str | None:
    """An exporter's own pod, where nothing of Kafka runs."""
    if any(exporter.pods == pool.pods for pool in cluster.nodes):
        return None
    own = next((one for one in model.workloads if one.pods.identity == exporter.pods.identity), None)
    spec = own.resource.get("spec", "template", "spec") if own else None
    containers = spec.get("containers") if isinstance(spec, dict) else None
    if not isinstance(containers, list) or len(containers) != 1 or not isinstance(spec, dict):
        return None
    return None if spec.get("hostNetwork") or spec.get("initContainers") else "no server runs in its own pod"


def _wrong_port(server: Server, service: Service, cluster: KafkaCluster) -> str | None:
    if server.port is None or service.selector is None:
        return None
    pools = [pool for pool in cluster.nodes if service.selector.matches(pool.pods.labels) is not False]
    if not pools:
        return None
    numbers = [port.number for port in service.ports]
    if service.headless:
        # DNS answers with the pods' own addresses: what counts is what they listen on.
        numbers += list(_listened(pools, cluster))
    if None in numbers or server.port in numbers or not numbers:
        return None
    listed = ", ".join(map(str, sorted({number for number in numbers if number is not None})))
    return f"Service {service.name} has no port {server.port} (it has {listed})"


def _listened(pools: Sequence[NodePool], cluster: KafkaCluster) -> Iterator[int | None]:
    yield from (listener.port for listener in cluster.listeners)
    for pool in pools:
        if not pool.config.complete and pool.server is not None:
            yield None
        inside = pool.template.containers
        yield from (port.number for container in inside for port in container_ports(container))


def _nowhere(host: str, meant: Sequence[Meaning], cluster: KafkaCluster, exporter: Exporter) -> str | None:
    """A name that no Service has, though its namespace is the cluster's."""
    if not meant or not all(_is_ours(meaning, cluster, exporter) for meaning in meant):
        return None
    if cluster.operator and host.partition(".")[0].rpartition("-")[2].isdecimal():
        # Operators make Services for single brokers, which the model does not list.
        return None
    governing = {pool.service.value for pool in cluster.nodes if pool.service is not None}
    if any(meaning.service in governing for meaning in meant):
        return None
    return f"no Service here is called {meant[0].service}"


def _is_ours(meaning: Meaning, cluster: KafkaCluster, exporter: Exporter) -> bool:
    """Whether a name is looked up in the cluster's namespace; one that it states itself has to be stated there too."""
    if meaning.namespace == exporter.pods.namespace:
        return may_share_namespace(meaning.namespace, cluster.namespace)
    return meaning.namespace == cluster.namespace
