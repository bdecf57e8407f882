"""What the documentation shows in `console` blocks is what a terminal shows, in a copy of fixtures/gitops.

The words behind `console` are the tools that a block needs; a block without them is not run. A line that begins with
`$ ` is a command; what follows is what it says, on both streams.
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


def shown(transcript: Transcript, folder: Path) -> str:
    # What a command shows is told from the next one's by a line between them, and the exit status is carried over it.
    steps = [f"{command}\nstatus=$?; echo '{_MARK}'; (exit $status)" for command in transcript.commands]
    path = path_with(*transcript.tools)
    environment = {**os.environ, "PATH": path, "KAFKALINT": str(ROOT), "HOME": str(folder.parent)}
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
def test_a_transcript_is_what_a_terminal_shows(transcript: Transcript, tmp_path: Path) -> None:
    folder = tmp_path / "gitops"
    shutil.copytree(ROOT / "fixtures" / "gitops", folder)
    assert shown(transcript, folder) == transcript.text


def test_there_are_transcripts() -> None:
    assert {one.page.name for one in TRANSCRIPTS} >= {"argo-cd.md", "flux.md", "helm.md", "kustomize.md"}
