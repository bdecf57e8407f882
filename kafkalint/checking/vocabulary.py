"""The words that people may use for checks: codes, names, prefixes of codes; and what they may have meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import IntEnum
from functools import cached_property
from types import MappingProxyType

from kafkalint.checking.check import Check

ALL = "all"
_PREFIX = re.compile(r"[A-Z]{2,}[0-9]*")


class Exactness(IntEnum):
    """How closely a word names a check; a prefix of n characters adds n."""

    ALL = 0
    PREFIX = 1
    CHECK = 1000


class Vocabulary:
    """The codes and names of all checks that are loaded."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names
        """Code by name."""

    @classmethod
    def of(cls, checks: Iterable[type[Check]]) -> Vocabulary:
        """The vocabulary of these checks."""
        return cls(MappingProxyType({check.name: check.code for check in checks}))

    @cached_property
    def codes(self) -> frozenset[str]:
        """All codes."""
        return frozenset(self.names.values())

    def code(self, word: str) -> str | None:
        """The code of one check, by its code or name; None if there is no such check."""
        return word if word in self.codes else self.names.get(word)

    def select(self, word: str) -> tuple[int, frozenset[str]]:
        """How closely a code, name, prefix or `all` names checks, and the codes of those; none if it names nothing."""
        code = self.code(word)
        if code is not None:
            return Exactness.CHECK, frozenset((code,))
        if word.lower() == ALL:
            return Exactness.ALL, self.codes
        if not _PREFIX.fullmatch(word):
            return Exactness.PREFIX, frozenset()
        letters = word.rstrip("0123456789")
        found = (code for code in self.codes if code.startswith(word) and code.rstrip("0123456789") == letters)
        return Exactness.PREFIX + len(word), frozenset(found)

    def unknown(self, word: str, *, prefixes: bool = True) -> str:
        """The problem with a word that names nothing: `there is no rule pdb-mising; did you mean pdb-missing?`."""
        shouted = word.upper()
        if _PREFIX.fullmatch(shouted) and word not in self.names:
            # Every code is close to every other; only its case can be said to be a slip.
            known = shouted in self.codes or (prefixes and self.select(shouted)[1])
            return f"there is no rule {word}{f'; did you mean {shouted}?' if known and shouted != word else ''}"
        return f"there is no rule {word}{did_you_mean(word, sorted(self.names))}"


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """`; did you mean …?` where one candidate is close, else nothing."""
    from difflib import get_close_matches  # noqa: PLC0415 - only a mistake pays for it

    folded: dict[str, str] = {}
    for candidate in candidates:
        folded.setdefault(candidate.lower().replace("_", "-"), candidate)
    close = get_close_matches(word.lower().replace("_", "-"), folded, n=1, cutoff=0.7)
    return f"; did you mean {folded[close[0]]}?" if close else ""
