"""The flavours that kafkalint ships: one way of running Kafka on Kubernetes in each file or package."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kafkalint.hooks import hookimpl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kafkalint.kafka.flavours import Flavour
    from kafkalint.manifests.resources import Resource


@hookimpl
def kafkalint_flavours() -> Sequence[Flavour]:
    """Every way of running Kafka that can be read, and what is only recognised and named."""
    # Imported here: the hook is loaded at every start, and most commands read no manifest.
    from kafkalint.kafka.pods import pod_route  # noqa: PLC0415
    from kafkalint_flavours.deferred import DeferredFlavour  # noqa: PLC0415
    from kafkalint_flavours.unmodelled import UnmodelledFlavour  # noqa: PLC0415

    return [
        DeferredFlavour("strimzi", _is_strimzi, _strimzi),
        DeferredFlavour("confluent", _is_confluent, _confluent),
        DeferredFlavour("statefulset", lambda resource: pod_route(resource) is not None, _statefulset),
        UnmodelledFlavour(),
    ]


def _is_strimzi(resource: Resource) -> bool:
    return resource.group == "kafka.strimzi.io"


def _is_confluent(resource: Resource) -> bool:
    return resource.group == "platform.confluent.io"


def _strimzi() -> Flavour:
    from kafkalint_flavours.strimzi.flavour import StrimziFlavour  # noqa: PLC0415 - for its own resources only

    return StrimziFlavour()


def _confluent() -> Flavour:
    from kafkalint_flavours.confluent.flavour import ConfluentFlavour  # noqa: PLC0415 - for its own resources only

    return ConfluentFlavour()


def _statefulset() -> Flavour:
    from kafkalint_flavours.statefulset.flavour import StatefulSetFlavour  # noqa: PLC0415 - for workloads only

    return StatefulSetFlavour()
