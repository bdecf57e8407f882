"""How far a long run is: what the engine says of it, and what a terminal shows."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from kafkalint.cli.bar import Bar, Step, drawn
from kafkalint.cli.watching import is_watched
from kafkalint.fixing.mending import SAFE, mend, proven
from kafkalint.manifests.loading import LoadRequest, load

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: kafka}\n"
DEMO = Path(__file__).parents[1] / "fixtures" / "demo" / "kafka.yaml"


class Recorder:
    def __init__(self) -> None:
        self.steps: list[tuple[str, int, int]] = []
        self.threads: set[int] = set()

    def step(self, what: str, done: int = 0, total: int = 0) -> None:
        self.steps.append((what, done, total))
        self.threads.add(threading.get_ident())


class Terminal(io.StringIO):
    """A terminal that keeps all that was written to it, and lets others wait for the first of it."""

    def __init__(self) -> None:
        super().__init__()
        self.written_to = threading.Event()

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        length = super().write(text)
        self.written_to.set()
        return length

    @property
    def lines(self) -> list[str]:
        """What stands on it, each line as it was left."""
        found = []
        for line in self.getvalue().split("\n"):
            left = ""
            for text in line.split("\r"):
                left = text + left[len(text) :]
            found.append(left.rstrip())
        return found


def fake_kustomize(folder: Path, script: str) -> str:
    (folder / "bin").mkdir()
    (folder / "bin" / "kustomize").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "bin" / "kustomize").chmod(0o755)
    return f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"


def roots(folder: Path, number: int) -> None:
    for each in range(number):
        (folder / f"kafka-{each}").mkdir()
        (folder / f"kafka-{each}" / "kustomization.yaml").write_text("resources: [pod.yaml]\n")
        (folder / f"kafka-{each}" / "pod.yaml").write_text(POD)


def test_every_file_is_a_step(tmp_path: Path) -> None:
    for each in range(3):
        (tmp_path / f"{each}.yaml").write_text(POD)
    seen = Recorder()
    load(LoadRequest(paths=(".",), directory=str(tmp_path), progress=seen))
    assert seen.steps[0] == ("looking for files", 0, 0)
    assert [step for step in seen.steps if step[0] == "reading files"] == [("reading files", n, 3) for n in range(3)]


def test_renderings_side_by_side_are_counted_by_the_thread_that_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", fake_kustomize(tmp_path, "echo 'kind: Role'"))
    roots(tmp_path, 5)
    seen = Recorder()
    loaded = load(LoadRequest(paths=(".",), directory=str(tmp_path), jobs=3, progress=seen))
    assert [step for step in seen.steps if step[0] == "rendering"] == [("rendering", n, 5) for n in range(6)]
    assert seen.threads == {threading.get_ident()}
    assert [account.name for account in loaded.accounts] == [f"kafka-{n}" for n in range(5)]


def test_a_rendering_that_fails_is_accounted_for_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", fake_kustomize(tmp_path, "exit 1"))
    roots(tmp_path, 1)
    (account,) = load(LoadRequest(paths=(".",), directory=str(tmp_path))).accounts
    assert account.failed
    assert account.command == (str(tmp_path / "bin" / "kustomize"), "build", ".")


def test_fixes_are_counted_as_they_are_decided(tmp_path: Path) -> None:
    from datetime import date  # noqa: PLC0415

    from kafkalint.checking.selection import plan  # noqa: PLC0415
    from kafkalint.cli.mending import _Copy  # noqa: PLC0415
    from kafkalint.config.settings import Config  # noqa: PLC0415
    from kafkalint.linting import Rules  # noqa: PLC0415
    from kafkalint.registry import load_registry  # noqa: PLC0415

    (tmp_path / "kafka.yaml").write_text(DEMO.read_text())
    (tmp_path / "copy").mkdir()
    registry = load_registry()
    chosen = plan([item.check for item in registry.checks])
    rules = Rules(registry, chosen, Config(), Config().settings(None, None), date(2026, 1, 1), str(tmp_path))
    seen, inner = Recorder(), Recorder()
    request = LoadRequest(paths=("kafka.yaml",), directory=str(tmp_path), progress=inner)
    world = _Copy(request, rules, str(tmp_path / "copy"))
    outcome = world.lint()
    proven(world, outcome, seen)
    whole = [step for step in seen.steps if step[0] == "proving fixes"]
    assert whole[0] == ("proving fixes", 0, 4)
    assert all(done <= total == 4 for _, done, total in whole)
    assert [done for _, done, _ in whole] == sorted(done for _, done, _ in whole)
    mended = mend(world, SAFE, outcome, seen)
    assert len(mended.applied) == 1
    assert inner.steps == []  # the runs that prove a fix are no steps of the run


@pytest.mark.parametrize(
    ("step", "columns", "line"),
    [
        (Step("checking", 0, 0), 80, "kafkalint: checking 12 s"),
        (Step("reading", 2500, 10000), 80, "kafkalint: reading [######..................] 2,500 of 10,000, 12 s"),
        (Step("rendering", 9, 8), 80, "kafkalint: rendering [########################] 8 of 8, 12 s"),
        (Step("rendering", 4, 8), 30, "kafkalint: rendering [########"),
        (Step("rendering", 4, 8), 10, "kafkalint"),
        (Step("rendering", 4, 8), 1, ""),
    ],
)  # fmt: skip
def test_the_line_fits_the_terminal(step: Step, columns: int, line: str) -> None:
    assert drawn(step, 12.3, columns) == line[: columns - 1]


def test_a_bar_is_drawn_and_leaves_nothing() -> None:
    terminal = Terminal()
    with Bar(terminal, lambda: 80, first=0) as bar:
        bar.step("rendering", 1, 2)
        assert terminal.written_to.wait(60)
    assert "kafkalint: rendering [############............] 1 of 2" in terminal.getvalue()
    assert terminal.lines == [""]
    assert "\x1b" not in terminal.getvalue()


def test_what_is_said_stays_and_the_bar_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with Bar(terminal, lambda: 80, first=0) as bar:
        bar.step("rendering", 1, 2)
        assert terminal.written_to.wait(60)
        bar.say("a\nb\x1b[2J")
    assert terminal.lines == ["kafkalint: a\\nb\\x1b[2J", ""]


def test_a_bar_is_gone_when_the_run_is_broken_off() -> None:
    terminal = Terminal()

    def broken_off() -> None:
        with Bar(terminal, lambda: 80, first=0) as bar:
            bar.step("rendering", 1, 2)
            assert terminal.written_to.wait(60)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken_off()
    assert terminal.lines == [""]


def test_a_terminal_that_is_made_narrower_keeps_no_row_of_the_bar() -> None:
    terminal, columns = Terminal(), [80]
    with Bar(terminal, lambda: columns[0], first=0) as bar:
        bar.step("rendering", 1, 2)
        assert terminal.written_to.wait(60)
        before = terminal.getvalue()
        assert before.startswith("\rkafkalint: rendering [############............] 1 of 2, ")
        terminal.written_to.clear()
        columns[0] = 30
        assert terminal.written_to.wait(60)
    after = terminal.getvalue().removeprefix(before)
    # 59 characters are two rows of 30: one up, and all below is gone.
    assert after.startswith("\r\x1b[1A\x1b[Jkafkalint: rendering [#######")
    assert all(len(text) < 30 for text in after.replace("\x1b[1A\x1b[J", "").split("\r"))


def test_a_short_run_draws_no_bar() -> None:
    terminal = Terminal()
    with Bar(terminal, lambda: 80, first=3600) as bar:
        bar.step("rendering", 1, 2)
    assert terminal.getvalue() == ""


def test_a_terminal_that_is_gone_ends_the_bar_and_not_the_run() -> None:
    class Gone(Terminal):
        def write(self, text: str) -> int:
            self.written_to.set()
            raise OSError

    terminal = Gone()
    with Bar(terminal, lambda: 80, first=0) as bar:
        bar.step("rendering", 1, 2)
        assert terminal.written_to.wait(60)


@pytest.mark.parametrize(
    ("environment", "watched"),
    [
        ({}, True),
        ({"TERM": "xterm-256color", "CI": "false", "NO_COLOR": ""}, True),
        ({"TERM": "dumb"}, False),
        ({"NO_COLOR": "1"}, True),
        ({"CI": "true"}, False),
        ({"CI": "1"}, False),
    ],
)
def test_only_a_terminal_that_somebody_looks_at_has_a_bar(environment: dict[str, str], watched: bool) -> None:
    assert is_watched(Terminal(), environment) is watched
    assert not is_watched(io.StringIO(), environment)
    assert not is_watched(None, environment)


def on_a_terminal(*arguments: str, cwd: Path, env: dict[str, str]) -> str:
    """What kafkalint writes to standard error, where that is a terminal."""
    ours, theirs = pty.openpty()
    clean = {name: value for name, value in os.environ.items() if name not in ("CI", "NO_COLOR", "TERM")}
    command = [sys.executable, "-m", "kafkalint", *arguments]
    with subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=theirs, env={**clean, **env}):
        os.close(theirs)
        seen = b""
        try:
            while data := os.read(ours, 4096):
                seen += data
        except OSError:  # Linux says so when the other side is closed
            pass
    os.close(ours)
    return seen.decode()


def test_a_run_that_waits_for_a_renderer_shows_it(tmp_path: Path) -> None:
    path = fake_kustomize(tmp_path, "sleep 3; echo 'kind: Role'")
    roots(tmp_path, 1)
    shown = on_a_terminal("check", cwd=tmp_path, env={"PATH": path, "TERM": "xterm"})
    assert "\rkafkalint: rendering [........................] 0 of 1, 1 s" in shown
    assert shown.endswith(" \r")
    assert "\n" not in shown
    assert on_a_terminal("check", "-q", cwd=tmp_path, env={"PATH": path, "TERM": "xterm"}) == ""
