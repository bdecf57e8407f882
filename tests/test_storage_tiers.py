import pytest
from hypothesis import given
from hypothesis import strategies as st

from kafkalint.kafka.storage_tiers import (
    StorageFacts,
    Tier,
    classify_by_name,
    classify_persistent_volume,
    classify_storage_class,
)

SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=12)
SHAPES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner), max_leaves=8
)


@pytest.mark.parametrize(
    ("provisioner", "parameters", "tier"),
    [
        ("ebs.csi.aws.com", {"type": "io2"}, Tier.PREMIUM),
        ("ebs.csi.aws.com", {"type": "gp3"}, Tier.STANDARD),
        ("ebs.csi.aws.com", {}, Tier.STANDARD),
        ("ebs.csi.aws.com", {"Type": "GP2"}, Tier.BURST),
        ("kubernetes.io/aws-ebs", {"type": "gp2"}, Tier.BURST),
        ("kubernetes.io/aws-ebs", {}, None),
        ("ebs.csi.aws.com", {"type": "st1"}, Tier.SLOW),
        ("ebs.csi.aws.com", {"type": "io9"}, None),
        ("pd.csi.storage.gke.io", {"type": "pd-ssd"}, Tier.PREMIUM),
        ("pd.csi.storage.gke.io", {"type": "hyperdisk-balanced"}, Tier.PREMIUM),
        ("pd.csi.storage.gke.io", {"type": "pd-balanced"}, Tier.STANDARD),
        ("pd.csi.storage.gke.io", {}, Tier.SLOW),
        ("kubernetes.io/gce-pd", {"type": "pd-standard"}, Tier.SLOW),
        ("disk.csi.azure.com", {"skuName": "Premium_ZRS"}, Tier.PREMIUM),
        ("disk.csi.azure.com", {"skuName": "PremiumV2_LRS"}, Tier.PREMIUM),
        ("disk.csi.azure.com", {"skuName": "UltraSSD_LRS"}, Tier.PREMIUM),
        ("disk.csi.azure.com", {"skuname": "StandardSSD_LRS"}, Tier.STANDARD),
        ("kubernetes.io/azure-disk", {"storageaccounttype": "Standard_LRS"}, Tier.SLOW),
        ("kubernetes.io/azure-disk", {}, None),
        ("driver.longhorn.io", {}, Tier.STANDARD),
        ("rook-ceph.rbd.csi.ceph.com", {"pool": "replicapool"}, Tier.STANDARD),
        ("csi-vxflexos.dellemc.com", {"storagepool": "p", "csi.storage.k8s.io/fstype": "xfs"}, Tier.PREMIUM),
        ("csi.trident.netapp.io", {"backendType": "ontap-san"}, Tier.STANDARD),
        ("csi.trident.netapp.io", {}, None),
        ("rancher.io/local-path", {}, Tier.DEVELOPMENT),
        ("k8s.io/minikube-hostpath", {}, Tier.DEVELOPMENT),
        ("topolvm.io", {}, None),
        ("topolvm.io", {"topolvm.io/device-class": "nvme"}, Tier.PREMIUM),
        ("kubernetes.io/no-provisioner", {}, None),
        ("openebs.io/local", {}, None),
        ("csi.vsphere.vmware.com", {}, None),
        ("csi.hetzner.cloud", {}, Tier.STANDARD),
        ("example.com/whatever", {"type": "gp2"}, None),
        ("", {}, None),
    ],
)
def test_the_tier_of_a_class(provisioner, parameters, tier):
    assert classify_storage_class(provisioner, parameters).tier is tier


@pytest.mark.parametrize(
    ("provisioner", "parameters"),
    [
        ("efs.csi.aws.com", {}),
        ("file.csi.azure.com", {"protocol": "nfs"}),
        ("kubernetes.io/azure-file", {}),
        ("filestore.csi.storage.gke.io", {}),
        ("nfs.csi.k8s.io", {}),
        ("cluster.local/nfs-client", {}),
        ("k8s-sigs.io/nfs-subdir-external-provisioner", {}),
        ("smb.csi.k8s.io", {}),
        ("rook-ceph.cephfs.csi.ceph.com", {}),
        ("kubernetes.io/glusterfs", {}),
        ("csi-vxflexos.dellemc.com", {"nasName": "nas"}),
        ("csi-powerstore.dellemc.com", {"csi.storage.k8s.io/fstype": "nfs"}),
        ("pxd.portworx.com", {"repl": "1", "sharedv4": "true"}),
        ("csi.trident.netapp.io", {"backendType": "ontap-nas-economy"}),
    ],
)
def test_network_file_systems_are_unsuitable(provisioner, parameters):
    facts = classify_storage_class(provisioner, parameters)
    assert facts.tier is Tier.UNSUITABLE
    assert facts.network_filesystem


