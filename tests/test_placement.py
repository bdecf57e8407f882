from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kafkalint.kafka.labels import PodLabels
from kafkalint.kafka.placement import Apartness, Pods, Why, keeps_apart, spreads_over
from kafkalint.kafka.room import needs_domains, unsatisfiable
from kafkalint.kafka.scheduling import (
    NodeRequirement,
    parse_anti_affinity,
    parse_node_requirements,
    parse_spread_constraints,
    required_values,
)
from kafkalint.kafka.topology import HOSTNAME, LEGACY_ZONE, REGION, ZONE, compare_topology_keys, nearest_topology_key

REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
KAFKA = {"matchLabels": {"app": "kafka"}}


def term(selector: object = None, key: str = HOSTNAME, **more: object) -> dict:
    return {"labelSelector": KAFKA if selector is None else selector, "topologyKey": key, **more}


def apart(*terms: object, kind: str = "podAntiAffinity") -> dict:
    return {"affinity": {kind: {REQUIRED: list(terms)}}}


def rather_apart(*terms: object) -> dict:
    return {"affinity": {"podAntiAffinity": {PREFERRED: [{"weight": 100, "podAffinityTerm": t} for t in terms]}}}


def constraint(key: str = HOSTNAME, selector: object = None, **more: object) -> dict:
    chosen = KAFKA if selector is None else selector
    return {
        "maxSkew": 1,
        "topologyKey": key,
        "whenUnsatisfiable": "DoNotSchedule",
        "labelSelector": chosen,
        **more,
    }


def spread(*constraints: object) -> dict:
    return {"topologySpreadConstraints": list(constraints)}


def pods(
    spec: object = None,
    labels: dict[str, str] | None = None,
    *,
    namespace: str | None = "kafka",
    replicas: int | None = 3,
    varying: tuple[str, ...] = (),
    complete: bool = True,
    name: str = "",
) -> Pods:
    known = {"app": "kafka"} if labels is None else labels
    return Pods.parse(
        spec, PodLabels(known, frozenset(varying), complete), namespace=namespace, replicas=replicas, name=name
    )


def among(subject: Pods, key: str = HOSTNAME) -> Apartness:
    return keeps_apart(subject, subject, key).strength


# A scheduler in small, written from the Kubernetes documentation, that judges the verdicts.

NODES = tuple(
    {REGION: region, ZONE: f"{region}{zone}", HOSTNAME: f"{region}{zone}{node}"}
    for region in "abcd"
    for zone in "xy"
    for node in "12"
)


@dataclass(frozen=True)
class Workload:
    spec: dict
    labels: dict
    namespace: str

    def as_pods(self, name: str) -> Pods:
        return pods(self.spec, self.labels, namespace=self.namespace, replicas=2, name=name)


def selects(selector: dict | None, labels: dict) -> bool:
    return selector is not None and all(labels.get(key) == value for key, value in selector["matchLabels"].items())


def term_hits(rule: dict, owner: Workload, other: Workload) -> bool:
    namespaces = rule.get("namespaces") or [owner.namespace]
    same = all(other.labels.get(k) == owner.labels[k] for k in rule.get("matchLabelKeys", ()) if k in owner.labels)
    differ = all(other.labels.get(k) != owner.labels[k] for k in rule.get("mismatchLabelKeys", ()) if k in owner.labels)
    return other.namespace in namespaces and selects(rule["labelSelector"], other.labels) and same and differ


def within_one_broader_domain(key: str) -> tuple[dict, ...]:
    # A spread over few zones keeps few pods off one node by accident; in one zone it does not.
    broader = {HOSTNAME: (ZONE, REGION), ZONE: (REGION,), REGION: ()}[key]
    return tuple(node for node in NODES if all(node[k] == NODES[0][k] for k in broader))


def feasible(
    workload: Workload, node: dict, placed: list[tuple[Workload, dict]], nodes: tuple[dict, ...] = NODES
) -> bool:
    for owner, other, where in [(workload, other, where) for other, where in placed] + [
        (other, workload, where) for other, where in placed
    ]:
        for rule in owner.spec["affinity"]["podAntiAffinity"][REQUIRED]:
            if term_hits(rule, owner, other) and where[rule["topologyKey"]] == node[rule["topologyKey"]]:
                return False
    for rule in workload.spec["topologySpreadConstraints"]:
        if rule["whenUnsatisfiable"] == "ScheduleAnyway":
            continue
        key = rule["topologyKey"]
        counts = dict.fromkeys((n[key] for n in nodes), 0)
        for other, where in placed:
            counts[where[key]] += term_hits(rule, workload, other)
        own = selects(rule["labelSelector"], workload.labels)
        if counts[node[key]] + own - min(counts.values()) > rule["maxSkew"]:
            return False
    return True


