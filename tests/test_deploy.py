"""What lies in deploy/ is what Argo CD, Flux, Helm and Kustomize read, and does there what the documentation says."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
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


def test_an_empty_git_folder_ends_the_search_for_a_config_at_the_root(gitops: Path) -> None:
    """`.git/*` leaves the folder itself in what Argo CD sends (argo-cd 37ee0097, util/io/files/tar.go)."""
    (gitops / ".kafkalint.yaml").unlink()
    (gitops.parent / ".kafkalint.yaml").write_text("fail-on: never\n")
    folder, path = gitops / "overlays" / "prod", path_with("kustomize")
    assert generate("kafkalint-kustomize", folder, path).returncode == 0, "as docs/argo-cd.md warns"
    (gitops / ".git").mkdir()
    assert generate("kafkalint-kustomize", folder, path).returncode == 1


@pytest.mark.parametrize(
    "opened",
    [
        "metadata: {name: brokers, annotations: {ignore.kafkalint.dev/KL210: meant}}",
        "metadata: {name: brokers} # kafkalint: ignore[KL210]",
    ],
)
def test_a_policy_of_the_sidecar_s_own_is_opened_by_the_manifests_as_the_documentation_warns(
    opened: str, gitops: Path
) -> None:
    (gitops / ".kafkalint.yaml").write_text("ignore: [KL210]\n")
    policy = gitops.parents[1] / "config" / "policy.yaml"
    policy.parent.mkdir()
    policy.write_text("ignores: [{codes: [KL210], paths: ['overlays/**', 'storage.yaml', '*.yaml'], reason: x}]\n")
    folder, path = gitops / "overlays" / "prod", path_with("kustomize")
    command = ["kafkalint", "gate", f"--config={policy}", "--render=kustomize", "."]
    assert run(*command, cwd=folder, path=path).returncode == 1, (
        "neither the repository's config nor paths of the policy count"
    )
    file = folder / "storage.yaml"
    if "#" in opened:
        text = file.read_text().replace("deleteClaim: true", "deleteClaim: true # kafkalint: ignore[KL210] meant")
    else:
        text = file.read_text().replace("metadata:\n  name: brokers", opened)
    file.write_text(text)
    assert run(*command, cwd=folder, path=path).returncode == 0


def test_the_config_s_entry_for_a_release_decides_what_is_deployed(gitops: Path) -> None:
    (gitops / ".kafkalint.yaml").write_text(
        "helm: [{chart: charts/kafka, release: events, values: [charts/kafka/values-prod.yaml]}]\n"
    )
    folder, path = gitops / "charts" / "kafka", path_with("helm4")
    assert b"KL210" in generate("kafkalint-helm", folder, path).stderr
    done = generate("kafkalint-helm", folder, path, ARGOCD_APP_NAME="other")
    assert (done.returncode, done.stdout) == (2, b"")
    # Values files of the Application stand in for those of the entry.
    assert b"size: 100Gi" in generate("kafkalint-helm", folder, path, PARAM_VALUES_FILES_0="values-dev.yaml").stdout


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
    [
        *(
            "../../../../../../../../etc/passwd",
            "/etc/passwd",
            "../../..",
            "$(touch x)",
            "`touch x`",
            "a\n;touch x",
            "--x",
        ),
        # Helm reads a list of names, as CSV has it, and URLs, and standard input.
        *("values.yaml,/etc/passwd", "values.yaml,http://localhost/x", "http://localhost/x", '"/etc/passwd"'),
        *("values.yaml\n/etc/passwd", '"values.yaml","/etc/passwd"', "-", "", ".", "gone.yaml"),
    ],
)
def test_values_files_are_files_of_the_repository_and_never_code(value: str, gitops: Path) -> None:
    folder = gitops / "charts" / "kafka"
    done = generate("kafkalint-helm", folder, path_with("helm4"), PARAM_VALUES_FILES_0=value)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"kafkalint: values-files: ")
    assert b"root:" not in done.stderr
    assert not list(gitops.rglob("x"))


def test_a_folder_s_name_does_not_lead_out_of_the_repository_either(gitops: Path) -> None:
    folder = gitops / "charts" / "kafka,"
    shutil.copytree(gitops / "charts" / "kafka", folder)
    done = generate("kafkalint-helm", folder, path_with("helm4"), PARAM_VALUES_FILES_0="values.yaml")
    assert (done.returncode, done.stdout) == (2, b"")


@pytest.mark.parametrize(
    "name",
    ["VALUES_FILES", "VALUES_FILES_1", "VALUES_FILES_KEY", "VALUES_FILES_00", "VALUES_FILE_0", "VALUES", "RELEASE"],
)
def test_a_parameter_that_would_be_passed_over_is_refused(name: str, gitops: Path) -> None:
    more = {f"PARAM_{name}": "values-dev.yaml"}
    done = generate("kafkalint-helm", gitops / "charts" / "kafka", path_with("helm4"), **more)
    assert (done.returncode, done.stdout) == (2, b""), "a chart would be deployed with its defaults"
    assert done.stderr.startswith(b"kafkalint: ")


@pytest.mark.parametrize("path", ["./charts/kafka", "charts/kafka/", "charts//kafka", "charts/x/../kafka/."])
def test_the_path_of_an_application_may_be_written_in_any_way(path: str, gitops: Path) -> None:
    more = {"PARAM_VALUES_FILES_0": "../../charts/kafka/values-prod.yaml", "ARGOCD_APP_SOURCE_PATH": path}
    done = generate("kafkalint-helm", gitops / "charts" / "kafka", path_with("helm4"), **more)
    assert done.returncode == 1, done.stderr
    assert generate(
        "kafkalint-helm",
        gitops / "charts" / "kafka",
        path_with("helm4"),
        ARGOCD_APP_SOURCE_PATH=path,
        PARAM_VALUES_FILES_0=f"../../../{gitops.name}x/values.yaml",
    ).stderr.endswith(b"is not in the repository\n")


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


# What Argo CD 3.6 installs, in the fields that a sidecar has to do with: containers, their mounts, and who puts
# argocd-cmp-server into var-files (argo-cd 37ee0097, manifests/base/repo-server/argocd-repo-server-deployment.yaml).
REPO_SERVER = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: argocd-repo-server
  labels: {app.kubernetes.io/name: argocd-repo-server, app.kubernetes.io/part-of: argocd}
spec:
  selector: {matchLabels: {app.kubernetes.io/name: argocd-repo-server}}
  template:
    metadata: {labels: {app.kubernetes.io/name: argocd-repo-server}}
    spec:
      serviceAccountName: argocd-repo-server
      automountServiceAccountToken: false
      initContainers:
        - name: copyutil
          image: quay.io/argoproj/argocd:latest
          command: [sh, -c]
          args: [cp argocd /var/run/argocd/argocd && ln -s /var/run/argocd/argocd /var/run/argocd/argocd-cmp-server]
          securityContext: &restricted
            runAsNonRoot: true
            readOnlyRootFilesystem: true
            allowPrivilegeEscalation: false
            capabilities: {drop: [ALL]}
            seccompProfile: {type: RuntimeDefault}
          volumeMounts: [{name: var-files, mountPath: /var/run/argocd}]
      containers:
        - name: argocd-repo-server
          image: quay.io/argoproj/argocd:latest
          args: [/usr/local/bin/argocd-repo-server]
          env:
            - {name: HELM_CACHE_HOME, value: /helm-working-dir}
            - name: ARGOCD_REPO_SERVER_PLUGIN_TAR_EXCLUSIONS
              valueFrom:
                configMapKeyRef: {name: argocd-cmd-params-cm, key: reposerver.plugin.tar.exclusions, optional: true}
          ports: [{containerPort: 8081}, {containerPort: 8084}]
          securityContext: *restricted
          volumeMounts:
            - {name: ssh-known-hosts, mountPath: /app/config/ssh}
            - {name: tmp, mountPath: /tmp}
            - {name: helm-working-dir, mountPath: /helm-working-dir}
            - {name: plugins, mountPath: /home/argocd/cmp-server/plugins}
      volumes:
        - {name: ssh-known-hosts, configMap: {name: argocd-ssh-known-hosts-cm}}
        - {name: tmp, emptyDir: {}}
        - {name: helm-working-dir, emptyDir: {}}
        - {name: var-files, emptyDir: {}}
        - {name: plugins, emptyDir: {}}
"""


