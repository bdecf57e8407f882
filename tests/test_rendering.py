import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
from real_tools import real_helm, real_kustomize

from kafkalint.manifests.loading import LoadRequest, load
from kafkalint.manifests.planning import plan
from kafkalint.manifests.render_settings import ChartValues, RenderSettings
from kafkalint.manifests.rendering import kustomize, tasks
from kafkalint.manifests.rendering.charts import read_chart, template_path
from kafkalint.manifests.rendering.commands import CommandError, Leave, condense
from kafkalint.manifests.rendering.commands import run as run_command
from kafkalint.manifests.rendering.kustomizations import Graph, read_kustomization
from kafkalint.manifests.walking import Exclusion, find

KAFKA = "apiVersion: kafka.strimzi.io/v1\nkind: Kafka\nmetadata: {name: main}\nspec: {kafka: {replicas: 3}}\n"
OTHER = "apiVersion: v1\nkind: Role\nmetadata: {name: r}\n"
CHART = "apiVersion: v2\nname: kafka-app\nversion: 0.1.0\n"
TEMPLATE = textwrap.dedent("""\
    apiVersion: kafka.strimzi.io/v1
    kind: Kafka
    metadata:
      name: {{ .Release.Name }}
    spec:
      kafka:
        replicas: {{ .Values.replicas }}
    """)
posix = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for a tool is a shell script")


@pytest.fixture
def tree(tmp_path):
    def write(files):
        for name, content in files.items():
            path = tmp_path / "work" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        return tmp_path / "work"

    return write


@pytest.fixture
def tool(tmp_path, monkeypatch):
    """Stand-ins are all that is on the PATH."""
    place = tmp_path / "bin"
    place.mkdir()
    monkeypatch.setenv("PATH", str(place))

    def make(name, script):
        path = place / name
        path.write_text(f"#!/bin/sh\n{script}")
        path.chmod(0o755)
        return path

    return make


def go(directory, *paths, **more):
    return load(LoadRequest(paths=paths or (".",), directory=str(directory), **more))


def kinds(loaded):
    return {bundle.name: [f"{r.kind}/{r.name}" for r in bundle.primary] for bundle in loaded.bundles}


def notices(loaded):
    return {notice.subject: notice.message for notice in loaded.notices}


def planned(root, *paths):
    todo = plan(find(paths or (str(root),), str(root)).files)
    relative = lambda path: os.path.relpath(path, root)  # noqa: E731
    return {relative(job.directory): job.tool for job in todo.jobs}, {relative(path) for path in todo.consumed}


# What is rendered, and what is therefore no plain source


def test_only_kustomizations_that_nobody_builds_upon_are_roots(tree):
    root = tree(
        {
            "base/kustomization.yaml": "resources: [kafka.yaml]\ncomponents: [../part]\n",
            "base/kafka.yaml": KAFKA,
            "base/unused.yaml": OTHER,
            "part/Kustomization": "kind: Component\npatches: [{path: p.yaml}]\n",
            "part/p.yaml": KAFKA,
            "dev/kustomization.yml": "bases: [../base]\npatchesStrategicMerge:\n- a.yaml\n- |-\n  kind: Kafka\n",
            "dev/a.yaml": KAFKA,
            "prod/kustomization.yaml": (
                "resources: [../base]\nconfigMapGenerator: [{files: [k=x.json], envs: [e.yaml], env: 3}]\n"
            ),
            "prod/x.json": "{}",
            "prod/e.yaml": "",
        }
    )
    jobs, consumed = planned(root)
    assert jobs == {"dev": "kustomize", "prod": "kustomize"}
    assert "base/unused.yaml" not in consumed
    assert {"base/kafka.yaml", "part/p.yaml", "dev/a.yaml", "prod/x.json", "part/Kustomization"} <= consumed


