import pytest
from hypothesis import given
from hypothesis import strategies as st

from kafkalint_flavours.roles import THRESHOLD, Role, classify_container, server_score


def container(image=None, command=None, args=None, env=(), ports=(), mounts=(), name="app", **more):
    return {
        "name": name,
        "image": image,
        "command": command,
        "args": args,
        "env": [{"name": variable, "value": "x"} for variable in env],
        "ports": [{"containerPort": port} for port in ports],
        "volumeMounts": [{"name": "v", "mountPath": path} for path in mounts],
        **more,
    }


def shell(script, image, **more):
    return container(image, ["/bin/sh", "-c", script], **more)


@pytest.mark.parametrize("kind", ["StatefulSet", "Deployment", "DaemonSet", "ReplicaSet", "Pod", "Job"])
@pytest.mark.parametrize(
    "image",
    [
        "apache/kafka:4.0.0",
        "apache/kafka-native:4.0.0",
        "confluentinc/cp-kafka:7.6.1",
        "mirror.example.org/x/cp-server:8.0.0",
        "bitnami/kafka:3.9",
        "us-docker.pkg.dev/[PROJECT_ID]/main/bitnami/kafka",
        "wurstmeister/kafka",
        "debezium/kafka:2.7",
    ],
)
def test_an_image_that_starts_a_server_is_one_whatever_runs_it(image, kind):
    assert classify_container(container(image), kind) is Role.KAFKA_SERVER


@pytest.mark.parametrize(
    "server",
    [
        container("solsson/kafka:2.5.1", ["./bin/kafka-server-start.sh", "/etc/kafka/server.properties"]),
        container("solsson/kafka:2.5.1-kafka-server-start", args=["/etc/kafka/server.properties"]),
        container("quay.io/strimzi/kafka:0.45.0-kafka-3.9.0", ["/opt/kafka/kafka_run.sh"]),
        container("registry.example.org/base:1", ["java", "-cp", "/libs/*", "kafka.Kafka", "/server.properties"]),
        container("bitnami/kafka:3.4.0", ["/scripts/setup.sh"], env=["KAFKA_CFG_LISTENERS"], ports=[9092]),
        container("bitnami/kafka:3.9", args=["/opt/bitnami/scripts/kafka/run.sh"]),
        container(
            "ghcr.io/open-telemetry/demo:3.0.0-kafka",
            env=["KAFKA_ADVERTISED_LISTENERS", "KAFKA_CONTROLLER_QUORUM_VOTERS"],
            ports=[9092, 9093],
            name="kafka",
        ),
        container("registry.example.org/team/kafka:1", ports=[9092], name="kafka"),
        shell("export KAFKA_BROKER_ID=${HOSTNAME##*-}; exec /etc/confluent/docker/run", "confluentinc/cp-kafka:7"),
        shell("export KAFKA_BROKER_ID=1; /usr/bin/start-kafka.sh", "wurstmeister/kafka"),
        shell("kafka-server-start.sh -daemon x; tail -f /dev/null", "example/streaming:1"),
        shell("until kafka-topics.sh --list; do sleep 1; done & kafka-server-start.sh x", "apache/kafka:3.9.0"),
        shell("/etc/confluent/docker/run", "example/patched:1", env=["KAFKA_NODE_ID"]),
    ],
)
@pytest.mark.parametrize("kind", ["StatefulSet", "Deployment", "Pod"])
def test_servers(server, kind):
    assert classify_container(server, kind) is Role.KAFKA_SERVER


def test_a_server_is_one_even_if_a_job_runs_it():
    script = shell("kafka-storage.sh format -t x -c y && kafka-server-start.sh y", "apache/kafka:4.0.0")
    assert classify_container(script, "Job") is Role.KAFKA_SERVER


