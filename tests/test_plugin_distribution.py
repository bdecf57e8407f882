"""A third party's distribution beside kafkalint: seen to run, to be configured, suppressed, and to fail loudly."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOPIC = """apiVersion: kafka.strimzi.io/v1
kind: KafkaNodePool
metadata: {name: dual, labels: {strimzi.io/cluster: events}}
spec:
  replicas: 3
  roles: [controller, broker]
  storage: {type: persistent-claim, size: 10Gi}
---
apiVersion: kafka.strimzi.io/v1
kind: Kafka
metadata: {name: events}
spec: {kafka: {}}
---
apiVersion: kafka.strimzi.io/v1
kind: KafkaTopic
metadata:
  name: orders
  labels: {strimzi.io/cluster: events}
spec:
  partitions: 3
  replicas: 3
"""


class Installation:
    """A virtual environment with kafkalint and the plugin in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.program = folder / "venv" / "bin" / "kafkalint"
        self.packages = next((folder / "venv" / "lib").glob("python3*")) / "site-packages"

    def run(self, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run([str(self.program), *arguments], cwd=cwd, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    folder = tmp_path_factory.mktemp("installed")
    # Builds leave files behind: they are made from copies.
    for name in ("kafkalint", "plugins", "pyproject.toml", "README.md", "LICENSE"):
        source = ROOT / name
        target = folder / "kafkalint" / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            target.parent.mkdir(exist_ok=True)
            shutil.copy(source, target)
    shutil.copytree(ROOT / "fixtures" / "plugin", folder / "plugin")
    subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True)
    pip = [str(folder / "venv" / "bin" / "python"), "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
    subprocess.run([*pip, str(folder / "kafkalint"), str(folder / "plugin")], check=True)
    return Installation(folder)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "topic.yaml").write_text(TOPIC)
    # A folder of this name in the user's project must never be taken for ours.
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "__init__.py").write_text("raise SystemExit('the project was imported')\n")
    return tmp_path


def codes(done: subprocess.CompletedProcess[str]) -> list[str]:
    return [finding["code"] for finding in json.loads(done.stdout)["findings"]]


def test_its_check_runs_beside_ours(installed: Installation, project: Path) -> None:
    done = installed.run("check", "-f", "json", "--fail-on", "never", cwd=project)
    assert done.returncode == 0, done.stderr
    assert "ACME001" in codes(done)
    assert any(code.startswith("KL") for code in codes(done))


def test_the_list_of_rules_says_where_it_comes_from(installed: Installation, project: Path) -> None:
    rules = json.loads(installed.run("rules", "-f", "json", cwd=project).stdout)["rules"]
    (ours,) = [rule for rule in rules if rule["code"] == "ACME001"]
    assert (ours["plugin"], ours["plugin_version"]) == ("acme-kafkalint:topics", "1.2.0")


def test_it_is_explained(installed: Installation, project: Path) -> None:
    done = installed.run("explain", "too-few-partitions", cwd=project)
    assert "fewer partitions than ACME asks for" in done.stdout


def test_config_sets_its_option(installed: Installation, project: Path) -> None:
    (project / ".kafkalint.yaml").write_text("options: {too-few-partitions: {at-least: 3}}\n")
    assert "ACME001" not in codes(installed.run("check", "-f", "json", "--fail-on", "never", cwd=project))


def test_it_can_be_selected_by_its_own_prefix(installed: Installation, project: Path) -> None:
    assert codes(installed.run("check", "-f", "json", "--select", "ACME", cwd=project)) == ["ACME001"]


def test_it_can_be_suppressed(installed: Installation, project: Path) -> None:
    text = TOPIC.replace("partitions: 3", "partitions: 3 # kafkalint: ignore[ACME001] low traffic")
    (project / "topic.yaml").write_text(text)
    done = installed.run("check", "-f", "json", "--select", "ACME,KL005", cwd=project)
    assert codes(done) == []
    assert json.loads(done.stdout)["summary"]["suppressed"] == 1


def test_its_report_is_a_format(installed: Installation, project: Path) -> None:
    done = installed.run("check", "-f", "acme-chat", "--select", "ACME001", cwd=project)
    assert done.stdout == "1 things to mend\n"


def test_the_project_s_own_folder_of_plugins_is_not_imported(installed: Installation, project: Path) -> None:
    python = installed.folder / "venv" / "bin" / "python"
    command = [str(python), "-m", "kafkalint", "check", "--select", "ACME001", "--fail-on", "never"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("__init__.py", "from kafkalint.hooks import hookimpl", "import not_there", "not_there"),
        ("__init__.py", "import TooFewPartitions\n", "import Missing\n", "Missing"),
        ("too_few_partitions.py", '"ACME001"', '"KL301"', "KL301"),
        ("__init__.py", "def kafkalint_checks", "def kafkalint_cheks", "kafkalint_cheks"),
    ],
    ids=["does not import", "a hook that raises", "claims a taken code", "misspells a hook"],
)
def test_a_broken_plugin_fails_loudly(
    installed: Installation, project: Path, file: str, old: str, new: str, said: str
) -> None:
    source = installed.packages / "acme_kafkalint" / file
    text = source.read_text()
    assert old in text
    source.write_text(text.replace(old, new))
    try:
        done = installed.run("check", "-f", "json", cwd=project)
    finally:
        source.write_text(text)
    assert done.returncode == 3
    assert "acme-kafkalint" in done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_check_that_raises_is_named_and_the_others_go_on(installed: Installation, project: Path) -> None:
    source = installed.packages / "acme_kafkalint" / "too_few_partitions.py"
    text = source.read_text()
    source.write_text(text.replace("wanted = self", "raise RuntimeError('boom')\n        wanted = self"))
    try:
        done = installed.run("check", "-f", "json", "--fail-on", "never", cwd=project)
    finally:
        source.write_text(text)
    assert done.returncode == 3
    assert codes(done)
    assert "ACME001" in done.stderr
    assert "boom" in done.stderr


def test_the_wheel_holds_the_three_packages_and_nothing_else(installed: Installation) -> None:
    record = next(installed.packages.glob("kafkalint-*.dist-info")) / "RECORD"
    top = {line.split("/")[0] for line in record.read_text().splitlines() if not line.startswith("..")}
    info = next(installed.packages.glob("kafkalint-*.dist-info")).name
    assert top == {"kafkalint", "kafkalint_checks", "kafkalint_flavours", info}