def test_kustomizations_in_a_circle_have_one_root_all_the_same(tree):
    root = tree({f"{a}/kustomization.yaml": f"resources: [../{b}]\n" for a, b in ("ab", "bc", "ca", "dd")})
    assert planned(root)[0] == {"a": "kustomize", "d": "kustomize"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "kafka",
        "resources: 3",
        "resources: [[x], {y: z}, 3, null]",
        "a: [",
        "\x00",
        "patches: {a: b}",
        "helmCharts: x",
    ],
)
def test_kustomizations_of_any_shape_can_be_read(tree, text):
    root = tree({"kustomization.yaml": text})
    read_kustomization(str(root / "kustomization.yaml"))
    assert planned(root)[0] == {".": "kustomize"}


def test_what_is_meant_for_flux_is_plain(tree):
    text = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: kafka}\n"
    root = tree({"kustomization.yaml": text})
    assert kinds(go(root)) == {"kustomization.yaml": ["Kustomization/kafka"]}


def test_charts_are_rendered_but_not_their_subcharts_and_no_libraries(tree):
    root = tree(
        {
            "app/Chart.yaml": CHART,
            "app/templates/a.yaml": TEMPLATE,
            "app/charts/sub/Chart.yaml": CHART,
            "app/charts/sub/charts/deep/Chart.yaml": CHART,
            "lib/Chart.yaml": f"{CHART}type: library\n",
            "lib/templates/x.yaml": "{{",
            "app/templates/kustomization.yaml": "resources: []\n",
            "app/charts/sub/kustomization.yaml": "resources: []\n",
        }
    )
    jobs, consumed = planned(root)
    assert jobs == {"app": "helm"}
    assert {"app/templates/a.yaml", "lib/templates/x.yaml", "app/charts/sub/Chart.yaml"} <= consumed


def test_a_chart_owns_what_helm_reads_and_nothing_else_that_lies_in_it(tree):
    parts = {
        "Chart.yaml": CHART,
        "Chart.lock": "",
        "requirements.yaml": "",
        "values.yaml": "",
        "values-prod.yaml": "",
        "values.schema.json": "{}",
        "templates/a.yaml": TEMPLATE,
        "crds/c.yaml": OTHER,
        "files/f.yaml": KAFKA,
        "charts/sub/Chart.yaml": CHART,
        "ci/ha-values.yaml": "replicas: 3\n",
        "env/values-eu.yaml": "",
        "dashboards/d.yaml": "kind: {{ .Values.kind }}\n",
    }
    plain = {
        "examples/kafka.yaml": KAFKA,
        "ci/kind.yaml": KAFKA,
        "kafka.yaml": KAFKA,
        "argocd/valuesets.yaml": KAFKA,
    }
    root = tree({f"app/{name}": text for name, text in {**parts, **plain}.items()})
    jobs, consumed = planned(root)
    assert jobs == {"app": "helm"}
    assert {f"app/{name}" for name in parts if name.endswith(("yaml", "json"))} <= consumed
    assert consumed.isdisjoint(f"app/{name}" for name in plain)


def test_kustomizations_in_and_beside_a_chart_are_built(tree):
    root = tree(
        {
            "Chart.yaml": CHART,
            "kustomization.yaml": "resources: [extra.yaml]\n",
            "extra.yaml": KAFKA,
            "templates/a.yaml": TEMPLATE,
            "overlays/prod/kustomization.yaml": "resources: [kafka.yaml]\n",
            "overlays/prod/kafka.yaml": KAFKA,
        }
    )
    todo = plan(find((str(root),), str(root)).files)
    assert [(os.path.relpath(job.directory, root), job.tool) for job in todo.jobs] == [
        (".", "kustomize"),
        ("overlays/prod", "kustomize"),
        (".", "helm"),
    ]


def test_a_chart_that_a_kustomization_inflates_and_the_config_names_is_rendered_for_both(tree):
    root = tree({"kustomization.yaml": "helmCharts: [{name: kafka}]\n", "charts/kafka/Chart.yaml": CHART})
    settings = RenderSettings(charts=(ChartValues("charts/*"),))
    todo = plan(find((str(root),), str(root)).files, settings.asks_for(str(root)))
    assert [job.tool for job in todo.jobs] == ["kustomize", "helm"]


