"""What each Kafka image makes of its environment: the names it reads, where it keeps data, which Kafka is inside."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kafkalint.kafka.versions import Version

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kafkalint.kafka.images import ImageReference

KAFKA_LOG_DIR = "/tmp/kafka-logs"  # noqa: S108 - Kafka's own default (ServerLogConfigs.LOG_DIR_DEFAULT), found in pods
COMBINED_LOG_DIR = "/tmp/kraft-combined-logs"  # noqa: S108 - the sample server.properties of KRaft

# KafkaDockerWrapper.ExcludeServerPropsEnv (apache/kafka, 3.7 to 4.x) and kafka.properties.template (kafka-images)
_CONFLUENT_EXCLUDED = frozenset(
    {
        "KAFKA_VERSION",
        "KAFKA_HEAP_OPTS",
        "KAFKA_LOG4J_OPTS",
        "KAFKA_OPTS",
        "KAFKA_JMX_OPTS",
        "KAFKA_JVM_PERFORMANCE_OPTS",
        "KAFKA_GC_LOG_OPTS",
        "KAFKA_LOG4J_ROOT_LOGLEVEL",
        "KAFKA_LOG4J_LOGGERS",
        "KAFKA_TOOLS_LOG4J_LOGLEVEL",
    }
)
_APACHE_EXCLUDED = _CONFLUENT_EXCLUDED | {"KAFKA_JMX_HOSTNAME"}

# What `env` holds under a KAFKA_ name in wurstmeister's image and its start-kafka.sh does not write to the file
_WURSTMEISTER_EXCLUDED = ("KAFKA_HOME", "KAFKA_CREATE_TOPICS", "KAFKA_ADVERTISED_PROTOCOL_NAME", "KAFKA_PROTOCOL_NAME")

# docker-entrypoint.sh of debezium/container-images overwrites the last four from its own names
_DEBEZIUM_EXCLUDED = frozenset(
    {
        "KAFKA_VERSION",
        "KAFKA_HOME",
        "KAFKA_LOG4J_OPTS",
        "KAFKA_JMX_OPTS",
        "KAFKA_DATA",
        "KAFKA_LOG_DIRS",
        "KAFKA_ZOOKEEPER_CONNECT",
        "KAFKA_NODE_ID",
        "KAFKA_BROKER_ID",
    }
)
_DEBEZIUM_NAMES = {"BROKER_ID": "broker.id", "NODE_ID": "node.id", "ZOOKEEPER_CONNECT": "zookeeper.connect"}

# kafka_create_alias_environment_variables of bitnami/containers, libkafka.sh: bare names that stand for KAFKA_CFG_*
_BITNAMI_ALIASED = frozenset(
    {
        "ADVERTISED_LISTENERS",
        "AUTO_CREATE_TOPICS_ENABLE",
        "BROKER_ID",
        "CONTROLLER_QUORUM_VOTERS",
        "DEFAULT_REPLICATION_FACTOR",
        "DELETE_TOPIC_ENABLE",
        "INTER_BROKER_LISTENER_NAME",
        "LISTENERS",
        "LISTENER_SECURITY_PROTOCOL_MAP",
        "LOG_DIRS",
        "LOG_FLUSH_INTERVAL_MESSAGES",
        "LOG_FLUSH_INTERVAL_MS",
        "LOG_MESSAGE_FORMAT_VERSION",
        "LOG_RETENTION_BYTES",
        "LOG_RETENTION_CHECK_INTERVALS_MS",
        "LOG_RETENTION_HOURS",
        "LOG_SEGMENT_BYTES",
        "MESSAGE_MAX_BYTES",
        "NODE_ID",
        "NUM_IO_THREADS",
        "NUM_NETWORK_THREADS",
        "NUM_PARTITIONS",
        "NUM_RECOVERY_THREADS_PER_DATA_DIR",
        "OFFSETS_TOPIC_REPLICATION_FACTOR",
        "PROCESS_ROLES",
        "SOCKET_RECEIVE_BUFFER_BYTES",
        "SOCKET_REQUEST_MAX_BYTES",
        "SOCKET_SEND_BUFFER_BYTES",
        "SSL_ENDPOINT_IDENTIFICATION_ALGORITHM",
        "TRANSACTION_STATE_LOG_MIN_ISR",
        "TRANSACTION_STATE_LOG_REPLICATION_FACTOR",
        "ZOOKEEPER_CONNECT",
        "ZOOKEEPER_CONNECTION_TIMEOUT_MS",
    }
)
_BITNAMI_RENAMED = {
    "KAFKA_LOGS_DIRS": "log.dirs",
    "KAFKA_SEGMENT_BYTES": "log.segment.bytes",
    "KAFKA_MAX_MESSAGE_BYTES": "message.max.bytes",
    "KAFKA_ZOOKEEPER_CONNECT_TIMEOUT_MS": "zookeeper.connection.timeout.ms",
    "KAFKA_CFG_ZOOKEEPER_CLIENTCNXNSOCKET": "zookeeper.clientCnxnSocket",
}


class Dialect(NamedTuple):
    """How one family of images is configured; this one stands for all that are not known, and so knows nothing."""

    name: str
    log_dirs: str | None = None
    """Where the image itself points the broker, whatever its environment."""

    def env_to_property(self, name: str) -> str | None:
        """The broker key that an environment variable sets in this image; None where it sets none."""
        return None

    def variable(self, key: str) -> str | None:
        """The environment variable that sets a broker key in this image; None where none does."""
        names = (f"{prefix}{_variable(key)}" for prefix in ("KAFKA_CFG_", "KAFKA_"))
        return next((name for name in names if self.env_to_property(name) == key), None)

    def default_log_dirs(self, env: Mapping[str, str | None], has_user_config: bool) -> str | None:
        """Where this image's broker keeps its data when neither its environment nor its file names a log directory.

        `env` is the container's environment, None for a value that is not in the manifest; `has_user_config` says that
        a properties file of the user's is what the broker starts from. None: the image does not decide it.
        """
        return None


class _Apache(Dialect):
    """apache/kafka and apache/kafka-native: KafkaDockerWrapper."""

    __slots__ = ()

    def env_to_property(self, name: str) -> str | None:
        return _underscored(name, _APACHE_EXCLUDED)

    def default_log_dirs(self, env: Mapping[str, str | None], has_user_config: bool) -> str | None:
        # One variable that counts as configuration drops the image's own file, and its log.dirs with it
        # (KafkaDockerWrapper.prepareServerConfigs).
        if has_user_config or any(self.env_to_property(name) is not None for name in env):
            return KAFKA_LOG_DIR
        return COMBINED_LOG_DIR


class _Confluent(Dialect):
    """Confluent's broker images: `configure` and `kafka.properties.template` of confluentinc/kafka-images."""

    __slots__ = ()

    def env_to_property(self, name: str) -> str | None:
        for prefix in ("CONFLUENT_SUPPORT_", "CONFLUENT_METRICS_"):
            if name.startswith(prefix):
                return _property(name)
        return _underscored(name, _CONFLUENT_EXCLUDED)

    def default_log_dirs(self, env: Mapping[str, str | None], has_user_config: bool) -> str | None:
        return KAFKA_LOG_DIR if has_user_config else self.log_dirs


