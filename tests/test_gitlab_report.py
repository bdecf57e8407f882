import json
import re
from dataclasses import replace

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kafkalint.checking.finding import Fault, Level, TextPlace
from kafkalint.checking.outcome import Notice
from kafkalint.manifests.sources import Source
from kafkalint.manifests.text import Span
from kafkalint.reports import Screen
from kafkalint.reports.gitlab_report import report

# What GitLab's documentation asks of an entry. It reads an array up to the first entry that it does not take.
SCHEMA = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "additionalProperties": False,
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^(?!/|\\./)."},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}


def load(outcome):
    text = report(outcome, Screen())
    assert report(outcome, Screen()) == text
    assert text.isascii()
    entries = json.loads(text)
    jsonschema.validate(entries, SCHEMA)
    assert len({entry["fingerprint"] for entry in entries}) == len(entries)
    return entries


def entries_of(build, *findings, **more):
    return load(build.outcome(*findings, **more))


def fingerprints(build, *findings):
    return [entry["fingerprint"] for entry in entries_of(build, *findings)]


def test_a_finding_is_an_entry(build):
    (entry,) = entries_of(build, build.usual())
    assert re.fullmatch(r"[0-9a-f]{64}", entry.pop("fingerprint"))
    assert entry == {
        "description": "KL303: StatefulSet events/kafka: 3 brokers may share a node. "
        "add podAntiAffinity on kubernetes.io/hostname.",
        "check_name": "KL303 brokers-together",
        "severity": "major",
        "location": {"path": "deploy/kafka.yaml", "lines": {"begin": 7}},
    }


def test_a_run_without_findings_is_an_empty_array(build):
    assert report(build.outcome(suppressed=[build.suppressed()], include_suppressed=True), Screen()) == "[]\n"


def test_levels_are_gitlabs(build):
    found = entries_of(build, build.usual(), build.loose(), build.loose(level=Level.INFO))
    assert [entry["severity"] for entry in found] == ["major", "minor", "info"]


def test_a_fix_is_named_with_the_command_that_makes_it(build):
    assert entries_of(build, build.mended())[0]["description"].endswith(
        " Fix: Set replicas: 5 (kafkalint check --fix)."
    )


def test_files_are_named_from_the_root_of_the_repository(build):
    (entry,) = entries_of(build, build.loose(), directory="infra/prod/..")
    assert entry["location"]["path"] == "infra/deploy/kafka.yaml"
    (piped,) = entries_of(build, build.located(build.text_place("a: b\n", "b", "-")))
    assert piped["location"] == {"path": "stdin", "lines": {"begin": 1}}


@pytest.mark.parametrize(
    ("file", "directory", "root", "path"),
    [
        ("/x/repo/a/b.yaml", "infra", "/x/repo", "a/b.yaml"),
        ("/x/elsewhere/b.yaml", "infra", "/x/repo", "elsewhere/b.yaml"),
        ("../sub/b.yaml", "", "/x/repo", "sub/b.yaml"),
        ("../sub/b.yaml", "", "", "sub/b.yaml"),
        ("/b.yaml", "", "", "b.yaml"),
        ("repo/b.yaml", "..", "/x/repo", "b.yaml"),
        ("x/repo/b.yaml", "../..", "/x/repo", "b.yaml"),
        ("./-", "", "/x/repo", "-"),
    ],
)
def test_paths_are_relative_and_lead_nowhere_else(build, file, directory, root, path):
    one = build.located(build.text_place("a: b\n", "b", file))
    (entry,) = entries_of(build, one, directory=directory, root=root)
    assert entry["location"]["path"] == path


def test_what_could_not_be_rendered_is_a_file_where_it_is_known(build):
    notice = Notice("charts/kafka [prod.yaml]", "not rendered", "charts/kafka/Chart.yaml")
    (entry,) = entries_of(build, notices=[notice], directory="infra")
    assert entry["location"]["path"] == "infra/charts/kafka/Chart.yaml"


def test_what_was_not_judged_is_an_entry_above_all_others(build):
    fault, notice, unjudged, finding = load(build.incomplete()._replace(findings=[build.usual()], directory="infra"))
    assert fault["severity"] == "blocker"
    assert fault["check_name"] == "internal-fault"
    assert fault["description"].startswith("KL303 brokers-together could not finish: KeyError")
    assert fault["location"]["path"] == "infra"
    assert notice["severity"] == "critical"
    assert notice["check_name"] == "not-looked-at"
    assert notice["description"].startswith("Not looked at: charts/kafka: not rendered")
    assert notice["location"] == {"path": "infra/charts/kafka", "lines": {"begin": 1}}
    assert (unjudged["severity"], unjudged["check_name"]) == ("info", "not-judged")
    assert unjudged["description"] == "Not judged: Koperator KafkaCluster kafka: not modelled yet"
    assert unjudged["location"]["path"] == "infra/x.yaml"
    assert finding["severity"] == "major"


def test_a_fingerprint_outlives_lines_and_other_findings(build):
    (alone,) = fingerprints(build, build.usual())
    moved = build.located(build.place("spec", "replicas", text=f"# more\n\n{build.brokers}"), "another message")
    assert fingerprints(build, moved) == [alone]
    assert alone in fingerprints(build, build.usual(), build.loose())
    elsewhere = build.located(build.place("spec", "replicas", file="base/kafka.yaml"))
    assert alone in fingerprints(build, build.usual(), elsewhere)
    assert alone in fingerprints(build, build.usual(), build.usual())


