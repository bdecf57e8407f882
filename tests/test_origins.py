import os

import pytest
from real_tools import each, the_kustomize

from kafkalint.checking.finding import TextPlace
from kafkalint.manifests.loading import LoadRequest, load
from kafkalint.manifests.origin import helm_origins
from kafkalint.manifests.origin.origin_files import aligned
from kafkalint.manifests.origins import trace
from kafkalint.manifests.render_settings import RenderSettings
from kafkalint.manifests.resources import Place
from kafkalint.manifests.text import Span

KAFKA = """\
# the cluster
apiVersion: kafka.strimzi.io/v1
kind: Kafka
metadata: {name: main}
spec:
  kafka:
    replicas: 3
    config:
      min.insync.replicas: 2
      gone: true
    listeners:
      - name: plain
        port: 9092
      - name: tls
        port: 9093
"""
PATCH = "apiVersion: kafka.strimzi.io/v1\nkind: Kafka\nmetadata: {name: main}\nspec:\n  kafka:\n    replicas: 1\n"
OPERATIONS = """\
- op: replace
  path: /spec/kafka/config/min.insync.replicas
  value: 1
- op: add
  path: /spec/kafka/rack
  value: {topologyKey: zone}
- op: remove
  path: /spec/kafka/config/gone
"""
OVERLAY = """\
resources: [../base]
namePrefix: prod-
patches:
- path: patch.yaml
- path: operations.yaml
  target: {kind: Kafka}
- target: {kind: Kafka}
  patch: |-
    - op: add
      path: /spec/kafka/config/inline
      value: 5
"""
FILES = {
    "base/kustomization.yaml": (
        "resources: [kafka.yaml]\nsecretGenerator:\n- name: other\n  literals: [a=b]\n"
        "configMapGenerator:\n- name: broker\n  files: [server.properties]\n"
    ),
    "base/kafka.yaml": KAFKA,
    "base/server.properties": "broker.id=1\nlog.dirs=/tmp\n",
    "overlay/kustomization.yaml": OVERLAY,
    "overlay/patch.yaml": PATCH,
    "overlay/operations.yaml": OPERATIONS,
}
# What kustomize makes of FILES, as it prints it; the annotations are those of the wrapper.
RENDERED = """\
apiVersion: v1
data:
  server.properties: |
    broker.id=1
    log.dirs=/tmp
kind: ConfigMap
metadata:
  annotations:
    config.kubernetes.io/origin: |
      configuredIn: BASE/kustomization.yaml
      configuredBy:
        apiVersion: builtin
        kind: ConfigMapGenerator
  name: prod-broker-5fkhm286t7
---
apiVersion: kafka.strimzi.io/v1
kind: Kafka
metadata:
  annotations:
    config.kubernetes.io/origin: |
      path: BASE/kafka.yaml
  name: prod-main
spec:
  kafka:
    config:
      inline: 5
      min.insync.replicas: 1
    listeners:
    - name: tls
      port: 9093
    - name: plain
      port: 9092
    rack:
      topologyKey: zone
    replicas: 1
"""
# The wrapper says where the overlay is.
STAND_IN = '#!/bin/sh\nread -r line < kustomization.yaml\npath=${line#*\\"}\npath=${path%%\\"*}\n'


@pytest.fixture
def tree(tmp_path):
    def write(files):
        for name, content in files.items():
            path = tmp_path / "work" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        return tmp_path / "work"

    return write


def stand_in(tmp_path, monkeypatch, name, script):
    (tmp_path / "bin").mkdir(exist_ok=True)
    (tmp_path / "bin" / name).write_text(script)
    (tmp_path / "bin" / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))


@pytest.fixture(params=["stand-in", *each(the_kustomize())])
def rendered(request, tree, tmp_path, monkeypatch):
    """The resources of the overlay, by kind: by the real tool, and by one that prints what the real one did."""
    if request.param == the_kustomize():
        request.getfixturevalue("kustomize_on_path")
    else:
        if os.name == "nt":
            pytest.skip("the stand-in for kustomize is a shell script")
        text = RENDERED.replace("BASE", "$path/../base")
        stand_in(tmp_path, monkeypatch, "kustomize", f"{STAND_IN}/bin/cat <<END\n{text}END\n")
    loaded = load(LoadRequest(paths=(".",), directory=str(tree(FILES))))
    assert loaded.notices == ()
    return {resource.kind: resource for resource in loaded.bundles[0].primary}


