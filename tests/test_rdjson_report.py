import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kafkalint.checking.finding import Applicability, Level, TextPlace
from kafkalint.checking.remedy import Change, Edit
from kafkalint.manifests.sources import Source
from kafkalint.manifests.text import Span
from kafkalint.reports import Screen
from kafkalint.reports.rdjson_report import report


def load(outcome):
    text = report(outcome, Screen())
    assert text.isascii()
    assert text.endswith("}\n")
    assert report(outcome, Screen()) == text
    return json.loads(text)


def diagnostics(build, *findings, **more):
    return load(build.outcome(*findings, **more))["diagnostics"]


def region(line, column, last, end):
    return {"start": {"line": line, "column": column}, "end": {"line": last, "column": end}}


def test_the_result_is_reviewdogs(build):
    assert load(build.outcome(build.usual())) == {
        "source": {"name": "kafkalint", "url": "https://kafkalint.dev"},
        "diagnostics": [
            {
                "message": "StatefulSet events/kafka: 3 brokers may share a node.\n"
                "Help: add podAntiAffinity on kubernetes.io/hostname.",
                "location": {"path": "deploy/kafka.yaml", "range": region(7, 13, 7, 14)},
                "severity": "ERROR",
                "code": {"value": "KL303", "url": "https://kafkalint.dev/rules/KL303"},
                "original_output": "deploy/kafka.yaml:7:13 error KL303 brokers-together: "
                "StatefulSet events/kafka: 3 brokers may share a node",
                "related_locations": [
                    {
                        "message": "this budget lets two go at once.",
                        "location": {"path": "deploy/kafka.yaml", "range": region(21, 19, 21, 20)},
                    }
                ],
            }
        ],
    }


def test_a_run_without_findings_has_an_empty_list(build):
    assert diagnostics(build, suppressed=[build.suppressed()], include_suppressed=True) == []
    assert diagnostics(build, mended=[build.mended()]) == []


def test_levels_are_reviewdogs(build):
    found = diagnostics(build, build.usual(), build.loose(), build.loose(level=Level.INFO))
    assert [one["severity"] for one in found] == ["ERROR", "WARNING", "INFO"]


def test_a_foreign_rule_has_no_page_on_our_site(build):
    (found,) = diagnostics(build, build.located(build.place("spec"), code="ACME001"))
    assert found["code"] == {"value": "ACME001"}


def test_columns_are_bytes(build):
    (found,) = diagnostics(build, build.located(build.text_place('a: "ä😀x"\n', "x")))
    assert found["location"]["range"] == region(1, 11, 1, 12)


def test_what_ends_before_a_line_does_not_reach_it(build):
    (found,) = diagnostics(build, build.located(build.text_place("a: |\n  ä\nb: 1\n", r"\|\n  ä\n")))
    assert found["location"]["range"] == region(1, 4, 2, 5)
    (found,) = diagnostics(build, build.located(build.text_place("a: b\n", r"\Z")))
    assert found["location"]["range"] == region(2, 1, 2, 1)


def test_files_are_named_from_the_working_directory(build):
    def path_of(file, **more):
        (found,) = diagnostics(build, build.located(build.text_place("a: b\n", "b", file)), **more)
        return found["location"]["path"]

    assert path_of("./x.yaml", directory="infra/prod") == "x.yaml"
    assert path_of("/srv/a b.yaml") == "/srv/a b.yaml"
    assert path_of("-") == "-"


def test_a_message_is_no_markup(build):
    hostile = "[x](http://evil) <!-- <b> @team a@sha256:1 1 < 2\n::error::x"
    (found,) = diagnostics(build, build.located(build.place("spec"), hostile))
    assert found["message"] == "[x] (http://evil) < !-- < b> @ team a@sha256:1 1 < 2\\n::error::x."


BROKERS = """\
kind: StatefulSet
metadata:
  name: ä
spec:
  replicas: 3
  serviceName: kafka
"""


def suggestions(build, *edits, at="replicas", text=BROKERS, **more):
    """What is suggested for a finding in a text to which these edits are made."""
    change = build.change(text, *edits, file="x.yaml")
    located = build.located(build.text_place(text, at))
    (found,) = diagnostics(build, build.mendable(located, change, **more))
    return found.get("suggestions", [])


