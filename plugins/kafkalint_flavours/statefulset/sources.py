"""The properties file that a server starts from: mounted, written by a script, or copied and changed by one."""

from __future__ import annotations

import posixpath
import re
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from kafkalint.kafka.defaults import KNOWN_KEYS
from kafkalint.kafka.model import VolumeKind
from kafkalint.kafka.properties import parse_properties
from kafkalint.manifests.resources import Place
from kafkalint.manifests.text import Span
from kafkalint_flavours.statefulset.shell import Command, Word, expand, is_open

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kafkalint_flavours.statefulset.detection import Server
    from kafkalint_flavours.statefulset.files import File, Filesystem
    from kafkalint_flavours.statefulset.program import Program

_KEY = re.compile(r"[a-z][a-z0-9]*(?:\\?\.[a-z0-9-]+)+")
_EDIT = re.compile(r"\b(?:sed|echo|printf|awk|SEDS|envsubst|crudini)\b|conf_set|replace|>>")
_PLACEHOLDER = re.compile(r"[\w-]*placeholder[\w-]*", re.IGNORECASE)
_PROPERTY_LINE = re.compile(r"[A-Za-z][\w.-]*\.[\w.-]+\s*=")


class Entry(NamedTuple):
    """One setting of a properties file."""

    value: str
    place: Place
    settled: bool
    """False where a part of the value is only decided when the pod runs."""


class Properties(NamedTuple):
    """What is known of a properties file."""

    entries: Mapping[str, Entry] = MappingProxyType({})
    place: Place | None = None
    """The text that most of it is; None where the bundle holds none of it."""
    path: str | None = None
    touched: Mapping[str, Entry] = MappingProxyType({})
    """Keys that a script changes on the way; the value is the script's line."""
    complete: bool = True
    """False where the file may hold more than the bundle shows."""


def read_properties(server: Server, path: str | None) -> Properties:
    """The file at a path as the server will find it; a path may hold `$(POD_NAME)` and the like."""
    if path is None:
        return Properties()
    direct = server.files.read(path)
    if direct is not None:
        return Properties(dict(_entries(direct.text, direct.place, 0, {}, settled=True)), direct.place, path)
    programs = [*server.preparations, (server.files, server.program)]
    base = _copied(path, programs)
    written: dict[str, Entry] = {}
    for _, program in programs:
        written.update(_written(program, path))
    if base is None and not written:
        return Properties(path=path, complete=False)
    changed = (found for _, program in programs for found in _touched(program))
    touched = {key: entry for key, entry in changed if key not in written}
    entries = dict(_entries(base.text, base.place, 0, {}, settled=False)) if base else {}
    entries = {key: _filled(entry, programs) for key, entry in entries.items()}
    complete = all(program.readable and not _adds_hidden(files, program) for files, program in programs)
    holder = base.place if base else next(iter(written.values())).place
    place = Place(holder.resource, holder.route)
    return Properties({**entries, **written}, place, path, touched, complete)


def _entries(
    text: str, holder: Place, start: int, values: Mapping[str, str], *, settled: bool
) -> Iterator[tuple[str, Entry]]:
    """Entries of a properties text that begins at `start` of the string value `holder`."""
    for found in parse_properties(text):
        value = expand(found.value, values) if values else found.value
        span = Span(start + found.key_start, start + found.value_end)
        open_value = is_open(value) if not settled or values else "${" in value
        yield found.key, Entry(value, Place(holder.resource, holder.route, span), not open_value)


def _copied(path: str, programs: list[tuple[Filesystem, Program]]) -> File | None:
    """The file of the bundle that a script makes the wanted one from: it names it, or it is mounted under that name."""
    wanted = posixpath.basename(path)
    candidates: dict[Place, File] = {}
    for files, program in programs:
        values = program.values()
        for word in program.words():
            file = files.read(expand(word.text, values)) if "/" in word.text else None
            if file is not None:
                candidates.setdefault(file.place, file)
        for file in files.files():
            if _same_name(file.name, wanted):
                candidates.setdefault(file.place, file)
    named = [file for file in candidates.values() if _same_name(file.name, wanted)]
    others = [file for file in candidates.values() if _looks_like_a_broker(file)]
    return next(iter([*named, *others]), None)


