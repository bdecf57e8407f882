"""`kafkalint explain`: the page of a check, in the terminal."""

from __future__ import annotations

import sys

import click

from kafkalint.cli.options import RuleName
from kafkalint.cli.problems import ProblemsFound
from kafkalint.cli.streams import put


@click.command("explain", short_help="Show the page of a check in the terminal.")
@click.argument("rule", type=RuleName(), metavar="CODE|NAME")
@click.option("--plugin", "plugins", multiple=True, metavar="MODULE", help="Load the checks of this module too.")
def command(rule: str, plugins: tuple[str, ...]) -> None:
    """Show what a check looks for, why, and what to write instead."""
    from kafkalint.checking.page import page_of  # noqa: PLC0415 - `--help` needs none of it
    from kafkalint.checking.vocabulary import Vocabulary  # noqa: PLC0415 - as above
    from kafkalint.cli.rules import loaded_checks  # noqa: PLC0415 - as above

    checks = [item.check for item in loaded_checks(plugins)]
    vocabulary = Vocabulary.of(checks)
    code = vocabulary.code(rule.upper()) or vocabulary.code(rule)
    if code is None:
        raise ProblemsFound([vocabulary.unknown(rule, prefixes=False)])
    check = next(check for check in checks if check.code == code)
    page = page_of(check)
    title = f"{check.code} {check.name} ({check.level.value}, fix: {check.fix.value})"
    put(f"{title}\n\n{page.title}\n\n{page.plain}\n".encode("utf-8", "backslashreplace"), sys.stdout)
