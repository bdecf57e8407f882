"""Volumes made by hand are bound to claims as Kubernetes' volume binder does it."""

import pytest

from kafkalint.kafka.claims import claim_uses
from kafkalint.kafka.filesystems import filesystem
from kafkalint.kafka.model import KafkaModel
from kafkalint.kafka.persistent_volumes import persistent_volumes
from kafkalint.kafka.volume_binding import bind, demands, is_static, misfits, volumes_behind
from kafkalint.testing import model_of

CLASS = """\
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata:
  name: disks
provisioner: {provisioner}
parameters:
  csi.storage.k8s.io/fstype: {fstype}
---
"""
VOLUME = """\
apiVersion: v1
kind: PersistentVolume
metadata:
  name: {name}
  labels:
    disk: {name}
spec:
  capacity:
    storage: {size}
  accessModes: [{mode}]
  storageClassName: {class_name}
  {source}
{claim_ref}
---
"""
BROKERS = """\
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: kafka
  namespace: events
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
            - {name: KAFKA_LOG_DIRS, value: /data/logs}
          volumeMounts:
            - {name: data, mountPath: /data}
  volumeClaimTemplates:
    - metadata:
        name: data
      spec:
        accessModes: [ReadWriteOnce]
        storageClassName: disks
        resources:
          requests:
            storage: 100Gi
"""


def volume(
    name: str,
    *,
    size: str = "100Gi",
    mode: str = "ReadWriteOnce",
    class_name: str = "disks",
    source: str = "local: {path: /mnt/a}",
    kept_for: tuple[str, str] | None = None,
) -> str:
    claim_ref = f"  claimRef: {{namespace: {kept_for[0]}, name: {kept_for[1]}}}" if kept_for else ""
    return VOLUME.format(name=name, size=size, mode=mode, class_name=class_name, source=source, claim_ref=claim_ref)


def manifests(*volumes: str, provisioner: str = "kubernetes.io/no-provisioner", fstype: str = "") -> str:
    return CLASS.format(provisioner=provisioner, fstype=fstype) + "".join(volumes) + BROKERS


def reasons(model: KafkaModel, claim: int = 0) -> list[str]:
    (each,) = persistent_volumes(model)
    return [misfit.text for misfit in misfits(each, list(demands(model.clusters[0]))[claim])]


@pytest.mark.parametrize(
    ("made", "texts"),
    [
        (volume("a"), []),
        (volume("a", size="200Gi"), []),
        (volume("a", size="100G"), ["holds 100G and not 100Gi"]),
        (volume("a", mode="ReadOnlyMany"), ["does not offer ReadWriteOnce"]),
        (volume("a", mode="ReadWriteOnce, ReadOnlyMany"), []),
        (volume("a", class_name="others"), ["has class others and not disks"]),
        (volume("a", kept_for=("events", "data-kafka-0")), []),
        # The binder does not compare classes where the volume names the claim.
        (volume("a", kept_for=("events", "data-kafka-0"), class_name="others"), []),
        (volume("a", kept_for=("events", "data-kafka-1")), ["is kept for claim data-kafka-1 and not data-kafka-0"]),
        (
            volume("a", kept_for=("test", "data-kafka-0")),
            ["is kept for claim data-kafka-0 of namespace test and not events"],
        ),
    ],
)
def test_what_keeps_a_volume_from_a_claim(made: str, texts: list[str]) -> None:
    assert reasons(model_of(manifests(made))) == texts


def test_labels_that_the_claim_asks_for() -> None:
    selecting = BROKERS.replace(
        "        storageClassName", "        selector: {matchLabels: {disk: b}}\n        storageClassName"
    )
    model = model_of(volume("a") + selecting)
    assert [text.partition(" {")[0] for text in reasons(model)] == ["does not carry the labels disk=b"]


def test_as_many_claims_are_bound_as_possible() -> None:
    """The small claim must not take the only volume that is large enough for the other."""
    model = model_of(manifests(volume("a"), volume("b", kept_for=("events", "data-kafka-0"))))
    wanted = list(demands(model.clusters[0]))
    assert [demand.name for demand in wanted] == ["data-kafka-0", "data-kafka-1"]
    assert bind(wanted, list(persistent_volumes(model))) == {0: 1, 1: 0}


