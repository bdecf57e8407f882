"""Kustomizations on disk: what each refers to, and which of them nobody else builds upon."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from kafkalint.manifests.composer import ComposeError, compose
from kafkalint.manifests.reading import ReadError, read
from kafkalint.manifests.scalars import plain
from kafkalint.manifests.shapes import dig, items, mapping, text
from kafkalint.manifests.text import TextError, decode
from kafkalint.manifests.walking import KUSTOMIZATION_FILES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

BUILT_UPON = ("resources", "bases", "components")
"""Sections that name kustomizations, or files of objects."""
CONFIGURED_BY = ("crds", "configurations", "generators", "transformers", "validators")
"""Sections that name what Kustomize itself is told by."""
_INFLATOR = "HelmChartInflationGenerator"


class Kustomization(NamedTuple):
    """A kustomization file and all that it refers to, as absolute paths."""

    path: str
    component: bool = False
    built_upon: tuple[str, ...] = ()
    """Folders with kustomizations of their own."""
    files: tuple[str, ...] = ()
    patches: tuple[str, ...] = ()
    """Those of the files that are no whole objects."""
    absent: tuple[str, ...] = ()
    """What it refers to and is not on this disk: what was deleted, and what lies elsewhere."""
    charts: tuple[str, ...] = ()
    """The folders of the charts that it inflates, there or not."""
    of_flux: bool = False
    """Whether this is an object for Flux, which has the same kind, and nothing to build."""
    unreadable: bool = False
    """Whether nobody can tell what it refers to."""

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
    data = load_data(path)
    if not isinstance(data, dict):
        return Kustomization(path, unreadable=True)
    folder = os.path.dirname(path)
    bases, files, absent = _resolve(folder, _references(data))
    _, patches, absent_patches = _resolve(folder, _patch_files(data))
    return Kustomization(
        path=path,
        component=data.get("kind") == "Component",
        of_flux=str(data.get("apiVersion")).startswith("kustomize.toolkit.fluxcd.io/"),
        built_upon=bases,
        files=(*files, *patches),
        patches=patches,
        absent=(*absent, *absent_patches),
        charts=tuple(dict.fromkeys(inflation.folder for inflation in _inflations(path, data))),
    )


def _references(data: dict[str, Any]) -> Iterator[str]:
    for section in (*BUILT_UPON, *CONFIGURED_BY):
        yield from (entry for entry in items(data.get(section)) if isinstance(entry, str))
    for entry in items(data.get("replacements")):
        yield from _string(dig(entry, "path"))
    for section in ("configMapGenerator", "secretGenerator"):
        for entry in items(data.get(section)):
            yield from _generator_files(entry)
    for entry in items(data.get("helmCharts")):
        yield from _string(dig(entry, "valuesFile"))
        yield from (name for name in items(dig(entry, "additionalValuesFiles")) if isinstance(name, str))
    for entry in items(data.get("helmChartInflationGenerator")):
        yield from _string(dig(entry, "values"))
    yield from _string(dig(data, "openapi", "path"))


def _generator_files(entry: Any) -> Iterator[str]:
    for listed in items(dig(entry, "files")):
        if isinstance(listed, str):
            yield listed.partition("=")[2] or listed
    yield from (name for name in items(dig(entry, "envs")) if isinstance(name, str))
    yield from _string(dig(entry, "env"))


def _patch_files(data: dict[str, Any]) -> Iterator[str]:
    yield from (entry for entry in items(data.get("patchesStrategicMerge")) if isinstance(entry, str))
    for section in ("patches", "patchesJson6902"):
        for entry in items(data.get(section)):
            yield from _string(entry if isinstance(entry, str) else dig(entry, "path"))


def _string(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value:
        yield value


class Inflation(NamedTuple):
    """A chart that Kustomize has Helm render."""

    name: str
    folder: str
    """Where Kustomize looks for the chart, absolute."""
    repository: str
    """Where Helm would pull it from if it is not there; empty if from nowhere."""
    file: str
    """Absolute path of the file that says so."""


def inflations(path: str) -> list[Inflation]:
    """The charts that a kustomization inflates."""
    data = load_data(path)
    return list(_inflations(path, data)) if isinstance(data, dict) else []


def _inflations(path: str, data: dict[str, Any]) -> Iterator[Inflation]:
    folder = os.path.dirname(path)
    home = dig(data, "helmGlobals", "chartHome")
    for entry in items(data.get("helmCharts")):
        yield from _inflation(path, folder, {"chartHome": home, **mapping(entry)})
    for entry in items(data.get("helmChartInflationGenerator")):
        old = {"name": "chartName", "repo": "chartRepoUrl", "version": "chartVersion", "chartHome": "chartHome"}
        yield from _inflation(path, folder, {new: dig(entry, key) for new, key in old.items()})
    for file in _resolve(folder, (entry for entry in items(data.get("generators")) if isinstance(entry, str)))[1]:
        generator = load_data(file)
        if dig(generator, "kind") == _INFLATOR:
            yield from _inflation(file, folder, mapping(generator))


def _inflation(file: str, folder: str, entry: dict[str, Any]) -> Iterator[Inflation]:
    name, repository, version = (text(entry.get(key)) or "" for key in ("name", "repo", "version"))
    if name:
        home = os.path.join(folder, text(entry.get("chartHome")) or "charts")
        # So that it tells one version that it pulled from another.
        below = (f"{name}-{version}", name) if repository and version else (name,)
        yield Inflation(name, os.path.normpath(os.path.join(home, *below)), repository, file)


def _resolve(folder: str, references: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """References as folders to build upon, files, and what is neither; what is elsewhere is the renderer's business."""
    folders, files, absent = [], [], []
    for reference in references:
        if "\n" in reference or "\0" in reference:  # a patch written out in place
            continue
        path = os.path.normpath(os.path.join(folder, reference))
        if os.path.isfile(path):
            files.append(path)
        elif os.path.isdir(path):
            folders.append(path)
        else:
            absent.append(path)
    return tuple(folders), tuple(files), tuple(absent)


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
        reached = {root.path: root}
        pending = [root]
        while pending:
            for folder in pending.pop(0).built_upon:
                base = self.at(folder)
                if base is not None and base.path not in reached:
                    reached[base.path] = base
                    pending.append(base)
        return list(reached.values())

    def roots(self) -> list[Kustomization]:
        """Those to be built: nobody found builds upon them, or only in a circle."""
        bases = ((k, self.at(folder)) for k in self.found.values() for folder in k.built_upon)
        built_upon = {base.directory for k, base in bases if base is not None and base.path != k.path}
        chosen = [k for folder, k in self.found.items() if folder not in built_upon]
        reached = {k.path for root in chosen for k in self.closure(root)}
        for kustomization in sorted(self.found.values(), key=lambda k: k.path):
            if kustomization.path not in reached:
                chosen.append(kustomization)
                reached |= {k.path for k in self.closure(kustomization)}
        return sorted(chosen, key=lambda k: k.path)
