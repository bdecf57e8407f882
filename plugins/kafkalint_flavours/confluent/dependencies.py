"""What a Kafka resource keeps its metadata in: KRaftController or Zookeeper resources, and whether these are all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from kafkalint.kafka.model import Mode
from kafkalint.kafka.versions import Version
from kafkalint.manifests.bundles import may_share_namespace
from kafkalint.manifests.resources import items
from kafkalint.manifests.shapes import mapping, text
from kafkalint_flavours.confluent.fields import CONTROLLER, GROUP, ID_OFFSET_ANNOTATION, KAFKA, ZOOKEEPER, whole_number
from kafkalint_flavours.confluent.pools import version_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kafkalint.manifests.bundles import Bundle
    from kafkalint.manifests.resources import Resource

Resources: TypeAlias = "tuple[Resource, ...]"

_KRAFT_ONLY = Version(4)
_KRAFT_ROUTE = ("spec", "dependencies", "kRaftController")
_ZOOKEEPER_ROUTE = ("spec", "dependencies", "zookeeper")


class Dependencies(NamedTuple):
    """Resources that hold a cluster's metadata."""

    mode: Mode
    controllers: tuple[Resource, ...]
    zookeepers: tuple[Resource, ...]
    whole: bool
    """Whether these, and the Kafka resource, are all that the cluster consists of."""


def dependencies_of(kafka: Resource, bundle: Bundle) -> Dependencies:
    """What a Kafka resource depends on; one that names nothing finds what is beside it (quickstart-deploy)."""
    controllers, zookeepers, all_named = _named(kafka, bundle) or _beside(kafka, bundle)
    partners = (*controllers, *zookeepers)
    return Dependencies(
        mode=_mode(kafka, controllers, zookeepers),
        controllers=controllers,
        zookeepers=zookeepers,
        whole=bool(partners) and all_named and not any(reaches_out(each) for each in (kafka, *partners)),
    )


def reaches_out(resource: Resource) -> bool:
    """Whether nodes of other resources belong to the same cluster or ensemble (multi-region clusters)."""
    if ID_OFFSET_ANNOTATION in mapping(resource.get("metadata", "annotations")):
        return True
    if resource.kind == KAFKA:
        return resource.get("spec", "listeners", "replication", "externalAccess") is not None
    if resource.kind == CONTROLLER:
        outside = resource.get("spec", "listeners", "controller", "externalAccess") is not None
        return outside or _names_more(resource, "controllerQuorumVoters")
    # "Should only be specified when Zookeeper peers are on another network" (CRD, externalAccess).
    outside = resource.get("spec", "externalAccess") is not None
    return outside or _names_more(resource, "peers") or _names_more(resource, "configOverrides", "peers")


def _names_more(resource: Resource, *route: str) -> bool:
    members = items(resource.get("spec", *route))
    replicas = whole_number(resource.get("spec", "replicas"))
    return bool(members) and (replicas is None or len(members) > replicas)


def _mode(kafka: Resource, controllers: Resources, zookeepers: Resources) -> Mode:
    kraft = kafka.get(*_KRAFT_ROUTE) is not None
    zookeeper = kafka.get(*_ZOOKEEPER_ROUTE) is not None
    if kraft and zookeeper:
        # Both are refused together (CRD).
        return Mode.UNKNOWN
    if kraft or controllers or (not zookeeper and _is_kraft_only(kafka)):
        return Mode.KRAFT
    return Mode.ZOOKEEPER if zookeeper or zookeepers else Mode.UNKNOWN


def _is_kraft_only(kafka: Resource) -> bool:
    version = Version.parse(version_of(kafka).value)
    return version is not None and version >= _KRAFT_ONLY


