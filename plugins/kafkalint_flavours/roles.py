"""What a container does for Kafka, by weighted signals: no single one of them is proof.

An image is used for clients as often as for servers, a port belongs to Alertmanager too, and a name may be a release's.
The tables are data (`role_tables`); `classify_container` says in which order they are asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from kafkalint.kafka.images import ImageReference
from kafkalint_flavours.images import is_server_image
from kafkalint_flavours.role_tables import (
    CLI_COMMANDS,
    COMMAND_ROLES,
    ENV_ROLES,
    IMAGE_ROLES,
    OWNED_IMAGE_ROLES,
    SERVER_COMMANDS,
    SERVER_ENTRYPOINTS,
    SERVER_ENV,
    TOOL_WORDS,
    ZOOKEEPER_COMMANDS,
    ZOOKEEPER_ENV,
    ZOOKEEPER_IMAGES,
    Role,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


__all__ = ["THRESHOLD", "Role", "classify_container", "server_score"]

WEIGHT_SERVER_COMMAND = 4
WEIGHT_SERVER_IMAGE = 3
WEIGHT_OWN_ENTRYPOINT = 2
"""The image starts a server by itself, and the manifest gives it nothing else to do."""
WEIGHT_SERVER_ENV = 2
MOST_FROM_ENV = 4
WEIGHT_HINT = 1
"""A port, a mount, a name: true of servers, and of much else."""
PENALTY_CLI = 5
PENALTY_IDLE = 4
PENALTY_JOB = 4
THRESHOLD = 4

# These images name a service in their command or their tag; started bare they print help or wait for a command.
_SILENT_IMAGES = frozenset({"solsson/kafka", "strimzi/kafka"})
_SERVICES = frozenset({Role.CONNECT, Role.SCHEMA_REGISTRY, Role.REST, Role.KSQLDB, Role.CONTROL_CENTER})
_SHELLS = frozenset({"sh", "bash", "ash", "dash", "zsh", "cat"})
# A command that only waits, in the ways that manifests write it.
_WAITS = (
    r"\bsleep (?:inf|\d{4,}|\d+[dh]\b)"
    r"|\btail -[fF] /dev/null"
    r"|\bwhile (?:true|:|\[ 1 \]) ?;? ?do sleep \w+ ?;? ?done"
)
_NOT_DATA = ("secret", "config", "jmx", "cert", "ssl", "tls", "script", "log4j", "jaas")


class _Container(NamedTuple):
    """The parts of a container that tell its role, whatever shape they had."""

    name: str
    image: ImageReference
    command: tuple[str, ...]
    words: frozenset[str]
    """Every word of command and arguments: as it is written, without its path, and without its ending."""
    env: frozenset[str]
    ports: frozenset[int]
    mounts: tuple[str, ...]

    @property
    def starts_by_itself(self) -> bool:
        return not self.command

    @property
    def tag(self) -> str:
        return self.image.tag or ""


def classify_container(container: object, workload_kind: str, *, init: bool = False) -> Role:
    """Say what a container does; `workload_kind` is the kind that runs it, `init` that it is an init container.

    What starts in the command decides first, then an image that is made for one thing, then the weights. An init
    container serves nothing, except with `restartPolicy: Always`, which makes it a sidecar (Kubernetes, KEP-753).
    """
    if not isinstance(container, Mapping):
        return Role.NONE
    seen = _seen(container)
    if init and container.get("restartPolicy") != "Always":
        return _client_or_none(seen)
    role = _by_command(seen) or _by_image(seen)
    if role is not None:
        return role
    if _server_score(seen, workload_kind) >= THRESHOLD:
        return Role.AUTOMQ if _is_automq(seen) else Role.KAFKA_SERVER
    if _zookeeper_score(seen) >= THRESHOLD:
        return Role.ZOOKEEPER
    return _by_env(seen) or _client_or_none(seen)


def server_score(container: object, workload_kind: str) -> int:
    """How much speaks for a Kafka server; `THRESHOLD` is what it takes.

    Penalties count only where no server is started: a script that runs the server may use Kafka's tools as well, may
    end in `tail -f`, and is a server even if a Job runs it.
    """
    return _server_score(_seen(container), workload_kind) if isinstance(container, Mapping) else 0


def _server_score(seen: _Container, workload_kind: str) -> int:
    known = is_server_image(seen.image)
    hints = (
        not seen.ports.isdisjoint({9092, 9093}),
        any(_is_data_path(path) for path in seen.mounts),
        9092 in seen.ports and not {"kafka", "broker"}.isdisjoint(_words(seen.name)),
        not known and "kafka" in _words(seen.tag),
        not known and "kafka" in _words(seen.image.name),
        # somebody's own build, or a mirror that dropped the owner
        not known and seen.image.name == "kafka",
    )
    score = WEIGHT_HINT * sum(hints) + min(MOST_FROM_ENV, WEIGHT_SERVER_ENV * _server_variables(seen))
    if known:
        score += WEIGHT_SERVER_IMAGE
        if seen.starts_by_itself and seen.image.last_two not in _SILENT_IMAGES:
            score += WEIGHT_OWN_ENTRYPOINT
    if _starts_server(seen):
        return score + WEIGHT_SERVER_COMMAND
    return score - _penalty(seen, workload_kind)


def _penalty(seen: _Container, workload_kind: str) -> int:
    penalty = 0
    if _uses_cli(seen):
        penalty += PENALTY_CLI
    if _is_idle(seen):
        penalty += PENALTY_IDLE
    if workload_kind in {"Job", "CronJob"} and not seen.starts_by_itself:
        penalty += PENALTY_JOB
    return penalty


def _zookeeper_score(seen: _Container) -> int:
    score = 0
    if seen.image.name in ZOOKEEPER_IMAGES:
        score += WEIGHT_SERVER_IMAGE
        if seen.starts_by_itself:
            score += WEIGHT_OWN_ENTRYPOINT
    if not seen.env.isdisjoint(ZOOKEEPER_ENV):
        score += WEIGHT_SERVER_ENV
    if not seen.ports.isdisjoint({2888, 3888}):
        score += WEIGHT_SERVER_ENV
    if 2181 in seen.ports:
        score += WEIGHT_HINT
    if any("zookeeper" in path for path in seen.mounts):
        score += WEIGHT_HINT
    return score - (PENALTY_CLI if _uses_cli(seen) else 0) - (PENALTY_IDLE if _is_idle(seen) else 0)


def _by_command(seen: _Container) -> Role | None:
    """What the command starts where it is neither a server of Kafka's nor left to the image."""
    if _starts_server(seen):
        return None
    for word, role in COMMAND_ROLES.items():
        if word in seen.words:
            return role
    if not ZOOKEEPER_COMMANDS.isdisjoint(seen.words) or "zookeeper-server-start" in seen.tag:
        return Role.ZOOKEEPER
    return None


