"""The model that every check reads: a Kafka cluster, its pools, their pods and volumes, what serves and watches them.

Every value knows who set it and where it stands, or where it would have to be written. Nothing here knows a flavour, a
check or a report.
"""

# No postponed annotations here: NamedTuple would compile each of them, some 180 strings, at every start.

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from types import MappingProxyType
from typing import Any, Generic, NamedTuple, TypeVar

from kafkalint.kafka.budgets import BudgetSpec
from kafkalint.kafka.labels import PodLabels, Selector
from kafkalint.kafka.placement import Pods, Verdict, keeps_apart
from kafkalint.kafka.remembering import remembered
from kafkalint.kafka.storage_tiers import StorageFacts, classify_by_name
from kafkalint.kafka.topology import HOSTNAME
from kafkalint.kafka.versions import Version
from kafkalint.manifests.bundles import Bundle, may_share_namespace
from kafkalint.manifests.resources import Place, Resource, dig

T = TypeVar("T")

_CLASS_PREFIXES = ("storageclass", "storageclass.beta")


class Setter(Enum):
    """Who decides a value."""

    WRITTEN = "written"
    OPERATOR = "the operator's default"
    IMAGE = "the image's default"
    KAFKA = "Kafka's default"
    KUBERNETES = "Kubernetes' default"
    UNKNOWN = "unknown"


class Setting(NamedTuple, Generic[T]):
    """A value, who set it, and where it stands or would have to be written.

    `value` is None where the setter is UNKNOWN (the input does not say), and where the value in effect is "none". Where
    only a part of an UNKNOWN value is decided at run time it is the text as written: `PLAINTEXT://$(POD_NAME).kafka:9092`.
    """

    value: T | None
    by: Setter
    place: Place

    @property
    def known(self) -> bool:
        """Whether the input decides the value."""
        return self.by is not Setter.UNKNOWN

    @property
    def written(self) -> bool:
        """Whether a manifest of the input states it."""
        return self.by is Setter.WRITTEN


class Role(Enum):
    """What a pod is to the cluster."""

    BROKER = "broker"
    CONTROLLER = "controller"
    ZOOKEEPER = "ZooKeeper server"


class Mode(Enum):
    """Where the cluster keeps its metadata."""

    KRAFT = "kraft"
    ZOOKEEPER = "zookeeper"
    UNKNOWN = "unknown"


class VolumeKind(Enum):
    """What a volume of a pod is made of, as far as losing or sharing data goes."""

    CLAIM_TEMPLATE = "claim template"
    """One PersistentVolumeClaim for each pod, made from a template (StatefulSet) or by the operator."""
    CLAIM = "claim"
    """A PersistentVolumeClaim by its name: the same one for every pod of the workload."""
    EPHEMERAL_CLAIM = "generic ephemeral volume"
    """A claim that is deleted with its pod."""
    EMPTY_DIR = "emptyDir"
    HOST_PATH = "hostPath"
    NETWORK = "network filesystem"
    """An in-line nfs, cephfs, glusterfs, azureFile … volume."""
    CONFIG = "configuration"
    """ConfigMap, Secret, projected, downwardAPI."""
    OTHER = "other"


class Claim(NamedTuple):
    """A PersistentVolumeClaim, or the template of one claim for each pod."""

    name: str
    """The template's name, or the claim's where the pods share one."""
    place: Place
    storage_class: Setting[str]
    """KUBERNETES with value None where no class is named: the cluster's default class decides."""
    access_modes: Setting[tuple[str, ...]]
    size: Setting[str]
    volume_name: str | None = None
    selector: Selector | None = None
    resource: Resource | None = None
    """The PersistentVolumeClaim itself, where it is an object of the input."""


class Volume(NamedTuple):
    """A volume of a pod."""

    name: str
    kind: VolumeKind
    place: Place
    claim: Claim | None = None
    data: Mapping[str, Any] = MappingProxyType({})
    """The volume as the pod spec has it; empty for what an operator makes."""


class Mount(NamedTuple):
    """A volume's place in a container's filesystem."""

    volume: str
    path: str
    place: Place
    sub_path: str | None = None
    per_pod: bool = False
    """Whether `subPathExpr` gives every pod a directory of its own."""