def test_charts_that_a_kustomization_inflates_are_its_own(tree):
    root = tree({"kustomization.yaml": "helmCharts: [{name: kafka}]\n", "charts/kafka/Chart.yaml": CHART})
    assert planned(root)[0] == {".": "kustomize"}


def test_a_file_that_is_named_is_linted_as_it_stands(tree):
    root = tree({"kustomization.yaml": "resources: [kafka.yaml]\n", "kafka.yaml": KAFKA, "Chart.yaml": CHART})
    assert planned(root, "kafka.yaml", "kustomization.yaml", "Chart.yaml") == ({}, set())
    assert kinds(go(root, "kafka.yaml")) == {"kafka.yaml": ["Kafka/main"]}


def test_a_closure_reaches_outside_of_what_is_linted(tree):
    root = tree(
        {
            "base/kustomization.yaml": "resources: [k.yaml]\n",
            "base/k.yaml": KAFKA,
            "o/kustomization.yaml": "resources: [../base]\n",
        }
    )
    graph = Graph([str(root / "o/kustomization.yaml")])
    assert [k.directory.rpartition(os.sep)[2] for k in graph.closure(graph.roots()[0])] == ["o", "base"]


# Tools that are missing, fail, dawdle or babble


@posix
def test_without_tools_it_says_what_was_not_rendered_and_lints_none_of_it(tree, tool):
    root = tree(
        {
            "k/kustomization.yaml": "resources: [kafka.yaml]\n",
            "k/kafka.yaml": KAFKA,
            "h/Chart.yaml": CHART,
            "h/templates/a.yaml": TEMPLATE,
            "plain.yaml": OTHER,
        }
    )
    loaded = go(root)
    assert kinds(loaded) == {"plain.yaml": ["Role/r"]}
    assert loaded.unreadable == ()
    said = notices(loaded)
    assert said["k"] == (
        "not rendered, so not checked: neither kustomize nor kubectl is on the PATH. "
        "By hand: kustomize build k | kafkalint check -"
    )
    by_hand = "By hand: helm template kafka-app h | kafkalint check -"
    assert said["h"] == f"not rendered, so not checked: helm is not on the PATH. {by_hand}"


@posix
@pytest.mark.parametrize(
    ("tools", "command"), [(("kubectl",), "kubectl kustomize"), (("kubectl", "kustomize"), "kustomize build")]
)
def test_what_to_do_by_hand_is_what_was_tried(tree, tool, tools, command):
    for name in tools:
        tool(name, "echo \"Error: security; file '/x' is not in or below '$PWD_OF_ROOT'\" >&2; exit 1")
    tool("helm", "")
    root = tree({"kustomization.yaml": "# kafka\nhelmCharts: [{name: c}]\n", "charts/c/Chart.yaml": CHART})
    flags = "--enable-helm --helm-kube-version 1.33 --load-restrictor LoadRestrictionsNone"
    told = notices(go(root, render=RenderSettings(kubernetes_version="1.33")))["."]
    assert told.endswith(f"By hand: {command} {flags} . | kafkalint check -")


@posix
@pytest.mark.parametrize("said", ["'ROOT' must resolve to a file", "in ROOT: nothing", "'ROOT/a.yaml' is no file"])
def test_the_root_is_named_as_it_is_seen_from_there(tree, tool, said):
    root = tree({"kustomization.yaml": "# kafka\n"})
    tool("kustomize", f'echo "Error: {said.replace("ROOT", str(root))}" >&2; exit 1')
    assert str(root) not in notices(go(root))["."]


@posix
def test_what_cannot_concern_kafka_is_not_rendered_and_counts_as_it_stands(tree, tool):
    root = tree(
        {
            "k/kustomization.yaml": "resources: [a.yaml]\n",
            "k/a.yaml": f"{OTHER}---\n{OTHER}",
            "h/Chart.yaml": "name: web\n",
        }
    )
    loaded = go(root)
    assert loaded.notices == ()
    assert (loaded.resources_seen, loaded.skipped) == (2, 2)


