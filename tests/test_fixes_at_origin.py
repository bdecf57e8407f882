"""Fixes of what Kustomize and Helm rendered, made where the source is and proven by rendering again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from real_tools import real_helm, real_kustomize

from kafkalint.checking.applicability import Applicability
from kafkalint.checking.finding import Finding, Level, Located, TextPlace
from kafkalint.checking.fix import (
    AddResource,
    AppendItem,
    Fix,
    Operation,
    RemoveValue,
    RenameKey,
    RewriteText,
    SetValue,
)
from kafkalint.checking.locating import locate
from kafkalint.cli import main
from kafkalint.fixing.origin.file_names import file_name, free, patch_name
from kafkalint.fixing.origin.overlay_patches import kustomize_patch
from kafkalint.fixing.origin.rendered_proof import departure
from kafkalint.fixing.origin.template_lines import lines_of
from kafkalint.fixing.origin.trees import Tree
from kafkalint.fixing.remedies import remedy
from kafkalint.fixing.text.edits import apply
from kafkalint.manifests.documents import documents
from kafkalint.manifests.loading import Loaded, LoadRequest, load
from kafkalint.manifests.origin.helm_values import values_read
from kafkalint.manifests.resources import Resource
from kafkalint.manifests.sources import Source
from kafkalint.manifests.text import Span, encode

GRACE = ("spec", "template", "spec", "terminationGracePeriodSeconds")
CONTAINER = ("spec", "template", "spec", "containers", 0)
AFFINITY = ("spec", "template", "spec", "affinity", "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution")
STATEFUL_SET = """\
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
      terminationGracePeriodSeconds: 30  # too short
      containers:
        - name: kafka
          image: apache/kafka:4.1.0
          args: [--flag=1, --other]
"""
KAFKA = """\
apiVersion: kafka.strimzi.io/v1
kind: Kafka
metadata:
  name: main
spec:
  kafka:
    config:
      min.insync.replicas: 1
    listeners:
      - name: plain
        port: 9092
        tls: false
"""


class Project:
    """A folder of files that are rendered, changed and rendered again."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, files: dict[str, str]) -> None:
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, newline="")

    def load(self, *paths: str) -> Loaded:
        loaded = load(LoadRequest(paths=paths or (".",), directory=str(self.root)))
        assert loaded.notices == ()
        return loaded

    def find(self, kind: str, *paths: str, name: str = "") -> Resource:
        found = [r for document in self.load(*paths).documents for r in document.resources if r.kind == kind]
        return next(r for r in found if not name or r.name == name)

    def problem(self, *operations: Operation) -> str:
        return remedy(Fix("Do it", operations, Applicability.SAFE), Tree(str(self.root))).problem

    def mend(self, *operations: Operation) -> dict[str, str]:
        """Make operations where the source is; the files that it changed, and proof that it came out as meant."""
        found = remedy(Fix("Do it", operations, Applicability.SAFE), Tree(str(self.root)))
        assert found.problem == ""
        texts = {}
        for change in found.changes:
            texts[change.file] = apply(change.source.text.content, change.edits)
            path = self.root / change.file
            assert path.exists() != change.creates
            path.write_bytes(encode(texts[change.file], change.source.data))
        assert departure(self.load().sources, operations) == ""
        return texts


@pytest.fixture
def tree(tmp_path: Path) -> Callable[[dict[str, str]], Project]:
    def make(files: dict[str, str]) -> Project:
        made = Project(tmp_path / "work")
        made.write(files)
        return made

    return make


def base(text: str = STATEFUL_SET) -> dict[str, str]:
    return {"base/kustomization.yaml": "resources:\n  - kafka.yaml\n", "base/kafka.yaml": text}


def over(said: str = "", text: str = STATEFUL_SET, **more: str) -> dict[str, str]:
    """A base, and an overlay that says something more than that it builds upon it."""
    files = {f"over/{name.replace('__', '/').replace('_yaml', '.yaml')}": content for name, content in more.items()}
    return base(text) | {"over/kustomization.yaml": f"resources:\n  - ../base\n{said}"} | files


def partly(spec: str, kind: str = "StatefulSet") -> str:
    """A strategic merge patch."""
    api, name = ("apps/v1", "kafka") if kind == "StatefulSet" else ("kafka.strimzi.io/v1", "main")
    return f"apiVersion: {api}\nkind: {kind}\nmetadata:\n  name: {name}\nspec:\n{spec}"


def in_place(patch: str) -> str:
    lines = "".join(f"      {line}\n" for line in patch.splitlines())
    return f"patches:\n  - target: {{kind: StatefulSet}}\n    patch: |-\n{lines}"


