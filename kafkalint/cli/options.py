"""Kinds of option values."""

from __future__ import annotations

from typing import NamedTuple

import click


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
