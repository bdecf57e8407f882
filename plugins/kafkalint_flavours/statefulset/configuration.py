"""Kafka's configuration in effect for a server: its image's defaults, its file, its environment, its command line.

What wins: the command line's `--override` over the file (kafka.Kafka, `getPropsFromArgs`), and the environment over the
file in the images that read it, where their own entry point runs.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from kafkalint.kafka.defaults import known_defaults
from kafkalint.kafka.images import ImageReference
from kafkalint.kafka.model import Config, Setter, Setting
from kafkalint.kafka.pods import hidden_environment
from kafkalint.manifests.resources import Place
from kafkalint_flavours.images import Dialect, dialect_of
from kafkalint_flavours.statefulset.image_defaults import default_log_dirs, image_entries, is_configured
from kafkalint_flavours.statefulset.shell import Word, expand, is_open
from kafkalint_flavours.statefulset.sources import Entry, Properties, read_properties

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kafkalint.kafka.versions import Version
    from kafkalint_flavours.statefulset.detection import Server

_START = "kafka-server-start"
_ENTRY_POINTS = frozenset(
    {
        "/entrypoint.sh",
        "/run.sh",
        *(f"/opt/bitnami/scripts/kafka/{name}.sh" for name in ("entrypoint", "run", "setup")),
        *(f"/etc/{owner}/docker/{name}" for owner in ("confluent", "kafka") for name in ("run", "configure", "launch")),
    }
)
# Keys that checks may want to have written where nobody has.
_TO_BE_ADDED = ("log.dirs", "broker.rack")
_ENTRY_SCRIPTS = frozenset({"start-kafka.sh", "docker-entrypoint.sh", "__cacert_entrypoint.sh"})
# Where an image looks for a file of the user's (KafkaDockerWrapper; libkafka.sh; start-kafka.sh; docker-entrypoint.sh).
_BITNAMI_MOUNTED = "/bitnami/kafka/config/server.properties"
_FILES: Mapping[str, tuple[str, ...]] = {
    "apache": ("/mnt/shared/config/server.properties", "/opt/kafka/config/server.properties"),
    "bitnami": (
        _BITNAMI_MOUNTED,
        "/opt/bitnami/kafka/config/server.properties",
        "/opt/bitnami/kafka/conf/server.properties",
    ),
    "wurstmeister": ("/opt/kafka/config/server.properties",),
    "debezium": ("/kafka/config/server.properties",),
}


class Configuration(NamedTuple):
    """What a server is configured with, and what of it is the image's."""

    config: Config
    log_dirs: Setting[str]
    """Where data lies if neither `log.dirs` nor `log.dir` is configured."""
    touched: Mapping[str, Entry]
    """Keys that a script sets in a way that cannot be followed, with the line that does."""
    reads_environment: bool
    """Whether the image's own entry point turns variables into configuration."""


def read_configuration(server: Server, version: Version | None) -> Configuration:
    """The configuration of a Kafka server."""
    dialect = _dialect(server)
    starts_itself = _starts_itself(server)
    path = _path(server, dialect)
    file = read_properties(server, path)
    reads_environment = not starts_itself and dialect.name not in ("solsson", "strimzi") and path != _BITNAMI_MOUNTED
    entries = dict(image_entries(server, dialect, version, file, reads_environment))
    entries.update(_from_file(file))
    if reads_environment:
        entries.update(_from_environment(server, dialect))
    entries.update(_overrides(server))
    known_image = dialect_of(server.image).name != "other"
    complete = file.complete and server.program.readable and (path is not None or known_image)
    if reads_environment:
        hidden = hidden_environment(server.container, server.files.namespace, server.files.bundle)
        complete = complete and known_image and not hidden
    if path is None and (starts_itself or dialect.name in ("solsson", "strimzi")):
        complete = False
    place = _place(server, file, reads_environment)
    variables = dict(_variables(server, dialect)) if reads_environment and path is None else {}
    config = Config(entries, place, complete, known_defaults(version), variables)
    return Configuration(
        config, default_log_dirs(server, dialect, file, reads_environment, place), file.touched, reads_environment
    )


def _starts_itself(server: Server) -> bool:
    """Whether the command starts Kafka past the image's own entry point, which alone reads the environment."""
    texts = {word.text for word in server.program.words()}
    names = {posixpath.basename(text) for text in texts}
    return (
        not {_START, f"{_START}.sh"}.isdisjoint(names)
        and texts.isdisjoint(_ENTRY_POINTS)
        and names.isdisjoint(_ENTRY_SCRIPTS)
    )


