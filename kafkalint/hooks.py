"""The whole plugin surface.

Implement any of these, mark them with `hookimpl`, and name the module in the entry-point group `kafkalint`:

    from kafkalint.hooks import hookimpl

    @hookimpl
    def kafkalint_checks():
        from acme_kafkalint.too_few_partitions import TooFewPartitions
        return [TooFewPartitions]

Import checks inside the hook: kafkalint imports every plugin at every start.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from kafkalint.checking.check import Check
    from kafkalint.kafka.flavours import Flavour
    from kafkalint.reports import Report

GROUP = "kafkalint"
hookspec = pluggy.HookspecMarker(GROUP)
hookimpl = pluggy.HookimplMarker(GROUP)


@hookspec
def kafkalint_checks() -> Sequence[type[Check]]:  # type: ignore[empty-body]
    """The checks that this plugin brings."""


@hookspec
def kafkalint_flavours() -> Sequence[Flavour]:  # type: ignore[empty-body]
    """The ways of running Kafka on Kubernetes that this plugin can read."""


@hookspec
def kafkalint_reports() -> Mapping[str, Report]:  # type: ignore[empty-body]
    """Output formats, by the name that `--format` takes."""
