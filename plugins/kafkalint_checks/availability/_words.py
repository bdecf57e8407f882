"""Words that the checks of this theme share: what a finding about placement says for each role and each flavour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kafkalint.kafka.model import Role
from kafkalint.kafka.topology import HOSTNAME
from kafkalint.manifests.resources import Place, string_map

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kafkalint.kafka.colocation import Colocation
    from kafkalint.kafka.model import NodePool

REQUIRED: Final = ("affinity", "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution")
PREFERRED: Final = ("affinity", "podAntiAffinity", "preferredDuringSchedulingIgnoredDuringExecution")
SPREAD: Final = "topologySpreadConstraints"

_STRIMZI_ROLES: Final = {Role.BROKER: "strimzi.io/broker-role", Role.CONTROLLER: "strimzi.io/controller-role"}
_YAML_WORDS: Final = ("true", "false", "yes", "no", "on", "off", "null", "y", "n")
# Labels that change with a release, or that everything of an installation carries.
_UNSUITABLE: Final = ("helm.sh/chart", "chart", "heritage", "app.kubernetes.io/version", "app.kubernetes.io/managed-by")


def loss(case: Colocation) -> str:
    """What goes when the node goes that the pods share."""
    if case.group.role is Role.BROKER:
        return "losing that node takes several replicas of a partition at once"
    return f"losing that node takes several {case.group.title} at once, and with them the quorum"


def crowd(case: Colocation) -> str:
    """The pods in words: `all 3 brokers of StatefulSet kafka`, or those of one pool beside those of another."""
    if case.across:
        return f"{case.nodes} of different pools ({case.title})"
    return f"the {case.replicas} {case.nodes} of {case.title}"


def labels_to_select(case: Colocation) -> str:
    """Labels that the pods in question share, as a selector is written: what a rule for them should ask for."""
    first, *others = (pool.template.labels.known for pool in case.pools)
    shared = {key: value for key, value in first.items() if all(other.get(key) == value for other in others)}
    chosen = _stable(shared, case.pools, _STRIMZI_ROLES.get(case.group.role, ""))
    return "{" + ", ".join(f"{key}: {_quoted(value)}" for key, value in chosen.items()) + "}"


def _stable(shared: dict[str, str], pools: Sequence[NodePool], role_label: str) -> dict[str, str]:
    if "strimzi.io/cluster" in shared:
        own = role_label if shared.get(role_label) == "true" else "strimzi.io/name"
        return {key: shared[key] for key in ("strimzi.io/cluster", own) if key in shared}
    if "platform.confluent.io/type" in shared:
        return {key: shared[key] for key in ("app", "platform.confluent.io/type") if key in shared}
    asked = string_map(pools[0].resource.get("spec", "selector", "matchLabels"))
    selected = {key: value for key, value in asked.items() if shared.get(key) == value}
    return selected or {key: value for key, value in shared.items() if key not in _UNSUITABLE}


def _quoted(value: str) -> str:
    is_word = value.replace("-", "").replace("_", "").isalpha() and value.lower() not in _YAML_WORDS
    return value if is_word else f'"{value}"'


def switch(case: Colocation) -> Place | None:
    """The operator's own switch for one pod per node, where every pool has it."""
    places = [pool.template.one_per_node for pool in case.pools]
    return places[0] if all(places) and not case.across else None


def required_rule(case: Colocation) -> str:
    """What to write so that the pods are kept off one node, and where."""
    place = case.pools[0].template.place(*REQUIRED)
    term = f"topologyKey {HOSTNAME} and labelSelector.matchLabels {labels_to_select(case)}"
    rule = f"a required anti-affinity with {term} under {place.path}"
    one_per_node = switch(case)
    return f"Set {one_per_node.path}: true, or write {rule}." if one_per_node else f"Write {rule}."