REMOTE_BASE = "resources: ['https://git.example.com/acme/base?ref=v1']\n"
OF_FLUX = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: apps}\n"
CONCERNS = {
    "a base that is gone": ("apps/web/kustomization.yaml", "resources: [../base]\n", True),
    "a folder without one": ("apps/web/kustomization.yaml", "resources: [empty]\n", True),
    "a file of anything that is gone": ("apps/web/kustomization.yaml", "resources: [secret.yaml]\n", False),
    "a file of ours that is gone": ("apps/web/kustomization.yaml", "resources: [kafka-users.yaml]\n", True),
    "a file in a folder of ours that is gone": ("apps/kafka/prod/kustomization.yaml", "resources: [all.yaml]\n", True),
    "a template": ("apps/web/kustomization.yaml", "resources:\n- {{ name }}.yaml\n", False),
    "a template of ours": ("apps/kafka/x/kustomization.yaml", "{% for x in y %}\n- {{ name }}.yaml\n", True),
    "no YAML": ("apps/web/kustomization.yaml", "resources: [\n", True),
    "two objects for Flux": ("apps/web/kustomization.yaml", f"{OF_FLUX}---\n{OF_FLUX}", False),
    "a component that is gone": ("apps/web/kustomization.yaml", "Components: [../part]\n", True),
    "a chart that is gone": ("apps/web/kustomization.yaml", "helmCharts: [{name: web}]\n", True),
    "a generator of anything that is gone": ("apps/web/kustomization.yaml", "generators: [g.yaml]\n", False),
    "a secret that Git ignores": ("apps/web/kustomization.yaml", "secretGenerator: [{name: s, envs: [.env]}]\n", False),
    "a patch that is gone": ("apps/web/kustomization.yaml", "patches: [{path: p.yaml}]\n", False),
    "a remote base of anything": ("apps/web/kustomization.yaml", REMOTE_BASE, False),
    "a remote base in a folder of ours": ("apps/kafka/prod/kustomization.yaml", REMOTE_BASE, True),
    "a remote base of Strimzi": ("apps/x/kustomization.yaml", "resources: [github.com/strimzi/operator/]\n", True),
    "a remote chart of anything": ("w/kustomization.yaml", "helmCharts: [{name: web, repo: 'https://x.y'}]\n", False),
    "a remote chart of Kafka": ("w/kustomization.yaml", "helmCharts: [{name: kafka, repo: 'https://x.y'}]\n", True),
    "a chart in an inline generator": (
        "w/kustomization.yaml",
        (
            "generators:\n- |\n  kind: HelmChartInflationGenerator\n  apiVersion: builtin\n  metadata: {name: x}\n"
            "  name: bus\n  chartHome: ../vendored\n"
        ),
        True,
    ),
}


@posix
@pytest.mark.parametrize("case", list(CONCERNS))
def test_what_is_not_there_is_said_where_it_can_concern_kafka(tree, tool, case):
    name, text, said = CONCERNS[case]
    root = tree({name: text, "vendored/bus/Chart.yaml": "name: bus\n", "vendored/bus/templates/x.yaml": TEMPLATE})
    (root / "apps" / "web" / "empty").mkdir(parents=True)
    folder = name.rpartition("/")[0]
    assert (folder in notices(go(root, folder))) is said


@posix
def test_a_chart_is_looked_through_but_for_what_it_does_not_own(tree, tool):
    hidden = {f"{name}/x.conf": "kafka" for name in (".git", ".venv/lib", "node_modules/x", "deploy/.cache")}
    below = {
        "deploy/kustomization.yaml": "",
        "deploy/notes.txt": "kafka",
        "other/Chart.yaml": "name: o\n",
        "other/x": "kafka",
    }
    root = tree({"Chart.yaml": "name: web\n", "templates/x.yaml": "", **hidden, **below})
    assert "." not in notices(go(root))
    tree({"conf/kafka.properties": "kafka"})
    assert "." in notices(go(root))


