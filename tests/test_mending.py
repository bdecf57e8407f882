"""`check --fix`, `--unsafe-fixes` and `--diff` as their users meet them."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from real_tools import real_kustomize
from ruamel.yaml import YAML

from kafkalint.cli import main
from kafkalint.fixing.shadow import Shadow

STATEFUL_SET = """\
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: kafka  # the brokers
spec:
  serviceName: kafka
  replicas: 3
  selector:
    matchLabels: {app: kafka}
  template:
    metadata:
      labels: {app: kafka}
    spec:
      # one container
      containers:
        - name: kafka
          image: apache/kafka:4.1.0
"""
MENDED = """\
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: kafka  # the brokers
spec:
  serviceName: kafka
  replicas: 3
  selector:
    matchLabels: {app: kafka}
  template:
    metadata:
      labels: {app: kafka}
    spec:
      affinity:
        podAntiAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            - topologyKey: kubernetes.io/hostname
              labelSelector:
                matchLabels:
                  app: kafka
      # one container
      containers:
        - name: kafka
          image: apache/kafka:4.1.0
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: kafka-pdb
spec:
  maxUnavailable: 1
  selector:
    matchLabels:
      app: kafka
"""
BLOCKING_AND_AIMLESS = (
    MENDED.partition("---\n")[0]
    + "---\n"
    + MENDED.partition("---\n")[2].replace("app: kafka", "app: broker").replace("maxUnavailable: 1", "minAvailable: 3")
)
RULES = "--select=KL301,KL306"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def check(*arguments: str, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["check", *arguments], input=stdin, catch_exceptions=False)


def test_what_can_be_mended_is_mended_and_comments_stay(folder: Path) -> None:
    file = folder / "kafka.yaml"
    file.write_text(STATEFUL_SET)
    done = check(RULES, "--fix")
    assert file.read_text() == MENDED
    assert done.exit_code == 0, done.stdout


def test_a_second_run_changes_nothing(folder: Path) -> None:
    (folder / "kafka.yaml").write_text(STATEFUL_SET)
    check("--fix", "--unsafe-fixes")
    once = (folder / "kafka.yaml").read_bytes()
    state = (folder / "kafka.yaml").stat()
    check("--fix", "--unsafe-fixes")
    assert (folder / "kafka.yaml").read_bytes() == once
    assert (folder / "kafka.yaml").stat().st_ino == state.st_ino, "a file that stays is not written"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (STATEFUL_SET.replace("\n", "\r\n").encode(), MENDED.replace("\n", "\r\n").encode()),
        (b"\xef\xbb\xbf" + STATEFUL_SET.encode(), b"\xef\xbb\xbf" + MENDED.encode()),
        (STATEFUL_SET[:-1].encode(), MENDED[:-1].encode()),
        (STATEFUL_SET.encode("utf-16"), MENDED.encode("utf-16")),
        (b"\xfe\xff" + STATEFUL_SET.encode("utf-16-be"), b"\xfe\xff" + MENDED.encode("utf-16-be")),
    ],
    ids=["CRLF", "BOM", "no final line break", "UTF-16", "UTF-16 big endian"],
)
def test_the_bytes_around_an_edit_are_the_users(folder: Path, before: bytes, after: bytes) -> None:
    (folder / "kafka.yaml").write_bytes(before)
    check(RULES, "--fix")
    assert (folder / "kafka.yaml").read_bytes() == after


def test_unsafe_fixes_are_made_only_when_asked_for(folder: Path) -> None:
    file = folder / "claim.yaml"
    file.write_text(
        STATEFUL_SET.replace(
            "replicas: 3", "replicas: 3\n  persistentVolumeClaimRetentionPolicy: {whenDeleted: Delete}"
        )
    )
    text = file.read_text()
    check("--select=KL210", "--fix")
    assert file.read_text() == text


def test_unsafe_fixes_alone_is_wrong_use(folder: Path) -> None:
    (folder / "kafka.yaml").write_text(STATEFUL_SET)
    done = check("--unsafe-fixes")
    assert done.exit_code == 2
    assert "--fix" in done.stderr


def test_a_diff_is_shown_and_nothing_written(folder: Path) -> None:
    file = folder / "kafka.yaml"
    file.write_text(STATEFUL_SET)
    done = check(RULES, "--diff")
    assert done.exit_code == 1
    assert file.read_text() == STATEFUL_SET
    assert done.stdout.startswith("--- a/kafka.yaml\n+++ b/kafka.yaml\n@@ ")
    subprocess.run(["git", "apply", "-"], input=done.stdout.encode(), cwd=folder, check=True)
    assert file.read_text() == MENDED
    again = check(RULES, "--diff")
    assert (again.exit_code, again.stdout) == (0, "")


def test_a_diff_and_a_report_in_a_file(folder: Path) -> None:
    (folder / "kafka.yaml").write_text(STATEFUL_SET)
    done = check(RULES, "--diff", "-f", "json=report.json")
    assert done.stdout.startswith("--- a/kafka.yaml")
    assert [item["code"] for item in json.loads((folder / "report.json").read_text())["findings"]] == ["KL301", "KL306"]


def test_standard_input_is_mended_on_standard_output(folder: Path) -> None:
    done = check(RULES, "--fix", "-", stdin=STATEFUL_SET.encode())
    assert done.stdout == MENDED
    assert "Seen: " in done.stderr
    assert list(folder.iterdir()) == []


def test_standard_input_that_needs_nothing_comes_out_as_it_is(folder: Path) -> None:
    done = check(RULES, "--fix", "-", stdin=MENDED.replace("\n", "\r\n").encode())
    assert done.stdout_bytes == MENDED.replace("\n", "\r\n").encode()


def test_a_links_target_is_mended_and_the_link_stays(folder: Path) -> None:
    (folder / "real").mkdir()
    (folder / "real" / "kafka.yaml").write_text(STATEFUL_SET)
    (folder / "kafka.yaml").symlink_to("real/kafka.yaml")
    check(RULES, "--fix", "kafka.yaml")
    assert (folder / "kafka.yaml").is_symlink()
    assert (folder / "real" / "kafka.yaml").read_text() == MENDED


def test_the_mode_of_a_file_stays(folder: Path) -> None:
    file = folder / "kafka.yaml"
    file.write_text(STATEFUL_SET)
    file.chmod(0o640)
    check(RULES, "--fix")
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_a_file_outside_the_working_tree_is_left_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "kafka.yaml").write_text(STATEFUL_SET)
    (folder / "repository" / ".git").mkdir(parents=True)
    monkeypatch.chdir(folder / "repository")
    done = check(RULES, "--fix", "../kafka.yaml")
    assert (folder / "kafka.yaml").read_text() == STATEFUL_SET
    assert "outside the working tree" in " ".join(done.stdout.split())


def test_a_link_out_of_the_working_tree_is_left_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "kafka.yaml").write_text(STATEFUL_SET)
    (folder / "repository" / ".git").mkdir(parents=True)
    (folder / "repository" / "kafka.yaml").symlink_to("../kafka.yaml")
    monkeypatch.chdir(folder / "repository")
    check(RULES, "--fix", "kafka.yaml")
    assert (folder / "kafka.yaml").read_text() == STATEFUL_SET


def test_what_stands_behind_an_alias_is_left_alone(folder: Path) -> None:
    text = STATEFUL_SET.replace("template:\n", "template: &template\n") + "x-other: *template\n"
    (folder / "kafka.yaml").write_text(text)
    done = check("--select=KL306", "--fix")
    assert (folder / "kafka.yaml").read_text() == text
    assert "KL306" in done.stdout


def test_fixes_in_each_others_way_are_made_one_after_the_other(folder: Path) -> None:
    text = STATEFUL_SET + "---\n" + STATEFUL_SET.replace("kafka", "other")
    (folder / "kafka.yaml").write_text(text.replace("image: apache/other", "image: apache/kafka"))
    done = check(RULES, "--fix")
    assert done.exit_code == 0, done.stdout
    assert (folder / "kafka.yaml").read_text().count("kind: PodDisruptionBudget") == 2


def test_only_tracked_files_are_mended_from_git(folder: Path) -> None:
    (folder / "kafka.yaml").write_text(STATEFUL_SET)
    (folder / "other.yaml").write_text(STATEFUL_SET.replace("name: kafka ", "name: other "))
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    subprocess.run(["git", "add", "kafka.yaml"], cwd=folder, check=True)
    check(RULES, "--fix", "--from-git")
    assert (folder / "kafka.yaml").read_text() == MENDED
    assert "affinity" not in (folder / "other.yaml").read_text()


def test_a_file_that_cannot_be_written_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "kafka.yaml").write_text(STATEFUL_SET)

    def no_room(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", no_room)
    done = check(RULES, "--fix")
    assert done.exit_code == 2
    assert "No space left on device" in done.stderr
    assert (folder / "kafka.yaml").read_text() == STATEFUL_SET
    assert [path.name for path in folder.iterdir()] == ["kafka.yaml"]


def test_a_plain_run_changes_nothing_and_says_what_could_be_done(folder: Path) -> None:
    (folder / "kafka.yaml").write_text(STATEFUL_SET)
    done = check(RULES)
    assert (folder / "kafka.yaml").read_text() == STATEFUL_SET
    assert "--fix" in done.stdout


UNUSED = "# kafkalint: ignore[{}] nobody needs it\n"


@pytest.mark.parametrize(
    ("code", "paths", "removed"),
    [("KL306", ["kafka.yaml"], True), ("KL301", ["kafka.yaml"], False), ("KL301", [], True)],
)
def test_a_suppression_goes_only_where_the_run_can_show_that_nobody_needs_it(
    folder: Path, code: str, paths: list[str], *, removed: bool
) -> None:
    (folder / "kafka.yaml").write_text(UNUSED.format(code) + MENDED)
    check("--select=KL301,KL306,KL005", "--fix", *paths)
    assert (folder / "kafka.yaml").read_text() == (MENDED if removed else UNUSED.format(code) + MENDED)


def test_what_a_fix_brings_to_light_is_mended_with_it(folder: Path) -> None:
    budget = (
        MENDED.partition("---\n")[2]
        .replace("app: kafka", "app: broker")
        .replace("maxUnavailable: 1", "minAvailable: 3")
    )
    text = MENDED.partition("---\n")[0] + "---\n" + budget
    (folder / "kafka.yaml").write_text(text)
    done = check("--select=KL301,KL302,KL303", "--fix")
    assert done.exit_code == 0, done.stdout
    assert "maxUnavailable: 1" in (folder / "kafka.yaml").read_text()
    (folder / "kafka.yaml").write_text(text)
    (found,) = json.loads(check("--select=KL301,KL302,KL303", "-f", "json").stdout)["findings"]
    assert found["code"] == "KL302"
    assert len(found["fix"]["changes"][0]["edits"]) == 2, "a report carries both edits as one fix"


def test_a_fix_that_would_bring_something_else_is_taken_back_and_says_so(folder: Path) -> None:
    budget = (
        MENDED.partition("---\n")[2]
        .replace("app: kafka", "app: broker")
        .replace("maxUnavailable: 1", "minAvailable: 3")
    )
    text = MENDED.partition("---\n")[0] + "---\n" + budget
    (folder / "kafka.yaml").write_text(text)
    (folder / ".kafkalint.yaml").write_text("levels: {KL303: error}\nselect: [KL302, KL303]\n")
    # An annotation template in the line of the number keeps that fix from being made.
    (folder / "kafka.yaml").write_text(text.replace("minAvailable: 3", "minAvailable: 3 # {{ nodes }}"))
    done = check("--fix")
    assert done.exit_code == 1
    assert "KL303" in done.stdout
    assert "taken back" in " ".join(done.stdout.split())
    assert "app: broker" in (folder / "kafka.yaml").read_text()


def test_a_patch_for_what_somebody_else_renders(folder: Path) -> None:
    done = check(RULES, "--patch", "kustomize", "-", stdin=STATEFUL_SET.encode())
    assert done.exit_code == 1
    documents = list(YAML(typ="safe", pure=True).load_all(done.stdout))
    assert [document["kind"] for document in documents] == ["Component", "PodDisruptionBudget"]
    assert documents[0]["patches"][0]["target"] == {
        "group": "apps",
        "version": "v1",
        "kind": "StatefulSet",
        "name": "kafka",
    }
    assert "2 findings in 1 file would be mended" in done.stderr
    assert list(folder.iterdir()) == []


def test_there_is_no_patch_where_nothing_is_to_be_mended(folder: Path) -> None:
    done = check(RULES, "--patch", "kustomize", "-", stdin=MENDED.encode())
    assert (done.exit_code, done.stdout) == (0, "")


def test_a_patch_and_a_fix_do_not_go_together(folder: Path) -> None:
    (folder / "kafka.yaml").write_text(STATEFUL_SET)
    assert check("--patch", "kustomize", "--fix").exit_code == 2


def test_what_somebody_else_writes_meanwhile_is_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = folder / "kafka.yaml"
    file.write_text(STATEFUL_SET)
    theirs = STATEFUL_SET.replace("name: kafka  # the brokers", "name: other  # the brokers")

    def meanwhile(*arguments: object, **more: object) -> Shadow:
        file.write_text(theirs)
        return of(*arguments, **more)

    of = Shadow.of
    monkeypatch.setattr(Shadow, "of", meanwhile)
    done = check(RULES, "--fix")
    assert file.read_text() == theirs
    assert done.exit_code == 1
    assert "changed meanwhile" in " ".join(done.stdout.split())


def test_files_are_written_all_or_none(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {
        name: STATEFUL_SET.replace("name: kafka  #", f"name: {name}  #").replace("app: kafka", f"app: {name}")
        for name in ("a", "b", "c")
    }
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text)
    replace, written = os.replace, []

    def no_room(source: str, target: str) -> None:
        if target.endswith("c.yaml"):
            raise OSError(28, "No space left on device")
        written.append(target)
        replace(source, target)

    monkeypatch.setattr(os, "replace", no_room)
    done = check("--select=KL306", "--fix", "-f", "json")
    assert len(written) == 4, "two were written and put back"
    assert {name: (folder / f"{name}.yaml").read_text() for name in texts} == texts
    assert done.exit_code == 2
    report = json.loads(done.stdout)
    assert len(report["findings"]) == 3, "what was not written is not mended"
    assert report["mended"] == []


def kustomization(folder: Path, *resources: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    listed = "".join(f"  - {name}\n" for name in resources)
    (folder / "kustomization.yaml").write_text(f"resources:\n{listed}")


@real_kustomize
def test_a_base_that_others_build_upon_is_theirs_too(folder: Path) -> None:
    kustomization(folder / "base", "kafka.yaml")
    (folder / "base" / "kafka.yaml").write_text(STATEFUL_SET)
    kustomization(folder / "dev", "../base")
    kustomization(folder / "prod", "../base")
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    done = check(RULES, "--fix", "prod")
    assert done.exit_code == 0, done.stdout
    assert (folder / "base" / "kafka.yaml").read_text() == STATEFUL_SET
    assert "patches:" in (folder / "prod" / "kustomization.yaml").read_text()
    # A run that sees both mends the base for both.
    (folder / "prod" / "kustomization.yaml").write_text("resources:\n  - ../base\n")
    assert check(RULES, "--fix").exit_code == 0
    assert "podAntiAffinity" in (folder / "base" / "kafka.yaml").read_text()
    assert "patches:" not in (folder / "prod" / "kustomization.yaml").read_text()


def test_a_repository_inside_is_somebody_elses(folder: Path) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    (folder / "inside" / ".git").mkdir(parents=True)
    (folder / "inside" / "kafka.yaml").write_text(STATEFUL_SET)
    check(RULES, "--fix")
    assert (folder / "inside" / "kafka.yaml").read_text() == STATEFUL_SET


def test_a_diff_from_a_folder_is_applied_at_the_root(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / "deep" / "kafka.yaml").write_text(STATEFUL_SET)
    monkeypatch.chdir(folder / "deep" / "er")
    text = check(RULES, "--diff", "..").stdout
    assert text.startswith("--- a/deep/kafka.yaml\n")
    subprocess.run(["git", "apply", "-"], input=text.encode(), cwd=folder, check=True)
    assert (folder / "deep" / "kafka.yaml").read_text() == MENDED


def test_a_pipe_by_name_is_read_once(folder: Path) -> None:
    program = [sys.executable, "-m", "kafkalint", "check", RULES, "--fix"]
    line = " ".join(program) + " <(cat kafka.yaml)"
    (folder / "kafka.yaml").write_text(STATEFUL_SET)
    done = subprocess.run(["bash", "-c", line], cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1, done.stderr
    assert (folder / "kafka.yaml").read_text() == STATEFUL_SET


def test_a_diff_of_what_cannot_be_read_is_no_pass(folder: Path) -> None:
    (folder / "kafka.yaml").write_text("a: [\n")
    assert check("--diff", "kafka.yaml").exit_code == 2


def test_findings_that_are_alike_are_mended_in_one_run(folder: Path) -> None:
    comment = "# kafkalint: ignore[KL101] nobody needs it\n"
    (folder / "kafka.yaml").write_text(MENDED + "".join(f"{comment}a{n}: 1\n" for n in range(40)))
    check("--select=KL005,KL101", "--fix")
    assert "kafkalint" not in (folder / "kafka.yaml").read_text()


def test_an_empty_folder_beside_is_no_fault(folder: Path) -> None:
    (folder / "kafka.yaml").write_text(STATEFUL_SET)
    (folder / "empty").mkdir()
    assert check(RULES, "-f", "json", "kafka.yaml", "empty").exit_code == 1
    assert check(RULES, "--fix", "kafka.yaml", "empty").exit_code == 0


def test_a_file_that_is_read_only_keeps_no_other_from_being_mended(folder: Path) -> None:
    for name in ("a", "b"):
        text = STATEFUL_SET.replace("name: kafka  #", f"name: {name}  #").replace("app: kafka", f"app: {name}")
        (folder / f"{name}.yaml").write_text(text)
    (folder / "a.yaml").chmod(0o444)
    done = check("--select=KL306", "--fix")
    assert done.exit_code == 1
    assert "a.yaml is read-only" in " ".join(done.stdout.split())
    assert "podAntiAffinity" not in (folder / "a.yaml").read_text()
    assert "podAntiAffinity" in (folder / "b.yaml").read_text()
