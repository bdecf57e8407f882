"""KL204: data on whatever storage the cluster's default class happens to be."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from kafkalint.checking.check import RunCheck
from kafkalint.checking.finding import Finding, Level
from kafkalint.kafka.model import Setter
from kafkalint.kafka.phrases import capital
from kafkalint_checks.storage._classes import Use, uses
from kafkalint_checks.storage._data import nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.checking.check import Run


class StorageClassUnset(RunCheck):
    """The claims that hold the data name no storage class.

    ## What it does
    Looks at the claims of the brokers, controllers and ZooKeeper servers. Silent where a claim is bound to a volume
    of its own by name, by selector or by an empty class name, and where the manifests bring the class that is marked
    as the cluster's default.

    ## Why is this bad?
    The cluster's default class decides then, and it differs from cluster to cluster: spinning disks here, a network
    file system there, volumes that are deleted with their claims nearly everywhere. Whoever changes the default
    changes where the next broker writes.

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
            storageClassName: kafka-gp3
            resources:
              requests:
                storage: 100Gi
    ```

    ## References
    - https://kubernetes.io/docs/concepts/storage/storage-classes/#default-storageclass
    - https://kubernetes.io/docs/concepts/storage/persistent-volumes/#class-1
    """

    code: ClassVar[str] = "KL204"
    name: ClassVar[str] = "storage-class-unset"
    level: ClassVar[Level] = Level.WARNING

    def check(self, run: Run) -> Iterator[Finding]:
        """One finding for each pool, at its first claim that names no class; a claim of several pools has one."""
        pools: dict[int, list[Use]] = {}
        seen = set()
        for use in (use for model in run.models for use in uses(model)):
            place = use.claim.storage_class.place
            if place not in seen and _is_left_to_default(use):
                pools.setdefault(id(use.pool), []).append(use)
            seen.add(place)
        for found in pools.values():
            yield replace(self._finding(found[0], found[1:]), cluster=found[0].cluster.name)

    def _finding(self, use: Use, others: list[Use]) -> Finding:
        place = use.claim.storage_class.place
        return self.finding(
            place,
            f"{capital(nodes(use.pool))} keep their data on claims that name no StorageClass: the default of whichever "
            "cluster they land in decides how fast the disks are, and whether they outlive their claims.",
            help=f"Write the class's name as {place.path}. {use.cluster.class_change}".rstrip(),
            related=[(other.claim.storage_class.place, "likewise") for other in others],
        )


def _is_left_to_default(use: Use) -> bool:
    claim = use.claim
    unset = claim.storage_class.by is Setter.KUBERNETES and claim.volume_name is None and claim.selector is None
    return unset and use.model.default_storage_class is None and not use.behind
