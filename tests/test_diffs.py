"""Diffs that `git apply` turns into exactly the bytes that a fix would write."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kafkalint.fixing.text.diffs import unified_diff

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
TEXT = "".join(f"line: {number}\n" for number in range(40)).encode()


def changed(data: bytes, *numbers: int) -> bytes:
    return b"".join(
        line.replace(b":", b": not") if number in numbers else line
        for number, line in enumerate(data.splitlines(keepends=True))
    )


def applied(folder: Path, diff: str, files: dict[str, bytes | None]) -> dict[str, bytes]:
    """What `git apply` makes of files by a diff."""
    for name, data in files.items():
        if data is not None:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
    patch = folder / "the.patch"
    patch.write_bytes(diff.encode("utf-8", "surrogateescape"))
    done = subprocess.run(
        ["git", "-c", "core.autocrlf=false", "apply", "--whitespace=nowarn", str(patch)],
        cwd=folder,
        capture_output=True,
        check=False,
        env={"GIT_CEILING_DIRECTORIES": str(folder.parent), "PATH": os.environ["PATH"]},
    )
    assert done.returncode == 0, done.stderr.decode() + diff
    return {name: (folder / name).read_bytes() for name in files}


CASES = {
    "one line": (TEXT, changed(TEXT, 20)),
    "the first line": (TEXT, changed(TEXT, 0)),
    "the last line": (TEXT, changed(TEXT, 39)),
    "lines far apart": (TEXT, changed(TEXT, 3, 30)),
    "lines near one another": (TEXT, changed(TEXT, 3, 9)),
    "all lines": (TEXT, changed(TEXT, *range(40))),
    "added at the end": (TEXT, TEXT + b"more: 1\n"),
    "added at the start": (TEXT, b"more: 1\n" + TEXT),
    "taken away": (TEXT, TEXT[:30] + TEXT[200:]),
    "a file of one line": (b"a: 1\n", b"a: 2\n"),
    "an empty file": (b"", b"a: 1\n"),
    "emptied": (b"a: 1\n", b""),
    "no final newline": (TEXT[:-1], changed(TEXT, 20)[:-1]),
    "no final newline, last line": (TEXT[:-1], changed(TEXT, 39)[:-1]),
    "a final newline comes": (TEXT[:-1], TEXT),
    "a final newline goes": (TEXT, TEXT[:-1]),
    "CRLF": (TEXT.replace(b"\n", b"\r\n"), changed(TEXT, 20, 39).replace(b"\n", b"\r\n")),
    "CRLF, no final newline": (TEXT.replace(b"\n", b"\r\n")[:-2], changed(TEXT, 39).replace(b"\n", b"\r\n")[:-2]),
    "CR": (TEXT.replace(b"\n", b"\r"), changed(TEXT, 20).replace(b"\n", b"\r")),
    "a byte order mark": (b"\xef\xbb\xbf" + TEXT, b"\xef\xbb\xbf" + changed(TEXT, 0)),
    "UTF-16": (TEXT.decode().encode("utf-16"), changed(TEXT, 0, 20).decode().encode("utf-16")),
    "UTF-16, the other order": (b"\xfe\xff" + TEXT.decode().encode("utf-16-be"), b"\xfe\xff" + b"\x00a"),
    "Latin-1": (TEXT + b"# gr\xfc\xdfe\n", changed(TEXT, 38) + b"# gr\xfc\xdfe\n"),
    "beyond ASCII": (TEXT + "# ß 🦀\n".encode(), changed(TEXT, 38) + "# ß 🦀 \u2028\n".encode()),
    "odd breaks inside of lines": (TEXT + b"a: \x0b\x0c\x1c b\r c\n", changed(TEXT, 39) + b"a: \x0b\x0c\x1c b\r c\n"),
    "a new file": (None, TEXT),
    "a new file without a final newline": (None, TEXT[:-1]),
}


@needs_git
@pytest.mark.parametrize("case", CASES)
def test_git_makes_of_it_what_the_fix_makes(tmp_path: Path, case: str) -> None:
    before, after = CASES[case]
    diff = unified_diff("deploy/kafka.yaml", before, after)
    assert applied(tmp_path, diff, {"deploy/kafka.yaml": before}) == {"deploy/kafka.yaml": after}


@needs_git
@pytest.mark.parametrize(
    "name",
    [
        *("kafka.yaml", "a b/c d.yaml", "größe.yaml", "🦀.yaml", 'quo"te.yaml', "back\\slash.yaml", "tab\there.yaml"),
        *("new\nline.yaml", "bell\x07.yaml", " lead.yaml", "trail ", "-dash.yaml", "a/b", "'.yaml"),
    ],
)
@pytest.mark.parametrize("new", [False, True])
def test_git_finds_files_whatever_they_are_called(tmp_path: Path, name: str, new: bool) -> None:
    before = None if new else TEXT
    diff = unified_diff(name, before, changed(TEXT, 5))
    assert applied(tmp_path, diff, {name: before}) == {name: changed(TEXT, 5)}


@needs_git
def test_several_files_make_one_diff(tmp_path: Path) -> None:
    files = {"a.yaml": TEXT, "b c.yaml": TEXT[:-1], "d.yaml": None}
    diff = "".join(unified_diff(name, data, changed(TEXT, 7)) for name, data in files.items())
    assert set(applied(tmp_path, diff, files).values()) == {changed(TEXT, 7)}


def test_nothing_is_said_where_nothing_changed() -> None:
    assert unified_diff("a.yaml", TEXT, TEXT) == unified_diff("a.yaml", b"", b"") == ""


def test_it_reads_as_diffs_do() -> None:
    assert unified_diff("kafka.yaml", b"a: 1\nb: 2\nc: 3\n", b"a: 1\nb: 3\nc: 3") == (
        "--- a/kafka.yaml\n"
        "+++ b/kafka.yaml\n"
        "@@ -1,3 +1,3 @@\n"
        " a: 1\n"
        "-b: 2\n"
        "-c: 3\n"
        "+b: 3\n"
        "+c: 3\n"
        "\\ No newline at end of file\n"
    )


def test_lines_that_come_in_show_as_such_among_many_that_are_alike() -> None:
    item = b"  - name: kafka\n    image: x\n"
    before, after = b"items:\n" + item * 50, b"items:\n" + item * 20 + b"  - name: new\n" + item * 30
    lines = unified_diff("a.yaml", before, after).splitlines()[2:]
    assert [line for line in lines if line[0] in "+-"] == ["+  - name: new"]
    assert lines[0] == "@@ -39,6 +39,7 @@"


@given(
    st.lists(st.sampled_from([b"a\n", b"b\n", b"c\r\n", b"\n", b"d\n"]), max_size=30),
    st.lists(st.tuples(st.integers(0, 30), st.sampled_from([b"", b"x\n", b"a\n", b"y\n\n"])), max_size=4),
    st.booleans(),
)
@settings(max_examples=150)
def test_the_new_text_can_be_read_off_it(lines: list[bytes], edits: list[tuple[int, bytes]], ended: bool) -> None:
    after = list(lines)
    for number, text in edits:
        after[number : number + 1] = [text]
    old, new = b"".join(lines), b"".join(after) + (b"" if ended else b"end")
    assert patched(old, unified_diff("x", old, new)) == new


def patched(old: bytes, diff: str) -> bytes:
    """A patch made by hand, as strict as git is."""
    lines = [part + "\n" for part in old.decode().split("\n")]
    lines[-1] = lines[-1][:-1]
    lines = [line for line in lines if line]
    out, at = [], 0
    body = diff.encode().decode().split("\n")[2:-1]
    for number, line in enumerate(body):
        ended = number + 1 >= len(body) or not body[number + 1].startswith("\\")
        text = line[1:] + ("\n" if ended else "")
        if line.startswith("@@"):
            first, _, many = line.split()[1][1:].partition(",")
            start = int(first) - (many != "0")
            out += lines[at:start]
            at = start
        elif line[0] in " -":
            assert lines[at] == text
            out += [text] if line[0] == " " else []
            at += 1
        elif line[0] == "+":
            out.append(text)
    return "".join([*out, *lines[at:]]).encode()


def test_a_hundred_thousand_lines_take_no_time() -> None:
    item = [f"  - name: kafka-{number % 7}\n    image: apache/kafka\n" for number in range(50_000)]
    before = "".join(item).encode()
    for number in range(0, 50_000, 100):
        item[number] += "    replicas: 3\n"
    start = time.process_time()
    diff = unified_diff("a.yaml", before, "".join(item).encode())
    assert diff.count("\n+") == 501
    assert time.process_time() - start < 5
