"""One object written in every style that YAML has, with comments in every place; for tests of what edits text."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from kafkalint.manifests.composer import ComposeError, compose
from kafkalint.manifests.scalars import plain

Route = tuple[Any, ...]

WORDS = (
    "kafka",
    "apache/kafka:4.0.0",
    "yes",
    "on",
    "null",
    "~",
    "",
    "1e3",
    "0x1F",
    "012",
    "12:30:45",
    "1_000",
    "2024-01-01",
    "10Gi",
    " leading",
    "trailing ",
    "a: b",
    "a:",
    "# x",
    "a #b",
    "*a",
    "&a",
    "!x",
    "%x",
    "@x",
    "`x`",
    "- x",
    "-",
    "?",
    "[a, b]",
    "{a: b}",
    "{{ .Values.x }}",
    "${VAR}",
    "'",
    '"',
    "back\\slash",
    "tab\there",
    "ä ö ü ß",
    "\U0001f980 crab",
    "line\nbreak",
    "two\nlines\n",
    "  deep\n shallow\n",
    "kept\n\n\n",
    "folded words that go on and on and on for a while so that somebody may want to fold them over two lines",
    "---",
    "...",
    "<<",
    "=",
    "\u2028",
    "\x85",
    "\u00a0",
)
KEYS = (
    "name",
    "image",
    "replicas",
    "affinity",
    "labels",
    "args",
    "env",
    "ports",
    "on",
    "1",
    "kafka.eu/rack",
    "log.retention.ms",
    "log.segment.bytes",
    "a b",
    "null",
    "ключ",
    "config",
    "template",
    "zz",
)


class Choices(Protocol):
    """Where the choices come from: hypothesis in tests, dice in a hunt."""

    def below(self, count: int) -> int:
        """A number from 0, smaller than `count`."""


class Comment(NamedTuple):
    """A comment that was written, and what it is about."""

    text: str
    kind: str
    """`above` a member at its column, `beside` or `inside` it, or `apart` from all."""
    route: Route


@dataclass
class Habits:
    """How the author writes."""

    step: int = 2
    offset: int = 2
    gap: int = 2
    newline: str = "\n"
    comments: int = 0
    """Of eight places how many have a comment; likewise the others."""
    blanks: int = 0
    flows: int = 0
    quotes: int = 0
    anchors: int = 0
    oddities: int = 0
    templates: int = 0


@dataclass
class Written:
    """What was written of one object."""

    lines: list[str] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)


class Author:
    """Writes data as block YAML, and makes up his mind again at every place."""

    def __init__(self, choices: Choices, habits: Habits, first_comment: int = 0) -> None:
        self.choices = choices
        self.habits = habits
        self.comments: list[Comment] = []
        self.count = first_comment
        self.anchors = 0

    def now(self, eighths: int) -> bool:
        return eighths > 0 and self.choices.below(8) < eighths

    def pick(self, *options: Any) -> Any:
        return options[self.choices.below(len(options))]

    def comment(self, kind: str, route: Route) -> str:
        self.count += 1
        extra = ""
        if self.now(self.habits.templates):
            extra = self.pick(" ${VAR}", " {{ if x }}", " }}")
        if self.now(self.habits.oddities):
            extra += self.pick(" 'quoted", ' "quoted', " key: value", " # twice", " - item", " [", "\t", " ü\U0001f980")
        text = f"# c{self.count}.{extra}"
        self.comments.append(Comment(text.rstrip(), kind, route))
        return text.rstrip()

    def beside(self, route: Route) -> str:
        if not self.now(self.habits.comments):
            return ""
        return self.pick(" ", "  ", "\t", " \t") + self.comment("beside", route)

    # Block style

    def mapping(self, data: dict[str, Any], indent: int, route: Route, *, on_dash: bool = False) -> list[str]:
        lines: list[str] = []
        for number, (key, value) in enumerate(data.items()):
            here = (*route, key)
            if number or not on_dash:
                lines += self.above(indent, here, first=number == 0)
            lines += self.pair(key, value, indent, here)
        return [*lines, *self.aliases(indent, route)]

    def above(self, indent: int, route: Route, *, first: bool = False) -> list[str]:
        lines = []
        if self.now(self.habits.blanks):
            lines.append(self.pick("", "", "", " " * indent))
        if self.now(self.habits.comments // 3) and not first:
            lines += [" " * self.pick(indent, 0) + self.comment("apart", route), ""]
        if self.now(self.habits.comments):
            lines += [" " * indent + self.comment("above", route) for _ in range(self.pick(1, 1, 2))]
        return lines

    def aliases(self, indent: int, route: Route) -> list[str]:
        """Keys whose values stand elsewhere: these are no part of the data that was to be written."""
        if not self.anchors or not self.now(self.habits.anchors // 2):
            return []
        name = 1 + self.choices.below(self.anchors)
        return [" " * indent + f"copy{self.count}: *a{name}" + self.beside((*route, f"copy{self.count}"))]

    def key(self, key: str) -> str:
        if not self.now(self.habits.quotes) and _is_plain(key):
            return key
        return self.quoted(key)

    def quoted(self, text: str) -> str:
        if text.isprintable() and self.pick(True, False):
            return "'" + text.replace("'", "''") + "'"
        return (
            json.dumps(text, ensure_ascii=self.pick(True, False) and text.isascii())
            .replace("\x85", "\\x85")
            .replace("\u2028", "\\u2028")
        )

    def pair(self, key: str, value: Any, indent: int, route: Route) -> list[str]:
        head = " " * indent + self.key(key) + (":" if not self.now(self.habits.oddities // 3) else " :")
        gap = " " if not self.now(self.habits.oddities) else self.pick("  ", "\t", " ")
        if isinstance(value, dict | list) and value and not self.now(self.habits.flows):
            anchor = self.anchor()
            return [head + (gap + anchor if anchor else "") + self.beside(route), *self.below(value, indent, route)]
        return self.value(head, gap, value, indent, route, self.habits.step)

    def anchor(self) -> str:
        if not self.now(self.habits.anchors):
            return ""
        self.anchors += 1
        return f"&a{self.anchors}"

    def below(self, value: Any, indent: int, route: Route) -> list[str]:
        if isinstance(value, dict):
            lines = self.mapping(value, indent + self.habits.step, route)
            deeper = indent + self.habits.step
        else:
            lines = self.items(value, indent + self.habits.offset, route)
            deeper = indent + self.habits.offset + self.habits.gap
            route = (*route, len(value) - 1)
        if self.now(self.habits.comments // 2):
            lines += [*self.pick([], [""]), " " * deeper + self.comment("inside", route)]
        return lines

    def items(self, data: list[Any], indent: int, route: Route, *, on_dash: bool = False) -> list[str]:
        lines: list[str] = []
        for number, value in enumerate(data):
            here = (*route, number)
            if number or not on_dash:
                lines += self.above(indent, here, first=number == 0)
            lines += self.item(value, indent, here)
        return lines

    def item(self, value: Any, indent: int, route: Route) -> list[str]:
        gap = self.habits.gap
        dash = " " * indent + "-" + " " * (gap - 1)
        if isinstance(value, dict | list) and value and not self.now(self.habits.flows):
            if self.now(self.habits.oddities // 3):
                head = [" " * indent + "-" + self.beside(route)]
                inner = indent + gap
                return head + (
                    self.mapping(value, inner, route) if isinstance(value, dict) else self.items(value, inner, route)
                )
            first, *rest = (
                self.mapping(value, indent + gap, route, on_dash=True)
                if isinstance(value, dict)
                else self.items(value, indent + gap, route, on_dash=True)
            )
            return [dash + first.lstrip(" "), *rest]
        return self.value(" " * indent + "-", " " * (gap - 1), value, indent, route, gap)

    def value(self, head: str, gap: str, value: Any, indent: int, route: Route, step: int) -> list[str]:
        """Something that follows on the line of its key or dash."""
        if isinstance(value, dict | list):
            lines = self.flow_lines(value, indent + step, indent, route)
            lines[0] = head + gap + lines[0]
            lines[-1] += self.beside(route)
            return lines
        if value is None:
            text = self.pick("", "", "~", "null")
            return [head + (gap + text if text else "") + self.beside(route)]
        if isinstance(value, str):
            block = self.block_text(value, indent, step) if self.pick(True, False) else None
            if block:
                mark, body = block
                return [head + gap + mark + self.beside(route), *body]
            text = self.key(value)
        else:
            text = json.dumps(value)
        anchor = self.anchor()
        text = f"{anchor} {text}" if anchor else text
        folded = self.folded(text, indent + step) if isinstance(value, str) else None
        if folded:
            return [head + gap + folded[0], *folded[1:-1], folded[-1] + self.beside(route)]
        if self.now(self.habits.oddities // 3):
            return [head + self.beside(route), " " * (indent + step) + text + self.beside(route)]
        return [head + gap + text + self.beside(route)]

    def folded(self, text: str, indent: int) -> list[str] | None:
        """A text in one line put on two, where a blank inside of it stands between letters."""
        at = text.find(" ", 3)
        fits = at > 0 and text[at - 1 : at].isalpha() and text[at + 1 : at + 2].isalpha() and text[0] not in "&!"
        if not fits or not self.now(self.habits.oddities):
            return None
        return [text[:at], *self.pick([], []), " " * indent + text[at + 1 :]]

    def block_text(self, value: str, indent: int, step: int) -> tuple[str, list[str]] | None:
        """A text as a literal block, with what chomping it wants."""
        if "\n" not in value and not self.now(2):
            return None
        body = value.rstrip("\n")
        if not body or any(not (char.isprintable() or char == "\n") for char in value):
            return None
        breaks = len(value) - len(body)
        mark = {0: "-", 1: ""}.get(breaks, "+")
        hint = str(step) if body[0] == " " else ""
        style = "|" if "\n" in body else self.pick("|", ">")
        lines = [" " * (indent + step) + line if line else "" for line in body.split("\n")]
        if breaks > 1:
            lines += [""] * (breaks - 1)
        elif self.now(self.habits.blanks):
            lines += [""] * self.pick(1, 2)
        return style + self.pick(hint + mark, mark + hint), lines

    # Flow style

    def flow_lines(self, value: Any, inner: int, outer: int, route: Route) -> list[str]:
        if not value or not isinstance(value, dict | list) or self.pick(True, True, False):
            lines = [self.flow(value)]
            while self.now(self.habits.oddities) and len(lines) < 4 and ", " in lines[-1] and '"' not in lines[-1]:
                if "'" in lines[-1]:
                    break
                head, _, tail = lines[-1].partition(", ")
                lines[-1:] = [head + ",", " " * inner + tail]
            return lines
        members: list[tuple[Any, str]] = (
            [(key, f"{self.flow_key(key)}{self.flow(item)}") for key, item in value.items()]
            if isinstance(value, dict)
            else [(number, self.flow(item)) for number, item in enumerate(value)]
        )
        lines = ["{" if isinstance(value, dict) else "["]
        for number, (step, text) in enumerate(members):
            here = (*route, step)
            if self.now(self.habits.comments // 2):
                lines.append(" " * inner + self.comment("above", here))
            last = number + 1 == len(members)
            comma = "," if not last or self.now(2) else ""
            lines.append(" " * inner + text + comma + self.beside(here))
        return [*lines, " " * outer + ("}" if isinstance(value, dict) else "]")]

    def flow_key(self, key: str) -> str:
        return self.key(key) + ": "

    def flow(self, value: Any) -> str:
        pad = self.pick("", "", " ")
        comma = self.pick(", ", ", ", " , ", ",") if self.habits.oddities else ", "
        end = self.pick("", "", ",") if self.habits.oddities and value else ""
        if isinstance(value, dict):
            inner = comma.join(f"{self.flow_key(key)}{self.flow(item)}" for key, item in value.items())
            return f"{{{pad}{inner}{end}{pad}}}"
        if isinstance(value, list):
            return f"[{pad}{comma.join(self.flow(item) for item in value)}{end}{pad}]"
        if value is None:
            return self.pick("null", "~")
        if isinstance(value, str):
            return self.key(value) if not set(value) & set(",[]{}:") else self.quoted(value)
        return json.dumps(value)


def _is_plain(text: str) -> bool:
    """Whether a reader takes a text for the same string if it has no quotes, wherever it stands."""
    if (
        not text
        or text != text.strip()
        or "\n" in text
        or "\x85" in text
        or "\u2028" in text
        or set(text) & set("{}[],")
    ):
        return False
    try:
        return bool(
            plain(compose(f"- {text}\n- x: {text}\n- [{text}]\n- {text}: x\n"))
            == [text, {"x": text}, [text], {text: "x"}]
        )
    except (ComposeError, TypeError):
        return False


# Whole files


@dataclass
class File:
    """A file with an object in it that is to be edited."""

    data: bytes
    text: str
    document: int
    """Which of its documents holds the object, counted as kafkalint does."""
    at: Route
    comments: list[Comment]
    """Those of the object's document, in order."""


