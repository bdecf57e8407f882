"""The report as GitHub Flavored Markdown: for comments on pull and merge requests, and for a job's summary."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kafkalint.reports.entries import COMMAND, advice, spot_from_root
from kafkalint.reports.wording import (
    baseline_line,
    clipped,
    cluster_facts,
    cluster_name,
    counts_line,
    doubts,
    fault_title,
    fixes_line,
    mended_line,
    most_severe_first,
    ordered,
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

_LARGEST_COMMENT = 60_000
"""GitHub refuses a comment of more than 65,536 characters; the rest is for what others put around a report."""
_LONGEST_CELL = 1000
_TABLE = ("", "| Level | Rule | Place | Message |", "| --- | --- | --- | --- |")
_ROOM_FOR_THE_REST = 200

_LONGEST_LIST = 20
# What a code host makes links, calls and pictures of when the Markdown is already read, so that no escape helps:
# mentions, issues, labels and the like, addresses, `:100:`.
_LINK = re.compile(r":(?=//)|\bwww(?=\.)|@(?=\w)", re.IGNORECASE)
_CALL = re.compile(r"[#!~%$&^](?=[\w\"])|\bGH-(?=\d)|:(?=(?:100|1234|[\w+-]*[a-z+-][\w+-]*):)", re.IGNORECASE)
_ZERO_WIDTH = "\u200b"
_NEUTRAL = str.maketrans(
    {character: f"\\{character}" for character in "\\`*_[]|~#!"}
    | {"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "&#36;", _ZERO_WIDTH: "&#8203;"}
)


def report(outcome: Outcome, screen: Screen) -> str:  # noqa: ARG001 - every report is called alike
    """The outcome as a comment that GitHub takes."""
    return markdown(outcome, _LARGEST_COMMENT)


def markdown(outcome: Outcome, limit: int) -> str:
    """Counts, what the run was about, and a table of findings, the worst first; in no more bytes than the limit."""
    about, rows = list(_about(outcome)), list(_rows(outcome))
    lines = [*about, *(_TABLE if rows else ()), *rows]
    kept = _fitting(lines, limit)
    if kept < len(lines):
        kept = _fitting(lines, limit - _ROOM_FOR_THE_REST)
        findings = min(len(lines) - kept, len(rows))
        kept = min(kept, len(about)) if findings == len(rows) else kept
        unsaid = [plural(max(0, len(about) - kept), "line about the run", "lines about the run")]
        unsaid = [*([plural(findings, "finding")] if findings else []), *(unsaid if kept < len(about) else [])]
        lines = [*lines[:kept], "", f"*Not shown here: {' and '.join(unsaid)}. The other formats have all.*"]
    return "\n".join(lines) + "\n"


def _fitting(lines: list[str], limit: int) -> int:
    """How many lines there is room for."""
    size = 0
    for index, line in enumerate(lines):
        size += len(line.encode("utf-8", "replace")) + 1
        if size > limit:
            return index
    return len(lines)


def _about(outcome: Outcome) -> Iterator[str]:
    yield f"### kafkalint: {counts_line(outcome)}"
    yield ""
    faults = [f"**Internal fault:** {_text(fault_title(one))}: {_text(one.problem)}" for one in outcome.faults]
    yield from _listed(faults, "internal fault")
    notices = [f"**Not looked at:** {_text(one.subject)}: {_text(one.message)}" for one in outcome.notices]
    yield from _listed(notices, "part not looked at", "parts not looked at")
    mended = [f"**Mended:** {_text(mended_line(located))}" for located in ordered(outcome.mended)]
    yield from _listed(mended, "finding mended", "findings mended")
    fixes = fixes_line(outcome, COMMAND)
    if fixes:
        yield f"- {_text(fixes)}"
    clusters = [f"Cluster {_text(cluster_name(one))}: {_text(cluster_facts(one))}" for one in outcome.clusters]
    yield from _listed(clusters, "cluster")
    for doubt in doubts(outcome):
        yield f"- **{_text(doubt)}**"
    unmodelled = [_text(unmodelled_line(*thing)) for thing in outcome.unmodelled]
    yield from _listed(unmodelled, "object not modelled yet", "objects not modelled yet")
    known = baseline_line(outcome)
    if known:
        yield f"- Baseline {_text(known)}"
    yield f"- {_text(seen_line(outcome))}"


def _listed(items: list[str], singular: str, many: str = "") -> Iterator[str]:
    """A list that leaves the findings their room."""
    rest = len(items) - _LONGEST_LIST
    yield from (f"- {item}" for item in items[:_LONGEST_LIST])
    if rest > 0:
        yield f"- {rest} more {plural(rest, singular, many).partition(' ')[2]}"


def _rows(outcome: Outcome) -> Iterator[str]:
    for located in most_severe_first(outcome.findings):
        yield _row(located, outcome, located.finding.level.value)
    if outcome.include_suppressed:
        for located in most_severe_first(outcome.suppressed):
            yield _row(located, outcome, f"{located.finding.level.value}, suppressed")


def _row(located: Located, outcome: Outcome, level: str) -> str:
    finding, place = located.finding, spot_from_root(located.location, outcome)
    rule = f"{finding.code} {finding.name}"
    return f"| {_text(level)} | {_text(rule)} | {_code(place)} | {_text(_words(located))} |"


def _words(located: Located) -> str:
    parts = [located.finding.message, *advice(located)]
    if located.suppressed:
        parts.append(f"Suppressed: {located.suppressed.reason or 'no reason given'}")
    *before, last = [part for part in parts if part] or [""]
    return " ".join([*map(sentence, before), last])


def _text(text: str) -> str:
    """Text in a table's cell or a list: no markup, no HTML, no mention, no link."""
    return _neutral(_CALL.sub(rf"\g<0>{_ZERO_WIDTH}", clipped(safe(text), _LONGEST_CELL)))


def _code(text: str) -> str:
    """Text as code, in which a code host looks for nobody; what it shows can be copied."""
    return f"<code>{_neutral(clipped(safe(text), _LONGEST_CELL))}</code>"


def _neutral(text: str) -> str:
    return _LINK.sub(rf"\g<0>{_ZERO_WIDTH}", text).translate(_NEUTRAL)
