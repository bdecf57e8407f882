"""Kustomizations on disk: what each refers to, and which of them nobody else builds upon."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from kafkalint.manifests.composer import ComposeError, compose
from kafkalint.manifests.nodes import Mapping, Node, Scalar, content_of
from kafkalint.manifests.reading import ReadError, read
from kafkalint.manifests.rendering.references import (
    INFLATOR,
    KUSTOMIZATION,
    PLUGINS,
    Reference,
    Role,
    configured,
    entries,
    is_written_out,
    kind_of,
    nodes,
    references,
    scalars,
)
from kafkalint.manifests.rendering.remotes import Remote, address_in, is_repository, is_url, shown
from kafkalint.manifests.scalars import plain, resolve_scalar
from kafkalint.manifests.text import Text, TextError, decode
from kafkalint.manifests.walking import KUSTOMIZATION_FILES

if TYPE_CHECKING:
    from collections.abc import Iterable


class Refusal(NamedTuple):
    """Something that is not run although all of it is on this disk, and where it is written."""

    file: str
    """Absolute path."""
    line: int
    words: str
    """What it does, and why not."""
    fetching: bool = False
    """Whether it is run where renderers may fetch what they like."""


_FLUX = "kustomize.toolkit.fluxcd.io/"
_LISTING = frozenset(("apiversion", "kind", "metadata", "resources", "bases"))
_TEMPLATE = re.compile(r"\{[{%]")


class Kustomization(NamedTuple):
    """A kustomization file and all that it refers to, as absolute paths."""

    path: str
    component: bool = False
    built_upon: tuple[str, ...] = ()
    """Folders with kustomizations of their own."""
    plugins: tuple[str, ...] = ()
    """Those of the folders whose objects configure plugins."""
    files: tuple[str, ...] = ()
    patches: tuple[str, ...] = ()
    """Those of the files that are no whole objects."""
    absent: tuple[str, ...] = ()
    """What it refers to and is not there, but should be on this disk."""
    missing: tuple[str, ...] = ()
    """What of that would bring objects."""
    charts: tuple[str, ...] = ()
    """The folders of the charts that it inflates, there or not."""
    remotes: tuple[Remote, ...] = ()
    """What would have to be fetched."""
    refusals: tuple[Refusal, ...] = ()
    of_flux: bool = False
    """Whether this is an object for Flux, which has the same kind, and nothing to build."""
    unreadable: bool = False
    """Whether nobody can tell what it refers to."""
    template: bool = False
    """Whether that is because something else is still to make a kustomization of it."""
    lists_only: bool = False
    """Whether it puts objects together and changes none."""

    @property
    def directory(self) -> str:
        """The folder to build."""
        return os.path.dirname(self.path)


def load_data(path: str) -> Any:
    """The data of a small YAML file that configures a tool; None where it cannot be read."""
    try:
        root = compose(decode(read(path)).content)
    except (ReadError, TextError, ComposeError):
        return None
    return plain(root) if root is not None else {}


def read_kustomization(path: str) -> Kustomization:
    """What a kustomization file refers to."""
    try:
        text = decode(read(path))
        root = compose(text.content)
    except (ReadError, TextError):
        return Kustomization(path, unreadable=True)
    except ComposeError:
        template = _TEMPLATE.search(text.content) is not None
        return Kustomization(path, unreadable=True, template=template, of_flux=_is_of_flux(text.content))
    content = content_of(root) if root is not None else None
    if content is None:
        return Kustomization(path)
    if not isinstance(content, Mapping):
        return Kustomization(path, unreadable=True)
    reading = _Reading(os.path.dirname(path))
    reading.kustomization(content, _Paper(path, text))
    said = dict(entries(content))
    version = next((scalar.value for scalar in scalars(said["apiversion"], ())), "") if "apiversion" in said else ""
    return reading.of(path)._replace(
        component=kind_of(content) == "Component", of_flux=version.startswith(_FLUX), lists_only=set(said) <= _LISTING
    )


def _is_of_flux(text: str) -> bool:
    """Whether this is a stream of objects for Flux, of which it takes several in one file."""
    versions = [next(scalars(node, ("apiversion",)), None) for node, _ in configured(text)]
    return bool(versions) and all(version is not None and version.value.startswith(_FLUX) for version in versions)


class _Paper(NamedTuple):
    """A text that is read, and how its lines are found."""

    file: str
    text: Text
    offset: int = 0
    """What the places of its nodes count from."""
    fixed: bool = False
    """Whether all of it stands for one place, as what is written out inside of a scalar does."""

    def line(self, start: int) -> int:
        return self.text.position(self.offset if self.fixed else self.offset + start).line


@dataclass
class _Reading:
    """What is come upon in a kustomization, and in what configures its plugins."""

    folder: str
    """What names count from."""
    folders: dict[str, None] = field(default_factory=dict)
    plugins: dict[str, None] = field(default_factory=dict)
    files: dict[str, None] = field(default_factory=dict)
    patches: dict[str, None] = field(default_factory=dict)
    absent: dict[str, None] = field(default_factory=dict)
    missing: dict[str, None] = field(default_factory=dict)
    charts: dict[str, None] = field(default_factory=dict)
    remotes: list[Remote] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)

    def of(self, path: str) -> Kustomization:
        """All of it as a kustomization in this file."""
        return Kustomization(
            path=path,
            built_upon=tuple(self.folders),
            plugins=tuple(self.plugins),
            files=(*self.files, *(patch for patch in self.patches if patch not in self.files)),
            patches=tuple(self.patches),
            absent=tuple(self.absent),
            missing=tuple(self.missing),
            charts=tuple(self.charts),
            remotes=tuple(sorted(self.remotes)),
            refusals=tuple(self.refusals),
        )

    def kustomization(self, root: Mapping, paper: _Paper) -> None:
        """Look through a kustomization."""
        for reference in references(root, KUSTOMIZATION):
            self._take(reference, paper)
        for globals_ in nodes(root, ("helmglobals",)):
            self._refuse_home(globals_, "confighome", paper)
        home = next((scalar.value for scalar in scalars(root, ("helmglobals", "charthome"))), "")
        for entry in nodes(root, ("helmcharts",)):
            self._inflate(entry, paper, home)
        for entry in nodes(root, ("helmchartinflationgenerator",)):
            self._refuse_home(entry, "helmhome", paper)
            self._inflate(entry, paper, home, _OLD)

    def configuration(self, file: str) -> None:
        """Look through a file that configures plugins."""
        try:
            text = decode(read(file))
        except (ReadError, TextError):  # the renderer says so
            return
        for node, offset in configured(text.content):
            self._plugin(node, _Paper(file, text, offset))

    def anything_remote(self, file: str) -> None:
        """Hold a file against it that names an address, wherever in it: who knows what is made of that."""
        try:
            data = read(file)
        except ReadError:
            return
        for number, line in enumerate(data.splitlines(), 1):
            if not line.lstrip().startswith(b"#") and (found := address_in(line)):
                self.remotes.append(Remote(file, number, shown(found.decode(errors="replace"))))

    def _plugin(self, node: Mapping, paper: _Paper) -> None:
        kind = kind_of(node)
        for reference in references(node, PLUGINS.get(kind, ())):
            self._take(reference, paper)
        if kind == INFLATOR:
            self._refuse_home(node, "confighome", paper)
            self._inflate(node, paper)

    def _take(self, reference: Reference, paper: _Paper) -> None:
        text, role, start = reference
        if role is Role.PATCH and is_written_out(text):
            return
        if role is Role.PLUGIN and is_written_out(text) and (found := configured(text)):
            place = paper.offset if paper.fixed else paper.offset + start
            for node, _ in found:
                self._plugin(node, _Paper(paper.file, paper.text, place, fixed=True))
            return
        named_whole = role in (Role.BUILT, Role.PLUGIN, Role.CONFIG)
        if is_repository(text, self.folder) if named_whole else is_url(text):
            self.remotes.append(Remote(paper.file, paper.line(start), shown(text)))
        elif "\0" not in text:
            self._resolve(os.path.normpath(os.path.join(self.folder, text)), role)

    def _resolve(self, path: str, role: Role) -> None:
        if os.path.isfile(path):
            (self.patches if role is Role.PATCH else self.files)[path] = None
            if role is Role.PLUGIN:
                self.configuration(path)
        elif os.path.isdir(path):
            self.folders[path] = None
            if role is Role.PLUGIN:
                self.plugins[path] = None
        else:
            self.absent[path] = None
            if role in (Role.BUILT, Role.PLUGIN):
                self.missing[path] = None

    def _inflate(self, entry: Node, paper: _Paper, home: str = "", keys: dict[str, str] | None = None) -> None:
        """A chart that Kustomize has Helm render, looked for where Kustomize does."""

        def said(key: str) -> Scalar | None:
            return next(reversed(list(scalars(entry, ((keys or {}).get(key, key),)))), None)

        def value(key: str) -> str:
            scalar = said(key)
            return scalar.value if scalar and isinstance(resolve_scalar(scalar), str) else ""

        name, repository, version = value("name"), value("repo"), value("version")
        release = said("releasename")
        if release and release.value.startswith("-"):
            words = f"gives Helm an option in the place of a release's name, {release.value}"
            self.refusals.append(Refusal(paper.file, paper.line(release.start), words))
        if not name or "\0" in name:
            return
        charts = os.path.join(self.folder, value("charthome") or home or "charts")
        # So that it tells one version that it pulled from another.
        below = (f"{name}-{version}", name) if repository and version else (name,)
        folder = os.path.normpath(os.path.join(charts, *below))
        self.charts[folder] = None
        if not os.path.isdir(folder):
            if not repository:
                self.missing[folder] = None
            spot = said("repo") or said("name")
            wanted = f"the chart {name} of {shown(repository)}" if repository else f"the chart {name}"
            line = paper.line(spot.start if spot else 0)
            self.remotes.append(Remote(paper.file, line, f"{wanted} in {folder}"))

    def _refuse_home(self, entry: Node, key: str, paper: _Paper) -> None:
        for scalar in scalars(entry, (key,)):
            if scalar.value:
                words = f"has Helm look for its plugins in {scalar.value}, and no plugin of a repository is run"
                self.refusals.append(Refusal(paper.file, paper.line(scalar.start), words, fetching=True))


_OLD = {"name": "chartname", "repo": "chartrepourl", "version": "chartversion"}
"""What the older section calls the same things."""


class Graph:
    """The kustomizations of a run, and those that they build upon wherever these are."""

    def __init__(self, paths: Iterable[str]) -> None:
        found = map(read_kustomization, sorted(paths, reverse=True))
        self.found = {kustomization.directory: kustomization for kustomization in found if not kustomization.of_flux}
        self.known: dict[str, Kustomization | None] = dict(self.found)

    def at(self, folder: str) -> Kustomization | None:
        """The kustomization of a folder, which may lie outside of what is linted; None where there is none."""
        if folder not in self.known:
            names = (os.path.join(folder, name) for name in KUSTOMIZATION_FILES)
            path = next((path for path in names if os.path.isfile(path)), None)
            # A link leads to a folder by another name; its kustomization is the same one.
            self.known[folder] = self._real.get(os.path.realpath(folder)) or (
                read_kustomization(path) if path else None
            )
        return self.known[folder]

    @cached_property
    def _real(self) -> dict[str, Kustomization]:
        return {os.path.realpath(folder): kustomization for folder, kustomization in self.found.items()}

    def closure(self, root: Kustomization) -> list[Kustomization]:
        """A kustomization and all that it builds upon, outermost first."""
        return [self._configured(kustomization) for kustomization in self._reached(root)]

    def _reached(self, root: Kustomization) -> list[Kustomization]:
        reached = {root.path: root}
        pending = [root]
        while pending:
            for folder in pending.pop(0).built_upon:
                base = self.at(folder)
                if base is not None and base.path not in reached:
                    reached[base.path] = base
                    pending.append(base)
        return list(reached.values())

    def _configured(self, kustomization: Kustomization) -> Kustomization:
        """A kustomization with what the plugins take that other kustomizations configure for it."""
        if not kustomization.plugins:
            return kustomization
        reading = _Reading(kustomization.directory)
        bases = [base for folder in kustomization.plugins if (base := self.at(folder))]
        parts = list(dict.fromkeys(part for base in bases for part in self._reached(base)))
        # What becomes of files that are changed is known to nobody but Kustomize, so nothing in them may lead away.
        changing = not all(part.lists_only for part in parts)
        for part in parts:
            for file in (part.path, *part.files) if changing else ():
                reading.anything_remote(file)
            for file in part.files:
                reading.configuration(file)
        more = reading.of(kustomization.path)
        return kustomization._replace(
            files=_both(kustomization.files, more.files),
            patches=_both(kustomization.patches, more.patches),
            absent=_both(kustomization.absent, more.absent),
            missing=_both(kustomization.missing, more.missing),
            charts=_both(kustomization.charts, more.charts),
            remotes=(*kustomization.remotes, *more.remotes),
            refusals=(*kustomization.refusals, *more.refusals),
        )

    def roots(self) -> list[Kustomization]:
        """Those to be built: nobody found builds upon them, or only in a circle."""
        bases = ((k, self.at(folder)) for k in self.found.values() for folder in k.built_upon)
        built_upon = {base.directory for k, base in bases if base is not None and base.path != k.path}
        chosen = [k for folder, k in self.found.items() if folder not in built_upon]
        reached = {k.path for root in chosen for k in self._reached(root)}
        for kustomization in sorted(self.found.values(), key=lambda k: k.path):
            if kustomization.path not in reached:
                chosen.append(kustomization)
                reached |= {k.path for k in self._reached(kustomization)}
        return sorted(chosen, key=lambda k: k.path)


def _both(some: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*some, *more)))
