"""Charts rendered by the real Helm 3 and the real Helm 4, and findings in them traced to what was written."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner
from real_tools import HELM3, HELM4, each, place
from rendering_runs import Write, check, go, objects, said

from kafkalint.cli import main
from kafkalint.manifests.render_settings import ChartValues

CHART = "apiVersion: v2\nname: events\nversion: 0.1.0\n"
BROKERS = """\
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: NAME
spec:
  serviceName: kafka
  replicas: {{ .Values.replicas }}
  selector:
    matchLabels: {app: NAME}
  template:
    metadata:
      labels: {app: NAME}
    spec:
      containers:
        - name: kafka
          image: apache/kafka:4.1.0
"""
BUDGET = """\
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: NAME
spec:
  maxUnavailable: {{ .Values.unavailable }}
  selector:
    matchLabels: {app: NAME}
"""
LOCK = """\
dependencies:
- name: kafka
  version: 0.1.0
digest: sha256:0
generated: "2026-01-01T00:00:00Z"
"""
EVENTS = {
    "app/Chart.yaml": CHART,
    "app/values.yaml": "replicas: 3\nunavailable: 1\n",
    "app/templates/brokers.yaml": BROKERS.replace("NAME", "kafka"),
}


@pytest.fixture(params=each(HELM3, HELM4), autouse=True)
def helm(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Helm of one line, alone on the PATH."""
    monkeypatch.setenv("PATH", place(tmp_path, request.param))
    for name in ("HELM_CONFIG_HOME", "HELM_CACHE_HOME", "HELM_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "helm"))
    return shutil.which("helm") or ""


def findings(*arguments: str) -> list[tuple[str, str, int, str | None]]:
    """Code, file, line and note of each finding."""
    report = json.loads(check("-f", "json", *arguments).stdout)
    assert report["notices"] == [] if "notices" in report else report["summary"]["complete"]
    return [(each["code"], each["file"], each["line"], each["note"]) for each in report["findings"]]


def packed(helm: str, chart: Path, into: Path) -> None:
    into.mkdir(parents=True, exist_ok=True)
    subprocess.run([helm, "package", str(chart), "--destination", str(into)], check=True, capture_output=True)
    shutil.rmtree(chart)


# What is in a rendering, and what is not


def test_hooks_are_rendered_and_tests_notes_and_definitions_are_not(tree: Write) -> None:
    hook = "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: {}\n  annotations: {{helm.sh/hook: {}}}\n"
    extra = {
        "app/templates/hook.yaml": hook.format("topics", "post-install"),
        "app/templates/tests/ping.yaml": hook.format("ping", "test"),
        "app/templates/NOTES.txt": "kind: Notes\n",
        "app/crds/topic.yaml": "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n",
        "app/README.yaml": "kind: NotAnObject\n",
    }
    loaded = go(tree(EVENTS, extra))
    assert loaded.notices == ()
    assert objects(loaded) == {"app": ["Job/topics", "StatefulSet/kafka"]}
    source = next(source for source in loaded.sources if source.name == "app")
    assert source.origins == {
        "events/templates/brokers.yaml": "app/templates/brokers.yaml",
        "events/templates/hook.yaml": "app/templates/hook.yaml",
    }


def test_what_helmignore_names_is_not_rendered(tree: Write) -> None:
    extra = {"app/.helmignore": "spare.yaml\n", "app/templates/spare.yaml": BROKERS.replace("NAME", "spare")}
    assert objects(go(tree(EVENTS, extra))) == {"app": ["StatefulSet/kafka"]}


def test_a_library_chart_gives_helpers_and_nothing_else(tree: Write) -> None:
    dependency = "dependencies: [{name: common, version: 0.1.0}]\n"
    helper = '{{ define "common.replicas" }}{{ .Values.replicas }}{{ end }}'
    library = "apiVersion: v2\nname: common\nversion: 0.1.0\ntype: library\n"
    root = tree(
        EVENTS,
        {
            "app/Chart.yaml": CHART + dependency,
            "app/charts/common/Chart.yaml": library,
            "app/charts/common/templates/_helpers.tpl": helper,
            "app/templates/brokers.yaml": BROKERS.replace(".Values.replicas", 'include "common.replicas" .'),
            "shared/Chart.yaml": library,
            "shared/templates/_kafka.tpl": helper,
        },
    )
    loaded = go(root)
    assert (loaded.notices, objects(loaded)) == ((), {"app": ["StatefulSet/NAME"]})


def test_helpers_that_write_whole_objects_are_seen(tree: Write) -> None:
    root = tree(
        {
            "app/Chart.yaml": CHART,
            "app/templates/all.yaml": '{{ include "all" . }}\n',
            "app/templates/_all.tpl": '{{ define "all" }}\n'
            + BROKERS.replace("{{ .Values.replicas }}", "3")
            + "{{ end }}",
            "web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 0.1.0\n",
            "web/templates/web.yaml": "{{ fail `nobody renders this` }}",
        }
    )
    loaded = go(root)
    assert (loaded.notices, objects(loaded)) == ((), {"app": ["StatefulSet/NAME"]})


def test_functions_of_helm_do_their_work_and_lines_end_as_they_are_written(tree: Write) -> None:
    template = BROKERS.replace("NAME", "{{ tpl .Values.called . }}").replace(
        "      containers:\n",
        '{{- with (.Files.Get "pod.yaml" | fromYaml) }}\n{{ toYaml . | indent 6 }}\n{{- end }}\n      containers:\n',
    )
    root = tree(
        EVENTS,
        {
            "app/values.yaml": 'replicas: 3\r\ncalled: "{{ .Release.Name }}-kafka"\r\n',
            "app/pod.yaml": "terminationGracePeriodSeconds: 5\n",
            "app/templates/brokers.yaml": template.replace("\n", "\r\n"),
        },
    )
    loaded = go(root)
    (brokers,) = loaded.bundles[0].primary
    assert (brokers.name, brokers.get("spec", "replicas")) == ("events-kafka", 3)
    assert brokers.get("spec", "template", "spec", "terminationGracePeriodSeconds") == 5
    found = findings("--select", "KL301,KL306")
    assert {(code, file) for code, file, _, _ in found} == {
        (c, "app/templates/brokers.yaml") for c in ("KL301", "KL306")
    }


def test_the_version_of_kubernetes_decides_what_is_rendered(tree: Write) -> None:
    gate = '{{- if semverCompare ">=1.33-0" .Capabilities.KubeVersion.Version }}\n'
    budget = BUDGET.replace("NAME", "kafka")
    root = tree(EVENTS, {"app/templates/budget.yaml": f"{gate}{budget}{{{{- end }}}}\n"})
    assert objects(go(root, kubernetes_version="1.32")) == {"app": ["StatefulSet/kafka"]}
    assert objects(go(root, kubernetes_version="1.33")) == {"app": ["PodDisruptionBudget/kafka", "StatefulSet/kafka"]}
    (root / "app" / "Chart.yaml").write_text(f'{CHART}kubeVersion: ">=1.34"\n')
    told = said(go(root, kubernetes_version="1.33"))
    assert "chart requires kubeVersion: >=1.34 which is incompatible with Kubernetes v1.33" in told
    assert told.endswith("By hand: helm template events app --kube-version 1.33 | kafkalint check -")


# Dependencies


@pytest.fixture
def umbrella(tree: Write) -> Path:
    """A chart with a subchart, called otherwise and switched on by a value."""
    dependency = "  - {name: kafka, version: 0.1.0, alias: bus, condition: bus.enabled, tags: [data]}\n"
    return tree(
        EVENTS,
        {
            "app/Chart.yaml": f"{CHART}dependencies:\n{dependency}",
            "app/values.yaml": "replicas: 3\nbus: {enabled: true, replicas: 5}\n",
            "app/Chart.lock": LOCK,
            "app/charts/kafka/Chart.yaml": "apiVersion: v2\nname: kafka\nversion: 0.1.0\n",
            "app/charts/kafka/values.yaml": "replicas: 1\n",
            "app/charts/kafka/templates/set.yaml": BROKERS.replace("NAME", "bus"),
        },
    )


def test_a_subchart_is_rendered_with_what_the_chart_says_and_found_under_its_alias(umbrella: Path) -> None:
    loaded = go(umbrella)
    assert objects(loaded) == {"app": ["StatefulSet/bus", "StatefulSet/kafka"]}
    bus = next(r for r in loaded.bundles[0].primary if r.name == "bus")
    assert bus.get("spec", "replicas") == 5
    assert ("KL301", "app/charts/kafka/templates/set.yaml", 4, None) in findings("--select", "KL301")


@pytest.mark.parametrize("values", ["bus: {enabled: false}\n", "tags: {data: false}\nbus: {enabled: null}\n"])
def test_a_subchart_that_is_switched_off_is_not_there(umbrella: Path, values: str) -> None:
    (umbrella / "app" / "values.yaml").write_text(f"replicas: 3\n{values}")
    assert objects(go(umbrella)) == {"app": ["StatefulSet/kafka"]}


def test_a_packed_subchart_is_found_at_the_entry_that_brings_it_in(umbrella: Path, helm: str) -> None:
    packed(helm, umbrella / "app" / "charts" / "kafka", umbrella / "app" / "charts")
    assert objects(go(umbrella)) == {"app": ["StatefulSet/bus", "StatefulSet/kafka"]}
    assert ("KL301", "app/Chart.yaml", 5, "in what helm makes of app") in findings("--select", "KL301")
    column = json.loads(check("-f", "json", "--select", "KL301").stdout)["findings"][0]["column"]
    assert (umbrella / "app" / "Chart.yaml").read_text().splitlines()[4][column - 1 :].startswith("bus,")


def test_a_chart_is_not_passed_over_where_only_a_packed_subchart_speaks_of_kafka(tree: Write, helm: str) -> None:
    root = tree(
        {
            "app/Chart.yaml": CHART.replace("events", "web") + "dependencies: [{name: bus, version: 0.1.0}]\n",
            "bus/Chart.yaml": "apiVersion: v2\nname: bus\nversion: 0.1.0\n",
            "bus/values.yaml": "replicas: 3\n",
            "bus/templates/set.yaml": BROKERS.replace("NAME", "bus"),
            "web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 0.1.0\n",
            "web/templates/web.yaml": "{{ fail `nobody renders this` }}",
        }
    )
    packed(helm, root / "bus", root / "app" / "charts")
    (root / "web" / "charts").mkdir()
    (root / "web" / "charts" / "broken.tgz").write_bytes(b"\x1f\x8b nothing")
    loaded = go(root)
    assert (loaded.notices, objects(loaded)) == ((), {"app": ["StatefulSet/bus"]})


def test_dependencies_that_are_not_there_are_said_and_not_fetched(umbrella: Path) -> None:
    shutil.rmtree(umbrella / "app" / "charts")
    assert said(go(umbrella)) == (
        "app: not rendered, so not checked: app/Chart.yaml depends on kafka, not in its charts/ folder, and kafkalint "
        "fetches nothing; fetch them with: helm dependency build app. "
        "By hand: helm template events app | kafkalint check -"
    )
    assert check().exit_code == 2
    assert not (umbrella / "app" / "charts").exists()


# One chart for several environments


@pytest.fixture
def environments(tree: Write) -> Path:
    """A chart that is installed twice, as the config says."""
    entry = "  - {{chart: app, release: {0}, namespace: {0}, values: [{0}.yaml]}}\n"
    return tree(
        EVENTS,
        {
            "app/templates/budget.yaml": BUDGET.replace("NAME", "kafka"),
            "dev.yaml": "unavailable: 1\n",
            "prod.yaml": "unavailable: 0\n",
            ".kafkalint.yaml": "helm:\n" + entry.format("dev") + entry.format("prod"),
        },
    )


def test_each_environment_is_checked_and_a_finding_says_which_has_it(environments: Path) -> None:
    found = [each for each in findings("--select", "KL303,KL306") if each[0] == "KL303"]
    (only,) = found
    assert only[:3] == ("KL303", "app/templates/budget.yaml", 6)
    assert "prod.yaml" in (only[3] or "")
    assert "dev.yaml" not in (only[3] or "")
    (both,) = [each for each in findings("--select", "KL306") if each[0] == "KL306"]
    assert (both[3] or "").endswith("; in the rendering of app [dev.yaml] and app [prod.yaml]")


def test_values_that_are_missing_are_said_for_the_environment_that_they_are_missing_in(environments: Path) -> None:
    (environments / "prod.yaml").unlink()
    done = check("--select", "KL303")
    assert done.exit_code == 2
    told = " ".join(done.stdout.split())
    assert "app [prod.yaml]: not rendered, so not checked: open prod.yaml: no such file or directory" in told
    assert "By hand: helm template prod app --values prod.yaml --namespace prod | kafkalint check -" in told


def test_releases_with_the_same_values_are_told_apart(tree: Write) -> None:
    root = tree(EVENTS)
    charts = (ChartValues("app", (), "a", "x"), ChartValues("app", (), "b"), ChartValues("app", (), "b", "y"))
    names = ["app [b]", "app [x/a]", "app [y/b]"]
    assert sorted(objects(go(root, charts=charts))) == names


def test_a_chart_of_the_config_that_is_not_there_is_said(tree: Write) -> None:
    root = tree(EVENTS)
    assert objects(go(root, charts=(ChartValues("app"), ChartValues("*/none")))) == {"app": ["StatefulSet/kafka"]}
    (notice,) = go(root, charts=(ChartValues("charts/app", ("prod.yaml",)),)).notices
    assert notice.subject == "charts/app"
    assert notice.message == "not rendered, so not checked: the config has this chart rendered, and it is not there"


def test_a_release_that_helm_would_take_for_an_option_is_refused(tree: Write, tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\n: > {tmp_path}/was-run\ncat\n")
    program.chmod(0o755)
    root = tree(EVENTS)
    for option in (f"--post-renderer={program}", "-x"):
        told = said(go(root, charts=(ChartValues("app", release=option),)))
        assert (
            told
            == f"app: not rendered, so not checked: {option} is no name for a release: Helm would take it for an option"
        )
        done = CliRunner().invoke(main, ["gate", "app", f"--release={option}"])
        assert (done.exit_code, done.stdout) == (2, "")
    assert not (tmp_path / "was-run").exists()


# Charts that do not render


SCHEMA = json.dumps({"type": "object", "properties": {"replicas": {"type": "string"}}})
FAILURES = {
    "required": ({"templates/x.yaml": '{{ required "say which rack" .Values.rack }}'}, "x.yaml:1:3): say which rack"),
    "fail": ({"templates/x.yaml": '{{ fail "one\\ntwo" }}'}, "x.yaml:1:3): one two"),
    "lookup": (
        {"templates/x.yaml": 'a: {{ (lookup "v1" "Secret" "ns" "s").data.key }}'},
        "nil pointer evaluating interface {}.key",
    ),
    "schema": ({"values.schema.json": SCHEMA}, "'/replicas': got number, want string"),
    "syntax": ({"templates/x.yaml": "a: {{ if }}"}, "x.yaml:1): missing value for if"),
    "no function": ({"templates/x.yaml": "a: {{ nope 1 }}"}, 'function "nope" not defined'),
    "no helper": ({"templates/x.yaml": 'a: {{ include "nope" . }}'}, 'no template "nope" associated with template'),
    "no YAML": ({"templates/x.yaml": "a: b: c"}, "events/templates/x.yaml: error converting YAML to JSON"),
    "values": ({"values.yaml": "a: ["}, "cannot load values.yaml"),
    "no chart": ({"Chart.yaml": "apiVersion: v2\nname: kafka\nversion: ["}, "cannot load Chart.yaml"),
    "no version": ({"Chart.yaml": "apiVersion: v2\nname: events\n"}, "chart.metadata.version is required"),
}


@pytest.mark.parametrize("case", list(FAILURES))
def test_a_chart_that_does_not_render_is_one_sentence(tree: Write, case: str) -> None:
    files, reason = FAILURES[case]
    root = tree(EVENTS, {f"app/{name}": content for name, content in files.items()})
    told = said(go(root))
    assert told.startswith("app: not rendered, so not checked: ")
    assert reason in told
    assert "\n" not in told
    assert "debug" not in told
    assert str(root) not in told
    assert " | kafkalint check -" in told
    done = check()
    assert (done.exit_code, done.stderr) == (2, "")


def test_what_helm_says_beside_its_output_is_no_part_of_it(tree: Write, tmp_path: Path) -> None:
    root = tree(EVENTS)
    (tmp_path / "elsewhere.tpl").write_text('{{ define "x" }}{{ end }}')
    (root / "app" / "templates" / "_linked.tpl").symlink_to(tmp_path / "elsewhere.tpl")
    loaded = go(root)
    assert (loaded.notices, objects(loaded)) == ((), {"app": ["StatefulSet/kafka"]})


def test_the_file_of_values_that_is_at_fault_is_named(environments: Path) -> None:
    ((_, _, _, note),) = findings("--select", "KL303")
    rendering = "in the rendering of app [prod.yaml]"
    assert note == f"the value comes from .Values.unavailable (prod.yaml:1); {rendering}"
