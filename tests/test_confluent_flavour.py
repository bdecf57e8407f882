"""Confluent for Kubernetes: its resources read into the model."""

import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kafkalint.kafka.model import (
    ExporterKind,
    Holds,
    KafkaCluster,
    KafkaModel,
    Mode,
    Role,
    Setter,
    Settings,
    VolumeKind,
)
from kafkalint.kafka.placement import Apartness, keeps_apart
from kafkalint.kafka.reading import read_model
from kafkalint.kafka.topology import HOSTNAME, ZONE
from kafkalint.kafka.versions import Version
from kafkalint.manifests.bundles import Bundle
from kafkalint.manifests.documents import documents
from kafkalint.manifests.resources import Place
from kafkalint.manifests.sources import Source
from kafkalint_flavours.confluent import ConfluentFlavour

HEAD = "apiVersion: platform.confluent.io/v1beta1\n"

KRAFT = f"""\
{HEAD}kind: KRaftController
metadata: {{name: quorum, namespace: streams}}
spec:
  replicas: 3
  dataVolumeCapacity: 20G
  image: {{application: confluentinc/cp-server:8.1.0, init: confluentinc/confluent-init-container:3.1.0}}
"""

ZOOKEEPER = f"""\
{HEAD}kind: Zookeeper
metadata: {{name: ensemble, namespace: streams}}
spec:
  replicas: 3
  dataVolumeCapacity: 10Gi
  logVolumeCapacity: 5Gi
  image: {{application: confluentinc/cp-zookeeper:7.9.0, init: confluentinc/confluent-init-container:2.11.0}}
"""

CONTROLLED = "dependencies: {kRaftController: {clusterRef: {name: quorum}}}"


def kafka(*fields: str, name: str = "events", replicas: object = 3, tag: str = "8.1.0", metadata: str = "") -> str:
    lines = [
        f"{HEAD}kind: Kafka",
        f"metadata: {{name: {name}, namespace: streams{metadata}}}",
        "spec:",
        f"  replicas: {replicas}",
        f"  image: {{application: registry.local/confluentinc/cp-server:{tag}, init: confluent-init-container:3.1.0}}",
        "  dataVolumeCapacity: 100Gi",
    ]
    lines += [f"  {line}" for field in fields for line in field.splitlines()]
    return "\n".join(lines) + "\n"


def bundle_of(*texts: str, context: str = "") -> Bundle:
    parsed = [documents(Source("all.yaml", text.encode())) for text in ("---\n".join(texts), context)]
    primary, beside = (tuple(resource for document in each for resource in document.resources) for each in parsed)
    return Bundle("all", primary, beside)


def model_of(*texts: str, context: str = "") -> KafkaModel:
    return read_model(bundle_of(*texts, context=context), [ConfluentFlavour()], Settings())


def cluster_of(*texts: str, context: str = "") -> KafkaCluster:
    (cluster,) = model_of(*texts, context=context).clusters
    return cluster


def pointed(place: Place) -> str:
    span = place.span()
    return place.resource.document.source.text.content[span.start : span.end]


def test_a_kafka_resource_and_its_controllers_are_one_cluster():
    cluster = cluster_of(kafka(CONTROLLED), KRAFT)
    assert (cluster.title, cluster.namespace, cluster.flavour) == ("Kafka events", "streams", "confluent")
    assert (cluster.mode, cluster.whole, cluster.partial) == (Mode.KRAFT, True, False)
    assert [(pool.title, pool.roles) for pool in cluster.pools] == [
        ("Kafka events", {Role.BROKER}),
        ("KRaftController quorum", {Role.CONTROLLER}),
    ]
    assert [pool.workload for pool in cluster.nodes] == ["StatefulSet", "StatefulSet"]
    assert cluster.brokers[0].pod_names == ("events-0", "events-1", "events-2")
    assert cluster.brokers[0].claim_names == ("data0-events-0", "data0-events-1", "data0-events-2")
    assert cluster.operator == "Confluent for Kubernetes"


def test_the_versions_come_from_the_images():
    cluster = cluster_of(kafka(CONTROLLED, tag="7.9.1"), KRAFT)
    assert (cluster.version.value, cluster.version.by) == ("3.9", Setter.IMAGE)
    assert pointed(cluster.version.place) == "registry.local/confluentinc/cp-server:7.9.1"
    assert (cluster.operator_version, cluster.operator_oldest) == (Version(3, 1), Version(3, 1))


