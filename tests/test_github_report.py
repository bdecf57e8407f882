import re

from hypothesis import given
from hypothesis import strategies as st

from kafkalint.checking.finding import Applicability, Fault, Level
from kafkalint.checking.outcome import Notice
from kafkalint.reports import Screen, markdown_report
from kafkalint.reports.github_report import command_line, report, step_summary


def lines_of(build, *findings, **more):
    return report(build.outcome(*findings, **more), Screen()).splitlines()


def many(build, number, level):
    text = "".join(f"k{index}: v\n" for index in range(number))
    return [
        build.located(build.text_place(text, f"k{index}:", "many.yaml"), f"m{index}", level=level)
        for index in range(number)
    ]


def test_a_finding_is_a_command(build):
    assert lines_of(build, build.usual())[0] == (
        "::error file=deploy/kafka.yaml,line=7,endLine=7,col=13,endColumn=14,title=KL303 brokers-together::"
        "StatefulSet events/kafka: 3 brokers may share a node"
        "%0AHelp: add podAntiAffinity on kubernetes.io/hostname"
        "%0ASee deploy/kafka.yaml:21:19: this budget lets two go at once"
    )


def test_a_fix_is_named_with_the_command_that_makes_it(build):
    unsafe = build.mended(applicability=Applicability.UNSAFE)
    first, last = lines_of(build, unsafe)
    assert "%0AFix: Set replicas: 5 (kafkalint check --fix --unsafe-fixes).%0ASee " in first
    assert "0 infos. It could be mended with kafkalint check --fix --unsafe-fixes. Seen: " in last


def test_what_was_mended_is_counted(build):
    (summary,) = lines_of(build, mended=[build.mended()])
    assert summary.startswith("::notice title=kafkalint::Mended: 1 finding in 1 file. 0 errors, ")


def test_data_and_properties_are_escaped():
    assert command_line("error", "50%, a:b\r\nc", {"title": "50%, a:b\n", "file": ""}) == (
        "::error title=50%25%2C a%3Ab%0A::50%25, a:b%0D%0Ac"
    )
    assert command_line("notice", "x", {}) == "::notice::x"


def test_levels_are_githubs_and_the_worst_come_first(build):
    found = lines_of(build, *many(build, 1, Level.INFO), build.loose(), build.usual())
    assert [line.split(" ")[0] for line in found] == ["::error", "::warning", "::notice", "::notice"]


def test_files_are_named_from_the_root_of_the_repository(build):
    annotation = lines_of(build, build.usual(), directory="infra/prod/..")[0]
    assert "file=infra/deploy/kafka.yaml," in annotation
    assert annotation.endswith("%0ASee infra/deploy/kafka.yaml:21:19: this budget lets two go at once")


def test_a_region_of_several_lines_has_no_columns(build):
    one = build.located(build.text_place("a: |\n  b\n  c\nd: 1\n", r"\|\n  b\n  c\n"))
    assert lines_of(build, one)[0].startswith("::error file=x.yaml,line=1,endLine=3,title=")


def test_standard_input_is_no_file(build):
    first = lines_of(build, build.located(build.text_place("a: b\n", "b", "-"), "m"))[0]
    assert first == "::error title=KL303 brokers-together::Standard input, line 1:%0Am"


def test_ten_of_a_level_are_annotated_and_the_rest_is_text(build):
    found = lines_of(build, *many(build, 12, Level.ERROR), *many(build, 12, Level.INFO))
    begin = found.index("::group::kafkalint: 5 more")
    commands = found[:begin]
    assert sum(line.startswith("::error ") for line in commands) == 10
    assert sum(line.startswith("::notice ") for line in commands) == 10
    assert "5 are not annotated, see the log" in commands[-1]
    token = found[begin + 1].removeprefix("::stop-commands::")
    assert re.fullmatch(r"kafkalint-[0-9a-f]{64}", token)
    assert found[begin + 2] == "many.yaml:11:1 error KL303 brokers-together: m10"
    assert found[-2:] == [f"::{token}::", "::endgroup::"]
    assert len(found[begin + 2 : -2]) == 5


