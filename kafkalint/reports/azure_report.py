"""The report for Azure Pipelines: issues on the page of a run, by logging commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kafkalint.checking.finding import Level
from kafkalint.manifests.sources import STDIN
from kafkalint.reports.entries import (
    LONGEST_MESSAGE,
    advice,
    from_root,
    pointers,
    problems,
    spot_from_root,
    summary_parts,
    unjudged,
)
from kafkalint.reports.wording import clipped, disarm, most_severe_first, plural, safe, sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.checking.finding import Located
    from kafkalint.checking.outcome import Outcome
    from kafkalint.reports import Screen

_TYPES = {Level.ERROR: "error", Level.WARNING: "warning"}


def report(outcome: Outcome, screen: Screen) -> str:  # noqa: ARG001 - every report is called alike
    """Logging commands, the worst first: the agent logs them all and puts ten of each type on the page of the run.

    It knows errors and warnings only; infos are lines in the log, in a group of their own.
    """
    findings = most_severe_first(outcome.findings)
    lines = list(_problems(outcome))
    lines += [_issue(located, outcome) for located in findings if located.finding.level in _TYPES]
    infos = [
        f"{problem.subject} info {clipped(f'{problem.title}: {problem.message}', LONGEST_MESSAGE)}"
        for problem in unjudged(outcome)
    ]
    infos += [_line(located, outcome) for located in findings if located.finding.level not in _TYPES]
    if infos:
        lines += [f"##[group]kafkalint: {plural(len(infos), 'info')}", *infos, "##[endgroup]"]
    return disarm("\n".join([*lines, f"##[section]kafkalint: {_summary(outcome)}"]) + "\n")


def logging_command(name: str, message: str, properties: dict[str, str | int]) -> str:
    """One logging command, escaped as the agent unescapes it; empty properties are left out."""
    listed = "".join(f"{key}={_property(str(value))};" for key, value in properties.items() if value != "")
    return f"##vso[{name}{' ' if listed else ''}{listed}]{_data(message)}"


def _data(text: str) -> str:
    # The agent reads all of its escapes in a message, too: none may come of what stood there.
    return text.replace("%", "%AZP25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace("]", "%5D").replace(";", "%3B")


def _problems(outcome: Outcome) -> Iterator[str]:
    """Why the run is not complete, before anything that it found."""
    for problem in problems(outcome):
        message = clipped(f"kafkalint: {problem.title}: {problem.message}", LONGEST_MESSAGE)
        yield logging_command("task.logissue", message, {"type": _TYPES[problem.level]})


def _issue(located: Located, outcome: Outcome) -> str:
    finding, location = located.finding, located.location
    properties: dict[str, str | int] = {"type": _TYPES[finding.level]}
    words = f"{finding.name}: {_words(located, outcome)}"
    if location.file == STDIN:
        # Without a file, the agent shows the message alone.
        words = f"Standard input, line {location.line}: {finding.code} {words}"
    else:
        properties |= {"sourcepath": safe(from_root(location.file, outcome))}
        properties |= {"linenumber": location.start.line, "columnnumber": location.start.column}
    properties["code"] = safe(finding.code)
    return logging_command("task.logissue", clipped(safe(words), LONGEST_MESSAGE), properties)


def _words(located: Located, outcome: Outcome) -> str:
    """All in one line, as the page of a run shows an issue."""
    parts = (located.finding.message, *advice(located), *pointers(located, outcome))
    return " ".join(map(sentence, parts))


def _line(located: Located, outcome: Outcome) -> str:
    finding = located.finding
    words = f"{finding.level.value} {finding.code} {finding.name}: {_words(located, outcome)}"
    return f"{spot_from_root(located.location, outcome)} {clipped(safe(words), LONGEST_MESSAGE)}"


def _summary(outcome: Outcome) -> str:
    found, doubtful = summary_parts(outcome)
    return clipped("; ".join([*found, *doubtful]), LONGEST_MESSAGE)