def test_images_of_the_old_operator_count_by_the_platform():
    text = kafka(tag="8.1.0").replace("cp-server:8.1.0", "cp-server-operator:6.1.0.0").replace("3.1.0", "6.1.0.0")
    cluster = cluster_of(text)
    assert cluster.version.value == "2.7"
    assert (cluster.operator_version, cluster.operator_oldest) == (None, None)


def test_an_image_of_somebodys_own_says_no_version():
    cluster = cluster_of(kafka().replace("confluentinc/cp-server", "team/broker"))
    assert not cluster.version.known


@pytest.mark.parametrize(
    "endpoint",
    [
        "ensemble:2181",
        "ensemble.streams:2181",
        "ensemble.streams.svc.cluster.local:2182",
        "ensemble.streams.svc.cluster.local:2182/kafka-events",
        "ensemble-0.ensemble.streams.svc:2181,ensemble-1.ensemble.streams.svc:2181",
    ],
)
def test_zookeeper_is_found_by_its_endpoint(endpoint):
    cluster = cluster_of(kafka(f"dependencies: {{zookeeper: {{endpoint: '{endpoint}'}}}}", tag="7.9.0"), ZOOKEEPER)
    assert (cluster.mode, cluster.whole) == (Mode.ZOOKEEPER, True)
    assert [pool.title for pool in cluster.zookeeper] == ["Zookeeper ensemble"]
    assert [group.role for group in cluster.groups] == [Role.BROKER, Role.ZOOKEEPER]


@pytest.mark.parametrize(
    "endpoint",
    ["zk.example.com:2181", "ensemble.elsewhere:2181", "other:2181", "ensemble.streams.svc:2181,zk.example.com"],
)
def test_an_endpoint_outside_the_input_is_a_part_that_is_not_there(endpoint):
    model = model_of(kafka(f"dependencies: {{zookeeper: {{endpoint: '{endpoint}'}}}}", tag="7.9.0"), ZOOKEEPER)
    assert (model.clusters[0].mode, model.clusters[0].whole) == (Mode.ZOOKEEPER, False)


def test_zookeeper_can_be_discovered_by_name():
    cluster = cluster_of(kafka("dependencies: {zookeeper: {discovery: {name: ensemble}}}", tag="7.9.0"), ZOOKEEPER)
    assert [pool.name for pool in cluster.zookeeper] == ["ensemble"]
    assert cluster.whole


def test_the_only_zookeeper_beside_a_kafka_that_names_none_is_its_own():
    cluster = cluster_of(kafka(tag="7.9.0"), ZOOKEEPER)
    assert (cluster.mode, len(cluster.zookeeper), cluster.whole) == (Mode.ZOOKEEPER, 1, True)


def test_of_two_zookeepers_none_is_taken():
    model = model_of(kafka(tag="7.9.0"), ZOOKEEPER, ZOOKEEPER.replace("ensemble", "second"))
    assert [(c.title, c.mode, c.whole) for c in model.clusters] == [
        ("Kafka events", Mode.UNKNOWN, False),
        ("Zookeeper ensemble", Mode.ZOOKEEPER, False),
        ("Zookeeper second", Mode.ZOOKEEPER, False),
    ]


def test_kafka_four_has_no_zookeeper():
    model = model_of(kafka(), ZOOKEEPER)
    assert (model.clusters[0].mode, model.clusters[0].zookeeper) == (Mode.KRAFT, ())


@pytest.mark.parametrize("dependency", ["replicas: 3", "dependencies: {kRaftController: {controllerListener: {}}}"])
@pytest.mark.parametrize("tag", ["7.9.0", "8.1.0"])
def test_the_only_controllers_beside_a_kafka_that_names_none_are_its_own(dependency, tag):
    cluster = cluster_of(kafka(dependency, tag=tag), KRAFT)
    assert (cluster.mode, len(cluster.controllers), cluster.whole) == (Mode.KRAFT, 1, True)


def test_beside_controllers_and_zookeeper_nothing_is_certain():
    first, *others = model_of(kafka(tag="7.9.0"), KRAFT, ZOOKEEPER).clusters
    assert (first.mode, len(first.nodes), first.whole, len(others)) == (Mode.UNKNOWN, 1, False, 2)


def test_both_dependencies_leave_the_mode_open():
    both = "dependencies: {kRaftController: {clusterRef: {name: quorum}}, zookeeper: {endpoint: ensemble}}"
    cluster = cluster_of(kafka(both, tag="7.9.0"), KRAFT, ZOOKEEPER)
    assert (cluster.mode, len(cluster.pools), len(cluster.zookeeper)) == (Mode.UNKNOWN, 2, 1)


