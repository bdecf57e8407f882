"""A baseline: findings that were there before are held back, so that only new ones count."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from kafkalint.checking.finding import Level, Located, Suppression, TextPlace
from kafkalint.checking.fingerprints import Subject, brief, subject_of, writable
from kafkalint.checking.locating import order
from kafkalint.checking.suppressions import EXTERNAL
from kafkalint.manifests.sources import STDIN

if TYPE_CHECKING:
    from kafkalint.manifests.text import Span

_OWN_CODE = re.compile(r"KL\d{3}")
_BY_RANK = tuple(Level)
_LEVELS = {Level.ERROR: "an error", Level.WARNING: "a warning", Level.INFO: "an info"}


class Entry(NamedTuple):
    """A finding of a baseline. Paths count from the baseline's folder."""

    file: str
    """The file that the finding points into."""
    subject: Subject
    rule: str
    """The rule's name, for the reader."""
    level: Level
    rendered: str = ""
    """The folder whose rendering it was found in, or the stream, where `file` is not what was judged."""
    made_with: str = ""
    """What that was rendered with: values files, release, what the renderer was given besides."""
    piped: bool = False
    """Whether that was standard input under a name that no file bears."""

    @property
    def as_bad(self) -> tuple[Level, ...]:
        """Levels of entries that hold this back: its own, else a worse one."""
        return _BY_RANK[self.level.rank :: -1]

    @property
    def milder(self) -> tuple[Level, ...]:
        """Levels of entries that it has outgrown."""
        return _BY_RANK[self.level.rank + 1 :]

    @property
    def order(self) -> tuple[object, ...]:
        """The order of a baseline: by file, rule, object."""
        return self.file, self.subject, self.rendered, self.made_with, self.level.rank, self.rule, self.piped


class Baseline(NamedTuple):
    """Findings that were there before, as one run meets them."""

    name: str
    """The file, as reports name it."""
    entries: tuple[Entry, ...] = ()
    relative: Callable[[str], str] = str
    """The name of a file or folder, as the run has it, to its path from the baseline's folder."""
    present: frozenset[str] = frozenset()
    """Files and folders of the entries that there are."""
    stream: str = ""
    """What standard input is called in this run; empty where it has no name, or that of a file."""

    @property
    def suppression(self) -> Suppression:
        """Why a finding of it is not shown."""
        return Suppression(EXTERNAL, f"in the baseline {self.name}")

    def entry_of(self, located: Located) -> Entry:
        """A finding as it would be written down."""
        finding, source = located.finding, located.finding.place.source
        moved = source.rendered_by is not None or source.name != located.location.file
        piped = bool(self.stream) and source.name == self.stream
        entry = Entry(self.path(located.location.file), subject_of(located), finding.name, finding.level, piped=piped)
        if not moved:
            return entry
        folder = self.path(source.directory if source.rendered_by else source.name)
        made_with = ", ".join((*map(self.path, source.values), *source.arguments))
        return entry._replace(rendered=folder, made_with=brief(made_with))

    def path(self, name: str) -> str:
        """The name of a file or folder, as the run has it, as a path from the baseline's folder that text can hold."""
        return writable(self.relative(name))

    def gone(self, path: str) -> bool:
        """Whether there is no such file or folder any more."""
        return bool(path) and path not in self.present


class Seen(NamedTuple):
    """What a run looked at, as far as that decides what it can show."""

    complete: bool
    """Whether every part of the input was looked at by every check."""
    ran: frozenset[str]
    """Codes of the rules that ran."""
    known: frozenset[str] = frozenset()
    """Codes of the rules that there are."""
    refused: frozenset[str] = frozenset()
    """Codes of rules whose findings no baseline holds back."""
    files: frozenset[str] = frozenset()
    folders: Sequence[str] = ()
    """Folders that were asked for as a whole."""
    unreadable: Sequence[tuple[str, Span]] = ()
    """Documents of which nothing was checked: source and span."""

    def hides(self, located: Located) -> bool:
        """Whether a finding stands for others that nobody could look for: whatever is in its document is unknown."""
        place = located.finding.place
        if located.finding.code in self.refused:
            return True
        if not isinstance(place, TextPlace):
            return False
        start = place.span().start
        return any(name == place.source.name and at.start <= start < at.end for name, at in self.unreadable)


