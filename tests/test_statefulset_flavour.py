"""Plain workloads that run Kafka, read into the model: what is a cluster, of which pools, with which ensemble."""

import pytest
from statefulset_manifests import (
    APACHE,
    BITNAMI,
    CP,
    config_map_of,
    container,
    mounted,
    only_cluster,
    only_pool,
    read,
    service,
    workload,
)

from kafkalint.kafka.model import Mode, Role, Setter
from kafkalint_flavours.statefulset import StatefulSetFlavour

BOTH = {Role.BROKER, Role.CONTROLLER}
ZOOKEEPER = "zookeeper:3.8.4"


def zookeeper(name="zk", **more):
    return workload(container(ZOOKEEPER, name="zookeeper"), name=name, replicas=3, **more)


class TestDetection:
    def test_a_statefulset_of_brokers_is_a_cluster(self):
        env = {"KAFKA_PROCESS_ROLES": "broker,controller"}
        cluster = only_cluster(workload(container(env=env), replicas=3, namespace="streams"))
        (pool,) = cluster.pools
        assert (cluster.name, cluster.namespace, cluster.flavour) == ("kafka", "streams", StatefulSetFlavour.name)
        assert (cluster.mode, cluster.version.value, cluster.title) == (Mode.KRAFT, "4.1.0", "StatefulSet kafka")
        assert (set(pool.roles), pool.replicas.value, pool.stateful) == (BOTH, 3, True)
        assert pool.pod_names == ("kafka-0", "kafka-1", "kafka-2")

    @pytest.mark.parametrize("kind", ["Deployment", "ReplicaSet", "DaemonSet"])
    def test_so_is_any_other_workload_that_runs_them(self, kind):
        pool = only_pool(workload(container(), kind=kind))
        assert (pool.workload, pool.stateful, pool.pod_names, pool.service) == (kind, False, (), None)

    def test_a_bare_pod_is_one_as_well(self):
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "kafka"}, "spec": {"containers": [container()]}}
        pool = only_pool(pod)
        assert (pool.workload, pool.replicas.value, pool.pod_names) == ("Pod", 1, ("kafka",))

    @pytest.mark.parametrize(
        "other",
        [
            container(CP, command=["sh", "-c", "kafka-producer-perf-test --topic load --num-records 1000"]),
            container("confluentinc/cp-kafka-connect:7.6.1"),
            container("confluentinc/cp-schema-registry:7.6.1"),
            container("provectuslabs/kafka-ui:v0.7.2", env={"KAFKA_BROKERS": "kafka:9092"}),
            container("danielqsj/kafka-exporter:v1.7.0"),
            container("quay.io/strimzi/operator:0.51.0"),
            container("registry.example.com/orders-kafka-consumer:1", env={"KAFKA_BOOTSTRAP_SERVERS": "kafka:9092"}),
        ],
    )
    def test_clients_and_tools_are_no_brokers(self, other):
        assert read(workload(other)).clusters == ()

    def test_init_containers_and_jobs_that_run_tools_are_none_either(self):
        waiting = container(CP, command=["kafka-topics", "--list"], name="wait")
        job = workload(container(CP, command=["kafka-topics", "--create"]), kind="Job")
        job["apiVersion"] = "batch/v1"
        assert read(workload(container("nginx:1.27"), init=[waiting]), job).clusters == ()

    def test_pieces_of_patches_are_left_out(self):
        without_image = workload(container(None, env={"KAFKA_PROCESS_ROLES": "broker"}))
        without_labels = workload(container())
        del without_labels["spec"]["selector"], without_labels["spec"]["template"]["metadata"]
        assert read(without_image, without_labels).clusters == ()

    def test_what_a_controller_made_is_its_owners(self):
        pod = {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [container()]}}
        pod["metadata"] = {"name": "kafka-0", "ownerReferences": [{"kind": "StatefulSet", "name": "kafka"}]}
        assert len(read(workload(container()), pod).clusters) == 1

    def test_only_the_bundles_own_resources_anchor_clusters(self):
        assert read(context=(workload(container()),)).clusters == ()

    def test_environment_from_a_config_map_tells_a_server(self):
        env = {"KAFKA_PROCESS_ROLES": "broker", "KAFKA_LISTENERS": "PLAINTEXT://:9092", "KAFKA_NODE_ID": "1"}
        own = container("registry.example.com/messaging/server:7", envFrom=[{"configMapRef": {"name": "settings"}}])
        assert only_pool(workload(own), config_map_of("settings", env)).roles == {Role.BROKER}

    @pytest.mark.parametrize(
        ("image", "flavour"), [("redpandadata/redpanda:v24.2.1", "redpanda"), ("automqinc/automq:1.5.0", "automq")]
    )
    def test_what_only_speaks_kafkas_protocol_is_named(self, image, flavour):
        reading = read(workload(container(image, ports=[{"containerPort": 9092}])))
        assert reading.clusters == ()
        assert [found.flavour for found in reading.unmodelled] == [flavour]

    def test_kafka_on_object_storage_is_automq_under_any_image(self):
        env = {"KAFKA_PROCESS_ROLES": "broker", "KAFKA_ELASTICSTREAM_ENABLE": "true"}
        reading = read(workload(container(env=env)))
        assert [found.flavour for found in reading.unmodelled] == ["automq"]
        assert reading.clusters == ()


