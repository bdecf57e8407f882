"""A copy of the files of a run, in which fixes are tried before they are made: renderers see what the user's would."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kafkalint.manifests.planning import plan, plan_roots
from kafkalint.manifests.sources import STDIN
from kafkalint.manifests.walking import CHART_FILE, find

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from kafkalint.manifests.loading import LoadRequest
    from kafkalint.manifests.planning import Job


@dataclass
class Shadow:
    """A folder that holds copies of files at the places that they have to one another."""

    root: str
    """The folder of the copies, which nobody else writes to."""
    above: str
    """The real folder that `root` stands for."""
    directory: str
    """The real working directory, which names are relative to."""
    first: dict[str, bytes | None] = field(default_factory=dict)
    """What each file that was written to held at first, by name; None where there was none."""

    @classmethod
    def of(cls, root: str, request: LoadRequest) -> Shadow:
        """The files that a request means, with all that their renderings are made of, copied below `root`."""
        directory = request.directory
        paths = [path for path in request.paths if path != STDIN]
        roots = [os.path.join(directory, path) for path in request.roots]
        named = (file for chart in request.render.charts for file in (*chart.values, f"{chart.chart}/{CHART_FILE}"))
        values = [os.path.join(directory, file) for file in named]
        found = find(paths, directory, from_git=request.from_git, exclude=request.exclude)
        jobs = [*plan(found.files).jobs, *(plan_roots(roots).jobs if roots else ())]
        every = (*(file.path for file in found.files), *_rendered_from(jobs), *_below(values))
        wanted = sorted({os.path.abspath(path) for path in every})
        absolute = [os.path.normpath(os.path.join(directory, path)) for path in paths]
        above = _common([directory, *absolute, *(os.path.dirname(path) for path in wanted)])
        shadow = cls(os.path.realpath(root), above, directory)
        for folder in (directory, *(path for path in absolute if os.path.isdir(path))):
            os.makedirs(shadow.at(folder), exist_ok=True)
        for path in wanted:
            shadow._copy(path)
        return shadow

    @property
    def working_directory(self) -> str:
        """Where the working directory is among the copies."""
        return self.at(self.directory)

    def at(self, path: str) -> str:
        """The copy's path for a real one."""
        return os.path.normpath(os.path.join(self.root, os.path.relpath(path, self.above)))

    def _copy(self, path: str) -> None:
        target = self.at(path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        real = os.path.realpath(path)
        if os.path.islink(path) and real.startswith(os.path.join(self.above, "")):
            self._copy_file(real, self.at(real))
            if not os.path.lexists(target):
                os.symlink(self.at(real), target)
        else:
            self._copy_file(path, target)

    def _copy_file(self, path: str, target: str) -> None:
        if os.path.lexists(target):
            return
        os.makedirs(os.path.dirname(target), exist_ok=True)
        if os.access(path, os.R_OK):  # what cannot be read is said to be so where it is read
            shutil.copyfile(path, target)

    def write(self, texts: Mapping[str, bytes | None]) -> dict[str, bytes | None]:
        """Give files, by name, new content, or take them away; what they held before."""
        before: dict[str, bytes | None] = {}
        for name, data in texts.items():
            path = os.path.join(self.working_directory, name)
            before[name] = _content(path)
            self.first.setdefault(name, before[name])
            if data is None:
                if os.path.lexists(path):
                    os.unlink(path)
            else:
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(os.path.realpath(path), "wb") as stream:
                    stream.write(data)
        return before

    def changed(self) -> Iterator[tuple[str, bytes | None, bytes]]:
        """Files whose content is not what it was: name, first and last content."""
        for name in sorted(self.first):
            now = _content(os.path.join(self.working_directory, name))
            if now is not None and now != self.first[name]:
                yield name, self.first[name], now


def _common(paths: list[str]) -> str:
    try:
        return os.path.commonpath(paths)
    except ValueError as error:  # several drives of Windows
        raise OSError(str(error)) from None


def _content(path: str) -> bytes | None:
    try:
        with open(path, "rb") as stream:
            return stream.read()
    except OSError:
        return None


def _rendered_from(jobs: Iterable[Job]) -> Iterator[str]:
    """All that renderings are made of."""
    for job in jobs:
        yield from job.files
        yield job.file
        yield from _below([job.directory] if job.tool == "helm" else filter(os.path.isdir, job.charts))


def _below(paths: Iterable[str]) -> Iterator[str]:
    """Files as they are, and every file of a folder."""
    for path in paths:
        yield from [path] if os.path.isfile(path) else _tree(path)


def _tree(folder: str) -> Iterator[str]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != ".git")
        yield from (os.path.join(place, name) for name in sorted(names))
