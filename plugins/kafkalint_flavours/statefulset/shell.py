"""Shell scripts as far as configuration hides in them: words and their places, redirections, here-documents.

Nothing is run and nothing is refused: what this cannot follow stays text with a `$` in it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from kafkalint.manifests.resources import Place
from kafkalint.manifests.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=(.*)", re.DOTALL)
_VARIABLE = re.compile(
    r"\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)(?::?[-=]([^{}$]*))?\}|\(([A-Za-z_][A-Za-z0-9_.-]*)\))"
)
_HERE = re.compile(r"<<(-?)[ \t]*(['\"\\]?)([A-Za-z_][A-Za-z0-9_]*)")
_ENDS = " \t\r\n;|&<>()"
_LONGEST = 200_000
_LONGEST_EXPANDED = 10_000
_LONGEST_VALUE = 2_000


class Word(NamedTuple):
    """One word without its quotes, and where it stands with them."""

    text: str
    place: Place


class Body(NamedTuple):
    """A here-document: its lines, the place of the text that holds it, and where in that text it starts."""

    text: str
    holder: Place
    start: int
    literal: bool
    """Whether its delimiter is quoted, so that the shell expands nothing in it."""


class Command(NamedTuple):
    """A simple command: its words, where its output goes, and what it is fed."""

    words: tuple[Word, ...]
    output: Word | None = None
    body: Body | None = None


def parse_script(text: str, holder: Place) -> tuple[Command, ...]:
    """The simple commands of a script in the order of the text; `holder` is the string value that the text is."""
    return tuple(_Reader(text[:_LONGEST], holder).commands())


def assignment(word: Word) -> tuple[str, Word] | None:
    """The variable that a word assigns, and the value; None where it is no assignment."""
    found = _ASSIGNMENT.fullmatch(word.text)
    return (found.group(1), Word(found.group(2), word.place)) if found else None


def expand(text: str, values: Mapping[str, str]) -> str:
    """`$NAME`, `${NAME}`, `${NAME:-default}` and Kubernetes' `$(NAME)` replaced where the value is known."""

    def replaced(match: re.Match[str]) -> str:
        name = match.group(1) or match.group(2) or match.group(4)
        default: str | None = match.group(3)
        value = values.get(name)
        if value is not None and len(value) <= _LONGEST_VALUE:
            return value
        return match.group() if default is None else default.strip("\"'")

    # Values may hold variables in their turn, and each other: bounded rounds and lengths keep that finite.
    for _ in range(4):
        if "$" not in text or len(text) > _LONGEST_EXPANDED:
            break
        text = _VARIABLE.sub(replaced, text)
    return text


def is_open(text: str) -> bool:
    """Whether something in a text is only decided when the pod runs."""
    return "$" in text or "`" in text or "_{" in text


class _Reader:
    """A script being taken apart; every character is looked at a bounded number of times."""

    def __init__(self, text: str, holder: Place) -> None:
        self.text = text
        self.holder = holder
        self.at = 0
        self.words: list[Word] = []
        self.output: Word | None = None
        self.here: tuple[str, bool] | None = None

    def commands(self) -> Iterator[Command]:
        while self.at < len(self.text):
            character = self.text[self.at]
            if character in " \t\r":
                self.at += 1
            elif self.text.startswith("\\\n", self.at):
                self.at += 2
            elif character == "\n":
                self.at += 1
                yield from self._ended(self._body())
            elif character in ";|&()":
                self.at += 1
                # What a here-document feeds (`cat <<EOF | tee file`) stands behind the end of the line.
                if self.here is None:
                    yield from self._ended(None)
            elif character == "#":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            elif character in "<>":
                self._redirection()
            else:
                self.words.append(self._word())
        yield from self._ended(None)

    def _ended(self, body: Body | None) -> Iterator[Command]:
        if self.words or body is not None:
            yield Command(tuple(self.words), self.output, body)
        self.words, self.output = [], None

    def _redirection(self) -> None:
        here = _HERE.match(self.text, self.at)
        if here and not self.text.startswith("<<<", self.at):
            self.here = (here.group(3), bool(here.group(2)))
            self.at = here.end()
            if self.at < len(self.text) and self.text[self.at] in "'\"":
                self.at += 1
            return
        writes = self.text[self.at] == ">"
        while self.at < len(self.text) and self.text[self.at] in "<>&|":
            self.at += 1
        while self.at < len(self.text) and self.text[self.at] in " \t":
            self.at += 1
        if self.at < len(self.text) and self.text[self.at] not in _ENDS:
            target = self._word()
            if writes and not target.text.isdigit():
                self.output = target

    def _body(self) -> Body | None:
        if self.here is None:
            return None
        delimiter, literal = self.here
        self.here = None
        start = self.at
        end = re.compile(rf"^[ \t]*{delimiter}[ \t]*$", re.MULTILINE).search(self.text, start)
        self.at = end.end() if end else len(self.text)
        return Body(self.text[start : end.start() if end else len(self.text)], self.holder, start, literal)

    def _word(self) -> Word:
        start = self.at
        pieces: list[str] = []
        while self.at < len(self.text) and self.text[self.at] not in _ENDS:
            pieces.append(self._piece())
        place = Place(self.holder.resource, self.holder.route, Span(start, self.at))
        return Word("".join(pieces), place)

    def _piece(self) -> str:
        text, start = self.text, self.at
        character = text[start]
        if character == "\\":
            self.at = min(start + 2, len(text))
            return "" if text.startswith("\n", start + 1) else text[start + 1 : self.at]
        if character == "'":
            self.at = _after(text, "'", start + 1)
            return text[start + 1 : self.at].removesuffix("'")
        if character == '"':
            return self._quoted()
        if character == "`":
            self.at = _after(text, "`", start + 1)
            return text[start : self.at]
        if character == "$" and text[start + 1 : start + 2] in ("(", "{"):
            self.at = _nested(text, start + 1)
            return text[start : self.at]
        self.at = start + 1
        return character

    def _quoted(self) -> str:
        pieces: list[str] = []
        self.at += 1
        while self.at < len(self.text) and self.text[self.at] != '"':
            if self.text[self.at] == "'" or self._keeps_backslash():
                pieces.append(self.text[self.at])
                self.at += 1
            else:
                pieces.append(self._piece())
        self.at = min(self.at + 1, len(self.text))
        return "".join(pieces)

    def _keeps_backslash(self) -> bool:
        return self.text[self.at] == "\\" and self.text[self.at + 1 : self.at + 2] not in ('"', "\\", "$", "`", "\n")


def _after(text: str, character: str, start: int) -> int:
    end = text.find(character, start)
    return len(text) if end < 0 else end + 1


def _nested(text: str, start: int) -> int:
    """Behind the bracket that closes the one at `start`."""
    opening, closing = text[start], {"(": ")", "{": "}"}[text[start]]
    depth, at = 0, start
    while at < len(text):
        character = text[at]
        if character == "'" and opening == "(":
            at = _after(text, "'", at + 1)
            continue
        depth += (character == opening) - (character == closing)
        at += 1
        if depth == 0:
            return at
    return len(text)
