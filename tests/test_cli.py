"""The command line's contract: exit statuses, formats, options, standard input."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from real_tools import real_kustomize

from kafkalint.reports import BUILT_IN

KAFKA = """apiVersion: apps/v1
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


def kafkalint(
    *arguments: str, cwd: Path, stdin: bytes = b"", env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "kafkalint", *arguments]
    return subprocess.run(
        command, cwd=cwd, input=stdin, capture_output=True, check=False, env={**os.environ, **(env or {})}
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "kafka.yaml").write_text(KAFKA)
    return tmp_path


def report(done: subprocess.CompletedProcess[bytes]) -> dict[str, object]:
    return json.loads(done.stdout)


def test_findings_give_1(project: Path) -> None:
    done = kafkalint("check", "kafka.yaml", cwd=project)
    assert done.returncode == 1
    assert b"KL301 pdb-missing" in done.stdout


def test_findings_below_fail_on_give_0(project: Path) -> None:
    assert kafkalint("check", "--fail-on", "never", cwd=project).returncode == 0
    assert kafkalint("check", "--select", "KL309", cwd=project).returncode == 0
    assert kafkalint("check", "--select", "KL309", "--fail-on", "warning", cwd=project).returncode == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "--no-such-option"],
        ["check", "not-there.yaml"],
        ["check", "-f", "nonsense"],
        ["check", "--select", "KL999"],
        ["check", "--fail-on", "sometimes"],
        ["check", "--strimzi-version", "newest"],
        ["check", "-f", "json", "-f", "sarif"],
        ["check", "--config", "not-there.yaml"],
        ["explain", "KL999"],
    ],
    ids=" ".join,
)
def test_wrong_use_gives_2_and_a_sentence(project: Path, arguments: list[str]) -> None:
    done = kafkalint(*arguments, cwd=project)
    assert done.returncode == 2
    assert done.stderr.strip()
    assert b"Traceback" not in done.stderr


def test_a_bad_config_gives_2_and_points_into_the_file(project: Path) -> None:
    (project / ".kafkalint.yaml").write_text("profile: production\nselekt: [KL3]\n")
    done = kafkalint("check", cwd=project)
    assert done.returncode == 2
    assert b".kafkalint.yaml:2:1" in done.stderr
    assert b"select" in done.stderr


def test_nothing_to_read_gives_2(tmp_path: Path) -> None:
    assert kafkalint("check", "-", cwd=tmp_path).returncode == 2
    assert kafkalint("check", cwd=tmp_path).returncode == 2


def test_an_empty_file_that_is_named_is_no_mistake(project: Path) -> None:
    (project / "empty.yaml").write_text("# nothing yet\n")
    assert kafkalint("check", "--no-cross-resource", "empty.yaml", cwd=project).returncode == 0


def test_standard_input_is_one_bundle_called_dash(project: Path) -> None:
    done = kafkalint("check", "-f", "json", "-", cwd=project, stdin=KAFKA.encode())
    assert {finding["file"] for finding in report(done)["findings"]} == {"-"}


def test_standard_input_may_be_given_a_name(project: Path) -> None:
    done = kafkalint("check", "-f", "json", "--stdin-filename", "prod.yaml", "-", cwd=project, stdin=KAFKA.encode())
    assert {finding["file"] for finding in report(done)["findings"]} == {"prod.yaml"}


def test_json_is_the_contract(project: Path) -> None:
    got = report(kafkalint("check", "-f", "json", cwd=project))
    assert got["version"] == 1
    keys = {"errors", "warnings", "infos", "suppressed", "resources", "clusters", "seconds"}
    assert keys <= got["summary"].keys()
    assert got["summary"]["resources"] == 1
    assert got["clusters"] == [
        {
            "name": "kafka",
            "namespace": None,
            "flavour": "statefulset",
            "kafka_version": "4.1.0",
            "mode": "kraft",
            "brokers": 3,
            "controllers": 3,
        }
    ]
    (finding,) = [finding for finding in got["findings"] if finding["code"] == "KL301"]
    assert (finding["file"], finding["line"], finding["column"]) == ("kafka.yaml", 4, 9)
    assert (finding["end_line"], finding["end_column"]) == (4, 14)
    assert finding["resource"] == {"apiVersion": "apps/v1", "kind": "StatefulSet", "namespace": None, "name": "kafka"}
    assert finding["route"] == "metadata.name"
    assert (finding["fix"]["applicability"], finding["fix"]["problem"]) == ("new", None)
    assert [change["file"] for change in finding["fix"]["changes"]] == ["kafka.yaml"]
    assert got["mended"] == []


