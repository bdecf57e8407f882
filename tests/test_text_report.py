import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kafkalint.checking.finding import Applicability, Fault, Level, TextPlace
from kafkalint.checking.outcome import ClusterSummary, Notice
from kafkalint.manifests.sources import Source
from kafkalint.manifests.text import Span
from kafkalint.reports import Screen
from kafkalint.reports.text_report import report


def lines_of(build, *findings, width=100, **more):
    return report(build.outcome(*findings, **more), Screen(width=width)).split("\n")


def test_a_finding_shows_header_message_excerpt_help_and_related_places(build):
    assert lines_of(build, build.usual())[:8] == [
        "deploy/kafka.yaml:7:13 error KL303 brokers-together",
        "  StatefulSet events/kafka: 3 brokers may share a node",
        "     7 |   replicas: 3",
        "       |             ^",
        "  help: add podAntiAffinity on kubernetes.io/hostname",
        "  see: deploy/kafka.yaml:21:19: this budget lets two go at once",
        "    21 |   maxUnavailable: 2",
        "       |                   ^",
    ]


def test_the_summary_says_what_was_checked(build):
    text = report(build.outcome(build.usual(), suppressed=[build.suppressed()]), Screen())
    assert text.endswith(
        "\n\n1 error, 0 warnings, 0 infos (1 suppressed)\n"
        "  Seen: 14 resources in 3 sources; 9 not opened, as nothing in them concerns Kafka.\n"
        "  Cluster events/kafka: strimzi, Kafka 4.0.0, KRaft, 3 brokers.\n"
    )


def test_suppressed_findings_are_shown_where_asked_for(build):
    hidden = [build.suppressed()]
    assert "KL302" not in report(build.outcome(suppressed=hidden), Screen())
    shown = report(build.outcome(suppressed=hidden, include_suppressed=True), Screen())
    assert "warning KL302 budget-too-loose (suppressed)\n" in shown
    assert "  suppressed in the source: two are enough in this one\n" in shown


def test_a_clean_run_says_so(build):
    assert lines_of(build)[0] == "No problems found: 0 errors, 0 warnings, 0 infos"


def test_a_run_without_kafka_is_no_clean_run(build):
    text = report(build.outcome(clusters=[]), Screen(color=True))
    assert "NO KAFKA CLUSTER WAS FOUND" in text
    assert "No problems" not in text
    assert "\x1b[32" not in text


def test_an_incomplete_run_says_so_before_and_in_the_summary(build):
    text = report(build.incomplete(), Screen())
    assert "NOT LOOKED AT: 1 part of the input\n  - charts/kafka: not rendered: helm is not installed;" in text
    assert (
        "INTERNAL FAULT, 1 time: not everything was judged; please report it\n  - KL303 brokers-together: KeyError"
        in text
    )
    assert "the run is NOT COMPLETE; NO KAFKA CLUSTER COULD BE CHECKED\n" in text
    assert "  ! Koperator KafkaCluster kafka in x.yaml: not modelled yet.\n" in text
    assert "No problems" not in text


def test_the_file_that_an_object_was_rendered_from_is_named(build):
    one = build.located(build.place("spec", "replicas"), origin="charts/kafka/templates/sts.yaml")
    assert "  rendered from: charts/kafka/templates/sts.yaml" in lines_of(build, one)


def fix_of(build, located, width=200):
    return [line for line in lines_of(build, located, width=width) if line.startswith("  fix:")]


@pytest.mark.parametrize(
    ("applicability", "option"),
    [
        (Applicability.SAFE, "--fix"),
        (Applicability.NEW, "--fix"),
        (Applicability.UNSAFE, "--fix --unsafe-fixes"),
    ],
)
def test_a_fix_is_named_with_the_option_that_makes_it(build, applicability, option):
    found = lines_of(build, build.mended(applicability=applicability))
    assert found[4:6] == [
        "  help: add podAntiAffinity on kubernetes.io/hostname",
        f"  fix: Set replicas: 5 ({option})",
    ]


def test_a_fix_that_the_help_has_just_described_is_not_described_again(build):
    one = build.mended(description="Add podAntiAffinity.")
    assert fix_of(build, one) == ["  fix: done by --fix"]