def term(**labels: str) -> dict[str, Any]:
    return {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": labels}}


def budget(beside: Resource, **labels: str) -> AddResource:
    metadata = {"name": f"{beside.name}-pdb"}
    if beside.namespace:
        metadata["namespace"] = beside.namespace
    spec = {"maxUnavailable": 1, "selector": {"matchLabels": labels}}
    return AddResource(
        beside, {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": metadata, "spec": spec}
    )


GRACE_PATCH = partly("  template:\n    spec:\n      terminationGracePeriodSeconds: 10\n")
GRACE_OPERATION = "- op: replace\n  path: /spec/template/spec/terminationGracePeriodSeconds\n  value: 10\n"


# Values in what Kustomize rendered


@real_kustomize
def test_a_value_of_the_base_is_changed_there(tree):
    made = tree(over("namePrefix: prod-\n"))
    changed = made.mend(SetValue(made.find("StatefulSet").place(*GRACE), 300))
    assert changed == {"base/kafka.yaml": STATEFUL_SET.replace("30 ", "300 ")}


@real_kustomize
@pytest.mark.parametrize(
    ("said", "patch"),
    [
        ("patches:\n  - path: patch.yaml\n", GRACE_PATCH),
        ("patchesStrategicMerge:\n  - patch.yaml\n", GRACE_PATCH),
        ("patches:\n  - path: patch.yaml\n    target: {kind: StatefulSet, name: ka.*}\n", GRACE_OPERATION),
        (
            "patchesJson6902:\n  - path: patch.yaml\n    target: {version: v1, kind: StatefulSet, name: kafka}\n",
            GRACE_OPERATION,
        ),
    ],
)
def test_a_value_that_a_patch_file_sets_is_changed_in_the_patch(tree, said, patch):
    made = tree(over(said, patch_yaml=patch))
    changed = made.mend(SetValue(made.find("StatefulSet").place(*GRACE), 300))
    assert changed == {"over/patch.yaml": patch.replace("10", "300")}


@real_kustomize
@pytest.mark.parametrize("patch", [GRACE_PATCH, GRACE_OPERATION])
def test_a_value_that_a_patch_in_the_kustomization_sets_is_changed_there(tree, patch):
    files = over(in_place(patch))
    made = tree(files)
    changed = made.mend(SetValue(made.find("StatefulSet").place(*GRACE), 300))
    assert changed == {"over/kustomization.yaml": files["over/kustomization.yaml"].replace(": 10", ": 300")}


@real_kustomize
def test_a_text_in_such_a_patch_is_not_quoted_anew(tree):
    files = over(in_place(partly("  serviceName: 'one'\n  podManagementPolicy: OrderedReady\n")))
    made = tree(files)
    policy = SetValue(made.find("StatefulSet").place("spec", "podManagementPolicy"), "Parallel")
    name = SetValue(made.find("StatefulSet").place("spec", "serviceName"), "kafka-headless")
    assert "serviceName: 'kafka-headless'" in made.mend(name)["over/kustomization.yaml"]
    policy = SetValue(made.find("StatefulSet").place("spec", "podManagementPolicy"), "Parallel")
    assert "podManagementPolicy: Parallel" in made.mend(policy)["over/kustomization.yaml"]


@real_kustomize
def test_a_value_that_base_and_patch_both_write_is_changed_in_both(tree):
    made = tree(over("patches:\n  - path: patch.yaml\n", patch_yaml=GRACE_PATCH.replace("10", "30")))
    changed = made.mend(SetValue(made.find("StatefulSet").place(*GRACE), 300))
    assert sorted(changed) == ["base/kafka.yaml", "over/patch.yaml"]


@real_kustomize
def test_a_count_under_replicas_is_changed_there(tree):
    made = tree(over("replicas:\n  - name: kafka\n    count: 1\n"))
    changed = made.mend(SetValue(made.find("StatefulSet").place("spec", "replicas"), 3))
    assert changed["over/kustomization.yaml"].endswith("count: 3\n")


@real_kustomize
def test_what_a_kustomization_sets_after_its_patches_is_left_to_its_owner(tree):
    made = tree(over("images:\n  - name: apache/kafka\n    newTag: 4.0.0\n"))
    place = made.find("StatefulSet").place(*CONTAINER, "image")
    assert made.problem(SetValue(place, "apache/kafka:4.1.1")) == "images in over/kustomization.yaml sets it"


@real_kustomize
def test_what_is_missing_is_added_to_the_base_even_where_a_patch_adds_something_beside_it(tree):
    node = partly("  template:\n    spec:\n      affinity:\n        nodeAffinity: {}\n")
    made = tree(over("patches:\n  - path: patch.yaml\n", patch_yaml=node))
    changed = made.mend(AppendItem(made.find("StatefulSet").place(*AFFINITY), term(app="kafka")))
    assert list(changed) == ["base/kafka.yaml"]


@real_kustomize
@pytest.mark.parametrize(
    "patch",
    [
        "- op: add\n  path: /spec/template/spec/affinity\n  value:\n    nodeAffinity: {}\n",
        partly("  template:\n    spec:\n      affinity: null\n"),
        partly("  template:\n    spec:\n      affinity:\n        $patch: replace\n        nodeAffinity: {}\n"),
    ],
)
def test_what_is_missing_is_added_to_the_patch_that_would_drop_it_from_the_base(tree, patch):
    made = tree(over("patches:\n  - path: patch.yaml\n    target: {kind: StatefulSet}\n", patch_yaml=patch))
    changed = made.mend(AppendItem(made.find("StatefulSet").place(*AFFINITY), term(app="kafka")))
    assert list(changed) == ["over/patch.yaml"]


@real_kustomize
def test_a_list_of_a_custom_resource_is_replaced_by_a_patch_and_changed_there(tree):
    listeners = "  kafka:\n    listeners:\n      - name: tls\n        port: 9093\n        tls: false\n"
    patch = partly(f"{listeners}      - name: plain\n        port: 9092\n", "Kafka")
    made = tree(over("patches:\n  - path: patch.yaml\n", KAFKA, patch_yaml=patch))
    kafka = made.find("Kafka")
    changed = made.mend(
        SetValue(kafka.place("spec", "kafka", "listeners", 0, "tls"), True),
        AppendItem(kafka.place("spec", "kafka", "listeners"), {"name": "new"}),
    )
    assert changed == {"over/patch.yaml": f"{patch.replace('false', 'true')}      - name: new\n"}


@real_kustomize
def test_an_argument_is_changed_where_the_list_comes_from(tree):
    args = partly("  template:\n    spec:\n      containers:\n        - name: kafka\n          args: [--flag=3]\n")
    made = tree(over("patches:\n  - path: patch.yaml\n", patch_yaml=args))
    place = made.find("StatefulSet").place(*CONTAINER, "args", 0, fragment=Span(7, 8))
    assert made.mend(SetValue(place, "2")) == {"over/patch.yaml": args.replace("3]", "2]")}


@real_kustomize
def test_values_and_keys_are_taken_away_and_renamed_in_the_base(tree):
    made = tree(over())
    assert "hostPID" in made.mend(RenameKey(made.find("StatefulSet").place(*GRACE), "hostPID"))["base/kafka.yaml"]
    place = made.find("StatefulSet").place("spec", "template", "spec", "hostPID")
    assert "hostPID" not in made.mend(RemoveValue(place))["base/kafka.yaml"]


@real_kustomize
def test_an_item_that_a_patch_adds_is_changed_in_the_patch(tree):
    side = partly("  template:\n    spec:\n      containers:\n        - name: side\n          image: s:1\n")
    made = tree(over("patches:\n  - path: patch.yaml\n", patch_yaml=side))
    brokers = made.find("StatefulSet")
    number = [each["name"] for each in brokers.get(*CONTAINER[:-1])].index("side")
    changed = made.mend(SetValue(brokers.place(*CONTAINER[:-1], number, "tty"), True))
    assert changed == {"over/patch.yaml": f"{side}          tty: true\n"}


@real_kustomize
def test_an_operation_that_alone_writes_a_value_goes_with_it(tree):
    operations = "- op: add\n  path: /spec/kafka/config/a\n  value: 1\n"
    more = "- op: add\n  path: /spec/kafka/config/b\n  value: 2\n"
    made = tree(
        over("patches:\n  - path: patch.yaml\n    target: {kind: Kafka}\n", KAFKA, patch_yaml=operations + more)
    )
    changed = made.mend(RemoveValue(made.find("Kafka").place("spec", "kafka", "config", "a")))
    assert changed == {"over/patch.yaml": more}


@real_kustomize
def test_a_label_that_a_kustomization_writes_is_left_to_its_owner(tree):
    made = tree(over("commonLabels: {env: prod}\n"))
    place = made.find("StatefulSet").place("spec", "template", "metadata", "labels", "env")
    assert made.problem(SetValue(place, "live")) == "labels in over/kustomization.yaml set it"


@real_kustomize
def test_a_value_is_taken_away_from_the_patch_that_alone_writes_it(tree):
    spec = "  template:\n    spec:\n      hostNetwork: true\n      dnsPolicy: Default\n"
    made = tree(over("patches:\n  - path: patch.yaml\n", patch_yaml=partly(spec)))
    changed = made.mend(RemoveValue(made.find("StatefulSet").place("spec", "template", "spec", "hostNetwork")))
    assert changed == {"over/patch.yaml": partly(spec.replace("      hostNetwork: true\n", ""))}


@real_kustomize
def test_a_value_that_would_come_back_from_the_base_is_taken_away_by_the_patch(tree):
    made = tree(over("patches:\n  - path: patch.yaml\n", patch_yaml=GRACE_PATCH))
    changed = made.mend(RemoveValue(made.find("StatefulSet").place(*GRACE)))
    assert changed == {"over/patch.yaml": GRACE_PATCH.replace("10", "null")}


@real_kustomize
def test_a_patch_of_a_component_is_changed_in_the_component(tree):
    component = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches:\n  - path: patch.yaml\n"
    files = over("components:\n  - ../part\n")
    made = tree(files | {"part/kustomization.yaml": component, "part/patch.yaml": GRACE_PATCH})
    changed = made.mend(SetValue(made.find("StatefulSet").place(*GRACE), 300))
    assert list(changed) == ["part/patch.yaml"]


@real_kustomize
def test_a_line_of_a_generated_config_map_is_changed_in_the_file_that_it_is_made_of(tree):
    generator = "configMapGenerator:\n  - name: broker\n    files: [server.properties]\n    literals: [a=b]\n"
    files = base() | {"base/server.properties": "broker.id=1\nunclean=true\n"}
    files["base/kustomization.yaml"] += generator
    made = tree(files)
    config = made.find("ConfigMap")
    assert made.problem(SetValue(config.place("data", "a"), "c")) == "base/kustomization.yaml generates the object"
    changed = made.mend(SetValue(config.place("data", "server.properties", fragment=Span(20, 24)), "false"))
    assert changed == {"base/server.properties": "broker.id=1\nunclean=false\n"}


@real_kustomize
def test_nothing_is_changed_through_an_alias(tree):
    made = tree(over(text=STATEFUL_SET.replace("replicas: 3", "replicas: &n 3").replace("30 ", "*n ")))
    assert "alias" in made.problem(SetValue(made.find("StatefulSet").place(*GRACE), 300))


@real_kustomize
def test_a_base_outside_of_the_working_tree_is_left_alone_and_patched(tree, tmp_path):
    made = tree({f"inside/{name}": text for name, text in over().items() if name.startswith("over")} | base())
    made.write({"inside/over/kustomization.yaml": "resources:\n  - ../../base\nnamePrefix: prod-\n"})
    made.root /= "inside"
    changed = made.mend(SetValue(made.find("StatefulSet").place(*GRACE), 300))
    assert changed["over/kustomization.yaml"].endswith(
        "patches:\n  - path: kafka-statefulset-patch.yaml\n    target:\n      group: apps\n      version: v1\n"
        "      kind: StatefulSet\n      name: kafka\n"
    )
    assert changed["over/kafka-statefulset-patch.yaml"] == GRACE_PATCH.replace("10", "300")


# New patches


PATCHED_LABEL = in_place("- op: add\n  path: /spec/template/metadata/labels/tier\n  value: x\n")


@real_kustomize
def test_what_holds_in_one_overlay_only_is_patched_there(tree):
    made = tree(over(f"namePrefix: prod-\n{PATCHED_LABEL}"))
    changed = made.mend(AppendItem(made.find("StatefulSet").place(*AFFINITY), term(tier="x")))
    assert changed["over/kafka-statefulset-patch.yaml"] == partly(
        "  template:\n    spec:\n      affinity:\n        podAntiAffinity:\n"
        "          requiredDuringSchedulingIgnoredDuringExecution:\n"
        "            - topologyKey: kubernetes.io/hostname\n              labelSelector:\n"
        "                matchLabels:\n                  tier: x\n"
    )
    assert changed["over/kustomization.yaml"].endswith("  - path: kafka-statefulset-patch.yaml\n")


@real_kustomize
def test_what_an_operator_derives_from_a_name_that_the_overlay_changes_is_patched_there(tree):
    made = tree(over("namePrefix: prod-\n", KAFKA))
    kafka = made.find("Kafka")
    place = kafka.place("spec", "kafka", "template", "pod", *AFFINITY[3:])
    changed = made.mend(AppendItem(place, term(**{"strimzi.io/cluster": kafka.name})))
    assert sorted(changed) == ["over/kustomization.yaml", "over/main-kafka-patch.yaml"]
    assert "name: main\n" in changed["over/main-kafka-patch.yaml"]
    assert "strimzi.io/cluster: prod-main\n" in changed["over/main-kafka-patch.yaml"]


@real_kustomize
def test_labels_that_an_overlay_adds_everywhere_are_left_to_it(tree):
    made = tree(over("labels:\n  - pairs: {env: prod}\n    includeSelectors: true\n"))
    changed = made.mend(AppendItem(made.find("StatefulSet").place(*AFFINITY), term(app="kafka", env="prod")))
    assert list(changed) == ["base/kafka.yaml"]
    assert "env" not in changed["base/kafka.yaml"]


@real_kustomize
def test_an_index_takes_operations_with_a_target(tree):
    listeners = "  kafka:\n    listeners:\n      - name: plain\n        port: 9092\n"
    patch = "".join(f"      {line}\n" for line in partly(listeners, "Kafka").splitlines())
    made = tree(over(f"patches:\n  - patch: |-\n{patch}", KAFKA))
    kafka = made.find("Kafka")
    changed = made.mend(SetValue(kafka.place("spec", "kafka", "listeners", 0, "tls"), True))
    assert changed["over/main-kafka-patch.yaml"] == ("- op: add\n  path: /spec/kafka/listeners/0/tls\n  value: true\n")
    assert changed["over/kustomization.yaml"].endswith(
        "  - path: main-kafka-patch.yaml\n    target:\n      group: kafka.strimzi.io\n      version: v1\n"
        "      kind: Kafka\n      name: main\n"
    )
    # The next one goes on with that file.
    again = made.mend(SetValue(made.find("Kafka").place("spec", "kafka", "listeners", 0, "type"), "internal"))
    assert list(again) == ["over/main-kafka-patch.yaml"]


@real_kustomize
def test_a_patch_that_the_overlay_has_for_the_object_goes_on(tree):
    label = partly("  template:\n    metadata:\n      labels:\n        tier: x\n")
    made = tree(over("patches:\n  - path: patches/kafka.yaml\n", patches__kafka_yaml=label))
    changed = made.mend(AppendItem(made.find("StatefulSet").place(*AFFINITY), term(tier="x")))
    assert list(changed) == ["over/patches/kafka.yaml"]
    assert changed["over/patches/kafka.yaml"].startswith(f"{label}    spec:\n      affinity:\n")


@real_kustomize
def test_a_new_patch_lies_where_the_others_do_and_is_called_like_none_of_them(tree):
    label = partly("  template:\n    metadata:\n      labels:\n        tier: x\n")
    said = "patches:\n  - path: patches/kafka-statefulset-patch.yaml\n    target: {kind: StatefulSet}\n"
    made = tree(over(said, **{"patches__kafka-statefulset-patch_yaml": label}))
    changed = made.mend(AppendItem(made.find("StatefulSet").place(*AFFINITY), term(tier="x")))
    assert sorted(changed) == ["over/kustomization.yaml", "over/patches/kafka-statefulset-patch-2.yaml"]


@real_kustomize
def test_of_two_objects_made_of_one_the_right_one_is_patched(tree):
    twins = {f"{each}/kustomization.yaml": f"resources: [../base]\nnamePrefix: {each}-\n" for each in ("a", "b")}
    said = f"resources: [../a, ../b]\nnamePrefix: p-\n{PATCHED_LABEL}"
    made = tree(base() | twins | {"over/kustomization.yaml": said})
    changed = made.mend(AppendItem(made.find("StatefulSet", name="p-b-kafka").place(*AFFINITY), term(tier="x")))
    assert changed["over/kustomization.yaml"].endswith("      kind: StatefulSet\n      name: b-kafka\n")
    changed = made.mend(SetValue(made.find("StatefulSet", name="p-b-kafka").place(*GRACE), 300))
    assert list(changed) == ["base/kafka.yaml"]


@real_kustomize
@pytest.mark.parametrize("empty", ["patches: []\n", "patches:\n"])
def test_an_empty_list_of_patches_is_filled(tree, empty):
    listed = in_place("- op: add\n  path: /spec/template/metadata/labels/tier\n  value: x\n")
    middle = {"middle/kustomization.yaml": f"resources: [../base]\nnamePrefix: m-\n{listed}"}
    made = tree(base() | middle | {"over/kustomization.yaml": f"resources: [../middle]\n{empty}"})
    changed = made.mend(AppendItem(made.find("StatefulSet").place(*AFFINITY), term(tier="x")))
    assert "kafka-statefulset-patch.yaml" in changed["over/kustomization.yaml"]


@pytest.mark.parametrize(
    "said",
    [
        "path: kafka.yaml\n      repo: https://example.com/x\n",
        "configuredIn: k.yaml\n      configuredBy: {kind: HelmChartInflationGenerator}\n",
    ],
)
def test_what_comes_from_elsewhere_is_patched_where_it_is_built(tree, said):
    made = tree({"over/kustomization.yaml": "resources: [https://example.com/x]\nnamePrefix: prod-\n"})
    origin = f"name: prod-kafka\n  annotations:\n    config.kubernetes.io/origin: |\n      {said}"
    source = Source(
        "over",
        STATEFUL_SET.replace("name: kafka\n", origin, 1).encode(),
        rendered_by="kustomize",
        root="over/kustomization.yaml",
        working_directory=str(made.root),
    )
    brokers = next(each for document in documents(source) for each in document.resources)
    fix = Fix("Do it", (SetValue(brokers.place(*GRACE), 300), budget(brokers, app="kafka")), Applicability.SAFE)
    found = remedy(fix, Tree(str(made.root))).changes
    changes = {each.file: apply(each.source.text.content, each.edits) for each in found}
    assert sorted(changes) == [
        "over/kafka-pdb.yaml",
        "over/kafka-statefulset-patch.yaml",
        "over/kustomization.yaml",
    ]
    assert "resources: [https://example.com/x, kafka-pdb.yaml]\n" in changes["over/kustomization.yaml"]
    assert "      kind: StatefulSet\n      name: kafka\n" in changes["over/kustomization.yaml"]
    assert changes["over/kafka-statefulset-patch.yaml"] == GRACE_PATCH.replace("10", "300")


# New objects in what Kustomize rendered


@real_kustomize
def test_a_new_object_gets_a_file_beside_that_of_its_object_and_is_listed(tree):
    said = "namePrefix: prod-\nnameSuffix: -x\nnamespace: live\ncommonLabels: {env: prod}\n"
    made = tree(over(said))
    changed = made.mend(budget(made.find("StatefulSet"), app="kafka", env="prod"))
    assert changed == {
        "base/kustomization.yaml": "resources:\n  - kafka.yaml\n  - kafka-pdb.yaml\n",
        "base/kafka-pdb.yaml": (
            "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata:\n  name: kafka-pdb\nspec:\n"
            "  maxUnavailable: 1\n  selector:\n    matchLabels:\n      app: kafka\n"
        ),
    }
    rendered = made.find("PodDisruptionBudget")
    assert (rendered.name, rendered.namespace) == ("prod-kafka-pdb-x", "live")
    assert rendered.get("spec", "selector", "matchLabels") == {"app": "kafka", "env": "prod"}


@real_kustomize
def test_a_new_object_is_written_as_its_neighbours_are(tree):
    files = {
        "base/kustomization.yml": "resources:\n- ./sub/10-kafka.yml\n",
        "base/sub/10-kafka.yml": f"---\n{STATEFUL_SET}",
        "over/Kustomization": "bases: [../base]\n",
    }
    made = tree(files)
    changed = made.mend(budget(made.find("StatefulSet"), app="kafka"))
    assert sorted(changed) == ["base/kustomization.yml", "base/sub/10-kafka-pdb.yml"]
    assert changed["base/sub/10-kafka-pdb.yml"].startswith("---\napiVersion: policy/v1\n")
    assert "./sub/10-kafka-pdb.yml" in changed["base/kustomization.yml"]


@real_kustomize
def test_a_new_object_stands_behind_its_object_in_a_file_of_several(tree):
    others = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n"
    made = tree(over("namePrefix: prod-\n", STATEFUL_SET + others))
    changed = made.mend(budget(made.find("StatefulSet"), app="kafka"))
    assert list(changed) == ["base/kafka.yaml"]
    assert changed["base/kafka.yaml"].startswith(f"{STATEFUL_SET}---\napiVersion: policy/v1\n")
    assert changed["base/kafka.yaml"].endswith(f"      app: kafka\n{others}")


@real_kustomize
def test_a_new_object_that_holds_in_one_overlay_only_belongs_to_it(tree):
    made = tree(over("namePrefix: prod-\nnamespace: live\n", KAFKA))
    kafka = made.find("Kafka")
    changed = made.mend(budget(kafka, **{"strimzi.io/cluster": kafka.name}))
    assert changed["over/kustomization.yaml"] == (
        "resources:\n  - ../base\n  - main-pdb.yaml\nnamePrefix: prod-\nnamespace: live\n"
    )
    assert "name: main-pdb\nspec:" in changed["over/main-pdb.yaml"]
    assert "strimzi.io/cluster: prod-main\n" in changed["over/main-pdb.yaml"]
    assert made.find("PodDisruptionBudget").name == "prod-main-pdb"


@real_kustomize
def test_an_object_that_comes_with_a_reference_to_it_has_one_name_in_both(tree):
    made = tree(over("namePrefix: prod-\n"))
    stateful_set = made.find("StatefulSet")
    name = f"{stateful_set.name}-headless"
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": {"clusterIP": "None"}}
    changed = made.mend(AddResource(stateful_set, service), SetValue(stateful_set.place("spec", "serviceName"), name))
    assert "serviceName: kafka-headless\n" in changed["base/kafka.yaml"]
    assert made.find("StatefulSet").get("spec", "serviceName") == made.find("Service").name == "prod-kafka-headless"


# The whole way


@real_kustomize
def test_check_mends_an_overlay_and_its_base(tree, monkeypatch):
    said = "namePrefix: {}-\ncommonLabels: {{env: {}}}\n"
    more = {"live/kustomization.yaml": "resources:\n  - ../base\n" + said.format("live", "live")}
    brokers = STATEFUL_SET.replace("          args: [--flag=1, --other]\n", "")
    made = tree(over(said.format("prod", "prod"), brokers) | more)
    monkeypatch.chdir(made.root)
    result = CliRunner().invoke(main, ["check", "--select=KL301,KL306", "--fix", "--unsafe-fixes"])
    assert result.exit_code == 0, result.output
    assert sorted(str(path.relative_to(made.root)) for path in made.root.rglob("*.yaml")) == [
        "base/kafka-pdb.yaml",
        "base/kafka.yaml",
        "base/kustomization.yaml",
        "live/kustomization.yaml",
        "over/kustomization.yaml",
    ]


# What a rendering must not do besides


def rendering(text: str) -> Source:
    return Source("over", text.encode(), rendered_by="kustomize", root="over/kustomization.yaml")


def test_a_rendering_is_held_to_what_was_meant():
    before = rendering(f"{STATEFUL_SET}---\n{KAFKA}")
    found = {each.kind: each for document in documents(before) for each in document.resources}
    operations = (
        SetValue(found["StatefulSet"].place(*GRACE), 300),
        AppendItem(found["Kafka"].place("spec", "kafka", "listeners"), {"name": "new"}),
        budget(found["StatefulSet"], app="kafka"),
    )
    kafka = KAFKA.replace("      - name: plain", "      - name: new\n      - name: plain")
    brokers = STATEFUL_SET.replace("30 ", "300 ")
    new = "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: prod-kafka-pdb}\n"

    def said(*texts: str) -> str:
        return departure([rendering("---\n".join(texts))], operations)

    assert said(brokers, kafka, new) == ""
    assert said(STATEFUL_SET, kafka, new) == "StatefulSet kafka would be rendered otherwise than was meant"
    assert said(brokers, kafka.replace("9092", "1"), new) == "Kafka main would be rendered otherwise than was meant"
    assert said(brokers, new) == "Kafka main would not be rendered any more"
    assert said(brokers, kafka, new.replace("Budget", "X")) == "PodDisruptionX prod-kafka-pdb would be rendered as well"
    assert departure([], operations) == "over is not rendered any more"
    chart = replace(rendering("kind: Role\n"), rendered_by="helm")
    rendered = rendering(f"{brokers}---\n{kafka}---\n{new}")
    assert departure([chart, rendered], operations) == departure([rendered, chart], operations) == ""
    assert departure([], ()) == ""


# Templates of charts


CHART = {
    "app/Chart.yaml": "apiVersion: v2\nname: app\nversion: 0.1.0\n",
    "app/values.yaml": (
        "replicas: 3\nimage:\n  tag: 4.1.0\naffinity: {}\nbudget:\n  enabled: false\nsub:\n  grace: 30\n"
    ),
    "app/templates/_helpers.tpl": (
        '{{- define "app.labels" -}}\napp: {{ .Values.called | default "kafka" }}\n{{- end }}\n'
    ),
    "app/templates/kafka.yaml": """\
{{- /* brokers */}}
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: {{ .Release.Name }}
spec:
  replicas: {{ .Values.replicas }}
  serviceName: kafka  # fixed
  selector:
    matchLabels:
      {{- include "app.labels" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "app.labels" . | nindent 8 }}
    spec:
      {{- if .Values.host }}
      hostNetwork: true
      {{- end }}
      terminationGracePeriodSeconds: 30
      dnsPolicy: Default
      {{- with .Values.affinity }}
      affinity:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      containers:
        - name: kafka
          image: "apache/kafka:{{ .Values.image.tag }}"
          args:
            - --flag=1
            - --other
        - name: exporter
          image: exporter:1
          {{- with .Values.exporter }}
          imagePullPolicy: {{ .policy }}
          {{- end }}
""",
    "app/templates/service.yaml": "apiVersion: v1\nkind: Service\nmetadata:\n  name: kafka\nspec:\n  ports: []\n",
    "app/templates/budget.yaml": (
        "{{- if .Values.budget.enabled }}\napiVersion: policy/v1\nkind: PodDisruptionBudget\n"
        "metadata:\n  name: x\n{{- end }}\n"
    ),
    "app/charts/sub/Chart.yaml": "apiVersion: v2\nname: sub\nversion: 0.1.0\n",
    "app/charts/sub/values.yaml": "grace: 10\nother: 5\n",
    "app/charts/sub/templates/kafka.yaml": (
        "apiVersion: kafka.strimzi.io/v1\nkind: Kafka\nmetadata:\n  name: main\nspec:\n  grace: {{ .Values.grace }}\n"
        "  other: {{ .Values.other }}\n  shared: {{ (.Values.global).x | default 3 }}\n"
    ),
}
BROKERS = CHART["app/templates/kafka.yaml"]


@real_helm
@pytest.mark.parametrize(
    ("route", "value", "before", "after"),
    [
        (GRACE, 300, "Seconds: 30", "Seconds: 300"),
        (("spec", "serviceName"), "kafka-headless", "kafka  # fixed", "kafka-headless  # fixed"),
        (("spec", "template", "spec", "containers", 1, "image"), "exporter:2", "exporter:1", "exporter:2"),
    ],
)
def test_a_line_of_a_template_that_holds_none_is_changed(tree, route, value, before, after):
    made = tree(CHART)
    changed = made.mend(SetValue(made.find("StatefulSet").place(*route), value))
    assert changed == {"app/templates/kafka.yaml": BROKERS.replace(before, after)}


@real_helm
def test_an_argument_a_key_and_a_whole_line_of_a_template_are_changed(tree):
    made = tree(CHART)
    place = made.find("StatefulSet").place(*CONTAINER, "args", 0, fragment=Span(7, 8))
    assert made.mend(SetValue(place, "2")) == {"app/templates/kafka.yaml": BROKERS.replace("flag=1", "flag=2")}
    place = made.find("StatefulSet").place("spec", "template", "spec", "dnsPolicy")
    assert "      hostPID: Default\n" in made.mend(RenameKey(place, "hostPID"))["app/templates/kafka.yaml"]
    place = made.find("StatefulSet").place("spec", "template", "spec", "hostPID")
    assert "Default" not in made.mend(RemoveValue(place))["app/templates/kafka.yaml"]


@real_helm
@pytest.mark.parametrize(
    ("kind", "route", "problem"),
    [
        ("StatefulSet", ("spec", "replicas"), "app/templates/kafka.yaml:7 reads .Values.replicas (app/values.yaml:1)"),
        ("StatefulSet", AFFINITY, "app/templates/kafka.yaml:23 reads .Values.affinity (app/values.yaml:4)"),
        (
            "StatefulSet",
            (*CONTAINER, "image"),
            "app/templates/kafka.yaml:28 reads .Values.image.tag (app/values.yaml:3)",
        ),
        (
            "StatefulSet",
            ("spec", "template", "spec", "containers", 1, "imagePullPolicy"),
            "app/templates/kafka.yaml:35 reads .Values.exporter.policy (not in app/values.yaml)",
        ),
        (
            "StatefulSet",
            ("spec", "template", "spec", "hostNetwork"),
            "app/templates/kafka.yaml:18 reads .Values.host (not in app/values.yaml)",
        ),
        (
            "StatefulSet",
            ("spec", "selector", "matchLabels", "app"),
            "app/templates/kafka.yaml:10 reads .Values.called (not in app/values.yaml)",
        ),
        (
            "StatefulSet",
            ("spec", "template", "spec", "hostIPC"),
            "app/templates/kafka.yaml:16 is part of a template that reads no value for it",
        ),
        ("Kafka", ("spec", "grace"), "app/charts/sub/templates/kafka.yaml:6 reads .Values.grace (app/values.yaml:8)"),
        (
            "Kafka",
            ("spec", "other"),
            "app/charts/sub/templates/kafka.yaml:7 reads .Values.other (app/charts/sub/values.yaml:2)",
        ),
        (
            "Kafka",
            ("spec", "shared"),
            "app/charts/sub/templates/kafka.yaml:8 reads .Values.global.x (not in app/charts/sub/values.yaml)",
        ),
    ],
)
def test_the_values_that_a_line_reads_are_named_with_their_place(tree, kind, route, problem):
    made = tree(CHART)
    assert made.problem(SetValue(made.find(kind).place(*route), "x")) == problem


@real_helm
def test_a_template_without_templating_takes_keys_and_objects(tree):
    made = tree(CHART)
    changed = made.mend(SetValue(made.find("Service").place("spec", "clusterIP"), "None"))
    assert changed == {
        "app/templates/service.yaml": CHART["app/templates/service.yaml"].replace(
            "  ports", "  clusterIP: None\n  ports"
        )
    }
    changed = made.mend(budget(made.find("Service"), app="kafka"))
    assert "---\napiVersion: policy/v1\n" in changed["app/templates/service.yaml"]


@real_helm
def test_a_value_that_decides_whether_there_is_an_object_is_named(tree):
    made = tree(CHART)
    assert made.problem(budget(made.find("StatefulSet"))) == (
        "app/templates/budget.yaml makes one if told to by .Values.budget.enabled (app/values.yaml:6)"
    )
    service = AddResource(made.find("StatefulSet"), {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "x"}})
    assert made.problem(service) == "app/templates/kafka.yaml, which its object comes from, is a template"


@real_helm
def test_a_comment_is_changed_on_the_one_line_of_the_template_that_has_it(tree):
    made = tree(CHART)
    source = made.find("StatefulSet").document.source
    start = source.text.content.index("# fixed")
    place = TextPlace(source, Span(start, start + len("# fixed")))
    changed = made.mend(RewriteText(place, ""))
    assert changed == {"app/templates/kafka.yaml": BROKERS.replace("kafka  # fixed", "kafka")}


def test_of_values_read_in_many_ways_all_are_found():
    content = """\
{{- $kafka := .Values.kafka }}
{{- with .Values.a.b }}
x: {{ .c }} {{ $kafka.replicas }} {{ $.Values.d }} {{ index .Values "e" "f-g" }} {{ .Release.Name }}
{{- range .list }}
y: {{ . }} {{ include "h" $ }}
{{- end }}
{{- end }}
z: {{ .f }} {{- /* .Values.comment */}} {{ "{{ .Values.text }}" }}
"""
    lines = content.splitlines(keepends=True)

    def read(number):
        start = sum(map(len, lines[:number]))
        return values_read(content, [Span(start, start + len(lines[number]))], {"h": "{{ .Values.helped }}"})

    assert sorted(read(2)) == [("a", "b", "c"), ("d",), ("e", "f-g"), ("kafka", "replicas")]
    assert read(4) == [("a", "b", "list"), ("helped",)]
    assert read(7) == []


def test_lines_are_known_by_their_indentation():
    content = 'a:\n- b: |\n    c: text\n  d: 1 # x\ne:\n  - f\n  - g: 2\n  {{- x | nindent 2 }}\n"h i": 3\n'
    found = [
        (line.path, content[slice(*(line.span if hasattr(line, "span") else line.rest))].strip())
        for line in lines_of(content, Span(0, len(content)))
    ]
    assert found == [
        (("a",), ""),
        (("a", "b"), "|"),
        (("a", "d"), "1 # x"),
        (("e",), ""),
        (("e",), "f"),
        (("e", "g"), "2"),
        (("e",), "{{- x | nindent 2 }}"),
        (("h i",), "3"),
    ]


# A patch for those who know the source


def suggested(made: Resource, *operations: Operation, safe: bool = True) -> Located:
    level = Applicability.SAFE if safe else Applicability.UNSAFE
    finding = Finding("KL999", "x", Level.ERROR, "m", made.place(), fix=Fix("Do it", operations, level))
    return locate(finding)


def piped(text: str) -> dict[str, Resource]:
    return {r.kind: r for document in documents(Source("-", text.encode())) for r in document.resources}


def test_a_component_holds_safe_fixes_or_all_each_once():
    found = piped(STATEFUL_SET)["StatefulSet"]
    one, other = SetValue(found.place(*GRACE), 300), SetValue(found.place("spec", "replicas"), 5)
    located = [suggested(found, one), suggested(found, other, safe=False), suggested(found, one)]
    text = kustomize_patch(located)
    assert text == kustomize_patch(located)
    assert text.count("terminationGracePeriodSeconds: 300") == 1
    assert "replicas" not in text
    assert "replicas: 5" in kustomize_patch(located, unsafe=True)
    contradicting = [*located, suggested(found, SetValue(found.place(*GRACE), 60))]
    assert kustomize_patch(contradicting) == text


@real_kustomize
def test_a_component_makes_of_the_input_what_the_fixes_meant(tree):
    found = piped(f"{STATEFUL_SET}---\n{KAFKA}")
    brokers, kafka = found["StatefulSet"], found["Kafka"]
    operations = (
        AppendItem(brokers.place(*AFFINITY), term(app="kafka")),
        RemoveValue(brokers.place(*GRACE)),
        SetValue(brokers.place(*CONTAINER, "args", 0, fragment=Span(7, 8)), "2"),
        SetValue(kafka.place("spec", "kafka", "config", "min.insync.replicas"), 2),
        RenameKey(kafka.place("spec", "kafka", "listeners"), "listening"),
    )
    text = kustomize_patch([suggested(brokers, *operations), suggested(brokers, budget(brokers, app="kafka"))])
    first, second = text.split("---\n")
    made = tree(
        {
            "in.yaml": f"{STATEFUL_SET}---\n{KAFKA}",
            "kustomization.yaml": "resources: [in.yaml]\ncomponents: [patch]\n",
            "patch/kustomization.yaml": first,
            "patch/kafka-pdb.yaml": second,
        }
    )
    assert second.startswith("# kafka-pdb.yaml\n")
    after = made.find("StatefulSet")
    assert after.get(*AFFINITY) == [term(app="kafka")]
    assert after.get(*GRACE) is None
    assert after.get(*CONTAINER, "args") == ["--flag=2", "--other"]
    assert made.find("Kafka").get("spec", "kafka", "config", "min.insync.replicas") == 2
    assert made.find("Kafka").get("spec", "kafka", "listening", 0, "name") == "plain"
    assert made.find("PodDisruptionBudget").name == "kafka-pdb"


# Names of files


@pytest.mark.parametrize(
    ("kind", "name", "beside", "made"),
    [
        ("PodDisruptionBudget", "kafka-pdb", None, "kafka-pdb.yaml"),
        ("PodDisruptionBudget", "kafka", None, "kafka-pdb.yaml"),
        ("PodDisruptionBudget", "kafka-pdb", ("StatefulSet", "kafka.yml"), "kafka-pdb.yml"),
        ("PodDisruptionBudget", "kafka-pdb", ("StatefulSet", "50kafka.yml"), "50kafka-pdb.yml"),
        ("PodDisruptionBudget", "kafka-pdb", ("StatefulSet", "statefulset.yaml"), "poddisruptionbudget.yaml"),
        ("PodDisruptionBudget", "kafka-pdb", ("StatefulSet", "kafka-sts.yaml"), "kafka-pdb.yaml"),
        ("PodDisruptionBudget", "kafka-pdb", ("StatefulSet", "10-statefulset-x.yaml"), "10-poddisruptionbudget-x.yaml"),
        ("PodDisruptionBudget", "main-pdb", ("Kafka", "kafka.yaml"), "main-pdb.yaml"),
        ("Service", "kafka-headless", ("StatefulSet", "kafka.json"), "kafka-headless-svc.yaml"),
    ],
)
def test_a_new_file_is_called_as_its_neighbour_is(kind, name, beside, made):
    assert file_name(kind, name, beside=beside) == made


def test_names_of_files_are_free_and_harmless():
    assert free("a.yaml", {"a.yaml", "a-2.yaml"}.__contains__) == "a-3.yaml"
    assert patch_name("Kafka", "kafka", ".yml") == "kafka-patch.yml"
    assert patch_name("Kafka", "../Ma in", ".yaml") == "ma-in-kafka-patch.yaml"