LOST = {
    "charts/none": "it is not there",
    "docs": "there is no Chart.yaml in it",
    "*/none": "there is none",
    "charts/lib": "it is a library, which nobody installs",
    "charts/app/charts/sub": "it is a part of charts/app and goes into what is rendered of that",
    "charts/spare": "it is left out of this run: excluded, or hidden, or not tracked by Git",
}


@posix
@pytest.mark.parametrize("chart", list(LOST))
def test_a_chart_of_the_config_that_is_not_rendered_is_said(tree, tool, chart):
    root = tree(
        {
            "charts/app/Chart.yaml": CHART,
            "charts/app/charts/sub/Chart.yaml": CHART,
            "charts/lib/Chart.yaml": f"{CHART}type: library\n",
            "charts/spare/Chart.yaml": CHART,
            "docs/x.md": "",
            "web/x.yaml": OTHER,
        }
    )
    settings = RenderSettings(charts=(ChartValues(chart),))
    exclude = Exclusion(("charts/spare",), str(root))
    told = f"not rendered, so not checked: the config has this chart rendered, and {LOST[chart]}"
    assert notices(go(root, render=settings, exclude=exclude))[chart] == told
    if "*" not in chart:
        assert chart not in notices(go(root, "web", render=settings)), "nobody has asked for it"
    assert chart not in notices(go(root, "web/x.yaml", render=settings))


@posix
def test_what_holds_a_kind_that_is_asked_for_is_rendered(tree, tool):
    tool("kustomize", "echo 'apiVersion: v1'; echo 'kind: Role'")
    root = tree({"k/kustomization.yaml": "resources: [../base]\n", "base/kustomization.yaml": "resources: [a.yaml]\n"})
    (root / "base/a.yaml").write_text(OTHER)
    assert kinds(go(root, kinds=frozenset(["Role"]))) == {"k": ["Role/"]}
    assert kinds(go(root, "k", kinds=None)) == {"k": ["Role/"]}
    assert kinds(go(root, kinds=frozenset(["Secret"]))) == {}


@posix
@pytest.mark.parametrize(("jobs", "together"), [(1, 1), (3, 3)])
def test_so_many_renderers_are_at_work_at_once(tree, tmp_path, monkeypatch, jobs, together):
    barrier = threading.Barrier(together)

    def stand_in(*_arguments, **_options):
        barrier.wait(timeout=5)
        return KAFKA.encode()

    monkeypatch.setattr(tasks, "run", stand_in)
    monkeypatch.setattr(kustomize, "_kustomize", lambda: ["kustomize"])
    root = tree({f"{name}/kustomization.yaml": "# kafka\n" for name in "abc"})
    loaded = go(root, jobs=jobs)
    assert loaded.notices == ()
    assert len(loaded.bundles) == 3


@posix
@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("echo 'Error: it broke' >&2; exit 1", "it broke"),
        ("exit 7", "kustomize ended with status 7"),
        ("kill -9 $$", "kustomize ended with status -9"),
        ("/bin/sleep 60", "no result within 0.3 seconds"),
        ("/bin/sleep 60 & exit 0", "no result within 0.3 seconds"),
        ("x=kind; while :; do echo $x; x=$x$x; done", "more than 1 MiB of output"),
        ("printf '\\033[31mError: red\\n::error::x\\a' >&2; exit 1", "red ::error::x"),
        ("while :; do echo e >&2; done", "no result within 0.3 seconds"),
    ],
)
def test_a_tool_that_fails_is_one_line(tree, tool, script, reason):
    tool("kustomize", script)
    root = tree({"kustomization.yaml": "resources: [kafka.yaml]\n", "kafka.yaml": KAFKA})
    before = time.monotonic()
    loaded = go(root, render=RenderSettings(seconds=0.3, most=1 << 20))
    assert time.monotonic() - before < 10
    assert kinds(loaded) == {}
    (notice,) = loaded.notices
    assert notice.subject == "."
    assert notice.message == f"not rendered, so not checked: {reason}. By hand: kustomize build . | kafkalint check -"