def test_the_other_files_that_a_fix_changes_are_named(build):
    own = build.change(build.brokers, (r"(?<=replicas: )3", "5"))
    base = build.change("a: b\n", ("b", "c"), file="base/x.yaml")
    new = build.change("", ("", "a: b\n"), file="base/new.yaml")
    found = fix_of(build, build.mendable(build.loose(), own, base, new))
    assert found == ["  fix: Set replicas: 5 (--fix, in deploy/kafka.yaml, base/x.yaml and the new file base/new.yaml)"]


def test_what_cannot_be_written_is_left_to_the_reader(build):
    alias = "the value comes through an alias"
    one = build.mendable(build.loose(), problem=alias)
    assert fix_of(build, one) == [f"  fix: Set replicas: 5 (by hand, for {alias})"]
    repeated = build.mendable(build.usual(), description="Add podAntiAffinity", problem=alias)
    assert fix_of(build, repeated) == [f"  fix: by hand, for {alias}"]
    back = build.mendable(build.loose(), problem="it would bring KL302", withdrawn=True)
    assert fix_of(build, back) == ["  fix: Set replicas: 5 (tried and taken back, for it would bring KL302)"]


def test_a_hint_has_its_help_and_no_more(build):
    assert fix_of(build, build.mended(applicability=Applicability.HINT)) == []
    assert fix_of(build, build.mendable(build.loose(), build.change("a: b\n"))) == []


def summary_of(build, *findings):
    return lines_of(build, *findings)[-4]


def test_the_summary_says_how_many_need_no_hand(build):
    safe, unsafe, none = build.mended(), build.mended(applicability=Applicability.UNSAFE), build.loose()
    assert summary_of(build, safe) == "  It could be mended with --fix."
    assert summary_of(build, safe, safe) == "  Both could be mended with --fix."
    assert summary_of(build, safe, safe, safe) == "  All 3 could be mended with --fix."
    assert summary_of(build, safe, none) == "  1 of them could be mended with --fix."
    assert summary_of(build, unsafe, none) == "  1 of them could be mended with --fix --unsafe-fixes."
    assert summary_of(build, safe, safe, unsafe, none) == (
        "  2 of them could be mended with --fix, 1 more with --fix --unsafe-fixes."
    )
    assert "mended" not in report(build.outcome(none), Screen())


def test_what_was_mended_is_listed_before_the_summary(build):
    other = build.mendable(build.loose(), build.change("a: b\n", ("b", "c"), file="x.yaml"), description="Set a: c")
    text = report(build.outcome(mended=[other, build.mended()]), Screen())
    assert text.startswith(
        "Mended: 2 findings in 2 files\n"
        "  - deploy/kafka.yaml:7:13 KL303 brokers-together: Set replicas: 5\n"
        "  - deploy/kafka.yaml:21:19 KL302 budget-too-loose: Set a: c\n"
        "\n"
        "No problems found: 0 errors, 0 warnings, 0 infos\n"
    )
    assert "Mended: 1 finding in 1 file\n" in report(build.outcome(mended=[build.mended()]), Screen())


def test_findings_come_by_file_line_and_column(build):
    late = build.located(build.text_place("a: b\n", "b", "z.yaml"))
    headers = [line for line in lines_of(build, late, build.loose(), build.usual()) if " KL30" in line]
    assert [line.split(" ")[0] for line in headers] == [
        "deploy/kafka.yaml:7:13",
        "deploy/kafka.yaml:21:19",
        "z.yaml:1:4",
    ]


def excerpt_of(build, text, pattern, width=100):
    found = lines_of(build, build.located(build.text_place(text, pattern), "m"), width=width)
    return [line[9:] for line in found[2:4]]


def test_tabs_take_the_columns_that_they_take(build):
    assert excerpt_of(build, "a:\t\tb # c\n", "b") == ["a:      b # c", "        ^"]
    assert excerpt_of(build, "a:\n\t- b\n", r"\t") == ["    - b", "^^^^"]


def test_wide_and_combining_characters_are_underlined_where_they_stand(build):
    assert excerpt_of(build, "日本: 語x\n", "語x") == ["日本: 語x", "      ^^^"]
    assert excerpt_of(build, "e\u0301e\u0301: a\n", "a") == ["e\u0301e\u0301: a", "    ^"]


