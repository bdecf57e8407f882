"""Two runs compared: whether what was done in between mended what it should, and broke nothing."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from kafkalint.checking.finding import Level, TextPlace

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kafkalint.checking.finding import Located
    from kafkalint.checking.outcome import Outcome


class Group(NamedTuple):
    """A rule and the object that it is about, whichever place in it."""

    code: str
    file: str
    subject: str


class Key(NamedTuple):
    """What a finding is known by from round to round, while lines move."""

    group: Group
    route: str


def key_of(located: Located) -> Key:
    """What a finding is known by."""
    place = located.finding.place
    code, file = located.finding.code, located.location.file
    if isinstance(place, TextPlace):
        start, end = place.span()
        return Key(Group(code, file, ""), place.source.text.content[start:end])
    return Key(Group(code, file, str(place.resource.identity)), place.path)


def problem_with(before: Outcome, after: Outcome, made: Sequence[Located]) -> str:
    """Why what was done is not to stay: a finding that is still there, or one that has come of it."""
    if len(after.faults) > len(before.faults) or len(after.notices) > len(before.notices):
        return "a part of the input could not be looked at any more"
    if after.unreadable > before.unreadable:
        return "a document could not be read any more"
    was, now = _count(before.findings), _count(after.findings)
    for group, number in Counter(key_of(item).group for item in made).items():
        if now[group] > was[group] - number:
            return "the finding would still be there"
    news = brought(before, after)
    if news:
        return f"it would bring {', '.join(sorted({group.code for group in news}))}"
    return ""


def brought(before: Outcome, after: Outcome) -> set[Group]:
    """Rules and objects of which more errors are said than before, or more errors and warnings together."""
    found: set[Group] = set()
    for levels in ((Level.ERROR,), (Level.ERROR, Level.WARNING)):
        was, now = _count(_of(before, levels)), _count(_of(after, levels))
        found |= {group for group in now if now[group] > was[group]}
    return found


def repeats(outcome: Outcome, again: Outcome) -> bool:
    """Whether two runs said the same, wherever in their files."""
    complete = len(outcome.notices) == len(again.notices) and outcome.unreadable == again.unreadable
    return complete and _count(outcome.findings) == _count(again.findings)


def _of(outcome: Outcome, levels: Sequence[Level]) -> list[Located]:
    return [item for item in outcome.findings if item.finding.level in levels]


def _count(findings: Iterable[Located]) -> Counter[Group]:
    return Counter(key_of(item).group for item in findings)
