"""KL310: brokers in several zones of which Kafka knows nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from kafkalint.checking.check import ClusterCheck
from kafkalint.checking.finding import Applicability, Finding, Level
from kafkalint.kafka.colocation import decidable, outsiders, pinned_apart
from kafkalint.kafka.model import Role
from kafkalint.kafka.own_places import one_in_each_zone
from kafkalint.kafka.placement import AffinityTerm, Apartness, Reason, Why, spreads_over
from kafkalint.kafka.topology import ZONE
from kafkalint_checks.availability._apart import FIRM
from kafkalint_checks.availability._words import SPREAD
from kafkalint_checks.availability._zones import certainly_without_rack, spreading, telling_racks, without_spread

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.checking.fix import Fix
    from kafkalint.kafka.model import KafkaCluster, KafkaModel, NodeGroup
    from kafkalint.manifests.resources import Place

_BY_HAND = "Set broker.rack to the zone of the broker's node, which an init container can read from the node's labels."


class RackAwarenessMissing(ClusterCheck):
    """Pods are spread over zones, but Kafka is not told which broker is in which zone.

    ## What it does
    Where a rule or node labels spread the brokers over zones, looks for `broker.rack`: Strimzi's `rack`,
    `rackAssignment` of Confluent for Kubernetes, or the broker configuration. Silent where no two brokers can share a
    zone, and where a part of the configuration is not in the input. For plain manifests there is a fix from Kubernetes
    1.35 on (`--kubernetes-version`), which copies the zone of the node to a label of the pod; for Confluent for
    Kubernetes where the input lets the pods read nodes.

    ## Why is this bad?
    Kafka places the replicas of a partition in different racks only if brokers have one. Without it all replicas of a
    partition can lie in one zone, and the zones protect nothing.

    ## Example
    ```yaml
    apiVersion: kafka.strimzi.io/v1
    kind: KafkaNodePool
    metadata:
      name: dual
      labels:
        strimzi.io/cluster: events
    spec:
      replicas: 3
      roles: [controller, broker]
      storage:
        type: persistent-claim
        size: 100Gi
      template:
        pod:
          topologySpreadConstraints:
            - maxSkew: 1
              topologyKey: topology.kubernetes.io/zone
              whenUnsatisfiable: DoNotSchedule
              labelSelector:
                matchLabels:
                  strimzi.io/name: events-kafka
    ---
    apiVersion: kafka.strimzi.io/v1
    kind: Kafka
    metadata:
      name: events
    spec:
      kafka:
        listeners:
          - {name: tls, port: 9093, type: internal, tls: true}
    ```

    ## Use instead
    ```yaml
    apiVersion: kafka.strimzi.io/v1
    kind: KafkaNodePool
    metadata:
      name: dual
      labels:
        strimzi.io/cluster: events
    spec:
      replicas: 3
      roles: [controller, broker]
      storage:
        type: persistent-claim
        size: 100Gi
      template:
        pod:
          topologySpreadConstraints:
            - maxSkew: 1
              topologyKey: topology.kubernetes.io/zone
              whenUnsatisfiable: DoNotSchedule
              labelSelector:
                matchLabels:
                  strimzi.io/name: events-kafka
    ---
    apiVersion: kafka.strimzi.io/v1
    kind: Kafka
    metadata:
      name: events
    spec:
      kafka:
        rack:
          topologyKey: topology.kubernetes.io/zone
        listeners:
          - {name: tls, port: 9093, type: internal, tls: true}
    ```

    ## References
    - https://kafka.apache.org/documentation/#basic_ops_racks
    - https://strimzi.io/docs/operators/latest/configuring#type-Rack-reference
    - https://docs.confluent.io/operator/current/co-configure-rack-awareness.html
    - https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#podtopologylabels
    """

    code: ClassVar[str] = "KL310"
    name: ClassVar[str] = "rack-awareness-missing"
    level: ClassVar[Level] = Level.WARNING
    fix: ClassVar[Applicability] = Applicability.UNSAFE

    def check(self, cluster: KafkaCluster, model: KafkaModel) -> Iterator[Finding]:
        """One finding for the cluster."""
        if model.settings.zones == 1 or not certainly_without_rack(cluster):
            return
        for group in decidable(cluster):
            rule = _spreading(group, cluster, model) if group.role is Role.BROKER else None
            if rule is not None and not _one_in_each_zone(group, model.settings.zones):
                yield self._finding(cluster, group, rule, self._fix(cluster, model))

    def _fix(self, cluster: KafkaCluster, model: KafkaModel) -> Fix | None:
        """The racks; with them the spread of pools that have none, beside which a rack would be worth nothing."""
        racks, cases = telling_racks(cluster, model), without_spread(cluster, model, ZONE)
        spread = spreading(cases, ZONE, FIRM, cluster, model)
        if not racks or spread is None:
            return None
        return self.mend("Make the zones of the brokers their racks", *racks, *spread)

    def _finding(self, cluster: KafkaCluster, group: NodeGroup, rule: Place, fix: Fix | None) -> Finding:
        switch = cluster.rack_switch
        return self.finding(
            switch.place if switch else cluster.brokers[0].config.place,
            f"{cluster.title} has its {group.replicas} brokers spread over {ZONE} and no broker.rack: "
            "Kafka may put all replicas of a partition into one zone.",
            help=f"{switch.how}." if switch else _BY_HAND,
            related=[(rule, "what spreads them")],
            fix=fix,
        )


def _one_in_each_zone(group: NodeGroup, zones: int | None) -> bool:
    """Whether no two brokers can share a zone, so that replicas cannot either."""
    fits = zones is not None and (group.replicas or 0) <= zones
    return all(
        verdict.strength is Apartness.HARD
        and (fits or any(map(_is_strict, verdict.deciding)) or (first is second and one_in_each_zone(first, zones)))
        for first, second, verdict in group.apartness(ZONE)
    )


def _is_strict(reason: Reason) -> bool:
    # A spread with maxSkew 1 lets pods share a zone once every zone has one.
    return reason.why is Why.PINNED or isinstance(reason.rule, AffinityTerm)


def _spreading(group: NodeGroup, cluster: KafkaCluster, model: KafkaModel) -> Place | None:
    """The rule that spreads brokers over zones; None where none does."""
    for pool in group.pools:
        verdict = spreads_over(pool.pods, ZONE, others=outsiders(cluster, model))
        if (pool.replicas.value or 0) > 1 and verdict.strength in (Apartness.HARD, Apartness.SOFT):
            rule = verdict.deciding[0].rule
            return pool.template.place(*(rule.route if rule else (SPREAD,)))
    return group.pools[0].template.place() if pinned_apart(group) else None
