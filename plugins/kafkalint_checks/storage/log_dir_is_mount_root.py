"""KL218: log directories that are the root of a filesystem."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, ClassVar

from kafkalint.checking.check import ClusterCheck
from kafkalint.checking.finding import Applicability, Finding, Level
from kafkalint.kafka.filesystems import filesystem
from kafkalint.kafka.model import Holds, VolumeKind
from kafkalint.manifests.resources import items
from kafkalint_checks.storage._data import data_volumes, inhabited, nodes
from kafkalint_checks.storage._moving import moved

if TYPE_CHECKING:
    from kafkalint.kafka.model import DataDirectory, KafkaCluster, KafkaModel, Mount, NodePool, Volume


class LogDirIsMountRoot(ClusterCheck):
    """A log directory is the mount point of its volume, where `lost+found` is.

    ## What it does
    Compares the log directories of brokers with the mount points of their claims. Volumes that are no ext4 filesystem
    of their own (xfs by the class's parameter, network filesystems, directories of a node) are left alone, and so are
    ZooKeeper and pure controllers, which do not mind.

    ## Why is this bad?
    ext4, the default of nearly every block storage driver, makes a directory `lost+found` in the root of each
    filesystem. Kafka takes every directory in a log directory for a partition and stops: "Found directory lost+found,
    'lost+found' is not in the form of topic-partition or topic-partition.uniqueId-delete".

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
                - {name: KAFKA_LOG_DIRS, value: /var/lib/kafka/data}
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
    - https://github.com/strimzi/strimzi-kafka-operator/issues/1307
    - https://kubernetes.io/docs/concepts/storage/volumes/#using-subpath
    """

    code: ClassVar[str] = "KL218"
    name: ClassVar[str] = "log-dir-is-mount-root"
    level: ClassVar[Level] = Level.WARNING
    fix: ClassVar[Applicability] = Applicability.UNSAFE

    def check(self, cluster: KafkaCluster, model: KafkaModel) -> Iterator[Finding]:
        """One finding for each volume that may be ext4 and is a log directory from its root."""
        for pool in inhabited(cluster):
            if _clears_lost_found(pool):
                continue
            for volume, directories in data_volumes(pool, VolumeKind.CLAIM_TEMPLATE, VolumeKind.CLAIM):
                at_root = next(_at_root(directories), None)
                if at_root is not None and filesystem(volume, pool, model) in ("ext4", None):
                    yield self._finding(pool, volume, *at_root, model)

    def _finding(
        self, pool: NodePool, volume: Volume, directory: DataDirectory, mount: Mount, model: KafkaModel
    ) -> Finding:
        below = posixpath.join(mount.path, "logs")
        operation = moved(directory, below, pool, model)
        return self.finding(
            mount.place.child("mountPath"),
            f"Log directory {mount.path} of {nodes(pool)} is the root of volume {volume.name} and not a directory "
            "below it: on ext4 there is a lost+found, and Kafka does not start beside it.",
            help=f"Let log.dirs name a directory below the mount, such as {below}, or mount the volume with a subPath. "
            "Brokers that hold data need it moved there too, or they start empty.",
            fix=self.mend(f"Keep the logs in {below}; brokers that hold data need it moved there first", operation)
            if operation
            else None,
        )


def _at_root(directories: Iterable[DataDirectory]) -> Iterator[tuple[DataDirectory, Mount]]:
    """Log directories that are the root of their volume, with the mount.

    Only a broker (LogManager) reads every directory as a partition; a controller opens its one log by name.
    """
    for directory in directories:
        mount, path = directory.mount, directory.path.value
        if directory.holds is not Holds.LOGS or mount is None or path is None:
            continue
        below = mount.sub_path or mount.per_pod or mount.place.child("subPathExpr").value
        if not below and posixpath.normpath(path) == mount.path:
            yield directory, mount


def _clears_lost_found(pool: NodePool) -> bool:
    """Whether a script of the pod speaks of lost+found: it then removes it."""
    every = (*pool.template.containers, *pool.template.init_containers)
    words = (word for container in every for key in ("command", "args") for word in items(container.data.get(key)))
    return any("lost+found" in str(word) for word in words)
