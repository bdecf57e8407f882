"""The report as JUnit's XML: a test for each finding that failed, and one for each clean source that passed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kafkalint.reports.entries import (
    LONGEST_MESSAGE,
    Numbering,
    advice,
    from_root,
    pointers,
    problems,
    spot_from_root,
    unjudged,
)
from kafkalint.reports.wording import UNREADABLE, clipped, resource_place, safe, shown
from kafkalint.reports.xml_text import Element, child, document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.checking.finding import Located
    from kafkalint.checking.outcome import Outcome
    from kafkalint.reports import Screen

_LONGEST_NAME = 400
_COUNTED = {"failures": "failure", "errors": "error", "skipped": "skipped"}


class _Case(NamedTuple):
    """A test: of which file, called what, and why it did not pass."""

    file: str
    name: str
    line: int = 0
    result: str = ""
    """`failure`, `error`, `skipped`; empty for a test that passed."""
    type: str = ""
    message: str = ""
    text: str = ""


def report(outcome: Outcome, screen: Screen) -> str:  # noqa: ARG001 - every report is called alike
    """A suite for each source; findings of every level fail, for JUnit knows no levels."""
    suites: dict[str, list[_Case]] = {}
    for case in (*_problems(outcome), *_unjudged(outcome), *_findings(outcome)):
        suites.setdefault(case.file, []).append(case)
    for name in outcome.clean:
        file = safe(from_root(name, outcome))
        suites.setdefault(file, [_Case(file, "no findings")])
    if not suites:
        # Jenkins takes a report without tests for a job that broke.
        folder = safe(from_root(".", outcome))
        suites[folder] = [_Case(folder, "nothing to check")]
    root = Element(
        "testsuites", {"name": "kafkalint", **_counts([case for cases in suites.values() for case in cases])}
    )
    for file in sorted(suites):
        suite = child(root, "testsuite", {"name": file, **_counts(suites[file])})
        numbering = Numbering()
        for case in suites[file]:
            _write(suite, case, numbering.number(case.name))
    return document(root)


def _counts(cases: list[_Case]) -> dict[str, str]:
    results = [case.result for case in cases]
    return {"tests": str(len(cases))} | {key: str(results.count(result)) for key, result in _COUNTED.items()}


def _write(suite: Element, case: _Case, number: int) -> None:
    # GitLab takes tests of one suite, class and name for one test.
    attributes: dict[str, str | int] = {
        "name": f"{case.name} #{number}" if number > 1 else case.name,
        "classname": _class_name(case.file),
        "file": case.file,
    }
    test = child(suite, "testcase", attributes | ({"line": case.line} if case.line else {}))
    if case.result:
        kind = {"type": case.type} if case.type else {}
        # GitLab shows the text and no message, Jenkins and Azure both: so each says what is the matter.
        child(test, case.result, {"message": case.message, **kind}, case.text)


def _class_name(file: str) -> str:
    """The file as a class of a package `kafkalint`: Jenkins would take what is before the last dot for a package."""
    return f"kafkalint.{file.replace('.', '_')}"


def _problems(outcome: Outcome) -> Iterator[_Case]:
    for problem in problems(outcome):
        message = clipped(problem.message, LONGEST_MESSAGE)
        title = clipped(problem.title, _LONGEST_NAME)
        yield _Case(problem.subject, title, 0, "error", problem.kind, message, f"{title}: {message}")


def _unjudged(outcome: Outcome) -> Iterator[_Case]:
    for problem in unjudged(outcome):
        title = clipped(problem.title, _LONGEST_NAME)
        yield _Case(problem.subject, title, 0, "skipped", "", problem.message, f"{title}: {problem.message}")


def _findings(outcome: Outcome) -> Iterator[_Case]:
    for located in shown(outcome):
        finding, location = located.finding, located.location
        file = safe(from_root(location.file, outcome))
        case = _Case(file, _name(located), location.line)
        if located.suppressed:
            reason = clipped(safe(located.suppressed.reason or "suppressed, no reason given"), LONGEST_MESSAGE)
            yield case._replace(result="skipped", message=reason, text=reason)
        else:
            result = "error" if finding.code == UNREADABLE else "failure"
            message = clipped(safe(finding.message), LONGEST_MESSAGE)
            yield case._replace(
                result=result,
                type=finding.level.value,
                message=message,
                text=_text(located, message, outcome),
            )


def _name(located: Located) -> str:
    """Rule, object and value, without lines: the same finding has the same name in the next run."""
    finding, place = located.finding, resource_place(located)
    where = f": {' '.join(filter(None, (str(place.resource.identity), place.path)))}" if place else ""
    return clipped(safe(f"{finding.code} {finding.name}{where}"), _LONGEST_NAME)


def _text(located: Located, message: str, outcome: Outcome) -> str:
    finding = located.finding
    where = spot_from_root(located.location, outcome)
    title = f"{where} {finding.level.value} {safe(f'{finding.code} {finding.name}')}"
    return "\n".join([title, message, *map(_line, (*advice(located), *pointers(located, outcome)))])


def _line(text: str) -> str:
    return clipped(safe(text), LONGEST_MESSAGE)
