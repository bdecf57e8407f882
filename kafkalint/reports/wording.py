"""Words and characters that all reports share: counts, names made harmless, JSON that any reader takes."""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from kafkalint.checking.finding import Applicability, Level, TextPlace
from kafkalint.checking.locating import order

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kafkalint.checking.finding import Fault, Located, Location
    from kafkalint.checking.outcome import ClusterSummary, Outcome
    from kafkalint.checking.remedy import Change
    from kafkalint.manifests.resources import Place

HOME = "https://kafkalint.dev"

UNREADABLE = "KL001"
"""The rule whose findings mean that a document was not checked at all."""

_OWN_CODE = re.compile(r"KL\d{3}")
_FIX, _UNSAFE = "--fix", "--fix --unsafe-fixes"
_OPTIONS = {Applicability.SAFE: _FIX, Applicability.NEW: _FIX, Applicability.UNSAFE: _UNSAFE}

# Read from the log itself: GitHub's `##[error]` and `::error::`, Azure's `##vso[…]`, TeamCity's `##teamcity[…]`.
_LOG_COMMAND = re.compile(r"#(?=#[\w-]*\[)")
_LINE_COMMAND = re.compile(r"^((?:[^\S\n]|\x1b\[[\d;]*m)*):(?=:)", re.MULTILINE)
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_MODES = {"kraft": "KRaft", "zookeeper": "ZooKeeper", "unknown": "mode unknown"}
_MOST_NAMED = 5
_MARKS_OF_END = (".", "!", "?", "…")


def plural(number: int, singular: str, many: str = "") -> str:
    """A number with its noun: `1 error`, `0 errors`."""
    return f"{number} {singular if number == 1 else many or f'{singular}s'}"


def visible(character: str) -> str:
    """A character as it may be shown: itself, or its escape where it moves the cursor, hides or turns other text."""
    if character.isprintable():
        return character
    point = ord(character)
    short = {9: "\\t", 10: "\\n", 13: "\\r"}.get(point)
    return short or (
        f"\\x{point:02x}" if point < 0x100 else f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"
    )


def safe(text: str) -> str:
    """One line of text from a manifest, fit for a log: nothing invisible, no line break, no command to a CI system."""
    if not text.isprintable():
        text = "".join(map(visible, text))
    return _LOG_COMMAND.sub(r"\\x23", text)


def log_commands(text: str) -> set[int]:
    """Offsets of the characters that have to be replaced, lest a CI system takes the text for a command."""
    return {match.start() for match in _LOG_COMMAND.finditer(text)}


def disarm(report: str) -> str:
    """A whole report with no line that GitHub would take for a workflow command."""
    return _LINE_COMMAND.sub(r"\1\\x3a", report)


def clipped(text: str, limit: int) -> str:
    """The text, cut with an ellipsis where it is longer than a reader or a service takes."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def sentence(text: str) -> str:
    """The text with a full stop at its end."""
    text = text.strip()
    return text if not text or text.endswith(_MARKS_OF_END) else f"{text}."


def spot(location: Location) -> str:
    """A location as editors and terminals link it: `kafka.yaml:12:3`."""
    return f"{safe(location.file)}:{location.start.line}:{location.start.column}"


def suppressor(located: Located) -> str:
    """Who holds a finding back, and why: `in the source: drained by hand`; empty where nobody does."""
    held = located.suppressed
    if held is None:
        return ""
    where = "in the source" if held.kind == "inSource" else "by the configuration"
    return f"{where}: {held.reason or 'no reason given'}"


def ordered(located: Iterable[Located]) -> list[Located]:
    """Findings by file, line, column and code."""
    return sorted(located, key=order)


def most_severe_first(located: Iterable[Located]) -> list[Located]:
    """Findings by level, each level by file, line, column and code."""
    return sorted(ordered(located), key=lambda one: one.finding.level.rank)


def shown(outcome: Outcome) -> list[Located]:
    """The findings to list: the live ones, and the suppressed ones where they were asked for."""
    return ordered((*outcome.findings, *(outcome.suppressed if outcome.include_suppressed else ())))


def resource_place(located: Located) -> Place | None:
    """The place in a resource that a finding speaks of; None where it speaks of text."""
    place = located.finding.place
    return None if isinstance(place, TextPlace) else place


def page_url(code: str) -> str:
    """Where a rule's page is; empty for a rule of somebody else's."""
    return f"{HOME}/rules/{code}" if _OWN_CODE.fullmatch(code) else ""


def fix_option(located: Located) -> str:
    """What has `kafkalint check` mend a finding: `--fix`; empty where it has to be mended by hand."""
    return _OPTIONS.get(located.remedy.fix.applicability, "") if located.remedy and changes_of(located) else ""


def changes_of(located: Located) -> tuple[Change, ...]:
    """What a run can make of a finding's fix, file by file; nothing where it has to be mended by hand."""
    remedy = located.remedy
    if remedy is None or remedy.fix.applicability not in _OPTIONS:
        return ()
    return tuple(change for change in remedy.changes if change.edits)


def fix_words(located: Located, command: str = "") -> str:
    """How a finding could be mended: `Set maxUnavailable: 1 (--fix)`; empty where its help says it all.

    `command` is what the options are given to.
    """
    remedy, option = located.remedy, fix_option(located)
    if remedy is None or not (option or remedy.problem):
        return ""
    what = remedy.fix.description.strip().rstrip(".")
    repeated = located.finding.help.lower().startswith(what.lower())
    if option:
        how = f"{'done by ' if repeated else ''}{command}{option}{_elsewhere(located)}"
    else:
        how = f"{'tried and taken back' if remedy.withdrawn else 'by hand'}, for {remedy.problem}"
    return how if repeated else f"{what} ({how})"


