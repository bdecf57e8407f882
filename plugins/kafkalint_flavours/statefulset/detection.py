"""The containers of a bundle that run Kafka or ZooKeeper, with all that tells how they are configured."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from kafkalint.kafka.images import ImageReference
from kafkalint.kafka.pods import pod_route, pod_template, volumes
from kafkalint.manifests.resources import items
from kafkalint_flavours.images import Dialect, dialect_of, kafka_version
from kafkalint_flavours.roles import Role, classify_container
from kafkalint_flavours.statefulset.files import Filesystem
from kafkalint_flavours.statefulset.program import Program, program_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.kafka.model import Container, PodTemplate, Volume
    from kafkalint.kafka.versions import Version
    from kafkalint.manifests.bundles import Bundle
    from kafkalint.manifests.resources import Resource


class Workload(NamedTuple):
    """A workload of the bundle, its pods and what each of their containers does for Kafka."""

    resource: Resource
    template: PodTemplate
    volumes: tuple[Volume, ...]
    roles: tuple[tuple[Container, Role], ...]
    """Containers that run beside one another, restartable init containers included, those without an image left out."""
    bundle: Bundle

    def containers(self, role: Role) -> tuple[Container, ...]:
        """The containers with one role."""
        return tuple(container for container, found in self.roles if found is role)

    def files(self, container: Container) -> Filesystem:
        """What one of its containers finds in its filesystem."""
        return Filesystem.of(container, self.volumes, self.bundle, self.resource.namespace)

    def program(self, container: Container) -> Program:
        """What one of its containers runs."""
        return program_of(container, self.files(container))


@dataclass(frozen=True)
class Server:
    """A container that runs Kafka or ZooKeeper."""

    workload: Workload
    container: Container

    @cached_property
    def image(self) -> ImageReference:
        """Its image, taken apart."""
        return ImageReference.parse(self.container.image)

    @property
    def dialect(self) -> Dialect:
        """How its image is configured."""
        return dialect_of(self.image)

    @cached_property
    def version(self) -> Version | None:
        """The Kafka release inside its image."""
        return kafka_version(self.image)

    @cached_property
    def files(self) -> Filesystem:
        """What it finds in its filesystem."""
        return self.workload.files(self.container)

    @cached_property
    def program(self) -> Program:
        """What it runs."""
        return program_of(self.container, self.files)

    @cached_property
    def preparations(self) -> tuple[tuple[Filesystem, Program], ...]:
        """What the init containers of its pod find and run, before it starts."""
        found = []
        for container in self.workload.template.init_containers:
            files = self.workload.files(container)
            found.append((files, program_of(container, files)))
        return tuple(found)


def workloads(bundle: Bundle) -> Iterator[Workload]:
    """Workloads of the bundle's own resources, with the roles of their containers."""
    for resource in bundle.primary:
        route = pod_route(resource)
        if route is None:
            continue
        template = pod_template(resource, route)
        if _is_patch(resource, template):
            continue
        found = Workload(resource, template, volumes(resource, template, bundle), (), bundle)
        roles = tuple(_roles(found))
        if roles:
            yield found._replace(roles=roles)


def servers(workload: Workload, role: Role) -> Iterator[Server]:
    """The containers of a workload that run Kafka, or ZooKeeper."""
    for container in workload.containers(role):
        yield Server(workload, container)


def _is_patch(resource: Resource, template: PodTemplate) -> bool:
    """Whether an object can only be a piece of one: no selector and no labels for it, which the API server refuses.

    What a controller made (`ownerReferences`) is left out as well: its owner stands for it.
    """
    owned = bool(items(resource.get("metadata", "ownerReferences")))
    selects = resource.kind in ("Pod", "Job", "CronJob") or resource.get("spec", "selector") is not None
    return owned or not (selects or template.labels.known)


def _roles(workload: Workload) -> Iterator[tuple[Container, Role]]:
    template = workload.template
    for container in (*template.containers, *template.init_containers):
        # A container without an image is a piece of a patch, and no pod's.
        if not container.image.strip(": "):
            continue
        if container.init and container.data.get("restartPolicy") != "Always":
            continue
        role = classify_container(_unfolded(workload, container), workload.resource.kind, init=container.init)
        if role is not Role.NONE:
            yield container, role


def _unfolded(workload: Workload, container: Container) -> dict[str, Any]:
    """The container with the variables and scripts that the bundle's ConfigMaps bring to it."""
    program = workload.program(container)
    found = {**container.data, "env": [{"name": name} for name in program.environment]}
    scripts = [text for text, place in program.scripts if place.resource is not workload.resource]
    if scripts:
        found["args"] = [*(word.text for word in program.arguments), *scripts]
        found["command"] = []
    return found
