"""Files replaced as a whole or not at all."""

from __future__ import annotations

import errno
import os
import re
import stat
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import BinaryIO

_WRITABLE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
_OPEN = re.compile(r"(?:/dev/fd|/proc/self/fd)/(\d+)|/dev/(stdin|stdout|stderr)")
"""Names of what this process has open already."""
_IMMOVABLE = (errno.EACCES, errno.EPERM, errno.EBUSY, errno.EXDEV)
"""How a file says that no other one can be moved over it, as one that is mounted into a container."""
_RIGHTS_OF_THE_OWNER = stat.S_ISUID | stat.S_ISGID


class SaveError(Exception):
    """A file that could not be replaced, or was changed by somebody else in the meantime: it is as it was."""


def replace_file(path: str, data: bytes, was: bytes | None) -> None:
    """Put new content into a file, keeping its owner, its mode and a link that leads to it; raises SaveError.

    `was` is what the file held when it was read; None for one that must not be there yet. The new content is written
    beside the file, forced to the disk and moved over it, so that whatever happens one of the two is there, and whole.
    """
    try:
        if was is None:
            _create(path, data)
        else:
            _replace(path, os.path.realpath(path), data, was)
    except OSError as error:
        raise SaveError(f"{path} cannot be written: {error.strerror or error}") from None


def save(path: str, data: bytes) -> None:
    """Write a file, whatever it held before, as a whole where that can be done; raises SaveError.

    A pipe, a device and what is open already cannot be replaced by another file, and are written to; so is a file whose
    folder takes no other one.
    """
    try:
        open_already = _OPEN.fullmatch(path)
        if open_already:
            number = open_already[1] or {"stdin": 0, "stdout": 1, "stderr": 2}[open_already[2]]
            with os.fdopen(os.dup(int(number)), "wb") as stream:
                stream.write(data)
        elif not os.path.exists(path) or os.path.isfile(path):
            _put_in_place(path, os.path.realpath(path), data)
        else:
            _write(path, data)
    except OSError as error:
        raise SaveError(f"{path} cannot be written: {error.strerror or error}") from None


def _put_in_place(path: str, target: str, data: bytes) -> None:
    before = os.stat(target) if os.path.exists(target) else None
    if before is not None and not (before.st_mode & _WRITABLE and os.access(target, os.W_OK)):
        raise SaveError(f"{path} is read-only")
    try:
        temporary = _write_beside(target, data, before)
    except PermissionError:
        return _write(target, data)
    try:
        os.replace(temporary, target)
    except OSError as error:
        if error.errno not in _IMMOVABLE:
            raise
        _write(target, data)
    finally:
        with suppress(OSError):
            os.unlink(temporary)
    return None


def _write(path: str, data: bytes) -> None:
    with open(path, "wb") as stream:
        stream.write(data)


class File(NamedTuple):
    """A file that is to be written."""

    path: str
    data: bytes
    was: bytes | None
    """What it held when it was read; None for one that must not be there yet."""


def replace_files(files: Sequence[File]) -> None:
    """Put new content into several files, all or none; raises SaveError, which says so.

    What others refer to is written before what refers to it: new files first.
    """
    done: list[File] = []
    try:
        for file in sorted(files, key=lambda file: file.was is not None):
            replace_file(*file)
            done.append(file)
    except SaveError as error:
        left = [file.path for file in reversed(done) if not _undone(file)]
        rest = f"{', '.join(left)} could not be put back" if left else "nothing was changed"
        raise SaveError(f"{error}: {rest}") from None
    except BaseException:  # somebody stops the program
        for file in reversed(done):
            _undone(file)
        raise


def _undone(file: File) -> bool:
    try:
        if file.was is None:
            os.unlink(file.path)
        else:
            replace_file(file.path, file.was, file.data)
    except (OSError, SaveError):
        return False
    return True


def _create(path: str, data: bytes) -> None:
    """Write a file that is not there: nobody's is overwritten, not even one that comes into being at the same time."""
    if os.path.lexists(path):
        raise SaveError(f"{path} is there already")
    temporary = _write_beside(path, data, None)
    try:
        _move_to_free_name(temporary, path)
    except FileExistsError:
        raise SaveError(f"{path} is there already") from None
    finally:
        with suppress(OSError):
            os.unlink(temporary)
    _sync_folder(path)


def _move_to_free_name(temporary: str, path: str) -> None:
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:
        # A filesystem without hard links: the name was free a moment ago.
        if os.path.lexists(path):
            raise SaveError(f"{path} is there already") from None
        os.replace(temporary, path)


def _replace(path: str, target: str, data: bytes, was: bytes) -> None:
    before = os.stat(target)
    if not stat.S_ISREG(before.st_mode):
        raise SaveError(f"{path} is no regular file")
    if not before.st_mode & _WRITABLE or not os.access(target, os.W_OK):
        raise SaveError(f"{path} is read-only")
    temporary = _write_beside(target, data, before)
    try:
        if not _holds(target, was):
            raise SaveError(f"{path} was changed by somebody else meanwhile")
        os.replace(temporary, target)
    finally:
        with suppress(OSError):
            os.unlink(temporary)
    _sync_folder(target)


def _holds(target: str, was: bytes) -> bool:
    with open(target, "rb") as stream:
        return stream.read() == was


def _write_beside(target: str, data: bytes, like: os.stat_result | None) -> str:
    """A new file with this content, on the disk for good, in the same folder; its path."""
    import tempfile  # noqa: PLC0415 - only who writes needs it

    handle, temporary = tempfile.mkstemp(prefix=".kafkalint-", suffix=".tmp", dir=os.path.dirname(target) or ".")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            _dress(stream, temporary, target, like)
            os.fsync(stream.fileno())
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise
    return temporary


def _dress(stream: BinaryIO, temporary: str, target: str, like: os.stat_result | None) -> None:
    """Give a new file the mode, the owner and the attributes of the one that it takes the place of."""
    mode = stat.S_IMODE(like.st_mode) if like else 0o666 & ~_umask()
    if like and hasattr(os, "fchown"):
        try:
            os.fchown(stream.fileno(), like.st_uid, like.st_gid)
        except OSError:
            mode = _without_owner(stream, like, mode)
        _copy_attributes(target, temporary)
    if hasattr(os, "fchmod"):
        os.fchmod(stream.fileno(), mode)
    else:
        os.chmod(temporary, mode)


def _without_owner(stream: BinaryIO, like: os.stat_result, mode: int) -> int:
    """Keep at least the group, and the rights that are meant for the owner from anybody else."""
    with suppress(OSError):
        os.fchown(stream.fileno(), -1, like.st_gid)
    now = os.fstat(stream.fileno())
    return mode if (now.st_uid, now.st_gid) == (like.st_uid, like.st_gid) else mode & ~_RIGHTS_OF_THE_OWNER


def _copy_attributes(target: str, temporary: str) -> None:
    """Keep access control lists and labels, where the system has them."""
    if not hasattr(os, "listxattr"):
        return
    with suppress(OSError):
        for name in os.listxattr(target):
            with suppress(OSError):
                os.setxattr(temporary, name, os.getxattr(target, name))


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _sync_folder(path: str) -> None:
    if os.name != "posix":
        return
    # Some filesystems have no such thing, and some folders may be written to and not read; the move itself is done.
    with suppress(OSError):
        handle = os.open(os.path.dirname(path) or ".", os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
