import re
from xml.etree import ElementTree as ET

import junitparser
from hypothesis import given
from hypothesis import strategies as st

from kafkalint.checking.finding import Fault, Level, Suppression
from kafkalint.checking.outcome import Notice
from kafkalint.reports import Screen
from kafkalint.reports.junit_report import report

# The elements of Jenkins' schema (junit-10.xsd) that a report without output may have, with their attributes.
GRAMMAR = {
    "testsuites": ({"testsuite"}, {"name", "tests", "failures", "errors", "skipped"}),
    "testsuite": ({"testcase"}, {"name", "tests", "failures", "errors", "skipped"}),
    "testcase": ({"failure", "error", "skipped"}, {"name", "classname", "file", "line"}),
    "failure": (set(), {"message", "type"}),
    "error": (set(), {"message", "type"}),
    "skipped": (set(), {"message"}),
}


def hold_to_grammar(element):
    children, attributes = GRAMMAR[element.tag]
    assert {child.tag for child in element} <= children
    assert set(element.attrib) <= attributes
    for child in element:
        hold_to_grammar(child)


def load(outcome):
    """Suites as junitparser reads them, its counts held to those that are written."""
    text = report(outcome, Screen())
    assert report(outcome, Screen()) == text
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="kafkalint" ')
    root = ET.fromstring(text.encode())
    hold_to_grammar(root)
    parsed = junitparser.JUnitXml.fromstring(text.encode())
    written = {**root.attrib, **{suite.name: dict(suite._elem.attrib) for suite in parsed}}
    for one in (parsed, *parsed):
        one.update_statistics()
        counts = {"tests": one.tests, "failures": one.failures, "errors": one.errors, "skipped": one.skipped}
        was = root.attrib if one is parsed else written[one.name]
        assert {key: int(was[key]) for key in counts} == counts
    keys = [(suite.name, case.classname, case.name) for suite in parsed for case in suite]
    assert len(set(keys)) == len(keys), "GitLab would take them for one"
    assert all(len(case.result) <= 1 for suite in parsed for case in suite)
    return {suite.name: list(suite) for suite in parsed}


def test_a_finding_is_a_test_that_failed(build):
    ((name, (case,)),) = load(build.outcome(build.mended())).items()
    assert name == "deploy/kafka.yaml"
    assert case.name == "KL303 brokers-together: StatefulSet events/kafka spec.replicas"
    assert case.classname == "kafkalint.deploy/kafka_yaml"
    assert case._elem.attrib["file"] == "deploy/kafka.yaml"
    assert case._elem.attrib["line"] == "7"
    (failure,) = case.result
    assert isinstance(failure, junitparser.Failure)
    assert failure.type == "error"
    assert failure.message == "StatefulSet events/kafka: 3 brokers may share a node"
    assert failure.text == (
        "deploy/kafka.yaml:7:13 error KL303 brokers-together\n"
        "StatefulSet events/kafka: 3 brokers may share a node\n"
        "Help: add podAntiAffinity on kubernetes.io/hostname\n"
        "Fix: Set replicas: 5 (kafkalint check --fix).\n"
        "See deploy/kafka.yaml:21:19: this budget lets two go at once"
    )


def test_every_level_fails(build):
    (cases,) = load(build.outcome(build.usual(), build.loose(), build.loose(level=Level.INFO))).values()
    assert [case.result[0].type for case in cases] == ["error", "warning", "info"]
    assert all(isinstance(case.result[0], junitparser.Failure) for case in cases)


def test_a_clean_source_is_a_test_that_passed(build):
    suites = load(build.outcome(build.usual(), clean=("a.yaml", "deploy/kafka.yaml"), directory="infra"))
    assert list(suites) == ["infra/a.yaml", "infra/deploy/kafka.yaml"]
    (passed,) = suites["infra/a.yaml"]
    assert passed.is_passed
    assert (passed.name, passed.classname) == ("no findings", "kafkalint.infra/a_yaml")
    (failed,) = suites["infra/deploy/kafka.yaml"]
    assert failed.is_failure
    assert failed.result[0].text.startswith("infra/deploy/kafka.yaml:7:13 error ")


