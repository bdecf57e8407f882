"""Checks of what runs the nodes: identity, names, the pods themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kafkalint.hooks import hookimpl

if TYPE_CHECKING:
    from kafkalint.checking.check import Check


@hookimpl
def kafkalint_checks() -> Sequence[type[Check]]:
    """The checks of this theme, by code."""
    from kafkalint_checks.workload.broker_not_stateful import BrokerNotStateful  # noqa: PLC0415
    from kafkalint_checks.workload.headless_service_broken import HeadlessServiceBroken  # noqa: PLC0415
    from kafkalint_checks.workload.not_ready_addresses_hidden import NotReadyAddressesHidden  # noqa: PLC0415
    from kafkalint_checks.workload.unstable_broker_id import UnstableBrokerId  # noqa: PLC0415

    return [BrokerNotStateful, UnstableBrokerId, HeadlessServiceBroken, NotReadyAddressesHidden]
