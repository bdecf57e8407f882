"""The names by which containers are told: commands, images, words and variables, each with the role it stands for."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum


class Role(Enum):
    """What a container does for Kafka."""

    KAFKA_SERVER = "Kafka server"
    """A broker, a controller or both: which of them, says its configuration."""
    ZOOKEEPER = "ZooKeeper server"
    JMX_EXPORTER = "JMX exporter"
    KAFKA_EXPORTER = "consumer lag exporter"
    ZOOKEEPER_EXPORTER = "ZooKeeper exporter"
    CONNECT = "Kafka Connect"
    SCHEMA_REGISTRY = "schema registry"
    REST = "HTTP proxy"
    KSQLDB = "ksqlDB"
    CONTROL_CENTER = "Control Center"
    MIRROR_MAKER = "MirrorMaker"
    UI_OR_TOOL = "user interface, operator or tool"
    CLIENT = "client"
    """Kafka's or ZooKeeper's image or command line tools, and no server: topic jobs, producers, idle pods."""
    REDPANDA = "Redpanda"
    AUTOMQ = "AutoMQ"
    NONE = "nothing of Kafka"


SERVER_COMMANDS = frozenset({"kafka-server-start", "start-kafka", "kafka.Kafka", "kafka_run"})
"""Words of a command that start a server: Kafka's own script and class, wurstmeister's and Strimzi's scripts."""

SERVER_ENTRYPOINTS = (
    "/etc/confluent/docker/run",
    "/etc/kafka/docker/run",
    "/opt/bitnami/scripts/kafka/run.sh",
    "/opt/bitnami/scripts/kafka/entrypoint.sh",
)
"""Paths of the images' own entry points; a command that ends in one of them starts what the image is for."""

COMMAND_ROLES: Mapping[str, Role] = {
    "jmx_prometheus_httpserver": Role.JMX_EXPORTER,
    "jmx_prometheus_standalone": Role.JMX_EXPORTER,
    "kafka_exporter": Role.KAFKA_EXPORTER,
    "kafka_exporter_run": Role.KAFKA_EXPORTER,
    "connect-mirror-maker": Role.MIRROR_MAKER,
    "kafka-mirror-maker": Role.MIRROR_MAKER,
    "kafka_mirror_maker_run": Role.MIRROR_MAKER,
    "kafka_mirror_maker_2_run": Role.MIRROR_MAKER,
    "connect-distributed": Role.CONNECT,
    "connect-standalone": Role.CONNECT,
    "kafka_connect_run": Role.CONNECT,
    "schema-registry-start": Role.SCHEMA_REGISTRY,
    "kafka-rest-start": Role.REST,
    "ksql-server-start": Role.KSQLDB,
    "control-center-start": Role.CONTROL_CENTER,
    "kafka-cruise-control-start": Role.UI_OR_TOOL,
    "cluster_operator_run": Role.UI_OR_TOOL,
}
"""Words of a command that start something else than a server."""

ZOOKEEPER_COMMANDS = frozenset(
    {"zkServer", "start-zookeeper", "zookeeper-server-start", "zookeeper_run", "QuorumPeerMain"}
)

CLI_COMMANDS = frozenset(
    {
        "connect-mirror-checkpoint",
        "cub",
        "kafka-acls",
        "kafka-avro-console-consumer",
        "kafka-avro-console-producer",
        "kafka-broker-api-versions",
        "kafka-client-metrics.sh",
        "kafka-cluster.sh",
        "kafka-configs",
        "kafka-console-consumer",
        "kafka-console-producer",
        "kafka-console-share-consumer",
        "kafka-consumer-groups",
        "kafka-consumer-perf-test",
        "kafka-delegation-tokens",
        "kafka-delete-records",
        "kafka-dump-log",
        "kafka-e2e-latency",
        "kafka-features.sh",
        "kafka-get-offsets",
        "kafka-groups.sh",
        "kafka-json-schema-console-consumer",
        "kafka-json-schema-console-producer",
        "kafka-leader-election",
        "kafka-log-dirs.sh",
        "kafka-metadata-quorum",
        "kafka-metadata-shell",
        "kafka-preferred-replica-election",
        "kafka-producer-perf-test",
        "kafka-protobuf-console-consumer",
        "kafka-protobuf-console-producer",
        "kafka-ready",
        "kafka-reassign-partitions",
        "kafka-replica-verification",
        "kafka-share-groups.sh",
        "kafka-storage",
        "kafka-streams-application-reset",
        "kafka-topics",
        "kafka-transactions.sh",
        "kafka-verifiable-consumer",
        "kafka-verifiable-producer",
        "kafkacat",
        "kcat",
        "zkCli",
        "zookeeper-shell",
    }
)
"""Kafka's and ZooKeeper's command line tools; with their ending where the bare name may be anything's."""