class _Bitnami(Dialect):
    """bitnami/kafka, its frozen and rebuilt copies: libkafka.sh of bitnami/containers."""

    __slots__ = ()

    def env_to_property(self, name: str) -> str | None:
        if name in _BITNAMI_RENAMED:
            return _BITNAMI_RENAMED[name]
        suffix = name.removeprefix("KAFKA_CFG_")
        if suffix == name:
            suffix = name.removeprefix("KAFKA_")
            if suffix == name or suffix not in _BITNAMI_ALIASED:
                return None
        key = suffix.lower().replace("_", ".")
        return key.replace("sasl.ssl", "sasl_ssl").replace("sasl.plaintext", "sasl_plaintext") or None

    def default_log_dirs(self, env: Mapping[str, str | None], has_user_config: bool) -> str | None:
        return KAFKA_LOG_DIR if has_user_config else self.log_dirs


class _Wurstmeister(Dialect):
    """wurstmeister/kafka: start-kafka.sh of wurstmeister/kafka-docker."""

    __slots__ = ()

    def env_to_property(self, name: str) -> str | None:
        # The script compares with a pattern that is open at its end, so longer names are left out too.
        if not name.startswith("KAFKA_") or name.startswith(_WURSTMEISTER_EXCLUDED) or name == "KAFKA_HEAP_OPTS":
            return None
        return name.removeprefix("KAFKA_").lower().replace("_", ".") or None

    def default_log_dirs(self, env: Mapping[str, str | None], has_user_config: bool) -> str | None:
        return self.log_dirs


class _Debezium(Dialect):
    """debezium/kafka: docker-entrypoint.sh of debezium/container-images."""

    __slots__ = ()

    def env_to_property(self, name: str) -> str | None:
        if name in _DEBEZIUM_NAMES:
            return _DEBEZIUM_NAMES[name]
        if not name.startswith("KAFKA_") or name in _DEBEZIUM_EXCLUDED:
            return None
        return name.removeprefix("KAFKA_").lower().replace("_", ".") or None

    def default_log_dirs(self, env: Mapping[str, str | None], has_user_config: bool) -> str | None:
        root = env.get("KAFKA_DATA", "/kafka/data")
        if root is None:
            return None
        for name in ("NODE_ID", "BROKER_ID"):
            if name in env:
                return f"{root}/{env[name] or f'${name}'}"
        return f"{root}/1"


class _FileOnly(Dialect):
    """solsson/kafka and strimzi/kafka: no variable becomes configuration, the file that is mounted is all there is."""

    __slots__ = ()

    def default_log_dirs(self, env: Mapping[str, str | None], has_user_config: bool) -> str | None:
        return KAFKA_LOG_DIR if has_user_config else None


