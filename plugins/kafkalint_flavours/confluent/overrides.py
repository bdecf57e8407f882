"""`spec.configOverrides`: the only place where the resources hold Kafka's and the JVM's own options."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from kafkalint.kafka.model import Config, Heap, Setter, Setting
from kafkalint.kafka.properties import parse_properties
from kafkalint.manifests.resources import items
from kafkalint.manifests.shapes import mapping
from kafkalint.manifests.text import Span
from kafkalint_flavours.confluent.fields import CONTROLLER, KAFKA, whole_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.manifests.resources import Place, Resource

_SERVER = ("spec", "configOverrides", "server")
_JVM = ("spec", "configOverrides", "jvm")
_HEAP_OPTION = re.compile(r"(?:^|\s)-Xm([sx])(\S+)")

LOG_DIRS = "/mnt/data/data0/logs"

_SCALED_WITH_BROKERS = (
    "default.replication.factor",
    "offsets.topic.replication.factor",
    "transaction.state.log.replication.factor",
    "confluent.license.topic.replication.factor",
)


def config_of(resource: Resource) -> Config:
    """The configuration of a component's nodes; what is not written is unknown, save where a fact tells it."""
    place = resource.place(*_SERVER)
    entries = {**dict(_injected(resource, place)), **dict(_written(resource))}
    return Config(entries=entries, place=place, complete=False)


def heap_of(resource: Resource) -> Heap | None:
    """The heap that the JVM overrides set; None where they set none."""
    nobody: Setting[str] = Setting(None, Setter.UNKNOWN, resource.place(*_JVM))
    found: dict[str, Setting[str]] = {}
    for place, text in _strings(resource, _JVM):
        for match in _HEAP_OPTION.finditer(text):
            value = resource.place(*place.route, fragment=Span(*match.span(2)))
            found[match.group(1)] = Setting(match.group(2), Setter.WRITTEN, value)
    return Heap(found.get("s", nobody), found.get("x", nobody)) if found else None


def _written(resource: Resource) -> Iterator[tuple[str, Setting[str]]]:
    for place, text in _strings(resource, _SERVER):
        for entry in parse_properties(text):
            raw = text[entry.value_start : entry.value_end].rstrip()
            fragment = Span(entry.value_start, entry.value_start + len(raw))
            if not raw:
                fragment = Span(entry.key_start, entry.value_end)
            yield (
                entry.key,
                Setting(entry.value.rstrip(), Setter.WRITTEN, resource.place(*place.route, fragment=fragment)),
            )


def _strings(resource: Resource, route: tuple[str, ...]) -> Iterator[tuple[Place, str]]:
    overrides: list[Any] = items(mapping(resource.get(*route[:-1])).get(route[-1]))
    for index, text in enumerate(overrides):
        if isinstance(text, str):
            yield resource.place(*route, index), text


def _injected(resource: Resource, place: Place) -> Iterator[tuple[str, Setting[str]]]:
    """What the operator is known to set (examples, kraft/dynamic-quorum/TROUBLESHOOTING.md and disaster-recovery)."""
    if resource.kind in (KAFKA, CONTROLLER):
        yield "log.dirs", Setting(LOG_DIRS, Setter.OPERATOR, place)
    brokers = whole_number(resource.get("spec", "replicas"))
    if resource.kind == KAFKA and brokers is not None and brokers < 3:
        for key in _SCALED_WITH_BROKERS:
            yield key, Setting("1", Setter.OPERATOR, place)