def test_several_formats_in_one_run(project: Path) -> None:
    done = kafkalint("check", "-f", "text", "-f", "sarif=out.sarif", "-f", "json=out.json", cwd=project)
    assert done.returncode == 1
    assert b"KL301" in done.stdout
    sarif = json.loads((project / "out.sarif").read_text())
    assert sarif["runs"][0]["results"]
    assert json.loads((project / "out.json").read_text())["findings"]


def test_the_github_report_fills_the_step_summary(project: Path) -> None:
    summary = project / "summary.md"
    done = kafkalint("check", "-f", "github", cwd=project, env={"GITHUB_STEP_SUMMARY": str(summary)})
    assert b"::error file=kafka.yaml,line=4" in done.stdout
    assert "KL301" in summary.read_text()


def test_no_colour_where_there_is_no_terminal(project: Path) -> None:
    assert b"\x1b[" not in kafkalint("check", cwd=project).stdout


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github"])
def test_reports_are_the_same_to_the_byte(project: Path, form: str) -> None:
    (project / "a.yaml").write_text(KAFKA.replace("name: kafka", "name: other"))
    first = kafkalint("check", "-f", form, "kafka.yaml", "a.yaml", cwd=project, env={"PYTHONHASHSEED": "1"})
    second = kafkalint("check", "-f", form, "a.yaml", "kafka.yaml", cwd=project, env={"PYTHONHASHSEED": "2"})
    assert _timeless(first.stdout) == _timeless(second.stdout)


def _timeless(data: bytes) -> bytes:
    return b"\n".join(line for line in data.splitlines() if b'"seconds"' not in line)


def test_no_cross_resource_leaves_out_what_may_be_elsewhere(project: Path) -> None:
    done = kafkalint("check", "-f", "json", "--no-cross-resource", "--fail-on", "never", cwd=project)
    codes = {finding["code"] for finding in report(done)["findings"]}
    assert "KL306" in codes
    assert not codes & {"KL301", "KL302", "KL103", "KL502"}


def test_a_file_that_does_not_parse_does_not_hide_the_others(project: Path) -> None:
    (project / "broken.yaml").write_text("kind: Kafka\nmetadata: [\n")
    got = report(kafkalint("check", "-f", "json", cwd=project))
    codes = {(finding["file"], finding["code"]) for finding in got["findings"]}
    assert ("broken.yaml", "KL001") in codes
    assert ("kafka.yaml", "KL301") in codes


def test_a_run_that_could_not_read_a_document_is_not_complete(project: Path) -> None:
    assert report(kafkalint("check", "-f", "json", cwd=project))["summary"]["complete"] is True
    (project / "broken.yaml").write_text("apiVersion: v1\nkind: ConfigMap\n  metadata: 1\n")
    for ignored in ((), ("--ignore", "KL001")):
        assert report(kafkalint("check", "-f", "json", *ignored, cwd=project))["summary"]["complete"] is False
        assert b"NOT COMPLETE" in kafkalint("check", *ignored, cwd=project).stdout


def test_a_count_that_cannot_be_is_unknown(project: Path) -> None:
    (project / "kafka.yaml").write_text(KAFKA.replace("replicas: 3", "replicas: -3"))
    (cluster,) = report(kafkalint("check", "-f", "json", cwd=project))["clusters"]
    assert cluster["brokers"] is None


def test_an_input_without_kafka_is_no_silent_pass(project: Path) -> None:
    (project / "kafka.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")
    done = kafkalint("check", "-f", "json", cwd=project)
    assert done.returncode == 0
    assert [finding["code"] for finding in report(done)["findings"]] == ["KL007"]


def test_suppressed_findings_are_counted_and_shown_on_request(project: Path) -> None:
    text = KAFKA.replace("name: kafka\nspec", "name: kafka # kafkalint: ignore[KL301] one node in the lab\nspec")
    (project / "kafka.yaml").write_text(text)
    plain = report(kafkalint("check", "-f", "json", "--select", "KL301,KL005", cwd=project))
    assert plain["findings"] == []
    assert plain["summary"]["suppressed"] == 1
    shown = kafkalint("check", "-f", "sarif", "--include-suppressed", "--select", "KL301", cwd=project)
    (result,) = json.loads(shown.stdout)["runs"][0]["results"]
    assert result["suppressions"][0]["justification"] == "one node in the lab"


