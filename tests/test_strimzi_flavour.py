"""Strimzi's custom resources read into the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kafkalint.kafka.labels import Selector
from kafkalint.kafka.model import ExporterKind, Holds, Mode, Role, Setter, Settings, VolumeKind
from kafkalint.kafka.placement import Apartness
from kafkalint.kafka.topology import HOSTNAME, ZONE
from kafkalint.kafka.versions import Version
from kafkalint.manifests.bundles import Bundle
from kafkalint.manifests.documents import documents
from kafkalint.manifests.sources import Source
from kafkalint_flavours.strimzi.flavour import StrimziFlavour

if TYPE_CHECKING:
    from kafkalint.kafka.flavours import Reading
    from kafkalint.kafka.model import KafkaCluster, NodePool
    from kafkalint.manifests.resources import Place, Resource

KAFKA = """
apiVersion: kafka.strimzi.io/v1
kind: Kafka
metadata: {name: events, namespace: shop, labels: {team: orders, app.kubernetes.io/instance: argo}}
spec:
  kafka:
    listeners:
      - {name: plain, port: 9092, type: internal, tls: false}
      - {name: outside, port: 9095, type: nodeport, tls: true}
    config: {default.replication.factor: 3, auto.create.topics.enable: false, log.dirs: /data, num.partitions: 12}
"""
POOLS = """
apiVersion: kafka.strimzi.io/v1
kind: KafkaNodePool
metadata: {name: controllers, namespace: shop, labels: {strimzi.io/cluster: events}}
spec:
  replicas: 3
  roles: [controller]
  storage: {type: persistent-claim, size: 20Gi, class: fast, deleteClaim: true}
---
apiVersion: kafka.strimzi.io/v1
kind: KafkaNodePool
metadata: {name: brokers, namespace: shop, labels: {strimzi.io/cluster: events, tier: gold}}
spec:
  replicas: 4
  roles: [broker]
  storage:
    type: jbod
    volumes:
      - {id: 1, type: persistent-claim, size: 100Gi}
      - {id: 0, type: ephemeral, sizeLimit: 1Gi}
"""
OLD = """
apiVersion: kafka.strimzi.io/v1beta2
kind: Kafka
metadata: {name: old}
spec:
  kafka:
    replicas: 3
    rack: {topologyKey: topology.kubernetes.io/zone}
    storage: {type: persistent-claim, size: 1Gi}
    template: {pod: {terminationGracePeriodSeconds: 90}}
  zookeeper:
    replicas: 3
    storage: {type: ephemeral}
    metricsConfig: {type: jmxPrometheusExporter, valueFrom: {configMapKeyRef: {name: rules, key: zk.yaml}}}
  entityOperator: {topicOperator: {}}
"""
OPERATOR = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: strimzi-cluster-operator, namespace: shop}
spec:
  selector: {matchLabels: {strimzi.io/kind: cluster-operator}}
  template:
    metadata: {labels: {strimzi.io/kind: cluster-operator}}
    spec:
      containers:
        - name: operator
          image: IMAGE
          env:
            - {name: STRIMZI_KAFKA_IMAGES, value: "3.9.0=mirror.example/kafka:0.45.0-kafka-3.9.0"}
"""
OPERATOR_1_1 = OPERATOR.replace("image: IMAGE", "image: quay.io/strimzi/operator:1.1.0")


def resources(*texts: str) -> tuple[Resource, ...]:
    source = Source("input.yaml", "\n---\n".join(texts).encode())
    return tuple(resource for document in documents(source) for resource in document.resources)


def reading(*texts: str, version: str | None = None, context: str = "") -> Reading:
    bundle = Bundle("test", resources(*texts), resources(context) if context else ())
    return StrimziFlavour().read(bundle, Settings(strimzi_version=Version.parse(version)))


def cluster(*texts: str, version: str | None = None) -> KafkaCluster:
    (found,) = reading(*texts, version=version).clusters
    return found


def pool(found: KafkaCluster, name: str) -> NodePool:
    return next(pool for pool in found.nodes if pool.name == name)


def at(place: Place) -> str:
    return f"{place.resource.kind} {place.resource.name} {place.path}"


def selects(text: dict[str, str], pool: NodePool) -> bool | None:
    selector = Selector.from_map(text)
    assert selector is not None
    return selector.matches(pool.pods.labels)


def with_pod(text: str, pod: str, where: str = "") -> str:
    """A resource with a pod template: of a KafkaNodePool under `spec`, of a Kafka under `spec.kafka`."""
    spec = "spec:\n  kafka:\n" if where == "kafka" else "spec:\n"
    indent = "    " if where == "kafka" else "  "
    return text.replace(spec, f"{spec}{indent}template: {{pod: {pod}}}\n")


