"""Annotations, comments and config entries that hold findings back, and what is said about those that do not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import pytest

from kafkalint.checking.check import BundleCheck, DocumentCheck, SuppressionCheck
from kafkalint.checking.comments import comments
from kafkalint.checking.directives import Directive, Ignore, Use
from kafkalint.checking.finding import Finding, Level, Located, Location, TextPlace
from kafkalint.checking.locating import locate
from kafkalint.checking.policy import Judgement, judge, moved_comments
from kafkalint.checking.scopes import Flagged
from kafkalint.checking.selection import Plan
from kafkalint.checking.suppressions import in_annotations, in_comments, in_config
from kafkalint.checking.vocabulary import Vocabulary
from kafkalint.config.loading import parse_config
from kafkalint.manifests import composer
from kafkalint.manifests.documents import Document, documents
from kafkalint.manifests.sources import Source
from kafkalint.manifests.text import Span, TextError
from kafkalint_checks.manifests.suppression_without_reason import SuppressionWithoutReason
from kafkalint_checks.manifests.unused_suppression import UnusedSuppression


class PdbMissing(BundleCheck):
    code = "KL301"
    name = "pdb-missing"
    level = Level.ERROR


class NoOperator(BundleCheck):
    code = "KL105"
    name = "no-operator"
    level = Level.INFO


CHECKS = (PdbMissing, NoOperator, UnusedSuppression, SuppressionWithoutReason)
VOCABULARY = Vocabulary.of(CHECKS)
TODAY = date(2026, 11, 22)


def sources_of(text: str, name: str = "kafka.yaml") -> list[Document]:
    return list(documents(Source(name, text.encode())))


def at_lines(text: str, *lines: int, name: str = "kafka.yaml", check: type[Any] = PdbMissing) -> list[Finding]:
    """A finding at the first character of each line that is no blank."""
    source = Source(name, text.encode())
    found = []
    for line in lines:
        start = source.text.line_starts[line - 1]
        start += len(source.text.line(line)) - len(source.text.line(line).lstrip(" -"))
        found.append(check().finding(TextPlace(source, Span(start, start + 1)), f"line {line}"))
    return found


def judged(findings: Sequence[Finding], directives: Sequence[Directive], checks: Sequence[Any] = CHECKS) -> Judgement:
    return judge(findings, Plan(tuple(checks)), list(directives), locate)


def held_lines(text: str, name: str = "kafka.yaml") -> list[int]:
    """The lines of which a comment in the text holds a finding back."""
    count = text.count("\n")
    findings = at_lines(text, *(line for line in range(1, count + 1)))
    result = judged(findings, in_comments(Source(name, text.encode()), VOCABULARY))
    return [item.location.line for item in result.held_back]


def idle_lines(text: str, findings: Sequence[Finding] = (), checks: Sequence[Any] = CHECKS) -> list[int]:
    directives = [*in_comments(Source("kafka.yaml", text.encode()), VOCABULARY)]
    return [item.location.line for item in judged(findings, directives, checks).live if item.finding.code == "KL005"]


# Comments: what they speak for


def test_a_trailing_comment_speaks_for_its_line():
    assert held_lines("a: 1\nb: 2 # kafkalint: ignore[KL301] known\nc: 3\n") == [2]


def test_a_trailing_comment_on_a_key_speaks_for_the_block_below():
    text = "a:\n  b: # kafkalint: ignore[pdb-missing] known\n    c: 1\n    d:\n      - e\n  f: 1\n"
    assert held_lines(text) == [2, 3, 4, 5]


def test_a_trailing_comment_on_an_items_first_key_speaks_for_that_line():
    assert held_lines("a:\n  - name: x # kafkalint: ignore[KL301] known\n    image: y\n") == [2]


def test_a_comment_on_its_own_line_speaks_for_the_next_key_and_all_under_it():
    text = "a:\n  # kafkalint: ignore[KL301] known\n\n  # and another word\n  b:\n    c: 1\n  d: 1\n"
    assert held_lines(text) == [5, 6]


def test_the_first_key_of_a_mapping_is_not_the_mapping():
    assert held_lines("a:\n  # kafkalint: ignore[KL301] known\n  b: 1\n  c: 1\n") == [3]


def test_a_comment_before_an_item_speaks_for_the_whole_item():
    assert held_lines("a:\n  # kafkalint: ignore[KL301] known\n  - name: x\n    image: y\n  - name: z\n") == [3, 4]


@pytest.mark.parametrize("mark", ["", "---\n", "%YAML 1.1\n---\n"])
def test_a_comment_before_everything_speaks_for_the_document(mark: str):
    text = f"{mark}# kafkalint: ignore[KL301] known\nkind: Kafka\nspec:\n  a: 1\n---\nkind: Other\n"
    first = text.count("\n", 0, text.index("kind")) + 1
    assert held_lines(text) == [first, first + 1, first + 2]


def test_a_comment_before_the_first_document_mark_speaks_for_the_first_document():
    assert held_lines("# kafkalint: ignore[KL301] known\n---\nkind: A\nb: 1\n---\nkind: B\n") == [3, 4]


def test_a_comment_behind_the_last_key_speaks_for_the_next_document():
    assert held_lines("kind: A\nb: 1\n# kafkalint: ignore[KL301] known\n---\nkind: B\nc: 1\n") == [5, 6]


def test_a_comment_on_the_document_mark_speaks_for_the_document():
    assert held_lines("--- # kafkalint: ignore[KL301] known\nkind: A\nb: 1\n") == [2, 3]


def test_a_comment_on_a_bare_dash_speaks_for_the_item():
    assert held_lines("a:\n  - # kafkalint: ignore[KL301] known\n    b: 1\n    c: 1\n  - b: 1\n") == [3, 4]


def test_a_comment_on_a_block_scalars_line_speaks_for_its_text():
    assert held_lines("a: | # kafkalint: ignore[KL301] known\n  text\n  more\nb: 1\n") == [1, 2, 3]


@pytest.mark.parametrize(
    "where", ["# kafkalint: ignore-file[KL301] old\n", "---\n# words\n# kafkalint: ignore-file[KL301] old\n"]
)
def test_a_file_can_be_left_out(where: str):
    text = f"{where}a: 1\n---\nb: 1\n"
    assert set(held_lines(text)) >= {text.count("\n", 0, text.index("a:")) + 1, text.count("\n")}


def test_a_file_can_be_left_out_though_it_does_not_parse():
    text = "# kafkalint: ignore-file[KL301] a template\na: {{ .Values.x }}\n---\nb: 1\n"
    assert held_lines(text) == [1, 2, 3, 4]


def test_helm_keeps_a_files_comments_in_the_middle_of_a_stream():
    text = (
        "---\n# Source: c/templates/a.yaml\nkind: A\n"
        "---\n# Source: c/templates/b.yaml\n# kafkalint: ignore-file[KL301] known\nkind: B\n"
        "---\n# Source: c/templates/a.yaml\nkind: C\n"
        "---\n# Source: c/templates/b.yaml\nkind: D\n"
    )
    held = held_lines(text)
    assert {7, 13} <= set(held)
    assert not {3, 10} & set(held)


def test_comments_know_windows_lines_and_other_alphabets():
    text = "\ufeff# \u03b1\r\nä: '\U0001d542' \r\n# kafkalint: ignore[KL301] wörds\r\nb:\r\n  c: 1\r\nd: 1\r\n"
    (comment,) = comments(Source("x", text.encode()))
    assert comment.reason == "wörds"
    assert held_lines(text) == [4, 5]


# What is a comment


@pytest.mark.parametrize(
    "text",
    [
        'a: "x # kafkalint: ignore[KL301] y"\n',
        "a: 'x\n  # kafkalint: ignore[KL301] y'\n",
        "a: |\n  # kafkalint: ignore[KL301] y\n  b\n",
        "a: >-\n  b\n\n  # kafkalint: ignore[KL301] y\nc: 1\n",
        '"# kafkalint: ignore[KL301] y": 1\n',
        "a: x# kafkalint: ignore[KL301] y\n",
        "{{ a }}: 1 # kafkalint: ignore[KL301] in what does not parse\n",
    ],
)
@pytest.mark.parametrize("parser", [composer.events_in_c, composer.events_in_python])
def test_what_is_no_comment_is_not_read(text: str, parser: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(composer, "_parser", lambda: parser)
    assert list(comments(Source("x", text.encode()))) == []


@pytest.mark.parametrize("parser", [composer.events_in_c, composer.events_in_python])
def test_a_comment_behind_a_block_scalar_is_one(parser: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(composer, "_parser", lambda: parser)
    assert held_lines("a: |\n  text\n# kafkalint: ignore[KL301] known\nb: 1\n") == [4]


@pytest.mark.parametrize(
    ("comment", "words", "reason"),
    [
        ("# kafkalint: ignore[KL301] known", ("KL301",), "known"),
        ("#kafkalint:ignore[KL301]known", ("KL301",), "known"),
        ("# kafkalint: ignore[KL301, pdb-missing] - known: yes", ("KL301", "pdb-missing"), "known: yes"),
        ("# kafkalint: ignore[ KL301 KL105 ]: known", ("KL301", "KL105"), "known"),
        ("# kafkalint: ignore[KL301]", ("KL301",), ""),
        ("# words # kafkalint: ignore[KL301] known # noqa", ("KL301",), "known"),
        ("# kafkalint: ignore[KL301] see issue#12", ("KL301",), "see issue#12"),
    ],
)
def test_the_parts_of_a_comment(comment: str, words: tuple[str, ...], reason: str):
    (found,) = comments(Source("x", f"a: 1 {comment}\n".encode()))
    assert (found.words, found.reason, found.problem) == (words, reason, "")


@pytest.mark.parametrize(
    "comment",
    [
        "# kafkalint: ignore",
        "# kafkalint: ignore[]",
        "# kafkalint: ignore KL301",
        "# kafkalint: disable[KL301]",
        "# kafkalint:",
    ],
)
def test_a_comment_that_is_not_understood_is_said(comment: str):
    text = f"a: 1 {comment}\n"
    assert idle_lines(text) == [1]
    assert held_lines(text) == []


def test_leaving_out_a_file_further_down_is_said():
    assert idle_lines("a: 1\n# kafkalint: ignore-file[KL301] late\nb: 1\n", at_lines("a: 1\n\nb: 1\n", 3)) == [2]
    assert idle_lines(" # kafkalint: ignore-file[KL301] indented\na: 1\n") == [1]


def test_a_comment_that_nothing_follows_is_said():
    assert idle_lines("a: 1\n# kafkalint: ignore[KL301] known\n") == [2]


# Annotations


KAFKA = """\
kind: Kafka
apiVersion: kafka.strimzi.io/v1
metadata:
  name: events
  annotations:
    ignore.kafkalint.dev/{key}: {value}
