"""References to container images, taken apart."""

from __future__ import annotations

from typing import NamedTuple

DOCKER_HUB = "docker.io"
"""The registry that is meant where a reference names none."""

_DOCKER_HUB_NAMES = frozenset({"docker.io", "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"})


class ImageReference(NamedTuple):
    """An image as the kubelet would pull it; parts that are not written are empty or None, and nothing is refused."""

    registry: str
    repository: str
    tag: str | None = None
    digest: str | None = None

    @classmethod
    def parse(cls, text: object) -> ImageReference:
        """Take a reference apart by Docker's rules, whatever characters a template or a placeholder left in it.

        The first part is a registry if it holds a dot or a colon or is `localhost`
        (distribution/reference, `splitDockerDomain`).
        """
        if not isinstance(text, str):
            return cls(DOCKER_HUB, "")
        path, _, digest = text.strip().partition("@")
        slash = path.rfind("/")
        colon = path.rfind(":")
        tag = None
        if colon > slash:
            path, tag = path[:colon], path[colon + 1 :].strip()
        first, separator, rest = path.partition("/")
        if separator and ("." in first or ":" in first or first == "localhost"):
            registry, repository = first, rest
        else:
            registry, repository = DOCKER_HUB, path
        if registry in _DOCKER_HUB_NAMES:
            registry = DOCKER_HUB
        return cls(registry, repository.strip(": "), tag or None, digest.strip() or None)

    @property
    def last_two(self) -> str:
        """The owner and the name in lower case (`bitnami/kafka`): what survives a mirror's prefix."""
        return "/".join(self.repository.lower().split("/")[-2:])

    @property
    def name(self) -> str:
        """The last part of the path in lower case: `cp-kafka`."""
        return self.repository.lower().rpartition("/")[2]

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        digest = f"@{self.digest}" if self.digest else ""
        return f"{self.registry}/{self.repository}{tag}{digest}"
