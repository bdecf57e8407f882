"""Properties of edits over all styles of YAML: one object is written in each, and changed everywhere."""

from __future__ import annotations

import re
import warnings
from copy import deepcopy
from random import Random
from typing import Any, NamedTuple

import pytest
import yaml
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from styled_manifests import KEYS, WORDS, Choices, Comment, File, Habits, Route, some_file

from kafkalint.checking.fix import AddResource, AppendItem, Operation, RemoveValue, RenameKey, SetValue
from kafkalint.fixing.text.edits import Refusal
from kafkalint.fixing.text.expecting import same
from kafkalint.fixing.text.phrasing import flow, item_lines, pair_lines, scalar
from kafkalint.fixing.text.proof import prove
from kafkalint.fixing.text.style import Style
from kafkalint.fixing.text.writing import edits_of
from kafkalint.manifests.composer import compose
from kafkalint.manifests.documents import Document, documents
from kafkalint.manifests.resources import Resource
from kafkalint.manifests.scalars import plain
from kafkalint.manifests.sources import Source
from kafkalint.manifests.text import encode

VALUES: tuple[Any, ...] = (
    *WORDS,
    *(None, True, 3, 1.5, {}, [], "plain", "plain", "plain", ["x", "y"], {"text": "a\nb\n"}),
    {"a": {"b": ["c", {"d": 1, "e": [2]}]}},
    [{"name": "n", "value": "1"}],
)
MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
NEW_KEYS = ("new", "affinity", "namespace", "a b", "yes", "apiVersion", "zz", "log.retention.bytes")
BUDGET = {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "spec": {"maxUnavailable": 1, "x": ["y", {"z": 1}]}}
# Why something is not done, where that is right; whatever else is said is a case that was not thought of.
SENSIBLE = re.compile(
    r"the line holds a template|it is written through an alias|what stands there is used elsewhere too, through \*a\d+|"
    r"the value has an anchor or a tag|it is all that is written there, and that has an anchor or a tag|"
    r"the edited text does not parse: the alias \*a\d+ has no anchor before it|"
    r"the text above it ends without a line break, and would get one|"
    r"the object is written as JSON, which holds one document only|nothing would be left of the document|"
    r"a whole mapping or list stands there, which its author knows better|another value stands there|"
    r"the value is a text of several lines|a (?:value|mapping) stands where a list is expected|the key is not there|"
    r".* cannot be renamed"
)


class Drawn:
    """Choices out of bytes; the first of all where they are used up."""

    def __init__(self, data: bytes) -> None:
        self.data = iter(data)

    def below(self, count: int) -> int:
        return next(self.data, 0) % count


class Case(NamedTuple):
    """An object in a file, and what is to be done to it."""

    file: File
    source: Source
    resource: Resource
    operation: Operation

    @property
    def document(self) -> Document:
        return self.resource.document

    @property
    def data(self) -> Any:
        root = self.document.root
        assert root is not None
        return plain(root)

    def make(self) -> str:
        operations = [self.operation]
        # ruamel.yaml takes most of the time: it reads the small ones.
        return prove(self.source, edits_of(operations), operations, thorough=len(self.source.data) < 700)


# Out of a seed: hypothesis takes ten times as long to think of so many bytes by itself.
choices = st.integers(0, 2**32).map(lambda seed: Drawn(Random(seed).randbytes(600)))


def case(drawn: Choices, habits: Habits | None = None) -> Case:
    file = some_file(drawn, habits)
    source = Source("x.yaml", file.data)
    found = [document for document in documents(source) if document.index == file.document]
    assume(found and found[0].root is not None)
    resource = next(each for each in found[0].resources if each.at == file.at)
    return Case(file, source, resource, some_operation(drawn, resource))


def some_operation(drawn: Choices, resource: Resource) -> Operation:
    """Anything that may be done anywhere to an object."""

    def pick(options: Any) -> Any:
        assume(options)
        return options[drawn.below(len(options))]

    places = list(walk(resource.data))
    value = deepcopy(pick(VALUES))
    match drawn.below(8):
        case 0:
            return SetValue(resource.place(*pick(places)[0]), value)
        case 1 | 2:
            route, holder = pick([each for each in places if isinstance(each[1], dict | None)])
            key = pick(NEW_KEYS)
            further = ("deep", "er") if (holder is None or key not in holder) and drawn.below(3) == 0 else ()
            return SetValue(resource.place(*route, key, *further), value)
        case 3:
            return AppendItem(
                resource.place(*pick([each for each in places if isinstance(each[1], list | None)])[0]), value
            )
        case 4 | 5:
            return RemoveValue(resource.place(*pick(places)[0]), 1 + drawn.below(3))
        case 6:
            return RenameKey(resource.place(*pick(places)[0]), pick(NEW_KEYS))
        case _:
            return AddResource(resource, BUDGET)