def installation(tmp_path: Path, repo_server: str = REPO_SERVER) -> subprocess.CompletedProcess[bytes]:
    """An installation of Argo CD with the component, built."""
    shutil.copytree(DEPLOY / "argocd", tmp_path / "kafkalint")
    folder = tmp_path / "installation"
    folder.mkdir()
    (folder / "repo-server.yaml").write_text(repo_server)
    images = "images: [{name: kafkalint, newName: registry.example.com/kafkalint, newTag: 0.1.0}]\n"
    text = f"namespace: argocd\nresources: [repo-server.yaml]\ncomponents: [../kafkalint]\n{images}"
    (folder / "kustomization.yaml").write_text(text)
    return run("kustomize", "build", ".", cwd=folder, path=path_with("kustomize"))


@pytest.fixture
def repo_server(tmp_path: Path) -> dict[str, dict[str, Any]]:
    """What an installation with the component is built to, by kind or, of ConfigMaps, by name."""
    done = installation(tmp_path)
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
    assert {thing["metadata"]["namespace"] for thing in repo_server.values()} == {"argocd"}


def test_all_else_of_the_repo_server_stays_as_it_was(repo_server: dict[str, dict[str, Any]]) -> None:
    before, after = yaml.safe_load(REPO_SERVER), repo_server["Deployment"]
    pod, was = after["spec"]["template"]["spec"], before["spec"]["template"]["spec"]
    pod["containers"] = [one for one in pod["containers"] if not one["name"].startswith("kafkalint-")]
    pod["volumes"] = [one for one in pod["volumes"] if not one["name"].startswith("kafkalint-")]
    del after["metadata"]["namespace"]
    assert pod == was
    assert after == before


