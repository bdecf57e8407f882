"""Which checks run, and at what level they speak: profile, selectors, level overrides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from kafkalint.checking.check import Check
from kafkalint.checking.vocabulary import Exactness, Vocabulary

if TYPE_CHECKING:
    from kafkalint.checking.finding import Level


class Profile(Enum):
    """What the cluster is for."""

    PRODUCTION = "production"
    DEVELOPMENT = "development"
    """Checks that a throw-away cluster may break are off."""
    STRICT = "strict"
    """Checks that are off unless asked for are on."""

    def includes(self, check: type[Check]) -> bool:
        """Whether a check runs when nobody selects or ignores anything."""
        if self is Profile.STRICT:
            return True
        return not check.opt_in and not (check.production_only and self is Profile.DEVELOPMENT)


class SelectionError(ValueError):
    """Selectors that name no check; one problem for each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class Choice(NamedTuple):
    """What one place, the command line or config, says of which checks run: codes, prefixes (`KL3`), names, `all`."""

    select: tuple[str, ...] | None = None
    """Instead of the profile's own set; None where it says nothing."""
    extend_select: tuple[str, ...] = ()
    """Besides it."""
    ignore: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """Every selector in it."""
        return (*(self.select or ()), *self.extend_select, *self.ignore)


class Plan(NamedTuple):
    """The checks of a run, and the levels that replace their own."""

    checks: tuple[type[Check], ...]
    """By code."""
    levels: Mapping[str, Level] = MappingProxyType({})
    """By code."""

    @property
    def codes(self) -> frozenset[str]:
        """Codes of the checks that run."""
        return frozenset(check.code for check in self.checks)


class _Vote(NamedTuple):
    exactness: int
    layer: int
    on: bool

    @property
    def weight(self) -> tuple[int, int, bool]:
        # The closest word wins; of two equally close ones the later layer's; in one layer the one that ignores.
        return self.exactness, self.layer, not self.on


def plan(
    checks: Iterable[type[Check]],
    profile: Profile = Profile.PRODUCTION,
    layers: Sequence[Choice] = (),
    levels: Mapping[str, Level | None] = MappingProxyType({}),
) -> Plan:
    """The checks that run; raises SelectionError.

    `layers` go from the weakest to the strongest: config, then the command line. The last `select` replaces earlier
    ones and the profile's set. `levels` is by code, None for off: the same as ignoring it in the first layer.
    """
    known = sorted(checks, key=lambda check: check.code)
    vocabulary = Vocabulary.of(known)
    problems = [vocabulary.unknown(word) for layer in layers for word in layer.words if not vocabulary.select(word)[1]]
    if problems:
        raise SelectionError(problems)
    votes = _votes(layers, levels, vocabulary)
    selected = any(layer.select is not None for layer in layers)
    chosen = tuple(check for check in known if _runs(check, profile, votes.get(check.code, ()), selected=selected))
    return Plan(chosen, MappingProxyType({code: level for code, level in levels.items() if level is not None}))


def _votes(
    layers: Sequence[Choice], levels: Mapping[str, Level | None], vocabulary: Vocabulary
) -> dict[str, list[_Vote]]:
    votes: dict[str, list[_Vote]] = {
        code: [_Vote(Exactness.CHECK, 0, on=False)] for code, level in levels.items() if level is None
    }
    last_select = max((index for index, layer in enumerate(layers) if layer.select is not None), default=-1)
    for index, layer in enumerate(layers):
        select = layer.select if index == last_select else ()
        for word, on in _signed(select or (), layer):
            exactness, codes = vocabulary.select(word)
            for code in codes:
                votes.setdefault(code, []).append(_Vote(exactness, index, on=on))
    return votes


def _signed(select: tuple[str, ...], layer: Choice) -> Iterator[tuple[str, bool]]:
    yield from ((word, True) for word in (*select, *layer.extend_select))
    yield from ((word, False) for word in layer.ignore)


def _runs(check: type[Check], profile: Profile, votes: Sequence[_Vote], *, selected: bool) -> bool:
    if not votes:
        return not selected and profile.includes(check)
    strongest = max(votes, key=lambda vote: vote.weight)
    if not strongest.on:
        return False
    # A prefix asks for a theme; what the profile leaves out of it has to be asked for by its own code or name.
    left_out = check.production_only and profile is Profile.DEVELOPMENT
    return not left_out or strongest.exactness >= Exactness.CHECK
