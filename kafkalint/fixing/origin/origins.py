"""Operations on rendered objects moved to the files that they were rendered from."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kafkalint.checking.fix import AddResource, RemoveEntry, RewriteText, resource_of, source_of
from kafkalint.fixing.origin.new_files import NewFile
from kafkalint.fixing.text.edits import Refusal
from kafkalint.manifests.shapes import dig, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kafkalint.checking.fix import Operation
    from kafkalint.fixing.origin.rendered_objects import RenderedObject
    from kafkalint.fixing.origin.trees import Tree


class AtOrigin(NamedTuple):
    """Operations on files that are really there, and files that are to be made."""

    operations: tuple[Operation, ...]
    files: tuple[NewFile, ...] = ()


def at_their_origin(operations: Sequence[Operation], tree: Tree) -> AtOrigin:
    """Operations on the files that somebody wrote; raises Refusal where a value comes from none to be edited."""
    rendered = [operation for operation in operations if source_of(operation).rendered_by is not None]
    if not rendered:
        return AtOrigin(tuple(operations))
    plain = [operation for operation in operations if source_of(operation).rendered_by is None]
    by_helm = [operation for operation in rendered if source_of(operation).rendered_by == "helm"]
    by_kustomize = [operation for operation in rendered if source_of(operation).rendered_by != "helm"]
    found = _kustomized(by_kustomize, tree) if by_kustomize else AtOrigin(())
    if by_helm:
        from kafkalint.fixing.origin.helm_templates import at_template  # noqa: PLC0415 - for those who render charts

        plain += [at_template(operation) for operation in by_helm]
    return AtOrigin((*plain, *found.operations), found.files)


def _kustomized(operations: Sequence[Operation], tree: Tree) -> AtOrigin:
    """Operations on what kustomize made: in the object's file or in a patch, what is left in a patch to be made."""
    from kafkalint.fixing.origin.kustomize_targets import Uncovered, at_origin  # noqa: PLC0415 - for those who render
    from kafkalint.fixing.origin.overlays import Additions  # noqa: PLC0415 - as above
    from kafkalint.fixing.origin.rendered_objects import RenderedObject  # noqa: PLC0415 - as above

    added = [operation for operation in operations if isinstance(operation, AddResource)]
    new = frozenset(name for each in added if (name := text(dig(each.data, "metadata", "name"))))
    additions = Additions(tree, new)
    owners: dict[int, RenderedObject] = {}
    left: dict[int, list[Uncovered]] = {}
    for operation in operations:
        if isinstance(operation, RewriteText | RemoveEntry):
            raise Refusal("it is rendered by kustomize, which keeps no text as it was written")
        resource = resource_of(operation)
        owner = owners.setdefault(id(resource), RenderedObject(resource, tree))
        if isinstance(operation, AddResource):
            additions.resource(owner, operation.data)
            continue
        found = at_origin(operation, owner, new)
        if isinstance(found, Uncovered):
            left.setdefault(id(resource), []).append(found)
        else:
            additions.operations += found
    for key, pending in left.items():
        said = [each.operation for each in pending]
        additions.patch(owners[key], said, last=any(each.contradicting for each in pending))
    return AtOrigin(tuple(additions.all_operations()), tuple(additions.files))


__all__ = ["AtOrigin", "NewFile", "at_their_origin"]