def test_a_name_that_merely_holds_the_letters_of_nfs_is_no_network_file_system():
    assert not classify_storage_class("csi.transfs.example.com", {}).network_filesystem


@pytest.mark.parametrize(
    ("provisioner", "parameters", "replicated_by", "replicas", "in_cluster"),
    [
        ("driver.longhorn.io", {}, "Longhorn", 3, True),
        ("driver.longhorn.io", {"numberOfReplicas": "2"}, "Longhorn", 2, True),
        ("driver.longhorn.io", {"numberOfReplicas": "1"}, None, 1, True),
        ("driver.longhorn.io", {"numberOfReplicas": "many"}, None, None, True),
        ("pxd.portworx.com", {"repl": "3"}, "Portworx", 3, True),
        ("pxd.portworx.com", {}, None, None, True),
        ("rook-ceph.rbd.csi.ceph.com", {}, "Ceph", None, True),
        ("rbd.csi.ceph.com", {}, "Ceph", None, False),
        ("io.openebs.csi-mayastor", {"repl": "2"}, "OpenEBS Mayastor", 2, True),
        ("pd.csi.storage.gke.io", {"replication-type": "regional-pd"}, "GCE regional disks", 2, False),
        ("ebs.csi.aws.com", {}, None, None, False),
        ("local.csi.openebs.io", {}, None, None, False),
    ],
)
def test_storage_that_replicates_by_itself(provisioner, parameters, replicated_by, replicas, in_cluster):
    facts = classify_storage_class(provisioner, parameters)
    assert (facts.replicated_by, facts.replicas, facts.in_cluster) == (replicated_by, replicas, in_cluster)


@pytest.mark.parametrize(
    ("provisioner", "parameters", "zonal", "node_local"),
    [
        ("ebs.csi.aws.com", {}, True, False),
        ("pd.csi.storage.gke.io", {"type": "pd-ssd"}, True, False),
        ("pd.csi.storage.gke.io", {"type": "pd-ssd", "replication-type": "regional-pd"}, False, False),
        ("disk.csi.azure.com", {"skuName": "Premium_LRS"}, True, False),
        ("disk.csi.azure.com", {"skuName": "Premium_ZRS"}, False, False),
        ("kubernetes.io/azure-disk", {}, None, False),
        ("csi.vsphere.vmware.com", {}, None, False),
        ("kubernetes.io/no-provisioner", {}, None, True),
        ("rancher.io/local-path", {}, None, True),
        ("driver.longhorn.io", {"dataLocality": "strict-local", "numberOfReplicas": "1"}, False, True),
        ("driver.longhorn.io", {}, False, False),
    ],
)
def test_where_a_volume_can_be_used(provisioner, parameters, zonal, node_local):
    facts = classify_storage_class(provisioner, parameters)
    assert (facts.zonal, facts.node_local) == (zonal, node_local)


def test_a_folder_of_the_node_has_no_limit():
    assert classify_storage_class("rancher.io/local-path", {}).capacity_enforced is False
    assert classify_storage_class("topolvm.io", {}).capacity_enforced is True
    assert classify_storage_class("openebs.io/local", {}).capacity_enforced is None


def test_the_reason_names_what_decided():
    written = classify_storage_class("disk.csi.azure.com", {"skuName": "Standard_LRS"}).reason
    assert "skuName Standard_LRS of disk.csi.azure.com" in written
    assert "Azure Disk CSI driver" in written
    in_tree = classify_storage_class("kubernetes.io/azure-disk", {"storageaccounttype": "Premium_LRS"}).reason
    assert "storageAccountType Premium_LRS" in in_tree
    assert "no type, which means pd-standard" in classify_storage_class("pd.csi.storage.gke.io", {}).reason
    assert "no type, which" not in classify_storage_class("kubernetes.io/aws-ebs", {}).reason


@pytest.mark.parametrize(
    ("name", "tier"),
    [
        ("gp2", Tier.BURST),
        ("gp3", Tier.STANDARD),
        ("standard-rwo", Tier.STANDARD),
        ("premium-rwo", Tier.PREMIUM),
        ("standard-rwx", Tier.UNSUITABLE),
        ("managed-csi", Tier.STANDARD),
        ("managed-csi-premium", Tier.PREMIUM),
        ("azurefile-csi", Tier.UNSUITABLE),
        ("longhorn", Tier.STANDARD),
        ("rook-cephfs", Tier.UNSUITABLE),
        ("local-path", Tier.DEVELOPMENT),
        ("openebs-hostpath", None),
        ("vxflexos-nfs", Tier.UNSUITABLE),
    ],
)
def test_names_that_hint(name, tier):
    facts = classify_by_name(name)
    assert facts is not None
    assert facts.tier is tier
    assert name in facts.reason


