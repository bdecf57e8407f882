"""Kafka's configuration as the operator passes it on (`KafkaConfiguration`, `KafkaBrokerConfigurationBuilder`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kafkalint.kafka.defaults import known_defaults
from kafkalint.kafka.model import Config, Mode, Role, Setter, Setting
from kafkalint.kafka.versions import Version
from kafkalint.manifests.resources import Place, Resource, dig, items
from kafkalint.manifests.shapes import mapping, text, whole
from kafkalint_flavours.strimzi.operators import EVERY_BUDGET, Operator
from kafkalint_flavours.strimzi.storage import Storage, directories

if TYPE_CHECKING:
    from collections.abc import Iterator

# KafkaClusterSpec.FORBIDDEN_PREFIXES, as of 0.40, with the releases that added to it.
_FORBIDDEN: Final = (
    "listeners",
    "advertised.",
    "broker.",
    "listener.",
    "host.name",
    "port",
    "inter.broker.listener.name",
    "sasl.",
    "ssl.",
    "security.",
    "password.",
    "log.dir",
    "zookeeper.connect",
    "zookeeper.set.acl",
    "zookeeper.ssl",
    "zookeeper.clientCnxnSocket",
    "authorizer.",
    "super.user",
    "cruise.control.metrics.topic",
    "cruise.control.metrics.reporter.bootstrap.servers",
    "node.id",
    "process.roles",
    "controller.",
    "metadata.log.dir",
    "zookeeper.metadata.migration.enable",
)
_QUOTAS: Final = "client.quota.callback.static."
_FORBIDDEN_SINCE: Final = {
    f"{_QUOTAS}kafka.admin.": Version(0, 42),
    f"{_QUOTAS}produce": Version(0, 42),
    f"{_QUOTAS}fetch": Version(0, 42),
    f"{_QUOTAS}storage.per.volume.limit.min.available.": Version(0, 42),
    f"{_QUOTAS}excluded.principal.name.list": Version(0, 42),
    "prometheus.metrics.reporter.": Version(0, 47),
    "cordoned.log.dirs": Version(1, 2),
}
_ALLOWED: Final = frozenset(
    {
        "zookeeper.connection.timeout.ms",
        "sasl.server.max.receive.size",
        "ssl.cipher.suites",
        "ssl.protocol",
        "ssl.enabled.protocols",
        "ssl.secure.random.implementation",
        "cruise.control.metrics.topic.num.partitions",
        "cruise.control.metrics.topic.replication.factor",
        "cruise.control.metrics.topic.retention.ms",
        "cruise.control.metrics.topic.auto.create.retries",
        "cruise.control.metrics.topic.auto.create.timeout.ms",
        "cruise.control.metrics.topic.min.insync.replicas",
        "controller.quorum.election.backoff.max.ms",
        "controller.quorum.election.timeout.ms",
        "controller.quorum.fetch.timeout.ms",
    }
)
_ALLOWED_SINCE_048: Final = frozenset(
    {"broker.session.timeout.ms", "broker.heartbeat.interval.ms", "controller.socket.timeout.ms"}
)
_ALLOWED_PER_LISTENER: Final = ("connections.max.reauth.ms", "max.connections", "max.connection.creation.rate")
_PER_LISTENER_SINCE: Final = Version(0, 51)

_AUTHORIZERS: Final = {
    "opa": "org.openpolicyagent.kafka.OpaAuthorizer",
    "keycloak": "io.strimzi.kafka.oauth.server.authorizer.KeycloakAuthorizer",
}


def is_dropped(key: str, version: Version, listeners: object = None) -> bool:
    """Whether the operator leaves out a key of `spec.kafka.config`: prefixes ignore case, exceptions do not."""
    folded = key.lower()
    prefixes = (*_FORBIDDEN, *(prefix for prefix, since in _FORBIDDEN_SINCE.items() if version >= since))
    if not folded.startswith(prefixes) or key in _ALLOWED:
        return False
    if key in _ALLOWED_SINCE_048 and version >= EVERY_BUDGET:
        return False
    return version < _PER_LISTENER_SINCE or key not in _listener_keys(listeners)


def _listener_keys(listeners: object) -> set[str]:
    names = ((text(dig(listener, "name")), whole(dig(listener, "port"))) for listener in items(listeners))
    return {f"listener.name.{name}-{port}.{key}" for name, port in names for key in _ALLOWED_PER_LISTENER}


def kafka_config(kafka: Resource, roles: frozenset[Role], storage: Storage, mode: Mode, operator: Operator) -> Config:
    """The configuration of a pool's nodes: what is written and not dropped, and what the operator sets itself."""
    written = dict(_written(kafka, operator.version))
    own = dict(_operators(kafka, roles, storage, mode, operator.version))
    return Config(
        entries={**own, **written},
        place=kafka.place("spec", "kafka", "config"),
        complete=True,
        defaults=known_defaults(Version.parse(kafka_version(kafka, operator).value)),
    )


