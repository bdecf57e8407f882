"""An old repository adopts kafkalint: `check --write-baseline` and `--baseline` as their users meet them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kafkalint.cli import main

KAFKA = """\
apiVersion: apps/v1
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
OTHER = KAFKA.replace("kafka\n", "payments\n").replace("app: kafka", "app: payments")
NOTHING = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kafka}\n"
BUDGET = """\
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: kafka
spec:
  maxUnavailable: 1
  selector:
    matchLabels: {app: kafka}
"""
RULES = "--select=KL301,KL306,KL309"
FILE = ".kafkalint-baseline.yaml"
real_kustomize = pytest.mark.skipif(
    not (shutil.which("kustomize") or shutil.which("kubectl")), reason="neither kustomize nor kubectl is on the PATH"
)

real_helm = pytest.mark.skipif(not shutil.which("helm"), reason="helm is not on the PATH")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for folder in (".git", "dev", "prod"):
        (tmp_path / folder).mkdir()
    for folder in ("dev", "prod"):
        (tmp_path / folder / "kafka.yaml").write_text(KAFKA)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def check(*arguments: str, stdin: str | None = None, command: str = "check") -> Result:
    return CliRunner().invoke(main, [command, *arguments], input=stdin, catch_exceptions=False)


def report(*arguments: str, stdin: str | None = None) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(check("-f", "json", RULES, *arguments, stdin=stdin).stdout)
    return document


def found(*arguments: str, stdin: str | None = None) -> list[tuple[str, str]]:
    return [(item["code"], item["file"]) for item in report(*arguments, stdin=stdin)["findings"]]


def adopt(*arguments: str) -> Result:
    return check(RULES, "--write-baseline", FILE, *arguments)


def test_an_old_repository_adopts_kafkalint(repository: Path) -> None:
    assert check(RULES).exit_code == 1

    done = adopt()
    assert done.exit_code == 0
    assert done.stderr == f"kafkalint: 6 entries in {FILE}, 6 added, 0 dropped\n"
    (repository / ".kafkalint.yaml").write_text(f"baseline: {FILE}\n")
    green = check(RULES)
    assert green.exit_code == 0
    assert f"Baseline {FILE}: 6 findings held back." in green.stdout

    (repository / "prod" / "payments.yaml").write_text(OTHER)
    assert check(RULES).exit_code == 1
    assert found() == [(code, "prod/payments.yaml") for code in ("KL301", "KL306", "KL309")]
    (repository / "prod" / "payments.yaml").unlink()

    (repository / "environments").mkdir()
    (repository / "dev").rename(repository / "environments" / "dev")
    kafka = repository / "prod" / "kafka.yaml"
    kafka.write_text("# one\n# two\n---\n" + KAFKA)
    assert check(RULES).exit_code == 0
    assert report()["baseline"] == {"file": FILE, "held_back": 6, "idle": []}

    kafka.write_text(KAFKA + "---\n" + BUDGET)
    mended = check(RULES)
    assert mended.exit_code == 0
    assert "1 entry holds nothing back any more" in mended.stdout
    assert "KL301 pdb-missing in prod/kafka.yaml." in " ".join(mended.stdout.split())
    (idle,) = report()["baseline"]["idle"]
    assert (idle["code"], idle["file"], idle["resource"]["name"]) == ("KL301", "prod/kafka.yaml", "kafka")

    assert adopt().stderr == f"kafkalint: 5 entries in {FILE}, 0 added, 1 dropped\n"
    lines = (repository / FILE).read_text().splitlines()
    assert [line for line in lines if not line.startswith("    -")][4:] == [
        "  environments/dev/kafka.yaml:",
        "  prod/kafka.yaml:",
    ]
    assert sum("KL301" in line for line in lines) == 1
    kafka.write_text(KAFKA)
    assert found() == [("KL301", "prod/kafka.yaml")]


def test_the_same_fault_in_another_folder_is_new(repository: Path) -> None:
    adopt("dev")
    assert found("--baseline", FILE) == [(code, "prod/kafka.yaml") for code in ("KL301", "KL306", "KL309")]


def test_a_baseline_that_was_moved_is_no_wildcard(repository: Path) -> None:
    adopt("dev")
    (repository / "ci").mkdir()
    (repository / FILE).rename(repository / "ci" / FILE)
    done = check(RULES, "--baseline", f"ci/{FILE}")
    assert done.exit_code == 2
    assert "none of its 1 files and folders is there" in done.stderr
    (repository / FILE).symlink_to(f"ci/{FILE}")
    assert check(RULES, "--baseline", FILE).exit_code == 2, "a link is what it means"