class Holds(Enum):
    """What lies in a data directory."""

    LOGS = "log"
    METADATA = "metadata"
    ZOOKEEPER = "ZooKeeper data"
    ZOOKEEPER_LOG = "ZooKeeper transaction log"


class DataDirectory(NamedTuple):
    """A directory that Kafka or ZooKeeper keeps its data in, and the volume that it really lies on."""

    path: Setting[str]
    """From log.dirs, log.dir, metadata.log.dir, dataDir … or the image's default; UNKNOWN where the input does not say.
"""
    holds: Holds
    mount: Mount | None
    """The deepest mount above the path; None where the path is on the container's own layer, or unknown."""
    volume: Volume | None
    """What is mounted there; None likewise, or where the mount names no volume (`mount` is then set)."""


class Container(NamedTuple):
    """A container of a pod."""

    name: str
    image: str
    data: Mapping[str, Any]
    place: Place
    init: bool = False
    parts: Mapping[str, Place] = MappingProxyType({})
    """First step of a route to the place where that part is written, where an operator puts the container together."""

    def at(self, *route: str | int) -> Place:
        """Where a part of the container stands, or would have to be written."""
        if route and route[0] in self.parts:
            return self.parts[str(route[0])].child(*route[1:])
        return self.place.child(*route)


class Heap(NamedTuple):
    """The bounds that the JVM's heap is given; a value of None leaves the bound to the operator or the JVM."""

    initial: Setting[str]
    """`-Xms` as written, without the option's name: `2g`."""
    maximum: Setting[str]
    """`-Xmx` likewise."""


class PodTemplate(NamedTuple):
    """The pods of a pool as they will be: the effective pod spec, whoever writes it, and where each part is written."""

    labels: PodLabels
    spec: Mapping[str, Any]
    """The pod spec as far as the input and the operator's known defaults decide it."""
    base: Place
    """Where the pod spec is written; routes of the spec continue from here unless `parts` says otherwise."""
    parts: Mapping[str, Place] = MappingProxyType({})
    """First step of a route to the place where that part is, or would have to be, written."""
    labels_place: Place | None = None
    annotations: Mapping[str, str] = MappingProxyType({})
    containers: tuple[Container, ...] = ()
    init_containers: tuple[Container, ...] = ()
    complete: bool = True
    """False where something that the input does not show can change the pods (a pod overlay, a webhook that is known
    to).
    """
    unknown: frozenset[str] = frozenset()
    """First steps of what is absent from `spec` and may be set by the operator: the input does not tell to what."""
    one_per_node: Place | None = None
    """The operator's own switch that keeps the pool's pods off one node, where it has one (CFK: `oneReplicaPerNode`).
"""

    def place(self, *route: str | int) -> Place:
        """Where a part of the pod spec stands, or would have to be written."""
        if route and route[0] in self.parts:
            return self.parts[str(route[0])].child(*route[1:])
        return self.base.child(*route)

    def get(self, *route: str | int) -> Any:
        """A value of the effective pod spec; None where there is none."""
        return dig(dict(self.spec), *route)


class IdSource(Enum):
    """Where a node's id comes from: whether each pod has its own, and keeps it."""

    ORDINAL = "the pod's ordinal"
    CONSTANT = "one constant for all pods"
    GENERATED = "generated at the first start"
    POD = "the pod, but not its ordinal"
    """Its name, its address, a random number."""
    UNKNOWN = "unknown"


class NodeId(NamedTuple):
    """How a node gets its id."""

    source: IdSource
    value: str | None
    """As written: `1`, `${HOSTNAME##*-}`, `metadata.name`; None where nothing is."""
    place: Place