class TestPools:
    def test_labels_are_those_of_the_operator(self) -> None:
        labels = pool(cluster(KAFKA, POOLS), "brokers").pods.labels
        assert dict(labels.known) == {
            "tier": "gold",
            "strimzi.io/cluster": "events",
            "strimzi.io/kind": "Kafka",
            "strimzi.io/name": "events-kafka",
            "strimzi.io/component-type": "kafka",
            "strimzi.io/pool-name": "brokers",
            "strimzi.io/broker-role": "true",
            "strimzi.io/controller-role": "false",
            "strimzi.io/controller": "strimzipodset",
            "strimzi.io/controller-name": "events-brokers",
            "app.kubernetes.io/name": "kafka",
            "app.kubernetes.io/instance": "events",
            "app.kubernetes.io/part-of": "strimzi-events",
            "app.kubernetes.io/managed-by": "strimzi-cluster-operator",
        }
        assert labels.varying == {"strimzi.io/pod-name"}

    def test_template_labels_are_added_but_not_to_the_operators_domain(self) -> None:
        text = with_pod(POOLS, "{metadata: {labels: {app: mine, strimzi.io/kind: Mine}}}")
        assert selects({"app": "mine", "strimzi.io/kind": "Kafka"}, pool(cluster(KAFKA, text), "brokers"))

    def test_ids_go_to_pools_by_name(self) -> None:
        found = cluster(KAFKA, POOLS)
        assert pool(found, "brokers").pod_names[0] == "events-brokers-0"
        assert pool(found, "controllers").pod_names == tuple(f"events-controllers-{i}" for i in (4, 5, 6))
        assert pool(found, "controllers").claim_names[0] == "data-events-controllers-4"

    @pytest.mark.parametrize(
        ("annotation", "ids"),
        [("[9-8, 2]", (4, 8, 9)), ("[20-22]", (20, 21, 22)), ("nine", (4, 5, 6)), ("[99999999999]", (4, 5, 6))],
    )
    def test_ids_follow_the_annotation(self, annotation: str, ids: tuple[int, ...]) -> None:
        name = f'{{name: controllers, annotations: {{strimzi.io/next-node-ids: "{annotation}"}},'
        names = pool(cluster(KAFKA, POOLS.replace("{name: controllers,", name)), "controllers").pod_names
        assert names == tuple(f"events-controllers-{number}" for number in ids)

    def test_roles_and_groups(self) -> None:
        found = cluster(KAFKA, POOLS)
        assert [(group.role, group.replicas) for group in found.groups] == [(Role.BROKER, 4), (Role.CONTROLLER, 3)]
        combined = cluster(KAFKA, POOLS.replace("[broker]", "[broker, controller]"))
        assert combined.whole
        assert pool(combined, "brokers").roles == {Role.BROKER, Role.CONTROLLER}

    def test_workload_is_stateful_and_has_no_server_of_its_own(self) -> None:
        brokers = pool(cluster(KAFKA, POOLS), "brokers")
        assert brokers.workload == "StrimziPodSet"
        assert brokers.stateful
        assert brokers.server is None
        assert brokers.main is not None

    def test_pools_of_another_namespace_or_cluster_are_not_its_own(self) -> None:
        far = POOLS.replace("namespace: shop", "namespace: far")
        found = reading(KAFKA, far).clusters
        assert [(one.whole, one.partial, len(one.pools)) for one in found] == [(False, False, 0), (False, True, 2)]

    def test_a_pool_that_does_not_say_its_size_is_unknown(self) -> None:
        found = cluster(KAFKA, POOLS.replace("  replicas: 4\n", ""))
        assert pool(found, "brokers").replicas.by is Setter.UNKNOWN
        assert all(not one.pod_names for one in found.pools)


class TestWholeness:
    def test_kafka_without_pools_invents_none(self) -> None:
        found = cluster(KAFKA)
        assert (found.whole, found.partial, found.pools) == (False, False, ())

    def test_brokers_without_controllers_are_a_part(self) -> None:
        assert not cluster(KAFKA, POOLS.split("---", 1)[1]).whole

    def test_pools_without_their_kafka_decide_only_storage(self) -> None:
        found = cluster(POOLS)
        assert (found.name, found.whole, found.partial, found.mode) == ("events", False, True, Mode.KRAFT)
        assert found.version.by is Setter.UNKNOWN
        assert not found.budgets
        for one in found.pools:
            assert not one.template.complete
            assert not one.config.complete
            assert one.config.get("min.insync.replicas").by is Setter.UNKNOWN
        assert pool(found, "controllers").claims_deleted

    def test_topics_without_their_kafka(self) -> None:
        topic = """
apiVersion: kafka.strimzi.io/v1
kind: KafkaTopic
metadata: {name: orders, labels: {strimzi.io/cluster: elsewhere}}
spec: {replicas: 1}
"""
        found = cluster(topic)
        assert (found.partial, found.pools) == (True, ())
        assert found.topics[0].replicas.value == 1
        assert found.topics[0].partitions.by is Setter.UNKNOWN

    def test_only_primary_resources_make_a_cluster(self) -> None:
        assert not reading("kind: ConfigMap\nmetadata: {name: x}", context=f"{KAFKA}\n---\n{POOLS}").clusters
        (found,) = reading(POOLS, context=KAFKA).clusters
        assert (found.whole, found.partial) == (True, False)
        (found,) = reading(KAFKA, context=POOLS).clusters
        assert found.whole