def some_data(choices: Choices, depth: int = 3) -> Any:
    """Any value, as deep as that at most."""
    kind = choices.below(8 if depth else 5)
    if kind == 0:
        return (None, True, False, 0, 3, -1, 1.5, {}, [])[choices.below(9)]
    if kind < 5:
        return WORDS[choices.below(len(WORDS))] if kind < 3 else ("kafka", "a/b", 3)[choices.below(3)]
    if kind == 5:
        return [some_data(choices, depth - 1) for _ in range(1 + choices.below(3))]
    if kind == 6:
        return [some_mapping(choices, depth - 1) for _ in range(1 + choices.below(3))]
    return some_mapping(choices, depth - 1)


def some_mapping(choices: Choices, depth: int) -> dict[str, Any]:
    """A mapping with one to four keys."""
    return {KEYS[choices.below(len(KEYS))]: some_data(choices, depth) for _ in range(1 + choices.below(4))}


def some_object(choices: Choices, name: str = "kafka") -> dict[str, Any]:
    """Something like a StatefulSet."""
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": name},
        "spec": {**some_mapping(choices, 3), "template": some_data(choices, 3), **some_mapping(choices, 1)},
    }


def some_habits(choices: Choices) -> Habits:
    """How somebody writes; every other one is tidy."""
    pick = _picker(choices)
    step = pick(2, 2, 4, 3, 1)
    tidy = pick(True, False)
    return Habits(
        step=step,
        offset=pick(0, step, 2, 1),
        gap=pick(2, 2, 4, 3),
        newline=pick("\n", "\n", "\r\n"),
        comments=pick(0, 2, 4),
        blanks=pick(0, 0, 2, 7),
        flows=pick(0, 2, 5),
        quotes=pick(0, 2, 8),
        anchors=0 if tidy else pick(0, 2),
        oddities=0 if tidy else pick(1, 3),
        templates=0 if tidy else pick(0, 0, 2),
    )


