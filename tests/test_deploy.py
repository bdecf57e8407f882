"""What lies in deploy/ is what Argo CD, Flux, Helm and Kustomize read, and does there what the documentation says."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from real_tools import path_with

from kafkalint import __version__

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
PLUGINS = DEPLOY / "argocd" / "plugins"
CONFIG_FOLDER = "/home/argocd/cmp-server/config"
KUBERNETES = "1.34"

# What Argo CD reads of a plugin's file (argo-cd 37ee0097, cmpserver/plugin/config.go, and ParameterAnnouncement of
# reposerver/repository/repository.proto). It ignores every other key without a word.
COMMAND = {"command", "args"}
PLUGIN_KEYS = {
    (): {"apiVersion", "kind", "metadata", "spec"},
    ("metadata",): {"name"},
    ("spec",): {"version", "init", "generate", "discover", "parameters", "preserveFileMode", "provideGitCreds"},
    ("spec", "init"): COMMAND,
    ("spec", "generate"): COMMAND,
    ("spec", "discover"): {"find", "fileName"},
    ("spec", "discover", "find"): COMMAND | {"glob"},
    ("spec", "parameters"): {"static", "dynamic"},
    ("spec", "parameters", "static"): {
        *("name", "title", "tooltip", "required", "itemType", "collectionType", "string", "array", "map")
    },
    ("spec", "parameters", "dynamic"): COMMAND,
}


def load(file: Path) -> Any:
    return yaml.safe_load(file.read_text())


def unknown_keys(value: Any, route: tuple[str, ...] = ()) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from unknown_keys(item, route)
    elif isinstance(value, dict):
        for key, below in value.items():
            if key not in PLUGIN_KEYS.get(route, ()):
                yield ".".join((*route, key))
            else:
                yield from unknown_keys(below, (*route, key))


def run(*command: str | Path, cwd: Path, path: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    env = {"PATH": path, "HOME": str(cwd), **environment}
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, check=False)


@pytest.fixture
def gitops(tmp_path: Path) -> Path:
    """The repository of the documentation, as Argo CD unpacks it in a sidecar: without Git."""
    folder = tmp_path / "_cmp_server" / "9e1d"
    shutil.copytree(ROOT / "fixtures" / "gitops", folder)
    return folder


def validate(thing: dict[str, Any]) -> None:
    kubernetes_validate.validate(json.loads(json.dumps(thing)), KUBERNETES, strict=True)


# Argo CD


@pytest.mark.parametrize("name", ["kafkalint-kustomize", "kafkalint-helm"])
def test_argo_cd_knows_every_key_of_a_plugin(name: str) -> None:
    plugin = load(PLUGINS / name / "plugin.yaml")
    assert list(unknown_keys(plugin)) == []
    assert plugin["kind"] == "ConfigManagementPlugin"
    assert plugin["metadata"]["name"] == name
    assert "discover" not in plugin["spec"], "it would take over Applications that did not ask for it"


def test_a_key_that_argo_cd_does_not_know_is_seen() -> None:
    assert list(unknown_keys({"spec": {"generate": {"commands": []}, "discover": {"find": {"globs": "*"}}}})) == [
        "spec.generate.commands",
        "spec.discover.find.globs",
    ]


def generate(plugin: str, folder: Path, path: str, **more: str) -> subprocess.CompletedProcess[bytes]:
    """Run what a plugin's file says as argocd-cmp-server does: in the Application's folder, and without a shell."""
    said = load(PLUGINS / plugin / "plugin.yaml")["spec"]["generate"]
    command = [*said["command"], *said.get("args", [])]
    # The ConfigMap is mounted there.
    command = [word.replace(CONFIG_FOLDER, str(PLUGINS / plugin)) for word in command]
    build_environment = {
        "ARGOCD_APP_NAME": "events",
        "ARGOCD_APP_NAMESPACE": "kafka",
        "ARGOCD_APP_PROJECT_NAME": "default",
        "ARGOCD_APP_REVISION": "6ab4f3c6d8bd1ce1e4fbeb25f7f0e8c5a94e8a7b",
        "ARGOCD_APP_SOURCE_PATH": f"{folder.parent.name}/{folder.name}",
        "ARGOCD_APP_SOURCE_REPO_URL": "https://git.example.com/team/gitops.git",
        "ARGOCD_APP_SOURCE_TARGET_REVISION": "main",
        "KUBE_VERSION": "1.33.2",
        "KUBE_API_VERSIONS": "v1,apps/v1,policy/v1/PodDisruptionBudget",
    }
    return run(*command, cwd=folder, path=path, **(build_environment | more))


def test_a_kustomization_that_passes_comes_out_as_kustomize_builds_it(gitops: Path) -> None:
    path, folder = path_with("kustomize"), gitops / "overlays" / "dev"
    done = generate("kafkalint-kustomize", folder, path)
    assert done.returncode == 0, done.stderr
    assert done.stdout == run("kustomize", "build", ".", cwd=folder, path=path).stdout != b""


def test_a_kustomization_that_does_not_pass_gives_findings_and_no_manifests(gitops: Path) -> None:
    done = generate("kafkalint-kustomize", gitops / "overlays" / "prod", path_with("kustomize"))
    assert (done.returncode, done.stdout) == (1, b"")
    said = done.stderr.decode()
    assert said.startswith("kafkalint: not passed on; 1 error")
    assert "KL210" in said
    assert "storage.yaml:13:22" in said


def test_a_kustomization_that_cannot_be_built_gives_no_manifests(gitops: Path) -> None:
    (gitops / "overlays" / "dev" / "kustomization.yaml").write_text("resources: [gone.yaml]\n")
    done = generate("kafkalint-kustomize", gitops / "overlays" / "dev", path_with("kustomize"))
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"gone.yaml" in done.stderr


def test_the_config_at_the_root_of_the_repository_counts_in_a_sidecar(gitops: Path) -> None:
    (gitops / ".kafkalint.yaml").write_text("fail-on: never\n")
    done = generate("kafkalint-kustomize", gitops / "overlays" / "prod", path_with("kustomize"))
    assert done.returncode == 0
    assert b"deleteClaim: true" in done.stdout


@pytest.mark.parametrize("helm", ["helm3", "helm4"])
def test_a_chart_that_passes_comes_out_as_helm_renders_it(helm: str, gitops: Path) -> None:
    path, folder = path_with(helm), gitops / "charts" / "kafka"
    done = generate("kafkalint-helm", folder, path, PARAM_VALUES_FILES_0="values-dev.yaml")
    assert done.returncode == 0, done.stderr
    flags = ["--include-crds", "--namespace=kafka", "--kube-version=1.33.2", "--values=values-dev.yaml"]
    assert done.stdout == run("helm", "template", "events", ".", *flags, cwd=folder, path=path).stdout != b""


@pytest.mark.parametrize("helm", ["helm3", "helm4"])
def test_a_chart_that_does_not_pass_with_its_values_gives_findings_and_no_manifests(helm: str, gitops: Path) -> None:
    files = {"PARAM_VALUES_FILES_0": "values-dev.yaml", "PARAM_VALUES_FILES_1": "values-prod.yaml"}
    done = generate("kafkalint-helm", gitops / "charts" / "kafka", path_with(helm), **files)
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"KL210" in done.stderr


def test_a_chart_is_told_the_release_and_what_the_cluster_serves(gitops: Path) -> None:
    template = "{{ .Release.Name }}|{{ .Release.Namespace }}|{{ .Capabilities.KubeVersion }}|"
    template += '{{ .Capabilities.APIVersions.Has "policy/v1/PodDisruptionBudget" }}'
    manifest = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: told}}\ndata: {{told: '{template}'}}\n"
    (gitops / "charts" / "kafka" / "templates" / "told.yaml").write_text(manifest)
    path, folder = path_with("helm4"), gitops / "charts" / "kafka"
    assert b"'events|kafka|v1.33.2|true'" in generate("kafkalint-helm", folder, path).stdout
    assert b"'mine|kafka|" in generate("kafkalint-helm", folder, path, PARAM_RELEASE_NAME="mine").stdout


@pytest.mark.parametrize(
    "value",
    ["../../../../../../../../etc/passwd", "/etc/passwd", "../../..", "$(touch x)", "`touch x`", "a\n;touch x", "--x"],
)
def test_values_files_are_files_of_the_repository_and_never_code(value: str, gitops: Path) -> None:
    folder = gitops / "charts" / "kafka"
    done = generate("kafkalint-helm", folder, path_with("helm4"), PARAM_VALUES_FILES_0=value)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"root:" not in done.stderr
    assert not list(gitops.rglob("x"))


def test_values_files_may_lie_beside_the_chart(gitops: Path) -> None:
    (gitops / "values").mkdir()
    shutil.move(gitops / "charts" / "kafka" / "values-dev.yaml", gitops / "values")
    value = "../../values/values-dev.yaml"
    done = generate("kafkalint-helm", gitops / "charts" / "kafka", path_with("helm4"), PARAM_VALUES_FILES_0=value)
    assert done.returncode == 0, done.stderr


def test_a_symbolic_link_does_not_lead_out_of_the_repository(gitops: Path) -> None:
    (gitops / "charts" / "kafka" / "values-link.yaml").symlink_to("/etc/hostname")
    value = "values-link.yaml"
    done = generate("kafkalint-helm", gitops / "charts" / "kafka", path_with("helm4"), PARAM_VALUES_FILES_0=value)
    assert done.returncode == 2
    assert b"not in the repository" in done.stderr


@pytest.mark.parametrize("value", ["$(touch x)", "--post-renderer=./evil", "-x", "a b", "`touch x`"])
def test_a_release_name_is_never_code_and_no_option(value: str, gitops: Path) -> None:
    done = generate("kafkalint-helm", gitops / "charts" / "kafka", path_with("helm4"), PARAM_RELEASE_NAME=value)
    assert done.returncode in (0, 2)
    assert b"evil: no such file" not in done.stderr
    assert not list(gitops.rglob("x"))


REPO_SERVER = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: argocd-repo-server
spec:
  selector: {matchLabels: {app.kubernetes.io/name: argocd-repo-server}}
  template:
    metadata: {labels: {app.kubernetes.io/name: argocd-repo-server}}
    spec:
      containers:
        - name: argocd-repo-server
          image: quay.io/argoproj/argocd:latest
          volumeMounts: [{name: tmp, mountPath: /tmp}]
      volumes:
        - {name: tmp, emptyDir: {}}
        - {name: var-files, emptyDir: {}}
        - {name: plugins, emptyDir: {}}
"""


