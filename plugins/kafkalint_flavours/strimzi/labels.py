"""Labels that Strimzi's operator gives what it makes (operator-common `Labels`)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kafkalint.kafka.labels import PodLabels, Selector
from kafkalint.manifests.resources import Resource, string_map

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kafkalint_flavours.strimzi.operators import Operator

CLUSTER: Final = "strimzi.io/cluster"
KIND: Final = "strimzi.io/kind"
NAME: Final = "strimzi.io/name"
POOL: Final = "strimzi.io/pool-name"
BROKER_ROLE: Final = "strimzi.io/broker-role"
CONTROLLER_ROLE: Final = "strimzi.io/controller-role"
POD_NAME: Final = "strimzi.io/pod-name"

_OWN: Final = "strimzi.io/"
_EXCLUDED: Final = re.compile(r"app\.kubernetes\.io/(?!part-of)|kustomize\.toolkit\.fluxcd\.io")
_PATTERN_SWITCH: Final = "STRIMZI_LABELS_EXCLUSION_PATTERN"


def default_labels(resource: Resource, name: str, component: str, operator: Operator) -> dict[str, str]:
    """Labels of everything that is made for a resource (`Labels.generateDefaultLabels`)."""
    return {**_copied(resource, operator), **_own(resource.kind, resource.name, name, component)}


def node_labels(resource: Resource, cluster: str, pool: str, operator: Operator) -> dict[str, str]:
    """Labels of what is made for a pool of Kafka nodes (`KafkaPool`): one name for all pools of a cluster."""
    own = _own("Kafka", cluster, f"{cluster}-kafka", "kafka")
    return {**_copied(resource, operator), **own, POOL: pool}


def pod_labels(labels: Mapping[str, str], *added: object, pod_set: str | None = None, operator: Operator) -> PodLabels:
    """Labels of pods: those of what makes them, a template's over them, and what a StrimziPodSet adds for each pod.

    Of a resource's own labels nothing is certain where the operator was given a pattern of its own to leave some out.
    """
    known = dict(labels)
    if pod_set is not None:
        known |= {"strimzi.io/controller": "strimzipodset", "strimzi.io/controller-name": pod_set}
    for more in added:
        known |= {key: value for key, value in string_map(more).items() if _may_add(key)}
    varying = (POD_NAME,) if pod_set is not None else ()
    return PodLabels(known, frozenset(varying), _PATTERN_SWITCH not in operator.environment)


def selector(labels: Mapping[str, str], *more: str) -> Selector:
    """The selector that the operator gives Services and budgets (`Labels.strimziSelectorLabels`)."""
    return Selector(tuple((key, labels[key]) for key in (CLUSTER, KIND, NAME, POOL, *more) if key in labels))


def custom_labels(operator: Operator, variable: str) -> dict[str, str]:
    """Labels that the operator's environment adds to all pods of a component (`Util.parseMap`)."""
    pairs = (pair.partition("=") for pair in re.split(r"[,\n]", operator.environment.get(variable, "")))
    return {key.strip(): value.strip() for key, equals, value in pairs if equals and key.strip()}


def _own(kind: str, cluster: str, name: str, component: str) -> dict[str, str]:
    return {
        KIND: kind,
        NAME: name,
        CLUSTER: cluster,
        "strimzi.io/component-type": component,
        "app.kubernetes.io/name": component,
        "app.kubernetes.io/instance": _label_value(cluster),
        "app.kubernetes.io/part-of": _label_value(f"strimzi-{cluster}"),
        "app.kubernetes.io/managed-by": "strimzi-cluster-operator",
    }


def _copied(resource: Resource, operator: Operator) -> dict[str, str]:
    if _PATTERN_SWITCH in operator.environment:
        return {}
    return {key: value for key, value in resource.labels.items() if not _EXCLUDED.match(key) and _may_add(key)}


def _may_add(key: str) -> bool:
    # The operator refuses a resource with other labels of its own domain (`Labels.additionalLabels`).
    return not key.startswith(_OWN) or key.startswith(CLUSTER)


def _label_value(name: str) -> str:
    """A name cut to a valid label value (`Labels.getOrValidInstanceLabelValue`)."""
    return name[:63].rstrip(".-_")
