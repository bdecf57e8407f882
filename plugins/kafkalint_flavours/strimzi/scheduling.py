"""Affinity of Kafka nodes with what rack awareness adds (`ModelUtils.affinityWithRackLabelSelector`)."""

from __future__ import annotations

from typing import Any, Final

from kafkalint.kafka.model import Rack
from kafkalint.manifests.resources import Resource, items
from kafkalint.manifests.shapes import mapping, text
from kafkalint_flavours.strimzi.labels import CLUSTER, NAME
from kafkalint_flavours.strimzi.operators import V1, V1_ONLY, Operator

_REQUIRED: Final = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED: Final = "preferredDuringSchedulingIgnoredDuringExecution"


def read_rack(kafka: Resource, operator: Operator) -> Rack | None:
    """Rack awareness of a cluster; the type that reads an environment variable has no topology and adds nothing."""
    data = kafka.get("spec", "kafka", "rack")
    if data is None:
        return None
    key = text(mapping(data).get("topologyKey")) if mapping(data).get("type") in (None, "topology-label") else None
    later = operator.since(V1)
    spreads = False if key is None else (None if later is None else not later)
    return Rack(kafka.place("spec", "kafka", "rack"), key, spreads, dropped_since="Strimzi 0.49")


def with_rack(affinity: object, rack: Rack | None, cluster: str, operator: Operator, *, broker: bool) -> object:
    """The affinity in effect: what is written keeps its place, what the operator adds stands behind it.

    Up to 0.48 a preferred pod anti-affinity over the rack's topology is added (`KafkaCluster.getMergedAffinity`); it is
    also where the version is not certain, so that nobody misses what may be there. Nodes must carry the rack's label:
    since 1.0 for brokers only, before for every pool.
    """
    if rack is None or rack.topology_key is None or (affinity is not None and not isinstance(affinity, dict)):
        return affinity
    found = dict(mapping(affinity))
    if rack.spreads is not False:
        found["podAntiAffinity"] = _spread(found.get("podAntiAffinity"), rack.topology_key, cluster)
    if broker or operator.version < V1_ONLY:
        found["nodeAffinity"] = _bound(found.get("nodeAffinity"), rack.topology_key)
    return found or affinity


def _spread(written: object, key: str, cluster: str) -> object:
    labels = {CLUSTER: cluster, NAME: f"{cluster}-kafka"}
    term = {"weight": 100, "podAffinityTerm": {"topologyKey": key, "labelSelector": {"matchLabels": labels}}}
    if written is not None and not isinstance(written, dict):
        return written
    data = mapping(written)
    if data.get(_PREFERRED) is not None and not isinstance(data[_PREFERRED], list):
        return data
    return {**data, _PREFERRED: [*items(data.get(_PREFERRED)), term]}


def _bound(written: object, key: str) -> object:
    requirement = {"key": key, "operator": "Exists"}
    if written is not None and not isinstance(written, dict):
        return written
    data = mapping(written)
    terms = items(mapping(data.get(_REQUIRED)).get("nodeSelectorTerms"))
    bound: list[Any] = [_with(term, requirement) for term in terms] or [{"matchExpressions": [requirement]}]
    return {**data, _REQUIRED: {"nodeSelectorTerms": bound}}


def _with(term: object, requirement: dict[str, str]) -> object:
    if not isinstance(term, dict):
        return term
    return {**term, "matchExpressions": [*items(term.get("matchExpressions")), requirement]}
