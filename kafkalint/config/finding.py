"""Where a config is looked for: a run without one reads no more of this package."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from kafkalint.config.problems import ConfigError, ConfigProblem
from kafkalint.manifests.text import Position

NAME = ".kafkalint.yaml"
_MISNAMED = ".kafkalint.yml"


def find_config(start: Path) -> Path | None:
    """The config of a folder: the nearest one upwards, up to the root of its repository; raises ConfigError."""
    for folder in searched(start):
        file = folder / NAME
        if file.is_file():
            return file
        misnamed = folder / _MISNAMED
        if misnamed.is_file():
            raise ConfigError([ConfigProblem(shown(misnamed), Position(1, 1), f"kafkalint reads {NAME}; rename it")])
    return None


def searched(start: Path) -> Iterator[Path]:
    """The folders that a config is looked for in: this one and those above it, up to the root of its repository."""
    for folder in (start.absolute(), *start.absolute().parents):
        yield folder
        if (folder / ".git").exists():
            return


def shown(file: Path) -> str:
    """A path as reports show it: from the working directory where it lies below."""
    try:
        return file.absolute().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return Path(os.path.relpath(file)).as_posix()
