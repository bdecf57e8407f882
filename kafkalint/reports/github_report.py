"""The report for GitHub Actions: annotations on the changed lines, and a step summary."""

from __future__ import annotations

import hashlib
import posixpath
import re
from typing import TYPE_CHECKING

from kafkalint.checking.finding import Level
from kafkalint.manifests.sources import STDIN
from kafkalint.reports.wording import (
    clipped,
    cluster_facts,
    cluster_name,
    counts_line,
    disarm,
    doubts,
    fault_title,
    fix_words,
    fixes_line,
    mended_line,
    mended_title,
    most_severe_first,
    ordered,
    plural,
    safe,
    seen_line,
    sentence,
    spot,
    unmodelled_line,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.checking.finding import Located, Location
    from kafkalint.checking.outcome import Outcome
    from kafkalint.reports import Screen

_COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFO: "notice"}
_MOST = 10
"""The runner keeps the first ten annotations of a level and step, and drops the others without a word."""
_LONGEST_MESSAGE = 4096
_LONGEST_CELL = 1000
_LARGEST_SUMMARY = 900 * 1024
"""The runner refuses a whole summary above 1 MiB."""

_COMMAND = "kafkalint check "

_MARKUP = re.compile(r"[\\`*_\[\]|~#!]")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "&#64;"}


def report(outcome: Outcome, screen: Screen) -> str:  # noqa: ARG001 - every report is called alike
    """Workflow commands, the worst first; what does not fit the runner's limits follows as text."""
    room = dict.fromkeys(Level, _MOST)
    room[Level.INFO] -= 1  # the summary is a notice too
    lines: list[str] = []
    rest: list[Located] = []
    for command, level in _problems(outcome):
        lines += [command] if room[level] > 0 else []
        room[level] -= 1
    for located in most_severe_first(outcome.findings):
        level = located.finding.level
        if room[level] > 0:
            room[level] -= 1
            lines.append(_annotation(located, outcome.directory))
        else:
            rest.append(located)
    lines.append(command_line("notice", _summary(outcome, len(rest)), {"title": "kafkalint"}))
    return "\n".join([*lines, *_quoted([_line(located) for located in rest])]) + "\n"


def command_line(name: str, message: str, properties: dict[str, str | int]) -> str:
    """One workflow command, escaped as the runner unescapes it; empty properties are left out."""
    listed = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items() if value != "")
    return f"::{name}{' ' if listed else ''}{listed}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _problems(outcome: Outcome) -> Iterator[tuple[str, Level]]:
    """Why the run is not complete, before anything that it found."""
    for fault in outcome.faults:
        yield _problem("error", f"{fault_title(fault)} could not finish", fault.problem), Level.ERROR
    for notice in outcome.notices:
        yield _problem("warning", f"Not looked at: {notice.subject}", notice.message), Level.WARNING


def _problem(command: str, title: str, message: str) -> str:
    return command_line(command, clipped(safe(message), _LONGEST_MESSAGE), {"title": f"kafkalint: {safe(title)}"})


def _annotation(located: Located, directory: str) -> str:
    finding = located.finding
    help_text, fix = safe(finding.help), safe(fix_words(located, _COMMAND))
    paragraphs = [safe(finding.message), help_text and f"Help: {help_text}", fix and f"Fix: {fix}."]
    paragraphs += [f"See {spot(location)}: {safe(message)}" for location, message in located.related]
    properties = _position(located.location, directory)
    if not properties:
        paragraphs.insert(0, f"Standard input, line {located.location.line}:")
    properties["title"] = safe(f"{finding.code} {finding.name}")
    message = "\n".join(paragraph for paragraph in paragraphs if paragraph)
    return command_line(_COMMANDS[finding.level], clipped(message, _LONGEST_MESSAGE), properties)


def _position(location: Location, directory: str) -> dict[str, str | int]:
    if location.file == STDIN:
        return {}
    file = posixpath.normpath(posixpath.join(directory, location.file))
    position: dict[str, str | int] = {"file": safe(file), "line": location.start.line}
    (first, column), (last, end_column) = location.start, location.end
    if first == last:
        return position | {"endLine": last, "col": column, "endColumn": max(column, end_column)}
    # The runner drops the columns of a region of several lines; one that ends before a line does not reach it.
    return position | {"endLine": max(first, last - 1 if end_column == 1 else last)}


