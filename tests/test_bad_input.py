"""Whatever it is given, the command line answers with an exit status and a sentence: no traceback, fault or hang."""

from __future__ import annotations

import copy
import json
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kafkalint.checking.finding import Location
from kafkalint.cli import main
from kafkalint.registry import load_registry
from kafkalint.testing import lint

ROOT = Path(__file__).parent.parent
GOOD = """apiVersion: apps/v1
kind: StatefulSet
metadata: {name: kafka}
spec:
  serviceName: kafka
  replicas: 3
  selector: {matchLabels: {app: kafka}}
  template:
    metadata: {labels: {app: kafka}}
    spec: {containers: [{name: kafka, image: "apache/kafka:4.1.0"}]}
"""
FOUND = "KL301"
"""What the checks say of GOOD: it is looked at whatever stands beside it."""


def _deep(opening: str, count: int = 5000) -> str:
    return f"kind: Kafka\na: {opening * count}"


def _bomb(width: int = 9, height: int = 20) -> str:
    lines = ["kind: Kafka", f"a0: &a0 [{','.join('x' * width)}]"]
    lines += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * width)}]" for n in range(1, height)]
    return "\n".join(lines)


# Name, bytes, the code that names the trouble (None where there is none to name)
BYTES: list[tuple[str, bytes, str | None]] = [
    ("alias bomb", _bomb().encode(), "KL001"),
    ("an anchor that holds itself", b"kind: Kafka\nspec: &s [*s]", "KL001"),
    ("deep brackets", _deep("[").encode(), "KL001"),
    ("deep braces", _deep("{a: ").encode(), "KL001"),
    ("deep dashes", b"kind: Kafka\na:\n" + b"- " * 5000, "KL001"),
    ("deep lists of lists", b'{"kind":"List","apiVersion":"v1","items":[' * 90 + b"]}" * 90, None),
    ("invalid UTF-8", b"kind: Kafka\nmetadata: {name: \xff\xfe}", "KL001"),
    ("NUL", b"kind: Kafka\nmetadata: {name: a\0b}", "KL001"),
    ("escape", b"kind: Kafka\nmetadata: {name: \x1b[31m}", "KL001"),
    ("half a UTF-16 character", b"\xff\xfek\0i\0n\0d\0:", "KL001"),
    ("binary", bytes(range(256)) * 8 + b"kind: kafka", "KL001"),
    ("tabs", b"kind: Kafka\n\tmetadata: {}", "KL001"),
    ("unhashable key", b"kind: Kafka\n? [a]\n: b", "KL001"),
    ("double key", b"apiVersion: v1\nkind: Kafka\nmetadata: {name: a, name: b}", "KL003"),
    ("unknown tag", b"apiVersion: v1\nkind: Kafka\nmetadata: !!python/object/apply:os.abort [1]", None),
    ("unclosed quote", b"kind: 'Kafka", "KL001"),
    ("a template", b"kind: Kafka\n{{ if x }}\n", "KL002"),
    ("a double key before a template's shorter value", b"kind: Kafka\nspec:\n  c: ${AB}\n  c: 1\n", None),
    ("many directives", b"%TAG ! x\n---\n" * 50_000 + b"kind: Kafka", None),
    ("many marks", b"---\n...\n" * 50_000, None),
    ("a list", b"- kind: Kafka", None),
    ("a scalar", b"kind", None),
    ("wrong types", b"apiVersion: [v1]\nkind: {a: b}\nmetadata: 3", None),
    ("nothing", b"", None),
    ("a mark of a byte order, and nothing", b"\xef\xbb\xbf", None),
]


def run(*arguments: str) -> tuple[int, str, str]:
    """Exit status, output and errors of a run; a traceback is a failure wherever it shows."""
    done = CliRunner().invoke(main, ["check", *arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit), repr(done.exception)
    assert "Traceback" not in done.output
    assert "internal fault" not in done.output
    return done.exit_code, done.stdout, done.stderr


def codes(output: str) -> set[str]:
    return {finding["code"] for finding in json.loads(output)["findings"]}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "good.yaml").write_text(GOOD)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("data", "code"), [case[1:] for case in BYTES], ids=[case[0] for case in BYTES])
