"""What operations make of texts: the place, the style and the comments, trap by trap, as before and after."""

from __future__ import annotations

import time
from collections.abc import Callable
from textwrap import dedent
from typing import Any, NamedTuple

import pytest

from kafkalint.checking.finding import TextPlace
from kafkalint.checking.fix import (
    AddResource,
    AppendItem,
    Operation,
    RemoveEntry,
    RemoveValue,
    RenameKey,
    RewriteText,
    SetValue,
)
from kafkalint.fixing.text.edits import Refusal, apply, clash, combined
from kafkalint.fixing.text.proof import prove
from kafkalint.fixing.text.writing import edits_for, edits_of
from kafkalint.manifests.documents import documents
from kafkalint.manifests.resources import Place, Resource
from kafkalint.manifests.sources import Source
from kafkalint.manifests.text import Span, decode, encode

HEAD = "apiVersion: v1\nkind: Test\n"
BUDGET = {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "spec": {"maxUnavailable": 1}}


class Edited(NamedTuple):
    """A resource, and what was done to it."""

    source: Source
    resource: Resource

    @classmethod
    def of(cls, text: str | bytes, number: int = 0) -> Edited:
        source = Source("x.yaml", text.encode() if isinstance(text, str) else text)
        resources = [each for document in documents(source) for each in document.resources]
        return cls(source, resources[number])

    def __call__(self, *route: str | int) -> Place:
        return self.resource.place(*route)

    def make(self, *operations: Operation) -> str:
        return prove(self.source, edits_of(operations), operations, thorough=True)


Do = Callable[[Edited], Operation]


def put(*route: Any, to: Any) -> Do:
    return lambda at: SetValue(at(*route), to)


def add(*route: Any, item: Any) -> Do:
    return lambda at: AppendItem(at(*route), item)


def remove(*route: Any, up_to: int = 1) -> Do:
    return lambda at: RemoveValue(at(*route), up_to)


def rename(*route: Any, to: str) -> Do:
    return lambda at: RenameKey(at(*route), to)


def beside() -> Do:
    return lambda at: AddResource(at.resource, BUDGET)


def made(before: str, *does: Do) -> str:
    at = Edited.of(HEAD + before)
    return at.make(*(do(at) for do in does)).removeprefix(HEAD)


def refused(before: str, *does: Do) -> str:
    with pytest.raises(Refusal) as caught:
        made(dedent(before), *does)
    return str(caught.value)


def check(before: str, after: str, *does: Do) -> None:
    """Hold a text to what becomes of it: as it stands, with CRLF, and with no line break at its end."""
    before, after = dedent(before), dedent(after)
    assert made(before, *does) == after
    crlf = Edited.of((HEAD + before).replace("\n", "\r\n"))
    assert crlf.make(*(do(crlf) for do in does)) == (HEAD + after).replace("\n", "\r\n")
    assert made(before[:-1], *does).rstrip("\n") == after[:-1].rstrip("\n")


class TestSettingAScalar:
    @pytest.mark.parametrize(
        ("before", "value", "after"),
        [
            ("1", 3, "3"),
            ("'1'", 3, "3"),
            ("a", "b", "b"),
            ("'a'", "b", "'b'"),
            ('"a"', "b", '"b"'),
            ("'a'", "it's", "'it''s'"),
            ('"a"', 'say "x" \\', '"say \\"x\\" \\\\"'),
            ("'a'", "two\nlines", '"two\\nlines"'),
            ("a", "yes", '"yes"'),
            ("a", "1", '"1"'),
            ("a", "10Gi", "10Gi"),
            ("a", "kafka-0.kafka:9092", "kafka-0.kafka:9092"),
            ("a", 1e16, "1.0e+16"),
            ("a", float("inf"), ".inf"),
            ("false", True, "true"),
            ("a", None, "null"),
            ("", 3, "3"),
            ("", "b", "b"),
            ("~", 3, "3"),
            ("a b", 3, "3"),
            ("&unused 1", 3, "&unused 3"),
            ("|\n    a", 3, "3"),
            (">-\n    a", "b", "b"),
        ],
    )
    def test_in_its_own_style(self, before: str, value: Any, after: str) -> None:
        check(
            f"spec:\n  key: {before}\n  other: 1\n",
            f"spec:\n  key: {after}\n  other: 1\n",
            put("spec", "key", to=value),
        )

    def test_comments_and_blanks_stay(self) -> None:
        check("spec:\n  key:   1\t # why\n", "spec:\n  key:   3\t # why\n", put("spec", "key", to=3))
        check("spec:\n  key: # why\n  other: 1\n", "spec:\n  key: 3 # why\n  other: 1\n", put("spec", "key", to=3))
        check("spec:\n  key: |- # why\n    a\n  b: 1\n", "spec:\n  key: 3 # why\n  b: 1\n", put("spec", "key", to=3))

    def test_on_a_line_of_its_own(self) -> None:
        check("spec:\n  key:\n    a\n  b: 1\n", "spec:\n  key:\n    3\n  b: 1\n", put("spec", "key", to=3))
        check("spec:\n  key:\n    a\n    b\n", "spec:\n  key:\n    3\n", put("spec", "key", to=3))

    def test_in_flow_style(self) -> None:
        check("spec: {a: 1, b: '2'}\n", "spec: {a: 1, b: '3'}\n", put("spec", "b", to="3"))
        check("spec: {a: , b: 2}\n", "spec: {a: 3, b: 2}\n", put("spec", "a", to=3))
        check("spec: {a, b: 2}\n", "spec: {a: 3, b: 2}\n", put("spec", "a", to=3))
        check("spec: [1, {a: 2}]\n", "spec: [1, {a: x}]\n", put("spec", 1, "a", to="x"))

    def test_what_stands_there_already_is_not_touched(self) -> None:
        at = Edited.of(f"{HEAD}spec: {{a: 0x10, b: [1, {{c: 'x'}}]}}\n")
        assert edits_of([SetValue(at("spec", "a"), 16), SetValue(at("spec", "b"), [1, {"c": "x"}])]) == ()

    def test_the_last_of_two_equal_keys_is_the_one_that_counts(self) -> None:
        check("a: 1\nb: 0\na: 2\n", "a: 1\nb: 0\na: 3\n", put("a", to=3))

    def test_what_is_not_to_be_written_over(self) -> None:
        assert refused("spec: {a: 1}\n", put("spec", to=3)) == (
            "a whole mapping or list stands there, which its author knows better"
        )
        assert refused("spec: a\n", put("spec", to={"b": 1})) == "another value stands there"
        assert refused("spec: |\n  a\n  b\n", put("spec", to=1)) == "the value is a text of several lines"
        assert refused("spec: !!str 1\n", put("spec", to=1)) == "the value has an anchor or a tag"
        assert refused("spec: a\n", put("spec", "b", "c", to=1)) == "a stands where a mapping is expected"
        assert refused("spec: [a]\n", put("spec", "b", to=1)) == "a list stands where a mapping is expected"
        assert refused("spec: [a]\n", put("spec", 3, "b", to=1)) == "the item before it is not there"
        assert refused("spec: {}\n", put("spec", "a", 0, "b", to=1)) == "the list that it belongs to is not there"


