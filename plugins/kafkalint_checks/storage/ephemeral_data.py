"""KL202: data that goes with its pod."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from kafkalint.checking.check import ClusterCheck
from kafkalint.checking.finding import Finding, Level
from kafkalint.kafka.model import VolumeKind
from kafkalint.kafka.phrases import capital
from kafkalint_checks.storage._data import (
    PERISHABLE,
    data_volumes,
    inhabited,
    meant_mount,
    nodes,
    on_the_container_layer,
    what,
)

if TYPE_CHECKING:
    from kafkalint.kafka.model import DataDirectory, KafkaCluster, KafkaModel, NodePool, Volume
    from kafkalint.manifests.resources import Place


class EphemeralData(ClusterCheck):
    """Data of Kafka or ZooKeeper lies where it is deleted with its pod.

    ## What it does
    Follows every data directory to what is mounted there: an emptyDir, a generic ephemeral volume, Strimzi's `type:
    ephemeral`, or nothing at all, which leaves the data on the container's own layer. Where a persistent volume is
    mounted, but beside the data, that is data-dir-not-mounted.

    ## Why is this bad?
    A pod is deleted whenever its node is drained, its spec changes or the node runs out of memory or disk. A broker
    then comes back empty and copies everything from the others, if they still have it; a controller that forgot what
    it acknowledged can make the quorum elect a leader that lacks committed records.

    ## Example
    ```yaml
    apiVersion: apps/v1
    kind: StatefulSet
    metadata:
      name: kafka
    spec:
      serviceName: kafka
      replicas: 3
      selector:
        matchLabels: {app: kafka}
      template:
        metadata:
          labels: {app: kafka}
        spec:
          containers:
            - name: kafka
              image: apache/kafka:4.1.0
              env:
                - {name: KAFKA_LOG_DIRS, value: /var/lib/kafka/data/logs}
              volumeMounts:
                - {name: data, mountPath: /var/lib/kafka/data}
          volumes:
            - name: data
              emptyDir: {}
    ```

    ## Use instead
    ```yaml
    apiVersion: apps/v1
    kind: StatefulSet
    metadata:
      name: kafka
    spec:
      serviceName: kafka
      replicas: 3
      selector:
        matchLabels: {app: kafka}
      template:
        metadata:
          labels: {app: kafka}
        spec:
          containers:
            - name: kafka
              image: apache/kafka:4.1.0
              env:
                - {name: KAFKA_LOG_DIRS, value: /var/lib/kafka/data/logs}
              volumeMounts:
                - {name: data, mountPath: /var/lib/kafka/data}
      volumeClaimTemplates:
        - metadata:
            name: data
          spec:
            accessModes: [ReadWriteOnce]
            resources:
              requests:
                storage: 100Gi
    ```

    ## References
    - https://kubernetes.io/docs/concepts/storage/volumes/#emptydir
    - https://kafka.apache.org/documentation/#kraft
    - https://strimzi.io/docs/operators/latest/deploying#assembly-storage-str
    """

    code: ClassVar[str] = "KL202"
    name: ClassVar[str] = "ephemeral-data"
    level: ClassVar[Level] = Level.ERROR
    production_only: ClassVar[bool] = True

    def check(self, cluster: KafkaCluster, model: KafkaModel) -> Iterator[Finding]:
        """One finding for each volume that goes with its pod, and one for what lies on no volume."""
        for pool in inhabited(cluster):
            for volume, directories in data_volumes(pool, *PERISHABLE):
                if meant_mount(directories[0], pool) is None:
                    yield self._on_volume(pool, volume, directories)
            bare = [directory for directory in pool.data if on_the_container_layer(directory, pool)]
            if bare and meant_mount(bare[0], pool) is None:
                yield self._on_layer(pool, bare)

    def _on_volume(self, pool: NodePool, volume: Volume, directories: list[DataDirectory]) -> Finding:
        place = _place(volume)
        words = {VolumeKind.EMPTY_DIR: "emptyDir", VolumeKind.EPHEMERAL_CLAIM: "ephemeral volume"}[volume.kind]
        where = "ephemeral storage" if place.value == "ephemeral" else f"{words} {volume.name}"
        return self.finding(
            place,
            f"{capital(nodes(pool))} keep their {what(directories)} on {where} and not on persistent claims: "
            "a pod that is deleted or rescheduled comes back empty.",
            help=_help(pool, place),
        )

    def _on_layer(self, pool: NodePool, directories: list[DataDirectory]) -> Finding:
        written = directories[0].path.place if directories[0].path.written else None
        return self.finding(
            written or (pool.server.place if pool.server else pool.resource.place()),
            f"{capital(nodes(pool))} keep their {what(directories)} on the container's own layer and not on persistent "
            "claims: the data is gone with every container that is replaced.",
            help=_help(pool, None),
        )


def _place(volume: Volume) -> Place:
    for key in ("emptyDir", "ephemeral", "type"):
        if volume.place.child(key).written:
            return volume.place.child(key)
    return volume.place


def _help(pool: NodePool, place: Place | None) -> str:
    if place is not None and place.value == "ephemeral":
        return "Write type: persistent-claim, with a size and a class."
    template = "mount a claim of its volumeClaimTemplates there"
    if not pool.stateful:
        return f"Run it as a StatefulSet and {template}."
    return f"{capital(template)}."
