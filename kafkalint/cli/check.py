"""`kafkalint check`: manifests in, findings out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kafkalint.cli import exit_status
from kafkalint.cli.options import FormatChoice, OutputFormat, rule_options, verbosity_options
from kafkalint.cli.streams import aside

if TYPE_CHECKING:
    from kafkalint.cli.session import Session


@click.command("check", short_help="Find what will go wrong with Kafka in these manifests.")
@click.argument("paths", nargs=-1, type=click.Path())
@click.option(
    "-f",
    "--format",
    "formats",
    multiple=True,
    type=FormatChoice(),
    metavar="FORMAT[=FILE]",
    help="text, json, sarif, github, gitlab, azure, junit, checkstyle, rdjson, markdown or a plugin's, into FILE if "
    "one is given; repeatable.  [default: text]",
)
@rule_options
@click.option("--fix", is_flag=True, help="Mend what can be mended safely.")
@click.option("--unsafe-fixes", is_flag=True, help="With --fix, --diff or --patch: mend all that can be mended.")
@click.option("--diff", is_flag=True, help="Show what --fix would change, and change nothing.")
@click.option("--patch", type=click.Choice(["kustomize"]), help="Print a Kustomize component that does as --fix would.")
@click.option("--write-baseline", type=click.Path(), metavar="FILE", help="Write what is found into this baseline.")
@click.option("--include-suppressed", is_flag=True, help="Report suppressed findings too, marked as such.")
@click.option("--from-git", is_flag=True, help="Of directories, take only the files that Git tracks.")
@click.option(
    "--render",
    type=click.Choice(["kustomize", "helm"]),
    help="Of the files given, check what is rendered from them.",
)
@click.option(
    "--no-cross-resource",
    is_flag=True,
    help="Leave out checks that must see all files of a cluster, and files that are no manifests.",
)
@click.option("--stdin-filename", metavar="NAME", help="What reports call standard input.")
@click.option("-j", "--jobs", type=click.IntRange(1, 64), metavar="N", help="Renderers at work at once.  [default: 4]")
@verbosity_options("Print a line for each finding, and nothing else.")
def command(formats: tuple[OutputFormat, ...], **given: Any) -> None:
    """Find what will go wrong with Kafka in these manifests.

    PATHS are files, directories, charts, kustomizations, or - for standard input; the working directory if none is
    given.

    Exit status: 0 nothing at or above --fail-on; 1 findings; 2 wrong use, bad config, input that could not be
    rendered, or a report that could not be written; 3 an internal fault, such as a plugin that does not load.
    """
    from kafkalint.cli.output import write  # noqa: PLC0415 - as below
    from kafkalint.cli.session import run  # noqa: PLC0415 - `--help` needs none of it
    from kafkalint.cli.setup import CheckOptions  # noqa: PLC0415 - as above

    formats = formats or (OutputFormat("text"),)
    _hold_to_one_use(given)
    _hold_to_one_place(formats)
    with aside():
        session = run(CheckOptions(**{name: value for name, value in given.items() if value is not None}), formats)
    status = _status(session)
    undelivered = write(session, session.outcome._replace(arguments={"exit_code": status}))
    sys.exit(status if undelivered is None else undelivered)


def _hold_to_one_place(formats: tuple[OutputFormat, ...]) -> None:
    if sum(wanted.file is None for wanted in formats) > 1:
        raise click.UsageError("only one format can go to standard output; give the others a file: FORMAT=FILE")
    files = [Path(wanted.file).resolve() for wanted in formats if wanted.file is not None]
    for file in files:
        # A pipe or a device takes one after the other.
        if files.count(file) > 1 and (file.is_file() or not file.exists()):
            raise click.UsageError(f"only one format can go into {file.name}")


def _hold_to_one_use(given: dict[str, Any]) -> None:
    uses = [f"--{name}" for name in ("fix", "diff", "patch") if given[name]]
    if given["unsafe_fixes"] and not uses:
        raise click.UsageError("--unsafe-fixes does nothing by itself; give --fix, or --diff to see what it would do")
    if given["render"] and "-" in given["paths"]:
        raise click.UsageError("--render takes files of a repository; what is piped in is rendered already")
    if given["patch"] and len(uses) > 1:
        raise click.UsageError(f"{uses[0]} and --patch do not go together")
    if given["write_baseline"] is not None:
        # The file that is written is the one that is read: what a run did not see has to stay in it.
        if given["baseline"] is not None:
            raise click.UsageError("--write-baseline reads the file too that it writes: leave --baseline out")
        if given["diff"] or given["patch"]:
            raise click.UsageError(f"{uses[0]} changes nothing, and does not go together with --write-baseline")


def _status(session: Session) -> int:
    from kafkalint.checking.policy import fails  # noqa: PLC0415 - as above

    outcome, mending = session.outcome, session.mending
    if outcome.faults:
        return exit_status.FAULT
    if (mending is not None and mending.problems) or (session.writing is not None and session.writing.failed):
        return exit_status.USAGE
    if mending is not None and mending.diff:
        return exit_status.FINDINGS
    if mending is not None and mending.diff is not None:
        return exit_status.CLEAN if outcome.complete else exit_status.USAGE
    if fails((located.finding.level for located in outcome.findings), session.fail_on):
        return exit_status.FINDINGS
    return exit_status.USAGE if outcome.notices else exit_status.CLEAN