@pytest.mark.parametrize(
    ("client", "kind"),
    [
        (shell("kafka-producer-perf-test --topic x", "confluentinc/cp-kafka:latest"), "StatefulSet"),
        (container("bitnami/kafka:3.9", ["sleep", "infinity"]), "Deployment"),
        (container("bitnami/kafka:3.9", "sleep infinity"), "Deployment"),
        (container("bitnami/kafka:3.9", ["tail"], ["-f", "/dev/null"]), "Pod"),
        (container("apache/kafka:3.9.0", ["/bin/bash"]), "Pod"),
        (shell("while true; do sleep 30; done", "apache/kafka:3.9.0"), "Deployment"),
        (container("apache/kafka:3.9.0", ["/opt/kafka/bin/kafka-topics.sh", "--create"]), "Job"),
        (shell("cub kafka-ready -b kafka:9092 1 60", "confluentinc/cp-kafka:7", env=["KAFKA_BROKER_ID"]), "Job"),
        (shell("touch /tmp/log; tail -f /tmp/log", "solsson/kafka:2.4.1"), "Deployment"),
        (container("quay.io/strimzi/kafka:0.45.0-kafka-3.9.0"), "Pod"),
        (shell("./create.sh", "apache/kafka:3.9.0", env=["KAFKA_ZOOKEEPER_CONNECT"]), "CronJob"),
        (shell("sleep infinity", "confluentinc/cp-zookeeper:7"), "Deployment"),
        (shell("zookeeper-shell zk:2181 ls /", "confluentinc/cp-zookeeper:7"), "Job"),
        (shell("sleep infinity", "confluentinc/cp-schema-registry:7"), "Deployment"),
        (container("confluentinc/cp-schema-registry:7", ["bash", "/scripts/datagen.sh"]), "Deployment"),
        (shell("rpk topic create x", "redpandadata/redpanda:v24"), "Job"),
        (container("edenhill/kcat:1.7.1", ["kcat", "-L"]), "Job"),
    ],
)
def test_clients(client, kind):
    assert classify_container(client, kind) is Role.CLIENT


