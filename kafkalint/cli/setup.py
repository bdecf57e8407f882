"""What a run goes by, from what was asked: options, plugins, config, baseline, the rules that are left."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kafkalint.checking.finding import Level
from kafkalint.checking.selection import Choice, Plan, Profile, SelectionError, plan
from kafkalint.cli.problems import ProblemsFound
from kafkalint.config.finding import find_config
from kafkalint.config.problems import ConfigError
from kafkalint.config.settings import Config
from kafkalint.linting import Rules
from kafkalint.manifests.reading import MAX_BYTES
from kafkalint.manifests.sources import STDIN
from kafkalint.registry import LoadedCheck, PluginError, Registry, load_registry

if TYPE_CHECKING:
    from kafkalint.cli.options import OutputFormat
    from kafkalint.config.baselines import BaselineFile
    from kafkalint.kafka.versions import Version
    from kafkalint.manifests.planning import Tool

__all__ = ["CheckOptions", "ProblemsFound", "Setup", "baseline_path", "set_up", "standard_input"]

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
    no_suppressions: bool = False
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
        in_source=not options.no_suppressions,
    )
    fail_on = options.fail_on or config.fail_on or Level.ERROR.value
    return Setup(rules, None if fail_on == NEVER else Level(fail_on), known)


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
        raise ProblemsFound(map(str, error.problems)) from None
    return config, registry.extended(LoadedCheck(check, "config") for check in config.checks)


def _baseline(options: CheckOptions, config: Config) -> BaselineFile | None:
    file = baseline_path(options, config)
    if file is None:
        return None
    from kafkalint.config.baselines import open_baseline  # noqa: PLC0415 - for those who have one

    stdin = (options.stdin_filename or "") if STDIN in options.paths else ""
    try:
        return open_baseline(file, str(Path.cwd()), stdin=stdin, may_be_missing=options.write_baseline is not None)
    except ConfigError as error:
        raise ProblemsFound(map(str, error.problems)) from None


def baseline_path(options: CheckOptions, config: Config) -> Path | None:
    """The baseline that is read or written; None where there is none."""
    given = options.write_baseline if options.write_baseline is not None else options.baseline
    return config.baseline_file if given is None else Path(given)


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
    """All of it, nothing where whoever started the program closed it; raises ProblemsFound where it has no end."""
    data = sys.stdin.buffer.read(MAX_BYTES + 1) if sys.stdin is not None else b""
    if len(data) > MAX_BYTES:
        raise ProblemsFound([f"standard input is larger than {MAX_BYTES // (1024 * 1024)} MiB"])
    return data
