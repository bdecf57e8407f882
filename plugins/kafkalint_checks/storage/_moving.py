"""Data directories moved: what has to be written for a server to keep its data at another path."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Any

from kafkalint.checking.fix import AppendItem, SetValue
from kafkalint.kafka.model import VolumeKind
from kafkalint.kafka.pods import mount_above
from kafkalint.manifests.resources import Place
from kafkalint.manifests.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.checking.fix import Operation
    from kafkalint.kafka.model import DataDirectory, KafkaModel, NodePool, Setting

_KEY = "log.dirs"
# Scripts that look for it decide by its path whether the storage is to be formatted.
_FORMATTED = "meta.properties"


def may_move(directory: DataDirectory, path: str, pool: NodePool) -> bool:
    """Whether nothing else lies at a path, and no script of the pool knows where the data was."""
    return _is_free(path, directory, pool) and not any(_FORMATTED in text for text in _texts(pool.resource.data))


def moved(directory: DataDirectory, path: str, pool: NodePool, model: KafkaModel) -> Operation | None:
    """Keep a directory's data at a path instead; None where that cannot be said in one place, or would not do."""
    if not may_move(directory, path, pool):
        return None
    if directory.path.written:
        return _rewritten(directory.path, path) if _lasts_everywhere(path, directory.path.place, model) else None
    return _added(path, pool)


def _added(path: str, pool: NodePool) -> Operation | None:
    """Name a path where nobody has; None where no variable does that."""
    name = pool.config.variables.get(_KEY)
    if name is None or pool.server is None:
        return None
    return AppendItem(pool.server.place.child("env"), {"name": name, "value": path})


def _rewritten(setting: Setting[str], path: str) -> Operation | None:
    """Put a path where another one is written, as one of several or in a script; None if it is not there once."""
    place, old = setting.place, setting.value
    text = place.value
    if not isinstance(text, str) or not old:
        return None
    start, end = place.fragment or (0, len(text))
    found = [each.span() for each in re.finditer(rf"(?<![\w./-]){re.escape(old)}(?![\w./-])", text[start:end])]
    if len(found) != 1:
        return None
    if found[0] == (0, len(text)):
        return SetValue(place, path)
    return SetValue(Place(place.resource, place.route, Span(start + found[0][0], start + found[0][1])), path)


def _is_free(path: str, directory: DataDirectory, pool: NodePool) -> bool:
    """Whether no other data lies there, above it or below it: it would be taken for partitions."""
    others = [posixpath.normpath(other.path.value) for other in pool.data if other != directory and other.path.value]
    return not any(f"{path}/".startswith(f"{other}/") or f"{other}/".startswith(f"{path}/") for other in others)


def _lasts_everywhere(path: str, place: Place, model: KafkaModel) -> bool:
    """Whether all pools that read a setting, be it from one ConfigMap, have a claim mounted above a path."""
    pools = (pool for cluster in model.clusters for pool in cluster.nodes)
    return all(_has_claim(path, pool) for pool in pools if any(each.path.place == place for each in pool.data))


def _has_claim(path: str, pool: NodePool) -> bool:
    mount = mount_above(path, pool.mounts)
    claims = [volume.name for volume in pool.volumes if volume.kind in (VolumeKind.CLAIM_TEMPLATE, VolumeKind.CLAIM)]
    return mount is not None and mount.volume in claims


def _texts(data: Any) -> Iterator[str]:
    """Every string in a value."""
    stack = [data]
    while stack:
        value = stack.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            stack += value.values()
        elif isinstance(value, list):
            stack += value
