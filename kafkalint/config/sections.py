"""The sections of a config, each read and checked by one function."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import PurePosixPath
from types import MappingProxyType

from kafkalint.checking.check import Check, Option, OptionValue
from kafkalint.checking.directives import Ignore
from kafkalint.checking.finding import Level
from kafkalint.checking.selection import Choice
from kafkalint.checking.vocabulary import Vocabulary, did_you_mean
from kafkalint.config.globs import PathGlob, ResourceGlob
from kafkalint.config.reader import Value
from kafkalint.config.settings import BundleSpec, HelmRelease, Rendering
from kafkalint.kafka.versions import Version

OFF = "off"
_IGNORE_KEYS = ("codes", "paths", "resources", "reason", "expires")
_HELM_KEYS = ("chart", "release", "values", "namespace")
_VERSION = re.compile(r"v?[0-9]{1,6}\.[0-9]{1,6}(?:\.[0-9]{1,6})?", re.ASCII)
_RELEASE = re.compile(r"(?=.{1,53}\Z)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*", re.ASCII)


def choice(entries: Mapping[str, Value], vocabulary: Vocabulary) -> Choice:
    """`select`, `extend-select` and `ignore`."""
    select = None if entries["select"].empty else selectors(entries["select"], vocabulary)
    return Choice(select, selectors(entries["extend-select"], vocabulary), selectors(entries["ignore"], vocabulary))


def selectors(value: Value, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Codes, prefixes and names that mean something."""
    known: list[str] = []
    for word, item in value.words():
        if vocabulary.select(word)[1]:
            known.append(word)
        else:
            item.wrong(vocabulary.unknown(word))
    return tuple(known)


def levels(value: Value, vocabulary: Vocabulary) -> Mapping[str, Level | None]:
    """`levels`: a level, or off, by code or name."""
    found: dict[str, Level | None] = {}
    for word, item in value.entries().items():
        code = vocabulary.code(word)
        level = item.choice([*(each.value for each in Level), OFF])
        if code is None:
            value.problems.add(value.key(word), vocabulary.unknown(word, prefixes=False))
        elif code in found:
            value.problems.add(value.key(word), f"the level of {code} is given twice, by its code and by its name")
        elif level is not None:
            found[code] = None if level == OFF else Level(level)
    return MappingProxyType(found)


def ignores(value: Value, vocabulary: Vocabulary) -> Iterator[Ignore]:
    """`ignores`: rules that are held back for some files or objects."""
    for item in value.items():
        entries = item.entries(_IGNORE_KEYS)
        if "codes" not in entries:
            item.wrong("codes are missing: the rules to ignore")
            continue
        words = selectors(entries["codes"], vocabulary)
        paths = tuple(PathGlob(text) for text, _ in _words(entries, "paths"))
        resources = tuple(_resource_globs(entries))
        reason = entries["reason"].string() if "reason" in entries and not entries["reason"].empty else None
        expires = _day(entries["expires"]) if "expires" in entries else None
        yield Ignore(words, item.place, paths, resources, reason or "", expires)


def _words(entries: Mapping[str, Value], key: str) -> list[tuple[str, Value]]:
    return entries[key].words() if key in entries else []


def _resource_globs(entries: Mapping[str, Value]) -> Iterator[ResourceGlob]:
    for text, item in _words(entries, "resources"):
        pattern = ResourceGlob.parse(text)
        if pattern is None:
            item.wrong(f"expected Kind/name or Kind/namespace/name, found {text}")
        else:
            yield pattern


def _day(value: Value) -> date | None:
    text = value.raw()
    if text is None:
        return None
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text, re.ASCII):
            return date.fromisoformat(text)
    except ValueError:
        value.wrong(f"there is no day {text}")
        return None
    value.wrong(f"expected a day as YYYY-MM-DD, found {text}")
    return None


def bundles(value: Value) -> Iterator[BundleSpec]:
    """`bundles`: which files are applied together."""
    names: set[str] = set()
    for item in value.items():
        entries = item.entries(("name", "paths"))
        name = _required(item, entries, "name")
        paths = tuple(text for text, _ in _words(entries, "paths"))
        if not paths:
            item.wrong("paths are missing: the files that are applied together")
        if name in names:
            item.wrong(f"there are two bundles called {name}")
        if name is not None:
            names.add(name)
            yield BundleSpec(name, paths)


