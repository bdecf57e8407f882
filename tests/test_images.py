import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kafkalint.kafka.images import DOCKER_HUB, ImageReference
from kafkalint.kafka.versions import Version
from kafkalint_flavours.images import dialect_of, is_server_image, kafka_version

NAMES = st.text(string.ascii_letters + string.digits + "_", max_size=20).map(lambda rest: f"KAFKA_{rest}")


def dialect(image):
    return dialect_of(ImageReference.parse(image))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("kafka", (DOCKER_HUB, "kafka", None, None)),
        ("apache/kafka:4.0.0", (DOCKER_HUB, "apache/kafka", "4.0.0", None)),
        ("docker.io/bitnami/kafka:3.9", (DOCKER_HUB, "bitnami/kafka", "3.9", None)),
        ("index.docker.io/bitnami/kafka", (DOCKER_HUB, "bitnami/kafka", None, None)),
        ("localhost/kafka", ("localhost", "kafka", None, None)),
        ("localhost:5000/a/kafka:1", ("localhost:5000", "a/kafka", "1", None)),
        ("registry:5000/kafka", ("registry:5000", "kafka", None, None)),
        ("a/b@sha256:00ff", (DOCKER_HUB, "a/b", None, "sha256:00ff")),
        ("quay.io/a/b:1.2@sha256:00ff", ("quay.io", "a/b", "1.2", "sha256:00ff")),
        (
            "us-docker.pkg.dev/[PROJECT_ID]/main/bitnami/kafka:20",
            ("us-docker.pkg.dev", "[PROJECT_ID]/main/bitnami/kafka", "20", None),
        ),
        ("${REGISTRY}/kafka:${TAG}", (DOCKER_HUB, "${REGISTRY}/kafka", "${TAG}", None)),
        (":", (DOCKER_HUB, "", None, None)),
        (": :", (DOCKER_HUB, "", None, None)),
        ("", (DOCKER_HUB, "", None, None)),
        (None, (DOCKER_HUB, "", None, None)),
        ({"repository": "kafka"}, (DOCKER_HUB, "", None, None)),
    ],
)
def test_parts_of_a_reference(text, parts):
    reference = ImageReference.parse(text)
    assert (reference.registry, reference.repository, reference.tag, reference.digest) == parts


def test_the_last_two_parts_survive_a_mirror():
    for image in ("bitnami/kafka", "ghcr.io/Mirror/Bitnami/Kafka:1", "us-docker.pkg.dev/[P]/main/bitnami/kafka"):
        assert ImageReference.parse(image).last_two == "bitnami/kafka"
    assert ImageReference.parse("zookeeper:3.9").last_two == "zookeeper"
    assert ImageReference.parse("confluentinc/cp-kafka:7.6.1").name == "cp-kafka"


@given(st.text(max_size=60) | st.none() | st.integers())
def test_every_reference_has_parts(text):
    reference = ImageReference.parse(text)
    assert reference.last_two.endswith(reference.name)
    assert isinstance(str(reference), str)
    kafka_version(reference)
    is_server_image(reference)


@given(
    st.sampled_from(["docker.io", "quay.io", "localhost:5000", "registry.example.org"]),
    st.lists(st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=6), min_size=1, max_size=4),
    st.none() | st.text(string.ascii_letters + string.digits, min_size=1, max_size=8),
    st.none() | st.text("0123456789abcdef", min_size=4, max_size=8).map("sha256:".__add__),
)
def test_a_reference_reads_what_it_writes(registry, path, tag, digest):
    reference = ImageReference(registry, "/".join(path), tag, digest)
    assert ImageReference.parse(str(reference)) == reference


