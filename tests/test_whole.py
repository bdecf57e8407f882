"""A well-made cluster of each flavour has no finding; a protection taken away gives the one finding that names it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from kafkalint.registry import load_registry
from kafkalint.testing import lint

WHOLE = Path(__file__).parents[1] / "fixtures" / "whole"
CLUSTERS = sorted(WHOLE.glob("*.yaml"))
_GONE = re.compile(r"# gone: (KL\d+)")
_ELSE = re.compile(r"# else (?P<value>.+): (?P<code>KL\d+)$")


class Change(NamedTuple):
    """One protection taken away."""

    file: Path
    line: int
    code: str
    text: str

    def __str__(self) -> str:
        return f"{self.file.stem}-{self.line}-{self.code}"


def without(lines: list[str], number: int) -> list[str]:
    """The text without the key on a line and what is under it; without the document where the key is its `kind`."""
    line = lines[number]
    indent = len(line) - len(line.lstrip())
    start, end = number, number + 1
    if line.startswith("kind:"):
        while start > 0 and lines[start - 1] != "---":
            start -= 1
        while end < len(lines) and lines[end] != "---":
            end += 1
        return lines[: start - 1] + lines[end:]
    while end < len(lines) and lines[end] != "---" and len(lines[end]) - len(lines[end].lstrip()) > indent:
        end += 1
    return lines[:start] + lines[end:]


def replaced(lines: list[str], number: int, value: str) -> list[str]:
    """The text with another value on a line."""
    before = lines[number].split(" # ")[0]
    key, separator, _ = before.partition(": ")
    if not separator or before.lstrip().startswith("- --") or re.match(r"\s*- [a-z.]+=", before):
        key, separator = before[: before.index("- ")] + "-", " "
    return [*lines[:number], f"{key}{separator}{value}", *lines[number + 1 :]]


def changes() -> Iterator[Change]:
    for file in CLUSTERS:
        lines = file.read_text().splitlines()
        for number, line in enumerate(lines):
            if line.startswith("#"):
                continue
            if gone := _GONE.search(line):
                yield Change(file, number + 1, gone[1], "\n".join(without(lines, number)) + "\n")
            if other := _ELSE.search(line):
                text = "\n".join(replaced(lines, number, other["value"])) + "\n"
                yield Change(file, number + 1, other["code"], text)


def default_checks() -> list[type]:
    return [loaded.check for loaded in load_registry().checks if not loaded.check.opt_in]


@pytest.mark.parametrize("file", CLUSTERS, ids=lambda file: file.stem)
def test_a_well_made_cluster_has_no_finding(file: Path) -> None:
    found = lint(file.read_text(), default_checks())
    assert [(item.finding.code, item.location.line, item.finding.message) for item in found] == []


@pytest.mark.parametrize("change", list(changes()), ids=str)
def test_a_protection_taken_away_is_named(change: Change) -> None:
    found = lint(change.text, default_checks())
    assert {item.finding.code for item in found} == {change.code}, [item.finding.message for item in found]
