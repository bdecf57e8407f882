"""The working tree: the files that somebody will commit, and who builds upon them."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from kafkalint.manifests.sources import STDIN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.manifests.loading import LoadRequest

_WRITABLE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
_SKIPPED = frozenset((".git", "node_modules", "__pycache__", ".venv"))


@dataclass(frozen=True)
class Tree:
    """What a run may write to."""

    directory: str
    """The folder that files are named from, absolute."""
    paths: tuple[str, ...] | None = None
    """Files and folders that the run looks at, absolute; None where that is everything."""
    stdin: str = ""
    """What standard input is called: no file, whatever it is called after."""

    @cached_property
    def root(self) -> str:
        """The root of the repository that the folder lies in."""
        return working_tree(self.directory)

    def path(self, name: str) -> str:
        """A file that is named from the folder."""
        return os.path.normpath(os.path.join(self.directory, name))

    def holds(self, name: str) -> bool:
        """Whether a file lies in the working tree, and in no other repository inside it, once links are resolved."""
        path = os.path.realpath(self.path(name))
        return _is_below(path, self.root) and working_tree(os.path.dirname(path), self.root) == self.root

    def writable(self, name: str) -> bool:
        """Whether a file, or the folder that it would be made in, may be written to."""
        path = os.path.realpath(self.path(name))
        if not os.path.exists(path):
            path = os.path.dirname(path)
        while not os.path.exists(path):
            path = os.path.dirname(path)
        return bool(os.stat(path).st_mode & _WRITABLE) and os.access(path, os.W_OK)

    def may_change(self, name: str) -> bool:
        """Whether a file is the run's to change."""
        return self.holds(name) and not self.strangers(name)

    def strangers(self, name: str) -> list[str]:
        """Kustomizations outside of the run that build upon a file outside of its paths, named from the folder."""
        path = self.path(name)
        if self.paths is None or any(_is_below(path, each) for each in self.paths):
            return []
        users = self._users.get(os.path.realpath(path), ())
        outside = [user for user in users if not any(_is_below(user, os.path.realpath(each)) for each in self.paths)]
        return [os.path.relpath(os.path.dirname(user), os.path.realpath(self.directory)) for user in outside]

    @cached_property
    def _users(self) -> dict[str, list[str]]:
        """For each file the kustomizations that nobody builds upon and that it goes into, directly or not."""
        from kafkalint.manifests.rendering.kustomizations import Graph  # noqa: PLC0415 - most trees are linted as a whole

        graph = Graph(_kustomizations(self.root))
        users: dict[str, list[str]] = {}
        for user in graph.roots():
            for part in graph.closure(user):
                for file in (part.path, *part.files):
                    users.setdefault(os.path.realpath(file), []).append(os.path.realpath(user.path))
        return users


def tree_of(request: LoadRequest) -> Tree:
    """What the run that a request asks for may write to."""
    paths = (path for path in (*request.paths, *request.roots) if path != STDIN)
    absolute = tuple(os.path.normpath(os.path.join(request.directory, path)) for path in paths)
    return Tree(request.directory, absolute, (request.stdin_filename or STDIN) if request.stdin is not None else "")


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(os.path.join(folder, ""))


def working_tree(directory: str, top: str = "") -> str:
    """The root of the repository that a folder lies in, links resolved; the folder itself outside of one.

    `top`, where it is given, ends the search and is what is found then.
    """
    start = folder = os.path.realpath(directory)
    while not os.path.exists(os.path.join(folder, ".git")):
        above = os.path.dirname(folder)
        if folder == top:
            return top
        if above == folder:
            return start
        folder = above
    return folder


def _kustomizations(root: str) -> Iterator[str]:
    from kafkalint.manifests.walking import KUSTOMIZATION_FILES  # noqa: PLC0415 - as above

    for place, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED)
        yield from (os.path.join(place, name) for name in KUSTOMIZATION_FILES if name in names)
