import json
import os
import re
import subprocess
from itertools import pairwise

import pytest

from kafkalint.checking.check import Check
from kafkalint.checking.finding import Applicability, Fault, Level, TextPlace
from kafkalint.checking.fingerprints import fingerprint_of
from kafkalint.manifests.sources import Source
from kafkalint.manifests.text import Span
from kafkalint.reports import Screen
from kafkalint.reports.sarif_report import report

MULTITOOL = os.environ.get("KAFKALINT_SARIF_MULTITOOL", "")


def run_of(outcome):
    log = json.loads(report(outcome, Screen()))
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-2.1.0.json")
    (run,) = log["runs"]
    return run


def results_of(build, *findings, **more):
    return run_of(build.outcome(*findings, **more))["results"]


def uri_of(build, file, **more):
    (result,) = results_of(build, build.located(build.text_place("a: b\n", "b", file)), **more)
    return result["locations"][0]["physicalLocation"]["artifactLocation"]


class Undocumented(Check):
    code, name, level = "ACME001", "no-page", Level.INFO


def cases(build):
    """Outcomes of every kind."""
    brackets = build.located(build.text_place("a: b\n", "b"), "[x](http://evil) {0} {{ y }}", help="see \\[")
    return {
        "none": build.outcome(),
        "nothing loaded": build.outcome(rules=()),
        "usual": build.outcome(build.usual(), build.loose(), directory="deploy/prod", arguments={"exit_code": 1}),
        "suppressed": build.outcome(build.usual(), suppressed=[build.suppressed()], include_suppressed=True),
        "incomplete": build.incomplete(),
        "plugin": build.outcome(faults=[Fault("", "acme", "does not load"), Fault("flavour x", "x", "raised")]),
        "unreadable": build.outcome(
            build.located(build.text_place("a: [\n", r"\["), "it does not parse", code="KL001")
        ),
        "astral": build.outcome(build.located(build.text_place('a: "x😀y"\n', "😀", "ä 😀.yaml"), "😀")),
        "hostile": build.outcome(brackets),
        "whole file": build.outcome(build.located(build.text_place("a: |\n  b\n", r"[\s\S]+"))),
        "one line": build.outcome(build.located(build.text_place("a", "a"))),
        "behind the end": build.outcome(build.located(build.text_place("a: b\n", r"\Z"))),
        "stdin": build.outcome(build.located(build.text_place("a: b\n", "b", "-"))),
        "outside": build.outcome(
            build.located(build.text_place("a: b\n", "b", "../x.yaml")),
            build.located(build.text_place("a: b\n", "b", "/srv/x y.yaml")),
            build.located(build.text_place("a: b\n", "b", "C:/x.yaml")),
        ),
        "foreign rule": build.outcome(build.loose(), rules=(Undocumented,)),
        "fix": build.outcome(build.mended(), directory="deploy/prod"),
        "fix in several files": build.outcome(several(build)),
        "fix not made": build.outcome(build.mendable(build.usual(), problem="it comes through an alias")),
        "mended": build.outcome(mended=[build.mended()]),
    }


def several(build):
    """A finding whose fix changes a file in several places, another one, standard input, and makes one."""
    own = build.change(build.brokers, (r"(?<=replicas: )3", "5"), (r"  serviceName.*\n", ""), (r"\Z", "---\n"))
    base = build.change('a: "😀x"\n', ("x", "😀[y](z) {0}"), file="base/a b.yaml")
    new = build.change("", ("", "kind: Pod\n"), file="base/a.yaml")
    stdin = build.change("a: b", (r"\Z", "\nc: d"), file="-")
    return build.mendable(build.usual(), own, new, base, stdin, description="Set [a](b) to {0}")


NAMES = [
    "none",
    "nothing loaded",
    "usual",
    "suppressed",
    "incomplete",
    "plugin",
    "unreadable",
    "astral",
    "hostile",
    "whole file",
    "one line",
    "behind the end",
    "stdin",
    "outside",
    "foreign rule",
    "fix",
    "fix in several files",
    "fix not made",
    "mended",
]


def test_every_case_is_named(build):
    assert list(cases(build)) == NAMES


