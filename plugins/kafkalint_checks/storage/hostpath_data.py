"""KL216: data in a directory of the node."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from kafkalint.checking.check import ClusterCheck
from kafkalint.checking.finding import Finding, Level
from kafkalint.kafka.model import VolumeKind
from kafkalint.kafka.persistent_volumes import PersistentVolume
from kafkalint.kafka.phrases import capital
from kafkalint.kafka.volume_binding import classes_of_others, volumes_behind
from kafkalint_checks.storage._data import data_volumes, inhabited, nodes, what

if TYPE_CHECKING:
    from kafkalint.kafka.model import DataDirectory, KafkaCluster, KafkaModel, NodePool, Volume


class HostpathData(ClusterCheck):
    """Data of Kafka or ZooKeeper lies in a directory of the node.

    ## What it does
    Follows every data directory to a hostPath volume, in the pod itself or behind a persistent volume of the
    manifests that has no node affinity.

    ## Why is this bad?
    Nothing ties the pod to the node that has its data: rescheduled, a broker starts empty on another node, or in the
    directory that another broker left there. Two brokers on one node share the directory, nothing limits its size,
    and the pod can reach into the node's filesystem. A `local` persistent volume gives the same disk with the node
    affinity that is missing here.

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
              hostPath:
                path: /data/kafka
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
    - https://kubernetes.io/docs/concepts/storage/volumes/#hostpath
    - https://kubernetes.io/docs/concepts/storage/volumes/#local
    """

    code: ClassVar[str] = "KL216"
    name: ClassVar[str] = "hostpath-data"
    level: ClassVar[Level] = Level.ERROR

    def check(self, cluster: KafkaCluster, model: KafkaModel) -> Iterator[Finding]:
        """One finding for each volume of a pool."""
        for pool in inhabited(cluster):
            for volume, directories in data_volumes(pool, VolumeKind.HOST_PATH):
                yield self._inline(pool, volume, directories)
            for volume, directories in data_volumes(pool, VolumeKind.CLAIM_TEMPLATE, VolumeKind.CLAIM):
                behind = _behind(volume, pool, cluster, model)
                if behind and behind[0].resource in model.bundle.primary:
                    yield self._behind_claim(pool, directories, behind)

    def _inline(self, pool: NodePool, volume: Volume, directories: list[DataDirectory]) -> Finding:
        path = volume.place.child("hostPath", "path")
        return self.finding(
            path if path.written else volume.place,
            f"{capital(nodes(pool))} keep their {what(directories)} in {path.value or 'a directory'} of whichever node "
            "they run on, and not on persistent claims: on another node a pod finds no data, or another's.",
            help="Mount a claim of volumeClaimTemplates; for the nodes' own disks, one of a class of local volumes.",
        )

    def _behind_claim(
        self, pool: NodePool, directories: list[DataDirectory], volumes: list[PersistentVolume]
    ) -> Finding:
        first, *others = volumes
        return self.finding(
            first.resource.place("spec", "hostPath", "path"),
            f"PersistentVolume {first.name} is a directory of whichever node the pod runs on, and {nodes(pool)} keep "
            f"their {what(directories)} there: without node affinity, a pod on another node finds no data.",
            help="Write local instead of hostPath, and the nodeAffinity of the node that has the directory.",
            related=[(other.resource.place("spec", "hostPath", "path"), "likewise") for other in others],
        )


def _behind(volume: Volume, pool: NodePool, cluster: KafkaCluster, model: KafkaModel) -> list[PersistentVolume]:
    """Volumes that are directories of any node, where it is certain that the claims get one of these."""
    found = volumes_behind(volume, pool, model)
    if volume.claim is None or not all(_is_loose(each) for each in found):
        return []
    if volume.claim.storage_class.value in classes_of_others(cluster, model):
        names = _words(pool.name) | _words(volume.claim.name)
        return [each for each in found if _words(each.name) & names or each.claim]
    return found


def _words(name: str) -> set[str]:
    return set(re.findall(r"[a-z]{3,}", name.lower())) - {"data", "pvc", "claim", "volume", "storage"}


def _is_loose(volume: PersistentVolume) -> bool:
    return volume.source == "hostPath" and volume.node_affinity is None
