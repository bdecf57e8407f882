"""KL508: a metrics configuration that is not where it is looked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from kafkalint.checking.check import BundleCheck
from kafkalint.checking.finding import Finding, Level
from kafkalint.kafka.metrics_configs import Dangling, dangling, keys_of

if TYPE_CHECKING:
    from kafkalint.kafka.model import KafkaModel
    from kafkalint.manifests.resources import Place, Resource


class MetricsConfigMissing(BundleCheck):
    """The metrics configuration names a ConfigMap or a key that is not there.

    ## What it does
    Looks up what `metricsConfig`, or the configuration file of a JMX exporter, refers to. A ConfigMap that is in the
    input without the key is certain. One that is not in the input is reported only where the input shows that it
    should be: another one has nearly this name (a hash or a prefix that Kustomize adds), holds just this key, or
    configures the metrics of another component beside it.

    ## Why is this bad?
    Strimzi refuses to reconcile the cluster, and a pod that mounts what does not exist stays in ContainerCreating; an
    agent without its file stops the JVM.

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
        metricsConfig:
          type: jmxPrometheusExporter
          valueFrom:
            configMapKeyRef: {name: kafka-metrics, key: metrics.yaml}
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: kafka-metrics
    data:
      kafka.yaml: |
        lowercaseOutputName: true
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
        metricsConfig:
          type: jmxPrometheusExporter
          valueFrom:
            configMapKeyRef: {name: kafka-metrics, key: kafka.yaml}
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: kafka-metrics
    data:
      kafka.yaml: |
        lowercaseOutputName: true
    ```

    ## References
    - https://strimzi.io/docs/operators/latest/deploying#assembly-metrics-str
    - https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/configmapgenerator/
    """

    code: ClassVar[str] = "KL508"
    name: ClassVar[str] = "metrics-config-missing"
    level: ClassVar[Level] = Level.ERROR
    cross_resource: ClassVar[bool] = True

    def check(self, model: KafkaModel) -> Iterator[Finding]:
        """One finding for each reference that leads nowhere."""
        for case in dangling(model):
            yield self._absent(case) if case.found is None else self._keyless(case, case.found)

    def _keyless(self, case: Dangling, found: Resource) -> Finding:
        keys = sorted(keys_of(found))
        has = f"it has {', '.join(keys)}" if keys else "it is empty"
        return self.finding(
            _part(case.reference.place, "key"),
            f"{case.holder} takes its metrics configuration from key {case.reference.key} of ConfigMap {found.name}, "
            f"which has no such key ({has}): the exporter does not start.",
            help=f"Write {keys[0]}." if len(keys) == 1 else "Name a key that the ConfigMap has, or add this one to it.",
            related=[(found.place("data"), "the keys that there are")],
        )

    def _absent(self, case: Dangling) -> Finding:
        name, meant = case.reference.config_map, case.meant
        near = f"; ConfigMap {meant.name} is" if meant else ""
        return self.finding(
            _part(case.reference.place, "name"),
            f"{case.holder} takes its metrics configuration from ConfigMap {name}, which is not among these "
            f"manifests{near}: the exporter does not start.",
            help=_help(case),
            related=[(meant.place("metadata", "name"), "perhaps this one was meant")] if meant else [],
        )


def _part(place: Place, name: str) -> Place:
    """The name or the key inside the reference, where it has such parts."""
    return place.child(name) if place.child(name).written else place


def _help(case: Dangling) -> str:
    if case.meant is None:
        return f"Add ConfigMap {case.reference.config_map}."
    if case.hashed:
        return (
            "Kustomize hashes the names of generated ConfigMaps and does not know this reference: "
            "set generatorOptions.disableNameSuffixHash, or teach it the reference with a nameReference configuration."
        )
    return f"Write {case.meant.name}."