@pytest.mark.skipif(not MULTITOOL, reason="KAFKALINT_SARIF_MULTITOOL does not name the validator's binary")
@pytest.mark.parametrize("name", NAMES)
def test_the_validator_finds_no_fault(build, name, tmp_path):
    # It exits 0 whatever it finds, so that its own results decide.
    log, verdict = tmp_path / "log.sarif", tmp_path / "verdict.sarif"
    log.write_text(report(cases(build)[name], Screen()), encoding="utf-8")
    options = ["--rule-kind", "Sarif;Ghas", "--level", "Error;Warning", "-o", str(verdict), "--log", "ForceOverwrite"]
    subprocess.run([MULTITOOL, "validate", str(log), *options], check=True, capture_output=True)
    (run,) = json.loads(verdict.read_text(encoding="utf-8-sig"))["runs"]
    assert [(one["ruleId"], one["message"]) for one in run.get("results") or []] == []
    assert run["invocations"][0].get("executionSuccessful", True)


def regions(run):
    for result in run["results"]:
        for location in [*result["locations"], *result.get("relatedLocations", [])]:
            yield location["physicalLocation"]


def after(region):
    return (region["endLine"], region["endColumn"])


def before(region):
    return (region["startLine"], region["startColumn"])


@pytest.mark.parametrize("name", NAMES)
def test_what_the_standard_and_github_ask_for(build, name):
    run = run_of(cases(build)[name])
    rules = run["tool"]["driver"]["rules"]
    assert run["columnKind"] == "unicodeCodePoints"
    assert [rule["id"] for rule in rules] == sorted({rule["id"] for rule in rules})
    for rule in rules:
        assert re.fullmatch(r"[A-Z][A-Za-z0-9]*", rule["name"])
        assert rule["name"] != rule["id"]
        for text in (rule["shortDescription"]["text"], rule["fullDescription"]["text"]):
            assert 0 < len(text) <= 1024
            assert text.endswith(".")
        assert rule["help"]["text"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"].endswith(".")
        for logical in result["locations"][0].get("logicalLocations", []):
            assert run["logicalLocations"][logical["index"]]["fullyQualifiedName"] == logical["fullyQualifiedName"]
    for physical in regions(run):
        region, context = physical["region"], physical.get("contextRegion")
        assert before(region) <= after(region)
        assert re.fullmatch(r"[A-Za-z0-9._~/:%-]+", physical["artifactLocation"]["uri"])
        if context:
            assert before(context) <= before(region)
            assert after(region) <= after(context)
            assert (before(context), after(context)) != (before(region), after(region))
    for fix in (fix for result in run["results"] for fix in result.get("fixes", [])):
        assert fix["description"]["text"].endswith(".")
        uris = [change["artifactLocation"]["uri"] for change in fix["artifactChanges"]]
        assert uris == sorted(set(uris))
        assert uris
        for change in fix["artifactChanges"]:
            deleted = [replacement["deletedRegion"] for replacement in change["replacements"]]
            assert deleted
            assert all(set(one) == {"startLine", "startColumn", "endLine", "endColumn"} for one in deleted)
            assert all(before(one) <= after(one) for one in deleted)
            assert all(after(one) <= before(other) for one, other in pairwise(deleted))
            assert all(set(one["insertedContent"]) == {"text"} for one in change["replacements"])
    for index, location in enumerate(run.get("logicalLocations", [])):
        assert location.get("parentIndex", -1) < index


@pytest.mark.parametrize("name", NAMES)
def test_a_failed_run_is_one_with_error_notifications(build, name):
    (invocation,) = run_of(cases(build)[name])["invocations"]
    notes = invocation.get("toolExecutionNotifications", []) + invocation.get("toolConfigurationNotifications", [])
    assert invocation["executionSuccessful"] is not any(note["level"] == "error" for note in notes)
    assert all(note["message"]["text"].endswith(".") for note in notes)


def test_no_findings_are_an_empty_list(build):
    assert results_of(build) == []


def test_a_result(build):
    (result,) = results_of(build, build.usual())
    assert (result["ruleId"], result["level"]) == ("KL303", "error")
    assert result["message"]["text"] == (
        "StatefulSet events/kafka: 3 brokers may share a node. Help: add podAntiAffinity on kubernetes.io/hostname."
        " See [this budget lets two go at once](1)."
    )
    physical = result["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"] == {"uri": "deploy/kafka.yaml", "uriBaseId": "SRCROOT"}
    assert physical["region"] == {
        "startLine": 7,
        "startColumn": 13,
        "endLine": 7,
        "endColumn": 14,
        "snippet": {"text": "3"},
    }
    assert physical["contextRegion"]["snippet"]["text"] == "spec:\n  replicas: 3\n  serviceName: kafka-headless"
    assert [one["id"] for one in result["relatedLocations"]] == [1]
    assert "suppressions" not in result


def replacement(*region, text):
    deleted = dict(zip(("startLine", "startColumn", "endLine", "endColumn"), region, strict=True))
    return {"deletedRegion": deleted, "insertedContent": {"text": text}}


def test_a_fix_is_its_replacements_file_by_file(build):
    (result,) = results_of(build, several(build))
    (fix,) = result["fixes"]
    assert fix["description"] == {"text": "Set [a] (b) to { 0}."}
    assert fix["properties"] == {"applicability": "safe"}
    assert [change["artifactLocation"]["uri"] for change in fix["artifactChanges"]] == [
        "base/a%20b.yaml",
        "base/a.yaml",
        "deploy/kafka.yaml",
        "stdin",
    ]
    assert [change["replacements"] for change in fix["artifactChanges"]] == [
        [replacement(1, 6, 1, 7, text="😀[y](z) {0}")],
        [replacement(1, 1, 1, 1, text="kind: Pod\n")],
        [
            replacement(7, 13, 7, 14, text="5"),
            replacement(8, 1, 9, 1, text=""),
            replacement(22, 1, 22, 1, text="---\n"),
        ],
        [replacement(1, 5, 1, 5, text="\nc: d")],
    ]


def test_files_of_a_fix_are_named_from_the_root_of_the_repository(build):
    (result,) = results_of(build, build.mended(), directory="infra/prod")
    (change,) = result["fixes"][0]["artifactChanges"]
    assert change["artifactLocation"] == {"uri": "infra/prod/deploy/kafka.yaml", "uriBaseId": "SRCROOT"}


def test_what_a_run_would_not_make_is_no_fix(build):
    problem = build.mendable(build.usual(), problem="it comes through an alias")
    nothing = build.mendable(build.usual(), build.change("a: b\n"))
    hint = build.mended(applicability=Applicability.HINT)
    assert not any("fixes" in result for result in results_of(build, problem, nothing, hint, build.usual()))


def test_columns_are_code_points(build):
    (result,) = results_of(build, build.located(build.text_place('a: "😀x"\n', "x")))
    region = result["locations"][0]["physicalLocation"]["region"]
    assert (region["startColumn"], region["endColumn"]) == (6, 7)


def test_levels(build):
    (result,) = results_of(build, build.located(build.place("spec", "replicas"), level=Level.INFO))
    assert result["level"] == "note"


def test_paths_are_relative_to_the_root_of_the_repository_and_encoded(build):
    assert uri_of(build, "./a b/ä#:%.yaml") == {"uri": "a%20b/%C3%A4%23%3A%25.yaml", "uriBaseId": "SRCROOT"}
    assert uri_of(build, "x.yaml", directory="infra/prod")["uri"] == "infra/prod/x.yaml"
    assert uri_of(build, "../x.yaml", directory="infra/prod")["uri"] == "infra/x.yaml"
    assert uri_of(build, "-", directory="infra") == {"uri": "stdin"}
    for directory, file in (("infra", "../../x y.yaml"), ("", "/there/x y.yaml"), ("../../there", "x y.yaml")):
        uri = {"uri": "file:///there/x%20y.yaml"}
        assert uri_of(build, file, directory=directory, root="/there/repo" if directory == "infra" else "/a/b") == uri
    assert uri_of(build, "/a/b/x.yaml", directory="infra", root="/a/b") == {"uri": "x.yaml", "uriBaseId": "SRCROOT"}
    assert uri_of(build, "b/x.yaml", directory="..", root="/a/b") == {"uri": "x.yaml", "uriBaseId": "SRCROOT"}
    assert uri_of(build, "../x.yaml") == {"uri": "../x.yaml"}
    assert uri_of(build, "/srv/a b.yaml") == {"uri": "file:///srv/a%20b.yaml"}
    assert uri_of(build, "C:/a b.yaml") == {"uri": "file:///C:/a%20b.yaml"}
    assert uri_of(build, "a\udcff\ud83d.yaml")["uri"] == "a%3F%3F.yaml"
    assert uri_of(build, "a\udcff.yaml")["uri"] == "a%FF.yaml"


def test_rules_carry_their_page(build):
    loose, together = run_of(build.outcome())["tool"]["driver"]["rules"]
    assert together["name"] == "BrokersTogether"
    assert together["shortDescription"]["text"] == "Brokers may share a node."
    assert together["fullDescription"]["text"] == "Asks whether two brokers can be on one node."
    assert together["help"]["markdown"].startswith("## What it does\n\nAsks")
    assert "```" not in together["help"]["text"]
    assert together["helpUri"] == "https://kafkalint.dev/rules/KL303"
    assert together["defaultConfiguration"] == {"level": "error"}
    assert together["properties"] == {
        "tags": ["kafka", "kubernetes"],
        "precision": "high",
        "problem.severity": "error",
    }
    assert loose["help"] == {"text": "Budget too loose.", "markdown": "Budget too loose."}


def test_a_foreign_rule_has_no_page_on_our_site(build):
    (rule,) = run_of(build.outcome(rules=(Undocumented,)))["tool"]["driver"]["rules"]
    assert "helpUri" not in rule
    assert rule["name"] == "NoPage"
    assert rule["properties"]["problem.severity"] == "recommendation"


def test_logical_locations_name_the_object_and_the_value(build):
    run = run_of(build.outcome(build.usual()))
    assert run["logicalLocations"] == [
        {"fullyQualifiedName": "apps/v1/StatefulSet/events/kafka", "name": "kafka", "kind": "resource"},
        {
            "fullyQualifiedName": "apps/v1/StatefulSet/events/kafka#/spec/replicas",
            "name": "replicas",
            "kind": "property",
            "parentIndex": 0,
        },
    ]


def test_the_fingerprint_of_a_resource_ignores_lines_and_versions(build):
    def fingerprint(text):
        return fingerprint_of("KL303", build.place("spec", "replicas", text=text))

    moved = build.brokers.replace("apps/v1", "apps/v2")
    assert fingerprint("# a comment\n\n" + moved) == fingerprint(build.brokers)
    assert fingerprint(build.brokers.replace("namespace: events", "namespace: other")) != fingerprint(build.brokers)
    other = build.place("spec", "serviceName")
    assert fingerprint_of("KL303", other) != fingerprint(build.brokers)


def test_fingerprints(build):
    (result,) = results_of(build, build.usual())
    assert result["partialFingerprints"] == {
        "primaryLocationLineHash": "b338627753219091:1",
        "kafkalintResource/v1": fingerprint_of("KL303", build.place("spec", "replicas")),
    }


def test_text_in_another_encoding_has_no_hash_of_lines(build):
    source = Source("x.yaml", "a: b\n".encode("utf-16"))
    (result,) = results_of(build, build.located(TextPlace(source, Span(3, 4))))
    assert "partialFingerprints" not in result


def test_suppressions_are_all_there_or_none(build):
    live, hidden = results_of(build, build.usual(), suppressed=[build.suppressed()], include_suppressed=True)
    assert live["suppressions"] == []
    assert hidden["suppressions"] == [{"kind": "inSource", "justification": "two are enough in this one"}]
    assert results_of(build, suppressed=[build.suppressed()]) == []


def test_text_that_looks_like_a_link_or_a_placeholder_is_none(build):
    budget = build.place("spec", "maxUnavailable", kind="PodDisruptionBudget")
    one = build.located(build.place("spec", "replicas"), "[x](http://evil) {0}", related=((budget, "a [b](c) \\"),))
    (result,) = results_of(build, one)
    assert result["message"]["text"] == "[x] (http://evil) { 0}. See [a \\[b\\] (c) \\\\](1)."


def test_notifications(build):
    (invocation,) = run_of(build.incomplete())["invocations"]
    assert invocation["executionSuccessful"] is False
    notice, fault, unjudged = invocation["toolExecutionNotifications"]
    assert (unjudged["level"], unjudged["message"]["text"]) == (
        "note",
        "Koperator KafkaCluster kafka in x.yaml: not modelled yet.",
    )
    assert notice["message"]["text"].startswith("charts/kafka: not rendered")
    assert fault["associatedRule"] == {"id": "KL303", "index": 1}


def test_what_does_not_parse_is_a_result_and_a_notification(build):
    run = run_of(cases(build)["unreadable"])
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert note["locations"][0]["physicalLocation"]["region"]["startLine"] == 1
    assert [result["ruleId"] for result in run["results"]] == ["KL001"]


def test_the_exit_code_is_given_where_it_is_known(build):
    assert run_of(cases(build)["usual"])["invocations"][0]["exitCode"] == 1
    assert "exitCode" not in run_of(build.outcome())["invocations"][0]


def test_results_are_sorted_and_complete(build):
    twins = [build.located(build.place("spec", "replicas"), words) for words in ("b", "a")]
    results = results_of(build, build.loose(), *twins)
    lines = [result["locations"][0]["physicalLocation"]["region"]["startLine"] for result in results]
    assert len(results) == 3
    assert all(one <= other for one, other in pairwise(lines))


def test_large_snippets_are_left_out(build):
    (result,) = results_of(build, build.located(build.text_place(f"a: {'x' * 5000}\n", "x+")))
    physical = result["locations"][0]["physicalLocation"]
    assert "snippet" not in physical["region"]
    assert "contextRegion" not in physical