TOPOLOGY_KEYS = st.sampled_from([HOSTNAME, ZONE, REGION])
SELECTORS = st.dictionaries(st.sampled_from(["app", "pool"]), st.sampled_from("ab"), max_size=2)
LABEL_KEYS = st.lists(st.sampled_from(["pool", "tenant"]), unique=True, max_size=1)


def unrepeated(rule: dict) -> bool:
    return not set(rule["labelSelector"]["matchLabels"]) & set(rule.get("matchLabelKeys", ())) and not set(
        rule.get("matchLabelKeys", ())
    ) & set(rule.get("mismatchLabelKeys", ()))


TERMS = st.fixed_dictionaries(
    {"labelSelector": SELECTORS.map(lambda labels: {"matchLabels": labels}), "topologyKey": TOPOLOGY_KEYS},
    optional={
        "namespaces": st.lists(st.sampled_from(["one", "two"]), max_size=2),
        "matchLabelKeys": LABEL_KEYS,
        "mismatchLabelKeys": LABEL_KEYS,
    },
).filter(unrepeated)
CONSTRAINTS = st.fixed_dictionaries(
    {
        "labelSelector": SELECTORS.map(lambda labels: {"matchLabels": labels}),
        "topologyKey": TOPOLOGY_KEYS,
        "maxSkew": st.sampled_from([1, 1, 1, 2]),
        "whenUnsatisfiable": st.sampled_from(["DoNotSchedule", "DoNotSchedule", "ScheduleAnyway"]),
    },
    optional={"matchLabelKeys": LABEL_KEYS},
).filter(unrepeated)
SPECS = st.builds(
    lambda terms, constraints: {**apart(*terms), **spread(*constraints)},
    st.lists(TERMS, max_size=2),
    st.lists(CONSTRAINTS, max_size=2, unique_by=lambda rule: (rule["topologyKey"], rule["whenUnsatisfiable"])),
)
WORKLOADS = st.builds(
    Workload,
    SPECS,
    st.dictionaries(st.sampled_from(["app", "pool", "tenant"]), st.sampled_from("ab"), max_size=3),
    st.sampled_from(["one", "one", "two"]),
)


@settings(max_examples=300, deadline=None)
@given(WORKLOADS, WORKLOADS, TOPOLOGY_KEYS, st.booleans(), st.permutations([0, 0, 1, 1]), st.data())
def test_verdicts_agree_with_a_scheduler(one, other, key, alone, order, data):
    workloads = (one, one) if alone else (one, other)
    names = ("one", "one") if alone else ("one", "other")
    verdict = keeps_apart(workloads[0].as_pods(names[0]), workloads[1].as_pods(names[1]), key)
    assert verdict.strength is not Apartness.UNKNOWN
    if verdict.strength is Apartness.HARD:
        placed: list[tuple[Workload, dict]] = []
        sides: list[tuple[int, str]] = []
        for side in order:
            room = [node for node in NODES if feasible(workloads[side], node, placed)]
            if room:
                node = data.draw(st.sampled_from(room))
                if alone:
                    assert node[key] not in [where for _, where in sides]
                else:
                    assert node[key] not in [where for placed_side, where in sides if placed_side != side]
                placed.append((workloads[side], node))
                sides.append((side, node[key]))
    else:
        assert any(
            feasible(first, node, [], nodes) and feasible(second, beside, [(first, node)], nodes)
            for nodes in [within_one_broader_domain(key)]
            for node in nodes
            for beside in nodes
            if node[key] == beside[key]
            for first, second in (workloads, workloads[::-1])
        )


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
FIELDS = st.sampled_from(
    [
        *("affinity", "podAntiAffinity", "podAffinity", "nodeAffinity", REQUIRED, PREFERRED, "podAffinityTerm"),
        *("labelSelector", "matchLabels", "matchExpressions", "topologyKey", "topologySpreadConstraints", "maxSkew"),
        *("whenUnsatisfiable", "minDomains", "nodeSelector", "nodeSelectorTerms", "key", "operator", "values"),
        *("namespaces", "namespaceSelector", "matchLabelKeys", "mismatchLabelKeys", "weight", "matchFields"),
    ]
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(FIELDS, inner, max_size=5)
        | st.dictionaries(SCALARS, inner, max_size=2)
    ),
    max_leaves=16,
)
SHAPED = st.builds(
    lambda a, b, c, d: {
        "affinity": {
            "podAntiAffinity": {REQUIRED: a, PREFERRED: b},
            "nodeAffinity": {REQUIRED: {"nodeSelectorTerms": c}},
        },
        "topologySpreadConstraints": d,
    },
    *(ANYTHING | st.lists(st.dictionaries(FIELDS, ANYTHING, max_size=6), max_size=3) for _ in range(4)),
)