class TestStorage:
    def test_jbod(self) -> None:
        brokers = pool(cluster(KAFKA, POOLS), "brokers")
        kinds = {volume.name: volume.kind for volume in brokers.volumes}
        assert kinds == {"data-1": VolumeKind.CLAIM_TEMPLATE, "data-0": VolumeKind.EMPTY_DIR}
        claim = brokers.volumes[0].claim
        assert claim is not None
        assert claim.storage_class.by is Setter.KUBERNETES
        assert (claim.size.value, claim.access_modes.value) == ("100Gi", ("ReadWriteOnce",))
        assert brokers.claim_names == tuple(f"data-1-events-brokers-{i}" for i in range(4))
        assert at(claim.storage_class.place) == "KafkaNodePool brokers spec.storage.volumes[0].class"

    def test_every_directory_is_below_its_own_mount(self) -> None:
        found = cluster(KAFKA, POOLS)
        assert [(one.holds, one.mount and one.mount.path) for one in pool(found, "brokers").data] == [
            (Holds.LOGS, "/var/lib/kafka/data-1"),
            (Holds.LOGS, "/var/lib/kafka/data-0"),
        ]
        (metadata,) = pool(found, "controllers").data
        assert metadata.holds is Holds.METADATA
        assert metadata.volume is not None
        assert metadata.path.value is not None
        assert metadata.path.value.startswith("/var/lib/kafka/data/kafka-log")

    @pytest.mark.parametrize(("marked", "expected"), [("", "data-0"), (", kraftMetadata: shared", "data-1")])
    def test_metadata_lies_on_the_marked_volume_else_on_the_lowest(self, marked: str, expected: str) -> None:
        text = POOLS.replace("[broker]", "[broker, controller]").replace("100Gi}", f"100Gi{marked}}}")
        data = pool(cluster(KAFKA, text), "brokers").data
        assert [one.volume and one.volume.name for one in data if one.holds is Holds.METADATA] == [expected]

    def test_claims_that_go_with_the_cluster(self) -> None:
        found = cluster(KAFKA, POOLS)
        assert [at(place) for place in pool(found, "controllers").claims_deleted] == [
            "KafkaNodePool controllers spec.storage.deleteClaim"
        ]
        assert not pool(found, "brokers").claims_deleted

    def test_persistent_volumes_belong_to_group_0_unless_a_context_is_written(self) -> None:
        controllers = POOLS.partition("---")[0]
        assert pool(cluster(KAFKA, POOLS), "controllers").template.get("securityContext") == {"fsGroup": 0}
        text = with_pod(controllers, "{securityContext: {runAsUser: 1000}}")
        assert pool(cluster(KAFKA, text), "controllers").template.get("securityContext") == {"runAsUser": 1000}

    @pytest.mark.parametrize("version", ["0.45.0", "0.46.0"])
    def test_overrides_name_the_class_until_0_45(self, version: str) -> None:
        overrides = "[{broker: 0, class: a}, {broker: 1, class: b}, {broker: 2, class: c}]"
        text = OLD.replace("size: 1Gi", f"size: 1Gi, overrides: {overrides}")
        claim = pool(cluster(text, version=version), "kafka").volumes[0].claim
        assert claim is not None
        assert claim.storage_class.value == ("a" if version == "0.45.0" else None)

    def test_storage_that_is_not_written_is_not_judged(self) -> None:
        found = pool(cluster(KAFKA, POOLS.replace("type: persistent-claim, size: 20Gi", "size: 20Gi")), "controllers")
        assert (found.volumes, found.data) == ((), ())


