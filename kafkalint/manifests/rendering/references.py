"""What kustomizations, and the configuration of Kustomize's own plugins, refer to: one list for all who read them."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from kafkalint.manifests.composer import ComposeError, compose
from kafkalint.manifests.nodes import Mapping, Node, Scalar, Sequence, content_of
from kafkalint.manifests.scalars import is_merge_key, key_text, resolve_scalar
from kafkalint.manifests.sources import slices

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Route = tuple[str, ...]
"""Keys without their case, as Go reads JSON and so Kustomize its files; all items of the lists on the way are meant."""

_DEEPEST_MERGE = 8


class Role(Enum):
    """What becomes of what is named."""

    BUILT = "a kustomization, or a file of objects"
    PLUGIN = "a file that configures plugins, a kustomization of such, or their text itself"
    CONFIG = "a file that Kustomize itself is told by"
    FILE = "a file that something is taken from"
    KEYED = "the same, with a key before it"
    PATCH = "a patch, or its text itself"


_GENERATED: tuple[tuple[Route, Role], ...] = (
    (("files",), Role.KEYED),
    (("envs",), Role.FILE),
    (("env",), Role.FILE),
)
_VALUES: tuple[tuple[Route, Role], ...] = (
    (("valuesfile",), Role.FILE),
    (("additionalvaluesfiles",), Role.FILE),
)
KUSTOMIZATION: tuple[tuple[Route, Role], ...] = (
    *(((section,), Role.BUILT) for section in ("resources", "bases", "components")),
    *(((section,), Role.PLUGIN) for section in ("generators", "transformers", "validators")),
    *(((section,), Role.CONFIG) for section in ("crds", "configurations")),
    (("patchesstrategicmerge",), Role.PATCH),
    *((route, Role.PATCH) for section in ("patches", "patchesjson6902") for route in ((section,), (section, "path"))),
    (("replacements", "path"), Role.FILE),
    (("openapi", "path"), Role.FILE),
    *(((section, *route), role) for section in ("configmapgenerator", "secretgenerator") for route, role in _GENERATED),
    *((("helmcharts", *route), role) for route, role in _VALUES),
    (("helmchartinflationgenerator", "values"), Role.FILE),
)
"""Where a kustomization names something (kustomize `api/types/kustomization.go`)."""
INFLATOR = "HelmChartInflationGenerator"
PLUGINS: dict[str, tuple[tuple[Route, Role], ...]] = {
    "ConfigMapGenerator": _GENERATED,
    "SecretGenerator": _GENERATED,
    INFLATOR: _VALUES,
    "PatchTransformer": ((("path",), Role.PATCH),),
    "PatchJson6902Transformer": ((("path",), Role.PATCH),),
    "PatchStrategicMergeTransformer": ((("paths",), Role.PATCH),),
    "ReplacementTransformer": ((("replacements", "path"), Role.FILE),),
}
"""The same for what configures a plugin, by its kind (kustomize `api/internal/builtins`)."""


class Reference(NamedTuple):
    """Something that is named."""

    text: str
    role: Role
    start: int
    """Where in the document it stands."""


def references(root: Node, routes: Iterable[tuple[Route, Role]]) -> Iterator[Reference]:
    """What a document names at these routes."""
    for route, role in routes:
        for scalar in scalars(root, route):
            text = scalar.value.partition("=")[2] or scalar.value if role is Role.KEYED else scalar.value
            if text and isinstance(resolve_scalar(scalar), str):
                yield Reference(text, role, scalar.start)


def scalars(node: Node, route: Route) -> Iterator[Scalar]:
    """The scalars at a route."""
    return (found for found in nodes(node, route) if isinstance(found, Scalar))


def nodes(node: Node, route: Route) -> Iterator[Scalar | Mapping]:
    """The scalars and mappings at a route."""
    content = content_of(node)
    if isinstance(content, Sequence):
        for item in content.items:
            yield from nodes(item, route)
    elif not route:
        yield content
    elif isinstance(content, Mapping):
        for key, value in entries(content):
            if key == route[0]:
                yield from nodes(value, route[1:])


def entries(node: Mapping, depth: int = 0) -> Iterator[tuple[str, Node]]:
    """Keys without their case, and values, as Go meets them: in the order of their bytes, what is merged in before."""
    for key, value in node.pairs if depth < _DEEPEST_MERGE else ():
        if is_merge_key(key):
            for merged in nodes(value, ()):
                if isinstance(merged, Mapping):
                    yield from entries(merged, depth + 1)
    named = sorted(((key_text(key), value) for key, value in node.pairs if not is_merge_key(key)), key=lambda e: e[0])
    yield from ((key.casefold(), value) for key, value in named)


def configured(text: str) -> list[tuple[Mapping, int]]:
    """The documents of a text that are objects, those in lists included, each with the offset where its own begin."""
    found = []
    for part in slices(text):
        try:
            root = compose(text[part.span.start : part.span.end])
        except ComposeError:  # the renderer says so
            continue
        for node in nodes(root, ()) if root is not None else ():
            if isinstance(node, Mapping):
                found.append((node, part.span.start))
                items = (item for item in nodes(node, ("items",)) if isinstance(item, Mapping))
                found += [(item, part.span.start) for item in items]
    return found


def is_written_out(text: str) -> bool:
    """Whether this is no name but what it would lead to, as a patch or the configuration of a plugin may be."""
    return "\n" in text or text.lstrip().startswith("{")


def kind_of(node: Mapping) -> str:
    """What kind of object it is; empty where it says nothing of that."""
    return next((scalar.value for key, value in entries(node) if key == "kind" for scalar in scalars(value, ())), "")
