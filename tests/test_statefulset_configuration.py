"""Kafka's configuration in effect for plain workloads: which source wins, where a value stands, what stays unknown."""

import pytest
from statefulset_manifests import (
    APACHE,
    BITNAMI,
    CP,
    WURSTMEISTER,
    config_map_of,
    container,
    mounted,
    only_cluster,
    only_pool,
    pointed_at,
    resources_of,
    workload,
)

from kafkalint.kafka.model import Holds, IdSource, Setter, Settings, VolumeKind
from kafkalint.manifests.bundles import Bundle
from kafkalint_flavours.statefulset import StatefulSetFlavour

BROKER = {"KAFKA_PROCESS_ROLES": "broker,controller"}
START = "/opt/kafka/bin/kafka-server-start.sh"
SECRET = {"secretKeyRef": {"name": "kafka", "key": "id"}}


def field(path):
    return {"fieldRef": {"fieldPath": path}}


def config_of(*manifests):
    return only_pool(*manifests).config


class TestEnvironment:
    @pytest.mark.parametrize(
        ("image", "name"),
        [
            (APACHE, "KAFKA_MIN_INSYNC_REPLICAS"),
            (CP, "KAFKA_MIN_INSYNC_REPLICAS"),
            (WURSTMEISTER, "KAFKA_MIN_INSYNC_REPLICAS"),
            (BITNAMI, "KAFKA_CFG_MIN_INSYNC_REPLICAS"),
        ],
    )
    def test_each_image_in_its_own_names(self, image, name):
        config = config_of(workload(container(image, {name: "2"})))
        setting = config.get("min.insync.replicas")
        assert (setting.value, setting.by, pointed_at(setting.place)) == ("2", Setter.WRITTEN, '"2"')

    def test_names_of_another_image_do_nothing(self):
        config = config_of(workload(container(env={**BROKER, "KAFKA_CFG_MIN_INSYNC_REPLICAS": "2"})))
        assert config.get("min.insync.replicas").by is Setter.KAFKA
        assert config.get("min.insync.replicas").value == "1"

    def test_what_only_a_running_pod_knows_is_there_and_unknown(self):
        env = {"POD": field("metadata.name"), **BROKER, "KAFKA_ADVERTISED_LISTENERS": "A://$(POD).kafka:9092"}
        config = config_of(workload(container(env={**env, "KAFKA_SUPER_USERS": SECRET})))
        assert config.get("super.users").known is False
        assert config.get("super.users").value is None
        assert (config.get("advertised.listeners").known, config.complete) == (False, True)

    def test_a_script_may_export_more(self):
        script = "export KAFKA_BROKER_ID=${HOSTNAME##*-} KAFKA_LOG_DIRS=/data/logs && exec /etc/confluent/docker/run"
        config = config_of(
            workload(container(CP, {"KAFKA_ZOOKEEPER_CONNECT": "zk:2181"}, command=["sh", "-c", script]))
        )
        assert (config.get("log.dirs").value, config.get("log.dirs").known) == ("/data/logs", True)
        assert config.get("broker.id").known is False
        assert pointed_at(config.get("broker.id").place) == "KAFKA_BROKER_ID=${HOSTNAME##*-}"

    def test_a_command_that_starts_kafka_itself_reads_no_environment(self):
        own = container(
            env={**BROKER, "KAFKA_MIN_INSYNC_REPLICAS": "2"}, command=[START, "/etc/kafka/server.properties"]
        )
        setting = config_of(workload(own)).get("min.insync.replicas")
        assert (setting.value, setting.by) == (None, Setter.UNKNOWN)

    @pytest.mark.parametrize("reference", [{"secretRef": {"name": "more"}}, {"configMapRef": {"name": "absent"}}])
    def test_variables_out_of_sight_leave_absent_keys_unknown(self, reference):
        config = config_of(workload(container(env=BROKER, envFrom=[reference])))
        assert (config.complete, config.get("min.insync.replicas").by) == (False, Setter.UNKNOWN)

    def test_custom_images_may_bring_anything(self):
        config = config_of(workload(container("registry.example.com/kafka:1", {**BROKER, "KAFKA_LISTENERS": "A://:1"})))
        assert (config.complete, config.get("process.roles").value) == (False, "broker,controller")

    def test_defaults_are_those_of_the_version(self):
        old = config_of(workload(container("apache/kafka:3.9.0", BROKER)))
        new = config_of(workload(container("apache/kafka:4.1.0", BROKER)))
        key = "num.recovery.threads.per.data.dir"
        assert (old.get(key).value, new.get(key).value) == ("1", "2")

    def test_images_that_start_from_kafkas_sample_keep_its_single_broker_factors(self):
        setting = config_of(workload(container(BITNAMI))).get("offsets.topic.replication.factor")
        assert (setting.value, setting.by) == ("1", Setter.IMAGE)
        assert config_of(workload(container(CP))).get("offsets.topic.replication.factor").value == "3"


