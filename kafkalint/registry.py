"""The guarded loader: installed plugins become checks, flavours and reports, or an error that names who is at fault."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import pluggy

from kafkalint import hooks
from kafkalint.checking.check import (
    BundleCheck,
    Check,
    ClusterCheck,
    DocumentCheck,
    RunCheck,
    SuppressionCheck,
)
from kafkalint.checking.metadata import KEBAB, is_code, metadata_faults, reservation_faults, shown

if TYPE_CHECKING:
    from importlib.metadata import Distribution, EntryPoint

    from kafkalint.kafka.flavours import Flavour
    from kafkalint.reports import Report

T = TypeVar("T")

KINDS = (ClusterCheck, BundleCheck, DocumentCheck, RunCheck, SuppressionCheck)
OWN_REPORTS = "kafkalint's own reports"
_OWN = "kafkalint"
_MODULE = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*", re.ASCII)


class PluginError(Exception):
    """Plugins that cannot be trusted to bring what they should; one problem a line, each naming its plugin."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class LoadedCheck(NamedTuple):
    """A check, and who brought it."""

    check: type[Check]
    plugin: str
    """`kafkalint:storage`, `acme-kafkalint:topics`, `module:acme.checks`, or `config`."""
    version: str = ""
    """Version of the distribution; empty for a module or config."""


class Registry(NamedTuple):
    """Everything that plugins brought."""

    checks: tuple[LoadedCheck, ...] = ()
    """By code."""
    flavours: tuple[Flavour, ...] = ()
    """By plugin, each plugin's in its own order."""
    reports: Mapping[str, Report] = MappingProxyType({})
    """Formats of plugins, by name; kafkalint's own are in `kafkalint.reports`."""

    def extended(self, checks: Iterable[LoadedCheck]) -> Registry:
        """The same with more checks, such as those that config writes as data."""
        return self._replace(checks=_by_code((*self.checks, *checks)))


class _Plugin(NamedTuple):
    name: str
    version: str
    load: Callable[[], object]

    @property
    def own(self) -> bool:
        return self.name.startswith(f"{_OWN}:")


@dataclass
class _Claims:
    """Who claimed a word first: a second claim is a problem that names both."""

    what: str
    problems: list[str]
    taken: dict[str, str] = field(default_factory=dict)

    def claim(self, word: str, claimant: str) -> bool:
        first = self.taken.setdefault(word, claimant)
        if first is not claimant:
            self.problems.append(f"{self.what} {word} is claimed by {first} and by {claimant}")
        return first is claimant


def load_registry(modules: Sequence[str] = (), *, entry_points: Iterable[EntryPoint] | None = None) -> Registry:
    """Load every installed plugin, built-in or not, and the modules named; raises PluginError with all that is wrong.

    `entry_points` stands in for what is installed.
    """
    problems: list[str] = []
    plugins = [*_installed(entry_points), *(_module_plugin(name) for name in dict.fromkeys(modules))]
    if entry_points is None and not any(plugin.own for plugin in plugins):
        problems.append("kafkalint's own checks are not installed; in a checkout, run pip install -e .")
    manager, registered = _register(plugins, problems)
    registry = _collect(manager, registered, problems)
    if problems:
        raise PluginError(problems)
    return registry


def _installed(found: Iterable[EntryPoint] | None) -> list[_Plugin]:
    if found is None:
        from importlib.metadata import entry_points  # noqa: PLC0415 - 18 ms that `--version` need not pay

        found = entry_points(group=hooks.GROUP)
    plugins: list[_Plugin] = []
    homes: dict[str, object] = {}
    known: dict[Distribution | None, tuple[str, str]] = {None: ("unknown", "")}
    for entry_point in found:
        distribution = entry_point.dist
        # Asked once for each: the standard library parses the whole README again for every name and version.
        if distribution is not None and distribution not in known:
            known[distribution] = (re.sub(r"[-_.]+", "-", distribution.name).lower(), distribution.version)
        owner, version = known[distribution]
        # A checkout beside an installed wheel shows one distribution twice; the first on the path is what imports see.
        if homes.setdefault(owner, distribution) is not distribution:
            continue
        plugins.append(_Plugin(f"{owner}:{entry_point.name}", version, entry_point.load))
    return sorted(plugins, key=lambda plugin: plugin.name)


def _module_plugin(name: str) -> _Plugin:
    def load() -> object:
        if not _MODULE.fullmatch(name):
            raise ImportError("a plugin is given by the dotted name of a module, not by a file")
        from importlib import import_module  # noqa: PLC0415 - only for `--plugin`

        return import_module(name)

    return _Plugin(f"module:{name}", "", load)


def _register(plugins: Iterable[_Plugin], problems: list[str]) -> tuple[pluggy.PluginManager, dict[str, _Plugin]]:
    manager = pluggy.PluginManager(hooks.GROUP)
    manager.add_hookspecs(hooks)
    registered: dict[str, _Plugin] = {}
    for plugin in plugins:
        try:
            manager.register(plugin.load(), name=plugin.name)
        except (Exception, SystemExit) as error:  # a plugin that exits must not end a gate with 0
            problems.append(f"plugin {plugin.name} did not load: {_described(error)}")
        else:
            registered[plugin.name] = plugin
    return manager, registered


