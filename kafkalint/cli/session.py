"""One run of `check`: from the options to an outcome."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kafkalint.checking.finding import Level
from kafkalint.cli.setup import CheckOptions, ProblemsFound, baseline_path, set_up, standard_input
from kafkalint.cli.watching import Narrator, Watch, narrator, watch
from kafkalint.config.finding import NAME
from kafkalint.config.settings import Config
from kafkalint.linting import Rules, lint
from kafkalint.manifests.loading import Loaded, LoadRequest, UsageError, load
from kafkalint.manifests.sources import STDIN
from kafkalint.manifests.walking import Namer, repository_of
from kafkalint.registry import Registry
from kafkalint.reports import BUILT_IN, WITHOUT_EDITS, Report, built_in

if TYPE_CHECKING:
    from kafkalint.checking.outcome import Outcome
    from kafkalint.cli.baselining import Writing
    from kafkalint.cli.mending import Mending
    from kafkalint.cli.options import OutputFormat
    from kafkalint.manifests.planning import Tool


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
    _spare_input(formats, request, loaded, _own_files(options, setup.config))
    watcher.step("checking")
    outcome = lint(loaded, setup.rules)
    teller.judged(outcome)
    outcome, mending = _mended(outcome, request, setup.rules, options, formats)
    teller.mended()
    root, below = _whereabouts(request)
    outcome = outcome._replace(
        include_suppressed=options.include_suppressed,
        seconds=time.perf_counter() - started,
        root=root,
        directory=below,
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


def _report(name: str, registry: Registry, *, quiet: bool) -> Report:
    if name == "text" and quiet:
        return built_in("quiet")
    if name in BUILT_IN:
        return built_in(name)
    if name not in registry.reports:
        raise ProblemsFound([f"there is no format {name!r}: {', '.join((*BUILT_IN, *registry.reports))}"])
    return registry.reports[name]


def _request(options: CheckOptions, config: Config) -> LoadRequest:
    directory = str(Path.cwd())
    paths = options.paths or (".",)
    request = LoadRequest(
        paths=paths,
        stdin=standard_input() if STDIN in paths else None,
        stdin_filename=options.stdin_filename,
        from_git=options.from_git,
        sorted_out=options.no_cross_resource,
        exclude=config.exclusion(directory),
        own=frozenset(map(Namer(directory), map(str, _own_files(options, config)))),
        render=config.render_settings(directory, options.kubernetes_version),
        bundles=config.stated_bundles(directory),
        kinds=config.kinds,
        jobs=options.jobs,
        directory=directory,
    )
    return _reaching(request, options.render, options, config) if options.render else request


def _reaching(request: LoadRequest, tool: Tool, options: CheckOptions, config: Config) -> LoadRequest:
    """The request for what a tool renders from the paths of another one."""
    from kafkalint.manifests.rendering.reaching import Repository, reach  # noqa: PLC0415 - only --render needs it

    # The one that is read, and those that would be if they had not been deleted.
    folders = (Path.cwd(), *Path.cwd().parents)
    files = tuple(sorted(map(str, {*(folder / NAME for folder in folders), *_own_files(options, config)})))
    repository = Repository(request.directory, request.render, request.bundles, files, request.exclude)
    try:
        reached = reach(request.paths, tool, repository)
    except UsageError as error:
        raise ProblemsFound([str(error)]) from None
    return request._replace(
        paths=reached.beside, roots=reached.roots, bundles=reached.bundles or request.bundles, from_git=False
    )


def _own_files(options: CheckOptions, config: Config) -> set[Path]:
    """The config and the baseline, absolute: files that say how manifests are judged."""
    return {file.absolute() for file in (config.file, baseline_path(options, config)) if file is not None}


def _load(request: LoadRequest, options: CheckOptions, teller: Narrator) -> Loaded:
    try:
        loaded = load(request)
    except UsageError as error:
        raise ProblemsFound([str(error)]) from None
    teller.loaded(loaded)
    held = bool(loaded.resources_seen or loaded.documents or loaded.unreadable or loaded.notices)
    if options.render:
        if loaded.accounts and not held:
            names = ", ".join(account.name for account in loaded.accounts)
            raise ProblemsFound([f"no manifests in what is rendered of {names}: nothing was checked"])
        return loaded
    # A file that is named may be empty; a stream that is, or a folder without a manifest, is somebody's mistake.
    paths = request.paths
    named = any(path != STDIN and Path(path).is_file() for path in paths)
    if not (named or held):
        what = "standard input is empty" if paths == (STDIN,) else f"no manifests in {', '.join(paths)}"
        raise ProblemsFound([f"{what}: nothing was checked"])
    return loaded


def _spare_input(formats: Sequence[OutputFormat], request: LoadRequest, loaded: Loaded, own: set[Path]) -> None:
    """Refuse to write a report over what was read; a report of an earlier run is no such thing, though it was found."""
    targets = [(wanted, Path(wanted.file).resolve()) for wanted in formats if wanted.file is not None]
    if not targets:
        return
    here = Path(request.directory)
    read = {here / path for path in request.paths if path != STDIN} | own
    read |= {here / name for name in loaded.files if name.endswith((".yaml", ".yml"))}
    read |= {here / document.source.name for document in loaded.documents if document.resources}
    for wanted, target in targets:
        if any(file.name == target.name and file.resolve() == target for file in read):
            raise ProblemsFound([f"{wanted.name}={wanted.file}: a report is not written over what is checked"])


def _whereabouts(request: LoadRequest) -> tuple[str, str]:
    """The root of the repository that a run looks at, and the working directory as seen from there; empty at the root.

    It is the one that all paths lie in, wherever somebody stands, else that of the working directory, else that itself.
    """
    here = Path(request.directory).resolve()
    paths = ((here / path).resolve() for path in (*request.paths, *request.roots) if path != STDIN)
    # A hook names hundreds of files in a few folders.
    folders = {str(path if path.is_dir() else path.parent) for path in paths}
    roots = set(map(repository_of, folders))
    root = Path((roots.pop() if len(roots) == 1 else None) or repository_of(str(here)) or here)
    try:
        below = Path(os.path.relpath(here, root)).as_posix()
    except ValueError:  # another drive of Windows
        root, below = here, "."
    return root.as_posix(), "" if below == "." else below
