"""Checks written as data."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest

from kafkalint.checking.check import BundleCheck
from kafkalint.checking.data_checks import (
    DataCheck,
    Must,
    Objects,
    PathError,
    Rule,
    compile_path,
    filled,
    fixed_route,
    values_at,
)
from kafkalint.checking.finding import Level, Located
from kafkalint.testing import lint

TOPIC = """\
apiVersion: kafka.strimzi.io/v1
kind: KafkaTopic
metadata:
  name: orders
  namespace: shop
  labels: {tier: gold}
spec:
  partitions: 3
  config:
    min.insync.replicas: "2"
    retention.ms: null
    segment: 1Gi
  replicas: [a, b]
"""


def check(path: str, *must: tuple[str, Any], message: str = "", objects: Objects | None = None) -> type[DataCheck]:
    wishes = tuple(Must(operator, operand) for operator, operand in must)
    return DataCheck.from_rule(
        Rule("ACME001", "acme", Level.WARNING, objects or Objects("KafkaTopic"), path, wishes, message)
    )


def found(made: type[DataCheck], text: str = TOPIC) -> list[Located]:
    return lint(text, [made], flavours=())


def test_a_rule_becomes_a_check_like_any_other():
    made = check("$.spec.partitions", ("at-least", 6))
    assert issubclass(made, BundleCheck)
    assert (made.code, made.name, made.level) == ("ACME001", "acme", Level.WARNING)
    assert (made.__doc__ or "").startswith("`$.spec.partitions` of KafkaTopic must be at least 6.")


def test_a_finding_points_at_the_value():
    (located,) = found(
        check("$.spec.partitions", ("at-least", 6), message="{name} has {value} partitions; we ask for 6")
    )
    assert located.finding.message == "orders has 3 partitions; we ask for 6"
    assert (located.location.start, located.location.end) == ((8, 15), (8, 16))


@pytest.mark.parametrize(
    ("path", "must", "fires"),
    [
        ("$.spec.partitions", ("equals", 3), False),
        ("$.spec.partitions", ("equals", "3"), False),
        ("$.spec.partitions", ("equals", 3.0), False),
        ("$.spec.partitions", ("equals", True), True),
        ("$.spec.partitions", ("equals", 30), True),
        ("$.spec.partitions", ("one-of", (1, 3)), False),
        ("$.spec.partitions", ("one-of", (1, 2)), True),
        ("$.spec.partitions", ("at-least", 3), False),
        ("$.spec.partitions", ("at-most", 2), True),
        ("$.spec.partitions", ("matches", "^[0-9]$"), False),
        ("$.spec.partitions", ("matches", "4"), True),
        ("$.spec.partitions", ("present", True), False),
        ("$.spec.partitions", ("absent", True), True),
        ('$.spec.config."min.insync.replicas"', ("at-least", 2), False),
        ('$.spec.config."min.insync.replicas"', ("equals", 2), False),
        ("$.spec.config.segment", ("at-least", "512Mi"), False),
        ("$.spec.config.segment", ("at-most", "512Mi"), True),
        ("$.spec.config.segment", ("at-most", 2147483648), False),
        ("$.metadata.name", ("at-least", 3), True),
        ("$.spec.replicas", ("equals", "a"), True),
        ("$.spec.replicas", ("matches", "a"), True),
        ("$.spec.replicas[*]", ("matches", "[ab]"), False),
    ],
)
def test_operators(path: str, must: tuple[str, Any], fires: bool):
    assert bool(found(check(path, must))) is fires


@pytest.mark.parametrize("operator", ["equals", "one-of", "matches", "at-least", "at-most", "absent"])
@pytest.mark.parametrize("path", ["$.spec.none", '$.spec.config."retention.ms"', "$.spec.none[*].x"])
def test_what_is_not_there_is_neither_wrong_nor_too_small(operator: str, path: str):
    operand: Any = ("x",) if operator == "one-of" else "x" if operator == "matches" else 1
    assert found(check(path, (operator, operand))) == []


@pytest.mark.parametrize(
    ("path", "line", "name"),
    [
        ("$.spec.config.cleanup", 9, "spec.config.cleanup"),
        ('$.spec.config."retention.ms"', 11, 'spec.config["retention.ms"]'),
        ("$.spec.none[*].x", 7, "spec.none"),
        ("$..nowhere", 2, "$..nowhere"),
    ],
)
def test_what_has_to_be_there_is_missed_where_it_belongs(path: str, line: int, name: str):
    (located,) = found(check(path, ("present", True)))
    assert located.location.line == line
    assert located.finding.message == f"KafkaTopic orders has no {name}"


def test_all_wishes_must_hold_and_the_first_broken_one_speaks():
    assert found(check("$.spec.partitions", ("at-least", 1), ("at-most", 9))) == []
    (located,) = found(check("$.spec.partitions", ("at-least", 6), ("at-most", 2)))
    assert located.finding.message == "KafkaTopic orders has spec.partitions 3; it must be at least 6"


def test_every_value_that_a_path_finds_is_judged_at_its_place():
    items = found(check("$.spec.replicas[*]", ("equals", "a")))
    assert [(each.location.start, each.finding.message) for each in items] == [
        ((13, 17), "KafkaTopic orders has spec.replicas[1] b; it must be a")
    ]


def test_filters_find_items_by_their_fields():
    text = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n"
    text += "  - {name: a, image: x}\n  - {name: b, image: y}\n"
    made = check("$.spec.containers[?(@.name == 'b')].image", ("equals", "x"), objects=Objects("Pod"))
    assert [each.location.start for each in found(made, text)] == [(7, 22)]


@pytest.mark.parametrize(
    ("objects", "included"),
    [
        (Objects("KafkaTopic", "kafka.strimzi.io/*"), True),
        (Objects("Kafka*"), True),
        (Objects("KafkaTopic", "kafka.strimzi.io/v1"), True),
        (Objects("KafkaTopic", name="ord*", namespace="shop"), True),
        (Objects("KafkaTopic", labels={"tier": "gol?"}), True),
        (Objects("kafkatopic"), False),
        (Objects("KafkaTopic", "platform.confluent.io/*"), False),
        (Objects("KafkaTopic", namespace="other"), False),
        (Objects("KafkaTopic", labels={"team": "a*"}), False),
    ],
)
def test_objects_are_chosen_by_patterns(objects: Objects, included: bool):
    assert bool(found(check("$.spec.partitions", ("equals", 0), objects=objects))) is included


def test_placeholders_are_replaced_once_and_nothing_is_evaluated():
    words = {"name": "{value} {0}", "value": "v", "kind": "K"}
    assert filled("{kind} {name} {value} {name.__class__} {name!r} {{name}} {0} {", words) == (
        "K {value} {0} v {name.__class__} {name!r} {{value} {0}} {0} {"
    )


def test_a_value_in_a_message_is_cut():
    (located,) = found(check("$.metadata.name", ("equals", "x"), message="{value}"), TOPIC.replace("orders", "o" * 500))
    assert len(located.finding.message) == 80


def test_long_values_are_compared_whole():
    text = TOPIC.replace("orders", "o" * 100 + "a")
    assert found(check("$.metadata.name", ("equals", "o" * 100 + "b")), text)


@pytest.mark.parametrize("path", ["", "$.", "$.a b", "$[", "$.a[?(@.b == ]", "(" * 400, "." * 501])
def test_a_path_that_cannot_be_followed_is_refused(path: str):
    with pytest.raises(PathError):
        compile_path(path)


@pytest.mark.parametrize(
    ("path", "routes"),
    [
        ("$", [()]),
        ("spec.l[0].n", [("spec", "l", 0, "n")]),
        ("$.spec.l[-1].n", [("spec", "l", 1, "n")]),
        ("$..n", [("spec", "l", 0, "n"), ("spec", "l", 1, "n")]),
        ("$['spec'].l.`len`", [("spec", "l")]),
        ("$.spec.none", []),
    ],
)
def test_paths_become_routes(path: str, routes: list[Any]):
    data = {"spec": {"l": [{"n": 1}, {"n": 2}], "none": None}}
    assert [route for route, _ in values_at(data, path)] == routes


def test_the_fixed_part_of_a_path_ends_at_the_first_choice():
    paths = ["$.a.b", "$.a[*].b", "$.a..b", "$.a[?(@.b == 1)].c", "*", "$.a['x','y']"]
    assert [fixed_route(path) for path in paths] == [("a", "b"), ("a",), (), ("a",), (), ("a",)]


def test_jsonpath_is_only_imported_for_such_a_check():
    code = (
        "import sys, kafkalint.config.loading, kafkalint.checking.data_checks; sys.exit('jsonpath_ng' in sys.modules)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    assert subprocess.run([sys.executable, "-c", code], env=environment, check=False).returncode == 0
