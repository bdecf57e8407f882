"""A bar on a terminal: how far a run is, for as long as it takes and no longer."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, NamedTuple, Self, TextIO

from kafkalint.cli.watching import Watch

if TYPE_CHECKING:
    from types import TracebackType

# A run that is over sooner has shown nothing: what flashes up and goes only distracts.
_FIRST_SECONDS = 1.0
_EVERY_SECONDS = 0.1
_BAR = 24


class Step(NamedTuple):
    """How far a run is."""

    what: str
    done: int
    total: int
    """0 where it is not known."""


class Bar(Watch):
    """A line that is drawn over and over, by a thread of its own: a step costs the run next to nothing.

    So the line moves on, too, while the run waits for a renderer.
    """

    def __init__(self, stream: TextIO, columns: Callable[[], int], first: float = _FIRST_SECONDS) -> None:
        self._stream = stream
        self._columns = columns
        self._first = first
        self._step: Step | None = None
        self._shown = ""
        self._started = time.monotonic()
        self._over = Event()
        self._lock = Lock()
        self._thread = Thread(target=self._draw_until_over, daemon=True)

    def step(self, what: str, done: int = 0, total: int = 0) -> None:
        """Keep in mind what the next drawing shows."""
        self._step = Step(what, done, total)

    def say(self, text: str) -> None:
        """Write a line where the bar stood; it is drawn again below."""
        with self._lock:
            self._write("")
            super().say(text)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        self._write("")

    def _draw_until_over(self) -> None:
        pause = self._first
        while not self._over.wait(pause):
            pause = _EVERY_SECONDS
            step = self._step
            if step is not None:
                with self._lock:
                    self._write(drawn(step, time.monotonic() - self._started, self._columns()))

    def _write(self, line: str) -> None:
        """Put a line in the place of the one that stands there; blanks do what not every terminal has a command for."""
        if line == self._shown:
            return
        broken = (len(self._shown) - 1) // max(self._columns(), 1) if self._shown else 0
        # A terminal that was made narrower meanwhile has broken the line into rows, and the cursor is in the last.
        over = f"\x1b[{broken}A\x1b[J{line}" if broken else line.ljust(len(self._shown))
        try:
            self._stream.write(f"\r{over}" if line else f"\r{over}\r")
            self._stream.flush()
        except (OSError, ValueError):  # the terminal is gone, and the run need not go with it
            self._over.set()
        self._shown = line


def drawn(step: Step, seconds: float, columns: int) -> str:
    """The bar as one line that fits between these columns."""
    parts = [f"kafkalint: {step.what}"]
    if step.total:
        done = min(step.done, step.total)
        full = _BAR * done // step.total
        parts += [f"[{'#' * full}{'.' * (_BAR - full)}]", f"{done:,} of {step.total:,},"]
    parts.append(f"{seconds:.0f} s")
    # The last column stays free: a terminal that wraps there would leave the line standing.
    return " ".join(parts)[: max(columns - 1, 0)]