@pytest.mark.parametrize(
    ("image", "name"),
    [
        ("apache/kafka:3.9.0", "apache"),
        ("apache/kafka-native:4.0.0", "apache"),
        ("confluentinc/cp-kafka:7.6.1", "confluent"),
        ("harbor.example.org/proxy/cp-server:8.0.0", "confluent"),
        ("bitnami/kafka:3.9", "bitnami"),
        ("ghcr.io/someone/bitnamilegacy/kafka:3.9", "bitnami"),
        ("registry.example.org/bitnami-kafka:3.9", "bitnami"),
        ("soldevelo/kafka:3.9", "bitnami"),
        ("automqinc/automq:1.5.0-bitnami", "bitnami"),
        ("automqinc/automq:1.5.0", "other"),
        ("wurstmeister/kafka:2.12-2.3.1", "wurstmeister"),
        ("quay.io/debezium/kafka:2.7", "debezium"),
        ("quay.io/strimzi/kafka:0.45.0-kafka-3.9.0", "strimzi"),
        ("solsson/kafka:2.5.1", "solsson"),
        ("confluentinc/cp-kafka-connect:7.6.1", "other"),
        ("bitnami/kafka-exporter:1", "other"),
        ("ghcr.io/open-telemetry/demo:3.0.0-kafka", "other"),
        ("kafka", "other"),
    ],
)
def test_the_family_of_an_image(image, name):
    assert dialect(image).name == name


@pytest.mark.parametrize(
    ("image", "variable", "key"),
    [
        ("apache/kafka", "KAFKA_LOG_DIRS", "log.dirs"),
        ("apache/kafka", "KAFKA_SASL_JAAS__X___Y", "sasl.jaas_x-y"),
        (
            "apache/kafka",
            "KAFKA_LISTENER_NAME_CONTROLLER_SASL_ENABLED_MECHANISMS",
            "listener.name.controller.sasl.enabled.mechanisms",
        ),
        ("apache/kafka", "KAFKA_HEAP_OPTS", None),
        ("apache/kafka", "KAFKA_JMX_HOSTNAME", None),
        ("apache/kafka", "CLUSTER_ID", None),
        ("apache/kafka", "KAFKA_CFG_NODE_ID", "cfg.node.id"),
        ("apache/kafka", "KAFKA_PORT", "port"),
        ("confluentinc/cp-kafka", "KAFKA_MIN_INSYNC_REPLICAS", "min.insync.replicas"),
        ("confluentinc/cp-kafka", "KAFKA_OPTS", None),
        ("confluentinc/cp-kafka", "KAFKA_JMX_HOSTNAME", "jmx.hostname"),
        (
            "confluentinc/cp-server",
            "CONFLUENT_METRICS_REPORTER_TOPIC_REPLICAS",
            "confluent.metrics.reporter.topic.replicas",
        ),
        ("bitnami/kafka", "KAFKA_CFG_LOG_DIRS", "log.dirs"),
        (
            "bitnami/kafka",
            "KAFKA_CFG_LISTENER_NAME_INTERNAL_SASL_PLAINTEXT_X",
            "listener.name.internal.sasl_plaintext.x",
        ),
        ("bitnami/kafka", "KAFKA_LOG_DIR", None),
        ("bitnami/kafka", "KAFKA_LOG_DIRS", "log.dirs"),
        ("bitnami/kafka", "KAFKA_LOGS_DIRS", "log.dirs"),
        ("bitnami/kafka", "KAFKA_NODE_ID", "node.id"),
        ("bitnami/kafka", "KAFKA_MIN_INSYNC_REPLICAS", None),
        ("bitnami/kafka", "KAFKA_HEAP_OPTS", None),
        ("bitnami/kafka", "KAFKA_KRAFT_CLUSTER_ID", None),
        ("wurstmeister/kafka", "KAFKA_BROKER_ID", "broker.id"),
        ("wurstmeister/kafka", "KAFKA_CREATE_TOPICS", None),
        ("wurstmeister/kafka", "KAFKA_HEAP_OPTS", None),
        ("debezium/kafka", "BROKER_ID", "broker.id"),
        ("debezium/kafka", "ZOOKEEPER_CONNECT", "zookeeper.connect"),
        ("debezium/kafka", "KAFKA_LOG_DIRS", None),
        ("debezium/kafka", "KAFKA_NUM_PARTITIONS", "num.partitions"),
        ("strimzi/kafka", "KAFKA_LOG_DIRS", None),
        ("example/kafka", "KAFKA_LOG_DIRS", None),
    ],
)
def test_the_key_that_a_variable_sets(image, variable, key):
    assert dialect(image).env_to_property(variable) == key


def test_one_variable_drops_the_configuration_of_the_apache_image():
    apache = dialect("apache/kafka:4.0.0")
    assert apache.default_log_dirs({}, has_user_config=False) == "/tmp/kraft-combined-logs"
    assert (
        apache.default_log_dirs({"KAFKA_HEAP_OPTS": "-Xmx1g", "CLUSTER_ID": "x"}, False) == "/tmp/kraft-combined-logs"
    )
    assert apache.default_log_dirs({"KAFKA_NODE_ID": None}, has_user_config=False) == "/tmp/kafka-logs"
    assert apache.default_log_dirs({}, has_user_config=True) == "/tmp/kafka-logs"


