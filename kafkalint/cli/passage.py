"""One run of `gate`: from what is given to what is passed on."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import click
from click.core import ParameterSource

from kafkalint.checking.policy import fails
from kafkalint.cli import exit_status
from kafkalint.cli.setup import CheckOptions, ProblemsFound, Setup, set_up, standard_input
from kafkalint.cli.watching import Watch, narrator
from kafkalint.gating.emission import Wanted, emitted
from kafkalint.gating.function_config import settings
from kafkalint.gating.resource_lists import ResourceList, resource_list
from kafkalint.linting import lint
from kafkalint.manifests.loading import LoadRequest, load
from kafkalint.manifests.sources import STDIN, Source
from kafkalint.manifests.walking import UsageError

if TYPE_CHECKING:
    from kafkalint.checking.finding import Level
    from kafkalint.checking.outcome import Outcome

_BY_FUNCTION = frozenset(
    ("select", "extend_select", "ignore", "profile", "fail_on", "strimzi_version", "kubernetes_version")
)
"""Options that a function's configuration may set: how to judge, and never what code to load."""


class Passage(NamedTuple):
    """What came of it."""

    output: bytes
    """What is passed on: nothing where it is held up, but a function gives its results although it fails."""
    outcome: Outcome
    status: int
    fail_on: Level | None
    """None for never."""


def passage(ctx: click.Context, given: dict[str, Any]) -> Passage:
    """Judge what a call of `gate` gives; raises ProblemsFound where that cannot be done."""
    wanted = Wanted(
        path=given["path"],
        tool=given["render"],
        values=given["values"],
        release=given["release"] or "",
        namespace=given["namespace"] or "",
        arguments=given["renderer_arguments"],
        fetch=given["fetch"],
    )
    piped = _piped(wanted) if wanted.path == STDIN else None
    listed = resource_list(piped) if piped else None
    chosen = {**given, **(dict(_configured(ctx, listed)) if listed else {})}
    setup = set_up(_options(chosen))
    teller = narrator(Watch(), aloud=given["verbose"])
    teller.rules(setup.rules)
    source = piped or _emitted(wanted, setup, chosen)
    loaded = load(LoadRequest(given=(source,), kinds=setup.config.kinds, directory=setup.rules.directory))
    teller.loaded(loaded)
    outcome = lint(loaded, setup.rules)
    teller.judged(outcome)
    if not (given["allow_empty"] or loaded.resources_seen or outcome.unreadable):
        name = "standard input" if piped else source.name
        raise ProblemsFound([f"{name}: no manifests, and to apply none may prune everything (--allow-empty)"])
    status = _status(outcome, setup)
    if listed is not None:
        return Passage(_with_results(listed, outcome), outcome, status, setup.fail_on)
    return Passage(source.data if status == exit_status.CLEAN else b"", outcome, status, setup.fail_on)


def _options(chosen: dict[str, Any]) -> CheckOptions:
    known = {name: chosen[name] for name in CheckOptions._fields if chosen.get(name) is not None}
    return CheckOptions(**known, paths=(chosen["path"],))


def _piped(wanted: Wanted) -> Source:
    if wanted != Wanted(STDIN):
        raise click.UsageError("what says how to render is for a PATH, and standard input is rendered already")
    if sys.stdin is not None and sys.stdin.isatty():
        raise click.UsageError("nothing to read: give a PATH, or pipe manifests in")
    return Source(STDIN, standard_input())


def _emitted(wanted: Wanted, setup: Setup, chosen: dict[str, Any]) -> Source:
    directory = setup.rules.directory
    try:
        return emitted(wanted, setup.config.render_settings(directory, chosen["kubernetes_version"]), directory)
    except UsageError as error:
        raise ProblemsFound([str(error)]) from None


def _configured(ctx: click.Context, listed: ResourceList) -> Iterator[tuple[str, Any]]:
    """What the function's configuration says, where the command line says nothing."""
    known = {option.opts[0].lstrip("-"): option for option in ctx.command.params if option.name in _BY_FUNCTION}
    problems = []
    for setting in settings(listed):
        option = known.get(setting.name)
        if option is None or option.name is None:
            problems.append(f"{setting.spot}: there is no setting {setting.name}; there are {', '.join(sorted(known))}")
        elif ctx.get_parameter_source(option.name) is not ParameterSource.COMMANDLINE:
            try:
                yield option.name, option.type_cast_value(ctx, (setting.text,) if option.multiple else setting.text)
            except click.BadParameter as error:
                problems.append(f"{setting.spot}: {setting.name}: {error.message.rstrip('.')}")
    if problems:
        raise ProblemsFound(problems)


def _status(outcome: Outcome, setup: Setup) -> int:
    if outcome.faults:
        return exit_status.FAULT
    if fails((located.finding.level for located in outcome.findings), setup.fail_on):
        return exit_status.FINDINGS
    # Whoever ignores the rule that says so has not read what no reader understands.
    return exit_status.USAGE if outcome.notices or (outcome.unreadable and setup.fail_on) else exit_status.CLEAN


def _with_results(listed: ResourceList, outcome: Outcome) -> bytes:
    from kafkalint.fixing.text.edits import Refusal  # noqa: PLC0415 - few inputs are a ResourceList
    from kafkalint.gating.results import results  # noqa: PLC0415 - as above

    try:
        return listed.with_results(results(outcome))
    except Refusal as refusal:
        raise ProblemsFound([f"results cannot be written into this ResourceList: {refusal}"], internal=True) from None