def test_a_suggestion_is_whole_lines(build):
    assert suggestions(build, ("3", "5")) == [{"range": region(5, 1, 5, 14), "text": "  replicas: 5"}]


def test_several_edits_are_one_suggestion_for_others_would_be_alternatives(build):
    (one,) = suggestions(build, ("3", "5"), ("kafka", "brokers"))
    assert one == {"range": region(5, 1, 6, 21), "text": "  replicas: 5\n  serviceName: brokers"}


def test_columns_of_a_suggestion_are_bytes(build):
    (one,) = suggestions(build, ("ä", "ö"), at="name")
    assert one == {"range": region(3, 1, 3, 11), "text": "  name: ö"}


def test_a_suggestion_begins_at_the_finding_whose_lines_gitlab_replaces(build):
    (one,) = suggestions(build, ("kafka", "brokers"))
    assert one == {"range": region(5, 1, 6, 21), "text": "  replicas: 3\n  serviceName: brokers"}
    assert suggestions(build, ("ä", "ö")) == []


def test_new_lines_come_behind_the_line_that_they_follow(build):
    (one,) = suggestions(build, (r"(?=  serviceName)", "  minReadySeconds: 9\n"))
    assert one == {"range": region(5, 1, 5, 14), "text": "  replicas: 3\n  minReadySeconds: 9"}


def test_lines_that_go_leave_no_empty_one(build):
    assert suggestions(build, (r"  replicas.*\n", "")) == [
        {"range": region(5, 1, 6, 21), "text": "  serviceName: kafka"}
    ]
    assert suggestions(build, (r"  service.*\n", "")) == [{"range": region(5, 1, 6, 21), "text": "  replicas: 3"}]
    assert suggestions(build, (r"  replicas[\s\S]*", "")) == []


def test_the_end_of_a_file_is_the_end_of_its_last_line(build):
    (one,) = suggestions(build, (r"\Z", "---\na: b\n"), at="service")
    assert one == {"range": region(6, 1, 6, 21), "text": "  serviceName: kafka\n---\na: b"}
    (one,) = suggestions(build, (r"\Z", "\nb: 1"), at="a", text="a: 1")
    assert one == {"range": region(1, 1, 1, 5), "text": "a: 1\nb: 1"}


def test_line_breaks_stay_the_files(build):
    (one,) = suggestions(build, (r"\Z", "c: 3\r\n"), at="a", text="a: 1\r\nb: 2\r\n")
    assert one == {"range": region(1, 1, 2, 5), "text": "a: 1\r\nb: 2\r\nc: 3"}


def test_lines_that_git_counts_differently_have_no_suggestion(build):
    assert suggestions(build, ("1", "2"), at="a", text="a: 1\rb: 2\n") == []
    source = Source("x.yaml", "\ufeffa: 1\nb: 2\n".encode())
    for at, number in ((0, 0), (5, 1)):
        change = Change(source, (Edit(Span(at + 3, at + 4), "7"),))
        one = build.mendable(build.located(TextPlace(source, Span(at, at + 1))), change)
        assert len(diagnostics(build, one)[0].get("suggestions", [])) == number


def test_gitlab_takes_a_hundred_lines_below_and_no_more(build):
    for lines, number in ((100, 1), (101, 0)):
        text = "a: 1\n" + "#\n" * (lines - 1) + "b: 2\n"
        assert len(suggestions(build, ("2", "3"), at="a", text=text)) == number


@pytest.mark.parametrize("file", ["other.yaml", "new.yaml"])
def test_a_fix_of_other_files_is_named_and_not_suggested(build, file):
    own = build.change(build.brokers, (r"(?<=replicas: )3", "5"))
    other = build.change("a: 1\n" if file == "other.yaml" else "", ("", "b: 2\n"), file=file)
    where = "other.yaml" if file == "other.yaml" else "the new file new.yaml"
    (alone,) = diagnostics(build, build.mendable(build.loose(), other))
    assert "suggestions" not in alone
    assert alone["message"].endswith(f"\nFix: Set replicas: 5 (kafkalint check --fix, in {where}).")
    (both,) = diagnostics(build, build.mendable(build.loose(), own, other))
    assert "suggestions" not in both
    assert f"in deploy/kafka.yaml and {where})." in both["message"]


