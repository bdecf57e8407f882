"""What the documentation shows in `console` blocks is what a terminal shows, in a copy of fixtures/gitops.

The words behind `console` are the tools that a block needs; a block without them is not run. A line that begins with
`$ ` is a command; what follows is what it says, on both streams. Where `pre-commit` is among the tools, the folder is a
repository that has the page's first configuration, with a commit of these hooks where it says COMMIT.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from real_tools import path_with

ROOT = Path(__file__).parents[1]
_BLOCK = re.compile(r"^```console ([^\n]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_MARK = "-- next --"


class Transcript(NamedTuple):
    page: Path
    tools: tuple[str, ...]
    text: str

    @property
    def commands(self) -> list[str]:
        return re.findall(r"^\$ (.*(?:\\\n.*)*)$", self.text, re.MULTILINE)


def transcripts() -> Iterator[Transcript]:
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        for words, text in _BLOCK.findall(page.read_text()):
            yield Transcript(page, tuple(words.split()), text)


TRANSCRIPTS = list(transcripts())


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which the address of the hooks is this project, and pre-commit has them installed already."""
    place = tmp_path_factory.mktemp("pre-commit")
    source = place / "kafkalint"
    source.mkdir()
    for name in ("kafkalint", "plugins"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        shutil.copy(ROOT / name, source / name)
    environment = {
        "COMMIT": committed(source),
        "PRE_COMMIT_HOME": str(place / "cache"),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.file://{source}.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://github.com/kafkalint/kafkalint",
        **{f"GIT_{who}_NAME": "Me" for who in ("AUTHOR", "COMMITTER")},
        **{f"GIT_{who}_EMAIL": "me@example.com" for who in ("AUTHOR", "COMMITTER")},
    }
    user = place / "user"
    user.mkdir()
    configured(user, environment["COMMIT"])
    command = [sys.executable, "-m", "pre_commit", "install-hooks"]
    subprocess.run(command, cwd=user, env={**os.environ, **environment}, check=True, capture_output=True)
    return environment


def committed(folder: Path) -> str:
    """Put all of a folder into a repository; the commit."""
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com"]
    for words in (["init", "--quiet"], ["add", "--all"], [*identity, "commit", "--quiet", "--message=x"]):
        subprocess.run(["git", *words], cwd=folder, check=True)
    done = subprocess.run(["git", "rev-parse", "HEAD"], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def configured(folder: Path, commit: str) -> None:
    """A repository with the configuration that the page begins with."""
    found = re.search(r"^```yaml\n(.*?)^```$", (ROOT / "docs" / "pre-commit.md").read_text(), re.MULTILINE | re.DOTALL)
    assert found
    (folder / ".pre-commit-config.yaml").write_text(found[1].replace("COMMIT", commit))
    committed(folder)


def shown(transcript: Transcript, folder: Path, hooks: dict[str, str]) -> str:
    # What a command shows is told from the next one's by a line between them, and the exit status is carried over it.
    steps = [f"{command}\nstatus=$?; echo '{_MARK}'; (exit $status)" for command in transcript.commands]
    path = path_with(*(tool for tool in transcript.tools if tool != "pre-commit"))
    environment = {**os.environ, "PATH": path, "KAFKALINT": str(ROOT), "HOME": str(folder.parent), **hooks}
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "HELM_PLUGINS"):
        environment.pop(name, None)
    done = subprocess.run(
        ["bash"],
        input="\n".join(steps),
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    said = done.stdout.split(f"{_MARK}\n")
    pairs = zip(transcript.commands, said, strict=False)
    text = "".join(f"$ {command}\n{output}" for command, output in pairs)
    for path, instead in ((folder, "/home/me/gitops"), (Path(sys.executable).parent, "/home/me/.local/bin")):
        text = text.replace(str(path), instead)
    return re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE)


@pytest.mark.parametrize("transcript", TRANSCRIPTS, ids=[f"{one.page.stem}: {one.commands[0]}" for one in TRANSCRIPTS])
def test_a_transcript_is_what_a_terminal_shows(
    transcript: Transcript, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    folder = tmp_path / "gitops"
    shutil.copytree(ROOT / "fixtures" / "gitops", folder)
    hooks = {}
    if "pre-commit" in transcript.tools:
        hooks = request.getfixturevalue("hooks")
        configured(folder, hooks["COMMIT"])
        if "pre-commit install" not in transcript.commands:
            command = [sys.executable, "-m", "pre_commit", "install"]
            subprocess.run(command, cwd=folder, env={**os.environ, **hooks}, check=True, capture_output=True)
    assert shown(transcript, folder, hooks) == transcript.text


def test_there_are_transcripts() -> None:
    pages = {"argo-cd.md", "flux.md", "helm.md", "kustomize.md", "pre-commit.md"}
    assert {one.page.name for one in TRANSCRIPTS} >= pages
