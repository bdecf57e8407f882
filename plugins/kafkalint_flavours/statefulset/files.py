"""What a container finds in its filesystem: ConfigMaps of the bundle where they are mounted, and the rest."""

from __future__ import annotations

import posixpath
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

from kafkalint.kafka.model import Container, Mount, Volume, VolumeKind
from kafkalint.kafka.pods import mount_above, mounts
from kafkalint.manifests.resources import Place, dig, items

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kafkalint.manifests.bundles import Bundle


class Origin(Enum):
    """Where a file comes from."""

    BUNDLE = "a ConfigMap of the bundle"
    HIDDEN = "something that the bundle does not show"
    SCRATCH = "a volume that the pod fills itself"
    IMAGE = "the image"


class File(NamedTuple):
    """A file that the bundle holds: the ConfigMap's key, its text, and the path at which the container sees it."""

    path: str
    text: str
    place: Place

    @property
    def name(self) -> str:
        """The last part of its path."""
        return posixpath.basename(self.path)


class Filesystem(NamedTuple):
    """The mounts of one container, over the volumes of its pod."""

    mounts: tuple[Mount, ...]
    volumes: Mapping[str, Volume]
    bundle: Bundle
    namespace: str | None

    @classmethod
    def of(cls, container: Container, volumes: tuple[Volume, ...], bundle: Bundle, namespace: str | None) -> Filesystem:
        """What this container sees."""
        return cls(mounts(container), {volume.name: volume for volume in volumes}, bundle, namespace)

    def origin(self, path: str) -> Origin:
        """Where the file at a path comes from."""
        if self.read(path) is not None:
            return Origin.BUNDLE
        mount = mount_above(path, self.mounts)
        if mount is None:
            return Origin.IMAGE
        volume = self.volumes.get(mount.volume)
        return Origin.SCRATCH if volume and volume.kind is VolumeKind.EMPTY_DIR else Origin.HIDDEN

    def volume_at(self, path: str) -> str | None:
        """The name of the volume that a path lies on; None on the container's own layer."""
        mount = mount_above(path, self.mounts)
        return mount.volume if mount else None

    def read(self, path: str) -> File | None:
        """The file at a path, if it is the bundle's."""
        if not path.startswith("/"):
            return None
        mount = mount_above(path, self.mounts)
        if mount is None:
            return None
        wanted = posixpath.normpath(path)
        return next((file for file in self._under(mount) if file.path == wanted), None)

    def key_at(self, path: str) -> str | None:
        """The key of the ConfigMap, in the bundle or not, that a path is mounted from."""
        mount = mount_above(path, self.mounts)
        volume = self.volumes.get(mount.volume) if mount else None
        if mount is None or volume is None:
            return None
        wanted = posixpath.normpath(path)
        for _, source in self._config_maps(volume.data):
            for key, file in _keys(source, {}):
                if _mounted_at(mount, file) == wanted:
                    return key
        inside = posixpath.relpath(wanted, mount.path)
        name = mount.sub_path if inside == "." else inside if mount.sub_path is None else None
        return name if name and "/" not in name else None

    def files(self) -> Iterator[File]:
        """Every file of the bundle that is mounted."""
        for mount in self.mounts:
            yield from self._under(mount)

    def _under(self, mount: Mount) -> Iterator[File]:
        volume = self.volumes.get(mount.volume)
        if volume is None or volume.kind is not VolumeKind.CONFIG:
            return
        for name, source in self._config_maps(volume.data):
            resource = self.bundle.find("", "ConfigMap", name, self.namespace)
            data = resource.get("data") if resource else None
            if resource is None or not isinstance(data, dict):
                continue
            for key, file in _keys(source, data):
                text = data.get(key)
                path = _mounted_at(mount, file)
                if isinstance(text, str) and path is not None:
                    yield File(path, text, resource.place("data", key))

    @staticmethod
    def _config_maps(volume: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        sources = [dig(dict(volume), "configMap")]
        sources += [dig(part, "configMap") for part in items(dig(dict(volume), "projected", "sources"))]
        for source in sources:
            name = dig(source, "name")
            if isinstance(name, str):
                yield name, source


def _keys(source: Any, data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Keys of a ConfigMap and the paths inside the volume that they are given."""
    chosen = items(dig(source, "items"))
    if not chosen:
        yield from ((key, key) for key in data if isinstance(key, str))
    for item in chosen:
        key, path = dig(item, "key"), dig(item, "path")
        if isinstance(key, str) and isinstance(path, str):
            yield key, path


def _mounted_at(mount: Mount, file: str) -> str | None:
    if mount.sub_path is None:
        return posixpath.normpath(posixpath.join(mount.path, file))
    sub_path = posixpath.normpath(mount.sub_path)
    if file == sub_path:
        return mount.path
    inside = posixpath.relpath(file, sub_path) if file.startswith(sub_path + "/") else None
    return posixpath.join(mount.path, inside) if inside else None
