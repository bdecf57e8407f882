"""The harness for authors of checks: lint a text or a fixture, and compare with what the fixture says it expects."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kafkalint.checking.check import Check, Run, SuppressionCheck
from kafkalint.checking.finding import Finding, Located
from kafkalint.checking.locating import locate, order
from kafkalint.checking.outcome import Outcome
from kafkalint.checking.policy import judge
from kafkalint.checking.runner import Ledger, distinct, read_models, run_checks
from kafkalint.checking.selection import Plan
from kafkalint.checking.suppressions import in_annotations, in_comments
from kafkalint.checking.vocabulary import Vocabulary
from kafkalint.fixing.mending import ALL, SAFE, mend
from kafkalint.fixing.origin.trees import Tree
from kafkalint.fixing.remedies import with_remedies
from kafkalint.kafka.flavours import Flavour
from kafkalint.kafka.model import KafkaModel, Settings
from kafkalint.manifests.bundles import Bundle
from kafkalint.manifests.documents import Document, documents
from kafkalint.manifests.sources import Source

_EXPECT = re.compile(r"#\s*expect(?P<next>-next)?:\s*(?P<codes>[A-Z]+[0-9]+(?:\s*,\s*[A-Z]+[0-9]+)*)")


@dataclass(frozen=True, order=True)
class Expected:
    """A line on which a finding of a code must begin."""

    line: int
    code: str


def expectations(text: str) -> list[Expected]:
    """The `# expect: KL301` comments of a fixture: on the flagged line, or as `# expect-next:` on the line above.

    The second form is for text that cannot carry a comment at its end, such as a properties file in a block scalar.
    """
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        for match in _EXPECT.finditer(line):
            at = number + 1 if match["next"] else number
            found += [Expected(at, code.strip()) for code in match["codes"].split(",")]
    return sorted(found)


def bundle_of(text: str, name: str = "manifests.yaml") -> tuple[Bundle, list[Document]]:
    """All resources of a text as one bundle, and its documents."""
    parsed = list(documents(Source(name, text.encode())))
    return Bundle(name, tuple(resource for document in parsed for resource in document.resources)), parsed


def model_of(text: str, flavours: Sequence[Flavour] | None = None, settings: Settings | None = None) -> KafkaModel:
    """The model of a text; every installed flavour reads it unless some are given."""
    ledger = Ledger()
    bundle, _ = bundle_of(text)
    (model,) = read_models([bundle], _flavours(flavours), settings or Settings(), ledger)
    _raise_faults(ledger)
    return model


def lint(
    text: str,
    checks: Iterable[type[Check]],
    *,
    name: str = "manifests.yaml",
    flavours: Sequence[Flavour] | None = None,
    settings: Settings | None = None,
) -> list[Located]:
    """What these checks, and no others, find in a text; a check that raises fails the test."""
    ledger = Ledger()
    wanted = tuple(checks)
    bundle, parsed = bundle_of(text, name)
    models = read_models([bundle], _flavours(flavours), settings or Settings(), ledger)
    run = Run(
        [document.source for document in parsed[:1]], models, complete=all(not each.unreadable for each in parsed)
    )
    run_checks([check() for check in wanted if not issubclass(check, SuppressionCheck)], parsed, models, ledger, run)
    _raise_faults(ledger)
    if any(issubclass(check, SuppressionCheck) for check in wanted):
        return _with_suppressions(ledger.findings, wanted, parsed)
    return sorted((locate(finding) for finding in distinct(ledger.findings)), key=order)


def _with_suppressions(
    findings: Iterable[Finding], checks: tuple[type[Check], ...], parsed: Sequence[Document]
) -> list[Located]:
    from kafkalint.registry import load_registry  # noqa: PLC0415 - as above

    known = {item.check for item in load_registry().checks}
    vocabulary = Vocabulary.of(sorted({*known, *checks}, key=lambda check: check.code))
    directives = [each for document in parsed[:1] for each in in_comments(document.source, vocabulary)]
    for document in parsed:
        directives += [each for resource in document.resources for each in in_annotations(resource, vocabulary)]
    judgement = judge(distinct(findings), Plan(checks), directives, locate)
    if judgement.faults:
        raise AssertionError("; ".join(f"{fault.code} {fault.problem}" for fault in judgement.faults))
    return sorted(judgement.live, key=order)


def mended(
    text: str,
    checks: Iterable[type[Check]],
    *,
    name: str = "manifests.yaml",
    settings: Settings | None = None,
    unsafe: bool = True,
) -> tuple[str, list[Located]]:
    """A text with every fix of these checks made that proves itself, and the findings that are left.

    What cannot be mended says why in its `remedy`.
    """
    world = _TextWorld(text, tuple(checks), name, settings)
    done = mend(world, ALL if unsafe else SAFE)
    return world.text, list(done.outcome.findings)


class _TextWorld:
    """A single text as the whole world."""

    def __init__(self, text: str, checks: tuple[type[Check], ...], name: str, settings: Settings | None) -> None:
        self.text = text
        self.checks = checks
        self.name = name
        self.settings = settings

    def lint(self) -> Outcome:
        """What the checks say of the text."""
        found = lint(self.text, self.checks, name=self.name, settings=self.settings)
        return Outcome(findings=list(with_remedies(found, Tree(""))))

    def write(self, texts: Mapping[str, bytes | None]) -> dict[str, bytes | None]:
        """Replace the text; it is the only one."""
        before: dict[str, bytes | None] = {self.name: self.text.encode()}
        data = texts.get(self.name)
        if data is None or set(texts) != {self.name}:
            raise AssertionError(f"a fix writes to other files: {', '.join(texts)}")
        self.text = data.decode("utf-8-sig")
        return before

    def renderings(self) -> Sequence[Source]:
        """A text is rendered by nobody."""
        return ()


def assert_fixture(check: type[Check], path: Path) -> None:
    """Hold a fixture to its word: `bad*.yaml` gives exactly the findings that it expects, `good*.yaml` none."""
    text = path.read_bytes().decode("utf-8-sig")
    found = sorted(Expected(item.location.line, item.finding.code) for item in lint(text, [check], name=str(path)))
    wanted = expectations(text)
    if path.name.startswith("bad") and not wanted:
        raise AssertionError(f"{path}: a bad fixture must say what it expects: '# expect: {check.code}'")
    if found != wanted:
        raise AssertionError(f"{path}: expected {_listed(wanted)}, found {_listed(found)}")


def _listed(lines: Sequence[Expected]) -> str:
    return ", ".join(f"{item.code} on line {item.line}" for item in lines) or "nothing"


def _flavours(given: Sequence[Flavour] | None) -> Sequence[Flavour]:
    if given is not None:
        return given
    from kafkalint.registry import load_registry  # noqa: PLC0415 - tests that bring their own flavours need no plugins

    return load_registry().flavours


def _raise_faults(ledger: Ledger) -> None:
    if ledger.faults:
        raise AssertionError("; ".join(f"{fault.code} {fault.problem}" for fault in ledger.faults))
