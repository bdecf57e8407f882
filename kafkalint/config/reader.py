"""A YAML document read against what is expected of it; every problem is kept with its place, and reading goes on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeVar

from kafkalint.checking.finding import TextPlace
from kafkalint.checking.vocabulary import did_you_mean
from kafkalint.config.problems import ConfigError, ConfigProblem
from kafkalint.manifests.composer import ComposeError, compose
from kafkalint.manifests.nodes import Mapping, Node, Scalar, Sequence, content_of
from kafkalint.manifests.scalars import key_text, resolve_scalar
from kafkalint.manifests.sources import Source
from kafkalint.manifests.text import Position, Span, TextError
from kafkalint.manifests.wording import in_words

E = TypeVar("E", bound=Enum)

CONFIG, BASELINE = "config", "baseline"
_FILES = frozenset((CONFIG, BASELINE))
"""What the value of a whole file is called; the keys in it go by their own names."""


@dataclass
class Problems:
    """What is wrong with one file, as it is read."""

    source: Source
    found: list[ConfigProblem] = field(default_factory=list)

    def add(self, offset: int, message: str) -> None:
        """Note a problem."""
        self.found.append(ConfigProblem(self.source.name, self.source.text.position(offset), message))


@dataclass(frozen=True)
class Value:
    """A value of the file, with the name that problems call it by."""

    node: Node
    name: str
    problems: Problems

    @property
    def place(self) -> TextPlace:
        """Where it stands."""
        content = content_of(self.node)
        if isinstance(content, Mapping) and content.pairs:
            key = content.pairs[0][0]
            return TextPlace(self.problems.source, Span(key.start, key.end))
        return TextPlace(self.problems.source, Span(self.node.start, max(self.node.end, self.node.start + 1)))

    @property
    def empty(self) -> bool:
        """Whether nothing is written, or null."""
        content = content_of(self.node)
        return isinstance(content, Scalar) and resolve_scalar(content) is None

    def wrong(self, message: str) -> None:
        """Note that this value is wrong."""
        self.problems.add(self.node.start, f"{self.name}: {message}")

    def _expected(self, what: str) -> None:
        self.wrong(f"expected {what}, found {_described(content_of(self.node))}")

    def entries(self, known: Iterable[str] | None = None) -> dict[str, Value]:
        """A mapping's values by key; double keys, and keys other than the known ones, are problems."""
        content = content_of(self.node)
        if not isinstance(content, Mapping):
            if not self.empty:
                self._expected("a mapping")
            return {}
        found: dict[str, Value] = {}
        keys = None if known is None else list(known)
        for key, node in content.pairs:
            scalar = content_of(key)
            # As written: a StorageClass may be called `on`, and a rule's level is `off`.
            word = scalar.value if isinstance(scalar, Scalar) else key_text(key)
            if word in found:
                self.problems.add(key.start, f"{word} is given twice")
            elif keys is not None and word not in keys:
                self.problems.add(key.start, _unknown_key(word, keys, self.name))
            else:
                name = word if self.name in _FILES else f"{self.name}.{word}"
                found[word] = Value(node, name, self.problems)
        return found

    def key(self, word: str) -> int:
        """Offset of a key of this mapping."""
        content = content_of(self.node)
        pairs = content.pairs if isinstance(content, Mapping) else []
        return next((key.start for key, _ in pairs if getattr(content_of(key), "value", None) == word), self.node.start)

    def items(self) -> Iterator[Value]:
        """A list's values."""
        content = content_of(self.node)
        if isinstance(content, Sequence):
            for index, node in enumerate(content.items):
                yield Value(node, f"{self.name}[{index}]", self.problems)
        elif not self.empty:
            self._expected("a list")

    def words(self) -> list[tuple[str, Value]]:
        """A list of words as they are written, or one string with commas."""
        content = content_of(self.node)
        if isinstance(content, Scalar) and not self.empty:
            return [(word.strip(), self) for word in content.value.split(",") if word.strip()]
        return [(text, item) for item in self.items() if (text := item.raw()) is not None]

    def string(self) -> str | None:
        """A string; a number or a boolean is none, and a problem."""
        value = self.scalar()
        if isinstance(value, str) and value.strip():
            return value
        if value is not None:
            self._expected("a string")
        return None

    def raw(self) -> str | None:
        """A scalar as it is written, for words and versions that YAML would read as something else (`off`, `0.50`)."""
        content = content_of(self.node)
        if isinstance(content, Scalar) and not self.empty:
            return content.value
        self._expected("a word")
        return None

    def scalar(self) -> Any:
        """A string, number or boolean; None, and a problem, for anything else."""
        content = content_of(self.node)
        value = resolve_scalar(content) if isinstance(content, Scalar) else None
        if value is None:
            self._expected("a value")
        return value

    def integer(self, least: int) -> int | None:
        """A whole number that is not less than this."""
        value = self.scalar()
        if isinstance(value, int) and not isinstance(value, bool) and value >= least:
            return value
        if value is not None:
            self._expected(f"a whole number of at least {least}")
        return None

    def choice(self, words: Iterable[str]) -> str | None:
        """One of these words."""
        word = self.raw()
        known = list(words)
        if word is None or word in known:
            return word
        self.wrong(f"expected {_listed(known)}, found {word}{did_you_mean(word, known)}")
        return None

    def member(self, of: type[E]) -> E | None:
        """One of an enumeration's values."""
        word = self.choice([str(each.value) for each in of])
        return None if word is None else of(word)


def root_of(source: Source, what: str) -> Mapping | None:
    """The mapping that a file is; None where it is empty. Raises ConfigError."""
    try:
        root = compose(source.text.content)
    except TextError as error:
        raise ConfigError([ConfigProblem(source.name, Position(error.line, 1), str(error))]) from None
    except ComposeError as error:
        problem = in_words(error.problem, source.text, error.offset)
        raise ConfigError([ConfigProblem(source.name, source.text.position(error.offset), problem)]) from None
    if root is None:
        return None
    content = content_of(root)
    if isinstance(content, Scalar) and resolve_scalar(content) is None:
        return None
    if not isinstance(content, Mapping):
        raise ConfigError([ConfigProblem(source.name, source.text.position(root.start), f"expected {what}")])
    return content


def _unknown_key(word: str, known: list[str], name: str) -> str:
    where = "" if name in _FILES else f" in {name}"
    hint = did_you_mean(word, known) or f"; there are {', '.join(sorted(known))}"
    return f"there is no key {word}{where}{hint}"


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _described(node: Node) -> str:
    if isinstance(node, Mapping):
        return "a mapping"
    if isinstance(node, Sequence):
        return "a list"
    if isinstance(node, Scalar) and resolve_scalar(node) is not None:
        text = node.value if len(node.value) <= 40 else f"{node.value[:37]}..."
        return f'"{text}"' if node.style else text
    return "nothing"
