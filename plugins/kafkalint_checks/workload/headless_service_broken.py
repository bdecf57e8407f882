"""KL103: a governing Service that gives the pods no names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from kafkalint.checking.check import ClusterCheck
from kafkalint.checking.finding import Applicability, Finding, Level
from kafkalint.checking.fix import SetValue
from kafkalint.kafka.pods import container_ports
from kafkalint.manifests.bundles import may_share_namespace
from kafkalint_checks._immutable import ANEW

if TYPE_CHECKING:
    from kafkalint.checking.fix import Fix, Operation
    from kafkalint.kafka.model import KafkaCluster, KafkaModel, NodePool, Service


class HeadlessServiceBroken(ClusterCheck):
    """A StatefulSet's governing Service is missing, is not headless, or selects other pods.

    ## What it does
    Looks up the Service that `serviceName` names, and asks that it has `clusterIP: None` and selects the pods of the
    StatefulSet. Where no Service at all is among the manifests, nothing can be said of it. The fix names the one
    headless Service that selects the pods, or sets `clusterIP: None` or the selector where that is all that is wrong.
    Kubernetes changes neither `serviceName` nor `clusterIP` in place: an object that exists has to be made anew.

    ## Why is this bad?
    Only a headless Service gives each pod a name of its own (`kafka-0.kafka`). Without it brokers, controllers and
    ZooKeeper servers cannot find one another, and advertised listeners lead nowhere.

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
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: kafka
    spec:
      selector: {app: kafka}
      ports:
        - port: 9092
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
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: kafka
    spec:
      clusterIP: None
      selector: {app: kafka}
      ports:
        - port: 9092
    ```

    ## References
    - https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-network-id
    - https://kubernetes.io/docs/concepts/services-networking/service/#headless-services
    """

    code: ClassVar[str] = "KL103"
    name: ClassVar[str] = "headless-service-broken"
    level: ClassVar[Level] = Level.ERROR
    fix: ClassVar[Applicability] = Applicability.UNSAFE
    cross_resource: ClassVar[bool] = True

    def check(self, cluster: KafkaCluster, model: KafkaModel) -> Iterator[Finding]:
        """At most one finding for each StatefulSet."""
        for pool in cluster.nodes:
            if pool.workload == "StatefulSet" and pool.service is not None:
                found = self._judged(pool, model)
                if found is not None:
                    yield found

    def _judged(self, pool: NodePool, model: KafkaModel) -> Finding | None:
        setting = pool.service
        assert setting is not None  # noqa: S101 - the caller looked
        if setting.known and not setting.value:
            return self.finding(
                setting.place,
                f"{pool.title} has no serviceName: its pods get no names in DNS, and the nodes of Kafka cannot"
                " find one another.",
                help=f"Name a headless Service that selects these pods; {ANEW}.",
                fix=self._other_name(pool, model),
            )
        nearby = any(may_share_namespace(service.namespace, pool.namespace) for service in model.services)
        named = model.service(setting.value, pool.namespace)
        if not nearby or not setting.value:
            return None
        if named is None:
            return self.finding(
                setting.place,
                f"{pool.title} is governed by Service {setting.value}, which is not among the manifests: its "
                "pods get no names in DNS.",
                help=_others(pool, model),
                fix=self._other_name(pool, model),
            )
        return self._of_service(pool, named, model)

    def _of_service(self, pool: NodePool, service: Service, model: KafkaModel) -> Finding | None:
        if service.resource is None:
            return None
        governed = [(pool.resource.place("spec", "serviceName"), f"{pool.title} is governed by it")]
        if not service.headless:
            return self.finding(
                service.resource.place("spec", "clusterIP"),
                f"Service {service.name} governs {pool.title} and is not headless (clusterIP: None): its pods "
                "get no names in DNS.",
                help=(
                    "Set clusterIP: None. The field cannot be changed in place: give clients a second Service, "
                    "and recreate this one."
                ),
                related=governed,
                fix=self._other_name(pool, model) or self._headless(pool, service, model),
            )
        if service.selector is None or service.selector.matches(pool.pods.labels) is False:
            mismatches = service.selector.unmatched(pool.pods.labels) if service.selector else ()
            key = [mismatches[0].requirement.key] if mismatches else []
            reason = str(mismatches[0]) if mismatches else "has no selector"
            return self.finding(
                service.resource.place("spec", "selector", *key),
                f"Service {service.name} governs {pool.title} and does not select its pods: it {reason}.",
                help="Select the labels of the pod template.",
                related=governed,
                fix=self._other_name(pool, model) or self._selecting(pool, service, model),
            )
        return None

    def _other_name(self, pool: NodePool, model: KafkaModel) -> Fix | None:
        """The one Service that would do, unless somebody calls the pods by the name of the one that is written."""
        setting = pool.service
        fitting = _fitting(pool, model)
        if setting is None or len(fitting) != 1 or (setting.value and _is_spoken(setting.value, model)):
            return None
        (service,) = fitting
        return self._mended(f"serviceName: {service.name}", SetValue(setting.place, service.name), pool, service, model)

    def _headless(self, pool: NodePool, service: Service, model: KafkaModel) -> Fix | None:
        """None where the Service has to have an address, or leads its clients to another port than they ask for."""
        if service.resource is None or not _stays(pool, service, model):
            return None
        spec = service.resource.place("spec")
        if spec.child("type").value not in (None, "ClusterIP") or spec.child("clusterIPs").written:
            return None
        if not _keeps_ports(service, pool):
            return None
        return self._mended("clusterIP: None", SetValue(spec.child("clusterIP"), "None"), pool, service, model)

    def _selecting(self, pool: NodePool, service: Service, model: KafkaModel) -> Fix | None:
        """One label that has another value; None where the Service is meant for pods of somebody else."""
        if service.selector is None or service.resource is None or not _stays(pool, service, model):
            return None
        unmatched = service.selector.unmatched(pool.pods.labels)
        labels = pool.pods.labels.known
        key = unmatched[0].requirement.key if len(unmatched) == 1 else ""
        meant_for_others = any(service.leads_to(workload.pods) is not False for workload in model.workloads)
        if key not in labels or meant_for_others or not _is_own(key, pool, service, model):
            return None
        place = service.resource.place("spec", "selector", key)
        return self._mended(f"{key}: {labels[key]}", SetValue(place, labels[key]), pool, service, model)

    def _mended(self, what: str, operation: Operation, pool: NodePool, service: Service, model: KafkaModel) -> Fix:
        """The fix, and with it what a governing Service of peers has to have beside (not-ready-addresses-hidden)."""
        peers = any(pool is one for cluster in model.clusters for one in cluster.pools)
        if not peers or (pool.replicas.value or 0) < 2 or service.publishes_not_ready or service.resource is None:
            return self.mend(f"Set {what}", operation)
        place = service.resource.place("spec", "publishNotReadyAddresses")
        return self.mend(f"Set {what}, and publishNotReadyAddresses: true", operation, SetValue(place, value=True))


def _others(pool: NodePool, model: KafkaModel) -> str:
    fitting = _fitting(pool, model)
    if len(fitting) == 1:
        name = fitting[0].name
        return f"Service {name} is headless and selects these pods: write serviceName: {name}; {ANEW}."
    return "Add a Service of that name with clusterIP: None and a selector for these pods."


def _fitting(pool: NodePool, model: KafkaModel) -> list[Service]:
    """Services that could govern a pool."""
    return [service for service in model.services if service.headless and service.leads_to(pool.pods)]


def _stays(pool: NodePool, service: Service, model: KafkaModel) -> bool:
    """Whether it is the Service that has to change, and not its name that is wrong."""
    return not _fitting(pool, model) or _is_spoken(service.name, model)


def _is_spoken(name: str, model: KafkaModel) -> bool:
    """Whether the manifests call a pod by this Service: `kafka-0.kafka`, `$(POD_NAME).kafka`, `$HOSTNAME.kafka`."""
    called = re.compile(rf"(?:[\d)}}`]|\b[A-Z_]{{3,}})\.{re.escape(name)}(?![\w-])")
    texts = {id(resource.document): resource.document for resource in model.bundle.primary}
    return any(called.search(document.text) for document in texts.values())


def _keeps_ports(service: Service, pool: NodePool) -> bool:
    """Whether the pods listen on the ports of a Service, as they have to where its name is their own address."""
    named = {port.name: port.number for container in pool.template.containers for port in container_ports(container)}
    targets = {port.number: port.target for port in service.ports}
    return all(target in (None, number) or named.get(str(target)) == number for number, target in targets.items())


def _is_own(key: str, pool: NodePool, service: Service, model: KafkaModel) -> bool:
    """Whether a Service would lead to this pool alone, were the value of one label the pool's."""
    others = [workload.pods for workload in model.workloads if workload.resource is not pool.resource]
    wanted = {**dict(service.selector.match_labels if service.selector else ()), key: pool.pods.labels.known[key]}
    return not any(wanted.items() <= pods.labels.known.items() for pods in others)
