"""Suppressions that are good for nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import ClassVar

from kafkalint.checking.check import SuppressionCheck
from kafkalint.checking.directives import Use
from kafkalint.checking.finding import Applicability, Finding, Level, TextPlace
from kafkalint.checking.fix import Fix, RemoveValue, RewriteText
from kafkalint.checking.vocabulary import ALL


class UnusedSuppression(SuppressionCheck):
    """A suppression suppresses nothing.

    ## What it does
    Reports annotations, comments and entries of the config that hold back no finding, name no rule, cannot be
    understood, or have expired. One that names a rule that did not run is not reported, nor is an entry of the config
    for files that were not part of the run. The fix removes a comment or an annotation that holds nothing back, or the
    rules in it that do not; one that says `all` only as an unsafe fix, as a run with every rule may find something.

    ## Why is this bad?
    It says that something is wrong which is not, and it will hide the next finding, which nobody has judged.

    ## Example
    ```yaml
    apiVersion: kafka.strimzi.io/v1
    kind: KafkaTopic
    metadata:
      name: orders
      annotations:
        ignore.kafkalint.dev/duplicate-kye: "generated twice, known"
    spec:
      partitions: 12
    ```

    ## Use instead
    ```yaml
    apiVersion: kafka.strimzi.io/v1
    kind: KafkaTopic
    metadata:
      name: orders
    spec:
      partitions: 12
    ```

    ## References
    - `kafkalint rules` lists every rule that can be named
    """

    code: ClassVar[str] = "KL005"
    name: ClassVar[str] = "unused-suppression"
    level: ClassVar[Level] = Level.WARNING
    fix: ClassVar[Applicability] = Applicability.SAFE

    def check(self, uses: Sequence[Use]) -> Iterator[Finding]:
        """A finding for every suppression, and every rule in one, that holds nothing back."""
        for use in uses:
            directive = use.directive
            if directive.problem:
                yield self.finding(directive.place, f"this suppression holds nothing back: {directive.problem}")
            for problem in directive.unknown:
                yield self.finding(directive.place, f"this suppression names no rule: {problem}")
            if use.idle:
                rules = "any rule" if ALL in use.idle else " or ".join(use.idle)
                yield self.finding(
                    directive.place,
                    f"this suppression holds nothing back: there is no finding of {rules} here",
                    help="Remove it, so that it cannot hide a finding that nobody has judged.",
                    fix=self._fix(use),
                )

    def _fix(self, use: Use) -> Fix | None:
        """Leave the words that are good for something, or that nobody but their author understands."""
        words = use.directive.words
        kept = [word for word, code in words if code not in use.idle]
        if not use.directive.removable or not words or (ALL in use.idle and kept):
            return None
        place = use.directive.place
        applicability = Applicability.UNSAFE if ALL in use.idle else Applicability.SAFE
        if not isinstance(place, TextPlace):
            # An annotation names one rule. The object keeps its metadata, whatever becomes of the annotations.
            return self.mend("Remove the annotation", RemoveValue(place), applicability=applicability)
        start, end = place.span()
        text = _naming(kept, place.source.text.content[start:end]) if kept else ""
        what = f"Remove {' and '.join(use.idle)} from the comment" if kept else "Remove the comment"
        return self.mend(what, RewriteText(place, text), applicability=applicability)


def _naming(words: Sequence[str], comment: str) -> str:
    """A suppression comment with these words between its brackets, parted as those that stand there are."""
    before, bracket, rest = comment.partition("[")
    named, closing, reason = rest.partition("]")
    parted = re.search(r"(?<=[^\s,])[\s,]+(?=[^\s,])", named)
    return before + bracket + (parted.group() if parted else ",").join(words) + closing + reason
