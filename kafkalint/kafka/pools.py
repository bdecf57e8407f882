"""The nodes of a cluster: pools of equal pods, what these will be like, their configuration, and who may meet whom."""

# No postponed annotations, as in model.py.

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from types import MappingProxyType
from typing import Any, NamedTuple

from kafkalint.kafka.labels import PodLabels
from kafkalint.kafka.placement import Pods, Verdict, keeps_apart
from kafkalint.kafka.topology import HOSTNAME
from kafkalint.kafka.values import Setter, Setting
from kafkalint.kafka.volumes import DataDirectory, Mount, Volume
from kafkalint.manifests.resources import Place, Resource, dig


class Role(Enum):
    """What a pod is to the cluster."""

    BROKER = "broker"
    CONTROLLER = "controller"
    ZOOKEEPER = "ZooKeeper server"


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


class ShadowedTemplate(NamedTuple):
    """A pod template that another one hides, so that a part of what it says is lost."""

    hiding: Place
    hidden: Place
    lost: tuple[str, ...]
    """Fields that only the hidden one sets: `affinity`, `pod.metadata.labels`."""


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
    variables: Mapping[str, str] = MappingProxyType({})
    """Environment variables by the keys that they would set, where the image's entry point reads them and one more
    changes nothing but its key."""

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
