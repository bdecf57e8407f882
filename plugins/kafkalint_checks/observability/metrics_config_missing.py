"""KL508: a metrics configuration that is not where it is looked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from kafkalint.checking.check import BundleCheck
from kafkalint.checking.finding import Finding, Level
from kafkalint.manifests.bundles import may_share_namespace

if TYPE_CHECKING:
    from kafkalint.kafka.model import KafkaModel, MetricsReference
    from kafkalint.manifests.resources import Place, Resource

# Ten letters and digits of Kustomize's own (kyaml, `hasher.encode`), cut short by some.
_HASH = re.compile(r"-(?=[a-z]*[0-9])[bcdfghkmt2456789]{5,10}")
_ALIKE = 0.85


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
        references = [*model.metrics_references, *(one for each in model.clusters for one in each.metrics_references)]
        reported: set[tuple[object, ...]] = set()
        for reference in references:
            key = id(reference.place.resource), reference.place.route, reference.config_map, reference.key
            if reference.place.resource not in model.bundle.primary or reference.optional or key in reported:
                continue
            reported.add(key)
            found = model.bundle.find("", "ConfigMap", reference.config_map, reference.namespace)
            if found is None:
                yield from self._absent(reference, references, model)
            elif reference.key is not None and reference.key not in _keys(found):
                yield self._keyless(reference, found)

    def _keyless(self, reference: MetricsReference, found: Resource) -> Finding:
        holder = f"{reference.place.resource.kind} {reference.place.resource.name}"
        keys = sorted(_keys(found))
        has = f"it has {', '.join(keys)}" if keys else "it is empty"
        return self.finding(
            _part(reference.place, "key"),
            f"{holder} takes its metrics configuration from key {reference.key} of ConfigMap {found.name}, "
            f"which has no such key ({has}): the exporter does not start.",
            help=f"Write {keys[0]}." if len(keys) == 1 else "Name a key that the ConfigMap has, or add this one to it.",
            related=[(found.place("data"), "the keys that there are")],
        )

    def _absent(
        self, reference: MetricsReference, references: list[MetricsReference], model: KafkaModel
    ) -> Iterator[Finding]:
        meant = _meant(reference, references, model)
        if meant is None and not _has_siblings(reference, references, model):
            return
        holder = f"{reference.place.resource.kind} {reference.place.resource.name}"
        near = f"; ConfigMap {meant.name} is" if meant else ""
        yield self.finding(
            _part(reference.place, "name"),
            f"{holder} takes its metrics configuration from ConfigMap {reference.config_map}, which is not among these "
            f"manifests{near}: the exporter does not start.",
            help=_help(reference, meant),
            related=[(meant.place("metadata", "name"), "perhaps this one was meant")] if meant else [],
        )


def _keys(config_map: Resource) -> set[str]:
    held = [config_map.get(field) for field in ("data", "binaryData")]
    return {key for data in held if isinstance(data, dict) for key in data}


def _part(place: Place, name: str) -> Place:
    """The name or the key inside the reference, where it has such parts."""
    return place.child(name) if place.child(name).written else place


def _meant(reference: MetricsReference, references: list[MetricsReference], model: KafkaModel) -> Resource | None:
    """A ConfigMap that nobody else's metrics come from and that must have been meant: by its name, or by its key."""
    taken = {one.config_map for one in references}
    for candidate in model.bundle.of("", "ConfigMap"):
        if candidate.name in taken or not may_share_namespace(candidate.namespace, reference.namespace):
            continue
        if _is_near(reference.config_map, candidate.name) and _may_hold(reference, candidate):
            return candidate
        if reference.key is not None and len(reference.key) > 8 and reference.key in _keys(candidate):
            return candidate
    return None


def _may_hold(reference: MetricsReference, candidate: Resource) -> bool:
    return reference.key is None or reference.key in _keys(candidate) or len(_keys(candidate)) == 1


def _is_near(wanted: str, found: str) -> bool:
    if found.startswith(wanted) and _HASH.fullmatch(found[len(wanted) :]):
        return True
    if found.endswith(f"-{wanted}") or found.startswith((f"{wanted}-", f"{wanted}.")):
        return True
    if len(wanted) >= 100 or len(found) >= 100:
        return False
    from difflib import SequenceMatcher  # noqa: PLC0415 - only a name that leads nowhere pays for it

    return SequenceMatcher(None, wanted, found).ratio() >= _ALIKE


def _has_siblings(reference: MetricsReference, references: list[MetricsReference], model: KafkaModel) -> bool:
    """Whether the metrics configuration of another component of this namespace is in the input."""
    return any(
        one.config_map != reference.config_map
        and may_share_namespace(one.namespace, reference.namespace)
        and model.bundle.find("", "ConfigMap", one.config_map, one.namespace) is not None
        for one in references
    )


def _help(reference: MetricsReference, meant: Resource | None) -> str:
    if meant is None:
        return f"Add ConfigMap {reference.config_map}."
    if meant.name.startswith(reference.config_map) and _HASH.fullmatch(meant.name[len(reference.config_map) :]):
        return (
            "Kustomize hashes the names of generated ConfigMaps and does not know this reference: "
            "set generatorOptions.disableNameSuffixHash, or teach it the reference with a nameReference configuration."
        )
    return f"Write {meant.name}."
