"""`kafkalint check`: manifests in, findings out."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from kafkalint.cli.options import CodeList, FormatChoice, OutputFormat, VersionText

if TYPE_CHECKING:
    from kafkalint.checking.outcome import Outcome
    from kafkalint.cli.session import Session
    from kafkalint.reports import Screen

EXIT_CLEAN = 0
EXIT_FINDINGS = 1
EXIT_USAGE = 2
EXIT_FAULT = 3


@click.command("check", short_help="Find what will go wrong with Kafka in these manifests.")
@click.argument("paths", nargs=-1, type=click.Path())
@click.option(
    "-f",
    "--format",
    "formats",
    multiple=True,
    type=FormatChoice(),
    metavar="FORMAT[=FILE]",
    help="text, json, sarif, github or a plugin's, into FILE if one is given; repeatable.  [default: text]",
)
@click.option("--select", multiple=True, type=CodeList(), metavar="CODES", help="Run these codes, prefixes or names.")
@click.option("--extend-select", multiple=True, type=CodeList(), metavar="CODES", help="Run these as well.")
@click.option("--ignore", multiple=True, type=CodeList(), metavar="CODES", help="Do not run these.")
@click.option(
    "--profile",
    type=click.Choice(["production", "development", "strict"]),
    help="What the cluster is for.  [default: production]",
)
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "info", "never"]),
    help="Lowest level that makes the exit status 1.  [default: error]",
)
@click.option("--config", type=click.Path(), metavar="FILE", help="Read this instead of .kafkalint.yaml.")
@click.option("--include-suppressed", is_flag=True, help="Report suppressed findings too, marked as such.")
@click.option("--from-git", is_flag=True, help="Of directories, take only the files that Git tracks.")
@click.option("--no-cross-resource", is_flag=True, help="Leave out checks that must see all files of a cluster.")
@click.option("--strimzi-version", type=VersionText(), metavar="V", help="Version of the Strimzi operator.")
@click.option("--kubernetes-version", type=VersionText(), metavar="V", help="Version of the Kubernetes cluster.")
@click.option("--stdin-filename", metavar="NAME", help="What reports call standard input.")
@click.option("--plugin", "plugins", multiple=True, metavar="MODULE", help="Load the checks of this module too.")
@click.option("-j", "--jobs", type=click.IntRange(1, 64), metavar="N", help="Renderers at work at once.  [default: 4]")
def command(formats: tuple[OutputFormat, ...], **given: Any) -> None:
    """Find what will go wrong with Kafka in these manifests.

    PATHS are files, directories, charts, kustomizations, or - for standard input; the working directory if none is
    given.

    Exit status: 0 nothing at or above --fail-on; 1 findings; 2 wrong use, bad config, or input that could not be
    rendered; 3 an internal fault, such as a plugin that does not load.
    """
    from kafkalint.cli.session import CheckOptions, ProblemsFound, run  # noqa: PLC0415 - `--help` needs none of it

    formats = formats or (OutputFormat("text"),)
    if sum(wanted.file is None for wanted in formats) > 1:
        raise click.UsageError("only one format can go to standard output; give the others a file: FORMAT=FILE")
    try:
        session = run(CheckOptions(**{name: value for name, value in given.items() if value is not None}), formats)
    except ProblemsFound as stop:
        for problem in stop.problems:
            click.echo(f"kafkalint: {problem}", err=True)
        sys.exit(EXIT_FAULT if stop.internal else EXIT_USAGE)
    status = _status(session)
    _write(session, session.outcome._replace(arguments={"exit_code": status}))
    sys.exit(status)


def _status(session: Session) -> int:
    from kafkalint.checking.policy import fails  # noqa: PLC0415 - as above

    outcome = session.outcome
    if outcome.faults:
        return EXIT_FAULT
    if fails((located.finding.level for located in outcome.findings), session.fail_on):
        return EXIT_FINDINGS
    return EXIT_USAGE if outcome.notices else EXIT_CLEAN


def _write(session: Session, outcome: Outcome) -> None:
    for wanted, report in session.reports:
        text = report(outcome, _screen(wanted.file))
        if wanted.file is None:
            _print(text)
        else:
            _save(Path(wanted.file), text)
        if wanted.name == "github":
            _summarise(outcome)
    if all(wanted.name != "text" or wanted.file for wanted, _ in session.reports):
        _tell_problems(outcome)


def _print(text: str) -> None:
    # Bytes, for a report is UTF-8 whatever the locale says, and the same on every platform.
    if sys.stdout is None:  # closed by whoever started the program
        _give_up("standard output", "it is closed")
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        # What is left in the buffer must not be tried again when the program ends: that has an exit status of its own.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        _give_up("standard output", error.strerror)


def _save(file: Path, text: str, mode: str = "wb") -> None:
    try:
        with file.open(mode) as stream:
            stream.write(text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        _give_up(str(file), error.strerror)


def _give_up(file: str, why: str | None) -> NoReturn:
    click.echo(f"kafkalint: {file} cannot be written: {why}", err=True)
    sys.exit(EXIT_USAGE)


def _screen(file: str | None) -> Screen:
    from kafkalint.reports import Screen  # noqa: PLC0415 - as above

    terminal = file is None and sys.stdout is not None and sys.stdout.isatty()
    width = min(os.get_terminal_size().columns, 140) if terminal else 100
    return Screen(color=terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb", width=width)


def _summarise(outcome: Outcome) -> None:
    """Give a GitHub job the findings as a table on its page."""
    file = os.environ.get("GITHUB_STEP_SUMMARY")
    if file:
        from kafkalint.reports.github_report import step_summary  # noqa: PLC0415 - as above

        _save(Path(file), step_summary(outcome), "ab")


def _tell_problems(outcome: Outcome) -> None:
    """What makes the run incomplete, on standard error where no text report says it."""
    from kafkalint.reports.wording import safe  # noqa: PLC0415 - as above

    for notice in outcome.notices:
        click.echo(safe(f"kafkalint: {notice.subject}: {notice.message}"), err=True)
    for fault in outcome.faults:
        click.echo(safe(f"kafkalint: internal fault in {fault.code} {fault.name}: {fault.problem}"), err=True)
