"""Checks of where the data lies: one volume for each node, one that stays, and one that is Kafka's alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kafkalint.hooks import hookimpl

if TYPE_CHECKING:
    from kafkalint.checking.check import Check


@hookimpl
def kafkalint_checks() -> Sequence[type[Check]]:
    """The checks of this theme, by code."""
    from kafkalint_checks.storage.access_mode import AccessMode  # noqa: PLC0415
    from kafkalint_checks.storage.claim_deleted_with_cluster import ClaimDeletedWithCluster  # noqa: PLC0415
    from kafkalint_checks.storage.data_dir_not_mounted import DataDirNotMounted  # noqa: PLC0415
    from kafkalint_checks.storage.double_replication import DoubleReplication  # noqa: PLC0415
    from kafkalint_checks.storage.ephemeral_data import EphemeralData  # noqa: PLC0415
    from kafkalint_checks.storage.hostpath_data import HostpathData  # noqa: PLC0415
    from kafkalint_checks.storage.immediate_binding import ImmediateBinding  # noqa: PLC0415
    from kafkalint_checks.storage.log_dir_is_mount_root import LogDirIsMountRoot  # noqa: PLC0415
    from kafkalint_checks.storage.network_filesystem import NetworkFilesystem  # noqa: PLC0415
    from kafkalint_checks.storage.no_volume_expansion import NoVolumeExpansion  # noqa: PLC0415
    from kafkalint_checks.storage.reclaim_policy_delete import ReclaimPolicyDelete  # noqa: PLC0415
    from kafkalint_checks.storage.storage_class_tier import StorageClassTier  # noqa: PLC0415
    from kafkalint_checks.storage.storage_class_unset import StorageClassUnset  # noqa: PLC0415
    from kafkalint_checks.storage.volume_binding_broken import VolumeBindingBroken  # noqa: PLC0415
    from kafkalint_checks.storage.volume_not_one_to_one import VolumeNotOneToOne  # noqa: PLC0415
    from kafkalint_checks.storage.volume_template_name_mismatch import VolumeTemplateNameMismatch  # noqa: PLC0415

    return [
        VolumeNotOneToOne,
        EphemeralData,
        DataDirNotMounted,
        StorageClassUnset,
        StorageClassTier,
        NetworkFilesystem,
        ReclaimPolicyDelete,
        ImmediateBinding,
        NoVolumeExpansion,
        ClaimDeletedWithCluster,
        VolumeBindingBroken,
        AccessMode,
        VolumeTemplateNameMismatch,
        DoubleReplication,
        HostpathData,
        LogDirIsMountRoot,
    ]
