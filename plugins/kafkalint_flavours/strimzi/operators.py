"""Which Strimzi will read the resources: its version, whether that is stated, and the switches of its Deployment."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from kafkalint.kafka.images import ImageReference
from kafkalint.kafka.pods import environment, pod_template
from kafkalint.kafka.versions import Version
from kafkalint.manifests.resources import Resource, dig, items
from kafkalint.manifests.shapes import mapping, text
from kafkalint_flavours.strimzi.releases import KAFKA_VERSIONS, default_kafka

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kafkalint.kafka.model import Container, Settings
    from kafkalint.manifests.bundles import Bundle

KRAFT_ONLY: Final = Version(0, 46)
"""ZooKeeper, clusters without node pools and storage overrides are gone."""
EVERY_BUDGET: Final = Version(0, 48)
"""Entity operator, Cruise Control and exporter have budgets; min.insync.replicas is always written."""
V1: Final = Version(0, 49)
"""API version v1; templates are merged by property; rack awareness adds no pod anti-affinity."""
V1_ONLY: Final = Version(1, 0)
"""v1beta2 is gone; only brokers are bound to nodes with a rack; the bridge has a management port."""
NAMED_HEALTH_PORTS: Final = Version(1, 1)
MAX_UNAVAILABLE_BUDGETS: Final = Version(1, 2)

GROUP: Final = "kafka.strimzi.io"

_EVERY_KAFKA: Final = frozenset(kafka for supported in KAFKA_VERSIONS.values() for kafka in supported)
_CHART: Final = "strimzi-kafka-operator"
_KAFKA_IMAGE: Final = re.compile(r"[:-](\d+\.\d+\.\d+)-kafka-\d")


class Operator(NamedTuple):
    """The cluster operator that will read a resource."""

    version: Version
    """The version that is stated, else the newest that could take the resource."""
    oldest: Version
    """The same where it is stated, else the oldest that could take the resource."""
    stated: bool
    """Whether the input or the config states the version."""
    environment: Mapping[str, str] = MappingProxyType({})
    """Variables of its Deployment, as far as the input shows them."""

    @property
    def title(self) -> str:
        """The operator as messages name it: with its version only where that is stated."""
        return f"Strimzi {self.version.major}.{self.version.minor}" if self.stated else "Strimzi"

    @property
    def writes_budgets(self) -> bool:
        """Whether it writes PodDisruptionBudgets (`ClusterOperatorConfig.POD_DISRUPTION_BUDGET_GENERATION`)."""
        return self.environment.get("STRIMZI_POD_DISRUPTION_BUDGET_GENERATION", "true").strip().lower() == "true"

    def kafka_image(self, kafka_version: str) -> str:
        """The image that it runs a Kafka version from (`KafkaVersion.Lookup`); empty where that is not stated."""
        for line in self.environment.get("STRIMZI_KAFKA_IMAGES", "").split():
            version, _, image = line.partition("=")
            if version == kafka_version:
                return image
        return f"quay.io/strimzi/kafka:{self.version}-kafka-{kafka_version}" if self.stated else ""

    def default_kafka(self) -> str | None:
        """The Kafka version that it runs where a resource names none; None where that depends on its own version."""
        newest = default_kafka(self.version)
        return newest if newest == default_kafka(self.oldest) else None

    def since(self, release: Version) -> bool | None:
        """Whether it is of a release or a later one; None where that is not certain."""
        return None if self.oldest < release <= self.version else self.version >= release


class _Deployed(NamedTuple):
    namespace: str | None
    version: Version | None
    environment: Mapping[str, str]


class Operators:
    """The cluster operators that a bundle shows, found once for all of its resources."""

    def __init__(self, bundle: Bundle, settings: Settings) -> None:
        self._deployed = tuple(_deployments(bundle))
        self._charts = tuple(_charts(bundle))
        self._configured = settings.strimzi_version
        self._asked = {_ask(resource) for resource in bundle.resources if resource.group == GROUP}

    def reading(self, resource: Resource, *, zookeeper_era: bool = False) -> Operator:
        """The operator that will read a resource.

        The version is that of the operator's Deployment in the bundle, or of the chart that a Flux or Argo CD object
        names; else the config's; else the newest release that could take the resource: 0.51 for v1beta2, 0.45 for a
        cluster on ZooKeeper, and no newer than one that supports the Kafka version that is asked for. Other resources
        of the bundle narrow that down, as one operator reads them all.
        """
        deployed = self._nearest(resource.namespace)
        environment = deployed.environment if deployed else {}
        found = [deployed.version if deployed else None, *self._charts, self._configured]
        stated = next((version for version in found if version is not None), None)
        if stated is not None:
            return Operator(stated, stated, stated=True, environment=environment)
        fitting = self._fitting(resource, zookeeper_era=zookeeper_era)
        return Operator(max(fitting), min(fitting), stated=False, environment=environment)

    def _fitting(self, resource: Resource, *, zookeeper_era: bool) -> list[Version]:
        api_version, kafka = _ask(resource)
        taking = [release for release in KAFKA_VERSIONS if _takes(release, api_version, zookeeper_era=zookeeper_era)]
        fitting = [release for release in taking if _supports(release, kafka)] or taking
        return [release for release in fitting if all(_fits(release, *other) for other in self._asked)] or fitting

    def _nearest(self, namespace: str | None) -> _Deployed | None:
        same = [found for found in self._deployed if found.namespace == namespace]
        known = [found for found in self._deployed if found.version is not None]
        return next(iter([*same, *known, *self._deployed]), None)


def _ask(resource: Resource) -> tuple[str, str | None]:
    """What a resource asks of its operator: an API version, and a Kafka version that some release supports."""
    kafka = text(resource.get("spec", "kafka", "version")) or text(resource.get("spec", "version"))
    return resource.version, kafka if kafka in _EVERY_KAFKA else None


def _fits(release: Version, api_version: str, kafka: str | None) -> bool:
    return _takes(release, api_version) and _supports(release, kafka)


def _supports(release: Version, kafka: str | None) -> bool:
    return kafka is None or kafka in KAFKA_VERSIONS[release]


def _takes(release: Version, api_version: str, *, zookeeper_era: bool = False) -> bool:
    if zookeeper_era:
        return release < KRAFT_ONLY
    return release >= V1 if api_version == "v1" else release < V1_ONLY


def _deployments(bundle: Bundle) -> Iterator[_Deployed]:
    for resource in bundle.of("apps", "Deployment"):
        template = pod_template(resource, ("spec", "template"))
        for container in template.containers:
            if not _is_operator(container, template.labels.known):
                continue
            known = environment(container, resource.namespace, bundle)
            variables = {name: setting.value for name, setting in known.items() if setting.value is not None}
            version = _image_version(container) or _images_version(variables) or _label_version(resource)
            yield _Deployed(resource.namespace, version, variables)
            break


def _is_operator(container: Container, labels: Mapping[str, str]) -> bool:
    if labels.get("strimzi.io/kind") == "cluster-operator":
        return True
    return any(dig(entry, "name") == "STRIMZI_KAFKA_IMAGES" for entry in items(container.data.get("env")))


def _image_version(container: Container) -> Version | None:
    """The image's tag, where it is Strimzi's own image: vendors number theirs otherwise."""
    image = ImageReference.parse(container.image)
    own = image.name == "operator" or image.last_two.endswith("strimzi/operator")
    return Version.parse(image.tag) if own else None


def _images_version(variables: Mapping[str, str]) -> Version | None:
    """The release in the tags of the Kafka images: `quay.io/strimzi/kafka:0.45.1-kafka-3.9.1`."""
    found = _KAFKA_IMAGE.search(variables.get("STRIMZI_KAFKA_IMAGES", ""))
    return Version.parse(found.group(1)) if found else None


def _label_version(resource: Resource) -> Version | None:
    chart = resource.labels.get("chart") or resource.labels.get("helm.sh/chart") or ""
    if chart.startswith(_CHART + "-"):
        return Version.parse(chart.removeprefix(_CHART + "-"))
    return None


def _charts(bundle: Bundle) -> Iterator[Version]:
    """Exact versions of Strimzi's chart that a Flux HelmRelease or an Argo CD Application installs."""
    for release in bundle.of("helm.toolkit.fluxcd.io", "HelmRelease"):
        chart = mapping(release.get("spec", "chart", "spec"))
        yield from _chart_version(chart.get("chart"), chart.get("version"))
    for application in bundle.of("argoproj.io", "Application"):
        for source in (application.get("spec", "source"), *items(application.get("spec", "sources"))):
            chart = mapping(source)
            yield from _chart_version(chart.get("chart"), chart.get("targetRevision"))


def _chart_version(chart: object, version: object) -> Iterator[Version]:
    found = Version.parse(version)
    if chart == _CHART and found is not None:
        yield found
