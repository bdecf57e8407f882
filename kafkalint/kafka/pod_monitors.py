"""PodMonitors that are not there yet: whom one would have to select, and what makes Prometheus take notice of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kafkalint.kafka.labels import Selector
from kafkalint.kafka.monitoring import reached
from kafkalint.kafka.remembering import remembered
from kafkalint.kafka.scraping import scrape_jobs
from kafkalint.kafka.stable_labels import shared_labels, stable_labels
from kafkalint.manifests.bundles import may_share_namespace

if TYPE_CHECKING:
    from kafkalint.kafka.model import Exporter, KafkaCluster, KafkaModel, Monitor
    from kafkalint.manifests.resources import Resource

_GROUP: Final = "monitoring.coreos.com"
_CLUSTER: Final = "strimzi.io/cluster"
# What Strimzi's dashboards and alerts know pods by (packaging/examples/metrics/prometheus-install/pod-monitors).
_STRIMZI_RELABELINGS: Final = (
    {"action": "labelmap", "regex": "__meta_kubernetes_pod_label_(strimzi_io_.+)"},
    {"sourceLabels": ["__meta_kubernetes_pod_name"], "targetLabel": "kubernetes_pod_name"},
)
# Labels that say what an object is, or who made it, and by which nobody selects monitors.
_DESCRIPTIVE: Final = ("app.kubernetes.io/", "helm.sh/", "argocd.argoproj.io/", "kustomize.toolkit.fluxcd.io/")
_OF_CHARTS: Final = ("chart", "heritage")


class _Scrape(NamedTuple):
    """What is to be scraped."""

    port: str
    path: str
    namespace: str | None


def pod_monitor(exporters: Sequence[Exporter], cluster: KafkaCluster, model: KafkaModel) -> dict[str, Any] | None:
    """A PodMonitor for exporters of a cluster that nothing reaches; None where not all that it says is certain.

    One is enough for all of a cluster that is not scraped at all, if its pods have a label in common.
    """
    scrapes = {_scrape(each) for each in exporters}
    scrape = scrapes.pop()
    if scrapes or scrape is None:
        return None
    labels = _asked_for(model, scrape.namespace)
    if labels is None:
        return None
    for name, selected in _selections(exporters, cluster, model):
        if selected and not _catches_others(selected, exporters, scrape.port, model):
            return _object(_free_name(f"{name}-metrics", scrape.namespace, model), labels, selected, scrape)
    return None


def _scrape(exporter: Exporter) -> _Scrape | None:
    """How an exporter would be scraped: by the name of its port, which a PodMonitor needs."""
    name = next((port.name for port in exporter.ports if port.name), None)
    return None if name is None else _Scrape(name, exporter.path, exporter.pods.namespace)


def _object(name: str, labels: dict[str, str], selected: dict[str, str], scrape: _Scrape) -> dict[str, Any]:
    metadata: dict[str, Any] = {"name": name}
    if scrape.namespace is not None:
        metadata["namespace"] = scrape.namespace
    if labels:
        metadata["labels"] = labels
    endpoint: dict[str, Any] = {"port": scrape.port}
    if scrape.path != "/metrics":
        endpoint["path"] = scrape.path
    if _CLUSTER in selected:
        endpoint["relabelings"] = [dict(each) for each in _STRIMZI_RELABELINGS]
    spec = {"selector": {"matchLabels": selected}, "podMetricsEndpoints": [endpoint]}
    return {"apiVersion": f"{_GROUP}/v1", "kind": "PodMonitor", "metadata": metadata, "spec": spec}


@remembered
def has_prometheus_operator(model: KafkaModel) -> bool:
    """Whether the input shows that the cluster knows PodMonitors: it holds objects of the operator that reads them."""
    return any(resource.group == _GROUP for resource in model.bundle.resources)


@remembered
def has_another_way(model: KafkaModel) -> bool:
    """Whether the input shows a Prometheus that finds targets otherwise: by annotations, by a configuration file."""
    annotated = [*(service.annotations for service in model.services), *_pod_annotations(model)]
    if any(key.startswith("prometheus.io/scrape") for annotations in annotated for key in annotations):
        return True
    return any(True for _ in scrape_jobs(model.bundle))


def _pod_annotations(model: KafkaModel) -> Iterator[Mapping[str, Any]]:
    for workload in model.workloads:
        found = workload.resource.get("spec", "template", "metadata", "annotations")
        if isinstance(found, dict):
            yield found
    for cluster in model.clusters:
        yield from (exporter.annotations for exporter in cluster.exporters)


def _selections(
    exporters: Sequence[Exporter], cluster: KafkaCluster, model: KafkaModel
) -> Iterator[tuple[str, dict[str, str]]]:
    """Labels to select, the broadest first, each with a name for what they mean."""
    shared = shared_labels(each.pods.labels for each in exporters)
    if _CLUSTER in shared:
        known = [("strimzi.io/kind",), ("strimzi.io/name",), ("strimzi.io/name", "strimzi.io/pool-name")]
        if any(reached(each, model) is not False for each in cluster.exporters):
            known = known[1:]
        for keys in known:
            selected = {key: shared[key] for key in (_CLUSTER, *keys) if key in shared}
            name = cluster.name if "strimzi.io/kind" in keys else "-".join(shared.get(key, "") for key in keys)
            if len(selected) == len(keys) + 1:
                yield name, selected
        return
    workload = _workload(exporters[0], model)
    if workload is not None:
        yield workload.name if len(exporters) == 1 else cluster.name, stable_labels(shared, workload)
    elif len(exporters) == 1:
        yield exporters[0].pods.name, shared


def _workload(exporter: Exporter, model: KafkaModel) -> Resource | None:
    """The object that runs an exporter's pods."""
    pools = (pool for cluster in model.clusters for pool in cluster.nodes)
    found = next((pool.resource for pool in pools if pool.pods.identity == exporter.pods.identity), None)
    if found is not None:
        return found
    own = (one.resource for one in model.workloads if one.pods.identity == exporter.pods.identity)
    return next(own, None)


