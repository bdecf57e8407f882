"""Lag exporters that somebody runs in a Deployment of their own and points at a Strimzi cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kafkalint.kafka.model import Exporter, ExporterKind, Service
from kafkalint.kafka.pods import pod_route
from kafkalint.manifests.bundles import Bundle, may_share_namespace
from kafkalint_flavours.strimzi.operators import GROUP

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kafkalint_flavours.statefulset.separate_exporters import SeparateExporter


class Watchers:
    """The lag exporters among a bundle's own workloads, read once and only if a cluster asks."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self._found: tuple[SeparateExporter, ...] | None = None

    def of(self, services: Sequence[Service], namespace: str | None) -> Iterator[Exporter]:
        """Exporters whose bootstrap servers are among a cluster's Services.

        One that does not show its servers is taken to watch the only cluster of the bundle.
        """
        if self._found is None:
            self._found = _separate_exporters(self._bundle)
        only = len(list(self._bundle.of(GROUP, "Kafka"))) == 1
        names = {service.name for service in services}
        for one in self._found:
            if one.exporter.kind is not ExporterKind.LAG:
                continue
            hidden = not one.hosts and only and may_share_namespace(one.namespace, namespace)
            if hidden or any(_names_service(host, names, one.namespace, namespace) for host in one.hosts):
                yield one.exporter


def _separate_exporters(bundle: Bundle) -> tuple[SeparateExporter, ...]:
    if all(pod_route(resource) is None for resource in bundle.primary):
        return ()
    # Reading what a container runs is another flavour's business, and dear: only where something runs.
    from kafkalint_flavours.statefulset.detection import workloads  # noqa: PLC0415
    from kafkalint_flavours.statefulset.separate_exporters import separate_exporters  # noqa: PLC0415

    return tuple(separate_exporters(tuple(workloads(bundle))))


def _names_service(host: str, names: set[str], asking: str | None, namespace: str | None) -> bool:
    """Whether a host is one of these Services, or a pod behind one, seen from the namespace that asks."""
    parts = host.lower().rstrip(".").split(".")
    for index, part in enumerate(parts[:2]):
        if part in names:
            following = parts[index + 1] if len(parts) > index + 1 else "svc"
            return may_share_namespace(asking if following == "svc" else following, namespace)
    return False