def _same_name(name: str, wanted: str) -> bool:
    """Whether a file is the wanted one or what it is made from: `x.properties.$(POD_NAME)`, `x.properties.tmpl`."""
    stem = wanted.partition("$")[0].rstrip(".-")
    return bool(stem) and (name in (wanted, stem) or wanted.startswith(f"{name}.") or name.startswith(f"{stem}."))


def _looks_like_a_broker(file: File) -> bool:
    if not file.name.endswith((".properties", ".tmpl", ".template", ".cfg", ".conf")):
        return False
    keys = {found.key for found in parse_properties(file.text)}
    return not keys.isdisjoint({"listeners", "process.roles", "zookeeper.connect", "log.dirs", "log.dir", "broker.id"})


def _written(program: Program, path: str) -> Iterator[tuple[str, Entry]]:
    """Entries that a script writes into the file: here-documents, `echo key=value >> file`."""
    values = program.values()
    wanted = posixpath.basename(path)
    for command in program.commands:
        target = _target(command)
        if target is None or posixpath.basename(expand(target.text, values)) != wanted:
            continue
        if command.body is not None:
            body = command.body
            known = {} if body.literal else values
            yield from _entries(body.text, body.holder, body.start, known, settled=body.literal)
        elif command.words and command.words[0].text in ("echo", "printf"):
            yield from _echoed(command.words[1:], values)


def _target(command: Command) -> Word | None:
    texts = [word.text for word in command.words]
    if "tee" in texts:
        later = [word for word in command.words[texts.index("tee") + 1 :] if not word.text.startswith("-")]
        return later[0] if later else None
    return command.output


def _echoed(words: tuple[Word, ...], values: Mapping[str, str]) -> Iterator[tuple[str, Entry]]:
    for word in words:
        for line in word.text.replace("\\n", "\n").splitlines():
            if _PROPERTY_LINE.match(line.strip()) or line.strip().startswith(("dataDir=", "dataLogDir=")):
                key, _, value = line.strip().partition("=")
                value = expand(value.strip(), values)
                yield key.strip(), Entry(value, word.place, not is_open(value))


def _touched(program: Program) -> Iterator[tuple[str, Entry]]:
    """Keys on the lines of a script that edit something."""
    for text, holder in program.scripts:
        start = 0
        for line in text.splitlines(keepends=True):
            if _EDIT.search(line) and not line.lstrip().startswith("#"):
                for found in _KEY.finditer(line):
                    key = found.group().replace("\\", "")
                    if key in KNOWN_KEYS:
                        span = Span(start + found.start(), start + found.end())
                        yield key, Entry(line.strip(), Place(holder.resource, holder.route, span), False)
            start += len(line)


def _filled(entry: Entry, programs: list[tuple[Filesystem, Program]]) -> Entry:
    """An entry with its placeholders replaced by what a script puts there, which only the running pod knows."""
    found = _PLACEHOLDER.search(entry.value)
    if found is None:
        return entry
    for _, program in programs:
        for command in program.commands:
            texts = [word.text for word in command.words]
            if found.group() in texts[:-1]:
                replacement = texts[texts.index(found.group()) + 1]
                return Entry(entry.value.replace(found.group(), replacement), entry.place, False)
    return Entry("", entry.place, False)


def _adds_hidden(files: Filesystem, program: Program) -> bool:
    """Whether a script takes in a properties file that the bundle does not show."""
    words = (word.text for word in program.words())
    return any(text.startswith("/") and text.endswith(".properties") and _is_hidden(text, files) for text in words)


def _is_hidden(path: str, files: Filesystem) -> bool:
    volume = files.volumes.get(files.volume_at(path) or "")
    return volume is not None and volume.kind is VolumeKind.CONFIG and files.read(path) is None
