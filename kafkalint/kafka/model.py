"""The model that every check reads: a Kafka cluster, its pools, their pods and volumes, what serves and watches them.

Every value knows who set it and where it stands, or where it would have to be written. Nothing here knows a flavour, a
check or a report.
"""

# No postponed annotations here: NamedTuple would compile each of them, some 180 strings, at every start.

from collections import defaultdict
from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Any, NamedTuple

from kafkalint.kafka.budgets import BudgetSpec
from kafkalint.kafka.labels import Selector
from kafkalint.kafka.metrics import Endpoint, Exporter, ExporterKind, MetricsPort, MetricsReference, Monitor
from kafkalint.kafka.placement import Pods
from kafkalint.kafka.pools import (
    Config,
    Container,
    Heap,
    IdSource,
    NodeGroup,
    NodeId,
    NodePool,
    PodTemplate,
    Role,
    ShadowedTemplate,
)
from kafkalint.kafka.remembering import remembered
from kafkalint.kafka.storage_tiers import classify_by_name
from kafkalint.kafka.values import Setter, Setting
from kafkalint.kafka.versions import Version
from kafkalint.kafka.volumes import Claim, DataDirectory, Holds, Mount, StorageClass, Volume, VolumeKind
from kafkalint.manifests.bundles import Bundle, may_share_namespace
from kafkalint.manifests.resources import Place, Resource

__all__ = [
    "Budget",
    "Claim",
    "Config",
    "Container",
    "DataDirectory",
    "Endpoint",
    "Exporter",
    "ExporterKind",
    "Heap",
    "Holds",
    "IdSource",
    "KafkaCluster",
    "KafkaModel",
    "Listener",
    "MetricsPort",
    "MetricsReference",
    "Mode",
    "Monitor",
    "Mount",
    "NodeGroup",
    "NodeId",
    "NodePool",
    "PodTemplate",
    "Rack",
    "Role",
    "Service",
    "ServicePort",
    "Setter",
    "Setting",
    "Settings",
    "ShadowedTemplate",
    "StorageClass",
    "Switch",
    "Topic",
    "Unmodelled",
    "Volume",
    "VolumeKind",
    "Workload",
]


class Mode(Enum):
    """Where the cluster keeps its metadata."""

    KRAFT = "kraft"
    ZOOKEEPER = "zookeeper"
    UNKNOWN = "unknown"


class Budget(NamedTuple):
    """A PodDisruptionBudget: an object of the input, or one that an operator writes."""

    name: str
    namespace: str | None
    spec: BudgetSpec
    place: Place
    """The `spec` of the object; for a generated one, where its numbers are, or would have to be, set."""
    resource: Resource | None = None
    generated_by: str | None = None
    """The operator that writes it; None for an object of the input."""

    @property
    def limits_known(self) -> bool:
        """Whether it is known how many pods it lets go: of an operator's own budget that may not be."""
        return self.generated_by is None or not self.spec.is_unlimited

    @property
    def limit(self) -> Place:
        """The number that says how many pods it lets go, or where that would have to be written."""
        if self.generated_by:
            return self.place
        return self.place.child("maxUnavailable" if self.spec.max_unavailable is not None else "minAvailable")

    def covers(self, pods: Pods) -> bool | None:
        """Whether it selects these pods; None where that cannot be known from the input."""
        if not may_share_namespace(self.namespace, pods.namespace):
            return False
        return False if self.spec.selector is None else self.spec.selector.matches(pods.labels)


class ServicePort(NamedTuple):
    """A port of a Service."""

    name: str | None
    number: int | None
    target: int | str | None


class Service(NamedTuple):
    """A Service: an object of the input, or one that an operator writes."""

    name: str
    namespace: str | None
    selector: Selector | None
    headless: bool
    ports: tuple[ServicePort, ...]
    labels: Mapping[str, str]
    publishes_not_ready: bool
    resource: Resource | None = None
    """None for one that an operator writes."""
    annotations: Mapping[str, str] = MappingProxyType({})
    labels_complete: bool = True
    """False where an operator gives it further labels that the input does not tell."""

    def leads_to(self, pods: Pods) -> bool | None:
        """Whether it leads to these pods; None where it has no selector, and somebody else writes its endpoints."""
        if not may_share_namespace(self.namespace, pods.namespace):
            return False
        return None if self.selector is None else self.selector.matches(pods.labels)


