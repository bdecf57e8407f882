import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kafkalint.kafka.labels import Mismatch, PodLabels, Requirement, Selector

KEYS = st.sampled_from(["a", "b", "c", "example.com/d"])
VALUES = st.sampled_from(["", "x", "y", "z"])
LABELS = st.dictionaries(KEYS, VALUES, max_size=4)
EXPRESSIONS = st.one_of(
    st.fixed_dictionaries(
        {
            "key": KEYS,
            "operator": st.sampled_from(["In", "NotIn"]),
            "values": st.lists(VALUES, min_size=1, max_size=3),
        }
    ),
    st.fixed_dictionaries({"key": KEYS, "operator": st.sampled_from(["Exists", "DoesNotExist"])}),
)
SELECTORS = st.fixed_dictionaries({"matchLabels": LABELS, "matchExpressions": st.lists(EXPRESSIONS, max_size=3)})
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["matchLabels", "matchExpressions", "key", "operator", "values"]), inner)
        | st.dictionaries(SCALARS, inner, max_size=3)
    ),
    max_leaves=12,
)


def parse(raw: object) -> Selector:
    selector = Selector.parse(raw)
    assert selector is not None
    return selector


def oracle(raw: dict, labels: dict[str, str]) -> bool:
    checks = [labels.get(key) == value for key, value in raw["matchLabels"].items()]
    for expression in raw["matchExpressions"]:
        key, values = expression["key"], expression.get("values")
        checks.append(
            {
                "In": lambda key=key, values=values: key in labels and labels[key] in values,
                "NotIn": lambda key=key, values=values: key not in labels or labels[key] not in values,
                "Exists": lambda key=key: key in labels,
                "DoesNotExist": lambda key=key: key not in labels,
            }[expression["operator"]]()
        )
    return all(checks)


@given(SELECTORS, LABELS)
def test_matching_agrees_with_the_documented_meaning(raw, labels):
    selector = parse(raw)
    assert selector.problem is None
    assert selector.matches(PodLabels(labels)) is oracle(raw, labels)
    assert bool(selector.unmatched(PodLabels(labels))) is not oracle(raw, labels)


@given(SELECTORS, LABELS, st.frozensets(KEYS), st.data())
def test_an_answer_given_despite_varying_labels_holds_for_every_value(raw, labels, varying, data):
    pods = PodLabels(labels, varying)
    answer = parse(raw).matches(pods)
    concrete = {**labels, **{key: data.draw(VALUES) for key in sorted(pods.varying)}}
    assert answer is None or answer is oracle(raw, concrete)


@given(SELECTORS, LABELS, LABELS)
def test_an_answer_given_despite_unlisted_labels_holds_with_any_of_them(raw, labels, further):
    answer = parse(raw).matches(PodLabels(labels, complete=False))
    assert answer is None or answer is oracle(raw, {**further, **labels})


@given(SELECTORS, LABELS)
def test_undecided_parts_are_what_makes_an_answer_unknown(raw, labels):
    selector, pods = parse(raw), PodLabels(labels, frozenset({"a"}), complete=False)
    if selector.matches(pods) is None:
        assert selector.undecided(pods)
        assert not selector.unmatched(pods)


