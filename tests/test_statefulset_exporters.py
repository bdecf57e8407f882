"""What watches plain clusters: agents, sidecars, reporters, exporters in workloads of their own, their references."""

import pytest
from statefulset_manifests import (
    CP,
    config_map_of,
    container,
    mounted,
    only_cluster,
    pointed_at,
    read,
    service,
    workload,
)

from kafkalint.kafka.model import ExporterKind

BROKER = {"KAFKA_PROCESS_ROLES": "broker,controller"}
AGENT = "-javaagent:/opt/jmx_prometheus_javaagent.jar=7071:/etc/jmx/rules.yml"
SIDECAR = {
    "command": ["java"],
    "args": ["-jar", "jmx_prometheus_httpserver.jar", "5556", "/etc/jmx/rules.yml"],
    "ports": [{"name": "metrics", "containerPort": 5556}],
}


def exporters(*manifests):
    return only_cluster(*manifests).exporters


class TestAgents:
    @pytest.mark.parametrize("name", ["KAFKA_OPTS", "EXTRA_ARGS", "KAFKA_JMX_OPTS", "JAVA_TOOL_OPTIONS"])
    def test_in_any_variable_that_brings_options(self, name):
        own = container(env={**BROKER, name: f"-Dx=y {AGENT} -Dz"}, ports=[{"name": "jmx", "containerPort": 7071}])
        (found,) = exporters(workload(own, annotations={"prometheus.io/scrape": "true"}))
        assert (found.kind, [(port.name, port.number) for port in found.ports]) == (ExporterKind.JMX, [("jmx", 7071)])
        assert found.annotations == {"prometheus.io/scrape": "true"}
        assert (found.pods.name, pointed_at(found.place)) == ("kafka", AGENT)

    def test_in_a_script(self):
        script = f'export KAFKA_OPTS="{AGENT}"\nexec /etc/kafka/docker/run\n'
        (found,) = exporters(workload(container(env=BROKER, command=["sh", "-c", script])))
        assert [port.number for port in found.ports] == [7071]

    def test_with_the_host_to_listen_on(self):
        own = container(env={**BROKER, "KAFKA_OPTS": AGENT.replace("=7071", "=0.0.0.0:7071")})
        assert [port.number for port in exporters(workload(own))[0].ports] == [7071]

    def test_their_rules_are_a_reference(self):
        own = container(env={**BROKER, "KAFKA_OPTS": AGENT}, mounts={"/etc/jmx": "rules"})
        cluster = only_cluster(workload(own, volumes=[mounted("rules", "jmx")], namespace="streams"))
        (reference,) = cluster.metrics_references
        assert (reference.config_map, reference.key, reference.namespace) == ("jmx", "rules.yml", "streams")
        assert pointed_at(reference.place) == '"jmx"'

    def test_rules_that_the_image_brings_are_none(self):
        own = container(env={**BROKER, "KAFKA_OPTS": AGENT})
        assert only_cluster(workload(own)).metrics_references == ()


