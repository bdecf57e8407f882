"""What an image configures by itself, where the manifests leave it to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kafkalint.kafka.model import Setter, Setting
from kafkalint.kafka.pods import hidden_environment
from kafkalint.kafka.versions import Version
from kafkalint_flavours.images import KAFKA_LOG_DIR, Dialect, dialect_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.manifests.resources import Place
    from kafkalint_flavours.statefulset.detection import Server
    from kafkalint_flavours.statefulset.sources import Properties

# The sample server.properties that Kafka ships, which these images start from and change (apache/kafka, `config/`).
_ON_SAMPLE = frozenset({"bitnami", "wurstmeister", "debezium"})
_SAMPLE = {
    "num.partitions": "1",
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
}
_SAMPLE_SINCE_4 = {
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
}
# `docker/server.properties` of apache/kafka: what runs where nothing is configured.
_UNCONFIGURED = {
    "node.id": "1",
    "process.roles": "broker,controller",
    "listeners": "PLAINTEXT://:9092,CONTROLLER://:9093",
    "controller.listener.names": "CONTROLLER",
    "controller.quorum.voters": "1@localhost:9093",
}


def image_entries(
    server: Server, dialect: Dialect, version: Version | None, file: Properties, reads_environment: bool
) -> Iterator[tuple[str, Setting[str]]]:
    """What an image's own file says where nothing of the user's takes its place."""
    if file.path is not None or not reads_environment or dialect_of(server.image).name == "other":
        return
    found: dict[str, str] = {}
    if dialect.name in _ON_SAMPLE and (version is None or version >= Version(0, 11)):
        found = {**_SAMPLE, **(_SAMPLE_SINCE_4 if version is not None and version >= Version(4) else {})}
    elif dialect.name == "apache" and not is_configured(server, dialect):
        found = {**_UNCONFIGURED, **_SAMPLE, **_SAMPLE_SINCE_4}
    for key, value in found.items():
        yield key, Setting(value, Setter.IMAGE, server.container.place.child("image"))


def is_configured(server: Server, dialect: Dialect) -> bool:
    """Whether any variable counts as configuration, so that the image's own file is left out (KafkaDockerWrapper)."""
    names = [*server.program.environment, *(assigned.name for assigned in server.program.assigned())]
    hidden = hidden_environment(server.container, server.files.namespace, server.files.bundle)
    return hidden or any(dialect.env_to_property(name) is not None for name in names)


def default_log_dirs(
    server: Server, dialect: Dialect, file: Properties, reads_environment: bool, place: Place
) -> Setting[str]:
    """Where the broker keeps its data when neither `log.dirs` nor `log.dir` is configured."""
    unknown: Setting[str] = Setting(None, Setter.UNKNOWN, place)
    if file.path is not None:
        if file.complete:
            return Setting(KAFKA_LOG_DIR, Setter.KAFKA, place)
        # The file inside this image is Kafka's sample, and `log.dirs` of it beats `--override log.dir`
        # (kubernetes-retired/contrib#2951).
        sample = server.image.name == "kubernetes-kafka" and server.files.volume_at(file.path) is None
        return Setting(KAFKA_LOG_DIR, Setter.IMAGE, place) if sample else unknown
    if not reads_environment or dialect_of(server.image).name == "other" or not server.program.readable:
        return unknown
    if hidden_environment(server.container, server.files.namespace, server.files.bundle):
        return unknown
    values: dict[str, str | None] = {name: item.value for name, item in server.program.environment.items()}
    values.update({name: value.text for name, value, exported in server.program.assigned() if exported})
    default = dialect.default_log_dirs(values, False)
    if default is None:
        return unknown
    return Setting(default, Setter.KAFKA if default == KAFKA_LOG_DIR else Setter.IMAGE, place)
