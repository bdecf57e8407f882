"""Who mounts which PersistentVolumeClaim by its name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from kafkalint.kafka.pods import pod_route
from kafkalint.kafka.remembering import remembered
from kafkalint.manifests.resources import Place, Resource, dig, items

if TYPE_CHECKING:
    from kafkalint.kafka.model import KafkaModel


class ClaimUse(NamedTuple):
    """A workload that mounts a claim, and the `claimName` that says so."""

    resource: Resource
    claim: str
    place: Place

    @property
    def title(self) -> str:
        """The workload as messages name it."""
        return f"{self.resource.kind} {self.resource.name}"


def claim_uses(model: KafkaModel, namespace: str | None) -> Iterator[ClaimUse]:
    """Workloads of a namespace that mount claims by name and may write to them, in the order of the input.

    A Job is left out: it prepares a volume, and has ended when the servers run.
    """
    yield from _uses_by_namespace(model).get(namespace, ())


@remembered
def _uses_by_namespace(model: KafkaModel) -> dict[str | None, list[ClaimUse]]:
    found: dict[str | None, list[ClaimUse]] = defaultdict(list)
    for workload in model.workloads:
        found[workload.resource.namespace] += _uses_of(workload.resource)
    return found


def _uses_of(resource: Resource) -> Iterator[ClaimUse]:
    route = pod_route(resource)
    if route is None or resource.kind == "Job":
        return
    for index, volume in enumerate(items(resource.get(*route, "spec", "volumes"))):
        name = dig(volume, "persistentVolumeClaim", "claimName")
        if isinstance(name, str) and dig(volume, "persistentVolumeClaim", "readOnly") is not True:
            at = (*route, "spec", "volumes", index, "persistentVolumeClaim", "claimName")
            yield ClaimUse(resource, name, resource.place(*at))
