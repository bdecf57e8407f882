"""Who scrapes what: the pods and ports that monitors, annotations and scrape configurations really reach.

Answers have three values: None where the input does not decide it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from kafkalint.kafka.addresses import leads_to_pods
from kafkalint.kafka.labels import PodLabels
from kafkalint.kafka.model import (
    Endpoint,
    Exporter,
    KafkaCluster,
    KafkaModel,
    MetricsPort,
    Monitor,
    Service,
    ServicePort,
)
from kafkalint.kafka.placement import Pods
from kafkalint.kafka.pods import POD_ROUTES, container_ports
from kafkalint.kafka.remembering import remembered
from kafkalint.kafka.scraping import scrape_jobs
from kafkalint.manifests.resources import Place

# Objects of other collectors, which may scrape whatever they like.
_OTHER_COLLECTORS: Final = (
    ("operator.victoriametrics.com", "VMPodScrape"),
    ("operator.victoriametrics.com", "VMServiceScrape"),
    ("operator.victoriametrics.com", "VMStaticScrape"),
    ("monitoring.googleapis.com", "PodMonitoring"),
    ("monitoring.googleapis.com", "ClusterPodMonitoring"),
    ("azmonitoring.coreos.com", "PodMonitor"),
    ("azmonitoring.coreos.com", "ServiceMonitor"),
    ("opentelemetry.io", "OpenTelemetryCollector"),
    ("monitoring.grafana.com", "GrafanaAgent"),
    ("collectors.grafana.com", "Alloy"),
)
_OTHER_ANNOTATIONS: Final = ("ad.datadoghq.com/", "k8s.grafana.com/", "co.elastic.metrics/", "instrumentation.")
_SCRAPE: Final = "prometheus.io/"
_PORT: Final = "prometheus.io/port"


class Target(NamedTuple):
    """Pods that can be scraped, and the ports that their containers declare."""

    title: str
    pods: Pods
    ports: tuple[MetricsPort, ...]
    certain: bool
    """False where they may declare more ports, or others."""
    cluster: KafkaCluster | None = None
    """The cluster whose nodes, exporter or helper they are; None for workloads that have nothing to do with one."""


@remembered
def targets(model: KafkaModel) -> tuple[Target, ...]:
    """Everything that can be scraped: nodes of clusters, what operators run beside them, workloads of the input."""
    found: dict[tuple[object, ...], Target] = {}
    exporters = {exporter.pods.identity: cluster for cluster in model.clusters for exporter in cluster.exporters}
    for cluster in model.clusters:
        for target in _nodes(cluster):
            found.setdefault(target.pods.identity, target)
    for workload in model.workloads:
        owner = exporters.get(workload.pods.identity)
        if owner is None and (workload.resource.group, workload.resource.kind) not in POD_ROUTES:
            owner = next((one for one in model.clusters if one.resource is workload.resource), None)
        target = Target(workload.title, workload.pods, workload.ports, True, owner)
        found.setdefault(workload.pods.identity, target)
    return tuple(found.values())


def _nodes(cluster: KafkaCluster) -> Iterator[Target]:
    for pool in cluster.nodes:
        inside = (*pool.template.containers, *pool.template.init_containers)
        ports = tuple(port for container in inside for port in container_ports(container))
        if not ports and cluster.operator:
            # What an operator runs the input does not list; of what serves metrics it knows the ports.
            ports = tuple(port for one in cluster.exporters if one.pods == pool.pods for port in one.ports)
        yield Target(pool.title, pool.pods, ports, pool.template.complete, cluster)


@remembered
def every_service(model: KafkaModel) -> tuple[Service, ...]:
    """Services of the input, and those that operators write."""
    return (*model.services, *(service for cluster in model.clusters for service in cluster.services))


def any_of(answers: Iterable[bool | None]) -> bool | None:
    """True if one answer is; else None if one is not known."""
    known: bool | None = False
    for answer in answers:
        if answer:
            return True
        if answer is None:
            known = None
    return known


def reached(exporter: Exporter, model: KafkaModel) -> bool | None:
    """Whether anything of the input scrapes an exporter."""
    return _reached(exporter, target_of(exporter, targets(model)), model)


def would_be_reached(exporter: Exporter, model: KafkaModel) -> bool | None:
    """The same for an exporter that is not there yet, on ports that its pods do not declare yet."""
    return _reached(exporter, Target(exporter.title, exporter.pods, exporter.ports, certain=True), model)


def _reached(exporter: Exporter, target: Target, model: KafkaModel) -> bool | None:
    if not exporter.ports:
        return None
    if any(next(model.bundle.of(*kind), None) for kind in _OTHER_COLLECTORS):
        return None
    services = every_service(model)
    answers = [_annotated(exporter, services), _misspelt(exporter, model)]
    answers += [_serves(exporter, kept_ports(monitor, target, services)) for monitor in model.monitors]
    for job in scrape_jobs(model.bundle):
        answers.append(None if job.unknown else False)
        answers += [_names_exporter(host, port, exporter, model) for host, port in job.addresses]
    return any_of(answers)


def target_of(exporter: Exporter, every: Sequence[Target]) -> Target:
    """The pods that an exporter runs in, as what can be scraped."""
    key = exporter.pods.identity
    found = next((target for target in every if target.pods.identity == key), None)
    return found or Target(exporter.title, exporter.pods, exporter.ports, certain=True)


def _serves(exporter: Exporter, kept: tuple[MetricsPort, ...] | None) -> bool | None:
    """Whether one of the ports that are scraped is the exporter's."""
    if kept is None:
        return None
    return any(_same(port, own) for port in kept for own in exporter.ports)


def _same(one: MetricsPort, other: MetricsPort) -> bool:
    if one.number is not None and other.number is not None:
        return one.number == other.number
    return one.name is not None and one.name == other.name


