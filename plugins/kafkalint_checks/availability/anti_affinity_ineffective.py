"""KL308: a rule that is meant to keep nodes of Kafka apart and does not bind their pods."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from kafkalint.checking.check import ClusterCheck
from kafkalint.checking.finding import Applicability, Finding, Level
from kafkalint.kafka.colocation import decidable, owner_of, sharing_nodes, unspread
from kafkalint.kafka.placement import AffinityTerm, Apartness, Reason, Why
from kafkalint.kafka.topology import HOSTNAME, ZONE
from kafkalint_checks.availability._correcting import put_right
from kafkalint_checks.availability._words import SPREAD, crowd, labels_to_select

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.checking.fix import Fix
    from kafkalint.kafka.colocation import Colocation
    from kafkalint.kafka.model import KafkaCluster, KafkaModel
    from kafkalint.manifests.resources import Place, Route
    from kafkalint_checks.availability._apart import Order


class AntiAffinityIneffective(ClusterCheck):
    """A rule is there to keep brokers, controllers or ZooKeeper servers apart, but it does not bind their pods.

    ## What it does
    Evaluates every anti-affinity term and topology spread constraint against the labels that the pods will really
    carry, those of an operator included. Flags a rule whose selector asks for other labels, whose `topologyKey` is
    misspelt, that reaches another namespace, whose `matchLabelKeys` limit it to a pod by itself, or whose `maxSkew`
    admits all pods. A rule that is aimed at other pods of the input is left alone. The fix corrects a rule that speaks
    of Kafka, and writes another one beside a rule that may be meant for somebody else's pods.

    ## Why is this bad?
    The rule reads like protection and gives none. The API server accepts it without a word, and nobody looks again
    until one node takes several brokers with it.

    ## Example
    ```yaml
    apiVersion: apps/v1
    kind: StatefulSet
    metadata:
      name: kafka
    spec:
      serviceName: kafka
      replicas: 3
      selector:
        matchLabels: {app: kafka}
      template:
        metadata:
          labels: {app: kafka}
        spec:
          affinity:
            podAntiAffinity:
              requiredDuringSchedulingIgnoredDuringExecution:
                - topologyKey: kubernetes.io/hostname
                  labelSelector:
                    matchLabels: {app: kafka-broker}
          containers:
            - name: kafka
              image: apache/kafka:4.1.0
    ```

    ## Use instead
    ```yaml
    apiVersion: apps/v1
    kind: StatefulSet
    metadata:
      name: kafka
    spec:
      serviceName: kafka
      replicas: 3
      selector:
        matchLabels: {app: kafka}
      template:
        metadata:
          labels: {app: kafka}
        spec:
          affinity:
            podAntiAffinity:
              requiredDuringSchedulingIgnoredDuringExecution:
                - topologyKey: kubernetes.io/hostname
                  labelSelector:
                    matchLabels: {app: kafka}
          containers:
            - name: kafka
              image: apache/kafka:4.1.0
    ```

    ## References
    - https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#inter-pod-affinity-and-anti-affinity
    - https://kubernetes.io/docs/reference/labels-annotations-taints/#topologykubernetesiozone
    """

    code: ClassVar[str] = "KL308"
    name: ClassVar[str] = "anti-affinity-ineffective"
    level: ClassVar[Level] = Level.ERROR
    fix: ClassVar[Applicability] = Applicability.SAFE

    def check(self, cluster: KafkaCluster, model: KafkaModel) -> Iterator[Finding]:
        """One finding for each pool and purpose: rules about nodes first, then what is left about zones and racks."""
        reported: set[Place] = set()
        for topology_key, case in _cases(cluster, model):
            reasons = [reason for reason in case.deciding if case.place(reason) not in reported]
            reported |= {case.place(reason) for reason in reasons}
            if reasons:
                # Of several rules the one that would bind is the one to put right.
                worst = next((each for each in reasons if each.rule and each.rule.is_hard), reasons[0])
                yield self._finding(case, reasons, topology_key, put_right(case, worst, topology_key, cluster, model))

    def _finding(self, case: Colocation, reasons: list[Reason], topology_key: str, order: Order | None) -> Finding:
        first = reasons[0]
        place = _place(case, first)
        others = [(_place(case, other), other.text) for other in reasons[1:]]
        pods = crowd(case) if len(case.pools) > 1 else f"its {case.replicas} {case.nodes}"
        purpose = "off one node" if topology_key == HOSTNAME else f"in different domains of {topology_key}"
        return self.finding(
            place,
            f"The {_kind(first)} of {_owner(case, first)} does not keep {pods} {purpose}: {first.text}.",
            help=_help(case, first),
            related=[other for other in others if other[0] != place],
            fix=self._fix(order) if order else None,
        )

    def _fix(self, order: Order) -> Fix:
        return self.mend(order.text, *order.operations, applicability=None if order.safe else Applicability.UNSAFE)


def _cases(cluster: KafkaCluster, model: KafkaModel) -> Iterator[tuple[str, Colocation]]:
    found = [(HOSTNAME, case) for case in sharing_nodes(cluster, model)]
    keys = dict.fromkeys([ZONE, *([cluster.rack.topology_key] if cluster.rack and cluster.rack.topology_key else [])])
    for group in decidable(cluster):
        found += [(key, case) for key in keys for case in unspread(group, cluster, model, key)]
    return (pair for pair in found if pair[1].strength is Apartness.INEFFECTIVE)


def _kind(reason: Reason) -> str:
    if isinstance(reason.rule, AffinityTerm):
        return "required anti-affinity" if reason.rule.required else "preferred anti-affinity"
    return "topology spread constraint"


def _owner(case: Colocation, reason: Reason) -> str:
    owner = owner_of(reason, case.pools)
    return owner.title if owner else case.title


def _place(case: Colocation, reason: Reason) -> Place:
    """The very value that keeps the rule from binding."""
    if reason.why is Why.ONE_SIDED:
        owner = owner_of(reason, case.pools)
        without = next((pool for pool in case.pools if pool is not owner), case.pools[0])
        return without.template.place(SPREAD)
    return case.place(reason, *_route(reason))


def _route(reason: Reason) -> Route:
    rule = reason.rule
    if rule is None:
        return ()
    if reason.why is Why.NAMESPACE:
        scope = "namespaces" if isinstance(rule, AffinityTerm) and rule.namespaces else "namespaceSelector"
        return (scope,) if isinstance(rule, AffinityTerm) and rule.namespace_selector is not None else ("namespaces",)
    if reason.why is Why.LABEL_KEYS:
        keys = "matchLabelKeys" if reason.label_key in rule.match_label_keys else "mismatchLabelKeys"
        listed = rule.match_label_keys if keys == "matchLabelKeys" else getattr(rule, keys, ())
        return (keys, listed.index(reason.label_key)) if reason.label_key in listed else (keys,)
    names = {Why.MISSPELT_KEY: "topologyKey", Why.MAX_SKEW: "maxSkew"}
    if reason.why in names:
        return (names[reason.why],)
    return _selector_route(reason) if reason.why is Why.SELECTOR else ()


def _selector_route(reason: Reason) -> Route:
    """The first condition of the selector that does not hold."""
    selector = reason.rule.selector if reason.rule else None
    if selector is None or not reason.mismatches:
        return ("labelSelector",)
    wrong = reason.mismatches[0].requirement
    if (wrong.key, *wrong.values) in selector.match_labels:
        return ("labelSelector", "matchLabels", wrong.key)
    index = selector.requirements.index(wrong)
    return ("labelSelector", "matchExpressions", index, "values" if wrong.values else "operator")


def _help(case: Colocation, reason: Reason) -> str:
    fixes = {
        Why.MISSPELT_KEY: f"Write topologyKey: {reason.suggestion}.",
        Why.MAX_SKEW: "Set maxSkew to 1.",
        Why.NAMESPACE: "Remove `namespaces` and `namespaceSelector`: without them a rule looks in its own namespace.",
        Why.LABEL_KEYS: f"Remove {reason.label_key}.",
        Why.ONE_SIDED: "Give both the same constraint: it binds only pods that carry it.",
        Why.REFUSED: "Write the rule as the API server accepts it: until then it refuses the whole workload.",
    }
    return fixes.get(reason.why, f"Select labels that these pods carry: {labels_to_select(case)}.")
