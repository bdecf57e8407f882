"""Where in a mapping people expect a key."""

from __future__ import annotations

from bisect import bisect_left
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# As the API reference, `kubectl explain` and most manifests have them; each for one kind of mapping.
_ORDERS: tuple[tuple[str, ...], ...] = (
    ("apiVersion", "kind", "metadata", "spec", "data"),
    (
        "apiVersion",
        "kind",
        "metadata",
        "provisioner",
        "parameters",
        "reclaimPolicy",
        "allowVolumeExpansion",
        "mountOptions",
        "volumeBindingMode",
        "allowedTopologies",
    ),
    ("name", "generateName", "namespace", "labels", "annotations"),
    (
        "metadata",
        "serviceAccountName",
        "securityContext",
        "terminationGracePeriodSeconds",
        "nodeSelector",
        "affinity",
        "topologySpreadConstraints",
        "tolerations",
        "initContainers",
        "containers",
        "volumes",
    ),
    ("nodeAffinity", "podAffinity", "podAntiAffinity"),
    ("requiredDuringSchedulingIgnoredDuringExecution", "preferredDuringSchedulingIgnoredDuringExecution"),
    ("type", "clusterIP", "publishNotReadyAddresses", "selector", "ports"),
    ("minAvailable", "maxUnavailable", "selector"),
    (
        "serviceName",
        "podManagementPolicy",
        "replicas",
        "selector",
        "updateStrategy",
        "template",
        "volumeClaimTemplates",
    ),
    (
        "name",
        "image",
        "imagePullPolicy",
        "command",
        "args",
        "ports",
        "envFrom",
        "env",
        "resources",
        "livenessProbe",
        "readinessProbe",
        "volumeMounts",
    ),
    ("name", "mountPath", "subPath", "subPathExpr", "readOnly"),
    ("metadata", "spec"),
    ("replicas", "roles", "storage", "resources", "jvmOptions", "template"),
    (
        "version",
        "metadataVersion",
        "replicas",
        "image",
        "listeners",
        "authorization",
        "config",
        "storage",
        "rack",
        "resources",
        "jvmOptions",
        "template",
        "metricsConfig",
    ),
    ("kafka", "zookeeper", "entityOperator", "cruiseControl", "kafkaExporter"),
    (
        "replicas",
        "image",
        "dataVolumeCapacity",
        "logVolumeCapacity",
        "storageClass",
        "oneReplicaPerNode",
        "rackAssignment",
        "configOverrides",
        "podTemplate",
        "metrics",
    ),
    ("selector", "namespaceSelector", "podMetricsEndpoints", "endpoints"),
)


def place_for(key: str, siblings: Sequence[str], *, alphabetical: bool = False) -> tuple[int, bool]:
    """Behind which of the siblings a key goes, by index; or, where the second value is true, in front of it.

    Where nobody expects it anywhere, at its place in the alphabet if the siblings keep to that, else beside its kin
    (`log.retention.ms` beside `log.segment.bytes`), else last. In a document that is `alphabetical` that comes first.
    """
    if alphabetical and _in_alphabet(siblings):
        return _by_alphabet(key, siblings)
    usual = _by_usage(key, siblings)
    if usual is not None:
        return usual
    if len(siblings) > 3 and _in_alphabet(siblings):
        return _by_alphabet(key, siblings)
    return _beside_kin(key, siblings), False


def _by_usage(key: str, siblings: Sequence[str]) -> tuple[int, bool] | None:
    order = max(_orders(key), key=lambda order: len(set(order) & set(siblings)), default=())
    rank = {name: number for number, name in enumerate(order)}
    mine = rank.get(key, -1)
    before = [index for index, name in enumerate(siblings) if 0 <= rank.get(name, -1) < mine]
    after = [index for index, name in enumerate(siblings) if rank.get(name, -1) > mine >= 0]
    if before and (not after or before[-1] < after[0]):
        return before[-1], False
    if after:
        return (after[0] - 1, False) if after[0] > 0 else (0, True)
    return None


def _in_alphabet(siblings: Sequence[str]) -> bool:
    return all(one < other for one, other in pairwise(siblings))


def _by_alphabet(key: str, siblings: Sequence[str]) -> tuple[int, bool]:
    index = bisect_left(siblings, key)
    return (index - 1, False) if index else (0, True)


def _beside_kin(key: str, siblings: Sequence[str]) -> int:
    """The last sibling of those that share most of a dotted name; the last of all where none shares any."""
    family = key.rpartition(".")[0]
    while family:
        kin = [index for index, name in enumerate(siblings) if name.startswith(f"{family}.")]
        if kin:
            return kin[-1]
        family = family.rpartition(".")[0]
    return len(siblings) - 1


def _orders(key: str) -> Iterable[tuple[str, ...]]:
    return (order for order in _ORDERS if key in order)
