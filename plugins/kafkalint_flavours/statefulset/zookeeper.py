"""What a ZooKeeper server is configured with, in each image's way: data directories, ensemble, metrics."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from kafkalint.kafka.images import DOCKER_HUB
from kafkalint.kafka.model import Config, DataDirectory, Holds, Setter, Setting
from kafkalint.kafka.pods import hidden_environment, mounts
from kafkalint_flavours.statefulset.data_directories import placed
from kafkalint_flavours.statefulset.shell import expand, is_open
from kafkalint_flavours.statefulset.sources import Properties, read_properties

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kafkalint_flavours.statefulset.detection import Server

_START = "zookeeper-server-start"
_FLAG = re.compile(r"--(data_dir|data_log_dir)=(\S+)")
_FLAGS = {"data_dir": "dataDir", "data_log_dir": "dataLogDir"}
# docker-entrypoint.sh of the official image; zookeeper-env.sh of bitnami/containers; the template of cp-zookeeper.
_VARIABLES = {
    "ZOO_DATA_DIR": "dataDir",
    "ZOO_DATA_LOG_DIR": "dataLogDir",
    "ZOO_PORT": "clientPort",
    "ZOO_PORT_NUMBER": "clientPort",
    "ZOOKEEPER_CLIENT_PORT": "clientPort",
}
_SERVER_LISTS = ("ZOO_SERVERS", "ZOOKEEPER_SERVERS")
_DEFAULTS: Mapping[str, tuple[str, str]] = {
    "official": ("/data", "/datalog"),
    "confluent": ("/var/lib/zookeeper/data", "/var/lib/zookeeper/log"),
    "bitnami": ("/bitnami/zookeeper/data", ""),
    "kubernetes": ("/var/lib/zookeeper/data", "/var/lib/zookeeper/log"),
}
_FILES: Mapping[str, tuple[str, ...]] = {
    "official": ("/conf/zoo.cfg",),
    "bitnami": ("/opt/bitnami/zookeeper/conf/zoo.cfg", "/bitnami/zookeeper/conf/zoo.cfg"),
}


def zookeeper_config(server: Server) -> Config:
    """A ZooKeeper server's configuration, by ZooKeeper's own keys."""
    family = _family(server)
    file = _file(server, family)
    entries: dict[str, Setting[str]] = {}
    for key, entry in file.entries.items():
        by = Setter.WRITTEN if entry.settled else Setter.UNKNOWN
        entries[key] = Setting(entry.value.strip() or None, by, entry.place)
    if not file.entries:
        entries.update(_from_environment(server))
    entries.update(_from_flags(server))
    hidden = hidden_environment(server.container, server.files.namespace, server.files.bundle)
    complete = file.complete and not hidden and server.program.readable and (file.path is not None or family != "other")
    place = file.place or server.container.place.child("env")
    return Config(entries, place, complete)


def zookeeper_directories(server: Server, config: Config) -> tuple[DataDirectory, ...]:
    """Where snapshots and transaction logs lie: both in dataDir where there is no dataLogDir."""
    data, logs = _default_directories(server, config)
    data = config.entries.get("dataDir") or data
    logs = config.entries.get("dataLogDir") or logs
    paths = [(_known(data), Holds.ZOOKEEPER)]
    if logs is not None and logs.value not in ("", data.value):
        paths.append((_known(logs), Holds.ZOOKEEPER_LOG))
    return tuple(placed(paths, mounts(server.container), server.workload.volumes))


def ensemble_hosts(server: Server, config: Config) -> Iterator[str]:
    """Hosts of the ensemble's members, as the server's configuration lists them."""
    for key, setting in config.entries.items():
        if key.startswith("server.") and setting.value:
            yield setting.value.partition(":")[0]
    for name in _SERVER_LISTS:
        listed = server.program.environment.get(name)
        for part in re.split(r"[\s;,]+", (listed.value if listed else None) or ""):
            host = part.rpartition("=")[2].partition(":")[0]
            if host:
                yield host


def _family(server: Server) -> str:
    image = server.image
    if image.name == "cp-zookeeper":
        return "confluent"
    if image.name in ("kubernetes-zookeeper", "k8szk"):
        return "kubernetes"
    if image.last_two in ("bitnami/zookeeper", "bitnamilegacy/zookeeper", "bitnamisecure/zookeeper"):
        return "bitnami"
    at_home = image.repository == "zookeeper" and image.registry == DOCKER_HUB
    return "official" if at_home or image.last_two == "library/zookeeper" else "other"


def _file(server: Server, family: str) -> Properties:
    for word in server.program.arguments:
        if word.text.startswith("/") and (".properties" in word.text or word.text.endswith(".cfg")):
            return read_properties(server, word.text)
    for command in server.program.commands:
        names = [posixpath.basename(word.text).removesuffix(".sh") for word in command.words]
        if _START in names:
            later = command.words[names.index(_START) + 1 :]
            path = next((word.text for word in later if not word.text.startswith("-")), None)
            return read_properties(server, expand(path, server.program.values()) if path else None)
    for path in _FILES.get(family, ()):
        if server.files.read(path) is not None:
            return read_properties(server, path)
    if server.program.scripts and family == "official":
        written = read_properties(server, "/conf/zoo.cfg")
        return written if written.entries else Properties()
    return Properties()


def _from_environment(server: Server) -> Iterator[tuple[str, Setting[str]]]:
    for name, key in _VARIABLES.items():
        setting = server.program.environment.get(name)
        if setting is not None and setting.value != "":
            yield key, setting


def _from_flags(server: Server) -> Iterator[tuple[str, Setting[str]]]:
    """Flags of `start-zookeeper` in the kubernetes-zookeeper image (kubernetes-retired/contrib)."""
    for word in server.program.words():
        found = _FLAG.fullmatch(word.text)
        if found:
            by = Setter.UNKNOWN if is_open(found.group(2)) else Setter.WRITTEN
            yield _FLAGS[found.group(1)], Setting(found.group(2), by, word.place)


def _default_directories(server: Server, config: Config) -> tuple[Setting[str], Setting[str] | None]:
    place = config.place
    directories = _DEFAULTS.get(_family(server))
    unknown = directories is None or (not config.complete and not config.entries)
    if unknown or directories is None:
        return Setting(None, Setter.UNKNOWN, place), None
    data, logs = (Setting(path, Setter.IMAGE, place) for path in directories)
    if _family(server) == "official" and "dataDir" in config.entries and "clientPort" in config.entries:
        # A file of one's own says it all: the image's second directory is not used then.
        return data, None
    return data, logs


def _known(setting: Setting[str]) -> Setting[str]:
    if setting.value is None or not setting.value.startswith("/") or is_open(setting.value):
        return Setting(None, Setter.UNKNOWN, setting.place)
    return setting
