"""The working tree: the files that somebody will commit."""

from __future__ import annotations

import os
from functools import cache


@cache
def working_tree(directory: str) -> str:
    """The root of the repository that a folder lies in, links resolved; the folder itself outside of one."""
    start = folder = os.path.realpath(directory)
    while not os.path.exists(os.path.join(folder, ".git")):
        above = os.path.dirname(folder)
        if above == folder:
            return start
        folder = above
    return folder


def in_tree(name: str, directory: str) -> bool:
    """Whether a file, named from a directory, lies in the working tree of that directory once links are resolved."""
    path = os.path.realpath(os.path.join(directory, name))
    return path.startswith(os.path.join(working_tree(directory), ""))