@given(ANYTHING)
def test_no_shape_of_input_raises(raw):
    labels = PodLabels.parse(raw, {"a"})
    for selector in (Selector.parse(raw), Selector.from_map(raw)):
        if selector is not None:
            hash(selector)
            answer = selector.matches(labels)
            assert selector.problem is None or answer is False
            assert isinstance(str(selector) + "".join(map(str, selector.unmatched(labels))), str)


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        ("app=kafka", "mapping"),
        ([], "mapping"),
        ({"matchLabels": ["app"]}, "mapping"),
        ({"matchLabels": {"app": 1}}, "not a string"),
        ({"matchLabels": {"app": True}}, "true is not a string"),
        ({"matchLabels": {1: "app"}}, "cannot be a label key"),
        ({"matchLabels": {"app": "-kafka"}}, "not a valid label value"),
        ({"matchLabels": {"app": "k" * 64}}, "not a valid label value"),
        ({"matchLabels": {"": "kafka"}}, "not a valid label key"),
        ({"matchLabels": {"/app": "kafka"}}, "not a valid label key"),
        ({"matchLabels": {"a" * 254 + "/app": "kafka"}}, "not a valid label key"),
        ({"matchLabels": {"app": 10**5000}}, "a huge number"),
        ({"app": "kafka"}, "unknown field 'app'"),
        ({"matchExpressions": {"key": "app"}}, "list"),
        ({"matchExpressions": ["app"]}, "mapping"),
        ({"matchExpressions": [{"operator": "Exists"}]}, "null is not a string"),
        ({"matchExpressions": [{"key": "app", "operator": "in", "values": ["a"]}]}, "'in' is not an operator"),
        ({"matchExpressions": [{"key": "app", "operator": "Gt", "values": ["1"]}]}, "not an operator"),
        ({"matchExpressions": [{"key": "app", "operator": ["In"]}]}, "not an operator"),
        ({"matchExpressions": [{"key": "app", "operator": "In"}]}, "needs values"),
        ({"matchExpressions": [{"key": "app", "operator": "NotIn", "values": []}]}, "needs values"),
        ({"matchExpressions": [{"key": "app", "operator": "In", "values": "kafka"}]}, "must be a list"),
        ({"matchExpressions": [{"key": "app", "operator": "In", "values": [1]}]}, "not a string"),
        ({"matchExpressions": [{"key": "app", "operator": "Exists", "values": ["a"]}]}, "must have no values"),
    ],
)
def test_what_the_api_server_refuses_matches_nothing(raw, word):
    selector = parse(raw)
    assert word in (selector.problem or "")
    assert selector.matches(PodLabels({"app": "kafka"})) is False
    assert not selector.is_empty


def test_absent_and_empty_selectors_differ():
    assert Selector.parse(None) is None
    for raw in ({}, {"matchLabels": None}, {"matchLabels": {}, "matchExpressions": []}):
        assert parse(raw).is_empty
        assert parse(raw).matches(PodLabels({"app": "kafka"})) is True
        assert str(parse(raw)) == "everything"


def test_a_null_label_value_is_the_empty_string():
    assert parse({"matchLabels": {"app": None}}).match_labels == (("app", ""),)


def test_the_map_of_a_service_selects_nothing_when_empty():
    assert Selector.from_map(None) is None
    assert Selector.from_map({}) is None
    assert Selector.from_map({"app": "kafka"}) == Selector((("app", "kafka"),))
    broken = Selector.from_map(["app"])
    assert broken is not None
    assert broken.problem


def test_a_mismatch_says_what_is_asked_for_and_what_is_there():
    selector = parse(
        {
            "matchLabels": {"app": "kafka", "tier": "data"},
            "matchExpressions": [
                {"key": "pool", "operator": "In", "values": ["a", "b"]},
                {"key": "canary", "operator": "DoesNotExist"},
                {"key": "rev", "operator": "DoesNotExist"},
                {"key": "zone", "operator": "Exists"},
            ],
        }
    )
    labels = PodLabels({"app": "broker", "pool": "c", "canary": "yes"}, frozenset({"rev"}))
    assert [str(mismatch) for mismatch in selector.unmatched(labels)] == [
        "asks for app=kafka, the pods carry app=broker",
        "asks for tier=data, the pods carry no label tier",
        "asks for pool in (a, b), the pods carry pool=c",
        "asks for no label canary, the pods carry canary=yes",
        "asks for no label rev, the pods carry rev=(set at run time)",
        "asks for a label zone, the pods carry no label zone",
    ]
    assert selector.unmatched(labels)[0] == Mismatch(Requirement("app", "In", ("kafka",)), "broker")


def test_pod_labels_are_values():
    first = PodLabels.parse({"app": "kafka", "n": 1, 2: "x"}, {"app", "rev"})
    second = PodLabels({"app": "kafka"}, frozenset({"rev"}))
    assert first == second
    assert hash(first) == hash(second)
    assert first != PodLabels({"app": "kafka"}, frozenset({"rev"}), complete=False)
    assert pickle.loads(pickle.dumps(first)) == first
    assert [first.has(key) for key in ("app", "rev", "other")] == [True, True, False]
    assert PodLabels(complete=False).has("app") is None


def test_labels_do_not_follow_the_mapping_they_were_made_from():
    raw = {"app": "kafka"}
    labels = PodLabels(raw)
    raw["app"] = "other"
    assert labels.known["app"] == "kafka"
