"""The report for people: what is wrong, where, how to mend it, and what was looked at."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from kafkalint.checking.finding import Level
from kafkalint.reports.excerpt import excerpt
from kafkalint.reports.wording import (
    baseline_line,
    clipped,
    cluster_facts,
    cluster_name,
    counts_line,
    disarm,
    doubts,
    fault_title,
    fix_words,
    fixes_line,
    mended_line,
    mended_title,
    ordered,
    plural,
    safe,
    seen_line,
    shown,
    spot,
    suppressor,
    unmodelled_line,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kafkalint.checking.finding import Located, Location
    from kafkalint.checking.outcome import Outcome
    from kafkalint.reports import Screen

_BOLD, _DIM, _RED, _GREEN, _YELLOW, _BLUE, _CYAN = "1", "2", "31", "32", "33", "34", "36"
_COLORS = {Level.ERROR: _RED, Level.WARNING: _YELLOW, Level.INFO: _CYAN}
_INDENT = "  "
_LONGEST_MESSAGE = 2000
"""A name may be a megabyte long; the other formats have it in full."""


def report(outcome: Outcome, screen: Screen) -> str:
    """Findings by file with excerpts, then what could not be looked at, then what was mended, then a summary."""
    printer = _Printer(screen)
    blocks = [printer.finding(located) for located in shown(outcome)]
    about_the_run = (printer.notices(outcome), printer.faults(outcome), printer.mended(outcome))
    blocks += [block for block in about_the_run if block]
    blocks.append(printer.summary(outcome))
    return disarm("\n\n".join("\n".join(block) for block in blocks) + "\n")


class _Printer:
    def __init__(self, screen: Screen) -> None:
        self.color = screen.color
        self.width = max(screen.width, 40)

    def paint(self, text: str, *styles: str) -> str:
        return f"\x1b[{';'.join(styles)}m{text}\x1b[0m" if self.color and styles and text else text

    def wrapped(self, text: str, indent: str, label: str = "", *styles: str) -> list[str]:
        """Prose at an indent; a label stands before its first line and is not made harmless again."""
        lead = indent + label
        lines = textwrap.wrap(
            clipped(safe(text), _LONGEST_MESSAGE),
            width=self.width,
            initial_indent=lead,
            subsequent_indent=indent + (_INDENT if label else ""),
            break_long_words=False,
            break_on_hyphens=False,
        )
        if label and lines:
            lines[0] = indent + self.paint(label.rstrip(), *styles) + lines[0][len(lead.rstrip()) :]
        return lines

    def finding(self, located: Located) -> list[str]:
        finding = located.finding
        color = _DIM if located.suppressed else _COLORS[finding.level]
        header = " ".join(
            (
                self.paint(spot(located.location), _BOLD),
                self.paint(finding.level.value, color, _BOLD),
                self.paint(safe(finding.code), _BOLD),
                safe(finding.name),
            )
        )
        lines = [header + (self.paint(" (suppressed)", _DIM) if located.suppressed else "")]
        lines += self.wrapped(finding.message, _INDENT)
        lines += self.excerpt(located.location, color)
        lines += self._remarks(located)
        for location, message in located.related:
            lines += self.wrapped(
                f"{spot(location)}: {message}" if message else spot(location), _INDENT, "see: ", _BLUE
            )
            lines += self.excerpt(location, _BLUE)
        return lines

    def _remarks(self, located: Located) -> Iterator[str]:
        if located.finding.help:
            yield from self.wrapped(located.finding.help, _INDENT, "help: ", _GREEN, _BOLD)
        fix = fix_words(located)
        if fix:
            yield from self.wrapped(fix, _INDENT, "fix: ", _GREEN, _BOLD)
        if located.origin:
            yield from self.wrapped(located.origin, _INDENT, "rendered from: ", _BLUE)
        if located.note:
            yield from self.wrapped(located.note, _INDENT, "note: ", _BLUE)
        if located.suppressed:
            yield from self.wrapped(suppressor(located), _INDENT, "suppressed ", _DIM)

    def excerpt(self, location: Location, color: str) -> list[str]:
        gutter = max(4, len(str(location.start.line)))
        found = excerpt(location, self.width - gutter - len(_INDENT) - 3)
        if found is None:
            return []
        bar, number = self.paint("|", _BLUE), self.paint(f"{found.number:>{gutter}}", _BLUE)
        margin = f"{_INDENT}{'':>{gutter}} {bar}"
        lines = [f"{_INDENT}{number} {bar} {found.code}".rstrip()]
        indent = found.marks[: found.marks.index("^")]
        lines.append(f"{margin} {indent}{self.paint(found.marks.lstrip(), color, _BOLD)}")
        if found.last > found.number:
            lines.append(f"{margin} ... to line {found.last}")
        return lines

    def notices(self, outcome: Outcome) -> list[str]:
        if not outcome.notices:
            return []
        lines = [self.paint(f"NOT LOOKED AT: {plural(len(outcome.notices), 'part')} of the input", _YELLOW, _BOLD)]
        for notice in outcome.notices:
            lines += self.wrapped(f"{notice.subject}: {notice.message}", _INDENT, "- ")
        return lines

    def faults(self, outcome: Outcome) -> list[str]:
        if not outcome.faults:
            return []
        number = plural(len(outcome.faults), "time")
        lines = [self.paint(f"INTERNAL FAULT, {number}: not everything was judged; please report it", _RED, _BOLD)]
        for fault in outcome.faults:
            lines += self.wrapped(f"{fault_title(fault)}: {fault.problem}", _INDENT, "- ")
        return lines

    def mended(self, outcome: Outcome) -> list[str]:
        if not outcome.mended:
            return []
        lines = [self.paint(f"Mended: {mended_title(outcome)}", _GREEN, _BOLD)]
        for located in ordered(outcome.mended):
            lines += self.wrapped(mended_line(located), _INDENT, "- ")
        return lines

    def summary(self, outcome: Outcome) -> list[str]:
        lines = [self.paint(_verdict(outcome), self._verdict_color(outcome), _BOLD)]
        fixes = fixes_line(outcome)
        lines += self.wrapped(f"{fixes}.", _INDENT) if fixes else []
        known = baseline_line(outcome)
        lines += self.wrapped(f"Baseline {known}.", _INDENT) if known else []
        lines += self.wrapped(f"Seen: {seen_line(outcome)}.", _INDENT)
        for cluster in outcome.clusters:
            lines += self.wrapped(f"Cluster {cluster_name(cluster)}: {cluster_facts(cluster)}.", _INDENT)
        for thing in outcome.unmodelled:
            lines += self.wrapped(f"{unmodelled_line(*thing)}.", _INDENT, "! ", _YELLOW, _BOLD)
        return lines

    def _verdict_color(self, outcome: Outcome) -> str:
        if outcome.count(Level.ERROR) or outcome.faults:
            return _RED
        if outcome.findings or not outcome.complete or not outcome.clusters:
            return _YELLOW
        return _GREEN


def _verdict(outcome: Outcome) -> str:
    parts = [counts_line(outcome), *doubts(outcome)]
    clean = len(parts) == 1 and not outcome.findings
    return ("No problems found: " if clean else "") + "; ".join(parts)
