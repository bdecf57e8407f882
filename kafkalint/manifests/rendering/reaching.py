"""From changed files to what is rendered from them, wherever in the repository that lies."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from kafkalint.manifests.globs import matches
from kafkalint.manifests.planning import plan
from kafkalint.manifests.reading import ReadError, read
from kafkalint.manifests.rendering.renderings import renderings
from kafkalint.manifests.sniffing import is_manifest
from kafkalint.manifests.walking import (
    CHART_FILE,
    KUSTOMIZATION_FILES,
    Exclusion,
    FoundFile,
    Namer,
    UsageError,
    find_tracked,
    is_skipped,
    repository_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kafkalint.manifests.bundling import StatedBundle
    from kafkalint.manifests.planning import Job, Plan, Tool
    from kafkalint.manifests.render_settings import RenderSettings

OPTION = "--render"
"""What people call this by."""


class Repository(NamedTuple):
    """What is known of the repository before its files are looked at."""

    directory: str
    """What paths are relative to, absolute."""
    render: RenderSettings
    bundles: tuple[StatedBundle, ...] = ()
    settings_files: tuple[str, ...] = ()
    """Files that say how everything is rendered and judged: where one changed, every rendering is reached."""
    exclude: Exclusion = Exclusion()


class Reached(NamedTuple):
    """What is to be rendered, and what is to be looked at with it."""

    roots: tuple[str, ...] = ()
    """The kustomizations and charts to render, by their own files, absolute."""
    beside: tuple[str, ...] = ()
    """Plain files that the config puts into one bundle with them, absolute."""
    bundles: tuple[StatedBundle, ...] = ()
    """The bundles of the config that hold any of it; the others are not seen in full."""


def reach(changed: Sequence[str], tool: Tool, repository: Repository) -> Reached:
    """What this tool renders from changed files, or from files in changed folders, that need not exist any more.

    Kustomizations and charts are looked for among all files that Git tracks, and those given: what builds upon a file
    may lie in any folder. Raises UsageError where there is no repository.
    """
    directory = repository.directory
    top = repository_of(directory)
    if top is None:
        raise UsageError(f"{OPTION} looks for what is rendered in a Git repository, and there is none here")
    files = _files(changed, top, repository)
    seen = [file for file in files if not _is_hidden(file.path, top)]
    todo = plan(seen, repository.render.asks_for(directory))
    jobs = [job for job in todo.jobs if job.tool == tool]
    hidden = [job for job in _hidden_jobs(files, top, repository) if job.tool == tool]
    changes = _Changes([os.path.normpath(os.path.join(directory, path)) for path in changed], files)
    met = jobs if changes.hold(repository.settings_files) else _met(jobs, changes, repository)
    met = [*met, *(job for job in hidden if _met([job], changes.as_seen_by(job), repository))]
    if not met or not repository.bundles:
        return Reached(tuple(job.file for job in met))
    return _with_bundles(met, todo, seen, repository)


def _is_hidden(path: str, folder: str) -> bool:
    """Whether a walk through a folder would not come upon this."""
    return any(is_skipped(part) for part in os.path.relpath(path, folder).split(os.sep) if part != os.pardir)


def _hidden_jobs(files: list[FoundFile], top: str, repository: Repository) -> list[Job]:
    """What is rendered in hidden folders; a run over the folders around them passes it over."""
    roots = (CHART_FILE, *KUSTOMIZATION_FILES)
    if not any(_is_hidden(file.path, top) and os.path.basename(file.path) in roots for file in files):
        return []
    jobs = plan(files, repository.render.asks_for(repository.directory)).jobs
    return [job for job in jobs if _is_hidden(job.file, top)]


def _files(changed: Sequence[str], top: str, repository: Repository) -> list[FoundFile]:
    """Every file that Git tracks, and the kustomizations and charts that are given although Git does not yet."""
    files = find_tracked(top, repository.directory, OPTION, repository.exclude, hidden=True).files
    known = {file.path for file in files}
    named = Namer(repository.directory)
    for path in changed:
        absolute = os.path.normpath(os.path.join(repository.directory, path))
        is_root = os.path.basename(absolute) in (CHART_FILE, *KUSTOMIZATION_FILES)
        if is_root and absolute not in known and os.path.isfile(absolute):
            known.add(absolute)
            files.append(FoundFile(named(absolute), absolute, False))
    return sorted(files)


def _met(jobs: Iterable[Job], changes: _Changes, repository: Repository) -> list[Job]:
    return [
        job
        for job in jobs
        if changes.hold(_parts(job, repository)) or changes.lie_in(job.within) or changes.lie_in(_links(job))
    ]


def _links(job: Job) -> Iterator[str]:
    """What in the charts of a job stands elsewhere."""
    for chart in (job.directory,) if job.tool == "helm" else job.charts:
        for folder, folders, names in os.walk(chart):
            yield from (path for name in (*folders, *names) if os.path.islink(path := os.path.join(folder, name)))
            folders[:] = [name for name in folders if not is_skipped(name)]


def _parts(job: Job, repository: Repository) -> Iterator[str]:
    """The files that go into the renderings of a job."""
    yield from job.files
    if job.tool == "helm":
        for _, values in renderings(job, repository.render, repository.directory):
            yield from values


@dataclass(frozen=True)
class _Changes:
    """Changed files and folders, to be compared with others as what they are once links are resolved."""

    paths: list[str]
    known: list[FoundFile]
    _folders: dict[str, str] = field(default_factory=dict)

    def hold(self, files: Iterable[str]) -> bool:
        """Whether one of these files has changed."""
        return any(self._is_changed(self._real(file)) for file in files)

    def lie_in(self, places: Iterable[str]) -> bool:
        """Whether something at or below one of these places has changed, or a folder around it."""
        return any(real in self._above or self._is_changed(real) for real in map(self._real, places))

    def as_seen_by(self, job: Job) -> _Changes:
        """The changes without the folders in which a walk would not come upon this job."""
        folders = {path for path in self.paths if os.path.isdir(path) and _is_below(job.file, path)}
        return replace(
            self, paths=[path for path in self.paths if path not in folders or not _is_hidden(job.file, path)]
        )

    def _is_changed(self, real: str) -> bool:
        return real in self._files or any(folder in self._given_folders for folder in _upwards(real))

    @cached_property
    def _files(self) -> frozenset[str]:
        gone = (path for path in self.paths if not os.path.lexists(path))
        return frozenset((*map(self._real, self.paths), *(file for path in gone for file in self._nearest(path))))

    @cached_property
    def _given_folders(self) -> frozenset[str]:
        return frozenset(self._real(path) for path in self.paths if not os.path.isfile(path))

    @cached_property
    def _above(self) -> frozenset[str]:
        """Every place at or below which something has changed."""
        return frozenset(folder for path in self.paths for folder in _upwards(self._real(path)))

    def _nearest(self, path: str) -> Iterator[str]:
        """The kustomization nearest to where a file was deleted, in its folder or above: it may have named it."""
        for folder in _upwards(os.path.dirname(path)):
            if folder in self._kustomizations:
                yield self._real(self._kustomizations[folder])
                return

    @cached_property
    def _kustomizations(self) -> dict[str, str]:
        return {
            os.path.dirname(file.path): file.path
            for file in self.known
            if os.path.basename(file.path) in KUSTOMIZATION_FILES
        }

    def _real(self, path: str) -> str:
        folder, name = os.path.split(path)
        if folder not in self._folders:
            self._folders[folder] = os.path.realpath(folder)
        real = os.path.join(self._folders[folder], name)
        return os.path.realpath(real) if os.path.islink(real) else real


def _is_below(path: str, folder: str) -> bool:
    return path.startswith(os.path.join(folder, ""))


def _upwards(path: str) -> Iterator[str]:
    """A path, and every folder above it."""
    while True:
        yield path
        above = os.path.dirname(path)
        if above == path:
            return
        path = above


def _with_bundles(met: list[Job], todo: Plan, files: Iterable[FoundFile], repository: Repository) -> Reached:
    """What was met, and what the config puts into one bundle with it: a part of one would be judged wrongly."""
    every: dict[str, list[str]] = {
        job.file: [name for name, _ in renderings(job, repository.render, repository.directory)] for job in todo.jobs
    }
    every |= {file.path: [file.name] for file in files if file.path not in todo.consumed and _is_manifest(file)}
    reached = {job.file for job in met}
    bundles: set[StatedBundle] = set()
    while True:
        names = [name for path in reached for name in every[path]]
        bundles |= {each for each in repository.bundles if any(_is_in(each, name) for name in names)}
        more = {path for path, its in every.items() if any(_is_in(each, name) for each in bundles for name in its)}
        if more <= reached:
            break
        reached |= more
    roots = {job.file for job in todo.jobs}
    return Reached(
        tuple(path for path in every if path in reached and path in roots),
        tuple(path for path in every if path in reached and path not in roots),
        tuple(each for each in repository.bundles if each in bundles),
    )


def _is_in(bundle: StatedBundle, name: str) -> bool:
    return any(matches(pattern, name) for pattern in bundle.paths)


def _is_manifest(file: FoundFile) -> bool:
    try:
        return is_manifest(read(file.path))
    except ReadError:
        return True  # it is said, where it is opened, that it cannot be read
