"""KL212: claim templates with an access mode that one writer has no use for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from kafkalint.checking.check import ClusterCheck
from kafkalint.checking.finding import Applicability, Finding, Level
from kafkalint.kafka.model import VolumeKind
from kafkalint_checks._immutable import ANEW
from kafkalint_checks.storage._data import data_volumes, inhabited, nodes
from kafkalint_checks.storage._modes import may_be_once, without

if TYPE_CHECKING:
    from kafkalint.kafka.model import Claim, KafkaCluster, KafkaModel, NodePool
    from kafkalint_checks.storage._modes import Change

_CONSEQUENCES = {
    "ReadWriteMany": "block storage does not offer it, and nothing keeps a second pod from writing to the data",
    "ReadOnlyMany": "it cannot be written to",
}


class AccessMode(ClusterCheck):
    """A claim template asks for `ReadWriteMany` or `ReadOnlyMany` although one pod writes to it.

    ## What it does
    Looks at the access modes of the claim templates that hold data. A claim that several pods share is
    volume-not-one-to-one.

    ## Why is this bad?
    A broker is the only writer of its volume. `ReadWriteMany` rules out block storage, so that the claim ends on a
    network filesystem, or stays pending, and nothing keeps a second pod from mounting the data; `ReadOnlyMany` is not
    to be written to at all.

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
      volumeClaimTemplates:
        - metadata:
            name: data
          spec:
            accessModes: [ReadWriteMany]
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
    - https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes
    """

    code: ClassVar[str] = "KL212"
    name: ClassVar[str] = "access-mode"
    level: ClassVar[Level] = Level.WARNING
    fix: ClassVar[Applicability] = Applicability.UNSAFE

    def check(self, cluster: KafkaCluster, model: KafkaModel) -> Iterator[Finding]:
        """One finding for each claim template, at the first mode that is wrong."""
        for pool in inhabited(cluster):
            for volume, _ in data_volumes(pool, VolumeKind.CLAIM_TEMPLATE):
                if volume.claim is not None:
                    change = without(volume.claim, _CONSEQUENCES) if may_be_once(volume, pool, model) else None
                    yield from self._judge(pool, volume.claim, change)

    def _judge(self, pool: NodePool, claim: Claim, change: Change | None) -> Iterator[Finding]:
        modes = claim.access_modes
        wrong = [mode for mode in modes.value or () if mode in _CONSEQUENCES]
        if modes.written and wrong:
            mode = wrong[0]
            yield self.finding(
                modes.place.child((modes.value or ()).index(mode)),
                f"Claim template {claim.name} asks for {mode} where each of {nodes(pool)} writes alone and "
                f"ReadWriteOnce is enough: {_CONSEQUENCES[mode]}.",
                help=f"Write accessModes: [ReadWriteOnce]; {ANEW}, and claims that exist keep their mode.",
                fix=self.mend(change.description, *change.operations) if change else None,
            )
