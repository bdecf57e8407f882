"""Baselines as files: YAML that a reviewer reads, a line for each finding; every error points into the file."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from kafkalint.checking.baseline import Baseline, Entry
from kafkalint.checking.finding import Level
from kafkalint.checking.fingerprints import Subject
from kafkalint.checking.metadata import is_code
from kafkalint.config.finding import shown
from kafkalint.config.problems import ConfigError, ConfigProblem
from kafkalint.config.reader import BASELINE, Problems, Value, root_of
from kafkalint.config.settings import relative
from kafkalint.manifests.reading import ReadError, read
from kafkalint.manifests.scalars import resolve_plain
from kafkalint.manifests.sources import Source
from kafkalint.manifests.text import Position

VERSION = 1
_LARGEST = 16 * 1024 * 1024
_MOST_PROBLEMS = 20
_HEAD = """\
# Findings that are known: kafkalint check holds them back, and fails on new ones only.
# Written by kafkalint check --write-baseline.
"""
_KEYS = ("version", "files")
_OF_OBJECTS = ("kind", "namespace", "name", "route")
_OF_ENTRIES = ("code", "rule", "level", *_OF_OBJECTS, "text", "rendered", "with", "piped")
_PLAIN = re.compile(r"[A-Za-z/.][A-Za-z0-9_./=~-]*", re.ASCII)


class BaselineFile(NamedTuple):
    """A baseline with the file that it is."""

    path: str
    data: bytes | None
    """What the file holds; None where there is none yet."""
    baseline: Baseline


def open_baseline(file: Path, directory: str, *, stdin: str = "", may_be_missing: bool = False) -> BaselineFile:
    """Read a baseline for a run in a directory, whose standard input has a name or none; raises ConfigError."""
    # The folder without links, as the working directory is: what lies where has to come out the same.
    # Of a link the file that it means: there its paths count from.
    whole, base = Path(os.path.realpath(file.absolute())), Path(os.path.realpath(directory))
    folder, path = whole.parent, str(whole)
    data = None if may_be_missing and not os.path.lexists(path) else _read(path, shown(file))
    entries = () if data is None else parse_baseline(Source(shown(file), data))
    paths = {path for entry in entries for path in (entry.file, entry.rendered) if path}
    # Of a name with a backslash nobody knows whether the file's own has it, or a byte that is no text.
    present = frozenset(path for path in paths if "\\" in path or os.path.lexists(folder / path))
    if not may_be_missing and any(not entry.piped for entry in entries) and not present:
        words = f"none of its {len(paths)} files and folders is there: its paths count from its own folder"
        raise ConfigError([ConfigProblem(shown(file), Position(1, 1), words)])
    baseline = Baseline(
        name=shown(file),
        entries=entries,
        relative=relative(str(base), str(folder)),
        present=present,
        stream=stdin if stdin and not os.path.lexists(base / stdin) else "",
    )
    return BaselineFile(path, data, baseline)


def _read(path: str, name: str) -> bytes:
    try:
        data = read(path)
    except ReadError as error:
        raise ConfigError([ConfigProblem(name, Position(1, 1), f"cannot be read: {error}")]) from None
    if len(data) > _LARGEST:
        raise ConfigError([ConfigProblem(name, Position(1, 1), f"larger than {_LARGEST:,} bytes")])
    return data


def parse_baseline(source: Source) -> tuple[Entry, ...]:
    """The entries of a baseline; raises ConfigError."""
    problems = Problems(source)
    root = root_of(source, "a baseline: a mapping with version and files")
    if root is None:
        raise ConfigError([ConfigProblem(source.name, Position(1, 1), "no baseline: it is empty")])
    entries = list(_entries(Value(root, BASELINE, problems)))
    if problems.found:
        raise ConfigError(problems.found[:_MOST_PROBLEMS])
    return tuple(entries)


def _entries(value: Value) -> Iterator[Entry]:
    found = value.entries()
    if "version" not in found:
        value.problems.add(value.node.start, "no baseline: version is missing")
        return
    if found["version"].raw() != str(VERSION):
        found["version"].wrong(f"this kafkalint reads baselines of version {VERSION}")
        return
    known = value.entries(_KEYS)
    for file, items in known["files"].entries().items() if "files" in known else ():
        for item in items.items():
            entry = _entry(item, file)
            if entry is not None:
                yield entry


def _entry(item: Value, file: str) -> Entry | None:
    found = item.entries(_OF_ENTRIES)
    words = {key: value.raw() or "" for key, value in found.items()}
    for key in ("code", "rule", "level"):
        if not words.get(key):
            item.wrong(f"{key} is missing")
            return None
    if not is_code(words["code"]):
        found["code"].wrong(f"{words['code']} is no code")
    if ("kind" in words) is ("text" in words):
        item.wrong("expected either an object (kind, namespace, name, route) or a text")
    level = found["level"].member(Level)
    piped = "piped" in found and found["piped"].choice(("true",)) == "true"
    subject = Subject(
        code=words["code"],
        kind=_kind_read(words.get("kind", "")),
        namespace=words.get("namespace", ""),
        name=words.get("name", ""),
        route=words.get("route", ""),
        text=words.get("text", ""),
    )
    made = (words.get("rendered", ""), words.get("with", ""))
    return level and Entry(file, subject, words["rule"], level, *made, piped=piped)


def written(entries: Iterable[Entry]) -> str:
    """A baseline as text: files in order, each with its findings, one a line."""
    by_file: dict[str, list[Entry]] = {}
    for entry in sorted(entries, key=lambda entry: entry.order):
        by_file.setdefault(entry.file, []).append(entry)
    lines = [f"version: {VERSION}", "files:" if by_file else "files: {}"]
    for file, group in by_file.items():
        lines.append(f"  {_scalar(file)}:")
        lines += [f"    - {{{', '.join(_pairs(entry))}}}" for entry in group]
    return _HEAD + "\n".join(lines) + "\n"


def _pairs(entry: Entry) -> Iterator[str]:
    subject = entry.subject
    yield from (f"code: {subject.code}", f"rule: {_scalar(entry.rule)}", f"level: {entry.level.value}")
    if subject.kind:
        values = (_kind_written(subject.kind), subject.namespace, subject.name, subject.route)
        yield from (f"{key}: {_scalar(value)}" for key, value in zip(_OF_OBJECTS, values, strict=True) if value)
    else:
        yield f"text: {_scalar(subject.text)}"
    if entry.rendered:
        yield f"rendered: {_scalar(entry.rendered)}"
    if entry.made_with:
        yield f"with: {_scalar(entry.made_with)}"
    if entry.piped:
        yield "piped: true"


def _kind_written(kind: str) -> str:
    """`Service` for `/Service`, of the core group."""
    return kind[1:] if kind.startswith("/") and "/" not in kind[1:] and kind != "/" else kind


def _kind_read(kind: str) -> str:
    return kind if "/" in kind or not kind else f"/{kind}"


def _scalar(text: str) -> str:
    if _PLAIN.fullmatch(text) and isinstance(resolve_plain(text), str):
        return text
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if character.isprintable():
        return character
    point = ord(character)
    return f"\\x{point:02x}" if point < 0x100 else f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"