class TestTemplates:
    SPREAD = "{affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [TERM]}}}".replace(
        "TERM", "{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {strimzi.io/name: events-kafka}}}"
    )

    def test_the_clusters_template_holds_for_all_pools(self) -> None:
        found = cluster(with_pod(KAFKA, self.SPREAD, "kafka"), POOLS)
        verdicts = [verdict.strength for group in found.groups for _, _, verdict in group.apartness(HOSTNAME)]
        assert verdicts == [Apartness.HARD, Apartness.HARD]
        assert at(pool(found, "brokers").template.place("affinity")) == "Kafka events spec.kafka.template.pod.affinity"

    @pytest.mark.parametrize("version", ["0.48.0", "0.49.0"])
    def test_a_pools_pod_hides_the_clusters(self, version: str) -> None:
        pools = with_pod(POOLS, "{metadata: {labels: {a: b}}}")
        found = cluster(with_pod(KAFKA, self.SPREAD, "kafka"), pools, version=version)
        assert pool(found, "brokers").template.get("affinity") is None
        assert (
            at(pool(found, "brokers").template.place("affinity")) == "KafkaNodePool brokers spec.template.pod.affinity"
        )
        hiding, hidden, lost = found.shadowed[0]
        if version == "0.49.0":
            assert (at(hiding), at(hidden)) == (
                "KafkaNodePool controllers spec.template.pod",
                "Kafka events spec.kafka.template.pod",
            )
            assert lost == ("affinity",)
        else:
            assert (at(hiding), lost) == ("KafkaNodePool controllers spec.template", ("pod.affinity",))

    @pytest.mark.parametrize(("version", "hidden"), [("0.48.0", True), ("0.49.0", False)])
    def test_any_template_of_a_pool_hides_all_of_the_clusters_until_0_48(self, version: str, hidden: bool) -> None:
        pools = POOLS.replace(
            "  roles: [broker]", "  roles: [broker]\n  template: {podSet: {metadata: {labels: {a: b}}}}"
        )
        found = cluster(with_pod(KAFKA, self.SPREAD, "kafka"), pools, version=version)
        assert (pool(found, "brokers").template.get("affinity") is None) is hidden
        assert bool(found.shadowed) is hidden

    def test_nothing_is_lost_where_the_pool_says_the_same_or_more(self) -> None:
        kafka, pools = with_pod(KAFKA, "{priorityClassName: a}", "kafka"), with_pod(POOLS, "{priorityClassName: b}")
        assert not cluster(kafka, pools).shadowed

    def test_what_is_written_nowhere_belongs_to_the_pool(self) -> None:
        place = pool(cluster(KAFKA, POOLS), "brokers").template.place("topologySpreadConstraints")
        assert at(place) == "KafkaNodePool brokers spec.template.pod.topologySpreadConstraints"

    def test_until_0_48_a_new_template_of_the_pool_would_hide_the_clusters(self) -> None:
        kafka = KAFKA.replace("  kafka:\n", "  kafka:\n    template: {kafkaContainer: {env: [{name: A, value: b}]}}\n")
        for version, expected in (("0.48.0", "Kafka events spec.kafka.template.pod"), ("0.49.0", "KafkaNodePool")):
            assert at(pool(cluster(kafka, POOLS, version=version), "brokers").template.base).startswith(expected)

    def test_the_container_knows_where_its_parts_are_written(self) -> None:
        pools = POOLS.replace("  roles: [broker]", "  roles: [broker]\n  resources: {limits: {memory: 4Gi}}")
        main = pool(cluster(KAFKA, pools), "brokers").main
        assert main is not None
        assert main.data["resources"] == {"limits": {"memory": "4Gi"}}
        assert at(main.at("resources", "limits")) == "KafkaNodePool brokers spec.resources.limits"
        assert at(main.at("image")) == "Kafka events spec.kafka.image"

    def test_jvm_options_of_the_pool_replace_the_clusters(self) -> None:
        kafka = KAFKA.replace("  kafka:\n", '  kafka:\n    jvmOptions: {"-Xmx": 4g, "-Xms": 4g}\n')
        pools = POOLS.replace("  roles: [broker]", '  roles: [broker]\n  jvmOptions: {"-Xms": 1g}')
        found = cluster(kafka, pools)
        brokers, controllers = pool(found, "brokers").heap, pool(found, "controllers").heap
        assert brokers is not None
        assert controllers is not None
        assert (brokers.initial.value, brokers.maximum.value, brokers.maximum.by) == ("1g", None, Setter.OPERATOR)
        assert (controllers.maximum.value, at(controllers.maximum.place)) == (
            "4g",
            "Kafka events spec.kafka.jvmOptions.-Xmx",
        )

    def test_written_volumes_and_mounts_are_added(self) -> None:
        pools = POOLS.replace(
            "  roles: [broker]",
            "  roles: [broker]\n  template: {pod: {volumes: [{name: more, nfs: {server: a, path: /b}}]}, "
            "kafkaContainer: {volumeMounts: [{name: more, mountPath: /mnt/more}]}}",
        )
        brokers = pool(cluster(KAFKA, pools), "brokers")
        assert [volume.kind for volume in brokers.volumes][-1] is VolumeKind.NETWORK
        assert brokers.mounts[-1].path == "/mnt/more"