def test_what_cannot_be_seen_is_shown_as_an_escape(build):
    code, marks = excerpt_of(build, 'a: "\x1b[31m\u202e\xa0" # b\n', "b")
    assert code == 'a: "\\x1b[31m\\u202e\\xa0" # b'
    assert marks.index("^") == code.index("# b") + 2


def test_a_long_line_is_cut_around_the_region(build):
    code, marks = excerpt_of(build, "a: " + "x" * 500 + "HERE" + "y" * 500 + "\n", "HERE", width=80)
    assert code.startswith("...")
    assert code.endswith("...")
    assert len(code) <= 71
    assert code[marks.index("^") : marks.rindex("^") + 1] == "HERE"


def test_a_region_longer_than_the_screen_is_underlined_as_far_as_it_shows(build):
    code, marks = excerpt_of(build, "a: " + "x" * 5000 + "\n", "x+", width=80)
    assert len(marks) <= len(code) <= 71
    assert code[marks.index("^")] == "x"


def test_the_end_of_a_long_line_uses_the_whole_width(build):
    code, marks = excerpt_of(build, "a: " + "x" * 500 + "HERE\n", "HERE", width=80)
    assert len(code) > 60
    assert code[marks.index("^") :] == "HERE"


def test_an_empty_region_has_one_mark(build):
    place = TextPlace(Source("x.yaml", b"a: b\n"), Span(4, 4))
    assert lines_of(build, build.located(place))[2:4] == ["     1 | a: b", "       |     ^"]


def test_a_region_of_several_lines_names_the_last(build):
    one = build.located(build.text_place("a: |\n  b\n  c\nd: 1\n", r"\|\n  b\n  c\n"))
    assert lines_of(build, one)[2:5] == ["     1 | a: |", "       |    ^", "       | ... to line 3"]


def test_a_place_behind_the_last_line_has_no_excerpt(build):
    assert lines_of(build, build.located(build.text_place("a: b\n", r"\Z")))[:3] == [
        "x.yaml:2:1 error KL303 brokers-together",
        "  StatefulSet events/kafka: 3 brokers may share a node",
        "",
    ]


def test_messages_are_wrapped_to_the_screen(build):
    one = build.located(build.place("spec", "replicas"), "word " * 60, help="more " * 60)
    assert max(map(len, lines_of(build, one, width=60))) <= 60


@pytest.mark.parametrize("level", list(Level))
def test_colour_changes_nothing_but_colour(build, level):
    outcome = build.outcome(build.located(build.place("spec", "replicas"), level=level, help="h"), build.mended())
    outcome = outcome._replace(mended=[build.mended()])
    colored = report(outcome, Screen(color=True))
    assert "\x1b[" in colored
    assert re.sub(r"\x1b\[[\d;]*m", "", colored) == report(outcome, Screen())


def harmless(text):
    for line in text.split("\n"):
        assert not re.match(r"(\s|\x1b\[[\d;]*m)*::", line), line
        assert not re.search(r"##[\w-]*\[", line), line
        assert line.isprintable(), line


@given(st.data())
def test_no_text_from_a_manifest_is_a_command_to_a_ci_system(build, data):
    name, words = data.draw(build.hostile), data.draw(build.hostile)
    source = Source(name or "x", f"{words}\n".encode())
    place = TextPlace(source, Span(0, len(source.text.content)))
    change = build.change("", ("", words), file=name)
    fixed = build.mendable(build.located(place, words, help=words, origin=name, code=name), change, description=words)
    outcome = build.outcome(
        fixed,
        build.mendable(build.loose(), description=name, problem=words),
        mended=[fixed],
        notices=[Notice(name, words)],
        faults=[Fault("", name, words)],
        clusters=[ClusterSummary(name, words, name, words, name, None, None)],
        unmodelled=[(name, words, name)],
    )
    text = report(outcome, Screen(width=data.draw(st.integers(40, 120))))
    for line in text.split("\n"):
        assert not re.match(r"\s*::", line)
        assert not re.search(r"##[\w-]*\[", line)
        assert line.isprintable()
