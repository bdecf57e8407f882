"""The real renderers that tests are run with: where they are, and what a test says that has to do without."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
_SECONDS = 60.0


class Tool(NamedTuple):
    """A program that some tests need."""

    program: str
    """What it is called on the PATH."""
    label: str
    """What it is called here, and its folder below `.tools/`, where `.ci/tools` puts it."""
    version: str = ""
    """What its version begins with, where one program has several lines."""

    @property
    def variable(self) -> str:
        """The environment variable that names another one."""
        return f"KAFKALINT_TEST_{self.label.upper()}"

    @property
    def path(self) -> str | None:
        """Where it is: as the environment says, as `.ci/tools` made it, or on the PATH; None where it is nowhere."""
        return _found(self)

    @property
    def missing(self) -> str:
        """Why a test is skipped, and what to do about it."""
        built = "neither in .tools/ nor on the PATH: run .ci/tools, or" if self in _BUILT else "not on the PATH:"
        return f"{self.label} is {built} set {self.variable}"


def find(tool: Tool) -> str | None:
    """The path of a tool, looked for anew."""
    named = os.environ.get(tool.variable)
    if named:
        # Somebody means this one: another in its place would be a green run of something else.
        assert _runs(tool, named), f"{tool.variable} is {named}, which is no {tool.label}"
        return named
    built = str(ROOT / ".tools" / tool.label / tool.program)
    found = (built, shutil.which(tool.program))
    return next((path for path in found if path and _runs(tool, path)), None)


# What is there when the tests begin: some of them change the PATH.
_found = cache(find)


def _runs(tool: Tool, path: str) -> bool:
    if not os.access(path, os.X_OK):
        return False
    if not tool.version:
        return True
    command = [path, "version", "--template", "{{.Version}}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
    return done.stdout.startswith(tool.version)


KUSTOMIZE = Tool("kustomize", "kustomize")
KUBECTL = Tool("kubectl", "kubectl")
HELM3 = Tool("helm", "helm3", "v3.")
HELM4 = Tool("helm", "helm4", "v4.")
FLUX = Tool("flux", "flux")


_BUILT = (KUSTOMIZE, HELM3, HELM4, FLUX)
"""What `.ci/tools` builds."""


def path_with(*labels: str) -> str:
    """A PATH on which these tools come first, and this kafkalint; the test is skipped where one is missing."""
    known = {tool.label: tool for tool in _BUILT}
    folders = []
    for tool in (known[label] for label in labels):
        if not tool.path:
            pytest.skip(tool.missing)
        folders.append(str(Path(tool.path).parent))
    return os.pathsep.join([*folders, str(Path(sys.executable).parent), os.environ["PATH"]])


def place(tmp_path: Path, *tools: Tool) -> str:
    """A folder for the PATH that holds these tools and no others, under the names that they are called by."""
    folder = tmp_path / "real-tools"
    folder.mkdir(exist_ok=True)
    for tool in tools:
        assert tool.path, tool.missing
        link = folder / tool.program
        link.unlink(missing_ok=True)
        link.symlink_to(os.path.realpath(tool.path))
    return str(folder)


def put_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *tools: Tool) -> None:
    """Have these tools found before all others."""
    monkeypatch.setenv("PATH", os.pathsep.join([place(tmp_path, *tools), os.environ.get("PATH", "")]))


def the_kustomize() -> Tool:
    """The standalone program, or the one inside kubectl, which kafkalint takes in its stead."""
    return KUSTOMIZE if KUSTOMIZE.path or not KUBECTL.path else KUBECTL


def the_helm() -> Tool:
    """Helm of either line."""
    return HELM3 if HELM3.path or not HELM4.path else HELM4


def _needs(tool: Tool, fixture: str) -> Callable[[Any], Any]:
    """A mark: the test is given this tool on its PATH, or is skipped and says what is missing."""
    skip = pytest.mark.skipif(tool.path is None, reason=tool.missing)
    use = pytest.mark.usefixtures(fixture)
    return lambda test: skip(use(test))


real_kustomize = _needs(the_kustomize(), "kustomize_on_path")
real_helm = _needs(the_helm(), "helm_on_path")


def each(*tools: Tool) -> list[Any]:
    """Parameters for a fixture: every one of these tools, those that are missing skipped out loud."""
    return [
        pytest.param(tool, id=tool.label, marks=pytest.mark.skipif(tool.path is None, reason=tool.missing))
        for tool in tools
    ]
