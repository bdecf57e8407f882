"""What an exporter watches, and the port that it serves on: by its flags, its variables, its container's ports."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kafkalint.kafka.model import Container, MetricsPort, Setter, Setting
from kafkalint.kafka.pods import container_ports
from kafkalint_flavours.statefulset.shell import Word, expand, is_open

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint_flavours.statefulset.program import Program

# kafka_exporter's `--kafka.server`, zookeeper-exporter's `-zk-hosts`; kminion, klag-exporter and others by variables.
_FLAGS = ("--kafka.server", "-kafka.server", "--kafka.brokers", "-zk-hosts", "--zk-hosts", "--zookeeper", "-zookeeper")
_VARIABLES = (
    "KAFKA_SERVER",
    "KAFKA_BROKERS",
    "KAFKA_SERVERS",
    "KAFKA_BROKER_LIST",
    "KAFKA_BOOTSTRAP_SERVERS",
    "BOOTSTRAP_SERVERS",
    "KAFKA_LAG_EXPORTER_BOOTSTRAP_BROKERS",
    "ZK_HOSTS",
    "ZOOKEEPER_HOSTS",
)
_LISTEN = re.compile(r"-{1,2}(?:web\.listen-address|web\.listen|listen|bind-addr|port)=?(.*)")
_PORT = re.compile(r"(\d{1,5})\Z")
_DEFAULT_PORTS = {"kafka-exporter": 9308, "zookeeper-exporter": 9141}


def exporter_target(container: Container, program: Program) -> Setting[str]:
    """The bootstrap servers or ZooKeeper hosts that an exporter reads from; several flags are joined by commas."""
    values = program.values()
    found = list(_flagged(program, _FLAGS))
    if found:
        text = ",".join(expand(word.text, values) for word in found)
        return Setting(text, Setter.UNKNOWN if is_open(text) else Setter.WRITTEN, found[0].place)
    for name in _VARIABLES:
        setting = program.environment.get(name)
        if setting is not None and setting.value != "":
            return setting
    return Setting(None, Setter.UNKNOWN, container.place)


def listening_port(container: Container, program: Program) -> tuple[MetricsPort, ...]:
    """The port that an exporter serves on."""
    declared = tuple(container_ports(container))
    for word in program.words():
        listens = _LISTEN.fullmatch(word.text)
        port = _PORT.search(listens.group(1)) if listens else None
        if port:
            number = int(port.group(1))
            return (next((one for one in declared if one.number == number), MetricsPort(None, number)),)
    told = tuple(
        port for port in declared if any(word in (port.name or "") for word in ("metrics", "prom", "exporter"))
    )
    if told or declared:
        return told or declared[:1]
    known = next((port for name, port in _DEFAULT_PORTS.items() if name in container.image), None)
    return () if known is None else (MetricsPort(None, known),)


def _flagged(program: Program, flags: tuple[str, ...]) -> Iterator[Word]:
    """Values of flags, written `--flag=value` or `--flag value`."""
    for command in program.commands:
        words = command.words
        for index, word in enumerate(words):
            name, equals, value = word.text.partition("=")
            if name not in flags:
                continue
            if equals:
                yield Word(value, word.place)
            elif index + 1 < len(words):
                yield words[index + 1]