@pytest.mark.parametrize(
    ("image", "env", "log_dirs"),
    [
        ("confluentinc/cp-kafka", {"KAFKA_NODE_ID": "1"}, "/var/lib/kafka/data"),
        ("confluentinc/confluent-local", {}, "/tmp/kraft-combined-logs"),
        ("bitnami/kafka", {"KAFKA_LOG_DIR": "/logs"}, "/bitnami/kafka/data"),
        ("wurstmeister/kafka", {}, "/kafka/kafka-logs-$HOSTNAME"),
        ("debezium/kafka", {}, "/kafka/data/1"),
        ("debezium/kafka", {"BROKER_ID": "2"}, "/kafka/data/2"),
        ("debezium/kafka", {"NODE_ID": None, "BROKER_ID": "2"}, "/kafka/data/$NODE_ID"),
        ("debezium/kafka", {"KAFKA_DATA": "/data"}, "/data/1"),
        ("debezium/kafka", {"KAFKA_DATA": None}, None),
        ("strimzi/kafka", {}, None),
        ("solsson/kafka", {}, None),
        ("example/kafka", {"KAFKA_NODE_ID": "1"}, None),
    ],
)
def test_where_an_image_keeps_data_when_nothing_says_so(image, env, log_dirs):
    assert dialect(image).default_log_dirs(env, has_user_config=False) == log_dirs


@pytest.mark.parametrize("image", ["confluentinc/cp-kafka", "bitnami/kafka", "strimzi/kafka", "solsson/kafka"])
def test_a_file_that_names_no_directory_leaves_kafka_s_own_default(image):
    assert dialect(image).default_log_dirs({}, has_user_config=True) == "/tmp/kafka-logs"


@pytest.mark.parametrize(
    ("image", "version"),
    [
        ("apache/kafka:3.9.1", Version(3, 9, 1)),
        ("apache/kafka:4.1.0-rc1", Version(4, 1)),
        ("apache/kafka:4", Version(4)),
        ("apache/kafka:3", None),
        ("apache/kafka:latest", None),
        ("apache/kafka", None),
        ("bitnami/kafka:4.0.0-debian-12-r10", Version(4)),
        ("bitnamilegacy/kafka:3.7", Version(3, 7)),
        ("confluentinc/cp-kafka:7.6.1", Version(3, 6)),
        ("confluentinc/cp-server:8.0.0-1-ubi9", Version(4)),
        ("confluentinc/cp-kafka:5.5.15", Version(2, 5)),
        ("confluentinc/cp-enterprise-kafka:6.1.0", Version(2, 7)),
        ("confluentinc/cp-kafka:4.1.4", Version(1, 1)),
        ("confluentinc/cp-kafka:3.3.0", None),
        ("confluentinc/cp-kafka:latest", None),
        ("wurstmeister/kafka:2.12-2.3.1", Version(2, 3, 1)),
        ("wurstmeister/kafka:1.1.0", Version(1, 1)),
        ("solsson/kafka:2.5.1-kafka-server-start@sha256:00", Version(2, 5, 1)),
        ("solsson/kafka:native", None),
        ("quay.io/strimzi/kafka:0.45.0-kafka-3.9.0", Version(3, 9)),
        ("quay.io/strimzi/kafka:latest", None),
        ("debezium/kafka:2.7.3.Final", None),
        ("ubuntu/kafka:3.1-22.04_beta", Version(3, 1)),
        ("automqinc/automq:1.5.0-bitnami", None),
        ("ghcr.io/open-telemetry/demo:3.0.0-kafka", None),
    ],
)
def test_the_kafka_inside_an_image(image, version):
    assert kafka_version(ImageReference.parse(image)) == version


@given(NAMES, st.sampled_from(["apache/kafka", "bitnami/kafka", "wurstmeister/kafka", "debezium/kafka", "x/cp-kafka"]))
def test_every_variable_sets_a_key_in_lower_case_or_none(name, image):
    key = dialect(image).env_to_property(name)
    assert key is None or (key and key.isascii() and not key.isupper())
