"""Documents to bundles: what is applied together, read off the folders that manifests lie in."""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from kafkalint.manifests.bundles import Bundle, duplicates, is_shared
from kafkalint.manifests.globs import matches
from kafkalint.manifests.resources import dig, items, string_map
from kafkalint.manifests.sniffing import mentions_kafka

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kafkalint.manifests.resources import Identity, Resource

_WORKLOAD_GROUPS = frozenset(("apps", "batch"))
# Labels that half of all objects share, and that no selector goes by.
_SAYS_NOTHING = frozenset(("app.kubernetes.io/managed-by", "helm.sh/chart", "heritage"))
# Folders below this are looked at as if they were flat: no layout is that deep, and an attack may be.
_DEEPEST = 64


class Piece(NamedTuple):
    """A source and what it holds."""

    name: str
    resources: tuple[Resource, ...]


class StatedBundle(NamedTuple):
    """A bundle that the config spells out: its name, and globs of the files and renderings in it."""

    name: str
    paths: tuple[str, ...]


@dataclass
class _Folder:
    folders: dict[str, _Folder] = field(default_factory=dict)
    pieces: list[Piece] = field(default_factory=list)

    def walk(self) -> Iterator[Piece]:
        """Every piece in and under this folder."""
        yield from self.pieces
        for folder in self.folders.values():
            yield from folder.walk()


@dataclass
class _Draft:
    """A bundle in the making."""

    name: str
    primary: list[Piece]
    context: list[Piece] = field(default_factory=list)


@dataclass
class _Parts:
    """What became of a folder: what may join the folders above, and what had to be split off."""

    together: list[Piece] = field(default_factory=list)
    drafts: list[_Draft] = field(default_factory=list)


def bundle_tree(pieces: Iterable[Piece]) -> list[Bundle]:
    """Bundles of plain files: one for all, split where it would hold one object twice, and no further than that."""
    ordered = sorted((piece for piece in pieces if piece.resources), key=lambda piece: piece.name)
    if not ordered:
        return []
    parts = _split(_tree(ordered), "")
    drafts = sorted(_drafts(_common_folder(parts.together), parts), key=lambda draft: draft.name)
    twice = _folder_pairs(ordered)
    return [_bundle(draft, twice) for draft in drafts]


def bundle_stated(pieces: Sequence[Piece], stated: Sequence[StatedBundle]) -> tuple[list[Bundle], list[Piece]]:
    """The bundles that the config spells out, and the pieces that none of them names.

    A piece that several name is judged in the first of these and context in the others.
    """
    bundles: list[Bundle] = []
    judged: set[str] = set()
    for entry in stated:
        members = [piece for piece in pieces if any(matches(path, piece.name) for path in entry.paths)]
        fresh = [piece for piece in members if piece.name not in judged]
        again = [piece for piece in members if piece.name in judged]
        judged.update(piece.name for piece in members)
        if fresh:
            bundles.append(Bundle(entry.name, _resources(fresh), _resources(again)))
    return bundles, [piece for piece in pieces if piece.name not in judged]


def kafka_words(resource: Resource) -> Iterator[str]:
    """The names and labels by which others can refer to an object that runs Kafka, or has an operator run it."""
    if not _bears_kafka(resource):
        return
    yield from _words(resource.name, resource.get("spec", "serviceName"))
    templates = (("spec", "template"), ("spec", "podTemplate"))
    for labels in (resource.labels, *(dig(resource.data, *at, "metadata", "labels") for at in templates)):
        yield from _label_words(labels)
    yield from _label_words(resource.get("spec", "selector", "matchLabels"))
    for volume in items(resource.get("spec", "template", "spec", "volumes")):
        yield from _words(dig(volume, "persistentVolumeClaim", "claimName"))
    for at in templates:
        yield from _label_words(resource.get(*at, "labels"))
        yield from _words(resource.get(*at, "spec", "priorityClassName"), resource.get(*at, "priorityClassName"))


def _label_words(labels: object) -> Iterator[str]:
    for key, value in string_map(labels).items():
        if key not in _SAYS_NOTHING:
            yield from _words(key if value in ("true", "false") else value)


