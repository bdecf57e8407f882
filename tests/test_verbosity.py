"""`--quiet` says findings and no more, `--verbose` says what a run does."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
WHOLE = (ROOT / "fixtures" / "whole" / "strimzi.yaml").read_text()
DEMO = (ROOT / "fixtures" / "demo" / "kafka.yaml").read_text()
LINE = re.compile(r"[^:]+:\d+:\d+: (error|warning|info) KL\d{3} [a-z-]+: .+")


def kafkalint(*arguments: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kafkalint", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, env={**os.environ, **env})


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "kafka.yaml").write_text(DEMO)
    return tmp_path


def test_a_quiet_report_is_one_line_for_each_finding(project: Path) -> None:
    done = kafkalint("check", "-q", cwd=project)
    lines = done.stdout.splitlines()
    assert done.returncode == 1
    assert done.stderr == ""
    assert all(LINE.fullmatch(line) for line in lines)
    full = json.loads(kafkalint("check", "-f", "json", cwd=project).stdout)["findings"]
    assert [line.split(": ")[0] for line in lines] == [f"{f['file']}:{f['line']}:{f['column']}" for f in full]


def test_a_quiet_run_without_findings_says_nothing(project: Path) -> None:
    (project / "kafka.yaml").write_text(WHOLE)
    done = kafkalint("check", "--quiet", cwd=project)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_what_makes_a_quiet_run_incomplete_is_said_all_the_same(project: Path) -> None:
    (project / "k").mkdir()
    (project / "k" / "kustomization.yaml").write_text("resources: [kafka.yaml]\n")
    (project / "k" / "kafka.yaml").write_text(WHOLE)
    (project / "broken.yaml").write_text("kind: Kafka\nmetadata: [\n")
    done = kafkalint("check", "-q", "--ignore", "KL", cwd=project, PATH="")
    assert done.returncode == 2
    assert done.stdout == ""
    assert "kafkalint: k: not rendered, so not checked" in done.stderr
    assert "kafkalint: 1 document could not be read, so not checked" in done.stderr


def test_a_quiet_diff_is_the_diff_alone(project: Path) -> None:
    loud, quiet = (kafkalint("check", "--diff", *extra, cwd=project) for extra in ((), ("-q",)))
    assert quiet.stdout == loud.stdout != ""
    assert "would be mended" in loud.stderr
    assert quiet.stderr == ""


def test_other_formats_are_what_they_were(project: Path) -> None:
    loud, quiet = (kafkalint("check", "-f", "github", *extra, cwd=project) for extra in ((), ("-q",)))
    assert quiet.stdout == loud.stdout != ""


def test_suppressed_findings_are_marked_in_a_quiet_report(project: Path) -> None:
    (project / "kafka.yaml").write_text(DEMO.replace("  name: kafka\n", "  name: kafka # kafkalint: ignore[all] lab\n"))
    shown = kafkalint("check", "-q", "--include-suppressed", cwd=project).stdout
    assert all(LINE.fullmatch(line) for line in shown.splitlines())
    assert any(line.endswith(" (suppressed)") for line in shown.splitlines())


def test_a_name_cannot_break_the_lines(project: Path) -> None:
    (project / "kafka.yaml").write_text(DEMO.replace("name: kafka\n", 'name: "kafka\\n::error::x\\x1b[2J"\n'))
    shown = kafkalint("check", "-q", cwd=project).stdout
    assert "\x1b" not in shown
    assert all(LINE.fullmatch(line) for line in shown.splitlines())


@pytest.mark.parametrize("both", [("-q", "-v"), ("-v", "-q"), ("--verbose", "--quiet")])
def test_quiet_and_verbose_do_not_go_together(project: Path, both: tuple[str, str]) -> None:
    done = kafkalint("check", *both, cwd=project)
    assert done.returncode == 2
    assert "--quiet and --verbose do not go together" in done.stderr


def said(*arguments: str, cwd: Path, **env: str) -> list[str]:
    return kafkalint("check", "-v", "-f", "json", *arguments, cwd=cwd, **env).stderr.splitlines()


def test_a_verbose_run_says_where_a_config_was_looked_for(project: Path) -> None:
    (project / "deploy").mkdir()
    (project / "kafka.yaml").rename(project / "deploy" / "kafka.yaml")
    where = (project / "deploy").resolve()
    assert (
        f"kafkalint: config: none; .kafkalint.yaml was looked for in {where} and above it, up to {where.parent}"
        in said(cwd=where)
    )
    (project / ".kafkalint.yaml").write_text("ignore: [KL301]\n")
    lines = said(cwd=where)
    assert "kafkalint: config: ../.kafkalint.yaml" in lines
    assert any(line.startswith("kafkalint: checks: ") and "KL301" in line for line in lines)


def test_a_verbose_run_says_what_was_read_and_judged_together(project: Path) -> None:
    (project / "other.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")
    lines = said(cwd=project)
    assert "kafkalint: files: 2 found, 2 opened" in lines
    assert "kafkalint: objects: 4 seen" in lines
    assert "kafkalint: bundle .: 4 objects; 1 cluster: shop/kafka" in lines
    assert "kafkalint: flavours: strimzi, confluent, statefulset, unmodelled" in lines
    assert any(line.startswith("kafkalint: plugins: kafkalint:availability (") for line in lines)
    took = [line.split(" took ")[0] for line in lines if line.startswith("kafkalint: time: ")]
    assert took == [
        "kafkalint: time: reading the rules",
        "kafkalint: time: reading the input",
        "kafkalint: time: checking",
        "kafkalint: time: working out fixes",
    ]


def test_a_verbose_run_says_what_is_held_back_and_why(project: Path) -> None:
    text = DEMO.replace("kafka-broker\n", "kafka-broker # kafkalint: ignore[KL302] lab##[error]\n")
    (project / "kafka.yaml").write_text(text)
    (held,) = [line for line in said(cwd=project) if "suppressed" in line]
    assert held == "kafkalint: suppressed: kafka.yaml:23:12 KL302 in the source: lab\\x23#[error]"


def test_a_verbose_run_says_by_which_command_something_was_rendered(project: Path) -> None:
    (project / "bin").mkdir()
    program = project / "bin" / "kustomize"
    program.write_text(f"#!/bin/sh\ncat '{project / 'kafka.yaml'}'\n")
    program.chmod(0o755)
    (project / "k").mkdir()
    (project / "k" / "kustomization.yaml").write_text("resources: [../kafka.yaml]\n")
    lines = said(cwd=project, PATH=f"{project / 'bin'}{os.pathsep}{os.environ['PATH']}")
    (line,) = [line for line in lines if line.startswith("kafkalint: rendered: k in ")]
    assert line.endswith(f" by {program} build . (in a temporary kustomization that refers to it)")


def test_a_verbose_run_that_cannot_begin_has_said_how_far_it_came(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    done = kafkalint("check", "-v", cwd=tmp_path)
    assert done.returncode == 2
    assert "kafkalint: files: 0 found, 0 opened" in done.stderr
    assert done.stderr.endswith("kafkalint: no manifests in .: nothing was checked\n")
