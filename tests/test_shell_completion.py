"""What shells are told when somebody presses the tab key."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(sys.executable).parent


def completed(line: str, cwd: Path, **env: str) -> list[str]:
    """What kafkalint tells bash of the last word of a line, which is split at blanks."""
    words = {"COMP_WORDS": line, "COMP_CWORD": str(line.count(" ")), "_KAFKALINT_COMPLETE": "bash_complete"}
    environment = {**os.environ, **words, **env}
    done = subprocess.run([SCRIPTS / "kafkalint"], cwd=cwd, env=environment, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("kafkalint che", ["plain,check"]),
        ("kafkalint check --sel", ["plain,--select"]),
        ("kafkalint check --select KL302", ["plain,KL302"]),
        ("kafkalint check --ignore KL301,pdb-o", ["plain,KL301,pdb-overlap"]),
        ("kafkalint check --extend-select kl006", ["plain,KL006"]),
        ("kafkalint check --profile d", ["plain,development"]),
        ("kafkalint check --fail-on n", ["plain,never"]),
        ("kafkalint check -f s", ["plain,sarif"]),
        ("kafkalint check -f sarif=o", ["plain,sarif=out/"]),
        ("kafkalint check -f sarif=out/", ["plain,sarif=out/a.sarif"]),
        ("kafkalint check -f sarif=none/", []),
        ("kafkalint check --select=KL302", ["plain,--select=KL302"]),
        ("kafkalint check --select = KL302", ["plain,KL302"]),
        ("kafkalint check --profile =", ["plain,production", "plain,development", "plain,strict"]),
        ("kafkalint check --profile = strict --fail-on = n", ["plain,never"]),
        ("kafkalint check -f sarif = o", ["plain,out/"]),
        ("kafkalint check -f sarif =", ["plain,out/"]),
        ("kafkalint check --format = sarif = out/", ["plain,out/a.sarif"]),
        ("kafkalint check -f sarif = a.sarif --fail-on n", ["plain,never"]),
        ("kafkalint check --config o", ["file,o"]),
        ("kafkalint check o", ["file,o"]),
        ("kafkalint explain pdb-missing", ["plain,pdb-missing"]),
        ("kafkalint explain KL301", ["plain,KL301"]),
        ("kafkalint explain nothing", []),
    ],
)
def test_a_word_is_completed(tmp_path: Path, line: str, found: list[str]) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.sarif").touch()
    (tmp_path / "out" / "b\nfile,c").touch()
    (tmp_path / ".hidden").touch()
    assert completed(line, tmp_path) == found


def test_completion_needs_no_parser_and_no_renderer(tmp_path: Path) -> None:
    (tmp_path / ".kafkalint.yaml").write_text("not: [read\n")
    script = (
        "import sys\nfrom kafkalint.cli import main\n"
        "try:\n    main(prog_name='kafkalint')\nfinally:\n    print(*sys.modules, file=sys.stderr)"
    )
    words = {"COMP_WORDS": "kafkalint check --select KL", "COMP_CWORD": "3", "_KAFKALINT_COMPLETE": "bash_complete"}
    environment = {**os.environ, **words}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert "plain,KL301" in done.stdout.split()
    loaded = set(done.stderr.split())
    assert "kafkalint.registry" in loaded
    assert not loaded & {"yaml", "ruamel.yaml", "kafkalint.manifests.rendering.renderings", "kafkalint.config.loading"}


def test_a_plugin_that_does_not_load_leaves_words_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    import click  # noqa: PLC0415

    from kafkalint import registry  # noqa: PLC0415
    from kafkalint.cli.options import CodeList, FormatChoice  # noqa: PLC0415

    def broken() -> None:
        raise registry.PluginError(["broken"])

    monkeypatch.setattr(registry, "load_registry", broken)
    context = click.Context(click.Command("check"))
    option = click.Option(["--select"])
    assert CodeList().shell_complete(context, option, "KL") == []
    assert [item.value for item in FormatChoice().shell_complete(context, option, "js")] == ["json"]


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not on the PATH")
def test_bash_takes_the_words(tmp_path: Path) -> None:
    script = (
        'eval "$(_KAFKALINT_COMPLETE=bash_source kafkalint)"; complete -p kafkalint; '
        "COMP_WORDS=(kafkalint check --select KL30); COMP_CWORD=3; _kafkalint_completion kafkalint; "
        'echo "${COMPREPLY[@]}"'
    )
    environment = {**os.environ, "PATH": f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}"}
    command = ["bash", "-c", script]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    registered, words = done.stdout.splitlines()
    assert "_kafkalint_completion kafkalint" in registered
    assert words.split()[:2] == ["KL301", "KL302"]


@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is not on the PATH")
@pytest.mark.parametrize(
    ("line", "word"),
    [("kafkalint explain KL30", "KL302"), ("kafkalint check --profile=dev", "--profile=development")],
)
def test_zsh_takes_the_words(tmp_path: Path, line: str, word: str) -> None:
    # What the tab key calls, with the two functions that offer words made to print them.
    script = (
        "compdef() { :; }; _describe() { print -rl -- ${(P)3}; }; compadd() { print -rl -- ${(P)5}; }; "
        'eval "$(_KAFKALINT_COMPLETE=zsh_source kafkalint)"; '
        f"words=({line}); CURRENT=$#words; _kafkalint_completion"
    )
    environment = {**os.environ, "PATH": f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}"}
    command = ["zsh", "-f", "-c", script]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert word in [each.partition(":")[0] for each in done.stdout.splitlines()]


@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not on the PATH")
def test_fish_takes_the_words(tmp_path: Path) -> None:
    script = "_KAFKALINT_COMPLETE=fish_source kafkalint | source; complete -C 'kafkalint check --select KL302'"
    environment = {**os.environ, "PATH": f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}"}
    command = ["fish", "-c", script]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "KL302\tpdb-selects-nothing\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_there_is_a_script_for_each_shell_of_the_documentation(shell: str, tmp_path: Path) -> None:
    page = (Path(__file__).parents[1] / "docs" / "shell-completion.md").read_text()
    assert f"_KAFKALINT_COMPLETE={shell}_source kafkalint" in page
    environment = {**os.environ, "_KAFKALINT_COMPLETE": f"{shell}_source"}
    done = subprocess.run([SCRIPTS / "kafkalint"], env=environment, capture_output=True, text=True, check=True)
    assert f"_KAFKALINT_COMPLETE={shell}_complete" in done.stdout
