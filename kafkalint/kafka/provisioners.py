"""What each provisioner says about the disks behind it: one judgement for each driver, and the table of their names.

The facts are the drivers' own: their READMEs, parameter pages and sample classes, named in each reason. Where a fact
rests on common knowledge only, the tier stays unknown or standard; the file services are unsuitable beyond doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from kafkalint.kafka.storage_facts import StorageFacts, Tier


class Parameters(NamedTuple):
    """What a class, or a volume, tells the driver."""

    written: Mapping[str, str]
    """By key in lower case: drivers read their keys in any."""
    defaulted: bool = True
    """Whether the driver's defaults hold for the rest: what a class leaves out its driver decides now.

    What a volume's attributes leave out was decided when it was made; behind a mere name may stand any parameters.
    """

    @classmethod
    def parse(cls, raw: object, *, defaulted: bool = True) -> Parameters:
        """Read a mapping of parameters or attributes; anything else tells nothing."""
        pairs = raw.items() if isinstance(raw, Mapping) else ()
        return cls({folded(key): str(value).strip() for key, value in pairs if value is not None}, defaulted)

    def get(self, key: str) -> str:
        """The value of a key as written; empty where it is not."""
        return self.written.get(key.lower(), "")


_Classifier = Callable[[str, Parameters], StorageFacts]


def folded(value: object) -> str:
    """A name as drivers compare it: without its case and the blanks around it; empty for what is no text."""
    return value.strip().lower() if isinstance(value, str) else ""


class _Chosen(NamedTuple):
    value: str
    said: str
    key: str


def _chosen(parameters: Parameters, *keys: str, default: str = "") -> _Chosen:
    """The value of the first key that is written, else the driver's default; the same in words; and the key."""
    for key in keys:
        value = parameters.get(key)
        if value:
            return _Chosen(value.lower(), f"{key} {value}", key)
    if default and parameters.defaulted:
        return _Chosen(default.lower(), f"no {keys[0]}, which means {default},", keys[0])
    return _Chosen("", f"no {keys[0]}", keys[0])


def judged(provisioner: str, parameters: Parameters) -> StorageFacts:
    """What a provisioner gives with these parameters."""
    for key in ("csi.storage.k8s.io/fstype", "fstype"):
        if parameters.get(key).lower() == "nfs":
            return _network_files(f"fstype nfs of {provisioner}", "samples of Dell's CSI drivers", key)
    classifier = _PROVISIONERS.get(provisioner) or _by_pattern(provisioner)
    if classifier is not None:
        return classifier(provisioner, parameters)
    return StorageFacts(None, f"nothing is known of the provisioner {provisioner or '(none)'}")


def _by_pattern(provisioner: str) -> _Classifier | None:
    for suffix, classifier in _SUFFIXES:
        if provisioner.endswith(suffix):
            return classifier
    # k8s-sigs.io/nfs-subdir-external-provisioner, cluster.local/nfs-client ...: the chart's user chooses the rest
    words = provisioner.replace("/", "-").replace(".", "-").replace("_", "-").split("-")
    if "nfs" in words:
        return _nfs
    return None


def _network_files(what: str, source: str, parameter: str = "") -> StorageFacts:
    return StorageFacts(
        Tier.UNSUITABLE,
        f"{what}: a network file system ({source})",
        network_filesystem=True,
        zonal=False,
        tier_parameter=parameter,
    )


def _nfs(provisioner: str, _parameters: Parameters) -> StorageFacts:
    return _network_files(f"provisioner {provisioner}", "NFS by its name")


def _files(source: str) -> _Classifier:
    def classify(provisioner: str, _parameters: Parameters) -> StorageFacts:
        return _network_files(f"provisioner {provisioner}", source)

    return classify


def _cephfs(provisioner: str, _parameters: Parameters) -> StorageFacts:
    facts = _network_files(f"provisioner {provisioner}", "CephFS, ceph-csi")
    return facts._replace(replicated_by="Ceph", in_cluster=provisioner != "cephfs.csi.ceph.com")