@pytest.mark.parametrize(
    ("service", "role"),
    [
        (container("zookeeper:3.9"), Role.ZOOKEEPER),
        (container("confluentinc/cp-zookeeper:7"), Role.ZOOKEEPER),
        (
            shell("export X=1; /etc/confluent/docker/run", "confluentinc/cp-zookeeper:7", ports=[2888, 3888]),
            Role.ZOOKEEPER,
        ),
        (
            container("bitnami/zookeeper:3.8", ["/scripts/setup.sh"], env=["ZOO_SERVERS"], ports=[2181, 2888]),
            Role.ZOOKEEPER,
        ),
        (container("solsson/kafka:2.5.1", ["./bin/zookeeper-server-start.sh", "x"]), Role.ZOOKEEPER),
        (container("solsson/kafka:2.5.1-zookeeper-server-start", args=["x"]), Role.ZOOKEEPER),
        (shell("start-zookeeper --servers=3", "registry.k8s.io/kubernetes-zookeeper:1.0-3.4.10"), Role.ZOOKEEPER),
        (shell("zkServer.sh start-foreground", "example/zk:1"), Role.ZOOKEEPER),
        (container("example/ensemble:1", env=["ZOO_SERVERS"], ports=[2181, 2888, 3888]), Role.ZOOKEEPER),
        (
            container("solsson/kafka-prometheus-jmx-exporter", ["java", "-jar", "jmx_prometheus_httpserver.jar"]),
            Role.JMX_EXPORTER,
        ),
        (
            container("bitnami/jmx-exporter:1.4.0", ["java"], ["-jar", "jmx_prometheus_standalone.jar", "5556"]),
            Role.JMX_EXPORTER,
        ),
        (
            container("eclipse-temurin:21", ["java", "-jar", "/opt/jmx_prometheus_httpserver-0.20.0.jar", "1"]),
            Role.JMX_EXPORTER,
        ),
        (container("danielqsj/kafka-exporter:v1.9.0", args=["--kafka.server=kafka:9092"]), Role.KAFKA_EXPORTER),
        (
            container("bitnami/kafka-exporter:1", ["bash"], ["-ce", "kafka_exporter --kafka.server=x"]),
            Role.KAFKA_EXPORTER,
        ),
        (container("redpandadata/kminion:v2"), Role.KAFKA_EXPORTER),
        (container("seglo/kafka-lag-exporter:0.8"), Role.KAFKA_EXPORTER),
        (container("dabealu/zookeeper-exporter:v0.1.13"), Role.ZOOKEEPER_EXPORTER),
        (container("confluentinc/cp-kafka-connect:7", env=["CONNECT_GROUP_ID"]), Role.CONNECT),
        (container("quay.io/debezium/connect:2.7"), Role.CONNECT),
        (container("example/sink:1", env=["GROUP_ID", "CONFIG_STORAGE_TOPIC"]), Role.CONNECT),
        (shell("connect-distributed /etc/x", "confluentinc/cp-kafka:7"), Role.CONNECT),
        (shell("/etc/confluent/docker/run", "example/c:1", env=["CONNECT_CONFIG_STORAGE_TOPIC"]), Role.CONNECT),
        (container("confluentinc/cp-schema-registry:7"), Role.SCHEMA_REGISTRY),
        (container("apicurio/apicurio-registry-mem:2.4"), Role.SCHEMA_REGISTRY),
        (container("ghcr.io/aiven/karapace:3"), Role.SCHEMA_REGISTRY),
        (container("solsson/kafka-cp", ["kafka-rest-start", "/x"]), Role.REST),
        (container("confluentinc/cp-kafka-rest:7"), Role.REST),
        (container("confluentinc/cp-ksqldb-server:7"), Role.KSQLDB),
        (container("confluentinc/cp-enterprise-control-center:7"), Role.CONTROL_CENTER),
        (shell("connect-mirror-maker /mm2.properties", "confluentinc/cp-kafka:7"), Role.MIRROR_MAKER),
        (container("provectuslabs/kafka-ui:v0.7.2"), Role.UI_OR_TOOL),
        (container("obsidiandynamics/kafdrop", env=["KAFKA_BROKERCONNECT", "JMX_PORT"]), Role.UI_OR_TOOL),
        (
            container("quay.io/strimzi/operator:0.51.0", args=["/opt/strimzi/bin/cluster_operator_run.sh"]),
            Role.UI_OR_TOOL,
        ),
        (container("solsson/kafka-cruise-control"), Role.UI_OR_TOOL),
        (container("redpandadata/console:v2.3.8"), Role.UI_OR_TOOL),
        (
            container("redpandadata/redpanda:v24", ["rpk"], ["redpanda", "start", "--smp=1"], ports=[9092]),
            Role.REDPANDA,
        ),
        (container("docker.redpanda.com/redpandadata/redpanda:v24"), Role.REDPANDA),
        (container("automqinc/automq:1.5.0", env=["KAFKA_NODE_ID"]), Role.AUTOMQ),
        (container("automqinc/automq:1.5.0-bitnami", env=["KAFKA_CFG_PROCESS_ROLES"]), Role.AUTOMQ),
    ],
)
def test_other_roles(service, role):
    assert classify_container(service, "Deployment") is role