class TestRoles:
    @pytest.mark.parametrize(
        ("written", "roles"),
        [
            ("broker", {Role.BROKER}),
            ("controller", {Role.CONTROLLER}),
            ("controller, broker", BOTH),
        ],
    )
    def test_by_variable(self, written, roles):
        assert set(only_pool(workload(container(env={"KAFKA_PROCESS_ROLES": written}))).roles) == roles

    def test_by_the_names_that_bitnamis_image_reads(self):
        env = {"KAFKA_CFG_PROCESS_ROLES": "controller"}
        assert only_pool(workload(container(BITNAMI, env))).roles == {Role.CONTROLLER}

    def test_by_override(self):
        command = ["/opt/kafka/bin/kafka-server-start.sh", "/etc/kafka/server.properties"]
        args = ["--override", "process.roles=controller"]
        assert only_pool(workload(container(command=command, args=args))).roles == {Role.CONTROLLER}

    def test_by_here_document(self):
        script = "cat > /tmp/server.properties <<EOF\nprocess.roles=broker\nnode.id=${HOSTNAME##*-}\nEOF\n"
        script += "exec /opt/kafka/bin/kafka-server-start.sh /tmp/server.properties\n"
        assert only_pool(workload(container(args=["sh", "-c", script]))).roles == {Role.BROKER}

    def test_by_the_controllers_listener_where_nothing_else_says_it(self):
        env = {
            "KAFKA_LISTENERS": "PLAINTEXT://:9092,CONTROLLER://:9093",
            "KAFKA_CONTROLLER_LISTENER_NAMES": "CONTROLLER",
            "KAFKA_CONTROLLER_QUORUM_VOTERS": "1@kafka:9093",
        }
        assert set(only_pool(workload(container("registry.example.com/kafka:1", env))).roles) == BOTH

    def test_by_label_where_the_file_is_out_of_sight(self):
        labels = {"app.kubernetes.io/component": "controller-eligible"}
        assert set(only_pool(workload(container(BITNAMI), labels=labels)).roles) == BOTH

    def test_zookeepers_time_knows_only_brokers(self):
        env = {"KAFKA_ZOOKEEPER_CONNECT": "zk:2181"}
        cluster = only_cluster(workload(container(CP, env)))
        assert (cluster.pools[0].roles, cluster.mode) == ({Role.BROKER}, Mode.ZOOKEEPER)

    def test_an_unconfigured_apache_image_is_both_by_itself(self):
        pool = only_pool(workload(container(env={"KAFKA_HEAP_OPTS": "-Xmx2g"})))
        assert set(pool.roles) == BOTH
        assert pool.config.get("process.roles").by is Setter.IMAGE


