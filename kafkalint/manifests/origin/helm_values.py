"""The values that a line of a Helm template reads, and where a chart sets them."""

from __future__ import annotations

import os
import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

from kafkalint.manifests.nodes import content_of
from kafkalint.manifests.origin.origin_files import OriginFile, opened
from kafkalint.manifests.scalars import child
from kafkalint.manifests.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kafkalint.manifests.sources import Source

    Path = tuple[str, ...]

_ACTION = re.compile(
    r"\{\{-?(?!-?\s*/\*)\s*(?P<expression>(?:\"(?:[^\"\\]|\\.)*\"|`[^`]*`|[^\"`])*?)\s*-?\}\}", re.DOTALL
)
_OPENING = re.compile(r"(if|with|range|define|block)\b\s*(.*)", re.DOTALL)
_ASSIGNED = re.compile(r"(\$\w+)\s*:?=\s*(.*)", re.DOTALL)
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"|`[^`]*`')
_VALUES = re.compile(r"\.Values((?:\.\w+)*)")
_INDEXED = re.compile(r'index\s+\$?\.Values((?:\.\w+)*)((?:\s+"[^"]*")+)')
_VARIABLE = re.compile(r"(\$\w+)((?:\.\w+)*)")
_FIELD = re.compile(r"(?<![\w$.)])\.(\w+(?:\.\w+)*)?")
_PARENTHESES = re.compile(r"\(\s*(\$?\w*(?:\.\w+)+)\s*\)(?=\.)")
_INCLUDED = re.compile(r'(?:include|template)\s+"([^"]+)"')
_BUILT_IN = frozenset(("Values", "Release", "Chart", "Capabilities", "Template", "Files", "Subcharts"))
_MOST_HELPERS = 200
_MOST_TOLD = 4


class Action(NamedTuple):
    """What stands between two pairs of braces, and what a dot means there."""

    start: int
    end: int
    expression: str
    dot: Path | None
    """The path in the values that `.` stands for; None where that is the root, or nobody knows."""
    variables: dict[str, Path]


def actions(content: str) -> Iterator[Action]:
    """The actions of a template, in order."""
    dots: list[Path | None] = []
    dot: Path | None = None
    variables: dict[str, Path] = {}
    for match in _ACTION.finditer(content):
        action = Action(match.start(), match.end(), match["expression"], dot, dict(variables))
        yield action
        opening = _OPENING.match(action.expression)
        assigned = _ASSIGNED.match(opening[2] if opening and opening[1] != "range" else action.expression)
        if assigned and (found := list(_read(action, assigned[2]))):
            variables[assigned[1]] = found[0]
        if opening:
            dots.append(dot)
            if opening[1] in ("with", "range"):
                dot = next(_read(action, opening[2]), None)
            elif opening[1] in ("define", "block"):
                dot = None
        elif action.expression == "end" and dots:
            dot = dots.pop()


def around(content: str, offset: int) -> list[Span]:
    """The actions that open the blocks in which a piece of a template lies, the outermost first."""
    opened_by: list[Span] = []
    for action in actions(content):
        if action.start >= offset:
            break
        if _OPENING.match(action.expression):
            opened_by.append(Span(action.start, action.end))
        elif action.expression == "end" and opened_by:
            opened_by.pop()
    return opened_by


def is_control(text: str) -> bool:
    """Whether a line's first action only decides what others write."""
    match = _ACTION.match(text)
    return match is None or re.match(r"(?:if|with|range|define|block|else|end)\b|\$", match["expression"]) is not None


def values_read(content: str, spans: Iterable[Span], helpers: dict[str, str]) -> list[Path]:
    """The paths in the values that the actions in these pieces of a template read, those of its helpers included."""
    wanted = list(spans)
    found: dict[Path, None] = {}
    for action in actions(content):
        if any(span.start <= action.start < span.end for span in wanted):
            found |= dict.fromkeys(_read(action, action.expression))
            for name in _INCLUDED.findall(action.expression):
                for inner in actions(helpers.get(name, "")):
                    found |= dict.fromkeys(_read(inner, inner.expression))
    longer = set(found)
    return [path for path in found if not any(other != path and other[: len(path)] == path for other in longer)]


def _read(action: Action, expression: str) -> Iterator[Path]:
    """The paths that an expression reads."""
    for path, keys in _INDEXED.findall(expression):
        yield (*_steps(path), *re.findall(r'"([^"]*)"', keys))
    bare = _STRING.sub('""', _INDEXED.sub("", expression))
    while _PARENTHESES.search(bare):
        bare = _PARENTHESES.sub(r"\1", bare)
    yield from (_steps(path) for path in _VALUES.findall(bare) if path)
    for name, path in _VARIABLE.findall(bare):
        if name in action.variables:
            yield (*action.variables[name], *_steps(path))
    if action.dot is not None:
        for path in _FIELD.findall(bare):
            steps = _steps(path)
            if not steps or steps[0] not in _BUILT_IN:
                yield (*action.dot, *steps)


