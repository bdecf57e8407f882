"""How a command ends that does not come to its own end: with a status and a sentence, and never with a traceback."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import click

from kafkalint.cli import exit_status
from kafkalint.cli.problems import ProblemsFound
from kafkalint.cli.streams import UndeliveredError, line, tell, undelivered

_LONGEST = 500


class Terminated(KeyboardInterrupt):
    """SIGTERM: whatever is put in order after Ctrl-C is put in order after it."""


@contextmanager
def terminable() -> Iterator[None]:
    """Have SIGTERM raise Terminated: temporary copies are removed, and the terminal is as it was.

    Whoever started the program with the signal ignored, or calls it from a thread, has it as it is.
    """
    main_thread = threading.current_thread() is threading.main_thread()
    if not main_thread or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, _terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _terminate(number: int, _frame: object) -> None:
    # A second one must not disturb the clearing up after the first; who cannot wait has SIGKILL.
    signal.signal(number, signal.SIG_IGN)
    raise Terminated


@contextmanager
def ending() -> Iterator[None]:
    """Say what ended a command, and have click exit with the status for it."""
    try:
        yield
    except click.exceptions.Exit:
        raise
    except (Exception, KeyboardInterrupt) as stop:
        raise click.exceptions.Exit(_ended_by(stop)) from None


@contextmanager
def exiting() -> Iterator[None]:
    """As `ending`, around all that a program does: it exits with the status."""
    try:
        with terminable(), ending():
            yield
    except click.exceptions.Exit as end:
        sys.exit(end.exit_code)


def _ended_by(stop: BaseException) -> int:
    """Say why, as far as there is anything to say; the exit status."""
    if isinstance(stop, KeyboardInterrupt | click.Abort):
        terminated = isinstance(stop, Terminated)
        tell("terminated" if terminated else "interrupted")
        return exit_status.TERMINATED if terminated else exit_status.INTERRUPTED
    if isinstance(stop, click.ClickException):
        return _misused(stop)
    if isinstance(stop, ProblemsFound):
        for problem in stop.problems:
            tell(problem)
        return stop.status
    if isinstance(stop, OSError) and sys.stdout is not None and _printed_by_click(stop):
        stop = undelivered(stop, sys.stdout)
    if isinstance(stop, UndeliveredError):
        if str(stop):
            tell(str(stop))
        return stop.status
    return _at_fault(stop)


def _printed_by_click(error: OSError) -> bool:
    """Whether it is help, the version or words for a shell that could not be printed: click writes them by itself."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and trace.tb_frame.f_globals.get("__name__", "").startswith("click.")


def _misused(error: click.ClickException) -> int:
    """What click says of wrong use, which quotes the words that were given."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is not None:
        for part in context.get_usage().splitlines():
            line(part)
        name = max(context.command.get_help_option_names(context), key=len)
        line(f"Try '{context.command_path} {name}' for help.")
    line(f"Error: {error.format_message()}")
    return error.exit_code


def _at_fault(error: BaseException) -> int:
    # Whatever the input was, it deserves a sentence and no traceback; and a gate must not take it for a pass.
    if "KAFKALINT_DEBUG" in os.environ:
        raise error
    text = " ".join(str(error).split())
    tell(f"internal fault: {type(error).__name__}: {text[:_LONGEST]}")
    tell("set KAFKALINT_DEBUG=1 to see where, and please report it")
    return exit_status.FAULT
