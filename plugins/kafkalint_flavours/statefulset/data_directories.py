"""The directories that a server keeps its data in, and the volumes that they really lie on."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from kafkalint.kafka.model import DataDirectory, Holds, Mount, Role, Setter, Setting, Volume
from kafkalint.kafka.pods import mount_above

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kafkalint_flavours.statefulset.configuration import Configuration


def kafka_directories(
    configuration: Configuration, roles: frozenset[Role], mounts: tuple[Mount, ...], volumes: tuple[Volume, ...]
) -> tuple[DataDirectory, ...]:
    """Log directories, and the metadata's where it is one of its own; `log.dirs` beats `log.dir` (KafkaConfig.logDirs).

    A controller that is no broker has its metadata in the first log directory (KRaftConfigs, metadata.log.dir) and
    leaves the others alone.
    """
    config = configuration.config
    setting = _log_dirs(configuration)
    paths = _paths(setting)
    metadata = config.entries.get("metadata.log.dir")
    own_metadata = metadata is not None and metadata.value not in (None, "", *(path.value for path in paths))
    found: list[DataDirectory] = []
    if Role.BROKER in roles:
        found = [_placed(path, Holds.LOGS, mounts, volumes) for path in paths]
    elif not own_metadata:
        found = [_placed(path, Holds.METADATA, mounts, volumes) for path in paths[:1]]
    if metadata is not None and own_metadata:
        found.append(_placed(_readable(metadata), Holds.METADATA, mounts, volumes))
    return tuple(found)


def placed(
    paths: Iterable[tuple[Setting[str], Holds]], mounts: tuple[Mount, ...], volumes: tuple[Volume, ...]
) -> Iterator[DataDirectory]:
    """Data directories with the mounts and volumes that they lie on."""
    for path, holds in paths:
        yield _placed(path, holds, mounts, volumes)


def _log_dirs(configuration: Configuration) -> Setting[str]:
    entries = configuration.config.entries
    several, one = entries.get("log.dirs"), entries.get("log.dir")
    if several is not None and several.value != "":
        return several
    # An image that sets `log.dirs` by itself leaves `log.dir` without effect (kafka-images, `configure`; libkafka.sh).
    if one is not None and configuration.log_dirs.by is not Setter.IMAGE:
        return one
    return configuration.log_dirs


def _paths(setting: Setting[str]) -> tuple[Setting[str], ...]:
    parts = [part.strip() for part in (setting.value or "").split(",") if part.strip()]
    if not parts:
        return (Setting(None, Setter.UNKNOWN, setting.place),)
    return tuple(_readable(Setting(part, setting.by, setting.place)) for part in parts)


def _readable(setting: Setting[str]) -> Setting[str]:
    """A path whose beginning is known is known enough to say what it lies on: `/kafka/kafka-logs-$HOSTNAME`."""
    path = setting.value
    if path is None or not path.startswith("/") or _fixed(path) in ("", "/"):
        return Setting(None, Setter.UNKNOWN, setting.place)
    by = Setter.WRITTEN if setting.by is Setter.UNKNOWN else setting.by
    return Setting(path, by, setting.place)


def _fixed(path: str) -> str:
    """The directories of a path before the first part that only a running pod knows."""
    found = min((path.find(mark) for mark in ("$", "`", "_{") if mark in path), default=-1)
    return posixpath.normpath(path) if found < 0 else posixpath.dirname(path[:found])


def _placed(path: Setting[str], holds: Holds, mounts: tuple[Mount, ...], volumes: tuple[Volume, ...]) -> DataDirectory:
    if path.value is None:
        return DataDirectory(path, holds, None, None)
    fixed = _fixed(path.value)
    mount = mount_above(fixed, mounts)
    if fixed != posixpath.normpath(path.value) and any(
        inner.path.startswith(fixed.rstrip("/") + "/") for inner in mounts
    ):
        # A mount further down may or may not be where the open part of the path leads.
        return DataDirectory(Setting(None, Setter.UNKNOWN, path.place), holds, None, None)
    volume = next((volume for volume in volumes if mount and volume.name == mount.volume), None)
    return DataDirectory(path, holds, mount, volume)
