"""Whom a name in a manifest means: this Kafka, or something that other manifests bring."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from kafkalint.kafka.model import KafkaModel
from kafkalint.kafka.remembering import remembered

KAFKA_WORDS: Final = ("kafka", "zookeeper", "strimzi.io/", "platform.confluent.io/")

# What people call the parts of any Kafka, and what they hang on to the names of its monitors, volumes and alerts.
_COMMON: Final = frozenset(
    re.findall(
        r"\w+",
        """
        kafka kafkas strimzi confluent platform cluster clusters broker brokers controller controllers kraft
        node nodes pool pools dual combined mixed server servers resource resources statefulset headless
        internal all default my the metric metrics jmx prometheus monitor monitors monitoring pod pods
        podmonitor podmonitors service services servicemonitor servicemonitors scrape http tcp data log logs
        volume pvc disk storage true
        """,
    )
)
# Parts of a Kafka platform that have manifests of their own, as their names are written.
_COMPONENTS: Final = frozenset(
    re.findall(
        r"\w+",
        """
        connect connector connectors bridge mirror maker mirrormaker operator operators exporter exporters
        zookeeper zk registry schema apicurio karapace rest proxy ksql ksqldb ui akhq kafdrop console cruise
        burrow minion kminion lag client clients consumer consumers producer producers app topic user entity
        debezium streams manager cmak backup drain cleaner access
        """,
    )
)
_TOKEN: Final = re.compile(r"[a-z]+")


def tokens(text: str) -> frozenset[str]:
    """The words of a name: `my-cluster-kafka-0` has `my`, `cluster` and `kafka`."""
    return frozenset(_TOKEN.findall(re.sub(r"([a-z0-9])([A-Z])", r"\1-\2", text).lower()))


def speaks_of_kafka(words: Iterable[str], names: Iterable[str] = ()) -> bool:
    """Whether one of these words is about Kafka, or is one of the names given."""
    known = frozenset(names)
    return any(word in known or any(hint in word.lower() for hint in KAFKA_WORDS) for word in words)


def vocabulary(model: KafkaModel) -> frozenset[str]:
    """Every word that names something of this input, or a part of any Kafka.

    A name that holds another word may mean something that is not in the input.
    """
    return _COMMON.union(*(tokens(name) for name in _names(model)))


def names_a_stranger(texts: Iterable[str], model: KafkaModel) -> bool:
    """Whether all of these names speak of a part of the platform (Connect, an operator) that the input lacks."""
    here: set[frozenset[str]] = {parts_in(name) for name in _names(model)} | {frozenset()}
    found = [parts_in(text) for text in texts]
    return bool(found) and all(parts not in here for parts in found)


def parts_in(text: str) -> frozenset[str]:
    """The words of a name that stand for a part of the platform which has manifests of its own."""
    return tokens(text) & _COMPONENTS


@remembered
def cluster_names(model: KafkaModel) -> frozenset[str]:
    """The names of clusters and of the objects that run their nodes."""
    pools = {pool.resource.name for cluster in model.clusters for pool in cluster.nodes}
    return frozenset(pools | {cluster.name for cluster in model.clusters})


def _names(model: KafkaModel) -> Iterator[str]:
    yield from cluster_names(model)
    for cluster in model.clusters:
        yield from (service.name for service in cluster.services)
        yield from (exporter.pods.name for exporter in cluster.exporters)
        if cluster.namespace:
            yield cluster.namespace
        if cluster.zookeeper:
            yield "zookeeper zk"
    yield from (workload.pods.name for workload in model.workloads)
    yield from (service.name for service in model.services)


def pattern_tokens(pattern: str) -> frozenset[str]:
    """The words that a regular expression asks for by letter: those of its classes and escapes are left out."""
    bare = re.sub(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", " ", pattern)
    return tokens(bare)
