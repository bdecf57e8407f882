"""One run of `check`: from the options to an outcome."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kafkalint.checking.finding import Level
from kafkalint.checking.selection import Choice, Plan, Profile, SelectionError, plan
from kafkalint.cli.watching import Narrator, Watch, narrator, watch
from kafkalint.config.finding import NAME, find_config
from kafkalint.config.problems import ConfigError
from kafkalint.config.settings import Config
from kafkalint.linting import Rules, lint
from kafkalint.manifests.loading import Loaded, LoadRequest, UsageError, load
from kafkalint.manifests.sources import STDIN
from kafkalint.registry import LoadedCheck, PluginError, Registry, load_registry
from kafkalint.reports import BUILT_IN, WITHOUT_EDITS, Report, built_in
from kafkalint.reports.wording import safe

if TYPE_CHECKING:
    from kafkalint.checking.outcome import Outcome
    from kafkalint.cli.baselining import Writing
    from kafkalint.cli.mending import Mending
    from kafkalint.cli.options import OutputFormat
    from kafkalint.config.baselines import BaselineFile
    from kafkalint.kafka.versions import Version
    from kafkalint.manifests.planning import Tool

NEVER = "never"


class CheckOptions(NamedTuple):
    """The options of `check`, by the names of its parameters."""

    paths: tuple[str, ...] = ()
    formats: tuple[OutputFormat, ...] = ()
    select: tuple[tuple[str, ...], ...] = ()
    extend_select: tuple[tuple[str, ...], ...] = ()
    ignore: tuple[tuple[str, ...], ...] = ()
    profile: str | None = None
    fail_on: str | None = None
    config: str | None = None
    baseline: str | None = None
    write_baseline: str | None = None
    include_suppressed: bool = False
    from_git: bool = False
    no_cross_resource: bool = False
    strimzi_version: Version | None = None
    kubernetes_version: Version | None = None
    stdin_filename: str | None = None
    plugins: tuple[str, ...] = ()
    jobs: int = 4
    fix: bool = False
    unsafe_fixes: bool = False
    diff: bool = False
    patch: str | None = None
    quiet: bool = False
    verbose: bool = False
    render: Tool | None = None


class ProblemsFound(Exception):  # noqa: N818 - what stops the run is the user's problem, or a plugin's, and no error of this code
    """Why a run cannot begin; `internal` where a plugin is at fault and not the call."""

    def __init__(self, problems: Sequence[str], *, internal: bool = False) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)
        self.internal = internal


class Session(NamedTuple):
    """A run that is over: what it found, how its reports are made, and what makes it fail."""

    outcome: Outcome
    reports: tuple[tuple[OutputFormat, Report], ...]
    fail_on: Level | None
    """None for never."""
    mending: Mending | None = None
    """What was mended, where that was asked for."""
    quiet: bool = False
    """Whether nothing is said but findings and what makes the run incomplete."""
    writing: Writing | None = None
    """What became of the baseline, where it was to be written."""
    idle: bool = False
    """Whether there was nothing to do: nothing is rendered from the files given."""


class Setup(NamedTuple):
    """What a run goes by, known before anything is loaded."""

    rules: Rules
    fail_on: Level | None
    """None for never."""
    baseline: BaselineFile | None = None

    @property
    def config(self) -> Config:
        """What `.kafkalint.yaml` says."""
        return self.rules.config


def set_up(options: CheckOptions) -> Setup:
    """Load plugins and config, and choose the rules; raises ProblemsFound."""
    config, registry = _config(options, _registry(options.plugins))
    known = _baseline(options, config)
    rules = Rules(
        registry=registry,
        plan=_plan(options, config, registry),
        config=config,
        settings=config.settings(options.strimzi_version, options.kubernetes_version),
        today=date.today(),  # noqa: DTZ011 - an expiry date in a config means the reader's day
        directory=str(Path.cwd()),
        baseline=known.baseline if known else None,
        whole=(not options.paths or options.from_git) and not options.render,
        partial=options.render is not None,
    )
    fail_on = options.fail_on or config.fail_on or Level.ERROR.value
    return Setup(rules, None if fail_on == NEVER else Level(fail_on), known)


def run(options: CheckOptions, formats: Sequence[OutputFormat]) -> Session:
    """Do what the options ask for; raises ProblemsFound where that cannot be done."""
    with watch(sys.stderr, wanted=not options.quiet) as watcher:
        return _run(options, formats, watcher, narrator(watcher, aloud=options.verbose))


def _run(options: CheckOptions, formats: Sequence[OutputFormat], watcher: Watch, teller: Narrator) -> Session:
    started = time.perf_counter()
    setup = set_up(options)
    teller.rules(setup.rules)
    reports = tuple((wanted, _report(wanted.name, setup.rules.registry, quiet=options.quiet)) for wanted in formats)
    request = _request(options, setup.config)._replace(progress=watcher)
    loaded = _load(request, options, teller)
    watcher.step("checking")
    outcome = lint(loaded, setup.rules)
    teller.judged(outcome)
    outcome, mending = _mended(outcome, request, setup.rules, options, formats)
    teller.mended()
    outcome = outcome._replace(
        include_suppressed=options.include_suppressed,
        seconds=time.perf_counter() - started,
        directory=_below_repository(Path.cwd()),
    )
    writing = None
    if setup.baseline and options.write_baseline is not None:
        from kafkalint.cli.baselining import write  # noqa: PLC0415 - once in a while

        outcome, writing = write(setup.baseline, outcome, done=mending is None or not mending.problems)
    idle = bool(options.render) and not (loaded.sources or loaded.notices)
    return Session(outcome, reports, setup.fail_on, mending, options.quiet, writing, idle)


def _mended(
    outcome: Outcome, request: LoadRequest, rules: Rules, options: CheckOptions, formats: Sequence[OutputFormat]
) -> tuple[Outcome, Mending | None]:
    asked = options.fix or options.diff or bool(options.patch)
    fixable = any(item.finding.fix for item in outcome.findings)
    # A report that carries edits has them made unread, so these are proven although nothing is written here.
    carried = any(wanted.name not in WITHOUT_EDITS for wanted in formats)
    if fixable and not asked:
        from kafkalint.fixing.origin.trees import tree_of  # noqa: PLC0415 - as above
        from kafkalint.fixing.remedies import with_remedies  # noqa: PLC0415 - many runs find nothing to mend

        outcome = outcome._replace(findings=list(with_remedies(outcome.findings, tree_of(request))))
        carried = carried and any(item.remedy and item.remedy.possible for item in outcome.findings)
    if not (asked or (fixable and carried)):
        return outcome, None
    from kafkalint.cli.mending import Wanted, attend  # noqa: PLC0415 - as above

    wanted = Wanted(options.fix, options.unsafe_fixes, options.diff, bool(options.patch), carried)
    return attend(outcome, request, rules, wanted)


def _registry(plugins: Sequence[str]) -> Registry:
    try:
        return load_registry(plugins)
    except PluginError as error:
        raise ProblemsFound(error.problems, internal=True) from None


def _config(options: CheckOptions, registry: Registry) -> tuple[Config, Registry]:
    try:
        file = Path(options.config) if options.config else find_config(Path.cwd())
        if file is None:
            return Config(), registry
        from kafkalint.config.loading import load_config  # noqa: PLC0415 - its parsers are for those who have a config

        config = load_config(file, [item.check for item in registry.checks])
    except ConfigError as error:
        raise ProblemsFound([safe(str(problem)) for problem in error.problems]) from None
    return config, registry.extended(LoadedCheck(check, "config") for check in config.checks)


def _baseline(options: CheckOptions, config: Config) -> BaselineFile | None:
    file = _baseline_file(options, config)
    if file is None:
        return None
    from kafkalint.config.baselines import open_baseline  # noqa: PLC0415 - for those who have one

    stdin = (options.stdin_filename or "") if STDIN in options.paths else ""
    try:
        return open_baseline(file, str(Path.cwd()), stdin=stdin, may_be_missing=options.write_baseline is not None)
    except ConfigError as error:
        raise ProblemsFound([safe(str(problem)) for problem in error.problems]) from None


def _baseline_file(options: CheckOptions, config: Config) -> Path | None:
    given = options.write_baseline if options.write_baseline is not None else options.baseline
    return config.baseline_file if given is None else Path(given)


def _report(name: str, registry: Registry, *, quiet: bool) -> Report:
    if name == "text" and quiet:
        return built_in("quiet")
    if name in BUILT_IN:
        return built_in(name)
    if name not in registry.reports:
        raise ProblemsFound([f"there is no format {name!r}: {', '.join((*BUILT_IN, *registry.reports))}"])
    return registry.reports[name]


def _plan(options: CheckOptions, config: Config, registry: Registry) -> Plan:
    given = Choice(
        select=tuple(word for words in options.select for word in words) if options.select else None,
        extend_select=tuple(word for words in options.extend_select for word in words),
        ignore=tuple(word for words in options.ignore for word in words),
    )
    profile = Profile(options.profile) if options.profile else config.profile or Profile.PRODUCTION
    checks = [item.check for item in registry.checks]
    try:
        chosen = plan(checks, profile, (config.choice, given), config.levels)
    except SelectionError as error:
        raise ProblemsFound(error.problems) from None
    if options.no_cross_resource:
        return chosen._replace(checks=tuple(check for check in chosen.checks if not check.cross_resource))
    return chosen


def standard_input() -> bytes:
    """All of it; nothing where whoever started the program closed it."""
    return sys.stdin.buffer.read() if sys.stdin is not None else b""


def _request(options: CheckOptions, config: Config) -> LoadRequest:
    directory = str(Path.cwd())
    paths = options.paths or (".",)
    request = LoadRequest(
        paths=paths,
        stdin=standard_input() if STDIN in paths else None,
        stdin_filename=options.stdin_filename,
        from_git=options.from_git,
        render=config.render_settings(directory, options.kubernetes_version),
        bundles=config.stated_bundles(directory),
        kinds=config.kinds,
        jobs=options.jobs,
        directory=directory,
    )
    return _reaching(request, options.render, options, config) if options.render else request


def _reaching(request: LoadRequest, tool: Tool, options: CheckOptions, config: Config) -> LoadRequest:
    """The request for what a tool renders from the paths of another one."""
    from kafkalint.manifests.reaching import Repository, reach  # noqa: PLC0415 - only --render needs it

    # The one that is read, and the one that may have been deleted.
    judging = {Path.cwd() / NAME, *filter(None, (config.file, _baseline_file(options, config)))}
    files = tuple(sorted(str(file.absolute()) for file in judging))
    repository = Repository(request.directory, request.render, request.bundles, files)
    try:
        reached = reach(request.paths, tool, repository)
    except UsageError as error:
        raise ProblemsFound([str(error)]) from None
    return request._replace(
        paths=reached.beside, roots=reached.roots, bundles=reached.bundles or request.bundles, from_git=False
    )


def _load(request: LoadRequest, options: CheckOptions, teller: Narrator) -> Loaded:
    try:
        loaded = load(request)
    except UsageError as error:
        raise ProblemsFound([str(error)]) from None
    teller.loaded(loaded)
    if options.render:
        return loaded
    # A file that is named may be empty; a stream that is, or a folder without a manifest, is somebody's mistake.
    paths = request.paths
    named = any(path != STDIN and Path(path).is_file() for path in paths)
    if not (named or loaded.resources_seen or loaded.documents or loaded.unreadable or loaded.notices):
        what = "standard input is empty" if paths == (STDIN,) else f"no manifests in {', '.join(paths)}"
        raise ProblemsFound([f"{what}: nothing was checked"])
    return loaded


def _below_repository(directory: Path) -> str:
    """The working directory as seen from the root of its repository; empty at the root, and outside of one."""
    for folder in (directory, *directory.parents):
        if (folder / ".git").exists():
            path = directory.relative_to(folder).as_posix()
            return "" if path == "." else path
    return ""
