"""Operations on what Helm rendered, made in the template where its own text says the value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kafkalint.checking.fix import AddResource, RemoveEntry, RemoveValue, RenameKey, RewriteText, SetValue
from kafkalint.fixing.origin.template_lines import ActionLine, TemplateLine, lines_of
from kafkalint.fixing.text.edits import Refusal
from kafkalint.fixing.text.ingredients import Ingredient
from kafkalint.fixing.text.phrasing import scalar
from kafkalint.fixing.text.style import Style
from kafkalint.manifests.composer import ComposeError, compose
from kafkalint.manifests.documents import documents
from kafkalint.manifests.nodes import Scalar, Sequence
from kafkalint.manifests.origin.helm_values import around, chart_of, helpers_of, is_control, template_files, values_read
from kafkalint.manifests.origin.origin_files import opened
from kafkalint.manifests.resources import Place, Resource, fragment_span
from kafkalint.manifests.scalars import resolve_scalar
from kafkalint.manifests.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypeAlias

    from kafkalint.checking.fix import Operation, ValueOperation
    from kafkalint.manifests.documents import Document
    from kafkalint.manifests.sources import Source

    Line: TypeAlias = TemplateLine | ActionLine


def at_template(operation: Operation) -> Operation:
    """An operation on a rendered chart made in its template; raises Refusal, naming the values that decide instead."""
    if isinstance(operation, RewriteText):
        return _same_text(operation.place.source, operation.place.span(), operation.text)
    if isinstance(operation, RemoveEntry):
        key, base = operation.key, operation.document.span.start
        return _same_text(operation.document.source, Span(base + key.start, base + key.end), None)
    resource = operation.beside if isinstance(operation, AddResource) else operation.place.resource
    template = _Template(resource.document)
    written = template.written_out(resource)
    if isinstance(operation, AddResource):
        if written is None:
            raise Refusal(template.why_no_object(str(operation.data.get("kind"))))
        return operation._replace(beside=written)
    if written is not None:
        there = Place(written, operation.place.route, operation.place.fragment)
        if there.value == operation.place.value:
            return operation._replace(place=there)
    return template.in_line(operation)


class _Template:
    """The template that a rendered document comes from."""

    def __init__(self, document: Document) -> None:
        named = document.helm_source
        file = opened(document.source, document.source.origins.get(named or ""))
        if named is None or file is None:
            raise Refusal(f"{named or 'its template'} is not in the working tree")
        self.file = file
        self.chart = chart_of(document.source, named, file)

    @property
    def content(self) -> str:
        return self.file.text.content

    def written_out(self, rendered: Resource) -> Resource | None:
        """The object in a document of the template that holds no action; None where it is not written like that."""
        for found in self.file.candidates(rendered):
            if found.name == rendered.name and "{{" not in found.document.text:
                return found
        return None

    def homes(self, resource: Resource) -> list[Span]:
        """The documents that may write an object: of its kind, and of its name where one of them has it outright."""
        kind = re.compile(rf"^kind:[ \t]*[\"']?{re.escape(resource.kind)}\b", re.MULTILINE)
        name = re.compile(rf"^[ \t]+name:[ \t]*[\"']?{re.escape(resource.name)}[\"']?[ \t]*$", re.MULTILINE)
        found = [each for each in self.file.documents if kind.search(each.text)]
        named = [each for each in found if name.search(each.text)]
        return [each.span for each in (named if len(named) == 1 else found)]

    def lines(self, place: Place) -> list[Line]:
        """The lines of the documents that may write an object."""
        homes = self.homes(place.resource) or [Span(0, len(self.content))]
        return [line for within in homes for line in lines_of(self.content, within)]

    def in_line(self, operation: ValueOperation) -> Operation:
        """A scalar changed on the only line that writes it; raises Refusal."""
        place = operation.place
        lines = self.lines(place)
        keys = _keys(place)
        exact = [line for line in lines if isinstance(line, TemplateLine) and line.path == keys]
        plain = [
            (line, node) for line in exact for node in self.scalars(line) if _is_same(resolve_scalar(node), place.value)
        ]
        sure = len(plain) == 1 and (len(exact) == 1 or len(self.homes(place.resource)) == 1)
        span = self.to_change(operation, *plain[0]) if sure else None
        if span is None:
            raise Refusal(self.why_not(place, lines))
        return RewriteText(Ingredient(self.file.source, span), _text(operation, plain[0][1]))

    def scalars(self, line: TemplateLine) -> list[Scalar]:
        """What a line without any action says: a scalar, or those of a list."""
        rest = self.content[line.rest.start : line.rest.end]
        if "{{" in rest:
            return []
        try:
            node = compose(rest)
        except ComposeError:
            return []
        found = node.items if isinstance(node, Sequence) else [node] if node is not None else []
        return [each for each in found if isinstance(each, Scalar) and _is_simple(each)]

    def to_change(self, operation: ValueOperation, line: TemplateLine, node: Scalar) -> Span | None:
        """The piece of a line that an operation replaces; None where it is not about one line."""
        if not isinstance(operation.place.route[-1], str) and not isinstance(operation, SetValue):
            return None
        if isinstance(operation, RenameKey):
            return line.key
        if isinstance(operation, RemoveValue):
            above = operation.place.resource.get(*operation.place.route[:-1])
            alone = not isinstance(above, dict) or len(above) < 2
            return None if line.item or alone else Span(line.key.start, line.rest.end)
        if not isinstance(operation, SetValue) or isinstance(operation.value, dict | list):
            return None
        piece: Span | None = Span(node.start, node.end)
        if operation.place.fragment is not None:
            piece = fragment_span(self.content[line.rest.start : line.rest.end], node, operation.place.fragment)
        return Span(line.rest.start + piece.start, line.rest.start + piece.end) if piece else None

    def why_not(self, place: Place, lines: Iterable[Line]) -> str:
        """Which values decide what stands at a place, and where they are set."""
        found = list(lines)
        keys = _keys(place)
        for end in range(len(keys), 0, -1):
            at = [line for line in found if isinstance(line, TemplateLine) and line.path == keys[:end]]
            if not at:
                continue
            spans = [line.rest for line in at]
            if end < len(keys) or not any(self.content[span.start : span.end].strip() for span in spans):
                spans += self.written_into(found, keys[:end])
            if end == len(keys) and not place.written:
                spans += [span for line in at for span in around(self.content, line.key.start)]
            read = values_read(self.content, spans, helpers_of(self.chart))
            first = self.where(at[0].key)
            if read:
                return f"{first} reads {self.chart.all_told(read)}"
            return f"{first} is part of a template that reads no value for it"
        return f"{self.file.name} is a template that does not write it out"

    def written_into(self, lines: Iterable[Line], path: tuple[str, ...]) -> list[Span]:
        """The actions that stand alone on a line and write keys of a mapping."""
        found = [line.span for line in lines if isinstance(line, ActionLine) and line.path == path]
        return [span for span in found if not is_control(self.content[span.start : span.end])]

    def why_no_object(self, kind: str) -> str:
        """Which values decide whether the chart makes an object of a kind."""
        for name in template_files(self.chart):
            file = opened(self.chart.source, name)
            content = file.text.content if file is not None else ""
            match = re.search(rf"^kind:[ \t]*[\"']?{re.escape(kind)}\b", content, re.MULTILINE)
            if file is None or match is None:
                continue
            before = max(content.rfind("\n---", 0, match.start()), 0)
            conditions = [
                Span(*found.span())
                for found in re.finditer(r"\{\{-?\s*(?:if|with)\b.*?\}\}", content[before : match.start()])
            ]
            spans = [Span(before + start, before + end) for start, end in conditions]
            read = values_read(content, spans, helpers_of(self.chart))
            if read:
                return f"{name} makes one if told to by {self.chart.all_told(read)}"
        return f"{self.file.name}, which its object comes from, is a template"

    def where(self, span: Span) -> str:
        """A place in the template in words."""
        return f"{self.file.name}:{self.file.text.position(span.start).line}"


def _keys(place: Place) -> tuple[str, ...]:
    return tuple(step for step in place.route if isinstance(step, str))


def _is_simple(node: Scalar) -> bool:
    """Whether a scalar stands on its line as a whole, and for itself."""
    return node.style not in ("|", ">") and node.end > node.start and node.anchor is None and node.tag is None


def _is_same(one: object, other: object) -> bool:
    return type(one) is type(other) and one == other


def _text(operation: ValueOperation, node: Scalar) -> str:
    """What is written in place of what an operation replaces."""
    if isinstance(operation, RenameKey):
        return scalar(operation.key, Style())
    if not isinstance(operation, SetValue):
        return ""
    if operation.place.fragment is not None:
        return str(operation.value)
    return scalar(operation.value, Style(), quote=node.style)


def _same_text(source: Source, span: Span, text: str | None) -> Operation:
    """A piece of a line changed, or the line taken away, where the template has that very line, and has it once."""
    content = source.text.content
    start = content.rfind("\n", 0, span.start) + 1
    end = content.find("\n", span.end)
    line = content[start : end if end >= 0 else len(content)].rstrip("\r")
    document = next((d for d in documents(source) if d.span.start <= span.start < d.span.end), None)
    if document is None or span.end > start + len(line):
        raise Refusal("it is rendered by helm")
    file = _Template(document).file
    found = list(re.finditer(rf"^[ \t]*{re.escape(line.strip())}[ \t]*\r?$", file.text.content, re.MULTILINE))
    if len(found) != 1 or "{{" in line:
        raise Refusal(f"{file.name} has no such line, or has it more than once")
    at = file.text.content.index(line.strip(), found[0].start())
    if text is None:
        return RewriteText(Ingredient(file.source, Span(at, at + len(line.strip()))), "")
    moved = at - (start + len(line) - len(line.lstrip()))
    return RewriteText(Ingredient(file.source, Span(span.start + moved, span.end + moved)), text)