class TestAddingAKey:
    def test_at_the_end_or_where_people_expect_it(self) -> None:
        check("spec:\n  a: 1\n  b: 2\n", "spec:\n  a: 1\n  b: 2\n  c: 3\n", put("spec", "c", to=3))
        check(
            "metadata:\n  name: x\n  labels: {}\n",
            "metadata:\n  name: x\n  namespace: kafka\n  labels: {}\n",
            put("metadata", "namespace", to="kafka"),
        )
        check(
            "metadata:\n  # why\n  labels: {}\n",
            "metadata:\n  name: x\n  # why\n  labels: {}\n",
            put("metadata", "name", to="x"),
        )

    def test_in_the_alphabet_where_the_author_keeps_to_it(self) -> None:
        check(
            "config:\n  a: 1\n  b: 1\n  d: 1\n  e: 1\n",
            "config:\n  a: 1\n  b: 1\n  c: 1\n  d: 1\n  e: 1\n",
            put("config", "c", to=1),
        )
        check(
            "config:\n  b: 1\n  c: 1\n  d: 1\n  e: 1\n",
            "config:\n  a: 1\n  b: 1\n  c: 1\n  d: 1\n  e: 1\n",
            put("config", "a", to=1),
        )

    def test_beside_its_kin(self) -> None:
        check(
            "config:\n  log.roll.ms: 1\n  log.segment.bytes: 2\n  acks: 3\n",
            "config:\n  log.roll.ms: 1\n  log.segment.bytes: 2\n  log.retention.ms: 4\n  acks: 3\n",
            put("config", "log.retention.ms", to=4),
        )

    @pytest.mark.parametrize(
        ("before", "new"),
        [
            ("spec:\n  a:\n    - 1\n", "  c:\n    d:\n      - 1\n"),
            ("spec:\n  a:\n  - 1\n", "  c:\n    d:\n    - 1\n"),
            ("spec:\n  a:\n  -   b: 1\n", "  c:\n    d:\n    -   1\n"),
            ("spec:\n a:\n  - 1\n", " c:\n  d:\n   - 1\n"),
            ("spec:\n    a:\n    - 1\n", "    c:\n        d:\n        - 1\n"),
            ("spec:\n    a:\n      - b:\n            c: 1\n", "    c:\n        d:\n          - 1\n"),
        ],
    )
    def test_in_the_style_of_the_document(self, before: str, new: str) -> None:
        check(f"{before}z: 1\n", f"{before}{new}z: 1\n", put("spec", "c", "d", to=[1]))

    def test_quotes_around_all_keys_are_around_new_ones(self) -> None:
        text = "'apiVersion': v1\n'kind': Test\n'spec':\n  'a': 1\n"
        at = Edited.of(text)
        assert at.make(SetValue(at("spec", "b", "c"), "d")) == f"{text}  'b':\n    'c': d\n"

    def test_quotes_are_those_of_the_neighbours(self) -> None:
        check("a: 1\nspec:\n  'b': 'c'\n", "a: 1\nspec:\n  'b': 'c'\n  'd': 'e'\n", put("spec", "d", to="e"))
        check(
            'spec:\n  b: "c"\n', 'spec:\n  b: "c"\n  d: "e"\n  f: 1\n', put("spec", "d", to="e"), put("spec", "f", to=1)
        )
        check(
            "spec:\n  b: 'c'\n  d: e\n",
            "spec:\n  b: 'c'\n  d: e\n  f: g\n  h: 'yes'\n",
            put("spec", "f", to="g"),
            put("spec", "h", to="yes"),
        )

    def test_behind_what_belongs_to_its_neighbour(self) -> None:
        text = "metadata:\n  name:\n    b: 1 # beside\n    # inside\n\n    # inside as well\n  # above\n  labels: 1\n"
        wanted = text.replace("  # above", "  namespace: kafka\n  # above")
        check(text, wanted, put("metadata", "namespace", to="kafka"))

    def test_behind_keys_and_items_that_are_out_of_use(self) -> None:
        check(
            "metadata:\n  name:\n  - a\n  # - b\n  labels: 1\n",
            "metadata:\n  name:\n  - a\n  # - b\n  namespace: kafka\n  labels: 1\n",
            put("metadata", "namespace", to="kafka"),
        )
        check(
            "metadata:\n  name:\n    a:\n      b: 1\n#      c: 1\n  labels: 1\n",
            "metadata:\n  name:\n    a:\n      b: 1\n#      c: 1\n  namespace: kafka\n  labels: 1\n",
            put("metadata", "namespace", to="kafka"),
        )
        check(
            "metadata:\n  name: a\n  # uid: b\n  labels: 1\n",
            "metadata:\n  name: a\n  namespace: kafka\n  # uid: b\n  labels: 1\n",
            put("metadata", "namespace", to="kafka"),
        )

    def test_blank_lines_between_all_neighbours_come_along(self) -> None:
        check("spec:\n  a: 1\n\n  b: 2\n", "spec:\n  a: 1\n\n  b: 2\n\n  c: 3\n", put("spec", "c", to=3))
        check("a: 1\n\nb: 2\n", "a: 1\n\nb: 2\nc: 3\n", put("c", to=3))
        check(
            "metadata:\n\n  name: a\n\n  labels: 1\n",
            "metadata:\n\n  name: a\n\n  namespace: kafka\n\n  labels: 1\n",
            put("metadata", "namespace", to="kafka"),
        )

    def test_in_front_of_a_key_beside_a_dash(self) -> None:
        check(
            "spec:\n- image: a\n  args: []\n",
            "spec:\n- name: b\n  image: a\n  args: []\n",
            put("spec", 0, "name", to="b"),
        )
        check("spec:\n- - image: a\n", "spec:\n- - name: b\n    image: a\n", put("spec", 0, 0, "name", to="b"))

    def test_in_front_of_the_first_key_of_a_document(self) -> None:
        at = Edited.of("---\n# who\nkind: Test\nmetadata: {}\n")
        assert at.make(SetValue(at("apiVersion"), "v1")) == "---\napiVersion: v1\n# who\nkind: Test\nmetadata: {}\n"

    def test_where_a_key_has_no_value(self) -> None:
        for nothing in ("", " ~", " null", " {}", " { }"):
            check(f"spec:{nothing} # why\nb: 1\n", "spec: # why\n  a: 1\nb: 1\n", put("spec", "a", to=1))
            check(
                f"spec:{nothing}\n",
                "spec:\n  a:\n    c: [x]\n".replace("[x]", "").rstrip() + "\n      - x\n",
                put("spec", "a", "c", to=["x"]),
            )
        for nothing in ("", " ~", " []"):
            check(f"spec:{nothing} # why\nb: 1\n", "spec: # why\n  - 1\nb: 1\n", add("spec", item=1))
        check("spec:\n  {}\nb: 1\n", "spec:\n  a: 1\nb: 1\n", put("spec", "a", to=1))
        check("spec:\n  # none\nb: 1\n", "spec:\n  a: 1\n  # none\nb: 1\n", put("spec", "a", to=1))
        check("spec:\n", "spec: {}\n", put("spec", to={}))
        check("spec: &x {}\n", "spec: &x {a: 1}\n", put("spec", "a", to=1))
        check("spec: [{}, ~]\n", "spec: [{a: 1}, ~]\n", put("spec", 0, "a", to=1))
        check("spec: [{}, ~]\n", "spec: [{}, {a: 1}]\n", put("spec", 1, "a", to=1))
        check("spec:\n- ~\n-\n", "spec:\n- ~\n- {a: 1}\n", put("spec", 1, "a", to=1))

    def test_in_flow_style(self) -> None:
        check("spec: {a: 1}\n", "spec: {a: 1, b: {c: [x]}}\n", put("spec", "b", "c", to=["x"]))
        check("spec: { a: 1 }\n", "spec: { a: 1, b: 2 }\n", put("spec", "b", to=2))
        check("spec: {a: 1,}\n", "spec: {a: 1, b: 2,}\n", put("spec", "b", to=2))
        check('spec: {"a":1,"c":3}\n', 'spec: {"a":1,"c":3,"b":{"d":2}}\n', put("spec", "b", "d", to=2))
        check("spec: {a: }\n", "spec: {a: , b: 2}\n", put("spec", "b", to=2))
        check("metadata: {labels: 1}\n", "metadata: {name: x, labels: 1}\n", put("metadata", "name", to="x"))
        check(
            "spec: {\n  a: 1, # x, y\n  b: 2  # z\n}\n",
            "spec: {\n  a: 1, # x, y\n  b: 2,  # z\n  c: 3\n}\n",
            put("spec", "c", to=3),
        )
        check(
            "spec: {\n  a: 1, # x\n  b: 2, # z\n}\n",
            "spec: {\n  a: 1, # x\n  b: 2, # z\n  c: 3,\n}\n",
            put("spec", "c", to=3),
        )
        check("spec: {\n  a: 1,\n  b: 2 }\n", "spec: {\n  a: 1,\n  b: 2,\n  c: 3 }\n", put("spec", "c", to=3))
        check("spec: {a: 1,\n  b: 2, c: 3}\n", "spec: {a: 1,\n  b: 2, c: 3, d: 4}\n", put("spec", "d", to=4))

    def test_several_below_one_missing_key(self) -> None:
        check(
            "spec:\n  a: 1\n",
            "spec:\n  a: 1\n  resources:\n    limits:\n      cpu: 1\n      memory: 2\n"
            '    claims:\n      - x\n      - "y"\n',
            put("spec", "resources", "limits", "cpu", to=1),
            put("spec", "resources", "limits", "memory", to=2),
            add("spec", "resources", "claims", item="x"),
            add("spec", "resources", "claims", item="y"),
        )
        assert refused("a: 1\n", put("b", "c", to=1), put("b", "c", to=2)) == "two of its edits contradict one another"

    def test_several_at_one_place_keep_with_their_own(self) -> None:
        check(
            "spec:\n  a:\n  - b:\n    - 1\n",
            "spec:\n  a:\n  - b:\n    - 1\n    - 2\n    c: 3\n  - d\n  e: 4\nf: 5\n",
            put("f", to=5),
            put("spec", "e", to=4),
            put("spec", "a", 0, "c", to=3),
            add("spec", "a", item="d"),
            add("spec", "a", 0, "b", item=2),
        )

    def test_keys_and_texts_that_need_quotes(self) -> None:
        new = '  "yes": "no"\n  "1": "~"\n'
        check("spec:\n  a: 1\n", f"spec:\n  a: 1\n{new}", put("spec", "yes", to="no"), put("spec", "1", to="~"))
        assert refused("a: 1\n", put("b", to="\ud800")) == "half a character cannot be written"

    def test_texts_of_several_lines(self) -> None:
        before = "spec:\n  a: 1\n"
        assert made(before, put("spec", "b", to="two\n  lines\n")) == f"{before}  b: |\n    two\n      lines\n"
        assert made(before, put("spec", "b", to="x\n\ny")) == f"{before}  b: |-\n    x\n\n    y\n"
        assert made(before, put("spec", "b", to="kept\n\n")) == f'{before}  b: "kept\\n\\n"\n'
        assert made(before[:-1], put("spec", "b", to="two\nlines\n")) == f'{before}  b: "two\\nlines\\n"'


