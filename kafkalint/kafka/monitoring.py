"""Who scrapes what: the pods and ports that monitors, annotations and scrape configurations really reach.

Answers have three values: None where the input does not decide it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from typing import Final, NamedTuple

from kafkalint.kafka.addresses import leads_to_pods
from kafkalint.kafka.labels import Mismatch, PodLabels
from kafkalint.kafka.model import (
    Endpoint,
    Exporter,
    KafkaCluster,
    KafkaModel,
    MetricsPort,
    Monitor,
    Service,
    ServicePort,
    Workload,
)
from kafkalint.kafka.placement import Pods
from kafkalint.kafka.pods import POD_ROUTES, container_ports, pod_route
from kafkalint.kafka.remembering import remembered
from kafkalint.kafka.scraping import scrape_jobs
from kafkalint.kafka.wording import cluster_names, names_a_stranger, speaks_of_kafka, tokens, vocabulary
from kafkalint.manifests.bundles import may_share_namespace
from kafkalint.manifests.resources import Place, dig, items, string_map

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
# Labels by which several installations of one thing are told apart.
_INSTANCE_LABELS: Final = frozenset(
    ("strimzi.io/cluster", "strimzi.io/name", "app.kubernetes.io/instance", "release", "kafka_cr", "clusterId")
)


class Target(NamedTuple):
    """Pods that can be scraped, and the ports that their containers declare."""

    title: str
    pods: Pods
    ports: tuple[MetricsPort, ...]
    certain: bool
    """False where they may declare more ports, or others."""
    cluster: KafkaCluster | None = None
    """The cluster whose nodes, exporter or helper they are; None for workloads that have nothing to do with one."""


class Stage(Enum):
    """Where a monitor goes wrong."""

    SHAPE = "shape"
    NAMESPACE = "namespace"
    SELECTOR = "selector"
    SERVICE = "service"
    PORT = "port"


class Miss(NamedTuple):
    """A monitor that was meant for pods of the input and does not reach them."""

    monitor: Monitor
    stage: Stage
    place: Place
    targets: tuple[Target, ...]
    """The pods that it was meant for."""
    mismatches: tuple[Mismatch, ...] = ()
    """SELECTOR: the conditions that fail for what comes closest."""
    candidate: str = ""
    """SELECTOR, SERVICE: what comes closest, or the Service that leads nowhere."""
    fitting: tuple[str, ...] = ()
    """PORT: names of ports that it could have named; NAMESPACE: namespaces that the pods are in."""


@remembered
def targets(model: KafkaModel) -> tuple[Target, ...]:
    """Everything that can be scraped: nodes of clusters, what operators run beside them, workloads of the input."""
    found: dict[tuple[object, ...], Target] = {}
    exporters = {_key(exporter.pods): cluster for cluster in model.clusters for exporter in cluster.exporters}
    for cluster in model.clusters:
        for target in _nodes(cluster):
            found.setdefault(_key(target.pods), target)
    for workload in model.workloads:
        owner = exporters.get(_key(workload.pods))
        if owner is None and (workload.resource.group, workload.resource.kind) not in POD_ROUTES:
            owner = next((one for one in model.clusters if one.resource is workload.resource), None)
        target = Target(workload.title, workload.pods, workload.ports, True, owner)
        found.setdefault(_key(workload.pods), target)
    return tuple(found.values())


def _nodes(cluster: KafkaCluster) -> Iterator[Target]:
    for pool in cluster.nodes:
        inside = (*pool.template.containers, *pool.template.init_containers)
        ports = tuple(port for container in inside for port in container_ports(container))
        if not ports and cluster.operator:
            # What an operator runs the input does not list; of what serves metrics it knows the ports.
            ports = tuple(port for one in cluster.exporters if one.pods == pool.pods for port in one.ports)
        yield Target(pool.title, pool.pods, ports, pool.template.complete, cluster)


def _key(pods: Pods) -> tuple[object, ...]:
    return pods.namespace, pods.name, pods.labels


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
    if not exporter.ports:
        return None
    if any(next(model.bundle.of(*kind), None) for kind in _OTHER_COLLECTORS):
        return None
    services, every = every_service(model), targets(model)
    target = _target_of(exporter, every)
    answers = [_annotated(exporter, services), _misspelt(exporter, model)]
    answers += [_serves(exporter, _kept(monitor, target, services)) for monitor in model.monitors]
    for job in scrape_jobs(model.bundle):
        answers.append(None if job.unknown else False)
        answers += [_names_exporter(host, port, exporter, model) for host, port in job.addresses]
    return any_of(answers)


def _target_of(exporter: Exporter, every: Sequence[Target]) -> Target:
    key = _key(exporter.pods)
    found = next((target for target in every if _key(target.pods) == key), None)
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
        if asks is not False and _leads(service, exporter.pods) is not False:
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


def _names_exporter(host: str, port: int | None, exporter: Exporter, model: KafkaModel) -> bool | None:
    if port is not None and all(own.number is not None and own.number != port for own in exporter.ports):
        # A Service may map one port to another; whether it does is seldom worth a wrong word.
        return None if leads_to_pods(host, exporter.pods, every_service(model)) else False
    return leads_to_pods(host, exporter.pods, every_service(model))


def _leads(service: Service, pods: Pods) -> bool | None:
    """Whether a Service leads to pods; one without a selector has endpoints that somebody else writes."""
    if not may_share_namespace(service.namespace, pods.namespace):
        return False
    return None if service.selector is None else service.selector.matches(pods.labels)


def _kept(monitor: Monitor, target: Target, services: Sequence[Service]) -> tuple[MetricsPort, ...] | None:
    """The ports of these pods that a monitor scrapes; None where the input does not tell."""
    if monitor.malformed:
        return ()
    selector = monitor.selector
    if selector is None or selector.problem is not None:
        return None
    if monitor.resource.kind == "PodMonitor":
        verdict = monitor.looks_in(target.pods.namespace) and selector.matches(target.pods.labels)
        return _on_pods(monitor.endpoints, target) if verdict else (() if verdict is False else None)
    found: list[MetricsPort] = []
    for service in services:
        chosen = _chooses(monitor, service)
        leads = _leads(service, target.pods) if chosen is not False else False
        if chosen is False or leads is False:
            continue
        kept = _through(monitor.endpoints, service, target)
        if chosen is None or leads is None or kept is None:
            if kept != ():
                return None
            continue
        found += kept
    return tuple(found)


def _chooses(monitor: Monitor, service: Service, *, anywhere: bool = False) -> bool | None:
    """Whether a ServiceMonitor selects a Service."""
    if not anywhere and not monitor.looks_in(service.namespace):
        return False
    if monitor.selector is None:
        return None
    return monitor.selector.matches(PodLabels(service.labels, complete=service.labels_complete))


def _on_pods(endpoints: Iterable[Endpoint], target: Target) -> tuple[MetricsPort, ...] | None:
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


@remembered
def misses(model: KafkaModel) -> tuple[Miss, ...]:
    """Monitors for Kafka that reach none of the pods that they were meant for.

    Beside a cluster of which only a part is in the input, or of a kind that is not modelled, nothing can be told.
    """
    return tuple(_misses(model))


def _misses(model: KafkaModel) -> Iterator[Miss]:
    if not model.clusters or model.unmodelled or not all(cluster.whole for cluster in model.clusters):
        return
    view = _View(model)
    for monitor in model.monitors:
        miss = view.miss(monitor)
        if miss is not None:
            yield miss
        elif monitor.selector is not None and view.is_for_kafka(monitor):
            yield from view.partial_misses(monitor)


class _View:
    """What all questions about one model's monitors share."""

    def __init__(self, model: KafkaModel) -> None:
        self.model = model
        self.targets = targets(model)
        self.services = every_service(model)
        self.names = cluster_names(model)
        self.words = vocabulary(model)

    def is_for_kafka(self, monitor: Monitor) -> bool:
        """Whether its name or what it selects speaks of Kafka."""
        return speaks_of_kafka(_words(monitor), self.names)

    def miss(self, monitor: Monitor) -> Miss | None:
        """How it goes wrong altogether, if it does."""
        selector = monitor.selector
        if monitor.malformed:
            return self._malformed(monitor)
        if selector is None or selector.problem is not None:
            return None
        return self._pod_miss(monitor) if monitor.resource.kind == "PodMonitor" else self._service_miss(monitor)

    def partial_misses(self, monitor: Monitor) -> Iterator[Miss]:
        """Pods with an exporter that a monitor selects, that no port of it fits, and that nothing else scrapes."""
        for cluster in self.model.clusters:
            for exporter in cluster.exporters:
                target = _target_of(exporter, self.targets)
                if _kept(monitor, target, self.services) != () or not self._selects(monitor, target):
                    continue
                if reached(exporter, self.model) is False:
                    place = _port_place(monitor.endpoints)
                    fitting = tuple(port.name for port in exporter.ports if port.name)
                    if place is not None:
                        yield Miss(monitor, Stage.PORT, place, (target,), fitting=fitting)

    def _selects(self, monitor: Monitor, target: Target) -> bool:
        if monitor.selector is None:
            return False
        if monitor.resource.kind == "PodMonitor":
            return monitor.looks_in(target.pods.namespace) and monitor.selector.matches(target.pods.labels) is True
        return any(_chooses(monitor, one) and _leads(one, target.pods) for one in self.services)

    def _malformed(self, monitor: Monitor) -> Miss | None:
        if not self.is_for_kafka(monitor):
            return None
        place = monitor.resource.place("spec", "namespaceSelector")
        names = place.child("matchNames")
        return Miss(monitor, Stage.SHAPE, names if names.written else place, self._ours())

    def _ours(self) -> tuple[Target, ...]:
        return tuple(target for target in self.targets if target.cluster is not None)

    def _pod_miss(self, monitor: Monitor) -> Miss | None:
        selector = monitor.selector
        if selector is None:
            return None
        verdicts = [(target, selector.matches(target.pods.labels)) for target in self.targets]
        here = [(target, verdict) for target, verdict in verdicts if monitor.looks_in(target.pods.namespace)]
        if any(verdict is None for _, verdict in here):
            return None
        selected = [target for target, verdict in here if verdict]
        if selected:
            return self._pod_ports(monitor, selected)
        elsewhere = [target for target, verdict in verdicts if verdict and target.cluster is not None]
        if elsewhere:
            return self._namespace_miss(monitor, elsewhere)
        return self._selector_miss(monitor, [(one.title, one.pods.labels, (one,)) for one, _ in here if one.cluster])

    def _pod_ports(self, monitor: Monitor, selected: Sequence[Target]) -> Miss | None:
        kept = [_on_pods(monitor.endpoints, target) for target in selected]
        place = _port_place(monitor.endpoints)
        if place is None or any(ports != () for ports in kept) or not self._is_ours(monitor, selected):
            return None
        return Miss(monitor, Stage.PORT, place, tuple(selected), fitting=self._fitting(selected))

    def _is_ours(self, monitor: Monitor, selected: Sequence[Target]) -> bool:
        ours = [target for target in selected if target.cluster is not None]
        return bool(ours) and (len(ours) == len(selected) or self.is_for_kafka(monitor))

    def _fitting(self, selected: Sequence[Target]) -> tuple[str, ...]:
        """Names of the ports on which these pods serve metrics; else those that sound like it."""
        keys = {_key(target.pods) for target in selected}
        exporters = [one for cluster in self.model.clusters for one in cluster.exporters if _key(one.pods) in keys]
        found = [port.name for one in exporters for port in one.ports if port.name]
        if not found:
            named = [port.name for target in selected for port in target.ports if port.name]
            found = [name for name in named if any(word in name for word in ("metrics", "prom", "health", "mgmt"))]
        return tuple(dict.fromkeys(found))

    def _service_miss(self, monitor: Monitor) -> Miss | None:
        verdicts = [(service, _chooses(monitor, service, anywhere=True)) for service in self.services]
        here = [(service, verdict) for service, verdict in verdicts if monitor.looks_in(service.namespace)]
        if any(verdict is None for _, verdict in here):
            return None
        selected = [service for service, verdict in here if verdict]
        if selected:
            return self._service_ports(monitor, selected)
        elsewhere = [
            pods for service, verdict in verdicts if verdict for pods in self._served_by(service) if pods.cluster
        ]
        if elsewhere:
            return self._namespace_miss(monitor, elsewhere)
        candidates = []
        for service, _ in here:
            served = tuple(target for target in self._served_by(service) if target.cluster is not None)
            if served:
                labels = PodLabels(service.labels, complete=service.labels_complete)
                candidates.append((f"Service {service.name}", labels, served))
        return self._selector_miss(monitor, candidates)

    def _served_by(self, service: Service) -> list[Target]:
        return [target for target in self.targets if _leads(service, target.pods)]

    def _service_ports(self, monitor: Monitor, selected: Sequence[Service]) -> Miss | None:
        served = [target for service in selected for target in self._served_by(service)]
        distinct = tuple({_key(target.pods): target for target in served}.values())
        if not distinct:
            return self._dead_service(monitor, selected)
        kept = [_kept(monitor, target, self.services) for target in distinct]
        place = _port_place(monitor.endpoints)
        if place is None or any(ports != () for ports in kept) or not self._is_ours(monitor, distinct):
            return None
        names = [
            port.name
            for service in selected
            for port in service.ports
            if port.name and self._is_metrics(port, distinct)
        ]
        return Miss(monitor, Stage.PORT, place, distinct, fitting=tuple(dict.fromkeys(names)))

    def _is_metrics(self, port: ServicePort, served: Sequence[Target]) -> bool:
        keys = {_key(target.pods) for target in served}
        exporters = [one for cluster in self.model.clusters for one in cluster.exporters if _key(one.pods) in keys]
        return any(port.target in (own.name, own.number) for one in exporters for own in one.ports)

    def _dead_service(self, monitor: Monitor, selected: Sequence[Service]) -> Miss | None:
        """Services that the monitor finds and that lead to no pod of the input."""
        first = selected[0]
        open_ended = any(_leads(one, target.pods) is None for one in selected for target in self.targets)
        if open_ended or first.resource is None or not self._means_us(monitor):
            return None
        place = first.resource.place("spec", "selector")
        return Miss(monitor, Stage.SERVICE, place, self._nearest_targets(first), candidate=f"Service {first.name}")

    def _nearest_targets(self, service: Service) -> tuple[Target, ...]:
        ours = self._ours()
        if service.selector is None or not ours:
            return ours
        counts = [len(service.selector.unmatched(target.pods.labels)) for target in ours]
        return tuple(target for target, count in zip(ours, counts, strict=True) if count == min(counts))

    def _namespace_miss(self, monitor: Monitor, meant: Sequence[Target]) -> Miss | None:
        if (monitor.selector is not None and monitor.selector.is_empty) or not self.is_for_kafka(monitor):
            return None
        names = monitor.resource.place("spec", "namespaceSelector", "matchNames")
        place = names.child(0) if monitor.namespaces else monitor.resource.place("spec", "namespaceSelector")
        spaces = dict.fromkeys(target.pods.namespace for target in meant if target.pods.namespace)
        return Miss(monitor, Stage.NAMESPACE, place, tuple(meant), fitting=tuple(spaces))

    def _selector_miss(
        self, monitor: Monitor, candidates: Sequence[tuple[str, PodLabels, tuple[Target, ...]]]
    ) -> Miss | None:
        selector = monitor.selector
        if selector is None or selector.is_empty or not self._means_us(monitor):
            return None
        if not candidates:
            # Pods that no Service leads to are beyond every ServiceMonitor.
            ours = self._ours()
            here = tuple(target for target in ours if monitor.looks_in(target.pods.namespace))
            return Miss(monitor, Stage.SELECTOR, _selector_place(monitor, ()), here) if here else None
        words = frozenset[str]().union(*map(tokens, _words(monitor)))
        ranked = [
            (len(selector.unmatched(labels)), -len(words & tokens(title.partition(" ")[2])), index)
            for index, (title, labels, _) in enumerate(candidates)
        ]
        best = min(ranked)
        title, labels, _ = candidates[best[2]]
        mismatches = selector.unmatched(labels)
        if any(_is_other_instance(mismatch) for mismatch in mismatches):
            return None
        meant = [one for rank in ranked if rank[:2] == best[:2] for one in candidates[rank[2]][2]]
        place = _selector_place(monitor, mismatches)
        return Miss(monitor, Stage.SELECTOR, place, tuple(meant), mismatches=mismatches, candidate=title)

    def _means_us(self, monitor: Monitor) -> bool:
        """Whether its name, or what it selects, holds nothing but words of this input, and neither names a stranger."""
        name = monitor.resource.name
        conditions = [part.values for part in monitor.selector.parts if part.values] if monitor.selector else []
        if not self.is_for_kafka(monitor) or any(
            names_a_stranger(texts, self.model) for texts in ((name,), *conditions)
        ):
            return False
        chosen = frozenset[str]().union(*(tokens(value) for values in conditions for value in values))
        return tokens(name) <= self.words or (bool(chosen) and chosen <= self.words)


