"""The bytes of a file, read so that nothing on a disk can hang or exhaust the run."""

from __future__ import annotations

import os
import stat
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_BYTES = 128 * 1024 * 1024
PIPE_SECONDS = 60.0
_CHUNK = 1 << 16
# A FIFO without a writer would block at open, a terminal at read.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


class ReadError(Exception):
    """Why a file cannot be read, in a few words."""


def read(path: str) -> bytes:
    """The bytes of a regular file or of a pipe that somebody writes to; raises ReadError."""
    try:
        descriptor = os.open(path, _FLAGS)
    except OSError as error:
        raise ReadError(_reason(error)) from None
    except ValueError:
        raise ReadError("no possible file name") from None
    try:
        return _read(descriptor)
    except OSError as error:
        raise ReadError(_reason(error)) from None
    finally:
        os.close(descriptor)


def _read(descriptor: int) -> bytes:
    mode = os.fstat(descriptor).st_mode
    piped = stat.S_ISFIFO(mode)
    if not piped and not stat.S_ISREG(mode):
        raise ReadError("a directory, not a file" if stat.S_ISDIR(mode) else "a device or socket, not a file")
    if not piped:
        data = os.read(descriptor, _CHUNK)
        if len(data) < _CHUNK:
            return data
        return _rest([data], lambda: os.read(descriptor, _CHUNK * 16))
    deadline = time.monotonic() + PIPE_SECONDS
    return _rest([], lambda: _read_pipe(descriptor, deadline))


def _rest(chunks: list[bytes], more: Callable[[], bytes]) -> bytes:
    size = sum(map(len, chunks))
    while chunk := more():
        size += len(chunk)
        if size > MAX_BYTES:
            raise ReadError(f"larger than {MAX_BYTES // (1024 * 1024)} MiB")
        chunks.append(chunk)
    return b"".join(chunks)


def _read_pipe(descriptor: int, deadline: float) -> bytes:
    import select  # noqa: PLC0415 - pipes are rare

    while True:
        remaining = deadline - time.monotonic()
        if remaining <= 0 or not select.select([descriptor], [], [], remaining)[0]:
            raise ReadError(f"nothing came through this pipe for {PIPE_SECONDS:.0f} seconds")
        try:
            return os.read(descriptor, _CHUNK)
        except BlockingIOError:
            continue


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
