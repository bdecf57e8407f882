"""Kustomizations built by the real kustomize, and findings in them traced to what was written."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from real_tools import HELM3, HELM4, KUBECTL, KUSTOMIZE, Tool, each, place
from rendering_runs import Write, check, go, objects, said
from ruamel.yaml import YAML

from kafkalint.cli import main
from kafkalint.manifests.planning import job_for
from kafkalint.manifests.render_settings import RenderSettings
from kafkalint.manifests.rendering.guarding import guarded
from kafkalint.manifests.rendering.renderings import render
from kafkalint.manifests.walking import Namer

BROKERS = """\
apiVersion: apps/v1
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
BASE = {"base/kustomization.yaml": "resources: [kafka.yaml]\n", "base/kafka.yaml": BROKERS}
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: facts, annotations: {a: b}}\ndata: {service: brokers}\n"
GRACE = """\
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: kafka}
spec:
  template:
    spec:
      terminationGracePeriodSeconds: 5
"""


@pytest.fixture(params=each(KUSTOMIZE), autouse=True)
def kustomize(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The standalone program, alone on the PATH."""
    monkeypatch.setenv("PATH", place(tmp_path, request.param))


def findings(*arguments: str) -> list[tuple[str, str, int]]:
    """Code, file and line of each finding."""
    report = json.loads(check("-f", "json", *arguments).stdout)
    assert report["summary"]["complete"]
    return [(each["code"], each["file"], each["line"]) for each in report["findings"]]


# What kafkalint reads is what kustomize builds


JSON_PATCH = """\
patches:
  - target: {kind: StatefulSet}
    patch: |-
      - op: replace
        path: /spec/replicas
        value: 5
"""
FOO = "apiVersion: kafka.example.com/v1\nkind: Foo\nmetadata: {name: kafka}\nspec:\n  list: "
SCHEMA = {
    "definitions": {
        "foo": {
            "type": "object",
            "properties": {
                "spec": {
                    "type": "object",
                    "properties": {
                        "list": {
                            "type": "array",
                            "items": {"type": "object"},
                            "x-kubernetes-patch-merge-key": "name",
                            "x-kubernetes-patch-strategy": "merge",
                        }
                    },
                }
            },
            "x-kubernetes-group-version-kind": [{"group": "kafka.example.com", "kind": "Foo", "version": "v1"}],
        }
    }
}
OVERLAYS: dict[str, dict[str, str]] = {
    "plain": {"kustomization.yaml": "resources: [../base]\n"},
    "names": {"kustomization.yaml": "resources: [../base]\nnamePrefix: eu-\nnameSuffix: -x\nnamespace: events\n"},
    "labels": {
        "kustomization.yaml": "resources: [../base]\ncommonLabels: {team: bus}\ncommonAnnotations: {a: b}\n"
        "labels: [{pairs: {tier: one}, includeSelectors: true, includeTemplates: true}]\n"
    },
    "images and replicas": {
        "kustomization.yaml": "resources: [../base]\nimages: [{name: apache/kafka, newTag: 4.2.0}]\n"
        "replicas: [{name: kafka, count: 5}]\n"
    },
    "patch file": {"kustomization.yaml": "resources: [../base]\npatches: [{path: grace.yaml}]\n", "grace.yaml": GRACE},
    "patch in place": {"kustomization.yaml": f"resources: [../base]\npatches: [{{patch: {json.dumps(GRACE)}}}]\n"},
    "operations": {"kustomization.yaml": f"resources: [../base]\n{JSON_PATCH}"},
    "old patches": {
        "kustomization.yaml": "resources: [../base]\npatchesStrategicMerge: [grace.yaml]\npatchesJson6902:\n"
        "- {path: five.json, target: {group: apps, version: v1, kind: StatefulSet, name: kafka}}\n",
        "grace.yaml": GRACE,
        "five.json": '[{"op": "replace", "path": "/spec/replicas", "value": 5}]',
    },
    "generators": {
        "kustomization.yaml": "resources: [../base, sidecar.yaml]\nconfigMapGenerator: [{name: kafka-conf, files: "
        "[server.properties], literals: [url=https://kafka.example.com]}]\n"
        "secretGenerator: [{name: kafka-users, literals: [a=b]}]\n",
        "server.properties": "num.partitions=6\n",
        "sidecar.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: kafka-tools}\nspec:\n  containers:\n"
        "  - {name: x, image: x, envFrom: [{configMapRef: {name: kafka-conf}}]}\n",
    },
    "replacements": {
        "kustomization.yaml": "resources: [../base, facts.yaml]\nreplacements:\n"
        "- source: {kind: ConfigMap, name: facts, fieldPath: data.service}\n"
        "  targets: [{select: {kind: StatefulSet}, fieldPaths: [spec.serviceName]}]\n",
        "facts.yaml": CONFIG_MAP,
    },
    "vars": {
        "kustomization.yaml": "resources: [../base, facts.yaml]\nvars:\n- name: SERVICE\n"
        "  objref: {kind: ConfigMap, name: facts, apiVersion: v1}\n  fieldref: {fieldpath: data.service}\n",
        "facts.yaml": CONFIG_MAP.replace("{a: b}", "{a: $(SERVICE)}"),
    },
    "component": {
        "kustomization.yaml": "resources: [../base]\ncomponents: [part]\n",
        "part/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n" + JSON_PATCH,
    },
    "nested": {
        "kustomization.yaml": "resources: [middle]\nnamePrefix: a-\n",
        "middle/kustomization.yaml": "resources: [../../base]\nnamePrefix: b-\n" + JSON_PATCH,
    },
    "schema": {
        "kustomization.yaml": "resources: [../base, foo.yaml]\nopenapi: {path: schema.json}\n"
        "patches: [{path: p.yaml}]\n",
        "foo.yaml": f"{FOO}[{{name: a, v: 1}}, {{name: b, v: 2}}]\n",
        "p.yaml": f"{FOO}[{{name: b, v: 3}}]\n",
        "schema.json": json.dumps(SCHEMA),
    },
    "metadata": {
        "kustomization.yaml": "resources: [../base]\nbuildMetadata: [originAnnotations, transformerAnnotations]\n"
        "sortOptions: {order: legacy}\n"
    },
    "yml": {"kustomization.yml": "resources: [../base]\n"},
    "capital": {"Kustomization": "resources: [../base]\n"},
}
_WRITTEN_BY_KUSTOMIZE = ("config.kubernetes.io/origin", "alpha.config.kubernetes.io/transformations")


def plain(node: Any) -> Any:
    if isinstance(node, dict):
        kept = {key: plain(value) for key, value in node.items() if key not in _WRITTEN_BY_KUSTOMIZE}
        return {key: value for key, value in kept.items() if value != {} or key != "annotations"}
    return [plain(item) for item in node] if isinstance(node, list) else node


@pytest.mark.parametrize("overlay", list(OVERLAYS))
def test_what_is_read_is_what_kustomize_builds(tree: Write, overlay: str) -> None:
    root = tree(BASE, {f"over/{name}": content for name, content in OVERLAYS[overlay].items()})
    loaded = go(root)
    assert loaded.notices == ()
    (bundle,) = loaded.bundles
    built = subprocess.run(["kustomize", "build", "over"], cwd=root, capture_output=True, check=True).stdout
    wanted = [plain(document) for document in YAML(typ="safe").load_all(built)]
    key = lambda data: (data["kind"], data["metadata"]["name"])  # noqa: E731
    assert sorted((plain(r.data) for r in bundle.primary), key=key) == sorted(wanted, key=key)


@pytest.mark.parametrize("overlay", [name for name in OVERLAYS if name not in ("names", "nested")])
def test_a_fault_of_the_base_is_found_in_the_base(tree: Write, overlay: str) -> None:
    tree(BASE, {f"over/{name}": content for name, content in OVERLAYS[overlay].items()})
    assert [found for found in findings("--select", "KL301") if found[1].startswith("base/")] == [
        ("KL301", "base/kafka.yaml", 4)
    ]


BUDGET = """\
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: kafka
spec:
  maxUnavailable: 1
  selector:
    matchLabels: {app: kafka}
"""
NONE = "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: kafka}\nspec:\n  maxUnavailable: 0\n"


@pytest.mark.parametrize(
    ("files", "file", "line"),
    [
        ({"kustomization.yaml": "resources: [../base]\npatches: [{path: p.yaml}]\n", "p.yaml": NONE}, "p.yaml", 5),
        (
            {"kustomization.yaml": "resources: [../base]\npatchesStrategicMerge: [p.yaml]\n", "p.yaml": NONE},
            "p.yaml",
            5,
        ),
        (
            {
                "kustomization.yaml": "resources: [../base]\npatches:\n- target: {kind: PodDisruptionBudget}\n"
                "  patch: |-\n    - op: replace\n      path: /spec/maxUnavailable\n      value: 0\n"
            },
            "kustomization.yaml",
            7,
        ),
        (
            {
                "kustomization.yaml": "resources: [../base]\npatchesJson6902:\n"
                "- {path: p.yaml, target: {version: v1, group: policy, kind: PodDisruptionBudget, name: kafka}}\n",
                "p.yaml": "- op: replace\n  path: /spec/maxUnavailable\n  value: 0\n",
            },
            "p.yaml",
            3,
        ),
        (
            {
                "kustomization.yaml": "resources: [../base]\ncomponents: [part]\n",
                "part/kustomization.yaml": "kind: Component\npatches: [{path: p.yaml}]\n",
                "part/p.yaml": NONE,
            },
            "part/p.yaml",
            5,
        ),
    ],
    ids=["file", "old file", "operation in place", "old operations", "component"],
)
def test_what_a_patch_sets_is_found_in_the_patch(tree: Write, files: dict[str, str], file: str, line: int) -> None:
    base = {**BASE, "base/kustomization.yaml": "resources: [kafka.yaml, budget.yaml]\n", "base/budget.yaml": BUDGET}
    tree(base, {f"over/{name}": content for name, content in files.items()})
    assert findings("--select", "KL303") == [("KL303", f"over/{file}", line)]


def test_a_finding_in_a_base_says_which_overlay_has_it(tree: Write) -> None:
    root = tree(
        BASE,
        {
            "base/kustomization.yaml": "resources: [kafka.yaml]\n",
            "dev/kustomization.yaml": "resources: [../base]\n",
            "prod/kustomization.yaml": "resources: [../base, budget.yaml]\n",
            "prod/budget.yaml": BUDGET,
        },
    )
    assert objects(go(root)) == {
        "dev": ["StatefulSet/kafka"],
        "prod": ["PodDisruptionBudget/kafka", "StatefulSet/kafka"],
    }
    notes = {
        found["code"]: found["note"]
        for found in json.loads(check("-f", "json", "--select", "KL301,KL306").stdout)["findings"]
    }
    assert notes == {"KL301": "in the rendering of dev", "KL306": "in the rendering of dev and prod"}


# Links, odd folders, what does not build


def test_a_base_behind_a_link_is_no_second_root(tree: Write) -> None:
    root = tree(BASE, {"over/kustomization.yaml": "resources: [../link]\n"})
    (root / "link").symlink_to("base")
    assert objects(go(root)) == {"over": ["StatefulSet/kafka"]}
    assert [code for code, _, _ in findings("--select", "KL301")] == ["KL301"]


def test_an_overlay_behind_a_link_is_built_once(tree: Write) -> None:
    root = tree(BASE, {"real/kustomization.yaml": "resources: [../base]\n"})
    (root / "over").symlink_to("real")
    assert objects(go(root)) == {"real": ["StatefulSet/kafka"]}


FAILURES: dict[str, tuple[dict[str, str], str, str]] = {
    "outside": (
        {"kustomization.yaml": "resources: [../base, ../base/kafka.yaml]\n"},
        "security; file 'base/kafka.yaml' is not in or below 'over'",
        "kustomize build --load-restrictor LoadRestrictionsNone over",
    ),
    "two files": (
        {"kustomization.yaml": "resources: [../base]\n", "kustomization.yml": "resources: []\n"},
        "Found multiple kustomization files under: over",
        "kustomize build over",
    ),
    "no such field": (
        {"kustomization.yaml": "resources: [../base]\nresource: x\n"},
        'unknown field "resource"',
        "kustomize build over",
    ),
    "no such patch": (
        {"kustomization.yaml": "resources: [../base]\npatches: [{path: none.yaml}]\n"},
        "none.yaml",
        "kustomize build over",
    ),
    "no target": (
        {
            "kustomization.yaml": "resources: [../base]\npatches: [{path: p.yaml}]\n",
            "p.yaml": BROKERS.replace("kafka", "x"),
        },
        "no matches for Id StatefulSet.v1.apps/x.[noNs]",
        "kustomize build over",
    ),
    "no object": (
        {"kustomization.yaml": "resources: [../base, x.yaml]\n", "x.yaml": "a: b\n"},
        "over/x.yaml: missing Resource metadata",
        "kustomize build over",
    ),
    "no YAML": (
        {"kustomization.yaml": "resources: [../base, x.yaml]\n", "x.yaml": "a: [\n"},
        "File: x.yaml",
        "kustomize build over",
    ),
    "twice": (
        {
            "kustomization.yaml": "resources: [../base, ../copy]\n",
            "../copy/kustomization.yaml": "resources: [../base]\n",
        },
        "may not add resource with an already registered id",
        "kustomize build over",
    ),
    "circle": (
        {"kustomization.yaml": "resources: [../base, .]\n"},
        "cycle detected",
        "kustomize build over",
    ),
}


@pytest.mark.parametrize("case", list(FAILURES))
def test_a_kustomization_that_does_not_build_is_one_sentence(tree: Write, case: str) -> None:
    files, reason, by_hand = FAILURES[case]
    root = tree(BASE, {os.path.normpath(f"over/{name}"): content for name, content in files.items()})
    told = said(go(root))
    assert told.startswith("over: not rendered, so not checked: ")
    assert reason in told
    assert "\n" not in told
    assert str(root) not in told
    assert told.endswith(f". By hand: {by_hand} | kafkalint check -")
    done = check()
    assert (done.exit_code, done.stderr) == (2, "")


def test_a_kustomization_that_is_no_yaml_is_said_although_nobody_can_tell_what_it_builds(tree: Write) -> None:
    root = tree(BASE, {"over/kustomization.yaml": "resources: [../base\n"})
    (notice,) = go(root).notices
    assert notice.subject == "over"
    assert "not checked: invalid Kustomization: yaml: line 1: did not find expected ',' or ']'. By" in notice.message


# Folders of any name


@pytest.mark.parametrize("name", ["😀", "a\u00e9 b", 'it\'s "x"', "a\\b", "x\udcff", "a\nb", "\u0085", "a: b", "#"])
def test_a_folder_of_any_name_is_built(tree: Write, name: str) -> None:
    root = tree()
    try:
        (root / name / "prod").mkdir(parents=True)
    except OSError:
        pytest.skip("this disk has no such name")
    for folder, text in (("base", "resources: [kafka.yaml]"), ("prod", "resources: [../base, ../../shared]")):
        (root / name / folder).mkdir(exist_ok=True)
        (root / name / folder / "kustomization.yaml").write_text(f"{text}\n")
    (root / name / "base" / "kafka.yaml").write_text(BROKERS)
    tree({"shared/kustomization.yaml": "resources: [k.yaml]\n", "shared/k.yaml": BROKERS.replace("kafka\n", "b\n")})
    loaded = go(root)
    assert loaded.notices == ()
    assert [kind for kinds in objects(loaded).values() for kind in kinds] == ["StatefulSet/b", "StatefulSet/kafka"]
    (source,) = loaded.sources
    assert set(source.origins.values()) == {"shared/k.yaml", Namer(str(root))(str(root / name / "base" / "kafka.yaml"))}


# Nothing is fetched


class Listener:
    """A server that nobody may talk to."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.socket.setblocking(False)
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"

    @property
    def called(self) -> bool:
        try:
            self.socket.accept()[0].close()
        except BlockingIOError:
            return False
        return True


@pytest.fixture
def server() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.socket.close()


@pytest.fixture
def git(tmp_path: Path) -> Path:
    """A git that leaves a trace of having been run."""
    trace = tmp_path / "git-ran"
    program = tmp_path / "real-tools" / "git"
    program.write_text(f"#!/bin/sh\n: > {trace}\nexit 1\n")
    program.chmod(0o755)
    return trace


REMOTE = {
    "resources: [../base, 'URL/kafka.yaml']": "URL/kafka.yaml",
    "resources: [../base, 'URL/acme/kafka?ref=v1']": "URL/acme/kafka?ref=v1",
    "resources: [../base, 'https://me:secret@git.example.com/acme/kafka//deploy?ref=v1']": (
        "https://git.example.com/acme/kafka//deploy?ref=v1"
    ),
    "resources: [../base, 'git@github.com:acme/kafka.git']": "git@github.com:acme/kafka.git",
    "resources: [../base, 'ssh://git@git.example.com/acme/kafka']": "ssh://git.example.com/acme/kafka",
    "resources: [../base, 'git::https://git.example.com/acme/kafka']": "git::https://git.example.com/acme/kafka",
    "resources: [../base, GitHub.com/acme/kafka/deploy]": "GitHub.com/acme/kafka/deploy",
    "bases: [../base, 'URL/acme/kafka']": "URL/acme/kafka",
    "resources: [../base]\ncomponents: ['URL/acme/kafka']": "URL/acme/kafka",
    "resources: [../base]\ntransformers: ['URL/t.yaml']": "URL/t.yaml",
    "resources: [../base]\npatches: [{path: 'URL/p.yaml'}]": "URL/p.yaml",
    "resources: [../base]\npatchesStrategicMerge: ['URL/p.yaml']": "URL/p.yaml",
    "resources: [../base]\nreplacements: [{path: 'URL/r.yaml'}]": "URL/r.yaml",
    "resources: [../base]\nopenapi: {path: 'URL/s.json'}": "URL/s.json",
    "resources: [../base]\nconfigMapGenerator: [{name: x, files: ['k=URL/k']}]": "URL/k",
    "resources: [../base]\nsecretGenerator: [{name: x, envs: ['URL/k']}]": "URL/k",
}


@pytest.mark.parametrize("text", list(REMOTE))
def test_what_would_have_to_be_fetched_is_said_and_nobody_is_called(
    tree: Write, server: Listener, git: Path, text: str
) -> None:
    root = tree(BASE, {"over/kustomization.yaml": f"# ours\n{text.replace('URL', server.url)}\n"})
    line = 2 + text.count("\n")
    assert said(go(root)) == (
        f"over: not rendered, so not checked: over/kustomization.yaml:{line} needs "
        f"{REMOTE[text].replace('URL', server.url)}, which is not on this disk, and kafkalint fetches nothing. "
        "By hand: kustomize build over | kafkalint check -"
    )
    assert not server.called
    assert not git.exists()


def test_a_base_that_needs_something_remote_is_named_itself(tree: Write, git: Path) -> None:
    remote = "resources:\n- kafka.yaml\n- github.com/acme/kafka\n- https://example.com/kafka.yaml\n"
    root = tree(BASE, {"base/kustomization.yaml": remote, "over/kustomization.yaml": "resources: [../base]\n"})
    assert "base/kustomization.yaml:3 needs github.com/acme/kafka, and 1 more, which are not on this disk" in said(
        go(root)
    )
    assert not git.exists()


@pytest.mark.parametrize("folder", ["a@b", "github.com/kafka", "https/x.git", "./github.com/a/b"])
def test_what_only_looks_remote_is_built(tree: Write, folder: str) -> None:
    literal = "configMapGenerator: [{name: x, literals: [url=https://example.com/x]}]\n"
    base = {name.replace("base/", f"over/{folder}/"): text for name, text in BASE.items()}
    root = tree(base, {"over/kustomization.yaml": f"resources: ['{folder}']\n{literal}"})
    assert list(objects(go(root))) == ["over"]


PLUGIN = "apiVersion: builtin\nkind: KIND\nmetadata: {name: x}\n"
CONFIGURES = {
    "a generator's file": ("generators", "ConfigMapGenerator", "name: x\nfiles: ['k=URL/x']\n"),
    "its variables": ("generators", "SecretGenerator", "name: x\nenvs: ['URL/x']\n"),
    "values of a chart": ("generators", "HelmChartInflationGenerator", "name: topics\nvaluesFile: 'URL/x'\n"),
    "more of them": ("generators", "HelmChartInflationGenerator", "name: topics\nadditionalValuesFiles: ['URL/x']\n"),
    "a patch": ("transformers", "PatchTransformer", "path: 'URL/x'\n"),
    "an old patch": ("transformers", "PatchJson6902Transformer", "target: {kind: A, name: b}\npath: 'URL/x'\n"),
    "a merged patch": ("transformers", "PatchStrategicMergeTransformer", "Paths: ['URL/x']\n"),
    "replacements": ("transformers", "ReplacementTransformer", "replacements: [{path: 'URL/x'}]\n"),
    "a validator's": ("validators", "ReplacementTransformer", "Replacements: [{Path: 'URL/x'}]\n"),
}


@pytest.mark.parametrize("written", ["file", "text", "flow", "list", "folder"])
@pytest.mark.parametrize("case", list(CONFIGURES))
def test_what_configures_plugins_leads_to_nobody(
    tree: Write, server: Listener, git: Path, case: str, written: str
) -> None:
    section, kind, rest = CONFIGURES[case]
    document = PLUGIN.replace("KIND", kind) + rest.replace("URL", server.url)
    files = {"over/charts/topics/Chart.yaml": "apiVersion: v2\nname: topics\nversion: 0.1.0\n"}
    entry = {
        "file": "g.yaml",
        "folder": "g",
        "list": "g.yaml",
        "text": json.dumps(document),
        "flow": json.dumps(json.dumps(YAML(typ="safe").load(document))),
    }[written]
    files["over/kustomization.yaml"] = f"resources: [../base]\n{section}: [{entry}]\n"
    if written == "folder":
        files |= {"over/g/kustomization.yaml": "resources: [g.yaml]\n", "over/g/g.yaml": document}
    elif written == "list":
        indented = document.replace("\n", "\n  ").strip()
        files["over/g.yaml"] = f"apiVersion: v1\nkind: PluginList\nitems:\n- {indented}\n"
    elif written == "file":
        files["over/g.yaml"] = document
    root = tree(BASE, files)
    told = said(go(root))
    assert f"needs {server.url}/x" in told
    assert "kafkalint fetches nothing" in told
    assert not server.called
    assert not git.exists()


@pytest.mark.parametrize(
    "text",
    [
        "Resources: [../base, 'URL/kafka.yaml']",
        "resources: [../base]\nRESOURCES: ['URL/kafka.yaml']",
        "re\u017fources: [../base, 'URL/kafka.yaml']",
        "resources: [../base]\nPatches: [{Path: 'URL/p.yaml'}]",
        "resources: [../base]\nconfigmapgenerator: [{name: x, FILES: ['URL/k']}]",
        "resources: [../base]\nx: &x {openapi: {path: 'URL/s'}}\n<<: *x",
    ],
)
def test_keys_are_known_in_any_case_as_kustomize_knows_them(tree: Write, server: Listener, text: str) -> None:
    root = tree(BASE, {"over/kustomization.yaml": text.replace("URL", server.url) + "\n"})
    assert f"needs {server.url}/" in said(go(root))
    assert not server.called


def test_a_kustomization_in_other_cases_is_followed(tree: Write) -> None:
    root = tree(BASE, {"over/kustomization.yaml": "Resources: [../base]\nNamePrefix: x-\n"})
    assert objects(go(root)) == {"over": ["StatefulSet/x-kafka"]}


def overlooked(root: Path) -> str:
    """What is said of a kustomization of which nobody saw beforehand what it refers to."""
    job = job_for(str(root / "over"))._replace(remotes=(), refusals=())
    (made,) = render([job], RenderSettings(), str(root), 1)
    return made.notice.message if made.notice else ""


@pytest.mark.parametrize(
    "text",
    [
        "resources: ['http://kafka.example.com/kafka.yaml']",
        "resources: [k.yaml]\nopenapi: {path: 'https://a.example/x'}",
    ],
)
def test_what_is_overlooked_meets_a_proxy_that_is_not_there(tree: Write, text: str) -> None:
    root = tree({"over/kustomization.yaml": f"{text}\n", "over/k.yaml": BROKERS})
    assert "127.0.0.1:9: connect: connection refused" in overlooked(root)


def test_git_clones_nothing_that_was_overlooked_and_not_from_this_disk_either(tree: Write, tmp_path: Path) -> None:
    (tmp_path / "real-tools" / "git").symlink_to(shutil.which("git", path=os.defpath) or "git")
    root = tree({"over/kustomization.yaml": f"# kafka\nresources: ['file://{tmp_path}/upstream.git']\n"})
    assert "needs file://" in said(go(root))
    assert "transport 'file' not allowed" in overlooked(root)


# Charts that a kustomization inflates


INFLATED = {
    "over/kustomization.yaml": "resources: [../base]\nhelmCharts:\n- name: topics\n  releaseName: live\n",
    "over/charts/topics/Chart.yaml": "apiVersion: v2\nname: topics\nversion: 0.1.0\n",
    "over/charts/topics/values.yaml": "replicas: 3\n",
    "over/charts/topics/templates/set.yaml": BROKERS.replace("kafka", "{{ .Release.Name }}").replace(
        "apache/{{ .Release.Name }}", "apache/kafka"
    ),
}


@pytest.fixture(params=each(HELM3, HELM4))
def helm(request: pytest.FixtureRequest, tmp_path: Path) -> Tool:
    """Helm of one line beside kustomize."""
    place(tmp_path, request.param)
    tool: Tool = request.param
    return tool


@pytest.mark.usefixtures("helm")
def test_a_chart_on_the_disk_is_inflated_and_shown_where_it_is_named(tree: Write) -> None:
    root = tree(BASE, INFLATED)
    loaded = go(root)
    assert (loaded.notices, objects(loaded)) == ((), {"over": ["StatefulSet/kafka", "StatefulSet/live"]})
    assert findings("--select", "KL301") == [("KL301", "base/kafka.yaml", 4), ("KL301", "over/kustomization.yaml", 3)]


@pytest.mark.usefixtures("helm")
def test_a_chart_home_of_its_own_and_a_generator_s_file_are_followed(tree: Write) -> None:
    charts = {name.replace("over/charts", "one/vendor"): text for name, text in INFLATED.items() if "charts" in name}
    generator = "apiVersion: builtin\nkind: HelmChartInflationGenerator\nmetadata: {name: g}\n"
    root = tree(
        charts,
        {name.replace("one", "two"): text for name, text in charts.items()},
        {
            "one/kustomization.yaml": "helmGlobals: {chartHome: vendor}\n"
            "helmCharts: [{name: topics, releaseName: a}]\n",
            "two/kustomization.yaml": "generators: [g.yaml]\n",
            "two/g.yaml": f"{generator}name: topics\nreleaseName: b\nchartHome: vendor\n",
        },
    )
    loaded = go(root)
    assert (loaded.notices, objects(loaded)) == ((), {"one": ["StatefulSet/a"], "two": ["StatefulSet/b"]})


@pytest.mark.usefixtures("helm")
def test_a_chart_that_no_kustomization_names_is_rendered_by_itself(tree: Write) -> None:
    spare = {name.replace("topics", "spare"): text.replace("topics", "spare") for name, text in INFLATED.items()}
    root = tree(BASE, spare, INFLATED)
    assert set(objects(go(root))) == {"over", "over/charts/spare"}


@pytest.mark.usefixtures("helm")
def test_the_version_of_kubernetes_reaches_an_inflated_chart(tree: Write) -> None:
    chart = "apiVersion: v2\nname: topics\nversion: 0.1.0\nkubeVersion: '>=1.34-0'\n"
    root = tree(BASE, INFLATED, {"over/charts/topics/Chart.yaml": chart})
    assert set(objects(go(root, kubernetes_version="1.34"))) == {"over"}
    assert "chart requires kubeVersion" in said(go(root, kubernetes_version="1.33"))


@pytest.mark.usefixtures("helm")
def test_a_chart_of_a_repository_is_not_pulled(tree: Write, server: Listener) -> None:
    pulled = f"helmCharts:\n- name: topics\n  repo: {server.url}\n  version: 1.0.0\n"
    root = tree(BASE, {"over/kustomization.yaml": f"resources: [../base]\n{pulled}"})
    assert said(go(root)) == (
        f"over: not rendered, so not checked: over/kustomization.yaml:4 needs the chart topics of {server.url} in "
        "over/charts/topics-1.0.0/topics, which is not on this disk, and kafkalint fetches nothing. "
        "By hand: kustomize build --enable-helm over | kafkalint check -"
    )
    assert not server.called
    tree({name.replace("charts/topics", "charts/topics-1.0.0/topics"): text for name, text in INFLATED.items()})
    (root / "over/kustomization.yaml").write_text(f"resources: [../base]\n{pulled}  releaseName: live\n")
    assert objects(go(root)) == {"over": ["StatefulSet/kafka", "StatefulSet/live"]}
    assert not server.called


@pytest.fixture
def trap(tmp_path: Path) -> Path:
    """What is there when a program of the repository's was run."""
    return tmp_path / "was-run"


def plugins(trap: Path) -> dict[str, str]:
    """A folder of Helm's in the repository, with a plugin that pulls charts."""
    home = "over/home/.data/plugins/evil"
    downloader = "downloaders: [{command: evil.sh, protocols: [evil]}]"
    return {
        f"{home}/plugin.yaml": f"name: evil\nversion: 0.1.0\nusage: x\ndescription: x\n{downloader}\n",
        f"{home}/evil.sh": f"#!/bin/sh\n: > {trap}\n",
        "over/evil.sh": f"#!/bin/sh\n: > {trap}\ncat\n",
    }


PULLED = "name: topics\nrepo: evil://x\nversion: 0.1.0\n"
RUNS_CODE = {
    "home": "helmGlobals: {configHome: home}\nhelmCharts: [{name: topics, repo: 'evil://x'}]\n",
    "any case": "HelmGlobals: {ConfigHome: home}\nHelmCharts: [{Name: topics, Repo: 'evil://x'}]\n",
    "old": "helmChartInflationGenerator: [{chartName: topics, chartRepoUrl: 'evil://x', helmHome: home}]\n",
    "file": "generators: [g.yaml]\n",
    "text": "generators:\n- |\n  apiVersion: builtin\n  kind: HelmChartInflationGenerator\n  metadata: {name: g}\n"
    "  configHome: home\n  name: topics\n  repo: evil://x\n",
    "option": "helmCharts: [{name: there, releaseName: --post-renderer=./evil.sh}]\n",
}


@pytest.mark.usefixtures("helm")
@pytest.mark.parametrize("case", list(RUNS_CODE))
def test_no_code_of_the_repository_is_run(tree: Write, trap: Path, case: str) -> None:
    generator = PLUGIN.replace("KIND", "HelmChartInflationGenerator") + f"configHome: home\n{PULLED}"
    charts = {name: text for name, text in INFLATED.items() if "charts" in name}
    there = {name.replace("topics", "there"): text.replace("topics", "there") for name, text in charts.items()}
    more = {"file": {"over/g.yaml": generator}, "option": there}.get(case, {})
    root = tree(more, plugins(trap), {"over/kustomization.yaml": f"# kafka\n{RUNS_CODE[case]}"})
    for script in root.rglob("evil.sh"):
        script.chmod(0o755)
    told = said(go(root))
    assert "over/" in told
    assert "plugin of a repository" in told or "an option in the place of a release's name" in told
    assert "By hand" not in told, "nobody is told to run it"
    # Nor is any of it where it was overlooked.
    assert overlooked(root)
    assert not trap.exists()


@pytest.mark.parametrize("fetch", [False, True])
def test_kustomize_has_of_helm_what_it_needs(helm: Tool, tree: Write, tmp_path: Path, *, fetch: bool) -> None:
    chart = tree(INFLATED) / "over" / "charts" / "topics"

    program = guarded(str(tmp_path / "real-tools" / "helm"), str(tmp_path), fetch=fetch)

    def called(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([program, *arguments], capture_output=True, text=True, check=False)

    assert called("version", "--short").stdout.startswith(f"v{helm.label[-1]}.")
    assert "name: a b\n" not in called("template", "x", str(chart), "--namespace", "a b").stdout
    assert "StatefulSet" in called("template", "x", str(chart), "--namespace", "a", "--include-crds").stdout
    values = chart / "values.yaml"
    for flag in ("-f", "--values"):  # of Kustomize 5, and of 4
        assert "StatefulSet" in called("template", "x", str(chart), flag, str(values)).stdout
    for option in ("--post-renderer=x", "--repo=y", "-x", "--output-dir"):
        done = called("template", option, str(chart))
        assert (done.returncode, done.stderr) == (1, f"Error: kafkalint does not let Kustomize give helm {option}\n")
    assert "does not let Kustomize run helm plugin" in called("plugin", "list").stderr
    assert ("does not let Kustomize run helm pull" in called("pull", "./none").stderr) is not fetch


ANNOTATIONS = """\
apiVersion: builtin
kind: AnnotationsTransformer
metadata: {name: runbook}
annotations: {runbook: "https://wiki.example.com/kafka"}
fieldSpecs: [{path: metadata/annotations, create: true}]
"""


def test_an_address_that_nobody_goes_to_is_no_reason_not_to_render(tree: Write) -> None:
    root = tree(
        BASE,
        {
            "over/kustomization.yaml": "resources: [../base]\ntransformers: [notes]\n",
            "over/notes/kustomization.yaml": "resources: [notes.yaml]\n",
            "over/notes/notes.yaml": ANNOTATIONS,
        },
    )
    assert objects(go(root)) == {"over": ["StatefulSet/kafka"]}
    (root / "over/notes/kustomization.yaml").write_text("resources: [notes.yaml]\nnamePrefix: a-\n")
    assert "notes.yaml:4 needs https://wiki.example.com/kafka" in said(go(root)), "who knows what becomes of it"


@pytest.mark.usefixtures("helm")
def test_a_chart_that_fails_says_so_in_its_own_words(tree: Write) -> None:
    root = tree(BASE, INFLATED, {"over/charts/topics/templates/set.yaml": '{{ fail "say which" }}\n'})
    assert "not checked: execution error at (topics/templates/set.yaml:1:3): say which. By hand" in said(go(root))


def test_a_base_without_a_kustomization_is_not_said_to_be_gone(tree: Write) -> None:
    root = tree({"over/kustomization.yaml": "resources: [../base]\n", "base/kafka.yaml": BROKERS})
    (notice,) = go(root).notices
    assert notice.message.startswith("not rendered, so not checked: base: no kustomization.yaml in it. By hand: ")
    gated = CliRunner().invoke(main, ["gate", "over"])
    assert (gated.exit_code, gated.stderr) == (2, "kafkalint: over: base: no kustomization.yaml in it\n")


def test_charts_without_helm_are_said(tree: Write) -> None:
    root = tree(BASE, INFLATED)
    by_hand = "By hand: kustomize build --enable-helm over | kafkalint check -"
    assert said(go(root)) == f"over: not rendered, so not checked: helm is not on the PATH. {by_hand}"
    assert "rendering with Helm is switched off" in said(go(root, helm=False))


# kubectl's kustomize, where there is no other


@pytest.mark.skipif(KUBECTL.path is None, reason=KUBECTL.missing)
def test_kubectl_does_as_well(tree: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(tmp_path / "real-tools")
    monkeypatch.setenv("PATH", place(tmp_path, KUBECTL))
    root = tree(BASE, {"over/kustomization.yaml": "resources: [../base]\n"})
    assert objects(go(root)) == {"over": ["StatefulSet/kafka"]}
    (root / "over/kustomization.yaml").write_text("resources: [../base, none.yaml]\n")
    assert "none.yaml: no such file or directory" in said(go(root))
