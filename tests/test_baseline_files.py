"""A baseline as a file: what a reviewer reads, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kafkalint.checking.baseline import Entry
from kafkalint.checking.finding import Level
from kafkalint.checking.fingerprints import Subject
from kafkalint.config.baselines import open_baseline, parse_baseline, written
from kafkalint.config.problems import ConfigError
from kafkalint.manifests import composer
from kafkalint.manifests.sources import Source

if TYPE_CHECKING:
    from pathlib import Path

BUDGET = (
    "{code: KL301, rule: pdb-missing, level: error, kind: apps/StatefulSet, namespace: events, name: kafka, "
    "route: /metadata/name"
)
STATEFUL_SET = Subject("KL301", "apps/StatefulSet", "events", "kafka", "/metadata/name")
ENTRIES = (
    Entry("dev/kafka.yaml", STATEFUL_SET, "pdb-missing", Level.ERROR),
    Entry("dev/kafka.yaml", Subject("KL003", text='replicas: 3 # "three"'), "duplicate-key", Level.WARNING),
    Entry(
        "base/svc.yaml", Subject("KL103", "/Service", "", "kafka", "/spec"), "x", Level.INFO, rendered="overlays/dev"
    ),
    Entry("prod stream", STATEFUL_SET, "pdb-missing", Level.ERROR, piped=True),
)


def read(text: str) -> tuple[Entry, ...]:
    return parse_baseline(Source("known.yaml", text.encode()))


def test_a_reviewer_reads_a_line_for_each_finding_below_its_file():
    assert written(reversed(ENTRIES)).split("\n") == [
        "# Findings that are known: kafkalint check holds them back, and fails on new ones only.",
        "# Written by kafkalint check --write-baseline.",
        "version: 1",
        "files:",
        "  base/svc.yaml:",
        "    - {code: KL103, rule: x, level: info, kind: Service, name: kafka, route: /spec, rendered: overlays/dev}",
        "  dev/kafka.yaml:",
        '    - {code: KL003, rule: duplicate-key, level: warning, text: "replicas: 3 # \\"three\\""}',
        f"    - {BUDGET}}}",
        '  "prod stream":',
        f"    - {BUDGET}, piped: true}}",
        "",
    ]


def test_what_was_written_is_read_again():
    assert set(read(written(ENTRIES))) == set(ENTRIES)
    assert len(read(written(ENTRIES * 2))) == 2 * len(ENTRIES)
    assert read(written(())) == ()


WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12) | st.sampled_from(
    (
        "null",
        "~",
        "yes",
        "0x1",
        "1e3",
        "- a",
        "a: b",
        "{{ a }}",
        "a\u2028b",
        "\x00\x1b[31m",
        "\ufeff",
        "\U000e0001",
        "#",
        "::error::",
    )
)


@pytest.mark.parametrize("parser", [composer.events_in_c, composer.events_in_python])
def test_any_text_is_read_again_as_it_was(parser, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(composer, "_parser", lambda: parser)

    @given(WORDS, WORDS, WORDS, WORDS, WORDS)
    def holds(file: str, name: str, route: str, text: str, rendered: str) -> None:
        entries = (
            Entry(file, Subject("KL301", f"apps/{name}", name, name, route), name, Level.ERROR, rendered=rendered),
            Entry(file, Subject("KL301", text=text), name, Level.ERROR, piped=True),
        )
        said = written(entries)
        assert set(read(said)) == set(entries)
        assert said.count("\n") == 7
        assert all(character.isprintable() for character in said.replace("\n", ""))

    holds()


BOMB = "a: &a [x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{above}'] * 9)}]\n" for above, name in zip("abcdefgh", "bcdefghi", strict=True)
)
LINE = "{code: KL301, rule: pdb-missing, level: error, kind: apps/StatefulSet, name: kafka, route: /spec}"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "1:1: no baseline: it is empty"),
        ("# nothing\n", "1:1: no baseline: it is empty"),
        ("[]\n", "1:1: expected a baseline: a mapping with version and files"),
        ("files: {}\n", "1:1: no baseline: version is missing"),
        ("kind: Pod\nmetadata: {name: a}\n", "1:1: no baseline: version is missing"),
        ("version: 2\nfuture: 1\n", "1:10: version: this kafkalint reads baselines of version 1"),
        ("version: 1\nfils: {}\n", "2:1: there is no key fils; did you mean files?"),
        ("version: 1\nversion: 1\n", "2:1: version is given twice"),
        ("version: 1\nfiles: [a]\n", "2:8: files: expected a mapping, found a list"),
        ("version: 1\nfiles:\n  a.yaml: x\n", "3:11: files.a.yaml: expected a list, found x"),
        ("version: 1\nfiles:\n  a.yaml: []\n  a.yaml: []\n", "4:3: a.yaml is given twice"),
        (f"version: 1\nfiles:\n  a.yaml:\n    - {LINE[:-1]}, name: b}}\n", "4:105: name is given twice"),
        (f"version: 1\nfiles:\n  a.yaml:\n    - {LINE.replace('error', 'eror')}\n", "4:47: "),
        (
            f"version: 1\nfiles:\n  a.yaml:\n    - {LINE.replace('KL301', 'all')}\n",
            "4:14: files.a.yaml[0].code: all is no",
        ),
        (f"version: 1\nfiles:\n  a.yaml:\n    - {LINE.replace('kind', 'text')[:-1]}, kind: b}}\n", "4:7: "),
        ("version: 1\nfiles:\n  a.yaml:\n    - {code: KL301, rule: x}\n", "4:7: files.a.yaml[0]: level is missing"),
        (
            "version: 1\nfiles:\n  a.yaml:\n    - {code: KL301, rule: x, level: error}\n",
            "4:7: files.a.yaml[0]: expected",
        ),
        ("version: 1\nfiles: {a: [{piped: no}]}\n", "2:13: files.a[0]: code is missing"),
        ("version: 1\nfiles: {\n", "3:1: "),
        ("version: 1\n---\nversion: 1\n", "2:1: "),
        (f"version: 1\nfiles: {{a: {'[' * 300}{']' * 300}}}\n", "2:"),
        (BOMB, "7:"),
        ("version: 1\nfiles: \x00\n", "2:8: "),
    ],
)
def test_a_file_that_is_no_baseline_is_refused_and_its_place_is_said(text: str, problem: str):
    with pytest.raises(ConfigError) as refused:
        read(text)
    assert str(refused.value).startswith(f"known.yaml:{problem}")


def test_only_the_first_problems_of_a_hopeless_file_are_said():
    with pytest.raises(ConfigError) as refused:
        read("version: 1\nfiles: {a: [" + "1, " * 1000 + "]}\n")
    assert len(refused.value.problems) == 20


def test_a_file_that_is_missing_or_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match=r"known.yaml:1:1: cannot be read: No such file or directory"):
        open_baseline(tmp_path / "known.yaml", str(tmp_path))
    (tmp_path / "known.yaml").write_bytes(b"#" * (16 * 1024 * 1024 + 1))
    with pytest.raises(ConfigError, match="larger than"):
        open_baseline(tmp_path / "known.yaml", str(tmp_path))
    assert open_baseline(tmp_path / "new.yaml", str(tmp_path), may_be_missing=True).data is None


def test_what_is_there_is_looked_up_from_the_baselines_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev" / "kafka.yaml").touch()
    odd = ENTRIES[0]._replace(file="dev/\\xff.yaml")
    gone = ENTRIES[0]._replace(file="\x00")
    (tmp_path / "known.yaml").write_text(written((*ENTRIES, odd, gone)))
    monkeypatch.chdir(tmp_path / "dev")
    (tmp_path / "link").symlink_to(tmp_path)
    for file in (tmp_path / "known.yaml", tmp_path / "link" / "known.yaml"):
        baseline = open_baseline(file, str(tmp_path / "dev"), stdin="kafka.yaml").baseline
        assert baseline.present == {"dev/kafka.yaml", "dev/\\xff.yaml"}
        assert baseline.relative("kafka.yaml") == "dev/kafka.yaml"
        assert baseline.relative("../prod/a.yaml") == "prod/a.yaml"
        assert baseline.stream == "", "it is called as a file is, so it is taken for that"
    assert open_baseline(tmp_path / "known.yaml", str(tmp_path), stdin="prod").baseline.stream == "prod"
