"""How far a run is: said step by step to whoever looks at it, and to nobody otherwise."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Somebody who looks at a run; steps come from one thread, and often."""

    def step(self, what: str, done: int = 0, total: int = 0) -> None:
        """So much of something is done; a total of 0 is one that is not known."""


class Unwatched:
    """Nobody looks."""

    def step(self, what: str, done: int = 0, total: int = 0) -> None:
        """Nothing is made of it."""


UNWATCHED = Unwatched()
