"""Every check that says it can mend something does, and what it makes of its bad fixtures stands beside them."""

from __future__ import annotations

from pathlib import Path

import pytest

from kafkalint.checking.applicability import Applicability
from kafkalint.checking.check import Check
from kafkalint.registry import load_registry
from kafkalint.testing import lint, mended

FIXTURES = Path(__file__).parents[1] / "fixtures"
CHECKS = [loaded.check for loaded in load_registry().checks]
MENDING = [check for check in CHECKS if check.fix is not Applicability.HINT]
BAD = [
    (check, file)
    for check in CHECKS
    for file in sorted((FIXTURES / check.name).glob("bad*.yaml"))
    if not file.name.endswith(".fixed.yaml")
]


def fixed(file: Path) -> Path:
    return file.with_name(f"{file.stem}.fixed.yaml")


def read(file: Path) -> str:
    return file.read_bytes().decode("utf-8-sig")


@pytest.mark.parametrize(("check", "file"), BAD, ids=[f"{check.name}/{file.stem}" for check, file in BAD])
def test_a_bad_fixture_is_mended_as_the_file_beside_it_says(check: type[Check], file: Path) -> None:
    text, left = mended(read(file), [check], name=str(file))
    if not fixed(file).exists():
        assert text == read(file), "it can be mended: keep what comes of it beside the fixture"
        return
    assert text == read(fixed(file))
    assert [item.finding.message for item in left if item.remedy and item.remedy.possible] == []


@pytest.mark.parametrize(("check", "file"), BAD, ids=[f"{check.name}/{file.stem}" for check, file in BAD])
def test_what_is_mended_stays_as_it_is(check: type[Check], file: Path) -> None:
    if fixed(file).exists():
        once = read(fixed(file))
        assert mended(once, [check], name=str(file))[0] == once
        assert len(lint(once, [check])) < len(lint(read(file), [check]))


@pytest.mark.parametrize("check", MENDING, ids=lambda check: check.name)
def test_a_check_that_mends_shows_how(check: type[Check]) -> None:
    assert list((FIXTURES / check.name).rglob("bad*.fixed.yaml")), f"fixtures/{check.name} shows nothing mended"