@posix
def test_a_tool_that_cannot_start_is_one_line(tree, tool):
    tool("helm", "").write_text("#!/nowhere/sh\n")
    loaded = go(tree({"Chart.yaml": CHART}))
    assert "did not start" in notices(loaded)["."]


@posix
def test_output_that_is_no_yaml_is_recorded_and_hangs_nothing(tree, tool):
    tool("kustomize", "printf 'kind: [\\n---\\nkind: \\377\\n'")
    loaded = go(tree({"kustomization.yaml": "# kafka\n"}))
    assert [
        (record.source.name, record.source.text.position(record.unreadable.span.start)) for record in loaded.unreadable
    ] == [(".", (3, 7))]
    tool("kustomize", "printf 'kind: [\\n'")
    (document,) = go(tree({})).documents
    assert document.unreadable


@posix
def test_the_wrapper_is_relative_and_gone_afterwards(tree, tool, tmp_path, monkeypatch):
    tool(
        "kubectl",
        'test "$1" = kustomize && test "$2" = . && while read -r line; do echo "# $line"; done < kustomization.yaml\n'
        'pwd > "$NOTE"',
    )
    note = tmp_path / "note"
    monkeypatch.setenv("NOTE", str(note))
    loaded = go(tree({'a "b/kafka/kustomization.yaml': "resources: []\n"}), render=RenderSettings())
    assert loaded.notices == ()
    wrapper = note.read_text().strip()
    assert not Path(wrapper).exists()
    assert not os.path.realpath(wrapper).startswith(str(tmp_path / "work"))


@posix
def test_git_is_told_not_to_ask_and_not_of_the_hook_it_runs_in(tree, tool, monkeypatch):
    monkeypatch.setenv("GIT_DIR", "/elsewhere")
    tool("kustomize", 'echo "Error: ${GIT_DIR-unset} $GIT_TERMINAL_PROMPT" >&2; exit 1')
    loaded = go(tree({"kustomization.yaml": "# kafka\n"}))
    assert "unset 0" in notices(loaded)["."]


@posix
def test_each_entry_of_the_config_is_one_rendering_of_its_charts(tree, tool):
    tool(
        "helm",
        'echo "apiVersion: v1"; echo "kind: ConfigMap"; echo "metadata: {name: x}"; echo "data: {args: \\"$*\\"}"',
    )
    root = tree({"charts/app/Chart.yaml": "name: My_App\n", "dev.yaml": "", "prod.yaml": ""})
    charts = (
        ChartValues("charts/*", ("dev.yaml",)),
        ChartValues("charts/app", ("dev.yaml", "prod.yaml"), release="live", namespace="events"),
        ChartValues("other"),
    )
    loaded = go(root, render=RenderSettings(charts=charts, kubernetes_version="1.33"))
    said = {bundle.name: bundle.primary[0].text("data", "args") for bundle in loaded.bundles}
    app, tail = root / "charts/app", "--kube-version 1.33"
    assert said == {
        "charts/app [dev.yaml]": f"template my-app {app} --skip-tests --values {root}/dev.yaml {tail}",
        "charts/app [dev.yaml, prod.yaml]": (
            f"template live {app} --skip-tests --values {root}/dev.yaml --values {root}/prod.yaml "
            f"--namespace events {tail}"
        ),
    }


def test_rendering_that_is_switched_off_is_said(tree):
    root = tree({"kustomization.yaml": "resources: [kafka.yaml]\n", "kafka.yaml": KAFKA})
    loaded = go(root, render=RenderSettings(kustomize=False))
    assert "switched off" in notices(loaded)["."]
    assert loaded.bundles == ()


def test_a_component_that_nobody_uses_is_said(tree):
    loaded = go(tree({"part/kustomization.yaml": "kind: Component\nresources: [k.yaml]\n", "part/k.yaml": KAFKA}))
    assert notices(loaded) == {"part": "not checked: a Component that no kustomization here builds upon"}


