"""The report for editors and problem matchers: one line for each finding, and nothing where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kafkalint.reports.wording import clipped, disarm, safe, shown, spot

if TYPE_CHECKING:
    from kafkalint.checking.finding import Located
    from kafkalint.checking.outcome import Outcome
    from kafkalint.reports import Screen

_LONGEST_MESSAGE = 2000
"""A name may be a megabyte long; the other formats have it in full."""


def report(outcome: Outcome, screen: Screen) -> str:  # noqa: ARG001 - a report's form; these lines are for programs
    """Findings as compilers write them: `file:line:column: level CODE name: message`."""
    return disarm("".join(f"{_line(located)}\n" for located in shown(outcome)))


def _line(located: Located) -> str:
    finding = located.finding
    message = clipped(safe(finding.message), _LONGEST_MESSAGE)
    held = " (suppressed)" if located.suppressed else ""
    return f"{spot(located.location)}: {finding.level.value} {safe(finding.code)} {safe(finding.name)}: {message}{held}"