class TestRack:
    KAFKA = KAFKA.replace("  kafka:\n", "  kafka:\n    rack: {topologyKey: topology.kubernetes.io/zone}\n")

    @pytest.mark.parametrize(("version", "spreads"), [("0.48.0", True), ("0.49.0", False), ("1.2.0", False)])
    def test_until_0_48_the_operator_prefers_other_racks(self, version: str, spreads: bool) -> None:
        found = cluster(self.KAFKA, POOLS, version=version)
        assert found.rack is not None
        assert (found.rack.topology_key, found.rack.spreads) == (ZONE, spreads)
        for group in found.groups:
            for _, _, verdict in group.apartness(ZONE):
                assert verdict.strength is (Apartness.SOFT if spreads else Apartness.ABSENT)

    def test_an_unknown_version_leaves_it_open(self) -> None:
        text = self.KAFKA.replace("strimzi.io/v1\n", "strimzi.io/v1beta2\n")
        rack = cluster(text, POOLS.replace("strimzi.io/v1\n", "strimzi.io/v1beta2\n")).rack
        assert rack is not None
        assert rack.spreads is None

    @pytest.mark.parametrize(("version", "bound"), [("0.51.0", True), ("1.0.0", False)])
    def test_nodes_must_carry_the_label(self, version: str, bound: bool) -> None:
        found = cluster(self.KAFKA, POOLS, version=version)
        required = ("affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution")
        exists = {"nodeSelectorTerms": [{"matchExpressions": [{"key": ZONE, "operator": "Exists"}]}]}
        assert pool(found, "brokers").template.get(*required) == exists
        assert (pool(found, "controllers").template.get(*required) == exists) is bound

    def test_written_node_selectors_are_kept(self) -> None:
        term = "{matchExpressions: [{key: disk, operator: In, values: [ssd]}]}"
        rules = f"{{requiredDuringSchedulingIgnoredDuringExecution: {{nodeSelectorTerms: [{term}]}}}}"
        pod = f"{{affinity: {{nodeAffinity: {rules}}}}}"
        brokers = pool(cluster(self.KAFKA, with_pod(POOLS, pod)), "brokers")
        assert brokers.pods.required_values("disk") == frozenset({"ssd"})

    def test_the_environment_variable_type_has_no_topology(self) -> None:
        text = KAFKA.replace("  kafka:\n", "  kafka:\n    rack: {type: environment-variable, envVarName: RACK}\n")
        found = cluster(text, POOLS)
        assert found.rack is not None
        assert (found.rack.topology_key, found.rack.spreads) == (None, False)

    def test_only_a_lookup_of_the_node_needs_an_init_container(self) -> None:
        inside = KAFKA.replace("type: nodeport", "type: loadbalancer")
        assert not pool(cluster(inside, POOLS), "brokers").template.init_containers
        (init,) = pool(cluster(self.KAFKA, POOLS), "brokers").template.init_containers
        assert (init.name, at(init.place)) == ("kafka-init", "Kafka events spec.kafka.rack")
        assert not pool(cluster(self.KAFKA, POOLS), "controllers").template.init_containers


class TestConfig:
    def test_written_values_are_what_java_would_write(self) -> None:
        config = pool(cluster(KAFKA, POOLS), "brokers").config
        assert config.get("auto.create.topics.enable").value == "false"
        assert config.integer("default.replication.factor").value == 3
        assert config.get("default.replication.factor").by is Setter.WRITTEN
        assert at(config.get("num.partitions").place) == 'Kafka events spec.kafka.config["num.partitions"]'

    def test_what_the_operator_drops_is_not_written(self) -> None:
        setting = pool(cluster(KAFKA, POOLS), "brokers").config.get("log.dirs")
        assert setting.by is Setter.OPERATOR
        assert setting.value is not None
        assert setting.value.startswith("/var/lib/kafka/data-1/")

    def test_the_operators_default_of_min_isr(self) -> None:
        config = pool(cluster(KAFKA, POOLS), "brokers").config
        assert (config.get("min.insync.replicas").value, config.get("min.insync.replicas").by) == ("1", Setter.OPERATOR)
        assert config.get("offsets.topic.replication.factor").by is Setter.KAFKA
        assert config.complete

    @pytest.mark.parametrize(
        ("key", "version", "dropped"),
        [
            ("SSL.key.password", "1.2.0", True),
            ("ssl.protocol", "1.2.0", False),
            ("SSL.protocol", "1.2.0", True),
            ("broker.session.timeout.ms", "0.47.0", True),
            ("broker.session.timeout.ms", "0.48.0", False),
            ("listener.name.plain-9092.max.connections", "0.50.0", True),
            ("listener.name.plain-9092.max.connections", "0.51.0", False),
            ("listener.name.other-9092.max.connections", "0.51.0", True),
            ("log.retention.ms", "1.2.0", False),
        ],
    )
    def test_dropped_keys_by_version(self, key: str, version: str, dropped: bool) -> None:
        text = KAFKA.replace("log.dirs: /data", f"{key}: x")
        written = pool(cluster(text, POOLS, version=version), "brokers").config.entries.get(key)
        assert (written is None or written.by is not Setter.WRITTEN) is dropped

    @pytest.mark.parametrize(
        ("written", "name"),
        [
            ("{type: simple}", "org.apache.kafka.metadata.authorizer.StandardAuthorizer"),
            ("{type: custom, authorizerClass: my.Authorizer}", "my.Authorizer"),
        ],
    )
    def test_authorization(self, written: str, name: str) -> None:
        text = KAFKA.replace("  kafka:\n", f"  kafka:\n    authorization: {written}\n")
        assert pool(cluster(text, POOLS), "brokers").config.get("authorizer.class.name").value == name

    def test_topics_inherit_the_brokers_defaults(self) -> None:
        topic = """
apiVersion: kafka.strimzi.io/v1
kind: KafkaTopic
metadata: {name: orders, namespace: shop, labels: {strimzi.io/cluster: events}}
spec: {topicName: Orders, config: {min.insync.replicas: 2}}
"""
        (found,) = cluster(KAFKA, POOLS, topic).topics
        assert (found.name, found.replicas.value, found.partitions.value) == ("Orders", 3, 12)
        assert found.replicas.by is Setter.KAFKA
        assert found.config == {"min.insync.replicas": 2}