class TestSidecars:
    def test_a_jmx_exporter(self):
        side = container("bitnami/jmx-exporter:1.0.1", mounts={"/etc/jmx": "rules"}, name="jmx", **SIDECAR)
        manifest = workload(container(env=BROKER), side, volumes=[mounted("rules", "jmx")])
        cluster = only_cluster(manifest, config_map_of("jmx", {"rules.yml": "rules: []"}))
        (found,) = cluster.exporters
        assert (found.kind, [(port.name, port.number) for port in found.ports]) == (
            ExporterKind.JMX,
            [("metrics", 5556)],
        )
        assert found.place.path == "spec.template.spec.containers[1]"
        assert [reference.key for reference in cluster.metrics_references] == ["rules.yml"]

    def test_a_jmx_exporter_started_by_a_script(self):
        script = 'while :; do java -jar jmx_prometheus_httpserver.jar "5556" /etc/jmx/rules.yml & wait $!; done'
        side = container(
            "example/jmx-exporter:1", name="jmx", mounts={"/etc/jmx": "rules"}, command=["sh", "-c", script]
        )
        cluster = only_cluster(workload(container(env=BROKER), side, volumes=[mounted("rules", "jmx")]))
        assert [port.number for port in cluster.exporters[0].ports] == [5556]
        assert [reference.key for reference in cluster.metrics_references] == ["rules.yml"]

    def test_items_of_the_volume_name_the_key(self):
        volume = {"name": "rules", "configMap": {"name": "jmx", "items": [{"key": "kafka", "path": "rules.yml"}]}}
        side = container("bitnami/jmx-exporter:1.0.1", mounts={"/etc/jmx": "rules"}, name="jmx", **SIDECAR)
        cluster = only_cluster(workload(container(env=BROKER), side, volumes=[volume]))
        assert [reference.key for reference in cluster.metrics_references] == ["kafka"]

    def test_a_lag_exporter(self):
        side = container("danielqsj/kafka-exporter:v1.7.0", name="lag", args=["--kafka.server=localhost:9092"])
        (found,) = exporters(workload(container(env=BROKER), side))
        assert (found.kind, found.target.value) == (ExporterKind.LAG, "localhost:9092")
        assert [port.number for port in found.ports] == [9308]

    def test_a_restartable_init_container_is_a_sidecar_too(self):
        side = container("bitnami/jmx-exporter:1.0.1", name="jmx", restartPolicy="Always", **SIDECAR)
        assert [one.kind for one in exporters(workload(container(env=BROKER), init=[side]))] == [ExporterKind.JMX]


def test_a_reporter_in_the_configuration():
    env = {**BROKER, "KAFKA_METRIC_REPORTERS": "io.strimzi.kafka.metrics.prometheus.ClientMetricsReporter"}
    (found,) = exporters(workload(container(env=env)))
    assert (found.kind, found.ports) == (ExporterKind.JMX, ())


class TestZookeeper:
    BROKERS = workload(container(CP, {"KAFKA_ZOOKEEPER_CONNECT": "zk-headless:2181"}))

    def watched(self, *containers, **more):
        return exporters(self.BROKERS, workload(*containers, name="zk", **more))

    @pytest.mark.parametrize("value", ["yes", "true"])
    def test_bitnamis_switch(self, value):
        env = {"ZOO_ENABLE_PROMETHEUS_METRICS": value, "ZOO_PROMETHEUS_METRICS_PORT_NUMBER": "9141"}
        (found,) = self.watched(container("bitnami/zookeeper:3.9.2", env, name="zookeeper"))
        assert (found.kind, found.pods.name, found.ports[0].number) == (ExporterKind.ZOOKEEPER, "zk", 9141)

    def test_off_it_serves_nothing(self):
        env = {"ZOO_ENABLE_PROMETHEUS_METRICS": "no"}
        assert self.watched(container("bitnami/zookeeper:3.9.2", env, name="zookeeper")) == ()

    def test_the_provider_in_its_file(self):
        provider = "org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider"
        file = f"dataDir=/data\nmetricsProvider.className={provider}\n"
        server = container("zookeeper:3.9", mounts={"/conf": "config"}, name="zookeeper")
        found = exporters(
            self.BROKERS,
            workload(server, name="zk", volumes=[mounted("config", "zoo")]),
            config_map_of("zoo", {"zoo.cfg": file}),
        )
        assert [(one.kind, one.ports[0].number) for one in found] == [(ExporterKind.ZOOKEEPER, 7000)]

    def test_the_provider_among_the_options(self):
        name = "org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider"
        env = {"JVMFLAGS": f"-Dzookeeper.metricsProvider.className={name} -DmetricsProvider.httpPort=7001"}
        (found,) = self.watched(container("zookeeper:3.9", env, name="zookeeper"))
        assert found.ports[0].number == 7001

    def test_a_jmx_sidecar_tells_about_zookeeper(self):
        side = container("bitnami/jmx-exporter:1.0.1", name="jmx", **SIDECAR)
        (found,) = self.watched(container("zookeeper:3.9", name="zookeeper"), side)
        assert found.kind is ExporterKind.ZOOKEEPER

    def test_an_exporter_of_its_own(self):
        exporter = container(
            "dabealu/zookeeper-exporter:v0.1.13", name="exporter", args=["-zk-hosts", "zk-0.zk-headless:2181"]
        )
        found = exporters(
            self.BROKERS,
            workload(container("zookeeper:3.9", name="zookeeper"), name="zk"),
            workload(exporter, name="zk-exporter", kind="Deployment"),
        )
        assert [(one.kind, one.title, one.ports[0].number) for one in found] == [
            (ExporterKind.ZOOKEEPER, "Deployment zk-exporter", 9141)
        ]


