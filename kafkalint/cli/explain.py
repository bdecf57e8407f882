"""`kafkalint explain`: the page of a check, in the terminal."""

from __future__ import annotations

import sys

import click

from kafkalint.cli import exit_status
from kafkalint.cli.options import RuleName


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
        click.echo(f"kafkalint: {vocabulary.unknown(rule, prefixes=False)}", err=True)
        sys.exit(exit_status.USAGE)
    check = next(check for check in checks if check.code == code)
    click.echo(f"{check.code} {check.name} ({check.level.value}, fix: {check.fix.value})\n")
    page = page_of(check)
    click.echo(f"{page.title}\n\n{page.plain}")