def _elsewhere(located: Located) -> str:
    """The files that a fix changes, where they are others than the one that the finding points into."""
    changes = changes_of(located)
    if all(change.file == located.location.file for change in changes):
        return ""
    *most, last = [f"the new file {change.file}" if change.creates else change.file for change in changes]
    return f", in {', '.join(most)}{' and ' if most else ''}{last}"


def fixes_line(outcome: Outcome, command: str = "") -> str:
    """How many findings need no hand: `3 of them could be mended with --fix, 2 more with …`; empty where all do."""
    options = Counter(map(fix_option, outcome.findings))
    parts = [(options[option], f"with {command}{option}") for option in (_FIX, _UNSAFE) if options[option]]
    if not parts:
        return ""
    (number, how), *more = parts
    total = len(outcome.findings)
    all_of_them = {1: "It", 2: "Both"}.get(total, f"All {total}")
    who = all_of_them if number == total else f"{number} of them"
    return ", ".join([f"{who} could be mended {how}", *(f"{number} more {how}" for number, how in more)])


def mended_title(outcome: Outcome) -> str:
    """`4 findings in 2 files`."""
    files = {change.file for located in outcome.mended for change in changes_of(located)}
    return f"{plural(len(outcome.mended), 'finding')} in {plural(len(files), 'file')}"


def mended_line(located: Located) -> str:
    """A finding that is no more, where it was, and what was done: `kafka.yaml:12:3 KL301 pdb-missing: Add a …`."""
    finding = located.finding
    done = f": {located.remedy.fix.description}" if located.remedy else ""
    return safe(f"{spot(located.location)} {finding.code} {finding.name}{done}")


def fault_title(fault: Fault) -> str:
    """Who raised: `KL301 budget-missing`, `flavour strimzi`."""
    return safe(fault.code if fault.name in fault.code else f"{fault.code} {fault.name}".strip())


def counts_line(outcome: Outcome) -> str:
    """`2 errors, 1 warning, 0 infos (3 suppressed)`."""
    counts = ", ".join(plural(outcome.count(level), level.value) for level in Level)
    return f"{counts} ({len(outcome.suppressed)} suppressed)" if outcome.suppressed else counts


def doubts(outcome: Outcome) -> list[str]:
    """Why a run without findings would prove little; nothing where it proves something."""
    reasons = [] if outcome.complete else ["the run is NOT COMPLETE"]
    if not outcome.clusters:
        reasons.append("NO KAFKA CLUSTER COULD BE CHECKED" if outcome.unmodelled else "NO KAFKA CLUSTER WAS FOUND")
    return reasons


def seen_line(outcome: Outcome) -> str:
    """How much of the input was looked at: `14 resources in 3 files, 9 of them not opened`."""
    line = f"{plural(outcome.resources, 'resource')} in {plural(outcome.sources, 'source')}"
    if not outcome.skipped:
        return line
    return (
        f"{line}; {outcome.skipped} not opened, as nothing in {'it' if outcome.skipped == 1 else 'them'} concerns Kafka"
    )


def baseline_line(outcome: Outcome) -> str:
    """What the baseline was good for: `b.yaml: 3 findings held back; 1 entry holds …`; empty where there is none."""
    use = outcome.baseline
    if use is None:
        return ""
    line = f"{use.name}: {plural(use.held_back, 'finding')} held back"
    if use.idle:
        number = len(use.idle)
        names = [f"{entry.subject.code} {entry.rule} in {entry.file}" for entry in use.idle[:_MOST_NAMED]]
        names += [f"{number - _MOST_NAMED} more"] if number > _MOST_NAMED else []
        verb = "holds" if number == 1 else "hold"
        line += (
            f"; {plural(number, 'entry', 'entries')} {verb} nothing back any more, and --write-baseline drops "
            f"{'it' if number == 1 else 'them'}: {', '.join(names)}"
        )
    return safe(line)


def cluster_name(cluster: ClusterSummary) -> str:
    """A cluster's name with its namespace, if that is stated."""
    return safe(f"{cluster.namespace}/{cluster.name}" if cluster.namespace else cluster.name)


def cluster_facts(cluster: ClusterSummary) -> str:
    """What is known of a cluster: flavour, version, mode and size."""
    facts = [cluster.flavour, f"Kafka {cluster.kafka_version}" if cluster.kafka_version else "Kafka version unknown"]
    facts.append(_MODES.get(cluster.mode, cluster.mode or "mode unknown"))
    facts.append("brokers unknown" if cluster.brokers is None else plural(cluster.brokers, "broker"))
    facts += [] if cluster.controllers is None else [plural(cluster.controllers, "controller")]
    return safe(", ".join(facts))


def unmodelled_line(flavour: str, thing: str, file: str) -> str:
    """What was recognised and is not modelled: `Koperator KafkaCluster kafka in x.yaml: not modelled yet`."""
    return safe(f"{flavour} {thing} in {file}: not modelled yet")


def strict_json(value: Any) -> str:
    """JSON in ASCII that every parser takes: no NaN, no half of a surrogate pair, no command to a CI system."""
    import json  # noqa: PLC0415 - the text report needs none

    text = json.dumps(_strict(value), indent=2, allow_nan=False)
    return _LOG_COMMAND.sub(r"\\u0023", text) + "\n"


def _strict(value: Any) -> Any:
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {_strict(key): _strict(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_strict(item) for item in value]
    return value
