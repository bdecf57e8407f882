"""No shape of a resource makes the Strimzi flavour raise."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kafkalint.kafka.model import KafkaModel, Settings
from kafkalint.kafka.reading import read_model
from kafkalint.kafka.versions import Version
from kafkalint.manifests.bundles import Bundle
from kafkalint.manifests.documents import documents
from kafkalint.manifests.resources import Place
from kafkalint.manifests.sources import Source
from kafkalint_flavours.strimzi.flavour import StrimziFlavour

GROUP = "kafka.strimzi.io"
AFFINITY = {
    "podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 1}]},
    "nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [{}]}},
}
TEMPLATE = {
    "pod": {
        "metadata": {"labels": {"a": "b"}, "annotations": {"c": "d"}},
        "affinity": AFFINITY,
        "topologySpreadConstraints": [{"maxSkew": 1}],
        "securityContext": {"fsGroup": 1},
        "volumes": [{"name": "v", "emptyDir": {}}],
    },
    "kafkaContainer": {"env": [{"name": "A", "value": "b"}], "volumeMounts": [{"name": "v", "mountPath": "/mnt/v"}]},
    "podDisruptionBudget": {"maxUnavailable": 1},
    "bootstrapService": {"metadata": {"labels": {"x": "y"}}},
}
METRICS = {
    "type": "jmxPrometheusExporter",
    "valueFrom": {"configMapKeyRef": {"name": "rules", "key": "k", "optional": True}},
}
CLAIM = {"id": 0, "type": "persistent-claim", "size": "1Gi", "class": "c", "deleteClaim": True, "selector": {"k": "v"}}
STORAGE = {"type": "jbod", "volumes": [CLAIM, {"id": 1, "type": "ephemeral", "kraftMetadata": "shared"}]}


def _resource(kind: str, spec: dict[str, Any], version: str = "v1", **metadata: Any) -> dict[str, Any]:
    return {"apiVersion": f"{GROUP}/{version}", "kind": kind, "metadata": {"name": "c", **metadata}, "spec": spec}


def _kafka(version: str) -> dict[str, Any]:
    listeners = [{"name": "a", "port": 9092, "type": "nodeport", "configuration": {"createBootstrapService": False}}]
    kafka = {
        "version": "4.1.0",
        "replicas": 3,
        "storage": {"type": "persistent-claim", "size": "1Gi", "overrides": [{"broker": 0, "class": "x"}]},
        "listeners": listeners,
        "config": {"a": 1, "b": True, "c": "d", "log.dirs": "/x"},
        "rack": {"topologyKey": "zone"},
        "template": TEMPLATE,
        "metricsConfig": METRICS,
        "authorization": {"type": "simple"},
        "jvmOptions": {"-Xmx": "1g"},
        "jmxOptions": {},
        "livenessProbe": {"periodSeconds": 1},
    }
    zookeeper = {"replicas": 3, "storage": CLAIM, "template": TEMPLATE, "metricsConfig": METRICS, "config": {"a": 1}}
    operator = {"topicOperator": {"watchedNamespace": "n"}, "userOperator": {}, "template": TEMPLATE}
    spec = {
        "kafka": kafka,
        "zookeeper": zookeeper,
        "entityOperator": operator,
        "cruiseControl": {"metricsConfig": METRICS},
        "kafkaExporter": {"template": TEMPLATE},
    }
    annotations = {"strimzi.io/node-pools": "enabled", "strimzi.io/kraft": "migration"}
    return _resource("Kafka", spec, version, annotations=annotations, namespace="n", labels={"l": "m"})


def _member(kind: str, spec: dict[str, Any]) -> dict[str, Any]:
    annotations = {"strimzi.io/next-node-ids": "[5-3, 1]"}
    return _resource(kind, spec, labels={"strimzi.io/cluster": "c"}, annotations=annotations)


POOL = {
    "replicas": 3,
    "roles": ["broker", "controller"],
    "storage": STORAGE,
    "template": TEMPLATE,
    "resources": {"limits": {"memory": "1Gi"}},
    "jvmOptions": {"-Xms": "1g"},
}
OPERATOR = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "o", "labels": {"chart": "strimzi-kafka-operator-0.45.1"}},
    "spec": {
        "template": {
            "metadata": {"labels": {"strimzi.io/kind": "cluster-operator"}},
            "spec": {
                "containers": [
                    {
                        "name": "o",
                        "image": "strimzi/operator:latest",
                        "env": [
                            {"name": "STRIMZI_KAFKA_IMAGES", "value": "4.1.0=a/kafka:1.0.0-kafka-4.1.0"},
                            {"name": "STRIMZI_CUSTOM_KAFKA_LABELS", "value": "a=b"},
                        ],
                    }
                ]
            },
        }
    },
}
HELM = {
    "apiVersion": "helm.toolkit.fluxcd.io/v2",
    "kind": "HelmRelease",
    "metadata": {"name": "h"},
    "spec": {"chart": {"spec": {"chart": "strimzi-kafka-operator", "version": "0.47.0"}}},
}
LAG = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "lag"},
    "spec": {
        "selector": {"matchLabels": {"a": "lag"}},
        "template": {
            "metadata": {"labels": {"a": "lag"}},
            "spec": {
                "containers": [
                    {
                        "name": "lag",
                        "image": "danielqsj/kafka-exporter",
                        "args": ["--kafka.server=c-kafka-bootstrap:9092"],
                    }
                ]
            },
        },
    },
}
CONNECT = {"replicas": 2, "metricsConfig": METRICS, "template": TEMPLATE, "http": {"port": 8080}, "jmxOptions": {}}
BASE = [
    _kafka("v1beta2"),
    _member("KafkaNodePool", POOL),
    _member("KafkaTopic", {"topicName": "t", "partitions": 3, "replicas": 3, "config": {"a": "b"}}),
    _resource("KafkaConnect", CONNECT),
    _resource("KafkaMirrorMaker", CONNECT, "v1beta2"),
    _resource("KafkaBridge", CONNECT),
    LAG,
]
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(max_size=4)
    | st.sampled_from(["enabled", "v1", "[0-2147483647]", "a,b=c", "jbod", "ephemeral", "0.45", "..", "kafka-4"])
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["type", "name", "id", "pod"]), inner),
    max_leaves=4,
)
VERSIONS = st.sampled_from([None, "0.40.0", "0.45.1", "0.48.0", "0.51.0", "1.2.0", "2.0"]).map(Version.parse)


def _routes(value: Any, route: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [route, *(found for key, inner in pairs for found in _routes(inner, (*route, key)))]


def _mutated(base: list[Any], route: tuple[str | int, ...], value: Any) -> list[Any]:
    changed = copy.deepcopy(base)
    holder: Any = changed
    for step in route[:-1]:
        holder = holder[step]
    holder[route[-1]] = value
    return changed


ROUTES = [route for route in _routes(BASE) if route]
MORE = st.lists(st.sampled_from([OPERATOR, HELM, _kafka("v1"), _member("KafkaNodePool", POOL)]), max_size=2)


def _model(objects: list[Any], version: Version | None) -> KafkaModel:
    text = "\n---\n".join(json.dumps(one) for one in objects)
    found = tuple(one for document in documents(Source("x.yaml", text.encode())) for one in document.resources)
    half = len(found) // 2
    flavours = [StrimziFlavour()]
    read_model(Bundle("x", found[half:], found[:half]), flavours, Settings(strimzi_version=version))
    return read_model(Bundle("x", found), flavours, Settings(strimzi_version=version))


def _places(model: KafkaModel) -> list[Place]:
    found = []
    for cluster in model.clusters:
        for pool in cluster.nodes:
            found += [pool.replicas.place, pool.template.place("affinity"), *pool.claims_deleted]
            found += [volume.place for volume in pool.volumes] + [mount.place for mount in pool.mounts]
            found += [setting.place for setting in pool.config.entries.values()]
            found += [pool.main.at("resources", "limits")] if pool.main else []
        found += [budget.place for budget in cluster.budgets] + [one.place for one in cluster.exporters]
        found += [place for hiding, hidden, _ in cluster.shadowed for place in (hiding, hidden)]
    return found


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(ROUTES), ANYTHING, MORE, VERSIONS)
@example((0, "metadata", "name"), {"a": []}, [], None)
@example((1, "spec", "replicas"), 10**18, [], None)
@example((0, "spec", "zookeeper", "replicas"), 10**18, [], None)
@example((1, "metadata", "annotations", "strimzi.io/next-node-ids"), "[" + "1, " * 300 + "]", [], None)
def test_any_shape_is_read(route: tuple[str | int, ...], value: Any, more: list[Any], version: Version | None) -> None:
    model = _model([*_mutated(BASE, route, value), *more], version)
    for place in _places(model):
        start, end = place.span()
        assert 0 <= start <= end
    for cluster in model.clusters:
        assert cluster.name
        assert not (cluster.whole and cluster.partial)
        for group in cluster.groups:
            list(group.apartness())


def test_the_base_holds_what_it_is_meant_to() -> None:
    model = _model(BASE, None)
    (cluster,) = model.clusters
    assert [pool.name for pool in cluster.nodes] == ["c", "zookeeper"]
    assert len(cluster.exporters) == 4
    assert len(model.generated_budgets) == 3
