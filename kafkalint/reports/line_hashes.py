"""Hashes by which GitHub code scanning knows a line again after it moved.

The algorithm is that of github/codeql-action's `src/fingerprints.ts`: the upload step computes the same value and warns
about each result whose value differs.
"""

from __future__ import annotations

import re
import sys
from array import array
from collections import Counter
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kafkalint.manifests.text import Text

_WINDOW = 100
_BASE = 37
_BITS = 0xFFFF_FFFF_FFFF_FFFF
_FACTOR = pow(_BASE, _WINDOW, _BITS + 1)
_END = 0xFFFF
_LINE_BREAK = re.compile(r"\r\n|\r")


def line_hashes(text: Text) -> list[str]:
    """The hash of every line with its occurrence number; no hashes for a text that GitHub would read as another one."""
    if text.encoding not in ("utf-8", "utf-8-sig"):
        return []
    # The upload step reads the byte order mark as a character of the first line.
    units = _units(("\ufeff" if text.bom else "") + text.content)
    starts = [0, *(index + 1 for index, unit in enumerate(units) if unit == ord("\n"))]
    units.append(_END)
    units.extend([0] * _WINDOW)
    totals = list(accumulate(units, lambda total, unit: (total * _BASE + unit) & _BITS, initial=0))
    seen: Counter[int] = Counter()
    hashes: list[str] = []
    for start in starts:
        value = (totals[start + _WINDOW] - totals[start] * _FACTOR) & _BITS
        seen[value] += 1
        hashes.append(f"{value:x}:{seen[value]}")
    return hashes


def _units(content: str) -> array[int]:
    """UTF-16 code units without blanks and tabs, line breaks all alike."""
    kept = _LINE_BREAK.sub("\n", content).replace(" ", "").replace("\t", "")
    units = array("H", kept.encode("utf-16-le", "surrogatepass"))
    if sys.byteorder == "big":
        units.byteswap()
    return units