def walk(data: Any, route: Route = ()) -> Any:
    yield route, data
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for step, value in pairs:
        yield from walk(value, (*route, step))


def value_at(data: Any, route: Route) -> Any:
    for step in route:
        data = data[step]
    return data


def removed(case: Case) -> Route:
    """The route of what really goes: with what would be left empty."""
    assert isinstance(case.operation, RemoveValue)
    at, route = case.resource.at, (*case.resource.at, *case.operation.place.route)
    while len(route) - 1 > case.operation.up_to + len(at) and len(value_at(case.data, route[:-1])) == 1:
        route = route[:-1]
    return route


def wanted(case: Case) -> Any:
    """What the document should say then, worked out without any of the code in question."""
    data, at, operation = deepcopy(case.data), case.resource.at, case.operation
    if isinstance(operation, AddResource):
        if at:
            value_at(data, at[:-1]).insert(int(at[-1]) + 1, BUDGET)
        return data
    assert isinstance(operation, SetValue | AppendItem | RemoveValue | RenameKey)
    *way, last = removed(case) if isinstance(operation, RemoveValue) else (*at, *operation.place.route)
    holder = data
    for step in way:
        if (holder.get(step) if isinstance(holder, dict) else holder[step]) is None:
            holder[step] = {}
        holder = holder[step]
    match operation:
        case SetValue(_, value):
            holder[last] = value
        case AppendItem(_, item):
            holder[last] = [*((holder.get(last) if isinstance(holder, dict) else holder[last]) or []), item]
        case RemoveValue():
            del holder[last]
        case RenameKey(_, name):
            pairs = [(name if key == last else key, value) for key, value in holder.items()]
            holder.clear()
            holder.update(pairs)
    return data


def lines_of(text: str) -> list[str]:
    return re.split(r"(?<=\n)", text)


def number(comment: str) -> str:
    return comment.partition(".")[0]


@given(choices)
@settings(max_examples=600)
def test_whatever_is_done_in_whatever_style_nothing_else_changes(drawn: Choices) -> None:
    it = case(drawn)
    try:
        after = it.make()
    except Refusal as refusal:
        event(f"refused: {refusal}"[:60])
        if isinstance(it.operation, SetValue) and it.operation.place.value == it.operation.value:
            return  # it stands there already, spelt as YAML 1.1 reads a date
        assert SENSIBLE.fullmatch(str(refusal))  # noqa: PT017 - it may be made or be refused, and both are looked at
        return
    found = list(documents(Source("x.yaml", after.encode())))
    root = found[it.document.index].root
    assert root is not None
    assert same(plain(root), wanted(it))
    _check_comments(it, after)
    _check_lines(it, after)
    assert [encode(after, it.source.data).startswith(mark) for mark in MARKS] == [
        it.source.data.startswith(mark) for mark in MARKS
    ]
    if isinstance(it.operation, SetValue):
        again = next((each for each in found[it.document.index].resources if each.at == it.resource.at), None)
        assert again is None or edits_of([SetValue(again.place(*it.operation.place.route), it.operation.value)]) == ()


def _check_comments(it: Case, after: str) -> None:
    before = re.findall(r"# c\d+\.[^\r\n]*", it.source.text.content)
    now = re.findall(r"# c\d+\.[^\r\n]*", after)
    gone = {number(each) for each in before} - {number(each) for each in now}
    assert [each for each in before if number(each) not in gone] == now
    if not isinstance(it.operation, RemoveValue):
        assert not gone
        return
    route = removed(it)
    for comment in it.file.comments:
        own = _is_own(comment, route)
        assert own is None or own == (number(comment.text) in gone), (comment, route)


def _is_own(comment: Comment, route: Route) -> bool | None:
    """Whether a comment goes with what goes; None where it may speak of that and of others."""
    if comment.route[: len(route)] != route:
        return False
    if comment.route == route and comment.kind in {"above", "apart"}:
        return None if comment.kind == "above" else False
    return True


