"""kafkalint as `kubectl kafkalint` and `flux kafkalint`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from real_tools import path_with

ROOT = Path(__file__).parents[1]
SCRIPTS = Path(sys.executable).parent
DEMO = str(ROOT / "fixtures" / "demo" / "kafka.yaml")


def run(*command: str | Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, env={**os.environ, **env}, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("caller", ["kubectl", "flux"])
def test_the_plugin_is_kafkalint_by_another_name(caller: str) -> None:
    plugin = SCRIPTS / f"{caller}-kafkalint"
    assert run(plugin, "check", "--help").stdout.startswith(f"Usage: {caller} kafkalint check [OPTIONS]")
    assert run(plugin, "check", "--nonsense").stderr.startswith(f"Usage: {caller} kafkalint check [OPTIONS]")
    got, ours = (run(program, "check", "-q", DEMO) for program in (plugin, SCRIPTS / "kafkalint"))
    assert (got.returncode, got.stdout) == (ours.returncode, ours.stdout)
    assert got.returncode == 1


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["che"], "check\tFind what will go wrong with Kafka in these manifests.\n:4\n"),
        (["check", "--fail-on", "n"], "never\n:4\n"),
        (["check", "--select", "KL302"], "KL302\tpdb-selects-nothing\n:4\n"),
        (["check", "fix"], ":0\n"),
        (["check", "--no-such-option"], ":4\n"),
    ],
)
def test_words_are_completed_as_cobra_asks_for_them(words: list[str], answer: str) -> None:
    assert run(SCRIPTS / "kubectl_complete-kafkalint", *words).stdout == answer
    assert run(SCRIPTS / "flux-kafkalint", "__complete", *words).stdout == answer


def test_the_names_are_those_that_the_callers_look_for() -> None:
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    assert set(scripts) == {"kafkalint", "flux-kafkalint", "kubectl-kafkalint", "kubectl_complete-kafkalint"}


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not on the PATH")
def test_kubectl_finds_its_plugin() -> None:
    path = f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}"
    assert run("kubectl", "kafkalint", "check", "--help", PATH=path).stdout.startswith("Usage: kubectl kafkalint check")
    assert run("kubectl", "__complete", "kafkalint", "check", "--fail-on", "n", PATH=path).stdout == "never\n:4\n"


def test_flux_finds_its_plugin(tmp_path: Path) -> None:
    (tmp_path / "flux-kafkalint").symlink_to(SCRIPTS / "flux-kafkalint")
    done = run("flux", "kafkalint", "check", "--help", PATH=path_with("flux"), FLUXCD_PLUGINS=str(tmp_path))
    assert done.stdout.startswith("Usage: flux kafkalint check")