class TestPool:
    def test_replicas_default_to_one(self):
        replicas = only_pool(workload(container(), replicas=None)).replicas
        assert (replicas.value, replicas.by) == (1, Setter.KUBERNETES)

    @pytest.mark.parametrize("written", ["three", "${REPLICAS}", [3], True, -1])
    def test_replicas_that_are_no_number_are_unknown(self, written):
        pool = only_pool(workload(container(), replicas=written))
        assert (pool.replicas.known, pool.pod_names) == (False, ())

    def test_an_autoscaler_leaves_them_open(self):
        target = {"kind": "StatefulSet", "name": "kafka"}
        scaler = {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "kafka"}}
        scaler["spec"] = {"scaleTargetRef": target, "minReplicas": 3}
        assert only_pool(workload(container()), scaler).replicas.known is False

    def test_ordinals_shift_the_names_of_pods_and_claims(self):
        pool = only_pool(workload(container(), claims=("data",), replicas=2, ordinals={"start": 5}))
        assert pool.pod_names == ("kafka-5", "kafka-6")
        assert pool.claim_names == ("data-kafka-5", "data-kafka-6")

    def test_the_governing_service_is_as_written(self):
        service_name = only_pool(workload(container(), serviceName="brokers")).service
        assert (service_name.value, service_name.place.path) == ("brokers", "spec.serviceName")

    def test_a_version_is_the_images_or_a_kafka_charts(self):
        labels = {"helm.sh/chart": "kafka-32.4.4", "app.kubernetes.io/version": "4.0.0"}
        own = workload(
            container("registry.example.com/kafka@sha256:00", env={"KAFKA_LISTENERS": "A://:9092"}), labels=labels
        )
        assert only_cluster(own).version.value == "4.0.0"
        labels["helm.sh/chart"] = "shop-1.0.0"
        assert only_cluster(own).version.known is False


class TestGrouping:
    def test_separate_roles_of_one_release_are_one_cluster(self):
        def labels(component):
            return {
                "app.kubernetes.io/instance": "prod",
                "app.kubernetes.io/name": "kafka",
                "app.kubernetes.io/component": component,
            }

        brokers = container(BITNAMI, env={"KAFKA_CFG_PROCESS_ROLES": "broker"})
        controllers = container(BITNAMI, env={"KAFKA_CFG_PROCESS_ROLES": "controller"})
        cluster = only_cluster(
            workload(controllers, name="prod-kafka-controller", labels=labels("controller-eligible"), replicas=3),
            workload(brokers, name="prod-kafka-broker", labels=labels("broker"), replicas=5),
        )
        assert (cluster.name, cluster.title) == ("prod", "StatefulSet prod-kafka-broker")
        assert [pool.name for pool in cluster.controllers] == ["prod-kafka-controller"]
        assert [pool.name for pool in cluster.brokers] == ["prod-kafka-broker"]

    @pytest.mark.parametrize("host", ["quorum-0.quorum-headless", "quorum-0.quorum-headless.default.svc.cluster.local"])
    def test_a_quorum_that_names_the_others_pods_joins_them(self, host):
        voters = {"KAFKA_CONTROLLER_QUORUM_VOTERS": f"0@{host}:9093"}
        cluster = only_cluster(
            workload(container(env={"KAFKA_PROCESS_ROLES": "broker", **voters}), name="brokers"),
            workload(container(env={"KAFKA_PROCESS_ROLES": "controller"}), name="quorum"),
        )
        assert (cluster.name, len(cluster.pools), cluster.whole) == ("brokers", 2, True)

    def test_a_service_in_front_of_the_controllers_joins_them_too(self):
        env = {"KAFKA_PROCESS_ROLES": "broker", "KAFKA_CONTROLLER_QUORUM_BOOTSTRAP_SERVERS": "metadata:9093"}
        cluster = only_cluster(
            workload(container(env=env), name="brokers"),
            workload(container(env={"KAFKA_PROCESS_ROLES": "controller"}), name="quorum"),
            service("metadata", {"app": "quorum"}, 9093),
        )
        assert len(cluster.pools) == 2

    def test_single_brokers_of_one_zookeeper_are_one_cluster(self):
        brokers = [
            workload(
                container(CP, {"KAFKA_ZOOKEEPER_CONNECT": "zk:2181", "KAFKA_BROKER_ID": str(number)}),
                name=f"kafka-{number}",
                kind="Deployment",
            )
            for number in range(3)
        ]
        assert [pool.name for pool in only_cluster(*brokers).pools] == ["kafka-0", "kafka-1", "kafka-2"]

    def test_different_chroots_are_different_clusters(self):
        env = {"KAFKA_ZOOKEEPER_CONNECT": "zk:2181/one"}, {"KAFKA_ZOOKEEPER_CONNECT": "zk:2181/two"}
        clusters = read(
            *(workload(container(CP, one), name=f"kafka-{index}") for index, one in enumerate(env))
        ).clusters
        assert [cluster.name for cluster in clusters] == ["kafka-0", "kafka-1"]

    def test_two_clusters_of_one_release_are_told_apart(self):
        def labels(app):
            return {"app.kubernetes.io/instance": "shop", "app.kubernetes.io/name": app}

        env = {"KAFKA_PROCESS_ROLES": "broker,controller"}
        clusters = read(
            workload(container(env=env), name="orders", labels=labels("orders")),
            workload(container(env=env), name="metrics", labels=labels("metrics")),
        ).clusters
        assert [cluster.name for cluster in clusters] == ["orders", "metrics"]

    def test_namespaces_keep_clusters_apart(self):
        env = {"KAFKA_ZOOKEEPER_CONNECT": "zk:2181"}
        clusters = read(*(workload(container(CP, env), namespace=name) for name in ("dev", "prod"))).clusters
        assert [cluster.namespace for cluster in clusters] == ["dev", "prod"]

    def test_brokers_without_their_controllers_are_not_whole(self):
        env = {"KAFKA_PROCESS_ROLES": "broker", "KAFKA_CONTROLLER_QUORUM_VOTERS": "1@elsewhere:9093"}
        assert only_cluster(workload(container(env=env))).whole is False