def _check_lines(it: Case, after: str) -> None:
    """Hold what stands around the change to the letter, and what is new to the line breaks of the file."""
    before, now = lines_of(it.source.text.content), lines_of(after)
    shorter = min(len(before), len(now))
    head = next((at for at in range(shorter) if before[at] != now[at]), shorter)
    tail = next((at for at in range(shorter - head) if before[-1 - at] != now[-1 - at]), shorter - head)
    gone, come = before[head : len(before) - tail], now[head : len(now) - tail]
    windows = "\r\n" in it.source.text.content
    assert not any(line.endswith("\n") and line.endswith("\r\n") != windows for line in come)
    ended = it.source.text.content.endswith("\n")
    assert after.endswith("\n") == ended or isinstance(it.operation, RemoveValue)
    match it.operation:
        case SetValue() | AppendItem() | RenameKey():
            # A line that is written on, another one that ends the value there, the last one that had no break.
            assert len("".join(gone).strip("\r\n").splitlines()) <= 4 or it.file.text.count("\n") < 4
        case AddResource(beside) if not beside.at:
            assert "".join(gone) in {"", before[-1]}


TIDY = st.builds(
    Habits,
    step=st.sampled_from([2, 4]),
    offset=st.sampled_from([0, 2]),
    gap=st.sampled_from([2, 4]),
    newline=st.sampled_from(["\n", "\r\n"]),
    comments=st.sampled_from([0, 3]),
    blanks=st.sampled_from([0, 2]),
    flows=st.sampled_from([0, 3]),
    quotes=st.sampled_from([0, 8]),
)


@given(choices, TIDY)
@settings(max_examples=100, suppress_health_check=[HealthCheck.filter_too_much])
def test_nothing_harmless_is_refused(drawn: Choices, habits: Habits) -> None:
    it = case(drawn, habits)
    operation = it.operation
    text = it.source.text.content
    assume("{{" not in it.document.text and "${" not in it.document.text and text.endswith("\n"))
    assume(not isinstance(operation, AddResource) or not it.document.text.lstrip().startswith("{"))
    if isinstance(operation, SetValue | AppendItem | RenameKey | RemoveValue):
        route = operation.place.route
        holder = value_at(it.resource.data, route[:-1]) if operation.place.written else {}
        here = operation.place.value
        assume(not isinstance(operation, RenameKey) or (isinstance(holder, dict) and operation.key not in holder))
        assume(not isinstance(operation, AppendItem) or isinstance(here, list | None))
        assume(
            not isinstance(operation, SetValue) or not here or (isinstance(here, str) and "\n" not in here.strip("\n"))
        )
        assume(not isinstance(operation, SetValue) or not isinstance(operation.value, dict | list) or here is None)
        assume(not isinstance(operation, SetValue) or here not in ({}, []))
        assume(not isinstance(operation, RemoveValue) or len(removed(it)) > 0)
    assert it.make()


@given(choices, st.sampled_from([Habits(step=4, offset=0), Habits(offset=2), Habits(step=3, offset=1, gap=4)]))
@settings(max_examples=40, suppress_health_check=[HealthCheck.filter_too_much])
def test_what_is_new_is_indented_as_the_rest_is(drawn: Choices, habits: Habits) -> None:
    it = case(drawn, habits)
    route, holder = next(
        (route, value)
        for route, value in walk(it.resource.data)
        if isinstance(value, dict) and len(route) == 1 and value
    )
    assume("new" not in holder and "- " in it.document.text and "{" not in it.document.text.replace("{}", ""))
    assume(it.document.text.endswith("\n") and not re.search(r"^ *- (?: |-)", it.document.text, re.MULTILINE))
    operation = SetValue(it.resource.place(*route, "new"), {"deep": [{"a": 1, "b": 2}]})
    after = prove(it.source, edits_of([operation]), [operation], thorough=False)
    added = [line.rstrip() for line in lines_of(after) if line not in lines_of(it.source.text.content)]
    start = len(added[0]) - len(added[0].lstrip())
    dash = " " * (start + habits.step + habits.offset) + "-" + " " * (habits.gap - 1)
    assume(any(line.strip(" \r\n").startswith(f"-{' ' * (habits.gap - 1)}") for line in it.document.text.splitlines()))
    steps = [line for line in added if line.strip()]
    assert steps[0].strip(" '\"") == "new:" or steps[0].strip().strip("'\":") == "new"
    assert steps[2].startswith(dash[: start + habits.step])


