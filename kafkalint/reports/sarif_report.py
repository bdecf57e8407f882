"""The report for code scanning: SARIF 2.1.0, as GitHub and the SARIF validator want it."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import kafkalint
from kafkalint.checking.finding import Level
from kafkalint.checking.fingerprints import fingerprint_of
from kafkalint.checking.locating import location_of
from kafkalint.checking.page import page_of
from kafkalint.manifests.resources import pointer
from kafkalint.manifests.sources import STDIN
from kafkalint.reports.entries import STANDARD_INPUT, from_root
from kafkalint.reports.line_hashes import line_hashes
from kafkalint.reports.wording import (
    HOME,
    UNREADABLE,
    baseline_line,
    changes_of,
    clipped,
    fault_title,
    ordered,
    page_url,
    resource_place,
    sentence,
    shown,
    strict_json,
    unmodelled_line,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kafkalint.checking.check import Check
    from kafkalint.checking.finding import Fault, Finding, Fix, Located, Location, Suppression
    from kafkalint.checking.outcome import Outcome
    from kafkalint.checking.remedy import Change
    from kafkalint.manifests.resources import Place, Resource
    from kafkalint.reports import Screen

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"

_ROOT = "SRCROOT"
_LEVELS = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFO: "note"}
_SEVERITIES = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFO: "recommendation"}
_SEMANTIC_VERSION = re.compile(r"\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?")
_PLACEHOLDER = re.compile(r"\{(?=\d+\})")
_LINK = re.compile(r"\](?=\()")

# What GitHub takes; a longer text has the whole file refused.
_LONGEST_DESCRIPTION = 1024
_LONGEST_NAME = 255
_LONGEST_SNIPPET = 2000


def report(outcome: Outcome, screen: Screen) -> str:  # noqa: ARG001 - every report is called alike
    """The outcome as one SARIF run."""
    return strict_json({"$schema": SCHEMA, "version": "2.1.0", "runs": [_Run(outcome).document()]})


class _Run:
    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self.rules = _rules(outcome)
        self.rule_index = {rule["id"]: index for index, rule in enumerate(self.rules)}
        self.paths = _Paths(outcome)
        self.objects = _LogicalLocations.of(shown(outcome))
        self.hashes: dict[int, list[str]] = {}

    def document(self) -> dict[str, Any]:
        run: dict[str, Any] = {
            "tool": {"driver": self.driver()},
            "columnKind": "unicodeCodePoints",
            "defaultEncoding": "utf-8",
            "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the repository."}}},
            "invocations": [self.invocation()],
        }
        if self.objects.entries:
            run["logicalLocations"] = self.objects.entries
        return run | {"results": [self.result(located) for located in shown(self.outcome)]}

    def driver(self) -> dict[str, Any]:
        version = kafkalint.__version__
        semantic = {"semanticVersion": version} if _SEMANTIC_VERSION.fullmatch(version) else {}
        return {
            "name": "kafkalint",
            "organization": "kafkalint",
            "version": version,
            **semantic,
            "informationUri": HOME,
            "rules": self.rules,
        }

    def result(self, located: Located) -> dict[str, Any]:
        finding = located.finding
        result: dict[str, Any] = {
            "ruleId": finding.code,
            "ruleIndex": self.rule_index[finding.code],
            "level": _LEVELS[finding.level],
            "message": {"text": _message(located)},
            "locations": [self.primary(located)],
        }
        if located.related:
            result["relatedLocations"] = [
                {"id": number, **self.location(location), "message": {"text": _plain(message) or "Related."}}
                for number, (location, message) in enumerate(located.related, start=1)
            ]
        fingerprints = self.fingerprints(located)
        if fingerprints:
            result["partialFingerprints"] = fingerprints
        if self.outcome.include_suppressed:
            result["suppressions"] = [_suppression(located.suppressed)] if located.suppressed else []
        changes = changes_of(located)
        if located.remedy and changes:
            # One only: others would be alternatives to it, and reviewdog reads no more than one for each file.
            result["fixes"] = [self.fix(located.remedy.fix, changes)]
        extras = {"cluster": finding.cluster, "origin": located.origin}
        properties = {key: value for key, value in extras.items() if value}
        return result | ({"properties": properties} if properties else {})

    def fix(self, fix: Fix, changes: Iterable[Change]) -> dict[str, Any]:
        listed = [self.change(change) for change in changes]
        return {
            "description": {"text": _plain(fix.description) or "The fix."},
            "artifactChanges": sorted(listed, key=lambda change: str(change["artifactLocation"]["uri"])),
            "properties": {"applicability": fix.applicability.value},
        }

    def change(self, change: Change) -> dict[str, Any]:
        text = change.source.text
        replacements = [
            {
                "deletedRegion": _extent(location_of(change.file, text, edit.span)),
                # Written for a deletion too: reviewdog takes a replacement without it for none.
                "insertedContent": {"text": edit.text},
            }
            for edit in sorted(change.edits)
        ]
        return {"artifactLocation": self.paths.artifact(change.file), "replacements": replacements}

    def primary(self, located: Located) -> dict[str, Any]:
        location = self.location(located.location)
        place = resource_place(located)
        return location | ({"logicalLocations": [self.objects.reference(place)]} if place else {})

    def location(self, location: Location) -> dict[str, Any]:
        physical: dict[str, Any] = {"artifactLocation": self.paths.artifact(location.file), "region": _region(location)}
        context = _context(location)
        return {"physicalLocation": physical | ({"contextRegion": context} if context else {})}

    def fingerprints(self, located: Located) -> dict[str, str]:
        fingerprints: dict[str, str] = {}
        text, line = located.location.text, located.location.line
        hashes = self.hashes.get(id(text))
        if hashes is None:
            hashes = self.hashes[id(text)] = line_hashes(text)
        if line <= len(hashes):
            fingerprints["primaryLocationLineHash"] = hashes[line - 1]
        place = resource_place(located)
        if place:
            fingerprints["kafkalintResource/v1"] = fingerprint_of(located.finding.code, place)
        return fingerprints

    def invocation(self) -> dict[str, Any]:
        unreadable = [located for located in ordered(self.outcome.findings) if located.finding.code == UNREADABLE]
        invocation: dict[str, Any] = {"executionSuccessful": self.outcome.complete and not unreadable}
        status = self.outcome.arguments.get("exit_code")
        if isinstance(status, int):
            invocation["exitCode"] = status
        execution = [_notification(f"{notice.subject}: {notice.message}") for notice in self.outcome.notices]
        execution += [
            _notification(located.finding.message) | {"locations": [self.location(located.location)]}
            for located in unreadable
        ]
        execution += [self.fault(fault) for fault in self.outcome.faults if fault.code]
        known = self.outcome.baseline
        if known is not None and known.idle:
            execution.append(_notification(f"Baseline {baseline_line(self.outcome)}", "note"))
        execution += [_notification(unmodelled_line(*thing), "note") for thing in self.outcome.unmodelled]
        # A fault of nothing that has a code is a plugin that could not be used.
        setup = [self.fault(fault) for fault in self.outcome.faults if not fault.code]
        if execution:
            invocation["toolExecutionNotifications"] = execution
        if setup:
            invocation["toolConfigurationNotifications"] = setup
        return invocation

    def fault(self, fault: Fault) -> dict[str, Any]:
        notification = _notification(f"{fault_title(fault)} could not finish: {fault.problem}")
        if fault.code not in self.rule_index:
            return notification
        return notification | {"associatedRule": {"id": fault.code, "index": self.rule_index[fault.code]}}


@dataclass(frozen=True)
class _Paths:
    outcome: Outcome

    def artifact(self, file: str) -> dict[str, str]:
        """A file as SARIF names it; standard input is called `stdin`, which is a valid reference and no file."""
        if file == STDIN:
            return {"uri": STANDARD_INPUT}
        path = from_root(file, self.outcome)
        if path.startswith("../") and self.outcome.root:
            # Outside of the repository there is no base that a name could count from.
            path = posixpath.normpath(posixpath.join(self.outcome.root, path))
        if path.startswith("/"):
            return {"uri": f"file://{_encoded(path)}"}
        if re.match(r"[A-Za-z]:/", path):
            return {"uri": f"file:///{path[:2]}{_encoded(path[2:])}"}
        return {"uri": _encoded(path)} | ({} if path.startswith("../") else {"uriBaseId": _ROOT})


@dataclass
class _LogicalLocations:
    """The objects and values that findings speak of, each once, objects before their values."""

    entries: list[dict[str, Any]] = field(default_factory=list)
    index: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, findings: Iterable[Located]) -> _LogicalLocations:
        places = [place for located in findings if (place := resource_place(located))]
        locations = cls()
        for place in sorted(places, key=_logical_names):
            resource, value = _logical_names(place)
            parent = locations.add(resource, {"name": place.resource.name or place.resource.kind, "kind": "resource"})
            if place.route:
                locations.add(value, {"name": str(place.route[-1]), "kind": "property", "parentIndex": parent})
        return locations

    def add(self, name: str, entry: dict[str, Any]) -> int:
        if name not in self.index:
            self.index[name] = len(self.entries)
            self.entries.append({"fullyQualifiedName": name, **entry})
        return self.index[name]

    def reference(self, place: Place) -> dict[str, Any]:
        resource, value = _logical_names(place)
        name = value if place.route else resource
        return {"fullyQualifiedName": name, "index": self.index[name]}


def _logical_names(place: Place) -> tuple[str, str]:
    resource = _object_name(place.resource)
    return resource, f"{resource}#{pointer(place.route)}"


def _object_name(resource: Resource) -> str:
    parts = (resource.api_version, resource.kind, resource.namespace, resource.name)
    return "/".join(part for part in parts if part)


def _encoded(path: str) -> str:
    try:
        data = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        data = path.encode("utf-8", "replace")
    return quote(data, safe="/")


def _extent(location: Location) -> dict[str, Any]:
    return {
        "startLine": location.start.line,
        "startColumn": location.start.column,
        "endLine": location.end.line,
        "endColumn": location.end.column,
    }


def _region(location: Location) -> dict[str, Any]:
    region = _extent(location)
    if location.start.line == location.end.line:
        line = location.text.line(location.start.line)
        snippet = line[location.start.column - 1 : location.end.column - 1]
        if snippet and len(snippet) <= _LONGEST_SNIPPET:
            region["snippet"] = {"text": snippet}
    return region


def _context(location: Location) -> dict[str, Any] | None:
    """The lines around a region; None where they would add nothing, or too much."""
    text = location.text
    first = max(1, location.start.line - 1)
    last = min(len(text.line_starts), location.end.line + 1)
    if (first == location.start.line and last == location.end.line) or last - first > _LONGEST_SNIPPET:
        return None
    start = text.line_starts[first - 1]
    end = text.line_starts[last] if last < len(text.line_starts) else len(text.content)
    if end - start > _LONGEST_SNIPPET:
        return None
    end_column = len(text.line(last)) + 1
    snippet = text.content[start : text.line_starts[last - 1] + end_column - 1]
    return {
        "startLine": first,
        "startColumn": 1,
        "endLine": last,
        "endColumn": end_column,
        "snippet": {"text": snippet},
    }


def _message(located: Located) -> str:
    """Message and help in one text, with links to the related places: GitHub shows only those that the text links."""
    finding = located.finding
    parts = [_plain(finding.message) or f"{finding.name}.", _plain(f"Help: {finding.help}") if finding.help else ""]
    for number, (_, message) in enumerate(located.related, start=1):
        words = _unlinked(message.strip().rstrip(".")) or "there"
        label = words.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
        parts.append(f"See [{label}]({number}).")
    return " ".join(part for part in parts if part)


def _plain(text: str) -> str:
    return sentence(_unlinked(text))


def _unlinked(text: str) -> str:
    """Text that no reader takes for a link or a placeholder."""
    return _PLACEHOLDER.sub("{ ", _LINK.sub("] ", text))


def _notification(text: str, level: str = "error") -> dict[str, Any]:
    return {"level": level, "message": {"text": _plain(text)}}


def _suppression(suppression: Suppression) -> dict[str, str]:
    reason = {"justification": suppression.reason} if suppression.reason else {}
    return {"kind": suppression.kind, **reason}


def _rules(outcome: Outcome) -> list[dict[str, Any]]:
    """Every loaded check, and what the run speaks of besides, by code."""
    rules = {check.code: _rule(check) for check in outcome.rules}
    for located in shown(outcome):
        rules.setdefault(located.finding.code, _unlisted(located.finding))
    return [rules[code] for code in sorted(rules)]


def _rule(check: type[Check]) -> dict[str, Any]:
    page = page_of(check)
    title = sentence(page.title)
    what = " ".join(page.sections.get("What it does", "").split())
    rule = _described(check.code, check.name, title)
    rule["fullDescription"] = {"text": clipped(sentence(what) or title, _LONGEST_DESCRIPTION)}
    rule["help"] = {"text": page.plain or title, "markdown": page.markdown or title}
    rule["defaultConfiguration"] = {"level": _LEVELS[check.level]}
    rule["properties"] = {
        "tags": _tags(check),
        "precision": "high",
        "problem.severity": _SEVERITIES[check.level],
    }
    return rule


def _unlisted(finding: Finding) -> dict[str, Any]:
    rule = _described(finding.code, finding.name, sentence(finding.name.replace("-", " ").capitalize()))
    rule["defaultConfiguration"] = {"level": _LEVELS[finding.level]}
    return rule


def _described(code: str, name: str, title: str) -> dict[str, Any]:
    text = clipped(title or code, _LONGEST_DESCRIPTION)
    rule: dict[str, Any] = {
        "id": code,
        "name": _pascal(name) or f"Rule{code}",
        "shortDescription": {"text": text},
        "fullDescription": {"text": text},
        "help": {"text": text, "markdown": text},
    }
    page = page_url(code)
    return rule | ({"helpUri": page} if page else {})


def _pascal(name: str) -> str:
    words = re.findall(r"[A-Za-z0-9]+", name)
    return "".join(word[:1].upper() + word[1:] for word in words)[:_LONGEST_NAME]


def _tags(check: type[Check]) -> list[str]:
    path = check.__module__.split(".")
    theme = path[1:-1][:1] if path[0] == "kafkalint_checks" else []
    return ["kafka", "kubernetes", *theme]