SERVER_ENV = frozenset(
    {
        "ADVERTISED_LISTENERS",
        "BROKER_ID",
        "CONTROLLER_LISTENER_NAMES",
        "CONTROLLER_QUORUM_BOOTSTRAP_SERVERS",
        "CONTROLLER_QUORUM_VOTERS",
        "INTER_BROKER_LISTENER_NAME",
        "KRAFT_CLUSTER_ID",
        "LISTENERS",
        "LISTENER_SECURITY_PROTOCOL_MAP",
        "LOG_DIRS",
        "NODE_ID",
        "OFFSETS_TOPIC_REPLICATION_FACTOR",
        "PROCESS_ROLES",
        "ZOOKEEPER_CONNECT",
    }
)
"""What only a server is told, after `KAFKA_` or `KAFKA_CFG_`."""

ZOOKEEPER_ENV = frozenset(
    {
        "ALLOW_ANONYMOUS_LOGIN",
        "ZOOKEEPER_CLIENT_PORT",
        "ZOOKEEPER_SERVERS",
        "ZOOKEEPER_SERVER_ID",
        "ZOOKEEPER_TICK_TIME",
        "ZOO_MY_ID",
        "ZOO_SERVERS",
        "ZOO_SERVER_ID",
        "ZOO_TICK_TIME",
    }
)

ZOOKEEPER_IMAGES = frozenset({"zookeeper", "cp-zookeeper", "kubernetes-zookeeper", "bitnami-zookeeper", "k8szk"})
"""The last path part of images that run a ZooKeeper server."""

IMAGE_ROLES: Mapping[str, Role] = {
    "cp-kafka-connect": Role.CONNECT,
    "cp-kafka-connect-base": Role.CONNECT,
    "cp-server-connect": Role.CONNECT,
    "cp-server-connect-base": Role.CONNECT,
    "kafka-connect": Role.CONNECT,
    "cp-schema-registry": Role.SCHEMA_REGISTRY,
    "schema-registry": Role.SCHEMA_REGISTRY,
    "karapace": Role.SCHEMA_REGISTRY,
    "cp-kafka-rest": Role.REST,
    "kafka-rest": Role.REST,
    "kafka-bridge": Role.REST,
    "cp-ksqldb-server": Role.KSQLDB,
    "cp-ksql-server": Role.KSQLDB,
    "ksqldb-server": Role.KSQLDB,
    "cp-ksqldb-cli": Role.CLIENT,
    "ksqldb-cli": Role.CLIENT,
    "cp-kafkacat": Role.CLIENT,
    "kafkacat": Role.CLIENT,
    "kcat": Role.CLIENT,
    "kafka-cli": Role.CLIENT,
    "kafka-client": Role.CLIENT,
    "cp-enterprise-control-center": Role.CONTROL_CENTER,
    "cp-enterprise-control-center-next-gen": Role.CONTROL_CENTER,
    "cp-enterprise-replicator": Role.MIRROR_MAKER,
    "burrow-exporter": Role.KAFKA_EXPORTER,
    "klag-exporter": Role.KAFKA_EXPORTER,
    "kminion": Role.KAFKA_EXPORTER,
    "kafka-minion": Role.KAFKA_EXPORTER,
    "akhq": Role.UI_OR_TOOL,
    "burrow": Role.UI_OR_TOOL,
    "burrow-dashboard": Role.UI_OR_TOOL,
    "cmak": Role.UI_OR_TOOL,
    "conduktor-console": Role.UI_OR_TOOL,
    "conduktor-gateway": Role.UI_OR_TOOL,
    "conduktor-platform": Role.UI_OR_TOOL,
    "cruise-control": Role.UI_OR_TOOL,
    "kafbat-ui": Role.UI_OR_TOOL,
    "kafdrop": Role.UI_OR_TOOL,
    "kafkahq": Role.UI_OR_TOOL,
    "koperator": Role.UI_OR_TOOL,
    "kouncil": Role.UI_OR_TOOL,
    "kowl": Role.UI_OR_TOOL,
    "kpow-ce": Role.UI_OR_TOOL,
    "kpow": Role.UI_OR_TOOL,
    "trifecta": Role.UI_OR_TOOL,
    "zoonavigator": Role.UI_OR_TOOL,
}
"""The last path part of images that do something else for Kafka."""