class Listener(NamedTuple):
    """A listener of the brokers."""

    name: str
    port: int | None
    place: Place
    data: Mapping[str, Any] = MappingProxyType({})


class Topic(NamedTuple):
    """A topic that is declared as an object."""

    name: str
    resource: Resource
    partitions: Setting[int]
    replicas: Setting[int]
    config: Mapping[str, Any] = MappingProxyType({})


class Rack(NamedTuple):
    """Rack awareness: where the brokers get `broker.rack` from."""

    place: Place
    topology_key: str | None
    """The node label that is read; None where the rack does not come from a node label."""
    spreads: bool | None = False
    """Whether the operator itself adds a preference that spreads pods over the topology (Strimzi up to 0.48); None
    where the operator's version decides it and is not known."""
    dropped_since: str = ""
    """The operator's first release that adds no such preference any more (`Strimzi 0.49`), where one did."""


class Switch(NamedTuple):
    """Something that an operator does once it is told to."""

    place: Place
    """Where it is told."""
    how: str
    """What to write there, in words: `Write kafkaExporter: {} there`."""
    value: Any = None
    """What to write there, as data; None where the input does not decide it."""
    item: bool = False
    """Whether the value is one more item of the list that is there."""
    beside: Mapping[str, Any] | None = None
    """An object that has to come with it, such as the ConfigMap that it names."""
    serves: tuple[Exporter, ...] = ()
    """Exporters that there will be then, on ports that are not open yet."""


class KafkaCluster(NamedTuple):
    """One Kafka cluster, whatever runs it."""

    name: str
    namespace: str | None
    flavour: str
    """`statefulset`, `strimzi`, `confluent` …"""
    resource: Resource
    """The object that stands for the cluster."""
    version: Setting[str]
    """Kafka's version."""
    mode: Mode
    pools: tuple[NodePool, ...]
    """Brokers and controllers."""
    zookeeper: tuple[NodePool, ...] = ()
    operator: str | None = None
    """The operator that runs it, as messages name it; None for plain manifests."""
    operator_version: Version | None = None
    operator_oldest: Version | None = None
    """The same as `operator_version` where the input or the config states it; else that is the newest release that
    could take the resource and this one the oldest: a version gate is certain only if both agree."""
    budgets: tuple[Budget, ...] = ()
    """Budgets that the operator writes; those of the input are the model's."""
    services: tuple[Service, ...] = ()
    """Services that the operator writes."""
    exporters: tuple[Exporter, ...] = ()
    metrics_references: tuple[MetricsReference, ...] = ()
    metrics_switch: Switch | None = None
    """What makes the operator serve the brokers' metrics; None where no operator does."""
    lag_switch: Switch | None = None
    """What makes something export consumer lag; None where an exporter is a workload of its own."""
    rack_switch: Switch | None = None
    """What makes the operator write `broker.rack`; None where no operator does."""
    class_change: str = ""
    """How claims that exist get another storage class, in words."""
    listeners: tuple[Listener, ...] = ()
    topics: tuple[Topic, ...] = ()
    rack: Rack | None = None
    whole: bool = True
    """False where parts of the cluster are certainly not in the input (a Kafka resource without its pools): nothing can
    be counted, and nothing that is absent is missing."""
    partial: bool = False
    """True where even the object that stands for the cluster is not in the input, only its pools or topics: nothing but
    what these decide by themselves (storage, a written replica count) can be judged. Never true where `whole` is."""
    shadowed: tuple[ShadowedTemplate, ...] = ()
    """Pod templates that another one hides."""

    @property
    def brokers(self) -> tuple[NodePool, ...]:
        """Pools whose nodes are brokers."""
        return tuple(pool for pool in self.pools if Role.BROKER in pool.roles)

    @property
    def controllers(self) -> tuple[NodePool, ...]:
        """Pools whose nodes are KRaft controllers."""
        return tuple(pool for pool in self.pools if Role.CONTROLLER in pool.roles)

    @property
    def nodes(self) -> tuple[NodePool, ...]:
        """Every pool, ZooKeeper included."""
        return (*self.pools, *self.zookeeper)

    @property
    def groups(self) -> tuple[NodeGroup, ...]:
        """Brokers, controllers and ZooKeeper servers; controllers that are the brokers are not listed again."""
        found = [NodeGroup(Role.BROKER, self.brokers)]
        if set(map(id, self.controllers)) != set(map(id, self.brokers)):
            found.append(NodeGroup(Role.CONTROLLER, self.controllers))
        found.append(NodeGroup(Role.ZOOKEEPER, self.zookeeper))
        return tuple(group for group in found if group.pools)

    @property
    def title(self) -> str:
        """The cluster as messages name it: `Kafka my-cluster`, `StatefulSet kafka`."""
        return f"{self.resource.kind} {self.resource.name}"