def _by_image(seen: _Container) -> Role | None:
    role = _role_of_image(seen)
    if role is None or role is Role.UI_OR_TOOL:
        return role
    if _uses_cli(seen) or _is_idle(seen) or (role in _SERVICES and _runs_something_else(seen)):
        return Role.CLIENT
    return role


def _runs_something_else(seen: _Container) -> bool:
    """Whether the image is there for the tools in it: its entry point is replaced, and nothing is served or set."""
    started = any(path in seen.words for path in SERVER_ENTRYPOINTS)
    return bool(seen.command) and not started and not seen.ports and _by_env(seen) is None


def _role_of_image(seen: _Container) -> Role | None:
    image = seen.image
    if image.name == "redpanda":
        return Role.REDPANDA if seen.starts_by_itself or {"redpanda", "start"} <= seen.words else Role.CLIENT
    role = OWNED_IMAGE_ROLES.get(image.last_two) or IMAGE_ROLES.get(image.name)
    if role is not None:
        return role
    words = _words(image.name)
    return next((role for needed, role in TOOL_WORDS if needed <= words), None)


def _by_env(seen: _Container) -> Role | None:
    return next((role for needed, role in ENV_ROLES if needed <= seen.env), None)


def _client_or_none(seen: _Container) -> Role:
    known_image = is_server_image(seen.image) or seen.image.name in ZOOKEEPER_IMAGES or seen.image.name == "redpanda"
    return Role.CLIENT if known_image or _uses_cli(seen) else Role.NONE


