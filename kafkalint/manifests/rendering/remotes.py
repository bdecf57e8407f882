"""What a kustomization names that is not on this disk: kafkalint fetches nothing, so such a one is not rendered."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from kafkalint.manifests.composer import ComposeError, compose
from kafkalint.manifests.nodes import Node, Scalar, Sequence, content_of
from kafkalint.manifests.reading import ReadError, read
from kafkalint.manifests.rendering.kustomizations import BUILT_UPON, CONFIGURED_BY, Inflation, inflations
from kafkalint.manifests.scalars import child
from kafkalint.manifests.text import Text, TextError, decode
from kafkalint.manifests.walking import KUSTOMIZATION_FILES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# As kustomize tells them (api/internal/git/repospec.go): a scheme, a user, or GitHub's name; `file://` is on this disk.
_REPOSITORY = re.compile(
    r"(?:git::)?(?:(?:https?|ssh)://|(?:[a-z][a-z0-9-]*@[^/:]+|github\.com)[/:].*(?:/|\.git))", re.IGNORECASE
)
_URL = re.compile(r"https?:", re.IGNORECASE)
_FILES = (
    ("patchesStrategicMerge",),
    ("patches", "path"),
    ("patchesJson6902", "path"),
    ("replacements", "path"),
    ("openapi", "path"),
    *((generator, key) for generator in ("configMapGenerator", "secretGenerator") for key in ("files", "envs", "env")),
    ("helmCharts", "valuesFile"),
    ("helmCharts", "additionalValuesFiles"),
)
_CREDENTIALS = re.compile(r"(?<=://)[^/@]*@")


class Remote(NamedTuple):
    """Something that would have to be fetched, and where it is named."""

    file: str
    """Absolute path."""
    line: int
    reference: str
    """As written, without a password."""


def remotes(files: Iterable[str]) -> Iterator[Remote]:
    """What the kustomizations among these files, absolute paths, would have to fetch."""
    for path in files:
        if os.path.basename(path) in KUSTOMIZATION_FILES:
            yield from _remotes_of(path)


def _remotes_of(path: str) -> Iterator[Remote]:
    text, root = _read(path)
    for start, reference in sorted(_references(root, os.path.dirname(path))) if root is not None else ():
        yield Remote(path, text.position(start).line, _CREDENTIALS.sub("", reference))
    for inflation in inflations(path):
        if not os.path.isdir(inflation.folder):
            yield _pulled(inflation)


def _read(path: str) -> tuple[Text, Node | None]:
    try:
        text = decode(read(path))
        return text, compose(text.content)
    except (ReadError, TextError, ComposeError):  # the renderer says so
        return Text(""), None


def _references(root: Node, folder: str) -> Iterator[tuple[int, str]]:
    for section in (*BUILT_UPON, *CONFIGURED_BY):
        for scalar in _scalars(root, (section,)):
            if _REPOSITORY.match(scalar.value) and not _is_file(folder, scalar.value):
                yield scalar.start, scalar.value
    for route in _FILES:
        for scalar in _scalars(root, route):
            reference = scalar.value.partition("=")[2] or scalar.value if route[-1] == "files" else scalar.value
            if _URL.match(reference):
                yield scalar.start, reference


def _is_file(folder: str, reference: str) -> bool:
    """Whether this is text written out in place, or a file, which kustomize prefers to a repository."""
    if "\n" in reference:
        return True
    return not _URL.match(reference) and "\0" not in reference and os.path.isfile(os.path.join(folder, reference))


def _pulled(inflation: Inflation) -> Remote:
    """A chart that Helm would have to pull, and unpack into the user's own folders at that."""
    text = _read(inflation.file)[0]
    line = text.position(max(text.content.find(inflation.repository or inflation.name), 0)).line
    repository = f" of {_CREDENTIALS.sub('', inflation.repository)}" if inflation.repository else ""
    return Remote(inflation.file, line, f"the chart {inflation.name}{repository} in {inflation.folder}")


def _scalars(node: Node, route: tuple[str, ...]) -> Iterator[Scalar]:
    """The scalars at a route, through all items of the lists on the way."""
    node = content_of(node)
    if isinstance(node, Sequence):
        for item in node.items:
            yield from _scalars(item, route)
    elif isinstance(node, Scalar):
        if not route:
            yield node
    elif route and (found := child(node, route[0])):
        yield from _scalars(found[1], route[1:])
