"""Checks of what tells how Kafka is: exporters, what scrapes them, and the alerts on what they say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kafkalint.hooks import hookimpl

if TYPE_CHECKING:
    from kafkalint.checking.check import Check


@hookimpl
def kafkalint_checks() -> Sequence[type[Check]]:
    """The checks of this theme, by code."""
    from kafkalint_checks.observability.alert_never_fires import AlertNeverFires  # noqa: PLC0415
    from kafkalint_checks.observability.broker_metrics_missing import BrokerMetricsMissing  # noqa: PLC0415
    from kafkalint_checks.observability.exporter_misdirected import ExporterMisdirected  # noqa: PLC0415
    from kafkalint_checks.observability.lag_exporter_missing import LagExporterMissing  # noqa: PLC0415
    from kafkalint_checks.observability.metrics_config_missing import MetricsConfigMissing  # noqa: PLC0415
    from kafkalint_checks.observability.metrics_not_scraped import MetricsNotScraped  # noqa: PLC0415
    from kafkalint_checks.observability.monitor_selects_nothing import MonitorSelectsNothing  # noqa: PLC0415
    from kafkalint_checks.observability.zookeeper_exporter_missing import ZookeeperExporterMissing  # noqa: PLC0415

    return [
        BrokerMetricsMissing,
        LagExporterMissing,
        ZookeeperExporterMissing,
        MetricsNotScraped,
        MonitorSelectsNothing,
        AlertNeverFires,
        MetricsConfigMissing,
        ExporterMisdirected,
    ]