@pytest.mark.parametrize("folder", ["o [eu]", "x" * 120 + "/" + "y" * 120])
def test_no_name_is_a_wildcard(repository: Path, folder: str) -> None:
    (repository / folder).mkdir(parents=True)
    (repository / "dev" / "kafka.yaml").rename(repository / folder / "kafka.yaml")
    adopt(folder)
    (repository / folder / "kafka.yaml").write_text("# mended\n")
    assert len(found("--baseline", FILE, "prod")) == 3


def test_a_run_over_a_folder_shows_what_is_gone_from_it(repository: Path) -> None:
    adopt()
    (repository / "prod" / "kafka.yaml").write_text(KAFKA + "---\n" + BUDGET)
    assert len(report("prod", "--baseline", FILE)["baseline"]["idle"]) == 1
    assert adopt("prod").stderr == f"kafkalint: 5 entries in {FILE}, 0 added, 1 dropped\n"


def test_a_rule_that_there_is_no_more_holds_nothing_back(repository: Path) -> None:
    adopt()
    (repository / FILE).write_text((repository / FILE).read_text().replace("KL301", "KL399"))
    assert {item["code"] for item in report("--baseline", FILE)["baseline"]["idle"]} == {"KL399"}


def test_writing_again_changes_nothing(repository: Path) -> None:
    adopt()
    before = (repository / FILE).read_bytes(), (repository / FILE).stat().st_ino
    assert adopt().stderr == f"kafkalint: 6 entries in {FILE}, 0 added, 0 dropped\n"
    assert ((repository / FILE).read_bytes(), (repository / FILE).stat().st_ino) == before


def test_a_new_finding_is_a_new_line_and_moves_no_other(repository: Path) -> None:
    adopt()
    before = (repository / FILE).read_text().splitlines()
    (repository / "prod" / "a.yaml").write_text(OTHER)
    adopt()
    after = (repository / FILE).read_text().splitlines()
    new = [line for line in after if line not in before]
    assert new[0] == "  prod/a.yaml:"
    assert [line for line in after if line not in new] == before


