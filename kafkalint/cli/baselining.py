"""`--write-baseline`: what is found becomes what is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kafkalint.checking.baseline import accepted
from kafkalint.config.baselines import BaselineFile, parse_baseline, written
from kafkalint.config.problems import ConfigError
from kafkalint.fixing.saving import SaveError, replace_file
from kafkalint.manifests.sources import STDIN, Source
from kafkalint.reports.wording import plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.checking.baseline import BaselineUse
    from kafkalint.checking.outcome import Outcome


class Writing(NamedTuple):
    """What became of a baseline that was to be written."""

    words: str
    """What there is to say of it."""
    failed: bool = False


def write(file: BaselineFile, outcome: Outcome, *, done: bool) -> tuple[Outcome, Writing]:
    """Write what was found, and tell it from what is left: the outcome that the next run will have.

    Nothing is written where something went wrong before (`done` is false), or a check could not finish.
    """
    use, name = outcome.baseline, file.baseline.name
    if use is None or not done or outcome.faults:
        return outcome, Writing(f"{name} is not written, as the run did not end well", failed=True)
    data = written(use.entries).encode()
    try:
        # What cannot be read again would stop every later run.
        parse_baseline(Source(name, data))
        if data != file.data:
            replace_file(file.path, data, file.data)
    except (ConfigError, SaveError) as error:
        return outcome, Writing(f"{name} is not written: {error}", failed=True)
    left = _known(outcome, use, file)
    return left, Writing("; ".join(_told(file, use, left)))


def _known(outcome: Outcome, use: BaselineUse, file: BaselineFile) -> Outcome:
    taken = [item._replace(suppressed=file.baseline.suppression) for item in accepted(outcome.findings, use)]
    ids = {id(item.finding) for item in taken}
    return outcome._replace(
        findings=[item for item in outcome.findings if id(item.finding) not in ids],
        suppressed=[*outcome.suppressed, *taken],
        baseline=use._replace(held_back=use.held_back + len(taken), idle=(), new=()),
    )


def _told(file: BaselineFile, use: BaselineUse, left: Outcome) -> Iterator[str]:
    before, total, dropped = len(file.baseline.entries), len(use.entries), len(use.idle)
    added = total - (before - dropped)
    yield f"{plural(total, 'entry', 'entries')} in {use.name}, {added} added, {dropped} dropped"
    if left.findings:
        number = len(left.findings)
        yield f"{plural(number, 'finding')} {'is' if number == 1 else 'are'} left that no baseline holds"
    if any(item.finding.place.source.name == STDIN for item in left.findings):
        yield "give standard input a name of its own with --stdin-filename"
