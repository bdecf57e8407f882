"""KL208: volumes that are made before anybody knows where their pods will run."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from kafkalint.checking.check import RunCheck
from kafkalint.checking.finding import Applicability, Finding, Level
from kafkalint.checking.fix import Fix, SetValue
from kafkalint.kafka.topology import ZONE, modern_topology_key
from kafkalint.manifests.resources import dig, items
from kafkalint_checks.storage._classes import UsedClass, classes_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.checking.check import Run
    from kafkalint.kafka.model import NodePool
    from kafkalint.manifests.resources import Resource

_LATE = "WaitForFirstConsumer"
_SINGLE_NODE = ("k8s.io/minikube-hostpath", "docker.io/hostpath")


class ImmediateBinding(RunCheck):
    """The storage class binds volumes before the pods are scheduled, and its volumes can be used in one place only.

    ## What it does
    Looks at the `volumeBindingMode` of classes that hold data; one that states none has `Immediate`. A finding is
    made where a volume can only be used in one zone, or on one node. Where the driver does not tell and the pods are
    held to zones, the finding is an information. Silent where the class, or the configuration of kafkalint (`zones:
    1`), leaves one zone only.

    ## Why is this bad?
    With `Immediate` the volume is made as soon as the claim is there, in some zone or on some node. The scheduler can
    then only put the pod where the volume happens to be, against its anti-affinity, its zone spread and the free
    memory: pods stay pending, or brokers gather in one zone. With `WaitForFirstConsumer` the pod is placed first. An
    operator that makes the claims before the pods changes nothing in that.

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
    - https://kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode
    - https://kubernetes.io/docs/concepts/storage/volumes/#local
    """

    code: ClassVar[str] = "KL208"
    name: ClassVar[str] = "immediate-binding"
    level: ClassVar[Level] = Level.ERROR
    fix: ClassVar[Applicability] = Applicability.UNSAFE

    def check(self, run: Run) -> Iterator[Finding]:
        """One finding for each class."""
        for used in classes_in(run, bound=True):
            finding = self._judged(used) if _binds_at_once(used.resource) else None
            if finding is not None:
                yield used.told(finding)

    def _judged(self, used: UsedClass) -> Finding | None:
        facts = used.facts
        if facts.node_local:
            single = used.resource.text("provisioner") in _SINGLE_NODE
            return None if single else self._finding(used, "on a node")
        if facts.zonal is False or _is_one_zone(used):
            return None
        if facts.zonal:
            return self._finding(used, "in a zone")
        held = next((use.pool for use in used.uses if _is_held_to_zones(use.pool)), None)
        return self._perhaps(used, held) if held is not None else None

    def _finding(self, used: UsedClass, where: str) -> Finding:
        return self.finding(
            used.resource.place("volumeBindingMode"),
            f"{used.title} has {_found(used.resource)} and not WaitForFirstConsumer: the volumes of {used.users} come "
            f"to lie {where} that the scheduler did not choose, and a pod that cannot run there stays pending.",
            help=_HELP,
            fix=self._fix(used),
        )

    def _perhaps(self, used: UsedClass, pool: NodePool) -> Finding:
        return self.finding(
            used.resource.place("volumeBindingMode"),
            f"{used.title} has {_found(used.resource)} and not WaitForFirstConsumer, and {pool.title} is held "
            f"to zones: if volumes of {used.resource.text('provisioner')} lie in a zone, it may not be the pod's.",
            help=_HELP,
            level=Level.INFO,
            fix=self._fix(used),
        )

    def _fix(self, used: UsedClass) -> Fix | None:
        """None where a pod names its node: no scheduler looks at it then, and its claim would never be bound."""
        if any(use.pool.template.get("nodeName") for use in used.uses):
            return None
        place = used.resource.place("volumeBindingMode")
        return self.mend(f"Set volumeBindingMode: {_LATE}", SetValue(place, _LATE))


_HELP = "Write volumeBindingMode: WaitForFirstConsumer. A class that exists has to be made anew; its volumes stay."


def _binds_at_once(resource: Resource) -> bool:
    return resource.get("volumeBindingMode") in (None, "Immediate")


def _found(resource: Resource) -> str:
    written = resource.get("volumeBindingMode") is not None
    return "volumeBindingMode Immediate" if written else "no volumeBindingMode, which means Immediate,"


def _is_one_zone(used: UsedClass) -> bool:
    """Whether all volumes and nodes lie in one zone, by the class or by the config."""
    zones = {
        value
        for topology in items(used.resource.get("allowedTopologies"))
        for expression in items(dig(topology, "matchLabelExpressions"))
        if str(dig(expression, "key")).endswith("zone")
        for value in items(dig(expression, "values"))
        if isinstance(value, str)
    }
    parameters = (used.resource.text("parameters", key) for key in ("zone", "zones"))
    zones |= {zone.strip() for text in parameters for zone in text.split(",") if zone.strip()}
    return len(zones) == 1 or used.uses[0].model.settings.zones == 1


def _is_held_to_zones(pool: NodePool) -> bool:
    """Whether a rule that the scheduler must obey lets a pod run in some zones only."""
    keys = [node.key for node in pool.pods.nodes]
    keys += [rule.topology_key for rule in pool.pods.spread if rule.is_hard]
    keys += [rule.topology_key for rule in pool.pods.anti_affinity if rule.required]
    return any(modern_topology_key(key) == ZONE for key in keys)
