"""Kinds of option values, and the options that several commands share."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from kafkalint.cli.streams import aside

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from kafkalint.registry import Registry

    ParamType = click.ParamType[object]
else:  # before click 8.4 it takes no type
    ParamType = click.ParamType

F = TypeVar("F", bound=Callable[..., Any])


_STANDARD_OUTPUT = ("/dev/stdout", "/dev/fd/1", "/proc/self/fd/1")


class OutputFormat(NamedTuple):
    """A report that was asked for: its format, and the file that it goes into (None for standard output)."""

    name: str
    file: str | None = None


def _loaded() -> Registry | None:
    """What plugins bring; None where one does not load: completion is silent, and the run says what is wrong."""
    from kafkalint.registry import PluginError, load_registry  # noqa: PLC0415 - only completion needs it here

    try:
        with aside():
            return load_registry()
    except PluginError:
        return None


class FormatChoice(ParamType):
    """`FORMAT` or `FORMAT=FILE`; whether there is such a format is known when the plugins are."""

    name = "format"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> OutputFormat:
        """Split the format from its file."""
        if isinstance(value, OutputFormat):
            return value
        name, separator, file = str(value).partition("=")
        if separator and not file:
            self.fail(f"{value!r} names no file behind '='", param, ctx)
        return OutputFormat(name, None if file in _STANDARD_OUTPUT else file or None)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Formats that are loaded; behind `=`, files."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415 - as above

        from kafkalint.reports import BUILT_IN  # noqa: PLC0415 - as above

        name, separator, file = incomplete.partition("=")
        if separator:
            return [CompletionItem(f"{name}={path}") for path in _files(file)]
        registry = _loaded()
        names = (*BUILT_IN, *(registry.reports if registry else ()))
        return [CompletionItem(each) for each in names if each.startswith(incomplete)]


def _files(begun: str) -> list[str]:
    """Files and folders that go on as this path does."""
    folder, _, name = begun.rpartition("/")
    try:
        with os.scandir(f"{folder}/" if folder or begun.startswith("/") else ".") as entries:
            # A shell takes what is completed line by line: a name with a line break in it would be two.
            names = (each for each in entries if each.name.startswith(name) and each.name.isprintable())
            found = [(entry.name, entry.is_dir()) for entry in names]
    except OSError:
        return []
    visible = [(each, below) for each, below in found if name or not each.startswith(".")]
    lead = begun[: len(begun) - len(name)]
    return sorted(f"{lead}{each}{'/' if below else ''}" for each, below in visible)


def _completed_rules(begun: str, lead: str = "") -> list[CompletionItem]:
    """Codes that go on as this word does, else names; each with the other to explain it, and `lead` before it."""
    from click.shell_completion import CompletionItem  # noqa: PLC0415 - as above

    registry = _loaded()
    checks = [item.check for item in registry.checks] if registry else []
    codes = [CompletionItem(lead + c.code, help=c.name) for c in checks if c.code.startswith(begun.upper())]
    return codes or [CompletionItem(lead + c.name, help=c.code) for c in checks if c.name.startswith(begun.lower())]


class RuleName(ParamType):
    """The code or name of one check; whether there is such a check is known when the plugins are."""

    name = "rule"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Codes or names of the checks that are loaded."""
        return _completed_rules(incomplete)


class CodeList(ParamType):
    """Codes, prefixes or names of checks, separated by commas."""

    name = "codes"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        """Split at commas; blanks around them do not count."""
        if isinstance(value, tuple):
            return value
        words = tuple(word.strip() for word in str(value).split(","))
        if not all(words):
            self.fail(f"{value!r} has an empty place between its commas", param, ctx)
        return words

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Codes or names of the checks that are loaded, for the last word of the list."""
        before, comma, last = incomplete.rpartition(",")
        return _completed_rules(last, before + comma)


class VersionText(ParamType):
    """A version such as 1.2 or 1.2.0."""

    name = "version"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> object:
        """Parse the version."""
        from kafkalint.kafka.versions import Version  # noqa: PLC0415 - only whoever gives a version pays for it

        version = Version.parse(str(value).removeprefix("v"))
        if version is None:
            self.fail(f"{value!r} is no version such as 1.2 or 1.2.0", param, ctx)
        return version


_RULE_OPTIONS = (
    click.option(
        "--select", multiple=True, type=CodeList(), metavar="CODES", help="Run these codes, prefixes or names."
    ),
    click.option("--extend-select", multiple=True, type=CodeList(), metavar="CODES", help="Run these as well."),
    click.option("--ignore", multiple=True, type=CodeList(), metavar="CODES", help="Do not run these."),
    click.option(
        "--profile",
        type=click.Choice(["production", "development", "strict"]),
        help="What the cluster is for.  [default: production]",
    ),
    click.option(
        "--fail-on",
        type=click.Choice(["error", "warning", "info", "never"]),
        help="Lowest level that makes the exit status 1.  [default: error]",
    ),
    click.option(
        "--no-suppressions", is_flag=True, help="Pay no heed to suppressions in manifests; those of the config hold."
    ),
    click.option("--baseline", type=click.Path(), metavar="FILE", help="Hold back the findings in this file."),
    click.option("--config", type=click.Path(), metavar="FILE", help="Read this instead of .kafkalint.yaml."),
    click.option("--strimzi-version", type=VersionText(), metavar="V", help="Version of the Strimzi operator."),
    click.option("--kubernetes-version", type=VersionText(), metavar="V", help="Version of the Kubernetes cluster."),
    click.option("--plugin", "plugins", multiple=True, metavar="MODULE", help="Load the checks of this module too."),
)


def _one_of_both(ctx: click.Context, param: click.Parameter, value: bool) -> bool:
    """Refuse --quiet and --verbose together; whichever is read second sees the other."""
    other = {"quiet": "verbose", "verbose": "quiet"}[param.name or ""]
    if value and ctx.params.get(other):
        raise click.UsageError("--quiet and --verbose do not go together")
    return value


def verbosity_options(quiet: str) -> Callable[[F], F]:
    """Give a command the options that say how much it says; `quiet` is what the first of them does to it."""

    def give(command: F) -> F:
        loud = "Say on standard error what is done, and by what."
        command = click.option("-v", "--verbose", is_flag=True, callback=_one_of_both, help=loud)(command)
        return click.option("-q", "--quiet", is_flag=True, callback=_one_of_both, help=quiet)(command)

    return give


def rule_options(command: F) -> F:
    """Give a command the options that say by which rules manifests are judged, and when that fails."""
    for option in reversed(_RULE_OPTIONS):
        command = option(command)
    return command
