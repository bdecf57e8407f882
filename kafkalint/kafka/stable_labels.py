"""Labels that pods will still carry after the next release: what a selector should ask for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from kafkalint.manifests.resources import string_map

if TYPE_CHECKING:
    from kafkalint.kafka.labels import PodLabels
    from kafkalint.manifests.resources import Resource

# Labels that change with a release, or that everything of an installation carries.
_UNSUITABLE: Final = ("helm.sh/chart", "chart", "heritage", "app.kubernetes.io/version", "app.kubernetes.io/managed-by")


def shared_labels(pods: Iterable[PodLabels]) -> dict[str, str]:
    """Labels that all of these pods carry with the same value."""
    first, *others = (each.known for each in pods)
    return {key: value for key, value in first.items() if all(other.get(key) == value for other in others)}


def asked_labels(workload: Resource) -> dict[str, str]:
    """The labels by which a workload finds its pods: that can never be changed."""
    return string_map(workload.get("spec", "selector", "matchLabels"))


def stable_labels(shared: Mapping[str, str], workload: Resource) -> dict[str, str]:
    """Of labels that pods share those by which their workload finds them, which never change; else all that last."""
    selected = {key: value for key, value in asked_labels(workload).items() if shared.get(key) == value}
    return selected or {key: value for key, value in shared.items() if key not in _UNSUITABLE}
