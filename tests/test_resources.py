import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kafkalint.manifests.bundles import Bundle, duplicates
from kafkalint.manifests.documents import documents
from kafkalint.manifests.resources import Place, dig, items, route_text, string_map
from kafkalint.manifests.scalars import plain, resolve_plain
from kafkalint.manifests.sources import Source
from kafkalint.manifests.text import Span, Text


def only(text):
    (resource,) = [r for d in documents(Source("x.yaml", text.encode())) for r in d.resources]
    return resource


def pointed_at(resource, *route, fragment=None):
    return resource.document.source.text.content[slice(*resource.place(*route, fragment=fragment).span())]


BROKERS = """\
# ä 😀
---
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: kafka
  labels: &labels
    app: kafka
    tier: 3
spec:
  replicas: 3
  empty:
  selector: {matchLabels: *labels}
  template:
    metadata:
      labels:
        <<: *labels
        own: 'yes'
    spec:
      containers:
        - name: kafka
          image: "apache/kafka:4.0.0"
          command:
            - sh
            - -c
            - |
              exec run.sh \\
                --override log.dirs=/data
          env: [{name: A, value: "b c"}]
"""


def test_what_an_object_is():
    resource = only(BROKERS)
    assert (resource.api_version, resource.group, resource.version) == ("apps/v1", "apps", "v1")
    assert str(resource.identity) == "StatefulSet kafka"
    assert resource.labels == {"app": "kafka"}
    assert resource.get("spec", "template", "metadata", "labels") == {"app": "kafka", "tier": 3, "own": "yes"}
    assert repr(resource) == "<StatefulSet kafka in x.yaml>"


@pytest.mark.parametrize(
    ("text", "identity"),
    [
        ("kind: Pod\napiVersion: v1\n", "Pod "),
        ("kind: Pod\nmetadata: {generateName: a-, namespace: ns}\n", "Pod ns/a-*"),
        ("kind: Pod\napiVersion: 1\nmetadata: {name: 3}\n", "Pod "),
        ("kind: Pod\nmetadata: []\n", "Pod "),
        ("kind: Pod\nmetadata:\n", "Pod "),
    ],
)
def test_objects_of_any_shape_have_an_identity(text, identity):
    assert str(only(text).identity) == identity


@pytest.mark.parametrize(
    ("route", "text"),
    [
        ((), "StatefulSet"),
        (("spec", "replicas"), "3"),
        (("spec",), "spec"),
        (("spec", "empty"), "empty"),
        (("spec", "absent", "deeper"), "spec"),
        (("spec", "selector"), "selector"),
        (("spec", "selector", "matchLabels"), "*labels"),
        (("spec", "selector", "matchLabels", "app"), "kafka"),
        (("spec", "template", "metadata", "labels", "app"), "kafka"),
        (("spec", "template", "metadata", "labels", "own"), "'yes'"),
        (("spec", "template", "spec", "containers", 0), "kafka"),
        (("spec", "template", "spec", "containers", 0, "image"), '"apache/kafka:4.0.0"'),
        (("spec", "template", "spec", "containers", -1, "image"), '"apache/kafka:4.0.0"'),
        (("spec", "template", "spec", "containers", 1), "containers"),
        (("spec", "template", "spec", "containers", 0, "command", 1), "-c"),
        (("spec", "template", "spec", "containers", 0, "env"), "env"),
        (("spec", "template", "spec", "containers", 0, "env", 0), "A"),
        (("nowhere",), "StatefulSet"),
    ],
)
def test_a_place_points_at_the_smallest_thing(route, text):
    assert pointed_at(only(BROKERS), *route) == text


def test_a_fragment_points_into_a_block_scalar():
    resource = only(BROKERS)
    route = ("spec", "template", "spec", "containers", 0, "command", 2)
    start = resource.get(*route).index("log.dirs")
    assert pointed_at(resource, *route, fragment=Span(start, start + 14)) == "log.dirs=/data"


def test_a_fragment_that_repeats_is_told_apart():
    resource = only("kind: ConfigMap\nmetadata: {name: a}\ndata:\n  x: |\n    a=1\n    b=1\n")
    span = resource.place("data", "x", fragment=Span(6, 7)).span()
    assert resource.document.source.text.position(span.start) == (6, 7)


def test_a_place_knows_what_stands_there():
    place = only(BROKERS).place("spec", "replicas")
    assert (place.written, place.value, place.path) == (True, 3, "spec.replicas")
    absent = Place(place.resource, ("spec", "x"))
    assert (absent.written, absent.value, absent.child(0, "a.b").path) == (False, None, 'spec.x[0]["a.b"]')
    assert only(BROKERS).place("spec", "empty").written


def test_lines_count_with_every_line_break_and_columns_in_code_points():
    text = Text("a\r\n😀b\rc\n")
    assert [text.position(offset) for offset in (0, 3, 4, 6, 8)] == [(1, 1), (2, 1), (2, 2), (3, 1), (4, 1)]
    assert [text.line(number) for number in range(6)] == ["", "a", "😀b", "c", "", ""]


