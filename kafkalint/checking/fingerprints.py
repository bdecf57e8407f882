"""What identifies a finding when lines have moved: the rule, the object and the value, as a hash."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from kafkalint.manifests.resources import Place, dig, pointer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.checking.finding import Located


def fingerprint(located: Located) -> str:
    """The fingerprint of a finding: of rule, object and value; of rule, file and line's text where it speaks of text.

    Two findings may share one: objects without a namespace in two folders, two words in one value.
    """
    finding, location = located.finding, located.location
    if isinstance(finding.place, Place):
        return fingerprint_of(finding.code, finding.place)
    return _hash([finding.code, location.file, location.text.line(location.line).strip()])


def fingerprint_of(code: str, place: Place) -> str:
    """The fingerprint of what a rule says of a value: it outlives changes of lines, files and API versions."""
    resource = place.resource
    kind = f"{resource.group}/{resource.kind}"
    return _hash([code, kind, resource.namespace or "", resource.name, pointer(tuple(_steps(place)))])


def _steps(place: Place) -> Iterator[str | int]:
    """The route, in which items that have a name go by it: a sidecar in front of a container makes it no other one."""
    for index, step in enumerate(place.route):
        name = dig(place.resource.get(*place.route[: index + 1]), "name") if isinstance(step, int) else None
        yield f"name={name}" if isinstance(name, str) else step


def _hash(identity: list[str]) -> str:
    import json  # noqa: PLC0415 - many reports need no fingerprint

    return hashlib.sha256(json.dumps(identity).encode()).hexdigest()
