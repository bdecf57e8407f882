"""Words that the checks of this theme share: what a finding about placement says for each role and each flavour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kafkalint.kafka.model import Role
from kafkalint.kafka.topology import HOSTNAME
from kafkalint_checks.availability._selecting import selected_labels

if TYPE_CHECKING:
    from kafkalint.kafka.colocation import Colocation
    from kafkalint.manifests.resources import Place

REQUIRED: Final = ("affinity", "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution")
PREFERRED: Final = ("affinity", "podAntiAffinity", "preferredDuringSchedulingIgnoredDuringExecution")
SPREAD: Final = "topologySpreadConstraints"

_YAML_WORDS: Final = ("true", "false", "yes", "no", "on", "off", "null", "y", "n")


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
    chosen = selected_labels(case)
    return "{" + ", ".join(f"{key}: {_quoted(value)}" for key, value in chosen.items()) + "}"


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