def at(traced):
    """File, line, column and the text pointed at."""
    return (traced.name, *traced.text.position(traced.span.start), traced.text.content[slice(*traced.span)])


def test_a_value_of_the_base_is_shown_there(rendered):
    traced = trace(rendered["Kafka"].place("spec", "kafka", "listeners", 0, "name"))
    value = rendered["Kafka"].get("spec", "kafka", "listeners", 0, "name")
    line = 12 if value == "plain" else 14
    assert at(traced) == ("base/kafka.yaml", line, 15, value)
    assert traced.place is not None
    assert traced.place.value == value
    assert (traced.origin, traced.note) == (None, None)


def test_the_object_itself_is_shown_at_its_kind(rendered):
    assert at(trace(rendered["Kafka"].place())) == ("base/kafka.yaml", 3, 7, "Kafka")


def test_what_is_missing_is_shown_where_it_belongs(rendered):
    traced = trace(rendered["Kafka"].place("spec", "kafka", "storage", "class"))
    assert at(traced) == ("base/kafka.yaml", 6, 3, "kafka")
    assert traced.note is None


def test_a_value_that_a_patch_file_sets_is_shown_in_the_patch(rendered):
    assert at(trace(rendered["Kafka"].place("spec", "kafka", "replicas"))) == ("overlay/patch.yaml", 6, 15, "1")
    minimum = rendered["Kafka"].place("spec", "kafka", "config", "min.insync.replicas")
    assert at(trace(minimum)) == ("overlay/operations.yaml", 3, 10, "1")
    rack = rendered["Kafka"].place("spec", "kafka", "rack", "topologyKey")
    assert at(trace(rack)) == ("overlay/operations.yaml", 6, 24, "zone")


def test_a_value_that_a_patch_in_the_kustomization_sets_is_shown_there(rendered):
    inline = trace(rendered["Kafka"].place("spec", "kafka", "config", "inline"))
    assert at(inline) == ("overlay/kustomization.yaml", 11, 14, "5")
    assert inline.note is None


@pytest.mark.parametrize(
    ("patches", "line"),
    [
        ("patchesStrategicMerge:\n- |-\n  kind: Kafka\n  metadata: {name: main}\n  spec: {kafka: {replicas: 1}}\n", 6),
        (
            "patches:\n- target: {kind: Kafka}\n  patch: '{kind: Kafka, spec: {kafka: {replicas: 1}}, metadata: {}}'\n",
            4,
        ),
        ("patches:\n- target: {kind: Pod}\n  patch: '[{op: add, path: /spec/kafka/replicas, value: 1}]'\n", None),
        ("patches:\n- patch: '{kind: Kafka, metadata: {name: other}, spec: {kafka: {replicas: 1}}}'\n", None),
        ("patches:\n- patch: 3\n- 4\n- target: []\n  patch: '['\n", None),
    ],
)
def test_a_patch_in_place_must_be_for_the_object(tree, tmp_path, monkeypatch, patches, line):
    text = RENDERED.replace("BASE", "$path/../base")
    stand_in(tmp_path, monkeypatch, "kustomize", f"{STAND_IN}/bin/cat <<END\n{text}END\n")
    overlay = f"resources: [../base]\n{patches}"
    root = tree(
        {name: text for name, text in FILES.items() if "patch" not in name} | {"overlay/kustomization.yaml": overlay}
    )
    loaded = load(LoadRequest(paths=(".",), directory=str(root)))
    kafka = next(r for r in loaded.bundles[0].primary if r.kind == "Kafka")
    traced = trace(kafka.place("spec", "kafka", "replicas"))
    assert at(traced)[:2] == (("overlay/kustomization.yaml", line) if line else ("base/kafka.yaml", 7))


