"""What the checks of the input say beyond what a fixture can hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from kafkalint.checking.applicability import Applicability
from kafkalint.checking.check import Run
from kafkalint.kafka.model import KafkaModel
from kafkalint.manifests.bundles import Bundle
from kafkalint.manifests.documents import Document, Unreadable, documents
from kafkalint.manifests.sources import Source
from kafkalint.manifests.text import Span
from kafkalint.registry import load_registry
from kafkalint.testing import lint, mended
from kafkalint_checks.manifests.ambiguous_scalar import AmbiguousScalar
from kafkalint_checks.manifests.duplicate_key import DuplicateKey
from kafkalint_checks.manifests.duplicate_resource import DuplicateResource
from kafkalint_checks.manifests.invalid_yaml import InvalidYaml
from kafkalint_checks.manifests.no_kafka_found import NoKafkaFound
from kafkalint_checks.manifests.unrendered_template import UnrenderedTemplate

if TYPE_CHECKING:
    from kafkalint.checking.finding import Finding

TOPIC = "apiVersion: kafka.strimzi.io/v1\nkind: KafkaTopic\nmetadata: {{name: {name}}}\n"


def said(check: Any, text: str) -> list[Finding]:
    return [each for document in documents(Source("x.yaml", text.encode())) for each in check.check(document)]


def shown(finding: Finding, text: str) -> str:
    span = finding.place.span()
    return text[span.start : span.end]


def test_keys_of_what_is_not_for_kubernetes_are_its_own_reader_s_business():
    assert said(DuplicateKey(), "jobs: {a: 1, a: 2}\nkinds: 1\n") == []
    assert len(said(DuplicateKey(), "kind: Pod\nspec: {a: 1, a: 2}\n")) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: b: c\n", "a second ': '"),
        ("a:\n\tb: 1\n", "a tab where YAML wants spaces"),
        ("a: @b\n", "a value cannot begin with @; quote it"),
        ("a: `b`\n", "a value cannot begin with `; quote it"),
        ("a: [1, 2\nb: 1\n", "a [ or { is not closed"),
        ("a: 'x\n", "a quote is opened and never closed"),
        ("a: 1\n  b: 2\n", "a second ': '"),
        ("a:\n  - b\n c\n", "indent"),
        ('a: "\\d"\n', "use single quotes"),
        ("a: *.example.com\n", "begins with & or *"),
        ("a: *none\n", "the alias *none has no anchor before it"),
        ("a: - b\n", "begin it on the next line"),
        ("a: !x!y z\n", "a tag (!…) that nothing declares"),
        ("a: \x00\n", "control character U+0000"),
    ],
)
def test_a_document_that_does_not_parse_is_explained(text: str, words: str):
    (finding,) = said(InvalidYaml(), text)
    assert words in finding.message


def test_a_file_that_is_no_text_is_not_called_a_document():
    broken = Document.broken(Source("x", b""), Unreadable("cannot be read: Permission denied", Span(0, 0)))
    (finding,) = InvalidYaml().check(broken)
    assert finding.message == "the file was not checked: cannot be read: Permission denied"


def test_a_template_is_said_once_for_a_document():
    text = TOPIC.format(name="a") + "spec:\n  partitions: ${P}\n  replicas: ${R}\n  config: {a: $(X), b: '${env:Y}'}\n"
    (finding,) = said(UnrenderedTemplate(), text)
    assert shown(finding, text) == "${P}"
    assert finding.message.startswith("${P} is not substituted yet (and 1 more in this document)")


@pytest.mark.parametrize(
    ("value", "help_text"),
    [
        ("{{ .Values.a }}", "helm template CHART"),
        ('{{ include "x" . | quote }}', "helm template CHART"),
        ("{{ kafka_name }}", "the tool that fills in the template"),
        ("${NAME}", "envsubst"),
        ("${NAME:-x}", "flux build"),
    ],
)
def test_the_command_that_renders_it_is_named(value: str, help_text: str):
    (finding,) = said(UnrenderedTemplate(), TOPIC.format(name=f"'{value}'"))
    assert help_text in finding.help


@pytest.mark.parametrize(
    "value", ["$NAME", "$(NAME)", "${1}", "${a.b}", "$${NAME}", "${file:/a:b}", "{ {x} }", "}} {{", "{nodeId}"]
)
def test_what_is_no_open_value(value: str):
    assert said(UnrenderedTemplate(), TOPIC.format(name=f"'{value}'")) == []


def test_a_million_openings_are_read_in_a_moment():
    assert said(UnrenderedTemplate(), TOPIC.format(name='"' + "{{ " * 300_000 + "${" * 300_000 + '"')) == []


@pytest.mark.parametrize(
    ("value", "fires"),
    [
        *((word, True) for word in ("yes", "No", "ON", "off", "y", "N", "0100", "-010", "1_0", "0b11", "1_0.5")),
        *((word, False) for word in ("true", "FALSE", "yess", "0", "07", "0o17", "0x1F", "1.5", "1e3", "089", ".5")),
        *(
            (word, False)
            for word in (".nan", "-.inf", "~", "12:30:45", "1.2.3", "-", "_1", "0100m", "'yes'", "!!str yes")
        ),
    ],
)
def test_a_value_is_ambiguous_where_two_versions_of_yaml_disagree(value: str, fires: bool):
    assert bool(said(AmbiguousScalar(), TOPIC.format(name="a") + f"spec: {{a: {value}}}\n")) is fires


@pytest.mark.parametrize("key", ["mode", "defaultMode", "fileMode", "umask", "dirMode"])
def test_permissions_are_octal_to_everybody(key: str):
    assert said(AmbiguousScalar(), TOPIC.format(name="a") + f"spec: {{{key}: 0755}}\n") == []


def model(*files: tuple[str, str]) -> KafkaModel:
    parsed = [each for name, text in files for each in documents(Source(name, text.encode()))]
    return KafkaModel(Bundle("b", tuple(resource for document in parsed for resource in document.resources)), ())


def test_a_file_that_repeats_another_is_said_once():
    both = TOPIC.format(name="a") + "---\n" + TOPIC.format(name="b")
    (finding,) = DuplicateResource().check(model(("one.yaml", both), ("two.yaml", both)))
    assert finding.message.startswith("KafkaTopic a is already defined in one.yaml, and so is 1 more of this file")
    (again,) = DuplicateResource().check(model(("two.yaml", both), ("one.yaml", both)))
    assert again.message == finding.message


def test_a_run_that_is_not_complete_does_not_say_that_there_is_no_kafka():
    source = Source("x.yaml", b"kind: Service\napiVersion: v1\n")
    empty = model(("x.yaml", "kind: Service\napiVersion: v1\n"))
    assert len(list(NoKafkaFound().check(Run([source], [empty])))) == 1
    assert list(NoKafkaFound().check(Run([source], [empty], complete=False))) == []
    assert list(NoKafkaFound().check(Run([source], [empty, model(("y", TOPIC.format(name="a")))]))) == []
    assert list(NoKafkaFound().check(Run([], []))) == []


CHECKS = {item.check.code: item.check for item in load_registry().checks}
JUDGED = [CHECKS["KL003"], CHECKS["KL005"], CHECKS["KL008"]]


def without_idle_suppressions(text: str, *, unsafe: bool = False) -> str:
    return mended(text, JUDGED, unsafe=unsafe)[0]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: 1 # kafkalint: ignore[KL003] gone", "a: 1"),
        ("a: 1 # kafkalint: ignore[KL003, duplicate-key] gone", "a: 1"),
        ("a: 1 # kafkalint: ignore[KL003] gone # kept", "a: 1 # kept"),
        ("a: 1 # kept # kafkalint: ignore[KL003] gone", "a: 1 # kept"),
        ("a: yes # kafkalint: ignore[KL003, KL008] old tool", "a: yes # kafkalint: ignore[KL008] old tool"),
        ("a: yes # kafkalint: ignore[KL008 KL003]: old tool", "a: yes # kafkalint: ignore[KL008]: old tool"),
        (
            "a: yes # kafkalint: ignore[KL003 KL008 ambiguous-scalar] b",
            "a: yes # kafkalint: ignore[KL008 ambiguous-scalar] b",
        ),
        ("a: 1 # kafkalint: ignore[KL003,KL999] misspelt", "a: 1 # kafkalint: ignore[KL999] misspelt"),
        ("a: 1 # kafkalint: ignore[KL301] that rule did not run", None),
        ("a: 1 # kafkalint: ignore[KL999] misspelt", None),
        ("a: 1 # kafkalint: ignore KL003", None),
        ("a: 1 # kafkalint: ignore[all] any", None),
        ("a: yes # kafkalint: ignore[KL008] old tool", None),
    ],
)
def test_a_comment_that_holds_nothing_back_is_taken_out(before: str, after: str | None) -> None:
    head = TOPIC.format(name="a") + "spec:\n  "
    assert without_idle_suppressions(f"{head}{before}\n  b: 2\n") == f"{head}{after or before}\n  b: 2\n"


def test_a_comment_on_a_line_of_its_own_goes_with_the_line() -> None:
    head = TOPIC.format(name="a")
    text = (
        f"# the topic\n# kafkalint: ignore-file[KL003] gone\n{head}spec:\n  # kafkalint: ignore[KL003] gone\n  b: 2\n"
    )
    assert without_idle_suppressions(text) == f"# the topic\n{head}spec:\n  b: 2\n"


@pytest.mark.parametrize(
    ("annotations", "left"),
    [
        ("\n  annotations:\n    ignore.kafkalint.dev/KL003: gone\n", "\n"),
        (
            "\n  annotations:\n    ignore.kafkalint.dev/KL003: gone\n    team: shop\n",
            "\n  annotations:\n    team: shop\n",
        ),
        ("\n  annotations: {team: shop, ignore.kafkalint.dev/KL003: gone}\n", "\n  annotations: {team: shop}\n"),
        ("\n  annotations:\n    ignore.kafkalint.dev/all: gone\n", None),
    ],
)
def test_an_annotation_that_holds_nothing_back_goes_and_leaves_no_empty_map(annotations: str, left: str | None) -> None:
    head = "apiVersion: kafka.strimzi.io/v1\nkind: KafkaTopic\nmetadata:\n  name: a"
    tail = "spec: {}\n"
    after = annotations if left is None else left
    assert without_idle_suppressions(head + annotations + tail) == head + after + tail
    assert "ignore" not in without_idle_suppressions(head + annotations + tail, unsafe=True)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("0100", "64"),
        ("-010", "-8"),
        ("1_0", "10"),
        ("0b11", "3"),
        ("1_0.5", "10.5"),
        ("1_0e2", "1000.0"),
    ],
)
def test_a_number_is_spelt_as_kubernetes_reads_it(value: str, written: str) -> None:
    text = f"{TOPIC.format(name='a')}spec: {{a: {value}}} # {value}\n"
    after, left = mended(text, [AmbiguousScalar], unsafe=False)
    assert after == text.replace(f": {value}}}", f": {written}}}")
    assert left == []


@pytest.mark.parametrize("before", ["", "---\n", "# a\n---\n", "--- # a\n"], ids=repr)
def test_a_boolean_is_spelt_out_where_one_is_taken(before: str) -> None:
    text = before + f"{TOPIC.format(name='a')}spec: {{paused: yes, other: No}}\n"
    assert mended(text, [AmbiguousScalar], unsafe=False)[0] == text.replace("yes", "true")
    assert mended(text, [AmbiguousScalar])[0] == text.replace("yes", "true").replace("No", "false")


def test_a_key_is_left_to_its_author() -> None:
    text = f"{TOPIC.format(name='a')}spec: {{on: 1}}\n"
    assert mended(text, [AmbiguousScalar])[0] == text


@pytest.mark.parametrize(
    "place",
    [
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata: {{a: {0}}}\n",
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: a, labels: {{a: {0}}}}}\n",
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec: {{nodeSelector: {{a: {0}}}}}\n",
        "apiVersion: v1\nkind: Pod\nmetadata: {{}}\nspec: {{containers: [{{env: [{{name: a, value: {0}}}]}}]}}\n",
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec: {{containers: [{{args: [a, {0}]}}]}}\n",
    ],
)
def test_where_only_text_is_taken_the_text_is_quoted(place: str) -> None:
    assert mended(place.format("on"), [AmbiguousScalar], unsafe=False)[0] == place.format("on")
    assert mended(place.format("on"), [AmbiguousScalar])[0] == place.format('"on"')


def test_a_value_with_an_anchor_is_left_to_its_author() -> None:
    (finding,) = said(AmbiguousScalar(), TOPIC.format(name="a") + "spec: {a: &on on, b: *on}\n")
    assert finding.fix is None


@pytest.mark.parametrize(
    ("first", "second", "safe"),
    [
        ("1", "1", True),
        ("[a, b]", "\n    - a\n    - b", True),
        ("1", "true", False),
        ("1", "1.0", False),
        ("1", "2", False),
    ],
)
def test_a_key_that_says_the_same_twice_is_safe_to_remove(first: str, second: str, safe: bool) -> None:
    text = f"{TOPIC.format(name='a')}spec:\n  a: {first}\n  b: 1\n  a: {second}\n"
    (found,) = lint(text, [DuplicateKey])
    assert found.finding.fix is not None
    assert found.finding.fix.applicability is (Applicability.SAFE if safe else Applicability.UNSAFE)
    assert mended(text, [DuplicateKey])[0] == text.replace(f"  a: {first}\n", "", 1)
