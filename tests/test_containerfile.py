"""The container image: it cannot be built where there is no builder, so what can be known by reading is held here."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest
from real_tools import HELM4, KUSTOMIZE, Tool, path_with

from kafkalint import __version__

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "Containerfile").read_text()
IGNORED = [line for line in (ROOT / ".containerignore").read_text().splitlines() if line and not line.startswith("#")]


def instructions() -> list[tuple[str, str]]:
    """Every instruction and what follows it, continuations joined and comments left out."""
    lines = [line for line in TEXT.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1].strip()) for line in joined.splitlines()]


def argument(name: str) -> str:
    (value,) = [
        rest.partition("=")[2] for word, rest in instructions() if word == "ARG" and rest.startswith(f"{name}=")
    ]
    return value


def test_it_says_its_syntax_first() -> None:
    assert TEXT.startswith("# syntax=")


def test_base_images_are_pinned_to_a_version() -> None:
    for word, rest in instructions():
        if word == "FROM":
            assert re.fullmatch(r"[a-z]+:\d+\.\d+-\S+( AS [a-z]+)?", rest), rest


def test_it_runs_as_argo_cd_asks_and_calls_kafkalint() -> None:
    last = dict(instructions())
    assert last["USER"] == "999"
    assert last["ENTRYPOINT"] == '["kafkalint"]'
    assert "--uid 999" in TEXT


def test_it_says_where_it_comes_from_and_the_same_whenever_it_is_built() -> None:
    (labels,) = [
        dict(word.split("=", 1) for word in shlex.split(rest)) for word, rest in instructions() if word == "LABEL"
    ]
    named = {name.removeprefix("org.opencontainers.image.") for name in labels}
    assert named >= {"title", "description", "licenses", "source", "url", "documentation", "version", "revision"}
    assert "created" not in named
    documentation = labels["org.opencontainers.image.documentation"]
    assert (ROOT / documentation.partition("/blob/main/")[2]).is_file()


def test_the_version_is_said_as_it_is() -> None:
    assert argument("VERSION") == __version__


def test_all_that_is_copied_is_let_in_and_is_there() -> None:
    wanted = [
        name
        for word, rest in instructions()
        if word == "COPY" and "--from" not in rest
        for name in shlex.split(rest)[:-1]
    ]
    assert {f"!{name}" for name in wanted} == {line for line in IGNORED if line.startswith("!")}
    assert IGNORED[0] == "*"
    assert all((ROOT / name).exists() for name in wanted)
    assert any(fnmatch("kafkalint/__pycache__", line) for line in IGNORED)


def test_both_builders_are_told_the_same() -> None:
    docker = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if not line.startswith("#")]
    assert docker == IGNORED


@pytest.mark.parametrize(("tool", "name"), [(KUSTOMIZE, "KUSTOMIZE_VERSION"), (HELM4, "HELM_VERSION")])
def test_what_the_tests_are_run_with_is_what_the_image_holds(tool: Tool, name: str) -> None:
    assert f"@{argument(name)}" in (ROOT / ".ci" / "tools").read_text()
    path_with(tool.label)
    assert tool.path
    done = subprocess.run([tool.path, "version"], capture_output=True, text=True, check=True)
    found = re.search(r"v\d+\.\d+(\.\d+)?", done.stdout)
    assert found
    assert argument(name).startswith(found[0]), "a Helm built from source says no patch version"


def test_hadolint_has_nothing_to_say() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([hadolint, ROOT / "Containerfile"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
