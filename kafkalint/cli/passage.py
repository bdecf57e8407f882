"""One run of `gate`: from what is given to what is passed on."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import click
from click.core import ParameterSource

from kafkalint.checking.policy import fails
from kafkalint.cli import exit_status
from kafkalint.cli.setup import CheckOptions, ProblemsFound, Setup, set_up, standard_input
from kafkalint.cli.watching import Narrator, Watch, narrator
from kafkalint.gating.emission import Asked, emitted
from kafkalint.gating.function_config import FunctionConfigError, settings
from kafkalint.gating.resource_lists import ResourceList, resource_list
from kafkalint.linting import lint
from kafkalint.manifests.loading import LoadRequest, load
from kafkalint.manifests.rendering.renderings import Emission
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
    remark: str = ""
    """What the reader should know about the places that findings name."""


def passage(ctx: click.Context, given: dict[str, Any]) -> Passage:
    """Judge what a call of `gate` gives; raises ProblemsFound where that cannot be done."""
    asked = _asked(given)
    piped = _piped(asked) if asked.path == STDIN else None
    listed = _listed(piped) if piped else None
    options = {**given, **(_configured(ctx, listed) if listed else {})}
    setup = set_up(_check_options(options))
    teller = narrator(Watch(), aloud=given["verbose"])
    teller.rules(setup.rules)
    emission = Emission(piped) if piped else _emission(asked, setup, options)
    outcome = _judged(emission, setup, teller, allow_empty=given["allow_empty"])
    status = _status(outcome, setup)
    output = _output(emission.source, listed, outcome, status)
    return Passage(output, outcome, status, setup.fail_on, emission.remark)


def _asked(given: dict[str, Any]) -> Asked:
    return Asked(
        path=given["path"],
        tool=given["render"],
        values=given["values"],
        release=given["release"] or "",
        namespace=given["namespace"] or "",
        arguments=given["renderer_arguments"],
        fetch=given["fetch"],
    )


def _check_options(options: dict[str, Any]) -> CheckOptions:
    known = {name: options[name] for name in CheckOptions._fields if name != "render" and options.get(name) is not None}
    return CheckOptions(**known, paths=(options["path"],))


def _piped(asked: Asked) -> Source:
    if asked.tells_how_to_render:
        raise click.UsageError("what says how to render is for a PATH, and standard input is rendered already")
    if sys.stdin is not None and sys.stdin.isatty():
        raise click.UsageError("nothing to read: give a PATH, or pipe manifests in")
    return Source(STDIN, standard_input())


def _listed(piped: Source) -> ResourceList | None:
    try:
        return resource_list(piped)
    except UsageError as error:
        raise ProblemsFound([f"standard input: {error}"]) from None


def _configured(ctx: click.Context, listed: ResourceList) -> dict[str, Any]:
    """What the function's configuration says, where the command line says nothing."""
    known = {option.opts[0].lstrip("-"): option for option in ctx.command.params if option.name in _BY_FUNCTION}
    found: dict[str, Any] = {}
    problems = []
    try:
        asked = settings(listed)
    except FunctionConfigError as error:
        raise ProblemsFound(error.problems) from None
    for setting in asked:
        option, there = known.get(setting.name), ", ".join(sorted(known))
        if option is None or option.name is None:
            problems.append(setting.problem(f"there is no setting {setting.name}; there are {there}"))
        elif ctx.get_parameter_source(option.name) is not ParameterSource.COMMANDLINE:
            words = (setting.text,) if option.multiple else setting.text
            try:
                found[option.name] = option.type_cast_value(ctx, words)
            except click.BadParameter as error:
                problems.append(setting.problem(f"{setting.name}: {error.message.rstrip('.')}"))
    if problems:
        raise ProblemsFound(problems)
    return found


def _emission(asked: Asked, setup: Setup, options: dict[str, Any]) -> Emission:
    directory = setup.rules.directory
    try:
        return emitted(asked, setup.config.render_settings(directory, options["kubernetes_version"]), directory)
    except UsageError as error:
        raise ProblemsFound([str(error)]) from None


def _judged(emission: Emission, setup: Setup, teller: Narrator, *, allow_empty: bool) -> Outcome:
    source = emission.source
    loaded = load(LoadRequest(given=(source,), kinds=setup.config.kinds, directory=setup.rules.directory))
    teller.loaded(loaded._replace(accounts=emission.accounts))
    outcome = lint(loaded, setup.rules)
    teller.judged(outcome)
    if not (allow_empty or loaded.resources_seen or outcome.unreadable):
        name = "standard input" if source.name == STDIN else source.name
        raise ProblemsFound([f"{name}: no manifests, and to apply none may prune everything (--allow-empty)"])
    return outcome


def _status(outcome: Outcome, setup: Setup) -> int:
    if outcome.faults:
        return exit_status.FAULT
    if fails((located.finding.level for located in outcome.findings), setup.fail_on):
        return exit_status.FINDINGS
    # What could not be read was not judged, whichever findings are asked for.
    return exit_status.USAGE if outcome.notices or outcome.unreadable else exit_status.CLEAN


def _output(source: Source, listed: ResourceList | None, outcome: Outcome, status: int) -> bytes:
    if listed is None:
        return source.data if status == exit_status.CLEAN else b""
    from kafkalint.fixing.text.edits import Refusal  # noqa: PLC0415 - few inputs are a ResourceList
    from kafkalint.gating.results import results  # noqa: PLC0415 - as above

    try:
        return listed.with_results(results(outcome))
    except Refusal as refusal:
        raise ProblemsFound([f"standard input: results cannot be written into this ResourceList: {refusal}"]) from None