@given(st.text(alphabet="a😀\r\n", max_size=30))
def test_positions_are_those_of_a_naive_reader(content):
    text = Text(content)
    for offset in range(len(content) + 1):
        before = content[:offset]
        cut = before.endswith("\r") and content[offset : offset + 1] == "\n"
        lines = before.replace("\r\n", "\n").replace("\r", "\r" if cut else "\n").split("\n") if cut else None
        line, column = text.position(offset)
        if not cut:
            seen = before.replace("\r\n", "\n").replace("\r", "\n").split("\n")
            assert (line, column) == (len(seen), len(seen[-1]) + 1)
        else:
            assert lines
            assert column >= 2


# Scalars as goyaml.v2 reads them, by `resolve.go` and `sigs.k8s.io/yaml`.
@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("yes", True),
        ("On", True),
        ("y", True),
        ("NO", False),
        ("off", False),
        ("n", False),
        ("yEs", "yEs"),
        ("true", True),
        ("null", None),
        ("~", None),
        ("", None),
        ("None", "None"),
        ("12", 12),
        ("+12", 12),
        ("-0", 0),
        ("1_000", 1000),
        ("0x1F", 31),
        ("0b101", 5),
        ("010", 8),
        ("0o10", 8),
        ("08", 8.0),
        ("1:30", "1:30"),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("1.", 1.0),
        ("1Gi", "1Gi"),
        ("100m", "100m"),
        ("-", "-"),
        (".", "."),
        ("...x", "...x"),
        ("2001-01-01", "2001-01-01"),
        (".inf", float("inf")),
        ("-.INF", float("-inf")),
        ("9" * 64, int("9" * 64)),
        ("9" * 5000, "9" * 5000),
        ("=", "="),
    ],
)
def test_scalars_are_what_kubernetes_reads(written, value):
    found = resolve_plain(written)
    assert found == value
    assert type(found) is type(value)


def test_quotes_and_tags_make_strings():
    resource = only("kind: X\nmetadata: {}\na: 'yes'\nb: !!str yes\nc: ! 12\nd: \"\"\ne: |\n  3\n")
    assert [resource.get(key) for key in "abcde"] == ["yes", "yes", "12", "", "3\n"]


def test_keys_are_strings():
    data = only("kind: X\nmetadata: {}\n1: a\nyes: b\n~: c\n1.5: d\n").data
    assert list(data) == ["kind", "metadata", "1", "true", "null", "1.5"]
    assert only("kind: X\nmetadata: {}\non: x\n").node_at("true") is not None


def test_merges_give_way_to_what_is_written_and_the_first_of_several_wins():
    text = (
        "kind: X\nmetadata: {}\na: &a {k: 1, l: 1}\nb: &b {k: 2, m: 2}\nc: {<<: [*a, *b], l: 3}\nd: {<<: 3, '<<': x}\n"
    )
    resource = only(text)
    assert resource.get("c") == {"l": 3, "k": 1, "m": 2}
    assert pointed_at(resource, "c", "m") == "2"
    assert resource.get("d") == {"<<": "x"}


def test_digging_in_data_of_any_shape():
    data = {"a": [{"b": None}, 1], "c": "x"}
    assert (dig(data, "a", 0), dig(data, "a", -1), dig(data, "a", 2), dig(data, "c", 0), dig(data, "a", "b")) == (
        {"b": None},
        1,
        None,
        None,
        None,
    )
    assert (items(None), items("x"), items([1])) == ([], [], [1])
    assert string_map({"a": "x", "b": 1}) == {"a": "x"}
    assert string_map([1]) == {}


def test_routes_are_written_as_people_write_them():
    assert route_text(("a", 0, "b.c", "d/e", "", "f")) == 'a[0]["b.c"]["d/e"][""].f'
    assert route_text(()) == ""


def test_bundles_find_what_may_be_meant():
    text = "".join(
        f"---\nkind: Service\napiVersion: v1\nmetadata: {{name: s{space}}}\n"
        for space in (", namespace: a", "", ", namespace: b")
    )
    found = [r for d in documents(Source("x.yaml", text.encode())) for r in d.resources]
    bundle = Bundle("x", tuple(found[:2]), tuple(found[2:]))
    assert bundle.find("", "Service", "s", "b") is found[2]
    assert bundle.find("", "Service", "s", "c") is found[1]
    assert bundle.find("", "Service", "t") is None
    assert list(bundle.of("", "Service")) == found
    assert list(duplicates(found)) == []


# Kubernetes' YAML allows no control characters, and folds the line breaks of Unicode.
words = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cn", "Co"], exclude_characters="\ufeff"), max_size=5
)
yaml_values = st.recursive(
    st.none() | st.booleans() | st.integers() | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=12,
)


@given(yaml_values)
def test_json_comes_back_as_it_was(value):
    resource = only(json.dumps({"kind": "X", "metadata": {}, "value": value}, ensure_ascii=False))
    if not isinstance(value, int) or abs(value) < 10**60:
        assert resource.data["value"] == value
    assert plain(resource.node) == resource.data
