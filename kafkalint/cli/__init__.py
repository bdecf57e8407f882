"""The command line: the only place that prints and exits."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

import click

from kafkalint import __version__
from kafkalint.cli.ending import ending, exiting

_COMMANDS = {
    "check": "Find what will go wrong with Kafka in these manifests.",
    "explain": "Show the page of a check in the terminal.",
    "gate": "Let manifests pass unchanged, or not at all.",
    "rules": "List every check that is loaded, and where it comes from.",
}


class _Commands(click.Group):
    """Commands imported when they are called: `--version` and completion must not wait for YAML and plugins."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(f"kafkalint.cli.{cmd_name}").command
        return command

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run a command to whatever end it takes."""
        with exiting():
            if any(name.endswith("_COMPLETE") for name in os.environ):
                from kafkalint.cli.completing import know_shells  # noqa: PLC0415 - runs need none of it

                know_shells()
            return super().main(*args, **extra)

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Read the words in front of a command, and answer `--help` and `--version`."""
        with ending():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command that was called."""
        with ending():
            return super().invoke(ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(sorted(_COMMANDS.items()))


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", message="kafkalint %(version)s")
def main() -> None:
    """Find what will go wrong with Kafka on Kubernetes before it reaches a cluster.

    Exit status of every command besides its own: 130 after Ctrl-C, 143 after SIGTERM, 141 where the reader of its
    output has gone.
    """