def test_controllers_in_another_namespace_are_found_there():
    named = "dependencies: {kRaftController: {clusterRef: {name: quorum, namespace: metadata}}}"
    assert len(cluster_of(kafka(named), KRAFT.replace("streams", "metadata")).controllers) == 1
    assert model_of(kafka(named), KRAFT).clusters[0].controllers == ()


def test_controllers_of_the_context_belong_to_the_cluster():
    assert len(cluster_of(kafka(CONTROLLED), context=KRAFT).controllers) == 1


def test_controllers_without_their_kafka_are_a_part_of_a_cluster():
    for cluster in (cluster_of(KRAFT), cluster_of(KRAFT, context=kafka(CONTROLLED))):
        assert (cluster.title, cluster.mode, cluster.whole) == ("KRaftController quorum", Mode.KRAFT, False)
        assert (cluster.brokers, len(cluster.controllers), cluster.listeners) == ((), 1, ())
        assert cluster.version.value == "4.1"


def test_resources_of_the_context_alone_are_no_clusters():
    assert model_of("", context=kafka(CONTROLLED) + "---\n" + KRAFT).clusters == ()


@pytest.mark.parametrize(
    "texts",
    [
        (kafka(CONTROLLED, metadata=", annotations: {platform.confluent.io/broker-id-offset: '30'}"), KRAFT),
        (kafka(CONTROLLED, "listeners: {replication: {externalAccess: {type: loadBalancer}}}"), KRAFT),
        (kafka(CONTROLLED), KRAFT + "  listeners: {controller: {externalAccess: {type: loadBalancer}}}\n"),
        (kafka(CONTROLLED), KRAFT + "  controllerQuorumVoters: [{nodeId: 1}, {nodeId: 2}, {nodeId: 3}, {nodeId: 4}]\n"),
        (kafka(tag="7.9.0"), ZOOKEEPER + "  peers: [server.0=a, server.1=b, server.2=c, server.3=d, server.4=e]\n"),
        (
            kafka(tag="7.9.0"),
            ZOOKEEPER + "  configOverrides: {peers: [server.0=a, server.1=b, server.2=c, server.3=d]}\n",
        ),
        (kafka(tag="7.9.0"), ZOOKEEPER + "  externalAccess: {type: loadBalancer}\n"),
    ],
)
def test_one_region_of_several_is_not_the_whole_cluster(texts):
    assert not cluster_of(*texts).whole


def test_a_quorum_that_names_its_own_voters_is_whole():
    assert cluster_of(kafka(CONTROLLED), KRAFT + "  controllerQuorumVoters: [{nodeId: 1}, {nodeId: 2}]\n").whole


@pytest.mark.parametrize("replicas", ["null", "'3'", "-1", "true", "[3]"])
def test_a_replica_count_that_is_none_is_unknown(replicas):
    (pool,) = cluster_of(kafka(replicas=replicas)).pools
    assert (pool.replicas.value, pool.replicas.by, pool.pods.replicas) == (None, Setter.UNKNOWN, None)
    assert pool.pod_names == pool.claim_names == ()


def test_a_written_replica_count_is_pointed_at():
    (pool,) = cluster_of(kafka(replicas=5)).pools
    assert (pool.replicas.value, pool.replicas.by, pointed(pool.replicas.place)) == (5, Setter.WRITTEN, "5")


def test_pods_carry_the_operators_labels_over_those_of_the_template():
    template = "podTemplate: {labels: {team: data, app: mine}, annotations: {note: x}}"
    (pool,) = cluster_of(kafka(template)).pools
    assert pool.template.labels.known == {
        "app": "events",
        "clusterId": "streams",
        "confluent-platform": "true",
        "platform.confluent.io/type": "kafka",
        "type": "kafka",
        "team": "data",
    }
    assert pool.template.labels.complete
    assert pool.template.annotations["note"] == "x"
    assert pool.template.annotations["prometheus.io/scrape"] == "true"


def test_the_label_of_an_unstated_namespace_is_there_and_not_known():
    (pool,) = cluster_of(kafka().replace(", namespace: streams", "")).pools
    assert pool.template.labels.has("clusterId")
    assert "clusterId" not in pool.template.labels.known


def test_a_pod_overlay_leaves_the_pods_open():
    (pool,) = cluster_of(
        kafka(metadata=", annotations: {platform.confluent.io/pod-overlay-configmap-name: more}")
    ).pools
    assert (pool.template.complete, pool.template.labels.complete) == (False, False)
    assert cluster_of(kafka()).pools[0].template.complete


