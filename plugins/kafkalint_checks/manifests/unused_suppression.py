"""Suppressions that are good for nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from kafkalint.checking.check import SuppressionCheck
from kafkalint.checking.directives import Use
from kafkalint.checking.finding import Applicability, Finding, Level
from kafkalint.checking.vocabulary import ALL


class UnusedSuppression(SuppressionCheck):
    """A suppression suppresses nothing.

    ## What it does
    Reports annotations, comments and entries of the config that hold back no finding, name no rule, cannot be
    understood, or have expired. One that names a rule that did not run is not reported, nor is an entry of the config
    for files that were not part of the run.

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
                )
