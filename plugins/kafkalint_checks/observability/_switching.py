"""Metrics switched on and scraped, as one change of the manifests: served to nobody they are a fault of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from kafkalint.checking.fix import AddResource, AppendItem, Operation, SetValue
from kafkalint.kafka.misses import misses
from kafkalint.kafka.monitoring import would_be_reached
from kafkalint.kafka.pod_monitors import has_another_way, has_prometheus_operator, pod_monitor

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kafkalint.kafka.model import Exporter, KafkaCluster, KafkaModel, Switch
    from kafkalint.manifests.resources import Resource


class Change(NamedTuple):
    """What a fix does, in words and as operations."""

    order: str
    operations: tuple[Operation, ...]


def told(switch: Switch) -> Change | None:
    """What tells an operator to serve metrics; None where the input leaves open what that is."""
    if switch.value is None:
        return None
    write = AppendItem if switch.item else SetValue
    return Change(_order(switch), (write(switch.place, switch.value), *_beside(switch)))


def switched_on(switch: Switch, cluster: KafkaCluster, model: KafkaModel) -> Change | None:
    """The same, with what makes Prometheus fetch them."""
    change = told(switch)
    return scraped(change, switch.place.resource, switch.serves, cluster, model) if change else None


def scraped(
    change: Change, beside: Resource, exporters: Sequence[Exporter], cluster: KafkaCluster, model: KafkaModel
) -> Change | None:
    """A change that brings exporters, with a PodMonitor for those that nothing scrapes; None where none is certain.

    Pods that a monitor was meant for and misses are left to that monitor; once it is mended it may scrape others too.
    """
    meant = [target for miss in misses(model) for target in miss.targets if target.cluster is cluster]
    left = [each for each in exporters if each.pods.identity not in {target.pods.identity for target in meant}]
    unreached = [exporter for exporter in left if would_be_reached(exporter, model) is False]
    if not unreached:
        return change
    monitor = pod_monitor(unreached, cluster, model) if goes_by_monitors(model) and not meant else None
    if monitor is None:
        return None
    order = f"{change.order}, and add {_title(monitor)}"
    return Change(order, (*change.operations, AddResource(beside, monitor)))


def goes_by_monitors(model: KafkaModel) -> bool:
    """Whether PodMonitors are what the input uses, or whether at least nothing else is."""
    return has_prometheus_operator(model) or not has_another_way(model)


def _order(switch: Switch) -> str:
    path, value = switch.place.path, switch.value
    what = f"Add {value} to {path}" if switch.item else f"Write {path} with {_stated(value)}"
    return what if switch.beside is None else f"{what}, add {_title(switch.beside)}"


def _stated(value: dict[str, Any]) -> str:
    return ", ".join(f"{key}: {each}" for key, each in value.items() if not isinstance(each, dict))


def _title(data: Any) -> str:
    return f"{data['kind']} {data['metadata']['name']}"


def _beside(switch: Switch) -> Iterator[Operation]:
    if switch.beside is not None:
        yield AddResource(switch.place.resource, switch.beside)
