"""KL201: data that is not on a volume of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from kafkalint.checking.check import ClusterCheck
from kafkalint.checking.finding import Applicability, Finding, Level
from kafkalint.checking.fix import AppendItem, RemoveValue
from kafkalint.kafka.claims import ClaimUse, claim_uses
from kafkalint.kafka.model import Holds, VolumeKind
from kafkalint.kafka.volume_binding import is_static, volumes_behind
from kafkalint_checks._immutable import ANEW
from kafkalint_checks.storage._data import data_volumes, inhabited, nodes, what
from kafkalint_checks.storage._modes import ONCE, may_be_once, without

if TYPE_CHECKING:
    from kafkalint.checking.fix import Fix
    from kafkalint.kafka.model import DataDirectory, KafkaCluster, KafkaModel, NodePool, Volume
    from kafkalint.manifests.resources import Place

# What one claim says and another may say too; a data source or a volume's name is of one claim alone.
_REPEATABLE = frozenset(("accessModes", "storageClassName", "volumeMode", "resources"))


class VolumeNotOneToOne(ClusterCheck):
    """A node's data is not on a volume of its own.

    ## What it does
    Follows every data directory of a broker, controller or ZooKeeper server to its claim and asks who else writes
    there: other replicas of the same workload, another workload, a second log directory of the same broker, or, with
    `ReadWriteMany`, whoever likes to. Claim templates give each pod a claim of its own; their access modes are
    access-mode's matter. The fix makes a claim that the replicas of a StatefulSet share the template of one for each,
    where the claim is among the manifests; brokers then begin with an empty volume.

    ## Why is this bad?
    Kafka replicates so that a disk may be lost. Brokers that share one lose their copies together, lock each other
    out of the log directory, and, where the access mode is `ReadWriteOnce`, can only run on one node. Two log
    directories on one claim look like two disks to Kafka and fill up and fail as one.

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
          volumes:
            - name: data
              persistentVolumeClaim:
                claimName: kafka-data
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
    - https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes
    """

    code: ClassVar[str] = "KL201"
    name: ClassVar[str] = "volume-not-one-to-one"
    level: ClassVar[Level] = Level.ERROR
    fix: ClassVar[Applicability] = Applicability.UNSAFE

    def check(self, cluster: KafkaCluster, model: KafkaModel) -> Iterator[Finding]:
        """One finding for each claim, at what shares it."""
        for pool in inhabited(cluster):
            uses = list(claim_uses(model, pool.namespace))
            for volume, directories in data_volumes(pool, VolumeKind.CLAIM):
                yield from self._named_claim(pool, volume, directories, uses, model)
            for volume, _ in data_volumes(pool, VolumeKind.CLAIM_TEMPLATE):
                yield from self._taken(pool, volume, uses, model)
            yield from self._crowded(pool)

    def _named_claim(
        self,
        pool: NodePool,
        volume: Volume,
        directories: list[DataDirectory],
        uses: list[ClaimUse],
        model: KafkaModel,
    ) -> Iterator[Finding]:
        own = ClaimUse(pool.resource, volume.claim.name if volume.claim else volume.name, _reference(volume))
        users = {id(use.resource): use for use in (own, *uses) if use.claim == own.claim}
        others = [use for use in users.values() if use.resource is not pool.resource]
        if (pool.replicas.value or 0) > 1:
            fix = None if others else self._template(pool, volume, model)
            yield self._shared_by_replicas(pool, own, directories, others, fix)
        elif others:
            order = [id(use.resource) for use in uses]
            in_order = sorted(users.values(), key=lambda use: order.index(id(use.resource)))
            yield self._shared_by_workloads(in_order, model)
        else:
            yield from self._open_to_many(pool, volume, model)

    def _shared_by_replicas(
        self,
        pool: NodePool,
        own: ClaimUse,
        directories: list[DataDirectory],
        others: list[ClaimUse],
        fix: Fix | None,
    ) -> Finding:
        return self.finding(
            own.place,
            f"All {pool.replicas.value} {nodes(pool, article=False)} keep their {what(directories)} on one claim, "
            f"{own.claim}, and not on one each: they write to the same files or fail with the same disk.",
            help=_template_help(pool),
            related=[(use.place, f"{use.title} mounts it too") for use in others],
            fix=fix,
        )

    def _template(self, pool: NodePool, volume: Volume, model: KafkaModel) -> Fix | None:
        """A claim for each pod, like the one that they share; None where that is not known or cannot be repeated."""
        claim = volume.claim
        if claim is None or claim.resource is None or pool.workload != "StatefulSet":
            return None
        spec = claim.resource.get("spec")
        one_of_its_kind = is_static(claim, model) or volumes_behind(volume, pool, model)
        if not isinstance(spec, dict) or not spec.keys() <= _REPEATABLE or one_of_its_kind:
            return None
        if spec.get("storageClassName") != claim.storage_class.value:
            return None  # an annotation names the class
        template = {"metadata": {"name": volume.name}, "spec": {**spec, "accessModes": [ONCE]}}
        return self.mend(
            f"Give each pod a claim of its own by a template like {claim.name}",
            RemoveValue(volume.place, up_to=len(pool.template.base.route)),
            AppendItem(pool.resource.place("spec", "volumeClaimTemplates"), template),
        )

    def _shared_by_workloads(self, users: list[ClaimUse], model: KafkaModel) -> Finding:
        """Said of the last one that is judged here, so that each of them says the same."""
        last = next(use for use in reversed(users) if use.resource in model.bundle.primary)
        partner = next(use for use in users if use is not last)
        return self.finding(
            last.place,
            f"{last.title} and {partner.title} both mount claim {last.claim}, which holds Kafka's data and must be of "
            "one pod alone: they write to one disk, and can only run where it is.",
            help="Give each a claim of its own.",
            related=[(partner.place, f"{partner.title} mounts it too")],
        )

    def _open_to_many(self, pool: NodePool, volume: Volume, model: KafkaModel) -> Iterator[Finding]:
        claim = volume.claim
        modes = claim.access_modes.value if claim is not None else None
        if claim is None or not modes or "ReadWriteMany" not in modes:
            return
        inside = claim.resource is not None and claim.resource in model.bundle.primary
        change = without(claim, ("ReadWriteMany",)) if inside and may_be_once(volume, pool, model) else None
        yield self.finding(
            claim.access_modes.place.child(modes.index("ReadWriteMany")) if inside else _reference(volume),
            f"Claim {claim.name} holds the data of {nodes(pool)} with ReadWriteMany where ReadWriteOnce is wanted: a "
            "second pod, even the next one of a rollout, may write to the same files.",
            help="Write accessModes: [ReadWriteOnce], on block storage; for several brokers use volumeClaimTemplates.",
            fix=self.mend(change.description, *change.operations) if change else None,
        )

    def _taken(self, pool: NodePool, volume: Volume, uses: list[ClaimUse], model: KafkaModel) -> Iterator[Finding]:
        pods = {f"{volume.name}-{pod}": pod for pod in pool.pod_names}
        for use in uses:
            if use.claim in pods and use.resource is not pool.resource and use.resource in model.bundle.primary:
                yield self.finding(
                    use.place,
                    f"{use.title} mounts claim {use.claim}, the data of pod {pods[use.claim]}, which must be of that "
                    "pod alone: both write to one disk, and can only run where it is.",
                    help=f"Give {use.title} a claim of its own.",
                )

    def _crowded(self, pool: NodePool) -> Iterator[Finding]:
        seen: dict[str, str] = {}
        for directory in pool.data:
            volume, path = directory.volume, directory.path.value
            if directory.holds is not Holds.LOGS or volume is None or volume.claim is None or path is None:
                continue
            key = volume.claim.name if volume.kind is VolumeKind.CLAIM else volume.name
            first = seen.setdefault(key, path)
            if first != path and volume.kind in (VolumeKind.CLAIM, VolumeKind.CLAIM_TEMPLATE):
                yield self.finding(
                    directory.path.place,
                    f"Log directories {first} and {path} of {nodes(pool)} lie on one claim, {key}, and not on one "
                    "each: Kafka takes them for two disks, and they fill up and fail as one.",
                    help="Name one log directory for each volume.",
                )
                return


def _reference(volume: Volume) -> Place:
    return volume.place.child("persistentVolumeClaim", "claimName")


def _template_help(pool: NodePool) -> str:
    if pool.workload == "StatefulSet":
        return (
            f"Replace the volume by an entry of volumeClaimTemplates with the same name; {ANEW}, and the data stays on "
            "the claim that is shared now."
        )
    return "Run it as a StatefulSet with volumeClaimTemplates."
