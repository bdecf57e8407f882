"""What reports for services list alike: files as a code host names them, what a run could not do, how to mend it."""

from __future__ import annotations

import posixpath
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from kafkalint.checking.finding import Level
from kafkalint.manifests.sources import STDIN
from kafkalint.reports.wording import (
    baseline_line,
    clipped,
    counts_line,
    doubts,
    fault_title,
    fix_words,
    fixes_line,
    mended_title,
    safe,
    seen_line,
    sentence,
    unmodelled_line,
)

if TYPE_CHECKING:
    from collections.abc import Hashable

    from kafkalint.checking.finding import Located, Location
    from kafkalint.checking.outcome import Notice, Outcome

STANDARD_INPUT = "stdin"
"""What standard input is called where every entry has a file."""

COMMAND = "kafkalint check "
"""What the options that mend are given to, for who does not see the command line."""

MOST = 10
"""What a summary names, and what services show of a kind, at most."""

LONGEST_MESSAGE = 4096
"""GitHub's runner cuts there; nobody reads that far, and the JSON report has every name in full."""


class Problem(NamedTuple):
    """Why a run is not complete, as an entry of a report: in words that are fit for a log."""

    kind: str
    """`internal-fault`, `not-looked-at` or `not-judged`."""
    level: Level
    subject: str
    """The file that was not looked at, as a code host names it, or the folder; the folder of the run for a fault."""
    title: str
    message: str
    about: str
    """Whatever it is about, without a line in it: the same problem is about the same in the next run."""


def from_root(file: str, outcome: Outcome) -> str:
    """A file as a code host names it: from the root of the repository; what lies outside begins with `../`."""
    if file == STDIN:
        return STANDARD_INPUT
    path = posixpath.normpath(posixpath.join(outcome.root, outcome.directory, file))
    if posixpath.isabs(path) and outcome.root:
        path = posixpath.relpath(path, outcome.root)
    return path


def within(path: str) -> str:
    """A name from the root, for those who take nothing that leads out of it: as well as can be."""
    while path.startswith(("../", "/")):
        path = path.removeprefix("../").lstrip("/")
    return path if path != ".." else "."


def spot_from_root(location: Location, outcome: Outcome) -> str:
    """A location as it is found in the repository: `deploy/kafka.yaml:12:3`."""
    return f"{safe(from_root(location.file, outcome))}:{location.start.line}:{location.start.column}"


def advice(located: Located) -> list[str]:
    """How a finding is mended: `Help: …` and `Fix: ….`, as far as there is anything to say."""
    help_text, fix = located.finding.help, fix_words(located, COMMAND)
    return [*([f"Help: {help_text}"] if help_text else []), *([f"Fix: {fix}."] if fix else [])]


def pointers(located: Located, outcome: Outcome) -> list[str]:
    """The other places of a finding: `See deploy/kafka.yaml:12:3: this budget …`."""
    return [f"See {spot_from_root(location, outcome)}: {message}" for location, message in located.related]


def description(located: Located) -> str:
    """A finding in one text for who shows nothing but that, fit for a log."""
    finding, fix = located.finding, fix_words(located, COMMAND)
    parts = (sentence(finding.message), sentence(finding.help), fix and f"Fix: {fix}.")
    return clipped(safe(" ".join(filter(None, parts))), LONGEST_MESSAGE)


def summary_parts(outcome: Outcome) -> tuple[list[str], list[str]]:
    """What a run comes to: what was found in what; and what makes that less than it seems."""
    found = [f"mended: {mended_title(outcome)}"] if outcome.mended else []
    found += [counts_line(outcome), *filter(None, [fixes_line(outcome, COMMAND)]), f"seen: {seen_line(outcome)}"]
    known = baseline_line(outcome)
    found += [f"baseline {known}"] if known else []
    rest = len(outcome.unmodelled) - MOST
    unmodelled = [unmodelled_line(*thing) for thing in outcome.unmodelled[:MOST]]
    return found, [*doubts(outcome), *unmodelled, *([f"{rest} more not modelled yet"] if rest > 0 else [])]


def problems(outcome: Outcome) -> list[Problem]:
    """What a run could not do, the worst first."""
    folder = from_root(".", outcome)
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
    return faults + [_notice(notice, outcome) for notice in outcome.notices]


def unjudged(outcome: Outcome) -> list[Problem]:
    """What was recognised as Kafka and is not modelled: nobody should take it for clean."""
    found = []
    for flavour, thing, file in outcome.unmodelled:
        title, subject = safe(f"Not judged: {flavour} {thing}"), safe(from_root(file, outcome))
        found.append(Problem("not-judged", Level.INFO, subject, title, "not modelled yet", f"{subject} {title}"))
    return found


def _notice(notice: Notice, outcome: Outcome) -> Problem:
    subject = safe(from_root(notice.file or notice.subject, outcome))
    about = safe(from_root(notice.subject, outcome))
    title = f"Not looked at: {safe(notice.subject)}"
    return Problem("not-looked-at", Level.WARNING, subject, title, safe(notice.message), about)


class Numbering:
    """Tells entries apart that would be taken for one: the second of a kind is number 2."""

    def __init__(self) -> None:
        self.seen: Counter[Hashable] = Counter()

    def number(self, *key: Hashable) -> int:
        """How many entries with this key there are now, this one included."""
        self.seen[key] += 1
        return self.seen[key]
