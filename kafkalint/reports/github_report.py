"""The report for GitHub Actions: annotations on the changed lines, and a step summary."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from kafkalint.checking.finding import Level
from kafkalint.manifests.sources import STDIN
from kafkalint.reports.entries import (
    LONGEST_MESSAGE,
    MOST,
    advice,
    from_root,
    pointers,
    problems,
    spot_from_root,
    summary_parts,
)
from kafkalint.reports.markdown_report import markdown
from kafkalint.reports.wording import clipped, counts_line, disarm, most_severe_first, plural, safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.checking.finding import Located, Location
    from kafkalint.checking.outcome import Outcome
    from kafkalint.reports import Screen

_COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFO: "notice"}
_REFUSED_ABOVE = 1024 * 1024
_LARGEST_SUMMARY = 900 * 1024
"""The runner refuses a whole summary above 1 MiB; what others append in the step has the rest."""
_LEAST_ROOM = 1000
"""With less, a table would say nothing."""


def report(outcome: Outcome, screen: Screen) -> str:  # noqa: ARG001 - every report is called alike
    """Workflow commands, the worst first; what does not fit the runner's limits follows as text."""
    # The runner keeps the first ten annotations of a level and step, and drops the others without a word.
    room = dict.fromkeys(Level, MOST)
    room[Level.INFO] -= 1  # the summary is a notice too
    lines: list[str] = []
    rest: list[str] = []
    for level, annotation, text in (*_problems(outcome), *_findings(outcome)):
        if room[level] > 0:
            lines.append(annotation)
        else:
            rest.append(text)
        room[level] -= 1
    summary = clipped(_summary(outcome, len(rest)), LONGEST_MESSAGE)
    lines.append(command_line("notice", summary, {"title": "kafkalint"}))
    return "\n".join([*lines, *_quoted(rest)]) + "\n"


def command_line(name: str, message: str, properties: dict[str, str | int]) -> str:
    """One workflow command, escaped as the runner unescapes it; empty properties are left out."""
    listed = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items() if value != "")
    return f"::{name}{' ' if listed else ''}{listed}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _problems(outcome: Outcome) -> Iterator[tuple[Level, str, str]]:
    """Why the run is not complete, before anything that it found: as an annotation, and as text."""
    for problem in problems(outcome):
        message = clipped(problem.message, LONGEST_MESSAGE)
        annotation = command_line(_COMMANDS[problem.level], message, {"title": f"kafkalint: {problem.title}"})
        yield problem.level, annotation, f"{problem.level.value} {problem.title}: {message}"


def _findings(outcome: Outcome) -> Iterator[tuple[Level, str, str]]:
    for located in most_severe_first(outcome.findings):
        yield located.finding.level, _annotation(located, outcome), _line(located, outcome)


def _annotation(located: Located, outcome: Outcome) -> str:
    finding = located.finding
    paragraphs = [finding.message, *advice(located), *pointers(located, outcome)]
    properties = _position(located.location, outcome)
    if not properties:
        paragraphs.insert(0, f"Standard input, line {located.location.line}:")
    properties["title"] = safe(f"{finding.code} {finding.name}")
    message = "\n".join(map(safe, filter(None, paragraphs)))
    return command_line(_COMMANDS[finding.level], clipped(message, LONGEST_MESSAGE), properties)


def _position(location: Location, outcome: Outcome) -> dict[str, str | int]:
    if location.file == STDIN:
        return {}
    file = safe(from_root(location.file, outcome))
    position: dict[str, str | int] = {"file": file, "line": location.start.line}
    (first, column), (last, end_column) = location.start, location.end
    if first == last:
        return position | {"endLine": last, "col": column, "endColumn": max(column, end_column)}
    # The runner drops the columns of a region of several lines; one that ends before a line does not reach it.
    return position | {"endLine": max(first, last - 1 if end_column == 1 else last)}


def _summary(outcome: Outcome, rest: int) -> str:
    found, doubtful = summary_parts(outcome)
    more = [f"{plural(rest, 'is', 'are')} not annotated, see the log"] if rest else []
    return f"{'. '.join(part[:1].upper() + part[1:] for part in (*found, *more, *doubtful))}."


def _line(located: Located, outcome: Outcome) -> str:
    finding = located.finding
    words = f"{finding.level.value} {finding.code} {finding.name}: {clipped(finding.message, LONGEST_MESSAGE)}"
    return f"{spot_from_root(located.location, outcome)} {safe(words)}"


def _quoted(lines: list[str]) -> list[str]:
    """Text that the runner shows and does not read: the token that ends it cannot stand in it, being its hash."""
    if not lines:
        return []
    text = disarm("\n".join(lines))
    token = f"kafkalint-{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()}"
    title = f"::group::kafkalint: {len(lines)} more"
    return [title, f"::stop-commands::{token}", text, f"::{token}::", "::endgroup::"]


def step_summary(outcome: Outcome, held: int = 0) -> str:
    """The outcome as GitHub Flavored Markdown, to be appended to the file that `GITHUB_STEP_SUMMARY` names.

    `held` is how many bytes the file holds already; empty where it has no room for a word more.
    """
    room = _LARGEST_SUMMARY - held
    if room >= _LEAST_ROOM:
        return markdown(outcome, room)
    words = f"\n### kafkalint: {counts_line(outcome)}\n\n*The rest is in the log: this summary is full.*\n"
    return words if held + len(words) <= _REFUSED_ABOVE else ""
