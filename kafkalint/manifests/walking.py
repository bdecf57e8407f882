"""Paths to files: what is named, what is found under a folder, what git tracks; always in one order."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from kafkalint.manifests.globs import matches
from kafkalint.manifests.notices import Notice
from kafkalint.manifests.sources import STDIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

EXTENSIONS = (".yaml", ".yml", ".json")
CHART_FILE = "Chart.yaml"
PACKED = ".tgz"
"""How the names of packed charts end."""
KUSTOMIZATION = "Kustomization"
KUSTOMIZATION_FILES = ("kustomization.yaml", "kustomization.yml", KUSTOMIZATION)
_SKIPPED = frozenset(("node_modules", "__pycache__"))
_GIT_SECONDS = 60.0
_OF_HOOKS = ("GIT_DIR", "GIT_WORK_TREE", "GIT_PREFIX")
"""What Git tells hooks of where they are; the index that a commit is made of is another matter."""


class UsageError(Exception):
    """Something asked for that cannot be done: the command line's mistake and not the manifests'."""


class FoundFile(NamedTuple):
    """A file to read: its name as reports show it, the path to open, and whether it was named outright."""

    name: str
    path: str
    named: bool


class Exclusion(NamedTuple):
    """What is left out of folders."""

    patterns: tuple[str, ...] = ()
    """Globs."""
    directory: str = ""
    """The folder that they count from, absolute."""


NOTHING = Exclusion()


class _Link(NamedTuple):
    path: str
    target: str
    root: str


@dataclass
class _Search:
    """What a search has come upon so far."""

    named: Namer
    exclude: Exclusion = NOTHING
    files: dict[str, bool] = field(default_factory=dict)
    """Absolute paths, with whether they were named."""
    folders: set[str] = field(default_factory=set)
    links: list[_Link] = field(default_factory=list)
    notices: list[tuple[str, str]] = field(default_factory=list)

    def leaves_out(self, path: str, root: str) -> bool:
        """Whether something under a folder is excluded; what is named outright is not, nor all that lies in it."""
        if not self.exclude.patterns:
            return False
        name, asked = self._meant(path), self._meant.folder(root)
        return any(matches(pattern, name) and not matches(pattern, asked) for pattern in self.exclude.patterns)

    @cached_property
    def _meant(self) -> Namer:
        return Namer(self.exclude.directory)


class Found(NamedTuple):
    """The files of a run, by name, and what could not be looked into."""

    files: list[FoundFile]
    notices: list[Notice]


def find(paths: Iterable[str], directory: str, *, from_git: bool = False, exclude: Exclusion = NOTHING) -> Found:
    """Every file that these paths mean; raises UsageError where one means nothing."""
    search = _Search(Namer(directory), exclude)
    for path in paths:
        full = absolute(directory, path)
        if not os.path.exists(full):
            raise UsageError(_missing(path, full))
        if from_git:
            _tracked(full, search, "--from-git")
        elif os.path.isdir(full):
            _walk(full, search)
        else:
            search.files[full] = True
    return _found(search)


def absolute(directory: str, path: str) -> str:
    """A path as an absolute one, which leads where the system would go: `link/..` is above what the link means."""
    joined = os.path.join(directory, path)
    full = os.path.normpath(joined)
    if os.pardir not in path or os.path.realpath(full) == os.path.realpath(joined):
        return full
    return os.path.realpath(joined)


def find_tracked(
    folder: str, directory: str, asked_by: str, exclude: Exclusion = NOTHING, *, hidden: bool = False
) -> Found:
    """Every file that git tracks in a folder; raises UsageError, for the option that asked, where git cannot say."""
    search = _Search(Namer(directory), exclude)
    _tracked(folder, search, asked_by, hidden=hidden)
    return _found(search)


def repository_of(directory: str) -> str | None:
    """The root of the repository that a folder lies in, written as the folder is; None outside of one."""
    folder = directory
    while not os.path.exists(os.path.join(folder, ".git")):
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above
    return folder


def _found(search: _Search) -> Found:
    _follow(search)
    named = search.named
    files = sorted(FoundFile(named(path), path, flag) for path, flag in search.files.items())
    return Found(files, sorted({Notice(named(path), text) for path, text in search.notices}, key=lambda n: n.subject))


def _missing(path: str, absolute: str) -> str:
    if os.path.islink(absolute):
        return f"{path}: a symbolic link that leads nowhere"
    return f"{path}: no such file or directory"


class Namer:
    """Absolute paths as reports show them: relative to the working directory, with `/`."""

    def __init__(self, directory: str) -> None:
        self.directory = directory
        self._real = os.path.realpath(directory)
        self._folders = {directory: ""}

    def __call__(self, path: str) -> str:
        """The name of one path; bytes of it that are no text are written out, so that it can always be shown."""
        folder, name = os.path.split(path)
        prefix = self._folders.get(folder)
        if prefix is None:
            prefix = self._folders[folder] = self._prefix(folder)
        name = prefix + name
        if name == STDIN:
            return f"./{name}"
        return name if name.isascii() else name.encode("utf-8", "backslashreplace").decode()

    def folder(self, path: str) -> str:
        """The name of a folder; `.` for the working directory."""
        return "." if path == self.directory else self(path)

    def _prefix(self, folder: str) -> str:
        """What goes before the names in a folder: nothing, or its own name with a `/`."""
        for whole, base in ((folder, self.directory), (os.path.realpath(folder), self._real)):
            try:
                name = os.path.relpath(whole, base)
            except ValueError:  # another drive of Windows
                return folder.replace(os.sep, "/") + "/"
            if not name.startswith(".."):
                break
        else:
            name = os.path.relpath(folder, self.directory)
        return "" if name == "." else name.replace(os.sep, "/") + "/"


def _walk(root: str, search: _Search) -> None:
    pending = [root]
    while pending:
        folder = pending.pop()
        if folder in search.folders:
            continue
        search.folders.add(folder)
        try:
            with os.scandir(folder) as entries:
                pending.extend(_sort_out(entries, root, search))
        except OSError as error:
            search.notices.append((folder, f"cannot be listed: {error.strerror or error}"))


def _sort_out(entries: Iterator[os.DirEntry[str]], root: str, search: _Search) -> list[str]:
    below = []
    for entry in entries:
        name = entry.name
        if name.startswith(".") or search.leaves_out(entry.path, root):
            continue
        if entry.is_symlink():
            search.links.append(_Link(entry.path, "", root))
        elif entry.is_dir(follow_symlinks=False):
            if name not in _SKIPPED:
                below.append(entry.path)
        elif is_candidate(name) and entry.is_file(follow_symlinks=False):
            search.files.setdefault(entry.path, False)
    return below


def is_skipped(name: str) -> bool:
    """Whether a folder of this name is not looked into unless it is named."""
    return name.startswith(".") or name in _SKIPPED


def is_candidate(name: str) -> bool:
    """Whether a file of this name may hold manifests, or say how they are rendered."""
    return name.endswith(EXTENSIONS) or name == KUSTOMIZATION or name.lower().endswith(EXTENSIONS)


def _follow(search: _Search) -> None:
    """Follow the links that stay under their root and lead to what was not met anyway; each place is looked at once."""
    if not search.links:
        return
    seen = {os.path.realpath(path) for path in search.files}
    folders = {os.path.realpath(path) for path in search.folders}
    while search.links:
        links, search.links = sorted(search.links), []
        for link in links:
            _follow_one(link, search, seen, folders)


def _follow_one(link: _Link, search: _Search, seen: set[str], folders: set[str]) -> None:
    target = os.path.realpath(link.path)
    root = os.path.realpath(link.root)
    inside = target == root or target.startswith(os.path.join(root, ""))
    candidate = is_candidate(os.path.basename(link.path))
    if not os.path.exists(target):
        if candidate:
            search.notices.append((link.path, "a symbolic link that leads nowhere: not read"))
    elif os.path.isdir(target):
        if inside and target not in folders:
            folders.add(target)
            _walk(link.path, search)
    elif candidate and not inside:
        search.notices.append(
            (link.path, f"a symbolic link out of the folder: not read; name {target} to have it checked")
        )
    elif candidate and os.path.isfile(target) and target not in seen:
        seen.add(target)
        search.files.setdefault(link.path, False)


def _tracked(path: str, search: _Search, asked_by: str, *, hidden: bool = False) -> None:
    """Files that git tracks under a path: what a commit holds, and not what happens to lie beside it."""
    if not os.path.isdir(path):
        search.files[path] = True
        return
    for name in _ls_files(path, asked_by):
        parts = name.split("/")
        if not is_candidate(parts[-1]) or any(is_skipped(part) and not (hidden and part[0] == ".") for part in parts):
            continue
        file = os.path.join(path, *parts)
        if search.leaves_out(file, path):
            continue
        if os.path.islink(file):
            search.links.append(_Link(file, "", path))
        elif os.path.isfile(file):
            search.files.setdefault(file, False)


def _ls_files(folder: str, asked_by: str) -> list[str]:
    import subprocess  # noqa: PLC0415 - only those who ask for git's files need it

    command = ["git", "ls-files", "-z", "--cached"]
    # A hook of a linked worktree is told where its repository is, and Git would take any folder for the top of it.
    environment = {name: value for name, value in os.environ.items() if name not in _OF_HOOKS}
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_GIT_SECONDS,
            check=False,
        )
    except FileNotFoundError:
        raise UsageError(f"{asked_by} needs git, and there is none on the PATH") from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UsageError(f"git ls-files failed: {error}") from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines() or [
            f"git gave up with status {done.returncode}"
        ]
        raise UsageError(f"{asked_by}: {said[0]}")
    return [os.fsdecode(name) for name in done.stdout.split(b"\0") if name]