class TestFiles:
    FILE = "process.roles=broker,controller\nmin.insync.replicas=1\nlog.dirs=/data/logs\n"

    def test_a_line_of_a_mounted_file_is_pointed_at(self):
        text = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: broker}
data:
  server.properties: |
    # min.insync.replicas=1
    process.roles=broker
    min.insync.replicas=1
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: kafka}
spec:
  selector: {matchLabels: {app: kafka}}
  template:
    metadata: {labels: {app: kafka}}
    spec:
      containers:
        - name: kafka
          image: registry.example.com/kafka:1
          command: [kafka-server-start.sh, /etc/kafka/server.properties]
          volumeMounts: [{name: config, mountPath: /etc/kafka}]
      volumes: [{name: config, configMap: {name: broker}}]
"""
        (cluster,) = StatefulSetFlavour().read(Bundle("test", resources_of(text)), Settings()).clusters
        setting = cluster.pools[0].config.get("min.insync.replicas")
        span = setting.place.span()
        assert text[span.start : span.end] == "min.insync.replicas=1"
        assert text[: span.start].count("\n") == 7
        assert cluster.pools[0].config.place.path == 'data["server.properties"]'

    @pytest.mark.parametrize(
        "volume",
        [
            mounted("config", "broker"),
            {"name": "config", "projected": {"sources": [{"configMap": {"name": "broker"}}]}},
            {
                "name": "config",
                "configMap": {"name": "broker", "items": [{"key": "server.properties", "path": "server.properties"}]},
            },
        ],
    )
    def test_however_it_is_mounted(self, volume):
        own = container(mounts={"/mnt/shared/config": "config"})
        config = config_of(workload(own, volumes=[volume]), config_map_of("broker", {"server.properties": self.FILE}))
        assert (config.get("min.insync.replicas").value, config.complete) == ("1", True)

    def test_as_one_file_by_sub_path(self):
        own = container(BITNAMI)
        own["volumeMounts"] = [
            {"name": "config", "mountPath": "/opt/bitnami/kafka/config/server.properties", "subPath": "kafka.conf"}
        ]
        manifests = (
            workload(own, volumes=[mounted("config", "broker")]),
            config_map_of("broker", {"kafka.conf": self.FILE}),
        )
        assert config_of(*manifests).get("log.dirs").value == "/data/logs"

    def test_the_environment_wins_over_the_file(self):
        own = container(env={"KAFKA_MIN_INSYNC_REPLICAS": "2"}, mounts={"/mnt/shared/config": "config"})
        manifests = (
            workload(own, volumes=[mounted("config", "broker")]),
            config_map_of("broker", {"server.properties": self.FILE}),
        )
        assert config_of(*manifests).get("min.insync.replicas").value == "2"

    def test_but_not_over_a_file_that_makes_bitnamis_image_skip_it(self):
        own = container(BITNAMI, {"KAFKA_CFG_MIN_INSYNC_REPLICAS": "2"}, {"/bitnami/kafka/config": "config"})
        manifests = (
            workload(own, volumes=[mounted("config", "broker")]),
            config_map_of("broker", {"server.properties": self.FILE}),
        )
        assert config_of(*manifests).get("min.insync.replicas").value == "1"

    def test_overrides_win_over_the_file(self):
        command = [START, "/etc/kafka/server.properties", "--override", "min.insync.replicas=2"]
        own = container(command=command, mounts={"/etc/kafka": "config"})
        config = config_of(
            workload(own, volumes=[mounted("config", "broker")]),
            config_map_of("broker", {"server.properties": self.FILE}),
        )
        assert config.get("min.insync.replicas").value == "2"
        assert pointed_at(config.get("min.insync.replicas").place) == '"min.insync.replicas=2"'

    def test_a_file_that_the_bundle_does_not_hold_may_say_anything(self):
        own = container(command=[START, "/etc/kafka/server.properties"], mounts={"/etc/kafka": "config"})
        config = config_of(workload(own, volumes=[mounted("config", "absent")]))
        assert (config.complete, config.get("min.insync.replicas").known) == (False, False)

    def test_an_init_container_may_fill_in_the_ids(self):
        script = (
            "cp /template/server.properties /made/server.properties\n"
            "ID=${HOSTNAME##*-}\n"
            'echo "node.id=$ID" >> /made/server.properties\n'
            'echo "num.partitions=6" >> /made/server.properties\n'
        )
        init = container("busybox:1.36", mounts={"/template": "template", "/made": "made"}, name="init")
        init["command"] = ["sh", "-c", script]
        own = container("solsson/kafka:3.0.0-kafka-server-start", mounts={"/etc/kafka": "made"})
        own["args"] = ["/etc/kafka/server.properties"]
        volumes = [mounted("template", "broker"), {"name": "made", "emptyDir": {}}]
        pool = only_pool(
            workload(own, init=[init], volumes=volumes), config_map_of("broker", {"server.properties": self.FILE})
        )
        assert (pool.config.complete, pool.config.get("num.partitions").value) == (True, "6")
        assert pool.config.get("node.id").known is False
        assert pool.node_id.source is IdSource.ORDINAL

    def test_placeholders_are_no_values(self):
        file = self.FILE + "advertised.listeners=A://address-placeholder:9092\npassword=secret-placeholder\n"
        script = "cp /t/server.properties /c/server.properties\n"
        script += 'replace /c/server.properties "address-placeholder" "$POD.svc"\n'
        init = container("busybox:1.36", mounts={"/t": "template", "/c": "made"}, name="init")
        init["command"] = ["sh", "-c", script]
        own = container(BITNAMI)
        own["volumeMounts"] = [
            {"name": "made", "mountPath": "/opt/bitnami/kafka/config/server.properties", "subPath": "server.properties"}
        ]
        volumes = [mounted("template", "broker"), {"name": "made", "emptyDir": {}}]
        config = config_of(
            workload(own, init=[init], volumes=volumes), config_map_of("broker", {"server.properties": file})
        )
        assert (config.get("advertised.listeners").known, config.get("advertised.listeners").value) == (
            False,
            "A://$POD.svc:9092",
        )
        assert (config.get("password").known, config.get("password").value) == (False, None)

    def test_here_documents_are_files(self):
        script = (
            "DATA=/var/lib/kafka\ncat > /tmp/server.properties <<EOF\nprocess.roles=broker\nlog.dirs=$DATA/logs\n"
            f"node.id=$ID\nEOF\nexec {START} /tmp/server.properties\n"
        )
        config = config_of(workload(container(command=["bash", "-c", script])))
        assert (config.get("log.dirs").value, config.get("log.dirs").known) == ("/var/lib/kafka/logs", True)
        assert config.get("node.id").known is False
        assert pointed_at(config.get("process.roles").place) == "process.roles=broker"

    def test_a_script_of_the_bundle_is_followed(self):
        script = f"exec {START} /etc/kafka/server.properties --override broker.rack=a\n"
        own = container(command=["/scripts/run.sh"], mounts={"/scripts": "scripts"})
        config = config_of(
            workload(own, volumes=[mounted("scripts", "scripts")]), config_map_of("scripts", {"run.sh": script})
        )
        assert config.get("broker.rack").value == "a"

    def test_a_script_out_of_sight_is_not(self):
        own = container(env=BROKER, command=["/scripts/run.sh"], mounts={"/scripts": "scripts"})
        assert config_of(workload(own, volumes=[mounted("scripts", "absent")])).complete is False


class TestDataDirectories:
    def data(self, *manifests):
        return only_pool(*manifests).data

    @pytest.mark.parametrize(
        ("image", "env", "path", "by"),
        [
            (APACHE, {"KAFKA_HEAP_OPTS": "-Xmx1g"}, "/tmp/kraft-combined-logs", Setter.IMAGE),
            (APACHE, BROKER, "/tmp/kafka-logs", Setter.KAFKA),
            (APACHE, {**BROKER, "KAFKA_LOG_DIR": "/data"}, "/data", Setter.WRITTEN),
            (CP, BROKER, "/var/lib/kafka/data", Setter.IMAGE),
            (BITNAMI, {}, "/bitnami/kafka/data", Setter.IMAGE),
            (BITNAMI, {"KAFKA_LOG_DIR": "/logs"}, "/bitnami/kafka/data", Setter.IMAGE),
            (BITNAMI, {"KAFKA_CFG_LOG_DIRS": "/data"}, "/data", Setter.WRITTEN),
            (CP, {**BROKER, "KAFKA_LOG_DIRS": "/data"}, "/data", Setter.WRITTEN),
            (CP, {**BROKER, "KAFKA_LOG_DIR": "/data"}, "/var/lib/kafka/data", Setter.IMAGE),
            (BITNAMI, {"KAFKA_CFG_LOG_DIR": "/data"}, "/bitnami/kafka/data", Setter.IMAGE),
        ],
    )
    def test_where_each_image_keeps_them(self, image, env, path, by):
        (directory,) = self.data(workload(container(image, env)))
        assert (directory.path.value, directory.path.by, directory.holds) == (path, by, Holds.LOGS)
        assert (directory.mount, directory.volume) == (None, None)

    def test_the_deepest_mount_counts(self):
        own = container(
            env={**BROKER, "KAFKA_LOG_DIRS": "/data/kafka/logs"}, mounts={"/data": "a", "/data/kafka": "data"}
        )
        (directory,) = self.data(workload(own, claims=("data",), volumes=[{"name": "a", "emptyDir": {}}]))
        assert directory.mount.path == "/data/kafka"
        assert directory.volume.kind is VolumeKind.CLAIM_TEMPLATE
        assert directory.volume.claim.name == "data"

    def test_a_mount_that_names_no_volume_is_told(self):
        own = container(CP, BROKER, {"/var/lib/kafka/data": "missing"})
        (directory,) = self.data(workload(own, claims=("data",)))
        assert (directory.mount.volume, directory.volume) == ("missing", None)

    def test_several_log_directories(self):
        env = {**BROKER, "KAFKA_LOG_DIRS": "/d0/logs, /d1/logs"}
        own = container(env=env, mounts={"/d0": "one", "/d1": "two"})
        found = self.data(workload(own, claims=("one", "two")))
        assert [directory.volume.name for directory in found] == ["one", "two"]

    def test_log_dirs_beats_log_dir(self):
        file = "log.dirs=/tmp/kafka-logs\nzookeeper.connect=zk:2181\n"
        own = container(
            command=[START, "/etc/kafka/server.properties", "--override", "log.dir=/data"], mounts={"/etc/kafka": "c"}
        )
        (directory,) = self.data(
            workload(own, volumes=[mounted("c", "broker")]), config_map_of("broker", {"server.properties": file})
        )
        assert directory.path.value == "/tmp/kafka-logs"

    def test_even_where_only_the_images_file_has_it(self):
        command = [
            "sh",
            "-c",
            "exec kafka-server-start.sh /opt/kafka/config/server.properties --override log.dir=/data",
        ]
        (directory,) = self.data(
            workload(container("gcr.io/google_containers/kubernetes-kafka:1.0-10.2.1", command=command))
        )
        assert (directory.path.value, directory.path.by) == ("/tmp/kafka-logs", Setter.IMAGE)

    def test_the_beginning_of_a_path_is_enough(self):
        own = container(WURSTMEISTER, {"KAFKA_ZOOKEEPER_CONNECT": "zk:2181"}, {"/kafka": "data"})
        (directory,) = self.data(workload(own, claims=("data",)))
        assert (directory.path.value, directory.volume.name) == ("/kafka/kafka-logs-$HOSTNAME", "data")

    @pytest.mark.parametrize("path", ["$(DATA)/logs", "/$(POD)/logs", "data"])
    def test_a_path_without_a_known_beginning_is_unknown(self, path):
        env = {"POD": field("metadata.name"), **BROKER, "KAFKA_LOG_DIRS": path}
        (directory,) = self.data(workload(container(env=env, mounts={"/data": "data"}), claims=("data",)))
        assert (directory.path.known, directory.mount) == (False, None)

    def test_nor_is_one_with_a_mount_further_down(self):
        env = {"POD": field("metadata.name"), **BROKER, "KAFKA_LOG_DIRS": "/data/$(POD)"}
        own = container(env=env, mounts={"/data": "data", "/data/kafka-0": "other"})
        (directory,) = self.data(workload(own, claims=("data", "other")))
        assert directory.path.known is False

    def test_custom_images_keep_theirs_to_themselves(self):
        (directory,) = self.data(
            workload(container("registry.example.com/kafka:1", {**BROKER, "KAFKA_LISTENERS": "A://:1"}))
        )
        assert (directory.path.value, directory.path.by) == (None, Setter.UNKNOWN)

    def test_metadata_of_its_own(self):
        env = {**BROKER, "KAFKA_LOG_DIRS": "/data/logs", "KAFKA_METADATA_LOG_DIR": "/meta"}
        logs, metadata = self.data(workload(container(env=env, mounts={"/data": "data"}), claims=("data",)))
        assert (logs.holds, metadata.holds, metadata.path.value, metadata.volume) == (
            Holds.LOGS,
            Holds.METADATA,
            "/meta",
            None,
        )

    def test_a_controller_has_nothing_but_metadata_in_its_first_directory(self):
        env = {"KAFKA_PROCESS_ROLES": "controller", "KAFKA_LOG_DIRS": "/one,/two"}
        (directory,) = self.data(workload(container(env=env)))
        assert (directory.holds, directory.path.value) == (Holds.METADATA, "/one")

    @pytest.mark.parametrize(
        ("image", "env", "args", "paths"),
        [
            ("zookeeper:3.9", {}, None, ["/data", "/datalog"]),
            ("zookeeper:3.9", {"ZOO_DATA_DIR": "/z", "ZOO_DATA_LOG_DIR": "/l"}, None, ["/z", "/l"]),
            ("confluentinc/cp-zookeeper:7.6.1", {}, None, ["/var/lib/zookeeper/data", "/var/lib/zookeeper/log"]),
            ("bitnami/zookeeper:3.9.2", {}, None, ["/bitnami/zookeeper/data"]),
            (
                "gcr.io/google_containers/kubernetes-zookeeper:1.0-3.4.10",
                {},
                ["sh", "-c", "start-zookeeper --data_dir=/z --data_log_dir=/z/log"],
                ["/z", "/z/log"],
            ),
            ("registry.example.com/zookeeper:1", {}, ["zkServer.sh", "start-foreground"], [None]),
        ],
    )
    def test_zookeepers_directories(self, image, env, args, paths):
        server = container(image, env, name="zookeeper", **({"args": args} if args else {}))
        brokers = workload(container(CP, {"KAFKA_ZOOKEEPER_CONNECT": "zk-headless:2181"}))
        (pool,) = only_cluster(brokers, workload(server, name="zk")).zookeeper
        assert [directory.path.value for directory in pool.data] == paths
        assert pool.data[0].holds is Holds.ZOOKEEPER

    def test_zookeepers_own_file(self):
        server = container("zookeeper:3.9", mounts={"/conf": "config", "/store": "data"}, name="zookeeper")
        manifests = (
            workload(container(CP, {"KAFKA_ZOOKEEPER_CONNECT": "zk-headless:2181"})),
            workload(server, name="zk", volumes=[mounted("config", "zoo")], claims=("data",)),
            config_map_of("zoo", {"zoo.cfg": "dataDir=/store/data\nclientPort=2181\n"}),
        )
        (pool,) = only_cluster(*manifests).zookeeper
        (directory,) = pool.data
        assert (directory.path.value, directory.volume.name) == ("/store/data", "data")


class TestNodeIds:
    def source(self, env=None, image=APACHE, **more):
        return only_pool(workload(container(image, {**BROKER, **(env or {})}, **more))).node_id.source

    @pytest.mark.parametrize(
        ("value", "source"),
        [
            ("1", IdSource.CONSTANT),
            ("${HOSTNAME##*-}", IdSource.CONSTANT),
            ("-1", IdSource.GENERATED),
            (field("metadata.name"), IdSource.POD),
            (field("status.podIP"), IdSource.POD),
            (field("metadata.labels['apps.kubernetes.io/pod-index']"), IdSource.ORDINAL),
            (SECRET, IdSource.CONSTANT),
            ("$(POD)", IdSource.POD),
            ("$(INDEX)", IdSource.ORDINAL),
        ],
    )
    def test_by_variable(self, value, source):
        env = {"POD": field("metadata.name"), "INDEX": field("metadata.labels['apps.kubernetes.io/pod-index']")}
        assert self.source({**env, "KAFKA_NODE_ID": value}) is source

    @pytest.mark.parametrize(
        ("script", "source"),
        [
            ("export KAFKA_NODE_ID=${HOSTNAME##*-}", IdSource.ORDINAL),
            ("export KAFKA_NODE_ID=$((${POD_NAME##*-} + 100))", IdSource.ORDINAL),
            ("ID=$(hostname | awk -F- '{print $NF}')\nexport KAFKA_NODE_ID=$((ID + 1))", IdSource.ORDINAL),
            ("[[ $(hostname) =~ -([0-9]+)$ ]]\nexport KAFKA_NODE_ID=${BASH_REMATCH[1]}", IdSource.ORDINAL),
            ("export KAFKA_NODE_ID=$(hostname)", IdSource.POD),
            ("export KAFKA_NODE_ID=$RANDOM", IdSource.POD),
            ("export KAFKA_NODE_ID=7", IdSource.CONSTANT),
            ("export KAFKA_NODE_ID=$(cat /id)", IdSource.UNKNOWN),
        ],
    )
    def test_by_script(self, script, source):
        assert self.source(command=["bash", "-c", f"{script}\nexec /etc/kafka/docker/run"]) is source

    def test_by_override(self):
        script = f"exec {START} /etc/kafka/server.properties --override broker.id=${{HOSTNAME##*-}}"
        node = only_pool(workload(container(command=["sh", "-c", script]))).node_id
        assert (node.source, node.value) == (IdSource.ORDINAL, "${HOSTNAME##*-}")
        assert pointed_at(node.place) == "broker.id=${HOSTNAME##*-}"

    def test_by_the_command_that_an_image_runs(self):
        env = {"KAFKA_ZOOKEEPER_CONNECT": "zk:2181", "BROKER_ID_COMMAND": "hostname | awk -F'-' '{print $2}'"}
        assert only_pool(workload(container(WURSTMEISTER, env))).node_id.source is IdSource.ORDINAL

    @pytest.mark.parametrize("image", [CP, WURSTMEISTER])
    def test_zookeeper_hands_one_out_where_there_is_none(self, image):
        own = container(image, {"KAFKA_ZOOKEEPER_CONNECT": "zk:2181"})
        assert only_pool(workload(own)).node_id.source is IdSource.GENERATED

    def test_kraft_does_not(self):
        assert self.source() is IdSource.UNKNOWN

    def test_an_unconfigured_apache_image_is_node_1(self):
        node = only_pool(workload(container())).node_id
        assert (node.source, node.value) == (IdSource.CONSTANT, "1")
