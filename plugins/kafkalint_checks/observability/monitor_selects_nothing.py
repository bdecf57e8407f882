"""KL505: a monitor that Prometheus finds no target for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from kafkalint.checking.check import BundleCheck
from kafkalint.checking.finding import Applicability, Finding, Level
from kafkalint.checking.fix import AppendItem, Operation, SetValue
from kafkalint.kafka.aiming import Correction, corrections, corrections_beside
from kafkalint.kafka.misses import Miss, Stage, misses
from kafkalint.kafka.model import ExporterKind
from kafkalint_checks.observability._switching import told

if TYPE_CHECKING:
    from kafkalint.checking.fix import Fix
    from kafkalint.kafka.model import KafkaCluster, KafkaModel
    from kafkalint.manifests.resources import Place


class MonitorSelectsNothing(BundleCheck):
    """A ServiceMonitor or PodMonitor for Kafka reaches no pod.

    ## What it does
    Follows a monitor the way Prometheus does: the namespaces that it looks in, the labels that it asks for (of
    Services, and through their selectors to pods; or of pods), the port that it names, by name, among those that
    exist. Speaks where nothing is left at the end although the cluster it was meant for is in the input. A monitor
    for a component that the input does not hold is left alone.

    Where exactly one namespace, label or port leads to pods that no other monitor scrapes, the fix writes it into the
    monitor. Where a Service or the pods would have to change instead, or metrics are switched off, it needs
    `--unsafe-fixes`.

    ## Why is this bad?
    Prometheus shows no target and no error. Dashboards stay empty, alerts never fire, and nobody is told.

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
          containers:
            - name: kafka
              image: apache/kafka:4.1.0
              env:
                - {name: KAFKA_PROCESS_ROLES, value: "broker,controller"}
                - name: KAFKA_OPTS
                  value: -javaagent:/opt/jmx/jmx_prometheus_javaagent.jar=9404:/etc/jmx/kafka.yaml
              ports:
                - {name: metrics, containerPort: 9404}
    ---
    apiVersion: monitoring.coreos.com/v1
    kind: PodMonitor
    metadata:
      name: kafka
    spec:
      selector:
        matchLabels: {app: kafka}
      podMetricsEndpoints:
        - port: tcp-prometheus
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
          containers:
            - name: kafka
              image: apache/kafka:4.1.0
              env:
                - {name: KAFKA_PROCESS_ROLES, value: "broker,controller"}
                - name: KAFKA_OPTS
                  value: -javaagent:/opt/jmx/jmx_prometheus_javaagent.jar=9404:/etc/jmx/kafka.yaml
              ports:
                - {name: metrics, containerPort: 9404}
    ---
    apiVersion: monitoring.coreos.com/v1
    kind: PodMonitor
    metadata:
      name: kafka
    spec:
      selector:
        matchLabels: {app: kafka}
      podMetricsEndpoints:
        - port: metrics
    ```

    ## References
    - https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.PodMonitor
    - https://github.com/strimzi/strimzi-kafka-operator/issues/4007
    - https://github.com/strimzi/strimzi-kafka-operator/issues/10602
    """

    code: ClassVar[str] = "KL505"
    name: ClassVar[str] = "monitor-selects-nothing"
    level: ClassVar[Level] = Level.ERROR
    fix: ClassVar[Applicability] = Applicability.SAFE
    cross_resource: ClassVar[bool] = True

    def check(self, model: KafkaModel) -> Iterator[Finding]:
        """One finding for each monitor, and for each port of it that pods with an exporter do not have."""
        reported: set[Place] = set()
        for miss in misses(model):
            if miss.monitor.resource in model.bundle.primary and miss.place not in reported:
                reported.add(miss.place)
                yield self._finding(miss, self._fix(miss, model))

    def _finding(self, miss: Miss, fix: Fix | None) -> Finding:
        unserved = _unserved(miss)
        return self.finding(
            miss.place,
            f"{_title(miss)} {_REASONS[miss.stage](miss)}: Prometheus gets no target from it.",
            help=f"Switch the metrics on: {unserved.path}." if unserved else _help(miss),
            related=[(unserved, "metrics would be switched on here")] if unserved else [],
            fix=fix,
        )

    def _fix(self, miss: Miss, model: KafkaModel) -> Fix | None:
        # A port that other pods have is no answer where the metrics of the nodes are off.
        found = () if _unserved(miss) else corrections(miss, model)
        if not found:
            return self._switch_on(miss, model)
        beyond = any(each.elsewhere for each in found)
        return self.mend(
            _sentence([_order(each) for each in found]),
            *(_operation(each) for each in found),
            applicability=Applicability.UNSAFE if beyond else Applicability.SAFE,
        )

    def _switch_on(self, miss: Miss, model: KafkaModel) -> Fix | None:
        """The metrics switched on, and the monitor corrected if it would miss them even so."""
        cluster = next((target.cluster for target in miss.targets if target.cluster), None)
        switch = cluster.metrics_switch if cluster else None
        change = told(switch) if switch and not _is_served(cluster) else None
        found = corrections_beside(miss, model, switch.serves) if switch and change else None
        if change is None or found is None:
            return None
        return self.mend(
            _sentence([change.order, *map(_order, found)]),
            *change.operations,
            *(_operation(each) for each in found),
            applicability=Applicability.UNSAFE,
        )


def _is_served(cluster: KafkaCluster | None) -> bool:
    return cluster is None or any(exporter.kind is ExporterKind.JMX for exporter in cluster.exporters)


def _sentence(orders: list[str]) -> str:
    """Several orders as one."""
    first, *others = orders
    return " and ".join([first, *(f"{other[0].lower()}{other[1:]}" for other in others)])


def _operation(correction: Correction) -> Operation:
    kind = AppendItem if correction.item else SetValue
    return kind(correction.place, correction.value)


def _order(correction: Correction) -> str:
    key, value = correction.place.route[-1], correction.value
    where = ""
    if correction.elsewhere:
        resource = correction.place.resource
        where = f" in {resource.kind} {resource.name}"
    if correction.item:
        return f"Add port {value['name'] if 'name' in value else value['port']}{where}"
    if key == "name" and isinstance(correction.place.route[-2], int):
        return f"Name the port {value}{where}"
    if "matchNames" in correction.place.route:
        return f"Set namespaceSelector.matchNames: {value[0] if isinstance(value, list) else value}"
    label = correction.place.resource.get(*correction.place.route[:-2], "key") if key == 0 else key
    return f"Set {label}: {value}{where}"


def _title(miss: Miss) -> str:
    return f"{miss.monitor.resource.kind} {miss.monitor.resource.name}"


def _pods(miss: Miss) -> str:
    titles = list(dict.fromkeys(target.title for target in miss.targets))
    return titles[0] if len(titles) == 1 else f"{titles[0]} and {len(titles) - 1} more"


def _shape(miss: Miss) -> str:
    wanted = "a list of names" if miss.place.route[-1] == "matchNames" else "a mapping with matchNames or any"
    return f"has a {miss.place.route[-1]} that is not {wanted}, and the API server refuses it"


def _namespace(miss: Miss) -> str:
    there = ", ".join(miss.fitting)
    if miss.monitor.namespaces:
        return f"looks in namespace {', '.join(miss.monitor.namespaces)}, but the pods it selects run in {there}"
    return f"looks in its own namespace {miss.monitor.resource.namespace}, but the pods it selects run in {there}"


def _selector(miss: Miss) -> str:
    kind = "Service" if miss.monitor.resource.kind == "ServiceMonitor" else "pod"
    if not miss.mismatches:
        return f"selects no {kind}: none leads to the pods of {_pods(miss)}"
    wrong = miss.mismatches[0]
    carried = (
        f"{wrong.requirement.key}={wrong.found}" if wrong.found is not None else f"no label {wrong.requirement.key}"
    )
    holder = miss.candidate if kind == "Service" else f"the pods of {miss.candidate}"
    verb = "carries" if kind == "Service" else "carry"
    return f"selects no {kind}: it asks for {wrong.requirement}, and {holder} {verb} {carried}"


def _service(miss: Miss) -> str:
    return f"selects {miss.candidate}, whose selector matches no pod"


def _port(miss: Miss) -> str:
    where = (
        "a Service that it selects" if miss.monitor.resource.kind == "ServiceMonitor" else f"the pods of {_pods(miss)}"
    )
    found = f"asks for port {miss.place.value}, which {where} " + (
        "does not have" if miss.monitor.resource.kind == "ServiceMonitor" else "do not declare"
    )
    return f"{found} while their metrics are switched off" if _unserved(miss) else found


_REASONS = {
    Stage.SHAPE: _shape,
    Stage.NAMESPACE: _namespace,
    Stage.SELECTOR: _selector,
    Stage.SERVICE: _service,
    Stage.PORT: _port,
}


def _unserved(miss: Miss) -> Place | None:
    """Where metrics would have to be switched on, if the port is missing because they are not."""
    for target in miss.targets if miss.stage is Stage.PORT else ():
        cluster = target.cluster
        if cluster is None or cluster.metrics_switch is None or _is_served(cluster):
            continue
        if any(target.pods == pool.pods for pool in cluster.nodes):
            return cluster.metrics_switch.place
    return None


def _help(miss: Miss) -> str:
    match miss.stage:
        case Stage.SHAPE:
            return "Write namespaceSelector: {matchNames: [kafka]}, with the namespace that Kafka runs in."
        case Stage.NAMESPACE:
            return f"Write namespaceSelector: {{matchNames: [{', '.join(miss.fitting)}]}}."
        case Stage.SELECTOR if len(miss.mismatches) == 1 and miss.mismatches[0].found is not None:
            return f"Write {miss.mismatches[0].requirement.key}: {miss.mismatches[0].found}."
        case Stage.SELECTOR if miss.monitor.resource.kind == "ServiceMonitor":
            return "Select labels that a Service in front of these pods carries, or use a PodMonitor, which needs none."
        case Stage.SELECTOR:
            return "Select labels that the pods carry."
        case Stage.SERVICE:
            return "Let the Service select labels that the pods carry."
        case Stage.PORT if len(miss.fitting) == 1:
            return f"Write port: {miss.fitting[0]}."
        case Stage.PORT if miss.fitting:
            return f"Metrics are served on {', '.join(miss.fitting)}."
        case Stage.PORT if miss.monitor.resource.kind == "ServiceMonitor":
            return "No Service here has a port for metrics: add one, or use a PodMonitor with the container's port."
        case _:
            return "Declare the port with this name in the container, or name the one that it declares."
