"""The report for programs: one JSON object, whose keys are a contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kafkalint.checking.finding import Level
from kafkalint.checking.locating import location_of
from kafkalint.reports.wording import changes_of, ordered, resource_place, strict_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.checking.baseline import BaselineUse, Entry
    from kafkalint.checking.finding import Located, Location
    from kafkalint.checking.outcome import Outcome
    from kafkalint.checking.remedy import Change
    from kafkalint.manifests.resources import Place
    from kafkalint.reports import Screen

VERSION = 1
"""Raised when a key changes its meaning or goes; new keys come without."""


def report(outcome: Outcome, screen: Screen) -> str:  # noqa: ARG001 - every report is called alike
    """The outcome as one JSON object."""
    document: dict[str, Any] = {
        "version": VERSION,
        "summary": _summary(outcome),
        "clusters": [cluster._asdict() for cluster in outcome.clusters],
        "findings": [_finding(located) for located in ordered(outcome.findings)],
        "mended": [_finding(located) for located in ordered(outcome.mended)],
        "notices": [notice._asdict() | {"file": notice.file or None} for notice in outcome.notices],
        "faults": [fault._asdict() for fault in outcome.faults],
        "unmodelled": [dict(zip(("flavour", "object", "file"), thing, strict=True)) for thing in outcome.unmodelled],
    }
    if outcome.baseline is not None:
        document["baseline"] = _baseline(outcome.baseline)
    if outcome.include_suppressed:
        document["suppressed_findings"] = [_finding(located) for located in ordered(outcome.suppressed)]
    return strict_json(document)


def _summary(outcome: Outcome) -> dict[str, Any]:
    return {
        "errors": outcome.count(Level.ERROR),
        "warnings": outcome.count(Level.WARNING),
        "infos": outcome.count(Level.INFO),
        "suppressed": len(outcome.suppressed),
        "resources": outcome.resources,
        "clusters": len(outcome.clusters),
        "seconds": outcome.seconds,
        "skipped": outcome.skipped,
        "sources": outcome.sources,
        "complete": outcome.complete,
        "baselined": outcome.baseline.held_back if outcome.baseline else 0,
    }


def _baseline(use: BaselineUse) -> dict[str, Any]:
    return {"file": use.name, "held_back": use.held_back, "idle": [_entry(entry) for entry in use.idle]}


def _entry(entry: Entry) -> dict[str, Any]:
    subject = entry.subject
    return {
        "code": subject.code,
        "name": entry.rule,
        "level": entry.level.value,
        "file": entry.file,
        "rendered": entry.rendered or None,
        "with": entry.made_with or None,
        "resource": {"kind": subject.kind.lstrip("/"), "namespace": subject.namespace or None, "name": subject.name}
        if subject.kind
        else None,
        "route": subject.route,
        "text": subject.text or None,
    }


def _finding(located: Located) -> dict[str, Any]:
    finding, place = located.finding, resource_place(located)
    entry: dict[str, Any] = {
        "code": finding.code,
        "name": finding.name,
        "level": finding.level.value,
        "message": finding.message,
        **_region(located.location),
        "resource": _resource(place) if place else None,
        "route": place.path if place else "",
        "cluster": finding.cluster,
        "fix": _fix(located),
        "related": [_region(location) | {"message": message} for location, message in located.related],
        "help": finding.help,
        "origin": located.origin,
        "note": located.note,
    }
    if located.suppressed:
        entry["suppressed"] = located.suppressed._asdict()
    return entry


def _fix(located: Located) -> dict[str, Any] | None:
    fix, remedy = located.finding.fix, located.remedy
    if fix is None:
        return None
    return {
        "applicability": fix.applicability.value,
        "description": fix.description,
        "changes": [_change(change) for change in changes_of(located)],
        "problem": (remedy.problem if remedy else "") or None,
    }


def _change(change: Change) -> dict[str, Any]:
    return {"file": change.file, "creates": change.creates, "edits": list(_edits(change))}


def _edits(change: Change) -> Iterator[dict[str, Any]]:
    for edit in change.edits:
        region = _region(location_of(change.file, change.source.text, edit.span))
        del region["file"]
        yield region | {"text": edit.text}


def _region(location: Location) -> dict[str, Any]:
    return {
        "file": location.file,
        "line": location.start.line,
        "column": location.start.column,
        "end_line": location.end.line,
        "end_column": location.end.column,
    }


def _resource(place: Place) -> dict[str, Any]:
    resource = place.resource
    return {
        "apiVersion": resource.api_version,
        "kind": resource.kind,
        "namespace": resource.namespace,
        "name": resource.name,
    }