def _words(monitor: Monitor) -> list[str]:
    words = [monitor.resource.name]
    for part in monitor.selector.parts if monitor.selector else ():
        words += [part.key, *part.values]
    return words


def _is_other_instance(mismatch: Mismatch) -> bool:
    """Whether a condition asks for another installation by its own name, which may well exist elsewhere."""
    wanted = mismatch.requirement
    if wanted.key not in _INSTANCE_LABELS or mismatch.found is None:
        return False
    own = tokens(mismatch.found) - {"cluster", "kafka", "my"}
    return not any(own & tokens(value) for value in wanted.values)


def _selector_place(monitor: Monitor, mismatches: Sequence[Mismatch]) -> Place:
    """The value of the first condition that fails."""
    selector = monitor.resource.place("spec", "selector")
    if not mismatches:
        return selector
    wrong = mismatches[0].requirement
    label = selector.child("matchLabels", wrong.key)
    if label.written:
        return label
    for index in range(len(monitor.resource.get("spec", "selector", "matchExpressions") or ())):
        expression = selector.child("matchExpressions", index)
        if expression.child("key").value == wrong.key:
            return expression.child("values", 0) if wrong.values else expression.child("key")
    return selector


def _port_place(endpoints: Sequence[Endpoint]) -> Place | None:
    """The first port that endpoints name."""
    for endpoint in endpoints:
        for key in ("port", "targetPort", "portNumber"):
            place = endpoint.place.child(key)
            if place.written:
                return place
    return None


