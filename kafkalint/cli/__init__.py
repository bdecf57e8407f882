"""The command line: the only place that prints and exits."""

from __future__ import annotations

import os
from importlib import import_module

import click

from kafkalint import __version__
from kafkalint.cli import exit_status

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

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except Exception as error:
            # Whatever the input was, it deserves a sentence and no traceback; and a gate must not take it for a pass.
            if "KAFKALINT_DEBUG" in os.environ:
                raise
            text = " ".join(str(error).split())
            click.echo(f"kafkalint: internal fault: {type(error).__name__}: {text[:500]}", err=True)
            click.echo("kafkalint: set KAFKALINT_DEBUG=1 to see where, and please report it", err=True)
            ctx.exit(exit_status.FAULT)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(sorted(_COMMANDS.items()))


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", message="kafkalint %(version)s")
def main() -> None:
    """Find what will go wrong with Kafka on Kubernetes before it reaches a cluster."""