def _ceph_rbd(provisioner: str, _parameters: Parameters) -> StorageFacts:
    # Rook puts its namespace before the driver's name; the bare name is ceph-csi's own, for a cluster elsewhere.
    rook = provisioner.endswith(".rbd.csi.ceph.com")
    return StorageFacts(
        Tier.STANDARD,
        f"provisioner {provisioner}: block devices of a Ceph pool, which replicates by itself; how often says the pool "
        "(Rook's samples: size 3)",
        replicated_by="Ceph",
        in_cluster=rook,
        zonal=False,
        capacity_enforced=True,
    )


_EBS_SOURCE = "AWS EBS CSI driver, docs/parameters.md"
_EBS_TIERS = {
    "io1": (Tier.PREMIUM, "provisioned IOPS"),
    "io2": (Tier.PREMIUM, "provisioned IOPS"),
    "gp3": (Tier.STANDARD, "general purpose SSD with a steady base rate"),
    "gp2": (Tier.BURST, "general purpose SSD whose rate grows with its size, small ones live on burst credits"),
    "st1": (Tier.SLOW, "throughput HDD"),
    "sc1": (Tier.SLOW, "cold HDD"),
    "standard": (Tier.SLOW, "magnetic disk"),
}


def _ebs(provisioner: str, parameters: Parameters) -> StorageFacts:
    # The in-tree plugin made gp2, and the CSI driver that now answers to its name makes gp3: no default to rely on.
    default = "" if provisioner == "kubernetes.io/aws-ebs" else "gp3"
    chosen = _chosen(parameters, "type", default=default)
    tier, words = _EBS_TIERS.get(chosen.value, (None, "the volume type is not stated or not known"))
    return _zonal_disk(tier, chosen, provisioner, f"{words} ({_EBS_SOURCE})")


_GCE_SOURCE = "GCE PD CSI driver, README"
_GCE_TIERS = {
    "pd-extreme": (Tier.PREMIUM, "SSD with provisioned IOPS"),
    "pd-ssd": (Tier.PREMIUM, "SSD"),
    "hyperdisk-balanced": (Tier.PREMIUM, "SSD with provisioned rates"),
    "hyperdisk-balanced-high-availability": (Tier.PREMIUM, "SSD with provisioned rates, in two zones"),
    "hyperdisk-extreme": (Tier.PREMIUM, "SSD with provisioned rates"),
    "hyperdisk-throughput": (Tier.STANDARD, "disk with provisioned throughput"),
    "pd-balanced": (Tier.STANDARD, "balanced SSD"),
    "pd-standard": (Tier.SLOW, "HDD"),
}


def _gce(provisioner: str, parameters: Parameters) -> StorageFacts:
    chosen = _chosen(parameters, "type", default="pd-standard")
    tier, words = _GCE_TIERS.get(chosen.value, (None, "the disk type is not stated or not known"))
    facts = _zonal_disk(tier, chosen, provisioner, f"{words} ({_GCE_SOURCE})")
    regional = parameters.get("replication-type").lower() == "regional-pd"
    if regional or chosen.value.endswith("-high-availability"):
        key = "replication-type" if regional else chosen.key
        return facts._replace(zonal=False, replicated_by="GCE regional disks", replicas=2, replicas_parameter=key)
    return facts


_AZURE_SOURCE = "Azure Disk CSI driver, docs/driver-parameters.md"
_AZURE_TIERS = {
    "premium": (Tier.PREMIUM, "premium SSD"),
    "premiumv2": (Tier.PREMIUM, "premium SSD v2"),
    "ultrassd": (Tier.PREMIUM, "ultra disk"),
    "standardssd": (Tier.STANDARD, "standard SSD"),
    "standard": (Tier.SLOW, "HDD"),
}


def _azure_disk(provisioner: str, parameters: Parameters) -> StorageFacts:
    default = "StandardSSD_LRS" if provisioner == "disk.csi.azure.com" else ""
    chosen = _chosen(parameters, "skuName", "storageAccountType", default=default)
    kind, _, redundancy = chosen.value.partition("_")
    tier, words = _AZURE_TIERS.get(kind, (None, "the SKU is not stated or not known"))
    facts = _zonal_disk(tier, chosen, provisioner, f"{words} ({_AZURE_SOURCE})")
    return facts._replace(zonal={"lrs": True, "zrs": False}.get(redundancy))