def test_a_component_that_finds_no_repo_server_says_so(tmp_path: Path) -> None:
    done = installation(
        tmp_path, REPO_SERVER.replace("name: argocd-repo-server\n  labels", "name: my-repo-server\n  labels")
    )
    assert done.returncode == 1
    assert b"argocd-repo-server" in done.stderr


def test_the_values_of_argo_helm_are_the_same_sidecars() -> None:
    values = load(DEPLOY / "argocd" / "argo-helm-values.yaml")["repoServer"]
    pod = load(DEPLOY / "argocd" / "repo-server.yaml")["spec"]["template"]["spec"]
    for container in pod["containers"]:
        container["image"] = f"registry.example.com/kafkalint:{__version__}"
    assert values == {"extraContainers": pod["containers"], "volumes": pod["volumes"]}


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
    # What is deployed is mended since, and that is not the revision that is synced.
    storage = gitops / "overlays" / "prod" / "storage.yaml"
    storage.write_text(storage.read_text().replace("deleteClaim: true", "deleteClaim: false"))
    subprocess.run(["git", *identity, "commit", "--quiet", "--all", "--message=y"], cwd=gitops, check=True)
    done = fetched(tmp_path, gitops, told.stdout.strip())
    assert done.returncode == 0, done.stderr
    judge = load(DEPLOY / "argocd" / "presync-job.yaml")["spec"]["template"]["spec"]["containers"][0]
    done = run("kafkalint", *judge["args"], cwd=tmp_path / "work", path=path_with("kustomize"))
    assert done.returncode == 1
    assert b"KL210" in done.stdout


def fetched(tmp_path: Path, repository: Path, revision: str) -> subprocess.CompletedProcess[bytes]:
    """What the hook's first container does."""
    fetch = load(DEPLOY / "argocd" / "presync-job.yaml")["spec"]["template"]["spec"]["initContainers"][0]
    words = [word.replace("/work", str(tmp_path / "work")) for word in [*fetch["command"], *fetch["args"]]]
    path = path_with("kustomize")
    return run(*words, cwd=tmp_path, path=path, REPOSITORY=f"file://{repository}", REVISION=revision)


@pytest.mark.parametrize(
    "revision", ["", "TO-BE-SET", "main", "HEAD", "beef", "--upload-pack=touch x;", "$(touch x)", "0" * 40, "a\n--b"]
)
def test_the_hook_fails_where_it_is_told_no_commit(revision: str, gitops: Path, tmp_path: Path) -> None:
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com"]
    for words in (
        ["init", "--quiet"],
        ["add", "--all"],
        [*identity, "commit", "--quiet", "--message=x"],
        ["branch", "beef"],
    ):
        subprocess.run(["git", *words], cwd=gitops, check=True)
    assert fetched(tmp_path, gitops, revision).returncode != 0
    assert not list(tmp_path.rglob("x"))


def test_the_hook_as_it_is_copied_fails() -> None:
    told = load(DEPLOY / "argocd" / "presync-job.yaml")["spec"]["template"]["metadata"]["annotations"]
    assert told == {"kafkalint.dev/revision": "TO-BE-SET"}


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