def _dialect(server: Server) -> Dialect:
    """The image's family; for an image that is not known, the one whose names its environment uses."""
    known = dialect_of(server.image)
    if known.name != "other":
        return known
    names = server.program.environment
    family = "bitnami/kafka" if any(name.startswith("KAFKA_CFG_") for name in names) else "apache/kafka"
    return dialect_of(ImageReference.parse(family))


def _path(server: Server, dialect: Dialect) -> str | None:
    """The properties file that the server starts from, if it is not the image's affair alone."""
    started = _started_with(server)
    if started is not None:
        # The images that make this file make it anew from their environment at every start.
        made = dialect.name == "confluent" and started.text in (
            "/etc/kafka/kafka.properties",
            "/etc/kafka/server.properties",
        )
        return None if made and server.files.volume_at(started.text) is None else started.text
    for path in _FILES.get(dialect.name, ()):
        if server.files.volume_at(path) is not None and _may_hold(server, path):
            return path
    if dialect_of(server.image).name == "other":
        return next((file.path for file in server.files.files() if file.name == "server.properties"), None)
    return None


def _may_hold(server: Server, path: str) -> bool:
    """Whether a volume can bring the file: one that holds data does not, unless it is mounted as that very file."""
    if server.files.read(path) is not None:
        return True
    return any(mount.path in (path, posixpath.dirname(path)) for mount in server.files.mounts)


def _started_with(server: Server) -> Word | None:
    program = server.program
    values = program.values()
    for command in program.commands:
        texts = [posixpath.basename(word.text).removesuffix(".sh") for word in command.words]
        if _START not in texts:
            continue
        for word in command.words[texts.index(_START) + 1 :]:
            if word.text.startswith("-"):
                continue
            return Word(expand(word.text, values), word.place)
    if _START in (server.image.tag or "") or server.image.last_two == "solsson/kafka":
        return next((word for word in program.arguments if word.text.startswith("/")), None)
    return None


def _from_file(file: Properties) -> Iterator[tuple[str, Setting[str]]]:
    for key, entry in file.entries.items():
        yield key, _setting(entry)
    for key, entry in file.touched.items():
        known = file.entries.get(key)
        if known is None or known.settled:
            yield key, Setting(None, Setter.UNKNOWN, entry.place if known is None else known.place)


def _setting(entry: Entry) -> Setting[str]:
    if entry.settled:
        return Setting(entry.value.strip(), Setter.WRITTEN, entry.place)
    return Setting(entry.value.strip() or None, Setter.UNKNOWN, entry.place)


def _from_environment(server: Server, dialect: Dialect) -> Iterator[tuple[str, Setting[str]]]:
    program = server.program
    for name, setting in program.environment.items():
        key = dialect.env_to_property(name)
        if key is not None:
            text = setting.value
            is_shell = text is not None and "_{" in text and dialect.name == "wurstmeister"
            yield key, Setting(text, Setter.UNKNOWN, setting.place) if is_shell else setting
    values = program.values()
    seen: dict[str, str] = {}
    for name, value, exported in program.assigned():
        key = dialect.env_to_property(name)
        if key is None or not (exported or name in program.environment):
            continue
        text = expand(value.text, {known: other for known, other in values.items() if known != name})
        ambiguous = seen.setdefault(name, text) != text
        yield key, _setting(Entry(text, value.place, not (ambiguous or is_open(text))))


def _variables(server: Server, dialect: Dialect) -> Iterator[tuple[str, str]]:
    """Variables that could be added: of a known image, and not where the first one drops all that the image brings."""
    if dialect_of(server.image).name == "other" or (dialect.name == "apache" and not is_configured(server, dialect)):
        return
    taken = {*server.program.environment, *(assigned.name for assigned in server.program.assigned())}
    for key in _TO_BE_ADDED:
        name = dialect.variable(key)
        if name is not None and name not in taken:
            yield key, name


def _overrides(server: Server) -> Iterator[tuple[str, Setting[str]]]:
    values = server.program.values()
    for command in server.program.commands:
        for flag, word in zip(command.words, command.words[1:], strict=False):
            key, equals, value = word.text.partition("=")
            if flag.text == "--override" and equals:
                text = expand(value, values)
                yield key.strip(), _setting(Entry(text, word.place, not is_open(text)))


def _place(server: Server, file: Properties, reads_environment: bool) -> Place:
    if file.place is not None:
        return file.place
    container = server.container
    if reads_environment:
        return container.place.child("env")
    for word in server.program.words():
        if posixpath.basename(word.text).removesuffix(".sh") == _START:
            return Place(word.place.resource, word.place.route)
    return container.place.child("args" if container.data.get("args") else "command")