def test_bad_text_is_named_and_the_rest_is_checked(folder: Path, data: bytes, code: str | None) -> None:
    (folder / "bad.yaml").write_bytes(data)
    status, output, _ = run("-f", "json", "good.yaml", "bad.yaml")
    assert status == 1
    assert FOUND in codes(output)
    assert code is None or code in codes(output)


@pytest.mark.parametrize("bad", ["a: [", "a: 'b", "? {a}: b", "a: \x01", "\ta: b"])
def test_a_bad_document_hides_no_other_of_its_file(folder: Path, bad: str) -> None:
    (folder / "one.yaml").write_text(f"kind: Kafka\n{bad}\n---\n{GOOD}")
    status, output, _ = run("-f", "json", "one.yaml")
    assert status == 1
    assert codes(output) >= {"KL001", FOUND}


@pytest.mark.parametrize(
    "replicas", ["-1", '"3"', "true", "null", "[]", "{}", "1e9", "1000000000", "1" + "0" * 30, ".inf", ".nan", "1e400"]
)
@pytest.mark.parametrize("flavour", ["statefulset", "strimzi", "confluent"])
def test_no_number_of_replicas_is_too_odd(folder: Path, flavour: str, replicas: str) -> None:
    text = (ROOT / "fixtures" / "whole" / f"{flavour}.yaml").read_text()
    assert "replicas: 3" in text
    (folder / "one.yaml").write_text(text.replace("replicas: 3", f"replicas: {replicas}"))
    assert run("one.yaml")[0] in (0, 1)


@pytest.mark.parametrize("size", ["-5Gi", "1e400", '"1e999999999"', '"1e-999999999"', "9" * 5000, "[]", "Gi", ".nan"])
@pytest.mark.parametrize("flavour", ["statefulset", "strimzi", "confluent"])
def test_no_size_is_too_odd(folder: Path, flavour: str, size: str) -> None:
    lines = (ROOT / "fixtures" / "whole" / f"{flavour}.yaml").read_text().splitlines()
    keys = ("storage: ", "size: ", "dataVolumeCapacity: ")
    changed = [
        f"{line.partition(':')[0]}: {size}" if line.strip().startswith(keys) and not line.endswith(("{", "}")) else line
        for line in lines
    ]
    (folder / "one.yaml").write_text("\n".join(changed))
    assert run("one.yaml")[0] in (0, 1)


CONFIGS = [
    "[]", "x", "{", "\0", "select: {a: b}", "select: [[]]", "levels: {KL301: {}}", "ignores: [1]", "zones: 1e400",
    "strimzi-version: []", "bundles: [{name: [], paths: {}}]", "storage-classes: {a: []}",
    "checks: [{}]", "options: []", "helm: [{chart: /etc, release: []}]", "profile: [production]", "&a [*a]",
    "? [a]\n: b", "profile: strict\nprofile: strict", "a: " + "[" * 5000,
]  # fmt: skip


@pytest.mark.parametrize("config", CONFIGS, ids=range(len(CONFIGS)))
def test_a_bad_config_is_the_user_s_to_mend(folder: Path, config: str) -> None:
    (folder / ".kafkalint.yaml").write_text(config)
    status, _, errors = run("good.yaml")
    assert status == 2
    assert ".kafkalint.yaml" in errors


def test_a_config_that_is_no_file_is_refused(folder: Path) -> None:
    for name in ("/dev/zero", ".", "none"):
        assert run("--config", name, "good.yaml")[0] == 2


