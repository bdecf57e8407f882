"""What a check says about itself, held to the rules: the shape of codes and names, the attributes that it needs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from kafkalint.checking.check import Check, Option
from kafkalint.checking.finding import Applicability, Level

RESERVED = "KL"
KEBAB = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_CODE = re.compile(r"([A-Z]{2,16})[0-9]{1,6}")
_OWN_CODE = re.compile(r"KL[0-9]{3}")
_FLAGS = ("opt_in", "production_only", "cross_resource", "baselined")
_RESERVED_NAMES = frozenset(("all",))


def is_reserved(code: str) -> bool:
    """Whether only kafkalint itself may give a check this code."""
    match = _CODE.fullmatch(code)
    return match is not None and match[1] == RESERVED


def is_code(word: str) -> bool:
    """Whether a word has the shape of a code: two or more capital letters, then digits."""
    return _CODE.fullmatch(word) is not None


def is_name(word: str) -> bool:
    """Whether a word may name a check: kebab case, and no word that means something else."""
    return KEBAB.fullmatch(word) is not None and word not in _RESERVED_NAMES


def metadata_faults(check: type[Check]) -> Iterator[str]:
    """What is missing or wrong in a check's class attributes."""
    code, name = getattr(check, "code", None), getattr(check, "name", None)
    if not isinstance(code, str) or not is_code(code):
        yield f"code {shown(code)} is not two or more capital letters and digits, such as ACME001"
    if not isinstance(name, str) or not is_name(name):
        yield f"name {shown(name)} is not in kebab case, such as too-few-partitions"
    for attribute, wanted in (("level", Level), ("fix", Applicability), *((flag, bool) for flag in _FLAGS)):
        value = getattr(check, attribute, None)
        if not isinstance(value, wanted):
            yield f"{attribute} {shown(value)} is no {wanted.__name__}"
    options = getattr(check, "options", None)
    if not isinstance(options, Mapping) or not all(isinstance(option, Option) for option in options.values()):
        yield "options is not a mapping of words to Option"


def reservation_faults(code: str, *, own: bool) -> Iterator[str]:
    """What is wrong with whose code it is: KL belongs to kafkalint's own checks, and they to it."""
    if own and not _OWN_CODE.fullmatch(code):
        yield f"code {code} is not KL and three digits"
    if not own and is_reserved(code):
        yield f"code {code} is reserved: KL is for kafkalint's own checks; take a prefix of your own, such as ACME001"


def shown(value: object) -> str:
    """A value in a few words, whatever it is."""
    if isinstance(value, type):
        return value.__qualname__
    try:
        text = " ".join(repr(value).split())
    except Exception:  # a broken __repr__ must not hide what is wrong
        text = f"a {type(value).__qualname__}"
    return text if len(text) <= 60 else f"{text[:57]}..."
