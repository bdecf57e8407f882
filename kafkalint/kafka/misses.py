"""Monitors that were meant for Kafka and miss it: where each goes wrong, and what it could have said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Final, NamedTuple

from kafkalint.kafka.labels import Mismatch, PodLabels
from kafkalint.kafka.model import Endpoint, KafkaModel, Monitor, Service, ServicePort
from kafkalint.kafka.monitoring import (
    Target,
    chooses,
    every_service,
    kept_on_pods,
    kept_ports,
    reached,
    target_of,
    targets,
)
from kafkalint.kafka.remembering import remembered
from kafkalint.kafka.wording import cluster_names, names_a_stranger, speaks_of_kafka, tokens, vocabulary
from kafkalint.manifests.resources import Place

# Labels by which several installations of one thing are told apart.
_INSTANCE_LABELS: Final = frozenset(
    ("strimzi.io/cluster", "strimzi.io/name", "app.kubernetes.io/instance", "release", "kafka_cr", "clusterId")
)


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
    closest: tuple[tuple[Mismatch, ...], ...] = ()
    """SELECTOR: the conditions that fail for each of those that come as close, the candidate among them."""
    partial: bool = False
    """PORT: whether it reaches other pods, and would lose them if it named another port."""


@remembered
def misses(model: KafkaModel) -> tuple[Miss, ...]:
    """Monitors for Kafka that reach none of the pods that they were meant for.

    Beside a cluster of which only a part is in the input, or of a kind that is not modelled, nothing can be told.
    """
    return tuple(_misses(model))


def _misses(model: KafkaModel) -> Iterator[Miss]:
    if not model.clusters or model.unmodelled or not all(cluster.whole for cluster in model.clusters):
        return
    view = View(model)
    for monitor in model.monitors:
        miss = view.miss(monitor)
        if miss is not None:
            yield miss
        elif monitor.selector is not None and view.is_for_kafka(monitor):
            yield from view.partial_misses(monitor)


class View:
    """What all questions about one model's monitors share."""

    def __init__(
        self,
        model: KafkaModel,
        services: tuple[Service, ...] | None = None,
        pods: tuple[Target, ...] | None = None,
    ) -> None:
        """Look at a model, or at what it would be with other Services and other pods to scrape."""
        self.model = model
        self.targets = targets(model) if pods is None else pods
        self.services = every_service(model) if services is None else services
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
                target = target_of(exporter, self.targets)
                if kept_ports(monitor, target, self.services) != () or not self._selects(monitor, target):
                    continue
                if reached(exporter, self.model) is False:
                    place = _port_place(monitor.endpoints)
                    fitting = tuple(port.name for port in exporter.ports if port.name)
                    if place is not None:
                        yield Miss(monitor, Stage.PORT, place, (target,), fitting=fitting, partial=True)

    def _selects(self, monitor: Monitor, target: Target) -> bool:
        if monitor.selector is None:
            return False
        if monitor.resource.kind == "PodMonitor":
            return monitor.looks_in(target.pods.namespace) and monitor.selector.matches(target.pods.labels) is True
        return any(chooses(monitor, one) and one.leads_to(target.pods) for one in self.services)

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
        kept = [kept_on_pods(monitor.endpoints, target) for target in selected]
        place = _port_place(monitor.endpoints)
        if place is None or any(ports != () for ports in kept) or not self._is_ours(monitor, selected):
            return None
        return Miss(monitor, Stage.PORT, place, tuple(selected), fitting=self._fitting(selected))

    def _is_ours(self, monitor: Monitor, selected: Sequence[Target]) -> bool:
        ours = [target for target in selected if target.cluster is not None]
        return bool(ours) and (len(ours) == len(selected) or self.is_for_kafka(monitor))

    def _fitting(self, selected: Sequence[Target]) -> tuple[str, ...]:
        """Names of the ports on which these pods serve metrics; else those that sound like it."""
        keys = {target.pods.identity for target in selected}
        exporters = [one for cluster in self.model.clusters for one in cluster.exporters if one.pods.identity in keys]
        found = [port.name for one in exporters for port in one.ports if port.name]
        if not found:
            named = [port.name for target in selected for port in target.ports if port.name]
            found = [name for name in named if any(word in name for word in ("metrics", "prom", "health", "mgmt"))]
        return tuple(dict.fromkeys(found))

    def _service_miss(self, monitor: Monitor) -> Miss | None:
        verdicts = [(service, chooses(monitor, service, anywhere=True)) for service in self.services]
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
        return [target for target in self.targets if service.leads_to(target.pods)]

    def _service_ports(self, monitor: Monitor, selected: Sequence[Service]) -> Miss | None:
        served = [target for service in selected for target in self._served_by(service)]
        distinct = tuple({target.pods.identity: target for target in served}.values())
        if not distinct:
            return self._dead_service(monitor, selected)
        kept = [kept_ports(monitor, target, self.services) for target in distinct]
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
        keys = {target.pods.identity for target in served}
        exporters = [one for cluster in self.model.clusters for one in cluster.exporters if one.pods.identity in keys]
        return any(port.target in (own.name, own.number) for one in exporters for own in one.ports)

    def _dead_service(self, monitor: Monitor, selected: Sequence[Service]) -> Miss | None:
        """Services that the monitor finds and that lead to no pod of the input."""
        first = selected[0]
        open_ended = any(one.leads_to(target.pods) is None for one in selected for target in self.targets)
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
        closest = [selector.unmatched(candidates[rank[2]][1]) for rank in ranked if rank[0] == best[0]]
        return Miss(
            monitor,
            Stage.SELECTOR,
            place,
            tuple(meant),
            mismatches=mismatches,
            candidate=title,
            closest=tuple(dict.fromkeys(closest)),
        )

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
