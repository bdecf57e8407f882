"""What gives pods a node or a zone of their own, beside rules that keep them apart by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kafkalint.kafka.topology import ZONE
from kafkalint.manifests.resources import items

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.kafka.model import NodePool
    from kafkalint.kafka.scheduling import SpreadConstraint

# A port without hostIP is taken on every address.
_ANY_ADDRESS = "0.0.0.0"  # noqa: S104 - a value found in manifests


def is_alone(pool: NodePool, zones: int | None) -> bool:
    """Whether something other than a rule about nodes gives each pod of a pool a node of its own."""
    if pool.workload == "DaemonSet" or share_host_port(pool, pool):
        return True
    return one_in_each_zone(pool, zones)


def one_in_each_zone(pool: NodePool, zones: int | None) -> bool:
    """Whether a spread over zones certainly gives each pod of a pool a zone of its own."""
    required = pool.pods.required_values(ZONE)
    stated = len(required) if required is not None else zones or 0
    return any(_has_zones(constraint, pool, stated) for constraint in pool.pods.spread)


def _has_zones(constraint: SpreadConstraint, pool: NodePool, zones: int) -> bool:
    """Whether a hard spread over zones has a zone for every pod, by what is stated or by its own `minDomains`."""
    binds = constraint.is_hard and constraint.problem is None and constraint.max_skew == 1
    plain = constraint.selector is not None and not constraint.match_label_keys and constraint.topology_key == ZONE
    if not binds or not plain or constraint.selector is None or not constraint.selector.matches(pool.pods.labels):
        return False
    return (pool.replicas.value or 0) <= max(zones, constraint.min_domains or 0)


def share_host_port(first: NodePool, second: NodePool) -> bool:
    """Whether both want one port of the node: the scheduler then keeps them apart (nodeports/node_ports.go)."""
    return any(
        mine[:2] == theirs[:2] and (mine[2] == theirs[2] or _ANY_ADDRESS in (mine[2], theirs[2]))
        for mine in _host_ports(first)
        for theirs in _host_ports(second)
    )


def _host_ports(pool: NodePool) -> Iterator[tuple[int, str, str]]:
    """Ports of the node: with `hostNetwork` every declared port is one (core/v1 defaulting of hostPort)."""
    on_host = pool.template.get("hostNetwork") is True
    for container in pool.template.containers:
        for data in items(container.data.get("ports")):
            if not isinstance(data, dict):
                continue
            port = data.get("hostPort") or (data.get("containerPort") if on_host else None)
            if isinstance(port, int) and not isinstance(port, bool):
                yield port, str(data.get("protocol") or "TCP"), str(data.get("hostIP") or _ANY_ADDRESS)