def test_a_value_that_the_overlay_sets_otherwise_is_said(rendered):
    name = trace(rendered["Kafka"].place("metadata", "name"))
    assert at(name) == ("base/kafka.yaml", 4, 18, "main")
    assert name.note == "overlay sets this value"
    assert name.place is None
    gone = trace(rendered["Kafka"].place("spec", "kafka", "config", "gone"))
    assert gone.note == "overlay takes this away"


def test_a_line_of_a_generated_config_map_is_shown_in_the_file_it_was_made_of(rendered):
    place = rendered["ConfigMap"].place("data", "server.properties", fragment=Span(12, 20))
    assert at(trace(place)) == ("base/server.properties", 2, 1, "log.dirs")


def test_a_generated_object_is_shown_at_its_generator(rendered):
    traced = trace(rendered["ConfigMap"].place())
    assert at(traced) == ("base/kustomization.yaml", 6, 9, "broker")
    assert "generated" in traced.note


def test_text_of_a_rendering_is_shown_where_its_object_is(rendered):
    source = rendered["Kafka"].document.source
    offset = source.text.content.index("min.insync")
    assert at(trace(TextPlace(source, Span(offset, offset + 3))))[:2] == ("base/kafka.yaml", 3)


def test_without_a_file_of_its_own_an_object_is_shown_at_the_kustomization(tree, tmp_path, monkeypatch):
    text = RENDERED.replace("BASE/kafka.yaml", "kafka.yaml\n      repo: https://example.com/x\n      ref: v1")
    stand_in(tmp_path, monkeypatch, "kustomize", f"#!/bin/sh\n/bin/cat <<'END'\n{text}END\n")
    loaded = load(LoadRequest(paths=(".",), directory=str(tree(FILES))))
    kafka = next(r for r in loaded.bundles[0].primary if r.kind == "Kafka")
    traced = trace(kafka.place("spec"))
    assert at(traced) == ("overlay/kustomization.yaml", 1, 1, "resources: [../base]")
    assert traced.origin == "https://example.com/x/kafka.yaml@v1"
    assert "kustomize" in traced.note


def test_an_origin_that_went_away_after_the_rendering_is_no_trouble(rendered, tmp_path):
    for name in FILES:
        (tmp_path / "work" / name).unlink()
    traced = trace(rendered["Kafka"].place("spec", "kafka", "replicas"))
    assert (traced.name, tuple(traced.span)) == ("overlay/kustomization.yaml", (0, 0))


CHART = "apiVersion: v2\nname: kafka-app\nversion: 0.1.0\n"
TEMPLATE = """\
{{- /* brokers */}}
apiVersion: v1
kind: Service
metadata:
  name: heads
---
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: {{ .Release.Name }}
spec:
  replicas: {{ .Values.replicas }}
  template:
    spec:
      containers:
        - name: kafka
          image: apache/kafka:3.9.0
        - name: exporter
          image: exporter:1
"""
HELM = """\
---
# Source: kafka-app/templates/role.yaml
apiVersion: v1
kind: Role
metadata:
  name: r
---
# Source: kafka-app/templates/kafka.yaml
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: live
spec:
  replicas: 3
  template:
    spec:
      containers:
        - name: kafka
          image: apache/kafka:3.9.0
        - name: exporter
          image: exporter:1
"""
CHART_FILES = {
    "charts/app/Chart.yaml": CHART,
    "charts/app/templates/kafka.yaml": TEMPLATE,
    "charts/app/templates/role.yaml": "apiVersion: v1\nkind: Role\nmetadata:\n  name: r\n",
}


@pytest.fixture(params=["rendered", "piped"])
def charted(request, tree, tmp_path, monkeypatch):
    helm_origins._charts.cache_clear()
    root = str(tree(CHART_FILES))
    if request.param == "piped":
        loaded = load(LoadRequest(stdin=HELM.encode(), directory=root))
    else:
        if os.name == "nt":
            pytest.skip("the stand-in for helm is a shell script")
        stand_in(tmp_path, monkeypatch, "helm", f"#!/bin/sh\n/bin/cat <<'END'\n{HELM}END\n")
        loaded = load(LoadRequest(paths=(".",), directory=root, render=RenderSettings()))
    return {resource.kind: resource for resource in loaded.bundles[0].primary}


