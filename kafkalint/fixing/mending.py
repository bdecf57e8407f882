"""Fixes made, in rounds: a batch is tried, the run is repeated, and what does not prove itself is taken back."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

from kafkalint.checking.applicability import Applicability
from kafkalint.checking.fix import AppendItem
from kafkalint.checking.remedy import Change, Remedy
from kafkalint.fixing.chains import joined
from kafkalint.fixing.judging import Key, brought, key_of, problem_with
from kafkalint.fixing.origin.rendered_proof import departure
from kafkalint.fixing.text.edits import Refusal, clash
from kafkalint.fixing.text.proof import prove
from kafkalint.manifests.progress import UNWATCHED, Progress
from kafkalint.manifests.text import encode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kafkalint.checking.finding import Located
    from kafkalint.checking.fix import Operation
    from kafkalint.checking.outcome import Outcome
    from kafkalint.manifests.sources import Source

__all__ = ["ALL", "SAFE", "Mended", "World", "mend", "proven", "unmended"]

SAFE = frozenset((Applicability.SAFE, Applicability.NEW))
ALL = SAFE | {Applicability.UNSAFE}
_ROUNDS = 20
_LONGEST_CHAIN = 4
# Each is a run over all files; what is left then has to wait until the others are mended or ignored.
_MOST_TRIALS = 100


class World(Protocol):
    """Files that can be linted and changed, and of which nobody else knows."""

    def lint(self) -> Outcome:
        """What the checks have to say now, with the fixes worked out."""

    def write(self, texts: Mapping[str, bytes | None]) -> Mapping[str, bytes | None]:
        """Give files, by name, new content (None takes them away); what they held before."""

    def renderings(self) -> Sequence[Source]:
        """What was rendered for the last lint."""


class Mended(NamedTuple):
    """What came of it."""

    outcome: Outcome
    """What is left; a finding whose fix was taken back says why."""
    applied: tuple[Located, ...] = ()
    """Findings that are gone, as they were."""


def mend(
    world: World,
    applicable: frozenset[Applicability],
    outcome: Outcome | None = None,
    progress: Progress = UNWATCHED,
) -> Mended:
    """Make every fix of these kinds that proves itself; `outcome` is what the lint says at first, if that is known."""
    mender = _Mender(world, applicable, outcome or world.lint(), progress)
    for _ in range(_ROUNDS):
        batch = _without_clashes(mender.wanted())
        if not batch:
            break
        mender.attempt(batch)
    return Mended(mender.told(mender.outcome), tuple(mender.applied))


def proven(world: World, outcome: Outcome, progress: Progress = UNWATCHED) -> Outcome:
    """The outcome, in which only fixes that prove themselves have edits; in the end the world is as it was.

    A fix that is made only together with others has the edits of all.
    """
    mender = _Mender(world, ALL, outcome, progress)
    pending = mender.wanted()
    while pending:
        chosen = _without_clashes(pending)
        mender.attempt(chosen, keep=False)
        done = {id(item) for item in chosen}
        pending = [item for item in pending if id(item) not in done]
    return mender.told(outcome)


def unmended(outcome: Outcome, why: str) -> Outcome:
    """The outcome, in which no fix is to be made, and why."""
    return outcome._replace(findings=[_unmended(item, why) for item in outcome.findings])


def _unmended(item: Located, why: str) -> Located:
    if item.finding.fix is None:
        return item
    known = item.remedy.problem if item.remedy else ""
    return item._replace(remedy=Remedy(item.finding.fix, problem=known or why))


@dataclass
class _Mender:
    world: World
    applicable: frozenset[Applicability]
    outcome: Outcome
    progress: Progress = UNWATCHED
    withdrawn: dict[Key, str] = field(default_factory=dict)
    """Why fixes were taken back."""
    together: dict[int, Remedy] = field(default_factory=dict)
    """For findings of the first outcome, by id: fixes that are made only with others, as one with these."""
    applied: list[Located] = field(default_factory=list)
    trials: int = 0
    decided: int = 0
    """Fixes of which it is known whether they prove themselves."""
    total: int = 0
    """Fixes to be decided, as far as was known at first."""

    def __post_init__(self) -> None:
        self.total = len(self.wanted())

    def wanted(self) -> list[Located]:
        """Findings that are to be mended and can be, in the order of the report."""
        return [
            item
            for item in self.outcome.findings
            if item.remedy
            and item.remedy.possible
            and item.remedy.fix.applicability in self.applicable
            and key_of(item) not in self.withdrawn
        ]

    def attempt(self, batch: Sequence[Located], *, keep: bool = True) -> None:
        """Make fixes together; where that does not prove itself, half of them at a time, and one alone is taken back.

        Without `keep` all of them are taken back, and only known to prove themselves.
        """
        chosen = _without_clashes(self._still_there(batch))
        if not chosen:
            return
        self.trials += 1
        if self.trials > _MOST_TRIALS:
            self._take_back(chosen, "too many others had to be taken back to try it")
            return
        self.progress.step("proving fixes", self.decided, self.total)
        before = self.outcome
        try:
            undo = dict(self.world.write(_written(chosen)))
        except Refusal as refusal:
            self._halve(chosen, str(refusal), keep=keep)
            return
        self.outcome = self.world.lint()
        made, problem = self._judged(before, chosen, undo)
        if made and keep:
            self.applied += made
            self.decided += len(made)
            return
        after = self.world.write(undo)
        self.outcome = before
        if len(made) > len(chosen):
            self.together[id(chosen[0])] = joined(made, undo, after)
        elif problem:
            self._halve(chosen, problem, keep=keep)
            return
        self.decided += len(chosen)

    def _judged(
        self, before: Outcome, chosen: Sequence[Located], undo: dict[str, bytes | None]
    ) -> tuple[Sequence[Located], str]:
        """What has been made and may stay, those of what it brought to light included; else nothing, and why."""
        departs = self.departs(chosen)
        problem = departs or problem_with(before, self.outcome, chosen)
        if not problem:
            return chosen, ""
        if len(chosen) > 1 or departs:
            return (), problem
        return self.follow_up(before, chosen[0], undo), problem

    def _still_there(self, batch: Iterable[Located]) -> list[Located]:
        """These findings as they are now, as many of each kind as there were."""
        left = Counter(key_of(item) for item in batch)
        found = []
        for item in self.wanted():
            key = key_of(item)
            if left[key]:
                left[key] -= 1
                found.append(item)
        return found

    def _halve(self, chosen: Sequence[Located], problem: str, *, keep: bool) -> None:
        if len(chosen) == 1:
            self._take_back(chosen, problem)
            return
        half = len(chosen) // 2
        for part in (chosen[:half], chosen[half:]):
            self.attempt(part, keep=keep)

    def _take_back(self, chosen: Sequence[Located], problem: str) -> None:
        self.decided += len(chosen)
        self.withdrawn |= {key_of(item): problem for item in chosen}

    def departs(self, made: Sequence[Located]) -> str:
        """How what is rendered now differs from what these fixes were to make of it; empty where it does not."""
        return departure(self.world.renderings(), [each for item in made for each in _operations(item)])

    def follow_up(self, before: Outcome, first: Located, undo: dict[str, bytes | None]) -> Sequence[Located]:
        """The fix and those of what it has brought to light, where in the end nothing new is there; else none.

        Where it ends well the world is left so, and `undo` knows what every file held at first.
        """
        taken_back: list[Mapping[str, bytes | None]] = []
        chain = [first]
        while len(taken_back) < _LONGEST_CHAIN:
            new = brought(before, self.outcome)
            nexts = _without_clashes([item for item in self.wanted() if key_of(item).group in new])
            if not nexts:
                break
            try:
                taken_back.append(self.world.write(_written(nexts)))
            except Refusal:
                break
            self.outcome = self.world.lint()
            chain += nexts
            if self.departs(nexts):
                break
            if not problem_with(before, self.outcome, [first]):
                for texts in taken_back:
                    undo |= {name: data for name, data in texts.items() if name not in undo}
                return chain
        for texts in reversed(taken_back):
            self.world.write(texts)
        return ()

    def told(self, outcome: Outcome) -> Outcome:
        """An outcome, in which each finding says what became of its fix."""
        return outcome._replace(findings=[self._told(item) for item in outcome.findings])

    def _told(self, item: Located) -> Located:
        if id(item) in self.together:
            return item._replace(remedy=self.together[id(item)])
        why = self.withdrawn.get(key_of(item))
        if why is None or item.remedy is None or not item.remedy.possible:
            return item
        return item._replace(remedy=Remedy(item.remedy.fix, problem=why, withdrawn=True))


def _operations(item: Located) -> tuple[Operation, ...]:
    return item.remedy.fix.operations if item.remedy else ()


def _in_the_way(change: Change, others: Iterable[Change]) -> bool:
    for other in others:
        # Items of one list come one behind the other, as the entries of a kustomization do.
        every = (*change.operations, *other.operations)
        listed = bool(every) and all(isinstance(each, AppendItem) for each in every)
        if change.creates or other.creates or (not listed and clash(change.edits, other.edits)):
            return True
    return False


def _without_clashes(found: Sequence[Located]) -> list[Located]:
    """Fixes that do not get into one another's way: the first by position wins, the others wait for their turn."""
    taken: list[Located] = []
    by_file: dict[str, list[Change]] = {}
    for item in found:
        changes = item.remedy.changes if item.remedy else ()
        if any(_in_the_way(each, by_file.get(each.file, ())) for each in changes):
            continue
        taken.append(item)
        for each in changes:
            by_file.setdefault(each.file, []).append(each)
    return taken


def _written(chosen: Iterable[Located]) -> dict[str, bytes]:
    """The files as the fixes of these findings make them, held to what they were meant to say; raises Refusal."""
    by_file: dict[str, list[Change]] = {}
    for item in chosen:
        for change in item.remedy.changes if item.remedy else ():
            by_file.setdefault(change.file, []).append(change)
    texts = {}
    for name, changes in by_file.items():
        first = changes[0]
        if first.creates:
            texts[name] = first.edits[0].text.encode()
            continue
        edits = sorted((edit for change in changes for edit in change.edits), key=lambda edit: edit.span)
        operations = [operation for change in changes for operation in change.operations]
        texts[name] = encode(prove(first.source, edits, operations, thorough=True), first.source.data)
    return texts
