"""What a Kafka server is to its cluster: broker, controller or both, and where its cluster keeps its metadata."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from kafkalint.kafka.model import Config, Mode, Role
from kafkalint.kafka.versions import Version

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint_flavours.statefulset.detection import Server

_BOTH = frozenset({Role.BROKER, Role.CONTROLLER})
_QUORUM = ("controller.quorum.voters", "controller.quorum.bootstrap.servers", "controller.listener.names")
_COMPONENT = "app.kubernetes.io/component"
_LISTENER = re.compile(r"\s*([A-Za-z0-9_.-]+)://(.*?):(-?\d+)\s*\Z", re.DOTALL)
_FIRST_KRAFT = Version(2, 8)


class ListenerText(NamedTuple):
    """One entry of `listeners` or `advertised.listeners`."""

    name: str
    host: str
    port: int | None


def listener_texts(text: str | None) -> Iterator[ListenerText]:
    """The entries of a list of listeners; a port that only the running pod knows is None."""
    for part in (text or "").split(","):
        found = _LISTENER.match(part)
        if found:
            yield ListenerText(found.group(1), found.group(2), int(found.group(3)[:6]))
        elif "://" in part:
            name, _, rest = part.strip().partition("://")
            yield ListenerText(name, rest.rpartition(":")[0] or rest, None)


def roles_and_mode(server: Server, config: Config, version: Version | None) -> tuple[frozenset[Role], Mode]:
    """A server's roles, and whether its metadata is in KRaft or in ZooKeeper.

    `process.roles` says both; without it a server is a broker of ZooKeeper's time, unless something else is KRaft's.
    """
    text = config.entries.get("process.roles")
    written = _written_roles(text.value if text and text.known else None)
    if written:
        return written, Mode.KRAFT
    quorum = any(config.entries.get(key) for key in _QUORUM)
    if config.entries.get("zookeeper.connect") and not (quorum and text is not None):
        return frozenset({Role.BROKER}), Mode.ZOOKEEPER
    component = server.workload.template.labels.known.get(_COMPONENT, "")
    if quorum or text is not None or component == "controller-eligible":
        return _kraft_roles(config, component), Mode.KRAFT
    return frozenset({Role.BROKER}), _mode_of(version)


def _written_roles(text: str | None) -> frozenset[Role]:
    names = {part.strip().lower() for part in (text or "").split(",")}
    return frozenset(role for role in (Role.BROKER, Role.CONTROLLER) if role.value in names)


def _kraft_roles(config: Config, component: str) -> frozenset[Role]:
    """Roles of a KRaft server that does not say them: a broker alone may not list the controllers' listener."""
    controllers = config.entries.get("controller.listener.names")
    listed = config.entries.get("listeners")
    names = {listener.name.upper() for listener in listener_texts(listed.value if listed else None)}
    own = {name.strip().upper() for name in ((controllers.value if controllers else None) or "CONTROLLER").split(",")}
    if names:
        found = {Role.CONTROLLER} if names & own else set()
        found |= {Role.BROKER} if names - own else set()
        return frozenset(found) or _BOTH
    if component in ("controller", "kafka-controller"):
        return frozenset({Role.CONTROLLER})
    return _BOTH if component == "controller-eligible" else frozenset({Role.BROKER})


def _mode_of(version: Version | None) -> Mode:
    if version is None:
        return Mode.UNKNOWN
    if version >= Version(4):
        return Mode.KRAFT
    return Mode.ZOOKEEPER if version < _FIRST_KRAFT else Mode.UNKNOWN