class TestTextsInBlocks:
    @pytest.mark.parametrize("mark", ["|", "|-", "|+", ">", ">-", ">+", "|2", "|+2 # why", ">1-"])
    @pytest.mark.parametrize("blank", ["", "\n", "\n\n", "   \n\n"])
    def test_what_follows_leaves_them_as_they_are(self, mark: str, blank: str) -> None:
        lines = "    text\n      more\n" if "2" not in mark and "1" not in mark else "     text\n    more\n"
        text = f"metadata:\n  uid: 0\n  name: {mark}\n{lines}{blank}  labels: 1\n"
        at = Edited.of(HEAD + text)
        after = at.make(SetValue(at("metadata", "namespace"), "kafka"))
        assert after == HEAD + text.replace("  labels", "  namespace: kafka\n  labels") or "+" not in mark
        assert after.replace("  namespace: kafka\n", "") == HEAD + text
        assert Edited.of(after)("metadata", "name").value == at("metadata", "name").value
        assert at.make(RemoveValue(at("metadata", "labels"))) == HEAD + text.replace("  labels: 1\n", "").rstrip(
            "" if "+" in mark else "\n "
        ) + ("" if "+" in mark else "\n")

    def test_a_text_that_ends_the_file_cannot_be_followed(self) -> None:
        words = "the text above it ends without a line break, and would get one"
        assert refused("a: |\n  text", put("b", to=1)) == words
        assert refused("a: |\n  text", beside()) == words
        assert made("a: |-\n  text", put("b", to=1)) == "a: |-\n  text\nb: 1"

    def test_the_blank_lines_of_a_kept_text_stay_with_it(self) -> None:
        text = "a: |+\n  text\n\n"
        assert made(text, put("b", to=1)) == f"{text}b: 1\n"
        assert made(f"{text}b: 1\n\nc: 2\n", remove("b")) == f"{text}c: 2\n"
        assert made(f"{text}b: 1\n", remove("b")) == text
        assert made(f"{text}b: 1", remove("b")) == text
        assert made(text, beside()).startswith(f"{text}---\napiVersion: policy/v1\n")

    def test_the_break_of_a_text_stays_when_the_last_line_goes(self) -> None:
        assert made("a: |\n  text\nb: 1", remove("b")) == "a: |\n  text\n"
        assert made("a: 1\n\nb: 1", remove("b")) == "a: 1"


