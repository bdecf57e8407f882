"""The report for reviewdog: its Diagnostic Format, findings with suggestions that a reviewer commits with one click."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Any

from kafkalint.checking.finding import Applicability, Level
from kafkalint.reports.entries import COMMAND, LONGEST_MESSAGE
from kafkalint.reports.wording import (
    HOME,
    changes_of,
    clipped,
    disarm,
    fix_words,
    ordered,
    page_url,
    safe,
    sentence,
    spot,
    strict_json,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kafkalint.checking.finding import Located, Location
    from kafkalint.checking.outcome import Outcome
    from kafkalint.checking.remedy import Change, Edit
    from kafkalint.manifests.text import Position, Text
    from kafkalint.reports import Screen

_SEVERITIES = {Level.ERROR: "ERROR", Level.WARNING: "WARNING", Level.INFO: "INFO"}
_FARTHEST = 100
"""GitLab takes suggestions of the line that is commented on and a hundred below it."""

# A message is shown as Markdown: no link or picture, no tag or hidden comment, nobody called.
_MARKUP = re.compile(r"\](?=\()|<(?=[A-Za-z/!?])|(?<!\w)@(?=\w)")
_LINE_BREAK = re.compile(r"\r?\n\Z")


def report(outcome: Outcome, screen: Screen) -> str:  # noqa: ARG001 - every report is called alike
    """The live findings as one DiagnosticResult; the format has no word for suppressed ones."""
    diagnostics = [_diagnostic(located) for located in ordered(outcome.findings)]
    return strict_json({"source": {"name": "kafkalint", "url": HOME}, "diagnostics": diagnostics})


def _diagnostic(located: Located) -> dict[str, Any]:
    finding = located.finding
    suggestion = _suggestion(located)
    page = page_url(finding.code)
    diagnostic: dict[str, Any] = {
        "message": _message(located, suggested=suggestion is not None),
        "location": _location(located.location),
        "severity": _SEVERITIES[finding.level],
        "code": {"value": finding.code} | ({"url": page} if page else {}),
        "original_output": _original(located),
    }
    if suggestion:
        # One only: reviewdog offers several as alternatives to one another.
        diagnostic["suggestions"] = [suggestion]
    if located.related:
        diagnostic["related_locations"] = [
            {"message": _prose(message), "location": _location(location)} for location, message in located.related
        ]
    return diagnostic


def _message(located: Located, *, suggested: bool) -> str:
    finding, fix = located.finding, fix_words(located, COMMAND)
    paragraphs = [_prose(finding.message), finding.help and f"Help: {_prose(finding.help)}"]
    paragraphs.append(fix and f"Fix: {_prose(fix)}")
    if suggested and located.remedy and located.remedy.fix.applicability is Applicability.UNSAFE:
        paragraphs.append("The suggestion may change how Kafka runs, or restart it.")
    return disarm(clipped("\n".join(filter(None, paragraphs)), LONGEST_MESSAGE)) or f"{finding.name}."


def _prose(text: str) -> str:
    return sentence(_MARKUP.sub(lambda match: f"{match.group()} ", safe(text)))


def _original(located: Located) -> str:
    finding = located.finding
    words = f"{finding.level.value} {finding.code} {finding.name}: {clipped(finding.message, LONGEST_MESSAGE)}"
    return disarm(f"{spot(located.location)} {safe(words)}")


def _location(location: Location) -> dict[str, Any]:
    # As seen from the working directory, from which reviewdog, run there too, finds the root by itself.
    start, end = location.start, location.end
    if end.column == 1 and end.line > start.line:
        # What ends before a line does not reach it: reviewdog would want that line in the diff as well.
        end = end._replace(line=end.line - 1, column=len(location.text.line(end.line - 1)) + 1)
    return {
        "path": posixpath.normpath(location.file),
        "range": {"start": _position(location.text, start), "end": _position(location.text, end)},
    }


def _position(text: Text, position: Position) -> dict[str, int]:
    """A position as the format counts it: columns in bytes of UTF-8."""
    before = text.line(position.line)[: position.column - 1]
    return {"line": position.line, "column": len(before.encode("utf-8", "surrogatepass")) + 1}


def _suggestion(located: Located) -> dict[str, Any] | None:
    """All edits of a fix as one replacement of whole lines, which begins at the line of the finding.

    For GitHub, reviewdog moves the comment to the lines of the suggestion; for GitLab, it leaves columns and the first
    line out of account and has the lines from the finding's on replaced. Where both would not come to the same, a fix
    is no suggestion; nor is one that changes other files.
    """
    changes = changes_of(located)
    if len(changes) != 1 or not _suits(changes[0], located.location):
        return None
    change, first = changes[0], located.location.line
    text, edits = change.source.text, sorted(change.edits)
    last, lines = _rewritten(text, first, edits)
    if not lines or last - first > _FARTHEST:
        return None
    end = {"line": last, "column": len(text.line(last).encode("utf-8", "surrogatepass")) + 1}
    return {"range": {"start": {"line": first, "column": 1}, "end": end}, "text": lines}


def _suits(change: Change, location: Location) -> bool:
    """Whether a change is to the finding's file, from the finding's line on, and Git counts the same lines."""
    text = change.source.text
    return (
        not change.creates
        and change.file == location.file
        and text.content == location.text.content
        and text.position(min(change.edits).span.start).line >= location.line
        and text.content.count("\r") == text.content.count("\r\n")
        and not (text.bom and location.line == 1)
    )


def _rewritten(text: Text, first: int, edits: Sequence[Edit]) -> tuple[int, str]:
    """The last line that edits touch, and what becomes of the lines up to there, without the last one's line break."""
    done = text.line_starts[first - 1]
    parts: list[str] = []
    for span, inserted in edits:
        parts += [text.content[done : span.start], inserted]
        done = span.end
    rewritten = "".join(parts)
    line, column = text.position(done)
    if column == 1 and line > first and (done == len(text.content) or _LINE_BREAK.search(rewritten)):
        return line - 1, _LINE_BREAK.sub("", rewritten)
    stop = text.line_starts[line - 1] + len(text.line(line))
    return line, rewritten + text.content[done:stop]