def test_one_replica_per_node_keeps_the_pods_apart():
    cluster = cluster_of(kafka(CONTROLLED, "oneReplicaPerNode: true"), KRAFT)
    brokers, controllers = cluster.pools
    assert keeps_apart(brokers.pods, brokers.pods, HOSTNAME).strength is Apartness.HARD
    assert keeps_apart(brokers.pods, controllers.pods, HOSTNAME).strength is not Apartness.HARD
    assert keeps_apart(controllers.pods, controllers.pods, HOSTNAME).strength is Apartness.ABSENT
    (term,) = brokers.pods.anti_affinity
    assert brokers.template.place(*term.route).path.startswith("spec.oneReplicaPerNode")
    assert pointed(brokers.template.place(*term.route)) == "true"


def test_one_replica_per_node_is_added_to_a_written_affinity():
    written = """\
oneReplicaPerNode: true
podTemplate:
  affinity:
    podAntiAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
        - labelSelector: {matchLabels: {app: events}}
          topologyKey: topology.kubernetes.io/zone
"""
    (pool,) = cluster_of(kafka(written)).pools
    assert [term.topology_key for term in pool.pods.anti_affinity] == [ZONE, HOSTNAME]
    assert keeps_apart(pool.pods, pool.pods, ZONE).strength is Apartness.HARD
    key = pool.template.place(*pool.pods.anti_affinity[0].route, "topologyKey")
    assert pointed(key) == "topology.kubernetes.io/zone"


@pytest.mark.parametrize("switch", ["oneReplicaPerNode: false", "oneReplicaPerNode: 'true'", "oneReplicaPerNode: null"])
def test_without_the_switch_nothing_keeps_pods_apart(switch):
    (pool,) = cluster_of(kafka(switch)).pools
    assert keeps_apart(pool.pods, pool.pods, HOSTNAME).strength is Apartness.ABSENT
    assert pool.template.place("affinity").path == "spec.podTemplate.affinity"
    assert pool.template.one_per_node is not None
    assert pool.template.one_per_node.path == "spec.oneReplicaPerNode"


def test_the_pod_template_is_read_where_it_is_written():
    template = """\
podTemplate:
  resources: {requests: {memory: 6Gi}}
  terminationGracePeriodSeconds: 120
  podSecurityContext: {fsGroup: 1001}
  securityContext: {runAsNonRoot: true}
  priorityClassName: high
  tolerations: [{key: kafka}]
  envVars: [{name: TZ, value: UTC}]
  probe: {liveness: {failureThreshold: 5}}
  topologySpreadConstraints:
    - {maxSkew: 1, topologyKey: topology.kubernetes.io/zone, whenUnsatisfiable: DoNotSchedule, labelSelector: {}}
"""
    (pool,) = cluster_of(kafka(template)).pools
    assert pool.template.get("terminationGracePeriodSeconds") == 120
    assert pool.template.get("priorityClassName") == "high"
    assert pointed(pool.template.place("securityContext", "fsGroup")) == "1001"
    assert pool.pods.spread[0].topology_key == ZONE
    assert pool.template.unknown == set()
    main = pool.main
    assert pool.server is None
    assert main is not None
    assert main.image == "registry.local/confluentinc/cp-server:8.1.0"
    assert main.at("image").path == "spec.image.application"
    assert pointed(main.at("resources", "requests", "memory")) == "6Gi"
    assert pointed(main.at("livenessProbe", "failureThreshold")) == "5"
    assert pointed(main.at("env", 0, "value")) == "UTC"
    assert pool.template.get("containers", 0, "securityContext", "runAsNonRoot") is True


def test_what_the_operator_may_set_by_itself_is_unknown():
    (pool,) = cluster_of(kafka()).pools
    assert pool.template.unknown == {"terminationGracePeriodSeconds", "securityContext"}


def test_each_broker_has_a_claim_of_its_own_and_no_log_at_its_root():
    (pool,) = cluster_of(kafka("storageClass: {name: fast}")).pools
    (directory,) = pool.data
    assert (directory.holds, directory.path.value, directory.path.by) == (
        Holds.LOGS,
        "/mnt/data/data0/logs",
        Setter.OPERATOR,
    )
    assert directory.mount is not None
    assert directory.mount.path == "/mnt/data/data0"
    assert directory.volume is not None
    assert directory.volume.kind is VolumeKind.CLAIM_TEMPLATE
    claim = directory.volume.claim
    assert claim is not None
    assert (claim.name, claim.size.value, pointed(claim.size.place)) == ("data0", "100Gi", "100Gi")
    assert (claim.storage_class.value, pointed(claim.storage_class.place)) == ("fast", "fast")
    assert claim.access_modes.value == ("ReadWriteOnce",)


