"""`kafkalint rules`: every check that is loaded, and where it comes from."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kafkalint.cli.problems import ProblemsFound
from kafkalint.cli.streams import aside, put, tell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.registry import LoadedCheck, Registry


@click.command("rules", short_help="List every check that is loaded, and where it comes from.")
@click.option(
    "-f", "--format", "form", type=click.Choice(["text", "json", "markdown"]), default="text", help="How to list them."
)
@click.option("--plugin", "plugins", multiple=True, metavar="MODULE", help="Load the checks of this module too.")
def command(form: str, plugins: tuple[str, ...]) -> None:
    """List every check that is loaded, and where it comes from."""
    checks = loaded_checks(plugins)
    text = {"text": _text, "json": _json, "markdown": _markdown}[form](checks)
    put(f"{text}\n".encode(), sys.stdout)


def loaded_checks(plugins: tuple[str, ...] = ()) -> tuple[LoadedCheck, ...]:
    """The checks of every plugin and of the config; raises ProblemsFound where a plugin does not load."""
    from kafkalint.registry import PluginError, load_registry  # noqa: PLC0415 - `--help` needs none of it

    try:
        with aside():
            registry = load_registry(plugins)
    except PluginError as error:
        raise ProblemsFound(error.problems, internal=True) from None
    return registry.extended(_checks_of_config(registry)).checks


def _checks_of_config(registry: Registry) -> Iterator[LoadedCheck]:
    """Checks written as data; a config with a mistake is only said, for who mends it may have to look up a code."""
    from kafkalint.config.finding import find_config  # noqa: PLC0415 - as above
    from kafkalint.config.problems import ConfigError  # noqa: PLC0415 - as above
    from kafkalint.registry import LoadedCheck  # noqa: PLC0415 - as above

    try:
        file = find_config(Path.cwd())
        if file is not None:
            from kafkalint.config.loading import load_config  # noqa: PLC0415 - for those who have a config

            config = load_config(file, [item.check for item in registry.checks])
            yield from (LoadedCheck(check, "config") for check in config.checks)
    except ConfigError as error:
        for problem in error.problems:
            tell(str(problem))


def _notes(item: LoadedCheck) -> str:
    check = item.check
    notes = [f"fix: {check.fix.value}"]
    if check.opt_in:
        notes.append("off unless selected")
    if check.production_only:
        notes.append("not in the development profile")
    return ", ".join(notes)


def _title(item: LoadedCheck) -> str:
    from kafkalint.checking.page import page_of  # noqa: PLC0415 - as above

    return page_of(item.check).title


def _text(checks: tuple[LoadedCheck, ...]) -> str:
    width = max((len(item.check.name) for item in checks), default=0)
    return "\n".join(
        f"{item.check.code:<8} {item.check.name:<{width}}  {item.check.level.value:<8} {_notes(item)}  [{item.plugin}]"
        for item in checks
    )


def _json(checks: tuple[LoadedCheck, ...]) -> str:
    import json  # noqa: PLC0415 - as above

    rules = [
        {
            "code": item.check.code,
            "name": item.check.name,
            "level": item.check.level.value,
            "fix": item.check.fix.value,
            "opt_in": item.check.opt_in,
            "production_only": item.check.production_only,
            "summary": _title(item),
            "plugin": item.plugin,
            "plugin_version": item.version,
        }
        for item in checks
    ]
    return json.dumps({"version": 1, "rules": rules}, indent=2, ensure_ascii=False)


def _markdown(checks: tuple[LoadedCheck, ...]) -> str:
    rows = [
        f"| {item.check.code} | {item.check.name} | {item.check.level.value} | {_title(item)} | {_notes(item)} |"
        for item in checks
    ]
    return "\n".join(["| code | name | level | what is wrong | |", "|---|---|---|---|---|", *rows])
