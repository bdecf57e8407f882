"""Which checks run, and at what level."""

from __future__ import annotations

from typing import Any

import pytest

from kafkalint.checking.check import ClusterCheck
from kafkalint.checking.finding import Level
from kafkalint.checking.policy import fails
from kafkalint.checking.selection import Choice, Profile, SelectionError, plan
from kafkalint.checking.vocabulary import Vocabulary


def check(code: str, name: str, **attributes: Any) -> type[ClusterCheck]:
    return type(name, (ClusterCheck,), {"code": code, "name": name, "level": Level.ERROR, **attributes})


CHECKS = [
    check("KL323", "roles-combined", opt_in=True, production_only=True),
    check("KL301", "pdb-missing"),
    check("KL314", "quorum-too-small", production_only=True),
    check("KL105", "no-operator"),
    check("KL113", "memory-not-guaranteed", opt_in=True),
    check("ACME001", "too-few-partitions"),
]


def chosen(
    *layers: Choice, profile: Profile = Profile.PRODUCTION, levels: dict[str, Level | None] | None = None
) -> set[str]:
    return set(plan(CHECKS, profile, layers, levels or {}).codes)


def test_production_leaves_out_what_has_to_be_asked_for():
    assert chosen() == {"ACME001", "KL105", "KL301", "KL314"}


def test_development_leaves_out_what_a_throw_away_cluster_may_break():
    assert chosen(profile=Profile.DEVELOPMENT) == {"ACME001", "KL105", "KL301"}


def test_strict_leaves_out_nothing():
    assert chosen(profile=Profile.STRICT) == {each.code for each in CHECKS}


def test_checks_come_by_code():
    assert [each.code for each in plan(CHECKS).checks] == ["ACME001", "KL105", "KL301", "KL314"]


@pytest.mark.parametrize(
    ("choice", "codes"),
    [
        (Choice(select=("KL301",)), {"KL301"}),
        (Choice(select=("pdb-missing", "KL105")), {"KL301", "KL105"}),
        (Choice(select=("KL3",)), {"KL301", "KL314", "KL323"}),
        (Choice(select=("KL",)), {"KL105", "KL113", "KL301", "KL314", "KL323"}),
        (Choice(select=("all",)), {each.code for each in CHECKS}),
        (Choice(select=("ALL",), ignore=("KL",)), {"ACME001"}),
        (Choice(select=()), set()),
        (Choice(select=("KL3",), ignore=("KL31",)), {"KL301", "KL323"}),
        (Choice(select=("KL3",), ignore=("KL314", "roles-combined")), {"KL301"}),
        (Choice(select=("KL314",), ignore=("KL3",)), {"KL314"}),
        (Choice(select=("KL3",), ignore=("KL3",)), set()),
        (Choice(extend_select=("memory-not-guaranteed",)), {"ACME001", "KL105", "KL113", "KL301", "KL314"}),
        (Choice(ignore=("KL3",)), {"ACME001", "KL105"}),
        (Choice(extend_select=("KL301",), ignore=("KL3",)), {"ACME001", "KL105", "KL301"}),
    ],
)
def test_the_closest_word_wins(choice: Choice, codes: set[str]):
    assert chosen(choice) == codes


def test_development_gives_up_what_it_leaves_out_only_to_its_own_name():
    assert "KL314" not in chosen(Choice(select=("KL3",)), profile=Profile.DEVELOPMENT)
    assert "KL314" in chosen(Choice(extend_select=("quorum-too-small",)), profile=Profile.DEVELOPMENT)


def test_the_command_lines_select_replaces_the_configs():
    assert chosen(Choice(select=("KL1",)), Choice(select=("KL301",))) == {"KL301"}


def test_the_configs_ignore_outlives_a_select_that_is_less_close():
    assert chosen(Choice(ignore=("KL314",)), Choice(select=("KL3",))) == {"KL301", "KL323"}
    assert chosen(Choice(ignore=("KL314",)), Choice(select=("KL314",))) == {"KL314"}
    assert chosen(Choice(select=("KL301",)), Choice(ignore=("KL301",))) == set()


def test_off_is_an_ignore_of_the_config():
    assert "KL301" not in chosen(Choice(), Choice(), levels={"KL301": None})
    assert "KL301" not in chosen(Choice(), Choice(select=("KL3",)), levels={"KL301": None})
    assert chosen(Choice(), Choice(select=("KL301",)), levels={"KL301": None}) == {"KL301"}


def test_levels_that_are_none_are_no_levels():
    assert dict(plan(CHECKS, levels={"KL301": None, "KL105": Level.ERROR}).levels) == {"KL105": Level.ERROR}


def test_words_that_name_nothing_are_all_reported():
    with pytest.raises(SelectionError) as raised:
        plan(CHECKS, layers=(Choice(select=("KL9", "pdb-mising")), Choice(ignore=("kl301", "kl3", "zz-top"))))
    assert raised.value.problems == (
        "there is no rule KL9",
        "there is no rule pdb-mising; did you mean pdb-missing?",
        "there is no rule kl301; did you mean KL301?",
        "there is no rule kl3; did you mean KL3?",
        "there is no rule zz-top",
    )


@pytest.mark.parametrize("word", ["K", "KLX", "KL3011", "kl3", "KL-3", "", "3", "ACM"])
def test_a_prefix_has_all_letters_of_a_code(word: str):
    assert not Vocabulary.of(CHECKS).select(word)[1]


@pytest.mark.parametrize(
    ("levels", "fail_on", "failing"),
    [
        ([], Level.INFO, False),
        ([Level.WARNING, Level.INFO], Level.ERROR, False),
        ([Level.WARNING, Level.INFO], Level.WARNING, True),
        ([Level.INFO], Level.INFO, True),
        ([Level.ERROR], Level.INFO, True),
        ([Level.ERROR], None, False),
    ],
)
def test_a_run_fails_at_and_above_a_level(levels: list[Level], fail_on: Level | None, failing: bool):
    assert fails(levels, fail_on) is failing
