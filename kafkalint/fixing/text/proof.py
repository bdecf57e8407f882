"""Whether edited text says what it was meant to say and nothing else, held to two parsers that know of no edits."""

from __future__ import annotations

import re
import warnings
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from kafkalint.checking.fix import AddResource, RemoveEntry, RemoveValue, RewriteText, SetValue, document_of
from kafkalint.fixing.text.edits import Edit, Pieces, Refusal, apply
from kafkalint.fixing.text.expecting import expected, same, value_at
from kafkalint.fixing.text.gathering import gathered
from kafkalint.fixing.text.ingredients import Ingredient
from kafkalint.fixing.text.routes import document_route
from kafkalint.fixing.text.writing import edits_for, removal_of
from kafkalint.manifests.comments import comment_spans, scalar_spans
from kafkalint.manifests.documents import Document, documents
from kafkalint.manifests.resources import Place
from kafkalint.manifests.scalars import plain
from kafkalint.manifests.sources import Source
from kafkalint.manifests.text import Span, TextError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from kafkalint.checking.fix import Operation
    from kafkalint.manifests.nodes import Node

_COMMENT = re.compile(r"#[^\r\n]*")
_START = re.compile(r"^---(?=[ \t\r\n]|\Z)", re.MULTILINE)


def prove(source: Source, edits: Sequence[Edit], operations: Sequence[Operation], *, thorough: bool) -> str:
    """The edited text; raises Refusal where it is not the old one with these operations made.

    Untouched documents have to stand to the letter; in the others every value that no operation was meant for has to be
    what it was, and so has every comment of the file but those of what is taken away. kafkalint's own reader is asked,
    and, where `thorough`, ruamel.yaml as well, and whether to do it again would change anything.
    """
    text = source.text.content
    after_text = apply(text, edits)
    if _is_rendered_from(operations):
        return after_text
    known = {document.index: document for operation in operations if (document := _document(operation))}
    before = [known.get(document.index, document) for document in documents(source)]
    after = _documents(source, after_text)
    added = _added(operations)
    if len(after) != len(before) + sum(len(data) for data in added.values()):
        raise Refusal("the edited text does not hold the documents that it should")
    news = []
    later = iter(after)
    for document in before:
        _prove_document(document, next(later), operations, thorough=thorough)
        for data in added.get(document.index, ()):
            news.append(next(later))
            if not same(_data(news[-1]), data):
                raise Refusal("the new object does not read as it was meant")
    _prove_comments(_parts(text, before), _parts(after_text, after, news), edits, operations)
    return after_text


def _is_rendered_from(operations: Sequence[Operation]) -> bool:
    """Whether only a rendering shows what a changed text says, so that it is the rendering that is held to it."""
    found = [isinstance(each, RewriteText) and isinstance(each.place, Ingredient) for each in operations]
    if any(found) and not all(found):
        raise Refusal("it would be changed both as a text and as an object")
    return any(found)


def _documents(source: Source, text: str) -> list[Document]:
    try:
        edited = Source(source.name, text.encode(), source.directory, working_directory=source.working_directory)
        return list(documents(edited))
    except UnicodeEncodeError:
        raise Refusal("half a character cannot be written") from None
    except TextError as error:
        raise Refusal(f"the edited text cannot be read: {error}") from None


def _added(operations: Sequence[Operation]) -> dict[int, list[Any]]:
    """New documents by the one that they stand behind."""
    found: dict[int, list[Any]] = {}
    for operation in operations:
        if isinstance(operation, AddResource) and not operation.beside.at:
            found.setdefault(operation.beside.document.index, []).append(dict(operation.data))
    return found


def _prove_document(before: Document, after: Document, operations: Sequence[Operation], *, thorough: bool) -> None:
    own = [each for each in operations if (document := _document(each)) and document.index == before.index]
    if before.text == after.text and not own:
        return
    if after.unreadable:
        raise Refusal(f"the edited text does not parse: {after.unreadable.problem}")
    if not same(_data(after), expected(_data(before), own)):
        raise Refusal("the edited text does not read as it was meant")
    if thorough:
        was, now = _by_ruamel(_without_tabs(before)), _by_ruamel(_without_tabs(after))
        if len(was) != 1 or len(now) != 1:
            raise Refusal("ruamel.yaml finds other documents in it")
        if not same(now[0], expected(was[0], own)):
            raise Refusal("ruamel.yaml reads the edited text differently")
        _prove_rest(after, own)


def _prove_rest(after: Document, operations: Sequence[Operation]) -> None:
    """Refuse what would go on changing if it were done again."""
    data = _data(after)
    there = {resource.at: resource for resource in after.resources}
    for operation in operations:
        if not isinstance(operation, SetValue) or operation.place.fragment is not None:
            continue
        resource = there.get(operation.place.resource.at)
        if resource is None or not same(value_at(data, document_route(operation.place)), operation.value):
            continue  # what was written has been moved or renamed by another operation
        if list(edits_for(SetValue(Place(resource, operation.place.route), operation.value))):
            raise Refusal("to do it again would change it again")