def test_two_of_a_kind_are_two(build):
    twice = build.usual()
    other = twice._replace(finding=replace(twice.finding, message="another word of the same value"))
    assert len(entries_of(build, twice, other, twice)) == 3
    assert fingerprints(build, twice, other)[:2] == fingerprints(build, twice, other, twice)[:2]
    assert len(entries_of(build, notices=[Notice("a", "b")] * 2, faults=[Fault("KL303", "x", "y")] * 2)) == 4


def test_a_fingerprint_of_what_was_not_judged_outlives_its_words(build):
    def problems(message, *more, directory=""):
        faults = [Fault("KL301", "pdb-missing", message), Fault("KL303", "x", message), *more]
        notices = [Notice("charts/kafka" if not directory else "kafka", f"line 3: {message}")]
        found = entries_of(build, faults=faults, notices=notices, directory=directory)
        return {entry["description"].split()[0]: entry["fingerprint"] for entry in found}

    one = problems("KeyError (line 7)")
    assert problems("KeyError (line 8)") == one
    assert problems("KeyError (line 7)", directory="charts") == one
    assert len(set(one.values())) == 3
    assert problems("x", Fault("KL000", "y", "z")).items() > one.items()


def test_a_fingerprint_of_a_text_does_not_depend_on_the_working_directory(build):
    (inside,) = fingerprints(build, build.located(build.text_place("a: b\n", "b", "x.yaml")))
    found = entries_of(build, build.located(build.text_place("a: b\n", "b", "infra/x.yaml")), directory="")
    below = entries_of(build, build.located(build.text_place("a: b\n", "b", "x.yaml")), directory="infra")
    assert [entry["fingerprint"] for entry in found] == [entry["fingerprint"] for entry in below]
    assert found[0]["fingerprint"] != inside


def test_a_fingerprint_of_a_text_outlives_another_of_the_same_line(build):
    def broken(*names):
        text = "".join(f"---\nkind: Kafka\nmetadata: {{name: {name}}}\nspec: [\n" for name in names)
        source = Source("x.yaml", text.encode())
        spans = [Span(*match.span()) for match in re.finditer(r"\[", text)]
        return fingerprints(build, *(build.located(TextPlace(source, span)) for span in spans))

    one, two = broken("one", "two")
    assert one != two
    assert broken("two") == [two]
    assert broken("zero", "one", "two")[1:] == [one, two]


def test_a_fingerprint_outlives_another_finding_on_the_same_value(build):
    text = "kind: ConfigMap\nmetadata: {name: a}\ndata:\n  server.properties: |\n    first=1\n    second=2\n"
    place = build.place("data", "server.properties", text=text)
    value = place.value
    first, second = (place._replace(fragment=Span(value.index(x), value.index(x) + 1)) for x in "12")
    found = fingerprints(build, build.located(first), build.located(second))
    assert fingerprints(build, build.located(second)) == found[1:]
    twice = build.located(place)
    other = twice._replace(finding=replace(twice.finding, cluster="other"))
    assert fingerprints(build, twice, other)[1:] == fingerprints(build, other)


@pytest.mark.parametrize(
    ("new", "old"),
    [
        ("{alert: New, expr: x}", "{alert: Lag, expr: y}"),
        ("{record: new, expr: x}", "{record: lag, expr: y}"),
        ("{port: 1}", "{port: 2}"),
        ("{id: 1}", "{id: 2}"),
        ("{key: a}", "{key: b}"),
    ],
)
def test_a_fingerprint_outlives_an_item_that_is_put_before(build, new, old):
    def fingerprint(*items, at):
        text = f"kind: X\nmetadata: {{name: a}}\nspec: [{', '.join(items)}]\n"
        return fingerprints(build, build.located(build.place("spec", at, text=text)))

    assert fingerprint(new, old, at=1) == fingerprint(old, at=0)
    assert fingerprint(new, old, at=0) != fingerprint(old, at=0)
    assert fingerprint(old, old, at=0) != fingerprint(old, old, at=1)


def test_a_name_of_a_megabyte_is_cut(build):
    (entry,) = entries_of(build, build.located(build.place("spec"), "x" * 1_000_000))
    assert len(entry["description"]) == 4096


def test_hostile_names_are_text(build):
    place = build.text_place("a: b\n", "b", build.nasty)
    one = build.located(place, build.nasty, code=build.nasty, help=build.nasty)
    notices, faults = [Notice(build.nasty, build.nasty)], [Fault(build.nasty, "", build.nasty)]
    text = report(build.outcome(one, notices=notices, faults=faults), Screen())
    assert not re.search(r"##[\w-]*\[|\\ud800\\u|^\s*::", text, re.MULTILINE)
    for entry in load(build.outcome(one, notices=notices, faults=faults)):
        assert entry["description"].isprintable()
        assert entry["location"]["path"].isprintable()
        assert "\\x00" in entry["description"]


@given(st.data())
def test_any_text_is_an_entry(build, data):
    name, words = data.draw(build.hostile), data.draw(build.hostile)
    one = build.located(build.text_place("a: b\n", "b", f"x{name}"), words, code=f"X{name}", help=words)
    assert len(entries_of(build, one, notices=[Notice(f"x{name}", words)], faults=[Fault("X", name, words)])) == 3
