"""What identifies a finding when lines have moved: the rule, the object and the value, in words or as a hash."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, NamedTuple

from kafkalint.manifests.resources import Place, dig, pointer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.checking.finding import Located

_LONGEST = 200
_KEPT = 100
_SURROGATE = re.compile(r"[\ud800-\udfff]")


class Subject(NamedTuple):
    """What a finding is about, whichever file it stands in: a rule, and a value of an object or a line of text.

    Two findings may have one: objects without a namespace in two folders, two words in one value.
    """

    code: str
    kind: str = ""
    """API group and kind, `apps/StatefulSet`; `/Service` for the core group, empty for text that is no object's."""
    namespace: str = ""
    """Empty where it is not stated."""
    name: str = ""
    route: str = ""
    """A JSON pointer, in which items that have a name go by it."""
    text: str = ""
    """The line, where it speaks of text."""


def subject_of(located: Located) -> Subject:
    """What a finding is about."""
    finding, location = located.finding, located.location
    if isinstance(finding.place, Place):
        return Subject(*map(brief, _identity(finding.code, finding.place)))
    return Subject(finding.code, text=brief(location.text.line(location.line).strip()))


def brief(text: str) -> str:
    """A text that a file can hold and a reader read; what is cut off of a long one stands in it as a hash."""
    text = writable(text)
    if len(text) <= _LONGEST:
        return text
    return f"{text[:_KEPT]}… sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def writable(text: str) -> str:
    """A text that a file can hold: no half of a surrogate pair."""
    return _SURROGATE.sub("\ufffd", text)


def fingerprint(located: Located) -> str:
    """The fingerprint of a finding: of rule, object and value; of rule, file and line's text where it speaks of text.

    Two findings may share one, as they may share a subject.
    """
    finding, location = located.finding, located.location
    if isinstance(finding.place, Place):
        return fingerprint_of(finding.code, finding.place)
    return _hash([finding.code, location.file, location.text.line(location.line).strip()])


def fingerprint_of(code: str, place: Place) -> str:
    """The fingerprint of what a rule says of a value: it outlives changes of lines, files and API versions."""
    return _hash(_identity(code, place))


def _identity(code: str, place: Place) -> list[str]:
    resource = place.resource
    kind = f"{resource.group}/{resource.kind}"
    return [code, kind, resource.namespace or "", resource.name, pointer(tuple(_steps(place)))]


def _steps(place: Place) -> Iterator[str | int]:
    """The route, in which items that have a name go by it: a sidecar in front of a container makes it no other one."""
    for index, step in enumerate(place.route):
        name = dig(place.resource.get(*place.route[: index + 1]), "name") if isinstance(step, int) else None
        yield f"name={name}" if isinstance(name, str) else step


def _hash(identity: list[str]) -> str:
    import json  # noqa: PLC0415 - many reports need no fingerprint

    return hashlib.sha256(json.dumps(identity).encode()).hexdigest()
