"""API groups of the operators that run Kafka, or something that speaks its protocol."""

from typing import Final

KAFKA_GROUPS: Final = frozenset(
    (
        "kafka.strimzi.io",
        "core.strimzi.io",
        "platform.confluent.io",
        "cluster.confluent.com",
        "kafka.banzaicloud.io",
        "cluster.redpanda.com",
        "redpanda.vectorized.io",
    )
)
