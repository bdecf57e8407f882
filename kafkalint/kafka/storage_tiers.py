"""What a storage class, its mere name or a persistent volume says about the disks behind it."""

from __future__ import annotations

from collections.abc import Mapping

from kafkalint.kafka.provisioners import VOLUME_SOURCES, Parameters, folded, judged, local_folder
from kafkalint.kafka.storage_facts import StorageFacts, Tier

__all__ = ["StorageFacts", "Tier", "classify_by_name", "classify_persistent_volume", "classify_storage_class"]


def classify_storage_class(provisioner: str, parameters: Mapping[str, str]) -> StorageFacts:
    """Judge a StorageClass by its provisioner and parameters, with the driver's defaults for what is not written."""
    return judged(folded(provisioner), Parameters.parse(parameters))


def classify_by_name(class_name: str) -> StorageFacts | None:
    """Judge a class of which only the name is known; None for every name that is not a well-known default's.

    A name is a hint: `standard` is four different things, and is therefore none here. `standard-rwo` and `premium-rwo`
    stand for the same kind of disk wherever GKE ships them.
    """
    hint = _NAMES.get(folded(class_name))
    if hint is None:
        return None
    provisioner, parameters, whose = hint
    facts = judged(provisioner, Parameters(parameters, defaulted=False))
    return facts._replace(reason=f"the name {folded(class_name)} is {whose}: {facts.reason}")


def classify_persistent_volume(spec: object) -> StorageFacts | None:
    """Judge the `spec` of a PersistentVolume or an in-line volume of a pod; None where nothing persistent is in it."""
    if not isinstance(spec, Mapping):
        return None
    for source, facts in VOLUME_SOURCES.items():
        if isinstance(spec.get(source), Mapping):
            return facts
    if isinstance(spec.get("hostPath"), Mapping):
        return local_folder("a hostPath volume", "Kubernetes, volumes")
    csi = spec.get("csi")
    if isinstance(csi, Mapping):
        attributes = Parameters.parse(csi.get("volumeAttributes"), defaulted=False)
        filesystem = {"csi.storage.k8s.io/fstype": folded(csi.get("fsType"))}
        return judged(folded(csi.get("driver")), attributes._replace(written={**attributes.written, **filesystem}))
    return None


_EKS, _GKE, _AKS = "a name that EKS uses", "a name that GKE uses", "a name that AKS uses"
_EBS, _GCE, _AZURE, _AZURE_FILE = (
    "ebs.csi.aws.com",
    "pd.csi.storage.gke.io",
    "disk.csi.azure.com",
    "file.csi.azure.com",
)

_NAMES: Mapping[str, tuple[str, Mapping[str, str], str]] = {
    "gp2": (_EBS, {"type": "gp2"}, _EKS),
    "gp2-csi": (_EBS, {"type": "gp2"}, "a name that OpenShift uses on AWS"),
    "gp3": (_EBS, {"type": "gp3"}, _EKS),
    "gp3-csi": (_EBS, {"type": "gp3"}, "a name that OpenShift uses on AWS"),
    "io1": (_EBS, {"type": "io1"}, "the name of an EBS volume type"),
    "io2": (_EBS, {"type": "io2"}, "the name of an EBS volume type"),
    "efs-sc": ("efs.csi.aws.com", {}, "the EFS driver's own example"),
    "standard-rwo": (_GCE, {"type": "pd-balanced"}, _GKE),
    "premium-rwo": (_GCE, {"type": "pd-ssd"}, _GKE),
    "standard-rwx": ("filestore.csi.storage.gke.io", {}, _GKE),
    "premium-rwx": ("filestore.csi.storage.gke.io", {}, _GKE),
    "enterprise-rwx": ("filestore.csi.storage.gke.io", {}, _GKE),
    "zonal-rwx": ("filestore.csi.storage.gke.io", {}, _GKE),
    "managed": (_AZURE, {"skuname": "standardssd_lrs"}, _AKS),
    "managed-csi": (_AZURE, {"skuname": "standardssd_lrs"}, _AKS),
    "managed-premium": (_AZURE, {"skuname": "premium_lrs"}, _AKS),
    "managed-csi-premium": (_AZURE, {"skuname": "premium_lrs"}, _AKS),
    "azurefile": (_AZURE_FILE, {}, _AKS),
    "azurefile-csi": (_AZURE_FILE, {}, _AKS),
    "azurefile-csi-nfs": (_AZURE_FILE, {}, _AKS),
    "azurefile-premium": (_AZURE_FILE, {}, _AKS),
    "azurefile-csi-premium": (_AZURE_FILE, {}, _AKS),
    "azureblob-nfs-premium": ("blob.csi.azure.com", {}, _AKS),
    "azureblob-fuse-premium": ("blob.csi.azure.com", {}, _AKS),
    "do-block-storage": ("dobs.csi.digitalocean.com", {}, "a name that DigitalOcean uses"),
    "linode-block-storage": ("linodebs.csi.linode.com", {}, "a name that Linode uses"),
    "linode-block-storage-retain": ("linodebs.csi.linode.com", {}, "a name that Linode uses"),
    "hcloud-volumes": ("csi.hetzner.cloud", {}, "a name that Hetzner's driver uses"),
    "oci-bv": ("blockvolume.csi.oraclecloud.com", {}, "a name that Oracle's cloud uses"),
    "longhorn": ("driver.longhorn.io", {}, "the name that Longhorn's chart gives"),
    "rook-ceph-block": ("rook-ceph.rbd.csi.ceph.com", {}, "the name in Rook's examples"),
    "rook-cephfs": ("rook-ceph.cephfs.csi.ceph.com", {}, "the name in Rook's examples"),
    "ocs-storagecluster-ceph-rbd": (
        "openshift-storage.rbd.csi.ceph.com",
        {},
        "a name that OpenShift Data Foundation uses",
    ),
    "ocs-storagecluster-cephfs": (
        "openshift-storage.cephfs.csi.ceph.com",
        {},
        "a name that OpenShift Data Foundation uses",
    ),
    "local-path": ("rancher.io/local-path", {}, "the default of K3s"),
    "openebs-hostpath": ("openebs.io/local", {}, "a name that OpenEBS uses"),
    "microk8s-hostpath": ("microk8s.io/hostpath", {}, "the default of MicroK8s"),
    "nfs-client": ("cluster.local/nfs-client", {}, "the NFS client provisioner's default"),
    "managed-nfs-storage": ("cluster.local/nfs-client", {}, "the NFS client provisioner's former default"),
    "nfs-csi": ("nfs.csi.k8s.io", {}, "the NFS driver's own example"),
    "vxflexos-nfs": ("csi-vxflexos.dellemc.com", {"nasname": "any"}, "the name in Dell's samples"),
}
