"""KL213: mounts of volumes that do not exist."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from kafkalint.checking.check import ClusterCheck
from kafkalint.checking.finding import Finding, Level
from kafkalint.manifests.resources import dig, items
from kafkalint_checks.storage._data import inhabited

if TYPE_CHECKING:
    from kafkalint.kafka.model import KafkaCluster, KafkaModel, Mount, NodePool


class VolumeTemplateNameMismatch(ClusterCheck):
    """A volume mount names neither a claim template nor a volume.

    ## What it does
    Compares the names under `volumeMounts` of the server's container with the claim templates and the volumes of its
    pod. A patch, which holds a piece of a workload only, is left alone.

    ## Why is this bad?
    The API server refuses such a pod: a Deployment at once, a StatefulSet only when its controller tries to create
    the pods, so that the apply succeeds and no broker ever appears. The usual cause is a claim template that was
    renamed.

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
                - {name: kafka-data, mountPath: /var/lib/kafka/data}
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
    - https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#volume-claim-templates
    """

    code: ClassVar[str] = "KL213"
    name: ClassVar[str] = "volume-template-name-mismatch"
    level: ClassVar[Level] = Level.ERROR

    def check(self, cluster: KafkaCluster, model: KafkaModel) -> Iterator[Finding]:
        """One finding for each volume that is mounted and does not exist."""
        for pool in inhabited(cluster):
            if pool.server is None or not _is_whole(pool):
                continue
            names = _names(pool)
            missing = {mount.volume: mount for mount in reversed(pool.mounts) if mount.volume not in names}
            for mount in reversed(missing.values()):
                yield self._finding(pool, mount)

    def _finding(self, pool: NodePool, mount: Mount) -> Finding:
        templates = "neither a claim template nor a volume" if pool.workload == "StatefulSet" else "no volume"
        unused = _unused(pool)
        return self.finding(
            mount.place.child("name"),
            f"{pool.title} mounts {mount.volume} at {mount.path}, and there is {templates} of that name"
            f"{f' ({unused} is not mounted)' if unused else ''}: Kubernetes refuses the pods.",
            help=f"Write name: {unused}." if unused else "Name a volume of the pod, or add the one that is missing.",
        )


def _names(pool: NodePool) -> set[str]:
    """Names of the volumes; claim templates of what is no StatefulSet count too: that one is broker-not-stateful."""
    templates = items(pool.resource.get("spec", "volumeClaimTemplates"))
    return {volume.name for volume in pool.volumes} | {str(dig(each, "metadata", "name")) for each in templates}


def _unused(pool: NodePool) -> str | None:
    """The one volume that nothing mounts, which is probably the one that was meant."""
    every = (*pool.template.containers, *pool.template.init_containers)
    mounted = (dig(mount, "name") for container in every for mount in items(container.data.get("volumeMounts")))
    used = {name for name in mounted if isinstance(name, str)}
    idle = [volume.name for volume in pool.volumes if volume.name not in used]
    return idle[0] if len(idle) == 1 else None


def _is_whole(pool: NodePool) -> bool:
    """Whether the workload is all there: a patch lacks the selector that the API asks for, and the volumes."""
    entries = (*items(pool.template.get("volumes")), *items(pool.resource.get("spec", "volumeClaimTemplates")))
    readable = all(isinstance(dig(entry, "name") or dig(entry, "metadata", "name"), str) for entry in entries)
    rendered = not any("$" in mount.volume or "{{" in mount.volume for mount in pool.mounts)
    selects = pool.workload == "Pod" or isinstance(pool.resource.get("spec", "selector"), dict)
    return readable and rendered and selects
