"""How a node gets its id: from the pod's ordinal, or in one of the ways that do not hold for several pods."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kafkalint.kafka.model import IdSource, Mode, NodeId, Setter, Setting
from kafkalint.manifests.resources import Place, dig, items

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint_flavours.statefulset.configuration import Configuration
    from kafkalint_flavours.statefulset.detection import Server
    from kafkalint_flavours.statefulset.program import Program

_KEYS = ("node.id", "broker.id")
_HOSTNAME = re.compile(r"hostname|pod_?name|metadata\.name", re.IGNORECASE)
_ORDINAL = re.compile(
    r"##|#[\"']?[\w.${}-]*-[\"']?\}|\bcut\b|\bawk\b|\bsed\b|\brev\b|=~|\bgrep\b|BASH_REMATCH|\btr\b|//\[|:\s+-\d|\bexpr\b"
)
_INDEX = "apps.kubernetes.io/pod-index"
_REFERENCE = re.compile(r"\$[({]?\{?([A-Za-z_][A-Za-z0-9_]*)|\b([A-Za-z_][A-Za-z0-9_]*)\b")
_COMMANDS = ("KAFKA_NODE_ID_COMMAND", "KAFKA_BROKER_ID_COMMAND", "BROKER_ID_COMMAND")
_MOST_STEPS = 40


def node_id(server: Server, configuration: Configuration, mode: Mode) -> NodeId:
    """How the nodes that run this server get their id."""
    command = _by_command(server)
    if command is not None:
        return command
    for key in _KEYS if mode is not Mode.ZOOKEEPER else tuple(reversed(_KEYS)):
        touched = configuration.touched.get(key)
        if touched is not None:
            return _of_expression(touched.value, touched.place, server)
        setting = configuration.config.entries.get(key)
        if setting is not None and setting.value != "":
            return _of_setting(setting, server)
    return _of_default(server, configuration, mode)


def _by_command(server: Server) -> NodeId | None:
    """Wurstmeister's and Bitnami's images run a command of the environment (start-kafka.sh; libkafka.sh)."""
    if server.dialect.name not in ("wurstmeister", "bitnami"):
        return None
    for name in _COMMANDS:
        setting = server.program.environment.get(name)
        if setting is not None and setting.value:
            return _of_expression(setting.value, setting.place, server)
    return None


def _of_setting(setting: Setting[str], server: Server) -> NodeId:
    text = setting.value
    if text is None:
        source = setting.place.resource.get(*setting.place.route)
        field = dig(source, "fieldRef", "fieldPath")
        if isinstance(field, str):
            return NodeId(_of_field(field), field, setting.place)
        # All pods of a template get the same key of the same Secret.
        same = dig(source, "secretKeyRef") is not None or dig(source, "configMapKeyRef") is not None
        return NodeId(IdSource.CONSTANT if same else IdSource.UNKNOWN, None, setting.place)
    if text.strip() == "-1":
        return NodeId(IdSource.GENERATED, text, setting.place)
    if setting.by in (Setter.WRITTEN, Setter.IMAGE):
        return NodeId(IdSource.CONSTANT, text, setting.place)
    return _of_expression(text, setting.place, server)


def _of_field(field: str) -> IdSource:
    if _INDEX in field:
        return IdSource.ORDINAL
    varies = field in ("metadata.name", "metadata.uid", "status.podIP", "status.podIPs") or "pod-name" in field
    return IdSource.POD if varies else IdSource.UNKNOWN


def _of_expression(text: str, place: Place, server: Server) -> NodeId:
    """What an expression comes to, with every variable in it traced to where a script or the manifest sets it."""
    programs = [server.program, *(program for _, program in server.preparations)]
    everything = "\n".join(traced(text, programs))
    if _INDEX in everything or (_HOSTNAME.search(everything) and _ORDINAL.search(everything)):
        return NodeId(IdSource.ORDINAL, text, place)
    if _HOSTNAME.search(everything) or "status.podIP" in everything or "RANDOM" in everything:
        return NodeId(IdSource.POD, text, place)
    return NodeId(IdSource.UNKNOWN, text, place)


def traced(text: str, programs: list[Program]) -> Iterator[str]:
    """A text and the texts behind its variables."""
    waiting, seen = [text], set[str]()
    while waiting and len(seen) < _MOST_STEPS:
        current = waiting.pop()
        yield current
        for found in _REFERENCE.finditer(current[:2000]):
            name = found.group(1) or found.group(2)
            if name in seen or len(seen) >= _MOST_STEPS:
                continue
            meanings = list(_meanings(name, programs))
            if meanings:
                seen.add(name)
                waiting.extend(meanings)


def _meanings(name: str, programs: list[Program]) -> Iterator[str]:
    for program in programs:
        setting = program.environment.get(name)
        if setting is not None:
            field = dig(setting.place.resource.get(*setting.place.route), "fieldRef", "fieldPath")
            yield field if isinstance(field, str) else (setting.value or "")
        yield from (value.text for assigned, value, _ in program.assigned() if assigned == name)
        if name == "BASH_REMATCH":
            yield from (text for text, _ in program.scripts if "=~" in text)


def _of_default(server: Server, configuration: Configuration, mode: Mode) -> NodeId:
    """What happens where nobody sets an id: ZooKeeper hands one out, KRaft refuses to start."""
    place = configuration.config.place
    if server.dialect.name == "debezium" and configuration.reads_environment:
        return NodeId(IdSource.CONSTANT, "1", server.container.place.child("image"))
    known = configuration.config.complete or server.dialect.name in ("wurstmeister", "confluent", "bitnami")
    if mode is Mode.ZOOKEEPER and known and not items(server.container.data.get("envFrom")):
        return NodeId(IdSource.GENERATED, None, place)
    return NodeId(IdSource.UNKNOWN, None, place)
