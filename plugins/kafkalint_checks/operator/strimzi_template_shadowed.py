"""KL610: a pod template that hides another one, whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from kafkalint.checking.check import ClusterCheck
from kafkalint.checking.finding import Applicability, Finding, Level
from kafkalint.checking.fix import SetValue
from kafkalint.kafka.phrases import listed
from kafkalint.manifests.shapes import mapping

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kafkalint.checking.fix import Fix
    from kafkalint.kafka.model import KafkaCluster, KafkaModel, ShadowedTemplate
    from kafkalint.manifests.resources import Place


class StrimziTemplateShadowed(ClusterCheck):
    """A template of a KafkaNodePool hides that of its Kafka resource, and what only the latter sets is lost.

    ## What it does
    Compares the templates of a KafkaNodePool with those of its Kafka resource. Since Strimzi 0.49 a property such as
    `template.pod` hides the whole property of the same name, up to 0.48 any `template` of a pool hides the whole
    `template`; nothing is merged below that. Flags what the hidden one sets and the hiding one does not. The fix copies
    that to the hiding one, which changes the pool's pods: somebody may have wanted them without.

    ## Why is this bad?
    A pool that only adds a label so loses the anti-affinity, the spread over zones or the grace period that its Kafka
    resource seems to give to all pools. The operator does not say so.

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
          metadata:
            labels:
              team: shop
    ---
    apiVersion: kafka.strimzi.io/v1
    kind: Kafka
    metadata:
      name: events
    spec:
      kafka:
        listeners:
          - {name: tls, port: 9093, type: internal, tls: true}
        template:
          pod:
            terminationGracePeriodSeconds: 120
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
          metadata:
            labels:
              team: shop
          terminationGracePeriodSeconds: 120
    ---
    apiVersion: kafka.strimzi.io/v1
    kind: Kafka
    metadata:
      name: events
    spec:
      kafka:
        listeners:
          - {name: tls, port: 9093, type: internal, tls: true}
        template:
          pod:
            terminationGracePeriodSeconds: 120
    ```

    ## References
    - https://github.com/strimzi/strimzi-kafka-operator/blob/main/CHANGELOG.md#0490
    - https://strimzi.io/docs/operators/latest/configuring#type-KafkaNodePoolTemplate-reference
    """

    code: ClassVar[str] = "KL610"
    name: ClassVar[str] = "strimzi-template-shadowed"
    level: ClassVar[Level] = Level.ERROR
    fix: ClassVar[Applicability] = Applicability.UNSAFE

    def check(self, cluster: KafkaCluster, model: KafkaModel) -> Iterator[Finding]:
        """One finding for each template that hides something."""
        for case in cluster.shadowed:
            if case.lost:
                yield self._finding(case)

    def _finding(self, case: ShadowedTemplate) -> Finding:
        hiding, hidden, lost = case
        pool, kafka = hiding.resource, hidden.resource
        return self.finding(
            hiding,
            f"{_end(hiding)} of {pool.kind} {pool.name} replaces all of {_end(hidden)} of {kafka.kind} {kafka.name}: "
            f"its {listed(lost)} {'is' if len(lost) == 1 else 'are'} lost for this pool.",
            help=f"Write {listed(lost)} under {hiding.path} of {pool.kind} {pool.name} too.",
            related=[(hidden.child(*lost[0].split(".")), "what is lost")],
            fix=self._fix(case),
        )

    def _fix(self, case: ShadowedTemplate) -> Fix:
        hiding, hidden, lost = case
        copied = _missing(mapping(hiding.value), _only(mapping(hidden.value), lost))
        # What belongs deeper comes first: it ends where what follows its parent begins.
        operations = sorted(_written(hiding, copied), key=lambda each: -len(each.place.route))
        return self.mend(f"Write its {listed(lost)} here too", *operations)


def _only(data: Mapping[str, Any], fields: tuple[str, ...]) -> dict[str, Any]:
    """The part of a template that holds these fields."""
    found: dict[str, Any] = {}
    for field in fields:
        *above, last = field.split(".")
        source, target = data, found
        for step in above:
            source, target = mapping(source.get(step)), target.setdefault(step, {})
        target[last] = source.get(last)
    return found


def _missing(own: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """What of the other is not in one's own; below `metadata` labels and annotations count one by one."""
    found: dict[str, Any] = {}
    for key, value in other.items():
        here = own.get(key)
        if here is None:
            found[key] = value
        elif isinstance(here, dict) and isinstance(value, dict):
            found[key] = _missing(here, value)
    return found


def _written(place: Place, data: Mapping[str, Any]) -> Iterator[SetValue]:
    """Data written below a place, as far down as something is written there."""
    if not place.value:
        yield SetValue(place, data)
        return
    for key, value in data.items():
        there = place.child(key)
        if not isinstance(value, dict):
            yield SetValue(there, value)
        elif value:
            yield from _written(there, value)


def _end(place: Place) -> str:
    """The end of a route as messages name it: `template.pod`."""
    return ".".join(str(step) for step in place.route[place.route.index("template") :])