def _starts_server(seen: _Container) -> bool:
    if not SERVER_COMMANDS.isdisjoint(seen.words) or "kafka-server-start" in seen.tag:
        return True
    started_by_image = any(path in seen.words for path in SERVER_ENTRYPOINTS)
    # Every image of Confluent's has the same entry point: what it starts, says the image or its environment.
    return started_by_image and _role_of_image(seen) is None and not _is_other_service(seen)


def _is_other_service(seen: _Container) -> bool:
    return seen.image.name in ZOOKEEPER_IMAGES or (not is_server_image(seen.image) and _by_env(seen) is not None)


def _uses_cli(seen: _Container) -> bool:
    return not CLI_COMMANDS.isdisjoint(seen.words) or {"rpk", "topic"} <= seen.words


def _is_idle(seen: _Container) -> bool:
    """Whether the command only waits: `sleep infinity`, `tail -f /dev/null`, a bare shell."""
    if not seen.command:
        return False
    # single blanks, so that no run of them can slow the pattern down
    text = " ".join(" ".join(seen.command).split())
    return re.search(_WAITS, text) is not None or text.rpartition("/")[2] in _SHELLS


def _is_automq(seen: _Container) -> bool:
    return "automq" in _words(seen.image.name) or "automqinc" in seen.image.repository.lower().split("/")


def _server_variables(seen: _Container) -> int:
    return sum(
        1
        for name in seen.env
        if name.startswith("KAFKA_") and name.removeprefix("KAFKA_").removeprefix("CFG_") in SERVER_ENV
    )


def _is_data_path(path: str) -> bool:
    lowered = path.lower()
    return ("kafka" in lowered or "kraft" in lowered) and not any(word in lowered for word in _NOT_DATA)


def _seen(container: Mapping[str, object]) -> _Container:
    command = (*_strings(container.get("command")), *_strings(container.get("args")))
    words = frozenset(_command_words(command))
    name = container.get("name")
    return _Container(
        name=name if isinstance(name, str) else "",
        image=ImageReference.parse(container.get("image")),
        command=command,
        words=words,
        # A script that exports a variable sets it as well as the manifest does.
        env=frozenset(_field(container.get("env"), "name")) | {word for word in words if word.startswith("KAFKA_")},
        ports=frozenset(_ports(container.get("ports"))),
        mounts=tuple(_field(container.get("volumeMounts"), "mountPath")),
    )


def _strings(value: object) -> Iterator[str]:
    """A command's parts; a string where a list belongs is taken for its only part."""
    for part in value if isinstance(value, (list, tuple)) else (value,):
        if isinstance(part, str) and part.strip():
            yield part


def _command_words(command: tuple[str, ...]) -> Iterator[str]:
    for part in command:
        for line in part.splitlines():
            if line.lstrip().startswith("#"):
                continue
            for word in re.findall(r"[\w./-]+", line, re.ASCII):
                yield word
                yield word.rpartition("/")[2]
                yield _program(word)


def _program(word: str) -> str:
    """The name of a program without its path, its ending and a jar's version."""
    name = word.rpartition("/")[2]
    name, _, ending = name.rpartition(".") if name.endswith((".sh", ".bat", ".jar")) else (name, "", "")
    return name.partition("-")[0] if ending == "jar" else name


def _words(name: str) -> frozenset[str]:
    return frozenset(re.split(r"[^a-z0-9]+", name.lower()))


def _field(items: object, key: str) -> Iterator[str]:
    for item in items if isinstance(items, (list, tuple)) else ():
        value = item.get(key) if isinstance(item, Mapping) else None
        if isinstance(value, str):
            yield value


def _ports(items: object) -> Iterator[int]:
    for item in items if isinstance(items, (list, tuple)) else ():
        value = item.get("containerPort") if isinstance(item, Mapping) else None
        if isinstance(value, int) and not isinstance(value, bool):
            yield value
        elif isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 6:
            yield int(value)
