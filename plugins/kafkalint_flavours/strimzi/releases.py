"""Releases of Strimzi with the Kafka versions that each supports, from `kafka-versions.yaml` of the release tags."""

from __future__ import annotations

from typing import Final

from kafkalint.kafka.versions import Version

# A release that is not listed here supports the same as the one before it.
_RELEASES: Final = """
0.26.0 2.8.0 2.8.1 3.0.0
0.27.1 2.8.0 2.8.1 3.0.0
0.28.0 3.0.0 3.1.0
0.29.0 3.0.0 3.0.1 3.1.0 3.1.1 3.2.0
0.30.0 3.1.0 3.1.1 3.2.0
0.31.0 3.1.0 3.1.1 3.2.0 3.2.1
0.31.1 3.1.0 3.1.1 3.1.2 3.2.0 3.2.1 3.2.3
0.32.0 3.2.0 3.2.1 3.2.3 3.3.1
0.33.0 3.2.0 3.2.1 3.2.3 3.3.1 3.3.2
0.33.2 3.2.0 3.2.1 3.2.3 3.3.1 3.3.2 3.4.0
0.34.0 3.3.1 3.3.2 3.4.0
0.35.1 3.3.1 3.3.2 3.4.0
0.36.0 3.4.0 3.4.1 3.5.0
0.36.1 3.4.0 3.4.1 3.5.0 3.5.1
0.37.0 3.4.0 3.4.1 3.5.0 3.5.1
0.38.0 3.5.0 3.5.1 3.6.0
0.39.0 3.5.0 3.5.1 3.5.2 3.6.0 3.6.1
0.40.0 3.6.0 3.6.1 3.7.0
0.41.0 3.6.0 3.6.1 3.6.2 3.7.0
0.42.0 3.6.0 3.6.1 3.6.2 3.7.0 3.7.1
0.43.0 3.7.0 3.7.1 3.8.0
0.44.0 3.7.0 3.7.1 3.8.0
0.45.0 3.8.0 3.8.1 3.9.0
0.45.1 3.8.0 3.8.1 3.9.0 3.9.1
0.45.2 3.8.0 3.8.1 3.9.0 3.9.1 3.9.2
0.46.0 3.9.0 4.0.0
0.46.1 3.9.0 4.0.0
0.47.0 3.9.0 3.9.1 4.0.0
0.48.0 4.0.0 4.1.0
0.49.1 4.0.0 4.0.1 4.1.0 4.1.1
0.50.1 4.0.0 4.0.1 4.1.0 4.1.1
0.51.0 4.1.0 4.1.1 4.2.0
1.0.1 4.1.0 4.1.1 4.1.2 4.2.0
1.1.0 4.2.0 4.2.1 4.3.0
1.2.0 4.2.0 4.2.1 4.3.0 4.3.1
"""


def _table() -> dict[Version, tuple[str, ...]]:
    rows = (line.split() for line in _RELEASES.split("\n") if line)
    return {Version(*map(int, release.split("."))): tuple(kafka) for release, *kafka in rows}


KAFKA_VERSIONS: Final = _table()
"""Release to the Kafka versions that it supports, oldest first; the last one is its default."""


def supported_kafka(release: Version) -> tuple[str, ...]:
    """The Kafka versions that a release supports, oldest first; those of the nearest older release that is known."""
    older = [known for known in KAFKA_VERSIONS if known <= release]
    return KAFKA_VERSIONS[max(older) if older else min(KAFKA_VERSIONS)]


def default_kafka(release: Version) -> str:
    """The Kafka version that a release runs where a Kafka resource names none (`KafkaVersion.Lookup`): its newest."""
    return supported_kafka(release)[-1]