@pytest.mark.parametrize(
    ("field", "value", "by"),
    [
        ("configOverrides: {}", None, Setter.KUBERNETES),
        ("storageClass: {}", None, Setter.KUBERNETES),
        ("storageClass: null", None, Setter.KUBERNETES),
        ("storageClass: fast", None, Setter.UNKNOWN),
        ("storageClass: {name: 5}", None, Setter.UNKNOWN),
        ("storageClass: {name: ''}", "", Setter.WRITTEN),
    ],
)
def test_a_storage_class_is_an_object(field, value, by):
    claim = cluster_of(kafka(field)).pools[0].volumes[0].claim
    assert claim is not None
    assert (claim.storage_class.value, claim.storage_class.by) == (value, by)


def test_zookeeper_has_two_volumes():
    (pool,) = cluster_of(ZOOKEEPER).zookeeper
    assert [(d.holds, d.path.value) for d in pool.data] == [
        (Holds.ZOOKEEPER, "/mnt/data/data"),
        (Holds.ZOOKEEPER_LOG, "/mnt/data/txnlog"),
    ]
    assert [volume.claim.size.value for volume in pool.volumes if volume.claim] == ["10Gi", "5Gi"]
    assert pool.claim_names[0] == "data-ensemble-0"
    assert pool.claim_names[-1] == "txnlog-ensemble-2"


def test_controllers_keep_metadata():
    (pool,) = cluster_of(KRAFT).controllers
    assert [(d.holds, d.volume and d.volume.claim and d.volume.claim.size.value) for d in pool.data] == [
        (Holds.METADATA, "20G")
    ]


def test_mounted_volumes_are_read_with_their_places():
    mounted = """\
mountedVolumes:
  volumes:
    - {name: extra, persistentVolumeClaim: {claimName: shared}}
  volumeMounts:
    - {name: extra, mountPath: /mnt/extra}
configOverrides:
  server: ["log.dirs=/mnt/data/data0/logs,/mnt/extra/logs"]
"""
    (pool,) = cluster_of(kafka(mounted)).pools
    assert [(v.name, v.kind) for v in pool.volumes] == [
        ("data0", VolumeKind.CLAIM_TEMPLATE),
        ("extra", VolumeKind.CLAIM),
    ]
    assert pool.volumes[1].place.path == "spec.mountedVolumes.volumes[0]"
    assert [d.volume and d.volume.name for d in pool.data] == ["data0", "extra"]
    assert pool.data[1].mount is not None
    assert pool.data[1].mount.place.path == "spec.mountedVolumes.volumeMounts[0]"


def test_configuration_points_at_the_value():
    overrides = 'configOverrides: {server: ["min.insync.replicas=1 ", message.max.bytes=1000, 7, {a: b}, broken]}'
    (pool,) = cluster_of(kafka(overrides)).pools
    setting = pool.config.integer("min.insync.replicas")
    assert (setting.value, setting.by, pointed(setting.place)) == (1, Setter.WRITTEN, "1")
    assert setting.place.path == "spec.configOverrides.server[0]"
    assert pool.config.get("message.max.bytes").value == "1000"


def test_of_a_key_that_is_written_twice_the_last_counts():
    (pool,) = cluster_of(kafka("configOverrides: {server: [num.partitions=1, num.partitions=6]}")).pools
    assert pool.config.get("num.partitions").value == "6"


@pytest.mark.parametrize(
    "key", ["default.replication.factor", "min.insync.replicas", "auto.create.topics.enable", "log.retention.hours"]
)
def test_what_the_operator_may_configure_is_unknown(key):
    (pool,) = cluster_of(kafka()).pools
    assert not pool.config.get(key).known
    assert pool.config.get(key).place.path == "spec.configOverrides.server"


def test_fewer_than_three_brokers_get_one_replica():
    (pool,) = cluster_of(kafka("configOverrides: {server: [offsets.topic.replication.factor=2]}", replicas=2)).pools
    replication = pool.config.integer("default.replication.factor")
    assert (replication.value, replication.by) == (1, Setter.OPERATOR)
    assert pool.config.integer("offsets.topic.replication.factor").value == 2
    assert not pool.config.get("min.insync.replicas").known


