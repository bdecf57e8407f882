"""Fixes worked out: from what a check wants to the files, and the pieces of them, that have to change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kafkalint.checking.fix import source_of
from kafkalint.checking.remedy import Change, Edit, Remedy
from kafkalint.fixing.origin.origins import NewFile, at_their_origin
from kafkalint.fixing.origin.trees import Tree
from kafkalint.fixing.text.edits import Refusal
from kafkalint.fixing.text.writing import edits_of
from kafkalint.manifests.sources import STDIN, Source
from kafkalint.manifests.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kafkalint.checking.finding import Located
    from kafkalint.checking.fix import Fix, Operation


def with_remedies(located: Iterable[Located], tree: Tree) -> Iterator[Located]:
    """Findings with their fixes worked out."""
    for item in located:
        fix = item.finding.fix
        yield item if fix is None else item._replace(remedy=remedy(fix, tree))


def remedy(fix: Fix, tree: Tree) -> Remedy:
    """How a fix would be made in the files that its places come from; that it proves itself is not said."""
    try:
        return Remedy(fix, tuple(_changes(fix, tree)))
    except Refusal as refusal:
        return Remedy(fix, problem=str(refusal))


def _changes(fix: Fix, tree: Tree) -> Iterator[Change]:
    found = at_their_origin(fix.operations, tree)
    by_file: dict[str, list[Operation]] = {}
    sources: dict[str, Source] = {}
    for operation in found.operations:
        source = source_of(operation)
        if sources.setdefault(source.name, source) is not source and sources[source.name].data != source.data:
            raise Refusal(f"{source.name} has been read twice, and was changed in between")
        by_file.setdefault(source.name, []).append(operation)
    changes = [_change(sources[name], operations) for name, operations in by_file.items()]
    changes += [_creation(file) for file in found.files]
    for change in sorted(changes, key=lambda change: change.file):
        _hold_to_tree(change.source, tree)
        yield change


def _change(source: Source, operations: list[Operation]) -> Change:
    return Change(source, edits_of(operations), tuple(operations))


def _creation(file: NewFile) -> Change:
    source = Source(file.name, b"", file.name.rpartition("/")[0], working_directory=file.working_directory)
    return Change(source, (Edit(Span(0, 0), file.content),), creates=True)


def _hold_to_tree(source: Source, tree: Tree) -> None:
    """Refuse to write into a file that is somebody else's, or that others build upon whom this run does not see."""
    if source.name in (STDIN, tree.stdin) or not source.working_directory:
        return
    if not tree.holds(source.name):
        raise Refusal(f"{source.name} lies outside the working tree")
    if not tree.writable(source.name):
        raise Refusal(f"{source.name} is read-only")
    strangers = tree.strangers(source.name)
    if strangers:
        build = "builds" if len(strangers) == 1 else "build"
        raise Refusal(f"{' and '.join(strangers)}, which this run does not see, {build} upon {source.name} too")
