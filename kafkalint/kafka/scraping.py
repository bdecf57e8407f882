"""Prometheus' own scrape configurations, wherever the bundle holds them: what they scrape, or that nobody can tell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from kafkalint.kafka.addresses import servers
from kafkalint.kafka.remembering import remembered
from kafkalint.manifests.bundles import Bundle
from kafkalint.manifests.composer import ComposeError, compose
from kafkalint.manifests.resources import dig, items, string_map
from kafkalint.manifests.scalars import plain

_MONITORING: Final = "monitoring.coreos.com"
_NODES_ONLY: Final = ("node", "ingress")
_ANNOTATION: Final = "annotation_prometheus_io_"
# Prometheus' own keys, and the components of Grafana Alloy and of the Grafana Agent in flow mode.
_HINTS: Final = (
    "scrape_configs",
    "static_configs",
    "kubernetes_sd_configs",
    "prometheus.scrape",
    "prometheus.operator.",
)
_MOST: Final = 2_000_000


class ScrapeJob(NamedTuple):
    """One job: the addresses that it states, and whether it finds others in a way that is not evaluated."""

    addresses: tuple[tuple[str, int | None], ...] = ()
    unknown: bool = False


@remembered
def scrape_jobs(bundle: Bundle) -> tuple[ScrapeJob, ...]:
    """The jobs of every ConfigMap, Secret and ScrapeConfig of a bundle."""
    return tuple(_jobs(bundle))


def _jobs(bundle: Bundle) -> Iterator[ScrapeJob]:
    for resource in bundle.of(_MONITORING, "ScrapeConfig"):
        yield _job(resource.get("spec"))
    for resource in bundle.of("", "ConfigMap", "Secret"):
        for field in ("data", "stringData"):
            for text in string_map(resource.get(field)).values():
                if any(hint in text for hint in _HINTS):
                    yield from _written(text)


def _written(text: str) -> Iterator[ScrapeJob]:
    """Jobs of a `prometheus.yml`, or of a bare list of jobs as `additionalScrapeConfigs` has it."""
    try:
        node = compose(text) if len(text) <= _MOST else None
    except ComposeError:
        node = None
    data = plain(node) if node is not None else None
    jobs = data if isinstance(data, list) else dig(data, "scrape_configs")
    if not isinstance(jobs, list):
        # A template, a collector's configuration around it: somebody scrapes, and nobody can tell what.
        yield ScrapeJob(unknown=True)
        return
    for job in jobs:
        yield _job(job)


def _job(data: Any) -> ScrapeJob:
    """A job in Prometheus' spelling or in that of a ScrapeConfig resource."""
    stated = [*items(dig(data, "static_configs")), *items(dig(data, "staticConfigs"))]
    addresses = tuple(
        (server.host, server.port)
        for entry in stated
        for target in items(dig(entry, "targets"))
        if isinstance(target, str)
        for server in servers(target)
    )
    return ScrapeJob(addresses, unknown=_discovers(data) if isinstance(data, dict) else True)


def _discovers(data: dict[str, Any]) -> bool:
    """Whether a job finds pods by itself; by the convention of annotations only those that carry them."""
    found = [key for key in data if key.endswith(("_sd_configs", "SDConfigs"))]
    pods = False
    for key in found:
        if key not in ("kubernetes_sd_configs", "kubernetesSDConfigs"):
            return True
        pods = pods or any(str(dig(entry, "role")).lower() not in _NODES_ONLY for entry in items(data[key]))
    return pods and not _by_annotation(data)


def _by_annotation(data: dict[str, Any]) -> bool:
    for rule in [*items(data.get("relabel_configs")), *items(data.get("relabelings"))]:
        labels = items(dig(rule, "source_labels")) or items(dig(rule, "sourceLabels"))
        by_annotation = any(isinstance(label, str) and _ANNOTATION in label and "scrape" in label for label in labels)
        if by_annotation and str(dig(rule, "action")).lower() == "keep":
            return True
    return False
