"""What becomes of findings: their level, what is held back, what is said of suppressions, and whether the run fails."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from kafkalint.checking.check import SuppressionCheck
from kafkalint.checking.directives import Directive, Use
from kafkalint.checking.finding import Fault, Finding, Level, Located
from kafkalint.checking.runner import Ledger
from kafkalint.checking.selection import Plan
from kafkalint.checking.suppressions import in_comments, suppress, uses
from kafkalint.checking.vocabulary import Vocabulary
from kafkalint.manifests.sources import Source


class Judgement(NamedTuple):
    """Findings told apart: those that are shown, those that a suppression holds back."""

    live: tuple[Located, ...]
    held_back: tuple[Located, ...]
    faults: tuple[Fault, ...] = ()
    uses: tuple[Use, ...] = ()
    """Every suppression, with what it was good for."""


def judge(
    findings: Iterable[Finding], plan: Plan, directives: Sequence[Directive], locate: Callable[[Finding], Located]
) -> Judgement:
    """Give findings their level, hold back what is suppressed, and let the checks of suppressions speak last.

    Those are suppressed like others, but only by name, and a suppression of theirs is never called unused: that would
    have no end.
    """
    located = [relevelled(locate(finding), plan) for finding in findings]
    first = suppress(located, directives)
    own = frozenset(check.code for check in plan.checks if issubclass(check, SuppressionCheck))
    used = tuple(uses(directives, first.used, plan.codes - own))
    ledger = Ledger()
    for check in plan.checks:
        if issubclass(check, SuppressionCheck):
            instance = check()
            ledger.record(instance, "the suppressions", partial(instance.check, used))
    second = suppress([relevelled(locate(finding), plan) for finding in ledger.findings], directives, by_name=True)
    return Judgement((*first.live, *second.live), (*first.held_back, *second.held_back), tuple(ledger.faults), used)


def relevelled(located: Located, plan: Plan) -> Located:
    """The finding at the level that config gives its rule."""
    level = plan.levels.get(located.finding.code)
    return located if level is None else located._replace(finding=replace(located.finding, level=level))


def moved_comments(located: Iterable[Located], read: Iterable[str], vocabulary: Vocabulary) -> list[Directive]:
    """Suppression comments of files that findings were moved to and that are no sources of the run themselves.

    Kustomize drops every comment; they are found where the object was written.
    """
    known = set(read)
    directives: list[Directive] = []
    for item in located:
        location = item.location
        if location.file not in known:
            known.add(location.file)
            directives += in_comments(Source(location.file, location.text.content.encode()), vocabulary)
    return directives


def fails(levels: Iterable[Level], fail_on: Level | None) -> bool:
    """Whether a run with live findings of these levels fails; `fail_on` is None for never."""
    return fail_on is not None and any(level.rank <= fail_on.rank for level in levels)
