import pytest
from hypothesis import given
from hypothesis import strategies as st

from kafkalint.kafka.budgets import BudgetSpec
from kafkalint.kafka.labels import PodLabels

SELECTOR = {"matchLabels": {"app": "kafka"}}
LIMITS = st.integers(0, 12) | st.integers(0, 100).map(lambda percent: f"{percent}%")
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(
                ["selector", "minAvailable", "maxUnavailable", "unhealthyPodEvictionPolicy", "matchLabels"]
            ),
            inner,
        )
    ),
    max_leaves=8,
)


def budget(**spec: object) -> BudgetSpec:
    return BudgetSpec.parse({"selector": SELECTOR, **spec})


@pytest.mark.parametrize(
    ("spec", "total", "allowed"),
    [
        ({"maxUnavailable": 1}, 3, 1),
        ({"maxUnavailable": 0}, 3, 0),
        ({"maxUnavailable": "0%"}, 3, 0),
        ({"maxUnavailable": "1%"}, 3, 1),
        ({"maxUnavailable": "34%"}, 3, 2),
        ({"maxUnavailable": "100%"}, 3, 3),
        ({"maxUnavailable": 9}, 3, 3),
        ({"minAvailable": 2}, 3, 1),
        ({"minAvailable": 3}, 3, 0),
        ({"minAvailable": 4}, 3, 0),
        ({"minAvailable": 0}, 1, 1),
        ({"minAvailable": "50%"}, 7, 3),
        ({"minAvailable": "67%"}, 3, 0),
        ({"minAvailable": "100%"}, 3, 0),
        ({}, 3, 0),
        ({"maxUnavailable": 1}, 0, 0),
    ],
)
def test_disruptions_allowed(spec, total, allowed):
    assert budget(**spec).problem is None
    assert budget(**spec).disruptions_allowed(total) == allowed


@given(LIMITS, st.integers(0, 50), st.booleans())
def test_a_budget_allows_between_none_and_all(limit, total, scalable):
    for spec in (budget(minAvailable=limit), budget(maxUnavailable=limit)):
        assert 0 <= spec.disruptions_allowed(total, scalable=scalable) <= total
        assert spec.disruptions_allowed(total, scalable=False) <= spec.disruptions_allowed(total)


@given(st.integers(0, 100), st.integers(0, 100), st.integers(0, 50), st.sampled_from(["%", ""]))
def test_a_higher_limit_is_looser_one_way_and_tighter_the_other(one, other, total, unit):
    low, high = ((f"{n}%" if unit else n) for n in sorted((one, other)))
    assert budget(maxUnavailable=low).disruptions_allowed(total) <= budget(maxUnavailable=high).disruptions_allowed(
        total
    )
    assert budget(minAvailable=low).disruptions_allowed(total) >= budget(minAvailable=high).disruptions_allowed(total)


@given(st.integers(0, 12), st.integers(0, 12))
def test_a_count_may_be_written_either_way(unavailable, total):
    rest = max(0, total - unavailable)
    assert budget(maxUnavailable=unavailable).disruptions_allowed(total) == budget(
        minAvailable=rest
    ).disruptions_allowed(total)


@given(ANYTHING, st.integers(0, 9))
def test_no_shape_of_input_raises(raw, total):
    spec = BudgetSpec.parse(raw)
    hash(spec)
    assert 0 <= spec.disruptions_allowed(total) <= total
    assert spec.covers(PodLabels({"app": "kafka"})) in (True, False)


def test_which_forms_need_a_scale():
    assert budget(maxUnavailable=1).needs_scale
    assert budget(maxUnavailable="10%").needs_scale
    assert budget(minAvailable="10%").needs_scale
    assert not budget(minAvailable=2).needs_scale
    assert not budget().needs_scale
    assert budget(minAvailable=2).disruptions_allowed(3, scalable=False) == 1
    assert budget(maxUnavailable=1).disruptions_allowed(3, scalable=False) == 0


def test_neither_limit_refuses_every_eviction():
    assert budget().is_unlimited
    assert budget().disruptions_allowed(5) == 0


@pytest.mark.parametrize(
    ("spec", "word"),
    [
        ({"minAvailable": 1, "maxUnavailable": 1}, "both"),
        ({"minAvailable": -1}, "negative"),
        ({"maxUnavailable": "101%"}, "100%"),
        ({"maxUnavailable": "1"}, "whole number"),
        ({"maxUnavailable": {}}, "whole number"),
        ({"selector": {"app": "kafka"}}, "unknown field"),
        ({"unhealthyPodEvictionPolicy": "Always"}, "unhealthyPodEvictionPolicy"),
        ({"unhealthyPodEvictionPolicy": {}}, "unhealthyPodEvictionPolicy"),
    ],
)
def test_what_the_api_server_refuses_limits_nothing(spec, word):
    refused = budget(**spec)
    assert word in (refused.problem or "")
    assert refused.disruptions_allowed(3) == 3
    assert refused.covers(PodLabels({"app": "kafka"})) is False


def test_a_spec_of_the_wrong_shape_is_refused():
    assert BudgetSpec.parse(["minAvailable"]).problem
    assert BudgetSpec.parse(None).problem is None


def test_coverage_follows_the_selector():
    pods = PodLabels({"app": "kafka"}, frozenset({"pod"}))
    assert budget(maxUnavailable=1).covers(pods) is True
    assert BudgetSpec.parse({"maxUnavailable": 1}).covers(pods) is False
    assert BudgetSpec.parse({"selector": {}}).covers(pods) is True
    assert BudgetSpec.parse({"selector": {}}, api_version="policy/v1beta1").covers(pods) is False
    assert BudgetSpec.parse({"selector": {"matchLabels": {"pod": "a"}}}).covers(pods) is None


def test_the_eviction_policy_has_kubernetes_default():
    assert budget().unhealthy_pod_eviction_policy == "IfHealthyBudget"
    assert budget(unhealthyPodEvictionPolicy="AlwaysAllow").unhealthy_pod_eviction_policy == "AlwaysAllow"
