"""What identifies a finding when lines have moved: the rule, the object and the value, in words or as a hash."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from kafkalint.manifests.resources import Place, dig, pointer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.checking.finding import Located
    from kafkalint.manifests.text import Text

_LONGEST = 200
_KEPT = 100
_OTHER_NAMES = ("alert", "record", "id", "port", "key")
"""What items without a name go by, where it is one item's alone: rules of Prometheus, ports, tolerations."""
_ASSIGNMENT = re.compile(r"[ \t]*[=:]")
_KIND = re.compile(r"^kind:[ \t]*(\S+)", re.MULTILINE)
_NAME = re.compile(r"(?:^[ \t]+|[{,][ \t]*)name:[ \t]*([^\s,}]+)", re.MULTILINE)
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
    """A JSON pointer, in which items that are called something go by it."""
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
    """The fingerprint of a finding within its file: it outlives changes of lines, messages and values.

    Of rule, object and value, or of rule and line's text where it speaks of text; and of what tells it from others that
    share these, lest one changes when another one goes. Two findings may still share one.
    """
    finding, location = located.finding, located.location
    cluster = finding.cluster or ""
    if isinstance(finding.place, Place):
        return _hash([*_identity(finding.code, finding.place), _piece(finding.place), cluster])
    line = location.text.line(location.line).strip()
    return _hash([finding.code, line, *_object_around(location.text, location.line), cluster])


def _piece(place: Place) -> str:
    """What a piece of a string value is about: the line that it stands in, up to the sign behind a setting's name."""
    value = place.value
    if place.fragment is None or not isinstance(value, str):
        return ""
    start = value.rfind("\n", 0, place.fragment.start) + 1
    return _ASSIGNMENT.split(value[start:].partition("\n")[0].strip(), maxsplit=1)[0]


def _object_around(text: Text, line: int) -> tuple[str, str]:
    """Kind and name of the object that a line stands in, as far as they show without parsing: it may be broken."""
    content, offset = text.content, text.line_starts[min(line, len(text.line_starts)) - 1]
    start = content.rfind("\n---", 0, offset + len("\n---") - 1) + 1
    end = content.find("\n---", offset)
    document = content[start : end if end >= 0 else len(content)]
    kind, name = (match[1] if match else "" for match in (_KIND.search(document), _NAME.search(document)))
    return kind, name


def fingerprint_of(code: str, place: Place) -> str:
    """The fingerprint of what a rule says of a value: it outlives changes of lines, files and API versions."""
    return _hash(_identity(code, place))


def _identity(code: str, place: Place) -> list[str]:
    resource = place.resource
    kind = f"{resource.group}/{resource.kind}"
    return [code, kind, resource.namespace or "", resource.name, pointer(tuple(_steps(place)))]


def _steps(place: Place) -> Iterator[str | int]:
    """The route, in which items go by what they are called: a sidecar before a container makes it no other one."""
    for index, step in enumerate(place.route):
        yield _item(place.resource.get(*place.route[:index]), step) if isinstance(step, int) else step


def _item(items: Any, index: int) -> str | int:
    item = dig(items, index)
    name = dig(item, "name")
    if isinstance(name, str):
        return f"name={name}"
    for key in _OTHER_NAMES:
        value = dig(item, key)
        alone = isinstance(value, str | int) and [dig(each, key) for each in items].count(value) == 1
        if alone and not isinstance(value, bool):
            return f"{key}={value}"
    return index


def _hash(identity: list[str]) -> str:
    import json  # noqa: PLC0415 - many reports need no fingerprint

    return hashlib.sha256(json.dumps(identity).encode()).hexdigest()
