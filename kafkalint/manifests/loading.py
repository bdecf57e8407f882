"""The front of this package: what was asked for, loaded as bundles, documents and what could not be read."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from kafkalint.manifests.bundles import Bundle
from kafkalint.manifests.bundling import Piece, StatedBundle, bundle_stated, bundle_tree, kafka_words
from kafkalint.manifests.opening import (
    Harvest,
    Opened,
    Opener,
    UnreadableSource,
    harvest,
    open_core,
    open_partners,
)
from kafkalint.manifests.planning import Job, Plan, concerns_kafka, plan, plan_roots
from kafkalint.manifests.progress import UNWATCHED, Progress
from kafkalint.manifests.reading import ReadError, read
from kafkalint.manifests.render_settings import RenderSettings
from kafkalint.manifests.sniffing import Kinds, Relevance, sniff
from kafkalint.manifests.sources import STDIN, Source
from kafkalint.manifests.text import TextError
from kafkalint.manifests.walking import PACKED, Exclusion, Namer, UsageError, absolute, find

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kafkalint.manifests.documents import Document
    from kafkalint.manifests.notices import Notice
    from kafkalint.manifests.rendering.renderings import Account
    from kafkalint.manifests.walking import FoundFile

__all__ = ["LoadRequest", "Loaded", "UsageError", "load"]


class LoadRequest(NamedTuple):
    """What to load."""

    paths: tuple[str, ...] = ()
    """Files and folders; `-` stands for `stdin`."""
    roots: tuple[str, ...] = ()
    """Kustomizations and charts to render besides, by their own files."""
    stdin: bytes | None = None
    stdin_filename: str | None = None
    given: tuple[Source, ...] = ()
    """Renderings that somebody has made already; every document of theirs is opened."""
    from_git: bool = False
    """Of folders, only the files that git tracks."""
    sorted_out: bool = False
    """Whether files were named by somebody who does not know which of them are manifests, as a hook's caller."""
    exclude: Exclusion = Exclusion()
    own: frozenset[str] = frozenset()
    """Names of kafkalint's own files, which are no manifests: found in a folder, they are passed over."""
    render: RenderSettings = RenderSettings()
    bundles: tuple[StatedBundle, ...] = ()
    kinds: frozenset[str] | None = frozenset()
    """Kinds to open, however much there is, besides Kafka's own and what stands beside it; None for every kind."""
    jobs: int = 4
    """Renderers at work at once."""
    directory: str = ""
    """What paths are relative to and named from; empty for the process's own working directory."""
    progress: Progress = UNWATCHED


class Loaded(NamedTuple):
    """What was loaded, in an order that depends on names only."""

    bundles: tuple[Bundle, ...] = ()
    documents: tuple[Document, ...] = ()
    """Every document that was composed, those that do not parse included."""
    unreadable: tuple[UnreadableSource, ...] = ()
    """Files that could not be read, or are no text."""
    notices: tuple[Notice, ...] = ()
    sources: tuple[Source, ...] = ()
    """What was opened: files, renderings, standard input; the first of all where nothing was worth it."""
    resources_seen: int = 0
    skipped: int = 0
    """Objects that were counted and not opened; they are among those seen."""
    files_seen: int = 0
    accounts: tuple[Account, ...] = ()
    """What was rendered, and how."""
    files: frozenset[str] = frozenset()
    """Names of the files that were looked at, opened or not, and of those that renderings were made of."""
    folders: tuple[str, ...] = ()
    """Names of the folders that were asked for; `.` for the working directory."""


@dataclass
class _Run:
    """A load under way."""

    request: LoadRequest
    directory: str
    opener: Opener
    plain: list[Opened] = field(default_factory=list)
    first: FoundFile | None = None
    rendered: list[Opened] = field(default_factory=list)
    piped: list[Opened] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    accounts: list[Account] = field(default_factory=list)
    skipped: int = 0
    files: int = 0
    names: frozenset[str] = frozenset()

    @property
    def opened(self) -> list[Opened]:
        return [*self.plain, *self.rendered, *self.piped]


def load(request: LoadRequest) -> Loaded:
    """Load what a request asks for; raises UsageError where it asks for what is not there."""
    directory = os.path.abspath(request.directory or os.getcwd())
    kinds = None if request.kinds is None else frozenset(kind.encode() for kind in request.kinds)
    run = _Run(request, directory, Opener(directory, kinds))
    _load_paths(run)
    _load_roots(run)
    _load_stdin(run)
    for source in request.given:
        run.files += 1
        run.rendered += run.opener.stream(source, whole=True)
    for opened in (*run.rendered, *run.piped):
        opened.settle(_kafka_words([opened]))
    run.skipped += sum(opened.skipped for opened in run.opened)
    bundles = _bundles(run)
    found = tuple(document for opened in run.opened for document in opened.documents)
    return Loaded(
        bundles=tuple(bundles),
        documents=found,
        unreadable=tuple(sorted(run.opener.unreadable, key=lambda record: record.source.name)),
        notices=tuple(run.notices),
        sources=tuple(opened.source for opened in run.opened if opened.documents) or _unopened(run),
        resources_seen=run.skipped + sum(len(document.resources) for document in found),
        skipped=run.skipped,
        files_seen=run.files,
        accounts=tuple(run.accounts),
        files=run.names,
        folders=tuple(_folders(request.paths, directory)),
    )


def _folders(paths: Iterable[str], directory: str) -> Iterator[str]:
    for path in paths:
        if path != STDIN and os.path.isdir(full := absolute(directory, path)):
            yield Namer(directory).folder(full)