class BaselineUse(NamedTuple):
    """What a baseline was good for in a run."""

    name: str
    held_back: int = 0
    idle: tuple[Entry, ...] = ()
    """Entries that hold nothing back any more, where the run can show that."""
    new: tuple[Located, ...] = ()
    """Live findings that it would take in, were it written now."""
    entries: tuple[Entry, ...] = ()
    """What it would hold then."""


class HeldBack(NamedTuple):
    """Findings told apart by a baseline, in their order."""

    live: tuple[Located, ...]
    held_back: tuple[Located, ...]
    use: BaselineUse


def hold_back(findings: Iterable[Located], baseline: Baseline, seen: Seen) -> HeldBack:
    """Hold back what the baseline knows, each entry one finding.

    An entry speaks for its own file. Where that is gone, moved or renamed, it may meet the same finding elsewhere. A
    finding that has become worse is live again.
    """
    units: dict[tuple[object, ...], _Unit] = {}
    pairs: list[tuple[Located, _Unit | None]] = []
    for item in sorted(findings, key=order):
        entry = None if _stands_alone(item, seen) else baseline.entry_of(item)
        pairs.append((item, units.setdefault((entry, *order(item)), _Unit(item, entry)) if entry else None))
    left = _meet(units.values(), baseline)
    idle, kept = _sorted_out(left, baseline, seen)
    use = BaselineUse(
        name=baseline.name,
        idle=tuple(idle),
        new=tuple(unit.first for unit in units.values() if not unit.held),
        entries=tuple(sorted((*(unit.entry for unit in units.values()), *kept), key=lambda entry: entry.order)),
    )
    known = {(unit.entry.file, unit.entry.subject) for unit in units.values() if unit.held}
    live = tuple(_live(item, unit, known) for item, unit in pairs if unit is None or not unit.held)
    held = (item._replace(suppressed=baseline.suppression) for item, unit in pairs if unit is not None and unit.held)
    return HeldBack(live, tuple(held), use)


def accepted(findings: Iterable[Located], use: BaselineUse) -> Iterator[Located]:
    """Of the live findings those that a baseline takes in when it is written."""
    taken = {order(item) for item in use.new}
    yield from (item for item in findings if order(item) in taken)


@dataclass
class _Unit:
    """A finding, which several renderings may have said in the same words."""

    first: Located
    entry: Entry
    held: bool = False
    outgrown: Entry | None = None
    """What the baseline has of it, where it has become worse."""


def _stands_alone(item: Located, seen: Seen) -> bool:
    """Whether no baseline may have a finding: two streams without a name cannot be told apart."""
    return seen.hides(item) or item.finding.place.source.name == STDIN


def _live(item: Located, unit: _Unit | None, known: set[tuple[str, Subject]]) -> Located:
    """The finding, with why it is new although the baseline has one like it."""
    if unit is not None and unit.outgrown is not None:
        why = f"the baseline has it as {_LEVELS[unit.outgrown.level]}, and it is {_LEVELS[item.finding.level]} now"
    elif unit is not None and unit.entry.rendered and (unit.entry.file, unit.entry.subject) in known:
        why = f"the baseline does not have it for {unit.first.finding.place.source.name}"
    else:
        return item
    return item._replace(note=f"{item.note}; {why}" if item.note else why)


def _meet(units: Iterable[_Unit], baseline: Baseline) -> list[Entry]:
    """Mark what the entries hold back; what is left of the entries."""
    # The worst first: fewer entries will do for it.
    todo = sorted(units, key=lambda unit: unit.entry.level.rank)
    own = _Shelf(sorted(baseline.entries, key=lambda entry: entry.order), _exactly)
    for unit in todo:
        unit.held = own.take(_exactly(unit.entry), unit.entry.as_bad) is not None
    moved = _Shelf((entry for entry in own.left() if _has_moved(entry, baseline)), partial(_wherever, baseline))
    for unit in todo:
        if not (unit.held or unit.entry.piped):
            unit.held = any(moved.take(key, unit.entry.as_bad) for key in _elsewhere(unit.entry))
    settled = (entry for entry in own.left() if not _has_moved(entry, baseline))
    milder = _Shelf((*settled, *moved.left()), _exactly)
    for unit in todo:
        if not unit.held:
            unit.outgrown = milder.take(_exactly(unit.entry), unit.entry.milder)
    return milder.left()


