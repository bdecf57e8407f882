"""Reading `.kafkalint.yaml`: what it says, and where it is wrong."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from kafkalint.checking.check import ClusterCheck, Option
from kafkalint.checking.finding import Level
from kafkalint.checking.selection import Choice, Profile
from kafkalint.config.finding import find_config
from kafkalint.config.globs import PathGlob, ResourceGlob
from kafkalint.config.loading import load_config, parse_config
from kafkalint.config.problems import ConfigError
from kafkalint.config.settings import BundleSpec, Config, HelmRelease, Rendering
from kafkalint.kafka.versions import Version
from kafkalint.manifests.documents import documents
from kafkalint.manifests.sources import Source

if TYPE_CHECKING:
    from pathlib import Path


class PdbMissing(ClusterCheck):
    code = "KL301"
    name = "pdb-missing"
    level = Level.ERROR
    options = {  # noqa: RUF012 - as a plugin's author would write it
        "need": Option("standard", "Lowest tier."),
        "count": Option(3, "Pods."),
        "share": Option(0.5, "Of all."),
        "loud": Option(default=False, description="Say more."),
        "names": Option(("a",), "Whom."),
    }


class NoOperator(ClusterCheck):
    code = "KL105"
    name = "no-operator"
    level = Level.INFO


CHECKS = [PdbMissing, NoOperator]


def read(text: str) -> Config:
    return parse_config(Source(".kafkalint.yaml", text.encode()), CHECKS)


def wrong(text: str) -> list[str]:
    with pytest.raises(ConfigError) as raised:
        read(text)
    assert str(raised.value).splitlines() == [str(problem) for problem in raised.value.problems]
    return [str(problem).removeprefix(".kafkalint.yaml:") for problem in raised.value.problems]


WHOLE = """\
profile: strict
select: [KL3, no-operator]
extend-select: KL105, pdb-missing
ignore: []
fail-on: never
levels: {KL105: off, pdb-missing: warning}
ignores:
  - codes: [KL301, ACME001]
    paths: [dev/**]
    resources: ["Kafka/shop/*", StatefulSet/kafka]
    reason: test clusters
    expires: 2027-01-31
baseline: known/kafka.yaml
bundles:
  - {name: shop, paths: [a/*.yaml, b/]}
storage-classes: {fast-ssd: premium, on: slow}
zones: 3
strimzi-version: 0.50
kubernetes-version: "1.33"
render: {kustomize: never}
helm:
  - {chart: charts/kafka, release: shop, values: [charts/prod.yaml], namespace: events}
  - {chart: charts/kafka, release: test}
options:
  pdb-missing: {need: off, count: 5, share: 1, loud: yes, names: [x, y]}
checks:
  - code: ACME001
    name: too-few-partitions
    level: error
    for: {apiVersion: kafka.strimzi.io/*, kind: KafkaTopic, labels: {tier: gold}}
    path: $.spec.partitions
    must: {at-least: 6}
    message: "{name} has {value}"
"""


def test_everything_that_a_config_can_say():
    config = read(WHOLE)
    assert config.profile is Profile.STRICT
    assert config.choice == Choice(("KL3", "no-operator"), ("KL105", "pdb-missing"), ())
    assert config.fail_on == "never"
    assert dict(config.levels) == {"KL105": None, "KL301": Level.WARNING}
    assert config.baseline == "known/kafka.yaml"
    assert config.bundles == (BundleSpec("shop", ("a/*.yaml", "b/")),)
    assert dict(config.storage_tiers) == {"fast-ssd": "premium", "on": "slow"}
    assert (config.zones, config.strimzi_version, config.kubernetes_version) == (3, Version(0, 50), Version(1, 33))
    assert (config.kustomize, config.helm) == (Rendering.NEVER, Rendering.AUTO)
    assert config.releases == (
        HelmRelease("charts/kafka", "shop", ("charts/prod.yaml",), "events"),
        HelmRelease("charts/kafka", "test"),
    )
    assert {name: dict(values) for name, values in config.options.items()} == {
        "pdb-missing": {"need": "off", "count": 5, "share": 1.0, "loud": True, "names": ("x", "y")}
    }
    assert [check.code for check in config.checks] == ["ACME001"]
    assert config.kinds == {"KafkaTopic"}


def test_an_ignore_keeps_its_place():
    (ignore,) = read(WHOLE).ignores
    assert ignore.words == ("KL301", "ACME001")
    assert (ignore.reason, ignore.expires) == ("test clusters", date(2027, 1, 31))
    assert ignore.place.source.text.position(ignore.place.span().start) == (8, 5)


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "---\n", "null\n", "select:\nignores:\nzones:\noptions: {}\n"])
def test_an_empty_config_says_nothing(text: str):
    config = read(text)
    assert config.choice == Choice()
    assert (config.profile, config.fail_on, config.zones, config.ignores) == (None, None, None, ())
    assert config.kinds == frozenset()


def test_settings_prefer_the_versions_of_the_command_line():
    settings = read("strimzi-version: 0.51.0\nzones: 2\nstorage-classes: {a: slow}\n").settings(Version(0, 45, 1))
    assert (settings.strimzi_version, settings.zones, dict(settings.storage_tiers)) == (
        Version(0, 45, 1),
        2,
        {"a": "slow"},
    )


def test_an_option_has_a_default():
    check, settings = PdbMissing(), read("options: {KL301: {count: 5}}").settings()
    assert (check.option("count", settings), check.option("need", settings)) == (5, "standard")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("colour: red\n", "1:1: there is no key colour; there are baseline"),
        ("profle: strict\n", "1:1: there is no key profle; did you mean profile?"),
        ("profile: prod\n", "1:10: profile: expected production, development or strict, found prod"),
        ("profile: [strict]\n", "1:10: profile: expected a word, found a list"),
        (
            "fail-on: errors\n",
            "1:10: fail-on: expected error, warning, info or never, found errors; did you mean error?",
        ),
        ("select: [KL3, KL9]\n", "1:15: select[1]: there is no rule KL9"),
        ("select: pdb-mising\n", "1:9: select: there is no rule pdb-mising; did you mean pdb-missing?"),
        ("ignore: [[a]]\n", "1:10: ignore[0]: expected a word, found a list"),
        ("ignore: [y]\n", "1:10: ignore[0]: there is no rule y"),
        ("select: {KL3: yes}\n", "1:9: select: expected a list, found a mapping"),
        ("levels: {KL301: fatal}\n", "1:17: levels.KL301: expected error, warning, info or off, found fatal"),
        ("levels: {KL3: error}\n", "1:10: there is no rule KL3"),
        ("levels: {KL301: off, pdb-missing: error}\n", "1:22: the level of KL301 is given twice"),
        ("levels: [KL301]\n", "1:9: levels: expected a mapping, found a list"),
        ("ignores: [{paths: [x]}]\n", "1:11: ignores[0]: codes are missing"),
        ("ignores: [{codes: [KL301], path: x}]\n", "1:28: there is no key path in ignores[0]; did you mean paths?"),
        ("ignores: [{codes: KL301, expires: 2026-02-30}]\n", "1:35: ignores[0].expires: there is no day 2026-02-30"),
        ("ignores: [{codes: KL301, expires: tomorrow}]\n", "1:35: ignores[0].expires: expected a day as YYYY-MM-DD"),
        ("ignores: [{codes: KL301, expires: 20260101}]\n", "1:35: ignores[0].expires: expected a day as YYYY-MM-DD"),
        ("ignores: [{codes: KL301, resources: [Kafka]}]\n", "1:38: ignores[0].resources[0]: expected Kind/name"),
        ("bundles: [{paths: [a]}]\n", "1:11: bundles[0]: name is missing"),
        ("bundles: [{name: a}]\n", "1:11: bundles[0]: paths are missing"),
        ("bundles: [{name: a, paths: b}, {name: a, paths: c}]\n", "1:32: bundles[1]: there are two bundles called a"),
        ("storage-classes: {a: fast}\n", "1:22: storage-classes.a: expected unsuitable, development, slow"),
        ("zones: 0\n", "1:8: zones: expected a whole number of at least 1, found 0"),
        ("zones: yes\n", "1:8: zones: expected a whole number of at least 1, found yes"),
        ('zones: "3"\n', '1:8: zones: expected a whole number of at least 1, found "3"'),
        ("strimzi-version: latest\n", "1:18: strimzi-version: expected a version such as 0.51.0, found latest"),
        ("kubernetes-version: 1\n", "1:21: kubernetes-version: expected a version"),
        ("render: {helm: always}\n", "1:16: render.helm: expected auto or never, found always"),
        ("helm: [{chart: a}]\n", "1:8: helm[0]: release is missing"),
        ("helm: [{chart: ../a, release: x}]\n", "1:16: helm[0].chart: expected a path inside"),
        ("helm: [{chart: a, release: x, values: [a/../../b]}]\n", "1:40: helm[0].values[0]: expected a path inside"),
        ("helm: [{chart: /a, release: x}]\n", "1:16: helm[0].chart: expected a path inside"),
        ("helm: [{chart: --post-renderer=x, release: x}]\n", "1:16: helm[0].chart: expected a path inside"),
        ("helm: [{chart: a, release: --debug}]\n", "1:28: helm[0].release: --debug is no name of a release"),
        ("options: {no-such: {}}\n", "1:11: there is no rule no-such"),
        ("options: {pdb-missing: {nede: x}}\n", "1:25: pdb-missing has no option nede; did you mean need?"),
        ("options: {no-operator: {x: 1}}\n", "1:25: no-operator has no option x; it has none"),
        (
            "options: {pdb-missing: {count: many}}\n",
            "1:32: options.pdb-missing.count: expected a whole number, found many",
        ),
        ("options: {pdb-missing: {count: yes}}\n", "1:32: options.pdb-missing.count: expected a whole number"),
        ("options: {pdb-missing: {loud: 1}}\n", "1:31: options.pdb-missing.loud: expected true or false, found 1"),
        ("options: {pdb-missing: {names: {}}}\n", "1:32: options.pdb-missing.names: expected a list"),
        ("zones: 3\nzones: 4\n", "2:1: zones is given twice"),
        ("zones: 3\n<<: {zones: 4}\n", "2:1: there is no key <<"),
        ("- a\n", "1:1: expected a mapping of settings"),
        ("a: b: c\n", "1:5: a second ': ' in a value that is not quoted"),
        ("zones: 3\n---\nzones: 4\n", "2:1: a second document begins here"),
    ],
)
def test_a_problem_points_at_its_place(text: str, problem: str):
    (found,) = wrong(text)
    assert found.startswith(problem)


def test_all_problems_are_reported_in_the_order_of_the_file():
    assert [line[:5] for line in wrong("zones: no\nfoo: 1\nprofile: x\nselect: [KL9, KL8]\n")] == [
        "1:8: ",
        "2:1: ",
        "3:10:",
        "4:10:",
        "4:15:",
    ]


def test_columns_count_code_points_and_no_byte_order_mark():
    with pytest.raises(ConfigError) as raised:
        parse_config(Source("c.yaml", "\ufeff{ignore: [\U0001d542]}".encode()), CHECKS)
    assert str(raised.value).startswith("c.yaml:1:11: ")


CHECK = """\
checks:
  - code: ACME001
    name: few
    for: {kind: KafkaTopic}
    path: $.spec.partitions
    must: {at-least: 6}
"""


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("ACME001", "KL901", "2:11: checks[0].code: KL901 is reserved"),
        ("ACME001", "acme1", "2:11: checks[0].code: acme1 is not two or more capital letters"),
        ("ACME001", "7", "2:11: checks[0].code: expected a string, found 7"),
        ("few", "pdb-missing", "3:11: checks[0].name: pdb-missing is already the name of pdb-missing (KL301)"),
        ("few", "Too Few", "3:11: checks[0].name: Too Few is not in kebab case"),
        ("few", "few\n    level: fatal", "4:12: checks[0].level: expected error, warning or info, found fatal"),
        ("{kind: KafkaTopic}", "{apiVersion: v1}", "4:10: checks[0].for: kind is missing"),
        ("{kind: KafkaTopic}", "{kind: [a]}", "4:17: checks[0].for.kind: expected a value, found a list"),
        ("{kind: KafkaTopic}", "{kind: a, nam: b}", "4:20: there is no key nam in checks[0].for; did you mean name?"),
        ("$.spec.partitions", "$.spec.", "5:11: checks[0].path: $.spec. is no JSONPath"),
        ("$.spec.partitions", "$" + ".a" * 300, "5:11: checks[0].path: $.a"),
        ("{at-least: 6}", "{}", "6:11: checks[0].must: expected at least one of equals"),
        ("{at-least: 6}", "{at-lest: 6}", "6:12: there is no key at-lest in checks[0].must; did you mean at-least?"),
        ("{at-least: 6}", "{at-least: many}", "6:22: checks[0].must.at-least: expected a number or a quantity"),
        ("{at-least: 6}", "{matches: (}", "6:21: checks[0].must.matches: ( is no regular expression"),
        ("{at-least: 6}", "{matches: 3}", "6:21: checks[0].must.matches: expected a regular expression, found 3"),
        ("{at-least: 6}", "{present: false}", "6:21: checks[0].must.present: expected true; for the opposite"),
        ("{at-least: 6}", "{one-of: []}", "6:20: checks[0].must.one-of: expected a list of values"),
        ("{at-least: 6}", "{equals: {a: b}}", "6:20: checks[0].must.equals: expected a value, found a mapping"),
        ("{at-least: 6}", '{at-least: 6}\n    message: "{nme}"', "7:14: checks[0].message: there is no {nme}; did you"),
        (
            "{at-least: 6}",
            '{at-least: 6}\n    message: "{name.__class__}"',
            "7:14: checks[0].message: there is no {name.__class__}",
        ),
        ("    path: $.spec.partitions\n", "", "2:5: checks[0]: path is missing"),
    ],
)
def test_a_problem_of_a_check_points_at_its_place(old: str, new: str, problem: str):
    (found,) = wrong(CHECK.replace(old, new, 1))
    assert found.startswith(problem)


def test_two_checks_of_one_file_may_not_share_a_code():
    found = wrong(CHECK + CHECK.removeprefix("checks:\n").replace("few", "other"))
    assert found == ["7:11: checks[1].code: ACME001 is already the code of another check of this file (ACME001)"]


def test_a_check_of_the_file_can_be_selected_in_it():
    config = read(CHECK + "select: [ACME001]\nlevels: {few: error}\nignores: [{codes: ACME}]\n")
    assert config.choice.select == ("ACME001",)
    assert dict(config.levels) == {"ACME001": Level.ERROR}


def test_a_check_for_any_kind_needs_every_kind():
    assert read(CHECK.replace("KafkaTopic", '"Kafka*"')).kinds is None


def test_the_nearest_config_upwards_is_found(tmp_path: Path):
    inner = tmp_path / "repo" / "a" / "b"
    inner.mkdir(parents=True)
    assert find_config(inner) is None
    (tmp_path / ".kafkalint.yaml").write_text("")
    assert find_config(inner) == tmp_path / ".kafkalint.yaml"
    (tmp_path / "repo" / ".git").mkdir()
    assert find_config(inner) is None
    (tmp_path / "repo" / ".kafkalint.yaml").write_text("")
    assert find_config(inner) == tmp_path / "repo" / ".kafkalint.yaml"


def test_a_worktree_is_a_repository_too(tmp_path: Path):
    (tmp_path / ".kafkalint.yaml").write_text("")
    inner = tmp_path / "tree"
    inner.mkdir()
    (inner / ".git").write_text("gitdir: elsewhere\n")
    assert find_config(inner) is None


def test_a_config_with_the_other_suffix_is_not_passed_over(tmp_path: Path):
    (tmp_path / ".kafkalint.yml").write_text("")
    with pytest.raises(ConfigError, match="rename it"):
        find_config(tmp_path)


def test_a_config_is_loaded_from_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / ".kafkalint.yaml"
    file.write_text("zones: 3\n")
    config = load_config(file, CHECKS)
    assert (config.zones, config.root) == (3, tmp_path)
    monkeypatch.chdir(tmp_path)
    file.write_text("zones: many\n")
    with pytest.raises(ConfigError, match=r"^\.kafkalint\.yaml:1:8: zones"):
        load_config(file, CHECKS)


@pytest.mark.parametrize("data", [b"zones: \xff\n", b"zones: \x00\n", b"a" * 1_000_001])
def test_bytes_that_are_no_config_are_a_problem(tmp_path: Path, data: bytes):
    file = tmp_path / "c.yaml"
    file.write_bytes(data)
    with pytest.raises(ConfigError):
        load_config(file)


def test_a_config_that_is_not_there_is_a_problem(tmp_path: Path):
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(tmp_path / "none.yaml")


def test_paths_count_from_the_folder_of_the_config(tmp_path: Path):
    text = "bundles: [{name: a, paths: [dev/**, x.yaml]}]\nhelm: [{chart: charts/k, release: r, values: [v.yaml]}]\n"
    config = parse_config(Source("c", text.encode()), CHECKS, tmp_path / ".kafkalint.yaml")
    below, root = str(tmp_path / "dev" / "eu"), str(tmp_path)
    assert config.stated_bundles(root)[0].paths == ("dev/**", "x.yaml")
    assert config.stated_bundles(below)[0].paths == ("../**", "../../x.yaml")
    (chart,) = config.render_settings(below).charts
    assert (chart.chart, chart.values, chart.release) == ("../../charts/k", ("../../v.yaml",), "r")
    assert config.relative(below)("kafka.yaml") == "dev/eu/kafka.yaml"
    assert config.relative(below)("-") == "-"
    config = parse_config(Source("c", b"exclude: [dev, '**/x.yaml']\n"), CHECKS, tmp_path / ".kafkalint.yaml")
    assert config.exclusion(below) == (("dev", "**/x.yaml"), root)


@pytest.mark.parametrize(
    ("pattern", "path", "meant"),
    [
        ("dev/**", "dev/a/b.yaml", True),
        ("dev", "dev/a/b.yaml", True),
        ("./dev/", "dev/b.yaml", True),
        ("dev/*.yaml", "dev/b.yaml", True),
        ("dev/*.yaml", "dev/a/b.yaml", False),
        ("**/b.yaml", "b.yaml", True),
        ("**/b.yaml", "a/b.yaml", True),
        ("dev", "develop/b.yaml", False),
    ],
)
def test_path_globs(pattern: str, path: str, meant: bool):
    assert PathGlob(pattern).matches(path) is meant


@pytest.mark.parametrize(
    ("pattern", "exact"), [("a/b.yaml", True), ("dev", False), ("*.yaml", False), (".github", False)]
)
def test_a_name_with_a_suffix_means_one_file(pattern: str, exact: bool):
    assert PathGlob(pattern).exact is exact


@pytest.mark.parametrize(
    ("pattern", "meant"),
    [
        ("Kafka/events", True),
        ("Kafka/shop/events", True),
        ("Kafka/shop/*", True),
        ("*/sh?p/ev*", True),
        ("Kafka/other/events", False),
        ("KafkaTopic/events", False),
    ],
)
def test_resource_globs(pattern: str, meant: bool):
    text = b"kind: Kafka\napiVersion: x/v1\nmetadata: {name: events, namespace: shop}\n"
    (document,) = documents(Source("x", text))
    glob = ResourceGlob.parse(pattern)
    assert glob
    assert glob.matches(document.resources[0]) is meant


def test_a_namespace_that_is_not_stated_is_met_by_a_star_alone():
    (document,) = documents(Source("x", b"kind: Kafka\napiVersion: x/v1\nmetadata: {name: events}\n"))
    patterns = ("Kafka/shop/events", "Kafka/*/events", "Kafka/events")
    globs = [ResourceGlob.parse(pattern) for pattern in patterns]
    assert [glob.matches(document.resources[0]) for glob in globs if glob] == [False, True, True]
