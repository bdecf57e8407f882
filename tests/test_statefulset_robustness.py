"""Whatever shape the resources have, the plain flavour reads them: it never raises, and never takes long."""

import copy
import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statefulset_manifests import (
    BITNAMI,
    CP,
    bundle_of,
    config_map_of,
    container,
    mounted,
    resources_of,
    service,
    workload,
)

from kafkalint.kafka.model import Settings
from kafkalint.manifests.bundles import Bundle
from kafkalint_flavours.statefulset import StatefulSetFlavour
from kafkalint_flavours.statefulset.shell import expand, parse_script
from kafkalint_flavours.unmodelled import UnmodelledFlavour

SCRIPT = (
    "export KAFKA_BROKER_ID=${HOSTNAME##*-}\ncat > /tmp/a.properties <<'EOF'\nlog.dirs=/data\nEOF\n"
    'exec kafka-server-start.sh /tmp/a.properties --override "min.insync.replicas=2"\n'
)

SEED = [
    workload(
        container(
            CP,
            {"KAFKA_ZOOKEEPER_CONNECT": "zk:2181", "POD": {"fieldRef": {"fieldPath": "metadata.name"}}},
            {"/data": "data", "/etc/kafka": "config"},
            command=["bash", "-c"],
            args=[SCRIPT],
            envFrom=[{"configMapRef": {"name": "config"}}],
            ports=[{"name": "kafka", "containerPort": 9092}],
        ),
        container(
            "bitnami/jmx-exporter:1.0.1",
            mounts={"/etc/jmx": "config"},
            name="jmx",
            args=["-jar", "jmx_prometheus_httpserver.jar", "5556", "/etc/jmx/rules.yml"],
        ),
        claims=("data",),
        volumes=[mounted("config", "config"), {"name": "shared", "persistentVolumeClaim": {"claimName": "kafka"}}],
        init=[container(BITNAMI, mounts={"/in": "config"}, name="init", command=["sh", "/in/run.sh"])],
        replicas=3,
        ordinals={"start": 1},
    ),
    workload(container("zookeeper:3.9", {"ZOO_SERVERS": "server.1=zk-0.zk:2888:3888"}, name="zookeeper"), name="zk"),
    workload(
        container("danielqsj/kafka-exporter:v1.7.0", args=["--kafka.server=kafka:9092"]), name="lag", kind="Deployment"
    ),
    service("kafka", {"app": "kafka"}),
    config_map_of("config", {"server.properties": "listeners=A://:9092\n", "run.sh": SCRIPT, "rules.yml": "rules: []"}),
    {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "kafka"},
        "spec": {"scaleTargetRef": {"kind": "StatefulSet", "name": "other"}},
    },
    {
        "apiVersion": "apps.kubeblocks.io/v1",
        "kind": "Cluster",
        "metadata": {"name": "blocks"},
        "spec": {"componentSpecs": [{"componentDef": "kafka-combine"}]},
    },
]


def routes(value, route=()):
    yield route
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from routes(child, (*route, key))


ROUTES = [route for route in routes(SEED) if len(route) > 1]
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(
        [
            "$(POD)",
            "${A:-$A}",
            "'",
            '"',
            "<<EOF",
            "$((",
            "`",
            "a=b",
            "/",
            "//",
            "/..",
            "://:99999999999",
            "\\",
            ":",
            "- -c",
        ]
    )
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def replaced(manifests, route, value):
    mutated = copy.deepcopy(manifests)
    parent = mutated
    for step in route[:-1]:
        try:
            parent = parent[step]
        except (KeyError, IndexError, TypeError):
            return mutated
    if isinstance(parent, (dict, list)):
        try:
            parent[route[-1]] = value
        except (IndexError, TypeError):
            return mutated
    return mutated


def look_at_everything(manifests):
    bundle = Bundle("test", resources_of("".join(f"---\n{json.dumps(one)}\n" for one in manifests)))
    for flavour in (StatefulSetFlavour(), UnmodelledFlavour()):
        for cluster in flavour.read(bundle, Settings()).clusters:
            for pool in cluster.nodes:
                for setting in (*pool.config.entries.values(), pool.replicas, *(one.path for one in pool.data)):
                    setting.place.span()
            for exporter in cluster.exporters:
                exporter.place.span()


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(ROUTES), values), min_size=1, max_size=4))
def test_no_shape_is_too_odd(mutations):
    manifests = SEED
    for route, value in mutations:
        manifests = replaced(manifests, route, value)
    look_at_everything([one for one in manifests if isinstance(one, dict)])


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab=$(){}`'\"\\<>|;&#\n -E\tOF", max_size=120))
def test_nor_is_any_script(text):
    look_at_everything(replaced(SEED, (0, "spec", "template", "spec", "containers", 0, "args", 0), text))


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="abc$(){}`'\"\\<>|;&#\n -=", max_size=80))
def test_words_point_at_what_they_are(text):
    (resource,) = resources_of(json.dumps(config_map_of("script", {"run.sh": text})))
    place = resource.place("data", "run.sh")
    last = 0
    for command in parse_script(text, place):
        for word in command.words:
            assert word.place.fragment is not None
            start, end = word.place.fragment
            assert last <= start < end <= len(text)
            last = start


@pytest.mark.parametrize(
    "script",
    [
        "$(" * 50_000,
        "`'\"" * 50_000,
        "cat <<EOF\n" * 20_000,
        "export A=$A$A$A\n" * 5_000,
        "echo a.b=c >> /etc/kafka/server.properties\n" * 3_000,
        "##*-" * 40_000,
        "a" * 300_000,
        "\n".join(f"V{index}=$V{index + 1}$V{index + 1}" for index in range(3_000)),
    ],
)
def test_hostile_scripts_do_not_take_long(script):
    manifests = replaced(
        SEED, (0, "spec", "template", "spec", "containers", 0, "args", 0), f"kafka-server-start.sh\n{script}"
    )
    started = time.process_time()
    StatefulSetFlavour().read(bundle_of(*manifests), Settings())
    assert time.process_time() - started < 5


def test_variables_that_hold_each_other_stay_finite():
    values = {f"V{index}": f"$V{index + 1}" * 20 for index in range(30)}
    assert len(expand("$V0", values)) < 10_000_000


def test_variables_of_the_manifest_that_hold_each_other_do_too():
    env = {f"V{index}": f"$(V{index - 1})" * 10 if index else "x" * 10 for index in range(40)}
    manifest = workload(container(CP, {**env, "KAFKA_PROCESS_ROLES": "$(V39)"}))
    assert len(StatefulSetFlavour().read(bundle_of(manifest), Settings()).clusters) == 1
