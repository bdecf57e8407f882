"""Checks of what survives a drained node, a lost node and a lost zone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kafkalint.hooks import hookimpl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kafkalint.checking.check import Check


@hookimpl
def kafkalint_checks() -> Sequence[type[Check]]:
    """The checks of this theme, by code."""
    from kafkalint_checks.availability.anti_affinity_ineffective import AntiAffinityIneffective  # noqa: PLC0415
    from kafkalint_checks.availability.anti_affinity_missing import AntiAffinityMissing  # noqa: PLC0415
    from kafkalint_checks.availability.anti_affinity_soft import AntiAffinitySoft  # noqa: PLC0415
    from kafkalint_checks.availability.constraint_unsatisfiable import ConstraintUnsatisfiable  # noqa: PLC0415
    from kafkalint_checks.availability.pdb_blocks_drain import PdbBlocksDrain  # noqa: PLC0415
    from kafkalint_checks.availability.pdb_missing import PdbMissing  # noqa: PLC0415
    from kafkalint_checks.availability.pdb_overlap import PdbOverlap  # noqa: PLC0415
    from kafkalint_checks.availability.pdb_selects_nothing import PdbSelectsNothing  # noqa: PLC0415
    from kafkalint_checks.availability.pdb_too_loose import PdbTooLoose  # noqa: PLC0415
    from kafkalint_checks.availability.rack_awareness_missing import RackAwarenessMissing  # noqa: PLC0415
    from kafkalint_checks.availability.rack_without_spread import RackWithoutSpread  # noqa: PLC0415
    from kafkalint_checks.availability.zone_spread_missing import ZoneSpreadMissing  # noqa: PLC0415

    return [
        PdbMissing,
        PdbSelectsNothing,
        PdbBlocksDrain,
        PdbTooLoose,
        PdbOverlap,
        AntiAffinityMissing,
        AntiAffinitySoft,
        AntiAffinityIneffective,
        ZoneSpreadMissing,
        RackAwarenessMissing,
        RackWithoutSpread,
        ConstraintUnsatisfiable,
    ]