def test_the_one_line_of_a_template_that_writes_a_key_is_shown(charted):
    traced = trace(charted["StatefulSet"].place("spec", "replicas"))
    assert at(traced) == ("charts/app/templates/kafka.yaml", 12, 3, "replicas: {{ .Values.replicas }}")
    assert traced.note == "the value comes from .Values.replicas"


def test_of_several_lines_with_a_key_the_one_with_the_value_is_shown(charted):
    place = charted["StatefulSet"].place("spec", "template", "spec", "containers", 1, "image")
    assert at(trace(place)) == ("charts/app/templates/kafka.yaml", 19, 11, "image: exporter:1")


def test_a_key_is_looked_for_in_the_objects_own_part_of_the_template(charted):
    traced = trace(charted["StatefulSet"].place("metadata"))
    assert at(traced)[:3] == ("charts/app/templates/kafka.yaml", 9, 1)


def test_without_such_a_line_the_objects_kind_is_shown(charted):
    traced = trace(charted["StatefulSet"].place("metadata", "name"))
    assert at(traced) == ("charts/app/templates/kafka.yaml", 8, 1, "kind: StatefulSet")
    assert "metadata.name of StatefulSet live" in traced.note


def test_a_template_without_templating_is_plain(charted):
    traced = trace(charted["Role"].place("metadata", "name"))
    assert at(traced) == ("charts/app/templates/role.yaml", 4, 9, "r")
    assert traced.place is not None


def test_piped_text_whose_template_is_not_here_stays_where_it_is(tree):
    helm_origins._charts.cache_clear()
    loaded = load(LoadRequest(stdin=HELM.encode(), directory=str(tree({"x/Chart.yaml": "name: other\n"}))))
    traced = trace(loaded.bundles[0].primary[1].place("spec", "replicas"))
    assert at(traced) == ("-", 14, 13, "3")
    assert traced.origin == "kafka-app/templates/kafka.yaml"


@pytest.mark.parametrize(
    "named", ["kafka-app/../../secret.yaml", "../secret.yaml", "/etc/passwd", "kafka-app/\x00", "kafka-app/"]
)
def test_a_source_comment_leads_nowhere_but_into_its_chart(tree, named):
    helm_origins._charts.cache_clear()
    root = tree(CHART_FILES | {"secret.yaml": "kind: Role\n"})
    assert helm_origins.find_template(str(root), named) is None


def test_annotations_of_others_name_the_origin_of_piped_text(tree):
    text = "kind: Role\nmetadata:\n  name: r\n  annotations:\n    {}: {}\n"
    said = []
    for name, value in [
        ("config.kubernetes.io/origin", '"path: ../base/r.yaml"'),
        ("config.kubernetes.io/origin", '"path: r.yaml\\nrepo: https://x"'),
        ("config.kubernetes.io/origin", '"[: {"'),
        ("postrenderer.helm.sh/postrender-filename", "app/templates/r.yaml"),
    ]:
        loaded = load(LoadRequest(stdin=text.format(name, value).encode(), directory=str(tree({}))))
        said.append(trace(Place(loaded.bundles[0].primary[0])).origin)
    assert said == ["../base/r.yaml", "https://x/r.yaml", None, "app/templates/r.yaml"]


def test_items_are_known_by_their_names():
    rendered = {"c": [{"name": "b", "x": [1, 2]}, {"name": "a"}, {"name": "new"}]}
    origin = {"c": [{"name": "a"}, {"name": "b", "x": [1]}]}
    assert aligned(rendered, origin, ("c", 0, "x", 1)) == ("c", 1, "x", 1)
    assert aligned(rendered, origin, ("c", 2, "x")) == ("c", 2, "x")
    assert aligned(rendered, {}, ("c", 0, "x")) == ("c", 0, "x")
    assert aligned([], None, (0,)) == (0,)
