"""What fixtures cannot show of the checks of storage classes: levels, the config, several bundles on one class."""

from __future__ import annotations

import pytest

from kafkalint.checking.check import Check, Run
from kafkalint.checking.finding import Finding, Level
from kafkalint.config.loading import load_config
from kafkalint.config.problems import ConfigError
from kafkalint.kafka.model import Settings
from kafkalint.kafka.reading import read_model
from kafkalint.manifests.bundles import Bundle
from kafkalint.manifests.documents import documents
from kafkalint.manifests.sources import Source
from kafkalint.registry import load_registry
from kafkalint.testing import lint, mended

CHECKS = {item.check.code: item.check for item in load_registry().checks}

CLASS = """\
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata:
  name: kafka
provisioner: {provisioner}
"""

POOL = """\
apiVersion: kafka.strimzi.io/v1
kind: KafkaNodePool
metadata:
  name: {name}
  namespace: {cluster}
  labels:
    strimzi.io/cluster: {cluster}
spec:
  replicas: 3
  roles: [broker]
  storage:
    type: jbod
    volumes:
      - id: 0
        type: persistent-claim
        size: 100Gi
        class: {storage_class}
"""


def pool(storage_class: str = "kafka", cluster: str = "events", name: str = "broker") -> str:
    return POOL.format(storage_class=storage_class, cluster=cluster, name=name)


def levels(text: str, code: str = "KL205", **settings: object) -> list[Level]:
    found = lint(text, [CHECKS[code]], settings=Settings(**settings))  # type: ignore[arg-type]
    return [item.finding.level for item in found]


@pytest.mark.parametrize(
    ("tier", "expected"),
    [
        ("unsuitable", [Level.ERROR]),
        ("development", [Level.WARNING]),
        ("slow", [Level.WARNING]),
        ("burst", [Level.WARNING]),
        ("standard", []),
        ("premium", []),
    ],
)
def test_the_config_s_word_on_a_class(tier: str, expected: list[Level]) -> None:
    assert levels(pool("fast"), storage_tiers={"fast": tier}) == expected


def test_a_name_is_no_more_than_a_hint() -> None:
    assert levels(pool("gp2")) == [Level.INFO]
    assert levels(pool("efs-sc")) == []
    assert levels(pool("efs-sc"), "KL206") == [Level.INFO]
    assert levels(pool("efs-sc"), "KL206", storage_tiers={"efs-sc": "premium"}) == []


def test_what_is_needed_is_an_option() -> None:
    text = CLASS.format(provisioner="ebs.csi.aws.com") + "parameters: {type: gp2}\n---\n" + pool()
    need = {"storage-class-tier": {"need": "burst"}}
    assert levels(text) == [Level.WARNING]
    assert levels(text, options=need) == []
    assert levels(pool("standard-rwo"), options={"storage-class-tier": {"need": "premium"}}) == [Level.INFO]


def test_an_unknown_tier_is_an_error_of_the_config(tmp_path) -> None:
    file = tmp_path / ".kafkalint.yaml"
    file.write_text("options: {storage-class-tier: {need: fast}}\n")
    with pytest.raises(ConfigError, match="expected development, slow, burst, standard or premium, found fast"):
        load_config(file, CHECKS.values())
    file.write_text("options: {storage-class-tier: {need: burst}}\n")
    assert load_config(file, CHECKS.values()).options["storage-class-tier"] == {"need": "burst"}


def test_a_class_without_zones_where_there_is_one_zone() -> None:
    text = CLASS.format(provisioner="ebs.csi.aws.com") + "---\n" + pool()
    assert levels(text, "KL208") == [Level.ERROR]
    assert levels(text, "KL208", zones=1) == []


def in_bundles(check: type[Check], shared: str, *others: str) -> list[Finding]:
    """Findings of a run over several bundles that refer to the same class."""
    registry = load_registry()
    context = _resources("class.yaml", shared)
    bundles = [Bundle(str(index), _resources(f"{index}.yaml", text), context) for index, text in enumerate(others)]
    models = [read_model(bundle, registry.flavours, Settings()) for bundle in bundles]
    return list(check().check(Run((), models)))  # type: ignore[attr-defined]


def _resources(name: str, text: str):
    return tuple(resource for document in documents(Source(name, text.encode())) for resource in document.resources)


@pytest.mark.parametrize("code", ["KL207", "KL208", "KL209"])
def test_a_class_that_several_bundles_refer_to_is_one_finding(code: str) -> None:
    shared = CLASS.format(provisioner="ebs.csi.aws.com")
    (finding,) = in_bundles(CHECKS[code], shared, pool(cluster="dev"), pool(cluster="prod"))
    assert "StorageClass kafka" in finding.message
    assert finding.cluster is None
    assert [item.place.resource.namespace for item in finding.related] == ["dev", "prod"]  # type: ignore[union-attr]
    (alone,) = in_bundles(CHECKS[code], shared, pool(cluster="dev"))
    assert alone.cluster == "dev"


def test_many_pools_are_counted_and_not_listed() -> None:
    pools = [pool(name=f"rack-{letter}") for letter in "abcdef"]
    text = "---\n".join([CLASS.format(provisioner="ebs.csi.aws.com"), *pools])
    (found,) = lint(text, [CHECKS["KL207"]])
    assert "rack-c and 3 more" in found.finding.message


STATEFUL_SET = """\
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: kafka
spec:
  serviceName: kafka
  replicas: 1
  selector:
    matchLabels: {{app: kafka}}
  template:
    metadata:
      labels: {{app: kafka}}
    spec:
      {pod}
      containers:
        - name: kafka
          image: apache/kafka:4.1.0
          env:
            - {{name: KAFKA_LOG_DIRS, value: /var/lib/kafka/data/logs}}
          volumeMounts:
            - {{name: data, mountPath: /var/lib/kafka/data}}
  volumeClaimTemplates:
    - metadata: {{name: data}}
      spec:
        accessModes: {modes}
        storageClassName: kafka
        resources:
          requests: {{storage: 1Gi}}
"""

VOLUME = """\
apiVersion: v1
kind: PersistentVolume
metadata:
  name: kafka-0
spec:
  capacity: {{storage: 1Gi}}
  accessModes: {modes}
  storageClassName: kafka
  persistentVolumeReclaimPolicy: Retain
  local: {{path: /disk}}
"""


def mends(code: str, *texts: str) -> bool:
    """Whether all that a check finds in these documents is mended."""
    text = "---\n".join(texts)
    assert lint(text, [CHECKS[code]])
    after, left = mended(text, [CHECKS[code]])
    assert (after == text) is bool(left)
    return not left


def test_a_pod_that_names_its_node_gets_no_class_that_waits_for_the_scheduler() -> None:
    shared = CLASS.format(provisioner="kubernetes.io/no-provisioner")
    assert mends("KL208", shared, STATEFUL_SET.format(pod="hostNetwork: true", modes="[ReadWriteOnce]"))
    assert not mends("KL208", shared, STATEFUL_SET.format(pod="nodeName: one", modes="[ReadWriteOnce]"))


def test_an_access_mode_is_mended_where_the_volumes_of_the_input_offer_another() -> None:
    claims = STATEFUL_SET.format(pod="hostNetwork: true", modes="[ReadWriteMany]")
    assert mends("KL212", claims)
    assert mends("KL212", claims, VOLUME.format(modes="[ReadWriteOnce, ReadWriteMany]"))
    assert not mends("KL212", claims, VOLUME.format(modes="[ReadWriteMany]"))