@pytest.fixture
def repo_server(tmp_path: Path) -> dict[str, dict[str, Any]]:
    """What an installation with the component is built to, by kind or, of ConfigMaps, by name."""
    shutil.copytree(DEPLOY / "argocd", tmp_path / "kafkalint")
    folder = tmp_path / "installation"
    folder.mkdir()
    (folder / "repo-server.yaml").write_text(REPO_SERVER)
    images = "images: [{name: kafkalint, newName: registry.example.com/kafkalint, newTag: 0.1.0}]\n"
    text = f"namespace: argocd\nresources: [repo-server.yaml]\ncomponents: [../kafkalint]\n{images}"
    (folder / "kustomization.yaml").write_text(text)
    done = run("kustomize", "build", ".", cwd=folder, path=path_with("kustomize"))
    assert done.returncode == 0, done.stderr
    objects = list(yaml.safe_load_all(done.stdout))
    return {thing["metadata"]["name"] if thing["kind"] == "ConfigMap" else thing["kind"]: thing for thing in objects}


def test_the_sidecars_are_what_argo_cd_asks_for(repo_server: dict[str, dict[str, Any]]) -> None:
    deployment = repo_server["Deployment"]
    validate(deployment)
    pod = deployment["spec"]["template"]["spec"]
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    sidecars = [container for container in pod["containers"] if container["name"] != "argocd-repo-server"]
    assert [sidecar["name"] for sidecar in sidecars] == ["kafkalint-kustomize", "kafkalint-helm"]
    temporary = set()
    for sidecar in sidecars:
        assert sidecar["command"] == ["/var/run/argocd/argocd-cmp-server"]
        assert sidecar["image"] == "registry.example.com/kafkalint:0.1.0"
        assert sidecar["securityContext"]["runAsUser"] == 999
        mounts = {mount["mountPath"]: mount["name"] for mount in sidecar["volumeMounts"]}
        assert mounts["/var/run/argocd"] == "var-files"
        assert mounts["/home/argocd/cmp-server/plugins"] == "plugins"
        temporary.add(mounts["/tmp"])
        given = repo_server[volumes[mounts[CONFIG_FOLDER]]["configMap"]["name"]]["data"]
        assert yaml.safe_load(given["plugin.yaml"])["metadata"]["name"] == sidecar["name"]
        command = yaml.safe_load(given["plugin.yaml"])["spec"]["generate"]["command"]
        assert all(word.removeprefix(f"{CONFIG_FOLDER}/") in given for word in command if word.startswith("/"))
    assert len(temporary - {"tmp"}) == 2, "no two containers share a /tmp"


