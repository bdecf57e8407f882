"""Output formats, one file each."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import NamedTuple, TypeAlias

from kafkalint.checking.outcome import Outcome


class Screen(NamedTuple):
    """What a report is written to, as far as that changes how it looks."""

    color: bool = False
    width: int = 100


Report: TypeAlias = Callable[[Outcome, Screen], str]
"""Turns an outcome into the whole text of a report, final line break included; the same outcome, the same bytes."""

BUILT_IN = (
    "text",
    "json",
    "sarif",
    "github",
    "gitlab",
    "azure",
    "junit",
    "checkstyle",
    "rdjson",
    "markdown",
)
WITHOUT_EDITS = frozenset(BUILT_IN) - {"json", "sarif", "rdjson"}
"""Formats that name a fix in words only; what the others show is made unread."""


def built_in(name: str) -> Report:
    """One of kafkalint's own formats, imported when it is asked for."""
    module = import_module(f"kafkalint.reports.{name}_report")
    report: Report = module.report
    return report
