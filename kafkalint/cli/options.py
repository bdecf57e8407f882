"""Kinds of option values, and the options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


class OutputFormat(NamedTuple):
    """A report that was asked for: its format, and the file that it goes into (None for standard output)."""

    name: str
    file: str | None = None


class FormatChoice(click.ParamType[object]):
    """`FORMAT` or `FORMAT=FILE`; whether there is such a format is known when the plugins are."""

    name = "format"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> OutputFormat:
        """Split the format from its file."""
        if isinstance(value, OutputFormat):
            return value
        name, separator, file = str(value).partition("=")
        if separator and not file:
            self.fail(f"{value!r} names no file behind '='", param, ctx)
        return OutputFormat(name, file or None)


class CodeList(click.ParamType[object]):
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


class VersionText(click.ParamType[object]):
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
    click.option("--baseline", type=click.Path(), metavar="FILE", help="Hold back the findings in this file."),
    click.option("--config", type=click.Path(), metavar="FILE", help="Read this instead of .kafkalint.yaml."),
    click.option("--strimzi-version", type=VersionText(), metavar="V", help="Version of the Strimzi operator."),
    click.option("--kubernetes-version", type=VersionText(), metavar="V", help="Version of the Kubernetes cluster."),
    click.option("--plugin", "plugins", multiple=True, metavar="MODULE", help="Load the checks of this module too."),
)


def rule_options(command: F) -> F:
    """Give a command the options that say by which rules manifests are judged, and when that fails."""
    for option in reversed(_RULE_OPTIONS):
        command = option(command)
    return command
