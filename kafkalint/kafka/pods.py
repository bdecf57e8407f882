"""A pod spec read into the model: containers, volumes and mounts, environment, labels."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kafkalint.kafka.labels import PodLabels, Selector
from kafkalint.kafka.model import Claim, Container, MetricsPort, Mount, PodTemplate, Setter, Setting, Volume, VolumeKind
from kafkalint.kafka.placement import Pods
from kafkalint.manifests.bundles import Bundle
from kafkalint.manifests.resources import Place, Resource, Route, dig, items, string_map

# Labels that a controller gives each pod a value of its own (kubernetes/api apps/v1 types.go, "Well-known labels").
_VARYING = {
    "StatefulSet": ("statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index", "controller-revision-hash"),
    "Deployment": ("pod-template-hash",),
    "ReplicaSet": ("pod-template-hash",),
    "DaemonSet": ("controller-revision-hash", "pod-template-generation"),
    "Job": ("batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name", "controller-uid", "job-name"),
}

POD_ROUTES: Mapping[tuple[str, str], Route] = {
    ("apps", "StatefulSet"): ("spec", "template"),
    ("apps", "Deployment"): ("spec", "template"),
    ("apps", "ReplicaSet"): ("spec", "template"),
    ("apps", "DaemonSet"): ("spec", "template"),
    ("extensions", "Deployment"): ("spec", "template"),
    ("extensions", "DaemonSet"): ("spec", "template"),
    ("extensions", "ReplicaSet"): ("spec", "template"),
    ("", "ReplicationController"): ("spec", "template"),
    ("", "Pod"): (),
    ("batch", "Job"): ("spec", "template"),
    ("batch", "CronJob"): ("spec", "jobTemplate", "spec", "template"),
}
"""Kinds that run pods, and the route of the pod template in them."""

_NETWORK_VOLUMES = ("nfs", "cephfs", "glusterfs", "azureFile", "quobyte", "smb")
_CONFIG_VOLUMES = ("configMap", "secret", "projected", "downwardAPI", "image")
_REFERENCE = re.compile(r"\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)")
# No process gets a longer variable (Linux, MAX_ARG_STRLEN), and values that hold each other would grow without end.
_LONGEST_VALUE = 131_072
# Nor do all of them together get more (execve(2): a quarter of the stack limit of 8 MiB).
_LONGEST_ENVIRONMENT = 2_097_152


def pod_route(resource: Resource) -> Route | None:
    """Where a resource holds its pod template; None for a kind that runs no pods."""
    group = (
        "apps"
        if resource.kind in ("StatefulSet", "Deployment") and resource.group.startswith("apps")
        else resource.group
    )
    return POD_ROUTES.get((group, resource.kind))


def pod_template(resource: Resource, route: Route) -> PodTemplate:
    """The pods that a workload object describes, read from its pod template."""
    spec = resource.get(*route, "spec")
    spec = spec if isinstance(spec, dict) else {}
    base = resource.place(*route, "spec")
    labels = resource.get(*route, "metadata", "labels")
    return PodTemplate(
        labels=PodLabels.parse(labels, _VARYING.get(resource.kind, ())),
        spec=spec,
        base=base,
        labels_place=resource.place(*route, "metadata", "labels"),
        annotations=string_map(resource.get(*route, "metadata", "annotations")),
        containers=tuple(containers(spec, base)),
        init_containers=tuple(containers(spec, base, "initContainers")),
    )


def pods_of(template: PodTemplate, *, namespace: str | None, replicas: int | None, name: str) -> Pods:
    """The pods of a template as the scheduler and selectors see them."""
    return Pods.parse(dict(template.spec), template.labels, namespace=namespace, replicas=replicas, name=name)


def containers(spec: Mapping[str, Any], base: Place, key: str = "containers") -> Iterator[Container]:
    """Containers of a pod spec; entries that are no mapping are left out."""
    for index, data in enumerate(items(spec.get(key))):
        if isinstance(data, dict):
            image = data.get("image")
            name = data.get("name")
            yield Container(
                name=name if isinstance(name, str) else "",
                image=image if isinstance(image, str) else "",
                data=data,
                place=base.child(key, index),
                init=key == "initContainers",
            )


def container_ports(container: Container) -> Iterator[MetricsPort]:
    """Declared ports of a container."""
    for port in items(container.data.get("ports")):
        number = dig(port, "containerPort")
        name = dig(port, "name")
        yield MetricsPort(name if isinstance(name, str) else None, number if isinstance(number, int) else None)


def mounts(container: Container) -> tuple[Mount, ...]:
    """Volume mounts of a container, paths normalised."""
    found = []
    for index, data in enumerate(items(container.data.get("volumeMounts"))):
        path, name = dig(data, "mountPath"), dig(data, "name")
        if not isinstance(path, str) or not isinstance(name, str):
            continue
        sub_path, expression = dig(data, "subPath"), dig(data, "subPathExpr")
        found.append(
            Mount(
                volume=name,
                path=posixpath.normpath(path),
                place=container.place.child("volumeMounts", index),
                sub_path=sub_path if isinstance(sub_path, str) and sub_path else None,
                per_pod=isinstance(expression, str) and "$(" in expression,
            )
        )
    return tuple(found)


def mount_above(path: str, candidates: Iterable[Mount]) -> Mount | None:
    """The deepest mount that a path lies on; None where it lies on the container's own layer."""
    path = posixpath.normpath(path)
    above = [mount for mount in candidates if _is_under(path, mount.path)]
    return max(above, key=lambda mount: len(mount.path), default=None)