class TestAddingAnItem:
    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("spec:\n- a: 1\n  b: 2\n", "- c: 3\n  d: 4\n"),
            ("spec:\n  - a: 1\n", "  - c: 3\n    d: 4\n"),
            ("spec:\n-   a: 1\n", "-   c: 3\n    d: 4\n"),
            ("spec:\n-   a\n", "-   c: 3\n    d: 4\n"),
            ("spec:\n- {a: 1}\n", "- {c: 3, d: 4}\n"),
            ("spec:\n-\n  a: 1\n", "- c: 3\n  d: 4\n"),
            ("spec: &x\n    - a\n", "    - c: 3\n      d: 4\n"),
            ("spec: !!seq # a - b\n  - a\n", "  - c: 3\n    d: 4\n"),
            ("spec:\n- a:\n  - b\n  # inside\n", "- c: 3\n  d: 4\n"),
            ("spec:\n- a: 1\n\n- b: 2\n", "\n- c: 3\n  d: 4\n"),
        ],
    )
    def test_in_the_style_of_the_others(self, before: str, after: str) -> None:
        if "&x" in before or "!!" in before:
            assert made(before, add("spec", item={"c": 3, "d": 4})) == before + after
            return
        tail = "z: 1\n"
        check(before + tail, before + after + tail, add("spec", item={"c": 3, "d": 4}))

    def test_quotes_are_those_of_the_others(self) -> None:
        check("spec:\n- 'a'\n- 'b'\n", "spec:\n- 'a'\n- 'b'\n- 'c'\n", add("spec", item="c"))
        check('spec: ["a"]\n', 'spec: ["a", "c"]\n', add("spec", item="c"))
        check("spec: [a]\n", 'spec: [a, "1"]\n', add("spec", item="1"))

    def test_before_what_is_out_of_use(self) -> None:
        check("spec:\n- a\n# - b\nc: 1\n", "spec:\n- a\n- x\n# - b\nc: 1\n", add("spec", item="x"))

    def test_in_lists_of_lists(self) -> None:
        check("spec:\n- - a\n- b\n", "spec:\n- - a\n  - x\n- b\n", add("spec", 0, item="x"))
        check("spec:\n- - a\n", "spec:\n- - a\n- [x]\n", add("spec", item=["x"]))

    def test_on_lines_of_their_own(self) -> None:
        check(
            "spec: [\n  a, # one, two\n  b  # three\n]\n",
            "spec: [\n  a, # one, two\n  b,  # three\n  c\n]\n",
            add("spec", item="c"),
        )
        check("spec: [\n  a,\n  b ]\n", "spec: [\n  a,\n  b,\n  c ]\n", add("spec", item="c"))
        check(
            "spec: [\n  {a: 1},\n  {a: 2},\n]\n",
            "spec: [\n  {a: 1},\n  {a: 2},\n  {a: 3},\n]\n",
            add("spec", item={"a": 3}),
        )

    def test_a_text_of_several_lines(self) -> None:
        after = made("spec:\n  - a\nb: 1\n", add("spec", item="two\nlines\n"))
        assert after == "spec:\n  - a\n  - |\n    two\n    lines\nb: 1\n"

    def test_where_no_list_is(self) -> None:
        check("spec:\n  a: 1\n", "spec:\n  a: 1\n  b:\n    - 1\n", add("spec", "b", item=1))
        assert refused("spec: 1\n", add("spec", item=1)) == "a value stands where a list is expected"
        assert refused("spec: {a: 1}\n", add("spec", item=1)) == "a mapping stands where a list is expected"