def test_the_heap_comes_from_the_jvm_overrides():
    (pool,) = cluster_of(kafka('configOverrides: {jvm: ["-XX:+UseG1GC", "-Xms2g -Xmx6G"]}')).pools
    assert pool.heap is not None
    assert (pool.heap.initial.value, pool.heap.maximum.value) == ("2g", "6G")
    assert pointed(pool.heap.maximum.place) == "6G"
    assert cluster_of(kafka()).pools[0].heap is None


@pytest.mark.parametrize(
    ("field", "place", "key"),
    [
        ("rackAssignment: {nodeLabels: [topology.kubernetes.io/zone]}", "spec.rackAssignment.nodeLabels", ZONE),
        (f"rackAssignment: {{nodeLabels: [{ZONE}, example.com/rack]}}", "spec.rackAssignment.nodeLabels", ZONE),
        ("rackAssignment: {nodeLabels: [example.com/rack]}", "spec.rackAssignment.nodeLabels", "example.com/rack"),
        ("rackAssignment: {availabilityZoneCount: 3}", "spec.rackAssignment.availabilityZoneCount", None),
        ("configOverrides: {server: [broker.rack=east]}", "spec.configOverrides.server[0]", None),
    ],
)
def test_racks(field, place, key):
    rack = cluster_of(kafka(field)).rack
    assert rack is not None
    assert (rack.place.path, rack.topology_key, rack.spreads) == (place, key, False)


def test_no_rack():
    assert cluster_of(kafka("rackAssignment: {nodeLabels: []}")).rack is None


def test_the_exporter_is_always_there():
    cluster = cluster_of(kafka(tag="7.9.0"), ZOOKEEPER)
    assert [(e.kind, e.pods.name) for e in cluster.exporters] == [
        (ExporterKind.JMX, "events"),
        (ExporterKind.ZOOKEEPER, "ensemble"),
    ]
    exporter = cluster.exporters[0]
    assert [(port.name, port.number) for port in exporter.ports] == [("prometheus", 7778)]
    assert exporter.annotations["prometheus.io/port"] == "7778"
    assert exporter.generated_by == "Confluent for Kubernetes"


@pytest.mark.parametrize(
    ("field", "found"),
    [
        ("configOverrides: {server: [confluent.consumer.lag.emitter.enabled=true]}", True),
        ("configOverrides: {server: [confluent.consumer.lag.emitter.enabled=false]}", False),
        ("dependencies: {metricsClient: {url: http://control-center:9090}}", True),
        ("metricReporter: {enabled: true}", False),
    ],
)
def test_what_tells_the_lag(field, found):
    cluster = cluster_of(kafka(field))
    assert any(exporter.kind is ExporterKind.LAG for exporter in cluster.exporters) is found
    assert cluster.lag_switch is not None
    assert cluster.lag_switch.place.path == "spec.configOverrides.server"


def test_the_operators_budgets_cover_their_pods_and_say_no_number():
    cluster = cluster_of(kafka(CONTROLLED), KRAFT)
    for pool, budget in zip(cluster.nodes, cluster.budgets, strict=True):
        assert [budget.covers(other.pods) for other in cluster.nodes] == [other is pool for other in cluster.nodes]
        assert (budget.generated_by, budget.limits_known) == ("Confluent for Kubernetes", False)


def test_services_of_the_operator():
    external = "listeners: {external: {externalAccess: {type: loadBalancer}}, custom: [{name: extra, port: 9204}]}"
    cluster = cluster_of(kafka(external, replicas=2))
    assert [service.name for service in cluster.services] == [
        "events",
        "events-0-internal",
        "events-1-internal",
        "events-bootstrap-lb",
        "events-0-lb",
        "events-1-lb",
    ]
    headless = cluster.services[0]
    assert (headless.headless, headless.publishes_not_ready, headless.labels_complete) == (True, True, False)
    assert {port.number for port in headless.ports} == {7203, 7777, 7778, 8090, 9071, 9072, 9092, 9204}
    assert headless.selector is not None
    assert headless.selector.matches(cluster.pools[0].pods.labels) is True


def test_addresses_before_readiness_can_be_switched_off():
    (pool,) = cluster_of(ZOOKEEPER + "  headlessService: {publishNotReadyAddresses: false}\n").services[:1]
    assert not pool.publishes_not_ready


def test_listeners():
    written = "listeners: {internal: {tls: {enabled: true}}, custom: [{name: extra, port: 9204}, null]}"
    listeners = cluster_of(kafka(written)).listeners
    assert [(each.name, each.port) for each in listeners] == [
        ("internal", 9071),
        ("replication", 9072),
        ("external", 9092),
        ("extra", 9204),
        ("", None),
    ]
    assert listeners[0].data == {"tls": {"enabled": True}}
    assert pointed(listeners[3].place) == "extra"