def _zonal_disk(tier: Tier | None, chosen: _Chosen, provisioner: str, words: str) -> StorageFacts:
    return StorageFacts(
        tier,
        f"{chosen.said} of {provisioner}: {words}",
        zonal=True,
        capacity_enforced=True,
        tier_parameter=chosen.key,
    )


def _longhorn(provisioner: str, parameters: Parameters) -> StorageFacts:
    chosen = _chosen(parameters, "numberOfReplicas", default="3")
    copies = _number(chosen.value)
    return StorageFacts(
        Tier.STANDARD,
        f"{chosen.said} of {provisioner}: block devices that Longhorn serves from this cluster's nodes "
        "(Longhorn, storage class parameters)",
        replicated_by="Longhorn" if copies is not None and copies > 1 else None,
        replicas=copies,
        in_cluster=True,
        zonal=False,
        node_local=parameters.get("datalocality").lower() == "strict-local",
        capacity_enforced=True,
        replicas_parameter=chosen.key,
    )


def _replicating(system: str, *keys: str) -> _Classifier:
    """Block storage of unknown media inside the cluster that replicates as often as one of the keys says."""

    def classify(provisioner: str, parameters: Parameters) -> StorageFacts:
        key, copies = next(
            ((key, number) for key in keys if (number := _number(parameters.get(key))) is not None), ("", None)
        )
        stated = f"{key} {copies} of {provisioner}" if key else f"provisioner {provisioner}"
        return StorageFacts(
            Tier.STANDARD,
            f"{stated}: block devices that {system} serves from this cluster's nodes",
            replicated_by=system if copies is not None and copies > 1 else None,
            replicas=copies,
            in_cluster=True,
            capacity_enforced=True,
            replicas_parameter=key,
        )

    return classify


_portworx_block = _replicating("Portworx", "repl")


def _portworx(provisioner: str, parameters: Parameters) -> StorageFacts:
    for key in ("sharedv4", "shared"):
        if parameters.get(key).lower() == "true":
            facts = _network_files(f"{key} of {provisioner}", "Portworx shares such volumes by NFS", key)
            return facts._replace(in_cluster=True)
    return _portworx_block(provisioner, parameters)


def _powerflex(provisioner: str, parameters: Parameters) -> StorageFacts:
    if parameters.get("nasname"):
        return _network_files(
            f"nasName of {provisioner}", "NFS of a PowerFlex NAS server, csi-powerflex samples", "nasName"
        )
    return StorageFacts(
        Tier.PREMIUM,
        f"provisioner {provisioner}: block devices of a PowerFlex storage pool (csi-powerflex samples)",
        capacity_enforced=True,
    )


def _trident(provisioner: str, parameters: Parameters) -> StorageFacts:
    backend = parameters.get("backendtype").lower()
    if "nas" in backend.split("-") or backend.endswith(("-files", "-cvs", "volumes")):
        return _network_files(f"backendType {backend} of {provisioner}", "NFS or SMB, NetApp Trident", "backendType")
    if backend.startswith(("ontap-san", "solidfire-san")):
        return StorageFacts(
            Tier.STANDARD,
            f"backendType {backend} of {provisioner}: block devices (NetApp Trident)",
            capacity_enforced=True,
            tier_parameter="backendType",
        )
    return StorageFacts(None, f"no backendType of {provisioner}: block or NFS, the backend decides")


def _nutanix(provisioner: str, parameters: Parameters) -> StorageFacts:
    if parameters.get("storagetype").lower() == "nutanixfiles":
        return _network_files(f"storageType NutanixFiles of {provisioner}", "NFS, Nutanix CSI driver", "storageType")
    return StorageFacts(None, f"provisioner {provisioner}: block storage of unknown media", capacity_enforced=True)


_DEVICE_CLASS_TIERS = {"nvme": Tier.PREMIUM, "ssd": Tier.STANDARD, "hdd": Tier.SLOW}