def _named(kafka: Resource, bundle: Bundle) -> tuple[Resources, Resources, bool] | None:
    """Controllers and Zookeeper resources that are named, and whether nothing is named that is not there."""
    kraft, zookeeper = kafka.get(*_KRAFT_ROUTE), kafka.get(*_ZOOKEEPER_ROUTE)
    if kraft is None and zookeeper is None:
        return None
    controllers = () if kraft is None else _some(_controller(kafka, mapping(kraft), bundle))
    zookeepers, all_named = _zookeepers(kafka, mapping(zookeeper), bundle)
    return (
        controllers,
        zookeepers,
        (kraft is None or bool(controllers)) and (zookeeper is None or all_named),
    )


def _controller(kafka: Resource, given: dict[str, Any], bundle: Bundle) -> Resource | None:
    reference = mapping(given.get("clusterRef"))
    if text(reference.get("name")) is None:
        return only_one(kafka, CONTROLLER, bundle)
    return find_referred(kafka, CONTROLLER, reference, bundle)


def _zookeepers(kafka: Resource, given: dict[str, Any], bundle: Bundle) -> tuple[Resources, bool]:
    endpoint = text(given.get("endpoint"))
    if endpoint is not None:
        hosts = re.split(r"\s*,\s*", endpoint.partition("/")[0].strip())
        matches = [find_by_host(kafka, ZOOKEEPER, host, bundle) for host in hosts]
        found = {id(match): match for match in matches if match is not None}
        return tuple(found.values()), None not in matches
    discovered = find_referred(kafka, ZOOKEEPER, given.get("discovery"), bundle)
    return _some(discovered), discovered is not None


def _beside(kafka: Resource, bundle: Bundle) -> tuple[Resources, Resources, bool]:
    """The only controllers, or the only Zookeeper resource, in the namespace; beside both the mode is not certain."""
    controllers = _some(only_one(kafka, CONTROLLER, bundle))
    if _is_kraft_only(kafka):
        return controllers, (), True
    zookeepers = _some(only_one(kafka, ZOOKEEPER, bundle))
    if controllers and zookeepers:
        controllers, zookeepers = _in_file(kafka, controllers), _in_file(kafka, zookeepers)
    return ((), (), False) if bool(controllers) is bool(zookeepers) else (controllers, zookeepers, True)


def _some(resource: Resource | None) -> Resources:
    return () if resource is None else (resource,)


def _in_file(near: Resource, candidates: Sequence[Resource]) -> Resources:
    return tuple(each for each in candidates if each.document.source is near.document.source)


def only_one(near: Resource, kind: str, bundle: Bundle) -> Resource | None:
    """The resource of a kind that is, or may be, in the namespace of another, if there is one and no other."""
    beside = [each for each in bundle.of(GROUP, kind) if may_share_namespace(each.namespace, near.namespace)]
    # A folder of examples holds many, each beside its own.
    beside = list(_in_file(near, beside)) or beside
    return beside[0] if len({each.identity for each in beside}) == 1 else None


def find_referred(near: Resource, kind: str, reference: Any, bundle: Bundle) -> Resource | None:
    """The resource that a reference (`{name, namespace}`) in another one means."""
    given = mapping(reference)
    name = text(given.get("name"))
    return _find(near, kind, name, text(given.get("namespace")) or near.namespace, bundle) if name else None


def find_by_host(near: Resource, kind: str, host: str, bundle: Bundle) -> Resource | None:
    """The resource whose headless Service (`<name>.<namespace>.svc…`), or a pod behind it, a host name means."""
    labels = host.partition(":")[0].split(".")
    if len(labels) > 3 and labels[3] == "svc":
        labels = labels[1:]
    if len(labels) > 2 and labels[2] != "svc":
        return None
    return _find(near, kind, labels[0], labels[1] if len(labels) > 1 else near.namespace, bundle)


def _find(near: Resource, kind: str, name: str, namespace: str | None, bundle: Bundle) -> Resource | None:
    named = [each for each in bundle.of(GROUP, kind) if each.name == name]
    found = [each for each in named if may_share_namespace(each.namespace, namespace)]
    exact = [each for each in found if each.namespace == namespace]
    return next(iter([*_in_file(near, exact), *exact, *_in_file(near, found), *found]), None)
