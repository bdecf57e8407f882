"""What a gate says when it lets manifests pass, and when it does not: few lines, the worst first.

Argo CD shows them as they are in its user interface, Helm and Kustomize in a terminal (argo-cd, util/exec/exec.go).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kafkalint.checking.policy import fails
from kafkalint.manifests.sources import STDIN
from kafkalint.reports.wording import (
    clipped,
    counts_line,
    disarm,
    doubts,
    fault_title,
    most_severe_first,
    plural,
    resource_place,
    safe,
    spot,
    unmodelled_line,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.checking.finding import Level, Located
    from kafkalint.checking.outcome import Outcome

_LONGEST_MESSAGE = 500


def briefing(outcome: Outcome, verdict: str, fail_on: Level | None, most: int) -> str:
    """The verdict and at most so many findings, on standard error; empty where there is nothing to say."""
    lines = list(_lines(outcome, verdict, fail_on, most))
    return disarm("\n".join(lines) + "\n") if lines else ""


def _lines(outcome: Outcome, verdict: str, fail_on: Level | None, most: int) -> Iterator[str]:
    findings = most_severe_first(outcome.findings)
    if findings or verdict or not outcome.complete:
        yield f"kafkalint: {'; '.join(filter(None, [verdict, counts_line(outcome), *doubts(outcome)]))}"
    for fault in outcome.faults:
        yield _clip(f"internal fault: {fault_title(fault)} could not finish: {fault.problem}")
    for notice in outcome.notices:
        yield _clip(f"not looked at: {notice.subject}: {notice.message}")
    for thing in outcome.unmodelled[:most]:
        yield _clip(f"not judged: {unmodelled_line(*thing)}")
    for located in findings[:most]:
        # What holds the manifests up is told in full, the rest in a line.
        yield from _finding(located, full=fails([located.finding.level], fail_on))
    if len(findings) > most:
        yield f"... and {plural(len(findings) - most, 'more finding')}: kafkalint check shows all"


def _finding(located: Located, *, full: bool) -> Iterator[str]:
    finding = located.finding
    words = f"{finding.level.value} {finding.code} {finding.name}"
    if not full:
        yield _clip(f"{words}: {finding.message} ({_where(located)})")
        return
    yield _clip(f"{words}: {finding.message}")
    yield f"  at {_where(located)}"
    if finding.help:
        yield f"  help: {_clip(finding.help)}"


def _where(located: Located) -> str:
    """The file if there is one; a stream is gone when somebody reads this, so there it is the object."""
    location, place = located.location, resource_place(located)
    if location.file != STDIN:
        return spot(location) + (f", rendered from {safe(located.origin)}" if located.origin else "")
    what = safe(f"{place.path} of {place.resource.identity}".removeprefix(" of ")) if place else ""
    words = [what, f"line {location.line} of standard input"]
    return ", ".join(filter(None, [*words, located.origin and f"from {safe(located.origin)}"]))


def _clip(text: str) -> str:
    return clipped(safe(text), _LONGEST_MESSAGE)