class TestEnsembles:
    def brokers(self, connect, **more):
        return workload(container(CP, {"KAFKA_ZOOKEEPER_CONNECT": connect}), **more)

    def names(self, *manifests):
        return [pool.name for pool in only_cluster(*manifests).zookeeper]

    def test_alone_zookeeper_is_no_cluster(self):
        reading = read(zookeeper())
        assert (reading.clusters, reading.unmodelled) == ((), ())

    def test_the_service_in_the_connection_leads_to_it(self):
        manifests = (self.brokers("client:2181"), zookeeper(), zookeeper("other"), service("client", {"app": "zk"}))
        assert self.names(*manifests) == ["zk"]

    def test_so_do_the_names_of_its_pods(self):
        assert self.names(self.brokers("zk-0.zk-headless:2181,zk-1.zk-headless:2181/kafka"), zookeeper()) == ["zk"]

    def test_a_service_may_stand_for_two_workloads(self):
        parts = [zookeeper(name, labels={"app": "zookeeper", "part": name}) for name in ("persistent", "regional")]
        manifests = (self.brokers("zookeeper:2181"), *parts, service("zookeeper", {"app": "zookeeper"}))
        assert self.names(*manifests) == ["persistent", "regional"]

    def test_members_that_the_found_ones_name_belong_to_it(self):
        members = {"ZOO_SERVERS": "server.1=a-0.a-headless:2888:3888;2181 server.2=b-0.b-headless:2888:3888;2181"}
        parts = [workload(container(ZOOKEEPER, members, name="zookeeper"), name=name) for name in ("a", "b")]
        assert self.names(self.brokers("a-0.a-headless:2181"), *parts) == ["a", "b"]

    def test_the_only_one_is_meant_where_the_name_leads_nowhere(self):
        assert self.names(self.brokers("zookeeper-client:2181"), zookeeper()) == ["zk"]

    def test_not_where_there_are_two_or_the_name_is_of_another_namespace(self):
        assert self.names(self.brokers("zookeeper-client:2181"), zookeeper(), zookeeper("other")) == []
        elsewhere = self.brokers("zk.other.svc.cluster.local:2181", namespace="streams")
        assert self.names(elsewhere, zookeeper(namespace="streams")) == []

    def test_a_sidecar_is_an_ensemble_of_its_own(self):
        env = {"KAFKA_ZOOKEEPER_CONNECT": "localhost:2181"}
        manifest = workload(container(CP, env), container(ZOOKEEPER, name="zookeeper"))
        assert self.names(manifest, zookeeper()) == ["kafka"]

    def test_kraft_needs_none(self):
        assert self.names(workload(container(env={"KAFKA_PROCESS_ROLES": "broker,controller"})), zookeeper()) == []


