"""What a monitor that misses would have to say instead, where only one thing comes into question."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kafkalint.kafka.labels import Mismatch, Requirement, Selector
from kafkalint.kafka.misses import Miss, Stage, View
from kafkalint.kafka.model import Endpoint, MetricsPort, ServicePort
from kafkalint.kafka.monitoring import Target, chooses, every_service, kept_ports, target_of, targets
from kafkalint.manifests.resources import dig, items

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kafkalint.kafka.model import Container, Exporter, KafkaCluster, KafkaModel, Monitor, NodePool, Service
    from kafkalint.manifests.resources import Place

_STEPS: Final = 3
_PORT_NAME: Final = re.compile(r"(?=[a-z0-9-]*[a-z])[a-z0-9](?:-?[a-z0-9])*")
_PORT_NAME_LENGTH: Final = 15


class Correction(NamedTuple):
    """A value that has to be another one."""

    place: Place
    value: Any
    item: bool = False
    """Whether the value is one more item of the list at the place."""
    elsewhere: bool = False
    """Whether it is not the monitor that has to change, but what it looks at."""


class _World(NamedTuple):
    """The monitor, and what it looks at, with corrections made."""

    model: KafkaModel
    monitor: Monitor
    services: tuple[Service, ...]
    targets: tuple[Target, ...]


def corrections(miss: Miss, model: KafkaModel) -> tuple[Correction, ...]:
    """What to correct so that the monitor reaches pods of the cluster; empty where several ways lead there, or none.

    None does where another monitor scrapes these pods: this one may be a leftover.
    """
    return _only_way(miss, _World(model, miss.monitor, every_service(model), targets(model)))


def corrections_beside(miss: Miss, model: KafkaModel, exporters: Sequence[Exporter]) -> tuple[Correction, ...] | None:
    """What is left to be corrected if these exporters ran; None where several ways lead to its pods, or none."""
    ports = {exporter.pods.identity: exporter.ports for exporter in exporters}
    served = tuple(
        target._replace(ports=(*target.ports, *ports.get(target.pods.identity, ()))) for target in targets(model)
    )
    world = _World(model, miss.monitor, every_service(model), served)
    left = View(model, world.services, served).miss(miss.monitor)
    if left is None:
        return () if _reaches(world, miss) else None
    return _only_way(left, world) or None


def _only_way(miss: Miss, world: _World) -> tuple[Correction, ...]:
    ways = _one_more(miss, world) if miss.partial else _ways(miss, world, _STEPS)
    found: list[tuple[Correction, ...]] = []
    for way in ways:
        if way not in found:
            found.append(way)
    return found[0] if len(found) == 1 else ()


def _one_more(miss: Miss, world: _World) -> Iterator[tuple[Correction, ...]]:
    """An endpoint more for pods that the monitor selects and has no port for."""
    return ((correction,) for correction, after in _further_endpoint(miss, world) if _reaches(after, miss))


def _ways(miss: Miss, world: _World, steps: int) -> Iterator[tuple[Correction, ...]]:
    for correction, after in _steps(miss, world):
        following = View(after.model, after.services, after.targets).miss(after.monitor)
        if following is None and _reaches(after, None):
            yield (correction,)
        elif following is not None and steps > 1:
            yield from ((correction, *rest) for rest in _ways(following, after, steps - 1))


def _reaches(world: _World, miss: Miss | None) -> bool:
    """Whether the monitor scrapes pods of a cluster, and pods that no other one does."""
    wanted = {target.pods.identity for target in miss.targets} if miss else None
    reached = [
        target
        for target in world.targets
        if target.cluster is not None
        and (wanted is None or target.pods.identity in wanted)
        and kept_ports(world.monitor, target, world.services)
    ]
    return bool(reached) and not any(
        kept_ports(other, target, world.services) != ()
        for other in world.model.monitors
        if other.resource is not world.monitor.resource
        for target in reached
    )


def _steps(miss: Miss, world: _World) -> Iterator[tuple[Correction, _World]]:
    match miss.stage:
        case Stage.SHAPE:
            yield from _listed(world)
        case Stage.NAMESPACE if len(miss.fitting) == 1:
            yield from _moved(miss.fitting[0], world)
        case Stage.SELECTOR:
            yield from _by_other_labels(miss, world)
            yield from _with_labels(miss, world)
        case Stage.SERVICE:
            yield from _leading_somewhere(miss, world)
        case Stage.PORT if miss.fitting:
            yield from _by_other_port(miss, world)
        case Stage.PORT:
            yield from _with_service_port(world)
            yield from _with_declared_port(world)
        case _:
            return


def _listed(world: _World) -> Iterator[tuple[Correction, _World]]:
    """One name where a list of names is asked for."""
    place = world.monitor.resource.place("spec", "namespaceSelector", "matchNames")
    if isinstance(place.value, str) and place.value:
        monitor = world.monitor._replace(namespaces=(place.value,), malformed=False)
        yield Correction(place, [place.value]), world._replace(monitor=monitor)


def _moved(namespace: str, world: _World) -> Iterator[tuple[Correction, _World]]:
    names = world.monitor.resource.place("spec", "namespaceSelector", "matchNames")
    monitor = world.monitor._replace(namespaces=(namespace,))
    if len(world.monitor.namespaces) == 1:
        yield Correction(names.child(0), namespace), world._replace(monitor=monitor)
    elif not world.monitor.namespaces:
        yield Correction(names, [namespace]), world._replace(monitor=monitor)


def _by_other_labels(miss: Miss, world: _World) -> Iterator[tuple[Correction, _World]]:
    """The value that what comes closest carries, for the only condition that fails."""
    selector = world.monitor.selector
    for mismatches in miss.closest:
        if selector is None or len(mismatches) != 1:
            continue
        wrong, found = mismatches[0]
        place = _value_place(world.monitor, wrong)
        if place is not None and found is not None and _is_fixed(mismatches[0]):
            monitor = world.monitor._replace(selector=_with_value(selector, wrong, found))
            yield Correction(place, found), world._replace(monitor=monitor)


def _is_fixed(mismatch: Mismatch) -> bool:
    wanted = mismatch.requirement
    return wanted.operator == "In" and len(wanted.values) == 1 and not (mismatch.found or "").startswith("(")


def _value_place(monitor: Monitor, wanted: Requirement) -> Place | None:
    """Where the only value of a condition stands."""
    selector = monitor.resource.place("spec", "selector")
    label = selector.child("matchLabels", wanted.key)
    if label.written:
        return label
    for index in range(len(monitor.resource.get("spec", "selector", "matchExpressions") or ())):
        expression = selector.child("matchExpressions", index)
        if expression.child("key").value == wanted.key:
            return expression.child("values", 0)
    return None


def _with_value(selector: Selector, wanted: Requirement, value: str) -> Selector:
    labels = tuple((key, value if key == wanted.key else old) for key, old in selector.match_labels)
    other = tuple(part._replace(values=(value,)) if part == wanted else part for part in selector.requirements)
    return Selector(labels, other)


def _with_labels(miss: Miss, world: _World) -> Iterator[tuple[Correction, _World]]:
    """Labels for a Service without any, which no selector could find."""
    if world.monitor.resource.kind != "ServiceMonitor" or len(miss.mismatches) != 1:
        return
    wanted = miss.mismatches[0].requirement
    bare = [
        service
        for service in world.services
        if service.resource is not None and not service.resource.get("metadata", "labels")
        if any(service.leads_to(target.pods) for target in miss.targets)
    ]
    for service in bare:
        if service.resource is not None and _is_fixed(miss.mismatches[0]):
            place = service.resource.place("metadata", "labels", wanted.key)
            labelled = service._replace(labels={wanted.key: wanted.values[0]})
            yield Correction(place, wanted.values[0], elsewhere=True), _with_service(world, service, labelled)


def _with_service(world: _World, old: Service, new: Service) -> _World:
    return world._replace(services=tuple(new if each is old else each for each in world.services))


def _leading_somewhere(miss: Miss, world: _World) -> Iterator[tuple[Correction, _World]]:
    """The value that the pods carry, for the only label that a Service asks for in vain."""
    for service in world.services:
        selector = service.selector
        if service.resource is not miss.place.resource or service.resource is None or selector is None:
            continue
        for mismatches in {selector.unmatched(target.pods.labels) for target in miss.targets}:
            wrong, found = mismatches[0] if len(mismatches) == 1 else (None, None)
            if wrong is not None and found is not None and _is_fixed(mismatches[0]):
                place = service.resource.place("spec", "selector", wrong.key)
                leading = service._replace(selector=_with_value(selector, wrong, found))
                yield Correction(place, found, elsewhere=True), _with_service(world, service, leading)


def _by_other_port(miss: Miss, world: _World) -> Iterator[tuple[Correction, _World]]:
    """The name of a port that is there, for the only endpoint."""
    keys = ("port",) if world.monitor.resource.kind == "ServiceMonitor" else ("port", "targetPort")
    if len(world.monitor.endpoints) == 1 and miss.place.route[-1] in keys:
        for name in miss.fitting:
            endpoint = world.monitor.endpoints[0]._replace(port=name, target_port=None)
            yield Correction(miss.place, name), world._replace(monitor=world.monitor._replace(endpoints=(endpoint,)))


def _further_endpoint(miss: Miss, world: _World) -> Iterator[tuple[Correction, _World]]:
    """One endpoint more, like the first but for its port."""
    monitor = world.monitor
    first = monitor.endpoints[0]
    data = first.place.value
    if not isinstance(data, dict) or "port" not in data:
        return
    place = monitor.resource.place(*first.place.route[:-1])
    for name in miss.fitting:
        further = Endpoint(name, None, first.place, first.path)
        after = world._replace(monitor=monitor._replace(endpoints=(*monitor.endpoints, further)))
        yield Correction(place, {**data, "port": name}, item=True), after


def _asked_port(monitor: Monitor) -> str | None:
    """The name of the port that the only endpoint asks for."""
    return monitor.endpoints[0].port if len(monitor.endpoints) == 1 else None


def _with_service_port(world: _World) -> Iterator[tuple[Correction, _World]]:
    """A port that leads to the metrics, for the only Service that is selected, which nobody outside can reach."""
    name = _asked_port(world.monitor)
    selected = [service for service in world.services if chooses(world.monitor, service)]
    if world.monitor.resource.kind != "ServiceMonitor" or name is None or len(selected) != 1:
        return
    service = selected[0]
    if service.resource is None or service.resource.get("spec", "type") not in (None, "ClusterIP"):
        return
    served = {port for target, port in _served(world) if service.leads_to(target.pods)}
    if len(served) != 1 or not all(port.name and port.number for port in service.ports) or not service.ports:
        return
    port = served.pop()
    if port.number is None or any(port.number == own.number for own in service.ports):
        return
    target = port.name or port.number
    item = {"name": name, "port": port.number, "targetPort": target}
    open_port = service._replace(ports=(*service.ports, ServicePort(name, port.number, target)))
    place = service.resource.place("spec", "ports")
    yield Correction(place, item, item=True, elsewhere=True), _with_service(world, service, open_port)


def _served(world: _World) -> Iterator[tuple[Target, MetricsPort]]:
    """Ports on which metrics are served, and the pods."""
    for cluster in world.model.clusters:
        for exporter in cluster.exporters:
            target = target_of(exporter, world.targets)
            yield from ((target, port) for port in exporter.ports)


def _with_declared_port(world: _World) -> Iterator[tuple[Correction, _World]]:
    """The name that is asked for, given to the port that the agent in the JVM opens without one."""
    name = _asked_port(world.monitor)
    if world.monitor.resource.kind != "PodMonitor" or name is None or world.monitor.selector is None:
        return
    if len(name) > _PORT_NAME_LENGTH or not _PORT_NAME.fullmatch(name):
        return
    for cluster in world.model.clusters:
        for pool in cluster.nodes:
            number = _agents_port(pool, cluster)
            if pool.server is None or number is None or not world.monitor.selector.matches(pool.pods.labels):
                continue
            named = MetricsPort(name, number)
            after = tuple(
                each._replace(ports=(*each.ports, named)) if each.pods == pool.pods else each for each in world.targets
            )
            yield _declaration(pool.server, named), world._replace(targets=after)


def _agents_port(pool: NodePool, cluster: KafkaCluster) -> int | None:
    """The only port on which the server's own container serves metrics, where it has no name."""
    server = pool.server
    if server is None:
        return None
    depth = len(server.place.route)
    ports = {
        port
        for exporter in cluster.exporters
        if exporter.pods == pool.pods
        and exporter.place.resource is server.place.resource
        and exporter.place.route[:depth] == server.place.route
        for port in exporter.ports
    }
    return ports.pop().number if [port.name for port in ports] == [None] else None


def _declaration(server: Container, port: MetricsPort) -> Correction:
    for index, data in enumerate(items(server.data.get("ports"))):
        if dig(data, "containerPort") == port.number:
            return Correction(server.at("ports", index, "name"), port.name, elsewhere=True)
    item = {"name": port.name, "containerPort": port.number}
    return Correction(server.at("ports"), item, item=True, elsewhere=True)
