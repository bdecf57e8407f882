"""Listeners and rack of the brokers, as their configuration has them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kafkalint.kafka.model import Config, Listener, NodePool, Rack, Role, Setting, Settings, Switch
from kafkalint.kafka.topology import ZONE
from kafkalint.kafka.versions import Version
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
# Kubernetes copies the zone of the node to the label of the pod that is bound to it (PodTopologyLabelsAdmission, on by
# default since 1.35); there the downward API finds it when the container starts.
_ZONE_ON_PODS = Version(1, 35)


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


def rack_switch(brokers: Sequence[NodePool], settings: Settings) -> Switch | None:
    """A variable that takes `broker.rack` from the pod's own label; None where that cannot be relied upon."""
    known = settings.kubernetes_version
    if known is None or known < _ZONE_ON_PODS or len(brokers) != 1:
        return None
    pool = brokers[0]
    variable = pool.config.variables.get(_RACK) if pool.config.complete else None
    if variable is None or _RACK in pool.config.entries or ZONE in pool.template.labels.known:
        return None
    item = {"name": variable, "valueFrom": {"fieldRef": {"fieldPath": _OWN_LABEL}}}
    how = f"Set {variable} from {_OWN_LABEL}, to which Kubernetes copies the zone of the node"
    return Switch(pool.config.place, how, item, item=True)


def _is_own_label(setting: Setting[str], programs: list[Program], pool: NodePool) -> bool:
    """Whether it is the pod's label of its zone, which Kubernetes copies from the node (1.35, PodTopologyLabels)."""
    if ZONE in (pool.resource.get("spec", "template", "metadata", "labels") or {}):
        return False
    field = dig(setting.place.resource.get(*setting.place.route), "fieldRef", "fieldPath")
    return _OWN_LABEL in ([field] if isinstance(field, str) else traced(setting.value or "", programs))
