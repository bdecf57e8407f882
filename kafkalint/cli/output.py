"""What a run prints, and where it goes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple, TextIO

from kafkalint.cli import exit_status
from kafkalint.cli.streams import UndeliveredError, aside, columns, put, tell

if TYPE_CHECKING:
    from kafkalint.checking.outcome import Outcome
    from kafkalint.cli.mending import Mending
    from kafkalint.cli.session import Session
    from kafkalint.reports import Report, Screen

_WIDEST = 140


class _Failure(NamedTuple):
    """Something that nobody got."""

    problem: str
    """Empty where there is nobody to tell."""
    status: int = exit_status.USAGE


def write(session: Session, outcome: Outcome) -> int | None:
    """Write all reports, or what was asked for instead of them, and say what is to be said beside them.

    What cannot be written keeps nothing else from being written. The exit status that comes of it; None where there is
    none.
    """
    failures = [*_files(session, outcome), *_step_summary(session, outcome), *_streams(session, outcome)]
    _tell_doings(session, outcome, unread=bool(failures))
    _tell_problems(session, outcome)
    for failure in filter(lambda failure: failure.problem, failures):
        tell(failure.problem)
    statuses = {failure.status for failure in failures}
    worst_first = (exit_status.FAULT, exit_status.USAGE, exit_status.UNREAD)
    return next((status for status in worst_first if status in statuses), None)


def _files(session: Session, outcome: Outcome) -> Iterator[_Failure]:
    """Write the reports that go into files."""
    from kafkalint.fixing.saving import SaveError, save  # noqa: PLC0415 - many runs write no file

    for wanted, report in session.reports:
        if wanted.file is not None:
            try:
                save(wanted.file, _made(wanted.name, report, outcome))
            except SaveError as error:
                yield _Failure(str(error))
            except _UnmadeError as error:
                yield _Failure(str(error), exit_status.FAULT)


def _streams(session: Session, outcome: Outcome) -> Iterator[_Failure]:
    """Print a report, or a diff or the text that was mended in its place."""
    mending = session.mending
    instead = mending.output if mending is not None else None
    try:
        if instead is not None:
            put(instead, sys.stdout)
    except UndeliveredError as error:
        yield _Failure(str(error), error.status)
    if mending is not None and mending.diff is not None:
        return
    stream, called = (sys.stdout, "standard output") if instead is None else (sys.stderr, "standard error")
    for wanted, report in session.reports:
        if wanted.file is not None or (session.idle and wanted.name == "text"):
            continue
        try:
            put(_made(wanted.name, report, outcome, stream), stream, called)
        except UndeliveredError as error:
            yield _Failure(str(error), error.status)
        except _UnmadeError as error:
            yield _Failure(str(error), exit_status.FAULT)


def _step_summary(session: Session, outcome: Outcome) -> Iterator[_Failure]:
    """Give a GitHub job the findings as a table on its page."""
    file = os.environ.get("GITHUB_STEP_SUMMARY")
    if not file or all(wanted.name != "github" for wanted, _ in session.reports):
        return
    from kafkalint.reports.github_report import step_summary  # noqa: PLC0415 - for jobs on GitHub

    try:
        with open(file, "ab") as stream:  # noqa: PTH123 - as it is given
            # Other runs of the step have written into it, and the runner counts the whole file.
            stream.write(_encoded(step_summary(outcome, held=stream.tell())))
    except OSError as error:
        yield _Failure(f"{file} cannot be written: {error.strerror or error}")


class _UnmadeError(Exception):
    """A report that could not be made."""


def _made(name: str, report: Report, outcome: Outcome, stream: TextIO | None = None) -> bytes:
    try:
        screen = _screen(stream)
        with aside():
            return _encoded(report(outcome, screen))
    except Exception as error:
        if "KAFKALINT_DEBUG" in os.environ:
            raise
        from kafkalint.checking.runner import describe  # noqa: PLC0415 - nothing of ours raises

        raise _UnmadeError(f"internal fault in format {name}: {describe(error)}") from None


def _encoded(text: str) -> bytes:
    # A report is UTF-8 whatever the locale says, and the same on every platform.
    return text.encode("utf-8", "backslashreplace")


def _screen(stream: TextIO | None = None) -> Screen:
    """What a report is to be shown on; nobody looks at a file."""
    from kafkalint.reports import Screen  # noqa: PLC0415 - as above

    if stream is None or not stream.isatty():
        return Screen(width=100)
    width = min(columns(stream), _WIDEST)
    return Screen(color=not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb", width=width)


def _tell_doings(session: Session, outcome: Outcome, *, unread: bool) -> None:
    """What was changed or would be, where no report says it."""
    mending = session.mending
    if mending is not None and mending.diff is not None and not session.quiet:
        _tell_plan(session.outcome, mending)
    if unread and outcome.mended:
        from kafkalint.reports.wording import mended_title  # noqa: PLC0415 - as above

        tell(f"mended: {mended_title(outcome)}")
    for problem in mending.problems if mending is not None else ():
        tell(problem)
    if session.writing is not None:
        tell(session.writing.words)


def _tell_problems(session: Session, outcome: Outcome) -> None:
    """What makes a run incomplete, on standard error where no text report says it."""
    shown = (
        (session.mending is None or session.mending.output is None)
        and not session.quiet
        and any(wanted.name == "text" and not wanted.file for wanted, _ in session.reports)
    )
    if shown:
        return
    from kafkalint.reports.wording import plural, unmodelled_line  # noqa: PLC0415 - as above

    for notice in outcome.notices:
        tell(f"{notice.subject}: {notice.message}")
    if session.quiet and outcome.unreadable:
        tell(f"{plural(outcome.unreadable, 'document')} could not be read, so not checked")
    for thing in outcome.unmodelled if session.quiet else ():
        tell(unmodelled_line(*thing))
    for fault in outcome.faults:
        tell(f"internal fault in {fault.code} {fault.name}: {fault.problem}")


def _tell_plan(outcome: Outcome, mending: Mending) -> None:
    """What a diff is about, beside it: how much it mends, and what it leaves out and why."""
    from kafkalint.reports.wording import plural, spot  # noqa: PLC0415 - as above

    files = {change.file for item in mending.would if item.remedy for change in item.remedy.changes}
    if mending.would:
        tell(f"{plural(len(mending.would), 'finding')} in {plural(len(files), 'file')} would be mended")
    else:
        tell("nothing would be mended")
    for item in outcome.findings:
        if item.remedy is not None and item.remedy.problem:
            tell(f"{spot(item.location)} {item.finding.code} would not be mended: {item.remedy.problem}")