def topic(*fields: str) -> str:
    body = "".join(f"  {field}\n" for field in ("replicas: 2", *fields))
    return f"{HEAD}kind: KafkaTopic\nmetadata: {{name: orders, namespace: streams}}\nspec:\n{body}"


def rest_class(field: str, name: str = "rest") -> str:
    return f"{HEAD}kind: KafkaRestClass\nmetadata: {{name: {name}, namespace: streams}}\nspec: {{{field}}}\n"


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        ([topic()], True),
        ([topic("kafkaClusterRef: {name: events}")], True),
        ([topic("kafkaClusterRef: {name: events, namespace: streams}")], True),
        ([topic("kafkaClusterRef: {name: events, namespace: other}")], False),
        ([topic("kafkaClusterRef: {name: other}")], False),
        ([topic("kafkaRest: {endpoint: 'https://events.streams.svc.cluster.local:8090'}")], True),
        ([topic("kafkaRest: {authentication: {type: bearer}}")], True),
        ([topic("kafkaRest: {endpoint: 'https://pkc.example.cloud:443'}")], False),
        ([topic("kafkaRest: {endpoint: 'https://[broken'}")], False),
        ([topic("kafkaRestClassRef: {name: rest}"), rest_class("kafkaClusterRef: {name: events}")], True),
        ([topic("kafkaRestClassRef: {name: rest}"), rest_class("kafkaRest: {endpoint: 'http://events:8090'}")], True),
        ([topic("kafkaRestClassRef: {name: rest}"), rest_class("kafkaRest: {authentication: {type: basic}}")], True),
        ([topic("kafkaRestClassRef: {name: rest}"), rest_class("kafkaRest: {endpoint: 'http://far.away'}")], False),
        ([topic("kafkaRestClassRef: {name: rest}")], False),
        ([topic(), rest_class("kafkaClusterRef: {name: elsewhere}", "default")], False),
    ],
)
def test_topics_belong_to_the_cluster_that_they_mean(texts, found):
    cluster = cluster_of(kafka(), *texts)
    assert [each.name for each in cluster.topics] == (["orders"] if found else [])


def test_of_two_clusters_a_topic_without_reference_means_neither():
    model = model_of(kafka(), kafka(name="second"), topic())
    assert [cluster.topics for cluster in model.clusters] == [(), ()]


def test_a_topic_is_read():
    (found,) = cluster_of(kafka(), topic("name: orders.v1", "configs: {min.insync.replicas: '2'}")).topics
    assert (found.name, found.replicas.value, pointed(found.replicas.place)) == ("orders.v1", 2, "2")
    assert (found.partitions.value, found.partitions.by) == (None, Setter.UNKNOWN)
    assert found.config == {"min.insync.replicas": "2"}


def test_other_components_are_pods_that_selectors_may_mean():
    text = f"{HEAD}kind: Connect\nmetadata: {{name: sink, namespace: streams}}\nspec: {{replicas: 2}}\n"
    model = model_of(text)
    (workload,) = model.workloads
    assert (workload.title, workload.pods.replicas, model.clusters) == ("Connect sink", 2, ())
    assert workload.pods.labels.known["platform.confluent.io/type"] == "connect"


def test_kinds_of_other_groups_are_not_read():
    for group in ("kafka.strimzi.io/v1", "apps/v1", "v1", "platform.confluent.io.example.com/v1"):
        text = kafka().replace("platform.confluent.io/v1beta1", group, 1)
        assert model_of(text).clusters == ()


def test_blueprints_are_named():
    text = "apiVersion: cluster.cpc.platform.confluent.io/v1beta1\nkind: KafkaCluster\nmetadata: {name: ms}\nspec: {}\n"
    model = model_of(text)
    assert ([thing.resource.name for thing in model.unmodelled], model.clusters) == (["ms"], ())


def _object(kind, name, **spec):
    return {
        "apiVersion": "platform.confluent.io/v1beta1",
        "kind": kind,
        "metadata": {"name": name, "namespace": "n", "annotations": {"platform.confluent.io/broker-id-offset": "1"}},
        "spec": spec,
    }


