"""What a flavour is: it recognises one way of running Kafka on Kubernetes and turns its resources into the model."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from kafkalint.kafka.model import Budget, KafkaCluster, MetricsReference, Settings, Unmodelled, Workload
from kafkalint.manifests.bundles import Bundle


class Reading(NamedTuple):
    """What a flavour found in a bundle."""

    clusters: tuple[KafkaCluster, ...] = ()
    workloads: tuple[Workload, ...] = ()
    """Pods that an operator will make and no workload object of the input stands for."""
    unmodelled: tuple[Unmodelled, ...] = ()
    budgets: tuple[Budget, ...] = ()
    """Budgets that an operator writes for such workloads."""
    metrics_references: tuple[MetricsReference, ...] = ()
    """References of such workloads' metrics configuration."""


class Flavour(Protocol):
    """One way of running Kafka on Kubernetes."""

    @property
    def name(self) -> str:
        """What reports call it, in lower case."""

    def read(self, bundle: Bundle, settings: Settings) -> Reading:
        """The clusters of this flavour in a bundle; must not raise, whatever shape the resources have."""
