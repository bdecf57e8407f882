"""Checks of what an operator would refuse, drop or ignore."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kafkalint.hooks import hookimpl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kafkalint.checking.check import Check


@hookimpl
def kafkalint_checks() -> Sequence[type[Check]]:
    """The checks of this theme, by code."""
    from kafkalint_checks.operator.strimzi_template_shadowed import StrimziTemplateShadowed  # noqa: PLC0415

    return [StrimziTemplateShadowed]
