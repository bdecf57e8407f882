"""KL309: brokers that may all land in one zone."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from kafkalint.checking.check import ClusterCheck
from kafkalint.checking.finding import Applicability, Finding, Level
from kafkalint.kafka.topology import ZONE
from kafkalint_checks.availability._apart import FIRM
from kafkalint_checks.availability._words import SPREAD, crowd, labels_to_select
from kafkalint_checks.availability._zones import spreading, telling_racks, without_spread

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kafkalint.checking.fix import Fix
    from kafkalint.kafka.colocation import Colocation
    from kafkalint.kafka.model import KafkaCluster, KafkaModel


class ZoneSpreadMissing(ClusterCheck):
    """Nothing spreads the brokers over zones, and no rack is set.

    ## What it does
    Looks for a rule that spreads the brokers of a pool over `topology.kubernetes.io/zone`: a topology spread
    constraint, an anti-affinity, or node labels that hold pools in different zones. Silent where all brokers are held
    in one zone on purpose, where the configuration of kafkalint says `zones: 1`, where the rack is read from a label of
    the node, which rack-without-spread judges, and where one `broker.rack` is written for all brokers of a pool. The
    fix makes the zones Kafka's racks as well, and is offered only where a manifest can do that. Brokers whose volumes
    lie in one zone may not be able to start with it.

    ## Why is this bad?
    Nodes of several zones look alike to the scheduler unless a rule says otherwise, and brokers gather where there is
    room. When that zone fails, all replicas of many partitions fail with it, although others could have lived
    elsewhere.

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
          topologySpreadConstraints:
            - maxSkew: 1
              topologyKey: topology.kubernetes.io/zone
              whenUnsatisfiable: DoNotSchedule
              labelSelector:
                matchLabels: {app: kafka}
          containers:
            - name: kafka
              image: apache/kafka:4.1.0
    ```

    ## References
    - https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/
    - https://kubernetes.io/docs/setup/best-practices/multiple-zones/
    """

    code: ClassVar[str] = "KL309"
    name: ClassVar[str] = "zone-spread-missing"
    level: ClassVar[Level] = Level.WARNING
    fix: ClassVar[Applicability] = Applicability.UNSAFE

    def check(self, cluster: KafkaCluster, model: KafkaModel) -> Iterator[Finding]:
        """One finding for each pool of brokers; a rule about zones that misses is anti-affinity-ineffective."""
        if model.settings.zones == 1 or _is_about_racks(cluster):
            return
        cases = list(without_spread(cluster, model, ZONE))
        fix = self._fix(cases, cluster, model)
        for case in cases:
            yield self._finding(case, fix)

    def _fix(self, cases: Sequence[Colocation], cluster: KafkaCluster, model: KafkaModel) -> Fix | None:
        """All of it together: a rack beside brokers that nothing spreads would be worse than none."""
        # Firm, as whoever wants it has zones, and a preference is dropped just when a zone has failed.
        spread, racks = spreading(cases, ZONE, FIRM, cluster, model), telling_racks(cluster, model)
        if not spread or racks is None:
            return None
        order = f"Spread the brokers over {ZONE}" + (", and make the zones their racks" if racks else "")
        return self.mend(order, *racks, *spread)

    def _finding(self, case: Colocation, fix: Fix | None) -> Finding:
        place = case.pools[0].template.place(SPREAD)
        return self.finding(
            place,
            f"Nothing spreads {crowd(case)} over {ZONE}: they may all run in one zone and be lost with it.",
            help=f"Write a constraint with topologyKey {ZONE}, maxSkew 1 and labelSelector.matchLabels "
            f"{labels_to_select(case)} under {place.path}; if all nodes lie in one zone, say `zones: 1` in the config.",
            related=[(pool.template.place(SPREAD), f"the rules of {pool.title}") for pool in case.pools[1:]],
            fix=fix,
        )


def _is_about_racks(cluster: KafkaCluster) -> bool:
    """Whether a rack says where brokers are, so that the question is another: what spreads them over racks."""
    written = [pool.config.entries.get("broker.rack") for pool in cluster.brokers]
    reads_label = cluster.rack is not None and cluster.rack.topology_key is not None
    return reads_label or any(setting is not None and bool(setting.value) for setting in written)
