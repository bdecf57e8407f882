"""What reports for services list alike: files as a code host names them, and what a run could not do."""

from __future__ import annotations

import posixpath
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from kafkalint.checking.finding import Level
from kafkalint.manifests.sources import STDIN
from kafkalint.reports.wording import fault_title, safe

if TYPE_CHECKING:
    from collections.abc import Hashable

    from kafkalint.checking.finding import Location
    from kafkalint.checking.outcome import Notice, Outcome

STANDARD_INPUT = "stdin"
"""What standard input is called where every entry has a file."""

LONGEST_MESSAGE = 4096
"""GitHub's runner cuts there; nobody reads that far, and the JSON report has every name in full."""


class Problem(NamedTuple):
    """Why a run is not complete, as an entry of a report: in words that are fit for a log."""

    kind: str
    """`internal-fault` or `not-looked-at`."""
    level: Level
    subject: str
    """The file or folder that was not looked at, as a code host names it; the folder of the run for a fault."""
    title: str
    message: str
    about: str
    """Whatever it is about, without a line in it: the same problem is about the same in the next run."""


def from_root(file: str, directory: str) -> str:
    """A file as a code host names it: from the root of the repository."""
    return STANDARD_INPUT if file == STDIN else posixpath.normpath(posixpath.join(directory, file))


def spot_from_root(location: Location, directory: str) -> str:
    """A location as it is found in the repository: `deploy/kafka.yaml:12:3`."""
    return f"{safe(from_root(location.file, directory))}:{location.start.line}:{location.start.column}"


def problems(outcome: Outcome) -> list[Problem]:
    """What a run could not do, the worst first."""
    folder = from_root(".", outcome.directory)
    faults = [
        Problem(
            "internal-fault",
            Level.ERROR,
            safe(folder),
            f"{fault_title(fault)} could not finish",
            safe(fault.problem),
            fault_title(fault),
        )
        for fault in outcome.faults
    ]
    notices = [_notice(notice, outcome.directory) for notice in outcome.notices]
    return faults + notices


def _notice(notice: Notice, directory: str) -> Problem:
    subject = safe(from_root(notice.subject, directory))
    title = f"Not looked at: {safe(notice.subject)}"
    return Problem("not-looked-at", Level.WARNING, subject, title, safe(notice.message), subject)


class Numbering:
    """Tells entries apart that would be taken for one: the second of a kind is number 2."""

    def __init__(self) -> None:
        self.seen: Counter[Hashable] = Counter()

    def number(self, *key: Hashable) -> int:
        """How many entries with this key there are now, this one included."""
        self.seen[key] += 1
        return self.seen[key]
