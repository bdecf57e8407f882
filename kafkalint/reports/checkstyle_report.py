"""The report in Checkstyle's XML: what most code quality servers read when they read nothing better."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from kafkalint.reports.entries import LONGEST_MESSAGE, description, from_root, problems, unjudged
from kafkalint.reports.wording import clipped, ordered, safe
from kafkalint.reports.xml_text import Element, child, document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.checking.outcome import Outcome
    from kafkalint.reports import Screen

_VERSION = "4.3"
"""Of Checkstyle, since which the format has been what it is."""


class _Entry(NamedTuple):
    file: str
    attributes: dict[str, str | int]


def report(outcome: Outcome, screen: Screen) -> str:  # noqa: ARG001 - every report is called alike
    """One element for each file, its findings in it; suppressed ones are left out."""
    root = Element("checkstyle", {"version": _VERSION})
    entries = sorted([*_problems(outcome), *_findings(outcome)], key=lambda entry: entry.file)
    for file, group in groupby(entries, key=lambda entry: entry.file):
        element = child(root, "file", {"name": file})
        for entry in group:
            child(element, "error", entry.attributes)
    return document(root)


def _problems(outcome: Outcome) -> Iterator[_Entry]:
    for problem in (*problems(outcome), *unjudged(outcome)):
        message = clipped(f"{problem.title}: {problem.message}", LONGEST_MESSAGE)
        position = {"line": 1, "severity": problem.level.value}
        yield _Entry(problem.subject, position | {"message": message, "source": f"kafkalint.{problem.kind}"})


def _findings(outcome: Outcome) -> Iterator[_Entry]:
    for located in ordered(outcome.findings):
        finding, start = located.finding, located.location.start
        attributes: dict[str, str | int] = {
            "line": start.line,
            "column": start.column,
            "severity": finding.level.value,
            "message": description(located),
            "source": safe(f"kafkalint.{finding.code}"),
        }
        yield _Entry(safe(from_root(located.location.file, outcome)), attributes)
