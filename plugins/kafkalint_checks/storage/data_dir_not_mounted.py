"""KL203: a data directory beside the persistent volume."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from kafkalint.checking.check import ClusterCheck
from kafkalint.checking.finding import Applicability, Finding, Level
from kafkalint.checking.fix import SetValue
from kafkalint.kafka.claims import claim_uses
from kafkalint.kafka.model import Holds, VolumeKind
from kafkalint.kafka.phrases import capital
from kafkalint.manifests.resources import Place
from kafkalint.manifests.text import Span
from kafkalint_checks.storage._data import (
    PERISHABLE,
    inhabited,
    meant_mount,
    meant_mounts,
    nodes,
    on_the_container_layer,
    what,
)
from kafkalint_checks.storage._moving import may_move, moved

if TYPE_CHECKING:
    from kafkalint.checking.fix import Fix, Operation
    from kafkalint.kafka.model import DataDirectory, KafkaCluster, KafkaModel, Mount, NodePool, Setting

_PATH = "mountPath"
_NAMES = {Holds.LOGS: "logs", Holds.METADATA: "metadata"}
"""What a directory below the mount is called."""


class DataDirNotMounted(ClusterCheck):
    """A data directory lies beside the persistent volume that is mounted for it.

    ## What it does
    Takes the directories that the server will really use, from its environment, its properties file, its command line
    or the image's default, and looks for the volume under each. It speaks where none of them lasts although a
    persistent volume is mounted elsewhere in the same container. The fix makes Kafka write below the mount, if only
    one can be meant; what is on the pods until then goes with them, as at any other restart.

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
                yield self._finding(pool, place, [directory for directory, _ in found], found[0][1], model)

    def _finding(
        self, pool: NodePool, place: Place, directories: list[DataDirectory], meant: Mount, model: KafkaModel
    ) -> Finding:
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
            fix=self._fix(pool, directories, meant, model),
        )

    def _fix(self, pool: NodePool, directories: list[DataDirectory], meant: Mount, model: KafkaModel) -> Fix | None:
        """None where several answers are right, and for ZooKeeper, whose scripts write `myid` beside its data."""
        directory = directories[0]
        only = len(directories) == 1 and meant_mounts(directory, pool) == [meant]
        if not only or directory.holds not in _NAMES or not _is_for_one(meant, directory, pool, model):
            return None
        overruled = _overruled(directory, pool)
        path = posixpath.join(meant.path, _NAMES[directory.holds])
        if overruled and (overruled.value or "").startswith(f"{meant.path}/"):
            path = overruled.value or ""
        if overruled:
            operations = _renamed(overruled, path, pool) if may_move(directory, path, pool) else ()
        else:
            operation = moved(directory, path, pool, model)
            operations = (operation,) if operation else ()
        return self.mend(f"Keep the data in {path}, on volume {meant.volume}", *operations) if operations else None


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


def _renamed(overruled: Setting[str], path: str, pool: NodePool) -> tuple[Operation, ...]:
    """Call a `log.dir` that has no effect `log.dirs`, with this path; nothing where that cannot be told apart."""
    place, old = overruled.place, overruled.value or ""
    if place.route[-1] == "value" and "env" in place.route:
        name, wanted = Place(place.resource, (*place.route[:-1], "name")), pool.config.variables.get("log.dirs")
        called = (SetValue(name, wanted),) if wanted == f"{name.value}S" and place.value == old else ()
        return (*called, SetValue(place, path)) if called and path != old else called
    text = place.value if isinstance(place.value, str) else ""
    start, end = place.fragment or (0, len(text))
    written = rf"(?<![\w.])log\.dir([ \t]*=[ \t]*){re.escape(old)}(?![\w./-])"
    found = list(re.finditer(written, text[start:end]))
    if len(found) != 1:
        return ()
    whole = Span(start + found[0].start(), start + found[0].end())
    return (SetValue(Place(place.resource, place.route, whole), f"log.dirs{found[0].group(1)}{path}"),)


def _is_for_one(meant: Mount, directory: DataDirectory, pool: NodePool, model: KafkaModel) -> bool:
    """Whether a mount's volume is one that each pod may write to alone, and that holds no other log directory."""
    volume = next((volume for volume in pool.volumes if volume.name == meant.volume), None)
    if volume is None or volume.claim is None or meant.place.child("readOnly").value is True:
        return False
    logs = [other for other in pool.data if other.volume == volume and other.holds is Holds.LOGS]
    if directory.holds is Holds.LOGS and logs:
        return False
    if volume.kind is VolumeKind.CLAIM_TEMPLATE:
        return True
    users = [use for use in claim_uses(model, pool.namespace) if use.claim == volume.claim.name]
    shared = pool.replicas.value != 1 or len(users) > 1 or "ReadWriteMany" in (volume.claim.access_modes.value or ())
    return volume.kind is VolumeKind.CLAIM and not shared