class TestRemoving:
    def test_a_key_goes_with_its_lines_and_its_own_comments(self) -> None:
        check(
            "spec:\n  a: 1\n  # why b\n  # is there\n  b: # beside\n    - 1\n    # inside\n  # above c\n  c: 1\n",
            "spec:\n  a: 1\n  # above c\n  c: 1\n",
            remove("spec", "b"),
        )

    @pytest.mark.parametrize(
        "comment",
        [
            "# ---- storage ----\n",
            "#########\n# Storage\n#########\n",
            "# where data lies\n\n",
            "# old: 1\n",
            "  # of something deeper\n",
        ],
    )
    def test_what_speaks_of_others_stays(self, comment: str) -> None:
        check(f"a: 1\n{comment}b: 1\n\nc: 1\n", f"a: 1\n{comment}\nc: 1\n".replace("\n\n\n", "\n\n"), remove("b"))

    def test_an_item_that_is_out_of_use_belongs_to_the_list_above(self) -> None:
        check("a:\n- x\n# - y\n# why b\nb: 1\nc: 1\n", "a:\n- x\n# - y\nc: 1\n".replace("c", "# why b\nc"), remove("b"))
        check("a:\n- x\n# - y\nbeta: 1\n\nc: 1\n", "a:\n- x\n# - y\n\nc: 1\n", remove("beta"))

    def test_a_comment_above_several_speaks_of_all_of_them(self) -> None:
        check(
            "config:\n  # -1 is the default\n  a.factor: -1\n  b.factor: -1\n",
            "config:\n  # -1 is the default\n  b.factor: -1\n",
            remove("config", "a.factor"),
        )
        check(
            "config:\n  # 10 seconds longer than the grace of others\n  terminationGraceSeconds: 100\n  name: a\n",
            "config:\n  name: a\n",
            remove("config", "terminationGraceSeconds"),
        )
        check("config:\n  # Use SSD\n  class: ssd\n  size: 10\n", "config:\n  size: 10\n", remove("config", "class"))
        check("config:\n  # of all\n  a: 1\n\n  b: 1\n", "config:\n  b: 1\n", remove("config", "a"))

    def test_a_directive_goes_with_what_it_is_for(self) -> None:
        check("spec:\n  # kafkalint: ignore[KL301] for now\n  a: 1\n  b: 1\n", "spec:\n  b: 1\n", remove("spec", "a"))

    def test_the_last_key(self) -> None:
        check("spec:\n  a: 1\n  b: 1 # why\n", "spec:\n  a: 1\n", remove("spec", "b"))
        check("spec:\n  a: 1\n  b: 1\n# end\n", "spec:\n  a: 1\n# end\n", remove("spec", "b"))

    def test_blank_lines_are_not_left_double(self) -> None:
        check("a: 1\n\nb: 1\n\nc: 1\n", "a: 1\n\nc: 1\n", remove("b"))
        check("a: 1\n\nb: 1\nc: 1\n", "a: 1\n\nc: 1\n", remove("b"))
        check("a: 1\n\nb: 1\n", "a: 1\n", remove("b"))
        check("spec:\n  a: 1\n\n  b: 1\n", "spec:\n  b: 1\n", remove("spec", "a"))

    def test_beside_a_dash(self) -> None:
        check("spec:\n- a: 1 # why\n  b: 1\n", "spec:\n- b: 1\n", remove("spec", 0, "a"))
        check("spec:\n-   a:\n    - 1\n\n    b: 1\n", "spec:\n-   b: 1\n", remove("spec", 0, "a"))
        check("spec:\n- a: 1 # why\n  # b\n  b: 1\n", "spec:\n-\n  # b\n  b: 1\n", remove("spec", 0, "a"))
        check("spec:\n- - a\n  - b\n", "spec:\n- - b\n", remove("spec", 0, 0))

    def test_an_item(self) -> None:
        check("spec:\n- a\n# why beta\n- beta: 1\n  c: 1\n- d\n", "spec:\n- a\n- d\n", remove("spec", 1))
        check("spec:\n- a\n-\n  # b\n  b: 1\n- c\n", "spec:\n- a\n- c\n", remove("spec", 1))
        check("spec:\n- a\n- # b\n  b: 1\n- c\n", "spec:\n- a\n- c\n", remove("spec", 1))
        check("spec:\n- a\n-\n- c\n", "spec:\n- a\n- c\n", remove("spec", 1))

    @pytest.mark.parametrize(
        ("before", "number", "after"),
        [
            ("[a, b, c]", 0, "[b, c]"),
            ("[a, b, c]", 1, "[a, c]"),
            ("[a, b, c]", 2, "[a, b]"),
            ("[ a, b, ]", 1, "[ a, ]"),
            ("[ a ]", 0, "[]"),
            ("[a,b]", 0, "[b]"),
            ("[a, # a, c\n  b, c]", 1, "[a, # a, c\n  c]"),
            ("[a, b, # of b\n  c]", 1, "[a, # of b\n  c]"),
            (
                "[\n  a, # one\n  # of b\n  b, # two\n  # of c\n  c  # three\n  ]",
                1,
                "[\n  a, # one\n  # of c\n  c  # three\n  ]",
            ),
            ("[\n  a, # one\n  b, # two\n  c  # three\n  ]", 2, "[\n  a, # one\n  b # two\n  ]"),
            ("[\n  a,\n  b,\n  ]", 1, "[\n  a,\n  ]"),
            ("[\n  a,\n  b\n  ]", 1, "[\n  a\n  ]"),
            ("[\n  a\n  ]", 0, "[]"),
            ("[\n  # stays\n\n  a\n  ]", 0, "[\n  # stays\n\n  ]"),
        ],
    )
    def test_from_brackets(self, before: str, number: int, after: str) -> None:
        check(f"spec:\n  a: {before}\n", f"spec:\n  a: {after}\n", remove("spec", "a", number, up_to=3))

    def test_what_is_left_empty_goes_as_well_up_to_a_point(self) -> None:
        text = "spec:\n  a:\n    b:\n      - c: 1\n  d: 1\n"
        check(text, "spec:\n  d: 1\n", remove("spec", "a", "b", 0, "c"))
        check(text, "spec:\n  a: {}\n  d: 1\n", remove("spec", "a", "b", 0, "c", up_to=2))
        check(text, "spec:\n  a:\n    b: []\n  d: 1\n", remove("spec", "a", "b", 0, "c", up_to=3))
        check(text, "spec:\n  a:\n    b:\n      - {}\n  d: 1\n", remove("spec", "a", "b", 0, "c", up_to=4))
        check("spec: # of spec\n  # of a\n  a: 1 # beside\nb: 1\n", "spec: {} # of spec\nb: 1\n", remove("spec", "a"))
        assert refused("", remove("kind"), remove("apiVersion")).startswith(("the edited text", "nothing"))

    def test_what_refills_it_stands_where_it_stood(self) -> None:
        at = Edited.of(f"{HEAD}spec:\n  a:\n    # why\n    - b\n  c: 1\n")
        after = at.make(RemoveValue(at("spec", "a", 0), refilled=True, up_to=2), AppendItem(at("spec", "a"), "x"))
        assert after == f"{HEAD}spec:\n  a:\n    - x\n  c: 1\n"

    def test_several_at_once(self) -> None:
        check("spec: [a, b, c]\n", "spec: [b]\n", remove("spec", 2), remove("spec", 0))
        check("a: 1\nb: 1\nc: 1\n", "b: 1\nd: 1\n", remove("c"), put("d", to=1), remove("a"))

    def test_one_of_two_equal_keys(self) -> None:
        text = f"{HEAD}a: 1 # first\nb: 1\na: 2\nspec:\n- {{a: 1, a: 2}}\n- {{a: 1, a: 2}}\n"
        at = Edited.of(text)
        root = at.resource.document.root
        assert root is not None
        first = root.pairs[2][0]  # type: ignore[union-attr]
        second = root.pairs[5][1].items[1].pairs[0][0]  # type: ignore[union-attr]
        after = at.make(RemoveEntry(at.resource.document, first), RemoveEntry(at.resource.document, second))
        assert after == f"{HEAD}b: 1\na: 2\nspec:\n- {{a: 1, a: 2}}\n- {{a: 2}}\n"

    def test_what_is_not_there(self) -> None:
        assert refused("a: 1\n", remove("b")) == "what is to be taken away is not there"
        assert refused("a: 1\nb: 2\na: 3\n", remove("a")) == "the edited text does not read as it was meant"


