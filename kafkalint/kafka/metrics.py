"""What serves metrics and what asks for them: exporters, monitors, the configuration that both are made of."""

# No postponed annotations, as in model.py.

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import NamedTuple

from kafkalint.kafka.labels import Selector
from kafkalint.kafka.placement import Pods
from kafkalint.kafka.values import Setting
from kafkalint.manifests.bundles import may_share_namespace
from kafkalint.manifests.resources import Place, Resource


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
