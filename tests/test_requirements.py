"""What the action and the image install is pinned, with hashes, and is what pyproject.toml asks for."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
ASKED = {"run": PROJECT["project"]["dependencies"], "build": PROJECT["build-system"]["requires"]}


def entries(name: str) -> list[str]:
    """Every requirement with its options, continuations joined and comments left out."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    return [line for line in re.sub(r"\\\n\s*", "", text).splitlines() if line and not line.startswith("#")]


def pins(name: str) -> dict[str, str]:
    pairs = (entry.split()[0].split("==") for entry in entries(name))
    return {canonicalize_name(package): version for package, version in pairs}


@pytest.mark.parametrize("name", ASKED)
def test_everything_is_pinned_by_hash(name: str) -> None:
    for entry in entries(name):
        assert re.fullmatch(r"[\w-]+==[\w.]+( ; \S.*?)?( ?--hash=sha256:[0-9a-f]{64})+", entry), entry


@pytest.mark.parametrize("name", ASKED)
def test_pins_are_what_the_project_asks_for(name: str) -> None:
    found = pins(name)
    for text in ASKED[name]:
        requirement = Requirement(text)
        assert found[canonicalize_name(requirement.name)] in requirement.specifier


def test_both_agree() -> None:
    run, build = pins("run"), pins("build")
    assert {package: run[package] for package in run.keys() & build.keys()} == {
        package: build[package] for package in run.keys() & build.keys()
    }


@pytest.mark.parametrize("file", ["action.yml", "Containerfile"])
def test_both_that_install_take_them_and_nothing_else(file: str) -> None:
    text = (ROOT / file).read_text()
    for name in ASKED:
        assert f"requirements/{name}.txt" in text
    # That nothing is missing among the pins is seen where they are installed: tests/test_action.py.
    assert text.count("--require-hashes") >= 1
    assert "--no-deps" in text
    assert "--no-build-isolation" in text
