"""Fixes of the theme availability: what is safe, what depends on the world, and what several of them make together."""

from __future__ import annotations

from pathlib import Path

import pytest

from kafkalint.checking.check import Check
from kafkalint.kafka.model import Settings
from kafkalint.kafka.versions import Version
from kafkalint.registry import load_registry
from kafkalint.testing import mended

FIXTURES = Path(__file__).parents[1] / "fixtures"
BY_CODE = {loaded.check.code: loaded.check for loaded in load_registry().checks}
BY_NAME = {check.name: check for check in BY_CODE.values()}
THEME = [check for code, check in sorted(BY_CODE.items()) if code.startswith("KL3") or code == "KL610"]


def read(fixture: str) -> str:
    return (FIXTURES / f"{fixture}.yaml").read_text()


def check_of(fixture: str) -> type[Check]:
    return BY_NAME[fixture.partition("/")[0]]


@pytest.mark.parametrize(
    ("fixture", "safe"),
    [
        ("pdb-missing/bad-statefulset", True),
        ("pdb-missing/bad-strimzi-generation-off", True),
        ("pdb-selects-nothing/bad-statefulset", True),
        ("pdb-blocks-drain/bad-statefulset-zero", True),
        ("pdb-blocks-drain/bad-strimzi-generation-off", True),
        # The Drain Cleaner may be deployed elsewhere, and an only broker's owner may want to be there.
        ("pdb-blocks-drain/bad-strimzi", False),
        ("pdb-blocks-drain/bad-statefulset-one-broker", False),
        ("pdb-too-loose/bad-strimzi", True),
        ("anti-affinity-missing/bad-strimzi", True),
        ("anti-affinity-missing/bad-confluent", True),
        # Brokers and controllers, or an exporter, would be kept off one another too.
        ("anti-affinity-missing/bad-strimzi-shared-template", False),
        ("anti-affinity-missing/bad-statefulset-labels-shared", False),
        ("anti-affinity-soft/bad-statefulset", False),
        ("anti-affinity-ineffective/bad-statefulset", True),
        ("anti-affinity-ineffective/bad-statefulset-topology-key", True),
        ("anti-affinity-ineffective/bad-statefulset-for-others", True),
        ("anti-affinity-ineffective/bad-strimzi-soft-zone", True),
        ("anti-affinity-ineffective/bad-strimzi-rack", False),
        ("anti-affinity-ineffective/bad-statefulset-preferred", False),
        ("anti-affinity-ineffective/bad-strimzi-kafka-template", False),
        ("zone-spread-missing/bad-strimzi", False),
        ("rack-awareness-missing/bad-strimzi", False),
        ("rack-without-spread/bad-strimzi", True),
        ("strimzi-template-shadowed/bad-strimzi", False),
    ],
)
def test_what_nobody_has_to_want(fixture: str, safe: bool) -> None:
    text, _ = mended(read(fixture), [check_of(fixture)], unsafe=False)
    assert (text != read(fixture)) is safe


@pytest.mark.parametrize(("version", "told"), [(None, False), (Version(1, 34), False), (Version(1, 35), True)])
def test_the_zone_on_the_pod_is_the_rack_where_kubernetes_puts_it_there(version: Version | None, told: bool) -> None:
    fixture = "rack-awareness-missing/bad-statefulset"
    text, left = mended(read(fixture), [check_of(fixture)], settings=Settings(kubernetes_version=version))
    assert ("metadata.labels['topology.kubernetes.io/zone']" in text) is told
    assert bool(left) is not told


@pytest.mark.parametrize(
    ("settings", "spread", "rack"),
    [
        (Settings(), False, False),
        (Settings(zones=2), False, False),
        (Settings(zones=3), True, False),
        (Settings(kubernetes_version=Version(1, 35)), True, True),
    ],
)
def test_brokers_are_not_spread_where_kafka_would_not_know(settings: Settings, spread: bool, rack: bool) -> None:
    checks = [BY_CODE["KL309"], BY_CODE["KL310"]]
    before = read("zone-spread-missing/bad-statefulset-controllers-spread")
    text, left = mended(before, checks, settings=settings)
    assert (text.count("topologySpreadConstraints") > before.count("topologySpreadConstraints")) is spread
    assert ("KAFKA_BROKER_RACK" in text) is rack
    assert bool(left) is not spread


@pytest.mark.parametrize(
    "fixture",
    [
        "anti-affinity-missing/bad-strimzi",
        "anti-affinity-missing/bad-strimzi-shared-template",
        "anti-affinity-missing/bad-strimzi-version-unknown",
        "anti-affinity-missing/bad-strimzi-zookeeper",
        "anti-affinity-ineffective/bad-strimzi-zone",
        "anti-affinity-soft/bad-strimzi-rack-0.45",
        "rack-awareness-missing/bad-strimzi-one-pool",
        "rack-awareness-missing/bad-confluent-service-account",
        "rack-without-spread/bad-strimzi-kafka-template",
        "zone-spread-missing/bad-strimzi-two-pools",
        "zone-spread-missing/bad-confluent-service-account",
        "pdb-missing/bad-strimzi-generation-off-two-pools",
        "pdb-selects-nothing/bad-strimzi-generation-off",
        "strimzi-template-shadowed/bad-strimzi-0.45-parts",
    ],
)
def test_all_of_them_together_leave_nothing(fixture: str) -> None:
    _, left = mended(read(fixture), THEME)
    assert [(item.finding.code, item.finding.message) for item in left] == []


def test_budgets_over_pools_of_one_role_are_one() -> None:
    text, _ = mended(read("pdb-missing/bad-statefulset-one-node-each"), [BY_CODE["KL301"]])
    assert text.count("kind: PodDisruptionBudget") == 1


PREFERRED = """\
        podAntiAffinity:
          # Nodes are few.
          preferredDuringSchedulingIgnoredDuringExecution: # expect: KL307
            - weight: 100 # as much as can be
              podAffinityTerm:
                topologyKey: kubernetes.io/hostname
                labelSelector:
                  matchLabels:
                    app: kafka
"""
IN_FLOW = """\
        podAntiAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 100, podAffinityTerm:
          {topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: kafka}}}}]}
"""


def test_a_term_moves_with_its_comments_gone() -> None:
    fixture = read("anti-affinity-soft/bad-statefulset")
    start, end = fixture.index("        podAntiAffinity:"), fixture.index("      containers:")
    text, left = mended(fixture[:start] + PREFERRED + fixture[end:], [BY_CODE["KL307"]])
    assert left == []
    assert "preferred" not in text


def test_a_term_between_braces_is_left_where_it_is() -> None:
    fixture = read("anti-affinity-soft/bad-statefulset")
    start, end = fixture.index("        podAntiAffinity:"), fixture.index("      containers:")
    text, left = mended(fixture[:start] + IN_FLOW + fixture[end:], [BY_CODE["KL307"]])
    assert text == fixture[:start] + IN_FLOW + fixture[end:]
    assert [item.remedy.problem for item in left if item.remedy] == ["it is all that is written there"]