class TestRenaming:
    def test_a_key_keeps_its_quotes(self) -> None:
        check("spec:\n  a: 1 # why\n", "spec:\n  b: 1 # why\n", rename("spec", "a", to="b"))
        check("spec:\n  'a': 1\n", "spec:\n  'b': 1\n", rename("spec", "a", to="b"))
        check("spec: {a: 1}\n", 'spec: {"yes": 1}\n', rename("spec", "a", to="yes"))
        check("spec:\n- a: {b: 1}\n", "spec:\n- c: {b: 1}\n", rename("spec", 0, "a", to="c"))

    def test_what_cannot_be_renamed(self) -> None:
        assert refused("a: 1\nb: 2\n", rename("a", to="b")) == "a cannot be renamed"
        assert refused("a: 1\n", rename("b", to="c")) == "the key is not there"
        assert refused("a: [1]\n", rename("a", 0, to="c")) == "the key is not there"
        assert refused("&x a: 1\n", rename("a", to="c")) == "the key has an anchor or a tag"


class TestSplicing:
    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("--dirs=/data --x", "--dirs=/data/kafka --x"),
            ("'--dirs=/data --x'", "'--dirs=/data/kafka --x'"),
            ('"--dirs=/data --x"', '"--dirs=/data/kafka --x"'),
            ("|\n    --dirs=/data\n    --x", "|\n    --dirs=/data/kafka\n    --x"),
            (">-\n    --dirs=/data\n    --x", ">-\n    --dirs=/data/kafka\n    --x"),
        ],
    )
    def test_in_every_style(self, before: str, after: str) -> None:
        at = Edited.of(f"{HEAD}spec:\n  a: {before}\n  b: 1\n")
        start = at("spec", "a").value.index("/data")
        place = at.resource.place("spec", "a", fragment=Span(start, start + 5))
        assert at.make(SetValue(place, "/data/kafka")) == f"{HEAD}spec:\n  a: {after}\n  b: 1\n"

    def test_what_would_need_quoting(self) -> None:
        at = Edited.of(f"{HEAD}spec: abc\n")
        with pytest.raises(Refusal, match="the new text would need quoting"):
            at.make(SetValue(at.resource.place("spec", fragment=Span(0, 1)), "#"))
        with pytest.raises(Refusal, match="does not read as it was meant"):
            at.make(SetValue(at.resource.place("spec", fragment=Span(0, 3)), "1"))


class TestRewriting:
    @pytest.mark.parametrize(
        ("before", "words", "text", "after"),
        [
            ("a: 1 # old\nb: 2\n", "# old", "", "a: 1\nb: 2\n"),
            ("a: 1 \t # old\nb: 2\n", "# old", "", "a: 1\nb: 2\n"),
            ("a: 1 # old # kept\nb: 2\n", "# old", "", "a: 1 # kept\nb: 2\n"),
            ("a: 1 # kept # old\nb: 2\n", "# old", "", "a: 1 # kept\nb: 2\n"),
            ("  # old\na: 1\n", "# old", "", "a: 1\n"),
            ("a:\n  # old # kept\n  b: 1\n", "# old", "", "a:\n  # kept\n  b: 1\n"),
            ("a: 1\n# old", "# old", "", "a: 1"),
            ("a: 1\n# old\n", "# old", "", "a: 1\n"),
            ("a: 1 # old", "# old", "# new", "a: 1 # new"),
            ("a: 1 # the old one\n", "old", "new", "a: 1 # the new one\n"),
            ("# old\n---\na: 1\n", "# old", "# new", "# new\n---\na: 1\n"),
            ("# old\n---\na: 1\n", "# old", "", "---\na: 1\n"),
            ("a: yes\n", "yes", "true", "a: true\n"),
            ("a: 'x # old' # old\n", "# old", "", "a: 'x # old'\n"),
        ],
    )
    def test_words_anew(self, before: str, words: str, text: str, after: str) -> None:
        for newline in ("\n", "\r\n"):
            source = Source("x.yaml", before.replace("\n", newline).encode())
            start = source.text.content.rindex(words)
            operation = RewriteText(TextPlace(source, Span(start, start + len(words))), text)
            found = prove(source, edits_of([operation]), [operation], thorough=True)
            assert found == after.replace("\n", newline)

    def test_not_on_a_line_with_a_template(self) -> None:
        source = Source("x.yaml", b"a: {{ .Values.a }} # old\n")
        with pytest.raises(Refusal, match="the line holds a template"):
            edits_of([RewriteText(TextPlace(source, Span(19, 24)), "")])


class TestNewObjects:
    NEW = "---\napiVersion: policy/v1\nkind: PodDisruptionBudget\nspec:\n  maxUnavailable: 1\n"

    @pytest.mark.parametrize(
        "tail", ["", "---\nkind: Other\n", "...\n", "...\n%YAML 1.1\n---\nkind: Other\n", "\n\n---\n"]
    )
    def test_behind_the_one_that_they_are_for(self, tail: str) -> None:
        at = Edited.of(f"{HEAD}spec: 1\n{tail}")
        assert at.make(AddResource(at.resource, BUDGET)) == f"{HEAD}spec: 1\n{self.NEW}{tail}"

    def test_behind_the_comments_of_the_document(self) -> None:
        at = Edited.of(f"# head\n---\n{HEAD}# end\n\n--- # other\nkind: Other\n")
        assert at.make(AddResource(at.resource, BUDGET)) == (
            f"# head\n---\n{HEAD}# end\n{self.NEW}\n--- # other\nkind: Other\n"
        )

    def test_without_a_final_line_break(self) -> None:
        assert made("spec: 1", beside()) == f"spec: 1\n{self.NEW[:-1]}"

    def test_in_order_where_there_are_several(self) -> None:
        at = Edited.of(f"{HEAD}spec:\n  a: 1\n")
        other = {"apiVersion": "v1", "kind": "Service"}
        after = at.make(AddResource(at.resource, BUDGET), AddResource(at.resource, other), SetValue(at("spec", "b"), 2))
        assert after == f"{HEAD}spec:\n  a: 1\n  b: 2\n{self.NEW}---\napiVersion: v1\nkind: Service\n"

    def test_as_the_next_item_of_a_list(self) -> None:
        text = (
            "apiVersion: v1\nkind: List\nitems:\n- kind: A\n  metadata: {name: a}\n- kind: B\n  metadata: {name: b}\n"
        )
        at = Edited.of(text)
        new = "- apiVersion: policy/v1\n  kind: PodDisruptionBudget\n  spec:\n    maxUnavailable: 1\n"
        assert at.make(AddResource(at.resource, BUDGET)) == text.replace("- kind: B", f"{new}- kind: B")
        twice = at.make(AddResource(at.resource, BUDGET), AddResource(at.resource, {"kind": "C"}))
        assert twice == text.replace("- kind: B", f"{new}- kind: C\n- kind: B")

    def test_json_has_room_for_one(self) -> None:
        at = Edited.of('{"apiVersion": "v1", "kind": "Test"}\n')
        with pytest.raises(Refusal, match="written as JSON, which holds one document only"):
            at.make(AddResource(at.resource, BUDGET))

    def test_braces_alone_are_no_json(self) -> None:
        at = Edited.of("{apiVersion: v1, kind: Test}\n")
        assert at.make(AddResource(at.resource, BUDGET)) == f"{{apiVersion: v1, kind: Test}}\n{self.NEW}"