def _words(*values: object) -> Iterator[str]:
    yield from (value for value in values if isinstance(value, str) and len(value) > 1)


def _bears_kafka(resource: Resource) -> bool:
    if mentions_kafka(f"{resource.group} {resource.kind} {resource.name}".encode(errors="replace")):
        return True
    if resource.group in _WORKLOAD_GROUPS or (not resource.group and resource.kind == "Pod"):
        return mentions_kafka(resource.document.text.encode(errors="replace"))
    return "." in resource.group and not resource.group.endswith((".k8s.io", "coreos.com"))


def _tree(pieces: Iterable[Piece]) -> _Folder:
    root = _Folder()
    for piece in pieces:
        folder = root
        for name in piece.name.split("/")[:-1][:_DEEPEST]:
            folder = folder.folders.setdefault(name, _Folder())
        folder.pieces.append(piece)
    return root


def _split(folder: _Folder, name: str) -> _Parts:
    units = {piece.name: _Parts([piece]) for piece in folder.pieces}
    for below, child in folder.folders.items():
        units[f"{name}{below}/"] = _split(child, f"{name}{below}/")
    apart = _conflicting(folder, name)
    result = _Parts()
    for unit, parts in sorted(units.items()):
        if unit in apart:
            result.drafts += _drafts(unit.rstrip("/"), parts)
        else:
            result.together += parts.together
            result.drafts += parts.drafts
    return result


def _drafts(unit: str, parts: _Parts) -> list[_Draft]:
    """What stays together as one bundle, which is context for all that was split off it."""
    for draft in parts.drafts:
        draft.context += parts.together
    own = [_Draft(unit, parts.together)] if parts.together else []
    return own + parts.drafts


def _conflicting(folder: _Folder, name: str) -> set[str]:
    """The files and folders in a folder that share an object with another of them."""
    holders: dict[Identity, set[str]] = defaultdict(set)
    for piece in folder.pieces:
        for identity in _identities([piece]):
            holders[identity].add(piece.name)
    files = {identity: len(units) for identity, units in holders.items()}
    for below, child in folder.folders.items():
        for identity in _identities(child.walk()):
            holders[identity].add(f"{name}{below}/")
    apart: set[str] = set()
    for identity, units in holders.items():
        # An account or a budget repeated in one folder is a slip; a second cluster is a second variant.
        if len(units) > 1 and (files.get(identity, 0) < len(units) or _is_variant(identity)):
            apart |= units
    return apart


def _identities(pieces: Iterable[Piece]) -> Iterator[Identity]:
    for piece in pieces:
        for resource in piece.resources:
            if resource.name and not resource.name.endswith("*") and not is_shared(resource):
                yield resource.identity


def _is_variant(identity: Identity) -> bool:
    if identity.group in _WORKLOAD_GROUPS:
        return True
    return (not identity.group and identity.kind == "Pod") or mentions_kafka(identity.group.encode(errors="replace"))


def _folder_pairs(pieces: Iterable[Piece]) -> list[tuple[Resource, Resource]]:
    """Objects that the files of one folder hold twice."""
    folders: dict[str, list[Resource]] = defaultdict(list)
    for piece in pieces:
        folders[piece.name.rpartition("/")[0]].extend(piece.resources)
    return [pair for resources in folders.values() for pair in duplicates(resources)]


def _bundle(draft: _Draft, twice: Iterable[tuple[Resource, Resource]]) -> Bundle:
    primary = _resources(draft.primary)
    own = set(map(id, primary))
    apart = tuple(pair for pair in twice if id(pair[1]) in own and id(pair[0]) not in own)
    context = sorted(draft.context, key=lambda piece: piece.name)
    return Bundle(draft.name or ".", primary, _resources(context), apart)


def _resources(pieces: Iterable[Piece]) -> tuple[Resource, ...]:
    return tuple(resource for piece in pieces for resource in piece.resources)


def _common_folder(pieces: Sequence[Piece]) -> str:
    if len(pieces) == 1:
        return pieces[0].name
    folders = {piece.name.rpartition("/")[0] for piece in pieces}
    try:
        return os.path.commonpath(folders).replace(os.sep, "/")
    except ValueError:
        return ""
