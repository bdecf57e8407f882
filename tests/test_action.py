"""The GitHub Action, its steps run in order as a runner would; and the workflows that show it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from real_tools import path_with

ROOT = Path(__file__).parents[1]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
WORKFLOWS = sorted((ROOT / "deploy" / "github").glob("*.yml"))
_EXPRESSION = re.compile(r"\$\{\{\s*([\w.-]+)\s*\}\}")
_TERM = re.compile(r"([\w.-]+)\s*(==|!=)\s*'([^']*)'")


class Ran(NamedTuple):
    status: int
    log: str
    outputs: dict[str, str]
    uploads: list[dict[str, str]]
    summary: str


def check(schema: str, *files: Path) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_action_is_one() -> None:
    check("vendor.github-actions", ROOT / "action.yml")


def test_the_workflows_are_workflows() -> None:
    check("vendor.github-workflows", *WORKFLOWS)


def steps_of(file: Path) -> list[dict[str, Any]]:
    data = yaml.safe_load(file.read_text())
    return [step for job in data["jobs"].values() for step in job["steps"]]


ALL_STEPS = [*ACTION["runs"]["steps"], *(step for file in WORKFLOWS for step in steps_of(file))]


def test_no_input_is_written_into_a_script() -> None:
    assert not [step for step in ALL_STEPS if "${{" in step.get("run", "")]


def test_actions_of_others_are_pinned_to_a_commit_and_say_its_version() -> None:
    text = "".join(file.read_text() for file in (ROOT / "action.yml", *WORKFLOWS))
    uses = [line for line in re.findall(r"uses: (.*)", text) if not line.startswith("kafkalint/kafkalint@")]
    assert uses
    for line in uses:
        assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), line


def test_the_workflows_want_a_commit_filled_in_and_use_inputs_that_there_are() -> None:
    for step in ALL_STEPS:
        if step.get("uses", "").startswith("kafkalint/kafkalint@"):
            assert step["uses"].endswith("@COMMIT"), "there is no release yet"
            assert set(step.get("with", {})) <= set(ACTION["inputs"])


def test_no_step_that_renders_has_a_token_that_may_write() -> None:
    steps = steps_of(ROOT / "deploy" / "github" / "changed-lines.yml")
    (renders,) = [step for step in steps if "kafkalint check" in step.get("run", "")]
    (comments,) = [step for step in steps if "reviewdog -f" in step.get("run", "")]
    assert "env" not in renders
    assert "kafkalint check" not in comments["run"]
    assert comments["env"] == {"REVIEWDOG_GITHUB_API_TOKEN": "${{ github.token }}"}


@pytest.mark.parametrize("page", sorted((ROOT / "docs").glob("*.md")), ids=lambda page: page.stem)
def test_actions_in_the_documentation_are_pinned_as_well(page: Path) -> None:
    for line in re.findall(r"uses: (.*)", page.read_text()):
        assert re.match(r"kafkalint/kafkalint@COMMIT\b|[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line


def evaluated(text: str, values: dict[str, str]) -> str:
    return _EXPRESSION.sub(lambda match: values.get(match[1], ""), text)


def holds(condition: str, values: dict[str, str]) -> bool:
    terms = [_TERM.fullmatch(term.strip()) for term in condition.split("&&")]
    assert all(terms), condition
    return all((values.get(term[1], "") == term[3]) == (term[2] == "==") for term in terms if term)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The action as a runner downloads it."""
    folder = tmp_path_factory.mktemp("_actions") / "kafka lint"
    folder.mkdir()
    for name in ("kafkalint", "plugins", "requirements"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", "action.yml"):
        shutil.copy(ROOT / name, folder)
    return folder


IMPORTED = ("json", "logging", "sitecustomize", "usercustomize", "click", "kafkalint", "pip", "venv", "hatchling")


def plant(folder: Path) -> None:
    """Modules of a stranger's pull request, under names that Python, pip and kafkalint import."""
    for name in IMPORTED:
        text = f"open({str(folder / 'imported')!r}, 'a').write({name!r})\n"
        text += "import os\nopen(os.environ['GITHUB_OUTPUT'], 'a').write('exit-code=0\\n')\n"
        (folder / f"{name}.py").write_text(text)


@pytest.fixture(scope="module")
def installed(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the step that installs puts out: it takes long, and is the same for all."""
    temporary = tmp_path_factory.mktemp("runner temp")
    (step,) = [step for step in ACTION["runs"]["steps"] if step.get("id") == "install"]
    output, workspace = temporary / "output", tmp_path_factory.mktemp("workspace")
    plant(workspace)
    environment = {
        "PATH": path_with("kustomize", "helm4"),
        "RUNNER_TEMP": str(temporary),
        "GITHUB_ACTION_PATH": str(checkout),
        "GITHUB_OUTPUT": str(output),
        "PYTHON": sys.executable,
        "PYTHONPATH": ".",
    }
    done = script(step, environment, workspace)
    assert done.returncode == 0, done.stderr
    assert not (workspace / "imported").exists(), "the checkout is where the step runs, and nothing is imported from it"
    return parsed(output)


def script(step: dict[str, Any], environment: dict[str, str], cwd: Path) -> subprocess.CompletedProcess[str]:
    assert step["shell"] == "bash"
    file = cwd / ".step.sh"
    file.write_text(step["run"])
    command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(file)]
    try:
        return subprocess.run(command, env=environment, cwd=cwd, capture_output=True, text=True, check=False)
    finally:
        file.unlink()


def parsed(file: Path) -> dict[str, str]:
    lines = file.read_text().splitlines() if file.exists() else []
    return dict(line.split("=", 1) for line in lines)


def act(workspace: Path, installed: dict[str, str], path: str = "", **inputs: str) -> Ran:
    """All steps in order, as the runner has it: the first that fails ends it. Uploads are noted, and not made."""
    values = {f"inputs.{name}": str(entry.get("default", "")) for name, entry in ACTION["inputs"].items()}
    values |= {f"inputs.{name.replace('_', '-')}": value for name, value in inputs.items()}
    values["steps.python.outputs.python-path"] = sys.executable
    values |= {f"steps.install.outputs.{name}": value for name, value in installed.items()}
    for name in ("kafkalint.json", "kafkalint.sarif"):
        (Path(installed["place"]) / name).unlink(missing_ok=True)  # the environment is shared, the reports are not
    summary, log, status, uploads = workspace.parent / "summary", "", 0, []
    for number, step in enumerate(ACTION["runs"]["steps"]):
        if not holds(step["if"], values) if "if" in step else step.get("id") in {"python", "install"}:
            continue
        if "uses" in step:
            uploads.append({name: evaluated(text, values) for name, text in step["with"].items()})
            continue
        output = workspace.parent / f"output-{number}"
        environment = {
            "PATH": os.pathsep.join([path, path_with("kustomize", "helm4")]).lstrip(os.pathsep),
            "HOME": str(workspace.parent),
            "GITHUB_ACTIONS": "true",
            "PYTHONPATH": ".",
            "GITHUB_WORKSPACE": str(workspace),
            "GITHUB_STEP_SUMMARY": str(summary),
            "GITHUB_OUTPUT": str(output),
            **{name: evaluated(text, values) for name, text in step.get("env", {}).items()},
        }
        done = script(step, environment, workspace / evaluated(step.get("working-directory", "."), values))
        log, status = log + done.stdout + done.stderr, done.returncode
        values |= {f"steps.{step.get('id')}.outputs.{name}": value for name, value in parsed(output).items()}
        if status:
            break
    outputs = {name: evaluated(entry["value"], values) for name, entry in ACTION["outputs"].items()}
    return Ran(status, log, outputs, uploads, summary.read_text() if summary.exists() else "")


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "gitops"
    shutil.copytree(ROOT / "fixtures" / "gitops", folder)
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    return folder


def test_findings_are_annotated_summed_up_and_uploaded_before_the_job_fails(
    workspace: Path, installed: dict[str, str]
) -> None:
    ran = act(workspace, installed, upload_sarif="true", category="kafka")
    assert ran.status == 1
    assert "::error file=overlays/prod/storage.yaml,line=13,endLine=13,col=22,endColumn=26,title=KL210 " in ran.log
    assert "| error | KL210" in ran.summary
    assert {**ran.outputs, "sarif-file": ""} == {
        "sarif-file": "",
        "exit-code": "1",
        "errors": "1",
        "warnings": "0",
        "infos": "0",
    }
    assert ran.uploads == [{"sarif_file": ran.outputs["sarif-file"], "category": "kafka"}]
    (result,) = json.loads(Path(ran.outputs["sarif-file"]).read_text())["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "overlays/prod/storage.yaml"


@pytest.mark.parametrize("folder", [".", "overlays"])
def test_nothing_is_imported_from_the_checkout(folder: str, workspace: Path, installed: dict[str, str]) -> None:
    for place in (workspace, workspace / "overlays"):
        plant(place)
    ran = act(workspace, installed, working_directory=folder)
    assert (ran.status, ran.outputs["exit-code"], ran.outputs["errors"]) == (1, "1", "1")
    assert not list(workspace.rglob("imported"))


def test_what_is_put_out_by_a_rendered_file_does_not_count(workspace: Path, installed: dict[str, str]) -> None:
    """A renderer that runs what a stranger wrote finds no file to put outputs into."""
    place = workspace.parent / "bin"
    place.mkdir()
    real = shutil.which("kustomize", path=path_with("kustomize"))
    text = f'#!/bin/sh\necho "exit-code=0" >>"${{GITHUB_OUTPUT:-{workspace}/unknown}}"\nexec {real} "$@"\n'
    (place / "kustomize").write_text(text)
    (place / "kustomize").chmod(0o755)
    ran = act(workspace, installed, path=str(place))
    assert (workspace / "unknown").exists()
    assert (ran.status, ran.outputs["exit-code"]) == (1, "1")


def test_what_the_page_shows_of_the_action_is_what_it_gives(workspace: Path, installed: dict[str, str]) -> None:
    ran = act(workspace, installed)
    given = {
        "log": "".join(line for line in ran.log.splitlines(keepends=True) if line.startswith("::error")),
        "summary": ran.summary,
        "outputs": "".join(f"{name}={value}\n" for name, value in ran.outputs.items()).replace(
            installed["place"], "/home/runner/work/_temp/kafkalint.XXXXXX"
        ),
    }
    page = (ROOT / "docs" / "github-actions.md").read_text()
    blocks = dict(re.findall(r"^```\w+ action (\w+)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL))
    assert blocks == given


def test_nothing_is_uploaded_unless_asked(workspace: Path, installed: dict[str, str]) -> None:
    assert act(workspace, installed).uploads == []


def test_what_passes_ends_well(workspace: Path, installed: dict[str, str]) -> None:
    ran = act(workspace, installed, paths="overlays/dev\ncharts/kafka\n")
    assert (ran.status, ran.outputs["exit-code"], ran.outputs["errors"]) == (0, "0", "0")


def test_inputs_reach_the_program(workspace: Path, installed: dict[str, str]) -> None:
    assert act(workspace, installed, paths="overlays/prod", fail_on="never").status == 0
    assert act(workspace, installed, paths="overlays/prod", args="--ignore=KL210\n\n--no-cross-resource").status == 0
    ran = act(workspace, installed, working_directory="overlays", paths="prod")
    assert "::error file=overlays/prod/storage.yaml" in ran.log


def test_wrong_use_fails_and_uploads_nothing(workspace: Path, installed: dict[str, str]) -> None:
    ran = act(workspace, installed, fail_on="seldom", upload_sarif="true")
    assert ran.status == 2
    assert (ran.uploads, ran.outputs["sarif-file"], ran.outputs["exit-code"]) == ([], "", "2")
    assert "'seldom' is not one of" in ran.log


HOSTILE = ["$(touch x)", "'; touch x; '", "a\n`touch x`\n;touch x", "--config=/etc/passwd"]


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("name", ["paths", "profile", "fail_on", "args", "category"])
def test_no_input_is_code(name: str, value: str, workspace: Path, installed: dict[str, str]) -> None:
    ran = act(workspace, installed, **{name: value})
    assert ran.status == (1 if name == "category" else 2)
    assert not list(workspace.rglob("x"))
    assert "root:" not in ran.log
