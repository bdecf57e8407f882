"""What a run prints, and where it goes."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TextIO

import click

from kafkalint.cli import exit_status

if TYPE_CHECKING:
    from kafkalint.checking.outcome import Outcome
    from kafkalint.cli.mending import Mending
    from kafkalint.cli.session import Session
    from kafkalint.reports import Screen


def write(session: Session, outcome: Outcome) -> None:
    """Print the reports, or what was asked for instead of them: a diff, or the text that was mended."""
    mending = session.mending
    instead = mending.output if mending is not None else None
    for wanted, report in session.reports:
        if wanted.file is not None:
            _save(Path(wanted.file), _encoded(report(outcome, _screen())))
        elif session.idle and wanted.name == "text":
            continue
        elif instead is None:
            put(_encoded(report(outcome, _screen(sys.stdout))), sys.stdout)
        elif mending is not None and mending.diff is None:
            put(_encoded(report(outcome, _screen(sys.stderr))), sys.stderr, "standard error")
        if wanted.name == "github":
            _summarise(outcome)
    if instead is not None:
        put(instead, sys.stdout)
    if mending is not None and mending.diff is not None and not session.quiet:
        _tell_plan(session.outcome, mending)
    for problem in mending.problems if mending is not None else ():
        _tell(problem)
    if session.writing is not None:
        _tell(session.writing.words)
    read_by_nobody = all(wanted.name != "text" or wanted.file for wanted, _ in session.reports)
    if instead is not None or session.quiet or read_by_nobody:
        _tell_problems(outcome, quiet=session.quiet)


def _encoded(text: str) -> bytes:
    # A report is UTF-8 whatever the locale says, and the same on every platform.
    return text.encode("utf-8", "backslashreplace")


def put(data: bytes, stream: TextIO | None, called: str = "standard output") -> None:
    """Write bytes to a stream; where that fails it is said and ends the program."""
    if stream is None:  # closed by whoever started the program
        _give_up(called, "it is closed")
    try:
        stream.flush()
        stream.buffer.write(data)
        stream.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        # What is left in the buffer must not be tried again when the program ends: that has an exit status of its own.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        _give_up(called, error.strerror)


def _save(file: Path, data: bytes, mode: str = "wb") -> None:
    try:
        with file.open(mode) as stream:
            stream.write(data)
    except OSError as error:
        _give_up(str(file), error.strerror)


def _give_up(file: str, why: str | None) -> NoReturn:
    click.echo(f"kafkalint: {file} cannot be written: {why}", err=True)
    sys.exit(exit_status.USAGE)


def _screen(stream: TextIO | None = None) -> Screen:
    """What a report is to be shown on; nobody looks at a file."""
    from kafkalint.reports import Screen  # noqa: PLC0415 - as above

    if stream is None or not stream.isatty():
        return Screen(width=100)
    width = min(os.get_terminal_size(stream.fileno()).columns, 140)
    return Screen(color=not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb", width=width)


def _summarise(outcome: Outcome) -> None:
    """Give a GitHub job the findings as a table on its page."""
    file = os.environ.get("GITHUB_STEP_SUMMARY")
    if file:
        from kafkalint.reports.github_report import step_summary  # noqa: PLC0415 - as above

        _save(Path(file), _encoded(step_summary(outcome)), "ab")


def _tell_problems(outcome: Outcome, *, quiet: bool) -> None:
    """What makes the run incomplete, on standard error where no text report says it."""
    from kafkalint.reports.wording import plural  # noqa: PLC0415 - as above

    for notice in outcome.notices:
        _tell(f"{notice.subject}: {notice.message}")
    if quiet and outcome.unreadable:
        _tell(f"{plural(outcome.unreadable, 'document')} could not be read, so not checked")
    for fault in outcome.faults:
        _tell(f"internal fault in {fault.code} {fault.name}: {fault.problem}")


def _tell_plan(outcome: Outcome, mending: Mending) -> None:
    """What a diff is about, beside it: how much it mends, and what it leaves out and why."""
    from kafkalint.reports.wording import plural, spot  # noqa: PLC0415 - as above

    files = {change.file for item in mending.would if item.remedy for change in item.remedy.changes}
    if mending.would:
        _tell(f"{plural(len(mending.would), 'finding')} in {plural(len(files), 'file')} would be mended")
    else:
        _tell("nothing would be mended")
    for item in outcome.findings:
        if item.remedy is not None and item.remedy.problem:
            _tell(f"{spot(item.location)} {item.finding.code} would not be mended: {item.remedy.problem}")


def _tell(problem: str) -> None:
    from kafkalint.reports.wording import safe  # noqa: PLC0415 - as above

    click.echo(safe(f"kafkalint: {problem}"), err=True)
