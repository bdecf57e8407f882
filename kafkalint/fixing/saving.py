"""Files replaced as a whole or not at all."""

from __future__ import annotations

import os
import stat


class SaveError(Exception):
    """A file that could not be replaced, or was changed by somebody else in the meantime: it is as it was."""


def replace_file(path: str, data: bytes, was: bytes | None) -> None:
    """Put new content into a file, keeping its mode and a link that leads to it; raises SaveError.

    `was` is what the file held when it was read; None for one that must not be there yet. The new content is written
    beside the file, forced to the disk and moved over it, so that whatever happens one of the two is there, and whole.
    """
    target = os.path.realpath(path)
    try:
        mode = _check(target, was)
        _write_beside(target, data, mode)
    except OSError as error:
        raise SaveError(f"{path} cannot be written: {error.strerror or error}") from None


def _check(target: str, was: bytes | None) -> int:
    if was is None:
        if os.path.lexists(target):
            raise SaveError(f"{target} is there already")
        return 0o666 & ~_umask()
    with open(target, "rb") as stream:
        if stream.read() != was:
            raise SaveError(f"{target} was changed by somebody else meanwhile")
        return stat.S_IMODE(os.fstat(stream.fileno()).st_mode)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _write_beside(target: str, data: bytes, mode: int) -> None:
    import tempfile  # noqa: PLC0415 - only who writes needs it

    folder = os.path.dirname(target)
    handle, temporary = tempfile.mkstemp(prefix=".kafkalint-", suffix=".tmp", dir=folder)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fchmod(stream.fileno(), mode)
            os.fsync(stream.fileno())
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise
    _sync_folder(folder)


def _sync_folder(folder: str) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError:
        pass  # some filesystems have no such thing; the rename itself is done
    finally:
        os.close(handle)