def test_listeners_are_the_brokers_own():
    env = {
        "KAFKA_PROCESS_ROLES": "broker,controller",
        "KAFKA_LISTENERS": "PLAINTEXT://:9092,OUT://0.0.0.0:9094,CONTROLLER://:9093",
        "KAFKA_ADVERTISED_LISTENERS": "PLAINTEXT://kafka:9092,OUT://broker.example.com:443",
        "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": "PLAINTEXT:PLAINTEXT,OUT:SASL_SSL,CONTROLLER:PLAINTEXT",
        "KAFKA_CONTROLLER_LISTENER_NAMES": "CONTROLLER",
    }
    plain, out = only_cluster(workload(container(env=env))).listeners
    assert (plain.name, plain.port, plain.data["advertised"]) == ("PLAINTEXT", 9092, "kafka:9092")
    assert (out.name, out.port, out.data["protocol"]) == ("OUT", 9094, "SASL_SSL")


def test_a_rack_that_a_script_reads_from_the_node_names_its_label():
    script = (
        "ZONE=$(kubectl get node $NODE -o jsonpath='{.metadata.labels.topology\\.kubernetes\\.io/zone}') # "
        "topology.kubernetes.io/zone\n"
        'sed "s/#rack/broker.rack=$ZONE/" /template/server.properties > /etc/kafka/server.properties\n'
    )
    init = container("bitnami/kubectl:1.32", mounts={"/template": "template", "/etc/kafka": "made"}, name="init")
    init["command"] = ["bash", "-c", script]
    server = container("solsson/kafka:2.8.1-kafka-server-start", mounts={"/etc/kafka": "made"})
    server["args"] = ["/etc/kafka/server.properties"]
    volumes = [mounted("template", "broker"), {"name": "made", "emptyDir": {}}]
    cluster = only_cluster(
        workload(server, init=[init], volumes=volumes),
        config_map_of("broker", {"server.properties": "zookeeper.connect=zk:2181\nlog.dirs=/data\n#rack\n"}),
    )
    assert cluster.rack is not None
    assert cluster.rack.topology_key == "topology.kubernetes.io/zone"


OWN_ZONE = {"fieldRef": {"fieldPath": "metadata.labels['topology.kubernetes.io/zone']"}}


@pytest.mark.parametrize("script", [None, "export KAFKA_BROKER_RACK=$ZONE; exec /etc/kafka/docker/run"])
def test_a_rack_from_the_pods_own_zone_label_names_it(script):
    broker = container(env={"KAFKA_PROCESS_ROLES": "broker"})
    broker["env"].append({"name": "ZONE" if script else "KAFKA_BROKER_RACK", "valueFrom": OWN_ZONE})
    if script:
        broker["command"] = ["bash", "-c", script]
    rack = only_cluster(workload(broker)).rack
    assert rack is not None
    assert rack.topology_key == "topology.kubernetes.io/zone"


def test_a_zone_label_that_the_template_writes_is_no_label_of_the_node():
    broker = container(env={"KAFKA_PROCESS_ROLES": "broker"})
    broker["env"].append({"name": "KAFKA_BROKER_RACK", "valueFrom": OWN_ZONE})
    manifest = workload(broker)
    manifest["spec"]["template"]["metadata"]["labels"]["topology.kubernetes.io/zone"] = "a"
    rack = only_cluster(manifest).rack
    assert rack is not None
    assert rack.topology_key is None


def test_a_rack_without_a_script_has_no_label():
    rack = only_cluster(workload(container(env={"KAFKA_BROKER_RACK": "a", "KAFKA_PROCESS_ROLES": "broker"}))).rack
    assert rack is not None
    assert rack.topology_key is None
    assert APACHE.startswith("apache/")