spec:
  kafka:
    replicas: 3
    listeners:
      - name: plain
        port: 9092
      - name: tls
        port: 9093
---
kind: Kafka
apiVersion: kafka.strimzi.io/v1
metadata: {{name: other}}
spec: {{kafka: {{replicas: 3}}}}
"""
ROUTES = (
    "kind",
    "spec.kafka.replicas",
    "spec.kafka.listeners.0.port",
    "spec.kafka.listeners.1.port",
    "spec.kafka.rack",
)


def annotated(key: str, value: str = '"known"') -> tuple[list[str], list[str]]:
    """Routes of the first object at which a finding is held back, and what is said of the annotation."""
    first, second = sources_of(KAFKA.format(key=key, value=value))
    routes = [tuple(int(step) if step.isdigit() else step for step in route.split(".")) for route in ROUTES]
    findings = [PdbMissing().finding(first.resources[0].place(*route), ".".join(map(str, route))) for route in routes]
    findings.append(PdbMissing().finding(second.resources[0].place("kind"), "other"))
    directives = [each for resource in first.resources for each in in_annotations(resource, VOCABULARY)]
    result = judged(findings, directives)
    assert "other" in [item.finding.message for item in result.live]
    said = [item.finding.message for item in result.live if item.finding.code in ("KL005", "KL006")]
    return [item.finding.message for item in result.held_back], said


@pytest.mark.parametrize("key", ["KL301", "pdb-missing", "all"])
def test_an_annotation_speaks_for_its_object(key: str):
    assert annotated(key) == (list(ROUTES), [])


@pytest.mark.parametrize(
    ("path", "held"),
    [
        ("spec.kafka", list(ROUTES[1:])),
        ("spec.kafka.listeners", list(ROUTES[2:4])),
        ("spec.kafka.listeners[plain]", [ROUTES[2]]),
        ("spec.kafka.listeners[1].port", [ROUTES[3]]),
        ("spec.kafka.rack", [ROUTES[4]]),
    ],
)
def test_an_annotation_can_speak_for_a_part(path: str, held: list[str]):
    assert annotated("KL301", f'"{path}: known"') == (held, [])


def test_a_reason_may_look_like_a_path():
    assert annotated("KL301", '"example.com: known to them"')[0] == list(ROUTES)
    assert annotated("KL301", '"see https://example.com/a"')[0] == list(ROUTES)


def test_a_part_that_is_not_there_is_said():
    held, said = annotated("KL301", '"spec.kafka.listeners[none]: known"')
    assert held == []
    assert "names nothing in this object" in said[0]


@pytest.mark.parametrize("key", ["KL300", "pdb-mising", "KL3"])
def test_an_annotation_that_names_no_rule_is_said(key: str):
    held, said = annotated(key)
    assert held == []
    assert f"there is no rule {key}" in said[0]


@pytest.mark.parametrize("value", ['""', '"true"', "true", '" "', '"spec.kafka: "'])
def test_a_reason_that_is_none_is_said(value: str):
    _, said = annotated("KL301", value)
    assert said == ["the suppression of KL301 gives no reason"]


def test_an_annotation_speaks_for_text_inside_its_object():
    first, second = sources_of(KAFKA.format(key="KL301", value="known"))
    source = first.source
    at = [
        TextPlace(source, Span(offset, offset + 1))
        for offset in (source.text.content.index("replicas"), second.span.start + 8)
    ]
    findings = [PdbMissing().finding(place, "x") for place in at]
    result = judged(findings, in_annotations(first.resources[0], VOCABULARY))
    assert (len(result.held_back), len(result.live)) == (1, 1)


def test_annotations_of_a_strange_shape_are_none():
    for metadata in ("[]", "{annotations: []}", "{annotations: {1: 2}}", "3"):
        (document,) = sources_of(f"kind: A\napiVersion: v1\nmetadata: {metadata}\n")
        assert not [each for resource in document.resources for each in in_annotations(resource, VOCABULARY)]


# Config


CONFIG = """\
ignores:
  - codes: [KL301]
    paths: [{path}]
    resources: [{resource}]
    reason: known
    expires: 2026-11-22
