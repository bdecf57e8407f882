"""`kafkalint gate`: the same bytes out, or nothing; a ResourceList comes back with results."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import jsonschema
import pytest
import yaml
from real_tools import real_kustomize

CLUSTER = """\
apiVersion: kafka.strimzi.io/v1
kind: KafkaNodePool
metadata:
  name: brokers
  labels: {strimzi.io/cluster: events}
spec:
  replicas: 3
  roles: [controller, broker]
  storage:
    type: persistent-claim
    size: 100Gi
    class: fast
    deleteClaim: false # the data outlives the cluster
  template:
    pod:
      affinity:
        podAntiAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            - labelSelector: {matchLabels: {strimzi.io/cluster: events}}
              topologyKey: kubernetes.io/hostname
---
apiVersion: kafka.strimzi.io/v1
kind: Kafka
metadata: {name: events}
spec:
  kafka: {version: 4.1.0}
"""
FAULTY = CLUSTER.replace("deleteClaim: false", "deleteClaim: true")
ROLE = "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: reader}\n"
TEMPLATED = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  a: |\n    {{ x }}\n"
CHART = "apiVersion: v2\nname: kafka\nversion: 0.1.0\n"

# The wire format of the KRM Functions Specification, as far as a function writes it.
RESULT = {
    "type": "object",
    "required": ["message"],
    "additionalProperties": False,
    "dependentRequired": {"field": ["resourceRef"]},
    "properties": {
        "message": {"type": "string", "minLength": 1},
        "severity": {"enum": ["error", "warning", "info"]},
        "resourceRef": {
            "required": ["apiVersion", "kind", "name"],
            "additionalProperties": False,
            "properties": {name: {"type": "string"} for name in ("apiVersion", "kind", "name", "namespace")},
        },
        "field": {
            "required": ["path"],
            "additionalProperties": False,
            "properties": {"path": {"type": "string"}, "currentValue": {}, "proposedValue": {}},
        },
        "file": {
            "required": ["path"],
            "additionalProperties": False,
            "properties": {"path": {"type": "string"}, "index": {"type": "integer"}},
        },
        "tags": {"type": "object", "additionalProperties": {"type": "string"}},
    },
}


def gate(*arguments: str, cwd: Path, stdin: str | bytes = b"", path: str = "") -> subprocess.CompletedProcess[bytes]:
    data = stdin.encode() if isinstance(stdin, str) else stdin
    env = {**os.environ, "PATH": path} if path else None
    command = [sys.executable, "-m", "kafkalint", "gate", *arguments]
    return subprocess.run(command, cwd=cwd, input=data, capture_output=True, check=False, env=env)


def resource_list(*objects: str, config: str = "", more: str = "") -> str:
    items = "".join(textwrap.indent(text, "  ").replace("  ", "- ", 1) for text in objects)
    head = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n"
    listed = f"items:\n{items}" if items else "items: []\n"
    return f"{head}{listed}{more}" + (f"functionConfig:\n{textwrap.indent(config, '  ')}" if config else "")


def objects_of(text: str) -> list[str]:
    return [f"{part.strip()}\n" for part in text.split("---\n")]


# Plain streams


@pytest.mark.parametrize(
    "text",
    [
        CLUSTER.encode(),
        CLUSTER.replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + CLUSTER.encode(),
        CLUSTER.rstrip("\n").encode(),
        f"# Source: x\n---\n{CLUSTER}\n\n---\n...\n---\n".encode(),
        json.dumps({"apiVersion": "v1", "kind": "List", "items": list(yaml.safe_load_all(CLUSTER))}).encode(),
        ROLE.encode(),
        CLUSTER.encode("utf-16"),
    ],
    ids=["LF", "CRLF", "byte order mark", "no last line break", "odd marks", "JSON", "no Kafka", "UTF-16"],
)
def test_what_passes_is_the_same_to_the_byte(tmp_path: Path, text: bytes) -> None:
    done = gate(cwd=tmp_path, stdin=text)
    assert (done.returncode, done.stdout) == (0, text), done.stderr


def test_what_does_not_pass_gives_no_byte_and_says_why(tmp_path: Path) -> None:
    done = gate("-", cwd=tmp_path, stdin=FAULTY)
    assert (done.returncode, done.stdout) == (1, b"")
    said = done.stderr.decode().splitlines()
    assert said[0].startswith("kafkalint: not passed on; 1 error")
    assert said[1].startswith("error KL210 claim-deleted-with-cluster: ")
    assert said[2] == "  at spec.storage.deleteClaim of KafkaNodePool brokers, line 13 of standard input"
    assert said[3].startswith("  help: ")
    assert said[4].startswith("warning ")


def test_findings_below_fail_on_are_told_and_pass(tmp_path: Path) -> None:
    done = gate(cwd=tmp_path, stdin=CLUSTER)
    assert done.stdout == CLUSTER.encode()
    assert b"warning KL309" in done.stderr
    assert b"not passed on" not in done.stderr
    strict = gate("--fail-on", "warning", cwd=tmp_path, stdin=CLUSTER)
    assert (strict.returncode, strict.stdout) == (1, b"")
    assert gate("--fail-on", "never", cwd=tmp_path, stdin=FAULTY).stdout == FAULTY.encode()


def test_no_more_findings_are_told_than_asked_for_the_worst_first(tmp_path: Path) -> None:
    done = gate("--most", "1", cwd=tmp_path, stdin=FAULTY)
    findings = [line for line in done.stderr.decode().splitlines() if " KL" in line and not line.startswith(" ")]
    assert [line.split()[1] for line in findings] == ["KL210"]
    assert "more findings: kafkalint check shows all" in done.stderr.decode()


def test_quiet_only_says_what_holds_manifests_up(tmp_path: Path) -> None:
    passed = gate("--quiet", cwd=tmp_path, stdin=CLUSTER)
    assert (passed.returncode, passed.stdout, passed.stderr) == (0, CLUSTER.encode(), b"")
    said = gate("-q", cwd=tmp_path, stdin=FAULTY).stderr.decode()
    assert "KL210" in said
    assert "KL309" not in said


def test_verbose_says_by_what_was_judged_and_passes_no_word_of_it_on(tmp_path: Path) -> None:
    done = gate("--verbose", cwd=tmp_path, stdin=CLUSTER)
    assert done.stdout == CLUSTER.encode()
    assert b"config: none" in done.stderr


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n \n",
        "---\n# Source: chart/templates/x.yaml\n",
        "---\n---\n",
        "kind: List\napiVersion: v1\nitems: []\n",
        "kind: List\napiVersion: v1\nmetadata: {}\n",
        "kind: ResourceList\napiVersion: config.kubernetes.io/v1\n",
        "kind: ResourceList\napiVersion: config.kubernetes.io/v1\nitems: null\n",
    ],
    ids=["nothing", "blanks", "a comment", "marks", "an empty List", "no items", "an empty ResourceList", "null"],
)
def test_nothing_to_apply_is_an_error_unless_it_is_allowed(tmp_path: Path, text: str) -> None:
    done = gate(cwd=tmp_path, stdin=text)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"standard input: no manifests" in done.stderr
    allowed = gate("--allow-empty", cwd=tmp_path, stdin=text)
    assert allowed.returncode == 0
    assert allowed.stdout.startswith(text.encode()), "a ResourceList has results behind it"


def test_however_much_there_is_every_document_is_read(tmp_path: Path) -> None:
    secret = f"---\napiVersion: v1\nkind: Secret\nmetadata: {{name: x}}\ndata: {{x: {'A' * 1000}}}\n"
    done = gate(cwd=tmp_path, stdin=CLUSTER + secret * 1200 + "---\nkind: Role\nspec: {\n")
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"KL001" in done.stderr


@pytest.mark.parametrize(
    "text",
    [b"\xff\xfe\x00\xd8", b"a: b: c\n", (CLUSTER + "---\nkind: Pod\nspec: {\n").encode()],
    ids=["no text", "no YAML", "one document that is none"],
)
def test_what_cannot_be_read_does_not_pass_even_if_that_rule_is_ignored(tmp_path: Path, text: bytes) -> None:
    done = gate(cwd=tmp_path, stdin=text)
    assert (done.returncode, done.stdout) == (1, b"")
    ignored = gate("--ignore", "KL001", cwd=tmp_path, stdin=text)
    assert (ignored.returncode, ignored.stdout) == (2, b"")
    assert b"NOT COMPLETE" in ignored.stderr
    never = gate("--fail-on", "never", cwd=tmp_path, stdin=text)
    assert (never.returncode, never.stdout) == (2, b""), "findings may pass, what was not looked at may not"


def test_who_writes_manifests_opens_no_gate_that_heeds_the_config_alone(tmp_path: Path) -> None:
    annotated = FAULTY.replace("name: brokers\n", "name: brokers\n  annotations: {ignore.kafkalint.dev/KL210: mine}\n")
    commented = FAULTY.replace("# the data outlives the cluster", "# kafkalint: ignore[KL210] mine")
    for text in (annotated, commented):
        assert gate(cwd=tmp_path, stdin=text).returncode == 0
        held_up = gate("--no-suppressions", cwd=tmp_path, stdin=text)
        assert (held_up.returncode, held_up.stdout) == (1, b"")
        assert b"KL005" not in held_up.stderr, "what is not heeded is not unused"
    (tmp_path / ".kafkalint.yaml").write_text(
        "ignores: [{codes: [KL210], resources: [KafkaNodePool/brokers], reason: x}]\n"
    )
    assert gate("--no-suppressions", cwd=tmp_path, stdin=FAULTY).returncode == 0


def test_a_check_that_raises_shuts_the_gate(tmp_path: Path) -> None:
    (tmp_path / "raising.py").write_text(
        textwrap.dedent("""\
            from kafkalint.checking.check import ClusterCheck
            from kafkalint.checking.finding import Level
            from kafkalint.hooks import hookimpl

            class AlwaysRaises(ClusterCheck):
                \"\"\"Raise.\"\"\"
                code = "ZZ001"
                name = "always-raises"
                level = Level.INFO

                def check(self, cluster, model):
                    raise RuntimeError("no")

            @hookimpl
            def kafkalint_checks():
                return [AlwaysRaises]
            """)
    )
    done = gate("--plugin", "raising", cwd=tmp_path, stdin=CLUSTER)
    assert (done.returncode, done.stdout) == (3, b"")
    assert b"ZZ001 always-raises could not finish" in done.stderr


def test_text_of_a_manifest_gives_no_command_to_a_log(tmp_path: Path) -> None:
    hostile = FAULTY.replace("name: brokers", r'name: "x\n::error::pwned\e[31m##[error]y"')
    done = gate(cwd=tmp_path, stdin=hostile)
    assert not [line for line in done.stderr.splitlines() if line.lstrip().startswith(b"::")]
    assert b"##[" not in done.stderr
    assert b"\x1b" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--release", "events"], "is for a PATH"),
        (["-", "--", "--enable-helm"], "is for a PATH"),
        (["not-there"], "not-there: No such file or directory"),
        (["--fail-on", "seldom"], "seldom"),
        (["empty"], "empty: neither a kustomization.yaml nor a Chart.yaml in it"),
        (["both"], "both: a Chart.yaml and a kustomization.yaml in it"),
        (["empty", "--render", "helm"], "empty: no Chart.yaml in it"),
        (["empty", "--render", "kustomize"], "empty: no kustomization.yaml in it"),
        (["kafka.yaml", "--", "--enable-helm"], "kafka.yaml: this is a file, which nobody renders"),
        (["kafka.yaml", "other.yaml"], "there is one PATH"),
        ([""], "the path is empty"),
        (["both/kustomization.yaml"], "give its folder"),
        (["both/Chart.yaml"], "give its folder"),
        (["flux"], "an object for Flux"),
        (["flux", "--", "-o", "x.yaml"], "-o would have manifests written"),
        (["flux", "--", "--output-dir=x"], "--output-dir=x would have manifests written"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_use_gives_2_a_sentence_and_no_byte(tmp_path: Path, arguments: list[str], said: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "both").mkdir()
    (tmp_path / "both" / "Chart.yaml").write_text(CHART)
    (tmp_path / "both" / "kustomization.yaml").write_text("resources: []\n")
    (tmp_path / "kafka.yaml").write_text(CLUSTER)
    (tmp_path / "flux").mkdir()
    (tmp_path / "flux" / "kustomization.yaml").write_text(
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: x}\n"
    )
    done = gate(*arguments, cwd=tmp_path, stdin=CLUSTER)
    assert (done.returncode, done.stdout) == (2, b"")
    assert said in done.stderr.decode()
    assert b"Traceback" not in done.stderr


# A path


@pytest.fixture
def tools(tmp_path: Path) -> str:
    """Stand-ins for Kustomize and Helm, the only programs on the PATH but for a shell's."""
    place = tmp_path / "bin"
    place.mkdir()
    (place / "kustomize").write_text('#!/bin/sh\necho "kustomize $*" >> "$PWD/called"\ncat "$PWD/built.yaml"\n')
    (place / "helm").write_text(
        f'#!/bin/sh\necho "helm $*" >> "{tmp_path}/called"\ncat "{tmp_path}/chart/built.yaml"\n'
    )
    for name in ("kustomize", "helm"):
        (place / name).chmod(0o755)
    return f"{place}:/usr/bin:/bin"


