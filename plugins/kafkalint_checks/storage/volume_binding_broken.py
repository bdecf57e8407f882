"""KL211: hand-made persistent volumes that the claims cannot bind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from kafkalint.checking.check import ClusterCheck
from kafkalint.checking.finding import Finding, Level
from kafkalint.kafka.model import Setter
from kafkalint.kafka.persistent_volumes import PersistentVolume, persistent_volumes
from kafkalint.kafka.volume_binding import (
    MANY,
    Demand,
    Near,
    bind,
    classes_of_others,
    demands,
    is_bound_by_hand,
    is_meant,
    nearest,
)
from kafkalint_checks.storage._data import nodes

if TYPE_CHECKING:
    from kafkalint.kafka.model import KafkaCluster, KafkaModel


class VolumeBindingBroken(ClusterCheck):
    """A persistent volume made by hand does not fit the claims that it was made for.

    ## What it does
    Binds the claims that will exist (of templates, of an operator, by name) to the PersistentVolumes of the
    manifests, as Kubernetes would: by `claimRef`, `volumeName`, class, size, access modes, volume mode and labels. It
    looks at classes that no provisioner serves, and at volumes that mean this Kafka. What a provisioner could bring
    is not asked for.

    ## Why is this bad?
    A claim that no volume fits stays pending, and the pod with it. Two volumes on one directory give two brokers one
    disk. A `local` volume without node affinity is refused.

    ## Example
    ```yaml
    apiVersion: storage.k8s.io/v1
    kind: StorageClass
    metadata:
      name: kafka-local
    provisioner: kubernetes.io/no-provisioner
    volumeBindingMode: WaitForFirstConsumer
    ---
    apiVersion: v1
    kind: PersistentVolume
    metadata:
      name: kafka-0
    spec:
      capacity: {storage: 100Gi}
      accessModes: [ReadWriteOnce]
      storageClassName: kafka-local
      local: {path: /mnt/disks/kafka}
      nodeAffinity:
        required:
          nodeSelectorTerms:
            - matchExpressions:
                - {key: kubernetes.io/hostname, operator: In, values: [node-a]}
    ---
    apiVersion: v1
    kind: PersistentVolume
    metadata:
      name: kafka-1
    spec:
      capacity: {storage: 50Gi}
      accessModes: [ReadWriteOnce]
      storageClassName: kafka-local
      local: {path: /mnt/disks/kafka}
      nodeAffinity:
        required:
          nodeSelectorTerms:
            - matchExpressions:
                - {key: kubernetes.io/hostname, operator: In, values: [node-b]}
    ---
    apiVersion: apps/v1
    kind: StatefulSet
    metadata:
      name: kafka
    spec:
      serviceName: kafka
      replicas: 2
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
            storageClassName: kafka-local
            resources:
              requests:
                storage: 100Gi
    ```

    ## Use instead
    ```yaml
    apiVersion: storage.k8s.io/v1
    kind: StorageClass
    metadata:
      name: kafka-local
    provisioner: kubernetes.io/no-provisioner
    volumeBindingMode: WaitForFirstConsumer
    ---
    apiVersion: v1
    kind: PersistentVolume
    metadata:
      name: kafka-0
    spec:
      capacity: {storage: 100Gi}
      accessModes: [ReadWriteOnce]
      storageClassName: kafka-local
      local: {path: /mnt/disks/kafka}
      nodeAffinity:
        required:
          nodeSelectorTerms:
            - matchExpressions:
                - {key: kubernetes.io/hostname, operator: In, values: [node-a]}
    ---
    apiVersion: v1
    kind: PersistentVolume
    metadata:
      name: kafka-1
    spec:
      capacity: {storage: 100Gi}
      accessModes: [ReadWriteOnce]
      storageClassName: kafka-local
      local: {path: /mnt/disks/kafka}
      nodeAffinity:
        required:
          nodeSelectorTerms:
            - matchExpressions:
                - {key: kubernetes.io/hostname, operator: In, values: [node-b]}
    ---
    apiVersion: apps/v1
    kind: StatefulSet
    metadata:
      name: kafka
    spec:
      serviceName: kafka
      replicas: 2
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
            storageClassName: kafka-local
            resources:
              requests:
                storage: 100Gi
    ```

    ## References
    - https://kubernetes.io/docs/concepts/storage/persistent-volumes/#binding
    - https://kubernetes.io/docs/concepts/storage/persistent-volumes/#reserving-a-persistentvolume
    - https://kubernetes.io/docs/concepts/storage/volumes/#local
    """

    code: ClassVar[str] = "KL211"
    name: ClassVar[str] = "volume-binding-broken"
    level: ClassVar[Level] = Level.ERROR
    cross_resource: ClassVar[bool] = True

    def check(self, cluster: KafkaCluster, model: KafkaModel) -> Iterator[Finding]:
        """Findings about the volumes that mean this cluster, and about claims that none of them is left for."""
        volumes = list(persistent_volumes(model))
        wanted = list(demands(cluster))
        if not volumes or len(volumes) > MANY or len(wanted) > MANY:
            return
        static = [demand for demand in wanted if is_bound_by_hand(demand, volumes, model)]
        shared = classes_of_others(cluster, model)
        meant = [volume for volume in volumes if is_meant(volume, wanted, static, shared)]
        own = [volume for volume in meant if volume.resource in model.bundle.primary]
        yield from self._without_node(own)
        yield from self._on_one_disk(own)
        yield from self._unbound(static, volumes, meant, model)

    def _without_node(self, volumes: Sequence[PersistentVolume]) -> Iterator[Finding]:
        for volume in volumes:
            if volume.source == "local" and volume.node_affinity is None:
                yield self.finding(
                    volume.resource.place("spec", "nodeAffinity"),
                    f"PersistentVolume {volume.name} is local and has no nodeAffinity that names its node: Kubernetes "
                    "refuses it, and the claim stays pending.",
                    help="Write nodeAffinity.required with the kubernetes.io/hostname of the node that has the disk.",
                )

    def _on_one_disk(self, volumes: Sequence[PersistentVolume]) -> Iterator[Finding]:
        seen: dict[tuple[str, ...], PersistentVolume] = {}
        for volume in volumes:
            first = seen.setdefault(volume.disk, volume) if volume.disk is not None else volume
            if first is not volume and first.name != volume.name:
                key = {"csi": "volumeHandle"}.get(volume.source, "path")
                yield self.finding(
                    volume.resource.place("spec", volume.source, key),
                    f"PersistentVolume {volume.name} is the same {volume.source} storage as {first.name} and not "
                    "one of its own: two pods will write to one disk.",
                    help="Give each volume a disk, or at least a directory, of its own.",
                    related=[(first.resource.place("spec", first.source, key), f"PersistentVolume {first.name}")],
                )

    def _unbound(
        self,
        pinned: Sequence[Demand],
        volumes: Sequence[PersistentVolume],
        meant: Sequence[PersistentVolume],
        model: KafkaModel,
    ) -> Iterator[Finding]:
        bound = bind(pinned, volumes)
        left = [demand for index, demand in enumerate(pinned) if index not in bound]
        spare = [volume for index, volume in enumerate(volumes) if index not in bound.values() and volume in meant]
        near = nearest(left, spare)
        for each in near[: len(left)]:
            if each.volume.resource in model.bundle.primary:
                yield self._misfit(each)
        if left and meant and len(near) < len(left):
            yield from self._too_few(pinned, left, bound)

    def _misfit(self, near: Near) -> Finding:
        volume, demand, misfit = near
        claim = f"claim {demand.name}" if demand.name else f"the claims {demand.volume.name}"
        return self.finding(
            volume.resource.place(*misfit.route),
            f"PersistentVolume {volume.name} {misfit.text}: {claim} of {demand.pool.title} cannot be bound to it and "
            "stays pending.",
            help="Let volume and claim agree; what a StatefulSet's claim template asks for cannot be changed later.",
            related=[(demand.claim.place, "the claim")],
        )

    def _too_few(self, pinned: Sequence[Demand], left: Sequence[Demand], bound: dict[int, int]) -> Iterator[Finding]:
        demand = left[0]
        every = [
            index
            for index, each in enumerate(pinned)
            if each.claim.storage_class.value == demand.claim.storage_class.value
        ]
        have = sum(index in bound for index in every)
        setting = demand.claim.storage_class
        claims = "its claim is" if len(every) == 1 else f"there are {len(every)} claims"
        yield self.finding(
            setting.place if setting.by is Setter.WRITTEN else demand.claim.place,
            f"{demand.pool.title} needs volumes of class {setting.value or 'none'}, which no provisioner makes, and "
            f"the manifests have {have} that fit where {claims} to be bound: {_pods(left)} will stay pending.",
            help="Add the missing PersistentVolumes, or name a class with a provisioner.",
        )


def _pods(left: Sequence[Demand]) -> str:
    names = {demand.name for demand in left}
    return f"{len(names)} of {nodes(left[0].pool)}" if None not in names else f"some of {nodes(left[0].pool)}"