class TestSeparateExporters:
    def exporter(self, *args, env=None, name="lag", image="danielqsj/kafka-exporter:v1.7.0", **more):
        ports = [{"name": "metrics", "containerPort": 9308}]
        return workload(
            container(image, env, name="exporter", args=list(args), ports=ports), name=name, kind="Deployment", **more
        )

    def brokers(self, name):
        return workload(container(env=BROKER), name=name)

    @pytest.mark.parametrize(
        ("args", "env"),
        [
            (("--kafka.server=kafka-0.kafka-headless:9092",), {}),
            (("--kafka.server", "kafka-0.kafka-headless:9092"), {}),
            ((), {"KAFKA_SERVER": "kafka-0.kafka-headless:9092"}),
            ((), {"KAFKA_BROKERS": "kafka-0.kafka-headless:9092"}),
        ],
    )
    def test_what_it_watches(self, args, env):
        (found,) = exporters(self.brokers("kafka"), self.exporter(*args, env=env))
        assert (found.kind, found.pods.name) == (ExporterKind.LAG, "lag")
        assert found.target.value == "kafka-0.kafka-headless:9092"
        assert [(port.name, port.number) for port in found.ports] == [("metrics", 9308)]

    def test_servers_in_a_script(self):
        script = "kafka_exporter --kafka.server=kafka-0.kafka-headless:9092 \\\n"
        script += " --kafka.server=kafka-1.kafka-headless:9092\n"
        own = container("bitnami/kafka-exporter:1.7.0", name="exporter", command=["bash"], args=["-ce", script])
        (found,) = exporters(self.brokers("kafka"), workload(own, name="lag", kind="Deployment"))
        assert found.target.value == "kafka-0.kafka-headless:9092,kafka-1.kafka-headless:9092"
        assert pointed_at(found.target.place) == "--kafka.server=kafka-0.kafka-headless:9092"

    def test_it_belongs_to_the_cluster_that_its_host_leads_to(self):
        first, second = read(
            self.brokers("orders"),
            self.brokers("events"),
            service("bootstrap", {"app": "events"}),
            self.exporter("--kafka.server=bootstrap:9092"),
        ).clusters
        assert (first.exporters, [one.title for one in second.exporters]) == ((), ["Deployment lag"])

    def test_one_that_leads_nowhere_is_given_to_the_only_cluster(self):
        (found,) = exporters(self.brokers("kafka"), self.exporter("--kafka.server=broker:9092"))
        assert found.target.value == "broker:9092"

    def test_but_to_none_of_two_nor_beside_an_operators(self):
        lost = self.exporter("--kafka.server=broker:9092")
        strimzi = {"apiVersion": "kafka.strimzi.io/v1", "kind": "Kafka", "metadata": {"name": "other"}}
        assert [one.exporters for one in read(self.brokers("a"), self.brokers("b"), lost).clusters] == [(), ()]
        assert exporters(self.brokers("kafka"), strimzi, lost) == ()

    @pytest.mark.parametrize("host", ["b-1.msk.example.amazonaws.com", "kafka.other.svc", "10.0.0.7"])
    def test_one_that_looks_elsewhere_is_somebody_elses(self, host):
        brokers = workload(container(env=BROKER), namespace="streams")
        assert exporters(brokers, self.exporter(f"--kafka.server={host}:9092", namespace="streams")) == ()

    def test_without_a_cluster_it_makes_none(self):
        assert read(self.exporter("--kafka.server=kafka:9092")).clusters == ()
