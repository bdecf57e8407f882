"""Checks of the input itself: what cannot be read, is not rendered, is there twice, or suppresses nothing."""

from __future__ import annotations

from collections.abc import Sequence

from kafkalint.checking.check import Check
from kafkalint.hooks import hookimpl


@hookimpl
def kafkalint_checks() -> Sequence[type[Check]]:
    """The checks of this theme."""
    from kafkalint_checks.manifests.ambiguous_scalar import AmbiguousScalar  # noqa: PLC0415 - hooks import when called
    from kafkalint_checks.manifests.duplicate_key import DuplicateKey  # noqa: PLC0415
    from kafkalint_checks.manifests.duplicate_resource import DuplicateResource  # noqa: PLC0415
    from kafkalint_checks.manifests.invalid_yaml import InvalidYaml  # noqa: PLC0415
    from kafkalint_checks.manifests.no_kafka_found import NoKafkaFound  # noqa: PLC0415
    from kafkalint_checks.manifests.suppression_without_reason import SuppressionWithoutReason  # noqa: PLC0415
    from kafkalint_checks.manifests.unrendered_template import UnrenderedTemplate  # noqa: PLC0415
    from kafkalint_checks.manifests.unused_suppression import UnusedSuppression  # noqa: PLC0415

    return [
        InvalidYaml,
        UnrenderedTemplate,
        DuplicateKey,
        DuplicateResource,
        UnusedSuppression,
        SuppressionWithoutReason,
        NoKafkaFound,
        AmbiguousScalar,
    ]