KLOG = 'E1122 14:08:52 14315 run.go:72] "command failed" err='
REASONS = {
    f'{KLOG}"no matches for Id \\"x\\""\n': 'no matches for Id "x"',
    f"{KLOG}<\n\ttrouble: `\n\tname: x\n\t`: must specify\n >\n": "trouble: ` name: x `: must specify",
    "# Warning: 'bases' is deprecated.\nError: broken\n": "broken",
    "Error: execution error at (c/templates/z.yaml:1:5): x\n\nUse --debug flag to render out invalid YAML\n": (
        "execution error at (c/templates/z.yaml:1:5): x"
    ),
    "Error: accumulating resources: accumulation err='accumulating resources from '../b': 'b' must resolve to a file': "
    "couldn't make target for path 'b': unable to find one of 'x.yaml'": "unable to find one of 'x.yaml'",
    "Error: accumulating resources from 'u': failed to run 'git': fatal: unable to access 'u': No\n: exit status 128": (
        "fatal: unable to access 'u': No"
    ),
    "": "",
}


@pytest.mark.parametrize("said", list(REASONS))
def test_what_a_tool_says_is_condensed_to_its_reason(said):
    assert condense(said) == REASONS[said]


def test_a_long_reason_is_cut():
    assert len(condense("Error: " + "x" * 5000)) == 400


@posix
def test_a_program_that_is_not_there_did_not_start(tmp_path):
    with pytest.raises(CommandError, match="did not start"):
        run_command([str(tmp_path / "none")], str(tmp_path), Leave(seconds=1, most=1))


@posix
@pytest.mark.parametrize("pipe", ["", ">&2", "2>&1"])
def test_a_child_that_has_left_the_group_is_not_waited_for(tmp_path, pipe):
    """It holds a pipe of its parent's, as a daemon of git's may, and no signal to the group reaches it."""
    leave = "import os, time; os.setsid(); open('pid', 'w').write(str(os.getpid())); time.sleep(60)"
    script = f'{sys.executable} -c "{leave}" {pipe} & while [ ! -s pid ]; do sleep 0.01; done; echo done'
    try:
        with suppress(CommandError):
            assert run_command(["sh", "-c", script], str(tmp_path), Leave(seconds=2, most=100)) == b"done\n"
    finally:
        child = int((tmp_path / "pid").read_text())
        waits = _is_running(child)
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    assert waits, "it was to outlive the call"