@pytest.mark.parametrize(
    "name", ["standard", "default", "fast", "ssd", "premium", "local-storage", "hostpath", "kafka", ""]
)
def test_names_that_mean_several_things_mean_nothing(name):
    assert classify_by_name(name) is None


def test_a_name_does_not_tell_how_often_its_class_replicates():
    facts = classify_by_name("longhorn")
    assert facts is not None
    assert (facts.in_cluster, facts.replicas, facts.replicated_by) == (True, None, None)


@pytest.mark.parametrize(
    ("spec", "tier", "network"),
    [
        ({"nfs": {"server": "10.0.0.1", "path": "/x"}}, Tier.UNSUITABLE, True),
        ({"cephfs": {"monitors": []}}, Tier.UNSUITABLE, True),
        ({"glusterfs": {"path": "x"}}, Tier.UNSUITABLE, True),
        ({"azureFile": {"shareName": "x"}}, Tier.UNSUITABLE, True),
        ({"csi": {"driver": "efs.csi.aws.com", "volumeHandle": "fs-1"}}, Tier.UNSUITABLE, True),
        ({"csi": {"driver": "csi-powerstore.dellemc.com", "fsType": "nfs"}}, Tier.UNSUITABLE, True),
        ({"hostPath": {"path": "/data"}}, Tier.DEVELOPMENT, False),
        ({"local": {"path": "/mnt/disk"}}, None, False),
        ({"awsElasticBlockStore": {"volumeID": "v"}}, None, False),
        ({"gcePersistentDisk": {"pdName": "p"}}, None, False),
        ({"azureDisk": {"diskName": "d"}}, None, False),
        ({"iscsi": {"iqn": "i"}}, None, False),
        ({"csi": {"driver": "ebs.csi.aws.com", "volumeHandle": "v"}}, None, False),
        ({"csi": {"driver": "pd.csi.storage.gke.io"}}, None, False),
    ],
)
def test_volumes(spec, tier, network):
    facts = classify_persistent_volume({"capacity": {"storage": "1Gi"}, **spec})
    assert facts is not None
    assert (facts.tier, facts.network_filesystem) == (tier, network)


def test_a_driver_s_default_is_not_read_into_a_volume():
    facts = classify_persistent_volume({"csi": {"driver": "driver.longhorn.io"}})
    assert facts is not None
    assert (facts.replicas, facts.in_cluster) == (None, True)
    written = classify_persistent_volume(
        {"csi": {"driver": "driver.longhorn.io", "volumeAttributes": {"numberOfReplicas": 3}}}
    )
    assert written is not None
    assert written.replicas == 3


def test_zonal_and_local_volumes_say_so():
    disk = classify_persistent_volume({"awsElasticBlockStore": {}})
    local = classify_persistent_volume({"local": {"path": "/x"}})
    assert disk is not None
    assert local is not None
    assert (disk.zonal, local.node_local) == (True, True)


@pytest.mark.parametrize(
    "spec", [{}, {"emptyDir": {}}, {"persistentVolumeClaim": {"claimName": "x"}}, {"nfs": None}, None, []]
)
def test_what_holds_no_persistent_source(spec):
    assert classify_persistent_volume(spec) is None


def test_tiers_are_ordered():
    assert Tier.UNSUITABLE < Tier.DEVELOPMENT < Tier.SLOW < Tier.BURST < Tier.STANDARD < Tier.PREMIUM


@given(
    st.sampled_from(
        ["ebs.csi.aws.com", "driver.longhorn.io", "pxd.portworx.com", "topolvm.io", "csi.trident.netapp.io"]
    )
    | st.text(max_size=30),
    st.dictionaries(st.sampled_from(["type", "repl", "numberOfReplicas", "backendType", "fsType"]), SHAPES) | SHAPES,
)
def test_no_class_makes_it_raise(provisioner, parameters):
    assert isinstance(classify_storage_class(provisioner, parameters), StorageFacts)


@given(SHAPES | st.dictionaries(st.sampled_from(["nfs", "csi", "hostPath", "local"]), SHAPES))
def test_no_volume_makes_it_raise(spec):
    facts = classify_persistent_volume(spec)
    assert facts is None or facts.reason


@given(SCALARS)
def test_no_name_makes_it_raise(name):
    assert classify_by_name(name) is None or isinstance(name, str)