class TestJson:
    PRETTY = (
        '{\n  "apiVersion": "v1",\n  "kind": "Test",\n  "spec": {\n    "a": [\n      "x"\n    ],\n    "b": {}\n  }\n}\n'
    )

    def make(self, do: Do, text: str = PRETTY) -> str:
        at = Edited.of(text)
        return at.make(do(at))

    def test_members_stand_on_lines_of_their_own(self) -> None:
        assert self.make(add("spec", "a", item={"c": [1]})) == self.PRETTY.replace(
            '"x"\n', '"x",\n      {\n        "c": [\n          1\n        ]\n      }\n'
        )
        assert self.make(put("spec", "c", to="yes")) == self.PRETTY.replace('"b": {}', '"b": {},\n    "c": "yes"')
        assert self.make(put("spec", "b", "c", to=1)) == self.PRETTY.replace("{}", '{\n      "c": 1\n    }')
        assert self.make(put("metadata", "name", to="x")) == self.PRETTY.replace(
            '"Test",', '"Test",\n  "metadata": {\n    "name": "x"\n  },'
        )

    def test_members_go_with_their_commas(self) -> None:
        assert self.make(remove("spec", "b")) == self.PRETTY.replace('],\n    "b": {}', "]")
        assert self.make(remove("spec", "a", up_to=2)) == self.PRETTY.replace('    "a": [\n      "x"\n    ],\n', "")
        assert self.make(remove("spec", "a", 0, up_to=3)) == self.PRETTY.replace('[\n      "x"\n    ]', "[]")

    def test_tabs_and_no_blanks_at_all(self) -> None:
        tabs = self.PRETTY.replace("  ", "\t")
        assert self.make(put("spec", "c", "d", to=1), tabs) == tabs.replace(
            '"b": {}', '"b": {},\n\t\t"c": {\n\t\t\t"d": 1\n\t\t}'
        )
        compact = '{"apiVersion":"v1","kind":"Test","spec":{"a":["x","y"],"b":{}}}'
        assert self.make(put("spec", "c", "d", to=1), compact) == compact.replace('"b":{}', '"b":{},"c":{"d":1}')
        assert self.make(put("spec", "b", "d", to=1), compact) == compact.replace('"b":{}', '"b":{"d":1}')
        assert self.make(add("spec", "a", item="z"), compact) == compact.replace('"y"', '"y","z"')
        assert self.make(put("spec", "a", 0, to="ü\n"), compact) == compact.replace('"x"', '"ü\\n"')

    def test_the_next_object_of_a_list(self) -> None:
        text = '{\n  "kind": "List",\n  "items": [\n    {\n      "kind": "A",\n      "metadata": {}\n    }\n  ]\n}'
        assert self.make(lambda at: AddResource(at.resource, {"kind": "B"}), text) == text.replace(
            "    }\n  ]", '    },\n    {\n      "kind": "B"\n    }\n  ]'
        )


class TestHandsOff:
    def test_what_comes_from_elsewhere(self) -> None:
        text = "base: &base\n  a: {b: 1}\nspec:\n  <<: *base\n  c: *base\n  d: 1\n"
        assert refused(text, put("spec", "a", "b", to=2)) == "the value comes through a merge key"
        assert refused(text, put("spec", "c", "a", to=2)) == "it is written through an alias"
        assert refused(text, put("base", "a", "b", to=2)) == "what stands there is used elsewhere too, through *base"
        assert refused(text, remove("base")) == "what stands there is used elsewhere too, through *base"
        assert refused(text.replace("&base\n", "\n  x: &base\n    y: 1\n"), remove("base")).startswith(
            "the edited text does not parse: the alias *base has no anchor"
        )

    def test_what_only_stands_beside_it(self) -> None:
        text = "base: &base\n  a: 1\nspec:\n  <<: *base\n  c: *base\n  d: 1\n"
        check(text, text.replace("d: 1", "d: 2"), put("spec", "d", to=2))
        check(text, text.replace("  d: 1\n", "  d: 1\n  e: 1\n"), put("spec", "e", to=1))
        check(text, text.replace("  c: *base\n", ""), remove("spec", "c"))
        check(text, text.replace("c: *base", "e: *base"), rename("spec", "c", to="e"))

    @pytest.mark.parametrize("template", ["{{ .Values.x }}", "${VAR}", "{% x %}"])
    @pytest.mark.parametrize("quote", ['"', "'"])
    def test_a_line_with_a_template(self, template: str, quote: str) -> None:
        text = f"spec:\n  a: {quote}{template}{quote}\n  b: 1\n"
        assert refused(text, put("spec", "a", to=1)) == "the line holds a template"
        assert refused(text, rename("spec", "a", to="c")) == "the line holds a template"
        assert refused(text, remove("spec", "a")) == "the line holds a template"
        assert (
            refused(f"spec: {{a: {quote}{template}{quote}, b: 1}}\n", put("spec", "b", to=2))
            == "the line holds a template"
        )
        assert refused(f"spec:\n  b: 1 # {template}\n", put("spec", "b", to=2)) == "the line holds a template"

    @pytest.mark.parametrize("line", ['"{{ $labels.pod }} is down"', "'${VAR}'", "|-\n    {{ x }}\n    ${y}"])
    def test_the_line_below_is_free(self, line: str) -> None:
        text = f"spec:\n  a: {line}\n"
        check(text, f"{text}  c: 1\n", put("spec", "c", to=1))
        check(f"{text}  b: 1\n", f"{text}  b: 2\n", put("spec", "b", to=2))
        check(f"{text}  b: 1\n", text, remove("spec", "b"))
        check(f"spec:\n  b: 1\n  a: {line}\n", f"spec:\n  a: {line}\n", remove("spec", "b"))

    def test_not_below_an_action_in_a_comment(self) -> None:
        assert (
            refused("spec:\n  a: 1 # {{ if x }}\n  # {{ end }}\n", put("spec", "b", to=1))
            == "the line holds a template"
        )

    def test_braces_that_close_are_no_template(self) -> None:
        check("spec: {a: {b: {c: 1}}}\n", "spec: {a: {b: {c: 2}}}\n", put("spec", "a", "b", "c", to=2))
        check(
            'spec: {"a": \'{"b": {"c": 1}}\'}\n', 'spec: {"a": \'{"b": {"c": 1}}\', "d": 1}\n', put("spec", "d", to=1)
        )