@pytest.mark.parametrize(
    "stranger",
    [
        container("prom/alertmanager:v0.27", ports=[9093, 9094], name="alertmanager"),
        container(
            "example/playground-kafka-demo-service-a:1", env=["KAFKA_BROKERS", "KAFKA_BOOTSTRAP_SERVERS"], name="kafka"
        ),
        container("example/orderer:1", env=["ORDERER_KAFKA_VERBOSE", "SPRING_KAFKA_BOOTSTRAP_SERVERS"]),
        container("example/app:1", env=["KAFKA_ZOOKEEPER_CONNECT"], mounts=["/etc/kafka/secrets"]),
        container("example/app:1", env=["SCHEMA_REGISTRY_URL", "CONNECT_URL"]),
        container("prom/prometheus", args=["--target=kafka-exporter:9308", "zookeeper-exporter:9141"]),
        shell("kubectl annotate kafkarebalance x -n kafka-cluster", "alpine/k8s:1.28.0"),
        container("solr:9", env=["ZK_HOST"], ports=[8983]),
        container(": :"),
        container(None, env=["JMX_PORT"], name="broker"),
    ],
)
@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "CronJob"])
def test_strangers(stranger, kind):
    assert classify_container(stranger, kind) is Role.NONE


@pytest.mark.parametrize(
    ("waiting", "role"),
    [
        (container("apache/kafka:4.0.0"), Role.CLIENT),
        (container("solsson/kafka:initutils", ["/bin/bash", "/etc/kafka-configmap/init.sh"]), Role.CLIENT),
        (shell("until kafka-topics.sh --list; do sleep 2; done", "bitnami/kafka:3.9"), Role.CLIENT),
        (shell("until nc -z kafka 9092; do sleep 2; done", "busybox"), Role.NONE),
        (container("bitnami/jmx-exporter:1"), Role.NONE),
    ],
)
def test_init_containers_serve_nothing(waiting, role):
    assert classify_container(waiting, "StatefulSet", init=True) is role


def test_an_init_container_that_stays_is_a_sidecar():
    sidecar = container("bitnami/jmx-exporter:1", restartPolicy="Always")
    assert classify_container(sidecar, "StatefulSet", init=True) is Role.JMX_EXPORTER


def test_a_commented_command_starts_nothing():
    script = "# kafka-server-start.sh /x\nsleep infinity"
    assert classify_container(shell(script, "apache/kafka:4.0.0"), "Pod") is Role.CLIENT


def test_the_agent_form_of_the_jmx_exporter_leaves_a_server_a_server():
    script = "export KAFKA_OPTS=-javaagent:/opt/jmx_prometheus_javaagent-0.20.0.jar=5556:/x; kafka-server-start.sh /y"
    assert classify_container(shell(script, "apache/kafka:4.0.0"), "StatefulSet") is Role.KAFKA_SERVER


def test_the_score_says_how_sure():
    assert server_score(container("example/app:1"), "Deployment") == 0
    assert server_score(container("apache/kafka:4.0.0"), "Deployment") >= THRESHOLD
    assert server_score(shell("kafka-topics.sh", "apache/kafka:4.0.0"), "Job") < 0


def test_null_and_foreign_shapes_count_as_absent():
    nulls = dict.fromkeys(["name", "command", "args", "env", "ports", "volumeMounts"], None)
    assert classify_container({**nulls, "image": "apache/kafka:4.0.0"}, "Deployment") is Role.KAFKA_SERVER
    odd = {"image": "zookeeper:3.9", "env": {"ZOO_SERVERS": "x"}, "ports": [{"containerPort": "2181"}, 2888, None]}
    assert classify_container(odd, "StatefulSet") is Role.ZOOKEEPER
    assert classify_container({"image": 5, "command": [1, None], "env": "x"}, "Pod") is Role.NONE


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just("apache/kafka:4.0.0")
SHAPES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "containerPort", "mountPath", "value"]), inner, max_size=3)
    ),
    max_leaves=8,
)
FIELDS = st.sampled_from(["name", "image", "command", "args", "env", "ports", "volumeMounts", "restartPolicy"])


@given(st.dictionaries(FIELDS, SHAPES) | SHAPES, st.sampled_from(["StatefulSet", "Job", ""]), st.booleans())
def test_no_shape_makes_it_raise(shape, kind, init):
    assert isinstance(classify_container(shape, kind, init=init), Role)
    assert isinstance(server_score(shape, kind), int)