@settings(deadline=None)
@given(ANYTHING | SHAPED)
def test_no_shape_of_input_raises(raw):
    subject, plain = pods(raw), pods()
    hash(subject)
    for key in (HOSTNAME, ZONE, "rack"):
        for verdict in (
            keeps_apart(subject, subject, key),
            keeps_apart(plain, subject, key),
            spreads_over(subject, key),
        ):
            assert verdict.deciding or verdict.strength is Apartness.ABSENT
            assert isinstance(verdict.because, str)
        assert needs_domains([subject, plain], key) >= 1
        unsatisfiable([subject, plain], key, 2)


@given(WORKLOADS, WORKLOADS, TOPOLOGY_KEYS)
def test_the_order_of_two_workloads_does_not_matter(one, other, key):
    first, second = one.as_pods("one"), other.as_pods("other")
    assert keeps_apart(first, second, key).strength is keeps_apart(second, first, key).strength


def test_terms_are_read_with_their_routes():
    spec = {"affinity": {"podAntiAffinity": {REQUIRED: [term()], PREFERRED: rather_apart(term(key=ZONE))["affinity"][
        "podAntiAffinity"][PREFERRED]}}}  # fmt: skip
    hard, soft = parse_anti_affinity(spec)
    assert hard.route == ("affinity", "podAntiAffinity", REQUIRED, 0)
    assert soft.route == ("affinity", "podAntiAffinity", PREFERRED, 0, "podAffinityTerm")
    assert (hard.is_hard, hard.weight, soft.is_hard, soft.weight) == (True, None, False, 100)


def test_constraints_are_read_with_kubernetes_defaults():
    (read,) = parse_spread_constraints(spread(constraint(ZONE, minDomains=3, matchLabelKeys=["pod-template-hash"])))
    assert read.route == ("topologySpreadConstraints", 0)
    assert (read.min_domains, read.match_label_keys, read.problem) == (3, ("pod-template-hash",), None)
    assert (read.node_affinity_policy, read.node_taints_policy) == ("Honor", "Ignore")
    assert (read.when_unsatisfiable, read.max_skew) == ("DoNotSchedule", 1)


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        (None, "mapping"),
        (term(key=""), "topologyKey is missing"),
        ({"labelSelector": KAFKA, "topologyKey": ["a"]}, "topologyKey is missing"),
        ({"podAffinityTerm": term()}, "topologyKey is missing"),
        (term({"app": "kafka"}), "labelSelector: unknown field"),
        (term(namespaceSelector={"team": "a"}), "namespaceSelector: unknown field"),
        (term(namespaces="kafka"), "namespaces must be a list"),
        (term(namespaces=[1]), "namespaces must be a list"),
        (term(matchLabelKeys=["app"]), "both matchLabelKeys and labelSelector"),
        (term(matchLabelKeys=["a"], mismatchLabelKeys=["a"]), "both matchLabelKeys and mismatchLabelKeys"),
        ({"topologyKey": HOSTNAME, "matchLabelKeys": ["a"]}, "need a labelSelector"),
    ],
)
def test_terms_that_the_api_server_refuses_bind_nothing(wrong, word):
    (read,) = parse_anti_affinity(apart(wrong))
    assert word in (read.problem or "")
    verdict = keeps_apart(pods(apart(wrong)), pods(apart(wrong)), HOSTNAME)
    assert verdict.strength is Apartness.INEFFECTIVE
    assert {reason.why for reason in verdict.reasons} == {Why.REFUSED}


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ("no mapping", "mapping"),
        (constraint(maxSkew=0), "maxSkew"),
        (constraint(maxSkew="1"), "maxSkew"),
        (constraint(whenUnsatisfiable=None), "whenUnsatisfiable"),
        (constraint(whenUnsatisfiable="Never"), "whenUnsatisfiable"),
        (constraint(minDomains=0), "minDomains"),
        (constraint(minDomains=2, whenUnsatisfiable="ScheduleAnyway"), "minDomains"),
        (constraint(nodeTaintsPolicy="honor"), "nodeTaintsPolicy"),
        (constraint(matchLabelKeys=["app"]), "both matchLabelKeys"),
    ],
)
def test_constraints_that_the_api_server_refuses_bind_nothing(wrong, word):
    (read,) = parse_spread_constraints(spread(wrong))
    assert word in (read.problem or "")
    assert among(pods(spread(wrong))) is Apartness.INEFFECTIVE