class TestGenerated:
    def test_one_budget_for_all_nodes(self) -> None:
        found = cluster(KAFKA, POOLS)
        (budget,) = found.budgets
        assert (budget.name, budget.namespace, str(budget.spec.min_available)) == ("events-kafka", "shop", "6")
        assert all(budget.covers(one.pods) for one in found.pools)
        assert at(budget.place) == "Kafka events spec.kafka.template.podDisruptionBudget.maxUnavailable"

    def test_its_number_can_be_set(self) -> None:
        text = KAFKA.replace("  kafka:\n", "  kafka:\n    template: {podDisruptionBudget: {maxUnavailable: 2}}\n")
        assert str(cluster(text, POOLS).budgets[0].spec.min_available) == "5"

    def test_without_all_nodes_it_is_no_number(self) -> None:
        (budget,) = cluster(KAFKA).budgets
        assert (budget.spec.min_available, str(budget.spec.max_unavailable)) == (None, "1")

    def test_the_operator_can_be_told_to_write_none(self) -> None:
        switch = '            - {name: STRIMZI_POD_DISRUPTION_BUDGET_GENERATION, value: "false"}\n'
        assert not cluster(KAFKA, POOLS, OPERATOR_1_1 + switch).budgets

    def test_services(self) -> None:
        services = {service.name: service for service in cluster(KAFKA, POOLS).services}
        assert sorted(services) == ["events-kafka-bootstrap", "events-kafka-brokers", "events-kafka-outside-bootstrap"]
        assert services["events-kafka-brokers"].headless
        assert services["events-kafka-brokers"].publishes_not_ready
        ports = [(port.name, port.number) for port in services["events-kafka-bootstrap"].ports]
        assert ports == [("tcp-replication", 9091), ("tcp-clients", 9092)]
        found = cluster(KAFKA, POOLS)
        bootstrap = services["events-kafka-bootstrap"].selector
        assert bootstrap is not None
        assert [bootstrap.matches(one.pods.labels) for one in found.pools] == [False, True]

    def test_labels_from_the_operators_environment(self) -> None:
        custom = '            - {name: STRIMZI_CUSTOM_KAFKA_LABELS, value: "env=prod"}\n'
        found = cluster(KAFKA, POOLS, OPERATOR_1_1 + custom)
        assert selects({"env": "prod"}, pool(found, "brokers"))


class TestComponents:
    KAFKA = (
        KAFKA + "  entityOperator: {topicOperator: {}, userOperator: {}}\n  cruiseControl: {}\n  kafkaExporter: {}\n"
    )

    def test_pods_beside_the_nodes(self) -> None:
        found = {workload.title: workload for workload in reading(self.KAFKA, POOLS, version="1.2.0").workloads}
        assert sorted(found) == [
            "Deployment events-cruise-control",
            "Deployment events-entity-operator",
            "Deployment events-kafka-exporter",
        ]
        labels = found["Deployment events-entity-operator"].pods.labels.known
        assert (labels["app.kubernetes.io/name"], labels["strimzi.io/kind"]) == ("entity-operator", "Kafka")

    @pytest.mark.parametrize(
        ("version", "ports"),
        [("1.0.0", ["healthcheck", "healthcheck"]), ("1.1.0", ["healthcheck-to", "healthcheck-uo"])],
    )
    def test_health_ports_by_version(self, version: str, ports: list[str]) -> None:
        found = next(w for w in reading(self.KAFKA, version=version).workloads if "entity" in w.title)
        assert [port.name for port in found.ports] == ports

    def test_health_ports_of_an_unknown_version_are_both(self) -> None:
        found = next(w for w in reading(self.KAFKA).workloads if "entity" in w.title)
        assert {port.name for port in found.ports} == {"healthcheck", "healthcheck-to", "healthcheck-uo"}

    @pytest.mark.parametrize(
        ("version", "expected"),
        [("0.47.0", []), ("0.48.0", ["minAvailable 0"] * 3), ("1.2.0", ["maxUnavailable 1"] * 3)],
    )
    def test_their_budgets_by_version(self, version: str, expected: list[str]) -> None:
        budgets = cluster(self.KAFKA, POOLS, version=version).budgets
        found = [
            f"maxUnavailable {one.spec.max_unavailable}"
            if one.spec.max_unavailable
            else f"minAvailable {one.spec.min_available}"
            for one in budgets
            if one.name != "events-kafka"
        ]
        assert found == expected

    def test_connect_and_bridge(self) -> None:
        connect = """
apiVersion: kafka.strimzi.io/v1
kind: KafkaConnect
metadata: {name: in}
spec:
  replicas: 2
  metricsConfig: {type: jmxPrometheusExporter, valueFrom: {configMapKeyRef: {name: rules, key: a}}}
---
apiVersion: kafka.strimzi.io/v1beta2
kind: KafkaBridge
metadata: {name: out}
spec: {http: {port: 8088}}
"""
        found = reading(connect)
        assert [(one.title, one.pods.replicas) for one in found.workloads] == [
            ("StrimziPodSet in-connect", 2),
            ("Deployment out-bridge", 1),
        ]
        assert [[port.name for port in one.ports] for one in found.workloads] == [
            ["rest-api", "tcp-prometheus"],
            ["rest-api"],
        ]
        assert [(one.name, str(one.spec.min_available)) for one in found.budgets] == [
            ("in-connect", "1"),
            ("out-bridge", "None"),
        ]
        assert [one.config_map for one in found.metrics_references] == ["rules"]
        assert not found.clusters


