"""Other programs, run so that they can neither hang the run nor fill the memory."""

from __future__ import annotations

import os
import re
import signal
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess
    import threading
    from collections.abc import Sequence

_LONGEST_MESSAGE = 400
_STDERR_BYTES = 1 << 16
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_KLOG = re.compile(r'err=(?:"((?:[^"\\]|\\.)*)"|<\n(.*?)\n\s*>)', re.DOTALL)
_QUOTED_BLANK = re.compile(r"\\+[nt]")
_ERROR = re.compile(r"\A(?:error:\s*)+", re.IGNORECASE)
_STATUS = re.compile(r"\s*: exit status \d+\W*\Z")
# A hook runs with git's own variables set, which would lead a renderer's git astray.
_GIT_STATE = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY")
# What cannot be read as a file is tried as a folder, and only that is what kustomize says last.
_AS_FILE = re.compile(
    r".*accumulation err='(?:accumulating resources from '[^']*': )?(.*)': "
    r"must build at directory: '([^']*)': file is not directory\Z"
)
# Kustomize goes on with a command and an environment that are others every time.
_OF_HELM = re.compile(r"\s*: unable to run: '.*", re.DOTALL)
_AT_PATH = re.compile(r".*'(/[^']*)': (.{21,})\Z")
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
_NOBODY = "http://127.0.0.1:9"


class CommandError(Exception):
    """Why a program gave no result, in one line."""


class Refused(CommandError):  # noqa: N818 - nothing went wrong
    """Why a program is not run on something, by hand no more than by kafkalint."""


def run(  # noqa: PLR0913 - all that is said of a call
    command: Sequence[str], *, directory: str, seconds: float, most: int, fetch: bool = False, plugins: bool = False
) -> bytes:
    """What a program writes to standard output; raises CommandError where it fails, dawdles or says too much.

    `plugins` leaves Helm those that its user has installed.
    """
    import subprocess  # noqa: PLC0415 - only rendering needs these
    import threading  # noqa: PLC0415

    try:
        process = subprocess.Popen(  # noqa: S603 - no shell, and a program from the PATH
            command,
            cwd=directory,
            env=_environment(fetch=fetch, plugins=plugins or fetch),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        raise CommandError(f"{os.path.basename(command[0])} did not start: {error}") from None
    late, said = threading.Event(), _Tail()
    timer = threading.Timer(seconds, _expire, (process, late))
    listener = threading.Thread(target=said.listen, args=(process.stderr,), daemon=True)
    timer.daemon = True
    timer.start()
    listener.start()
    try:
        output = _read(process, most)
        listener.join()
        status = process.wait()
    finally:
        timer.cancel()
        _kill(process)
    if late.is_set():
        raise CommandError(f"no result within {seconds:g} seconds")
    if len(output) > most:
        raise CommandError(f"more than {most // (1024 * 1024)} MiB of output")
    if status:
        raise CommandError(condense(said.text) or f"{os.path.basename(command[0])} ended with status {status}")
    return output


class _Tail:
    """The end of what a program says on standard error; a pipe that nobody reads would block it."""

    def __init__(self) -> None:
        self.data = b""

    def listen(self, stream: IO[bytes]) -> None:
        with stream:
            while chunk := stream.read1(_STDERR_BYTES):  # type: ignore[attr-defined]  # a buffered reader has it
                self.data = (self.data + chunk)[-_STDERR_BYTES:]

    @property
    def text(self) -> str:
        return self.data.decode(errors="replace")


def _read(process: subprocess.Popen[bytes], most: int) -> bytes:
    assert process.stdout is not None  # noqa: S101 - it was asked for
    with process.stdout as stream:
        output = stream.read(most + 1)
        if len(output) > most:
            _kill(process)
    return output


def _expire(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the program and all that it started: a child may hold the pipe when its parent is gone."""
    try:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    except OSError:
        pass
    process.poll()


def _environment(*, fetch: bool, plugins: bool) -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if name not in _GIT_STATE}
    if not plugins:
        # Wherever else somebody tells Helm to look for them.
        environment["HELM_PLUGINS"] = os.devnull
    # Nobody is there to type a password.
    environment["GIT_TERMINAL_PROMPT"] = "0"
    if fetch:
        environment.setdefault("GIT_SSH_COMMAND", "ssh -o BatchMode=yes")
        return environment
    # Nothing is fetched, whatever else was overlooked: git may clone nothing, and nobody is at this proxy.
    environment["GIT_ALLOW_PROTOCOL"] = ""
    for name in _PROXIES:
        environment[name] = environment[name.lower()] = _NOBODY
    for name in ("NO_PROXY", "no_proxy"):
        environment.pop(name, None)
    return environment


def condense(said: str) -> str:
    """What a renderer says on standard error, as one line that holds the reason."""
    said = _COLOUR.sub("", said)
    logged = _KLOG.search(said)
    if logged:
        said = logged.group(2) or logged.group(1)
    else:
        lines = [line for line in said.splitlines() if line.strip() and not line.startswith("# Warning")]
        at = next((i for i, line in enumerate(lines) if line.lower().startswith("error:")), len(lines) - 1)
        said = "\n".join(line for line in lines[max(at, 0) :] if "--debug flag" not in line)
    said = _QUOTED_BLANK.sub(" ", said).replace("\\", "")
    said = " ".join(_CONTROL.sub(" ", said).split())
    said = _ERROR.sub("", _OF_HELM.sub("", said))
    if "fatal: " in said:
        said = _STATUS.sub("", said[said.index("fatal: ") :])
    elif said.startswith("accumulat"):
        said = _innermost(said)
    return said if len(said) <= _LONGEST_MESSAGE else said[: _LONGEST_MESSAGE - 1] + "…"


def _innermost(said: str) -> str:
    """The reason that kustomize wraps once for each base on the way to it, with the file or folder that it is about."""
    as_file, at_path = _AS_FILE.match(said), _AT_PATH.match(said)
    if as_file:
        reason, path = as_file.groups()
    elif at_path:
        path, reason = at_path.groups()
    else:
        return said[said.rfind("': ") + 3 :] if len(said) - said.rfind("': ") > 20 and "': " in said else said
    reason = _ERROR.sub("", reason)
    return reason if path in reason else f"{path}: {reason}"
