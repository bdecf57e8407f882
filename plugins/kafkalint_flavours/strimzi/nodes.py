"""The pods of a pool as the operator puts them together (`WorkloadUtils.createStatefulPod`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kafkalint.kafka.model import Container, Heap, PodTemplate, Setter, Setting
from kafkalint.manifests.resources import Place, items, string_map
from kafkalint.manifests.shapes import mapping, text
from kafkalint_flavours.strimzi.labels import custom_labels, pod_labels

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kafkalint_flavours.strimzi.operators import Operator
    from kafkalint_flavours.strimzi.storage import Storage
    from kafkalint_flavours.strimzi.templates import Part, Templates

_NOT_IN_SPEC: Final = ("metadata", "tmpDirSizeLimit", "templatedVolumes")
_PROVIDER: Final = "STRIMZI_POD_SECURITY_PROVIDER_CLASS"
_RESTRICTED: Final = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}


class Body(NamedTuple):
    """What a pool's pods are made of, and where each piece is written."""

    container: str
    """The container's name, which is also its template's: `kafka` and `kafkaContainer`."""
    place: Place
    """Where resources and JVM options of the pool stand."""
    spec: Place
    """Where image and probes of the component stand."""
    templates: Templates
    storage: Storage
    image: str
    ports: tuple[tuple[str, int | None], ...]
    operator: Operator
    complete: bool = True


def pod_template(
    body: Body, labels: Mapping[str, str], pod_set: str, affinity: object, init: Container | None
) -> PodTemplate:
    """The pods of a pool: the template that takes effect, and what the operator adds to it."""
    part = body.templates.part("pod")
    container = _container(body)
    spec = {key: value for key, value in part.data.items() if key not in _NOT_IN_SPEC and value is not None}
    if affinity is not None:
        spec["affinity"] = affinity
    spec |= {"containers": [container.data], **_security(body, part)}
    if init is not None:
        spec["initContainers"] = [init.data]
    metadata = mapping(part.data.get("metadata"))
    custom = custom_labels(body.operator, f"STRIMZI_CUSTOM_{body.container.upper()}_LABELS")
    return PodTemplate(
        labels=pod_labels(labels, custom, metadata.get("labels"), pod_set=pod_set, operator=body.operator),
        spec=spec,
        base=part.place,
        parts={"containers": body.place, "initContainers": body.spec},
        labels_place=part.place.child("metadata", "labels"),
        annotations=string_map(metadata.get("annotations")),
        containers=(container,),
        init_containers=(init,) if init is not None else (),
        complete=body.complete,
    )


def init_container(place: Place, resources: object) -> Container:
    """The container that asks the API server for the node's rack or address (`KafkaCluster.createInitContainer`)."""
    data: dict[str, Any] = {"name": "kafka-init", "command": ["/opt/strimzi/bin/kafka_init_run.sh"]}
    if resources is not None:
        data["resources"] = resources
    return Container("kafka-init", "", data, place, init=True)


def heap(options: Place) -> Heap:
    """The heap that the `jvmOptions` at a place set; without them the operator sizes it (`JvmOptionUtils`)."""
    data = mapping(options.value)
    return Heap(_bound(data, "-Xms", options), _bound(data, "-Xmx", options))


def _bound(data: Mapping[str, Any], name: str, place: Place) -> Setting[str]:
    value = text(data.get(name))
    return Setting(value, Setter.WRITTEN if value else Setter.OPERATOR, place.child(name))


def _container(body: Body) -> Container:
    template = body.templates.part(f"{body.container}Container")
    mounts = [{"name": disk.mount.volume, "mountPath": disk.mount.path} for disk in body.storage.disks]
    data: dict[str, Any] = {
        "name": body.container,
        "image": body.image,
        "ports": [{"name": name, "containerPort": number} for name, number in body.ports],
        "volumeMounts": [*mounts, *items(template.data.get("volumeMounts"))],
    }
    resources = body.place.child("resources").value
    if resources is not None:
        data["resources"] = resources
    if template.data.get("env") is not None:
        data["env"] = template.data["env"]
    security = template.data.get("securityContext")
    if security is None and "restricted" in body.operator.environment.get(_PROVIDER, "").lower():
        security = _RESTRICTED
    if security is not None:
        data["securityContext"] = security
    data |= _probes(body)
    own = {name: template.place.child(name) for name in ("env", "securityContext", "volumeMounts")}
    shared = {name: body.spec.child(name) for name in ("image", "livenessProbe", "readinessProbe")}
    parts = {**own, **shared, "resources": body.place.child("resources")}
    return Container(body.container, body.image, data, body.place, parts=parts)


def _probes(body: Body) -> dict[str, Any]:
    """Probes as far as they are written; the operator's own run a script that only looks at a file or a port."""
    found = {}
    for name in ("livenessProbe", "readinessProbe"):
        options = body.spec.child(name).value
        if isinstance(options, dict):
            script = f"/opt/kafka/{body.container}_{name.removesuffix('Probe')}.sh"
            found[name] = {"exec": {"command": [script]}, **options}
    return found


def _security(body: Body, part: Part) -> dict[str, Any]:
    """The security context that a pod without a written one has on its volumes (`BaselinePodSecurityProvider`)."""
    if part.data.get("securityContext") is not None or not body.storage.persistent:
        return {}
    return {"securityContext": {"fsGroup": 0}}
