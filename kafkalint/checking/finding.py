"""What a check says: a finding, the places that it points at, and the fault of a check that could not say anything."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from kafkalint.checking.applicability import Applicability
from kafkalint.checking.fix import Fix
from kafkalint.checking.text_places import TextPlace
from kafkalint.manifests.resources import Place
from kafkalint.manifests.text import Position, Text

if TYPE_CHECKING:
    from kafkalint.checking.remedy import Remedy

__all__ = [
    "Applicability",
    "Fault",
    "Finding",
    "Fix",
    "Level",
    "Located",
    "Location",
    "Related",
    "Suppression",
    "TextPlace",
]


class Level(Enum):
    """How bad it is, by SARIF's and the pull request's three steps."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return ("error", "warning", "info").index(self.value)


class Related(NamedTuple):
    """Another place that a finding speaks of, and what it is there for."""

    place: Place | TextPlace
    message: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check says about one place."""

    code: str
    name: str
    level: Level
    message: str
    """One sentence: the object, the value found, the value wanted, the consequence."""
    place: Place | TextPlace
    help: str = ""
    """How to mend it, in words that hold for this flavour."""
    related: tuple[Related, ...] = ()
    cluster: str | None = None
    fix: Fix | None = None
    """How to mend it by itself; None where only its owner can know what is right."""


@dataclass(frozen=True, slots=True)
class Location:
    """A place resolved: a file, a region in code points (1-based, end exclusive), and the text that it lies in."""

    file: str
    start: Position
    end: Position
    text: Text = field(repr=False, compare=False)

    @property
    def line(self) -> int:
        """First line of the region."""
        return self.start.line


class Located(NamedTuple):
    """A finding with its places resolved: what reports show."""

    finding: Finding
    location: Location
    related: tuple[tuple[Location, str], ...] = ()
    origin: str | None = None
    """The file that the flagged object was rendered from, where `location` could not be moved there."""
    suppressed: Suppression | None = None
    note: str | None = None
    """What the reader should know about the place: an overlay sets the value, the line is only near it."""
    remedy: Remedy | None = None
    """How its fix would be made, where it has one and somebody has worked it out."""


class Suppression(NamedTuple):
    """Why a finding is not shown: who said so, where, and the reason given."""

    kind: str
    """`inSource` or `external`, as SARIF has it."""
    reason: str


class Fault(NamedTuple):
    """A check that raised: an internal error to be reported; the other checks went on."""

    code: str
    name: str
    problem: str
