"""KL311: racks for brokers that may all be in one."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from kafkalint.checking.check import ClusterCheck
from kafkalint.checking.finding import Applicability, Finding, Level
from kafkalint.kafka.phrases import listed
from kafkalint.kafka.topology import HOSTNAME, ZONE
from kafkalint_checks.availability._apart import MILD
from kafkalint_checks.availability._words import SPREAD, labels_to_select
from kafkalint_checks.availability._zones import spreading, without_spread

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.checking.fix import Fix
    from kafkalint.kafka.colocation import Colocation
    from kafkalint.kafka.model import KafkaCluster, KafkaModel, Rack


class RackWithoutSpread(ClusterCheck):
    """A rack is set, but nothing spreads the pods over the rack's topology.

    ## What it does
    Where brokers take `broker.rack` from a label of their node, looks for a rule that spreads the pods over that label.
    Up to 0.48 Strimzi adds a preference of its own, since 0.49 it adds none. Node labels that hold pools in different
    places count as spreading. A rack by `kubernetes.io/hostname` is left to anti-affinity-missing. The fix spreads them
    by preference, for brokers whose volumes lie in one zone have to be able to start.

    ## Why is this bad?
    Rack awareness spreads replicas over the racks that brokers are in; it moves no pod. If the scheduler has put all
    brokers into one zone, they all have one rack, and the setting that promises to survive the loss of a zone does
    nothing.

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
    - https://strimzi.io/docs/operators/latest/configuring#type-Rack-reference
    - https://github.com/strimzi/strimzi-kafka-operator/pull/12073
    """

    code: ClassVar[str] = "KL311"
    name: ClassVar[str] = "rack-without-spread"
    level: ClassVar[Level] = Level.ERROR
    fix: ClassVar[Applicability] = Applicability.SAFE

    def check(self, cluster: KafkaCluster, model: KafkaModel) -> Iterator[Finding]:
        """One finding for the rack, naming every pool that is not spread."""
        rack = cluster.rack
        if rack is None or rack.topology_key in (None, HOSTNAME) or rack.spreads is not False:
            return
        if model.settings.zones == 1 and rack.topology_key == ZONE:
            return
        cases = list(without_spread(cluster, model, rack.topology_key or ""))
        if cases:
            yield self._finding(rack, cases, cluster, self._fix(rack, cases, cluster, model))

    def _fix(self, rack: Rack, cases: list[Colocation], cluster: KafkaCluster, model: KafkaModel) -> Fix | None:
        # Mild: volumes that exist may hold brokers in one rack, where a firm constraint would keep them from starting.
        operations = spreading(cases, rack.topology_key or "", MILD, cluster, model)
        if not operations:
            return None
        return self.mend(f"Spread the brokers over {rack.topology_key} as far as it goes", *operations)

    def _finding(self, rack: Rack, cases: list[Colocation], cluster: KafkaCluster, fix: Fix | None) -> Finding:
        pools = [pool for case in cases for pool in case.pools]
        operator = f", and since {rack.dropped_since} none is added for it" if rack.dropped_since else ""
        place = pools[0].template.place(SPREAD)
        return self.finding(
            rack.place,
            f"{cluster.title} takes broker.rack from {rack.topology_key}, but nothing spreads the brokers of "
            f"{listed([pool.title for pool in pools])} over it{operator}: they may all be in one rack.",
            help=f"Write a constraint with topologyKey {rack.topology_key}, maxSkew 1 and labelSelector.matchLabels "
            f"{labels_to_select(cases[0])} under {place.path}{' of each' if len(pools) > 1 else ''}.",
            related=[(pool.template.place(SPREAD), f"the rules of {pool.title}") for pool in pools],
            fix=fix,
        )
