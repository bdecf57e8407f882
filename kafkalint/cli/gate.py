"""`kafkalint gate`: manifests in, the same bytes out if they pass."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from kafkalint.cli import exit_status
from kafkalint.cli.options import rule_options, verbosity_options
from kafkalint.cli.streams import aside, put

if TYPE_CHECKING:
    from kafkalint.cli.passage import Passage


@click.command("gate", short_help="Let manifests pass unchanged, or not at all.")
@click.argument("path", default="-", type=click.Path())
@click.argument("renderer_arguments", nargs=-1, type=click.UNPROCESSED)
@click.option("--render", type=click.Choice(["kustomize", "helm"]), help="What renders PATH, if both could.")
@click.option("--values", multiple=True, type=click.Path(), metavar="FILE", help="Values file for a chart; repeatable.")
@click.option("--release", metavar="NAME", help="Name of a chart's release.")
@click.option("--namespace", metavar="NAMESPACE", help="Namespace of a chart's release.")
@click.option("--fetch", is_flag=True, help="Let the renderer fetch what is not on this disk.")
@click.option("--allow-empty", is_flag=True, help="Let no manifests at all pass.")
@click.option(
    "--most", type=click.IntRange(0), default=10, show_default=True, metavar="N", help="Findings to print at most."
)
@rule_options
@verbosity_options("Say only what holds the manifests up.")
@click.pass_context
def command(ctx: click.Context, /, **given: Any) -> None:
    """Let manifests pass unchanged, or not at all.

    PATH is a kustomization or a chart, which is rendered, a file of manifests, or - for standard input. What passes
    goes to standard output to the byte; findings go to standard error, the most severe first. Arguments behind -- are
    handed to the renderer.

    Standard input may be a stream of manifests, what Helm gives a post-renderer, or a ResourceList as Kustomize and
    kpt give it to a function; that comes back with the findings as its results.

    Exit status: 0 passed; 1 findings at or above --fail-on; 2 wrong use, bad config, no manifests, or manifests that
    could not be rendered; 3 an internal fault. Unless it is 0, nothing is passed on, or a ResourceList for its results.
    """
    from kafkalint.cli.passage import passage  # noqa: PLC0415 - `--help` needs none of it

    with aside():
        passed = passage(ctx, given)
    _deliver(passed, given["most"], quiet=given["quiet"])
    sys.exit(passed.status)


def _deliver(passed: Passage, most: int, *, quiet: bool) -> None:
    from kafkalint.gating.briefing import Verdict, briefing  # noqa: PLC0415 - as above

    verdict = Verdict(passed.status == exit_status.CLEAN, passed.fail_on, most, quiet, passed.remark)
    said = briefing(passed.outcome, verdict)
    if said:
        put(said.encode("utf-8", "backslashreplace"), sys.stderr, "standard error")
    put(passed.output, sys.stdout)