def _annotated(exporter: Exporter, services: Sequence[Service]) -> bool | None:
    answers = [_asks(exporter.annotations, exporter)]
    for service in services:
        asks = _asks(service.annotations, exporter)
        if asks is not False and service.leads_to(exporter.pods) is not False:
            answers.append(asks)
    return any_of(answers)


def _asks(annotations: object, exporter: Exporter) -> bool | None:
    """Whether annotations ask for the exporter's port, by the convention of Prometheus' own example configuration."""
    pairs = annotations if isinstance(annotations, dict) else {}
    if any(key.startswith(_OTHER_ANNOTATIONS) for key in pairs):
        return None
    if not any(key.startswith(_SCRAPE) and "scrape" in key and value.lower() == "true" for key, value in pairs.items()):
        return False
    port = pairs.get(_PORT, "").strip()
    if not port.isdecimal():
        return True
    return any(own.number is None or str(own.number) == port for own in exporter.ports)


def _misspelt(exporter: Exporter, model: KafkaModel) -> bool | None:
    """None where the annotation is an unquoted `true`: the API server refuses it, which is a fault of its own."""
    for cluster in model.clusters:
        for pool in cluster.nodes:
            labels = pool.template.labels_place
            if labels is None or pool.pods != exporter.pods:
                continue
            raw = labels.resource.get(*labels.route[:-1], "annotations")
            if isinstance(raw, dict) and any(
                key.startswith(_SCRAPE) and "scrape" in key and value is True for key, value in raw.items()
            ):
                return None
    return False


def misled_annotation(exporter: Exporter, model: KafkaModel) -> Place | None:
    """The annotation that asks for a port on which nothing in these pods serves metrics, where only one does on any."""
    pool = next((pool for cluster in model.clusters for pool in cluster.nodes if pool.pods == exporter.pods), None)
    labels = pool.template.labels_place if pool is not None else None
    if pool is None or pool.server is None or labels is None or len(pool.template.containers) != 1:
        return None
    place = labels.resource.place(*labels.route[:-1], "annotations", _PORT)
    beside = [one for cluster in model.clusters for one in cluster.exporters if one.pods == exporter.pods]
    scraped = any(key.startswith(_SCRAPE) and "scrape" in key for key in exporter.annotations)
    return place if scraped and len(beside) == 1 and isinstance(place.value, str) else None


def _names_exporter(host: str, port: int | None, exporter: Exporter, model: KafkaModel) -> bool | None:
    if port is not None and all(own.number is not None and own.number != port for own in exporter.ports):
        # A Service may map one port to another; whether it does is seldom worth a wrong word.
        return None if leads_to_pods(host, exporter.pods, every_service(model)) else False
    return leads_to_pods(host, exporter.pods, every_service(model))


def kept_ports(monitor: Monitor, target: Target, services: Sequence[Service]) -> tuple[MetricsPort, ...] | None:
    """The ports of these pods that a monitor scrapes; None where the input does not tell."""
    if monitor.malformed:
        return ()
    selector = monitor.selector
    if selector is None or selector.problem is not None:
        return None
    if monitor.resource.kind == "PodMonitor":
        verdict = monitor.looks_in(target.pods.namespace) and selector.matches(target.pods.labels)
        return kept_on_pods(monitor.endpoints, target) if verdict else (() if verdict is False else None)
    found: list[MetricsPort] = []
    for service in services:
        chosen = chooses(monitor, service)
        leads = service.leads_to(target.pods) if chosen is not False else False
        if chosen is False or leads is False:
            continue
        kept = _through(monitor.endpoints, service, target)
        if chosen is None or leads is None or kept is None:
            if kept != ():
                return None
            continue
        found += kept
    return tuple(found)


def chooses(monitor: Monitor, service: Service, *, anywhere: bool = False) -> bool | None:
    """Whether a ServiceMonitor selects a Service."""
    if not anywhere and not monitor.looks_in(service.namespace):
        return False
    if monitor.selector is None:
        return None
    return monitor.selector.matches(PodLabels(service.labels, complete=service.labels_complete))


def kept_on_pods(endpoints: Iterable[Endpoint], target: Target) -> tuple[MetricsPort, ...] | None:
    """Declared ports that endpoints keep (prometheus-operator, `generatePodMonitorConfig`)."""
    found = tuple(port for endpoint in endpoints for port in _declared(endpoint, target))
    return found if found or target.certain else None


def _declared(endpoint: Endpoint, target: Target) -> Iterator[MetricsPort]:
    wanted = endpoint.port if endpoint.port is not None else endpoint.target_port
    for port in target.ports:
        if wanted is None or wanted in (port.name, port.number):
            yield port


def _through(endpoints: Iterable[Endpoint], service: Service, target: Target) -> tuple[MetricsPort, ...] | None:
    """Ports of the pods that endpoints keep through a Service (`generateServiceMonitorConfig`)."""
    found: list[MetricsPort] = []
    unknown = False
    for endpoint in endpoints:
        if endpoint.port is None and endpoint.target_port is not None:
            found += _declared(endpoint, target)
            unknown = unknown or not target.certain
            continue
        for port in service.ports:
            if endpoint.port is None or port.name == endpoint.port:
                found += _behind(port, target)
            elif port.name is None and service.resource is None:
                unknown = True
    return tuple(found) if found or not unknown else None


def _behind(port: ServicePort, target: Target) -> Iterator[MetricsPort]:
    """What a port of a Service leads to: a number of any kind, or a name that a container declares."""
    if isinstance(port.target, int):
        yield MetricsPort(None, port.target)
        return
    for declared in target.ports:
        if port.target is not None and declared.name == port.target:
            yield declared