def _is_under(path: str, directory: str) -> bool:
    return path == directory or path.startswith(directory.rstrip("/") + "/")


def volumes(resource: Resource, template: PodTemplate, bundle: Bundle) -> tuple[Volume, ...]:
    """Volumes of a workload's pods: claim templates first, which win over volumes of the same name (apps/v1)."""
    found = list(_claim_templates(resource)) if resource.kind == "StatefulSet" else []
    names = {volume.name for volume in found}
    for index, data in enumerate(items(template.get("volumes"))):
        name = dig(data, "name")
        if isinstance(name, str) and name not in names:
            found.append(_volume(name, data, template.base.child("volumes", index), resource.namespace, bundle))
    return tuple(found)


def _claim_templates(resource: Resource) -> Iterator[Volume]:
    for index, data in enumerate(items(resource.get("spec", "volumeClaimTemplates"))):
        name = dig(data, "metadata", "name")
        if isinstance(name, str):
            place = resource.place("spec", "volumeClaimTemplates", index)
            yield Volume(name, VolumeKind.CLAIM_TEMPLATE, place, claim_from(name, data, place))


def claim_from(name: str, data: Mapping[str, Any], place: Place, resource: Resource | None = None) -> Claim:
    """A claim read from a PersistentVolumeClaim or a template of one, at `place`."""
    spec = place.child("spec")
    modes = tuple(mode for mode in items(dig(data, "spec", "accessModes")) if isinstance(mode, str))
    size = dig(data, "spec", "resources", "requests", "storage")
    volume = dig(data, "spec", "volumeName")
    return Claim(
        name=name,
        place=place,
        storage_class=_storage_class(data, place),
        access_modes=Setting(modes, Setter.WRITTEN, spec.child("accessModes")),
        size=Setting(
            None if size is None else str(size), Setter.WRITTEN, spec.child("resources", "requests", "storage")
        ),
        volume_name=volume if isinstance(volume, str) and volume else None,
        selector=Selector.parse(dig(data, "spec", "selector")),
        resource=resource,
    )


def _storage_class(data: Mapping[str, Any], place: Place) -> Setting[str]:
    # The annotation is older than the field, and still honoured (kubernetes/api core/v1 BetaStorageClassAnnotation).
    annotation = ("metadata", "annotations", "volume.beta.kubernetes.io/storage-class")
    for route in (("spec", "storageClassName"), annotation):
        value = dig(data, *route)
        if isinstance(value, str):
            return Setting(value, Setter.WRITTEN, place.child(*route))
    return Setting(None, Setter.KUBERNETES, place.child("spec", "storageClassName"))


def _volume(name: str, data: Mapping[str, Any], place: Place, namespace: str | None, bundle: Bundle) -> Volume:
    claim_name = dig(data, "persistentVolumeClaim", "claimName")
    if isinstance(claim_name, str):
        return Volume(name, VolumeKind.CLAIM, place, _named_claim(claim_name, place, namespace, bundle), data)
    if isinstance(data.get("ephemeral"), dict):
        template = place.child("ephemeral", "volumeClaimTemplate")
        claim = claim_from(name, dig(data, "ephemeral", "volumeClaimTemplate") or {}, template)
        return Volume(name, VolumeKind.EPHEMERAL_CLAIM, place, claim, data)
    return Volume(name, _volume_kind(data), place, None, data)


def _named_claim(name: str, place: Place, namespace: str | None, bundle: Bundle) -> Claim:
    resource = bundle.find("", "PersistentVolumeClaim", name, namespace)
    if resource is not None:
        return claim_from(name, resource.data, resource.place(), resource)
    reference = place.child("persistentVolumeClaim", "claimName")
    return Claim(
        name=name,
        place=reference,
        storage_class=Setting(None, Setter.UNKNOWN, reference),
        access_modes=Setting(None, Setter.UNKNOWN, reference),
        size=Setting(None, Setter.UNKNOWN, reference),
    )


