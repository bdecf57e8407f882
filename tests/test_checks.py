"""Every check holds its fixtures and its documentation to their word."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kafkalint.checking.check import Check, RunCheck, SuppressionCheck
from kafkalint.checking.page import page_of
from kafkalint.registry import load_registry
from kafkalint.testing import assert_fixture, lint

ROOT = Path(__file__).parents[1]
FIXTURES = ROOT / "fixtures"
CHECKS = [loaded.check for loaded in load_registry().checks]
HEADINGS = ["What it does", "Why is this bad?", "Example", "Use instead", "References"]
OF_MANIFESTS = [check for check in CHECKS if not issubclass(check, RunCheck | SuppressionCheck)]
_FENCED = re.compile(r"```yaml\n(.*?)```", re.DOTALL)

FILES = [
    (check, file)
    for check in OF_MANIFESTS
    for file in sorted((FIXTURES / check.name).glob("*.yaml"))
    if not file.name.endswith(".fixed.yaml")
]


def by_name(check: type[Check]) -> str:
    return check.name


def yaml_of(check: type[Check], heading: str) -> str:
    blocks = _FENCED.findall(page_of(check).sections[heading])
    assert blocks, f"{check.code}: no fenced YAML under {heading}"
    return "---\n".join(blocks)


@pytest.mark.parametrize(("check", "file"), FILES, ids=[f"{check.name}/{file.stem}" for check, file in FILES])
def test_a_fixture_gives_what_it_expects(check: type[Check], file: Path) -> None:
    assert_fixture(check, file)


@pytest.mark.parametrize("check", CHECKS, ids=by_name)
def test_a_check_has_bad_and_good_fixtures(check: type[Check]) -> None:
    names = [file.name for file in (FIXTURES / check.name).rglob("*") if file.is_file()]
    assert any(name.startswith("bad") for name in names), f"fixtures/{check.name} has no bad example"
    assert any(name.startswith("good") for name in names), f"fixtures/{check.name} has no good example"


def test_every_fixture_folder_belongs_to_a_check() -> None:
    folders = {folder.name for folder in FIXTURES.iterdir() if folder.is_dir()}
    assert folders - {check.name for check in CHECKS} == {"demo", "gitops", "plugin", "whole"}


@pytest.mark.parametrize("check", CHECKS, ids=by_name)
def test_a_page_has_its_headings_in_order(check: type[Check]) -> None:
    page = page_of(check)
    assert list(page.sections) == HEADINGS
    assert page.title.endswith(".")
    assert len(page.title) < 160


@pytest.mark.parametrize("check", OF_MANIFESTS, ids=by_name)
def test_the_example_of_a_page_fires_that_check(check: type[Check]) -> None:
    found = {item.finding.code for item in lint(yaml_of(check, "Example"), [check])}
    assert found == {check.code}


@pytest.mark.parametrize("check", OF_MANIFESTS, ids=by_name)
def test_what_to_use_instead_is_silent(check: type[Check]) -> None:
    found = lint(yaml_of(check, "Use instead"), [check])
    assert [item.finding.message for item in found] == []


@pytest.mark.parametrize("check", OF_MANIFESTS, ids=by_name)
def test_a_message_is_one_sentence_about_an_object(check: type[Check]) -> None:
    for item in lint(yaml_of(check, "Example"), [check]):
        assert "\n" not in item.finding.message
        assert 20 < len(item.finding.message) < 420