class TestExporters:
    METRICS = "{type: jmxPrometheusExporter, valueFrom: {configMapKeyRef: {name: rules, key: kafka.yaml}}}"

    def test_metrics_are_served_by_every_pool(self) -> None:
        found = cluster(KAFKA.replace("  kafka:\n", f"  kafka:\n    metricsConfig: {self.METRICS}\n"), POOLS)
        assert [(one.kind, one.ports[0].name, one.ports[0].number) for one in found.exporters] == [
            (ExporterKind.JMX, "tcp-prometheus", 9404)
        ] * 2
        (reference,) = found.metrics_references
        assert (reference.config_map, reference.key, reference.namespace) == ("rules", "kafka.yaml", "shop")
        assert at(reference.place) == "Kafka events spec.kafka.metricsConfig.valueFrom.configMapKeyRef"
        main = pool(found, "controllers").main
        assert main is not None
        assert "tcp-prometheus" in [port["name"] for port in main.data["ports"]]

    @pytest.mark.parametrize(("version", "count"), [("0.46.0", 0), ("0.47.0", 2)])
    def test_the_metrics_reporter_came_with_0_47(self, version: str, count: int) -> None:
        text = KAFKA.replace("  kafka:\n", "  kafka:\n    metricsConfig: {type: strimziMetricsReporter}\n")
        assert len(cluster(text, POOLS, version=version).exporters) == count

    def test_the_operators_kafka_exporter(self) -> None:
        (exporter,) = cluster(KAFKA + "  kafkaExporter: {}\n", POOLS).exporters
        assert exporter.kind is ExporterKind.LAG
        assert exporter.pods.name == "events-kafka-exporter"

    @pytest.mark.parametrize(
        ("host", "found"),
        [
            ("events-kafka-bootstrap:9092", 1),
            ("events-kafka-bootstrap.shop.svc:9092", 1),
            ("events-brokers-0.events-kafka-brokers.shop.svc.cluster.local:9092", 1),
            ("events-kafka-bootstrap.far.svc:9092", 0),
            ("other:9092", 0),
        ],
    )
    def test_an_exporter_that_somebody_runs_counts(self, host: str, found: int) -> None:
        exporter = f"""
apiVersion: apps/v1
kind: Deployment
metadata: {{name: lag, namespace: shop}}
spec:
  selector: {{matchLabels: {{app: lag}}}}
  template:
    metadata: {{labels: {{app: lag}}}}
    spec:
      containers:
        - name: lag
          image: danielqsj/kafka-exporter:v1.9.0
          args: ["--kafka.server={host}"]
"""
        assert len(cluster(KAFKA, POOLS, exporter).exporters) == found


