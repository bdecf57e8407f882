"""What a function's configuration asks of the gate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from kafkalint.checking.locating import location_of
from kafkalint.manifests.resources import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.gating.resource_lists import ResourceList

_SECTIONS = ("spec", "data")
"""Where a function's own kind of configuration has its settings, and where a ConfigMap has them."""


class Setting(NamedTuple):
    """One setting, by the name that the command line has for it: `fail-on`."""

    name: str
    text: str
    place: Place

    @property
    def spot(self) -> str:
        """Where it stands: `-:12:3`."""
        location = location_of(self.place.source.name, self.place.source.text, self.place.span())
        return f"{location.file}:{location.start.line}:{location.start.column}"


def settings(given: ResourceList) -> Iterator[Setting]:
    """The settings of `functionConfig`, written as Kubernetes has it (`failOn`) or as options are (`fail-on`)."""
    config = given.wrapper.get("functionConfig")
    for section in _SECTIONS:
        values = config.get(section) if isinstance(config, dict) else None
        for key, value in values.items() if isinstance(values, dict) else ():
            place = given.wrapper.place("functionConfig", section, key)
            yield Setting(_dashed(key), _text(value), place)


def _dashed(key: str) -> str:
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in key)


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(_text, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
