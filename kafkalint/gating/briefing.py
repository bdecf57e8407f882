"""What a gate says when it lets manifests pass, and when it does not: few lines, the worst first.

Argo CD shows them as they are in its user interface, Helm and Kustomize in a terminal (argo-cd, util/exec/exec.go).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

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


class Verdict(NamedTuple):
    """What became of the manifests, and how much is to be said of it."""

    passed: bool
    fail_on: Level | None = None
    """None for never."""
    most: int = 10
    """Findings to name at most."""
    quiet: bool = False
    """Whether only what holds them up is to be named."""
    remark: str = ""
    """What the reader should know about the places that findings name."""

    def holds_up(self, located: Located) -> bool:
        """Whether a finding is why they do not pass."""
        return fails([located.finding.level], self.fail_on)


def briefing(outcome: Outcome, verdict: Verdict) -> str:
    """What is said on standard error; empty where there is nothing to say."""
    lines = list(_lines(outcome, verdict))
    return disarm("\n".join(lines) + "\n") if lines else ""


def _lines(outcome: Outcome, verdict: Verdict) -> Iterator[str]:
    findings = [item for item in most_severe_first(outcome.findings) if verdict.holds_up(item) or not verdict.quiet]
    if findings or not verdict.passed or not outcome.complete:
        held_up = "" if verdict.passed else "not passed on"
        yield f"kafkalint: {'; '.join(filter(None, [held_up, counts_line(outcome), *doubts(outcome)]))}"
    for fault in outcome.faults:
        yield _clip(f"internal fault: {fault_title(fault)} could not finish: {fault.problem}")
    for notice in outcome.notices:
        yield _clip(f"not looked at: {notice.subject}: {notice.message}")
    for thing in outcome.unmodelled[: 0 if verdict.quiet else verdict.most]:
        yield _clip(f"not judged: {unmodelled_line(*thing)}")
    for located in findings[: verdict.most]:
        # What holds the manifests up is told in full, the rest in a line.
        yield from _finding(located, full=verdict.holds_up(located))
    if findings and verdict.remark:
        yield _clip(f"where the objects come from is not known: {verdict.remark}")
    if len(findings) > verdict.most:
        yield f"... and {plural(len(findings) - verdict.most, 'more finding')}: kafkalint check shows all"


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
        return spot(location) + (f", rendered from {_clip(located.origin)}" if located.origin else "")
    what = _clip(f"{place.path} of {place.resource.identity}".removeprefix(" of ")) if place else ""
    words = [what, f"line {location.line} of standard input"]
    return ", ".join(filter(None, [*words, located.origin and f"from {_clip(located.origin)}"]))


def _clip(text: str) -> str:
    return clipped(safe(text), _LONGEST_MESSAGE)