"""


def configured(path: str = "'**'", resource: str = '"*/*"', text: str | None = None) -> tuple[Ignore, ...]:
    config = parse_config(
        Source(".kafkalint.yaml", (text or CONFIG.format(path=path, resource=resource)).encode()), CHECKS
    )
    return config.ignores


def events(name: str = "dev/kafka.yaml") -> Finding:
    (document,) = sources_of("kind: Kafka\napiVersion: x/v1\nmetadata: {name: events, namespace: shop}\n", name)
    return PdbMissing().finding(document.resources[0].place("kind"), "x")


@pytest.mark.parametrize(
    ("path", "resource", "held"),
    [
        ("dev/**", '"*/*"', True),
        ("dev/kafka.yaml", "Kafka/shop/events", True),
        ("prod/**", '"*/*"', False),
        ("dev/**", "KafkaTopic/events", False),
        ("prod/**, dev", '"X/y", Kafka/e*', True),
    ],
)
def test_config_speaks_for_files_and_objects(path: str, resource: str, held: bool):
    result = judged([events()], in_config(configured(path, resource), VOCABULARY, TODAY))
    assert bool(result.held_back) is held
    if held:
        suppression = result.held_back[0].suppressed
        assert suppression
        assert (suppression.kind, suppression.reason) == ("external", "known")


def test_paths_of_a_config_count_from_its_folder():
    directives = in_config(configured("dev/**"), VOCABULARY, TODAY, lambda name: f"dev/{name}")
    assert judged([events("kafka.yaml")], directives).held_back


def test_an_entry_holds_on_its_last_day_and_not_after():
    assert judged([events()], in_config(configured(), VOCABULARY, date(2026, 11, 22))).held_back
    result = judged([events()], in_config(configured(), VOCABULARY, date(2026, 11, 23)))
    assert not result.held_back
    expired = next(item for item in result.live if item.finding.code == "KL005")
    assert "expired on 2026-11-22" in expired.finding.message
    assert (expired.location.file, expired.location.line) == (".kafkalint.yaml", 2)


@pytest.mark.parametrize(
    ("entry", "seen", "said"),
    [
        ("{codes: [KL301]}", None, True),
        ("{codes: [KL301]}", ["a.yaml"], False),
        ("{codes: [KL301], paths: [a.yaml]}", ["a.yaml"], True),
        ("{codes: [KL301], paths: [a.yaml]}", ["b.yaml"], False),
        ("{codes: [KL301], paths: ['*.yaml']}", ["a.yaml"], False),
        ("{codes: [KL3]}", None, False),
        ("{codes: [all]}", None, False),
    ],
)
def test_an_entry_is_only_called_unused_where_the_run_can_show_it(entry: str, seen: list[str] | None, said: bool):
    ignores = configured(text=f"ignores:\n  - {entry}\n")
    result = judged([], in_config(ignores, VOCABULARY, TODAY, seen=seen), [PdbMissing, UnusedSuppression])
    assert bool(result.live) is said


# Uses


def test_a_suppression_that_holds_nothing_back_is_said():
    assert idle_lines("a: 1 # kafkalint: ignore[KL301] known\n") == [1]
    assert idle_lines("a: 1 # kafkalint: ignore[all] known\n") == [1]


def test_one_rule_of_two_may_be_unused():
    text = "a: 1 # kafkalint: ignore[KL301, KL105] known\n"
    directives = list(in_comments(Source("kafka.yaml", text.encode()), VOCABULARY))
    (said,) = judged(at_lines(text, 1), directives).live
    assert said.finding.message == "this suppression holds nothing back: there is no finding of KL105 here"


def test_a_rule_that_did_not_run_proves_nothing():
    assert idle_lines("a: 1 # kafkalint: ignore[KL301] known\n", checks=[NoOperator, UnusedSuppression]) == []


def test_a_suppression_of_this_rule_is_never_called_unused():
    assert idle_lines("a: 1 # kafkalint: ignore[KL005] known\n") == []


def test_what_is_said_of_suppressions_can_be_suppressed_by_name():
    text = "# kafkalint: ignore-file[KL005] generated\na: 1 # kafkalint: ignore[KL301] known\n"
    assert idle_lines(text) == []
    assert idle_lines(text.replace("KL005", "all")) == [1, 2]


def test_every_suppression_that_covers_a_finding_counts_as_used():
    text = "# kafkalint: ignore-file[KL301] first\na: 1 # kafkalint: ignore[pdb-missing] second\n"
    result = judged(at_lines(text, 2), in_comments(Source("kafka.yaml", text.encode()), VOCABULARY))
    assert result.live == ()
    suppression = result.held_back[0].suppressed
    assert suppression
    assert (suppression.kind, suppression.reason) == ("inSource", "first")
    assert [use.used for use in result.uses] == [{"KL301"}, {"KL301"}]


def test_other_rules_and_other_files_are_not_held_back():
    text = "a: 1 # kafkalint: ignore[KL301] known\n"
    directives = list(in_comments(Source("kafka.yaml", text.encode()), VOCABULARY))
    assert not judged(at_lines(text, 1, check=NoOperator), directives).held_back
    assert not judged(at_lines(text, 1, name="other.yaml"), directives).held_back


def test_levels_of_the_plan_replace_the_checks_own():
    findings = at_lines("a: 1\n", 1)
    (item,) = judge(findings, Plan(CHECKS, {"KL301": Level.INFO}), [], locate).live
    assert item.finding.level is Level.INFO


def test_a_check_of_suppressions_that_raises_is_a_fault():
    class Broken(SuppressionCheck):
        code = "ACME001"
        name = "broken"
        level = Level.INFO

        def check(self, uses: Sequence[Use]) -> Iterator[Finding]:
            raise RuntimeError("no")

    (fault,) = judged([], [], [Broken]).faults
    assert (fault.code, "RuntimeError: no" in fault.problem) == ("ACME001", True)


# Findings that were moved to where an object was written


def test_a_comment_in_the_file_that_an_object_comes_from_is_read():
    origin = Source("base/kafka.yaml", b"kind: Kafka\nspec:\n  replicas: 1 # kafkalint: ignore[KL301] known\n")
    (rendered,) = sources_of("kind: Kafka\napiVersion: x/v1\nspec:\n  replicas: 1\n", "overlay")
    finding = PdbMissing().finding(rendered.resources[0].place("spec", "replicas"), "x")

    def moved(each: Finding) -> Located:
        if isinstance(each.place, TextPlace):
            return locate(each)
        text = origin.text
        return Located(each, Location(origin.name, text.position(32), text.position(33), text))

    directives = moved_comments([moved(finding)], ["overlay"], VOCABULARY)
    result = judge([finding], Plan(CHECKS), directives, moved)
    assert [item.finding.code for item in result.held_back] == ["KL301"]
    assert moved_comments([moved(finding)], ["overlay", origin.name], VOCABULARY) == []


def test_a_file_that_could_not_be_pointed_into_can_still_be_left_out():
    origin = Source("base/kafka.yaml", b"# kafkalint: ignore-file[KL301] known\nkind: Kafka\n")
    (finding,) = at_lines("kind: Kafka\n", 1, name="overlay")
    located = locate(finding)
    named = Located(located.finding, located.location, origin="base/kafka.yaml")
    assert Flagged.of(named).files == ("overlay", "base/kafka.yaml")
    result = judge(
        [finding],
        Plan(CHECKS),
        list(in_comments(origin, VOCABULARY)),
        lambda each: named if each is finding else locate(each),
    )
    assert len(result.held_back) == 1


def test_a_source_that_is_no_text_is_for_the_caller_to_sort_out():
    with pytest.raises(TextError):
        list(comments(Source("x", b"# kafkalint: ignore[KL301]\n\xff")))


def test_checks_of_documents_are_suppressed_alike():
    class Tabs(DocumentCheck):
        code = "KL301"
        name = "pdb-missing"
        level = Level.ERROR

        def check(self, document: Document) -> Iterator[Finding]:
            yield self.finding(TextPlace(document.source, Span(0, 1)), "x")

    text = "a: 1 # kafkalint: ignore[KL301] known\n"
    (document,) = sources_of(text)
    assert judged(list(Tabs().check(document)), in_comments(document.source, VOCABULARY)).live == ()
