"""Names of servers as manifests write them, and the Services and pods that Kubernetes' DNS leads them to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from kafkalint.kafka.model import Service
from kafkalint.kafka.placement import Pods
from kafkalint.manifests.bundles import may_share_namespace

_LOCAL = frozenset(("localhost", "127.0.0.1", "::1", "0.0.0.0"))  # noqa: S104 - a name found in manifests
_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Server:
    """A server of a list: `kafka-0.kafka-headless:9092`."""

    text: str
    host: str
    port: int | None

    @property
    def local(self) -> bool:
        """Whether it is the pod itself."""
        return self.host in _LOCAL

    @property
    def name(self) -> bool:
        """Whether it is a name that DNS is asked for; False for addresses, templates and nonsense."""
        return bool(_NAME.fullmatch(self.host)) and not _ADDRESS.fullmatch(self.host) and not self.local


class Meaning(NamedTuple):
    """What a name may lead to."""

    service: str
    namespace: str | None
    pod: str | None = None


def servers(text: str) -> Iterator[Server]:
    """The servers of a list, whatever separates them: `PLAINTEXT://a:9092,b:9092`, `1@c:9093`, `zk:2181/chroot`."""
    for part in re.split(r"[\s,;]+", text):
        bare = part.strip("\"'").rpartition("://")[2].rpartition("@")[2].partition("/")[0]
        host, colon, port = bare.rpartition(":")
        if not colon:
            host, port = bare, ""
        if host:
            number = int(port) if port.isdecimal() and len(port) < 6 else None
            yield Server(bare, host.lower().rstrip("."), number)


def meanings(host: str, namespace: str | None) -> tuple[Meaning, ...]:
    """What a name may mean when it is looked up from a namespace; empty for a name outside Kubernetes.

    Kubernetes' DNS specification: `service[.namespace[.svc[.zone]]]`, with a pod's host name before it.
    """
    parts = host.split(".")
    if "svc" in parts[2:]:
        at = parts.index("svc", 2)
        head = parts[:at]
        if len(head) == 2:
            return (Meaning(head[0], head[1]),)
        return (Meaning(head[1], head[2], head[0]),) if len(head) == 3 else ()
    match parts:
        case [service]:
            return (Meaning(service, namespace),)
        case [first, second]:
            return Meaning(first, second), Meaning(second, namespace, first)
        case [pod, service, space]:
            return (Meaning(service, space, pod),)
        case _:
            return ()


def named(meaning: Meaning, services: Iterable[Service]) -> tuple[Service, ...]:
    """The Services of that name whose namespace is, or may be, that one."""
    return tuple(
        service
        for service in services
        if service.name == meaning.service and may_share_namespace(service.namespace, meaning.namespace)
    )


def leads_to_pods(host: str, pods: Pods, services: Iterable[Service]) -> bool | None:
    """Whether a name leads to these pods through a Service; None where that cannot be told."""
    known = tuple(services)
    answer: bool | None = False
    for meaning in meanings(host.lower(), pods.namespace):
        for service in named(meaning, known):
            matches = None if service.selector is None else service.selector.matches(pods.labels)
            if matches:
                return True
            if matches is None:
                answer = None
    return answer