def test_what_should_be_a_list_is_refused():
    lone = {"affinity": {"podAntiAffinity": {REQUIRED: term()}}}
    (read,) = parse_anti_affinity(lone)
    assert read.route == ("affinity", "podAntiAffinity", REQUIRED)
    assert among(pods(lone)) is Apartness.INEFFECTIVE
    (weightless,) = parse_anti_affinity({"affinity": {"podAntiAffinity": {PREFERRED: [{"podAffinityTerm": term()}]}}})
    assert "weight" in (weightless.problem or "")


def test_a_constraint_must_not_repeat():
    first, second = parse_spread_constraints(spread(constraint(), constraint(maxSkew=2)))
    assert first.problem is None
    assert "repeat" in (second.problem or "")


@pytest.mark.parametrize(
    ("spec", "key", "strength"),
    [
        ({}, HOSTNAME, Apartness.ABSENT),
        (apart(term()), HOSTNAME, Apartness.HARD),
        (apart(term({})), HOSTNAME, Apartness.HARD),
        (apart(term(key=ZONE)), HOSTNAME, Apartness.HARD),
        (apart(term(key=REGION)), ZONE, Apartness.HARD),
        (apart(term()), ZONE, Apartness.ABSENT),
        (rather_apart(term()), HOSTNAME, Apartness.SOFT),
        (rather_apart(term(key=ZONE)), HOSTNAME, Apartness.SOFT),
        (spread(constraint()), HOSTNAME, Apartness.HARD),
        (spread(constraint(ZONE)), ZONE, Apartness.HARD),
        (spread(constraint(ZONE)), HOSTNAME, Apartness.ABSENT),
        (spread(constraint(whenUnsatisfiable="ScheduleAnyway")), HOSTNAME, Apartness.SOFT),
        (spread(constraint(maxSkew=2)), HOSTNAME, Apartness.SOFT),
        (spread(constraint(maxSkew=3)), HOSTNAME, Apartness.INEFFECTIVE),
        (apart(term(key="rack")), HOSTNAME, Apartness.UNKNOWN),
        (apart(term(key="rack")), "rack", Apartness.HARD),
        (apart(term(key="rack")), ZONE, Apartness.UNKNOWN),
        (apart(term(key=ZONE)), "rack", Apartness.UNKNOWN),
        (apart(term()), "rack", Apartness.ABSENT),
        (apart(term(key=LEGACY_ZONE)), ZONE, Apartness.UNKNOWN),
        (apart(term(key=ZONE)), LEGACY_ZONE, Apartness.HARD),
        (apart(term(key=LEGACY_ZONE)), LEGACY_ZONE, Apartness.HARD),
        (apart(term(key="kubernetes.io/hostnam")), HOSTNAME, Apartness.INEFFECTIVE),
        (apart(term(key="kubernetes.io/hostnam")), ZONE, Apartness.ABSENT),
        ({**rather_apart(term()), **spread(constraint())}, HOSTNAME, Apartness.HARD),
        ({**rather_apart(term()), **spread(constraint("rack"))}, HOSTNAME, Apartness.UNKNOWN),
        ({**rather_apart(term()), **apart()}, HOSTNAME, Apartness.ABSENT),
        ({"affinity": {"podAntiAffinity": {REQUIRED: [term({"matchLabels": {"app": "x"}})],
          PREFERRED: [{"weight": 1, "podAffinityTerm": term()}]}}}, HOSTNAME, Apartness.SOFT),
        (rather_apart(term(), term(key="rack")), HOSTNAME, Apartness.SOFT),
        (rather_apart(term(key="rack")), HOSTNAME, Apartness.UNKNOWN),
    ],
)  # fmt: skip
def test_replicas_of_one_workload(spec, key, strength):
    assert among(pods(spec), key) is strength


