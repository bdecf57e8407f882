"""Programs of others that some tests run, where they are: on the PATH, or in the folders of KAFKALINT_TOOLS."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

FOLDERS = [
    *os.environ.get("KAFKALINT_TOOLS", "").split(os.pathsep),
    str(Path(sys.executable).parent),
    *os.environ["PATH"].split(os.pathsep),
]


@cache
def folder_of(tool: str) -> Path | None:
    """Where a tool lies; `helm3` and `helm4` are both called helm, and their versions tell them apart."""
    name = tool.rstrip("34") if tool.startswith("helm") else tool
    for folder in filter(None, FOLDERS):
        file = Path(folder) / name
        if os.access(file, os.X_OK) and (name == tool or _version(file).startswith(f"v{tool[-1]}.")):
            return Path(folder)
    return None


def path_with(*tools: str) -> str:
    """A PATH that has these tools, and this kafkalint; skips the test where one is missing."""
    folders = []
    for tool in tools:
        folder = folder_of(tool)
        if folder is None:
            pytest.skip(f"{tool} is neither on the PATH nor in KAFKALINT_TOOLS: what it would show is not tried")
        folders.append(str(folder))
    return os.pathsep.join([*folders, str(Path(sys.executable).parent), os.environ["PATH"]])


def _version(file: Path) -> str:
    done = subprocess.run([file, "version", "--short"], capture_output=True, text=True, check=False)
    return done.stdout
