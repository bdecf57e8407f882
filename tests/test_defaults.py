import pytest
from hypothesis import given
from hypothesis import strategies as st

from kafkalint.kafka.defaults import KNOWN_KEYS, broker_default
from kafkalint.kafka.versions import Version

VERSIONS = st.none() | st.builds(Version, st.integers(0, 5), st.integers(0, 11), st.integers(0, 3))


@pytest.mark.parametrize("version", [None, Version(2, 8), Version(3, 9), Version(4), Version(4, 3)])
@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("default.replication.factor", "1"),
        ("min.insync.replicas", "1"),
        ("num.partitions", "1"),
        ("offsets.topic.replication.factor", "3"),
        ("transaction.state.log.replication.factor", "3"),
        ("transaction.state.log.min.isr", "2"),
        ("unclean.leader.election.enable", "false"),
        ("auto.create.topics.enable", "true"),
        ("log.dirs", None),
        ("log.dir", "/tmp/kafka-logs"),
        ("metadata.log.dir", None),
        ("broker.rack", None),
        ("replica.selector.class", None),
        ("controlled.shutdown.enable", "true"),
        ("log.retention.bytes", "-1"),
        ("listeners", "PLAINTEXT://:9092"),
    ],
)
def test_defaults_that_no_release_changed(key, value, version):
    assert key in KNOWN_KEYS
    assert broker_default(key, version) == value


@pytest.mark.parametrize(
    ("key", "version", "value"),
    [
        ("num.recovery.threads.per.data.dir", Version(3, 9, 1), "1"),
        ("num.recovery.threads.per.data.dir", Version(4), "2"),
        ("unclean.leader.election.enable", Version(0, 10, 2), "true"),
        ("unclean.leader.election.enable", Version(0, 11), "false"),
        ("replica.lag.time.max.ms", Version(2, 4), "10000"),
        ("replica.lag.time.max.ms", Version(2, 5), "30000"),
        ("controller.quorum.bootstrap.servers", Version(3, 8), None),
        ("controller.quorum.bootstrap.servers", Version(3, 9), ""),
        ("share.coordinator.state.topic.replication.factor", Version(3, 9), None),
        ("share.coordinator.state.topic.replication.factor", Version(4), "3"),
        ("share.coordinator.state.topic.min.isr", None, "2"),
        ("controller.quorum.auto.join.enable", Version(4, 1), None),
        ("controller.quorum.auto.join.enable", Version(4, 2), "false"),
        ("broker.id.generation.enable", Version(3, 9), "true"),
        ("broker.id.generation.enable", Version(4), None),
        ("node.id", Version(3, 9), "-1"),
        ("node.id", Version(4), None),
    ],
)
def test_defaults_that_came_or_changed_with_a_release(key, version, value):
    assert broker_default(key, version) == value


def test_an_unknown_release_keeps_a_changed_default_unknown_and_a_removed_key_alive():
    assert broker_default("num.recovery.threads.per.data.dir", None) is None
    assert broker_default("broker.id.generation.enable", None) == "true"


@given(st.text(max_size=20) | st.sampled_from(sorted(KNOWN_KEYS)), VERSIONS)
def test_a_key_that_is_not_known_has_no_default(key, version):
    value = broker_default(key, version)
    assert value is None or (key in KNOWN_KEYS and isinstance(value, str))
