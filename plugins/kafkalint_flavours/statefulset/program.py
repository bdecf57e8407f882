"""What a container runs: its command and arguments, the scripts in them, and those of the bundle that they call."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from kafkalint.kafka.model import Container, Setter, Setting
from kafkalint.kafka.pods import environment
from kafkalint.manifests.resources import Place
from kafkalint_flavours.statefulset.files import Filesystem, Origin
from kafkalint_flavours.statefulset.shell import Command, Word, assignment, expand, parse_script

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SHELLS = frozenset({"sh", "bash", "ash", "dash", "zsh", "ksh"})
_MOST_SCRIPTS = 8


class Assigned(NamedTuple):
    """A variable that a script sets."""

    name: str
    value: Word
    exported: bool
    """Whether what the script starts next sees it."""


class Program(NamedTuple):
    """What a container runs, scripts of the bundle included."""

    arguments: tuple[Word, ...]
    """`command` and `args`, one after the other."""
    commands: tuple[Command, ...]
    """Every simple command, the container's own first."""
    scripts: tuple[tuple[str, Place], ...]
    """Text of every script, and the string value that it is."""
    environment: Mapping[str, Setting[str]]
    """The container's variables, before a script changes them."""
    readable: bool
    """False where it calls a script that is in neither the bundle nor the image."""

    def words(self) -> Iterator[Word]:
        """Every word of every command."""
        for command in self.commands:
            yield from command.words

    def assigned(self) -> Iterator[Assigned]:
        """Variables that its scripts set, in the order of the text."""
        for command in self.commands[1:]:
            words = command.words
            exported = bool(words) and words[0].text in ("export", "declare", "typeset", "readonly")
            for index, word in enumerate(words):
                found = assignment(word)
                if found is not None:
                    # `NAME=value program` hands the variable to that program.
                    hands_over = not exported and any(assignment(later) is None for later in words[index + 1 :])
                    yield Assigned(found[0], found[1], exported or hands_over)
                elif not exported:
                    break

    def values(self) -> dict[str, str]:
        """Variables with one value that is known: what the manifest sets, and what a script sets once."""
        known = {
            name: setting.value
            for name, setting in self.environment.items()
            if setting.by is Setter.WRITTEN and setting.value is not None
        }
        seen: dict[str, str] = {}
        for name, value, _ in self.assigned():
            if name in seen and seen[name] != value.text:
                known.pop(name, None)
            elif name not in seen and f"${{{name}:-" not in value.text and f"${{{name}-" not in value.text:
                known[name] = value.text
            elif name not in seen and name not in known:
                known[name] = expand(value.text, {})
            seen[name] = value.text
        return known


def program_of(container: Container, files: Filesystem) -> Program:
    """What a container runs."""
    variables = environment(container, files.namespace, files.bundle)
    known = {name: setting.value for name, setting in variables.items() if setting.known and setting.value is not None}
    arguments = tuple(_arguments(container, known))
    reader = _Scripts(files, known)
    reader.follow(Command(arguments), ())
    return Program(arguments, tuple(reader.commands), tuple(reader.scripts), variables, reader.readable)


def _arguments(container: Container, known: Mapping[str, str]) -> Iterator[Word]:
    for key in ("command", "args"):
        value = container.data.get(key)
        place = container.place.child(key)
        if isinstance(value, str):
            # No list, as it has to be: read as the shell command line that its author had in mind.
            yield from (word for command in parse_script(value, place) for word in command.words)
        for index, part in enumerate(value if isinstance(value, list) else ()):
            if isinstance(part, str | int | float):
                # Only `$(NAME)` is Kubernetes' to expand; the text keeps its length where nothing is.
                text = part if isinstance(part, str) else str(part)
                yield Word(_expanded(text, known), place.child(index))


def _expanded(text: str, known: Mapping[str, str]) -> str:
    if "$(" not in text or "\n" in text:
        return text
    for name, value in known.items():
        if len(value) < 2000 and len(text) < 10_000:
            text = text.replace(f"$({name})", value)
    return text


class _Scripts:
    """Scripts being followed from the container's command on."""

    def __init__(self, files: Filesystem, known: Mapping[str, str]) -> None:
        self.files = files
        self.known = known
        self.commands: list[Command] = []
        self.scripts: list[tuple[str, Place]] = []
        self.readable = True

    def follow(self, command: Command, above: tuple[Place, ...]) -> None:
        """Take in a command and the script that it is or calls."""
        self.commands.append(command)
        script = _inline(command)
        if script is None:
            self._take_file(command, above)
        elif not above:
            # As it is written: offsets count in that, and a shell inside a script is left to itself.
            holder = Place(script.place.resource, script.place.route)
            text = holder.value
            self._take(text if isinstance(text, str) else script.text, holder, above)

    def _take(self, text: str, holder: Place, above: tuple[Place, ...]) -> None:
        if holder in above or len(self.scripts) >= _MOST_SCRIPTS:
            return
        self.scripts.append((text, holder))
        for command in parse_script(text, holder):
            self.follow(command, (*above, holder))

    def _take_file(self, command: Command, above: tuple[Place, ...]) -> None:
        called = _called(command)
        if called is None:
            return
        path = expand(called.text, self.known)
        file = self.files.read(path)
        if file is not None:
            self._take(file.text, file.place, above)
        elif _is_program(path) and self.files.origin(path) is not Origin.IMAGE:
            self.readable = False


def _is_program(path: str) -> bool:
    """Whether a path can be something to run; what follows an image's own entry point may be its file."""
    return path.startswith("/") and not any(ending in path for ending in (".properties", ".cfg", ".conf", ".yml"))


def _inline(command: Command) -> Word | None:
    """The script behind `sh -c`."""
    words = command.words
    for index, word in enumerate(words):
        if posixpath.basename(word.text) not in _SHELLS:
            continue
        for flag, script in zip(words[index + 1 :], words[index + 2 :], strict=False):
            if not flag.text.startswith(("-", "+")):
                break
            if "c" in flag.text and not flag.text.startswith("--"):
                return script
        return None
    return None


def _called(command: Command) -> Word | None:
    """The script that a command calls by its path: `/scripts/run.sh`, `bash /scripts/run.sh`, `. /scripts/lib.sh`."""
    for word in command.words:
        name = posixpath.basename(word.text)
        if assignment(word) or word.text in (
            "exec",
            "source",
            ".",
            "nohup",
            "time",
            "sudo",
            "then",
            "else",
            "do",
            "!",
            "{",
        ):
            continue
        if name in _SHELLS or (word.text.startswith("-") and len(word.text) < 20):
            continue
        return word if "/" in word.text else None
    return None
