"""A fix worked out: which pieces of which files it replaces, or why it cannot be made."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kafkalint.manifests.text import Span

if TYPE_CHECKING:
    from kafkalint.checking.fix import Fix, Operation
    from kafkalint.manifests.sources import Source


class Edit(NamedTuple):
    """A piece of a source's text, in code points, and what is to stand there; an empty piece is where text comes in."""

    span: Span
    text: str


class Change(NamedTuple):
    """What becomes of one file."""

    source: Source
    """The file as it is; without any text where it is to be made."""
    edits: tuple[Edit, ...]
    """In order, and without overlap."""
    operations: tuple[Operation, ...] = ()
    """What the edits do, on places of this very file; none for a file that is to be made."""
    creates: bool = False

    @property
    def file(self) -> str:
        """The file as reports name it."""
        return self.source.name


class Remedy(NamedTuple):
    """What would be done about a finding."""

    fix: Fix
    changes: tuple[Change, ...] = ()
    """Each for another file, by name; none where there is a problem."""
    problem: str = ""
    """Why it cannot be done, as the end of a sentence: `the value comes through an alias`."""
    withdrawn: bool = False
    """Whether it was tried, and taken back for that."""

    @property
    def possible(self) -> bool:
        """Whether there is anything to be done."""
        return bool(self.changes)
