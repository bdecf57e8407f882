"""Standard output and standard error: all that kafkalint says goes through here, fit for a log."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from typing import TextIO

from kafkalint.cli import exit_status

_COLUMNS = 80


class UndeliveredError(Exception):
    """Output that nobody got: the run has failed, whatever it found."""

    def __init__(self, problem: str, status: int = exit_status.USAGE) -> None:
        super().__init__(problem)
        self.status = status


def tell(text: str) -> None:
    """Say one line on standard error."""
    line(f"kafkalint: {text}")


def line(text: str) -> None:
    """Write one line to standard error, with nothing in it that a log or a terminal would act upon.

    Where nobody takes it, it is lost: the exit status speaks as well.
    """
    from kafkalint.reports.wording import disarm, safe  # noqa: PLC0415 - most runs say nothing

    stream = sys.stderr
    if stream is None:  # closed by whoever started the program
        return
    try:
        stream.write(f"{disarm(safe(text))}\n")
        stream.flush()
    except (OSError, ValueError):
        _mute(stream)


def put(data: bytes, stream: TextIO | None, called: str = "standard output") -> None:
    """Write bytes to a stream; raises UndeliveredError."""
    if stream is None:
        raise UndeliveredError(f"{called} cannot be written: it is closed")
    try:
        stream.flush()
        stream.buffer.write(data)
        stream.buffer.flush()
    except OSError as error:
        raise undelivered(error, stream, called) from None


def undelivered(error: OSError, stream: TextIO, called: str = "standard output") -> UndeliveredError:
    """What there is to say of a stream that failed; nothing more is written to it."""
    _mute(stream)
    if isinstance(error, BrokenPipeError):
        return UndeliveredError("", exit_status.UNREAD)
    return UndeliveredError(f"{called} cannot be written: {error.strerror or error}")


@contextmanager
def aside() -> Iterator[None]:
    """Have what others print, plugins for one, go to standard error: standard output is for what is asked for."""
    with redirect_stdout(sys.stderr):
        yield


def columns(stream: TextIO) -> int:
    """How wide a terminal is; some that nobody has set up say 0."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or _COLUMNS
    except (OSError, ValueError):  # the terminal is gone, and the run need not go with it
        return _COLUMNS


def _mute(stream: TextIO) -> None:
    # What is left in the buffer must not be tried again when the program ends: that has an exit status of its own.
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
