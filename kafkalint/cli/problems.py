"""Why a run cannot begin, or cannot go on."""

from __future__ import annotations

from collections.abc import Iterable

from kafkalint.cli import exit_status


class ProblemsFound(Exception):  # noqa: N818 - what stops the run is the user's problem, or a plugin's, and no error of this code
    """Why a run cannot begin; `internal` where a plugin is at fault and not the call."""

    def __init__(self, problems: Iterable[str], *, internal: bool = False) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))
        self.internal = internal

    @property
    def status(self) -> int:
        """The exit status of a run that ends with it."""
        return exit_status.FAULT if self.internal else exit_status.USAGE
