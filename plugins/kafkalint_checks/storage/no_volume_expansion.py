"""KL209: volumes that cannot grow."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from kafkalint.checking.check import RunCheck
from kafkalint.checking.finding import Applicability, Finding, Level
from kafkalint.checking.fix import SetValue
from kafkalint_checks.storage._classes import UsedClass, classes_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.checking.check import Run


class NoVolumeExpansion(RunCheck):
    """The storage class does not let the volumes of the data grow.

    ## What it does
    Looks for `allowVolumeExpansion: true` in classes that hold data. Silent for folders and disks of a node that
    cannot grow anyway, and for network file systems.

    ## Why is this bad?
    A broker whose disk is full stops, and a full disk is found out about when it is full. Where expansion is allowed,
    a larger request in the claim is enough, and the broker keeps running; where it is not, every volume has to be
    replaced and filled from the other replicas. Operators refuse, or only report, a larger size.

    ## Example
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
    - https://kubernetes.io/docs/concepts/storage/persistent-volumes/#expanding-persistent-volumes-claims
    """

    code: ClassVar[str] = "KL209"
    name: ClassVar[str] = "no-volume-expansion"
    level: ClassVar[Level] = Level.WARNING
    fix: ClassVar[Applicability] = Applicability.SAFE

    def check(self, run: Run) -> Iterator[Finding]:
        """One finding for each class."""
        for used in classes_in(run):
            if used.resource.get("allowVolumeExpansion") is not True and _could_grow(used):
                yield used.told(self._finding(used))

    def _finding(self, used: UsedClass) -> Finding:
        written = used.resource.get("allowVolumeExpansion") is not None
        found = "forbids its volumes to grow" if written else "has no allowVolumeExpansion: its volumes cannot grow"
        place = used.resource.place("allowVolumeExpansion")
        return self.finding(
            place,
            f"{used.title} {found}, and when a disk of {used.users} fills up, the volume has to be replaced.",
            help="Write allowVolumeExpansion: true; it can be changed in a class that exists.",
            fix=self.mend("Set allowVolumeExpansion: true", SetValue(place, value=True)),
        )


def _could_grow(used: UsedClass) -> bool:
    facts = used.facts
    return not facts.network_filesystem and (not facts.node_local or facts.capacity_enforced is True)
