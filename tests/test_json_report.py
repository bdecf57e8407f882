import json
import re

from hypothesis import given
from hypothesis import strategies as st

from kafkalint.checking.finding import Applicability
from kafkalint.reports import Screen
from kafkalint.reports.json_report import report


def load(outcome):
    def refuse(constant):
        raise AssertionError(f"{constant} is no JSON")

    text = report(outcome, Screen())
    assert text.isascii()
    assert text.endswith("}\n")
    return json.loads(text, parse_constant=refuse)


def test_the_object_is_the_contract(build):
    document = load(build.outcome(build.usual()))
    assert list(document)[:4] == ["version", "summary", "clusters", "findings"]
    assert document["version"] == 1
    assert {key: document["summary"][key] for key in list(document["summary"])[:7]} == {
        "errors": 1,
        "warnings": 0,
        "infos": 0,
        "suppressed": 0,
        "resources": 14,
        "clusters": 1,
        "seconds": 0.25,
    }
    assert document["clusters"] == [
        {
            "name": "kafka",
            "namespace": "events",
            "flavour": "strimzi",
            "kafka_version": "4.0.0",
            "mode": "kraft",
            "brokers": 3,
            "controllers": None,
        }
    ]
    assert document["findings"] == [
        {
            "code": "KL303",
            "name": "brokers-together",
            "level": "error",
            "message": "StatefulSet events/kafka: 3 brokers may share a node",
            "file": "deploy/kafka.yaml",
            "line": 7,
            "column": 13,
            "end_line": 7,
            "end_column": 14,
            "resource": {"apiVersion": "apps/v1", "kind": "StatefulSet", "namespace": "events", "name": "kafka"},
            "route": "spec.replicas",
            "cluster": "kafka",
            "fix": None,
            "related": [
                {
                    "file": "deploy/kafka.yaml",
                    "line": 21,
                    "column": 19,
                    "end_line": 21,
                    "end_column": 20,
                    "message": "this budget lets two go at once",
                }
            ],
            "help": "add podAntiAffinity on kubernetes.io/hostname",
            "origin": None,
            "note": None,
        }
    ]


def test_a_fix_is_the_edits_that_make_it(build):
    own = build.change(build.brokers, (r"(?<=replicas: )3", "5"), (r"  serviceName.*\n", ""))
    new = build.change("", ("", "kind: Pod\n"), file="base/new.yaml")
    (finding,) = load(build.outcome(build.mendable(build.usual(), own, new)))["findings"]
    assert finding["fix"] == {
        "applicability": "safe",
        "description": "Set replicas: 5",
        "changes": [
            {
                "file": "deploy/kafka.yaml",
                "creates": False,
                "edits": [
                    {"line": 7, "column": 13, "end_line": 7, "end_column": 14, "text": "5"},
                    {"line": 8, "column": 1, "end_line": 9, "end_column": 1, "text": ""},
                ],
            },
            {
                "file": "base/new.yaml",
                "creates": True,
                "edits": [{"line": 1, "column": 1, "end_line": 1, "end_column": 1, "text": "kind: Pod\n"}],
            },
        ],
        "problem": None,
    }


def test_a_fix_that_is_not_made_says_why_and_has_no_edits(build):
    (finding,) = load(build.outcome(build.mendable(build.usual(), problem="it comes through an alias")))["findings"]
    assert (finding["fix"]["changes"], finding["fix"]["problem"]) == ([], "it comes through an alias")
    (hint,) = load(build.outcome(build.mended(applicability=Applicability.HINT)))["findings"]
    assert (hint["fix"]["applicability"], hint["fix"]["changes"]) == ("hint", [])


def test_a_fix_that_nobody_has_worked_out_is_its_description(build):
    (finding,) = load(build.outcome(build.mended()._replace(remedy=None)))["findings"]
    assert finding["fix"] == {
        "applicability": "safe",
        "description": "Set replicas: 5",
        "changes": [],
        "problem": None,
    }


def test_what_was_mended_is_listed_as_findings_are(build):
    assert load(build.outcome())["mended"] == []
    document = load(build.outcome(mended=[build.mended()]))
    assert document["findings"] == []
    assert document["summary"]["errors"] == 0
    assert document["mended"] == load(build.outcome(build.mended()))["findings"]


def test_a_place_in_text_has_no_resource_and_no_route(build):
    (finding,) = load(build.outcome(build.located(build.text_place("a: b\n", "b", "-"))))["findings"]
    assert (finding["file"], finding["resource"], finding["route"]) == ("-", None, "")


def test_findings_come_by_file_line_column_and_code(build):
    text = build.text_place("a: b\n", "b", "a.yaml")
    both = (build.located(text, code="KL302"), build.located(text, code="KL301"))
    findings = load(build.outcome(build.loose(), build.usual(), *both))["findings"]
    assert [(one["file"], one["line"], one["code"]) for one in findings] == [
        ("a.yaml", 1, "KL301"),
        ("a.yaml", 1, "KL302"),
        ("deploy/kafka.yaml", 7, "KL303"),
        ("deploy/kafka.yaml", 21, "KL302"),
    ]


def test_suppressed_findings_are_apart_and_only_where_asked_for(build):
    hidden = [build.suppressed()]
    assert "suppressed_findings" not in load(build.outcome(suppressed=hidden))
    document = load(build.outcome(suppressed=hidden, include_suppressed=True))
    assert document["findings"] == []
    assert document["summary"]["suppressed"] == 1
    (finding,) = document["suppressed_findings"]
    assert finding["suppressed"] == {"kind": "inSource", "reason": "two are enough in this one"}


def test_what_was_not_looked_at_is_said(build):
    document = load(build.incomplete())
    assert document["notices"][0]["subject"] == "charts/kafka"
    assert document["faults"][0]["code"] == "KL303"
    assert document["unmodelled"] == [{"flavour": "Koperator", "object": "KafkaCluster kafka", "file": "x.yaml"}]
    assert document["summary"]["complete"] is False


def test_half_a_surrogate_pair_and_no_number_are_replaced(build):
    one = build.located(build.place("spec", "replicas"), "name \ud83d and \ude00")
    document = load(build.outcome(one, seconds=float("nan")))
    assert document["findings"][0]["message"] == "name \ufffd and \ufffd"
    assert document["summary"]["seconds"] is None


@given(st.data())
def test_any_text_survives_and_is_no_command(build, data):
    words = data.draw(build.hostile)
    one = build.located(build.place("spec", "replicas"), words)
    outcome = build.outcome(build.mendable(one, build.change("", ("", words)), description=words))
    text = report(outcome, Screen())
    assert not re.search(r"##[\w-]*\[", text)
    (finding,) = json.loads(text)["findings"]
    assert finding["message"] == finding["fix"]["description"] == words
    assert finding["fix"]["changes"][0]["edits"][0]["text"] == words
