"""Whether a rendering is what it was before with the operations of fixes made on it, and nothing else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeGuard

from kafkalint.checking.fix import AddResource, AppendItem, RemoveEntry, RewriteText, source_of
from kafkalint.fixing.text.expecting import expected, same
from kafkalint.manifests.documents import documents
from kafkalint.manifests.origin_annotations import origin_data
from kafkalint.manifests.resources import Identity, Resource, Route, dig
from kafkalint.manifests.scalars import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kafkalint.checking.fix import Operation
    from kafkalint.manifests.sources import Source

_HASHED = re.compile(r".+-(?P<hash>[a-z0-9]{10})")


def departure(after: Iterable[Source], operations: Sequence[Operation]) -> str:
    """How renderings differ from those that operations speak of with these made, as the end of a sentence.

    Empty where they do not. Renderings that no operation speaks of are let be: what they share with one may change.
    """
    # A folder may be rendered by each of the tools.
    now = {(source.rendered_by, source.name): source for source in after}
    before = {(source.rendered_by, source.name): source for source in map(source_of, operations) if source.rendered_by}
    for key, source in before.items():
        if key not in now:
            return f"{source.name} is not rendered any more"
        own = [each for each in operations if source_of(each) is source]
        problem = _departure(source, now[key], own)
        if problem:
            return problem
    return ""


def _departure(before: Source, after: Source, operations: Sequence[Operation]) -> str:
    resources = {id(resource): resource for each in operations if (resource := _changed(each)) is not None}
    was, now = _objects(before), _objects(after)
    renamed = dict(_renamed(resources.values(), now))
    wanted = {
        resource.identity: _expected(resource, [each for each in operations if _changed(each) is resource])
        for resource in resources.values()
    }
    for identity, old in was.items():
        there = now.get(identity._replace(name=renamed.get(identity.name, identity.name)))
        if there is None:
            return f"{identity} would not be rendered any more"
        if identity not in wanted and _may_change(old, resources.values()):
            continue
        lists = [each.place.route for each in operations if _is_appended(each, old)]
        meant = _with_names(wanted.get(identity, old.data), renamed)
        if not same(_steady(there.data, lists), _steady(meant, lists)):
            return f"{identity} would be rendered otherwise than was meant"
    added = {(str(each.data.get("kind")), _ending(each)) for each in operations if isinstance(each, AddResource)}
    anew = set(renamed.values())
    for identity in now:
        if (
            identity not in was
            and identity.name not in anew
            and not any(kind == identity.kind and end in identity.name for kind, end in added)
        ):
            return f"{identity} would be rendered as well"
    return ""


def _changed(operation: Operation) -> Resource | None:
    """The object that an operation changes."""
    return None if isinstance(operation, RewriteText | RemoveEntry | AddResource) else operation.place.resource


def _may_change(other: Resource, changed: Iterable[Resource]) -> bool:
    """Whether an object may change with others: what a chart draws by lot, and what comes from the same object."""
    by_lot = other.document.source.rendered_by == "helm" and other.kind in ("Secret", "ConfigMap")
    return by_lot or any(other.origin and (other.origin, other.kind) == (each.origin, each.kind) for each in changed)


def _objects(source: Source) -> dict[Identity, Resource]:
    return {resource.identity: resource for document in documents(source) for resource in document.resources}


def _expected(resource: Resource, operations: Sequence[Operation]) -> Any:
    root = resource.document.root
    return dig(expected(plain(root) if root is not None else None, operations), *resource.at)


def _is_appended(operation: Operation, resource: Resource) -> TypeGuard[AppendItem]:
    return isinstance(operation, AppendItem) and operation.place.resource.identity == resource.identity


def _steady(data: Any, lists: Sequence[Route], route: Route = ()) -> Any:
    """An object without what a chart computes from the rest of it, and without the order of lists that grew."""
    if isinstance(data, dict):
        kept = {key: value for key, value in data.items() if not str(key).startswith("checksum/")}
        return {key: _steady(kept[key], lists, (*route, key)) for key in sorted(kept, key=str)}
    if isinstance(data, list):
        found = [_steady(item, lists, (*route, index)) for index, item in enumerate(data)]
        return sorted(found, key=repr) if route in lists else found
    return data


def _renamed(changed: Iterable[Resource], now: dict[Identity, Resource]) -> Iterator[tuple[str, str]]:
    """Names of generated objects, which end in a hash of what they hold, and what they are called now."""
    for resource in changed:
        hashed = _HASHED.fullmatch(resource.name)
        if hashed is None or not dig(origin_data(resource.origin or ""), "configuredIn"):
            continue
        stem = resource.name[: hashed.start("hash")]
        for identity in now:
            alike = identity._replace(name="") == resource.identity._replace(name="")
            if alike and identity.name.startswith(stem) and len(identity.name) == len(resource.name):
                yield resource.name, identity.name


def _with_names(data: Any, names: dict[str, str]) -> Any:
    """Data in which each of these names is another one."""
    if isinstance(data, dict):
        return {key: _with_names(value, names) for key, value in data.items()}
    if isinstance(data, list):
        return [_with_names(item, names) for item in data]
    return names.get(data, data) if isinstance(data, str) else data


def _ending(operation: AddResource) -> str:
    """What must be left of a new object's name whatever is put around it: the name in its own file, or a part of it."""
    name = str(dig(operation.data, "metadata", "name"))
    return name.removeprefix(operation.beside.name) or name
