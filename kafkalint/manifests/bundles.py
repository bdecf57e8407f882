"""Bundles: the resources that are applied together and may refer to one another."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kafkalint.manifests.resources import Identity, Resource


@dataclass(frozen=True)
class Bundle:
    """Resources that are applied together.

    Findings are made for `primary`; `context` holds what stands in folders above or beside and may be referred to, but
    is judged in a bundle of its own.
    """

    name: str
    primary: tuple[Resource, ...]
    context: tuple[Resource, ...] = ()
    apart: tuple[tuple[Resource, Resource], ...] = ()
    """Pairs that one folder holds twice, the earlier of which was put into another bundle for that."""

    @property
    def resources(self) -> tuple[Resource, ...]:
        """Everything that can be referred to."""
        return (*self.primary, *self.context)

    @cached_property
    def duplicates(self) -> tuple[tuple[Resource, Resource], ...]:
        """Pairs of a resource and the earlier one that is the same object, in one file, one folder or this bundle.

        A Namespace or a CustomResourceDefinition that several files bring along is no mistake, and not among them.
        """
        pairs = [*duplicates(self.primary), *self.apart]
        return tuple(pair for pair in pairs if not (is_shared(pair[1]) and _stand_apart(pair)))

    @cached_property
    def _by_kind(self) -> dict[tuple[str, str], list[Resource]]:
        found: dict[tuple[str, str], list[Resource]] = defaultdict(list)
        for resource in self.resources:
            found[resource.group, resource.kind].append(resource)
        return dict(found)

    @cached_property
    def _by_name(self) -> dict[tuple[str, str, str], list[Resource]]:
        found: dict[tuple[str, str, str], list[Resource]] = defaultdict(list)
        for resource in self.resources:
            found[resource.group, resource.kind, resource.name].append(resource)
        return dict(found)

    def of(self, group: str, *kinds: str) -> Iterator[Resource]:
        """Resources of one API group and these kinds, in the order of the input."""
        for kind in kinds:
            yield from self._by_kind.get((group, kind), ())

    def find(self, group: str, kind: str, name: str, namespace: str | None = None) -> Resource | None:
        """The resource of that name whose namespace is, or may be, this one."""
        named = self._by_name.get((group, kind, name), ())
        candidates = [resource for resource in named if may_share_namespace(resource.namespace, namespace)]
        exact = [r for r in candidates if r.namespace == namespace]
        return next(iter(exact or candidates), None)


def is_shared(resource: Resource) -> bool:
    """Whether an object is one that files bring along for their own sake: applying it twice does no harm."""
    return resource.kind in ("Namespace", "CustomResourceDefinition")


def _stand_apart(pair: tuple[Resource, Resource]) -> bool:
    """Whether the two stand in different sources."""
    return pair[0].document.source is not pair[1].document.source


def may_share_namespace(one: str | None, other: str | None) -> bool:
    """Whether two objects can be in one namespace; one that is not stated may be any."""
    return one is None or other is None or one == other


def duplicates(resources: Sequence[Resource]) -> Iterator[tuple[Resource, Resource]]:
    """Pairs of a resource and the earlier one that is the same object."""
    seen: dict[Identity, Resource] = {}
    for resource in resources:
        if not resource.name or resource.name.endswith("*"):
            continue
        first = seen.setdefault(resource.identity, resource)
        if first is not resource:
            yield first, resource
