"""What can be known of storage: how fit it is for a broker's log, who replicates it, where its volumes can be used."""

from __future__ import annotations

import re
from enum import IntEnum
from typing import Final, NamedTuple

# The source of a fact stands in parentheses at the end of a reason.
_SOURCE: Final = re.compile(r" \([^()]*\)$")


class Tier(IntEnum):
    """How fit storage is for a broker's log, from worst to best; unknown storage has no tier (None)."""

    UNSUITABLE = 0
    """Kafka is known to break on it: network file systems rename and lock differently from a disk."""
    DEVELOPMENT = 1
    """A folder of the node: no capacity limit, gone with the node."""
    SLOW = 2
    """Spinning disks."""
    BURST = 3
    """SSDs whose speed lasts as long as their credits."""
    STANDARD = 4
    """SSDs with a steady rate."""
    PREMIUM = 5
    """SSDs with provisioned or guaranteed rates, and block SAN."""


class StorageFacts(NamedTuple):
    """What is known of a storage class or a volume, and why."""

    tier: Tier | None = None
    """The tier, or None where the input does not decide it."""
    reason: str = ""
    """In words: the parameter or field that decides, and the source of the fact."""
    network_filesystem: bool = False
    """Files over the network (NFS, SMB, CephFS ...) and not a block device."""
    replicated_by: str | None = None
    """The storage system that writes every byte several times by what the class says; None where it does not."""
    replicas: int | None = None
    """How many copies the class asks for, where it says so."""
    in_cluster: bool = False
    """Served by pods of the same Kubernetes cluster, and so dependent on it."""
    zonal: bool | None = None
    """Whether a volume can only be used in one zone; None where the class does not decide it."""
    node_local: bool = False
    """Whether a volume can only be used on one node."""
    capacity_enforced: bool | None = None
    """Whether the size of a claim is a limit; None where that is not known."""
    tier_parameter: str = ""
    """The parameter that decides the tier, in the spelling of the driver's page; empty where the provisioner does."""
    replicas_parameter: str = ""
    """The parameter that says how often the storage replicates, likewise."""

    @property
    def said(self) -> str:
        """The reason without the source of the fact."""
        return _SOURCE.sub("", self.reason)