OWNED_IMAGE_ROLES: Mapping[str, Role] = {
    "debezium/connect": Role.CONNECT,
    "debezium/connect-base": Role.CONNECT,
    "debezium/server": Role.CONNECT,
    "redpandadata/connectors": Role.CONNECT,
    "redpandadata/console": Role.UI_OR_TOOL,
    "strimzi/operator": Role.UI_OR_TOOL,
    "strimzi/drain-cleaner": Role.UI_OR_TOOL,
    "confluentinc/confluent-operator": Role.UI_OR_TOOL,
    "confluentinc/confluent-init-container": Role.UI_OR_TOOL,
}
"""The last two path parts, where the last alone says too little."""

TOOL_WORDS: tuple[tuple[frozenset[str], Role], ...] = (
    (frozenset({"jmx", "exporter"}), Role.JMX_EXPORTER),
    (frozenset({"kafka", "exporter"}), Role.KAFKA_EXPORTER),
    (frozenset({"zookeeper", "exporter"}), Role.ZOOKEEPER_EXPORTER),
    (frozenset({"zk", "exporter"}), Role.ZOOKEEPER_EXPORTER),
    (frozenset({"mirrormaker"}), Role.MIRROR_MAKER),
    (frozenset({"mirrormaker2"}), Role.MIRROR_MAKER),
    (frozenset({"mirror", "maker"}), Role.MIRROR_MAKER),
    (frozenset({"apicurio", "registry", "ui"}), Role.UI_OR_TOOL),
    (frozenset({"apicurio", "registry"}), Role.SCHEMA_REGISTRY),
    (frozenset({"rest", "proxy"}), Role.REST),
    (frozenset({"kafka", "ui"}), Role.UI_OR_TOOL),
    (frozenset({"connect", "ui"}), Role.UI_OR_TOOL),
    (frozenset({"debezium", "ui"}), Role.UI_OR_TOOL),
    (frozenset({"registry", "ui"}), Role.UI_OR_TOOL),
    (frozenset({"kafka", "operator"}), Role.UI_OR_TOOL),
    (frozenset({"zookeeper", "operator"}), Role.UI_OR_TOOL),
    (frozenset({"redpanda", "operator"}), Role.UI_OR_TOOL),
    (frozenset({"kafka", "manager"}), Role.UI_OR_TOOL),
    (frozenset({"kafka", "pixy"}), Role.UI_OR_TOOL),
    (frozenset({"kafka", "proxy"}), Role.UI_OR_TOOL),
    (frozenset({"kafka", "magic"}), Role.UI_OR_TOOL),
    (frozenset({"kafka", "webview"}), Role.UI_OR_TOOL),
    (frozenset({"kafka", "health", "check"}), Role.UI_OR_TOOL),
    (frozenset({"cruise", "control"}), Role.UI_OR_TOOL),
    (frozenset({"lenses"}), Role.UI_OR_TOOL),
)
"""Words that an image's last path part holds all of, in the order in which they are asked."""

ENV_ROLES: tuple[tuple[frozenset[str], Role], ...] = (
    (frozenset({"CONNECT_CONFIG_STORAGE_TOPIC"}), Role.CONNECT),
    (frozenset({"GROUP_ID", "CONFIG_STORAGE_TOPIC"}), Role.CONNECT),
    (frozenset({"SCHEMA_REGISTRY_KAFKASTORE_BOOTSTRAP_SERVERS"}), Role.SCHEMA_REGISTRY),
    (frozenset({"SCHEMA_REGISTRY_KAFKASTORE_CONNECTION_URL"}), Role.SCHEMA_REGISTRY),
    (frozenset({"SCHEMA_REGISTRY_HOST_NAME"}), Role.SCHEMA_REGISTRY),
    (frozenset({"KAFKA_REST_HOST_NAME"}), Role.REST),
    (frozenset({"KSQL_BOOTSTRAP_SERVERS"}), Role.KSQLDB),
    (frozenset({"CONTROL_CENTER_BOOTSTRAP_SERVERS"}), Role.CONTROL_CENTER),
)
"""Variables that only one kind of service is told; asked where image and command leave it open."""