def _underscored(name: str, excluded: frozenset[str]) -> str | None:
    """One underscore is a dot, two are an underscore, three a dash: KafkaDockerWrapper, and `ub` of common-docker."""
    if not name.startswith("KAFKA_") or name in excluded:
        return None
    return _property(name.removeprefix("KAFKA_")) or None


def _variable(key: str) -> str:
    return key.upper().replace("_", "__").replace("-", "___").replace(".", "_")


def _property(name: str) -> str:
    return name.lower().replace("_", ".").replace("...", "-").replace("..", "_")


_APACHE = _Apache("apache")
_CONFLUENT = _Confluent("confluent", "/var/lib/kafka/data")
_CONFLUENT_LOCAL = _Confluent("confluent", COMBINED_LOG_DIR)
_BITNAMI = _Bitnami("bitnami", "/bitnami/kafka/data")
_OTHER = Dialect("other")

_DIALECTS: Mapping[str, Dialect] = {
    "apache/kafka": _APACHE,
    "apache/kafka-native": _APACHE,
    "bitnami/kafka": _BITNAMI,
    "bitnamilegacy/kafka": _BITNAMI,
    "bitnamisecure/kafka": _BITNAMI,
    "soldevelo/kafka": _BITNAMI,
    "wurstmeister/kafka": _Wurstmeister("wurstmeister", "/kafka/kafka-logs-$HOSTNAME"),
    "debezium/kafka": _Debezium("debezium"),
    "strimzi/kafka": _FileOnly("strimzi"),
    "solsson/kafka": _FileOnly("solsson"),
}

# Names that only Confluent gives: a mirror may have put them under any owner.
_CONFLUENT_DIALECTS: Mapping[str, Dialect] = {
    "cp-kafka": _CONFLUENT,
    "cp-server": _CONFLUENT,
    "cp-enterprise-kafka": _CONFLUENT,
    "confluent-local": _CONFLUENT_LOCAL,
}
"""By the last path part of Confluent's broker images, which no one else uses."""

SERVER_IMAGES = frozenset(
    {
        *_DIALECTS,
        *(f"confluentinc/{name}" for name in _CONFLUENT_DIALECTS),
        "automqinc/automq",
        "spotify/kafka",
        "ubuntu/kafka",
    }
)
"""The last two path parts of the images that can run a Kafka server (facts of the images' own build files)."""


def dialect_of(reference: ImageReference) -> Dialect:
    """The family that an image belongs to; `other` where it is not known."""
    if reference.name in _CONFLUENT_DIALECTS:
        return _CONFLUENT_DIALECTS[reference.name]
    if reference.last_two == "automqinc/automq" and "bitnami" in (reference.tag or ""):
        return _BITNAMI
    if "bitnami" in reference.name and "kafka" in reference.name.replace("_", "-").split("-"):
        return _BITNAMI
    return _DIALECTS.get(reference.last_two, _OTHER)


def is_server_image(reference: ImageReference) -> bool:
    """Whether an image is known to carry a Kafka server; its container may still run something else of it."""
    return reference.last_two in SERVER_IMAGES or dialect_of(reference).name != "other"


def kafka_version(reference: ImageReference) -> Version | None:
    """The Kafka release inside an image, by its tag; None where the tag moves, or counts something else than Kafka.

    A bare `4` can hold nothing older than 4.0, which is what version gates ask; a bare `3` says too little.
    """
    tag = reference.tag or ""
    name = dialect_of(reference).name
    if name == "confluent":
        return _of_confluent_platform(Version.parse(tag))
    if name == "strimzi":
        return _plausible(tag.rpartition("kafka-")[2]) if "kafka-" in tag else None
    if name == "wurstmeister" and "-" in tag:
        # <Scala>-<Kafka>
        return _plausible(tag.partition("-")[2])
    if name in {"apache", "bitnami", "solsson", "wurstmeister"} and reference.last_two != "automqinc/automq":
        return Version(4) if tag == "4" else _plausible(tag)
    return _plausible(tag) if reference.last_two == "ubuntu/kafka" else None


def _plausible(text: str) -> Version | None:
    version = Version.parse(text)
    return version if version is not None and version.major < 100 else None


def _of_confluent_platform(platform: Version | None) -> Version | None:
    """Confluent Platform 4.0 to 7.9 carry Kafka 1.0 to 3.9, 8.x carries 4.x (Supported Versions and Interoperability).

    The patch level is counted on its own, so that only major and minor are told.
    """
    if platform is None:
        return None
    match platform.major:
        case 4 | 7 | 8:
            return Version({4: 1, 7: 3, 8: 4}[platform.major], platform.minor)
        case 5:
            return Version(2, platform.minor)
        case 6:
            # 6.0, 6.1 and 6.2 carry 2.6, 2.7 and 2.8
            return Version(2, platform.minor + 6)
        case _:
            return None
