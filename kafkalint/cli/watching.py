"""What is seen of a run under way, on standard error; a run that nobody looks at says nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from kafkalint.cli.streams import columns, tell

if TYPE_CHECKING:
    from kafkalint.checking.outcome import Outcome
    from kafkalint.linting import Rules
    from kafkalint.manifests.loading import Loaded


class Watch:
    """Nobody sees how far a run is; what is said stays."""

    def step(self, what: str, done: int = 0, total: int = 0) -> None:
        """Nothing is shown of it."""

    def say(self, text: str) -> None:
        """Write one line."""
        tell(text)


class Narrator:
    """Says nothing."""

    def rules(self, rules: Rules) -> None:
        """By which rules a run goes."""

    def loaded(self, loaded: Loaded) -> None:
        """What was read and rendered."""

    def judged(self, outcome: Outcome) -> None:
        """What was judged together, and what is not reported."""

    def mended(self) -> None:
        """What was done about fixes."""


def narrator(watcher: Watch, *, aloud: bool) -> Narrator:
    """Who tells what a run does."""
    if not aloud:
        return Narrator()
    from kafkalint.cli.narrating import Aloud  # noqa: PLC0415 - few runs are told aloud

    return Aloud(watcher.say)


def is_watched(stream: TextIO | None, environment: Mapping[str, str]) -> bool:
    """Whether somebody sits before a terminal and wants to see more on it than plain lines."""
    if stream is None or not stream.isatty():
        return False
    # Build servers give some jobs a terminal that nobody sits at, and keep what is written to it.
    in_ci = environment.get("CI", "").lower() not in ("", "0", "false")
    # NO_COLOR says nothing of a line that has none.
    return not (in_ci or environment.get("TERM") == "dumb")


@contextmanager
def watch(stream: TextIO | None, *, wanted: bool = True) -> Iterator[Watch]:
    """Whoever looks at a run, until it is over."""
    if not wanted or stream is None or not is_watched(stream, os.environ):
        yield Watch()
        return
    from kafkalint.cli.bar import Bar  # noqa: PLC0415 - for who looks at a terminal

    with Bar(stream, lambda: columns(stream)) as bar:
        yield bar