def test_a_selector_for_other_labels_is_named():
    subject = pods(apart(term()), {"app": "broker"})
    verdict = keeps_apart(subject, subject, HOSTNAME)
    (reason,) = verdict.reasons
    assert (verdict.strength, reason.why) == (Apartness.INEFFECTIVE, Why.SELECTOR)
    assert verdict.because == "the selector asks for app=kafka, the pods carry app=broker"
    assert reason.mismatches[0].found == "broker"
    assert reason.rule is subject.anti_affinity[0]
    assert reason.owner is subject


def test_a_rule_about_other_pods_is_not_ineffective():
    subject = pods(apart(term({"matchLabels": {"app": "zookeeper"}})))
    other = pods(labels={"app": "zookeeper"})
    assert keeps_apart(subject, subject, HOSTNAME).strength is Apartness.INEFFECTIVE
    assert keeps_apart(subject, subject, HOSTNAME, others=[other]).strength is Apartness.ABSENT
    elsewhere = pods(labels={"app": "zookeeper"}, namespace="other")
    assert keeps_apart(subject, subject, HOSTNAME, others=[elsewhere]).strength is Apartness.INEFFECTIVE


def test_a_missing_selector_selects_no_pod():
    for spec in (apart({"topologyKey": HOSTNAME}), spread(constraint() | {"labelSelector": None})):
        assert among(pods(spec)) is Apartness.INEFFECTIVE


def test_one_side_is_enough_for_anti_affinity_and_not_for_spread():
    plain = pods(name="plain")
    assert keeps_apart(pods(apart(term())), plain, HOSTNAME).strength is Apartness.HARD
    assert keeps_apart(plain, pods(apart(term())), HOSTNAME).strength is Apartness.HARD
    one_sided = keeps_apart(pods(spread(constraint())), plain, HOSTNAME)
    assert one_sided.strength is Apartness.INEFFECTIVE
    assert one_sided.reasons[0].why is Why.ONE_SIDED
    both = keeps_apart(pods(spread(constraint()), name="a"), pods(spread(constraint()), name="b"), HOSTNAME)
    assert both.strength is Apartness.HARD
    perhaps = keeps_apart(pods(spread(constraint()), name="a"), pods(spread(constraint("rack")), name="b"), HOSTNAME)
    assert perhaps.strength is Apartness.UNKNOWN


def test_spreads_that_do_not_count_their_own_pods_keep_none_apart():
    first, second = (
        pods(spread(constraint(selector={"matchLabels": {"pool": theirs}})), {"app": "kafka", "pool": own}, name=own)
        for own, theirs in ("ab", "ba")
    )
    verdict = keeps_apart(first, second, HOSTNAME)
    assert verdict.strength is Apartness.INEFFECTIVE
    assert "are not counted" in verdict.because


def test_pools_with_rules_for_themselves_only_may_share_a_node():
    a, b = (
        pods(apart(term({"matchLabels": {"pool": pool}})), {"app": "kafka", "pool": pool}, name=pool) for pool in "ab"
    )
    assert among(a) is Apartness.HARD
    verdict = keeps_apart(a, b, HOSTNAME)
    assert verdict.strength is Apartness.INEFFECTIVE
    assert len(verdict.deciding) == 2


