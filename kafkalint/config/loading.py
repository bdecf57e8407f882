"""A config read whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from kafkalint.checking.check import Check
from kafkalint.checking.selection import Profile
from kafkalint.checking.vocabulary import Vocabulary
from kafkalint.config import rules, sections
from kafkalint.config.finding import shown
from kafkalint.config.problems import ConfigError, ConfigProblem
from kafkalint.config.reader import CONFIG, Problems, Value, root_of
from kafkalint.config.settings import Config
from kafkalint.manifests.nodes import Scalar
from kafkalint.manifests.reading import ReadError, read
from kafkalint.manifests.sources import Source
from kafkalint.manifests.text import Position

T = TypeVar("T")

FAIL_ON = ("error", "warning", "info", "never")
_LARGEST = 1_000_000
KEYS = (
    "profile",
    "select",
    "extend-select",
    "ignore",
    "fail-on",
    "levels",
    "ignores",
    "exclude",
    "baseline",
    "bundles",
    "storage-classes",
    "zones",
    "strimzi-version",
    "kubernetes-version",
    "render",
    "helm",
    "options",
    "checks",
)


def load_config(file: Path, checks: Iterable[type[Check]] = ()) -> Config:
    """Read a config; `checks` are those that are loaded, whose codes, names and options it may use.

    Raises ConfigError with everything that is wrong.
    """
    name = shown(file)
    try:
        data = read(str(file))
    except ReadError as error:
        raise ConfigError([ConfigProblem(name, Position(1, 1), f"cannot be read: {error}")]) from None
    if len(data) > _LARGEST:
        raise ConfigError([ConfigProblem(name, Position(1, 1), f"larger than {_LARGEST:,} bytes")])
    return parse_config(Source(name, data), checks, file.absolute())


def parse_config(source: Source, checks: Iterable[type[Check]] = (), file: Path | None = None) -> Config:
    """Read a config from its text; raises ConfigError with everything that is wrong."""
    problems = Problems(source)
    root = root_of(source, "a mapping of settings")
    if root is None:
        return Config(file)
    config = _config(Value(root, CONFIG, problems), list(checks), file)
    if problems.found:
        raise ConfigError(problems.found)
    return config


def _config(value: Value, checks: list[type[Check]], file: Path | None) -> Config:
    found = value.entries(KEYS)
    nothing = Value(Scalar("", "", None, 0, 0, None), "nothing", value.problems)
    entries = {key: found.get(key, nothing) for key in KEYS}
    written = tuple(rules.data_checks(entries["checks"], checks))
    every = [*checks, *written]
    vocabulary = Vocabulary.of(every)
    kustomize, helm = sections.rendering(entries["render"])
    return Config(
        file=file,
        profile=_if_given(entries["profile"], lambda item: item.member(Profile)),
        choice=sections.choice(entries, vocabulary),
        fail_on=_if_given(entries["fail-on"], lambda item: item.choice(FAIL_ON)),
        levels=sections.levels(entries["levels"], vocabulary),
        ignores=tuple(sections.ignores(entries["ignores"], vocabulary)),
        baseline=_if_given(entries["baseline"], sections.path_inside),
        exclude=tuple(text for text, _ in entries["exclude"].words()),
        bundles=tuple(sections.bundles(entries["bundles"])),
        storage_tiers=sections.storage_tiers(entries["storage-classes"]),
        zones=_if_given(entries["zones"], lambda item: item.integer(1)),
        strimzi_version=_if_given(entries["strimzi-version"], sections.version),
        kubernetes_version=_if_given(entries["kubernetes-version"], sections.version),
        kustomize=kustomize,
        helm=helm,
        releases=tuple(sections.releases(entries["helm"])),
        options=sections.options(entries["options"], every),
        checks=written,
    )


def _if_given(value: Value, read: Callable[[Value], T | None]) -> T | None:
    return None if value.empty else read(value)
