"""KL307: nodes of Kafka that only a preference keeps off one Kubernetes node."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from kafkalint.checking.check import ClusterCheck
from kafkalint.checking.finding import Applicability, Finding, Level
from kafkalint.kafka.colocation import sharing_nodes
from kafkalint.kafka.phrases import capital
from kafkalint.kafka.placement import AffinityTerm, Apartness, Reason, Why
from kafkalint.kafka.topology import HOSTNAME
from kafkalint_checks.availability._apart import made_firm, rule_apart
from kafkalint_checks.availability._words import PREFERRED, REQUIRED, crowd, loss, required_rule, switch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.checking.fix import Fix
    from kafkalint.kafka.colocation import Colocation
    from kafkalint.kafka.model import KafkaCluster, KafkaModel, Rack
    from kafkalint.manifests.resources import Place


class AntiAffinitySoft(ClusterCheck):
    """Only a preference keeps brokers, controllers or ZooKeeper servers off one Kubernetes node.

    ## What it does
    Flags pods of one role that are kept apart by nothing stronger than a preferred anti-affinity, a topology spread
    with `whenUnsatisfiable: ScheduleAnyway`, or one whose `maxSkew` lets several pods onto one node. The fix makes the
    rule bind, which its author may have avoided for want of nodes.

    ## Why is this bad?
    The scheduler drops a preference as soon as nodes are short, which is just when one has failed or is drained. Two
    brokers then share a node, nothing moves them apart again, and the next failure takes both.

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
              preferredDuringSchedulingIgnoredDuringExecution:
                - weight: 100
                  podAffinityTerm:
                    topologyKey: kubernetes.io/hostname
                    labelSelector:
                      matchLabels: {app: kafka}
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
    - https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#types-of-inter-pod-affinity-and-anti-affinity
    - https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/#spread-constraint-definition
    """

    code: ClassVar[str] = "KL307"
    name: ClassVar[str] = "anti-affinity-soft"
    level: ClassVar[Level] = Level.WARNING
    fix: ClassVar[Applicability] = Applicability.UNSAFE

    def check(self, cluster: KafkaCluster, model: KafkaModel) -> Iterator[Finding]:
        """One finding for each pool, at the rule that comes closest."""
        for case in sharing_nodes(cluster, model):
            if case.strength is Apartness.SOFT:
                reason = _closest(case)
                rack = cluster.rack if not _key(case, reason).written else None
                # A preference about zones stays: beside a rule about nodes it is of use.
                about_nodes = reason.rule is not None and reason.rule.topology_key == HOSTNAME
                order = made_firm(case, reason) if about_nodes and not rack else rule_apart(case, cluster, model)
                fix = self.mend(order.text, *order.operations) if order else None
                yield self._by_rack(case, rack, fix) if rack else self._finding(case, reason, fix)

    def _by_rack(self, case: Colocation, rack: Rack, fix: Fix | None) -> Finding:
        """A preference that nobody wrote is the one that an older Strimzi adds for the rack."""
        return self.finding(
            rack.place,
            f"All that keeps {crowd(case)} off one node is the preference over "
            f"{rack.topology_key} that Strimzi up to 0.48 adds for `rack`: {loss(case)}.",
            help=required_rule(case),
            fix=fix,
        )

    def _finding(self, case: Colocation, reason: Reason, fix: Fix | None) -> Finding:
        return self.finding(
            _key(case, reason),
            f"{capital(crowd(case))} may still share a node, as {reason.text}: {loss(case)}.",
            help=_help(case, reason),
            fix=fix,
        )


def _closest(case: Colocation) -> Reason:
    """The rule about hosts, if there is one; one about zones bears on hosts too."""
    about_hosts = [reason for reason in case.deciding if reason.rule and reason.rule.topology_key == HOSTNAME]
    return (about_hosts or list(case.deciding))[0]


def _key(case: Colocation, reason: Reason) -> Place:
    """The key that makes the rule soft."""
    if reason.why is Why.MAX_SKEW:
        return case.place(reason, "maxSkew")
    if reason.why is Why.LABEL_KEYS:
        return case.place(reason, "matchLabelKeys")
    if isinstance(reason.rule, AffinityTerm):
        return case.template(reason).place(*PREFERRED)
    return case.place(reason, "whenUnsatisfiable")


def _help(case: Colocation, reason: Reason) -> str:
    if reason.why is Why.MAX_SKEW:
        return "Set maxSkew to 1."
    if reason.why is Why.LABEL_KEYS:
        return f"Remove {reason.label_key} from matchLabelKeys."
    if not isinstance(reason.rule, AffinityTerm):
        return f"Set whenUnsatisfiable to DoNotSchedule{_over_hosts(reason)}; as many nodes as pods are then needed."
    one_per_node = switch(case)
    start = f"Set {one_per_node.path}: true, or move" if one_per_node else "Move"
    return f"{start} the term to {REQUIRED[-1]}{_over_hosts(reason)}; as many nodes as pods are then needed."


def _over_hosts(reason: Reason) -> str:
    return "" if reason.rule and reason.rule.topology_key == HOSTNAME else f" with topologyKey {HOSTNAME}"
