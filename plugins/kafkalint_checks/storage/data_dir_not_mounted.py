"""KL203: a data directory beside the persistent volume."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from kafkalint.checking.check import ClusterCheck
from kafkalint.checking.finding import Applicability, Finding, Level
from kafkalint.kafka.model import Holds
from kafkalint.kafka.phrases import capital
from kafkalint_checks.storage._data import (
    PERISHABLE,
    inhabited,
    meant_mount,
    nodes,
    on_the_container_layer,
    what,
)

if TYPE_CHECKING:
    from kafkalint.kafka.model import DataDirectory, KafkaCluster, KafkaModel, Mount, NodePool, Setting
    from kafkalint.manifests.resources import Place

_PATH = "mountPath"


class DataDirNotMounted(ClusterCheck):
    """A data directory lies beside the persistent volume that is mounted for it.

    ## What it does
    Takes the directories that the server will really use, from its environment, its properties file, its command line
    or the image's default, and looks for the volume under each. It speaks where none of them lasts although a
    persistent volume is mounted elsewhere in the same container.

    ## Why is this bad?
    Everything works, and the volume stays empty: the data is on the container's own layer, or on a scratch volume,
    and is gone with the pod. `apache/kafka` writes to `/tmp/kafka-logs` as soon as one `KAFKA_*` variable is set,
    whatever its Dockerfile declares as a volume.

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
                - {name: KAFKA_LOG_DIRS, value: /var/lib/kafka/logs}
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
    - https://github.com/apache/kafka/blob/trunk/docker/examples/README.md
    - https://kafka.apache.org/documentation/#brokerconfigs_log.dirs
    """

    code: ClassVar[str] = "KL203"
    name: ClassVar[str] = "data-dir-not-mounted"
    level: ClassVar[Level] = Level.ERROR
    fix: ClassVar[Applicability] = Applicability.UNSAFE

    def check(self, cluster: KafkaCluster, model: KafkaModel) -> Iterator[Finding]:
        """One finding for each place that sets directories which miss the volume."""
        for pool in inhabited(cluster):
            missed: dict[Place, list[tuple[DataDirectory, Mount]]] = {}
            for directory in pool.data:
                mount = meant_mount(directory, pool) if _is_lost(directory, pool) else None
                if mount is not None:
                    missed.setdefault(_place(directory, mount, pool), []).append((directory, mount))
            for place, found in missed.items():
                yield self._finding(pool, place, [directory for directory, _ in found], found[0][1])

    def _finding(self, pool: NodePool, place: Place, directories: list[DataDirectory], meant: Mount) -> Finding:
        volume = directories[0].volume
        where = f"{volume.kind.value} {volume.name}" if volume else "the container's own layer"
        path = directories[0].path.value or ""
        overruled = _overruled(directories[0], pool)
        beaten = f" (log.dirs of the image's file beats log.dir={overruled.value})" if overruled else ""
        return self.finding(
            place,
            f"{capital(nodes(pool))} keep their {what(directories)} on {where}{beaten}: volume {meant.volume}, which "
            f"would last, is mounted at {meant.path}, and the data is gone with every pod that is replaced.",
            help=f"Set log.dirs to a directory below {meant.path}."
            if overruled
            else f"Mount {meant.volume} at a directory above {path}, or let the server write below {meant.path}.",
            related=[(meant.place, "the volume that was probably meant")] if place != meant.place.child(_PATH) else [],
        )


def _is_lost(directory: DataDirectory, pool: NodePool) -> bool:
    if directory.volume is not None:
        return directory.volume.kind in PERISHABLE
    return on_the_container_layer(directory, pool)


def _place(directory: DataDirectory, meant: Mount, pool: NodePool) -> Place:
    """The path, where the manifests state it; else the mount, for the image's default stands nowhere."""
    if directory.path.written:
        return directory.path.place
    overruled = _overruled(directory, pool)
    return overruled.place if overruled else meant.place.child(_PATH)


def _overruled(directory: DataDirectory, pool: NodePool) -> Setting[str] | None:
    """A `log.dir` that is written and has no effect: `log.dirs`, of the image's own file, beats it."""
    setting = pool.config.entries.get("log.dir")
    if directory.holds is Holds.ZOOKEEPER or directory.path.written or setting is None:
        return None
    return setting if setting.written and setting.value != directory.path.value else None