def some_file(choices: Choices, habits: Habits | None = None) -> File:
    """A file that holds an object, written in some style."""
    pick = _picker(choices)
    habits = habits or some_habits(choices)
    data = some_object(choices)
    if pick(*[False] * 6, True):
        return _json_file(choices, data)
    author = Author(choices, habits)
    wrapped = pick(*[False] * 5, True)
    at: Route = ()
    if wrapped:
        data = {"apiVersion": "v1", "kind": "List", "items": [some_object(choices, "other"), data]}
        at = ("items", 1)
        if pick(True, False):
            data["items"].append(some_object(choices, "third"))
    lines = author.mapping(data, 0, ())
    before, number = _before(choices, author) if not wrapped else ([], 0)
    after = _after(choices, author)
    text = habits.newline.join([*before, *lines, *after]) + pick(habits.newline, habits.newline, "")
    return File(_encoded(choices, text), text, number, at, author.comments)


def _json_file(choices: Choices, data: dict[str, Any]) -> File:
    pick = _picker(choices)
    at: Route = ()
    if pick(False, False, True):
        data = {"apiVersion": "v1", "kind": "List", "items": [data, some_object(choices, "other")]}
        at = ("items", 0)
    indent = pick(None, 2, 4, "\t")
    compact = indent is None and pick(True, False)
    text = json.dumps(data, indent=indent, ensure_ascii=pick(True, False), separators=(",", ":") if compact else None)
    return File(_encoded(choices, text + pick("\n", "")), text, 0, at, [])