class Config(NamedTuple):
    """Kafka's configuration in effect for a pool: written, else the operator's, the image's, Kafka's default."""

    entries: Mapping[str, Setting[str]]
    """Keys as Kafka names them. A value that only a running pod knows (`$(POD_NAME)`, a Secret) is there, UNKNOWN, with
    None.
    """
    place: Place
    """Where a key that is missing would have to be written."""
    complete: bool
    """False where configuration may come from outside the input: a key that is absent is then unknown, not at its
    default.
    """
    defaults: Mapping[str, str] = MappingProxyType({})
    """Kafka's own defaults for the version in use."""

    def get(self, key: str) -> Setting[str]:
        """The value in effect for a key."""
        written = self.entries.get(key)
        if written is not None:
            return written
        if self.complete:
            return Setting(self.defaults.get(key), Setter.KAFKA, self.place)
        return Setting(None, Setter.UNKNOWN, self.place)

    def integer(self, key: str) -> Setting[int]:
        """The value in effect as a whole number; UNKNOWN where it is none."""
        setting = self.get(key)
        try:
            return Setting(int(setting.value or ""), setting.by, setting.place)
        except ValueError:
            return Setting(None, Setter.UNKNOWN, setting.place)


class NodePool(NamedTuple):
    """Equal Kafka nodes (or ZooKeeper servers): one StatefulSet, one KafkaNodePool, one CFK resource."""

    name: str
    roles: frozenset[Role]
    resource: Resource
    workload: str
    """The kind that runs the pods: `StatefulSet`, `Deployment`, `StrimziPodSet` …"""
    replicas: Setting[int]
    template: PodTemplate
    pods: Pods
    """The same pods as the scheduler and selectors see them."""
    server: Container | None
    """The container that runs Kafka or ZooKeeper; None where an operator makes it."""
    config: Config
    volumes: tuple[Volume, ...] = ()
    mounts: tuple[Mount, ...] = ()
    """Mounts of the server container."""
    data: tuple[DataDirectory, ...] = ()
    node_id: NodeId | None = None
    """How a node gets its id; None where an operator sees to it."""
    service: Setting[str] | None = None
    """The governing headless Service; None where an operator makes it."""
    first_ordinal: int = 0
    pod_names: tuple[str, ...] = ()
    """Names of the pods that will exist, where replicas are known and names are predictable."""
    claim_names: tuple[str, ...] = ()
    """Names of the PersistentVolumeClaims that will exist, likewise."""
    claims_deleted: tuple[Place, ...] = ()
    """What says that data goes with its cluster or its pod: `deleteClaim: true`, a retention policy of Delete."""
    heap: Heap | None = None
    """The heap as the manifests set it; None where nothing is known of it."""

    @property
    def namespace(self) -> str | None:
        """The pods' namespace; None where it is not stated."""
        return self.resource.namespace

    @property
    def main(self) -> Container | None:
        """The container that runs Kafka or ZooKeeper, whoever makes it: for its resources, not for scripts."""
        return self.server or next(iter(self.template.containers), None)

    @property
    def stateful(self) -> bool:
        """Whether the workload keeps each pod's name and claims (StatefulSet, or an operator's pod set)."""
        return self.workload not in (
            "Deployment",
            "ReplicaSet",
            "ReplicationController",
            "DaemonSet",
            "Job",
            "CronJob",
            "Pod",
        )

    @property
    def title(self) -> str:
        """The object as messages name it: `StatefulSet kafka-controller`."""
        return f"{self.resource.kind} {self.resource.name}"


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


class ExporterKind(Enum):
    """What an exporter tells about."""

    JMX = "broker metrics"
    LAG = "consumer lag"
    ZOOKEEPER = "ZooKeeper metrics"


class MetricsPort(NamedTuple):
    """A port on which metrics are served: the container port's name, if it has one, and number."""

    name: str | None
    number: int | None


class Exporter(NamedTuple):
    """Something that serves metrics of the cluster: a JMX agent in the broker, a sidecar, a Deployment of its own."""

    kind: ExporterKind
    title: str
    """As messages name it: `the JMX exporter sidecar of StatefulSet kafka`."""
    place: Place
    """Where it is configured."""
    pods: Pods
    """The pods that serve the metrics."""
    ports: tuple[MetricsPort, ...]
    """Empty where the input does not say."""
    annotations: Mapping[str, str] = MappingProxyType({})
    """Annotations of those pods (`prometheus.io/scrape`)."""
    target: Setting[str] | None = None
    """The bootstrap servers or ZooKeeper hosts that it reads from; None where an operator sets them."""
    generated_by: str | None = None
    path: str = "/metrics"


