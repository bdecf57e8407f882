"""The report for Azure Pipelines: issues on the page of a run, by logging commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kafkalint.checking.finding import Level
from kafkalint.manifests.sources import STDIN
from kafkalint.reports.entries import LONGEST_MESSAGE, from_root, problems, spot_from_root
from kafkalint.reports.wording import (
    clipped,
    counts_line,
    doubts,
    fix_words,
    fixes_line,
    mended_title,
    most_severe_first,
    plural,
    safe,
    seen_line,
    sentence,
    unmodelled_line,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.checking.finding import Located
    from kafkalint.checking.outcome import Outcome
    from kafkalint.reports import Screen

_COMMAND = "kafkalint check "
_TYPES = {Level.ERROR: "error", Level.WARNING: "warning"}
_MOST = 10


def report(outcome: Outcome, screen: Screen) -> str:  # noqa: ARG001 - every report is called alike
    """Logging commands, the worst first: the agent logs them all and puts ten of each type on the page of the run.

    It knows errors and warnings only; infos are lines in the log, in a group of their own.
    """
    findings = most_severe_first(outcome.findings)
    lines = list(_problems(outcome))
    lines += [_issue(located, outcome.directory) for located in findings if located.finding.level in _TYPES]
    infos = [_line(located, outcome.directory) for located in findings if located.finding.level not in _TYPES]
    if infos:
        lines += [f"##[group]kafkalint: {plural(len(infos), 'info')}", *infos, "##[endgroup]"]
    return "\n".join([*lines, f"##[section]kafkalint: {_summary(outcome)}"]) + "\n"


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


def _issue(located: Located, directory: str) -> str:
    finding, location = located.finding, located.location
    properties: dict[str, str | int] = {"type": _TYPES[finding.level]}
    words = f"{finding.name}: {_words(located, directory)}"
    if location.file == STDIN:
        # Without a file, the agent shows the message alone.
        words = f"Standard input, line {location.line}: {finding.code} {words}"
    else:
        properties |= {"sourcepath": safe(from_root(location.file, directory))}
        properties |= {"linenumber": location.start.line, "columnnumber": location.start.column}
    properties["code"] = safe(finding.code)
    return logging_command("task.logissue", clipped(safe(words), LONGEST_MESSAGE), properties)


def _words(located: Located, directory: str) -> str:
    """All in one line, as the page of a run shows an issue."""
    finding, fix = located.finding, fix_words(located, _COMMAND)
    parts = [sentence(finding.message), finding.help and f"Help: {sentence(finding.help)}", fix and f"Fix: {fix}."]
    parts += [
        f"See {spot_from_root(location, directory)}: {sentence(message)}" for location, message in located.related
    ]
    return " ".join(filter(None, parts))


def _line(located: Located, directory: str) -> str:
    finding = located.finding
    words = f"{finding.level.value} {finding.code} {finding.name}: {_words(located, directory)}"
    return f"{spot_from_root(located.location, directory)} {clipped(safe(words), LONGEST_MESSAGE)}"


def _summary(outcome: Outcome) -> str:
    parts = [f"mended {mended_title(outcome)}"] if outcome.mended else []
    parts += [counts_line(outcome), *filter(None, [fixes_line(outcome, _COMMAND)]), f"seen {seen_line(outcome)}"]
    parts += [*doubts(outcome), *(unmodelled_line(*thing) for thing in outcome.unmodelled[:_MOST])]
    return clipped("; ".join(parts), LONGEST_MESSAGE)