_Key: TypeAlias = tuple[object, ...]


class _Shelf:
    """Entries laid out so that one can be found and taken."""

    def __init__(self, entries: Iterable[Entry], key: Callable[[Entry], _Key]) -> None:
        self.places: dict[tuple[_Key, Level], list[Entry]] = {}
        for entry in entries:
            self.places.setdefault((key(entry), entry.level), []).append(entry)

    def take(self, key: _Key, levels: Iterable[Level]) -> Entry | None:
        """An entry of the first of these levels that has one left."""
        for level in levels:
            entries = self.places.get((key, level))
            if entries:
                return entries.pop()
        return None

    def left(self) -> list[Entry]:
        """What nobody took."""
        return [entry for entries in self.places.values() for entry in entries]


def _exactly(entry: Entry) -> _Key:
    return entry.subject, entry.file, entry.rendered, entry.made_with


def _has_moved(entry: Entry, baseline: Baseline) -> bool:
    return not entry.piped and (baseline.gone(entry.file) or baseline.gone(entry.rendered))


def _wherever(baseline: Baseline, entry: Entry) -> _Key:
    """What is still true of an entry whose file or folder is gone; None stands for anywhere."""
    file = None if baseline.gone(entry.file) else entry.file
    made = (None, None) if baseline.gone(entry.rendered) else (entry.rendered, entry.made_with)
    return entry.subject, file, *made


def _elsewhere(entry: Entry) -> Iterator[_Key]:
    yield entry.subject, entry.file, None, None
    yield entry.subject, None, entry.rendered, entry.made_with
    yield entry.subject, None, None, None


def _sorted_out(left: Sequence[Entry], baseline: Baseline, seen: Seen) -> tuple[list[Entry], list[Entry]]:
    """Entries that met nothing: those that have nothing left to meet, and those of which the run cannot show it."""
    if not left:
        return [], []
    shown = _Shown.of(baseline, seen)
    idle: list[Entry] = []
    kept: list[Entry] = []
    for entry in sorted(left, key=lambda entry: entry.order):
        (idle if shown.is_idle(entry) else kept).append(entry)
    return idle, kept


class _Shown(NamedTuple):
    """What a run can show: who saw a part of the files cannot tell that something is not there."""

    baseline: Baseline
    codes: frozenset[str]
    """Rules that looked at everything."""
    known: frozenset[str]
    files: frozenset[str]
    """Files that were looked at, from the baseline's folder."""
    folders: Sequence[str]
    """Folders that were looked at as a whole."""
    stream: str

    @classmethod
    def of(cls, baseline: Baseline, seen: Seen) -> _Shown:
        files = frozenset(map(baseline.path, seen.files))
        stream = baseline.path(baseline.stream) if baseline.stream else ""
        codes = seen.ran if seen.complete else frozenset()
        return cls(baseline, codes, seen.known, files, tuple(map(baseline.path, seen.folders)), stream)

    def is_idle(self, entry: Entry) -> bool:
        """Whether an entry that met nothing has nothing left to meet."""
        code = entry.subject.code
        if self.known and _OWN_CODE.fullmatch(code) and code not in self.known:
            return True
        if code not in self.codes:
            return False
        if entry.piped:
            return bool(self.stream) and self.stream in (entry.file, entry.rendered)
        if self.baseline.gone(entry.file):
            # It may stand anywhere else now.
            return any(set(folder.split("/")) <= {".", ".."} for folder in self.folders)
        return entry.file in self.files and self._covers(entry.file) and self._covers(entry.rendered)

    def _covers(self, path: str) -> bool:
        """Whether something lies in a folder that was looked at as a whole: what else is there may be its partner."""
        return not path or any(_lies_in(path, folder) for folder in self.folders)


def _lies_in(path: str, folder: str) -> bool:
    """Whether a path is at or below a folder, both from one place: `.` holds all of it, `..` all beside it too."""
    parts = [] if folder == "." else folder.split("/")
    if set(parts) <= {".."}:
        return path.split("/").count("..") <= len(parts)
    return path == folder or path.startswith(f"{folder}/")
