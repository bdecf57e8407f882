"""What a Kafka broker does where its configuration is silent."""

from __future__ import annotations

from kafkalint.kafka.versions import Version

_KAFKA_0_11 = Version(0, 11)
_KAFKA_2_5 = Version(2, 5)
_KAFKA_3_7 = Version(3, 7)
_KAFKA_3_9 = Version(3, 9)
_KAFKA_4_0 = Version(4, 0)
_KAFKA_4_2 = Version(4, 2)

# ServerLogConfigs, ReplicationConfigs, ServerConfigs, SocketServerConfigs, KRaftConfigs, QuorumConfig, LogConfig,
# GroupCoordinatorConfig, TransactionLogConfig and ShareCoordinatorConfig of apache/kafka; None is Kafka's null.
_DEFAULTS: dict[str, str | None] = {
    # identity and roles
    "broker.id": "-1",
    "node.id": "-1",
    "process.roles": "",
    "broker.id.generation.enable": "true",
    "broker.rack": None,
    "zookeeper.connect": None,
    "controller.quorum.voters": "",
    "controller.quorum.bootstrap.servers": "",
    "controller.quorum.auto.join.enable": "false",
    "controller.listener.names": None,
    # data
    "log.dir": "/tmp/kafka-logs",  # noqa: S108 - Kafka's own default is what KL203 is about
    "log.dirs": None,
    "metadata.log.dir": None,
    "log.dir.failure.timeout.ms": "30000",
    "log.cleanup.policy": "delete",
    "log.retention.bytes": "-1",
    "log.retention.hours": "168",
    "log.retention.minutes": None,
    "log.retention.ms": None,
    "log.segment.bytes": "1073741824",
    "num.recovery.threads.per.data.dir": "1",
    # replication
    "default.replication.factor": "1",
    "min.insync.replicas": "1",
    "num.partitions": "1",
    "num.replica.fetchers": "1",
    "replica.lag.time.max.ms": "30000",
    "replica.selector.class": None,
    "unclean.leader.election.enable": "false",
    "auto.leader.rebalance.enable": "true",
    "auto.create.topics.enable": "true",
    "delete.topic.enable": "true",
    "offsets.topic.num.partitions": "50",
    "offsets.topic.replication.factor": "3",
    "transaction.state.log.num.partitions": "50",
    "transaction.state.log.replication.factor": "3",
    "transaction.state.log.min.isr": "2",
    "share.coordinator.state.topic.num.partitions": "50",
    "share.coordinator.state.topic.replication.factor": "3",
    "share.coordinator.state.topic.min.isr": "2",
    # start and stop
    "controlled.shutdown.enable": "true",
    "broker.session.timeout.ms": "9000",
    "broker.heartbeat.interval.ms": "2000",
    # network and security
    "listeners": "PLAINTEXT://:9092",
    "advertised.listeners": None,
    "inter.broker.listener.name": None,
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL",
    "security.inter.broker.protocol": "PLAINTEXT",
    "ssl.client.auth": "none",
    "sasl.enabled.mechanisms": "GSSAPI",
    "authorizer.class.name": "",
    "allow.everyone.if.no.acl.found": "false",
    "super.users": None,
    "message.max.bytes": "1048588",
}

# From which release on the table above holds, and what held before.
_BEFORE: dict[str, tuple[Version, str | None]] = {
    "unclean.leader.election.enable": (_KAFKA_0_11, "true"),  # KIP-106
    "replica.lag.time.max.ms": (_KAFKA_2_5, "10000"),  # KIP-537
    "log.dir.failure.timeout.ms": (_KAFKA_3_7, None),  # KIP-858
    "controller.quorum.bootstrap.servers": (_KAFKA_3_9, None),  # KIP-853
    "share.coordinator.state.topic.num.partitions": (_KAFKA_4_0, None),  # KIP-932
    "share.coordinator.state.topic.replication.factor": (_KAFKA_4_0, None),
    "share.coordinator.state.topic.min.isr": (_KAFKA_4_0, None),
    "controller.quorum.auto.join.enable": (_KAFKA_4_2, None),
}

# What holds from a release on: changed by KIP-1030, or without a default since ZooKeeper is gone.
_SINCE: dict[str, tuple[Version, str | None]] = {
    "num.recovery.threads.per.data.dir": (_KAFKA_4_0, "2"),
    "process.roles": (_KAFKA_4_0, None),
    "node.id": (_KAFKA_4_0, None),
    "broker.id.generation.enable": (_KAFKA_4_0, None),
    "zookeeper.connect": (_KAFKA_4_0, None),
}

KNOWN_KEYS = frozenset(_DEFAULTS)
"""The keys whose default is known, so that Kafka's null can be told from a key that nobody looked up."""


def broker_default(key: str, version: Version | None) -> str | None:
    """Kafka's own default of a broker key in a release; None is null, absent in that release, or not in `KNOWN_KEYS`.

    An unknown release is read as the newest one that still has the key, except that a default which changed is then not
    known either and None. The table knows nothing of what an image or an operator writes on top.

    Since 4.1 a new cluster has eligible leader replicas (ELR) switched on, and then a broker's own
    `min.insync.replicas` is dropped: only the cluster's counts (Kafka's upgrade notes of 4.1, KIP-966). The default is
    1 in both places.
    """
    if key in _SINCE:
        since, value = _SINCE[key]
        if version is None:
            return _DEFAULTS[key] if value is None else None
        return value if version >= since else _DEFAULTS[key]
    if key in _BEFORE and version is not None:
        since, value = _BEFORE[key]
        if version < since:
            return value
    return _DEFAULTS.get(key)


def known_defaults(version: Version | None) -> dict[str, str]:
    """Kafka's default of every key that is known, for a version."""
    found = {key: broker_default(key, version) for key in KNOWN_KEYS}
    return {key: value for key, value in found.items() if value is not None}
