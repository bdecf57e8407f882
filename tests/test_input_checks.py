"""What the checks of the input say beyond what a fixture can hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from kafkalint.checking.check import Run
from kafkalint.kafka.model import KafkaModel
from kafkalint.manifests.bundles import Bundle
from kafkalint.manifests.documents import Document, Unreadable, documents
from kafkalint.manifests.sources import Source
from kafkalint.manifests.text import Span
from kafkalint_checks.manifests.ambiguous_scalar import AmbiguousScalar
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
