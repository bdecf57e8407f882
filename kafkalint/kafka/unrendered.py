"""What an object still has to have filled in: actions of a template, variables of envsubst and Flux."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kafkalint.kafka.groups import KAFKA_GROUPS
from kafkalint.manifests.nodes import Mapping, Node, Scalar, Sequence
from kafkalint.manifests.resources import Place, Resource, Route
from kafkalint.manifests.scalars import key_text
from kafkalint.manifests.text import Span

# What only Helm can mean: its objects, and the functions that it adds to Go's templates.
_HELM = re.compile(
    r"[\s(|{-]\$?\.(?:Values|Release|Chart|Capabilities|Template|Files)\b"
    r"|\b(?:include|template|define|tpl|toYaml)\s"
)
# As envsubst and Flux have it, defaults included. A colon before a word is a config provider's (${env:X}, ${file:…}); a
# dot is a property of some program or of a volume (${pvc.name}); $${X} is an escaped one.
_VARIABLE = re.compile(r"(?<!\$)\$\{[A-Za-z_][A-Za-z0-9_]*(?::?[-=?+][^{}]*)?\}")
_KUBERNETES = frozenset(("", "apps", "batch", "policy", "extensions", "autoscaling"))
_NOT_KUBERNETES = frozenset(("kustomize.config.k8s.io", "apiextensions.k8s.io", "admissionregistration.k8s.io"))
_MONITORS = frozenset(("ServiceMonitor", "PodMonitor"))
_CONNECTORS = frozenset(("KafkaConnector", "Connector"))
_NAMES = (("apiVersion",), ("kind",), ("metadata", "name"), ("metadata", "namespace"), ("metadata", "labels"))
_FOREIGN_TEXT = frozenset(
    (
        "annotations",  # alerts and injectors have templates of their own
        "command",  # a shell's
        "args",
        "relabelings",  # Prometheus' groups
        "metricRelabelings",
        "logging",  # log4j's properties
        "configOverrides",  # Confluent's, properties and log4j both
        "sourceConnector",  # ${topic} and the like are a connector's own words
        "checkpointConnector",
        "heartbeatConnector",
    )
)
_ENVIRONMENT = frozenset(("env", "envVars", "extraEnv"))


def is_helm(text: str) -> bool:
    """Whether only Helm can mean an action."""
    return _HELM.search(text) is not None


def open_values(resource: Resource) -> Iterator[tuple[Place, str]]:
    """What has to be filled in, one part of each value that waits for it, in the order of the text."""
    for route, value in _values(resource.node):
        if "{{" not in value and "${" not in value:
            continue
        gap = _gap(value, route, resource)
        if gap:
            yield resource.place(*route, fragment=gap), value[gap.start : gap.end]


def _values(root: Node) -> Iterator[tuple[Route, str]]:
    stack: list[tuple[Route, Node]] = [((), root)]
    while stack:
        route, node = stack.pop()
        if isinstance(node, Scalar):
            yield route, node.value
        elif isinstance(node, Mapping):
            # Of a key that is written twice the last value counts, and that is where its route leads.
            values = {key_text(key): value for key, value in node.pairs}
            stack += [((*route, key), value) for key, value in reversed(values.items())]
        elif isinstance(node, Sequence):
            stack += [((*route, index), item) for index, item in reversed(list(enumerate(node.items)))]


def _gap(value: str, route: Route, resource: Resource) -> Span | None:
    if any(route[: len(name)] == name for name in _NAMES):
        return _any_gap(value)
    if not _is_known(resource) or _holds_foreign_text(resource, route):
        return None
    if _ENVIRONMENT.isdisjoint(route):
        return _any_gap(value)
    # A program may expand ${VAR} in what it finds in its environment; nobody but Helm knows .Values.
    return next((gap for gap in actions(value) if _HELM.search(value, gap.start, gap.end)), None)


def _any_gap(value: str) -> Span | None:
    variable = _VARIABLE.search(value)
    return next(actions(value), Span(*variable.span()) if variable else None)


def actions(value: str) -> Iterator[Span]:
    """The `{{ … }}` of a text."""
    # By hand, for a regular expression would look for the end of each of a million openings.
    start = value.find("{{")
    while start >= 0:
        end = value.find("}}", start)
        if end < 0:
            return
        yield Span(start, end + 2)
        start = value.find("{{", end)


def _is_known(resource: Resource) -> bool:
    """Whether all templates in such an object are ours to fill in: other kinds have their own (Argo's, Kyverno's)."""
    group = resource.group
    if group == "monitoring.coreos.com":
        return resource.kind in _MONITORS
    kubernetes = group in _KUBERNETES or (group.endswith(".k8s.io") and group not in _NOT_KUBERNETES)
    return kubernetes or group in KAFKA_GROUPS


def _holds_foreign_text(resource: Resource, route: Route) -> bool:
    if resource.kind in ("ConfigMap", "Secret"):
        return route[0] != "metadata"
    if resource.kind in _CONNECTORS and resource.group in KAFKA_GROUPS and route[0] == "spec":
        return len(route) > 1 and route[1] in ("config", "configs")
    return not _FOREIGN_TEXT.isdisjoint(route)
