"""Files to sources, and sources to the documents that are worth composing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from kafkalint.manifests.documents import Document, Unreadable, documents
from kafkalint.manifests.progress import UNWATCHED, Progress
from kafkalint.manifests.reading import ReadError, read
from kafkalint.manifests.sniffing import Kinds, Relevance, Scent, is_manifest, sniff, stands_beside
from kafkalint.manifests.sources import Source
from kafkalint.manifests.text import Span, TextError, decode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kafkalint.manifests.walking import FoundFile

SMALL = 1 << 20
"""So many bytes of YAML are composed to the last document; in more, only what can concern Kafka is."""
LONG = 1 << 20
"""A longer text is sniffed document by document."""


class UnreadableSource(NamedTuple):
    """A source that is no text or could not be read: `source` holds what of it can be shown."""

    source: Source
    unreadable: Unreadable


@dataclass
class Opened:
    """A source of which documents are composed, and how many objects in it nobody opened."""

    source: Source
    documents: list[Document] = field(default_factory=list)
    skipped: int = 0
    put_off: list[Document] = field(default_factory=list)
    """Documents that matter only beside Kafka; their objects count as skipped as long as they stand here."""

    def settle(self, words: Iterable[bytes]) -> None:
        """Compose what was put off and can be about the Kafka of these names and labels."""
        words = tuple(words)
        for document in self.put_off:
            data = document.text.encode(errors="replace")
            if words and stands_beside(data, words):
                self.documents.append(document)
                self.skipped -= sniff(data).objects
        self.documents.sort(key=lambda document: document.index)
        self.put_off = []


@dataclass
class Entry:
    """A file that was read: its bytes are kept only as long as they may be needed."""

    file: FoundFile
    scent: Scent
    size: int
    data: bytes | None
    problem: str | None = None


@dataclass
class Harvest:
    """What reading the files of a run gave."""

    entries: list[Entry] = field(default_factory=list)
    """Plain sources."""
    mentions: dict[str, bool] = field(default_factory=dict)
    """For the files that renderings speak for: whether they speak of Kafka, or hold a kind that is looked for."""
    objects: dict[str, int] = field(default_factory=dict)
    """For the same files: how many objects they hold as they stand."""
    size: int = 0
    named: int = 0


def harvest(
    files: Sequence[FoundFile],
    consumed: frozenset[str],
    kinds: Kinds = frozenset(),
    progress: Progress = UNWATCHED,
    *,
    sorted_out: bool = False,
) -> Harvest:
    """Read and sniff every file; memory holds only what is, or still may have to be, opened.

    What is no manifest is passed over where it was come upon, and with `sorted_out` where it was named, too.
    """
    result = Harvest()
    kept = True
    for number, file in enumerate(files):
        progress.step("reading files", number, len(files))
        entry = _entry(file, kinds)
        if file.path in consumed:
            result.mentions[file.path] = entry.scent.relevance is Relevance.CORE
            result.objects[file.path] = entry.scent.objects
            continue
        if entry.data is not None and (sorted_out or not file.named) and not is_manifest(entry.data):
            continue
        result.entries.append(entry)
        result.size += entry.size
        result.named += entry.size if file.named else 0
        if result.size > SMALL:
            for one in result.entries if kept else (entry,):
                _forget(one)
            kept = False
    return result


def _entry(file: FoundFile, kinds: Kinds) -> Entry:
    try:
        data = read(file.path)
    except ReadError as problem:
        return Entry(file, Scent(Relevance.OTHER, 0), 0, None, f"cannot be read: {problem}")
    return Entry(file, sniff(data, kinds), len(data), data)


def _forget(entry: Entry) -> None:
    if entry.scent.relevance is not Relevance.CORE:
        entry.data = None


def open_core(result: Harvest, opener: Opener, progress: Progress = UNWATCHED) -> Iterator[Opened]:
    """The sources that are worth opening whatever the others hold; those entries are taken out of the harvest."""
    small = result.size <= SMALL
    few_named = result.named <= SMALL
    left = []
    for number, entry in enumerate(result.entries):
        progress.step("opening files", number, len(result.entries))
        whole = small or (entry.file.named and few_named)
        if whole or entry.problem or entry.scent.relevance is Relevance.CORE:
            yield from opener.entry(entry, whole=whole)
        else:
            left.append(entry)
    result.entries = left


def open_partners(result: Harvest, opener: Opener, words: Iterable[bytes]) -> Iterator[Opened]:
    """The sources that matter beside a Kafka of these names and labels; entries not opened stay in the harvest."""
    words = tuple(words)
    left = []
    for entry in result.entries:
        if words and entry.scent.relevance is Relevance.PARTNER and opener.is_beside(entry, words):
            yield from opener.entry(entry, whole=False)
        else:
            left.append(entry)
    result.entries = left


@dataclass
class Opener:
    """Makes sources of entries, and keeps a record of those that are no text."""

    directory: str
    kinds: Kinds = frozenset()
    unreadable: list[UnreadableSource] = field(default_factory=list)

    def entry(self, entry: Entry, *, whole: bool) -> Iterator[Opened]:
        """An entry as an opened source; none where it cannot be read."""
        name = entry.file.name
        problem = entry.problem
        data = b"" if problem else entry.data
        entry.data = None
        if data is None:
            data, problem = _read_again(entry.file)
        source = Source(name, data, name.rpartition("/")[0], working_directory=self.directory)
        if problem:
            self.unreadable.append(UnreadableSource(source, Unreadable(problem, Span(0, 0))))
        else:
            yield from self.source(source, entry.scent.relevance, whole=whole)

    def stream(self, source: Source, *, whole: bool = False) -> Iterator[Opened]:
        """A rendering or standard input as an opened source, in full unless it is long; `whole` has it so even then."""
        whole = whole or len(source.data) <= LONG
        yield from self.source(source, sniff(source.data, self.kinds).relevance, whole=whole)

    def is_beside(self, entry: Entry, words: Iterable[bytes]) -> bool:
        """Whether a file of partners can be about Kafka; it is read again for that."""
        data, problem = _read_again(entry.file)
        return not problem and stands_beside(data, words)

    def source(self, source: Source, relevance: Relevance, *, whole: bool) -> Iterator[Opened]:
        """The documents of a source that are worth composing; none where it is no text."""
        opened = Opened(source)
        try:
            found = list(documents(source))
        except TextError as error:
            self.unreadable.append(no_text(source, error))
            return
        if whole or (relevance is Relevance.CORE and len(source.data) <= LONG):
            opened.documents = found
        else:
            _sort_out(found, opened, self.kinds)
        yield opened


def _sort_out(found: Iterable[Document], opened: Opened, kinds: Kinds) -> None:
    for document in found:
        scent = sniff(document.text.encode(errors="replace"), kinds)
        if scent.relevance is Relevance.CORE:
            opened.documents.append(document)
            continue
        opened.skipped += scent.objects
        if scent.relevance is Relevance.PARTNER:
            opened.put_off.append(document)


def _read_again(file: FoundFile) -> tuple[bytes, str | None]:
    try:
        return read(file.path), None
    except ReadError as problem:
        return b"", f"cannot be read: {problem}"


def no_text(source: Source, error: TextError) -> UnreadableSource:
    """A record of a source whose bytes are no text, at the first of them."""
    codec = _codec(source.data)
    shown = source.data.decode(codec, errors="replace")
    copy = Source(
        source.name, shown.encode(errors="replace"), source.directory, working_directory=source.working_directory
    )
    offset = _first_bad(source.data, codec)
    return UnreadableSource(copy, Unreadable(str(error), Span(offset, min(offset + 1, len(copy.text.content)))))


def _codec(data: bytes) -> str:
    """The encoding by which `decode` would read these bytes."""
    marks = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff", b"\xef\xbb\xbf")
    mark = next((mark for mark in marks if data.startswith(mark)), b"")
    try:
        return decode(data[:4] if mark else b"").encoding
    except TextError:
        return "utf-16"


def _first_bad(data: bytes, codec: str) -> int:
    try:
        data.decode(codec)
    except UnicodeDecodeError as error:
        return len(error.object[: error.start].decode(codec, errors="replace"))
    return 0
