from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kafkalint.manifests import composer
from kafkalint.manifests.composer import MAX_DEPTH, ComposeError, compose, events_in_c, events_in_python
from kafkalint.manifests.nodes import Alias, Mapping, Scalar, Sequence, content_of
from kafkalint.manifests.scalars import plain
from kafkalint.manifests.sources import slices

FIXTURES = sorted((Path(__file__).parents[1] / "fixtures").rglob("*.yaml"))
TEXTS = [
    "",
    "# nothing\n",
    "---\n",
    "~",
    "a: 1\r\nb:\r\n  c: x\r\n",
    "é: 😀\nb: [1, {c: d}]\n",
    "a: |\n  x\n  y\n",
    "a: |-\n  x\n\nb: 2\n",
    "a: |+\n  x\n\n",
    "a: |2\n    x\n",
    "a: >\n  x\n  y\n\n\nb: 1\n",
    "a: 'it''s'\nb: \"\\u00e4\\n\"\n",
    "a: x\n  y\n",
    "a: 'x\n  y'\n",
    "a: &x {b: 1}\nc: *x\nd:\n  <<: *x\n",
    "a: &x\nb: *x\n",
    "a:\nb:\n- \n- x\n-\n",
    "? a\n: b\n",
    "a: !!str 1\nb: ! x\nc: !!binary |\n  aGk=\n",
    "- - a\n  - b\n- c\n",
    "{a: , b}\n",
    "a: {}\nb: []\n",
    "--- {a: b}\n",
    "%YAML 1.2\n---\na: yes\n",
    "%TAG ! tag:x,2000:\n---\na: !foo 1\n",
    "a: 1\n...\n",
    '{"a": [1, 2.5, null, true, "x\\ty"], "b": {"c": ""}}',
    " a: 1\n b: 2",
    "- a: 1\n  b: 2\n-   c: 3",
]
WRONG = [
    "a: [",
    'a: "',
    "a: b: c\n",
    "a:\n\tb: 1\n",
    "a: *b\n",
    "a: &a\n  - *a\n",
    "[a, b]: c\n",
    "{a: b}: c\n",
    "a: @x\n",
    'a: "\\x"\n',
    "a: [b]]\n",
    " a: 1\nb: 2",
    "a: 1\n...\nb: 2\n",
    "a: 'b' 'c'\n",
    "a: \x00",
    "a: \x1b[31m",
    "a: \ufffe",
    "a: \ud800",
]


@pytest.fixture(params=[events_in_c, events_in_python], ids=["C", "Python"])
def parser(request, monkeypatch):
    if request.param is events_in_c:
        pytest.importorskip("yaml.cyaml", reason="PyYAML was built without libyaml")
    monkeypatch.setattr(composer, "_parser", lambda: request.param)


def dump(node):
    if node is None:
        return None
    if isinstance(node, Alias):
        return (
            "alias",
            node.start,
            node.end,
            dump(node.target) if isinstance(node.target, Scalar) else node.target.anchor,
        )
    head = (type(node).__name__, node.tag, node.start, node.end, node.anchor)
    if isinstance(node, Scalar):
        return (*head, node.value, node.style)
    if isinstance(node, Sequence):
        return (*head, node.flow, [dump(item) for item in node.items])
    return (*head, node.flow, [(dump(key), dump(value)) for key, value in node.pairs])


def by(events, text):
    """The tree that a parser's events give, or the word that there is none."""
    before = composer._parser
    composer._parser = lambda: events
    try:
        return dump(compose(text))
    except ComposeError as error:
        return "error" if 0 <= error.offset <= len(text) else "an error outside of the text"
    finally:
        composer._parser = before


@pytest.mark.parametrize("text", TEXTS + WRONG)
def test_both_parsers_give_the_same_tree(text):
    pytest.importorskip("yaml.cyaml", reason="PyYAML was built without libyaml")
    assert by(events_in_c, text) == by(events_in_python, text)


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_both_parsers_give_the_same_trees_of_all_fixtures(path):
    pytest.importorskip("yaml.cyaml", reason="PyYAML was built without libyaml")
    content = path.read_bytes().decode("utf-8-sig")
    for part in slices(content):
        text = content[slice(*part.span)]
        assert by(events_in_c, text) == by(events_in_python, text)


# fmt: off
TOKENS = (
    "a", "b", ": ", ":", "- ", "-", "\n", "\n  ", "\r\n", "[", "]", "{", "}", ", ", "'", '"', "&x ", "*x", "|", ">",
    "#", " # c", "? ", "!!str ", "~", "1", "<<: *x", "é", "😀", " ", "---\n", "...\n", "\\n", "%",
)
# fmt: on


