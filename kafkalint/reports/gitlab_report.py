"""The report for GitLab: Code Quality, findings in the widget and on the changes of a merge request."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from kafkalint.checking.finding import Level
from kafkalint.checking.fingerprints import fingerprint
from kafkalint.reports.entries import LONGEST_MESSAGE, Numbering, description, from_root, problems, unjudged, within
from kafkalint.reports.wording import clipped, ordered, safe, strict_json

if TYPE_CHECKING:
    from kafkalint.checking.finding import Located
    from kafkalint.checking.outcome import Outcome
    from kafkalint.reports import Screen
    from kafkalint.reports.entries import Problem

_SEVERITIES = {Level.ERROR: "major", Level.WARNING: "minor", Level.INFO: "info"}
_PROBLEMS = {Level.ERROR: "blocker", Level.WARNING: "critical", Level.INFO: "info"}
"""What could not be judged stands above all that was."""


def report(outcome: Outcome, screen: Screen) -> str:  # noqa: ARG001 - every report is called alike
    """A JSON array, of which GitLab reads entries up to the first that lacks something: so none does."""
    numbering = Numbering()
    entries = [_problem(problem, numbering) for problem in (*problems(outcome), *unjudged(outcome))]
    entries += [_entry(located, outcome, numbering) for located in ordered(outcome.findings)]
    return strict_json(entries)


def _entry(located: Located, outcome: Outcome, numbering: Numbering) -> dict[str, Any]:
    finding, path = located.finding, within(from_root(located.location.file, outcome))
    return {
        "description": clipped(f"{safe(finding.code)}: {description(located)}", LONGEST_MESSAGE),
        "check_name": safe(f"{finding.code} {finding.name}"),
        # The file always goes in: another object of this name, in another folder, must not make a new finding of this.
        "fingerprint": _unique((fingerprint(located), path), numbering),
        "severity": _SEVERITIES[finding.level],
        "location": _location(safe(path), located.location.line),
    }


def _problem(problem: Problem, numbering: Numbering) -> dict[str, Any]:
    return {
        "description": clipped(f"{problem.title}: {problem.message}", LONGEST_MESSAGE),
        "check_name": problem.kind,
        "fingerprint": _unique((problem.kind, problem.about), numbering),
        "severity": _PROBLEMS[problem.level],
        "location": _location(within(problem.subject), 1),
    }


def _location(path: str, line: int) -> dict[str, Any]:
    return {"path": path, "lines": {"begin": line}}


def _unique(identity: tuple[object, ...], numbering: Numbering) -> str:
    """A fingerprint that no other entry has: GitLab shows one entry of those that share one."""
    words = [str(part) for part in identity]
    number = numbering.number(*words)
    return hashlib.sha256(json.dumps([*words, *([number] if number > 1 else [])]).encode()).hexdigest()
