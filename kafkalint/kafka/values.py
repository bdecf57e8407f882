"""Values that know who set them, and where they stand or would have to be written."""

# No postponed annotations, as in model.py.

from enum import Enum
from typing import Generic, NamedTuple, TypeVar

from kafkalint.manifests.resources import Place

T = TypeVar("T")


class Setter(Enum):
    """Who decides a value."""

    WRITTEN = "written"
    OPERATOR = "the operator's default"
    IMAGE = "the image's default"
    KAFKA = "Kafka's default"
    KUBERNETES = "Kubernetes' default"
    UNKNOWN = "unknown"


class Setting(NamedTuple, Generic[T]):
    """A value, who set it, and where it stands or would have to be written.

    `value` is None where the setter is UNKNOWN (the input does not say), and where the value in effect is "none". Where
    only a part of an UNKNOWN value is decided at run time it is the text as written: `PLAINTEXT://$(POD_NAME).kafka:9092`.
    """

    value: T | None
    by: Setter
    place: Place

    @property
    def known(self) -> bool:
        """Whether the input decides the value."""
        return self.by is not Setter.UNKNOWN

    @property
    def written(self) -> bool:
        """Whether a manifest of the input states it."""
        return self.by is Setter.WRITTEN