class TestZookeeperEra:
    def test_brokers_and_servers_of_one_resource(self) -> None:
        found = cluster(OLD)
        assert (found.mode, found.whole) == (Mode.ZOOKEEPER, True)
        assert [(one.name, one.title, at(one.replicas.place)) for one in found.nodes] == [
            ("kafka", "Kafka old", "Kafka old spec.kafka.replicas"),
            ("zookeeper", "Kafka old", "Kafka old spec.zookeeper.replicas"),
        ]
        assert pool(found, "kafka").pod_names == ("old-kafka-0", "old-kafka-1", "old-kafka-2")
        assert pool(found, "kafka").claim_names[0] == "data-old-kafka-0"
        assert pool(found, "kafka").template.get("terminationGracePeriodSeconds") == 90
        assert pool(found, "zookeeper").pod_names[0] == "old-zookeeper-0"
        assert selects({"strimzi.io/name": "old-zookeeper"}, pool(found, "zookeeper"))
        assert found.operator_version == Version(0, 45, 2)
        assert found.operator == "Strimzi"

    def test_zookeeper_has_a_budget_an_exporter_and_volumes_of_its_own(self) -> None:
        found = cluster(OLD)
        assert [(one.name, str(one.spec.min_available)) for one in found.budgets] == [
            ("old-kafka", "2"),
            ("old-zookeeper", "2"),
        ]
        (exporter,) = found.exporters
        assert exporter.kind is ExporterKind.ZOOKEEPER
        (data,) = pool(found, "zookeeper").data
        assert data.volume is not None
        assert data.volume.kind is VolumeKind.EMPTY_DIR

    def test_the_rack_of_that_time_spreads(self) -> None:
        (brokers, *_) = cluster(OLD).groups
        assert [verdict.strength for _, _, verdict in brokers.apartness(ZONE)] == [Apartness.SOFT]

    def test_node_pools_by_annotation(self) -> None:
        old_pools = (
            POOLS.replace("strimzi.io/v1\n", "strimzi.io/v1beta2\n")
            .replace("events", "old")
            .replace(", namespace: shop", "")
        )
        annotated = OLD.replace("{name: old}", "{name: old, annotations: {strimzi.io/node-pools: enabled}}")
        found = cluster(annotated, old_pools.split("---", 1)[1])
        assert [one.name for one in found.nodes] == ["brokers", "zookeeper"]
        ignored = cluster(
            OLD.replace("{name: old}", "{name: old, annotations: {strimzi.io/kraft: disabled}}"), old_pools
        )
        assert [one.name for one in ignored.nodes] == ["kafka", "zookeeper"]

    def test_kraft_by_annotation(self) -> None:
        old_pools = (
            POOLS.replace("strimzi.io/v1\n", "strimzi.io/v1beta2\n")
            .replace("events", "old")
            .replace(", namespace: shop", "")
        )
        both = "{name: old, annotations: {strimzi.io/node-pools: enabled, strimzi.io/kraft: enabled}}"
        found = cluster(OLD.replace("{name: old}", both), old_pools)
        assert (found.mode, found.zookeeper, found.whole) == (Mode.KRAFT, (), True)
        migrating = cluster(OLD.replace("{name: old}", both.replace("kraft: enabled", "kraft: migration")), old_pools)
        assert migrating.mode is Mode.ZOOKEEPER
        assert [one.name for one in migrating.nodes] == ["controllers", "brokers", "zookeeper"]


class TestOperator:
    @pytest.mark.parametrize(
        ("image", "version"),
        [
            ("quay.io/strimzi/operator:0.45.1", Version(0, 45, 1)),
            ("registry.example/mirror/strimzi/operator:1.1.0@sha256:abc", Version(1, 1)),
            ("registry.example/amq-streams/strimzi-rhel9-operator:2.9.0", Version(0, 45)),
        ],
    )
    def test_version_of_the_deployment(self, image: str, version: Version) -> None:
        found = cluster(KAFKA, POOLS, OPERATOR.replace("image: IMAGE", "image: " + image), version="0.50.0")
        assert found.operator_version == found.operator_oldest == version
        assert found.operator == f"Strimzi {version.major}.{version.minor}"

    def test_version_of_a_chart(self) -> None:
        release = """
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: strimzi}
spec: {chart: {spec: {chart: strimzi-kafka-operator, version: 0.47.0}}}
"""
        assert cluster(KAFKA, POOLS, release).operator_version == Version(0, 47)

    def test_version_of_the_config(self) -> None:
        found = cluster(KAFKA, POOLS, version="0.50.0")
        assert found.operator_version == Version(0, 50)
        assert (found.version.value, found.version.by) == ("4.1.1", Setter.OPERATOR)

    @pytest.mark.parametrize(
        ("api", "kafka", "newest", "oldest"),
        [
            ("v1", "4.3.1", Version(1, 2), Version(1, 2)),
            ("v1", "4.1.1", Version(1, 0, 1), Version(0, 49, 1)),
            ("v1beta2", "3.9.0", Version(0, 47), Version(0, 45)),
            ("v1", "99.0", Version(1, 2), Version(0, 49, 1)),
        ],
    )
    def test_the_versions_that_could_take_the_resource(
        self, api: str, kafka: str, newest: Version, oldest: Version
    ) -> None:
        text = KAFKA.replace("strimzi.io/v1\n", f"strimzi.io/{api}\n").replace(
            "  kafka:\n", f"  kafka:\n    version: {kafka!r}\n"
        )
        found = cluster(text)
        assert (found.operator_version, found.operator_oldest) == (newest, oldest)
        assert found.operator == "Strimzi"

    def test_one_operator_reads_all_resources_of_a_bundle(self) -> None:
        found = cluster(KAFKA, POOLS.replace("strimzi.io/v1\n", "strimzi.io/v1beta2\n"))
        assert found.operator_version == Version(0, 51)

    def test_kafkas_version_is_unknown_where_the_operators_decides_it(self) -> None:
        assert cluster(KAFKA, POOLS).version.by is Setter.UNKNOWN


def test_kinds_of_other_groups_are_left_alone() -> None:
    assert not reading(KAFKA.replace("kafka.strimzi.io", "platform.confluent.io")).clusters
