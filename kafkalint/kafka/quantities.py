"""Quantities as Kubernetes reads them."""

from __future__ import annotations

import re
from decimal import ROUND_UP, Context, Decimal
from math import isfinite
from typing import Final

_QUANTITY: Final = re.compile(
    r"(?P<number>[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))(?:(?P<suffix>[KMGTPE]i|[numkMGTPE]?)|[eE](?P<exponent>[+-]?[0-9]{1,3}))"
)
_BINARY: Final = {
    suffix: Decimal(1024) ** power for power, suffix in enumerate(("Ki", "Mi", "Gi", "Ti", "Pi", "Ei"), 1)
}
_DECIMAL: Final = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_LARGEST: Final = Decimal(2**63 - 1)
_NANO: Final = Decimal("1e-9")
_LONGEST: Final = 200
_EXACT: Final = Context(prec=2000, rounding=ROUND_UP)


def parse_quantity(raw: object) -> Decimal | None:
    """Read a resource.Quantity; None if it is none.

    The grammar, rounding up to a billionth, and the cap of a binary quantity at 2**63-1 are those of apimachinery,
    pkg/api/resource/quantity.go. A number of absurd length (over 200 characters, or an exponent of four digits) is no
    quantity here.
    """
    text = _number_text(raw)
    found = _QUANTITY.fullmatch(text) if text is not None else None
    if found is None:
        return None
    number = Decimal(found["number"])
    suffix = found["suffix"] or ""
    if suffix in _BINARY:
        value = _EXACT.multiply(number, _BINARY[suffix])
        value = max(-_LARGEST, min(value, _LARGEST))
    else:
        exponent = int(found["exponent"]) if found["exponent"] else _DECIMAL[suffix]
        value = _EXACT.scaleb(number, exponent)
    rounded = _EXACT.quantize(value, _NANO)
    return value if value == rounded else rounded


def _number_text(raw: object) -> str | None:
    """The text of a value that may be a quantity, as it stands in JSON."""
    if isinstance(raw, str):
        return raw if len(raw) <= _LONGEST else None
    if isinstance(raw, bool):
        return None
    if isinstance(raw, int):
        return str(raw) if raw.bit_length() <= 3 * _LONGEST else None
    if isinstance(raw, float):
        return repr(raw) if isfinite(raw) else None
    return None
