"""What serves metrics out of the cluster's own pods: JMX agents, sidecars, reporters, ZooKeeper's own provider."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kafkalint.kafka.model import (
    Container,
    Exporter,
    ExporterKind,
    MetricsPort,
    MetricsReference,
    NodePool,
)
from kafkalint.kafka.model import Role as NodeRole
from kafkalint.kafka.pods import container_ports
from kafkalint.manifests.resources import Place, dig
from kafkalint.manifests.text import Span
from kafkalint_flavours.roles import Role
from kafkalint_flavours.statefulset.shell import expand
from kafkalint_flavours.statefulset.targets import exporter_target, listening_port

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint_flavours.statefulset.detection import Server
    from kafkalint_flavours.statefulset.files import Filesystem
    from kafkalint_flavours.statefulset.program import Program

_AGENT = re.compile(r"-javaagent:[^\s=,]*jmx[^\s=,]*\.jar=(?:[\w.\[\]-]*:)?(\d{1,5}):([^\s\"']+)", re.IGNORECASE)
_STANDALONE = re.compile(r"(?:.*/)?jmx_prometheus_(?:httpserver|standalone)[^/\s]*\.jar")
_PORT = re.compile(r"(?:[\w.\[\]-]*:)?(\d{1,5})\Z")
_OWN_METRICS = "metricsProvider.className"
_OWN_PORT = "metricsProvider.httpPort"
_YES = frozenset({"yes", "true", "1"})


def pool_exporters(server: Server, pool: NodePool) -> Iterator[Exporter]:
    """Exporters in the pods of a pool."""
    kind = ExporterKind.ZOOKEEPER if NodeRole.ZOOKEEPER in pool.roles else ExporterKind.JMX
    for number, _, place in _agents(server):
        title = f"the JMX exporter agent of {pool.title}"
        yield _exporter(kind, title, place, pool, (_named(number, server.container),))
    for container in server.workload.containers(Role.JMX_EXPORTER):
        program = server.workload.program(container)
        title = f"the JMX exporter sidecar of {pool.title}"
        yield _exporter(kind, title, container.place, pool, _sidecar_ports(container, program))
    yield from _other_sidecars(server, pool)
    yield from _own_metrics(server, pool) if kind is ExporterKind.ZOOKEEPER else _reporters(pool)


def metrics_references(server: Server) -> Iterator[MetricsReference]:
    """The ConfigMap keys that JMX exporters of these pods read their rules from."""
    for _, rules, _ in _agents(server):
        yield from _reference(rules, server.files, server)
    for container in server.workload.containers(Role.JMX_EXPORTER):
        program = server.workload.program(container)
        path = _sidecar_file(program)
        if path is not None:
            yield from _reference(path, server.workload.files(container), server)


def _exporter(
    kind: ExporterKind,
    title: str,
    place: Place,
    pool: NodePool,
    ports: tuple[MetricsPort, ...],
) -> Exporter:
    return Exporter(kind, title, place, pool.pods, ports, pool.template.annotations)


def _agents(server: Server) -> Iterator[tuple[int, str, Place]]:
    """JMX agents in the server's JVM, wherever its options stand: (port, configuration file, place)."""
    program = server.program
    values = program.values()
    texts = [(setting.value, setting.place) for setting in program.environment.values() if setting.value]
    texts += [(text, holder) for text, holder in program.scripts]
    texts += [(word.text, word.place) for word in program.arguments if "\n" not in word.text]
    seen: set[tuple[int, str]] = set()
    for text, place in texts:
        if "-javaagent:" not in text:
            continue
        exact = text == place.value
        for found in _AGENT.finditer(text if exact else expand(text, values)):
            agent = int(found.group(1)), expand(found.group(2), values)
            if agent not in seen:
                seen.add(agent)
                span = Span(found.start(), found.end()) if exact else None
                yield *agent, Place(place.resource, place.route, span)


