import re
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from kafkalint.checking.finding import Fault, Level
from kafkalint.checking.outcome import Notice
from kafkalint.reports import Screen
from kafkalint.reports.checkstyle_report import report


def load(outcome):
    """The document, held to Checkstyle's form; its errors by file."""
    text = report(outcome, Screen())
    assert report(outcome, Screen()) == text
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<checkstyle version="4.3"')
    root = ET.fromstring(text.encode())
    assert root.tag == "checkstyle"
    files = {}
    for file in root:
        assert (file.tag, set(file.attrib)) == ("file", {"name"})
        assert file.attrib["name"] not in files
        files[file.attrib["name"]] = [error.attrib for error in file]
        for error in file:
            assert (error.tag, len(error)) == ("error", 0)
            assert set(error.attrib) - {"column"} == {"line", "severity", "message", "source"}
            assert int(error.attrib["line"]) >= 1
            assert error.attrib["severity"] in {"error", "warning", "info"}
    return files


def test_a_finding_is_an_error_of_its_file(build):
    assert load(build.outcome(build.usual(), build.loose())) == {
        "deploy/kafka.yaml": [
            {
                "line": "7",
                "column": "13",
                "severity": "error",
                "message": "StatefulSet events/kafka: 3 brokers may share a node. "
                "add podAntiAffinity on kubernetes.io/hostname.",
                "source": "kafkalint.KL303",
            },
            {
                "line": "21",
                "column": "19",
                "severity": "warning",
                "message": "maxUnavailable is 2.",
                "source": "kafkalint.KL302",
            },
        ]
    }


def test_a_run_without_findings_has_no_files(build):
    assert load(build.outcome(suppressed=[build.suppressed()], include_suppressed=True)) == {}


def test_levels_and_fixes_are_told(build):
    found = load(build.outcome(build.mended(), build.loose(level=Level.INFO)))["deploy/kafka.yaml"]
    assert [one["severity"] for one in found] == ["error", "info"]
    assert found[0]["message"].endswith(" Fix: Set replicas: 5 (kafkalint check --fix).")


def test_a_file_stands_once_and_is_named_from_the_root(build):
    piped = build.located(build.text_place("a: b\n", "b", "-"))
    other = build.located(build.place("spec", file="base/kafka.yaml"))
    files = load(build.outcome(piped, build.usual(), other, build.loose(), directory="infra"))
    assert {name: len(errors) for name, errors in files.items()} == {
        "infra/base/kafka.yaml": 1,
        "infra/deploy/kafka.yaml": 2,
        "stdin": 1,
    }


def test_what_was_not_judged_is_an_error_too(build):
    files = load(build.incomplete())
    ((fault,), (notice,)) = files["."], files["charts/kafka"]
    assert (fault["severity"], fault["source"]) == ("error", "kafkalint.internal-fault")
    assert fault["message"].startswith("KL303 brokers-together could not finish: KeyError")
    assert (notice["severity"], notice["source"]) == ("warning", "kafkalint.not-looked-at")
    assert notice["message"].startswith("Not looked at: charts/kafka: not rendered: helm")
    (unjudged,) = files["x.yaml"]
    assert (unjudged["severity"], unjudged["source"]) == ("info", "kafkalint.not-judged")
    assert unjudged["message"] == "Not judged: Koperator KafkaCluster kafka: not modelled yet"


def test_hostile_names_are_text(build):
    place = build.text_place("a: b\n", "b", build.nasty)
    one = build.located(place, f"{build.nasty}{'x' * 1_000_000}", code=build.nasty, help=build.nasty)
    notices, faults = [Notice(build.nasty, build.nasty)], [Fault(build.nasty, "", build.nasty)]
    outcome = build.outcome(one, notices=notices, faults=faults)
    text = report(outcome, Screen())
    assert not re.search(r"##[\w-]*\[|^\s*::", text, re.MULTILINE)
    files = load(outcome)
    errors = [error for listed in files.values() for error in listed]
    assert len(errors) == 3
    for error in errors:
        assert "]]></failure><script>" in error["message"]
        assert len(error["message"]) <= 4096
        assert error["message"].isprintable()


@given(st.data())
def test_any_text_is_xml(build, data):
    name, words = data.draw(build.hostile), data.draw(build.hostile)
    one = build.located(build.text_place("a: b\n", "b", f"x{name}"), words, code=name, help=words)
    files = load(build.outcome(one, faults=[Fault("X", name, words)]))
    assert sum(map(len, files.values())) == 2