def kafka_version(kafka: Resource, operator: Operator) -> Setting[str]:
    """The Kafka version that a resource asks for, else the one that its operator runs."""
    place = kafka.place("spec", "kafka", "version")
    written = kafka.text("spec", "kafka", "version")
    if written:
        return Setting(written, Setter.WRITTEN, place)
    default = operator.default_kafka()
    return Setting(default, Setter.UNKNOWN if default is None else Setter.OPERATOR, place)


def unknown_config(place: Place) -> Config:
    """The configuration of nodes whose cluster is not in the input."""
    return Config(entries={}, place=place, complete=False)


def zookeeper_config(kafka: Resource) -> Config:
    """ZooKeeper's configuration as written (`ZookeeperConfiguration`)."""
    place = kafka.place("spec", "zookeeper", "config")
    data = mapping(kafka.get("spec", "zookeeper", "config"))
    found = {key: _setting(value, place.child(key)) for key, value in data.items() if value is not None}
    return Config(entries=found, place=place, complete=True)


def _written(kafka: Resource, version: Version) -> Iterator[tuple[str, Setting[str]]]:
    place = kafka.place("spec", "kafka", "config")
    listeners = kafka.get("spec", "kafka", "listeners")
    for key, value in mapping(kafka.get("spec", "kafka", "config")).items():
        if value is not None and not is_dropped(key, version, listeners):
            yield key, _setting(value, place.child(key))


def _setting(value: Any, place: Place) -> Setting[str]:
    """A scalar as Java writes it (`OrderedProperties.addIterablePairs`), which refuses anything else."""
    if isinstance(value, bool):
        return Setting("true" if value else "false", Setter.WRITTEN, place)
    if isinstance(value, str):
        return Setting(value, Setter.WRITTEN, place)
    if (isinstance(value, int) and value.bit_length() <= 64) or isinstance(value, float):
        return Setting(str(value), Setter.WRITTEN, place)
    return Setting(None, Setter.UNKNOWN, place)


def _operators(
    kafka: Resource, roles: frozenset[Role], storage: Storage, mode: Mode, version: Version
) -> Iterator[tuple[str, Setting[str]]]:
    place = kafka.place("spec", "kafka")
    paths = [found.path.value or "" for found in directories(storage, logs=True, metadata=False)]
    yield "log.dirs", Setting(",".join(paths) or None, Setter.OPERATOR, place)
    for key in ("listeners", "advertised.listeners", "listener.security.protocol.map", "node.id"):
        # The operator sets them for each pod; UNKNOWN, so that nobody takes them for Kafka's default.
        yield key, Setting(None, Setter.UNKNOWN, place)
    yield "inter.broker.listener.name", Setting("REPLICATION-9091", Setter.OPERATOR, place)
    if mode is Mode.KRAFT:
        for found in directories(storage, logs=False, metadata=True):
            yield "metadata.log.dir", Setting(found.path.value, Setter.OPERATOR, place)
        names = [role.value for role in (Role.BROKER, Role.CONTROLLER) if role in roles]
        yield "process.roles", Setting(",".join(names) or None, Setter.OPERATOR, place)
        yield "controller.listener.names", Setting("CONTROLPLANE-9090", Setter.OPERATOR, place)
        yield "controller.quorum.voters", Setting(None, Setter.UNKNOWN, place)
    else:
        yield "zookeeper.connect", Setting(f"{kafka.name}-zookeeper-client:2181", Setter.OPERATOR, place)
    if version >= EVERY_BUDGET:
        yield "min.insync.replicas", Setting("1", Setter.OPERATOR, place.child("config"))
    if kafka.get("spec", "kafka", "rack") is not None and Role.BROKER in roles:
        yield "broker.rack", Setting(None, Setter.UNKNOWN, place.child("rack"))
    yield from _authorizer(kafka, mode)


def _authorizer(kafka: Resource, mode: Mode) -> Iterator[tuple[str, Setting[str]]]:
    place = kafka.place("spec", "kafka", "authorization")
    data = mapping(kafka.get("spec", "kafka", "authorization"))
    kind = data.get("type")
    if kind == "simple":
        kraft = "org.apache.kafka.metadata.authorizer.StandardAuthorizer"
        name: str | None = kraft if mode is Mode.KRAFT else "kafka.security.authorizer.AclAuthorizer"
    elif kind == "custom":
        name = text(data.get("authorizerClass"))
    else:
        name = _AUTHORIZERS.get(kind) if isinstance(kind, str) else None
    if name is not None:
        yield "authorizer.class.name", Setting(name, Setter.OPERATOR, place)


def topic_number(topic: Resource, field: str, config: Config | None, key: str) -> Setting[int]:
    """A count of a topic; a topic that says none gets the brokers' default (`BatchingTopicController`)."""
    place = topic.place("spec", field)
    number = whole(topic.get("spec", field))
    if number is not None and number > 0:
        return Setting(number, Setter.WRITTEN, place)
    default = config.integer(key) if config is not None else None
    if default is None or default.value is None:
        return Setting(None, Setter.UNKNOWN, place)
    return Setting(default.value, Setter.KAFKA, place)