def _catches_others(selected: dict[str, str], exporters: Sequence[Exporter], port: str, model: KafkaModel) -> bool:
    """Whether labels miss one of the exporters, or hit pods with such a port that something scrapes, or may scrape."""
    selector = Selector.from_map(selected)
    if selector is None or not all(selector.matches(each.pods.labels) for each in exporters):
        return True
    wanted = {each.pods.identity for each in exporters}
    others = [one for cluster in model.clusters for one in cluster.exporters if one.pods.identity not in wanted]
    return any(
        selector.matches(one.pods.labels) is not False
        and may_share_namespace(one.pods.namespace, exporters[0].pods.namespace)
        and any(own.name in (port, None) for own in one.ports)
        and reached(one, model) is not False
        for one in others
    )


def _free_name(name: str, namespace: str | None, model: KafkaModel) -> str:
    taken = model.bundle.find(_GROUP, "PodMonitor", name, namespace)
    return name if taken is None else f"{name}-pods"


@remembered
def _prometheuses(model: KafkaModel) -> tuple[Resource, ...]:
    return tuple(model.bundle.of(_GROUP, "Prometheus", "PrometheusAgent"))


def _asked_for(model: KafkaModel, namespace: str | None) -> dict[str, str] | None:
    """Labels that a monitor needs so that Prometheus looks at it; None where it would not, or where that is open.

    Without a Prometheus in the input they are those that its monitors have in common.
    """
    if not _prometheuses(model):
        return _in_common(model.monitors)
    found: dict[str, str] = {}
    for prometheus in _prometheuses(model):
        selector = Selector.parse(prometheus.get("spec", "podMonitorSelector"))
        own = prometheus.get("spec", "podMonitorNamespaceSelector") is None
        if selector is None or selector.problem or selector.requirements:
            return None
        if own and not may_share_namespace(prometheus.namespace, namespace):
            return None
        if any(found.get(key, value) != value for key, value in selector.match_labels):
            return None
        found.update(selector.match_labels)
    return found


def _in_common(monitors: Sequence[Monitor]) -> dict[str, str]:
    """Labels that all monitors carry, save those that tell what one monitors: its name or its selector says so too."""
    if not monitors:
        return {}
    first, *others = monitors
    return {
        key: value
        for key, value in first.resource.labels.items()
        if all(other.resource.labels.get(key) == value for other in others)
        and not key.startswith(_DESCRIPTIVE)
        and key not in _OF_CHARTS
        and not any(_describes(key, value, monitor) for monitor in monitors)
    }


def _describes(key: str, value: str, monitor: Monitor) -> bool:
    selected = [part.values for part in monitor.selector.parts if part.key == key] if monitor.selector else []
    return key not in ("release", "prometheus") and (value == monitor.resource.name or (value,) in selected)
