"""Suppressions found in annotations, comments and config, what each holds back, and which are good for nothing."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from kafkalint.checking.directives import Directive, Ignore, Use
from kafkalint.checking.finding import Located, Suppression, TextPlace
from kafkalint.checking.scopes import ConfigScope, Flagged, ObjectScope, PathPattern, TextScope
from kafkalint.checking.vocabulary import ALL, Vocabulary
from kafkalint.manifests.resources import Resource, Route
from kafkalint.manifests.sources import Source
from kafkalint.manifests.text import TextError

MARK = "kafkalint:"
"""What every suppression comment begins with."""

ANNOTATION = "ignore.kafkalint.dev/"
IN_SOURCE = "inSource"
EXTERNAL = "external"
_SCOPED = re.compile(r"(?P<path>[\w-]+(?:\.[\w/-]+|\[[^\]]*\])+)[ \t]*:[ \t]*(?P<reason>.*)", re.DOTALL)
_STEP = re.compile(r"\.?(?P<key>[\w/-]+)|\[(?P<item>[^\]]*)\]")


class Suppressed(NamedTuple):
    """Findings told apart by the suppressions, in their order."""

    live: tuple[Located, ...]
    held_back: tuple[Located, ...]
    used: Mapping[int, frozenset[str]] = MappingProxyType({})
    """Index of a directive to the codes of the findings that it held back."""


def suppress(located: Iterable[Located], directives: Sequence[Directive], *, by_name: bool = False) -> Suppressed:
    """Hold back the findings that a directive covers; where several do, all count as used and the first says why.

    With `by_name` those that say `all` do not count: for findings about suppressions, which they would hide by nature.
    """
    by_code: dict[str, list[int]] = defaultdict(list)
    for index, directive in enumerate(directives):
        for code in directive.codes if not directive.problem else ():
            by_code[code].append(index)
    live: list[Located] = []
    held: list[Located] = []
    used: dict[int, set[str]] = defaultdict(set)
    for item in located:
        candidates = sorted({*by_code.get(item.finding.code, ()), *(() if by_name else by_code.get(ALL, ()))})
        flagged = Flagged.of(item) if candidates else None
        covering = [index for index in candidates if flagged and directives[index].covers(flagged)]
        for index in covering:
            used[index].add(item.finding.code)
        if covering:
            first = directives[covering[0]]
            held.append(item._replace(suppressed=Suppression(first.kind, first.reason)))
        else:
            live.append(item)
    return Suppressed(tuple(live), tuple(held), {index: frozenset(codes) for index, codes in used.items()})


def uses(directives: Sequence[Directive], used: Mapping[int, frozenset[str]], ran: frozenset[str]) -> Iterator[Use]:
    """Every directive with what it was good for; a rule that did not run proves nothing."""
    for index, directive in enumerate(directives):
        codes = used.get(index, frozenset())
        idle: tuple[str, ...] = ()
        if directive.provable and not directive.problem:
            idle = tuple(code for code in directive.codes if code in ran and code not in codes)
            if ALL in directive.codes and not codes:
                idle = (ALL,)
        yield Use(directive, codes, idle)


def in_comments(source: Source, vocabulary: Vocabulary) -> Iterator[Directive]:
    """The suppression comments of a file: of a manifest, or of the file that a rendered object comes from."""
    if not _is_marked(source):
        return
    from kafkalint.checking.comments import comments  # noqa: PLC0415 - most files hold none

    for comment in comments(source):
        named = _Named.of(comment.words, vocabulary)
        scope = TextScope(source.name, None if comment.whole_file else comment.regions)
        place = TextPlace(source, comment.span)
        yield Directive(
            named.codes, place, scope, IN_SOURCE, comment.reason, named.unknown, comment.problem, words=named.words
        )


def _is_marked(source: Source) -> bool:
    try:
        return MARK in source.text.content
    except TextError:
        return False


def in_annotations(resource: Resource, vocabulary: Vocabulary, parts: tuple[Resource, ...] = ()) -> Iterator[Directive]:
    """The suppression annotations of an object, which speak for the objects that are parts of it too."""
    annotations = resource.get("metadata", "annotations")
    for key, value in annotations.items() if isinstance(annotations, dict) else ():
        if not key.startswith(ANNOTATION):
            continue
        named = _Named.of((key.removeprefix(ANNOTATION),), vocabulary)
        route, reason = _scoped_reason(value if isinstance(value, str) else "", resource)
        place = resource.place("metadata", "annotations", key)
        scope = ObjectScope(resource, route or (), parts)
        problem = "" if route is not None else "the path in front of its reason names nothing in this object"
        yield Directive(named.codes, place, scope, IN_SOURCE, reason, named.unknown, problem, words=named.words)


def in_config(
    ignores: Iterable[Ignore],
    vocabulary: Vocabulary,
    today: date,
    relative: Callable[[str], str] = str,
    seen: Iterable[str] | None = None,
) -> Iterator[Directive]:
    """The entries of config.

    `seen` names the files of the run where it saw only a part of the repository; None where it saw everything.
    """
    files = None if seen is None else {relative(file) for file in seen}
    for ignore in ignores:
        codes = sorted({code for word in ignore.words for code in _expanded(word, vocabulary)})
        expired = ignore.expires is not None and today > ignore.expires
        problem = f"it expired on {ignore.expires}; mend what it hid, or give it a new date" if expired else ""
        scope = ConfigScope(ignore.paths, ignore.resources, relative)
        provable = files is None or (bool(ignore.paths) and all(_seen(pattern, files) for pattern in ignore.paths))
        # A prefix or a pattern is written for what may come; only a rule named outright can be found missing.
        named = all(vocabulary.code(word) for word in ignore.words)
        yield Directive(
            tuple(codes), ignore.place, scope, EXTERNAL, ignore.reason, problem=problem, provable=provable and named
        )


def _seen(pattern: PathPattern, files: set[str]) -> bool:
    return pattern.exact and any(pattern.matches(file) for file in files)


def _expanded(word: str, vocabulary: Vocabulary) -> frozenset[str]:
    codes = vocabulary.select(word)[1]
    return frozenset((ALL,)) if word.lower() == ALL else codes


class _Named(NamedTuple):
    """What the words of a suppression name."""

    words: tuple[tuple[str, str | None], ...]
    codes: tuple[str, ...]
    unknown: tuple[str, ...]

    @classmethod
    def of(cls, words: Iterable[str], vocabulary: Vocabulary) -> _Named:
        found = tuple((word, ALL if word == ALL else vocabulary.code(word)) for word in words)
        codes = dict.fromkeys(code for _, code in found if code is not None)
        unknown = (vocabulary.unknown(word, prefixes=False) for word, code in found if code is None)
        return cls(found, tuple(codes), tuple(unknown))


def _scoped_reason(text: str, resource: Resource) -> tuple[Route | None, str]:
    """The route in front of a reason, empty where there is none and None where it leads nowhere; and the reason."""
    match = _SCOPED.fullmatch(text.strip())
    if match is None:
        return (), text.strip()
    steps = [step["key"] if step["item"] is None else step["item"] for step in _STEP.finditer(match["path"])]
    if steps[0] not in resource.data:
        return (), text.strip()
    route: list[str | int] = []
    for step in steps:
        found = _step(resource.get(*route), step.strip("\"'"))
        if found is None:
            return None, match["reason"].strip()
        route.append(found)
    return tuple(route), match["reason"].strip()


def _step(value: object, step: str) -> str | int | None:
    if isinstance(value, list):
        if step.isdigit():
            return int(step) if int(step) < len(value) else None
        named = (index for index, item in enumerate(value) if isinstance(item, dict) and item.get("name") == step)
        return next(named, None)
    # A key that is not written is where something is missing, and that may be just what is meant.
    return step if isinstance(value, dict) or value is None else None