def test_applications_name_plugins_that_there_are() -> None:
    applications = list(yaml.safe_load_all((DEPLOY / "argocd" / "applications.yaml").read_text()))
    named = {application["spec"]["source"]["plugin"]["name"] for application in applications}
    assert named == {folder.name for folder in PLUGINS.iterdir()}


def test_the_hook_is_a_job_that_stops_a_sync() -> None:
    job = load(DEPLOY / "argocd" / "presync-job.yaml")
    validate(job)
    assert job["metadata"]["annotations"]["argocd.argoproj.io/hook"] == "PreSync"
    assert job["spec"]["backoffLimit"] == 0
    assert job["spec"]["template"]["spec"]["restartPolicy"] == "Never"


def test_the_hook_fetches_the_revision_that_it_is_told(gitops: Path, tmp_path: Path) -> None:
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com"]
    for words in (["init", "--quiet"], ["add", "--all"], [*identity, "commit", "--quiet", "--message=x"]):
        subprocess.run(["git", *words], cwd=gitops, check=True)
    told = subprocess.run(["git", "rev-parse", "HEAD"], cwd=gitops, check=True, capture_output=True, text=True)
    pod = load(DEPLOY / "argocd" / "presync-job.yaml")["spec"]["template"]["spec"]
    fetch, judge = pod["initContainers"][0], pod["containers"][0]
    work, path = tmp_path / "work", path_with("kustomize")
    words = [word.replace("/work", str(work)) for word in [*fetch["command"], *fetch["args"]]]
    done = run(*words, cwd=tmp_path, path=path, REPOSITORY=f"file://{gitops}", REVISION=told.stdout.strip())
    assert done.returncode == 0, done.stderr
    done = run("kafkalint", *judge["args"], cwd=work, path=path)
    assert done.returncode == 1
    assert b"KL210" in done.stdout


