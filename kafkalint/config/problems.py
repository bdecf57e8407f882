"""What is wrong with a config, and where."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from kafkalint.manifests.text import Position


class ConfigProblem(NamedTuple):
    """One thing that is wrong with a config file."""

    file: str
    position: Position
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.position.line}:{self.position.column}: {self.message}"


class ConfigError(ValueError):
    """A config file that cannot be followed; one problem a line, each with file, line and column."""

    def __init__(self, problems: Iterable[ConfigProblem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))
