"""Suppressions written as YAML comments, and the part of the text that each of them speaks for."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from collections.abc import Sequence as SequenceOf
from functools import cached_property
from typing import NamedTuple

from kafkalint.manifests.comments import inside, scalar_spans
from kafkalint.manifests.documents import Document, documents
from kafkalint.manifests.nodes import Mapping, Node, Sequence
from kafkalint.manifests.sources import Source
from kafkalint.manifests.text import Span

_COMMENT = re.compile(
    r"(?:^|(?<=[ \t]))\#[ \t]*kafkalint:[ \t]*(?P<verb>[\w-]*)[ \t]*(?:\[(?P<words>[^\]\r\n]*)\])?(?P<reason>[^\r\n]*)",
    re.MULTILINE,
)
_NEXT_COMMENT = re.compile(r"(?:^|[ \t])#")
_LEADING = re.compile(r"(?:(?:[ \t]*(?:\#[^\r\n]*)?|(?:---|%)[^\r\n]*|[ \t]*\{\{[^\r\n]*\}\}[ \t]*)(?:\r\n|\n|\r|\Z))*")
_OPENS_NEXT_LINE = re.compile(r"(?:---)?[ \t-]*")
_USAGE = "write `# kafkalint: ignore[KL301] reason`, or `ignore-file[…]` above everything else"


class Comment(NamedTuple):
    """A suppression comment, and where a finding has to begin for it to hold."""

    words: tuple[str, ...]
    """Codes and names as written."""
    reason: str
    span: Span
    """The comment itself, as offsets in the source's text."""
    regions: tuple[Span, ...] = ()
    """Parts of the text that it speaks for; the line that it ends is one."""
    whole_file: bool = False
    problem: str = ""
    """Why it cannot be understood."""


class _Entry(NamedTuple):
    """A key with its value, an item of a sequence, or a whole document."""

    span: Span
    is_pair: bool


class _Page:
    """One document, ready to say what stands where."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.base = document.span.start

    @cached_property
    def entries(self) -> list[_Entry]:
        """In the order of the text, outer ones first."""
        root = self.document.root
        if root is None:
            return []
        return [_Entry(self.shifted(root.start, root.end), is_pair=False), *self._inside(root)]

    def _inside(self, root: Node) -> Iterator[_Entry]:
        stack: list[Node] = [root]
        found: list[_Entry] = []
        while stack:
            node = stack.pop()
            if isinstance(node, Mapping):
                for key, value in node.pairs:
                    found.append(_Entry(self.shifted(key.start, max(key.end, value.end)), is_pair=True))
                    stack.append(value)
            elif isinstance(node, Sequence):
                found += [_Entry(self.shifted(item.start, item.end), is_pair=False) for item in node.items]
                stack += node.items
        # Of those that begin at one place the outermost ends last.
        yield from sorted(found, key=lambda entry: (entry.span.start, -entry.span.end, entry.is_pair))

    @cached_property
    def starts(self) -> list[int]:
        """Where each entry begins."""
        return [entry.span.start for entry in self.entries]

    @cached_property
    def scalars(self) -> list[Span]:
        """Text in which a `#` begins no comment, in order."""
        return [self.shifted(*span) for span in scalar_spans(self.document.text, self.document.root)]

    def first_from(self, offset: int) -> Span | None:
        """The outermost entry of those that begin next."""
        index = bisect_left(self.starts, offset)
        return self.entries[index].span if index < len(self.entries) else None

    def pairs_between(self, start: int, end: int) -> Iterator[Span]:
        """Keys with their values that begin in a part of the text."""
        for entry in self.entries[bisect_left(self.starts, start) : bisect_left(self.starts, end)]:
            if entry.is_pair:
                yield entry.span

    def shifted(self, start: int, end: int) -> Span:
        return Span(self.base + start, self.base + end)

    def in_scalar(self, offset: int) -> bool:
        return inside(self.scalars, offset)

    @cached_property
    def content_start(self) -> int:
        """Where the comments at the head of the document end."""
        match = _LEADING.match(self.document.text)
        return self.base + (match.end() if match else 0)


def comments(source: Source) -> Iterator[Comment]:
    """Every suppression comment of a source, well-formed or not; a `#` inside a scalar is no comment.

    In a document that does not parse only `ignore-file` at the head of the file is read. Raises TextError.
    """
    content = source.text.content
    found = list(_COMMENT.finditer(content))
    pages = [_Page(document) for document in documents(source)] if found else []
    leading = _LEADING.match(content)
    head = leading.end() if leading else 0
    for match in found:
        comment = _comment(match, pages, head, source)
        if comment is not None:
            yield comment


def _comment(match: re.Match[str], pages: SequenceOf[_Page], head: int, source: Source) -> Comment | None:
    start, end = match.span()
    index = bisect_right(pages, start, key=lambda page: page.document.span.end)
    page = pages[index] if index < len(pages) else None
    if page and start >= head and (page.document.root is None or page.in_scalar(start)):
        return None
    words = tuple(word for word in re.split(r"[\s,]+", match["words"] or "") if word)
    reason, end = _reason(match, end)
    comment = Comment(words, reason, Span(start, end))
    if match["verb"] not in ("ignore", "ignore-file") or not words:
        return _problem(comment, f"it is not understood; {_USAGE}")
    if match["verb"] == "ignore-file":
        return _for_file(comment, page, pages, head, source)
    return _for_node(comment, index, pages, source)


def _reason(match: re.Match[str], end: int) -> tuple[str, int]:
    text = match["reason"]
    other = _NEXT_COMMENT.search(text)
    if other:
        text = text[: other.start()]
        end = match.start("reason") + len(text)
    return text.strip(" \t:-\u2013\u2014"), end


def _problem(comment: Comment, problem: str) -> Comment:
    return Comment(comment.words, comment.reason, comment.span, problem=problem)


def _for_file(
    comment: Comment, page: _Page | None, pages: SequenceOf[_Page], head: int, source: Source
) -> Comment | None:
    start = comment.span.start
    if source.text.position(start).column == 1:
        if start < head:
            return Comment(comment.words, comment.reason, comment.span, whole_file=True)
        # Helm strings the files of a chart together, and leaves each file's comments where they were.
        template = page.document.helm_source if page else None
        if page and template and start < page.content_start:
            regions = tuple(other.document.span for other in pages if other.document.helm_source == template)
            return Comment(comment.words, comment.reason, comment.span, regions)
    return _problem(comment, "`ignore-file` holds only at the first column above everything else in the file")


def _for_node(comment: Comment, index: int, pages: SequenceOf[_Page], source: Source) -> Comment | None:
    start, text = comment.span.start, source.text
    line = text.position(start).line
    line_span = Span(text.line_starts[line - 1], comment.span.end)
    regions: tuple[Span, ...]
    if _OPENS_NEXT_LINE.fullmatch(text.content, line_span.start, start):
        first = next((span for page in pages[index:] if (span := page.first_from(start))), None)
        if first is None:
            unread = any(page.document.root is None for page in pages[index:])
            return None if unread else _problem(comment, "nothing follows that it could speak for")
        regions = (first,)
    else:
        regions = (line_span, *(pages[index].pairs_between(line_span.start, start) if index < len(pages) else ()))
    return Comment(comment.words, comment.reason, comment.span, regions)
