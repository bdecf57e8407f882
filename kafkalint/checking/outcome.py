"""What a run found: all that a report may show."""

from __future__ import annotations

from collections import Counter
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from kafkalint.manifests.notices import Notice

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kafkalint.checking.baseline import BaselineUse
    from kafkalint.checking.check import Check
    from kafkalint.checking.finding import Fault, Level, Located

__all__ = ["BundleSummary", "ClusterSummary", "Notice", "Outcome"]


class ClusterSummary(NamedTuple):
    """A cluster as reports list it."""

    name: str
    namespace: str | None
    flavour: str
    kafka_version: str | None
    mode: str
    brokers: int | None
    controllers: int | None


class BundleSummary(NamedTuple):
    """What was judged together."""

    name: str
    objects: int
    context: int = 0
    """Objects that are judged elsewhere and may be referred to."""
    clusters: Sequence[str] = ()


class Outcome(NamedTuple):
    """Everything that one run has to say, in its final order."""

    findings: Sequence[Located] = ()
    """Live findings by file, line, column, code."""
    suppressed: Sequence[Located] = ()
    """Findings that a suppression or the baseline keeps back, in the same order."""
    faults: Sequence[Fault] = ()
    notices: Sequence[Notice] = ()
    clusters: Sequence[ClusterSummary] = ()
    bundles: Sequence[BundleSummary] = ()
    unmodelled: Sequence[tuple[str, str, str]] = ()
    """Flavour, object and file of what was recognised as Kafka and is not modelled yet."""
    resources: int = 0
    """Objects seen, those that sniffing skipped included."""
    skipped: int = 0
    """Objects that were counted and not opened, because they cannot concern Kafka."""
    unreadable: int = 0
    """Documents of which nothing was checked because they do not parse, or are no text."""
    sources: int = 0
    clean: Sequence[str] = ()
    """Names of the sources that were read to the end and have no live finding."""
    seconds: float = 0.0
    rules: Sequence[type[Check]] = ()
    """Every check that is loaded, by code."""
    mended: Sequence[Located] = ()
    """Findings that are no more, as they were before their fixes were made."""
    baseline: BaselineUse | None = None
    """What the baseline was good for; None where there is none."""
    include_suppressed: bool = False
    arguments: Mapping[str, object] = MappingProxyType({})
    directory: str = ""
    """The working directory as seen from the root of the repository, with `/`; empty where they are one.

    Files are named from the working directory; a code host finds them from the root.
    """
    root: str = ""
    """The root of the repository that was looked at, absolute, with `/`; empty where nobody asked."""

    def count(self, level: Level) -> int:
        """How many live findings there are of a level."""
        return self.counts[level]

    @property
    def counts(self) -> Counter[Level]:
        """Live findings by level."""
        return Counter(located.finding.level for located in self.findings)

    @property
    def complete(self) -> bool:
        """Whether everything that was asked for was looked at by every check."""
        return not (self.faults or self.notices or self.unreadable)