def _collect(manager: pluggy.PluginManager, plugins: Mapping[str, _Plugin], problems: list[str]) -> Registry:
    problems += _pending(manager)
    problems += _idle(manager, plugins)
    checks: list[LoadedCheck] = []
    codes, names = _Claims("code", problems), _Claims("name", problems)
    for plugin, check in _brought(manager, "kafkalint_checks", plugins, problems, _as_list):
        faults = list(_check_faults(check, plugin))
        problems += [f"plugin {plugin.name}: {fault}" for fault in faults]
        if not faults and _claimed(check, plugin, codes, names):
            checks.append(LoadedCheck(check, plugin.name, plugin.version))
    flavours = _flavours(_brought(manager, "kafkalint_flavours", plugins, problems, _as_list), problems)
    reports = _reports(_brought(manager, "kafkalint_reports", plugins, problems, _as_pairs), problems)
    return Registry(_by_code(checks), flavours, reports)


def _claimed(check: type[Check], plugin: _Plugin, codes: _Claims, names: _Claims) -> bool:
    claimant = f"{check.__qualname__} of {plugin.name}"
    # Both are asked, so that a copied check is told about its code and its name at once.
    return all([codes.claim(check.code, claimant), names.claim(check.name, claimant)])


def _by_code(checks: Iterable[LoadedCheck]) -> tuple[LoadedCheck, ...]:
    return tuple(sorted(checks, key=lambda loaded: loaded.check.code))


def _pending(manager: pluggy.PluginManager) -> Iterator[str]:
    # What PluginManager.check_pending does, for all of them and in words that name the plugin as we name it.
    known = _spec_names()
    for name in sorted(vars(manager.hook)):
        caller = getattr(manager.hook, name)
        if name in known or not isinstance(caller, pluggy.HookCaller):
            continue
        for implementation in caller.get_hookimpls():
            if implementation.optionalhook:
                continue
            owner = implementation.plugin_name
            yield f"plugin {owner} implements {name}, which is no hook; there are {', '.join(known)}"


def _idle(manager: pluggy.PluginManager, plugins: Iterable[str]) -> Iterator[str]:
    for name in plugins:
        if not manager.get_hookcallers(manager.get_plugin(name)):
            yield f"plugin {name} implements no hook; mark its functions with @hookimpl"


def _spec_names() -> list[str]:
    return sorted(name for name in vars(hooks) if name.startswith("kafkalint_"))


def _brought(
    manager: pluggy.PluginManager,
    hook: str,
    plugins: Mapping[str, _Plugin],
    problems: list[str],
    unpack: Callable[[Any], list[Any]],
) -> Iterator[tuple[_Plugin, Any]]:
    implementations = {each.plugin_name: each for each in getattr(manager.hook, hook).get_hookimpls()}
    for name, plugin in plugins.items():
        implementation = implementations.get(name)
        if implementation is None:
            continue
        if implementation.hookwrapper or implementation.wrapper:
            problems.append(f"plugin {name}: {hook} is a wrapper; kafkalint calls each plugin by itself")
            continue
        try:
            items = unpack(implementation.function())
        except (Exception, SystemExit) as error:  # whatever it raises, this plugin is named
            problems.append(f"plugin {name}: {hook} failed: {_described(error)}")
            continue
        yield from ((plugin, item) for item in items)


def _as_list(value: Any) -> list[Any]:
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        raise TypeError(f"it returned {shown(value)}, not a list")
    return list(value)


def _as_pairs(value: Any) -> list[tuple[Any, Any]]:
    if not isinstance(value, Mapping):
        raise TypeError(f"it returned {shown(value)}, not a mapping of formats by name")
    return list(value.items())


def _check_faults(check: object, plugin: _Plugin) -> Iterator[str]:
    if not (isinstance(check, type) and issubclass(check, KINDS)) or check in KINDS:
        yield f"{shown(check)} is no subclass of {', '.join(kind.__name__ for kind in KINDS)}"
        return
    if not any(check.check is not kind.check for kind in KINDS if issubclass(check, kind)):
        yield f"{check.__qualname__} has no method `check`"
    yield from (f"{check.__qualname__}: {fault}" for fault in metadata_faults(check))
    code = getattr(check, "code", None)
    if isinstance(code, str) and is_code(code):
        yield from (f"{check.__qualname__}: {fault}" for fault in reservation_faults(code, own=plugin.own))


def _flavours(brought: Iterable[tuple[_Plugin, Any]], problems: list[str]) -> tuple[Flavour, ...]:
    names = _Claims("flavour", problems)
    flavours: list[Flavour] = []
    for plugin, flavour in brought:
        name = getattr(flavour, "name", None)
        if isinstance(flavour, type) or not isinstance(name, str) or not callable(getattr(flavour, "read", None)):
            problems.append(f"plugin {plugin.name}: {shown(flavour)} is no flavour: an object with `name` and `read`")
        elif names.claim(name, f"{type(flavour).__qualname__} of {plugin.name}"):
            flavours.append(flavour)
    return tuple(flavours)


def _reports(brought: Iterable[tuple[_Plugin, Any]], problems: list[str]) -> Mapping[str, Report]:
    from kafkalint.reports import BUILT_IN  # noqa: PLC0415 - its imports are the reports', not the registry's

    names = _Claims("report", problems, dict.fromkeys(BUILT_IN, OWN_REPORTS))
    reports: dict[str, Report] = {}
    for plugin, (name, report) in brought:
        if not isinstance(name, str) or not KEBAB.fullmatch(name) or not callable(report):
            problems.append(f"plugin {plugin.name}: {shown(name)} is no report: a kebab-case name and a function")
        elif names.claim(name, plugin.name):
            reports[name] = report
    return MappingProxyType(dict(sorted(reports.items())))


def _described(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
