"""Fixes that are made only together: the first, and those of what it brought to light, as one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kafkalint.checking.applicability import Applicability
from kafkalint.checking.fix import Fix
from kafkalint.checking.remedy import Change, Edit, Remedy
from kafkalint.manifests.sources import Source
from kafkalint.manifests.text import Span, decode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kafkalint.checking.finding import Located


def joined(chain: Sequence[Located], before: Mapping[str, bytes | None], after: Mapping[str, bytes | None]) -> Remedy:
    """One remedy for a chain of fixes, from what the files held before the first and after the last of them."""
    fixes = [item.remedy.fix for item in chain if item.remedy]
    known: dict[str, Source] = {}
    for change in (change for item in chain if item.remedy for change in item.remedy.changes):
        known.setdefault(change.file, change.source)
    changes = [
        _change(name, known[name], before[name], data)
        for name, data in sorted(after.items())
        if data is not None and data != before[name]
    ]
    return Remedy(_one_fix(fixes), tuple(changes))


def _one_fix(fixes: Sequence[Fix]) -> Fix:
    kinds = {fix.applicability for fix in fixes}
    order = (Applicability.UNSAFE, Applicability.NEW, Applicability.SAFE)
    operations = tuple(operation for fix in fixes for operation in fix.operations)
    description = "; ".join(dict.fromkeys(fix.description for fix in fixes))
    return Fix(description, operations, next(kind for kind in order if kind in kinds))


def _change(name: str, source: Source, before: bytes | None, after: bytes) -> Change:
    text = decode(after).content
    if before is None:
        return Change(source, (Edit(Span(0, 0), text),), creates=True)
    original = Source(name, before, source.directory, working_directory=source.working_directory)
    return Change(original, tuple(_edits(original.text.content, text)))


def _edits(before: str, after: str) -> Iterator[Edit]:
    """What turns one text into another, line by line."""
    from difflib import SequenceMatcher  # noqa: PLC0415 - few fixes come in chains

    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    starts = [0]
    for line in old:
        starts.append(starts[-1] + len(line))
    for tag, first, last, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            yield Edit(Span(starts[first], starts[last]), "".join(new[start:end]))
