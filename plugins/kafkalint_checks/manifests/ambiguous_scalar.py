"""Values that two versions of YAML read differently."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, ClassVar

from kafkalint.checking.check import DocumentCheck
from kafkalint.checking.finding import Applicability, Finding, Level, TextPlace
from kafkalint.checking.fix import Fix, RewriteText, SetValue
from kafkalint.manifests.documents import Document
from kafkalint.manifests.nodes import Mapping, Node, Scalar, Sequence
from kafkalint.manifests.resources import Place, Route
from kafkalint.manifests.scalars import key_text, resolve_plain

_CORE_BOOLEANS = frozenset(("true", "True", "TRUE", "false", "False", "FALSE"))
_CORE_INTEGER = re.compile(r"[-+]?[0-9]+")
_CORE_OTHER_BASE = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
# What a file's permissions are called: written in octal everywhere, and read so by Kubernetes.
_PERMISSIONS = re.compile(r"(?:[a-z]+)?mode|umask|(?:file|dir|directory)?permissions?", re.IGNORECASE)

# Fields that are strings wherever Kubernetes' API and the operators' have them.
_TEXTS = frozenset(
    ("name", "namespace", "generateName", "serviceName", "image", "key", "storageClassName", "claimName", "topologyKey")
)
# Fields that are booleans, likewise.
_BOOLEANS = frozenset(
    (
        "allowPrivilegeEscalation",
        "allowVolumeExpansion",
        "automountServiceAccountToken",
        "deleteClaim",
        "enableServiceLinks",
        "enabled",
        "hostIPC",
        "hostNetwork",
        "hostPID",
        "immutable",
        "oneReplicaPerNode",
        "optional",
        "paused",
        "privileged",
        "publishNotReadyAddresses",
        "readOnly",
        "readOnlyRootFilesystem",
        "runAsNonRoot",
        "stdin",
        "suspend",
        "tls",
        "tty",
    )
)


class AmbiguousScalar(DocumentCheck):
    """A value means one thing to Kubernetes and another to YAML 1.2.

    ## What it does
    Reports values and keys without quotes that Kubernetes' parser (YAML 1.1) and a YAML 1.2 parser read differently:
    `yes`, `no`, `on`, `off`, `y`, `n`; numbers with a leading zero that are octal to the one and decimal to the other;
    numbers with `_`. File permissions (`defaultMode: 0644`) are left alone: octal is what everybody means there.
    The fix spells out what Kubernetes reads, so that nothing changes for it; where Kubernetes takes nothing but text
    (the value of a variable, a label, the data of a ConfigMap) and refuses what it reads, the fix quotes the text, and
    is unsafe.

    ## Why is this bad?
    The tool that renders or checks the manifest and the API server that gets it may disagree about what it says. An
    environment variable `on` is refused because it is a boolean, a version `0100` becomes 64.

    ## Example
    ```yaml
    apiVersion: kafka.strimzi.io/v1
    kind: KafkaTopic
    metadata:
      name: orders
    spec:
      config:
        preallocate: on
    ```

    ## Use instead
    ```yaml
    apiVersion: kafka.strimzi.io/v1
    kind: KafkaTopic
    metadata:
      name: orders
    spec:
      config:
        preallocate: true
    ```

    ## References
    - [YAML 1.2.2, 10.3: the core schema](https://yaml.org/spec/1.2.2/#103-core-schema)
    - [sigs.k8s.io/yaml](https://pkg.go.dev/sigs.k8s.io/yaml)
    """

    code: ClassVar[str] = "KL008"
    name: ClassVar[str] = "ambiguous-scalar"
    level: ClassVar[Level] = Level.WARNING
    fix: ClassVar[Applicability] = Applicability.SAFE

    def check(self, document: Document) -> Iterator[Finding]:
        """A finding for every value and key of an object that has two meanings."""
        for resource in document.resources:
            for route, key, node in _scalars(resource.node):
                if not _is_plain(node) or (not key and _is_permission(route)):
                    continue
                readings = _readings(node.value)
                if readings:
                    text, place = TextPlace.of(document, node), resource.place(*route)
                    yield self.finding(
                        text if key else place,
                        _message(node.value, readings, key=key),
                        help=_help(node.value),
                        fix=None if key else self._of_value(text, place, node),
                    )

    def _of_value(self, text: TextPlace, place: Place, node: Scalar) -> Fix | None:
        if node.anchor is not None:
            return None
        if _takes_text(place):
            return self.mend(f'Write "{node.value}"', SetValue(place, node.value), applicability=Applicability.UNSAFE)
        meant = _spelt(resolve_plain(node.value))
        # A number may have more digits than its shortest spelling.
        if repr(resolve_plain(meant)) != repr(resolve_plain(node.value)) or _readings(meant):
            return None
        # Kubernetes reads the same before and after; where a text is wanted it would refuse both.
        sure = isinstance(resolve_plain(node.value), bool) is (_last(place) in _BOOLEANS)
        applicability = None if sure else Applicability.UNSAFE
        return self.mend(f"Write {meant}", RewriteText(text, meant), applicability=applicability)


def _scalars(root: Node) -> Iterator[tuple[Route, bool, Scalar]]:
    """Every scalar with its route, and whether it is a key."""
    stack: list[tuple[Route, Node]] = [((), root)]
    while stack:
        route, node = stack.pop()
        if isinstance(node, Scalar):
            yield route, False, node
        elif isinstance(node, Mapping):
            for key, value in reversed(node.pairs):
                stack.append(((*route, key_text(key)), value))
            yield from (((*route, key_text(key)), True, key) for key, _ in node.pairs if isinstance(key, Scalar))
        elif isinstance(node, Sequence):
            stack += [((*route, index), item) for index, item in reversed(list(enumerate(node.items)))]


def _is_plain(node: Scalar) -> bool:
    return not node.style and node.tag is None and bool(node.value)


def _is_permission(route: Route) -> bool:
    names = [step for step in route if isinstance(step, str)]
    return bool(names) and _PERMISSIONS.fullmatch(names[-1]) is not None


def _readings(text: str) -> tuple[Any, Any] | None:
    """What Kubernetes and YAML 1.2 make of it, if that differs."""
    first = text[0]
    if first.isalpha():
        value = resolve_plain(text)
        return (value, text) if isinstance(value, bool) and text not in _CORE_BOOLEANS else None
    if not (first.isdigit() or first in "+-."):
        return None
    ours = resolve_plain(text)
    if isinstance(ours, str) or ours is None:
        return None
    if _CORE_INTEGER.fullmatch(text):
        theirs: int | str = int(text)
    elif _CORE_OTHER_BASE.fullmatch(text):
        theirs = int(text, 0)
    elif isinstance(ours, float) and "_" not in text:
        # Fractions, infinities and what is no number are spelt alike in both.
        return None
    else:
        theirs = text
    return None if ours == theirs else (ours, theirs)


def _message(text: str, readings: tuple[Any, Any], *, key: bool) -> str:
    what = "the key" if key else "the value"
    return f"{what} {text} is {_named(readings[0])} to Kubernetes and {_named(readings[1])} to YAML 1.2"


def _named(value: Any) -> str:
    if isinstance(value, bool):
        return f"the boolean {'true' if value else 'false'}"
    return f'the string "{value}"' if isinstance(value, str) else f"the number {value}"


def _help(text: str) -> str:
    return f'Write {_spelt(resolve_plain(text))} if that is meant, or "{text}" if the text is.'


def _spelt(value: Any) -> str:
    """A value as both versions of YAML write it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _last(place: Place) -> str:
    return next((step for step in reversed(place.route) if isinstance(step, str)), "")


def _takes_text(place: Place) -> bool:
    """Whether Kubernetes takes nothing but a string there, and refuses a boolean or a number.

    All of them are `string` or `map[string]string` in the API: ObjectMeta, LabelSelector, EnvVar, Container, ConfigMap.
    """
    route = place.route
    if _last(place) in _TEXTS:
        return True
    if place.resource.group == "" and place.resource.kind in ("ConfigMap", "Secret"):
        return route[0] in ("data", "stringData")
    holder, name = route[-2:] if len(route) > 1 else ("", "")
    if isinstance(name, int):
        return holder in ("args", "command")
    if holder in ("labels", "annotations"):
        return "metadata" in route[-3:-2]
    in_variable = name == "value" and isinstance(holder, int) and route[-3:-2] == ("env",)
    return in_variable or holder in ("matchLabels", "nodeSelector")
