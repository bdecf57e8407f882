"""Listeners and rack of the brokers, as their configuration has them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kafkalint.kafka.model import Config, Listener, NodePool, Rack, Role, Setting
from kafkalint.kafka.topology import ZONE
from kafkalint.manifests.resources import dig
from kafkalint_flavours.statefulset.identity import traced
from kafkalint_flavours.statefulset.kraft import listener_texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kafkalint_flavours.statefulset.detection import Server
    from kafkalint_flavours.statefulset.program import Program

_RACK = "broker.rack"
_ZONE_LABEL = re.compile(r"(?:topology|failure-domain\.beta)\.kubernetes\.io/zone")
_OWN_LABEL = f"metadata.labels['{ZONE}']"


def listeners_of(pools: Sequence[NodePool]) -> tuple[Listener, ...]:
    """What clients and other brokers connect to; the controllers' own listeners are left out."""
    found: dict[tuple[str, int | None, str], Listener] = {}
    for pool in pools:
        if Role.BROKER in pool.roles:
            for listener in _listeners(pool.config):
                key = listener.name, listener.port, str(listener.data.get("advertised"))
                found.setdefault(key, listener)
    return tuple(found.values())


def _listeners(config: Config) -> Iterator[Listener]:
    """`data` has the security protocol and, as far as they are written, the bind and advertised addresses."""
    advertised = config.entries.get("advertised.listeners")
    setting = config.entries.get("listeners") or advertised
    if setting is None:
        return
    outside = {text.name.upper(): text for text in listener_texts(advertised.value if advertised else None)}
    protocols = _protocols(config)
    controllers = _names(config.entries.get("controller.listener.names"))
    for text in listener_texts(setting.value):
        name = text.name.upper()
        if name in controllers:
            continue
        data = {"protocol": protocols.get(name, name), "host": text.host}
        if name in outside:
            port = outside[name].port
            data["advertised"] = f"{outside[name].host}:{port}" if port is not None else outside[name].host
        yield Listener(text.name, text.port, setting.place, data)


def _protocols(config: Config) -> dict[str, str]:
    setting = config.entries.get("listener.security.protocol.map")
    pairs = (part.partition(":") for part in ((setting.value if setting else None) or "").split(","))
    return {name.strip().upper(): protocol.strip().upper() for name, _, protocol in pairs if protocol.strip()}


def _names(setting: Setting[str] | None) -> frozenset[str]:
    return frozenset(name.strip().upper() for name in ((setting.value if setting else None) or "").split(","))


def rack_of(servers: Sequence[tuple[Server, NodePool]]) -> Rack | None:
    """Where the brokers get `broker.rack` from: a script that reads a label of the node, or something else."""
    for server, pool in servers:
        setting = pool.config.entries.get(_RACK)
        if Role.BROKER not in pool.roles or setting is None or setting.value == "":
            continue
        programs = [server.program, *(program for _, program in server.preparations)]
        texts = [text for program in programs for text, _ in program.scripts if _RACK in text]
        from_node = any(_ZONE_LABEL.search(text) for text in texts) or _is_own_label(setting, programs, pool)
        return Rack(setting.place, ZONE if from_node and not setting.known else None)
    return None


def _is_own_label(setting: Setting[str], programs: list[Program], pool: NodePool) -> bool:
    """Whether it is the pod's label of its zone, which Kubernetes copies from the node (1.35, PodTopologyLabels)."""
    if ZONE in (pool.resource.get("spec", "template", "metadata", "labels") or {}):
        return False
    field = dig(setting.place.resource.get(*setting.place.route), "fieldRef", "fieldPath")
    return _OWN_LABEL in ([field] if isinstance(field, str) else traced(setting.value or "", programs))
