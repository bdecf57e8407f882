"""Suppressions that do not say why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from kafkalint.checking.check import SuppressionCheck
from kafkalint.checking.directives import Use
from kafkalint.checking.finding import Finding, Level


class SuppressionWithoutReason(SuppressionCheck):
    """A suppression gives no reason.

    ## What it does
    Reports annotations, comments and entries of the config that suppress a rule and do not say why. `"true"` is no
    reason.

    ## Why is this bad?
    Whoever reads it later cannot tell a decision from a way to get the build green, and nobody dares to remove it.

    ## Example
    ```yaml
    apiVersion: kafka.strimzi.io/v1
    kind: KafkaTopic
    metadata:
      name: orders
      annotations:
        ignore.kafkalint.dev/KL004: "true"
    spec:
      replicas: 1
    ```

    ## Use instead
    ```yaml
    apiVersion: kafka.strimzi.io/v1
    kind: KafkaTopic
    metadata:
      name: orders
      annotations:
        ignore.kafkalint.dev/KL004: "the second one comes from a generator, see TICKET-12"
    spec:
      replicas: 1
    ```

    ## References
    - SARIF 2.1.0, 3.35.4: a suppression's justification, where the reason is reported
    """

    code: ClassVar[str] = "KL006"
    name: ClassVar[str] = "suppression-without-reason"
    level: ClassVar[Level] = Level.WARNING
    opt_in: ClassVar[bool] = True

    def check(self, uses: Sequence[Use]) -> Iterator[Finding]:
        """A finding for every suppression that could hold something back and does not say why."""
        for use in uses:
            directive = use.directive
            if not directive.problem and directive.codes and not directive.has_reason:
                yield self.finding(
                    directive.place,
                    f"the suppression of {', '.join(directive.codes)} gives no reason",
                    help="Say why it is right here, so that the next reader can judge whether it still is.",
                )
