"""Fixes as a component of Kustomize, for rendered input whose source nobody knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from kafkalint.checking.applicability import Applicability
from kafkalint.checking.fix import AddResource, AppendItem, RemoveEntry, RemoveValue, RenameKey, RewriteText, SetValue
from kafkalint.fixing.origin.file_names import file_name, free
from kafkalint.fixing.origin.patch_bodies import json_patch, merge_patch, target, with_head
from kafkalint.fixing.text.edits import Refusal
from kafkalint.fixing.text.expecting import same
from kafkalint.fixing.text.phrasing import item_lines, mapping_lines
from kafkalint.fixing.text.style import Style
from kafkalint.manifests.shapes import dig

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from kafkalint.checking.finding import Located
    from kafkalint.checking.fix import Fix, Operation, ValueOperation
    from kafkalint.manifests.resources import Resource

_STYLE = Style()
_COMPONENT = {"apiVersion": "kustomize.config.k8s.io/v1alpha1", "kind": "Component"}
_USE = """\
# What kafkalint would change, as a component of Kustomize. Save it as kustomization.yaml in a folder of its own, and
# list that folder under `components:` in a kustomization that has these manifests among its `resources:`.
"""
_SPLIT = "# Save each document behind the first one beside it, under the name that stands above it.\n"


class Patched(NamedTuple):
    """An object that is to be changed."""

    resource: Resource
    operations: tuple[ValueOperation, ...]
    reasons: tuple[str, ...]
    """What it is good for, in words."""


class Added(NamedTuple):
    """An object that is to be added."""

    file: str
    data: Mapping[str, Any]
    reason: str


def patchable(located: Iterable[Located], *, unsafe: bool = False) -> list[Located]:
    """Findings whose fixes, those that are safe or all, have a place in a patch.

    What is a matter of text, such as a comment, has none; fixes that were tried and taken back neither.
    """
    return [item for item in located if _is_wanted(item, unsafe=unsafe)]


def kustomize_patch(located: Iterable[Located], *, unsafe: bool = False) -> str:
    """The fixes of findings as a component: its kustomization, and new objects behind it."""
    found = patchable(located, unsafe=unsafe)
    patched, added = _patched(found), _added(found)
    lines = mapping_lines(_COMPONENT, 0, _STYLE)
    if added:
        lines += mapping_lines({"resources": [new.file for new in added]}, 0, _STYLE)
    if patched:
        lines.append("patches:")
        lines += [f"  {line}".rstrip() for each in patched for line in _entry(each)]
    documents = [_text(lines), *(_document(new) for new in added)]
    return _USE + (_SPLIT if added else "") + "---\n".join(documents)


def _is_wanted(item: Located, *, unsafe: bool) -> bool:
    fix = _fix(item)
    if fix is None:
        return False
    if any(isinstance(operation, RewriteText | RemoveEntry) for operation in fix.operations):
        return False
    return unsafe or fix.applicability in (Applicability.SAFE, Applicability.NEW)


def _patched(found: Sequence[Located]) -> list[Patched]:
    """What is to be changed, each object once, in the order of the findings."""
    patched: dict[int, Patched] = {}
    for item in found:
        mine: dict[int, list[ValueOperation]] = {}
        for operation in _operations(item):
            if isinstance(operation, SetValue | AppendItem | RemoveValue | RenameKey):
                mine.setdefault(id(operation.place.resource), []).append(operation)
        for key, operations in mine.items():
            resource = operations[0].place.resource
            before = patched.get(key, Patched(resource, (), ()))
            after = _joined(before, operations, _reason(item))
            if after.operations:
                patched[key] = after
    return [each for each in patched.values() if each.resource.text("metadata", "name")]


def _joined(before: Patched, operations: Iterable[ValueOperation], reason: str) -> Patched:
    """An object with more to be changed; as it was where that contradicts what is to be changed already."""
    new = [each for each in operations if not any(_is_alike(each, other) for other in before.operations)]
    taken = {each.place for each in before.operations if not isinstance(each, AppendItem)}
    if any(each.place in taken for each in new):
        return before
    whole = (*before.operations, *new)
    try:
        _body(before.resource, whole)
    except Refusal:
        return before
    return Patched(before.resource, whole, (*before.reasons, reason) if new else before.reasons)


def _is_alike(one: ValueOperation, other: ValueOperation) -> bool:
    return type(one) is type(other) and one.place == other.place and same(list(one[1:]), list(other[1:]))


def _added(found: Sequence[Located]) -> list[Added]:
    """What is to be added, each object once."""
    added: dict[tuple[str, str, str], Added] = {}
    files: set[str] = set()
    for item in found:
        for operation in _operations(item):
            if not isinstance(operation, AddResource):
                continue
            kind, name = str(operation.data.get("kind")), str(dig(operation.data, "metadata", "name"))
            key = (kind, str(dig(operation.data, "metadata", "namespace")), name)
            if key not in added:
                file = free(file_name(kind, name), files.__contains__)
                files.add(file)
                added[key] = Added(file, operation.data, _reason(item))
    return list(added.values())


def _operations(item: Located) -> tuple[Operation, ...]:
    fix = _fix(item)
    return fix.operations if fix else ()


def _fix(item: Located) -> Fix | None:
    """What is to be done about a finding, with what has to be done beside it; None where that is nothing."""
    if item.remedy is None:
        return item.finding.fix
    return item.remedy.fix if item.remedy.possible else None


def _reason(item: Located) -> str:
    fix = _fix(item)
    return f"{item.finding.code}: {fix.description}" if fix else item.finding.code


def _entry(patched: Patched) -> Iterator[str]:
    """The entry of a patch under `patches`."""
    resource = patched.resource
    yield from (f"# {reason}" for reason in patched.reasons)
    name = resource.text("metadata", "name")
    first, *rest = mapping_lines({"target": target(resource, name, resource.namespace)}, 2, _STYLE)
    yield f"- {first.lstrip()}"
    yield from rest
    yield "  patch: |-"
    yield from (f"    {line}" for line in _body(resource, patched.operations))


def _body(resource: Resource, operations: Sequence[ValueOperation]) -> list[str]:
    merged = merge_patch(resource, operations)
    if merged is None:
        return [line for each in json_patch(resource, operations) for line in item_lines(each, 0, _STYLE)]
    whole = with_head(resource, resource.text("metadata", "name"), resource.namespace, merged)
    return mapping_lines(whole, 0, _STYLE)


def _document(new: Added) -> str:
    return f"# {new.file}\n# {new.reason}\n{_text(mapping_lines(new.data, 0, _STYLE))}"


def _text(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
