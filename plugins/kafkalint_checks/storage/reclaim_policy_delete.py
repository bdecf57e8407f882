"""KL207: volumes that are deleted together with their claims."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from kafkalint.checking.check import RunCheck
from kafkalint.checking.finding import Applicability, Finding, Level
from kafkalint.checking.fix import SetValue
from kafkalint.kafka.volume_binding import NO_PROVISIONER
from kafkalint_checks.storage._classes import Use, UsedClass, classes_in, uses
from kafkalint_checks.storage._data import nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.checking.check import Run

_POLICY = ("spec", "persistentVolumeReclaimPolicy")
_KEEP = "Retain"


class ReclaimPolicyDelete(RunCheck):
    """The volumes of the data are deleted with their claims.

    ## What it does
    Looks at the reclaim policy of the storage classes and the PersistentVolumes that hold data. A class that states
    none has `Delete`, a PersistentVolume that was made by hand `Retain`.

    ## Why is this bad?
    A claim is easily deleted: with its namespace, by a GitOps tool that prunes, by `kubectl delete -f` or `helm
    uninstall` and the like. With `Delete` the disk goes in the same moment, and when it happens to a whole namespace
    it goes on all brokers at once, replicas and all. With `Retain` the disk stays, and a new claim can be bound to
    it.

    ## Example
    ```yaml
    apiVersion: storage.k8s.io/v1
    kind: StorageClass
    metadata:
      name: kafka-gp3
    provisioner: ebs.csi.aws.com
    parameters:
      type: gp3
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
    - https://kubernetes.io/docs/concepts/storage/persistent-volumes/#reclaiming
    - https://kubernetes.io/docs/concepts/storage/storage-classes/#reclaim-policy
    """

    code: ClassVar[str] = "KL207"
    name: ClassVar[str] = "reclaim-policy-delete"
    level: ClassVar[Level] = Level.WARNING
    fix: ClassVar[Applicability] = Applicability.UNSAFE

    def check(self, run: Run) -> Iterator[Finding]:
        """One finding for each class, and for the volumes of a claim that are in the input themselves."""
        for used in classes_in(run):
            if _deletes(used):
                yield used.told(self._of_class(used))
        for model in run.models:
            for use in uses(model):
                yield from self._behind(use)

    def _of_class(self, used: UsedClass) -> Finding:
        written = used.resource.get("reclaimPolicy") is not None
        found = "reclaimPolicy Delete" if written else "no reclaimPolicy, which means Delete,"
        place = used.resource.place("reclaimPolicy")
        return self.finding(
            place,
            f"{used.title} has {found} and not Retain: the data of {used.users} goes when its claims are deleted.",
            help="Write reclaimPolicy: Retain. A class that exists has to be made anew; its volumes keep the policy "
            "that they have until it is changed in themselves (persistentVolumeReclaimPolicy).",
            fix=self.mend(f"Set {place.path}: {_KEEP}", SetValue(place, _KEEP)),
        )

    def _behind(self, use: Use) -> Iterator[Finding]:
        found = use.certainly_on(lambda volume: volume.spec.get(_POLICY[1]) in ("Delete", "Recycle"))
        if found:
            first = found[0]
            places = [each.resource.place(*_POLICY) for each in found]
            finding = self.finding(
                places[0],
                f"PersistentVolume {first.name} has {_POLICY[1]} {first.spec[_POLICY[1]]} and not Retain: the data of "
                f"{nodes(use.pool)} goes as soon as its claim is deleted.",
                help=f"Write {_POLICY[1]}: Retain.",
                related=[(place, "likewise") for place in places[1:]],
                fix=self.mend(f"Set {_POLICY[1]}: {_KEEP}", *(SetValue(place, _KEEP) for place in places)),
            )
            yield replace(finding, cluster=use.cluster.name)


def _deletes(used: UsedClass) -> bool:
    """Whether the class deletes its volumes; where those are made by hand, only a policy that is written counts."""
    policy = used.resource.get("reclaimPolicy")
    if policy is None:
        return used.resource.text("provisioner") != NO_PROVISIONER
    return bool(policy == "Delete")
