"""What `check` does about findings: fixes worked out, proven, made, or shown as a diff."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from kafkalint.checking.finding import Located
from kafkalint.checking.outcome import Outcome
from kafkalint.fixing.judging import key_of, repeats
from kafkalint.fixing.mending import ALL, SAFE, mend, proven, unmended
from kafkalint.fixing.origin.trees import tree_of
from kafkalint.fixing.remedies import with_remedies
from kafkalint.fixing.saving import File, SaveError, replace_files
from kafkalint.fixing.shadow import Shadow
from kafkalint.fixing.text.diffs import unified_diff
from kafkalint.linting import Rules, lint
from kafkalint.manifests.loading import LoadRequest, UsageError, load
from kafkalint.manifests.progress import UNWATCHED
from kafkalint.manifests.sources import STDIN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kafkalint.checking.applicability import Applicability
    from kafkalint.manifests.sources import Source


class Wanted(NamedTuple):
    """What is to be done with the fixes."""

    fix: bool = False
    unsafe: bool = False
    diff: bool = False
    patch: bool = False
    edits: bool = False
    """Whether a report carries edits, which somebody will make unread: they are proven although nothing is written."""


class Mending(NamedTuple):
    """What was done, beside what the outcome says of it."""

    diff: str | None = None
    """What would change, where that was asked for, as a diff or a patch; empty where nothing would."""
    would: tuple[Located, ...] = ()
    """Findings that the diff would mend."""
    stdin: bytes | None = None
    """The mended text, where standard input was to be mended."""
    problems: tuple[str, ...] = ()
    """Files that could not be written."""

    @property
    def output(self) -> bytes | None:
        """What is printed instead of a report; None where the report is."""
        return self.stdin if self.diff is None else self.diff.encode("utf-8", "surrogateescape")


def attend(outcome: Outcome, request: LoadRequest, rules: Rules, wanted: Wanted) -> tuple[Outcome, Mending | None]:
    """Do what is wanted with the fixes of an outcome."""
    if not any(item.finding.fix for item in outcome.findings):
        return _as_it_is(outcome, request, wanted, "")
    import tempfile  # noqa: PLC0415 - and `--help` needs nothing of this

    odd = [path for path in request.paths if path != STDIN and not _can_be_read_again(path, request)]
    if odd:
        return _as_it_is(outcome, request, wanted, f"{odd[0]} is no regular file")
    try:
        with tempfile.TemporaryDirectory(prefix="kafkalint-") as place:
            return _attended(outcome, _Copy(request, rules, place), wanted)
    except (OSError, UsageError) as error:
        return _as_it_is(outcome, request, wanted, f"it could not be tried on a copy of the files: {error}")


def _attended(outcome: Outcome, world: _Copy, wanted: Wanted) -> tuple[Outcome, Mending | None]:
    """As `attend`, in a world of copies."""
    world.asked.progress.step("proving fixes")
    # What is written is what the copies become: fixes of anything else would undo what was changed meanwhile.
    copied = world.lint()
    if not repeats(outcome, copied):
        return _as_it_is(outcome, world.asked, wanted, "the files were changed meanwhile, or are rendered differently")
    outcome = copied._replace(notices=outcome.notices)
    if wanted.patch or (wanted.edits and not wanted.fix):
        outcome = proven(world, outcome, world.asked.progress)
    if wanted.patch:
        return outcome, _patched(outcome, wanted)
    if wanted.diff:
        return _compared(outcome, world, wanted)
    return _made(outcome, world, wanted) if wanted.fix else (outcome, None)


def _can_be_read_again(path: str, request: LoadRequest) -> bool:
    full = os.path.join(request.directory, path)
    return os.path.isfile(full) or os.path.isdir(full)


def _as_it_is(outcome: Outcome, request: LoadRequest, wanted: Wanted, why: str) -> tuple[Outcome, Mending | None]:
    """Nothing done, and why where there was anything to do."""
    left = unmended(outcome, why)
    if wanted.diff or wanted.patch:
        return left, Mending(diff="")
    return left, Mending(stdin=request.stdin) if wanted.fix else None


def _patched(outcome: Outcome, wanted: Wanted) -> Mending:
    """What mending would change, as a patch for who renders the manifests."""
    from kafkalint.fixing.origin.overlay_patches import kustomize_patch, patchable  # noqa: PLC0415 - few ask for a patch

    found = patchable(outcome.findings, unsafe=wanted.unsafe)
    return Mending(diff=kustomize_patch(found, unsafe=wanted.unsafe) if found else "", would=tuple(found))


def _compared(outcome: Outcome, world: _Copy, wanted: Wanted) -> tuple[Outcome, Mending]:
    """The outcome as it is, and what mending would change."""
    mended = mend(world, _kinds(wanted), outcome, world.asked.progress)
    changes = ((world.from_root(name), was, now) for name, was, now in world.changed())
    text = "".join(unified_diff(*each) for each in changes)
    withdrawn = {key_of(item): item.remedy for item in mended.outcome.findings if item.remedy and item.remedy.withdrawn}
    findings = [item._replace(remedy=withdrawn.get(key_of(item), item.remedy)) for item in outcome.findings]
    return outcome._replace(findings=findings), Mending(diff=text, would=mended.applied)


def _made(outcome: Outcome, world: _Copy, wanted: Wanted) -> tuple[Outcome, Mending]:
    """What is left when everything has been mended and written; all that there was where it could not be written."""
    mended = mend(world, _kinds(wanted), outcome, world.asked.progress)
    changed = list(world.changed())
    files = [File(world.tree.path(name), now, was) for name, was, now in changed if name != world.stdin_name]
    try:
        replace_files(files)
    except SaveError as error:
        return unmended(outcome, "files could not be written"), Mending(
            stdin=world.request.stdin, problems=(str(error),)
        )
    left = proven(world, mended.outcome, world.asked.progress) if wanted.edits else mended.outcome
    return left._replace(mended=mended.applied), Mending(stdin=world.stdin)


def _kinds(wanted: Wanted) -> frozenset[Applicability]:
    return ALL if wanted.unsafe else SAFE


class _Copy:
    """The files of a run, copied to where fixes can be tried."""

    def __init__(self, request: LoadRequest, rules: Rules, place: str) -> None:
        self.rules = rules
        self.asked = request
        self.real = request.directory
        self.tree = tree_of(request)
        self.stdin_name = (request.stdin_filename or STDIN) if request.stdin is not None else None
        self.stdin = request.stdin
        self.sources: tuple[Source, ...] = ()
        self.shadow = Shadow.of(place, request)
        paths, roots = (
            tuple(self.shadow.at(path) if os.path.isabs(path) else path for path in each)
            for each in (request.paths, request.roots)
        )
        # Whoever looks is told how many fixes are proven, and not how far each of the runs is that it takes.
        self.request = request._replace(
            paths=paths,
            roots=roots,
            from_git=False,
            directory=self.shadow.working_directory,
            progress=UNWATCHED,
        )

    def lint(self) -> Outcome:
        """What the checks say of the copies."""
        loaded = load(self.request._replace(stdin=self.stdin))
        self.sources = loaded.sources
        outcome = lint(loaded, self.rules)
        return outcome._replace(findings=list(with_remedies(outcome.findings, self.tree)))

    def renderings(self) -> Sequence[Source]:
        """What was rendered for the last lint."""
        return [source for source in self.sources if source.rendered_by is not None]

    def write(self, texts: Mapping[str, bytes | None]) -> Mapping[str, bytes | None]:
        """Change copies, or what standard input is taken to hold."""
        before: dict[str, bytes | None] = {}
        if self.stdin_name is not None and self.stdin_name in texts:
            before[self.stdin_name] = self.stdin
            self.stdin = texts[self.stdin_name]
        files = {name: data for name, data in texts.items() if name != self.stdin_name}
        return {**before, **self.shadow.write(files)}

    def from_root(self, name: str) -> str:
        """A file as it is named from the root of the repository, where a diff is applied."""
        if name == self.stdin_name:
            return name
        real = os.path.realpath(self.real)
        return os.path.relpath(os.path.normpath(os.path.join(real, name)), self.tree.root).replace(os.sep, "/")

    def changed(self) -> Iterator[tuple[str, bytes | None, bytes]]:
        """What is not as it was: name, content before and after."""
        if self.stdin_name is not None and self.stdin is not None and self.stdin != self.request.stdin:
            yield self.stdin_name, self.request.stdin, self.stdin
        yield from self.shadow.changed()
