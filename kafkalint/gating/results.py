"""Findings as the results of a KRM function: what Kustomize, kpt and whoever runs functions can read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kafkalint.checking.fix import SetValue
from kafkalint.manifests.resources import Place
from kafkalint.reports.entries import LONGEST_MESSAGE, problems, unjudged
from kafkalint.reports.wording import clipped, most_severe_first, page_url, resource_place, safe, sentence

if TYPE_CHECKING:
    from kafkalint.checking.finding import Located
    from kafkalint.checking.outcome import Outcome
    from kafkalint.manifests.resources import Resource

_PATHS = ("internal.config.kubernetes.io/path", "config.kubernetes.io/path")
_INDICES = ("internal.config.kubernetes.io/index", "config.kubernetes.io/index")


def results(outcome: Outcome) -> list[dict[str, Any]]:
    """Everything that a run has to say, the worst first."""
    # Of these every one has the function fail, whatever level other reports give it.
    incomplete = [_told(f"{problem.title}: {problem.message}", "error") for problem in problems(outcome)]
    unknown = [_told(f"{problem.title}: {problem.message}", "info") for problem in unjudged(outcome)]
    return [*incomplete, *map(_result, most_severe_first(outcome.findings)), *unknown]


def _told(message: str, severity: str) -> dict[str, Any]:
    return {"message": clipped(safe(message), LONGEST_MESSAGE), "severity": severity}


def _result(located: Located) -> dict[str, Any]:
    finding, place = located.finding, resource_place(located)
    words = f"{finding.code} {finding.name}: {sentence(finding.message)}"
    if finding.help:
        words += f" Help: {sentence(finding.help)}"
    result = _told(words, finding.level.value)
    if place is not None and place.resource.name and place.resource.api_version:
        result["resourceRef"] = _reference(place.resource)
        if place.route:
            result["field"] = _field(located, place)
    file = _file(place.resource) if place else {}
    if file:
        result["file"] = file
    tags = {"code": finding.code, "name": finding.name, "url": page_url(finding.code)}
    result["tags"] = {key: value for key, value in tags.items() if value}
    return result


def _reference(resource: Resource) -> dict[str, str]:
    reference = {"apiVersion": resource.api_version, "kind": resource.kind, "name": resource.name}
    return reference | ({"namespace": resource.namespace} if resource.namespace else {})


def _field(located: Located, place: Place) -> dict[str, Any]:
    field: dict[str, Any] = {"path": place.path}
    if place.value is not None and not isinstance(place.value, dict | list):
        field["currentValue"] = place.value
    fix = located.finding.fix
    proposed = [one.value for one in fix.operations if isinstance(one, SetValue) and one.place == place] if fix else []
    # Half a fix is none: a value that is right only beside other changes is not proposed by itself.
    if fix and len(fix.operations) == 1 and proposed:
        field["proposedValue"] = proposed[0]
    return field


def _file(resource: Resource) -> dict[str, Any]:
    """The file that the orchestrator read an object from, as it says itself."""
    annotations = resource.annotations
    path = next((annotations[name] for name in _PATHS if annotations.get(name)), "")
    index = next((annotations[name] for name in _INDICES if annotations.get(name, "").isdecimal()), "")
    if not path:
        return {}
    return {"path": path} | ({"index": int(index)} if index else {})
