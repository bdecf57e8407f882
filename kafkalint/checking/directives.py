"""What a suppression is: what somebody wrote, what it speaks for, and what it was good for."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from kafkalint.checking.finding import TextPlace
from kafkalint.checking.scopes import Flagged, PathPattern, ResourcePattern, Scope
from kafkalint.manifests.resources import Place

_NO_REASON = frozenset(("", "true", "yes", "ignore", "ignored"))


class Ignore(NamedTuple):
    """An entry of `ignores` in config."""

    words: tuple[str, ...]
    """Codes, names or prefixes, all of them known."""
    place: TextPlace
    paths: tuple[PathPattern, ...] = ()
    resources: tuple[ResourcePattern, ...] = ()
    reason: str = ""
    expires: date | None = None
    """The last day on which it holds."""


class Directive(NamedTuple):
    """One suppression as somebody wrote it."""

    codes: tuple[str, ...]
    """Rules that it names; `all` for every one."""
    place: Place | TextPlace
    scope: Scope
    kind: str
    """`inSource` or `external`, as SARIF has it."""
    reason: str = ""
    unknown: tuple[str, ...] = ()
    """What is wrong with each word in it that names no rule."""
    problem: str = ""
    """Why it holds nothing back: it is not understood, or has expired."""
    provable: bool = True
    """Whether this run can show that it is unused; a part of the repository cannot show it for a pattern."""
    removable: bool = True
    """Whether this run can show that nobody needs it; for rules across files one that sees a part of them cannot."""
    words: tuple[tuple[str, str | None], ...] = ()
    """What a comment or an annotation names, as written, and the rule that each word means; None for none."""

    def covers(self, flagged: Flagged) -> bool:
        """Whether it holds a finding back, if that is of a rule that it names; never one about itself."""
        return flagged.finding.place != self.place and self.scope.covers(flagged)

    @property
    def has_reason(self) -> bool:
        """Whether it says why."""
        return self.reason.strip().lower() not in _NO_REASON


class Use(NamedTuple):
    """A suppression, and what it was good for."""

    directive: Directive
    used: frozenset[str] = frozenset()
    """Codes of findings that it held back."""
    idle: tuple[str, ...] = ()
    """Codes that it names, that were looked for, and that held nothing back; `all` if nothing was."""