POD = {
    "affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{"topologyKey": "zone"}]}},
    "topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule"}],
    "resources": {"requests": {"memory": "1Gi"}},
    "labels": {"a": "b"},
    "annotations": {"a": "b"},
    "envVars": [{"name": "A", "value": "b"}],
    "probe": {"liveness": {"failureThreshold": 1}},
    "podSecurityContext": {"fsGroup": 1},
}
COMMON = {
    "replicas": 2,
    "image": {"application": "confluentinc/cp-server:7.9.0", "init": "confluentinc/confluent-init-container:2.11.0"},
    "dataVolumeCapacity": "10Gi",
    "storageClass": {"name": "fast"},
    "oneReplicaPerNode": True,
    "podTemplate": POD,
    "mountedVolumes": {"volumes": [{"name": "v", "emptyDir": {}}], "volumeMounts": [{"name": "v", "mountPath": "/v"}]},
    "configOverrides": {"server": ["a=b", "log.dirs=/x,/y"], "jvm": ["-Xmx1g"], "peers": ["server.0=a"]},
    "headlessService": {"labels": {"a": "b"}, "annotations": {"c": "d"}, "publishNotReadyAddresses": True},
}
LISTENERS = {
    "external": {"externalAccess": {"type": "loadBalancer"}},
    "custom": [{"name": "c", "port": 9204}],
    "controller": {"externalAccess": {}},
}
DEPENDENCIES = {
    "kRaftController": {"clusterRef": {"name": "q", "namespace": "n"}},
    "zookeeper": {"endpoint": "z.n.svc:2181", "discovery": {"name": "z", "namespace": "n"}},
    "metricsClient": {"url": "x"},
}
RACK = {"nodeLabels": ["zone"], "availabilityZoneCount": 3}
EVERYTHING = [
    _object("Kafka", "k", **COMMON, listeners=LISTENERS, dependencies=DEPENDENCIES, rackAssignment=RACK),
    _object("KRaftController", "q", replicas=1, listeners=LISTENERS, controllerQuorumVoters=[{"nodeId": 1}]),
    _object("Zookeeper", "z", replicas=1, dataVolumeCapacity="1Gi", logVolumeCapacity="1Gi", peers=["server.0=a"]),
    _object("Connect", "c", replicas=1),
    _object("KafkaRestClass", "r", kafkaClusterRef={"name": "k"}, kafkaRest={"endpoint": "http://k:8090"}),
    _object("KafkaTopic", "t", replicas=3, partitionCount=1, configs={"a": "b"}, kafkaRestClassRef={"name": "r"}),
    _object("KafkaTopic", "u", kafkaClusterRef={"name": "k", "namespace": "n"}, kafkaRest={"endpoint": "http://k"}),
]


def _routes(value, route=()):
    yield route
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in pairs:
        yield from _routes(inner, (*route, step))


ROUTES = [route for route in _routes(EVERYTHING) if route]
ODD = [None, True, -1, 10**30, "", "a,b/c.d:e", [None], [[]], ["x"], {"name": 3}]


def _with(objects, route, value):
    """Put a value at a route, if what an earlier change left there still has room for it."""
    target = objects
    try:
        for step in route[:-1]:
            target = target[step]
        target[route[-1]] = value
    except (IndexError, KeyError, TypeError):
        return


def _exercise(objects):
    text = "---\n".join(json.dumps(each) + "\n" for each in objects)
    bundle = bundle_of(text)
    reading = ConfluentFlavour().read(bundle, Settings())
    for cluster in reading.clusters:
        for group in cluster.groups:
            list(group.apartness())
        for pool in cluster.nodes:
            places = [pool.replicas.place, pool.config.place, *(entry.place for entry in pool.config.entries.values())]
            places += [pool.template.place(step) for step in pool.template.spec]
            places += [directory.path.place for directory in pool.data] + [volume.place for volume in pool.volumes]
            places += [pool.template.place(*term.route) for term in pool.pods.anti_affinity]
            for place in places:
                span = place.span()
                assert 0 <= span.start < span.end <= len(text)
            assert all(budget.covers(pool.pods) in (True, False, None) for budget in cluster.budgets)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: ".".join(map(str, route)))
def test_no_shape_raises(route):
    for value in ODD:
        objects = copy.deepcopy(EVERYTHING)
        _with(objects, route, value)
        _exercise(objects)


SCALARS = st.sampled_from(ODD) | st.integers() | st.floats() | st.text(st.characters(codec="ascii"), max_size=12)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "a", "endpoint"]), inner),
    max_leaves=6,
)


@given(st.lists(st.tuples(st.sampled_from(ROUTES), VALUES), min_size=1, max_size=6))
@settings(max_examples=150, deadline=None)
def test_no_mixture_of_shapes_raises(changes):
    objects = copy.deepcopy(EVERYTHING)
    for route, value in changes:
        _with(objects, route, copy.deepcopy(value))
    _exercise(objects)