class Endpoint(NamedTuple):
    """One endpoint of a monitor."""

    port: str | None
    """Name of a port of the Service (ServiceMonitor) or of the container (PodMonitor)."""
    target_port: int | str | None
    place: Place
    path: str | None = None


class Monitor(NamedTuple):
    """A ServiceMonitor or PodMonitor of the Prometheus operator."""

    resource: Resource
    selector: Selector | None
    any_namespace: bool
    namespaces: tuple[str, ...]
    """Namespaces that it looks in; its own where empty and not `any_namespace`."""
    endpoints: tuple[Endpoint, ...]
    malformed: bool = False
    """Whether `namespaceSelector` has a shape that the API server refuses (a list, a string for the list of names)."""

    def looks_in(self, namespace: str | None) -> bool:
        """Whether a namespace is, or may be, among those that it looks in."""
        if self.any_namespace:
            return True
        names = self.namespaces or (self.resource.namespace,)
        return any(may_share_namespace(name, namespace) for name in names)


class MetricsReference(NamedTuple):
    """A ConfigMap key that the metrics configuration of a component names."""

    config_map: str
    key: str | None
    namespace: str | None
    place: Place
    """The reference itself."""
    optional: bool = False


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


class NodeGroup(NamedTuple):
    """All nodes of one role: what must not be lost together."""

    role: Role
    pools: tuple[NodePool, ...]

    @property
    def replicas(self) -> int | None:
        """How many nodes there are; None where a pool does not say."""
        counts = [pool.replicas.value for pool in self.pools]
        return None if any(count is None for count in counts) else sum(count or 0 for count in counts)

    @property
    def title(self) -> str:
        """The nodes in words: `brokers`, `controllers`, `ZooKeeper servers`."""
        return f"{self.role.value}s"

    def pairs(self) -> Iterator[tuple[NodePool, NodePool]]:
        """Pools whose pods can meet: each with itself where it has two replicas, and with every later one."""
        for index, first in enumerate(self.pools):
            if first.replicas.value is None or first.replicas.value > 1:
                yield first, first
            for second in self.pools[index + 1 :]:
                if first.replicas.value != 0 and second.replicas.value != 0:
                    yield first, second

    def apartness(
        self, topology_key: str = HOSTNAME, others: Sequence[Pods] = ()
    ) -> Iterator[tuple[NodePool, NodePool, Verdict]]:
        """For every two pools whether a pod of the one may share a node (or zone) with a pod of the other.

        `others` are pods that a rule may be aimed at instead: such a rule is not ineffective.
        """
        for first, second in self.pairs():
            yield first, second, keeps_apart(first.pods, second.pods, topology_key, others=others)


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
    metrics_place: Place | None = None
    """Where broker metrics would have to be switched on."""
    lag_place: Place | None = None
    """Where a lag exporter would have to be switched on; None where it is a workload of its own."""
    listeners: tuple[Listener, ...] = ()
    topics: tuple[Topic, ...] = ()
    rack: Rack | None = None
    whole: bool = True
    """False where parts of the cluster are certainly not in the input (a Kafka resource without its pools): nothing can
    be counted, and nothing that is absent is missing."""
    partial: bool = False
    """True where even the object that stands for the cluster is not in the input, only its pools or topics: nothing but
    what these decide by themselves (storage, a written replica count) can be judged. Never true where `whole` is."""
    shadowed: tuple[tuple[Place, Place, tuple[str, ...]], ...] = ()
    """Pod templates that another one hides: (the hiding one, the hidden one, what is lost)."""

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


class StorageClass(NamedTuple):
    """A StorageClass that a claim names: the object, if it is in the input, and what is known of it."""

    name: str
    resource: Resource | None
    facts: StorageFacts | None
    """None where nothing is known."""
    certain: bool
    """False where only the class's name suggests it."""

    @property
    def is_default(self) -> bool:
        """Whether the input marks it as the class of claims that name none (kubernetes, `IsDefaultAnnotation`)."""
        marks = self.resource.annotations if self.resource is not None else {}
        return any(marks.get(f"{prefix}.kubernetes.io/is-default-class") == "true" for prefix in _CLASS_PREFIXES)


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
