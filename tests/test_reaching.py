"""Changed files to what is rendered from them, with stand-ins for the tools that render."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from real_tools import real_kustomize

from kafkalint.cli import main
from kafkalint.manifests.bundling import StatedBundle
from kafkalint.manifests.planning import Tool
from kafkalint.manifests.render_settings import ChartValues, RenderSettings
from kafkalint.manifests.rendering.reaching import Reached, Repository, reach
from kafkalint.manifests.walking import UsageError, find

pytestmark = [
    pytest.mark.skipif(not shutil.which("git"), reason="git is not on the PATH"),
    pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for a tool is a shell script"),
]

KAFKA = """apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: kafka
spec:
  serviceName: kafka
  replicas: 3
  selector:
    matchLabels: {app: kafka}
  template:
    metadata:
      labels: {app: kafka}
    spec:
      containers:
        - name: kafka
          image: apache/kafka:4.1.0
"""
STRIMZI = """apiVersion: kafka.strimzi.io/v1
kind: KafkaNodePool
metadata: {name: dual, labels: {strimzi.io/cluster: events}}
spec: {replicas: 3, roles: [controller, broker], storage: {type: persistent-claim, size: 1Gi, class: fast}}
---
apiVersion: kafka.strimzi.io/v1
kind: Kafka
metadata: {name: events}
spec: {kafka: {version: 4.1.0}}
"""
OTHER = "apiVersion: v1\nkind: Role\nmetadata: {name: r}\n"
KUSTOMIZATIONS = {
    "base/kustomization.yaml": "resources: [kafka.yaml]\n",
    "base/kafka.yaml": KAFKA,
    "base/README.md": "# the brokers\n",
    "parts/tls/kustomization.yaml": "kind: Component\npatches: [{path: tls.yaml}]\n",
    "parts/tls/tls.yaml": "{}",
    "clusters/eu/prod/kustomization.yaml": (
        "resources: [../../../base]\n"
        "components: [../../../parts/tls]\n"
        "patches: [{path: replicas.yaml}, {patch: '- op: remove'}]\n"
        "configMapGenerator: [{name: c, files: [server.properties], envs: [kafka.env]}]\n"
        "helmCharts: [{name: ui, valuesFile: ui.yaml, additionalValuesFiles: [more.yaml]}]\n"
        "helmGlobals: {chartHome: vendored}\n"
    ),
    "clusters/eu/prod/replicas.yaml": "{}",
    "clusters/eu/prod/server.properties": "a=b\n",
    "clusters/eu/prod/kafka.env": "A=b\n",
    "clusters/eu/prod/ui.yaml": "",
    "clusters/eu/prod/more.yaml": "",
    "clusters/eu/prod/vendored/ui/Chart.yaml": "name: ui\n",
    "clusters/eu/prod/vendored/ui/templates/_helpers.tpl": "",
    "clusters/eu/dev/Kustomization": "bases: [../../../base]\n",
    "other/kustomization.yml": "resources: [role.yaml]\n",
    "other/role.yaml": OTHER,
    "main.py": "",
}
CHARTS = {
    "charts/app/Chart.yaml": "name: app\ndependencies: [{name: common, repository: 'file://../common'}]\n",
    "charts/app/values.yaml": "",
    "charts/app/crds/kafka.yaml": "",
    "charts/app/files/server.properties": "",
    "charts/app/templates/_helpers.tpl": "",
    "charts/app/templates/kafka.yaml": KAFKA,
    "charts/app/charts/sub/Chart.yaml": "name: sub\n",
    "charts/app/charts/sub/templates/x.yaml": "",
    "charts/app/charts/packed-1.0.0.tgz": "",
    "charts/common/Chart.yaml": "name: common\ntype: library\n",
    "charts/common/templates/_pods.tpl": "",
    "charts/web/Chart.yaml": "name: web\n",
    "charts/web/templates/x.yaml": OTHER,
    "env/prod.yaml": "",
    "env/unused.yaml": "",
}
PROD, DEV = "clusters/eu/prod", "clusters/eu/dev"


@pytest.fixture
def tree(tmp_path: Path) -> Callable[[Mapping[str, str]], Path]:
    """Makes a repository that tracks these files."""

    def write(files: Mapping[str, str]) -> Path:
        root = tmp_path / "work"
        for name, content in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        subprocess.run(["git", "init", "--quiet", "--initial-branch=main"], cwd=root, check=True)
        subprocess.run(["git", "add", "--all", "--force"], cwd=root, check=True)
        return root

    return write


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Path]:
    """Stand-ins, and Git, are all that is on the PATH."""
    place = tmp_path / "bin"
    place.mkdir()
    (place / "git").symlink_to(shutil.which("git") or "")
    monkeypatch.setenv("PATH", str(place))

    def make(name: str, script: str) -> Path:
        path = place / name
        path.write_text(f"#!/bin/sh\n{script}")
        path.chmod(0o755)
        return path

    return make


def reached(root: Path, tool: Tool, *changed: str, **more: object) -> Reached:
    settings = {"render": RenderSettings(), **more}
    return reach(changed, tool, Repository(str(root), **settings))  # type: ignore[arg-type]


def folders(root: Path, tool: Tool, *changed: str, **more: object) -> list[str]:
    return [os.path.relpath(Path(path).parent, root) for path in reached(root, tool, *changed, **more).roots]


# Kustomizations


@pytest.mark.parametrize(
    ("changed", "met"),
    [
        ("base/kafka.yaml", [DEV, PROD]),
        ("base/kustomization.yaml", [DEV, PROD]),
        ("parts/tls/tls.yaml", [PROD]),
        ("parts/tls/kustomization.yaml", [PROD]),
        (f"{PROD}/kustomization.yaml", [PROD]),
        (f"{PROD}/replicas.yaml", [PROD]),
        (f"{PROD}/server.properties", [PROD]),
        (f"{PROD}/kafka.env", [PROD]),
        (f"{PROD}/ui.yaml", [PROD]),
        (f"{PROD}/more.yaml", [PROD]),
        (f"{PROD}/vendored/ui/templates/_helpers.tpl", [PROD]),
        (f"{DEV}/Kustomization", [DEV]),
        ("other/role.yaml", ["other"]),
        ("base/README.md", []),
        ("main.py", []),
        ("base", [DEV, PROD]),
        ("clusters/eu", [DEV, PROD]),
        (".", [DEV, PROD, "other"]),
    ],
)
def test_a_file_leads_to_every_root_that_builds_upon_it(tree, changed, met):
    assert folders(tree(KUSTOMIZATIONS), "kustomize", changed) == met


def test_several_files_lead_to_each_root_once(tree):
    root = tree(KUSTOMIZATIONS)
    assert folders(root, "kustomize", f"{PROD}/replicas.yaml", "base/kafka.yaml", "main.py") == [DEV, PROD]


def test_files_are_named_from_the_working_directory_and_roots_lie_anywhere(tree):
    root = tree(KUSTOMIZATIONS)
    assert reached(root / "base", "kustomize", "kafka.yaml") == reached(root, "kustomize", "base/kafka.yaml")


@pytest.mark.parametrize(
    "gone",
    [
        ["base/kafka.yaml"],
        ["base/kustomization.yaml"],
        ["base/kustomization.yaml", "base/kafka.yaml", "base/README.md"],
        ["base/README.md"],
    ],
    ids=lambda gone: "+".join(map(os.path.basename, gone)),
)
def test_a_deleted_file_leads_to_what_was_built_with_its_folder(tree, gone):
    root = tree(KUSTOMIZATIONS)
    for name in gone:
        (root / name).unlink()
    if not any((root / "base").iterdir()):
        (root / "base").rmdir()
    assert folders(root, "kustomize", *gone) == [DEV, PROD]


def test_a_deleted_root_and_a_name_that_never_was_lead_nowhere(tree):
    root = tree(KUSTOMIZATIONS)
    shutil.rmtree(root / "other")
    assert folders(root, "kustomize", "other/kustomization.yml", "other/role.yaml", "no/such.yaml") == []


def test_only_kustomizations_that_git_tracks_or_that_are_given_are_known(tree):
    root = tree(KUSTOMIZATIONS)
    (root / "new").mkdir()
    (root / "new" / "kustomization.yaml").write_text("resources: [../base]\n")
    assert folders(root, "kustomize", "base/kafka.yaml") == [DEV, PROD]
    assert folders(root, "kustomize", "base/kafka.yaml", "new/kustomization.yaml") == [DEV, PROD, "new"]


def test_links_lead_to_what_they_mean(tree):
    root = tree({"shared/kafka.yaml": KAFKA, "v1/kustomization.yaml": "resources: [kafka.yaml]\n"})
    (root / "v1" / "kafka.yaml").symlink_to("../shared/kafka.yaml")
    (root / "current").symlink_to("v1")
    (root / "top").mkdir()
    (root / "top" / "kustomization.yaml").write_text("resources: [../current]\n")
    subprocess.run(["git", "add", "--all"], cwd=root, check=True)
    for changed in ("shared/kafka.yaml", "v1/kafka.yaml", "v1/kustomization.yaml", "current/kustomization.yaml"):
        assert "top" in folders(root, "kustomize", changed), changed


def test_what_refers_to_an_address_is_read_all_the_same(tree):
    root = tree({"kustomization.yaml": "resources: ['https://example.com/x//y?ref=1', a.yaml]\n", "a.yaml": KAFKA})
    assert folders(root, "kustomize", "a.yaml") == ["."]


CONFIGURED = {
    "over/kustomization.yaml": (
        "Resources: [../base]\ngenerators: [g.yaml, plugins]\ntransformers:\n"
        "- t.yaml\n"
        "- |\n  apiVersion: builtin\n  kind: ConfigMapGenerator\n  metadata: {name: i}\n  files: [k=inline.txt]\n"
        "- '{apiVersion: builtin, kind: PatchTransformer, metadata: {name: f}, path: flow.yaml}'\n"
        "validators: [t.yaml]\n"
    ),
    "over/g.yaml": (
        "apiVersion: builtin\nkind: HelmChartInflationGenerator\nmetadata: {name: g}\n"
        "name: ui\nvaluesFile: ui.yaml\nadditionalValuesFiles: [more.yaml]\n---\n"
        "apiVersion: builtin\nkind: SecretGenerator\nmetadata: {name: s}\nenvs: [kafka.env]\n"
    ),
    "over/t.yaml": (
        "apiVersion: builtin\nkind: PatchStrategicMergeTransformer\nmetadata: {name: p}\npaths: [merged.yaml]\n---\n"
        "apiVersion: builtin\nkind: ReplacementTransformer\nmetadata: {name: r}\nreplacements: [{path: r.yaml}]\n"
    ),
    "over/charts/ui/Chart.yaml": "name: ui\n",
    "over/charts/ui/templates/_ui.tpl": "",
    "over/plugins/kustomization.yaml": "resources: [c.yaml]\n",
    "over/plugins/c.yaml": (
        "apiVersion: builtin\nkind: ConfigMapGenerator\nmetadata: {name: c}\nfiles: [from-folder.txt]\n"
    ),
    **{
        f"over/{name}": "{}"
        for name in (
            *("ui.yaml", "more.yaml", "kafka.env", "merged.yaml", "r.yaml", "inline.txt", "flow.yaml"),
            *("from-folder.txt", "unused.txt"),
        )
    },
    "base/kustomization.yaml": "resources: [kafka.yaml]\n",
    "base/kafka.yaml": KAFKA,
}


@pytest.mark.parametrize("changed", [name for name in CONFIGURED if name != "over/unused.txt"])
def test_what_configures_plugins_is_followed(tree, changed):
    assert folders(tree(CONFIGURED), "kustomize", changed) == ["over"]


def test_what_nothing_in_a_plugin_s_configuration_names_leads_nowhere(tree):
    assert folders(tree(CONFIGURED), "kustomize", "over/unused.txt") == []


def test_any_change_below_a_kustomization_that_nobody_can_read_leads_to_it(tree):
    root = tree({**KUSTOMIZATIONS, "broken/kustomization.yaml": "resources: [", "broken/deep/kafka.yaml": KAFKA})
    assert folders(root, "kustomize", "broken/deep/kafka.yaml") == ["broken"]
    assert folders(root, "kustomize", "broken/deep/gone.yaml") == ["broken"]
    assert folders(root, "kustomize", "main.py") == []


HIDDEN = {
    **KUSTOMIZATIONS,
    ".deploy/kustomization.yaml": "resources: [kafka.yaml, ../other]\n",
    ".deploy/kafka.yaml": KAFKA,
    ".deploy/app/Chart.yaml": "name: app\n",
    ".deploy/app/templates/x.yaml": KAFKA,
    "node_modules/x/kustomization.yaml": "resources: [../../base]\n",
}


@pytest.mark.parametrize(
    ("changed", "met"),
    [
        (".deploy/kafka.yaml", [".deploy"]),
        (".deploy/kustomization.yaml", [".deploy"]),
        (".deploy", [".deploy"]),
        ("other/role.yaml", ["other", ".deploy"]),
        (".", [DEV, PROD, "other"]),
        ("base/kafka.yaml", [DEV, PROD]),
    ],
)
def test_a_hidden_folder_is_seen_where_something_in_it_is_named(tree, changed, met):
    root = tree(HIDDEN)
    assert folders(root, "kustomize", changed) == met
    assert reached(root / ".deploy", "kustomize", os.path.relpath(changed, ".deploy")) == reached(
        root, "kustomize", changed
    )


def test_a_hidden_chart_is_seen_where_something_in_it_is_named(tree):
    root = tree(HIDDEN)
    assert folders(root, "helm", ".deploy/app/templates/_gone.tpl") == [".deploy/app"]
    assert folders(root, "helm", ".") == []


def test_settings_reach_what_a_walk_comes_upon(tree):
    root = tree({**HIDDEN, ".kafkalint.yaml": ""})
    settings = (str(root / ".kafkalint.yaml"),)
    assert folders(root, "kustomize", ".kafkalint.yaml", settings_files=settings) == [DEV, PROD, "other"]


def test_git_is_asked_in_the_folder_that_is_meant_whatever_a_hook_is_told(tree, tmp_path, monkeypatch):
    root = tree(KUSTOMIZATIONS)
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com"]
    subprocess.run(["git", *identity, "commit", "--quiet", "-m", "x"], cwd=root, check=True)
    subprocess.run(["git", "worktree", "add", "--quiet", str(tmp_path / "linked")], cwd=root, check=True)
    linked = tmp_path / "linked"
    git_dir = subprocess.run(
        ["git", "rev-parse", "--absolute-git-dir"], cwd=linked, check=True, capture_output=True, text=True
    ).stdout.strip()
    monkeypatch.setenv("GIT_DIR", git_dir)
    monkeypatch.setenv("GIT_INDEX_FILE", f"{git_dir}/index")
    assert folders(linked, "kustomize", "base/kafka.yaml") == [DEV, PROD]
    found = find(["clusters/eu/dev"], str(linked), from_git=True).files
    assert [file.name for file in found] == [f"{DEV}/Kustomization"]


def test_without_a_repository_or_git_it_is_said(tmp_path, tree, tool):
    with pytest.raises(UsageError, match=r"--render looks .* in a Git repository"):
        reached(tmp_path, "helm", "x")
    root = tmp_path / "work"
    (root / ".git").mkdir(parents=True)
    with pytest.raises(UsageError, match=r"^--render: "):
        reached(root, "helm", "x")
    (tmp_path / "bin" / "git").unlink()
    with pytest.raises(UsageError, match=r"--render needs git, and there is none on the PATH"):
        reached(root, "helm", "x")


# Charts

VALUES = (ChartValues("charts/a*", ("env/prod.yaml",)), ChartValues("charts/app", release="plain"))


@pytest.mark.parametrize(
    ("changed", "met"),
    [
        ("charts/app/Chart.yaml", ["charts/app"]),
        ("charts/app/values.yaml", ["charts/app"]),
        ("charts/app/crds/kafka.yaml", ["charts/app"]),
        ("charts/app/files/server.properties", ["charts/app"]),
        ("charts/app/templates/_helpers.tpl", ["charts/app"]),
        ("charts/app/charts/sub/templates/x.yaml", ["charts/app"]),
        ("charts/app/charts/packed-1.0.0.tgz", ["charts/app"]),
        ("charts/common/templates/_pods.tpl", ["charts/app"]),
        ("charts/app/templates/deleted.yaml", ["charts/app"]),
        ("charts/web/templates/x.yaml", ["charts/web"]),
        ("env/prod.yaml", ["charts/app"]),
        ("env/unused.yaml", []),
        ("env", ["charts/app"]),
        (".", ["charts/app", "charts/web"]),
    ],
)
def test_a_file_leads_to_the_charts_that_it_goes_into(tree, changed, met):
    assert folders(tree(CHARTS), "helm", changed, render=RenderSettings(charts=VALUES)) == met


def test_values_files_are_named_from_the_working_directory_and_may_be_gone(tree):
    root = tree(CHARTS)
    (root / "env" / "prod.yaml").unlink()
    render = RenderSettings(charts=(ChartValues("../charts/app", ("prod.yaml",)),))
    assert folders(root / "env", "helm", "prod.yaml", render=render) == ["../charts/app"]


def test_what_a_chart_has_by_links_and_by_older_or_deeper_dependencies_leads_to_it(tree):
    root = tree(
        {
            "app/Chart.yaml": "apiVersion: v1\nname: app\n",
            "app/requirements.yaml": "dependencies: [{name: old, repository: 'file://../old'}]\n",
            "app/charts/sub/Chart.yaml": "name: sub\ndependencies: [{name: x, repository: 'file://../../../deep'}]\n",
            "app/templates/x.yaml": KAFKA,
            "old/Chart.yaml": "name: old\ntype: library\n",
            "old/templates/_x.tpl": "",
            "deep/Chart.yaml": "name: deep\ntype: library\n",
            "deep/templates/_x.tpl": "",
            "shared/_helpers.tpl": "",
            "shared/files/a.conf": "",
            "shared/other.tpl": "",
        }
    )
    (root / "app/templates/_helpers.tpl").symlink_to("../../shared/_helpers.tpl")
    (root / "app/files").symlink_to("../shared/files")
    subprocess.run(["git", "add", "--all"], cwd=root, check=True)
    for changed in (
        *("old/templates/_x.tpl", "deep/templates/_x.tpl", "shared/_helpers.tpl", "shared/files/a.conf"),
        *("app/templates/_helpers.tpl", "app/files", "app/requirements.yaml"),
    ):
        assert folders(root, "helm", changed) == ["app"], changed
    assert folders(root, "helm", "shared/other.tpl") == []


def test_what_lies_in_a_chart_and_is_no_part_of_it_leads_to_what_it_is_a_part_of(tree):
    root = tree(
        {
            "app/Chart.yaml": "name: app\n",
            "app/kustomization.yaml": "resources: [extra.yaml]\n",
            "app/extra.yaml": OTHER,
            "app/overlays/prod/kustomization.yaml": "resources: [../..]\n",
        }
    )
    assert folders(root, "kustomize", "app/extra.yaml") == ["app/overlays/prod"]


def test_each_tool_has_its_own(tree):
    root = tree({**KUSTOMIZATIONS, **CHARTS})
    assert folders(root, "helm", "base/kafka.yaml", f"{PROD}/vendored/ui/templates/_helpers.tpl") == []
    assert folders(root, "kustomize", "charts/app/values.yaml") == []


# What reaches everything, and what must not be torn apart


def test_the_config_reaches_every_rendering(tree):
    root = tree({**KUSTOMIZATIONS, ".kafkalint.yaml": ""})
    settings = (str(root / ".kafkalint.yaml"),)
    assert folders(root, "kustomize", ".kafkalint.yaml", settings_files=settings) == [DEV, PROD, "other"]
    (root / ".kafkalint.yaml").unlink()
    assert folders(root, "kustomize", ".kafkalint.yaml", settings_files=settings) == [DEV, PROD, "other"]


def test_what_the_config_bundles_is_seen_as_a_whole(tree):
    root = tree({**KUSTOMIZATIONS, **CHARTS, "plain/budget.yaml": OTHER, "plain/values.yaml": "", "far/x.yaml": OTHER})
    bundles = (
        StatedBundle("first", ("plain", "charts/web")),
        StatedBundle("prod", (PROD, "plain")),
        StatedBundle("apart", (DEV, "far")),
    )
    found = reached(root, "kustomize", f"{PROD}/replicas.yaml", bundles=bundles)
    assert [os.path.relpath(path, root) for path in found.roots] == [
        f"{PROD}/kustomization.yaml",
        "charts/web/Chart.yaml",
    ]
    assert [os.path.relpath(path, root) for path in found.beside] == ["plain/budget.yaml"]
    assert [bundle.name for bundle in found.bundles] == ["first", "prod"]
    assert folders(root, "kustomize", "other/role.yaml", bundles=bundles) == ["other"]


# The command


def check(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["check", *arguments])


def kustomize(output: str, note: Path) -> str:
    """A Kustomize that renders this and writes down what it was asked to."""
    return f'read -r line < kustomization.yaml\necho "$line" >> {note}\n/bin/cat <<"END"\n{output}END\n'


def built(note: Path) -> Sequence[str]:
    lines = note.read_text().splitlines() if note.exists() else ()
    return sorted(line.partition("/work/")[2].rstrip('"]') for line in lines)


def test_each_root_is_rendered_once_and_judged(tree, tool, tmp_path, monkeypatch):
    root = tree(KUSTOMIZATIONS)
    tool("helm", "")  # which one of them inflates a chart with
    tool("kustomize", kustomize(KAFKA, tmp_path / "note"))
    monkeypatch.chdir(root)
    done = check("--render", "kustomize", "base/kafka.yaml", f"{PROD}/replicas.yaml", "main.py")
    assert done.exit_code == 1
    assert "KL306" in done.stdout
    assert built(tmp_path / "note") == [DEV, PROD]


def test_the_order_of_the_files_changes_nothing(tree, tool, tmp_path, monkeypatch):
    root = tree(KUSTOMIZATIONS)
    tool("kustomize", kustomize(KAFKA, tmp_path / "note"))
    monkeypatch.chdir(root)
    files = ["base/kafka.yaml", f"{PROD}/replicas.yaml", "main.py", "gone.yaml"]
    first, second = (check("--render", "kustomize", *each).stdout for each in (files, files[::-1]))
    assert first == second


def test_a_file_that_goes_into_nothing_says_nothing(tree, tool, tmp_path, monkeypatch):
    monkeypatch.chdir(tree(KUSTOMIZATIONS))
    done = check("--render", "kustomize", "main.py", "never-was.yaml")
    assert (done.exit_code, done.output) == (0, "")
    done = check("--render", "kustomize", "main.py", "-f", "json")
    assert done.exit_code == 0
    assert '"findings": []' in done.output


def test_what_cannot_concern_kafka_is_not_rendered_and_says_nothing(tree, tool, monkeypatch):
    monkeypatch.chdir(tree(KUSTOMIZATIONS))
    done = check("--render", "kustomize", "other/role.yaml")
    assert (done.exit_code, done.output) == (0, "")


@pytest.mark.parametrize(("tool_name", "file"), [("kustomize", "base/kafka.yaml"), ("helm", "charts/app/values.yaml")])
def test_without_the_tool_it_says_so_and_is_no_green_run(tree, tool, monkeypatch, tool_name, file):
    monkeypatch.chdir(tree({**KUSTOMIZATIONS, **CHARTS}))
    done = check("--render", tool_name, file)
    assert done.exit_code == 2
    assert "on the PATH" in " ".join(done.output.split())


def test_a_rendering_without_kafka_is_no_news(tree, tool, tmp_path, monkeypatch):
    monkeypatch.chdir(tree(KUSTOMIZATIONS))
    tool("helm", "")  # which one of them inflates a chart with
    tool("kustomize", kustomize(OTHER, tmp_path / "note"))
    done = check("--render", "kustomize", "base/kafka.yaml")
    assert done.exit_code == 0
    assert "KL007" not in done.output


def test_a_rendering_of_nothing_is_no_green_run(tree, tool, tmp_path, monkeypatch):
    monkeypatch.chdir(tree(KUSTOMIZATIONS))
    tool("helm", "")  # which one of them inflates a chart with
    tool("kustomize", kustomize("", tmp_path / "note"))
    done = check("--render", "kustomize", "base/kafka.yaml")
    assert done.exit_code == 2
    assert done.output == f"kafkalint: no manifests in what is rendered of {DEV}, {PROD}: nothing was checked\n"


def test_a_root_is_judged_as_a_run_over_everything_judges_it(tree, tool, tmp_path, monkeypatch):
    root = tree({name: text for name, text in KUSTOMIZATIONS.items() if not name.startswith(PROD)})
    tool("kustomize", kustomize(STRIMZI, tmp_path / "note"))
    monkeypatch.chdir(root)
    parts, whole = (
        [line for line in check(*arguments).stdout.splitlines() if " KL" in line]
        for arguments in (("--render", "kustomize", "base/kafka.yaml"), ())
    )
    assert parts == whole
    assert any("KL205" in line for line in parts), "what is said of a run as a whole is said of a part of it"


def test_a_suppression_that_others_may_need_is_not_called_unused(tree, tool, tmp_path, monkeypatch):
    root = tree({**KUSTOMIZATIONS, ".kafkalint.yaml": "ignores: [{codes: [KL301], paths: [main.py], reason: x}]\n"})
    annotated = KAFKA.replace(
        "  name: kafka\nspec", "  name: kafka\n  annotations: {ignore.kafkalint.dev/KL101: x}\nspec"
    )
    tool("kustomize", kustomize(annotated, tmp_path / "note"))
    monkeypatch.chdir(root)
    for changed in ("base/kafka.yaml", ".kafkalint.yaml", "."):
        assert "KL005" not in check("--render", "kustomize", changed).output
    assert "KL005" in check().output, "a run that sees everything says so"


def test_a_suppression_that_names_no_rule_is_said(tree, tool, tmp_path, monkeypatch):
    monkeypatch.chdir(tree(KUSTOMIZATIONS))
    annotated = KAFKA.replace(
        "  name: kafka\nspec", "  name: kafka\n  annotations: {ignore.kafkalint.dev/KL9: x}\nspec"
    )
    tool("kustomize", kustomize(annotated, tmp_path / "note"))
    assert "KL005" in check("--render", "kustomize", "base/kafka.yaml").output


def test_without_files_every_rendering_of_the_tool_is_checked(tree, tool, tmp_path, monkeypatch):
    monkeypatch.chdir(tree({**KUSTOMIZATIONS, **CHARTS}))
    tool("helm", "")  # which one of them inflates a chart with
    tool("kustomize", kustomize(KAFKA, tmp_path / "note"))
    done = check("--render", "kustomize")
    assert done.exit_code == 1
    assert built(tmp_path / "note") == [DEV, PROD]


def test_values_that_only_the_config_names_render_their_chart(tree, tool, tmp_path, monkeypatch):
    config = "helm: [{chart: charts/app, release: app, values: [env/prod.yaml]}]\n"
    monkeypatch.chdir(tree({**CHARTS, ".kafkalint.yaml": config}))
    tool("helm", f'echo "$@" >> {tmp_path / "note"}\n/bin/cat <<"END"\n{KAFKA}END\n')
    done = check("--render", "helm", "env/prod.yaml")
    assert done.exit_code == 1
    (line,) = (tmp_path / "note").read_text().splitlines()
    assert line.endswith("--values " + str(tmp_path / "work" / "env/prod.yaml"))


@pytest.mark.parametrize("name", ["../.kafkalint.yaml", ".kafkalint.yaml"])
def test_a_config_that_was_deleted_here_or_above_reaches_every_rendering(tree, tool, tmp_path, monkeypatch, name):
    root = tree(KUSTOMIZATIONS)
    tool("helm", "")  # which one of them inflates a chart with
    tool("kustomize", kustomize(KAFKA, tmp_path / "note"))
    monkeypatch.chdir(root / "other")
    assert check("--render", "kustomize", name).exit_code == 1
    assert built(tmp_path / "note") == [DEV, PROD]


def test_what_is_piped_in_is_rendered_already(tree, monkeypatch):
    monkeypatch.chdir(tree(KUSTOMIZATIONS))
    done = check("--render", "helm", "-")
    assert done.exit_code == 2
    assert "rendered already" in done.output


@real_kustomize
def test_a_fix_is_made_where_all_that_it_changes_was_rendered(tree, tmp_path, monkeypatch):
    files = {
        "base/kustomization.yaml": "resources: [kafka.yaml]\n",
        "base/kafka.yaml": KAFKA,
        **{f"{name}/kustomization.yaml": f"resources: [../base]\nnamePrefix: {name}-\n" for name in ("dev", "prod")},
    }
    root = tree(files)
    monkeypatch.chdir(root)
    assert check("--render", "kustomize", "prod/kustomization.yaml", "--select", "KL306", "--fix").exit_code == 0
    assert (root / "base/kafka.yaml").read_text() == KAFKA, "dev builds upon it, and was not looked at"
    assert (root / "prod/kustomization.yaml").read_text() != files["prod/kustomization.yaml"]
    (root / "prod/kustomization.yaml").write_text(files["prod/kustomization.yaml"])
    assert check("--render", "kustomize", "base/kafka.yaml", "--select", "KL306", "--fix").exit_code == 0
    assert (root / "base/kafka.yaml").read_text() != KAFKA
    assert (root / "prod/kustomization.yaml").read_text() == files["prod/kustomization.yaml"]