def test_too_few_volumes() -> None:
    model = model_of(manifests(volume("a")))
    assert len(bind(list(demands(model.clusters[0])), list(persistent_volumes(model)))) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (manifests(), True),
        (manifests(provisioner="ebs.csi.aws.com"), False),
        (BROKERS, None),
        (volume("a") + BROKERS, True),
        (volume("a", source="csi: {driver: ebs.csi.aws.com, volumeHandle: vol-1}") + BROKERS, None),
        (volume("a", class_name="gp3") + BROKERS.replace("disks", "gp3"), None),
        (BROKERS.replace("disks", '""'), True),
        (BROKERS.replace("        storageClassName: disks\n", ""), None),
    ],
)
def test_classes_that_no_provisioner_serves(text: str, expected: bool | None) -> None:
    model = model_of(text)
    claim = model.clusters[0].brokers[0].volumes[0].claim
    assert claim is not None
    assert is_static(claim, model) is expected


def test_volumes_behind_a_claim() -> None:
    def names(text: str) -> list[str]:
        model = model_of(text)
        pool = model.clusters[0].brokers[0]
        return [each.name for each in volumes_behind(pool.volumes[0], pool, model)]

    kept = volume("kept", kept_for=("events", "data-kafka-1"))
    assert names(manifests(volume("a"), volume("small", size="1Gi"))) == ["a"]
    assert names(manifests(volume("a"), kept)) == ["kept"]
    assert names(manifests(volume("a"), provisioner="ebs.csi.aws.com")) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (manifests(provisioner="ebs.csi.aws.com", fstype="xfs"), "xfs"),
        (manifests(provisioner="ebs.csi.aws.com", fstype="ext3"), "ext4"),
        (manifests(provisioner="ebs.csi.aws.com"), None),
        (manifests(provisioner="efs.csi.aws.com"), "directory"),
        (manifests(provisioner="rancher.io/local-path"), "directory"),
        (manifests(volume("a", source="nfs: {server: example, path: /a}")), "directory"),
        (manifests(volume("a", source="local: {path: /mnt/a, fsType: xfs}")), "xfs"),
        (manifests(volume("a", source="awsElasticBlockStore: {volumeID: vol-1, fsType: ext4}")), "ext4"),
        (BROKERS.replace("disks", "managed-nfs-storage"), "directory"),
        (BROKERS.replace("disks", "fast-xfs"), "xfs"),
        (BROKERS, None),
    ],
)
def test_filesystems(text: str, expected: str | None) -> None:
    model = model_of(text)
    pool = model.clusters[0].brokers[0]
    assert filesystem(pool.volumes[0], pool, model) == expected


def test_who_mounts_a_claim_by_name() -> None:
    def workload(kind: str, name: str, namespace: str, more: str = "") -> str:
        claim = f"{{claimName: shared{more}}}"
        spec = f"containers: [{{name: a, image: a}}], volumes: [{{name: data, persistentVolumeClaim: {claim}}}]"
        route = "jobTemplate: {spec: {template: {spec: {%s}}}}" if kind == "CronJob" else "template: {spec: {%s}}"
        group = "batch" if kind.endswith("Job") else "apps"
        metadata = f"metadata: {{name: {name}, namespace: {namespace}}}"
        return f"apiVersion: {group}/v1\nkind: {kind}\n{metadata}\nspec: {{{route % spec}}}\n---\n"

    model = model_of(
        workload("Deployment", "one", "events")
        + workload("CronJob", "two", "events")
        + workload("Job", "prepares", "events")
        + workload("Deployment", "reads", "events", ", readOnly: true")
        + workload("Deployment", "elsewhere", "test")
    )
    assert [(use.title, use.claim) for use in claim_uses(model, "events")] == [
        ("Deployment one", "shared"),
        ("CronJob two", "shared"),
    ]