def test_a_config_in_a_pipe_that_nobody_writes_to_ends(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kafkalint.manifests.reading.PIPE_SECONDS", 0.1)
    os.mkfifo(folder / "pipe")
    assert run("--config", "pipe", "good.yaml")[0] == 2


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("good.yaml > /dev/full", "standard output cannot be written"),
        ("good.yaml >&-", "standard output cannot be written"),
        ("- <&-", "standard input is empty"),
        ("-f json=none/report good.yaml", "cannot be written"),
        ("-f github good.yaml", "none/summary cannot be written"),
    ],
)
def test_what_cannot_be_read_or_written_is_no_fault_of_the_program(folder: Path, line: str, said: str) -> None:
    command = f"exec {shlex.quote(sys.executable)} -m kafkalint check {line}"
    environment = {**os.environ, "GITHUB_STEP_SUMMARY": "none/summary"}
    done = subprocess.run(["sh", "-c", command], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert "fault" not in done.stderr


def test_a_disk_full_of_traps(folder: Path) -> None:
    (folder / "folder.yaml").mkdir()
    os.mkfifo(folder / "pipe.yaml")
    (folder / "loop.yaml").symlink_to("loop.yaml")
    (folder / "self").symlink_to(".")
    (folder / "up").symlink_to("..")
    (folder / "empty.yaml").touch()
    status, output, _ = run("-f", "json")
    assert status == 1
    assert FOUND in codes(output)


@pytest.mark.parametrize(
    "name", [b"new\nline.yaml", b"::error::x.yaml", b"\x1b[31m.yaml", b"\xff\xfe.yaml", "é%,:.yaml".encode()]
)
@pytest.mark.parametrize("form", ["text", "json", "sarif", "github"])
def test_no_file_name_gets_through(folder: Path, name: bytes, form: str) -> None:
    (folder / "good.yaml").rename(os.fsdecode(os.fsencode(folder) + b"/" + name))
    status, output, _ = run("-f", form)
    assert status == 1
    _assert_harmless(output)


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github"])
def test_no_name_of_an_object_gets_through(folder: Path, form: str) -> None:
    name = '"kafka\\e[31m\\n::error::x\\u2028\\u202e##[error]\\0"'
    (folder / "good.yaml").write_text(GOOD.replace("{name: kafka}", f"{{name: {name}}}"))
    status, output, _ = run("-f", form)
    assert status == 1
    _assert_harmless(output)


def _assert_harmless(output: str) -> None:
    assert not any(ord(character) < 32 and character != "\n" for character in output)
    assert not any(line.lstrip().startswith(("::error::", "##[")) for line in output.splitlines())


SUPPRESSIONS = ["[", "[]", "[KL301", "[,,]", "[KL301] ", "[*] x", "[KL]x", "-file", "-file[" + "KL301," * 2000, " ["]


@pytest.mark.parametrize("comment", SUPPRESSIONS, ids=range(len(SUPPRESSIONS)))
def test_no_suppression_is_too_odd(folder: Path, comment: str) -> None:
    (folder / "good.yaml").write_text(GOOD.replace("{name: kafka}", f"{{name: kafka}} # kafkalint: ignore{comment}"))
    assert run("good.yaml")[0] in (0, 1)


def _copies(count: int) -> str:
    return "---\n".join(GOOD.replace("kafka}", f"kafka-{n}}}").replace("kafka,", f"kafka-{n},") for n in range(count))


LARGE = {
    "StatefulSets": _copies(300),
    "containers": GOOD.replace("[{name", "[" + "{name: a, image: 'apache/kafka:4.1.0'}, " * 300 + "{name"),
    "variables": GOOD.replace(
        "{name: kafka, image",
        "{env: ["
        + ",".join(f"{{name: K{n}, value: $(K{n - 1})$(K{n - 1})x}}" for n in range(3000))
        + "], name: kafka, image",
    ),
    "values": GOOD.replace(
        "{containers",
        "{affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: "
        "[{topologyKey: a, labelSelector: {matchExpressions: [{key: app, operator: In, values: ["
        + ",".join(f"v{n}" for n in range(10_000))
        + "]}]}}]}}, containers",
    ),
    "budgets": GOOD + "".join(
        f"---\napiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {{name: p{n}}}\n"
        "spec: {maxUnavailable: 1, selector: {matchLabels: {app: kafka}}}\n" for n in range(1000)
    ),
    "properties": GOOD
    + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: kafka}\ndata:\n  server.properties: |\n"
    + "    a=\\\n" * 100_000,
    "a regular expression": GOOD
    + "---\napiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: {name: kafka}\n"
    "spec: {groups: [{name: a, rules: [{alert: A, expr: 'kafka_x{topic=~\"((a+)+)+$" + "a" * 1000 + "\"} > 0'}]}]}\n",
}  # fmt: skip


