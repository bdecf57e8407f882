"""Host names of the manifests, and the pods of the bundle that they lead to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kafkalint.kafka.labels import Selector
from kafkalint.manifests.bundles import Bundle, may_share_namespace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.kafka.model import NodePool

_LOCAL = frozenset({"localhost", "127.0.0.1", "::1", "[::1]", "0.0.0.0"})  # noqa: S104 - names found in manifests


def hosts_in(text: str | None) -> tuple[str, ...]:
    """Hosts of a list of servers: `1@a:9093,b:2181/chroot`, `PLAINTEXT://a:9092;b:9092`."""
    found = []
    for part in re.split(r"[\s,;]+", text or ""):
        server = part.rpartition("://")[2].rpartition("@")[2].partition("/")[0].strip("'\"")
        host = server.partition("]")[0] + "]" if server.startswith("[") else server.partition(":")[0]
        if host:
            found.append(host)
    return tuple(found)


def is_local(host: str) -> bool:
    """Whether a host is the pod itself."""
    return host.lower() in _LOCAL


def is_elsewhere(host: str, namespace: str | None) -> bool:
    """Whether a host is certainly in another namespace than this one, or outside Kubernetes."""
    parts = host.rstrip(".").split(".")
    if host.replace(".", "").isdigit() or (len(parts) > 3 and "svc" not in parts):
        return True
    at = parts.index("svc") - 1 if "svc" in parts else 2 if len(parts) == 3 else -1
    return at >= 0 and not may_share_namespace(parts[at], namespace)


def leads_to(host: str, pool: NodePool, asking: str | None, bundle: Bundle) -> bool:
    """Whether a host name leads to pods of a pool: through a Service, or as the name of one of its pods.

    `asking` is the namespace from which the name is looked up (Kubernetes' DNS specification).
    """
    return any(_reaches(*named, pool, bundle) for named in lookups(host, asking))


def lookups(host: str, asking: str | None) -> Iterator[tuple[str, str | None, str | None]]:
    """What a host name may mean where it is looked up: (service, namespace, pod)."""
    if "$" in host:
        # `$(POD_NAME).kafka-headless`: any pod of the Service will do.
        host = host.rpartition("$")[2].partition(".")[2]
    parts = host.lower().rstrip(".").split(".")
    if not parts[0]:
        return
    if len(parts) == 1:
        yield parts[0], asking, None
    else:
        if len(parts) == 2 or parts[2] == "svc":
            yield parts[0], parts[1], None
        namespace = parts[2] if len(parts) > 2 and parts[2] != "svc" else asking
        yield parts[1], namespace, parts[0]


def _reaches(service: str, namespace: str | None, pod: str | None, pool: NodePool, bundle: Bundle) -> bool:
    if not may_share_namespace(namespace, pool.namespace):
        return False
    if pod is not None and not _may_be_pod(pod, pool):
        return False
    named = bundle.find("", "Service", service, namespace)
    if named is not None and may_share_namespace(named.namespace, pool.namespace):
        selector = Selector.from_map(named.get("spec", "selector"))
        return selector is not None and selector.matches(pool.template.labels) is not False
    governing = pool.service.value if pool.service else None
    return governing == service


def _may_be_pod(name: str, pool: NodePool) -> bool:
    if pool.workload == "Pod":
        return name in (pool.name, pool.resource.get("spec", "hostname"))
    return re.fullmatch(rf"{re.escape(pool.name.lower())}-\d+", name) is not None