def test_an_annotation_on_a_strimzi_kafka_speaks_for_its_pools(project: Path) -> None:
    whole = (Path(__file__).parents[1] / "fixtures" / "whole" / "strimzi.yaml").read_text()
    text = whole.replace("deleteClaim: false", "deleteClaim: true")
    select = ("--select", "KL210,KL005", "-f", "json")
    head, kafka = text.split("kind: Kafka\n")
    for annotation, held in (("on purpose", 1), ("spec.kafka: on purpose", 0)):
        written = kafka.replace(
            "metadata:", f"metadata:\n  annotations: {{ignore.kafkalint.dev/KL210: '{annotation}'}}", 1
        )
        (project / "kafka.yaml").write_text(f"{head}kind: Kafka\n{written}")
        found = report(kafkalint("check", *select, cwd=project))
        assert found["summary"]["suppressed"] == held
        assert bool(found["findings"]) is not bool(held)


def test_colour_is_for_a_terminal_that_did_not_decline(monkeypatch: pytest.MonkeyPatch) -> None:
    from kafkalint.cli import output  # noqa: PLC0415

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

        def fileno(self) -> int:
            return 2

    monkeypatch.setattr(output.os, "get_terminal_size", lambda number: os.terminal_size((78 + number, 24)))
    monkeypatch.setenv("TERM", "xterm")
    for no_color, wanted in (("", True), ("1", False)):
        monkeypatch.setenv("NO_COLOR", no_color)
        assert output._screen(Terminal()) == (wanted, 80)
        assert output._screen(io.StringIO()) == (False, 100)
        assert output._screen() == (False, 100)
    # A terminal that nobody has set up, as in some containers.
    monkeypatch.setattr(output.os, "get_terminal_size", lambda number: os.terminal_size((0, 0)))
    assert output._screen(Terminal()) == (False, 80)


def test_explain_shows_the_page_by_code_and_name(tmp_path: Path) -> None:
    by_code = kafkalint("explain", "kl301", cwd=tmp_path).stdout
    assert b"Why is this bad?" in by_code
    assert kafkalint("explain", "pdb-missing", cwd=tmp_path).stdout == by_code


def test_rules_lists_every_check(tmp_path: Path) -> None:
    rules = json.loads(kafkalint("rules", "-f", "json", cwd=tmp_path).stdout)["rules"]
    assert {"KL001", "KL101", "KL301", "KL306"} <= {rule["code"] for rule in rules}
    assert all(rule["summary"] and rule["plugin"].startswith("kafkalint:") for rule in rules)


def test_checks_of_the_config_are_listed_and_explained(project: Path) -> None:
    check = "{code: ACME001, name: few, level: info, for: {kind: KafkaTopic}, path: $.a, must: {at-least: 6}}"
    (project / ".kafkalint.yaml").write_text(f"checks:\n  - {check}\n")
    assert b"ACME001" in kafkalint("rules", cwd=project).stdout
    assert b"at least 6" in kafkalint("explain", "few", cwd=project).stdout
    (project / ".kafkalint.yaml").write_text("select: [KL99]\n")
    done = kafkalint("explain", "KL301", cwd=project)
    assert done.returncode == 0
    assert b"pdb-missing" in done.stdout
    assert b".kafkalint.yaml:1:10" in done.stderr


def test_a_plugin_module_of_the_command_line(project: Path) -> None:
    (project / "house.py").write_text(
        "from kafkalint.hooks import hookimpl\n"
        "from kafkalint.checking.check import ClusterCheck\n"
        "from kafkalint.checking.finding import Level\n"
        "class House(ClusterCheck):\n"
        "    code, name, level = 'HOUSE001', 'house-rule', Level.ERROR\n"
        "    def check(self, cluster, model):\n"
        "        yield self.finding(cluster.resource.place('kind'), f'{cluster.title} is not ours.')\n"
        "@hookimpl\n"
        "def kafkalint_checks():\n"
        "    return [House]\n"
    )
    done = kafkalint(
        "check",
        "-f",
        "json",
        "--plugin",
        "house",
        "--select",
        "HOUSE001",
        cwd=project,
        env={"PYTHONPATH": str(project)},
    )
    assert [finding["code"] for finding in report(done)["findings"]] == ["HOUSE001"]


