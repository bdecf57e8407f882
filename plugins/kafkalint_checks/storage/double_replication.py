"""KL214: data that Kafka replicates, on storage that replicates it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from kafkalint.checking.check import RunCheck
from kafkalint.checking.finding import Finding, Level
from kafkalint_checks.storage._classes import Use, UsedClass, classes_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.checking.check import Run
    from kafkalint.manifests.resources import Place, Resource

_HELP = {
    "Longhorn": 'Make a class with numberOfReplicas: "1" and dataLocality: strict-local for Kafka.',
    "Portworx": 'Make a class with repl: "1" for Kafka.',
    "Ceph": "Let the class name a pool with replicated.size: 1 and requireSafeReplicaSize: false for Kafka.",
    "GCE regional disks": "Make a class of zonal disks for Kafka, and spread the brokers over the zones.",
}


class DoubleReplication(RunCheck):
    """The storage replicates what Kafka replicates already.

    ## What it does
    Looks at the storage classes among the manifests that hold the data of several nodes: Longhorn's
    `numberOfReplicas`, Portworx's `repl`, LINSTOR's and OpenEBS' counts, regional disks of GCE, and for Ceph the size
    of the CephBlockPool that the class names, where that is among the manifests too.

    ## Why is this bad?
    With replication factor 3 on a class that keeps 3 copies, every message is written nine times, and each write
    waits for two rounds of replication. Nothing is won: Kafka survives the loss of a disk by itself, and a volume
    that is served by the storage's own pods stops with them.

    ## Example
    ```yaml
    apiVersion: storage.k8s.io/v1
    kind: StorageClass
    metadata:
      name: longhorn-kafka
    provisioner: driver.longhorn.io
    parameters:
      numberOfReplicas: "3"
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
            storageClassName: longhorn-kafka
            resources:
              requests:
                storage: 100Gi
    ```

    ## Use instead
    ```yaml
    apiVersion: storage.k8s.io/v1
    kind: StorageClass
    metadata:
      name: longhorn-kafka
    provisioner: driver.longhorn.io
    parameters:
      numberOfReplicas: "1"
      dataLocality: strict-local
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
            storageClassName: longhorn-kafka
            resources:
              requests:
                storage: 100Gi
    ```

    ## References
    - https://longhorn.io/docs/1.9.0/best-practices/#io-performance
    - https://rook.io/docs/rook/latest/CRDs/Block-Storage/ceph-block-pool-crd/
    - https://kafka.apache.org/documentation/#replication
    """

    code: ClassVar[str] = "KL214"
    name: ClassVar[str] = "double-replication"
    level: ClassVar[Level] = Level.WARNING

    def check(self, run: Run) -> Iterator[Finding]:
        """One finding for each class; data that lies on a single node is replicated by nobody else."""
        for used in classes_in(run):
            copies = _copies(used) if any(_is_replicated(use) for use in used.uses) else None
            if copies is not None:
                yield used.told(self._finding(used, copies))

    def _finding(self, used: UsedClass, copies: _Copies) -> Finding:
        system = used.facts.replicated_by or ""
        return self.finding(
            copies.place,
            f"{used.title} keeps {copies.text}, and Kafka replicates the data of {used.users} too: every message is "
            f"written {copies.times} times its replication factor.",
            help=_HELP.get(system, f"Make a class that keeps one copy (one replica of {system}) for Kafka."),
            related=[(copies.pool, "the pool")] if copies.pool is not None else [],
        )


class _Copies(NamedTuple):
    """How many copies a class keeps, in words, and what says so."""

    times: int
    text: str
    place: Place
    pool: Place | None = None


def _copies(used: UsedClass) -> _Copies | None:
    facts = used.facts
    if facts.replicated_by == "Ceph":
        return _of_pool(used)
    if facts.replicated_by is None or facts.replicas is None or facts.replicas < 2:
        return None
    name = facts.replicas_parameter
    place = used.parameter(name) if name else used.resource.place("provisioner")
    text = f"{facts.replicas} copies of each volume ({facts.replicated_by})"
    return _Copies(facts.replicas, text, place)


def _of_pool(used: UsedClass) -> _Copies | None:
    name = used.resource.text("parameters", "pool")
    pool = _block_pool(used, name)
    size = pool.get("spec", "replicated", "size") if pool is not None else None
    if pool is None or isinstance(size, bool) or not isinstance(size, int) or size < 2:
        return None
    text = f"{size} copies of each volume (CephBlockPool {name})"
    return _Copies(size, text, used.parameter("pool"), pool.place("spec", "replicated", "size"))


def _block_pool(used: UsedClass, name: str) -> Resource | None:
    """The pool of that name in the namespace of the Ceph cluster, which `clusterID` names for Rook."""
    namespace = used.resource.text("parameters", "clusterID") or None
    bundles = {id(use.model.bundle): use.model.bundle for use in used.uses}.values()
    found = (bundle.find("ceph.rook.io", "CephBlockPool", name, namespace) for bundle in bundles)
    return next((pool for pool in found if pool is not None), None)


def _is_replicated(use: Use) -> bool:
    """Whether there are several nodes of the pool's role, so that Kafka itself can keep copies."""
    groups = [group for group in use.cluster.groups if use.pool.roles & {group.role}]
    return any(group.replicas is None or group.replicas > 1 for group in groups)
