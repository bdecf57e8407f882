"""What a function's configuration asks of the gate."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from kafkalint.checking.locating import location_of
from kafkalint.manifests.nodes import Mapping, Scalar, content_of
from kafkalint.manifests.resources import Place
from kafkalint.manifests.scalars import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kafkalint.gating.resource_lists import ResourceList

_SECTIONS = ("spec", "data")
"""Where a function's own kind of configuration has its settings, and where a ConfigMap has them."""
_OBJECT = frozenset(("apiVersion", "kind", "metadata", *_SECTIONS))


class FunctionConfigError(Exception):
    """What is wrong with a function's configuration, each with its place."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class Setting(NamedTuple):
    """One setting, by the name that the command line has for it: `fail-on`."""

    name: str
    text: str
    place: Place

    def problem(self, words: str) -> str:
        """What is wrong with it, with its place: `-:12:3: …`."""
        return _placed(self.place, words)


def settings(given: ResourceList) -> list[Setting]:
    """The settings of `functionConfig`, written as Kubernetes has it (`failOn`) or as options are (`fail-on`).

    Raises FunctionConfigError where anything in it would go unheard: who asks for a stricter gate has to get it.
    """
    place = given.wrapper.place("functionConfig")
    if place.value is None:
        return []
    problems = list(_problems(place))
    section = next((place.child(name) for name in _SECTIONS if _mapping(place).get(name) is not None), None)
    found = (
        [Setting(_dashed(key), _text(value), section.child(key)) for key, value in _mapping(section).items()]
        if section
        else []
    )
    repeated = [name for name, times in Counter(setting.name for setting in found).items() if times > 1]
    problems += [_placed(place, f"{name} is given more than once") for name in repeated]
    if problems:
        raise FunctionConfigError(problems)
    return found


def _mapping(place: Place) -> dict[str, Any]:
    """The mapping at a place; an empty one where there is none."""
    value = place.value
    return value if isinstance(value, dict) else {}


def _problems(place: Place) -> Iterator[str]:
    config = place.value
    if not isinstance(config, dict):
        yield _placed(place, "functionConfig is no object")
        return
    for key in config:
        if key not in _OBJECT:
            yield _placed(
                place.child(key), f"{key} is no place for settings: they stand under spec, or in a ConfigMap's data"
            )
    sections = [name for name in _SECTIONS if config.get(name) is not None]
    if len(sections) > 1:
        yield _placed(place.child(sections[1]), "settings stand under spec or under data, and not under both")
    for name in sections:
        section = place.child(name)
        if not isinstance(section.value, dict):
            yield _placed(section, f"{name} is no mapping of settings")
        yield from _written_twice(section)


def _written_twice(section: Place) -> Iterator[str]:
    node = section.resource.node_at(*section.route)
    content = content_of(node) if node is not None else None
    keys = (
        [str(plain(key)) for key, _ in content.pairs if isinstance(key, Scalar)] if isinstance(content, Mapping) else []
    )
    for key, times in Counter(keys).items():
        if times > 1:
            yield _placed(section.child(key), f"{key} is written more than once")


def _placed(place: Place, words: str) -> str:
    location = location_of(place.source.name, place.source.text, place.span())
    return f"{location.file}:{location.start.line}:{location.start.column}: {words}"


def _dashed(key: str) -> str:
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in key)


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(_text, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