def _volume_kind(data: Mapping[str, Any]) -> VolumeKind:
    kinds = {
        VolumeKind.EMPTY_DIR: ("emptyDir",),
        VolumeKind.HOST_PATH: ("hostPath",),
        VolumeKind.NETWORK: _NETWORK_VOLUMES,
        VolumeKind.CONFIG: _CONFIG_VOLUMES,
    }
    for kind, keys in kinds.items():
        if any(key in data for key in keys):
            return kind
    # A volume with a name and nothing else is an emptyDir (kubernetes/api core/v1 VolumeSource defaulting).
    return VolumeKind.EMPTY_DIR if set(data) <= {"name"} else VolumeKind.OTHER


def environment(container: Container, namespace: str | None, bundle: Bundle) -> dict[str, Setting[str]]:
    """Environment of a container: `envFrom` first, `env` over it, `$(VAR)` expanded.

    A value from a Secret, a field, or a ConfigMap that is not in the bundle is UNKNOWN with None.
    """
    found: dict[str, Setting[str]] = {}
    for data in items(container.data.get("envFrom")):
        found.update(_env_from(data, namespace, bundle))
    size = 0
    for index, data in enumerate(items(container.data.get("env"))):
        name = dig(data, "name")
        if isinstance(name, str):
            before = found if size < _LONGEST_ENVIRONMENT else {}
            found[name] = _env_value(data, container.place.child("env", index), before, namespace, bundle)
            size += len(found[name].value or "")
    return found


def hidden_environment(container: Container, namespace: str | None, bundle: Bundle) -> bool:
    """Whether `envFrom` names a Secret or ConfigMap that the bundle does not hold: more variables may be set."""
    for data in items(container.data.get("envFrom")):
        name = dig(data, "configMapRef", "name")
        if not isinstance(name, str) or bundle.find("", "ConfigMap", name, namespace) is None:
            return True
    return False


def _env_from(data: Any, namespace: str | None, bundle: Bundle) -> dict[str, Setting[str]]:
    name = dig(data, "configMapRef", "name")
    source = bundle.find("", "ConfigMap", name, namespace) if isinstance(name, str) else None
    if source is None:
        return {}
    prefix = dig(data, "prefix")
    prefix = prefix if isinstance(prefix, str) else ""
    return {
        prefix + key: Setting(value, Setter.WRITTEN, source.place("data", key))
        for key, value in string_map(source.get("data")).items()
    }


def _env_value(
    data: Mapping[str, Any], place: Place, before: Mapping[str, Setting[str]], namespace: str | None, bundle: Bundle
) -> Setting[str]:
    reference = dig(data, "valueFrom", "configMapKeyRef")
    if isinstance(reference, dict):
        name, key = reference.get("name"), reference.get("key")
        source = bundle.find("", "ConfigMap", name, namespace) if isinstance(name, str) else None
        value = source.get("data", key) if source is not None and isinstance(key, str) else None
        if source is not None and isinstance(value, str) and isinstance(key, str):
            return Setting(value, Setter.WRITTEN, source.place("data", key))
    if data.get("valueFrom") is not None:
        return Setting(None, Setter.UNKNOWN, place.child("valueFrom"))
    value = data.get("value")
    if value is None:
        return Setting("", Setter.WRITTEN, place)
    return _expanded(value if isinstance(value, str) else str(value), place.child("value"), before)


def _expanded(value: str, place: Place, before: Mapping[str, Setting[str]]) -> Setting[str]:
    """`$(VAR)` replaced by variables defined before; UNKNOWN where one of them is (core/v1 EnvVar)."""
    if "$(" not in value:
        return Setting(value, Setter.WRITTEN, place)
    hidden = False

    def replace(match: re.Match[str]) -> str:
        nonlocal hidden
        known = before.get(match.group(1))
        if known is None:
            return match.group()
        hidden = hidden or not known.known
        return match.group() if known.value is None else known.value

    length = len(value)
    for match in _REFERENCE.finditer(value):
        named = before.get(match.group(1))
        length += len(named.value or "") if named else 0
    if length > _LONGEST_VALUE:
        return Setting(value, Setter.UNKNOWN, place)
    text = _REFERENCE.sub(replace, value)
    return Setting(text, Setter.UNKNOWN if hidden else Setter.WRITTEN, place)


def pod_names(workload: str, start: int, replicas: int | None) -> tuple[str, ...]:
    """Names of a StatefulSet's pods (apps/v1: `<name>-<ordinal>`, ordinals from `spec.ordinals.start`)."""
    return tuple(f"{workload}-{ordinal}" for ordinal in range(start, start + min(replicas or 0, 1000)))