def _local_disk(provisioner: str, parameters: Parameters) -> StorageFacts:
    device_class = parameters.get("topolvm.io/device-class")
    said = f"device-class {device_class} of {provisioner}" if device_class else f"provisioner {provisioner}"
    return StorageFacts(
        _DEVICE_CLASS_TIERS.get(device_class.lower()),
        f"{said}: disks of the node, of which the class says no more",
        node_local=True,
        capacity_enforced=True,
        tier_parameter="topolvm.io/device-class" if device_class else "",
    )


def _static_local(provisioner: str, _parameters: Parameters) -> StorageFacts:
    return StorageFacts(None, f"provisioner {provisioner}: volumes made by hand, as a rule local", node_local=True)


def _openebs_local(provisioner: str, _parameters: Parameters) -> StorageFacts:
    return StorageFacts(None, f"provisioner {provisioner}: a folder or a disk of the node (OpenEBS)", node_local=True)


def _folder(source: str) -> _Classifier:
    def classify(provisioner: str, _parameters: Parameters) -> StorageFacts:
        return local_folder(f"provisioner {provisioner}", source)

    return classify


def local_folder(what: str, source: str) -> StorageFacts:
    """The judgement of a folder on the node's own disk."""
    return StorageFacts(
        Tier.DEVELOPMENT,
        f"{what}: a folder on the node's own disk, with no limit on its size ({source})",
        node_local=True,
        capacity_enforced=False,
    )


def _cloud_block(provisioner: str, _parameters: Parameters) -> StorageFacts:
    return StorageFacts(
        Tier.STANDARD, f"provisioner {provisioner}: a cloud's network disks, taken as SSD", capacity_enforced=True
    )


def _unknown_block(provisioner: str, _parameters: Parameters) -> StorageFacts:
    return StorageFacts(
        None, f"provisioner {provisioner}: block storage; the media behind it are not stated", capacity_enforced=True
    )


def _number(text: str) -> int | None:
    if not text.isascii() or not text.isdigit() or len(text) > 3:
        return None
    return int(text)