def _document(operation: Operation) -> Document | None:
    """The document that an operation is about; words may be outside of all."""
    return None if isinstance(operation, RewriteText) else document_of(operation)


def _data(document: Document) -> Any:
    return plain(document.root) if document.root is not None else None


class _Part(NamedTuple):
    """A document, or what stands between two: comments, and no other words."""

    text: str
    root: Node | None
    base: int
    """Where it begins in its source's text."""

    @property
    def comments(self) -> Iterator[tuple[Span, str]]:
        """Each comment with its place in the source's text."""
        for start, end in comment_spans(self.text, self.root):
            yield Span(self.base + start, self.base + end), self.text[start:end]


def _parts(text: str, found: Sequence[Document], news: Sequence[Document] = ()) -> Iterator[_Part]:
    """The documents of a text but for new ones, and what stands before, between and behind them."""
    end = 0
    for document in found:
        start, own_end = document.span
        if document not in news:
            yield _Part(text[end:start], None, end)
            yield _Part(text[start:own_end], document.root, start)
        elif text[end:start].strip():
            raise Refusal("a comment would not stay as it is")
        end = own_end
    yield _Part(text[end:], None, end)


def _prove_comments(
    before: Iterator[_Part], after: Iterator[_Part], edits: Sequence[Edit], operations: Sequence[Operation]
) -> None:
    gone = Pieces(
        removal_of(each).extent for each in gathered(operations) if isinstance(each, RemoveValue | RemoveEntry)
    )
    touched = Pieces(edit.span for edit in edits)
    words = {each.place.span(): each.text for each in operations if isinstance(each, RewriteText)}
    rewritten = Pieces(words)
    for was, now in zip(before, after, strict=True):
        if was.text == now.text:
            continue
        wanted: list[str] = []
        for span, text in was.comments:
            anew = rewritten.touching(span)
            if anew:
                wanted += _rewritten(text, span.start, [(place, words[place]) for place in anew])
            elif not (gone.touching(span) and touched.touching(span)):
                wanted.append(text)
        if wanted != [text for _, text in now.comments]:
            raise Refusal("a comment would not stay as it is")


def _rewritten(text: str, base: int, places: list[tuple[Span, str]]) -> list[str]:
    """A comment with pieces of it written anew; nothing where nothing is left of it."""
    for (start, end), words in sorted(places, reverse=True):
        head = text[: max(0, start - base)]
        text = (head if words else head.rstrip(" \t")) + words + text[end - base :]
    return _COMMENT.findall(text)[:1]


def _without_tabs(document: Document) -> str:
    """A document's text for ruamel.yaml, which reads no tabs between words; those in values stay."""
    text = document.text
    if "\t" not in text:
        return text
    parts, done = [], 0
    for start, end in scalar_spans(text, document.root, quoted=True):
        parts += [text[done:start].replace("\t", " "), text[start:end]]
        done = end
    return "".join([*parts, text[done:].replace("\t", " ")])


@lru_cache(maxsize=8)
def _by_ruamel(text: str) -> tuple[Any, ...]:
    """The documents of a text as ruamel.yaml has them, by the rules of YAML 1.1, which Kubernetes' reader follows."""
    from ruamel.yaml import YAML  # noqa: PLC0415 - only who is about to write pays for it

    yaml = YAML(typ="safe", pure=True)
    yaml.version = (1, 1)
    yaml.Constructor = _constructor()
    yaml.allow_duplicate_keys = True
    # Of two equal keys it would keep the first, and Kubernetes keeps the last.
    vars(yaml.constructor)["check_mapping_key"] = lambda *_: True
    load: Callable[[str], Any] = yaml.load_all
    if not text.startswith("%"):
        # Behind an explicit start of a document ruamel.yaml goes by YAML 1.2, whatever version it was told.
        text = _START.sub("   ", text, count=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return tuple(load(text))
        except Exception as error:
            # Whatever it stumbles over, there is no proof.
            words = str(error).splitlines()
            raise Refusal(f"ruamel.yaml does not read it: {words[0] if words else type(error).__name__}") from None


@cache
def _constructor() -> type[Any]:
    """ruamel.yaml's safe constructor, that takes `=` and `<<` for texts where they are values, as Kubernetes does."""
    from ruamel.yaml.constructor import SafeConstructor  # noqa: PLC0415 - only who is about to write pays for it

    class Constructor(SafeConstructor):
        """Of its own, so that nobody else's changes."""

    for tag in ("value", "merge"):
        Constructor.add_constructor(f"tag:yaml.org,2002:{tag}", SafeConstructor.construct_yaml_str)
    return Constructor


__all__ = ["prove"]
