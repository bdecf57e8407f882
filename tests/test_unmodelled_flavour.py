"""What is recognised and named, and not modelled."""

import pytest
from statefulset_manifests import bundle_of

from kafkalint.kafka.model import Settings
from kafkalint_flavours.unmodelled import UnmodelledFlavour


def named(*manifests, context=()):
    reading = UnmodelledFlavour().read(bundle_of(*manifests, context=context), Settings())
    assert (reading.clusters, reading.workloads) == ((), ())
    return [(found.flavour, found.resource.name) for found in reading.unmodelled]


def resource(api_version, kind, **spec):
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": "it"}, "spec": spec}


@pytest.mark.parametrize(
    ("manifest", "flavour"),
    [
        (resource("cluster.redpanda.com/v1alpha2", "Redpanda"), "redpanda"),
        (resource("redpanda.vectorized.io/v1alpha1", "Cluster"), "redpanda"),
        (resource("kafka.banzaicloud.io/v1beta1", "KafkaCluster"), "koperator"),
        (resource("kafka.stackable.tech/v1alpha1", "KafkaCluster"), "stackable"),
        (resource("kubedb.com/v1alpha2", "Kafka"), "kubedb"),
        (resource("eventstreams.ibm.com/v1beta2", "EventStreams"), "event-streams"),
        (resource("apps.kubeblocks.io/v1", "Cluster", clusterDef="kafka"), "kubeblocks"),
        (resource("apps.kubeblocks.io/v1alpha1", "Cluster", clusterDefinitionRef="kafka"), "kubeblocks"),
        (resource("apps.kubeblocks.io/v1", "Cluster", componentSpecs=[{"componentDef": "kafka-broker"}]), "kubeblocks"),
    ],
)
def test_clusters_of_other_operators_are_named(manifest, flavour):
    assert named(manifest) == [(flavour, "it")]


@pytest.mark.parametrize(
    "manifest",
    [
        resource("kafka.strimzi.io/v1", "Kafka"),
        resource("platform.confluent.io/v1beta1", "KafkaCluster"),
        resource("cluster.redpanda.com/v1alpha2", "Topic"),
        resource("apps.kubeblocks.io/v1", "Cluster", clusterDef="postgresql"),
        resource("cluster.x-k8s.io/v1beta1", "Cluster"),
        resource("kubedb.com/v1", "Postgres"),
    ],
)
def test_nothing_else_is(manifest):
    assert named(manifest) == []


def test_the_context_is_named_in_its_own_bundle():
    assert named(context=(resource("kafka.banzaicloud.io/v1beta1", "KafkaCluster"),)) == []
