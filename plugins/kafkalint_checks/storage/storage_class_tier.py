"""KL205: data on storage that is slower, or less durable, than Kafka needs."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

from kafkalint.checking.check import Option, RunCheck
from kafkalint.checking.finding import Finding, Level
from kafkalint.kafka.phrases import capital
from kafkalint.kafka.storage_tiers import Tier
from kafkalint_checks.storage._classes import UsedClass, classes_in, classes_named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.checking.check import Run

_DISKS = {
    Tier.UNSUITABLE: "storage that Kafka breaks on",
    Tier.DEVELOPMENT: "a folder of the node",
    Tier.SLOW: "spinning disks",
    Tier.BURST: "SSDs that live on burst credits",
    Tier.STANDARD: "SSDs with a steady rate",
    Tier.PREMIUM: "SSDs with a guaranteed rate",
}
_CONSEQUENCES = {
    Tier.UNSUITABLE: "brokers stop on I/O errors, or lose what they wrote",
    Tier.DEVELOPMENT: "no size is enforced, and the data goes with the node",
    Tier.SLOW: "replication, catch-up reads and recovery all wait for the same heads",
    Tier.BURST: "once the credits are spent, replicas fall out of sync",
    Tier.STANDARD: "writes may wait when the load is high",
}


class StorageClassTier(RunCheck):
    """The storage class of the data is of a lower tier than Kafka needs.

    ## What it does
    Judges the class of every claim that holds data by its provisioner and parameters, with the driver's defaults for
    what is not written. A class that is not among the manifests is judged by what the configuration of kafkalint
    says:

        storage-classes: {fast-ssd: premium}

    A well-known name alone is a hint, and gives no more than an information; so does a class of which nothing is
    known. The option `need` says which tier is enough: `development`, `slow`, `burst`, `standard` (the default) or
    `premium`. Network file systems are left to network-filesystem.

    ## Why is this bad?
    Every write of every replica goes to this disk, and consumers that lag behind read from it at the same time.
    Spinning disks and volumes that have spent their burst credits let replicas fall out of sync exactly when the load
    is high; a folder of the node has no size limit and is gone with the node.

    ## Example
    ```yaml
    apiVersion: storage.k8s.io/v1
    kind: StorageClass
    metadata:
      name: kafka-hdd
    provisioner: ebs.csi.aws.com
    parameters:
      type: st1
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
            storageClassName: kafka-hdd
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
    - https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html
    - https://cloud.google.com/compute/docs/disks
    """

    code: ClassVar[str] = "KL205"
    name: ClassVar[str] = "storage-class-tier"
    level: ClassVar[Level] = Level.WARNING
    production_only: ClassVar[bool] = True
    options: ClassVar[Mapping[str, Option]] = MappingProxyType(
        {
            "need": Option(
                Tier.STANDARD.name.lower(),
                "The lowest tier that data may lie on.",
                tuple(tier.name.lower() for tier in Tier if tier > Tier.UNSUITABLE),
            )
        }
    )

    def check(self, run: Run) -> Iterator[Finding]:
        """One finding for each class; for one that is not in the input, in each cluster that names it."""
        for used in (*classes_in(run), *classes_named(run)):
            need = Tier[self.option("need", used.uses[0].model.settings).upper()]
            finding = None if used.facts.network_filesystem else self._judged(used, need)
            if finding is not None:
                yield used.told(finding)

    def _judged(self, used: UsedClass, need: Tier) -> Finding | None:
        tier = used.facts.tier
        if tier is None:
            return self._unknown(used)
        if tier >= need:
            return None
        if not used.known.certain:
            return self._suggested(used, tier, need)
        return self._too_low(used, tier, need)

    def _too_low(self, used: UsedClass, tier: Tier, need: Tier) -> Finding:
        return self.finding(
            used.uses[0].claim.storage_class.place if used.known.resource is None else used.deciding,
            f"{used.title} ({used.facts.said}) gives {used.users} {_DISKS[tier]} where {_DISKS[need]} are asked for: "
            f"{_CONSEQUENCES[tier]}.",
            help="Make a class of faster disks and let the claims name that: a class's parameters cannot be changed, "
            "and volumes keep the disks that they were made on.",
            level=Level.ERROR if tier is Tier.UNSUITABLE else None,
        )

    def _suggested(self, used: UsedClass, tier: Tier, need: Tier) -> Finding:
        return self.finding(
            used.uses[0].claim.storage_class.place,
            f"{used.title} is not in the input, and its name suggests that it gives {used.users} {_DISKS[tier]} where "
            f"{_DISKS[need]} are asked for ({used.facts.said}).",
            help=_decide(used),
            level=Level.INFO,
        )

    def _unknown(self, used: UsedClass) -> Finding:
        inside = used.known.resource is not None
        why = f"does not say what is behind it ({used.facts.said})" if inside else "is not in the input"
        return self.finding(
            used.deciding if inside else used.uses[0].claim.storage_class.place,
            f"{used.title} {why}: the disks that it gives {used.users} may be slower than Kafka needs.",
            help=_decide(used),
            level=Level.INFO,
        )


def _decide(used: UsedClass) -> str:
    line = f"say what it is in .kafkalint.yaml, such as `storage-classes: {{{used.known.name}: standard}}`"
    if used.known.resource is not None:
        return f"{capital(line)}."
    return f"Check the StorageClass together with these manifests, or {line}."