@pytest.mark.parametrize(
    ("found", "said", "status"), [("true", "", 1), ("false", "", 0), ("true", "ignore: [KL210]\n", 0)]
)
def test_the_job_judges_what_its_config_map_holds_by_its_config(
    found: str, said: str, status: int, gitops: Path, tmp_path: Path
) -> None:
    file = gitops / "overlays" / "prod" / "storage.yaml"
    file.write_text(file.read_text().replace("deleteClaim: true", f"deleteClaim: {found}"))
    with (gitops / ".kafkalint.yaml").open("a") as config:
        config.write(said)
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
    (container,) = pod["containers"]
    assert container["workingDir"] == "/manifests"
    done = run("kafkalint", *container["args"], cwd=mount, path=path_with("kustomize"))
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


def test_the_function_says_nothing_against_a_stricter_config(gated: Path, gitops: Path) -> None:
    overlay = gitops / "overlays" / "dev" / "kustomization.yaml"
    overlay.write_text(overlay.read_text() + PATCH)
    path = path_with("kustomize")
    done = run(*EXEC, cwd=gated, path=path)
    assert done.returncode == 0, done.stderr
    with (gitops / ".kafkalint.yaml").open("a") as config:
        config.write("fail-on: warning\n")
    done = run(*EXEC, cwd=gated, path=path)
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"warning KL" in done.stderr
    file = gated / "gate.yaml"
    file.write_text(file.read_text().replace("spec: {}", "spec: {failOn: error}"))
    assert run(*EXEC, cwd=gated, path=path).returncode == 0, "what the function says goes first"


def test_what_the_function_s_file_has_commented_out_can_be_said(gated: Path) -> None:
    file = gated / "gate.yaml"
    text = file.read_text()
    before, after = text.split("spec: {}")
    assert "failOn" in after
    file.write_text(f"{before}spec:{after.replace('#', '')}")
    done = run(*EXEC, cwd=gated, path=path_with("kustomize"))
    assert done.returncode == 0, done.stderr


# What it leads to is a warning, and no error.
PATCH = """\
patches:
  - target: {kind: StorageClass}
    patch: |
      - {op: replace, path: /reclaimPolicy, value: Delete}
"""
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