@pytest.fixture
def overlay(tmp_path: Path) -> Path:
    folder = tmp_path / "prod"
    folder.mkdir()
    (folder / "kustomization.yaml").write_text("resources: []\n")
    (folder / "built.yaml").write_text(CLUSTER)
    return folder


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    folder = tmp_path / "chart"
    folder.mkdir()
    (folder / "Chart.yaml").write_text(CHART)
    (folder / "built.yaml").write_text(CLUSTER)
    return folder


def test_a_file_passes_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "kafka.yaml").write_text(CLUSTER)
    assert gate("kafka.yaml", cwd=tmp_path).stdout == CLUSTER.encode()
    (tmp_path / "kafka.yaml").write_text(FAULTY)
    done = gate("kafka.yaml", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"  at kafka.yaml:13:18" in done.stderr


def test_a_kustomization_is_built_and_its_bytes_are_the_tool_s(tmp_path: Path, overlay: Path, tools: str) -> None:
    done = gate("prod", cwd=tmp_path, path=tools)
    assert (done.returncode, done.stdout) == (0, CLUSTER.encode()), done.stderr
    (overlay / "built.yaml").write_text(FAULTY)
    done = gate("prod", cwd=tmp_path, path=tools)
    assert (done.returncode, done.stdout) == (1, b"")


def test_a_path_leads_where_the_system_would_go(tmp_path: Path, overlay: Path, tools: str) -> None:
    (tmp_path / "releases" / "42").mkdir(parents=True)
    overlay.rename(tmp_path / "releases" / "prod")
    (tmp_path / "current").symlink_to("releases/42")
    done = gate("current/../prod", cwd=tmp_path, path=tools)
    assert (done.returncode, done.stdout) == (0, CLUSTER.encode()), done.stderr


def test_what_the_config_switches_off_is_not_rendered(tmp_path: Path, overlay: Path, chart: Path, tools: str) -> None:
    (tmp_path / ".kafkalint.yaml").write_text("render: {kustomize: never, helm: never}\n")
    for path in ("prod", "chart"):
        done = gate(path, cwd=tmp_path, path=tools)
        assert (done.returncode, done.stdout) == (2, b"")
        assert b"switched off in the config" in done.stderr


def test_places_that_are_not_known_are_said(tmp_path: Path, overlay: Path, tools: str) -> None:
    fails_elsewhere = '#!/bin/sh\ncat "$PWD/built.yaml" || { echo Error: not here >&2; exit 1; }\n'
    (tmp_path / "bin" / "kustomize").write_text(fails_elsewhere)
    (overlay / "built.yaml").write_text(FAULTY)
    done = gate("prod", cwd=tmp_path, path=tools)
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"where the objects come from is not known: not rendered" in done.stderr


def test_verbose_says_what_was_run_and_not_what_was_handed_through(tmp_path: Path, chart: Path, tools: str) -> None:
    done = gate("chart", "--verbose", "--", "--set", "password=secret", cwd=tmp_path, path=tools)
    assert b"helm template kafka" in done.stderr
    assert b"secret" not in done.stderr


def test_arguments_behind_two_dashes_are_the_renderer_s(tmp_path: Path, overlay: Path, tools: str) -> None:
    done = gate("prod", "--", "--enable-helm", "--load-restrictor", "LoadRestrictionsNone", cwd=tmp_path, path=tools)
    assert done.returncode == 0, done.stderr
    called = (overlay / "called").read_text()
    assert "kustomize build . --enable-helm --load-restrictor LoadRestrictionsNone" in called


def test_a_renderer_that_fails_shuts_the_gate(tmp_path: Path, overlay: Path, tools: str) -> None:
    (overlay / "built.yaml").unlink()
    done = gate("prod", cwd=tmp_path, path=tools)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().startswith("kafkalint: prod: ")


def test_a_renderer_that_gives_nothing_shuts_the_gate(tmp_path: Path, overlay: Path, tools: str) -> None:
    (overlay / "built.yaml").write_text("")
    done = gate("prod", cwd=tmp_path, path=tools)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"prod: no manifests" in done.stderr


def test_without_the_tool_the_gate_is_shut(tmp_path: Path, overlay: Path) -> None:
    done = gate("prod", cwd=tmp_path, path=str(tmp_path))
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"prod: neither kustomize nor kubectl is on the PATH" in done.stderr


def test_a_release_is_called_as_it_was_said(tmp_path: Path, chart: Path, tools: str) -> None:
    for release in ("my.events", "Events_1", "x" * 60):
        gate("chart", "--release", release, cwd=tmp_path, path=tools)
        assert f"helm template {release} " in (tmp_path / "called").read_text(), "whether it is a name is Helm's to say"


def test_a_comma_makes_no_two_values_files(tmp_path: Path, chart: Path, tools: str) -> None:
    gate("chart", "--values", "a,b.yaml", cwd=tmp_path, path=tools)
    assert f'--values "{tmp_path}/a,b.yaml"' in (tmp_path / "called").read_text()


def test_a_chart_is_rendered_with_what_it_is_installed_with(tmp_path: Path, chart: Path, tools: str) -> None:
    arguments = ["--release", "events", "--namespace", "prod", "--values", "a.yaml", "--values", "b.yaml"]
    done = gate("chart", *arguments, "--", "--set", "x=1", cwd=tmp_path, path=tools)
    assert (done.returncode, done.stdout) == (0, CLUSTER.encode()), done.stderr
    (called,) = (tmp_path / "called").read_text().splitlines()
    assert called.startswith(f"helm template events {chart} --skip-tests --include-crds --values {tmp_path}/a.yaml ")
    assert called.endswith("--namespace prod --set x=1")


CONFIG = """\
helm:
  - {chart: chart, release: events, values: [prod.yaml], namespace: prod}
"""


def test_a_chart_s_values_come_from_the_config(tmp_path: Path, chart: Path, tools: str) -> None:
    (tmp_path / ".kafkalint.yaml").write_text(CONFIG)
    gate("chart", cwd=tmp_path, path=tools)
    gate("chart", "--values", "mine.yaml", cwd=tmp_path, path=tools)
    first, second = (tmp_path / "called").read_text().splitlines()
    assert first.endswith("template events " + f"{chart} --skip-tests --include-crds "
                          f"--values {tmp_path}/prod.yaml --namespace prod")  # fmt: skip
    assert "prod.yaml" not in second


def test_which_of_several_releases_has_to_be_said(tmp_path: Path, chart: Path, tools: str) -> None:
    (tmp_path / ".kafkalint.yaml").write_text(CONFIG + "  - {chart: chart, release: orders, values: [dev.yaml]}\n")
    done = gate("chart", cwd=tmp_path, path=tools)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"--release events or --release orders" in done.stderr
    unknown = gate("chart", "--release", "order", cwd=tmp_path, path=tools)
    assert (unknown.returncode, unknown.stdout) == (2, b""), "without its values it would be another one"
    assert b"none of them order" in unknown.stderr
    assert gate("chart", "--release", "orders", cwd=tmp_path, path=tools).returncode == 0
    assert "dev.yaml" in (tmp_path / "called").read_text()


@real_kustomize
def test_what_is_elsewhere_is_fetched_only_where_that_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = tmp_path / "elsewhere"
    base.mkdir()
    (base / "kustomization.yaml").write_text("resources: [kafka.yaml]\n")
    (base / "kafka.yaml").write_text(CLUSTER)
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "init.defaultBranch=main"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"]):
        subprocess.run(["git", *identity, *words], cwd=base, check=True)
    (tmp_path / "prod").mkdir()
    (tmp_path / "prod" / "kustomization.yaml").write_text("resources: ['https://git.example.com/base.git?ref=main']\n")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", f"url.file://{base}.insteadOf")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "https://git.example.com/base.git")
    refused = gate("prod", cwd=tmp_path)
    assert (refused.returncode, refused.stdout) == (2, b"")
    assert b"kafkalint fetches nothing" in refused.stderr
    fetched = gate("prod", "--fetch", cwd=tmp_path)
    assert fetched.returncode == 0, fetched.stderr
    assert b"kind: KafkaNodePool" in fetched.stdout


# Streams that are not there


def test_a_closed_standard_error_is_no_matter_where_there_is_nothing_to_say(tmp_path: Path) -> None:
    command = f"{sys.executable} -m kafkalint gate --quiet - 2>&-"
    done = subprocess.run(["sh", "-c", command], cwd=tmp_path, input=CLUSTER.encode(), capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, CLUSTER.encode())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_what_cannot_be_passed_on_is_said(tmp_path: Path) -> None:
    command = f"{sys.executable} -m kafkalint gate --quiet - >/dev/full"
    done = subprocess.run(["sh", "-c", command], cwd=tmp_path, input=CLUSTER.encode(), capture_output=True, check=False)
    assert done.returncode == 2
    assert b"standard output cannot be written" in done.stderr


# Helm's post-renderers


def test_a_post_renderer_s_origins_are_told_and_kept(tmp_path: Path) -> None:
    def annotated(text: str) -> str:
        note = '  annotations: {postrenderer.helm.sh/postrender-filename: "kafka/templates/pool.yaml"}\n'
        return text.replace("  name: brokers\n", f"  name: brokers\n{note}")

    assert gate(cwd=tmp_path, stdin=annotated(CLUSTER)).stdout == annotated(CLUSTER).encode()
    assert b"from kafka/templates/pool.yaml" in gate(cwd=tmp_path, stdin=annotated(FAULTY)).stderr


# ResourceLists


def answer(done: subprocess.CompletedProcess[bytes]) -> dict[str, object]:
    found = yaml.safe_load(done.stdout)
    for result in found.get("results", ()):
        jsonschema.Draft202012Validator(RESULT).validate(result)
    return found


def test_a_resource_list_without_findings_comes_back_to_the_byte(tmp_path: Path) -> None:
    given = resource_list(ROLE)
    done = gate("--ignore", "KL007", cwd=tmp_path, stdin=given)
    assert (done.returncode, done.stdout) == (0, given.encode())


def test_a_resource_list_comes_back_with_results_and_its_items_as_they_were(tmp_path: Path) -> None:
    given = resource_list(*objects_of(CLUSTER))
    done = gate(cwd=tmp_path, stdin=given)
    assert done.returncode == 0
    assert done.stdout.decode().startswith(given), "comments and style are the user's"
    assert {result["severity"] for result in answer(done)["results"]} <= {"warning", "info"}


def test_a_resource_list_with_a_fault_fails_and_says_so_in_its_results(tmp_path: Path) -> None:
    pool, kafka = objects_of(FAULTY)
    read_from = (
        "  annotations: {internal.config.kubernetes.io/path: a/pool.yaml, internal.config.kubernetes.io/index: '1'}\n"
    )
    done = gate(cwd=tmp_path, stdin=resource_list(pool.replace("  name: b", f"{read_from}  name: b"), kafka))
    assert done.returncode == 1
    first = answer(done)["results"][0]
    assert first["severity"] == "error"
    assert first["message"].startswith("KL210 claim-deleted-with-cluster: ")
    assert first["resourceRef"] == {"apiVersion": "kafka.strimzi.io/v1", "kind": "KafkaNodePool", "name": "brokers"}
    assert first["field"] == {"path": "spec.storage.deleteClaim", "currentValue": True, "proposedValue": False}
    assert first["file"] == {"path": "a/pool.yaml", "index": 1}
    assert first["tags"]["code"] == "KL210"
    assert b"error KL210" in done.stderr


@pytest.mark.parametrize(
    "given",
    [
        json.dumps(
            {
                "apiVersion": "config.kubernetes.io/v1",
                "kind": "ResourceList",
                "items": list(yaml.safe_load_all(FAULTY)),
            }
        ),
        json.dumps(
            {
                "apiVersion": "config.kubernetes.io/v1",
                "kind": "ResourceList",
                "items": list(yaml.safe_load_all(FAULTY)),
                "results": [{"message": "another function's"}],
            },
            indent=2,
        ),
        resource_list(*objects_of(FAULTY), more="results:\n- message: another function's\n"),
        resource_list(*objects_of(FAULTY), more="results: []\n"),
        resource_list(*objects_of(FAULTY)).rstrip("\n"),
        resource_list(*objects_of(FAULTY)).replace("\n", "\r\n"),
        "results:\n- message: another function's\n" + resource_list(*objects_of(FAULTY)),
        resource_list(
            *objects_of(FAULTY), "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  a: |\n    {{ x }}\n"
        ),
    ],
    ids=[
        "JSON",
        "JSON with results",
        "results",
        "no results",
        "no last line break",
        "CRLF",
        "results first",
        "template text",
    ],
)
def test_results_find_their_place_in_any_style(tmp_path: Path, given: str) -> None:
    before = yaml.safe_load(given)
    done = gate(cwd=tmp_path, stdin=given)
    assert done.returncode == 1
    after = answer(done)
    assert after["items"] == before["items"]
    theirs = before.get("results") or []
    assert after["results"][: len(theirs)] == theirs
    assert "KL210" in [result.get("tags", {}).get("code") for result in after["results"]]


@pytest.mark.parametrize(
    "spelt",
    ["kind: &k ResourceList", "kind: !!str ResourceList", "kind: >-\n  ResourceList", '"kind": "ResourceList"'],
)
def test_a_resource_list_is_known_however_it_is_spelt(tmp_path: Path, spelt: str) -> None:
    given = resource_list(*objects_of(FAULTY)).replace("kind: ResourceList", spelt)
    done = gate(cwd=tmp_path, stdin=given)
    assert done.returncode == 1
    assert answer(done)["results"]
    wide = gate(cwd=tmp_path, stdin=given.encode("utf-16"))
    assert "KL210" in wide.stdout.decode("utf-16")


def test_a_resource_list_stands_alone(tmp_path: Path) -> None:
    done = gate(cwd=tmp_path, stdin=resource_list(*objects_of(CLUSTER)) + f"---\n{ROLE}")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"a ResourceList among 2 documents" in done.stderr


def test_results_that_cannot_be_written_shut_the_gate(tmp_path: Path) -> None:
    done = gate(cwd=tmp_path, stdin=resource_list(*objects_of(FAULTY), more="results: text\n"))
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"results cannot be written" in done.stderr


def test_an_empty_resource_list_is_an_error_unless_it_is_allowed(tmp_path: Path) -> None:
    assert gate(cwd=tmp_path, stdin=resource_list()).returncode == 2
    assert gate("--allow-empty", cwd=tmp_path, stdin=resource_list()).returncode == 0


@pytest.mark.parametrize(
    "config",
    [
        "apiVersion: kafkalint.dev/v1\nkind: Gate\nmetadata: {name: x}\nspec: {failOn: never}\n",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {fail-on: never}\n",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {ignore: 'KL210,KL309'}\n",
        "apiVersion: kafkalint.dev/v1\nkind: Gate\nmetadata: {name: x}\nspec: {ignore: [KL210]}\n",
    ],
    ids=["spec", "a ConfigMap", "codes in a string", "codes in a list"],
)
def test_a_function_is_told_how_to_judge_by_its_config(tmp_path: Path, config: str) -> None:
    given = resource_list(*objects_of(FAULTY), config=config)
    assert gate(cwd=tmp_path, stdin=given).returncode == 0
    assert gate("--fail-on", "error", "--ignore", "KL309", cwd=tmp_path, stdin=given).returncode == 1, (
        "as it was called"
    )


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("{failOff: never}", "there is no setting fail-off"),
        ("{plugin: os}", "there is no setting plugin"),
        ("{failOn: seldom}", "'seldom' is not one of"),
        ("{kubernetesVersion: new}", "new"),
        ("{select: KL999}", "KL999"),
        ("{failOn: never, fail-on: error}", "fail-on is given more than once"),
        ("{failOn: never, failOn: error}", "failOn is written more than once"),
        ("'failOn: warning'", "spec is no mapping of settings"),
        ("[failOn, warning]", "spec is no mapping of settings"),
        ("{}\ndata: {failOn: error}", "under spec or under data, and not under both"),
        ("{}\nfailOn: warning", "failOn is no place for settings"),
        ("{}\nbinaryData: {failOn: warning}", "binaryData is no place for settings"),
    ],
)
def test_a_config_that_is_not_understood_shuts_the_gate(tmp_path: Path, spec: str, said: str) -> None:
    config = f"apiVersion: kafkalint.dev/v1\nkind: Gate\nmetadata: {{name: x}}\nspec: {spec}\n"
    done = gate(cwd=tmp_path, stdin=resource_list(*objects_of(CLUSTER), config=config))
    assert (done.returncode, done.stdout) == (2, b"")
    assert said in done.stderr.decode()
