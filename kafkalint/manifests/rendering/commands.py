"""Other programs, run so that they can neither hang the run nor fill the memory."""

from __future__ import annotations

import os
import re
import signal
import time
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator, Sequence
    from types import FrameType

_LONGEST_MESSAGE = 400
_STDERR_BYTES = 1 << 16
_CHUNK = 1 << 16
_ENDING = ("SIGINT", "SIGTERM", "SIGHUP")
_AFTERWARDS = 1.0
"""Seconds for what a program that is gone has still to say."""
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


class Leave(NamedTuple):
    """What a program may do."""

    seconds: float
    most: int
    """Bytes of output."""
    fetch: bool = False
    plugins: bool = False
    """Whether Helm keeps those that its user has installed."""
    scratch: str = ""
    """The folder for its temporary files, which it may have no time to remove; empty for the usual one."""


def run(command: Sequence[str], directory: str, leave: Leave) -> bytes:
    """What a program writes to standard output; raises CommandError where it fails, dawdles or says too much."""
    import subprocess  # noqa: PLC0415 - only rendering needs it

    deadline = time.monotonic() + leave.seconds
    try:
        process = _RUNNING.start(
            command,
            cwd=directory,
            env=_environment(leave),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # Read as it comes: a buffer could not be left while somebody waits for it to fill.
            bufsize=0,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        raise CommandError(f"{os.path.basename(command[0])} did not start: {error}") from None
    try:
        output = _Listener(process.stdout, leave.most + 1, lambda: _kill(process))
        said = _Listener(process.stderr, _STDERR_BYTES)
        late = not output.ends(deadline)
        # Of a program that is gone, a child in a session of its own may hold a pipe for as long as it likes.
        status = _status(process, deadline) if not late else None
        said.ends(min(deadline, time.monotonic() + _AFTERWARDS))
    finally:
        _kill(process)
        _status(process, time.monotonic() + _AFTERWARDS)
        _RUNNING.forget(process)
    if len(output.data) > leave.most:
        raise CommandError(f"more than {leave.most // (1024 * 1024)} MiB of output")
    if late or status is None:
        raise CommandError(f"no result within {leave.seconds:g} seconds")
    if status:
        said_last = condense(bytes(said.data).decode(errors="replace"))
        raise CommandError(said_last or f"{os.path.basename(command[0])} ended with status {status}")
    return bytes(output.data)


class _Listener:
    """What comes through a pipe: all of it up to a limit, or its end where nobody is told of the limit."""

    def __init__(self, stream: IO[bytes] | None, most: int, enough: Callable[[], None] | None = None) -> None:
        import threading  # noqa: PLC0415 - only rendering needs it

        assert stream is not None  # noqa: S101 - it was asked for
        self.data = bytearray()
        self._most = most
        self._enough = enough
        # A daemon: where somebody holds the pipe, nobody waits for this thread.
        self._thread = threading.Thread(target=self._listen, args=(stream,), daemon=True)
        self._thread.start()

    def ends(self, deadline: float) -> bool:
        """Whether the pipe is closed by then."""
        self._thread.join(max(deadline - time.monotonic(), 0))
        return not self._thread.is_alive()

    def _listen(self, stream: IO[bytes]) -> None:
        with stream:
            while chunk := stream.read(_CHUNK):
                self.data += chunk
                if len(self.data) > self._most:
                    del self.data[: -self._most]
                    if self._enough:
                        self._enough()
                        return


def _status(process: subprocess.Popen[bytes], deadline: float) -> int | None:
    import subprocess  # noqa: PLC0415 - as above

    try:
        return process.wait(max(deadline - time.monotonic(), 0))
    except subprocess.TimeoutExpired:
        return None


class _Running:
    """The programs that are at work, so that nobody leaves without them."""

    def __init__(self) -> None:
        self._stopped = False
        self._processes: set[subprocess.Popen[bytes]] = set()

    def start(self, command: Sequence[str], **options: Any) -> subprocess.Popen[bytes]:
        import subprocess  # noqa: PLC0415 - as above

        if self.is_over():
            raise CommandError("the run was stopped")
        process = subprocess.Popen(command, **options)  # noqa: S603 - no shell, and a program from the PATH
        self._processes.add(process)
        if self.is_over():  # since it was asked
            _kill(process)
        return process

    def forget(self, process: subprocess.Popen[bytes]) -> None:
        self._processes.discard(process)

    def is_over(self) -> bool:
        return self._stopped

    def resume(self) -> None:
        self._stopped = False

    def stop(self) -> None:
        """End all of them, and let no other begin."""
        self._stopped = True
        for process in list(self._processes):
            _kill(process)


_RUNNING = _Running()


@contextmanager
def interruptible() -> Iterator[None]:
    """See to it that a signal to end this process ends the programs at work first, and that their folders are removed.

    Ctrl-C reaches none of them, as each has a session of its own, and whoever waits for threads would wait for all.
    """
    before: dict[int, Any] = {}

    def end(number: int, frame: FrameType | None) -> None:
        _RUNNING.stop()
        if callable(handler := before[number]):
            handler(number, frame)
        raise SystemExit(128 + number)

    try:
        for number in map(int, filter(None, (getattr(signal, name, None) for name in _ENDING))):
            # Who has chosen to ignore one, as nohup does, keeps it so.
            if signal.getsignal(number) not in (signal.SIG_IGN, None):
                before[number] = signal.signal(number, end)
    except ValueError:  # only the main thread may have handlers
        pass
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        _RUNNING.resume()


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


def _environment(leave: Leave) -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if name not in _GIT_STATE}
    if leave.scratch:
        environment["TMPDIR"] = leave.scratch
    if not (leave.plugins or leave.fetch):
        # Wherever else somebody tells Helm to look for them.
        environment["HELM_PLUGINS"] = os.devnull
    # Nobody is there to type a password.
    environment["GIT_TERMINAL_PROMPT"] = "0"
    if leave.fetch:
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