def test_a_fix_of_a_file_that_is_not_as_it_was_read_is_not_suggested(build):
    stale = build.change(build.brokers + "# more\n", (r"(?<=replicas: )3", "5"))
    assert "suggestions" not in diagnostics(build, build.mendable(build.usual(), stale))[0]


def test_an_unsafe_suggestion_says_so(build):
    (safe,) = diagnostics(build, build.mended())
    assert safe["message"].endswith("\nFix: Set replicas: 5 (kafkalint check --fix).")
    (unsafe,) = diagnostics(build, build.mended(applicability=Applicability.UNSAFE))
    assert unsafe["message"].endswith(
        "\nFix: Set replicas: 5 (kafkalint check --fix --unsafe-fixes)."
        "\nThe suggestion may change how Kafka runs, or restart it."
    )
    assert len(unsafe["suggestions"]) == 1


def test_what_a_run_would_not_make_is_not_suggested(build):
    problem = build.mendable(build.usual(), problem="it comes through an alias")
    hint = build.mended(applicability=Applicability.HINT)
    found = diagnostics(build, problem, hint)
    assert not any("suggestions" in one for one in found)
    assert found[0]["message"].endswith("\nFix: Set replicas: 5 (by hand, for it comes through an alias).")


def replaced(text, first, last, new):
    """Lines of a text replaced, as a code host does it."""
    ended = text.endswith("\n")
    lines = text.removesuffix("\n").split("\n")
    return "\n".join([*lines[: first - 1], *new.split("\n"), *lines[last:]]) + ("\n" if ended else "")


@given(st.data())
def test_a_suggestion_comes_to_the_same_as_the_edits(build, data):
    lines = data.draw(st.lists(st.sampled_from(["a: 1", "  ä: 😀", "", "- x"]), min_size=1, max_size=8))
    text = "\n".join([*lines, "end: 1"]) + data.draw(st.sampled_from(["\n", ""]))
    offsets = sorted(data.draw(st.lists(st.integers(0, len(text)), min_size=2, max_size=6, unique=True)))
    new = st.sampled_from(["", "b", "b\n", "\nb", "---\nb\n"])
    spans = list(zip(offsets[::2], offsets[1::2], strict=False))
    edits = tuple(Edit(Span(start, data.draw(st.sampled_from([start, end]))), data.draw(new)) for start, end in spans)
    at = data.draw(st.integers(0, len(text) - 1))
    source = Source("x.yaml", text.encode())
    change = Change(source, edits)
    (found,) = diagnostics(build, build.mendable(build.located(TextPlace(source, Span(at, at))), change))
    line = found["location"]["range"]["start"]["line"]
    for one in found.get("suggestions", []):
        start, end = one["range"]["start"], one["range"]["end"]
        wanted = text
        for span, inserted in reversed(edits):
            wanted = wanted[: span.start] + inserted + wanted[span.end :]
        git = text.removesuffix("\n").split("\n")
        assert start == {"line": line, "column": 1}
        assert end["column"] == len(git[end["line"] - 1].encode()) + 1
        # What a file's last line ends with cannot be said in whole lines.
        assert replaced(text, line, end["line"], one["text"]).rstrip("\n") == wanted.rstrip("\n")


@given(st.data())
def test_any_text_survives_and_is_no_command(build, data):
    words, name = data.draw(build.hostile), data.draw(build.hostile)
    file = data.draw(build.hostile) or "x"
    one = build.located(build.place("spec", "replicas", file=file), words, help=words, code=name)
    replicas = build.change(build.brokers, (r"(?<=replicas: )3", words), file=file)
    outcome = build.outcome(build.mendable(one, replicas, description=words))
    text = report(outcome, Screen())
    assert not re.search(r"##[\w-]*\[", text)
    (found,) = json.loads(text)["diagnostics"]
    for shown in (found["message"], found["original_output"]):
        assert not re.search(r"^\s*::", shown, re.MULTILINE)
        assert not re.search(r"##[\w-]*\[", shown)
    assert found["suggestions"][0]["text"] == f"  replicas: {words}"