def _before(choices: Choices, author: Author) -> tuple[list[str], int]:
    """What stands above the object's document, and how many documents that is."""
    pick = _picker(choices)
    kind = choices.below(7)
    comment = author.comment("apart", ()) if kind in {3, 4} else ""
    other = ["kind: ConfigMap", "metadata: {name: a}", "data:", "  x: |", "    {{ text }}"]
    return {
        0: ([], 0),
        1: (["---"], 0),
        2: ([], 0),
        3: ([comment, "", "---"], 0),
        4: ([pick("---", "---  ") + " " + comment], 0),
        5: (["%YAML 1.1", "---"], 0),
        6: ([*other, pick("---", "---"), ""], 1),
    }[kind]


def _after(choices: Choices, author: Author) -> list[str]:
    pick = _picker(choices)
    kind = choices.below(8)
    other = ["kind: Service", "metadata:", "  name: b"]
    comment = author.comment("apart", ()) if kind in {2, 3, 5} else ""
    if kind < 2:
        return []
    return {
        2: [comment],
        3: ["", comment, ""],
        4: ["---", *other],
        5: [f"--- {comment}", *other],
        6: ["...", *pick([], ["---", *other])],
        7: ["", "", "---"],
    }[kind]


def _encoded(choices: Choices, text: str) -> bytes:
    encoding = ("utf-8", "utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16")[choices.below(6)]
    return text.encode(encoding, "replace")


def _picker(choices: Choices) -> Any:
    def pick(*options: Any) -> Any:
        return options[choices.below(len(options))]

    return pick
