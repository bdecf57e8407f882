"""What starting costs, told by what is imported and not by a clock."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
STRIMZI = """
apiVersion: kafka.strimzi.io/v1
kind: KafkaNodePool
metadata: {name: dual, labels: {strimzi.io/cluster: events}}
spec: {replicas: 3, roles: [controller, broker], storage: {type: ephemeral}}
---
apiVersion: kafka.strimzi.io/v1
kind: Kafka
metadata: {name: events}
spec: {kafka: {version: 4.1.0}}
"""
STATEFULSET = """
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: kafka}
spec:
  serviceName: kafka
  replicas: 3
  selector: {matchLabels: {app: kafka}}
  template:
    metadata: {labels: {app: kafka}}
    spec:
      containers:
        - name: kafka
          image: apache/kafka:4.1.0
          ports: [{containerPort: 9092}]
          env: [{name: KAFKA_NODE_ID, value: "1"}, {name: KAFKA_PROCESS_ROLES, value: "broker,controller"}]
"""

DEAR = ("ruamel", "yaml", "jsonpath_ng", "importlib.metadata", "pluggy", "subprocess", "json", "concurrent.futures")


def modules_after(code: str) -> set[str]:
    script = f"{code}\nimport sys\nprint('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("name", DEAR)
def test_the_command_line_starts_without(name: str) -> None:
    assert name not in modules_after("import kafkalint.cli")


def test_the_package_itself_imports_nothing() -> None:
    ours = {name for name in modules_after("import kafkalint") if name.split(".")[0].startswith("kafkalint")}
    assert ours == {"kafkalint"}


def test_loading_the_plugins_imports_no_check_of_a_theme_twice_and_no_parser() -> None:
    loaded = modules_after("from kafkalint.registry import load_registry; load_registry()")
    assert "ruamel" not in loaded
    assert "yaml" not in loaded
    assert "jsonpath_ng" not in loaded


def test_a_run_without_checks_as_data_needs_no_jsonpath() -> None:
    loaded = modules_after("from kafkalint.testing import lint, model_of; model_of('kind: Pod\\nmetadata: {name: a}')")
    assert "jsonpath_ng" not in loaded
    assert "ruamel" not in loaded


def modules_after_a_run(text: str, folder: Path) -> set[str]:
    (folder / "manifests.yaml").write_text(text)
    script = "import sys; from kafkalint.cli import main; main(['check', 'manifests.yaml'], standalone_mode=False)"
    code = (
        f"try:\n    exec({script!r})\nexcept SystemExit:\n    pass\nimport sys; print('\\n' + '\\n'.join(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True)
    assert "Cluster" in done.stdout
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "name",
    [
        "kafkalint_flavours.statefulset",  # nothing runs
        "kafkalint_flavours.confluent",
        "kafkalint.cli.bar",  # nobody looks
        "kafkalint.cli.narrating",
        "kafkalint.config.loading",  # no config
        "kafkalint.config.sections",
        "kafkalint.config.baselines",  # no baseline
        "kafkalint.checking.baseline",
        "kafkalint.checking.data_checks",
        "kafkalint.checking.comments",  # no suppressions
        "kafkalint.manifests.rendering.renderings",  # nothing to render
        "kafkalint.manifests.rendering.kustomizations",
        "kafkalint.manifests.rendering.charts",
        "kafkalint.manifests.origin.tracing",
        "kafkalint.reports.json_report",  # the text report was asked for
        "jsonpath_ng",
        "ruamel",
        "json",
        "decimal",
        "difflib",
        "unicodedata",
        "subprocess",
        "concurrent.futures",
    ],
)
def test_a_run_on_a_strimzi_file_does_without(name: str, strimzi_run: set[str]) -> None:
    assert name not in strimzi_run


@pytest.fixture(scope="module")
def strimzi_run(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    return modules_after_a_run(STRIMZI, tmp_path_factory.mktemp("strimzi"))


def test_a_run_on_a_stateful_set_does_without_the_operators(tmp_path: Path) -> None:
    loaded = modules_after_a_run(STATEFULSET, tmp_path)
    assert "kafkalint_flavours.statefulset" in loaded
    assert "kafkalint_flavours.strimzi" not in loaded
    assert "kafkalint_flavours.confluent" not in loaded


def test_what_is_deferred_is_called_what_it_calls_itself() -> None:
    from kafkalint_flavours import kafkalint_flavours  # noqa: PLC0415
    from kafkalint_flavours.deferred import DeferredFlavour  # noqa: PLC0415

    deferred = [flavour for flavour in kafkalint_flavours() if isinstance(flavour, DeferredFlavour)]
    assert [flavour.name for flavour in deferred] == [flavour.load().name for flavour in deferred]
    assert {"strimzi", "confluent", "statefulset"} == {flavour.name for flavour in deferred}


def test_the_model_is_made_of_classes_that_are_cheap_to_define() -> None:
    # A frozen dataclass costs 0.3 ms at every start, a NamedTuple a tenth of that, and the model has some forty.
    assert "@dataclass" not in (ROOT / "kafkalint" / "kafka" / "model.py").read_text()