def helm4(
    gitops: Path, *words: str, stderr: int | Any = subprocess.PIPE, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    env = {"PATH": path_with("helm4"), "HOME": str(gitops), "HELM_PLUGINS": str(DEPLOY / "helm4"), **environment}
    command = ["helm", "template", "events", "charts/kafka", "--post-renderer=kafkalint", *words]
    return subprocess.run(
        command,
        cwd=gitops,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=stderr,
        check=False,
        start_new_session=True,
    )


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


@pytest.mark.parametrize("where", ["file", "socket"])
def test_helm_4_s_findings_go_into_a_file_where_they_can_be_shown_nowhere_else(where: str, gitops: Path) -> None:
    log = gitops / "kafkalint.log"
    ours, theirs = socket.socketpair()
    with ours, theirs, (gitops / "log").open("wb") as file:
        stderr = file if where == "file" else theirs
        done = helm4(gitops, "--values=charts/kafka/values-prod.yaml", stderr=stderr, KAFKALINT_GATE_LOG=str(log))
    assert (done.returncode, done.stdout.strip()) == (1, b"")
    assert b"KL210" in log.read_bytes()


def test_helm_4_says_that_there_is_no_kafkalint(gitops: Path) -> None:
    place = gitops / "bin"
    place.mkdir()
    for name in ("helm", "sh"):
        found = shutil.which(name, path=path_with("helm4"))
        assert found
        (place / name).symlink_to(found)
    done = helm4(gitops, PATH=str(place))
    assert (done.returncode, done.stdout.strip()) == (1, b"")
    assert b"kafkalint is not on the PATH" in done.stderr


def test_helm_4_hands_arguments_on(gitops: Path) -> None:
    done = helm4(gitops, "--values=charts/kafka/values-prod.yaml", "--post-renderer-args=--fail-on=never")
    assert done.returncode == 0, done.stderr


# GitLab


GITLAB = sorted((DEPLOY / "gitlab").glob("*.yml"))


def test_gitlab_s_jobs_are_jobs() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.gitlab-ci", *GITLAB]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("file", GITLAB, ids=lambda file: file.name)
@pytest.mark.parametrize(("found", "status"), [("true", 1), ("false", 0)])
def test_gitlab_is_given_the_reports_whether_findings_fail_the_job_or_not(
    file: Path, found: str, status: int, gitops: Path
) -> None:
    storage = gitops / "overlays" / "prod" / "storage.yaml"
    storage.write_text(storage.read_text().replace("deleteClaim: true", f"deleteClaim: {found}"))
    job = load(file)["kafkalint"]
    script = "\n".join(["set -eo pipefail", *job["script"]])
    done = run("bash", "-c", script, cwd=gitops, path=path_with("kustomize", "helm4"), GITLAB_CI="true")
    assert done.returncode == status, done.stdout + done.stderr
    assert job["artifacts"]["when"] == "always"
    reports = job["artifacts"]["reports"]
    quality = json.loads((gitops / reports["codequality"]).read_text())
    assert [entry["location"]["path"] for entry in quality] == ["overlays/prod/storage.yaml"] * status
    assert (gitops / reports["junit"]).exists()


# All of it


@pytest.fixture
def everything(gitops: Path) -> Path:
    """The repository with every integration in place, as the pages say."""
    shutil.copytree(DEPLOY / "flux" / "gate", gitops / "gate")
    shutil.copytree(DEPLOY / "github", gitops / ".github" / "workflows")
    shutil.copytree(DEPLOY / "argocd", gitops / "argo-cd" / "kafkalint")
    (gitops / "gated" / "prod").mkdir(parents=True)
    shutil.copy(DEPLOY / "kustomize" / "gate.yaml", gitops / "gated" / "prod")
    (gitops / "gated" / "prod" / "kustomization.yaml").write_text(
        "resources: [../../overlays/prod]\ntransformers: [gate.yaml]\n"
    )
    shutil.copy(DEPLOY / "flux" / "kustomizations.yaml", gitops)
    (gitops / "argo-cd" / "kustomization.yaml").write_text(
        "namespace: argocd\nresources: [https://example.com/install.yaml, applications.yaml]\ncomponents: [kafkalint]\n"
    )
    shutil.copy(DEPLOY / "argocd" / "applications.yaml", gitops / "argo-cd")
    shutil.copy(DEPLOY / "argocd" / "presync-job.yaml", gitops / "argo-cd")
    shutil.copy(DEPLOY / "gitlab" / "kafkalint-image.gitlab-ci.yml", gitops / ".gitlab-ci.yml")
    return gitops


@pytest.mark.parametrize(("found", "status"), [("true", 1), ("false", 0)])
def test_a_repository_with_every_integration_in_place_is_judged_whole(
    found: str, status: int, everything: Path
) -> None:
    path = path_with("kustomize", "helm4")
    storage = everything / "overlays" / "prod" / "storage.yaml"
    storage.write_text(storage.read_text().replace("deleteClaim: true", f"deleteClaim: {found}"))
    done = run("kafkalint", "check", "--format=json", cwd=everything, path=path)
    report = json.loads(done.stdout)
    assert done.returncode == status, done.stdout
    assert [finding["code"] for finding in report["findings"]] == ["KL210"] * status
    assert report["notices"] == []
    # What is left out of the whole is built by those who can.
    done = run(*EXEC, cwd=everything / "gated" / "prod", path=path)
    assert (done.returncode, b"KL210" in done.stderr) == (status, status == 1)
    built_gate(everything)


@pytest.mark.parametrize("folder", ["argo-cd", "gate", "gated"])
def test_without_the_exclusion_a_folder_that_only_others_can_build_leaves_the_run_incomplete(
    folder: str, everything: Path
) -> None:
    excluded = {"argo-cd", "gate", "gated"} - {folder}
    (everything / ".kafkalint.yaml").write_text(f"exclude: [{', '.join(excluded)}]\n")
    storage = everything / "overlays" / "prod" / "storage.yaml"
    storage.write_text(storage.read_text().replace("deleteClaim: true", "deleteClaim: false"))
    done = run("kafkalint", "check", cwd=everything, path=path_with("kustomize", "helm4"))
    assert done.returncode == 2
    assert b"NOT COMPLETE" in done.stdout


def test_the_version_is_said_as_it_is() -> None:
    assert load(DEPLOY / "helm4" / "kafkalint" / "plugin.yaml")["version"] == __version__
    for file in DEPLOY.rglob("*.y*ml"):
        text = file.read_text()
        assert text.count("registry.example.com/kafkalint:") == text.count(
            f"registry.example.com/kafkalint:{__version__}"
        )
        assert "kafkalint/kafkalint@v" not in text, "there is no release yet"


def test_every_file_of_the_folder_is_spoken_of_in_the_documentation() -> None:
    pages = "".join(page.read_text() for page in (ROOT / "docs").glob("*.md"))
    for file in DEPLOY.rglob("*"):
        if file.is_file():
            assert (
                file.relative_to(ROOT).as_posix() in pages or f"{file.parent.relative_to(ROOT).as_posix()}/`" in pages
            ), file
