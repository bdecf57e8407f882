"""The tests' own tools: what `.ci/tools` builds is what tests look for, and nothing is taken for what it is not."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from real_tools import FLUX, HELM3, HELM4, KUSTOMIZE, ROOT, Tool, find


@pytest.fixture
def helm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in that calls itself Helm 4, alone on the PATH."""
    program = tmp_path / "helm"
    program.write_text('#!/bin/sh\ntest "$1 $2 $3" = "version --template {{.Version}}" && echo v4.1.0\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv(HELM3.variable, raising=False)
    monkeypatch.delenv(HELM4.variable, raising=False)
    monkeypatch.setattr("real_tools.ROOT", tmp_path)
    return program


@pytest.mark.parametrize("tool", [KUSTOMIZE, HELM3, HELM4, FLUX], ids=lambda tool: tool.label)
def test_what_tests_look_for_is_what_ci_builds(tool: Tool) -> None:
    assert f'"{tool.label} {tool.program} ' in (ROOT / ".ci" / "tools").read_text()
    assert ".ci/tools" in (ROOT / ".ci" / "run").read_text()
    assert ".ci/tools" in tool.missing
    assert tool.variable in tool.missing


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for a tool is a shell script")
def test_a_helm_is_known_by_its_version(helm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (find(HELM4), find(HELM3)) == (str(helm), None)
    monkeypatch.setenv(HELM3.variable, str(helm))
    with pytest.raises(AssertionError, match=r"KAFKALINT_TEST_HELM3 is .*, which is no helm3"):
        find(HELM3)