def _required(item: Value, entries: Mapping[str, Value], key: str) -> str | None:
    if key in entries:
        return entries[key].string()
    item.wrong(f"{key} is missing")
    return None


def storage_tiers(value: Value) -> Mapping[str, str]:
    """`storage-classes`: the tier of each StorageClass."""
    from kafkalint.kafka.storage_tiers import Tier  # noqa: PLC0415 - only for configs that name classes

    tiers = [tier.name.lower() for tier in Tier]
    found = {word: item.choice(tiers) for word, item in value.entries().items()}
    return MappingProxyType({word: tier for word, tier in found.items() if tier is not None})


def version(value: Value) -> Version | None:
    """A version of at least two numbers."""
    text = value.raw()
    if text is not None and not _VERSION.fullmatch(text):
        value.wrong(f"expected a version such as 0.51.0, found {text}")
        return None
    return Version.parse(text)


def rendering(value: Value) -> tuple[Rendering, Rendering]:
    """`render`: whether Kustomize and Helm are run."""
    entries = value.entries(("kustomize", "helm"))
    kustomize, helm = (entries[key].member(Rendering) if key in entries else None for key in ("kustomize", "helm"))
    return kustomize or Rendering.AUTO, helm or Rendering.AUTO


def releases(value: Value) -> Iterator[HelmRelease]:
    """`helm`: charts, and the values that they are installed with."""
    for item in value.items():
        entries = item.entries(_HELM_KEYS)
        chart = path_inside(entries["chart"]) if "chart" in entries else _required(item, entries, "chart")
        release = _required(item, entries, "release")
        if release is not None and not _RELEASE.fullmatch(release):
            entries["release"].wrong(
                f"{release} is no name of a release: 53 lower-case letters, digits, dashes and dots at most"
            )
        found = entries["values"].items() if "values" in entries else ()
        values = tuple(path for each in found if (path := path_inside(each)) is not None)
        namespace = entries["namespace"].string() if "namespace" in entries else None
        if chart is not None and release is not None:
            yield HelmRelease(chart, release, values, namespace)


def path_inside(value: Value) -> str | None:
    """A path that stays in the folder of the config: a pull request must not make CI read other files."""
    text = value.string()
    if text is None:
        return None
    path = PurePosixPath(text)
    depth = 0
    for part in path.parts:
        depth += -1 if part == ".." else 1
        if depth < 0:
            break
    if path.is_absolute() or depth < 0 or "\\" in text or text.startswith("-"):
        value.wrong(f"expected a path inside the folder of the config, found {text}")
        return None
    return text


def options(value: Value, checks: Sequence[type[Check]]) -> Mapping[str, Mapping[str, OptionValue]]:
    """`options`: settings of checks, by the check's name or code."""
    found: dict[str, Mapping[str, OptionValue]] = {}
    by_word = {word: check for check in checks for word in (check.code, check.name)}
    for word, item in value.entries().items():
        check = by_word.get(word)
        if check is None:
            value.problems.add(value.key(word), Vocabulary.of(checks).unknown(word, prefixes=False))
        elif check.name in found:
            value.problems.add(
                value.key(word), f"the options of {check.name} are given twice, by its code and by its name"
            )
        else:
            found[check.name] = _options_of(item, check)
    return MappingProxyType(found)


def _options_of(value: Value, check: type[Check]) -> Mapping[str, OptionValue]:
    found: dict[str, OptionValue] = {}
    for word, item in value.entries().items():
        option = check.options.get(word)
        if option is None:
            known = f"; there are {', '.join(sorted(check.options))}" if check.options else "; it has none"
            hint = did_you_mean(word, check.options) or known
            value.problems.add(value.key(word), f"{check.name} has no option {word}{hint}")
            continue
        given = _option(item, option)
        if given is not None:
            found[word] = given
    return MappingProxyType(found)


def _option(value: Value, option: Option) -> OptionValue | None:
    if isinstance(option.default, tuple):
        return tuple(text for text, _ in value.words())
    if isinstance(option.default, str):
        return value.choice(option.choices) if option.choices else value.raw()
    given = value.scalar()
    kind = type(option.default)
    if type(given) is kind or (kind is float and type(given) is int):
        return kind(given)
    if given is not None:
        names = {bool: "true or false", int: "a whole number", float: "a number"}
        value.wrong(f"expected {names[kind]}, found {given}")
    return None
