"""KL507: an alert on names that nothing will have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from kafkalint.checking.check import BundleCheck
from kafkalint.checking.finding import Finding, Level
from kafkalint.kafka.alerts import (
    Alert,
    Matcher,
    alerts,
    claim_names,
    fits,
    has_alternative,
    is_absence,
    name_matchers,
    namespace_matchers,
    pod_names,
)
from kafkalint.kafka.wording import cluster_names, names_a_stranger, pattern_tokens, speaks_of_kafka, vocabulary
from kafkalint.manifests.text import Span

if TYPE_CHECKING:
    from kafkalint.kafka.model import KafkaModel
    from kafkalint.manifests.resources import Place


class AlertNeverFires(BundleCheck):
    """An alert looks for pods or volumes by a name that none will have.

    ## What it does
    Reads the alerts of PrometheusRules, and of rule files in ConfigMaps, and holds each condition on `pod`,
    `kubernetes_pod_name`, `persistentvolumeclaim` and the like against the names that the cluster's pods and claims
    will have. Patterns are anchored at both ends, as Prometheus does. Alerts that speak of something else than this
    Kafka, templates, and expressions that have an alternative (`or`, `unless`) are left alone.

    ## Why is this bad?
    The expression finds no series, so the alert stays silent when the disk fills up; inside `absent()` it fires for
    ever, and is muted. Strimzi's own example rules expect a node pool that is called `kafka`.

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
        listeners:
          - {name: tls, port: 9093, type: internal, tls: true}
    ---
    apiVersion: monitoring.coreos.com/v1
    kind: PrometheusRule
    metadata:
      name: kafka
    spec:
      groups:
        - name: kafka
          rules:
            - alert: KafkaRunningOutOfSpace
              expr: kubelet_volume_stats_available_bytes{persistentvolumeclaim=~"data-events-kafka-[0-9]+"} < 10e9
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
    ---
    apiVersion: kafka.strimzi.io/v1
    kind: Kafka
    metadata:
      name: events
    spec:
      kafka:
        listeners:
          - {name: tls, port: 9093, type: internal, tls: true}
    ---
    apiVersion: monitoring.coreos.com/v1
    kind: PrometheusRule
    metadata:
      name: kafka
    spec:
      groups:
        - name: kafka
          rules:
            - alert: KafkaRunningOutOfSpace
              expr: kubelet_volume_stats_available_bytes{persistentvolumeclaim=~"data-events-dual-[0-9]+"} < 10e9
    ```

    ## References
    - https://prometheus.io/docs/prometheus/latest/querying/basics/#instant-vector-selectors
    - https://github.com/strimzi/strimzi-kafka-operator/tree/main/packaging/examples/metrics/prometheus-install/prometheus-rules
    """

    code: ClassVar[str] = "KL507"
    name: ClassVar[str] = "alert-never-fires"
    level: ClassVar[Level] = Level.WARNING
    cross_resource: ClassVar[bool] = True

    def check(self, model: KafkaModel) -> Iterator[Finding]:
        """One finding for each alert and pattern that no name meets."""
        if not model.clusters or model.unmodelled or not all(cluster.whole for cluster in model.clusters):
            return
        pods, claims = pod_names(model), claim_names(model)
        own = any(cluster.resource in model.bundle.primary for cluster in model.clusters)
        at = _Cursor()
        for alert in alerts(model.bundle):
            seen: set[str] = set()
            for matcher in name_matchers(alert.expression):
                place = at.place(alert, matcher)
                names = claims if matcher.about_claims else pods
                if (
                    names is None
                    or matcher.pattern in seen
                    or not (own or alert.place.resource in model.bundle.primary)
                ):
                    continue
                if fits(matcher, names) is False and _means_us(alert, matcher, model):
                    seen.add(matcher.pattern)
                    yield self._finding(alert, matcher, place, _nearest(matcher, model))

    def _finding(self, alert: Alert, matcher: Matcher, place: Place, example: str | None) -> Finding:
        what = "PersistentVolumeClaim" if matcher.about_claims else "pod"
        operator = "=~" if matcher.regex else "="
        outcome = "fires for ever" if is_absence(alert.expression, matcher) else "never fires"
        return self.finding(
            place,
            f"Alert {alert.name} asks for {matcher.label}{operator}{matcher.pattern}, "
            f"and no {what} here will have such a name"
            f"{f' (they are called like {example})' if example else ''}: it {outcome}.",
            help=f"Write a pattern that matches {example}." if example else f"Name {what}s that there are.",
        )


class _Cursor:
    """Finds one pattern after the other in the files that hold several alerts."""

    def __init__(self) -> None:
        self._offsets: dict[tuple[int, tuple[str | int, ...]], int] = {}

    def place(self, alert: Alert, matcher: Matcher) -> Place:
        """Where the pattern stands."""
        base = alert.place
        if alert.file is None:
            return base.resource.place(*base.route, fragment=matcher.span)
        key = id(base.resource), base.route
        start = alert.file.find(matcher.written, self._offsets.get(key, 0))
        if start < 0:
            return base
        self._offsets[key] = start + len(matcher.written)
        return base.resource.place(*base.route, fragment=Span(start, start + len(matcher.written)))


def _means_us(alert: Alert, matcher: Matcher, model: KafkaModel) -> bool:
    """Whether the pattern speaks of this Kafka and nothing else, here, and the alert depends on it."""
    names = cluster_names(model)
    words = pattern_tokens(matcher.pattern)
    if not speaks_of_kafka(words, names) and not any(name in matcher.pattern for name in names):
        return False
    if (
        not words <= vocabulary(model)
        or names_a_stranger([" ".join(words)], model)
        or has_alternative(alert.expression)
    ):
        return False
    spaces = [cluster.namespace for cluster in model.clusters]
    if None in spaces:
        return True
    known = [space for space in spaces if space is not None]
    return all(fits(condition, known) is not False for condition in namespace_matchers(alert.expression))


def _nearest(matcher: Matcher, model: KafkaModel) -> str | None:
    """A name that the alert may have been meant for: a broker's, unless another's has more words of the pattern."""
    pools = [pool for cluster in model.clusters for pool in (*cluster.brokers, *cluster.nodes)]
    names = [name for pool in pools for name in (pool.claim_names if matcher.about_claims else pool.pod_names)[:1]]
    words = pattern_tokens(matcher.pattern)
    return max(names, key=lambda name: len(words & pattern_tokens(name)), default=None)