def test_the_token_is_the_texts(build):
    one, other = (lines_of(build, *many(build, number, Level.ERROR))[-4] for number in (11, 12))
    assert one != other


def test_a_message_is_cut_where_the_runner_would(build):
    first = lines_of(build, build.located(build.place("spec", "replicas"), "x" * 9000))[0]
    assert len(first.partition("brokers-together::")[2]) == 4096


def test_the_last_command_sums_up(build):
    assert lines_of(build, build.usual())[-1] == (
        "::notice title=kafkalint::1 error, 0 warnings, 0 infos. "
        "Seen: 14 resources in 3 sources; 9 not opened, as nothing in them concerns Kafka."
    )


def test_an_incomplete_run_is_annotated_first(build):
    fault, notice, summary = report(build.incomplete(), Screen()).splitlines()
    assert fault.startswith("::error title=kafkalint%3A KL303 brokers-together could not finish::KeyError")
    assert notice.startswith("::warning title=kafkalint%3A Not looked at%3A charts/kafka::not rendered")
    assert "The run is NOT COMPLETE. NO KAFKA CLUSTER COULD BE CHECKED. Koperator" in summary


def test_suppressed_findings_are_no_annotations(build):
    assert len(lines_of(build, suppressed=[build.suppressed()], include_suppressed=True)) == 1


COMMAND = re.compile(r"::(error|warning|notice|group|endgroup|stop-commands|kafkalint-[0-9a-f]{64})( [^:]*)?::.*")


@given(st.data())
def test_only_our_own_commands_are_given(build, data):
    name, words = data.draw(build.hostile), data.draw(build.hostile)
    place = build.text_place("a: b\n", "b", name or "x")
    one = build.located(place, words, code=name, help=words)
    fixed = build.mendable(one, build.change("", ("", words), file=name), description=words)
    findings = [fixed, build.mendable(one, description=name, problem=words)] * 6
    notices, faults = [Notice(name, words)], [Fault(name, "", words)]
    text = report(build.outcome(*findings, notices=notices, faults=faults, mended=[fixed]), Screen())
    assert not re.search(r"##[\w-]*\[", text)
    lines = text.removesuffix("\n").split("\n")
    begin, end = lines.index("::group::kafkalint: 3 more"), len(lines) - 2
    for line in [*lines[: begin + 1], *lines[end + 1 :]]:
        assert COMMAND.fullmatch(line) or line == "::endgroup::"
    assert not any(line.lstrip().startswith("::") for line in lines[begin + 2 : end])


def test_problems_beyond_the_runners_limit_are_text(build):
    found = lines_of(build, build.loose(), notices=[Notice(f"charts/{index}", "not rendered") for index in range(12)])
    assert sum(line.startswith("::warning ") for line in found) == 10
    assert "3 are not annotated, see the log" in found[10]
    assert found[13:16] == [
        "warning Not looked at: charts/10: not rendered",
        "warning Not looked at: charts/11: not rendered",
        "deploy/kafka.yaml:21:19 warning KL302 budget-too-loose: maxUnavailable is 2",
    ]


def test_the_step_summary_is_the_markdown_report_with_more_room(build):
    few = build.outcome(build.usual(), build.loose())
    assert step_summary(few) == markdown_report.report(few, Screen())
    one = build.located(build.place("spec", "replicas"), "😀" * 2000)
    text = step_summary(build.outcome(*[one] * 500))
    assert 800 * 1024 < len(text.encode()) < 1024 * 1024
    assert re.search(r"\n\n\*Not shown here: \d+ findings\. ", text)


def test_a_summary_leaves_room_for_what_the_file_holds(build):
    outcome = build.outcome(*[build.loose()] * 3000)
    whole = step_summary(outcome)
    held = 900 * 1024 - 20_000
    assert len(whole) > 20_000
    assert 10_000 < len(step_summary(outcome, held=held).encode()) <= 20_000
    full = step_summary(outcome, held=900 * 1024)
    assert full.startswith("\n### kafkalint: 0 errors, 3000 warnings, 0 infos\n")
    assert len(full) < 200
    assert step_summary(outcome, held=1024 * 1024 - 10) == ""
