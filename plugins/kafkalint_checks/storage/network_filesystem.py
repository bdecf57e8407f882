"""KL206: data on files that are served over the network."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from kafkalint.checking.check import RunCheck
from kafkalint.checking.finding import Finding, Level
from kafkalint.kafka.model import VolumeKind
from kafkalint.kafka.phrases import capital
from kafkalint.kafka.storage_tiers import StorageFacts, classify_persistent_volume
from kafkalint_checks.storage._classes import Use, UsedClass, classes_in, classes_named, uses
from kafkalint_checks.storage._data import data_volumes, nodes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kafkalint.checking.check import Run
    from kafkalint.kafka.model import NodePool
    from kafkalint.manifests.resources import Route

_CONSEQUENCE = "renames, deletions and locks work differently there, and Kafka stops on them"
_HELP = "Use block storage, or a disk of the node: a class whose volumes one node mounts as a disk."


class NetworkFilesystem(RunCheck):
    """Data lies on a network file system.

    ## What it does
    Looks at what the data lies on: NFS, EFS, Azure Files, CephFS, GlusterFS, SMB and their like, through the storage
    class of a claim, a PersistentVolume or the volume itself. A well-known class name alone is a hint, and gives no
    more than an information.

    ## Why is this bad?
    Kafka renames and deletes segments that it still holds open. An NFS client turns such a deletion into a rename of
    its own (a `.nfs` file), Kafka cannot delete the directory, takes the log directory offline, and a broker with no
    other one stops: reassigning partitions or deleting a topic is enough. Locks that outlive a lost broker keep its
    successor from starting, and a shared server is one point of failure under all replicas.

    ## Example
    ```yaml
    apiVersion: storage.k8s.io/v1
    kind: StorageClass
    metadata:
      name: kafka-efs
    provisioner: efs.csi.aws.com
    parameters:
      provisioningMode: efs-ap
      fileSystemId: fs-12345678
    reclaimPolicy: Retain
    volumeBindingMode: WaitForFirstConsumer
    allowVolumeExpansion: true
    ---
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
            storageClassName: kafka-efs
            resources:
              requests:
                storage: 100Gi
    ```

    ## Use instead
    ```yaml
    apiVersion: storage.k8s.io/v1
    kind: StorageClass
    metadata:
      name: kafka-gp3
    provisioner: ebs.csi.aws.com
    parameters:
      type: gp3
    reclaimPolicy: Retain
    volumeBindingMode: WaitForFirstConsumer
    allowVolumeExpansion: true
    ---
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
            storageClassName: kafka-gp3
            resources:
              requests:
                storage: 100Gi
    ```

    ## References
    - https://kafka.apache.org/documentation/#diskandfs
    - https://docs.netapp.com/us-en/netapp-solutions/data-analytics/kafka-nfs-netapp-solution-for-silly-rename-issue-in-nfs-to-kafka-workload.html
    - https://sbg.technology/2018/07/10/kafka-nfs/
    """

    code: ClassVar[str] = "KL206"
    name: ClassVar[str] = "network-filesystem"
    level: ClassVar[Level] = Level.ERROR

    def check(self, run: Run) -> Iterator[Finding]:
        """One finding for each class, and for each pool whose volumes are written out."""
        for used in classes_in(run):
            if used.facts.network_filesystem:
                yield used.told(self._of_class(used))
        for used in classes_named(run):
            if used.facts.network_filesystem and not used.known.certain:
                yield used.told(self._by_name(used))
        for model in run.models:
            for use in uses(model):
                yield from self._behind(use)
            for cluster in model.clusters:
                for pool in cluster.nodes:
                    for finding in self._inline(pool):
                        yield replace(finding, cluster=cluster.name)

    def _of_class(self, used: UsedClass) -> Finding:
        return self.finding(
            used.deciding,
            f"{used.title} gives {used.users} files over the network and no disks ({used.facts.said}): {_CONSEQUENCE}.",
            help=_HELP,
        )

    def _by_name(self, used: UsedClass) -> Finding:
        return self.finding(
            used.uses[0].claim.storage_class.place,
            f"{used.title} is not in the input, and its name suggests that it gives {used.users} files over the "
            f"network and no disks ({used.facts.said}): {_CONSEQUENCE}.",
            help=f"Check the StorageClass together with these manifests. {_HELP}",
            level=Level.INFO,
        )

    def _behind(self, use: Use) -> Iterator[Finding]:
        network = use.certainly_on(lambda volume: _served(volume.spec) is not None)
        found = [(volume, served) for volume in network if (served := _served(volume.spec)) is not None]
        if found:
            (first, at), *others = found
            finding = self.finding(
                first.resource.place("spec", *at.route),
                f"PersistentVolume {first.name}, on which {nodes(use.pool)} keep their data, is a network file system "
                f"({at.facts.said}): {_CONSEQUENCE}.",
                help=_HELP,
                related=[(volume.resource.place("spec", *served.route), "likewise") for volume, served in others],
            )
            yield replace(finding, cluster=use.cluster.name)

    def _inline(self, pool: NodePool) -> Iterator[Finding]:
        for volume, _ in data_volumes(pool, VolumeKind.NETWORK, VolumeKind.OTHER):
            served = _served(volume.data)
            if served is not None and pool.replicas.value != 0:
                yield self.finding(
                    volume.place.child(*served.route),
                    f"{capital(nodes(pool))} keep their data on a network file system ({served.facts.said}): "
                    f"{_CONSEQUENCE}.",
                    help=_HELP,
                )


class _Served(NamedTuple):
    """What says that a volume is a network file system."""

    route: Route
    facts: StorageFacts


def _served(spec: Mapping[str, Any]) -> _Served | None:
    for key in spec:
        facts = classify_persistent_volume({key: spec[key]})
        if facts is not None and facts.network_filesystem:
            return _Served(("csi", "driver") if key == "csi" else (key,), facts)
    return None
