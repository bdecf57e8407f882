"""The pods that the operator makes of a component: labels, pod spec, and the container that runs the server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kafkalint.kafka.labels import PodLabels
from kafkalint.kafka.model import Container, MetricsPort, PodTemplate
from kafkalint.manifests.resources import items, string_map
from kafkalint.manifests.shapes import mapping, text
from kafkalint_flavours.confluent.fields import has_overlay, type_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.manifests.resources import Resource

METRICS_PORT = MetricsPort("prometheus", 7778)
"""The JMX exporter's port; JMX itself and Jolokia have 7203 and 7777 (the Services that the operator makes)."""

PORTS = (METRICS_PORT, MetricsPort(None, 7777), MetricsPort(None, 7203))
"""The ports that every component has."""

_TEMPLATE = ("spec", "podTemplate")
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_SAME_NAMES = (
    "topologySpreadConstraints",
    "tolerations",
    "priorityClassName",
    "terminationGracePeriodSeconds",
    "serviceAccountName",
)
# The CRD names no default of these, and does not say that there is none.
_MAY_BE_SET = frozenset({"terminationGracePeriodSeconds", "securityContext"})
_VARYING = ("statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index", "controller-revision-hash")
# The examples' dashboard is fed by the Prometheus chart's job for annotated pods (monitoring/grafana-dashboard).
_ANNOTATIONS = {"prometheus.io/scrape": "true", "prometheus.io/port": str(METRICS_PORT.number)}


def labels_of(resource: Resource) -> PodLabels:
    """The labels of a component's pods, as examples/scheduling/pod-scheduling shows them."""
    own = {
        "app": resource.name,
        "confluent-platform": "true",
        "type": type_of(resource),
        "platform.confluent.io/type": type_of(resource),
    }
    varying: tuple[str, ...] = _VARYING
    if resource.namespace is None:
        varying = (*varying, "clusterId")
    else:
        own["clusterId"] = resource.namespace
    written = string_map(resource.get(*_TEMPLATE, "labels"))
    # `injectLabels` is for "the internal resources"; whether pods are among them is not said.
    complete = not has_overlay(resource) and not resource.get("spec", "injectLabels")
    return PodLabels.parse({**written, **own}, varying, complete=complete)


def template_of(resource: Resource) -> PodTemplate:
    """The pods of a component."""
    spec = dict(_pod_spec(resource))
    server = server_of(resource)
    spec["containers"] = [dict(server.data)]
    return PodTemplate(
        labels=labels_of(resource),
        spec=spec,
        base=resource.place(*_TEMPLATE),
        parts={
            "affinity": resource.place(*_affinity_route(resource)),
            "securityContext": resource.place(*_TEMPLATE, "podSecurityContext"),
            "volumes": resource.place("spec", "mountedVolumes", "volumes"),
        },
        labels_place=resource.place(*_TEMPLATE, "labels"),
        annotations={**_ANNOTATIONS, **string_map(resource.get(*_TEMPLATE, "annotations"))},
        containers=(server,),
        complete=not has_overlay(resource),
        unknown=_MAY_BE_SET - spec.keys(),
        one_per_node=resource.place("spec", "oneReplicaPerNode"),
    )


def server_of(resource: Resource) -> Container:
    """The container that runs the component, as far as its resource decides it."""
    template = mapping(resource.get(*_TEMPLATE))
    probe = mapping(template.get("probe"))
    image = text(resource.get("spec", "image", "application")) or ""
    found: dict[str, Any] = {
        "image": image,
        "imagePullPolicy": resource.get("spec", "image", "pullPolicy"),
        "resources": template.get("resources"),
        "securityContext": template.get("securityContext"),
        "env": template.get("envVars"),
        "livenessProbe": probe.get("liveness"),
        "readinessProbe": probe.get("readiness"),
        "volumeMounts": resource.get("spec", "mountedVolumes", "volumeMounts"),
    }
    name = type_of(resource)
    return Container(
        name=name,
        image=image,
        data={"name": name, **{key: value for key, value in found.items() if value is not None}},
        place=resource.place(*_TEMPLATE),
        parts={
            "image": resource.place("spec", "image", "application"),
            "imagePullPolicy": resource.place("spec", "image", "pullPolicy"),
            "env": resource.place(*_TEMPLATE, "envVars"),
            "livenessProbe": resource.place(*_TEMPLATE, "probe", "liveness"),
            "readinessProbe": resource.place(*_TEMPLATE, "probe", "readiness"),
            "volumeMounts": resource.place("spec", "mountedVolumes", "volumeMounts"),
        },
    )


def _pod_spec(resource: Resource) -> Iterator[tuple[str, Any]]:
    template = mapping(resource.get(*_TEMPLATE))
    affinity = _affinity(resource)
    if affinity:
        yield "affinity", affinity
    for name in _SAME_NAMES:
        if template.get(name) is not None:
            yield name, template[name]
    if template.get("podSecurityContext") is not None:
        yield "securityContext", template["podSecurityContext"]
    volumes = items(resource.get("spec", "mountedVolumes", "volumes"))
    if volumes:
        yield "volumes", volumes


def _affinity(resource: Resource) -> dict[str, Any]:
    """The written affinity, and the anti-affinity that `oneReplicaPerNode: true` asks for (CRD text) behind it."""
    written = mapping(resource.get(*_TEMPLATE, "affinity"))
    if not _is_one_per_node(resource):
        return written
    anti = mapping(written.get("podAntiAffinity"))
    labels = {"app": resource.name, "platform.confluent.io/type": type_of(resource)}
    term = {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": labels}}
    return {**written, "podAntiAffinity": {**anti, _REQUIRED: [*items(anti.get(_REQUIRED)), term]}}


def _affinity_route(resource: Resource) -> tuple[str, ...]:
    if _is_one_per_node(resource) and not resource.get(*_TEMPLATE, "affinity"):
        return ("spec", "oneReplicaPerNode")
    return (*_TEMPLATE, "affinity")


def _is_one_per_node(resource: Resource) -> bool:
    return resource.get("spec", "oneReplicaPerNode") is True
