"""Keys that are written twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, TypeAlias

from kafkalint.checking.check import DocumentCheck
from kafkalint.checking.finding import Applicability, Finding, Level, TextPlace
from kafkalint.checking.fix import Fix, RemoveEntry
from kafkalint.manifests.documents import Document
from kafkalint.manifests.nodes import Mapping, Node, Sequence
from kafkalint.manifests.scalars import is_merge_key, key_text, plain

_OF_OBJECTS = ("apiVersion", "kind")
Pair: TypeAlias = tuple[Node, Node]
"""A key with its value."""


class DuplicateKey(DocumentCheck):
    """A key is written twice in one mapping.

    ## What it does
    Reports the second of two equal keys of one mapping. Keys are compared as Kubernetes reads them: `yes` and `true`
    are one key. The fix removes the earlier one: what Kubernetes reads stays the same. It is safe where both have the
    same value, and else unsafe, as the earlier one may be the one that is meant.

    ## Why is this bad?
    Kubernetes keeps the last one and says nothing: the first, with all that is under it, is as if it had never been
    written. Kustomize refuses the file.

    ## Example
    ```yaml
    apiVersion: kafka.strimzi.io/v1
    kind: KafkaTopic
    metadata:
      name: orders
    spec:
      partitions: 12
      config:
        min.insync.replicas: 2
      config:
        retention.ms: 604800000
    ```

    ## Use instead
    ```yaml
    apiVersion: kafka.strimzi.io/v1
    kind: KafkaTopic
    metadata:
      name: orders
    spec:
      partitions: 12
      config:
        min.insync.replicas: 2
        retention.ms: 604800000
    ```

    ## References
    - [YAML 1.2.2, 3.2.1.3: keys are unique](https://yaml.org/spec/1.2.2/#3213-node-comparison)
    """

    code: ClassVar[str] = "KL003"
    name: ClassVar[str] = "duplicate-key"
    level: ClassVar[Level] = Level.ERROR
    fix: ClassVar[Applicability] = Applicability.UNSAFE

    def check(self, document: Document) -> Iterator[Finding]:
        """A finding for every key that repeats an earlier one of its mapping."""
        if document.root is None or not _is_object(document.root):
            return
        for mapping in _mappings(document.root):
            seen: dict[str, Pair] = {}
            for pair in mapping.pairs:
                if is_merge_key(pair[0]):
                    continue
                name = key_text(pair[0])
                first = seen.get(name)
                if first is not None:
                    yield self._finding(document, name, first, pair)
                seen[name] = pair

    def _finding(self, document: Document, name: str, first: Pair, second: Pair) -> Finding:
        earlier, later = TextPlace.of(document, first[0]), TextPlace.of(document, second[0])
        line = document.source.text.position(earlier.at.start).line
        message = (
            f"{name} is written twice in this mapping: Kubernetes keeps this one and silently drops that of line {line}"
        )
        return self.finding(
            later,
            message,
            help="Merge the two, or remove the one that is not meant.",
            related=[(earlier, "the one that is dropped")],
            fix=self._fix(document, line, first, second),
        )

    def _fix(self, document: Document, line: int, first: Pair, second: Pair) -> Fix:
        # Written out, as True equals 1 to Python.
        alike = repr(plain(first[1])) == repr(plain(second[1]))
        return self.mend(
            f"Remove the one of line {line}",
            RemoveEntry(document, first[0]),
            applicability=Applicability.SAFE if alike else Applicability.UNSAFE,
        )


def _is_object(root: Node) -> bool:
    """Whether this is meant for Kubernetes: a workflow's file or a list of packages has other readers."""
    return isinstance(root, Mapping) and any(key_text(key) in _OF_OBJECTS for key, _ in root.pairs)


def _mappings(root: Node) -> Iterator[Mapping]:
    stack = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, Mapping):
            yield node
            stack += [value for _, value in reversed(node.pairs)]
        elif isinstance(node, Sequence):
            stack += reversed(node.items)