@pytest.mark.parametrize("folder", ["dev", ".", ".."])
def test_a_baseline_holds_from_any_working_directory(
    repository: Path, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    adopt()
    data = (repository / FILE).read_bytes()
    monkeypatch.chdir(repository / folder)
    file = os.path.relpath(repository / FILE)
    assert found("--baseline", file, str(repository)) == []
    check(RULES, "--write-baseline", file, str(repository / "prod"))
    assert (repository / FILE).read_bytes() == data


# What a run that saw a part must not say


@pytest.mark.parametrize(
    "arguments",
    [("prod",), ("--ignore", "KL301"), ("--no-cross-resource",), ("--profile", "development", "--ignore", "KL301")],
    ids=" ".join,
)
def test_who_saw_a_part_reports_and_drops_nothing(repository: Path, arguments: tuple[str, ...]) -> None:
    adopt()
    (repository / "dev" / "kafka.yaml").write_text(KAFKA + "---\n" + BUDGET)
    assert report("--baseline", FILE, *arguments)["baseline"]["idle"] == []
    adopt(*arguments)
    assert (repository / FILE).read_text().count("KL301") == 2
    assert len(report("--baseline", FILE)["baseline"]["idle"]) == 1


def test_who_could_not_read_a_document_reports_and_drops_nothing(repository: Path) -> None:
    adopt()
    (repository / "dev" / "kafka.yaml").write_text("kind: [\n")
    done = adopt("--extend-select", "KL001")
    assert done.exit_code == 1
    assert "6 entries" in done.stderr
    assert "1 finding is left that no baseline holds" in done.stderr
    assert found("--baseline", FILE, "--extend-select", "KL001") == [("KL001", "dev/kafka.yaml")]


def test_a_run_from_git_knows_nothing_of_other_files(repository: Path) -> None:
    shutil.rmtree(repository / ".git")
    for command in (["init", "-q"], ["add", "prod"]):
        subprocess.run(["git", *command], cwd=repository, check=True)
    adopt()
    (repository / "dev" / "kafka.yaml").write_text(NOTHING)
    assert report("--baseline", FILE, "--from-git")["baseline"]["idle"] == []
    assert len(report("--baseline", FILE)["baseline"]["idle"]) == 3


# What no baseline holds


def test_what_says_that_nothing_was_looked_at_is_never_held_back(repository: Path) -> None:
    shutil.rmtree(repository / "prod")
    (repository / "dev" / "kafka.yaml").write_text("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n")
    done = check("--write-baseline", FILE, "--fail-on", "info")
    assert done.exit_code == 1
    assert "0 entries" in done.stderr
    assert "KL007" in check("--baseline", FILE).stdout


def test_a_template_that_does_not_parse_is_never_held_back_and_one_that_does_is(repository: Path) -> None:
    shutil.rmtree(repository / "prod")
    topic = "apiVersion: kafka.strimzi.io/v1\nkind: KafkaTopic\nmetadata: {name: a}\nspec:\n"
    (repository / "dev" / "kafka.yaml").write_text(topic + "  partitions: {{ .Values.partitions }}\n")
    assert check("--write-baseline", FILE).exit_code == 1
    (repository / "dev" / "kafka.yaml").write_text(topic + "  partitions: ${PARTITIONS}\n")
    assert check("--write-baseline", FILE).exit_code == 0


def test_suppressed_findings_and_suppressions_are_not_written(repository: Path) -> None:
    for folder in ("dev", "prod"):
        text = KAFKA.replace("name: kafka\nspec", "name: kafka # kafkalint: ignore[KL301, KL309] known\nspec")
        (repository / folder / "kafka.yaml").write_text(text)
    done = adopt("--extend-select", "KL005")
    assert "4 entries" in done.stderr
    assert not {"KL301", "KL005"} & set((repository / FILE).read_text().replace(",", " ").split())


def test_a_stream_is_known_by_its_name_alone(repository: Path) -> None:
    adopt()
    named = ("--baseline", FILE, "--stdin-filename", "dev stream", "-")
    assert len(found("--baseline", FILE, "-", stdin=KAFKA)) == 3
    assert len(found(*named, stdin=KAFKA)) == 3
    unnamed = check(RULES, "--write-baseline", FILE, "-", stdin=KAFKA)
    assert unnamed.exit_code == 1
    assert "give standard input a name of its own with --stdin-filename" in unnamed.stderr
    done = check(RULES, "--write-baseline", FILE, *named[2:], stdin=KAFKA)
    assert done.stderr == f"kafkalint: 9 entries in {FILE}, 3 added, 0 dropped\n"
    assert found(*named, stdin=KAFKA) == []
    assert len(found("--baseline", FILE, "--stdin-filename", "prod stream", "-", stdin=KAFKA)) == 3
    assert report("--baseline", FILE)["baseline"]["idle"] == []
    mended = KAFKA + "---\n" + BUDGET
    assert [entry["code"] for entry in report(*named, stdin=mended)["baseline"]["idle"]] == ["KL301"]


def test_a_stream_that_is_called_as_a_file_is_taken_for_it(repository: Path) -> None:
    adopt()
    assert found("--baseline", FILE, "--stdin-filename", "dev/kafka.yaml", "-", stdin=KAFKA) == []


@real_kustomize
def test_an_overlay_is_known_by_itself(repository: Path) -> None:
    shutil.rmtree(repository / "prod")
    (repository / "dev" / "kafka.yaml").rename(repository / "kafka.yaml")
    (repository / "kustomization.yaml").write_text("resources: [kafka.yaml]\n")
    (repository / "dev" / "kustomization.yaml").write_text("resources: [../../base]\n")
    (repository / "base").mkdir()
    for file in ("kafka.yaml", "kustomization.yaml"):
        (repository / file).rename(repository / "base" / file)
    (repository / "overlays").mkdir()
    (repository / "dev").rename(repository / "overlays" / "dev")
    assert adopt().exit_code == 0
    assert found("--baseline", FILE) == []
    shutil.copytree(repository / "overlays" / "dev", repository / "overlays" / "prod")
    new = report("--baseline", FILE)["findings"]
    assert {(item["file"], item["note"].rpartition("; ")[2]) for item in new} == {
        ("base/kafka.yaml", "the baseline does not have it for overlays/prod")
    }
    gates = [check("--baseline", FILE, RULES, f"overlays/{name}", command="gate") for name in ("dev", "prod")]
    assert [gate.exit_code for gate in gates] == [0, 1]
    other = check(
        "--baseline", FILE, RULES, "overlays/dev", "--", "--load-restrictor=LoadRestrictionsNone", command="gate"
    )
    assert other.exit_code == 1
    adopt()
    (repository / "overlays" / "prod").rename(repository / "overlays" / "production")
    assert found("--baseline", FILE) == []


@real_helm
def test_a_release_of_a_chart_is_known_by_itself(repository: Path) -> None:
    for folder in ("dev", "prod"):
        shutil.rmtree(repository / folder)
    templates = repository / "chart" / "templates"
    templates.mkdir(parents=True)
    (templates / "kafka.yaml").write_text(KAFKA)
    (repository / "chart" / "Chart.yaml").write_text("apiVersion: v2\nname: kafka\nversion: 1.0.0\n")
    (repository / "values.yaml").write_text("a: 1\n")
    entry = "  - {{chart: chart, release: kafka, namespace: {0}, values: [values.yaml]}}\n"
    (repository / ".kafkalint.yaml").write_text("helm:\n" + entry.format("dev"))
    adopt()
    assert 'rendered: chart, with: "values.yaml, release kafka, namespace dev"' in (repository / FILE).read_text()
    assert found("--baseline", FILE) == []
    gates = [check("--baseline", FILE, RULES, "chart", *more, command="gate") for more in ((), ("--namespace", "prod"))]
    assert [gate.exit_code for gate in gates] == [0, 1]
    (repository / ".kafkalint.yaml").write_text("helm:\n" + entry.format("dev") + entry.format("prod"))
    assert len(found("--baseline", FILE)) == 3


# Levels


def test_what_has_become_an_error_is_live_again(repository: Path) -> None:
    adopt()
    (repository / ".kafkalint.yaml").write_text(f"baseline: {FILE}\nlevels: {{KL309: error}}\n")
    done = check(RULES)
    assert done.exit_code == 1
    assert "note: the baseline has it as a warning, and it is an error now" in done.stdout
    assert {code for code, _ in found()} == {"KL309"}
    assert adopt().stderr == f"kafkalint: 6 entries in {FILE}, 0 added, 0 dropped\n"
    assert check(RULES).exit_code == 0


# Mending


def test_what_is_known_is_left_alone_by_mending(repository: Path) -> None:
    adopt("dev")
    done = check(RULES, "--baseline", FILE, "--fix")
    assert done.exit_code == 0
    assert (repository / "dev" / "kafka.yaml").read_text() == KAFKA
    assert "podAntiAffinity" in (repository / "prod" / "kafka.yaml").read_text()


def test_what_is_known_is_nothing_that_a_fix_has_brought(repository: Path) -> None:
    adopt("--ignore", "KL301")
    done = check(RULES, "--baseline", FILE, "--fix")
    assert done.exit_code == 0, done.stdout
    for folder in ("dev", "prod"):
        text = (repository / folder / "kafka.yaml").read_text()
        assert "maxUnavailable: 1" in text
        assert "podAntiAffinity" not in text
    assert report("--baseline", FILE)["baseline"] == {"file": FILE, "held_back": 4, "idle": []}


def test_mending_comes_first_and_what_is_left_is_written(repository: Path) -> None:
    done = adopt("--fix")
    assert done.exit_code == 0
    assert {line.split()[2] for line in (repository / FILE).read_text().splitlines() if "code:" in line} == {"KL309,"}


def test_what_is_not_to_be_mended_is_in_no_diff(repository: Path) -> None:
    adopt()
    done = check(RULES, "--baseline", FILE, "--diff")
    assert (done.exit_code, done.stdout) == (0, "")


# Reports


def test_reports_show_what_is_held_back_where_that_is_asked_for(repository: Path) -> None:
    adopt()
    shown = check(
        RULES, "--baseline", FILE, "--include-suppressed", "-f", "text", "-f", "sarif=s.json", "-f", "json=j.json"
    )
    assert f"suppressed by the configuration: in the baseline {FILE}" in shown.stdout
    results = json.loads((repository / "s.json").read_text())["runs"][0]["results"]
    suppression = {"kind": "external", "justification": f"in the baseline {FILE}"}
    assert [result["suppressions"] for result in results] == [[suppression]] * 6
    assert not any("baselineState" in result for result in results)
    document = json.loads((repository / "j.json").read_text())
    assert (document["summary"]["suppressed"], document["summary"]["baselined"]) == (6, 6)


def test_every_report_that_can_says_what_holds_nothing_back(repository: Path) -> None:
    adopt()
    (repository / "dev" / "kafka.yaml").write_text(NOTHING)
    words = "3 entries hold nothing back any more"
    done = check(RULES, "--baseline", FILE, "-f", "github", "-f", "sarif=s.json")
    assert words in done.stdout
    (run,) = json.loads((repository / "s.json").read_text())["runs"]
    (notification,) = run["invocations"][0]["toolExecutionNotifications"]
    assert notification["level"] == "note"
    assert words in notification["message"]["text"]
    assert run["invocations"][0]["executionSuccessful"] is True
    assert done.exit_code == 0


def test_a_run_without_a_baseline_says_nothing_of_one(repository: Path) -> None:
    document = report()
    assert "baseline" not in document
    assert document["summary"]["baselined"] == 0
    assert "Baseline" not in check(RULES).stdout


# Files


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (None, "1:1: cannot be read"),
        ("version: 1\nfindings: []\n", "2:1: there is no key findings"),
        ("version: 2\n", "1:10: "),
        ("{", "1:2: "),
        ('version: 1\n"\\e[31m": 1\n', "2:1: there is no key \\x1b[31m"),
    ],
)
def test_a_baseline_that_cannot_be_followed_gives_2(repository: Path, text: str | None, problem: str) -> None:
    if text is not None:
        (repository / FILE).write_text(text)
    (repository / ".kafkalint.yaml").write_text(f"baseline: {FILE}\n")
    for arguments in ((), ("--baseline", FILE)):
        done = check(RULES, *arguments)
        assert done.exit_code == 2
        assert done.stderr.startswith(f"kafkalint: {FILE}:{problem}")
    if text is not None:
        assert adopt().exit_code == 2
        assert (repository / FILE).read_text() == text, "what is no baseline is not written over"


