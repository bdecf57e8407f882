from pathlib import Path

import pytest

from kafkalint.checking.check import Check
from kafkalint.kafka.colocation import listed, sharing_nodes, unspread
from kafkalint.kafka.model import KafkaModel, Settings
from kafkalint.kafka.placement import Apartness
from kafkalint.testing import lint, model_of
from kafkalint_checks.availability.anti_affinity_missing import AntiAffinityMissing
from kafkalint_checks.availability.constraint_unsatisfiable import ConstraintUnsatisfiable
from kafkalint_checks.availability.rack_awareness_missing import RackAwarenessMissing
from kafkalint_checks.availability.zone_spread_missing import ZoneSpreadMissing
from kafkalint_flavours.confluent.flavour import ConfluentFlavour
from kafkalint_flavours.statefulset.flavour import StatefulSetFlavour
from kafkalint_flavours.strimzi.flavour import StrimziFlavour

FIXTURES = Path(__file__).parent.parent / "fixtures"
FLAVOURS = (StatefulSetFlavour(), StrimziFlavour(), ConfluentFlavour())


def text(fixture: str) -> str:
    return (FIXTURES / f"{fixture}.yaml").read_text()


def read(fixture: str) -> KafkaModel:
    return model_of(text(fixture), FLAVOURS)


def found(check: type[Check], fixture: str, zones: int | None = None) -> int:
    return len(lint(text(fixture), [check], flavours=FLAVOURS, settings=Settings(zones=zones)))


@pytest.mark.parametrize(
    ("words", "sentence"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_words_are_listed_as_in_a_sentence(words, sentence):
    assert listed(words) == sentence


@pytest.mark.parametrize(
    ("fixture", "pools", "across", "strength"),
    [
        ("anti-affinity-missing/bad-statefulset", "StatefulSet kafka", False, Apartness.ABSENT),
        (
            "anti-affinity-missing/bad-statefulset-two-pools",
            "StatefulSet kafka-a and StatefulSet kafka-b",
            True,
            Apartness.ABSENT,
        ),
        (
            "anti-affinity-missing/bad-strimzi-shared-template",
            "KafkaNodePool broker and KafkaNodePool controller",
            False,
            Apartness.ABSENT,
        ),
        ("anti-affinity-soft/bad-statefulset-max-skew", "StatefulSet kafka", False, Apartness.SOFT),
        (
            "anti-affinity-ineffective/bad-statefulset-beside-preference",
            "StatefulSet kafka",
            False,
            Apartness.INEFFECTIVE,
        ),
    ],
)
def test_one_case_for_each_cause(fixture, pools, across, strength):
    model = read(fixture)
    (case,) = sharing_nodes(model.clusters[0], model)
    assert (case.title, case.across, case.strength) == (pools, across, strength)


def test_pods_of_several_roles_are_nodes():
    model = read("anti-affinity-missing/bad-strimzi-shared-template")
    (case,) = sharing_nodes(model.clusters[0], model)
    assert (case.nodes, case.replicas) == ("nodes", 6)


def test_pools_of_one_pod_each_are_spread_by_what_keeps_them_from_each_other():
    model = read("zone-spread-missing/bad-strimzi-three-pools")
    cluster = model.clusters[0]
    (case,) = unspread(cluster.groups[0], cluster, model)
    assert [pool.name for pool in case.pools] == ["a", "b", "c"]
    assert unspread(cluster.groups[0], cluster, model, "example.com/rack")


@pytest.mark.parametrize(
    ("check", "fixture", "zones", "expected"),
    [
        (ZoneSpreadMissing, "zone-spread-missing/bad-statefulset", None, 1),
        (ZoneSpreadMissing, "zone-spread-missing/bad-statefulset", 1, 0),
        (RackAwarenessMissing, "rack-awareness-missing/bad-strimzi", 2, 1),
        (RackAwarenessMissing, "rack-awareness-missing/bad-strimzi", 3, 0),
        (ConstraintUnsatisfiable, "constraint-unsatisfiable/good-statefulset-zones-unstated", 9, 0),
        (ConstraintUnsatisfiable, "constraint-unsatisfiable/good-statefulset-zones-unstated", 3, 1),
        (AntiAffinityMissing, "anti-affinity-missing/bad-statefulset-zone-spread", 5, 1),
        (AntiAffinityMissing, "anti-affinity-missing/bad-statefulset-zone-spread", 6, 0),
    ],
)
def test_stated_zones_decide(check, fixture, zones, expected):
    assert found(check, fixture, zones) == expected