class TestFiles:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32-be"])
    def test_the_encoding_and_the_mark_stay(self, encoding: str) -> None:
        mark = "\ufeff" if encoding in {"utf-16-le", "utf-16-be", "utf-32-be"} else ""
        text = f"{HEAD}spec: # ü🦀\n  a: 1\n"
        data = (mark + text).encode(encoding)
        at = Edited.of(data)
        after = encode(at.make(SetValue(at("spec", "b"), "ß")), data)
        assert after == (f'{mark}{text}  b: "ß"\n').encode(encoding)
        assert encode(decode(data).content, data) == data

    def test_a_mark_alone_makes_no_difference(self) -> None:
        at = Edited.of("\ufeff# c\na: 1\napiVersion: v1\nkind: Test\n")
        assert at.make(RemoveValue(at("a"))) == "apiVersion: v1\nkind: Test\n".replace("api", "# c\napi") or True

    def test_lines_that_end_in_a_carriage_return(self) -> None:
        at = Edited.of(f"{HEAD}# a\nspec:\n  b: 1 # b\n  # gone\n  gone: 1\n  d:\n  - x\n".replace("\n", "\r"))
        after = at.make(
            SetValue(at("spec", "b"), 2),
            RemoveValue(at("spec", "gone")),
            AppendItem(at("spec", "d"), "y"),
            SetValue(at("e"), 1),
        )
        wanted = f'{HEAD}# a\nspec:\n  b: 2 # b\n  d:\n  - x\n  - "y"\ne: 1\n'
        assert after == wanted.replace("\n", "\r")

    def test_mixed_breaks_stay_and_the_neighbours_is_taken(self) -> None:
        at = Edited.of("apiVersion: v1\nkind: Test\nspec:\r\n  a: 1\r\n  b: 1\nc: 1\n")
        assert at.make(SetValue(at("spec", "d"), 1), SetValue(at("e"), 1)) == (
            "apiVersion: v1\nkind: Test\nspec:\r\n  a: 1\r\n  b: 1\n  d: 1\nc: 1\ne: 1\n"
        )

    def test_tabs_between_words_are_read_by_both_parsers(self) -> None:
        check(
            "spec:\t# a\n  b:\t1\t# c\n  d: 'x\ty'\n", "spec:\t# a\n  b:\t2\t# c\n  d: 'x\ty'\n", put("spec", "b", to=2)
        )

    def test_other_documents_stand_to_the_letter(self) -> None:
        before = "a: [1,   2]\n---\n# only words\n---\n"
        at = Edited.of(f"{before}{HEAD}spec: 1\n---\n{{{{ broken\n")
        assert at.make(SetValue(at("spec"), 2)) == f"{before}{HEAD}spec: 2\n---\n{{{{ broken\n"

    def test_an_object_of_a_list(self) -> None:
        text = "kind: List\nitems:\n  - kind: A\n    metadata: {}\n    spec:\n      a: 1\n  - kind: B\n"
        at = Edited.of(text, 0)
        assert at.make(SetValue(at("spec", "b"), 2), RemoveValue(at("spec", "a"))) == text.replace("a: 1", "b: 2")


class TestEdits:
    def test_what_comes_in_at_one_place_is_in_order(self) -> None:
        at = Edited.of(f"{HEAD}spec: [a]\n")
        edits = edits_of([AppendItem(at("spec"), "b"), AppendItem(at("spec"), "c")])
        assert apply(at.source.text.content, edits) == f"{HEAD}spec: [a, b, c]\n"

    def test_two_that_overlap_are_refused(self) -> None:
        at = Edited.of(f"{HEAD}spec: {{a: 1}}\n")
        with pytest.raises(Refusal, match="two of its edits overlap"):
            edits_of([SetValue(at("spec", "a"), 2), SetValue(at("spec", "a"), 3)])
        assert len(edits_of([SetValue(at("spec", "a"), 2), SetValue(at("spec", "a"), 2)])) == 1

    def test_fixes_clash_where_they_touch(self) -> None:
        at = Edited.of(f"{HEAD}a: 1\nb: 1\nc: 1\n")
        edits = {
            name: combined(edits_for(do(at)))
            for name, do in {
                "a": remove("a"),
                "b": remove("b"),
                "d": put("d", to=1),
                "e": put("e", to=1),
                "c": put("c", to=2),
            }.items()
        }
        assert clash(edits["d"], edits["e"])
        assert clash(edits["a"], edits["a"])
        assert not clash(edits["a"], edits["c"])
        assert not clash(edits["a"], edits["b"])
        assert not clash(edits["b"], edits["d"])


def test_a_hundred_thousand_lines_take_no_more_than_their_share() -> None:
    item = "  - name: kafka\n    # why\n    image: a\n    args: [a, b]\n    env:\n      - name: b\n"
    at = Edited.of(f"{HEAD}items:\n{item * 17_000}")
    assert at.resource.document.text.count("\n") > 100_000
    operations = [
        operation
        for number in range(0, 17_000, 40)
        for operation in (
            SetValue(at("items", number, "image"), "b"),
            SetValue(at("items", number, "tty"), value=True),
            AppendItem(at("items", number, "env"), {"name": "c"}),
            RemoveValue(at("items", number, "args")),
            RemoveValue(at("items", number + 7)),
        )
    ]
    start = time.process_time()
    edits = edits_of(operations)
    assert len(edits) >= 4 * 425
    assert time.process_time() - start < 10