def _steps(path: str) -> Path:
    return tuple(step for step in path.split(".") if step)


def helpers_of(chart: Chart) -> dict[str, str]:
    """The named templates of a chart, by name."""
    found: dict[str, str] = {}
    for name in template_files(chart):
        file = opened(chart.source, name) if name.endswith(".tpl") else None
        if file is not None:
            found |= _defined(file.text.content)
    return found


def template_files(chart: Chart) -> list[str]:
    """The files below a chart's `templates`, as reports name them."""
    names: list[str] = []
    folder = chart.folder
    top = os.path.join(chart.source.working_directory, folder, "templates")
    for place, folders, files in os.walk(top):
        folders.sort()
        below = os.path.relpath(place, top).replace(os.sep, "/")
        names += [posixpath.normpath(posixpath.join(folder, "templates", below, name)) for name in sorted(files)]
        if len(names) > _MOST_HELPERS:
            break
    return names


def _defined(content: str) -> Iterator[tuple[str, str]]:
    """Names and bodies of the templates that a text defines."""
    depth = 0
    begun: tuple[str, int] | None = None
    for match in _ACTION.finditer(content):
        expression = match["expression"]
        opening = _OPENING.match(expression)
        if opening and opening[1] == "define" and begun is None:
            begun, depth = (opening[2].strip().strip('"`'), match.end()), 0
        elif opening:
            depth += 1
        elif expression == "end" and depth:
            depth -= 1
        elif expression == "end" and begun is not None:
            yield begun[0], content[begun[1] : match.start()]
            begun = None


class Chart(NamedTuple):
    """The chart that a template belongs to, inside of the one that was rendered."""

    source: Source
    """The rendering."""
    folders: tuple[str, ...]
    """The folder of the chart that was rendered and those of the charts below it, down to the template's own."""
    called: tuple[str, ...]
    """What each of these but the first is called by the one above, in its values too."""

    @property
    def folder(self) -> str:
        """The template's own chart."""
        return self.folders[-1]

    def files(self, path: Path) -> Iterator[tuple[OriginFile, Path]]:
        """Files that may set a value, the one with the last word first, and its path there."""
        is_global = path[:1] == ("global",)
        given = [(name, 0) for name in reversed(_given(self.source))]
        own = [(posixpath.join(folder, "values.yaml"), level) for level, folder in enumerate(self.folders)]
        for name, level in (*given, *own):
            file = opened(self.source, name)
            if file is not None:
                yield file, path if is_global else (*self.called[level:], *path)

    def told(self, path: Path) -> str:
        """A value and where it is set, in words: `.Values.kafka.replicas (charts/app/values.yaml:12)`."""
        name = "".join(f".{step}" for step in path)
        for file, steps in self.files(path):
            line = _line_of(file, steps)
            if line:
                return f".Values{name} ({file.name}:{line})"
        own = posixpath.join(self.folder, "values.yaml")
        return f".Values{name} (not in {own})" if opened(self.source, own) else f".Values{name}"

    def all_told(self, paths: list[Path]) -> str:
        """Values in words, each with where it is set."""
        words = [self.told(path) for path in paths[:_MOST_TOLD]]
        if len(paths) > _MOST_TOLD:
            words.append(f"{len(paths) - _MOST_TOLD} more")
        return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def chart_of(source: Source, named: str, template: OriginFile) -> Chart:
    """The chart of a template that Helm names so, such as `app/charts/kafka/templates/set.yaml`."""
    parts = named.split("/")[1:]
    called: list[str] = []
    while len(parts) > 2 and parts[0] == "charts":
        called.append(parts[1])
        parts = parts[2:]
    folder = template.name.removesuffix("/".join(parts)).rstrip("/")
    folders = [folder]
    for _ in called:
        folder = posixpath.dirname(posixpath.dirname(folder))
        folders.insert(0, folder)
    return Chart(source, tuple(folders), tuple(called))


def _given(source: Source) -> list[str]:
    """The files of values that the chart was rendered with, as the rendering's name has them."""
    listed = source.name.removeprefix(f"{source.directory} [")
    return listed.removesuffix("]").split(", ") if listed != source.name else []


def _line_of(file: OriginFile, path: Path) -> int | None:
    """The line on which a file of values writes a key."""
    document = next(iter(file.documents), None)
    node = content_of(document.root) if document is not None and document.root is not None else None
    key = None
    for step in path:
        found = child(node, step) if node is not None else None
        if found is None:
            return None
        key, node = found[0], content_of(found[1])
    if document is None or key is None:
        return None
    return file.text.position(document.span.start + key.start).line