_AZURE_FILES = _files("SMB or NFS, Azure File CSI driver")
_OBJECTS = _files("object storage mounted as files")
_PROVISIONERS: Mapping[str, _Classifier] = {
    "ebs.csi.aws.com": _ebs,
    "ebs.csi.eks.amazonaws.com": _ebs,
    "kubernetes.io/aws-ebs": _ebs,
    "pd.csi.storage.gke.io": _gce,
    "kubernetes.io/gce-pd": _gce,
    "disk.csi.azure.com": _azure_disk,
    "kubernetes.io/azure-disk": _azure_disk,
    "file.csi.azure.com": _AZURE_FILES,
    "kubernetes.io/azure-file": _AZURE_FILES,
    "efs.csi.aws.com": _files("NFS, AWS EFS CSI driver"),
    "fsx.csi.aws.com": _files("Lustre, FSx for Lustre CSI driver"),
    "fsx.openzfs.csi.aws.com": _files("NFS, FSx for OpenZFS CSI driver"),
    "filestore.csi.storage.gke.io": _files("NFS, GCP Filestore CSI driver"),
    "smb.csi.k8s.io": _files("SMB, csi-driver-smb"),
    "nfs.csi.k8s.io": _nfs,
    "fuseim.pri/ifs": _files("NFS: the name that the NFS client provisioner's sample carries"),
    "nfs.manila.csi.openstack.org": _nfs,
    "cephfs.manila.csi.openstack.org": _files("CephFS, Manila CSI driver"),
    "nasplugin.csi.alibabacloud.com": _files("NFS, Alibaba NAS"),
    "csi-isilon.dellemc.com": _files("NFS, Dell PowerScale"),
    "kubernetes.io/glusterfs": _files("GlusterFS"),
    "kubernetes.io/cephfs": _files("CephFS"),
    "ceph.com/cephfs": _files("CephFS"),
    "kubernetes.io/quobyte": _files("Quobyte"),
    "s3.csi.aws.com": _OBJECTS,
    "blob.csi.azure.com": _OBJECTS,
    "gcsfuse.csi.storage.gke.io": _OBJECTS,
    "cephfs.csi.ceph.com": _cephfs,
    "rbd.csi.ceph.com": _ceph_rbd,
    "kubernetes.io/rbd": _ceph_rbd,
    "ceph.com/rbd": _ceph_rbd,
    "driver.longhorn.io": _longhorn,
    "pxd.portworx.com": _portworx,
    "kubernetes.io/portworx-volume": _portworx,
    "cstor.csi.openebs.io": _replicating("OpenEBS cStor", "replicacount"),
    "io.openebs.csi-mayastor": _replicating("OpenEBS Mayastor", "repl"),
    "jiva.csi.openebs.io": _replicating("OpenEBS Jiva"),
    "openebs.io/provisioner-iscsi": _replicating("OpenEBS"),
    "linstor.csi.linbit.com": _replicating(
        "LINSTOR",
        "linstor.csi.linbit.com/placementcount",
        "placementcount",
        "linstor.csi.linbit.com/autoplace",
        "autoplace",
    ),
    "csi-vxflexos.dellemc.com": _powerflex,
    "csi.trident.netapp.io": _trident,
    "netapp.io/trident": _trident,
    "csi.nutanix.com": _nutanix,
    "topolvm.io": _local_disk,
    "topolvm.cybozu.com": _local_disk,
    "local.csi.openebs.io": _local_disk,
    "zfs.csi.openebs.io": _local_disk,
    "kubernetes.io/no-provisioner": _static_local,
    "openebs.io/local": _openebs_local,
    "rancher.io/local-path": _folder("local-path-provisioner, README"),
    "k8s.io/minikube-hostpath": _folder("minikube"),
    "docker.io/hostpath": _folder("Docker Desktop"),
    "hostpath.csi.k8s.io": _folder("csi-driver-host-path, a demonstration driver"),
    "microk8s.io/hostpath": _folder("MicroK8s"),
    "kubernetes.io/host-path": _folder("the in-tree test provisioner"),
    "csi.vsphere.vmware.com": _unknown_block,
    "kubernetes.io/vsphere-volume": _unknown_block,
    "cinder.csi.openstack.org": _unknown_block,
    "kubernetes.io/cinder": _unknown_block,
    "dobs.csi.digitalocean.com": _cloud_block,
    "linodebs.csi.linode.com": _cloud_block,
    "csi.hetzner.cloud": _cloud_block,
    "diskplugin.csi.alibabacloud.com": _cloud_block,
    "vpc.block.csi.ibm.io": _cloud_block,
    "blockvolume.csi.oraclecloud.com": _cloud_block,
}
_SUFFIXES: tuple[tuple[str, _Classifier], ...] = (
    (".rbd.csi.ceph.com", _ceph_rbd),
    (".cephfs.csi.ceph.com", _cephfs),
    (".nfs.csi.ceph.com", _nfs),
    ("/aws-efs", _files("NFS: the old EFS provisioner")),
)
_BY_ITSELF = Parameters({}, defaulted=False)

VOLUME_SOURCES: Mapping[str, StorageFacts] = {
    "nfs": _network_files("an nfs volume", "NFS"),
    "cephfs": _network_files("a cephfs volume", "CephFS")._replace(replicated_by="Ceph"),
    "glusterfs": _network_files("a glusterfs volume", "GlusterFS"),
    "azureFile": _network_files("an azureFile volume", "SMB or NFS"),
    "quobyte": _network_files("a quobyte volume", "Quobyte"),
    "awsElasticBlockStore": _ebs("kubernetes.io/aws-ebs", _BY_ITSELF),
    "gcePersistentDisk": _gce("kubernetes.io/gce-pd", _BY_ITSELF),
    "azureDisk": _azure_disk("kubernetes.io/azure-disk", _BY_ITSELF),
    "rbd": _ceph_rbd("kubernetes.io/rbd", _BY_ITSELF),
    "portworxVolume": _portworx("kubernetes.io/portworx-volume", _BY_ITSELF),
    "local": StorageFacts(
        None, "a local volume: a disk or folder of one node (Kubernetes, local volumes)", node_local=True
    ),
    **{
        source: StorageFacts(None, f"a {source} volume: block storage of unknown media", capacity_enforced=True)
        for source in ("cinder", "vsphereVolume", "iscsi", "fc", "scaleIO", "storageos", "photonPersistentDisk")
    },
}
