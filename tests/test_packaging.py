"""Entry points, theme folders and what is found are the same, and the version is said once."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib.metadata import entry_points
from pathlib import Path

import kafkalint

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_there_is_one_entry_point_for_each_theme_and_one_for_the_flavours() -> None:
    themes = {
        folder.name: f"kafkalint_checks.{folder.name}"
        for folder in (ROOT / "plugins" / "kafkalint_checks").iterdir()
        if (folder / "__init__.py").exists()
    }
    assert PROJECT["entry-points"]["kafkalint"] == {**themes, "flavours": "kafkalint_flavours"}


def test_what_is_installed_is_what_is_declared() -> None:
    found = {point.name: point.value for point in entry_points(group="kafkalint") if point.dist.name == "kafkalint"}
    assert found == PROJECT["entry-points"]["kafkalint"]


def test_plugins_is_a_source_root_and_no_package() -> None:
    assert not (ROOT / "plugins" / "__init__.py").exists()


def test_every_package_is_typed() -> None:
    for package in ("kafkalint", "plugins/kafkalint_checks", "plugins/kafkalint_flavours"):
        assert (ROOT / package / "py.typed").exists()


def test_the_module_runs_like_the_script() -> None:
    done = subprocess.run([sys.executable, "-m", "kafkalint", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"kafkalint {kafkalint.__version__}\n"


def test_every_dependency_has_its_reason_beside_it() -> None:
    lines = (ROOT / "pyproject.toml").read_text().splitlines()
    for dependency in (*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]):
        (line,) = [line for line in lines if line.strip().startswith(f'"{dependency}"')]
        assert "#" in line or dependency.startswith(("mypy", "pytest", "ruff", "types-")), line
