"""The hooks, tried with the real pre-commit in a repository of somebody else."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from real_tools import real_helm, real_kustomize
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[1]
MANIFEST = {hook["id"]: hook for hook in YAML(typ="safe").load((ROOT / ".pre-commit-hooks.yaml").read_text())}
STATEFUL_SET = """apiVersion: apps/v1
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
"""
BUDGET = """apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: kafka
spec:
  maxUnavailable: 1
  selector:
    matchLabels: {app: kafka}
"""
TOPIC = """apiVersion: kafka.strimzi.io/v1
kind: KafkaNodePool
metadata: {name: dual, labels: {strimzi.io/cluster: events}}
spec: {replicas: 3, roles: [controller, broker], storage: {type: ephemeral}}
---
apiVersion: kafka.strimzi.io/v1
kind: Kafka
metadata: {name: events}
spec: {kafka: {}}
---
apiVersion: kafka.strimzi.io/v1
kind: KafkaTopic
metadata: {name: orders, labels: {strimzi.io/cluster: events}}
spec: {partitions: 3}
"""
posix = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for a tool is a shell script")


def git(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "init.defaultBranch=main"]
    env = {**os.environ, **environment}
    return subprocess.run(["git", *identity, *arguments], cwd=cwd, env=env, check=True, capture_output=True, text=True)


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This project as a repository of hooks, as its users see it after a release."""
    folder = tmp_path_factory.mktemp("hooks") / "kafkalint"
    folder.mkdir()
    for name in ("kafkalint", "plugins"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        shutil.copy(ROOT / name, folder / name)
    git("init", "--quiet", cwd=folder)
    git("add", "--all", cwd=folder)
    git("commit", "--quiet", "--message", "release", cwd=folder)
    git("tag", "v1.0.0", cwd=folder)
    return folder


class Consumer:
    """A repository that uses the hooks; their environment is built once for all of them."""

    def __init__(self, folder: Path, hooks: Path, cache: Path, config: Path) -> None:
        self.folder = folder
        self.hooks = hooks
        self.config = config
        self.environment = {**os.environ, "PRE_COMMIT_HOME": str(cache)}

    def write(self, name: str, content: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        return path

    def add(self) -> None:
        git("add", "--all", cwd=self.folder)

    def configure(self, hook: str, *lines: str) -> None:
        """Use a hook, with these keys."""
        settings = "".join(f"        {line}\n" for line in lines)
        repository = f"  - repo: {self.hooks}\n    rev: v1.0.0\n    hooks:\n      - id: {hook}\n"
        self.config.write_text(f"repos:\n{repository}{settings}")

    def run(self, hook: str, *arguments: str, settings: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
        self.configure(hook, *settings)
        return self.pre_commit("run", "--verbose", "--config", str(self.config), hook, *arguments)

    def pre_commit(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pre_commit", *arguments]
        return subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )

    def tool(self, name: str, script: str) -> None:
        """Put a stand-in before all that is on the PATH."""
        place = self.config.parent / "bin"
        place.mkdir(exist_ok=True)
        (place / name).write_text(f"#!/bin/sh\n{script}")
        (place / name).chmod(0o755)
        self.environment["PATH"] = f"{place}{os.pathsep}{os.environ['PATH']}"


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def empty(tmp_path: Path, hooks: Path, cache: Path) -> Consumer:
    """A repository with nothing in it."""
    folder = tmp_path / "consumer"
    folder.mkdir()
    git("init", "--quiet", cwd=folder)
    return Consumer(folder, hooks, cache, tmp_path / "pre-commit.yaml")


@pytest.fixture
def consumer(empty: Consumer) -> Consumer:
    """A repository with a StatefulSet and its budget in two files."""
    empty.write("kafka/statefulset.yaml", STATEFUL_SET)
    empty.write("kafka/pdb.yaml", BUDGET)
    empty.add()
    return empty


# The manifest


def test_the_manifest_is_valid() -> None:
    manifest = str(ROOT / ".pre-commit-hooks.yaml")
    subprocess.run([sys.executable, "-m", "pre_commit", "validate-manifest", manifest], check=True)


def test_every_hook_is_in_the_documentation() -> None:
    for name in ("README.md", "docs/pre-commit.md"):
        text = (ROOT / name).read_text()
        assert all(f"`{hook}`" in text for hook in MANIFEST), name


@pytest.mark.parametrize(
    "file",
    [
        "kafka.yaml",
        "kafka.yml",
        "kafka.json",
        ".kafkalint.yaml",
        "deploy/Kustomization",
        "deploy/kustomization.yml",
        "charts/a/Chart.yaml",
        "charts/a/values-prod.yaml",
        "charts/a/.helmignore",
        "charts/a/charts/b-1.0.0.tgz",
        "charts/a/templates/_helpers.tpl",
        "deploy/server.properties",
        "deploy/kafka.env",
        "deploy/log4j.conf",
        "kafkalint-baseline.json",
        "vendor/base",
        "current",
        "releases/v1.2",
    ],
)
@pytest.mark.parametrize("hook", ["kafkalint", "kafkalint-fix"])
def test_whatever_can_change_a_finding_has_the_whole_repository_checked(hook: str, file: str) -> None:
    assert MANIFEST[hook]["types"] == [], (
        "it would have to hold besides, and a template, a link or a submodule has none"
    )
    assert re.search(MANIFEST[hook]["files"], file)


@pytest.mark.parametrize("file", ["main.py", "README.md", "Kustomization.md", ".gitignore", "src/properties.go"])
@pytest.mark.parametrize("hook", ["kafkalint", "kafkalint-fix"])
def test_what_cannot_change_a_finding_runs_nothing(hook: str, file: str) -> None:
    assert not re.search(MANIFEST[hook]["files"], file)


@pytest.mark.parametrize("hook", ["kafkalint-kustomize", "kafkalint-helm"])
def test_whatever_a_rendering_may_take_is_given(hook: str) -> None:
    assert not {"files", "types_or", "exclude"} & MANIFEST[hook].keys(), "a generator takes files of any name"
    assert MANIFEST[hook]["types"] == [], "a submodule and a link are no files"
    assert MANIFEST[hook]["require_serial"]


# The whole repository


def test_the_whole_project_is_seen_whichever_file_changed(consumer: Consumer) -> None:
    done = consumer.run("kafkalint", "--files", "kafka/pdb.yaml")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "KL306" in done.stdout, "the StatefulSet did not change and is judged all the same"
    assert "KL301" not in done.stdout, "the budget stands in another file"


def test_only_what_git_tracks_is_seen(consumer: Consumer) -> None:
    consumer.write("kafka/scratch.yaml", STATEFUL_SET.replace("name: kafka", "name: scratch"))
    done = consumer.run("kafkalint", "--all-files")
    assert "scratch" not in done.stdout


def test_arguments_of_the_consumer_are_added_to_the_hook_s(consumer: Consumer) -> None:
    settings = ["args: [--select, KL306, --fail-on, never]"]
    done = consumer.run("kafkalint", "--all-files", settings=settings)
    assert done.returncode == 0, done.stdout
    assert "KL306" in done.stdout
    assert "KL202" not in done.stdout


def test_a_plugin_comes_with_the_hook(consumer: Consumer, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "fixtures" / "plugin", tmp_path / "plugin")
    consumer.write("topic.yaml", TOPIC)
    consumer.add()
    settings = [f"additional_dependencies: ['{tmp_path / 'plugin'}']", "args: [--select, ACME]"]
    done = consumer.run("kafkalint", "--all-files", settings=settings)
    assert "ACME001" in done.stdout, done.stdout + done.stderr


def test_what_is_not_staged_is_not_judged(consumer: Consumer) -> None:
    consumer.write(".kafkalint.yaml", "select: [KL301]\n")
    consumer.add()
    consumer.write("kafka/pdb.yaml", "# none\n")
    consumer.write("kafka/untracked.yaml", STATEFUL_SET.replace("kafka", "other"))
    done = consumer.run("kafkalint")
    assert done.returncode == 0, done.stdout
    assert "KL301" not in done.stdout
    git("add", "kafka/pdb.yaml", cwd=consumer.folder)
    assert "KL301" in consumer.run("kafkalint").stdout


def test_a_commit_that_only_deletes_runs_a_hook_only_where_it_always_runs(consumer: Consumer) -> None:
    consumer.config = consumer.folder / ".pre-commit-config.yaml"
    consumer.configure("kafkalint")
    consumer.write(".kafkalint.yaml", "select: [KL301]\n")
    consumer.add()
    assert consumer.pre_commit("install").returncode == 0
    commit = ("-c", "user.name=Test", "-c", "user.email=test@example.com", "commit", "--message", "x")

    def committed() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["git", *commit], cwd=consumer.folder, env=consumer.environment, capture_output=True, text=True, check=False
        )

    first = committed()
    assert first.returncode == 0, first.stdout + first.stderr
    git("rm", "--quiet", "kafka/pdb.yaml", cwd=consumer.folder)
    skipped = committed()
    assert skipped.returncode == 0
    assert "(no files to check)Skipped" in skipped.stdout + skipped.stderr
    git("reset", "--quiet", "--hard", "HEAD~1", cwd=consumer.folder)
    consumer.configure("kafkalint", "always_run: true")
    consumer.add()
    assert committed().returncode == 0
    git("rm", "--quiet", "kafka/pdb.yaml", cwd=consumer.folder)
    caught = committed()
    assert caught.returncode == 1
    assert "KL301" in caught.stdout + caught.stderr


# The changed files


def test_changed_files_alone_ask_for_nothing_that_may_be_elsewhere(consumer: Consumer) -> None:
    done = consumer.run("kafkalint-files", "--files", "kafka/statefulset.yaml")
    assert done.returncode == 1
    assert "KL306" in done.stdout
    assert "KL301" not in done.stdout


def test_changed_files_that_are_no_manifests_are_nobody_s_business_here(consumer: Consumer) -> None:
    consumer.write("tsconfig.json", '{\n  // as TypeScript has it\n  "compilerOptions": {"strict": true,},\n}\n')
    consumer.write("compose.yaml", "services: {a: {image: b}}\nservices: {a: {image: b}}\n")
    consumer.write(
        ".github/workflows/ci.yaml", "jobs:\n  a:\n    uses: helm/kind-action@v1\n    uses: helm/kind-action@v2\n"
    )
    consumer.add()
    others = ["tsconfig.json", "compose.yaml", ".github/workflows/ci.yaml"]
    done = consumer.run("kafkalint-files", "--files", *others)
    assert done.returncode == 0, done.stdout
    consumer.write("kafka/broken.yaml", "apiVersion: v1\nkind: Service\nspec: [\n")
    consumer.add()
    done = consumer.run("kafkalint-files", "--files", *others, "kafka/broken.yaml")
    assert done.returncode == 1
    assert "KL001" in done.stdout


# Mending


def test_the_fixing_hook_mends_and_then_is_content(consumer: Consumer) -> None:
    consumer.write(".kafkalint.yaml", "select: [KL301, KL306]\n")
    (consumer.folder / "kafka" / "pdb.yaml").unlink()
    consumer.add()
    first = consumer.run("kafkalint-fix", "--all-files")
    assert first.returncode == 1, "pre-commit stops a commit whose files a hook has changed"
    assert "files were modified by this hook" in first.stdout
    text = (consumer.folder / "kafka" / "statefulset.yaml").read_text()
    assert text.startswith(STATEFUL_SET.partition("    spec:")[0])
    assert "requiredDuringSchedulingIgnoredDuringExecution" in text
    assert "kind: PodDisruptionBudget" in text
    consumer.add()
    second = consumer.run("kafkalint-fix", "--all-files")
    assert second.returncode == 0, second.stdout


def test_the_fixing_hook_fails_where_something_is_left(consumer: Consumer) -> None:
    text = STATEFUL_SET.replace("  serviceName: kafka\n", "  serviceName: kafka\n  volumeClaimTemplates: []\n")
    unmendable = text.replace("kind: StatefulSet", "kind: Deployment").replace("  serviceName: kafka\n", "")
    consumer.write("kafka/statefulset.yaml", unmendable)
    consumer.add()
    done = consumer.run("kafkalint-fix", "--all-files")
    assert done.returncode == 1
    assert "KL101" in done.stdout


# Renderings


@pytest.fixture
def overlays(empty: Consumer) -> Consumer:
    """A base, two overlays that build upon it, and a chart."""
    empty.write("base/kustomization.yaml", "resources: [statefulset.yaml, pdb.yaml]\n")
    empty.write("base/statefulset.yaml", STATEFUL_SET)
    empty.write("base/pdb.yaml", BUDGET)
    for name in ("dev", "prod"):
        empty.write(f"clusters/{name}/kustomization.yaml", f"resources: [../../base]\nnamePrefix: {name}-\n")
    empty.write("charts/events/Chart.yaml", "apiVersion: v2\nname: events\nversion: 0.1.0\n")
    empty.write("charts/events/values.yaml", "replicas: 3\n")
    empty.write("charts/events/templates/_helpers.tpl", '{{- define "name" }}kafka{{ end -}}\n')
    template = STATEFUL_SET.replace("name: kafka\nspec", 'name: {{ include "name" . }}\nspec')
    empty.write(
        "charts/events/templates/kafka.yaml", template.replace("replicas: 3", "replicas: {{ .Values.replicas }}")
    )
    empty.write("env/prod.yaml", "replicas: 5\n")
    empty.write(".kafkalint.yaml", "helm: [{chart: charts/events, release: events, values: [env/prod.yaml]}]\n")
    empty.write("main.py", "")
    empty.add()
    return empty


@posix
def test_a_changed_base_has_the_overlays_rendered_once_each(overlays: Consumer, tmp_path: Path) -> None:
    note = tmp_path / "note"
    overlays.tool("kustomize", f'read -r line < kustomization.yaml\necho "$line" >> {note}\ncat {tmp_path}/out.yaml\n')
    (tmp_path / "out.yaml").write_text(STATEFUL_SET)
    done = overlays.run("kafkalint-kustomize", "--all-files")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "KL306" in done.stdout
    assert [line.rpartition("/")[2] for line in sorted(note.read_text().splitlines())] == ['dev"]', 'prod"]']


@posix
def test_so_many_names_that_they_are_split_only_repeat_work(overlays: Consumer, tmp_path: Path) -> None:
    overlays.tool("kustomize", f"cat {tmp_path}/out.yaml\n")
    (tmp_path / "out.yaml").write_text(STATEFUL_SET)
    overlays.write(".kafkalint.yaml", "select: [KL306]\n")
    usual = overlays.run("kafkalint-kustomize", "--all-files").stdout
    names = [f"{'long' * 40}{number}" for number in range(1000)]
    for name in names:
        overlays.write(f"clusters/prod/{name}", "")
    generator = f"configMapGenerator: [{{name: c, files: [{', '.join(names)}]}}]\n"
    overlays.write("clusters/prod/kustomization.yaml", f"resources: [../../base]\nnamePrefix: prod-\n{generator}")
    overlays.add()
    split = overlays.run("kafkalint-kustomize", "--all-files").stdout
    findings = [[line for line in text.splitlines() if " KL306 " in line] for text in (usual, split)]
    assert len(findings[0]) == 2
    assert sorted(set(findings[1])) == sorted(set(findings[0]))
    assert len(re.findall("^  Seen: ", split, re.MULTILINE)) > 1, "the names were to be too many for one call"


@posix
def test_what_is_rendered_from_nothing_changed_passes_without_a_word(overlays: Consumer) -> None:
    for tool in ("kustomize", "helm"):
        overlays.tool(tool, "echo must not run >&2; exit 1")
        done = overlays.run(f"kafkalint-{tool}", "--files", "main.py")
        assert done.returncode == 0, done.stdout
        assert "kafkalint" not in done.stdout.partition("duration")[2]


@posix
def test_a_hook_environment_brings_no_renderer_and_that_fails(overlays: Consumer, tmp_path: Path) -> None:
    needed = tmp_path / "only"
    needed.mkdir()
    for name in ("git", "sh"):
        (needed / name).symlink_to(shutil.which(name) or "")
    # The Python by whose name pre-commit finds the environment that is there.
    for python in {Path(sys.executable), Path(sys.executable).resolve()}:
        (needed / python.name).symlink_to(python)
    overlays.run("kafkalint-helm", "--files", "main.py")
    overlays.environment["PATH"] = str(needed)
    for tool, file in (("kustomize", "base/pdb.yaml"), ("helm", "env/prod.yaml")):
        done = overlays.run(f"kafkalint-{tool}", "--files", file)
        assert done.returncode == 1
        assert "exit code: 2" in done.stdout
        assert "on the PATH" in " ".join(done.stdout.split())


@real_kustomize
def test_a_changed_base_is_judged_as_its_overlays_render_it(overlays: Consumer) -> None:
    done = overlays.run("kafkalint-kustomize", "--files", "base/pdb.yaml")
    assert done.returncode == 1, done.stdout
    assert "Cluster dev-kafka" in done.stdout
    assert "Cluster prod-kafka" in done.stdout
    assert "base/statefulset.yaml" in done.stdout, "a finding points into the file that was written"
    done = overlays.run("kafkalint-kustomize", "--files", "clusters/prod/kustomization.yaml")
    assert "Cluster dev-kafka" not in done.stdout


@real_helm
@pytest.mark.parametrize("file", ["charts/events/templates/_helpers.tpl", "env/prod.yaml", ".kafkalint.yaml"])
def test_a_changed_part_of_a_chart_is_judged_as_the_chart_renders_it(overlays: Consumer, file: str) -> None:
    done = overlays.run("kafkalint-helm", "--files", file)
    assert done.returncode == 1, done.stdout
    assert "5 brokers" in done.stdout
    assert "charts/events/templates/kafka.yaml" in done.stdout


@posix
def test_a_hook_that_always_runs_and_is_given_nothing_renders_everything(overlays: Consumer, tmp_path: Path) -> None:
    git("commit", "--quiet", "--message", "x", cwd=overlays.folder)
    overlays.tool("kustomize", f"cat {tmp_path}/out.yaml\n")
    (tmp_path / "out.yaml").write_text(STATEFUL_SET)
    git("rm", "--quiet", "base/pdb.yaml", cwd=overlays.folder)
    assert "Skipped" in overlays.run("kafkalint-kustomize").stdout
    done = overlays.run("kafkalint-kustomize", settings=["always_run: true"])
    assert done.returncode == 1
    assert "2 sources" in done.stdout


@posix
@pytest.mark.parametrize("hook", ["kafkalint", "kafkalint-fix", "kafkalint-kustomize", "kafkalint-helm"])
def test_a_submodule_of_another_commit_and_a_link_that_leads_elsewhere_run_a_hook(
    empty: Consumer, tmp_path: Path, hook: str
) -> None:
    upstream = tmp_path / "upstream"
    upstream.mkdir()
    git("init", "--quiet", cwd=upstream)
    (upstream / "kustomization.yaml").write_text("resources: [kafka.yaml]\n")
    (upstream / "kafka.yaml").write_text(STATEFUL_SET)
    git("add", "--all", cwd=upstream)
    git("commit", "--quiet", "--message", "x", cwd=upstream)
    git("-c", "protocol.file.allow=always", "submodule", "add", str(upstream), "vendor", cwd=empty.folder)
    empty.write("prod/kustomization.yaml", "resources: [../vendor]\nhelmCharts: [{name: app}]\n")
    for version in ("v1", "v2"):
        empty.write(f"{version}/Chart.yaml", f"apiVersion: v2\nname: app\nversion: {version[1]}.0.0\n")
        empty.write(f"{version}/templates/kafka.yaml", STATEFUL_SET)
    (empty.folder / "prod" / "charts").mkdir()
    (empty.folder / "prod" / "charts" / "app").symlink_to("../../v1")
    (empty.folder / "umbrella" / "charts").mkdir(parents=True)
    empty.write("umbrella/Chart.yaml", "apiVersion: v2\nname: umbrella\nversion: 0.1.0\n")
    (empty.folder / "umbrella" / "charts" / "app").symlink_to("../../v1")
    empty.write("umbrella/templates/kafka.yaml", STATEFUL_SET)
    empty.add()
    git("commit", "--quiet", "--message", "x", cwd=empty.folder)
    for tool in ("kustomize", "helm"):
        empty.tool(tool, f"cat {tmp_path}/out.yaml\n")
    (tmp_path / "out.yaml").write_text(STATEFUL_SET)

    def judged() -> bool:
        done = empty.run(hook, settings=["args: [--select, KL306, --fail-on, warning]"])
        return done.returncode == 1 and "KL306" in done.stdout

    if hook != "kafkalint-helm":
        git("commit", "--quiet", "--allow-empty", "--message", "y", cwd=empty.folder / "vendor")
        empty.add()
        assert judged(), "the submodule"
        git("reset", "--quiet", "--hard", cwd=empty.folder)
    link = empty.folder / ("umbrella" if hook == "kafkalint-helm" else "prod") / "charts" / "app"
    link.unlink()
    link.symlink_to("../../v2")
    empty.add()
    assert judged(), "the link"


@posix
@pytest.mark.parametrize("hook", ["kafkalint", "kafkalint-kustomize"])
def test_a_commit_that_deletes_all_that_an_overlay_is_about_is_caught_where_the_hook_always_runs(
    empty: Consumer, hook: str
) -> None:
    empty.write("base/kustomization.yaml", "resources: [statefulset.yaml]\n")
    empty.write("base/statefulset.yaml", STATEFUL_SET)
    empty.write("prod/kustomization.yaml", "resources: [../base]\n")
    empty.write("spare.yaml", "kind: Role\napiVersion: v1\n")
    empty.add()
    git("commit", "--quiet", "--message", "x", cwd=empty.folder)
    empty.tool("kustomize", "echo 'Error: accumulating resources: ../base is gone' >&2; exit 1")
    git("rm", "--quiet", "-r", "base", cwd=empty.folder)
    done = empty.run(hook, settings=["always_run: true"])
    assert done.returncode == 1, done.stdout
    assert "prod: not rendered, so not checked" in done.stdout


@posix
def test_a_hook_in_a_linked_worktree_sees_that_worktree(overlays: Consumer, tmp_path: Path) -> None:
    git("commit", "--quiet", "--message", "x", cwd=overlays.folder)
    linked = tmp_path / "linked"
    git("worktree", "add", "--quiet", str(linked), cwd=overlays.folder)
    overlays.tool("kustomize", f"cat {tmp_path}/out.yaml\n")
    (tmp_path / "out.yaml").write_text(STATEFUL_SET)
    overlays.folder, overlays.config = linked, linked / ".pre-commit-config.yaml"
    overlays.configure("kafkalint-kustomize", "args: [--select, KL306]")
    assert overlays.pre_commit("install").returncode == 0
    overlays.write("base/pdb.yaml", f"# more\n{BUDGET}")
    overlays.add()
    commit = ["git", "-c", "user.name=Test", "-c", "user.email=test@example.com", "commit", "--message", "x"]
    done = subprocess.run(commit, cwd=linked, env=overlays.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "2 sources" in done.stdout + done.stderr