def test_a_closed_pipe_is_no_fault(project: Path) -> None:
    command = f"{sys.executable} -m kafkalint check | head -c 1"
    done = subprocess.run(["bash", "-c", command], cwd=project, capture_output=True, check=False)
    assert b"Traceback" not in done.stderr


def test_every_format_is_named_in_the_help(project: Path) -> None:
    text = " ".join(kafkalint("check", "--help", cwd=project).stdout.decode().split())
    assert ", ".join(BUILT_IN) in text


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_report_is_the_same_whatever_the_hash_seed(project: Path, name: str) -> None:
    one, other = (
        kafkalint("check", "-f", name, cwd=project, env={"PYTHONHASHSEED": seed}).stdout for seed in ("1", "2")
    )
    assert one
    assert re.sub(rb'"seconds": [\d.e-]+', b"", one) == re.sub(rb'"seconds": [\d.e-]+', b"", other)


def passed(project: Path, *arguments: str) -> list[str]:
    """The sources that the JUnit report says have no finding."""
    done = kafkalint("check", "-f", "junit", *arguments, cwd=project)
    return [case.attrib["file"] for case in ET.fromstring(done.stdout).iter("testcase") if not len(case)]


def test_what_nothing_is_said_of_has_passed(project: Path) -> None:
    (project / "map.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kafka}\n")
    (project / "broken.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: [\n")
    assert passed(project) == ["map.yaml"]
    assert passed(project, "--ignore", "KL001") == ["map.yaml"]
    assert passed(project, "--select", "KL001") == ["kafka.yaml", "map.yaml"]


@real_kustomize
def test_an_overlay_has_not_passed_because_its_findings_stand_in_the_base(project: Path) -> None:
    for name, text in (
        ("base/kustomization.yaml", "resources: [kafka.yaml]\n"),
        ("base/kafka.yaml", KAFKA),
        ("dev/kustomization.yaml", "resources: [../base]\n"),
        ("prod/kustomization.yaml", "resources: [../base]\n"),
        ("roles/kustomization.yaml", "resources: [kafka.yaml]\n"),
        ("roles/kafka.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kafka}\n"),
    ):
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).write_text(text)
    (project / "kafka.yaml").unlink()
    assert passed(project, "dev", "prod", "roles") == ["roles"]


def gitlab_paths(*arguments: str, cwd: Path, stdin: bytes = b"") -> set[str]:
    done = kafkalint("check", "-f", "gitlab", *arguments, cwd=cwd, stdin=stdin)
    return {entry["location"]["path"] for entry in json.loads(done.stdout)}


def test_a_code_host_finds_files_wherever_somebody_stands(project: Path) -> None:
    (project / "below").mkdir()
    (project / "below" / "kafka.yaml").write_text(KAFKA)
    assert gitlab_paths("kafka.yaml", cwd=project) == {"kafka.yaml"}
    assert gitlab_paths("../kafka.yaml", ".", cwd=project / "below") == {"kafka.yaml", "below/kafka.yaml"}
    assert gitlab_paths(str(project / "below"), cwd=Path("/")) == {"below/kafka.yaml"}
    piped = ("--stdin-filename", str(project / "below" / "x.yaml"), "-")
    assert gitlab_paths(*piped, cwd=project, stdin=KAFKA.encode()) == {"below/x.yaml"}


def test_a_file_called_dash_is_no_standard_input(project: Path) -> None:
    (project / "-").write_text(KAFKA)
    done = kafkalint("check", "-f", "json", "./-", cwd=project)
    assert {finding["file"] for finding in report(done)["findings"]} == {"./-"}
    assert gitlab_paths("./-", cwd=project) == {"-"}
    assert b"Standard input" not in kafkalint("check", "-f", "github", "./-", cwd=project).stdout


def test_what_is_not_modelled_is_said_although_quietly(project: Path) -> None:
    (project / "kafka.yaml").write_text(
        "apiVersion: kafka.banzaicloud.io/v1beta1\nkind: KafkaCluster\nmetadata: {name: a}\n"
    )
    done = kafkalint("check", "-q", cwd=project)
    assert b"kafkalint: koperator KafkaCluster a in kafka.yaml: not modelled yet\n" in done.stderr
    assert passed(project) == []