# Flux


def test_a_job_lets_kafka_be_applied_after_it_only() -> None:
    gate, kafka = yaml.safe_load_all((DEPLOY / "flux" / "kustomizations.yaml").read_text())
    assert kafka["spec"]["dependsOn"] == [{"name": gate["metadata"]["name"]}]
    assert kafka["spec"]["sourceRef"] == gate["spec"]["sourceRef"], "only then Flux waits for the very same revision"
    assert (gate["spec"]["wait"], gate["spec"]["force"]) == (True, True)


def test_flux_builds_both(gitops: Path) -> None:
    path = path_with("flux")
    shutil.copytree(DEPLOY / "flux" / "gate", gitops / "gate")
    file = DEPLOY / "flux" / "kustomizations.yaml"
    for name, folder in (("kafka-gate", "gate"), ("kafka", "overlays/prod")):
        words = ["flux", "build", "kustomization", name, "--path", folder, "--kustomization-file", file, "--dry-run"]
        done = run(*words, cwd=gitops, path=path)
        assert done.returncode == 0, done.stderr


def built_gate(gitops: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The ConfigMap and the Job, built as Flux does: without the restriction to the folder itself."""
    if not (gitops / "gate").exists():
        shutil.copytree(DEPLOY / "flux" / "gate", gitops / "gate")
    words = ["kustomize", "build", "--load-restrictor=LoadRestrictionsNone", "gate"]
    done = run(*words, cwd=gitops, path=path_with("kustomize"))
    assert done.returncode == 0, done.stderr
    config_map, job = sorted(yaml.safe_load_all(done.stdout), key=lambda thing: thing["kind"])
    return config_map, job


def test_the_job_is_another_when_the_manifests_are(gitops: Path) -> None:
    _, first = built_gate(gitops)
    validate(first)
    assert built_gate(gitops)[1] == first
    file = gitops / "overlays" / "prod" / "storage.yaml"
    file.write_text(file.read_text().replace("deleteClaim: true", "deleteClaim: false"))
    assert built_gate(gitops)[1] != first


@pytest.mark.parametrize(("found", "status"), [("true", 1), ("false", 0)])
def test_the_job_judges_what_its_config_map_holds(found: str, status: int, gitops: Path, tmp_path: Path) -> None:
    file = gitops / "overlays" / "prod" / "storage.yaml"
    file.write_text(file.read_text().replace("deleteClaim: true", f"deleteClaim: {found}"))
    config_map, job = built_gate(gitops)
    pod = job["spec"]["template"]["spec"]
    (volume,) = [volume for volume in pod["volumes"] if "configMap" in volume]
    assert volume["configMap"]["name"] == config_map["metadata"]["name"]
    # As the kubelet lays a ConfigMap out: links to links.
    mount = tmp_path / "manifests"
    (mount / "..2026_11_30").mkdir(parents=True)
    (mount / "..data").symlink_to("..2026_11_30")
    for item in volume["configMap"]["items"]:
        target = mount / "..2026_11_30" / item["path"]
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(config_map["data"][item["key"]])
        top = mount / Path(item["path"]).parts[0]
        if not top.is_symlink():
            top.symlink_to(f"..data/{top.name}")
    words = [word.replace("/manifests", str(mount)) for word in pod["containers"][0]["args"]]
    done = run("kafkalint", *words, cwd=tmp_path, path=path_with("kustomize"))
    assert done.returncode == status, done.stdout + done.stderr
    assert (b"KL210" in done.stdout) == (status == 1)


# Kustomize


@pytest.fixture
def gated(gitops: Path) -> Path:
    folder = gitops / "gated"
    folder.mkdir()
    shutil.copy(DEPLOY / "kustomize" / "gate.yaml", folder)
    (folder / "kustomization.yaml").write_text("resources: [../overlays/dev]\ntransformers: [gate.yaml]\n")
    return folder


EXEC = ["kustomize", "build", "--enable-alpha-plugins", "--enable-exec", "."]


def test_what_passes_the_function_is_built_as_without_it(gated: Path) -> None:
    path = path_with("kustomize")
    done = run(*EXEC, cwd=gated, path=path)
    assert done.returncode == 0, done.stderr
    assert done.stdout == run("kustomize", "build", "../overlays/dev", cwd=gated, path=path).stdout


def test_what_does_not_pass_the_function_is_not_built(gated: Path) -> None:
    (gated / "kustomization.yaml").write_text("resources: [../overlays/prod]\ntransformers: [gate.yaml]\n")
    done = run(*EXEC, cwd=gated, path=path_with("kustomize"))
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"KL210" in done.stderr


def test_without_exec_the_function_is_skipped_in_silence_as_the_documentation_warns(gated: Path) -> None:
    (gated / "kustomization.yaml").write_text("resources: [../overlays/prod]\ntransformers: [gate.yaml]\n")
    done = run("kustomize", "build", "--enable-alpha-plugins", ".", cwd=gated, path=path_with("kustomize"))
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"deleteClaim: true" in done.stdout


# Helm


def helm4(gitops: Path, *words: str, stderr: int | Any = subprocess.PIPE) -> subprocess.CompletedProcess[bytes]:
    env = {"PATH": path_with("helm4"), "HOME": str(gitops), "HELM_PLUGINS": str(DEPLOY / "helm4")}
    command = ["helm", "template", "events", "charts/kafka", "--post-renderer=kafkalint", *words]
    return subprocess.run(command, cwd=gitops, env=env, stdout=subprocess.PIPE, stderr=stderr, check=False)


def test_helm_4_finds_the_plugin_and_gives_what_passes(gitops: Path) -> None:
    done = helm4(gitops)
    assert done.returncode == 0, done.stderr
    assert b"kind: KafkaNodePool" in done.stdout


def test_helm_4_shows_findings_though_it_drops_what_a_plugin_says(gitops: Path) -> None:
    if not Path("/proc/self/fd").exists():
        pytest.skip("no /proc here, so findings are seen in a terminal only")
    done = helm4(gitops, "--values=charts/kafka/values-prod.yaml")
    assert (done.returncode, done.stdout.strip()) == (1, b"")
    assert b"KL210" in done.stderr
    assert b"charts/kafka/templates/brokers.yaml" in done.stderr


def test_helm_4_gives_no_manifests_where_findings_cannot_be_shown(gitops: Path) -> None:
    with (gitops / "log").open("wb") as log:
        done = helm4(gitops, "--values=charts/kafka/values-prod.yaml", stderr=log)
    assert (done.returncode, done.stdout.strip()) == (1, b"")
    assert b"post-renderer plugin" in (gitops / "log").read_bytes(), "Helm's own words are whole"


def test_helm_4_hands_arguments_on(gitops: Path) -> None:
    done = helm4(gitops, "--values=charts/kafka/values-prod.yaml", "--post-renderer-args=--fail-on=never")
    assert done.returncode == 0, done.stderr


# All of it


def test_the_version_is_said_as_it_is() -> None:
    assert load(DEPLOY / "helm4" / "kafkalint" / "plugin.yaml")["version"] == __version__
    for file in DEPLOY.rglob("*.y*ml"):
        text = file.read_text()
        assert text.count("registry.example.com/kafkalint:") == text.count(
            f"registry.example.com/kafkalint:{__version__}"
        )
        assert text.count("kafkalint/kafkalint@v") == text.count(f"kafkalint/kafkalint@v{__version__}")


def test_every_file_of_the_folder_is_spoken_of_in_the_documentation() -> None:
    pages = "".join(page.read_text() for page in (ROOT / "docs").glob("*.md"))
    for file in DEPLOY.rglob("*"):
        if file.is_file():
            assert (
                file.relative_to(ROOT).as_posix() in pages or f"{file.parent.relative_to(ROOT).as_posix()}/`" in pages
            ), file