def _sidecar_ports(container: Container, program: Program) -> tuple[MetricsPort, ...]:
    """The port behind the jar in the command, else the container's only one."""
    texts = [word.text for word in program.words()]
    for index, text in enumerate(texts):
        if _STANDALONE.fullmatch(text):
            port = next((_PORT.match(later) for later in texts[index + 1 : index + 2]), None)
            if port:
                return (_named(int(port.group(1)), container),)
    declared = tuple(container_ports(container))
    told = [port for port in declared if any(word in (port.name or "") for word in ("metrics", "prom"))]
    return tuple(told) or declared[:1]


def _sidecar_file(program: Program) -> str | None:
    texts = [word.text for word in program.words()]
    for index, text in enumerate(texts):
        if _STANDALONE.fullmatch(text):
            return next((expand(later, program.values()) for later in texts[index + 2 : index + 3]), None)
    return next((text for text in texts if text.startswith("/") and text.endswith((".yml", ".yaml"))), None)


def _named(port: int, container: Container) -> MetricsPort:
    """A port with the name that the container gives it."""
    return next((found for found in container_ports(container) if found.number == port), MetricsPort(None, port))


def _other_sidecars(server: Server, pool: NodePool) -> Iterator[Exporter]:
    sidecars = ((Role.KAFKA_EXPORTER, ExporterKind.LAG), (Role.ZOOKEEPER_EXPORTER, ExporterKind.ZOOKEEPER))
    for role, kind in sidecars:
        for container in server.workload.containers(role):
            program = server.workload.program(container)
            title = f"the exporter sidecar {container.name} of {pool.title}"
            ports = listening_port(container, program)
            exporter = _exporter(kind, title, container.place, pool, ports)
            yield exporter._replace(target=exporter_target(container, program))


def _own_metrics(server: Server, pool: NodePool) -> Iterator[Exporter]:
    """ZooKeeper's own provider, since 3.6 (ZooKeeper Administrator's Guide, "Metrics Providers")."""
    title = f"the metrics provider of {pool.title}"
    written = pool.config.entries.get(_OWN_METRICS)
    if written is not None and "Prometheus" in (written.value or ""):
        port = pool.config.integer(_OWN_PORT).value or 7000
        yield _exporter(ExporterKind.ZOOKEEPER, title, written.place, pool, (_named(port, server.container),))
        return
    variables = server.program.environment
    switch = variables.get("ZOO_ENABLE_PROMETHEUS_METRICS")
    if switch is not None and (switch.value or "").lower() in _YES:
        number = variables.get("ZOO_PROMETHEUS_METRICS_PORT_NUMBER")
        text = (number.value if number else None) or "7000"
        port = int(text) if text.isdecimal() and len(text) < 6 else 7000
        yield _exporter(ExporterKind.ZOOKEEPER, title, switch.place, pool, (_named(port, server.container),))
        return
    for setting in variables.values():
        if f"{_OWN_METRICS}=org.apache.zookeeper.metrics.prometheus" in (setting.value or ""):
            found = re.search(rf"{_OWN_PORT}=(\d{{1,5}})", setting.value or "")
            port = int(found.group(1)) if found else 7000
            ports = (_named(port, server.container),)
            yield _exporter(ExporterKind.ZOOKEEPER, title, setting.place, pool, ports)


def _reporters(pool: NodePool) -> Iterator[Exporter]:
    """A metrics reporter in the broker that speaks to Prometheus by itself."""
    for key in ("metric.reporters", "kafka.metrics.reporters"):
        setting = pool.config.entries.get(key)
        if setting is not None and "prometheus" in (setting.value or "").lower():
            yield _exporter(ExporterKind.JMX, f"the metrics reporter of {pool.title}", setting.place, pool, ())


def _reference(path: str, files: Filesystem, server: Server) -> Iterator[MetricsReference]:
    """The ConfigMap that is mounted where a metrics configuration is read."""
    name = files.volume_at(path)
    volume = files.volumes.get(name or "")
    source = dig(dict(volume.data), "configMap") if volume else None
    config_map = dig(source, "name")
    if volume is None or not isinstance(config_map, str):
        return
    key = files.key_at(path)
    yield MetricsReference(
        config_map=config_map,
        key=key,
        namespace=server.workload.resource.namespace,
        place=volume.place.child("configMap", "name"),
        optional=dig(source, "optional") is True,
    )