@pytest.mark.parametrize(
    ("more", "target", "strength"),
    [
        ({}, "kafka", Apartness.HARD),
        ({}, None, Apartness.HARD),
        ({}, "other", Apartness.INEFFECTIVE),
        ({"namespaces": ["other"]}, "kafka", Apartness.INEFFECTIVE),
        ({"namespaces": ["other"]}, "other", Apartness.HARD),
        ({"namespaces": ["other"]}, None, Apartness.HARD),
        ({"namespaces": []}, "kafka", Apartness.HARD),
        ({"namespaceSelector": {}}, "other", Apartness.HARD),
        ({"namespaceSelector": {"matchLabels": {"team": "a"}}}, "other", Apartness.UNKNOWN),
        ({"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "other"}}}, "other", Apartness.HARD),
        ({"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "x"}}}, "other", Apartness.INEFFECTIVE),
        ({"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "x"}}, "namespaces": ["other"]}, "other",
         Apartness.HARD),
    ],
)  # fmt: skip
def test_namespaces(more, target, strength):
    owner = pods(apart(term(**more)), name="owner")
    verdict = keeps_apart(owner, pods(namespace=target, name="target"), HOSTNAME)
    assert verdict.strength is strength
    assert all(reason.why in (Why.NAMESPACE, Why.BINDS) for reason in verdict.reasons)


def test_a_spread_counts_its_own_namespace_only():
    a, b = (pods(spread(constraint()), namespace=name, name=name) for name in "ab")
    assert keeps_apart(a, b, HOSTNAME).strength is Apartness.INEFFECTIVE


@pytest.mark.parametrize(
    ("more", "strength"),
    [
        ({"matchLabelKeys": ["pool"]}, Apartness.HARD),
        ({"matchLabelKeys": ["absent"]}, Apartness.HARD),
        ({"matchLabelKeys": ["statefulset.kubernetes.io/pod-name"]}, Apartness.INEFFECTIVE),
        ({"matchLabelKeys": ["controller-revision-hash"]}, Apartness.SOFT),
        ({"matchLabelKeys": ["other-hash"]}, Apartness.UNKNOWN),
        ({"mismatchLabelKeys": ["pool"]}, Apartness.INEFFECTIVE),
        ({"mismatchLabelKeys": ["absent"]}, Apartness.HARD),
        ({"mismatchLabelKeys": ["statefulset.kubernetes.io/pod-name"]}, Apartness.HARD),
        ({"mismatchLabelKeys": ["controller-revision-hash"]}, Apartness.INEFFECTIVE),
        ({"mismatchLabelKeys": ["other-hash"]}, Apartness.UNKNOWN),
    ],
)
def test_label_keys_among_replicas(more, strength):
    varying = ("statefulset.kubernetes.io/pod-name", "controller-revision-hash", "other-hash")
    subject = pods(apart(term(**more)), {"app": "kafka", "pool": "a"}, varying=varying)
    verdict = keeps_apart(subject, subject, HOSTNAME)
    assert verdict.strength is strength
    assert all(reason.why in (Why.LABEL_KEYS, Why.BINDS) for reason in verdict.reasons)
    if "matchLabelKeys" in more:
        assert among(pods(spread(constraint(**more)), {"app": "kafka", "pool": "a"}, varying=varying)) is strength


@pytest.mark.parametrize(
    ("more", "strength"),
    [
        ({"matchLabelKeys": ["pool"]}, Apartness.INEFFECTIVE),
        ({"mismatchLabelKeys": ["pool"]}, Apartness.HARD),
        ({"matchLabelKeys": ["controller-revision-hash"]}, Apartness.INEFFECTIVE),
        ({"mismatchLabelKeys": ["controller-revision-hash"]}, Apartness.HARD),
        ({"matchLabelKeys": ["pod-template-hash"]}, Apartness.UNKNOWN),
        ({"matchLabelKeys": ["apps.kubernetes.io/pod-index"]}, Apartness.UNKNOWN),
        ({"matchLabelKeys": ["statefulset.kubernetes.io/pod-name"]}, Apartness.INEFFECTIVE),
    ],
)
def test_label_keys_between_workloads(more, strength):
    varying = (
        *("controller-revision-hash", "pod-template-hash"),
        *("apps.kubernetes.io/pod-index", "statefulset.kubernetes.io/pod-name"),
    )
    a, b = (pods(apart(term(**more)), {"app": "kafka", "pool": n}, varying=varying, name=n) for n in "ab")
    assert keeps_apart(a, b, HOSTNAME).strength is strength


def test_what_only_run_time_decides_is_unknown():
    by_name = {"matchLabels": {"statefulset.kubernetes.io/pod-name": "kafka-0"}}
    subject = pods(apart(term(by_name)), varying=("statefulset.kubernetes.io/pod-name",))
    assert among(subject) is Apartness.UNKNOWN
    assert among(pods(apart(term(by_name)), complete=False)) is Apartness.UNKNOWN
    assert among(pods(apart(term(matchLabelKeys=["x"])), complete=False)) is Apartness.UNKNOWN
    assert among(pods(apart(term(mismatchLabelKeys=["x"])), complete=False)) is Apartness.UNKNOWN


def test_pods_that_require_different_zones_are_apart():
    a, b = (pods({"nodeSelector": {ZONE: zone}}, name=zone) for zone in "ab")
    for key in (HOSTNAME, ZONE):
        verdict = keeps_apart(a, b, key)
        assert (verdict.strength, verdict.reasons[0].why) == (Apartness.HARD, Why.PINNED)
    assert keeps_apart(a, b, REGION).strength is Apartness.ABSENT
    legacy = pods({"nodeSelector": {LEGACY_ZONE: "b"}}, name="legacy")
    assert keeps_apart(a, legacy, ZONE).strength is Apartness.HARD
    assert keeps_apart(b, legacy, ZONE).strength is Apartness.ABSENT
    disks = [pods({"nodeSelector": {"disk": kind}}, name=kind) for kind in ("ssd", "hdd")]
    assert keeps_apart(*disks, HOSTNAME).strength is Apartness.HARD
    assert keeps_apart(*disks, ZONE).strength is Apartness.ABSENT


@pytest.mark.parametrize(
    ("spec", "strength"),
    [
        ({}, Apartness.ABSENT),
        (spread(constraint(ZONE)), Apartness.HARD),
        (spread(constraint(REGION)), Apartness.HARD),
        (spread(constraint(ZONE, whenUnsatisfiable="ScheduleAnyway")), Apartness.SOFT),
        (spread(constraint(ZONE, maxSkew=2)), Apartness.SOFT),
        (spread(constraint(ZONE, maxSkew=5)), Apartness.INEFFECTIVE),
        (spread(constraint(HOSTNAME)), Apartness.ABSENT),
        (spread(constraint(ZONE, {"matchLabels": {"app": "x"}})), Apartness.INEFFECTIVE),
        (apart(term(key=ZONE)), Apartness.HARD),
        (rather_apart(term(key=ZONE)), Apartness.SOFT),
        (spread(constraint(LEGACY_ZONE)), Apartness.UNKNOWN),
        (spread(constraint("topology.kubernetes.io/zones")), Apartness.INEFFECTIVE),
        (spread(constraint("topology.gke.io/zone")), Apartness.UNKNOWN),
    ],
)
def test_spreading_over_zones(spec, strength):
    assert spreads_over(pods(spec), ZONE).strength is strength


def test_a_hard_spread_over_a_misspelt_key_says_what_it_does():
    verdict = spreads_over(pods(spread(constraint("topology.kubernetes.io/zon"))), ZONE)
    assert verdict.reasons[0].suggestion == ZONE
    assert "find no node" in verdict.because


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        *((key, None) for key in (HOSTNAME, ZONE, REGION, LEGACY_ZONE, "", "rack", "zone", "hostname")),
        *((key, None) for key in ("topology.kubernetes.io/rack", "topology.gke.io/zone", "kubernetes.io/os")),
        *((key, None) for key in ("topology.ebs.csi.aws.com/zone", "oci.oraclecloud.com/fault-domain", "x" * 10**6)),
        ("kubernetes.io/hostnam", HOSTNAME),
        ("kubernetes.io/hostanme", HOSTNAME),
        ("kubernetes.io/Hostname", HOSTNAME),
        ("kubernetes.oi/hostname", HOSTNAME),
        ("topology.kubernetes.io/hostname", HOSTNAME),
        ("kubernetes.io/zone", ZONE),
        ("topology.kubernetes.io/zones", ZONE),
        ("topolgy.kubernetes.io/zone", ZONE),
        ("topology.kubernetes.io/regoin", REGION),
        ("failure-domain.beta.kubernetes.io/zon", ZONE),
    ],
)
def test_misspelt_topology_keys(key, meant):
    assert nearest_topology_key(key) == meant


@given(st.text(max_size=12) | st.sampled_from([HOSTNAME, ZONE, REGION, LEGACY_ZONE]), st.text(max_size=12))
def test_a_topology_key_is_never_misspelt_as_itself(key, asked):
    assert nearest_topology_key(key) != key
    assert compare_topology_keys(key, asked).relation


def node_affinity(*terms: object) -> dict:
    return {"affinity": {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": list(terms)}}}}


def zone_in(*zones: str, key: str = ZONE, operator: str = "In") -> dict:
    return {"key": key, "operator": operator, "values": list(zones)}


@pytest.mark.parametrize(
    ("spec", "zones"),
    [
        ({}, None),
        ({"nodeSelector": {ZONE: "a"}}, {"a"}),
        ({"nodeSelector": {LEGACY_ZONE: "a"}}, {"a"}),
        (node_affinity({"matchExpressions": [zone_in("a", "b")]}), {"a", "b"}),
        (node_affinity({"matchExpressions": [zone_in("a")]}, {"matchExpressions": [zone_in("b")]}), {"a", "b"}),
        (node_affinity({"matchExpressions": [zone_in("a")]}, {"matchExpressions": [zone_in("x", key="k")]}), None),
        (node_affinity({"matchExpressions": [zone_in("a")]}, {"matchFields": [zone_in("x", key="n")]}), None),
        (node_affinity({"matchExpressions": [zone_in("a")]}, {}, None), {"a"}),
        (node_affinity({"matchExpressions": [zone_in("a", "b"), zone_in("b", "c")]}), {"b"}),
        (node_affinity({"matchExpressions": [zone_in("a", "b"), zone_in("b", key=LEGACY_ZONE)]}), {"b"}),
        (node_affinity({"matchExpressions": [zone_in("a", operator="NotIn")]}), None),
        ({**node_affinity({"matchExpressions": [zone_in("a", "b")]}), "nodeSelector": {ZONE: "a"}}, {"a"}),
    ],
)
def test_required_zones(spec, zones):
    assert required_values(parse_node_requirements(spec), ZONE) == zones


def test_node_requirements_are_sorted():
    spec = {"nodeSelector": {"z": "1", "a": "2", "bad": 3}}
    assert parse_node_requirements(spec) == (
        NodeRequirement("a", frozenset({"2"})),
        NodeRequirement("z", frozenset({"1"})),
    )


def test_more_replicas_than_zones_cannot_be_placed():
    spec = {**apart(term(key=ZONE)), "nodeSelector": {}}
    subject = pods(spec, replicas=5)
    (reason,) = unsatisfiable([subject], ZONE, 3)
    assert reason.why is Why.TOO_MANY_PODS
    assert reason.text == f"a required anti-affinity over {ZONE} keeps 5 pods apart, and there are 3 domains of {ZONE}"
    assert unsatisfiable([subject], ZONE, 5) == ()
    assert unsatisfiable([subject], ZONE) == ()
    assert unsatisfiable([pods(spec, replicas=None)], ZONE, 1) == ()
    zoned = pods(apart(term(key=ZONE)) | {"nodeSelector": {ZONE: "a"}}, replicas=2)
    assert "there is 1 domain of" in unsatisfiable([zoned], ZONE)[0].text
    assert unsatisfiable([zoned], ZONE, 3)
    assert unsatisfiable([pods(rather_apart(term(key=ZONE)), replicas=5)], ZONE, 1) == ()


def test_pools_that_share_a_rule_need_room_together():
    shared = [pods(apart(term()), replicas=3, name=name) for name in "abc"]
    assert needs_domains(shared, HOSTNAME) == 9
    assert needs_domains(shared, ZONE) == 1
    assert unsatisfiable(shared, HOSTNAME, 8)
    assert unsatisfiable(shared, HOSTNAME, 9) == ()
    own = [
        pods(apart(term({"matchLabels": {"pool": n}})), {"app": "kafka", "pool": n}, replicas=3, name=n) for n in "abc"
    ]
    assert needs_domains(own, HOSTNAME) == 3
    assert needs_domains([], HOSTNAME) == 0
    assert needs_domains([shared[0], shared[0]], HOSTNAME) == 3


def test_min_domains_limits_what_fits():
    scarce = pods(spread(constraint(ZONE, minDomains=3)), replicas=3)
    (reason,) = unsatisfiable([scarce], ZONE, 2)
    assert reason.text.startswith(
        "minDomains 3 with maxSkew 1 lets only 2 of 3 pods in, as there are 2 domains of topology"
    )
    assert unsatisfiable([scarce], ZONE, 3) == ()
    assert unsatisfiable([pods(spread(constraint(ZONE)), replicas=9)], ZONE, 2) == ()
    assert unsatisfiable([pods(spread(constraint(ZONE, minDomains=3, maxSkew=2)), replicas=4)], ZONE, 2) == ()


@given(st.lists(WORKLOADS, max_size=4), TOPOLOGY_KEYS)
def test_a_group_never_needs_more_domains_than_it_has_pods(workloads, key):
    group = [workload.as_pods(str(index)) for index, workload in enumerate(workloads)]
    assert needs_domains(group, key) <= 2 * len(group)
