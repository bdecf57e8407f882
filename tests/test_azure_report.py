import re

from hypothesis import given
from hypothesis import strategies as st

from kafkalint.checking.baseline import BaselineUse
from kafkalint.checking.finding import Applicability, Fault, Level
from kafkalint.checking.outcome import Notice
from kafkalint.reports import Screen
from kafkalint.reports.azure_report import logging_command, report

ESCAPES = {"%3B": ";", "%0D": "\r", "%0A": "\n", "%5D": "]"}


def unescaped(text):
    """What Azure's agent makes of an escaped text: the percent sign comes last."""
    for escape, character in ESCAPES.items():
        text = text.replace(escape, character)
    return text.replace("%AZP25", "%")


def command(line):
    """A line as Azure's agent reads it: area and event, properties, message; None where it finds no command.

    A command may stand anywhere in a line, ends at the first bracket, and has its properties between semicolons.
    """
    start = line.find("##vso[")
    end = line.find("]", start)
    if min(start, end) < 0:
        return None
    name, _, listed = line[start + 6 : end].partition(" ")
    pairs = [one.split("=", 1) for one in listed.split(";") if one]
    return name, {key: unescaped(value) for key, value in pairs}, unescaped(line[end + 1 :])


def lines_of(build, *findings, **more):
    outcome = build.outcome(*findings, **more)
    text = report(outcome, Screen())
    assert report(outcome, Screen()) == text
    return text.removesuffix("\n").split("\n")


def commands_of(build, *findings, **more):
    return [found for line in lines_of(build, *findings, **more) if (found := command(line))]


def test_a_finding_is_an_issue(build):
    assert lines_of(build, build.usual())[0] == (
        "##vso[task.logissue type=error;sourcepath=deploy/kafka.yaml;linenumber=7;columnnumber=13;code=KL303;]"
        "brokers-together: StatefulSet events/kafka: 3 brokers may share a node. "
        "Help: add podAntiAffinity on kubernetes.io/hostname. "
        "See deploy/kafka.yaml:21:19: this budget lets two go at once."
    )


def test_a_fix_is_named_with_the_command_that_makes_it(build):
    first, last = lines_of(build, build.mended(applicability=Applicability.UNSAFE))
    assert " Fix: Set replicas: 5 (kafkalint check --fix --unsafe-fixes)." in first
    assert "; It could be mended with kafkalint check --fix --unsafe-fixes; " in last


def test_the_worst_come_first_and_infos_are_lines_in_a_group(build):
    found = lines_of(build, build.loose(level=Level.INFO), build.loose(), build.usual())
    assert [line[:28] for line in found[:2]] == ["##vso[task.logissue type=err", "##vso[task.logissue type=war"]
    summary = (
        "1 error, 1 warning, 1 info; seen: 14 resources in 3 sources; 9 not opened, as nothing in them concerns Kafka"
    )
    assert found[2:] == [
        "##[group]kafkalint: 1 info",
        "deploy/kafka.yaml:21:19 info KL302 budget-too-loose: maxUnavailable is 2.",
        "##[endgroup]",
        f"##[section]kafkalint: {summary}",
    ]


def test_files_are_named_from_the_root_of_the_repository(build):
    ((_, properties, message),) = commands_of(build, build.usual(), directory="infra/prod/..")
    assert properties["sourcepath"] == "infra/deploy/kafka.yaml"
    assert message.endswith(" See infra/deploy/kafka.yaml:21:19: this budget lets two go at once.")


def test_standard_input_is_no_file(build):
    ((_, properties, message),) = commands_of(build, build.located(build.text_place("a: b\n", "b", "-"), "m"))
    assert properties == {"type": "error", "code": "KL303"}
    assert message == "Standard input, line 1: KL303 brokers-together: m."


def test_what_was_not_judged_comes_before_any_finding(build):
    outcome = build.incomplete()._replace(findings=[build.usual()])
    fault, notice, finding, *rest, summary = report(outcome, Screen()).splitlines()
    assert fault.startswith(
        "##vso[task.logissue type=error;]kafkalint: KL303 brokers-together could not finish: KeyError"
    )
    assert notice.startswith("##vso[task.logissue type=warning;]kafkalint: Not looked at: charts/kafka: not rendered")
    assert finding.startswith("##vso[task.logissue type=error;sourcepath=")
    assert rest == [
        "##[group]kafkalint: 1 info",
        "x.yaml info Not judged: Koperator KafkaCluster kafka: not modelled yet",
        "##[endgroup]",
    ]
    assert "; the run is NOT COMPLETE; NO KAFKA CLUSTER COULD BE CHECKED; Koperator KafkaCluster" in summary


def test_suppressed_findings_are_no_issues_and_mended_ones_are_counted(build):
    more = {"suppressed": [build.suppressed()], "include_suppressed": True, "mended": [build.mended()]}
    (summary,) = lines_of(build, **more)
    assert summary.startswith(
        "##[section]kafkalint: mended: 1 finding in 1 file; 0 errors, 0 warnings, 0 infos (1 supp"
    )


def test_a_summary_says_what_a_baseline_held_back(build):
    (summary,) = lines_of(build, baseline=BaselineUse("known.yaml", 3))
    assert "; baseline known.yaml: 3 findings held back" in summary


def test_data_and_properties_are_escaped_as_the_agent_unescapes_them():
    line = logging_command("task.logissue", "50%0A; ]\r\n", {"code": "a;b]%3B\n", "sourcepath": ""})
    assert line == "##vso[task.logissue code=a%3Bb%5D%AZP253B%0A;]50%AZP250A; ]%0D%0A"
    assert command(line) == ("task.logissue", {"code": "a;b]%3B\n"}, "50%0A; ]\r\n")
    assert logging_command("task.logissue", "x", {}) == "##vso[task.logissue]x"


@given(st.lists(st.sampled_from(["%", "AZP25", "3B", "0A", "5D", ";", "]", "\r", "\n", "=", " ", "a"])).map("".join))
def test_what_is_escaped_comes_back(text):
    name, properties, message = command(logging_command("task.logissue", text, {"code": text}))
    assert (name, properties.get("code", ""), message) == ("task.logissue", text, text)


@given(st.data())
def test_only_our_own_commands_are_given(build, data):
    name, words = data.draw(build.hostile), data.draw(build.hostile)
    check_commands(build, name, words)


def test_hostile_names_are_text(build):
    check_commands(build, build.nasty, f"{build.nasty}{'x' * 1_000_000}")


def check_commands(build, name, words):
    one = build.located(build.text_place("a: b\n", "b", f"x{name}"), words, code=name, help=words)
    info = build.located(build.text_place("a: b\n", "b", f"x{name}"), words, level=Level.INFO)
    fixed = build.mendable(one, build.change("", ("", words), file=name), description=words)
    notices, faults, unmodelled = [Notice(name, words)], [Fault(name, "", words)], [(name, words, name)]
    found = lines_of(build, fixed, info, notices=notices, faults=faults, mended=[fixed], unmodelled=unmodelled)
    assert len(found) == 8
    assert [line.partition(" ")[0] for line in found if line.startswith("##vso[")] == ["##vso[task.logissue"] * 3
    for line in found:
        assert len(re.findall(r"##[\w-]*\[", line)) == (0 if line in found[4:6] else 1)
        assert not line.lstrip().startswith("::")
        assert len(line) < 15_000
    issues = [command(line) for line in found[:3]]
    assert [properties["type"] for _, properties, _ in issues] == ["error", "warning", "error"]
    assert all(message.isprintable() for _, _, message in issues)