_LAG: Final = (
    "kafka-exporter",
    "kafka_exporter",
    "kminion",
    "kafka-minion",
    "lag-exporter",
    "klag",
    "burrow",
    "kafka-lag",
)


@remembered
def unclaimed_lag_exporters(model: KafkaModel) -> tuple[Workload, ...]:
    """Workloads that look like a lag exporter and are known to watch no cluster of the input: they may watch any."""
    return tuple(_unclaimed(model))


def _unclaimed(model: KafkaModel) -> Iterator[Workload]:
    claimed = {_key(exporter.pods) for cluster in model.clusters for exporter in cluster.exporters}
    for workload in model.workloads:
        route = pod_route(workload.resource)
        if route is None or _key(workload.pods) in claimed:
            continue
        spec = workload.resource.get(*route, "spec", "containers")
        images = [str(dig(container, "image")).lower() for container in items(spec)]
        if any(word in image.partition("@")[0] for image in images for word in _LAG):
            yield workload


_COLLECTS_LAG: Final = ("kafkametrics", "prometheus.exporter.kafka", "kafka_consumer", "inputs.burrow")


@remembered
def collects_lag(model: KafkaModel) -> bool:
    """Whether a collector of the input (OpenTelemetry, Alloy, Datadog, Telegraf) is told to read consumer lag."""
    configured = [resource.get("data") for resource in model.bundle.of("", "ConfigMap")]
    texts = [text for data in configured for text in string_map(data).values()]
    texts += [resource.document.text for resource in model.bundle.of("opentelemetry.io", "OpenTelemetryCollector")]
    return any(word in text for text in texts for word in _COLLECTS_LAG)
