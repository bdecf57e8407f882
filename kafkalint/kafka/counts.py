"""Counts that may be percentages, as Kubernetes reads them."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_PERCENT: Final = re.compile(r"[0-9]{1,9}%")


class IntOrPercent(NamedTuple):
    """A count, or a percentage of a total that is known elsewhere."""

    value: int
    is_percent: bool = False

    def scaled(self, total: int, *, round_up: bool) -> int:
        """The count it means for this total (apimachinery, pkg/util/intstr, GetScaledValueFromIntOrPercent)."""
        if not self.is_percent:
            return self.value
        share = self.value * total
        return -(-share // 100) if round_up else share // 100

    def __str__(self) -> str:
        return f"{self.value}%" if self.is_percent else str(self.value)


def parse_int_or_percent(raw: object) -> IntOrPercent | None:
    """Read an IntOrString that must be a count or a percentage; None if it is neither.

    A quoted count ("1") is neither: the API server asks of a string that it be a percentage (apimachinery,
    pkg/util/validation, IsValidPercent).
    """
    if isinstance(raw, str):
        return IntOrPercent(int(raw[:-1]), is_percent=True) if _PERCENT.fullmatch(raw) else None
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        return None
    if isinstance(raw, float) and not raw.is_integer():
        return None
    return IntOrPercent(int(raw)) if -(2**31) <= raw < 2**31 else None