def _load_paths(run: _Run) -> None:
    paths = [path for path in run.request.paths if path != STDIN]
    if not paths:
        return
    run.request.progress.step("looking for files")
    found = find(paths, run.directory, from_git=run.request.from_git, exclude=run.request.exclude)
    files = [file for file in found.files if file.named or file.name not in run.request.own]
    run.notices += found.notices
    run.files += len(files)
    run.names = frozenset(file.name for file in files)
    run.first = next(iter(files), None)
    settings = run.request.render
    todo = plan(files, settings.asks_for(run.directory))
    # Whoever names files, or asks for what changed files go into, has not asked for these charts.
    folders = [] if run.request.roots else list(_folders(paths, run.directory))
    if folders and settings.charts:
        from kafkalint.manifests.rendering.renderings import lost  # noqa: PLC0415 - for those whose config names charts

        run.notices += lost(settings, todo.jobs, run.directory, folders)
    read_in = harvest(files, todo.consumed, run.opener.kinds, run.request.progress, sorted_out=run.request.sorted_out)
    _load_plain(run, read_in)
    _load_renderings(run, todo, read_in)


def _load_roots(run: _Run) -> None:
    if run.request.roots:
        todo = plan_roots([os.path.join(run.directory, path) for path in run.request.roots])
        run.files += len({path for job in todo.jobs for path in job.files})
        _load_renderings(run, todo, Harvest())


def _unopened(run: _Run) -> tuple[Source, ...]:
    """A source to point at when it is said that there is nothing of Kafka."""
    if run.opened or run.first is None:
        return tuple(opened.source for opened in run.opened[:1])
    try:
        source = Source(run.first.name, read(run.first.path), working_directory=run.directory)
        return (source,) if source.text else ()
    except (ReadError, TextError):
        return ()


def _load_plain(run: _Run, read_in: Harvest) -> None:
    run.plain += open_core(read_in, run.opener, run.request.progress)
    words = _kafka_words(run.plain) if read_in.entries or any(opened.put_off for opened in run.plain) else ()
    run.plain += open_partners(read_in, run.opener, words)
    for opened in run.plain:
        opened.settle(words)
    run.plain.sort(key=lambda opened: opened.source.name)
    run.skipped += sum(entry.scent.objects for entry in read_in.entries)


def _load_renderings(run: _Run, todo: Plan, read_in: Harvest) -> None:
    if not todo.jobs:
        return
    from kafkalint.manifests.rendering.renderings import render  # noqa: PLC0415 - most runs have nothing to render

    mentions = _Mentions(read_in.mentions, run.opener.kinds)
    settings = run.request.render
    is_asked_for = settings.asks_for(run.directory)
    jobs = [
        job
        for job in todo.jobs
        if (job.tool == "helm" and is_asked_for(job.directory)) or concerns_kafka(job, mentions, run.directory)
    ]
    run.skipped += _passed_over(todo, jobs, read_in)
    for rendering in render(jobs, settings, run.directory, run.request.jobs, run.request.progress):
        if rendering.account:
            run.accounts.append(rendering.account)
        if rendering.notice:
            run.notices.append(rendering.notice)
        if rendering.source:
            run.rendered += run.opener.stream(rendering.source)


def _passed_over(todo: Plan, jobs: Iterable[Job], read_in: Harvest) -> int:
    """Objects in files whose renderings cannot concern Kafka."""
    spoken_for = {path for job in jobs for path in job.files}
    return sum(objects for path, objects in read_in.objects.items() if path in todo.consumed and path not in spoken_for)


class _Mentions:
    """Whether a file speaks of Kafka or is of a kind looked for, those included that no path led to."""

    def __init__(self, known: dict[str, bool], kinds: Kinds) -> None:
        self.known = known
        self.kinds = kinds

    def __call__(self, path: str) -> bool:
        if path not in self.known:
            try:
                self.known[path] = sniff(_unpacked(path), self.kinds).relevance is Relevance.CORE
            except ReadError:
                self.known[path] = False
        return self.known[path]


def _unpacked(path: str) -> bytes:
    if not path.endswith(PACKED):
        return read(path)
    from kafkalint.manifests.rendering.charts import unpacked  # noqa: PLC0415 - few charts are packed

    return unpacked(path)


def _load_stdin(run: _Run) -> None:
    data = run.request.stdin
    if data is None:
        return
    name = run.request.stdin_filename or STDIN
    run.files += 1
    source = Source(name, data, name.rpartition("/")[0], working_directory=run.directory)
    run.piped += run.opener.stream(source)


def _kafka_words(group: Iterable[Opened]) -> frozenset[bytes]:
    """Names and labels of the Kafka among these; none where there is no Kafka."""
    found = (resource for opened in group for document in opened.documents for resource in document.resources)
    return frozenset(word.encode(errors="replace") for resource in found for word in kafka_words(resource))


def _bundles(run: _Run) -> list[Bundle]:
    plain, rendered = ([_piece(opened) for opened in group] for group in (run.plain, run.rendered))
    stated, rest = bundle_stated([*plain, *rendered], run.request.bundles)
    left = {piece.name for piece in rest}
    bundles = [*stated, *bundle_tree(piece for piece in plain if piece.name in left)]
    alone = [piece for piece in rendered if piece.name in left] + [_piece(opened) for opened in run.piped]
    bundles += [Bundle(piece.name, piece.resources) for piece in alone]
    return [bundle for bundle in bundles if bundle.primary]


def _piece(opened: Opened) -> Piece:
    return Piece(
        opened.source.name, tuple(resource for document in opened.documents for resource in document.resources)
    )