PIECES = (
    *("yes", "no", "on", "y", "~", "null", "0x", "1e3", ".5", ".inf", "-", "+", "0o", "0", "12", "30", "_", "a", "B"),
    *(" ", ": ", "#", " #", "*", "&", "!", "%", "@", "`", "[", "]", "{", "}", ",", "?", "|", ">", '"', "'", "\\", "\n"),
    *("\t", "é", "\U0001f980", "\u2028", "\x85", "\ufeff", "\xa0", "=", "<<", "/", ".", "--", "---", "...", "Gi", "m"),
    *("(", ")", "$", "\x7f", "\x01", "T", "2024-01-01", "\r", "\u3000", "\ufffe", ":"),
)
CHARACTERS = (range(0x20), range(0x7F, 0x300), range(0x2000, 0x2100), range(0xE000, 0x11000))


def some_text(seed: int) -> str:
    drawn = Random(seed)
    odd = (chr(drawn.choice(drawn.choice(CHARACTERS))) for _ in range(3))
    return "".join(drawn.choices((*PIECES, *odd), k=drawn.randrange(7)))


TEXTS = st.integers(0, 2**32).map(some_text)
STYLES = st.tuples(st.sampled_from(["'", '"']), st.booleans(), st.booleans(), st.sampled_from(["", "'"])).map(
    # Field by field: `builds` would make up all the others as well, an indentation of a billion columns among them.
    lambda drawn: Style(quote=drawn[0], quotes_all=drawn[1], json=drawn[2], key_quote=drawn[3])
)


@given(TEXTS, STYLES, st.sampled_from(["", "'", '"']))
@settings(max_examples=150)
def test_any_text_is_the_same_text_to_every_reader(text: str, style: Style, quote: str) -> None:
    lines = [
        f"a: {scalar(text, style, quote=quote)}",
        *pair_lines("b", text, 0, style),
        "c:",
        *item_lines(text, 2, style, quote=quote),
        f"d: {flow({text: [text, {'x': text}]}, style)}",
        *pair_lines("e", {text: text}, 0, style),
        "f:",
        *item_lines({text: text, "z": text}, 0, style),
    ]
    written = "\n".join(lines) + "\n"
    wanted = {
        "a": text,
        "b": text,
        "c": [text],
        "d": {text: [text, {"x": text}]},
        "e": {text: text},
        "f": [{text: text, "z": text}],
    }
    root = compose(written)
    assert root is not None
    assert plain(root) == wanted
    assert yaml.load(written, yaml.CSafeLoader) == wanted
    for version in ((1, 1), (1, 2)):
        reader = YAML(typ="safe", pure=True)
        reader.version = version
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert reader.load(written) == wanted


@pytest.mark.parametrize("text", [*WORDS, *KEYS])
def test_known_traps_are_the_same_text_to_every_reader(text: str) -> None:
    test_any_text_is_the_same_text_to_every_reader.hypothesis.inner_test(text, Style(), "")  # type: ignore[attr-defined]


@given(st.one_of(st.integers(), st.floats(), st.booleans(), st.none()))
@settings(max_examples=100)
def test_any_number_is_the_same_number_to_every_reader(value: Any) -> None:
    written = f"a: {scalar(value, Style())}\n"
    root = compose(written)
    assert root is not None
    assume(not isinstance(value, int) or abs(value) < 10**60)
    assert same(plain(root), {"a": value})
    assert same(yaml.load(written, yaml.CSafeLoader), {"a": value})
    reader = YAML(typ="safe", pure=True)
    reader.version = (1, 1)
    assert same(reader.load(written), {"a": value})


def test_files_are_written_in_many_styles() -> None:
    """Hold the generator to what it is for: without that, the properties above would say little."""
    texts = [
        some_file(Drawn(bytes((seed * 7 + at * (seed % 13 + 1)) % 251 for at in range(500)))).text
        for seed in range(300)
    ]
    for trait in (
        r"\r\n", r"[^\n]\Z", r"^- ", r"^  - ", r"-   \w", r"[|>]\+", r"[|>]\d", r"\t#", r"^---", r"^\.\.\.", r"^%YAML",
        r": \{", r": \[", r"^'", r'^"', r"# c\d+", r"&a1", r"\*a1", r"\{\{", r'\A\{"', r'\A\{\n', "\U0001f980",
        r"kind: .?List",
    ):  # fmt: skip
        assert any(re.search(trait, text, re.MULTILINE) for text in texts), trait
