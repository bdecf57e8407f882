"""The hooks, tried with the real pre-commit in a repository of somebody else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
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


def git(*arguments: str, cwd: Path) -> None:
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *identity, *arguments], cwd=cwd, check=True, capture_output=True)


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
    return folder


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for all runs: the hook's environment is built once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git("init", "--quiet", cwd=tmp_path)
    (tmp_path / "kafka").mkdir()
    (tmp_path / "kafka" / "statefulset.yaml").write_text(STATEFUL_SET)
    (tmp_path / "kafka" / "pdb.yaml").write_text(BUDGET)
    git("add", "--all", cwd=tmp_path)
    return tmp_path


def try_repo(hooks: Path, hook: str, cwd: Path, cache: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pre_commit", "try-repo", str(hooks), hook, "--verbose", *arguments]
    env = {**os.environ, "PRE_COMMIT_HOME": str(cache)}
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)


def test_the_manifest_is_valid() -> None:
    manifest = str(ROOT / ".pre-commit-hooks.yaml")
    subprocess.run([sys.executable, "-m", "pre_commit", "validate-manifest", manifest], check=True)


def test_the_whole_project_is_seen_whichever_file_changed(hooks: Path, cache: Path, repository: Path) -> None:
    done = try_repo(hooks, "kafkalint", repository, cache, "--files", "kafka/pdb.yaml")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "KL306" in done.stdout, "the StatefulSet did not change and is judged all the same"
    assert "KL301" not in done.stdout, "the budget stands in another file"


def test_only_what_git_tracks_is_seen(hooks: Path, cache: Path, repository: Path) -> None:
    (repository / "kafka" / "scratch.yaml").write_text(STATEFUL_SET.replace("name: kafka", "name: scratch"))
    done = try_repo(hooks, "kafkalint", repository, cache, "--all-files")
    assert "scratch" not in done.stdout


def test_changed_files_alone_ask_for_nothing_that_may_be_elsewhere(hooks: Path, cache: Path, repository: Path) -> None:
    done = try_repo(hooks, "kafkalint-files", repository, cache, "--files", "kafka/statefulset.yaml")
    assert done.returncode == 1
    assert "KL306" in done.stdout
    assert "KL301" not in done.stdout


def test_the_fixing_hook_mends_and_then_is_content(hooks: Path, cache: Path, repository: Path) -> None:
    (repository / ".kafkalint.yaml").write_text("select: [KL301, KL306]\n")
    (repository / "kafka" / "pdb.yaml").unlink()
    git("add", "--all", cwd=repository)
    first = try_repo(hooks, "kafkalint-fix", repository, cache, "--all-files")
    assert first.returncode == 1, "pre-commit stops a commit whose files a hook has changed"
    assert "files were modified by this hook" in first.stdout
    text = (repository / "kafka" / "statefulset.yaml").read_text()
    assert text.startswith(STATEFUL_SET.partition("    spec:")[0])
    assert "requiredDuringSchedulingIgnoredDuringExecution" in text
    assert "kind: PodDisruptionBudget" in text
    git("add", "--all", cwd=repository)
    second = try_repo(hooks, "kafkalint-fix", repository, cache, "--all-files")
    assert second.returncode == 0, second.stdout


def test_the_fixing_hook_fails_where_something_is_left(hooks: Path, cache: Path, repository: Path) -> None:
    text = STATEFUL_SET.replace("  serviceName: kafka\n", "  serviceName: kafka\n  volumeClaimTemplates: []\n")
    unmendable = text.replace("kind: StatefulSet", "kind: Deployment").replace("  serviceName: kafka\n", "")
    (repository / "kafka" / "statefulset.yaml").write_text(unmendable)
    git("add", "--all", cwd=repository)
    done = try_repo(hooks, "kafkalint-fix", repository, cache, "--all-files")
    assert done.returncode == 1
    assert "KL101" in done.stdout