@settings(max_examples=300)
@given(st.lists(st.sampled_from(TOKENS), max_size=14).map("".join))
def test_whatever_both_parsers_take_they_take_alike(text):
    pytest.importorskip("yaml.cyaml", reason="PyYAML was built without libyaml")
    # A block scalar for a whole document: libyaml wants its text indented, YAML does not. No manifest is one.
    assume(not text.removeprefix("---\n").lstrip(" \n").startswith(("|", ">", "!!str |", "!!str >", "&x |", "&x >")))
    trees = by(events_in_c, text), by(events_in_python, text)
    assert "error" in trees or trees[0] == trees[1]


@given(st.text(max_size=60))
def test_no_text_gives_anything_but_a_tree_or_a_compose_error(text):
    by(events_in_c, text)


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_a_compose_error_in_the_text(text):
    with pytest.raises(ComposeError) as caught:
        compose(text)
    assert 0 <= caught.value.offset <= len(text)
    assert "\n" not in caught.value.problem


@pytest.mark.usefixtures("parser")
def test_spans_are_what_was_written():
    text = "# 😀\r\nname: 'it''s'\r\nlist: [é, \"b\"] # c\r\nmap:\r\n  key: some words\r\n"
    root = content_of(compose(text))
    pieces = [text[content_of(node).start : content_of(node).end] for pair in root.pairs for node in pair]
    assert pieces[:4] == ["name", "'it''s'", "list", '[é, "b"]']
    inner = content_of(root.pairs[2][1]).pairs[0]
    assert [text[node.start : node.end] for node in inner] == ["key", "some words"]


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize("text", ["a:", "a: ", "a:\n", "a:\nb: 1", "a: # c\nb: 1\n", "a:   \n\n\nb: 1"])
def test_a_value_that_was_left_out_stands_behind_its_colon(text):
    key, value = content_of(compose(text)).pairs[0]
    assert (key.value, value.start, value.end) == ("a", 2, 2)


@pytest.mark.usefixtures("parser")
def test_an_item_that_was_left_out_stands_behind_its_dash():
    items = content_of(compose("- \n-\n- x\n- # c\n")).items
    assert [item.start for item in items] == [1, 4, 7, 10]


@pytest.mark.usefixtures("parser")
def test_an_alias_has_its_own_span_and_its_anchors_node():
    text = "a: &x {b: 1}\nc: *x\n"
    root = content_of(compose(text))
    anchored, alias = root.pairs[0][1], root.pairs[1][1]
    assert isinstance(alias, Alias)
    assert alias.target is anchored
    assert text[alias.start : alias.end] == "*x"


@pytest.mark.usefixtures("parser")
def test_double_keys_are_kept_in_the_tree_and_the_last_counts_in_the_data():
    root = compose("a: 1\nb: 2\na: 3\n")
    assert [key.value for key, _ in content_of(root).pairs] == ["a", "b", "a"]
    assert plain(root) == {"a": 3, "b": 2}


@pytest.mark.usefixtures("parser")
def test_an_anchor_that_is_defined_again_means_the_last_one():
    assert plain(compose("a: &x 1\nb: &x 2\nc: *x\n")) == {"a": 1, "b": 2, "c": 2}


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_nesting_has_an_end(opening):
    with pytest.raises(ComposeError, match=r"nested deeper|not a scalar"):
        compose(opening * (MAX_DEPTH + 1))
    with pytest.raises(ComposeError):
        compose(opening * 100_000)


@pytest.mark.usefixtures("parser")
def test_as_much_nesting_as_is_allowed_can_be_read():
    assert plain(compose("[" * MAX_DEPTH + "]" * MAX_DEPTH))


@pytest.mark.usefixtures("parser")
def test_a_chain_of_aliases_nests_as_brackets_do():
    chain = "- &a0 [x]\n" + "".join(f"- &a{i} [*a{i - 1}]\n" for i in range(1, MAX_DEPTH - 1))
    assert len(plain(compose(chain))) == MAX_DEPTH - 1
    with pytest.raises(ComposeError, match="nested deeper"):
        compose(chain + f"- &b [*a{MAX_DEPTH - 2}]\n- [*b]\n")


@pytest.mark.usefixtures("parser")
def test_aliases_that_expand_to_millions_are_refused_and_shared_ones_are_not_copied():
    bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 12)
    )
    with pytest.raises(ComposeError, match="aliases expand"):
        compose(bomb)
    data = plain(compose("a: &a {b: [1]}\nc: *a\n"))
    assert data["a"] is data["c"]


@pytest.mark.usefixtures("parser")
def test_a_merge_bomb_is_refused():
    bomb = "a0: &a0 {k: v}\n" + "".join(f"a{i}: &a{i} {{<<: [{','.join([f'*a{i - 1}'] * 9)}]}}\n" for i in range(1, 9))
    with pytest.raises(ComposeError, match="aliases expand"):
        compose(bomb)


def test_a_control_character_is_named_and_placed():
    with pytest.raises(ComposeError, match=r"U\+0000") as caught:
        compose("a: b\x00")
    assert caught.value.offset == 4


def test_an_empty_text_has_no_tree():
    assert compose("") is None
    assert compose("# only\n") is None
    assert isinstance(compose("{}"), Mapping)