def _summary(outcome: Outcome, rest: int) -> str:
    parts = [f"mended: {mended_title(outcome)}"] if outcome.mended else []
    parts += [counts_line(outcome), *filter(None, [fixes_line(outcome, _COMMAND)]), f"seen: {seen_line(outcome)}"]
    if rest:
        parts.append(f"{plural(rest, 'finding is', 'findings are')} not annotated, see the log")
    parts += [*doubts(outcome), *(unmodelled_line(*thing) for thing in outcome.unmodelled[:_MOST])]
    return f"{'. '.join(part[:1].upper() + part[1:] for part in parts)}."


def _line(located: Located) -> str:
    finding = located.finding
    words = f"{finding.level.value} {finding.code} {finding.name}: {clipped(finding.message, _LONGEST_MESSAGE)}"
    return f"{spot(located.location)} {safe(words)}"


def _quoted(lines: list[str]) -> list[str]:
    """Text that the runner shows and does not read: the token that ends it cannot stand in it, being its hash."""
    if not lines:
        return []
    text = disarm("\n".join(lines))
    token = f"kafkalint-{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()}"
    title = f"::group::kafkalint: {plural(len(lines), 'more finding')}"
    return [title, f"::stop-commands::{token}", text, f"::{token}::", "::endgroup::"]


def step_summary(outcome: Outcome) -> str:
    """The outcome as GitHub Flavored Markdown, to be appended to the file that `GITHUB_STEP_SUMMARY` names."""
    return _within(_LARGEST_SUMMARY, list(_summary_lines(outcome)))


def _summary_lines(outcome: Outcome) -> Iterator[str]:
    yield f"### kafkalint: {counts_line(outcome)}"
    yield ""
    for fault in outcome.faults:
        yield f"- **Internal fault:** {_cell(fault_title(fault))}: {_cell(fault.problem)}"
    for notice in outcome.notices:
        yield f"- **Not looked at:** {_cell(notice.subject)}: {_cell(notice.message)}"
    for located in ordered(outcome.mended):
        yield f"- **Mended:** {_cell(mended_line(located))}"
    fixes = fixes_line(outcome, _COMMAND)
    if fixes:
        yield f"- {_cell(fixes)}"
    for cluster in outcome.clusters:
        yield f"- Cluster {_cell(cluster_name(cluster))}: {_cell(cluster_facts(cluster))}"
    for doubt in doubts(outcome):
        yield f"- **{_cell(doubt)}**"
    for thing in outcome.unmodelled:
        yield f"- {_cell(unmodelled_line(*thing))}"
    yield f"- {_cell(seen_line(outcome))}"
    if outcome.findings:
        yield from ("", "| Level | Rule | Place | Message |", "| --- | --- | --- | --- |")
    for located in most_severe_first(outcome.findings):
        finding = located.finding
        cells = (finding.level.value, f"{finding.code} {finding.name}", spot(located.location), _words(located))
        yield f"| {' | '.join(map(_cell, cells))} |"


def _words(located: Located) -> str:
    finding, fix = located.finding, fix_words(located, _COMMAND)
    parts = [finding.message, finding.help and f"Help: {finding.help}", fix and f"Fix: {fix}."]
    *before, last = [part for part in parts if part] or [""]
    return " ".join([*map(sentence, before), last])


def _cell(text: str) -> str:
    """Text in a table's cell: no markup, no HTML, no mention, no link."""
    text = _MARKUP.sub(lambda match: f"\\{match.group()}", clipped(safe(text), _LONGEST_CELL))
    for character, entity in _ENTITIES.items():
        text = text.replace(character, entity)
    return text.replace("://", ":&#47;/").replace("www.", "www&#46;")


def _within(limit: int, lines: list[str]) -> str:
    size = 0
    for index, line in enumerate(lines):
        size += len(line.encode("utf-8", "replace")) + 1
        if size > limit:
            left = plural(len(lines) - index, "more line")
            return "\n".join([*lines[:index], "", f"*Cut here, {left}: the other formats have all.*"]) + "\n"
    return "\n".join(lines) + "\n"
