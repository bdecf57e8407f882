"""What the operator is told of racks, and what its pods need to look them up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kafkalint.kafka.model import Switch
from kafkalint.kafka.topology import ZONE
from kafkalint.manifests.bundles import may_share_namespace
from kafkalint.manifests.resources import dig, items

if TYPE_CHECKING:
    from kafkalint.manifests.bundles import Bundle
    from kafkalint.manifests.resources import Resource

_RBAC = "rbac.authorization.k8s.io"


def rack_switch(kafka: Resource, bundle: Bundle) -> Switch:
    """`rackAssignment.nodeLabels`; it asks for pods that may read nodes (docs, "Configure Kafka Rack Awareness")."""
    place = kafka.place("spec", "rackAssignment", "nodeLabels")
    how = f"List {ZONE} under {place.path}; the pods need a service account that may read nodes"
    return Switch(place, how, ZONE if _may_read_nodes(kafka, bundle) else None, item=True)


def _may_read_nodes(kafka: Resource, bundle: Bundle) -> bool:
    account = kafka.text("spec", "podTemplate", "serviceAccountName")
    return any(
        _is_for(binding, account, kafka.namespace) and _reads_nodes(binding, bundle)
        for binding in bundle.of(_RBAC, "ClusterRoleBinding")
    )


def _is_for(binding: Resource, account: str, namespace: str | None) -> bool:
    return any(
        dig(subject, "kind") == "ServiceAccount"
        and dig(subject, "name") == account
        and may_share_namespace(dig(subject, "namespace"), namespace)
        for subject in items(binding.get("subjects"))
    )


def _reads_nodes(binding: Resource, bundle: Bundle) -> bool:
    role = bundle.find(_RBAC, "ClusterRole", binding.text("roleRef", "name"))
    rules = items(role.get("rules")) if role is not None and binding.text("roleRef", "kind") == "ClusterRole" else []
    return any(
        _allows(rule, "apiGroups", "")
        and _allows(rule, "resources", "nodes", "pods")
        and _allows(rule, "verbs", "get", "list")
        for rule in rules
    )


def _allows(rule: object, field: str, *wanted: str) -> bool:
    listed = items(dig(rule, field))
    return "*" in listed or all(each in listed for each in wanted)