class Workload(NamedTuple):
    """Pods that will exist, Kafka's or not: what selectors are evaluated against."""

    title: str
    pods: Pods
    resource: Resource
    ports: tuple[MetricsPort, ...] = ()
    """Container ports, by each name that they may have: an operator's version may decide it and not be known."""


class Unmodelled(NamedTuple):
    """Something of Kafka that is recognised and named, and not modelled yet."""

    flavour: str
    resource: Resource


class Settings(NamedTuple):
    """What the command line and the config say about the world that the manifests do not."""

    strimzi_version: Version | None = None
    kubernetes_version: Version | None = None
    storage_tiers: Mapping[str, str] = MappingProxyType({})
    """StorageClass name to tier name."""
    zones: int | None = None
    """How many zones the cluster's nodes lie in."""
    options: Mapping[str, Mapping[str, Any]] = MappingProxyType({})
    """Options of checks, by the check's name."""


class KafkaModel(NamedTuple):
    """All that is applied together, as far as it matters to Kafka."""

    bundle: Bundle
    clusters: tuple[KafkaCluster, ...]
    workloads: tuple[Workload, ...] = ()
    budgets: tuple[Budget, ...] = ()
    """PodDisruptionBudgets of the input."""
    services: tuple[Service, ...] = ()
    """Services of the input."""
    monitors: tuple[Monitor, ...] = ()
    storage_classes: Mapping[str, StorageClass] = MappingProxyType({})
    unmodelled: tuple[Unmodelled, ...] = ()
    generated_budgets: tuple[Budget, ...] = ()
    """Budgets that operators write for pods that belong to no cluster (Connect); a cluster's own are in the cluster."""
    metrics_references: tuple[MetricsReference, ...] = ()
    """References of metrics configuration outside clusters; a cluster's own are in the cluster."""
    settings: Settings = Settings()

    def service(self, name: str | None, namespace: str | None) -> Service | None:
        """The Service of the input with this name in a namespace that is, or may be, this one."""
        named = _services_by_name(self).get(name, ()) if name else ()
        found = [one for one in named if may_share_namespace(one.namespace, namespace)]
        return next((one for one in found if one.namespace == namespace), found[0] if found else None)

    def storage_class(self, claim: Claim) -> StorageClass | None:
        """What is known of a claim's class; None where it has none, or a default decides that is not in the input."""
        if claim.storage_class.by is Setter.KUBERNETES:
            return self.default_storage_class
        name = claim.storage_class.value
        if not name:
            return None
        return self.storage_classes.get(name) or StorageClass(name, None, classify_by_name(name), certain=False)

    @property
    def default_storage_class(self) -> StorageClass | None:
        """The class that the input marks as the cluster's default; None where it marks none, or several."""
        found = [one for one in self.storage_classes.values() if one.is_default]
        return found[0] if len(found) == 1 else None


@remembered
def _services_by_name(model: KafkaModel) -> dict[str, list[Service]]:
    found: dict[str, list[Service]] = defaultdict(list)
    for service in model.services:
        found[service.name].append(service)
    return found
