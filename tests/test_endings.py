"""However a run ends: its exit status, what is said, what is left behind, and who gets what it printed."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from test_cli import KAFKA, kafkalint

HOSTILE = "x\n::error::boo\x1b[31m ##vso[task.complete result=Succeeded;]done"
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "kafka.yaml").write_text(KAFKA)
    (tmp_path / "clean.yaml").write_text(CONFIG_MAP)
    return tmp_path


def shell(command: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """What bash makes of a command in which `kafkalint` stands for this one."""
    text = re.sub(r"\bkafkalint(?= )", f"{sys.executable} -m kafkalint", command)
    script = f"set -o pipefail; {text}"
    return subprocess.run(
        ["bash", "-c", script], cwd=cwd, capture_output=True, text=True, check=False, env={**os.environ, **env}
    )


def plugin(folder: Path, name: str, body: str, rest: str = "") -> dict[str, str]:
    """A plugin with one check; the environment that finds it."""
    (folder / f"{name}.py").write_text(
        "from kafkalint.hooks import hookimpl\n"
        "from kafkalint.checking.check import ClusterCheck\n"
        "from kafkalint.checking.finding import Level\n"
        "class House(ClusterCheck):\n"
        "    '''The house's rule.'''\n"
        "    code, name, level = 'HOUSE001', 'house-rule', Level.INFO\n"
        "    def check(self, cluster, model):\n"
        f"        {body}\n"
        "        return iter(())\n"
        "@hookimpl\n"
        "def kafkalint_checks():\n"
        f"    print('noise')\n"
        "    return [House]\n"
        f"{rest}"
    )
    return {"PYTHONPATH": str(folder)}


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", HOSTILE],
        ["gate", HOSTILE],
        ["check", "--select", HOSTILE],
        ["check", "-f", HOSTILE],
        ["check", "-f", f"json={HOSTILE}/no/folder"],
        ["check", "--fail-on", HOSTILE],
        ["check", "--plugin", HOSTILE],
        ["check", "--config", HOSTILE],
        ["check", "--baseline", HOSTILE],
        ["check", f"--{HOSTILE}"],
        ["explain", HOSTILE],
        ["rules", "-f", HOSTILE],
        [HOSTILE],
    ],
    ids=lambda arguments: " ".join(arguments)[:25],
)
def test_words_of_the_command_line_are_no_commands(project: Path, arguments: list[str]) -> None:
    said = kafkalint(*arguments, cwd=project).stderr.decode()
    assert "::error::boo" in said
    assert not re.search(r"^\s*::|##\w*\[|[^\x20-\x7e\n]", said, re.MULTILINE)


def test_what_a_renderer_says_is_no_command(project: Path) -> None:
    folder = project / "bin"
    folder.mkdir()
    (folder / "helm").write_text("#!/bin/sh\necho 'boo ##vso[task.setvariable variable=x]y' >&2\nexit 1\n")
    (folder / "helm").chmod(0o755)
    (project / "chart").mkdir()
    (project / "chart" / "Chart.yaml").write_text("apiVersion: v2\nname: kafka\nversion: 1.0.0\n")
    path = {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
    for command in ("check", "gate"):
        done = kafkalint(command, "chart", cwd=project, env=path)
        assert done.returncode == 2
        assert b"\\x23#vso[task" in done.stdout + done.stderr
        assert b"##vso[" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("command", "status"),
    [
        ("kafkalint check -v clean.yaml --ignore KL007 > /dev/null 2> /dev/full", 0),
        ("kafkalint check -v clean.yaml --ignore KL007 > /dev/null 2>&-", 0),
        ("kafkalint check kafka.yaml > /dev/null 2> /dev/full", 1),
        ("kafkalint check nothing 2> /dev/full", 2),
        ("kafkalint check nothing 2>&-", 2),
        ("kafkalint check --plugin nothing 2> /dev/full", 3),
        ("kafkalint check clean.yaml --ignore KL007 > /dev/full", 2),
        ("kafkalint check clean.yaml --ignore KL007 >&-", 2),
        ("kafkalint --help > /dev/full", 2),
        ("kafkalint check --help > /dev/full", 2),
        ("kafkalint --version > /dev/full", 2),
        ("kafkalint rules > /dev/full", 2),
        ("kafkalint rules >&-", 2),
        ("kafkalint explain KL301 > /dev/full", 2),
        ("_KAFKALINT_COMPLETE=bash_source kafkalint > /dev/full", 2),
        ("kafkalint check clean.yaml --ignore KL007 | true", 141),
        ("kafkalint --help | true", 141),
        ("kafkalint rules | true", 141),
    ],
)
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_stream_that_takes_nothing_is_no_fault(project: Path, command: str, status: int) -> None:
    done = shell(command.replace("bash_source kafkalint", "bash_source kafkalint "), project)
    assert done.returncode == status
    assert "Traceback" not in done.stderr
    assert "internal" not in done.stderr
    assert ("standard output cannot be written" in done.stderr) == (status == 2 and "2>" not in command)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_that_is_stopped_leaves_nothing_behind(project: Path, number: int, status: int) -> None:
    # The second look is at copies, in which fixes are tried.
    body = (
        "import pathlib, time; seen = pathlib.Path('seen'); "
        "(pathlib.Path('second').touch(), time.sleep(60)) if seen.exists() else seen.touch()"
    )
    env = plugin(project, "slow", body)
    copies = project / "tmp"
    copies.mkdir()
    command = [sys.executable, "-m", "kafkalint", "check", "--plugin", "slow", "--fix", "kafka.yaml"]
    environment = {**os.environ, **env, "TMPDIR": str(copies)}
    with subprocess.Popen(command, cwd=project, env=environment, stderr=subprocess.PIPE, text=True) as run:
        while run.poll() is None and not (project / "second").exists():
            pass
        assert list(copies.iterdir())
        run.send_signal(number)
        _, said = run.communicate()
    assert run.returncode == status
    assert said.splitlines()[-1] == f"kafkalint: {'interrupted' if status == 130 else 'terminated'}"
    assert "Traceback" not in said
    assert list(copies.iterdir()) == []
    assert (project / "kafka.yaml").read_text() == KAFKA


def test_a_report_that_cannot_be_written_swallows_no_other(project: Path) -> None:
    formats = ("-f", "sarif=no/such/folder", "-f", "json=out.json", "-f", "gitlab=neither/this", "-f", "text")
    done = kafkalint("check", *formats, cwd=project, env={"GITHUB_STEP_SUMMARY": ""})
    assert done.returncode == 2
    assert json.loads((project / "out.json").read_text())["findings"]
    assert b"KL301 pdb-missing" in done.stdout
    assert done.stderr.decode().splitlines() == [
        "kafkalint: no/such/folder cannot be written: No such file or directory",
        "kafkalint: neither/this cannot be written: No such file or directory",
    ]


def test_a_step_summary_that_cannot_be_written_swallows_no_report(project: Path) -> None:
    done = kafkalint("check", "-f", "github", cwd=project, env={"GITHUB_STEP_SUMMARY": "no/such/folder"})
    assert done.returncode == 2
    assert b"::error file=kafka.yaml" in done.stdout
    assert done.stderr == b"kafkalint: no/such/folder cannot be written: No such file or directory\n"


def test_what_was_mended_is_said_although_a_report_is_lost(project: Path) -> None:
    done = kafkalint("check", "--fix", "-f", "text", "-f", "json=no/such/folder", cwd=project)
    assert done.returncode == 2
    assert b"Mended: " in done.stdout
    assert (project / "kafka.yaml").read_text() != KAFKA


def test_a_step_has_one_summary_whatever_the_number_of_reports(project: Path) -> None:
    summary = project / "summary.md"
    summary.write_text("of somebody else\n")
    formats = ("-f", "github", "-f", "github=github.txt")
    kafkalint("check", *formats, cwd=project, env={"GITHUB_STEP_SUMMARY": str(summary)})
    text = summary.read_text()
    assert text.startswith("of somebody else\n")
    assert text.count("### kafkalint") == 1


def test_a_report_of_a_plugin_that_raises_swallows_no_other(project: Path) -> None:
    rest = "@hookimpl\ndef kafkalint_reports():\n    return {'odd': lambda outcome, screen: 1 / 0}\n"
    env = plugin(project, "house", "pass", rest)
    done = kafkalint("check", "--plugin", "house", "-f", "odd=odd.txt", "-f", "text", cwd=project, env=env)
    assert done.returncode == 3
    assert b"KL301 pdb-missing" in done.stdout
    assert b"kafkalint: internal fault in format odd: ZeroDivisionError" in done.stderr


def test_what_a_plugin_prints_is_no_output(project: Path) -> None:
    loud = "def kafkalint_reports():\n    return {'loud': lambda outcome, screen: print('noise') or 'x\\n'}\n"
    rest = f"print('noise')\n@hookimpl\n{loud}"
    env = plugin(project, "loud", "print('noise')", rest)
    more = ("--plugin", "loud")
    for arguments in (
        ("check", "-f", "json", *more, "kafka.yaml"),
        ("check", "-f", "loud", *more, "kafka.yaml"),
        ("gate", "--fail-on", "never", *more, "kafka.yaml"),
        ("rules", *more),
        ("explain", *more, "HOUSE001"),
    ):
        done = kafkalint(*arguments, cwd=project, env=env)
        assert b"noise" not in done.stdout
        assert done.stdout
        assert b"noise" in done.stderr
    assert kafkalint("gate", "--fail-on", "never", *more, "kafka.yaml", cwd=project, env=env).stdout == KAFKA.encode()


def test_words_for_a_shell_are_free_of_what_a_plugin_prints(project: Path) -> None:
    plugin(project, "loud", "pass", "print('noise')\n")
    (project / "acme-1.0.dist-info").mkdir()
    (project / "acme-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
    (project / "acme-1.0.dist-info" / "entry_points.txt").write_text("[kafkalint]\nloud = loud\n")
    words = {"COMP_WORDS": "kafkalint check --select HOUSE", "COMP_CWORD": "3", "_KAFKALINT_COMPLETE": "bash_complete"}
    script = Path(sys.executable).parent / "kafkalint"
    environment = {**os.environ, **words, "PYTHONPATH": str(project)}
    done = subprocess.run([script], cwd=project, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "plain,HOUSE001\n"


@pytest.mark.parametrize(
    "formats",
    [
        ["json=out", "sarif=out"],
        ["json=out", "sarif=./no/../out"],
        ["json=out", "sarif=link"],
        ["text", "json=/dev/stdout"],
        ["json=kafka.yaml"],
        ["json=link-to-kafka.yaml"],
        ["json=.kafkalint.yaml"],
        ["json=known.yaml"],
        ["json=values.yaml"],
        ["json=object.json"],
    ],
    ids=" ".join,
)
def test_no_report_is_written_over_another_or_over_what_is_checked(project: Path, formats: list[str]) -> None:
    (project / "link").symlink_to("out")
    (project / "link-to-kafka.yaml").symlink_to("kafka.yaml")
    (project / ".kafkalint.yaml").write_text("baseline: known.yaml\n")
    (project / "known.yaml").write_text("version: 1\nfiles: {}\n")
    (project / "values.yaml").write_text("a: b\n")
    (project / "object.json").write_text('{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "kafka"}}\n')
    before = {path.name: path.read_text() for path in project.iterdir() if path.is_file()}
    done = kafkalint("check", *(word for form in formats for word in ("-f", form)), cwd=project)
    assert done.returncode == 2
    assert done.stdout == b""
    assert done.stderr.strip()
    assert {path.name: path.read_text() for path in project.iterdir() if path.is_file()} == before


def test_a_report_of_an_earlier_run_is_written_anew(project: Path) -> None:
    for _ in range(2):
        done = kafkalint("check", "-f", "json=out.json", "-f", "gitlab=gl.json", "-f", "sarif=a.sarif", cwd=project)
        assert done.returncode == 1
        assert done.stderr == b""
    assert json.loads((project / "out.json").read_text())["findings"]


def test_devices_take_several_reports(project: Path) -> None:
    done = kafkalint("check", "-f", "json=/dev/null", "-f", "sarif=/dev/null", "-f", "text", cwd=project)
    assert done.returncode == 1
    done = shell("kafkalint check -f json=>(cat >&2) -f sarif=/dev/stdout", project)
    assert json.loads(done.stdout)["runs"]
    assert json.loads(done.stderr)["findings"]


def test_config_and_baseline_are_no_sources(project: Path) -> None:
    (project / "clean.yaml").unlink()
    kafkalint("check", "--write-baseline", "known.yaml", cwd=project)
    (project / "judging.yaml").write_text("profile: production # of a Kafka, kind: Kafka\n")
    done = kafkalint("check", "--baseline", "known.yaml", "--config", "judging.yaml", cwd=project)
    assert b"Seen: 1 resource in 1 source." in done.stdout
    done = kafkalint("check", "--baseline", "known.yaml", "-f", "junit", cwd=project)
    assert b"known.yaml" not in done.stdout