def test_what_could_not_be_judged_is_an_error_and_no_failure(build):
    broken = build.located(build.text_place("a: [\n", r"\["), "x.yaml does not parse", code="KL001")
    suites = load(build.incomplete()._replace(findings=[broken], unmodelled=()))
    found = {name: cases[0] for name, cases in suites.items()}
    assert all(isinstance(case.result[0], junitparser.Error) for case in found.values())
    assert {name: case.name for name, case in found.items()} == {
        ".": "KL303 brokers-together could not finish",
        "charts/kafka": "Not looked at: charts/kafka",
        "x.yaml": "KL001 brokers-together",
    }
    (error,) = found["charts/kafka"].result
    assert error.type == "not-looked-at"
    assert error.message.startswith("not rendered: helm")
    assert error.text.startswith("Not looked at: charts/kafka: not rendered: helm")


def test_suppressed_findings_are_skipped_where_they_are_asked_for(build):
    outcome = build.outcome(suppressed=[build.suppressed(), build.loose(suppressed=Suppression("external", ""))])
    assert names_of(load(outcome)) == ["nothing to check"]
    (cases,) = load(outcome._replace(include_suppressed=True, clean=("deploy/kafka.yaml",))).values()
    assert all(isinstance(case.result[0], junitparser.Skipped) for case in cases)
    assert [case.result[0].message for case in cases] == [
        "two are enough in this one",
        "suppressed, no reason given",
    ]
    assert cases[0].result[0].text == "two are enough in this one"


def names_of(suites):
    return [case.name for cases in suites.values() for case in cases]


def test_a_run_with_nothing_to_check_is_a_test_that_passed(build):
    ((name, (case,)),) = load(build.outcome(directory="infra")).items()
    assert (name, case.name, case.is_passed) == ("infra", "nothing to check", True)


def test_what_was_recognised_and_not_judged_is_skipped_and_has_not_passed(build):
    outcome = build.outcome(unmodelled=[("Koperator", "KafkaCluster kafka", "x.yaml")], clean=("a.yaml", "x.yaml"))
    suites = load(outcome)
    assert [case.is_passed for case in suites["a.yaml"]] == [True]
    (case,) = suites["x.yaml"]
    assert (case.name, case.result[0].message) == ("Not judged: Koperator KafkaCluster kafka", "not modelled yet")
    assert isinstance(case.result[0], junitparser.Skipped)


def test_tests_of_one_name_are_numbered(build):
    (cases,) = load(build.outcome(build.usual(), build.usual(), build.usual())).values()
    first = "KL303 brokers-together: StatefulSet events/kafka spec.replicas"
    assert [case.name for case in cases] == [first, f"{first} #2", f"{first} #3"]


def test_standard_input_is_a_suite(build):
    assert list(load(build.outcome(build.located(build.text_place("a: b\n", "b", "-")), clean=()))) == ["stdin"]


def test_hostile_names_are_text(build):
    place = build.text_place("a: b\n", "b", build.nasty)
    one = build.located(place, f"{build.nasty}{'x' * 1_000_000}", code=build.nasty, help=build.nasty)
    more = {
        "notices": [Notice(build.nasty, build.nasty)],
        "faults": [Fault(build.nasty, "", build.nasty)],
        "clean": (f"clean{build.nasty}",),
        "suppressed": [build.located(place, "x", suppressed=Suppression("inSource", build.nasty))],
        "include_suppressed": True,
    }
    outcome = build.outcome(one, **more)
    text = report(outcome, Screen())
    assert len(text) < 30_000
    assert not re.search(r"##[\w-]*\[|^\s*::", text, re.MULTILINE)
    assert re.fullmatch(r"[\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*", text)
    cases = [case for suite in load(outcome).values() for case in suite]
    assert len(cases) == 5
    assert all("]]></failure><script>" in case.result[0].message for case in cases if case.result)


def test_a_line_of_a_text_is_no_command(build):
    one = build.located(build.place("spec", "replicas"), "::error::gotcha")
    assert "\n\\x3a:error::gotcha</failure>" in report(build.outcome(one), Screen())


@given(st.data())
def test_any_text_is_xml(build, data):
    name, words = data.draw(build.hostile), data.draw(build.hostile)
    one = build.located(build.text_place("a: b\n", "b", f"x{name}"), words, code=name, help=words)
    suites = load(build.outcome(one, one, faults=[Fault("X", name, words)], clean=(f"y{name}",)))
    assert sum(map(len, suites.values())) == 4
