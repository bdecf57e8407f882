"""KL210: claims that are deleted with the cluster."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from kafkalint.checking.check import ClusterCheck
from kafkalint.checking.finding import Applicability, Finding, Level
from kafkalint.checking.fix import SetValue
from kafkalint.kafka.model import VolumeKind
from kafkalint_checks.storage._data import nodes

if TYPE_CHECKING:
    from kafkalint.kafka.model import KafkaCluster, KafkaModel, NodePool
    from kafkalint.manifests.resources import Place

_WHEN = {
    "deleteClaim": "the pool or the cluster is deleted",
    "whenDeleted": "the StatefulSet is deleted, be it only to change a field that cannot be changed",
    "whenScaled": "the StatefulSet is scaled down",
}


class ClaimDeletedWithCluster(ClusterCheck):
    """Persistent volume claims are deleted together with the cluster, or with a broker that is scaled away.

    ## What it does
    Looks for Strimzi's `deleteClaim: true`, and for a StatefulSet's `persistentVolumeClaimRetentionPolicy` that says
    `Delete`.

    ## Why is this bad?
    The claims are the last copy. A pool or a StatefulSet is deleted more often than one thinks: by a wrong `kubectl
    delete`, by a GitOps prune after a file was renamed, to change a field that cannot be changed. With the claims
    kept, applying the manifest again brings the data back; without them it is gone in seconds.

    ## Example
    ```yaml
    apiVersion: kafka.strimzi.io/v1
    kind: KafkaNodePool
    metadata:
      name: broker
      labels:
        strimzi.io/cluster: events
    spec:
      replicas: 3
      roles: [broker]
      storage:
        type: persistent-claim
        size: 100Gi
        deleteClaim: true
    ```

    ## Use instead
    ```yaml
    apiVersion: kafka.strimzi.io/v1
    kind: KafkaNodePool
    metadata:
      name: broker
      labels:
        strimzi.io/cluster: events
    spec:
      replicas: 3
      roles: [broker]
      storage:
        type: persistent-claim
        size: 100Gi
        deleteClaim: false
    ```

    ## References
    - https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#persistentvolumeclaim-retention
    - https://strimzi.io/docs/operators/latest/configuring#type-PersistentClaimStorage-reference
    """

    code: ClassVar[str] = "KL210"
    name: ClassVar[str] = "claim-deleted-with-cluster"
    level: ClassVar[Level] = Level.ERROR
    fix: ClassVar[Applicability] = Applicability.UNSAFE

    def check(self, cluster: KafkaCluster, model: KafkaModel) -> Iterator[Finding]:
        """One finding for each switch that deletes claims."""
        for pool in cluster.nodes:
            if any(volume.kind is VolumeKind.CLAIM_TEMPLATE for volume in pool.volumes):
                for place in pool.claims_deleted:
                    yield self._finding(pool, place)

    def _finding(self, pool: NodePool, place: Place) -> Finding:
        key = str(place.route[-1]) if place.route else ""
        keep = "false" if place.value is True else "Retain"
        found = str(place.value).lower() if place.value is True else place.value
        return self.finding(
            place,
            f"{key}: {found} deletes the persistent claims of {nodes(pool)}, and with them the data, when "
            f"{_WHEN.get(key, 'the cluster is deleted')}; {keep} keeps them.",
            help=f"Write {key}: {keep}, and delete claims by hand once nobody needs them.",
            fix=self.mend(f"Set {key}: {keep}", SetValue(place, False if place.value is True else keep)),
        )