@posix
@pytest.mark.parametrize("roots", [1, 3])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_who_is_told_to_stop_leaves_no_program_and_no_folder_behind(tree, tool, tmp_path, number, roots):
    tool("kustomize", f'/bin/sleep 60 & echo $! >> {tmp_path}/pids; : > "$TMPDIR/mine"; wait\n')
    root = tree({f"{name}/kustomization.yaml": "# kafka\n" for name in "abc"[:roots]})
    (tmp_path / "tmp").mkdir()
    environment = {"PATH": os.environ["PATH"], "TMPDIR": str(tmp_path / "tmp")}
    command = [sys.executable, "-m", "kafkalint", "check", "-j", "2"]
    process = subprocess.Popen(command, cwd=root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    expected = min(roots, 2)
    while not (tmp_path / "pids").exists() or len((tmp_path / "pids").read_text().splitlines()) < expected:
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(number)
    process.communicate(timeout=30)
    assert process.returncode == 128 + number
    pids = (tmp_path / "pids").read_text().split()
    assert len(pids) == expected, "and none was begun afterwards"
    assert not any(_is_running(int(pid)) for pid in pids)
    assert list((tmp_path / "tmp").iterdir()) == []


def _is_running(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


# The real tools


@real_kustomize
def test_kustomize_renders_an_overlay_and_its_wrapper_leaves_no_trace(tree):
    overlay = "resources: [../base, s.yaml]\nnamePrefix: prod-\n"
    root = tree(
        {
            "base/kustomization.yaml": "resources: [kafka.yaml]\n",
            "base/kafka.yaml": KAFKA,
            "prod/kustomization.yaml": f"{overlay}buildMetadata: [originAnnotations]\n",
            "prod/s.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: s, annotations: {a: b}}\n",
        }
    )
    files = {path: path.read_text() for path in root.rglob("*") if path.is_file()}
    loaded = go(root)
    assert loaded.notices == ()
    (bundle,) = loaded.bundles
    assert bundle.name == "prod"
    kafka, service = sorted(bundle.primary, key=lambda r: r.kind)
    assert (kafka.name, kafka.annotations, kafka.node_at("metadata", "annotations")) == ("prod-main", {}, None)
    assert (service.name, service.annotations) == ("prod-s", {"a": "b"})
    assert kafka.document.source.origins[kafka.origin.split()[1]] == "base/kafka.yaml"
    assert files == {path: path.read_text() for path in root.rglob("*") if path.is_file()}


@real_kustomize
def test_kustomize_is_reached_through_links_and_odd_names(tree, tmp_path, monkeypatch):
    root = tree(
        {
            "o v/github.com/x.git/kustomization.yaml": "resources: [kafka.yaml]\n",
            "o v/github.com/x.git/kafka.yaml": KAFKA,
        }
    )
    (tmp_path / "link").symlink_to(root)
    (tmp_path / "real").mkdir()
    (tmp_path / "temp").symlink_to(tmp_path / "real")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temp"))
    loaded = go(tmp_path / "link", "o v")
    assert kinds(loaded) == {"o v/github.com/x.git": ["Kafka/main"]}
    (source,) = loaded.sources
    assert set(source.origins.values()) == {"o v/github.com/x.git/kafka.yaml"}


@real_kustomize
def test_a_kustomization_that_does_not_build_is_said_and_none_of_it_is_linted(tree):
    root = tree({"kustomization.yaml": "resources: [kafka.yaml, nope.yaml]\n", "kafka.yaml": KAFKA})
    loaded = go(root)
    assert loaded.bundles == ()
    assert "nope.yaml: no such file or directory" in notices(loaded)["."]
    assert str(root) not in notices(loaded)["."]


@real_helm
def test_helm_renders_a_chart(tree):
    root = tree(
        {
            "app/Chart.yaml": f"{CHART}dependencies: [{{name: sub, version: 0.1.0, alias: aliased}}]\n",
            "app/values.yaml": "replicas: 3\n",
            "app/templates/kafka.yaml": TEMPLATE,
            "app/charts/folder/Chart.yaml": "apiVersion: v2\nname: sub\nversion: 0.1.0\n",
            "app/charts/folder/templates/role.yaml": OTHER,
        }
    )
    loaded = go(root)
    assert loaded.notices == ()
    assert kinds(loaded) == {"app": ["Role/r", "Kafka/kafka-app"]}
    assert loaded.sources[0].origins == {
        "kafka-app/templates/kafka.yaml": "app/templates/kafka.yaml",
        "kafka-app/charts/aliased/templates/role.yaml": "app/charts/folder/templates/role.yaml",
    }


@real_helm
def test_a_chart_that_fails_is_said(tree):
    loaded = go(tree({"Chart.yaml": CHART, "templates/a.yaml": '{{ fail "no kafka today" }}'}))
    assert "no kafka today" in notices(loaded)["."]
    assert loaded.documents == ()


def test_a_template_is_found_by_the_charts_name_and_never_outside_of_it(tree):
    root = tree({"dir/Chart.yaml": CHART, "dir/templates/a.yaml": TEMPLATE, "secret.yaml": ""})
    chart = read_chart(str(root / "dir"))
    assert template_path(chart, "kafka-app/templates/a.yaml") == str(root / "dir/templates/a.yaml")
    for named in (
        "dir/templates/a.yaml",
        "kafka-app",
        "kafka-app/none.yaml",
        "kafka-app/../secret.yaml",
        "kafka-app/charts/x/a.yaml",
    ):
        assert template_path(chart, named) is None