@pytest.mark.parametrize("text", LARGE.values(), ids=LARGE)
def test_much_takes_no_more_than_its_time(folder: Path, text: str) -> None:
    (folder / "good.yaml").write_text(text)
    started = time.process_time()
    assert run("good.yaml")[0] == 1
    # Ten times what it takes: what grows with the square of these would take minutes.
    assert time.process_time() - started < 10


ODD: list[Any] = [
    None, True, -1, 0, 1e30, 10**30, float("inf"), "", "x" * 3000, [], {}, [[]], {"": None}, [None], [{}], {"a": [{}]},
    "-5Gi", "150%", "1e400", "$(A)", "${A:-${B}}", "{{ x }}", "::error::x", "a\nb", "(a+)+$", "[", "\\", "../..",
    "kafka", {"matchExpressions": [{"key": None, "operator": "Foo", "values": "x"}]}, "3", ".", "http://[",
]  # fmt: skip
WHOLE = {path.stem: list(yaml.safe_load_all(path.read_text())) for path in (ROOT / "fixtures" / "whole").glob("*.yaml")}


def _routes(value: Any, route: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield (*route, key)
        yield from _routes(inner, (*route, key))


ROUTES = [(name, route) for name, documents in sorted(WHOLE.items()) for route in _routes(documents)]


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(ROUTES), st.sampled_from(ODD), st.booleans(), st.booleans())
def test_every_value_of_a_whole_cluster_may_be_anything(
    at: tuple[str, tuple[Any, ...]], value: Any, remove: bool, flow: bool
) -> None:
    name, route = at
    documents = copy.deepcopy(WHOLE[name])
    holder: Any = documents
    for step in route[:-1]:
        holder = holder[step]
    if remove:
        del holder[route[-1]]
    else:
        holder[route[-1]] = value
    _assert_well_formed(yaml.safe_dump_all(documents, sort_keys=False, allow_unicode=True, default_flow_style=flow))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(["confluent", "statefulset", "strimzi"]),
    st.integers(0, 20_000),
    st.integers(0, 80),
    st.sampled_from(
        [
            "",
            "\t",
            "\r",
            "\n",
            "---\n",
            ": ",
            "- ",
            "&a ",
            "*a ",
            "|\n",
            "{",
            "]",
            "'",
            "# ",
            "%",
            "{{",
            "\u2028",
            "<<: ",
        ]
    ),
)
def test_a_whole_cluster_may_be_cut_and_pasted_anywhere(name: str, at: int, cut: int, paste: str) -> None:
    text = (ROOT / "fixtures" / "whole" / f"{name}.yaml").read_text()
    at %= len(text)
    _assert_well_formed(text[:at] + paste + text[at + cut :])


def _assert_well_formed(text: str) -> None:
    # A fault of a check or a flavour raises in the harness.
    for item in lint(text, [each.check for each in load_registry().checks]):
        for location in (item.location, *(location for location, _ in item.related)):
            _assert_inside(location)


def _assert_inside(location: Location) -> None:
    text = location.text
    offsets = [text.line_starts[position.line - 1] + position.column - 1 for position in (location.start, location.end)]
    assert 0 <= offsets[0] <= offsets[1] <= len(text.content)
