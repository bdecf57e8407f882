"""Objects that are there twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from kafkalint.checking.check import BundleCheck
from kafkalint.checking.finding import Finding, Level
from kafkalint.kafka.model import KafkaModel
from kafkalint.manifests.resources import Resource


class DuplicateResource(BundleCheck):
    """An object is defined twice.

    ## What it does
    Reports a document whose API group, kind, namespace and name are those of an earlier one that is applied with it.
    The API version does not count; an object without a namespace is only the same as another one without. Where a file
    repeats several objects of another file, that is said once.

    ## Why is this bad?
    Both are applied to one object, and the last one wins. Which one that is depends on the order of files; Argo CD
    calls it a repeated resource, Kustomize refuses to build.

    ## Example
    ```yaml
    apiVersion: kafka.strimzi.io/v1
    kind: KafkaTopic
    metadata:
      name: orders
    spec:
      partitions: 12
    ---
    apiVersion: kafka.strimzi.io/v1
    kind: KafkaTopic
    metadata:
      name: orders
    spec:
      partitions: 24
    ```

    ## Use instead
    ```yaml
    apiVersion: kafka.strimzi.io/v1
    kind: KafkaTopic
    metadata:
      name: orders
    spec:
      partitions: 24
    ```

    ## References
    - [Argo CD: RepeatedResourceWarning](https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/)
    """

    code: ClassVar[str] = "KL004"
    name: ClassVar[str] = "duplicate-resource"
    level: ClassVar[Level] = Level.WARNING

    def check(self, model: KafkaModel) -> Iterator[Finding]:
        """A finding for every object that repeats one of its own file, and one for each file that repeats another's."""
        files: dict[str, list[tuple[Resource, Resource]]] = {}
        for pair in model.bundle.duplicates:
            first, second = sorted(pair, key=_position)
            name = second.document.source.name
            if name == first.document.source.name:
                yield self._finding(first, second, f"document {first.document.index + 1} of this file")
            else:
                files.setdefault(name, []).append((first, second))
        for pairs in files.values():
            yield self._finding(*pairs[0], pairs[0][0].document.source.name, len({id(each) for _, each in pairs}) - 1)

    def _finding(self, first: Resource, second: Resource, where: str, others: int = 0) -> Finding:
        more = f", and so {'is' if others == 1 else 'are'} {others} more of this file" if others else ""
        return self.finding(
            second.place("metadata", "name"),
            f"{second.identity} is already defined in {where}{more}: both are applied to one object, the last one wins",
            help="Remove one; if they are for different environments, or a choice, give each a folder of its own.",
            related=[(first.place("metadata", "name"), "the first definition")],
        )


def _position(resource: Resource) -> tuple[str, int, int]:
    document = resource.document
    return document.source.name, document.span.start, resource.node.start