def test_a_manifest_is_not_written_over(repository: Path) -> None:
    assert check("--write-baseline", "dev/kafka.yaml").exit_code == 2
    assert (repository / "dev" / "kafka.yaml").read_text() == KAFKA


def test_the_command_line_goes_before_the_config(repository: Path) -> None:
    adopt("dev")
    (repository / "all.yaml").write_text((repository / FILE).read_text())
    check(RULES, "--write-baseline", "all.yaml")
    (repository / ".kafkalint.yaml").write_text(f"baseline: {FILE}\n")
    assert len(found()) == 3
    assert found("--baseline", "all.yaml") == []


def test_the_path_in_the_config_counts_from_its_folder(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    adopt()
    (repository / ".kafkalint.yaml").write_text(f"baseline: {FILE}\n")
    monkeypatch.chdir(repository / "prod")
    assert found() == []
    (repository / ".kafkalint.yaml").write_text("baseline: ../b.yaml\n")
    done = check(RULES)
    assert done.exit_code == 2
    assert "expected a path inside the folder of the config" in done.stderr


def test_a_baseline_that_cannot_be_written_gives_2(repository: Path) -> None:
    done = check(RULES, "--write-baseline", "nowhere/b.yaml")
    assert done.exit_code == 2
    assert "nowhere/b.yaml is not written" in done.stderr


@pytest.mark.parametrize("option", ["--diff", "--patch=kustomize", f"--baseline={FILE}"])
def test_what_does_not_go_together_gives_2(repository: Path, option: str) -> None:
    done = adopt(option)
    assert done.exit_code == 2
    assert "--write-baseline" in done.stderr
    assert not (repository / FILE).exists()


def test_a_check_that_raises_has_nothing_written(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kafkalint_checks.availability.pdb_missing import PdbMissing  # noqa: PLC0415

    monkeypatch.setattr(PdbMissing, "check", lambda *_: 1 / 0)
    done = adopt()
    assert done.exit_code == 3
    assert f"{FILE} is not written" in done.stderr
    assert not (repository / FILE).exists()


def test_reports_and_baseline_are_the_same_to_the_byte(repository: Path) -> None:
    adopt()
    first = (repository / FILE).read_bytes()
    (repository / FILE).unlink()
    check(RULES, "--write-baseline", FILE, "prod", "dev")
    assert (repository / FILE).read_bytes() == first
