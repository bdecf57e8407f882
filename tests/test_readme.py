"""What the README and the documentation say is what the program does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from kafkalint import hooks
from kafkalint.cli import main
from kafkalint.registry import load_registry

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def test_ci_runs_the_test_command_of_the_readme() -> None:
    commands = re.findall(r"^    (python3 -m venv .*)$", README, re.MULTILINE)
    assert len(commands) == 2
    assert commands[1] in (ROOT / ".ci" / "run").read_text()


def test_the_first_command_lints_something_that_is_there() -> None:
    target = re.findall(r"^    python3 -m venv .* (\S+)$", README, re.MULTILINE)[0]
    result = CliRunner().invoke(main, ["check", "--fail-on", "never", str(ROOT / target)])
    assert result.exit_code == 0
    assert "KL" in result.output


@pytest.mark.parametrize("command", [[], ["check"], ["gate"]], ids=["kafkalint", "check", "gate"])
def test_the_help_in_the_readme_is_the_program_s(command: list[str]) -> None:
    shown = CliRunner().invoke(main, [*command, "--help"], prog_name="kafkalint", terminal_width=80).output
    assert f"```text\n{shown}```" in README


def test_the_list_of_checks_in_the_docs_is_the_program_s() -> None:
    listed = CliRunner().invoke(main, ["rules", "--format", "markdown"]).output
    assert listed.strip() in (ROOT / "docs" / "rules.md").read_text()


def test_every_hook_is_in_the_documentation() -> None:
    text = (ROOT / "docs" / "plugins.md").read_text()
    for name in vars(hooks):
        if name.startswith("kafkalint_"):
            assert f"`{name}`" in text


def test_the_changelog_names_every_code() -> None:
    text = (ROOT / "CHANGELOG.md").read_text()
    ranges = [(int(first), int(last or first)) for first, last in re.findall(r"KL(\d{3})(?:\u2013KL(\d{3}))?", text)]
    for loaded in load_registry().checks:
        number = int(loaded.check.code[2:])
        assert any(first <= number <= last for first, last in ranges), loaded.check.code
