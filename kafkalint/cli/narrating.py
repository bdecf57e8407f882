"""What `--verbose` says of a run: by which rules, on which input, made of what, and how long each part took."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from kafkalint.cli.watching import Narrator

if TYPE_CHECKING:
    from kafkalint.checking.finding import Located
    from kafkalint.checking.outcome import BundleSummary, Outcome
    from kafkalint.checking.selection import Plan
    from kafkalint.config.settings import Config
    from kafkalint.linting import Rules
    from kafkalint.manifests.loading import Loaded
    from kafkalint.manifests.rendering.renderings import Account
    from kafkalint.registry import Registry


class Aloud(Narrator):
    """Says it, line by line, as soon as it is known."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._since = time.perf_counter()

    def rules(self, rules: Rules) -> None:
        """Config, plugins, checks."""
        self._tell(_about_config(rules.config))
        self._tell(_about_rules(rules.registry, rules.plan))
        self._took("reading the rules")

    def loaded(self, loaded: Loaded) -> None:
        """Files, objects, renderings."""
        self._tell(_about_input(loaded))
        self._tell(map(_about_rendering, loaded.accounts))
        self._took("reading the input")

    def judged(self, outcome: Outcome) -> None:
        """Bundles and suppressions."""
        self._tell(map(_about_bundle, outcome.bundles))
        self._tell(map(_about_suppressed, outcome.suppressed))
        self._took("checking")

    def mended(self) -> None:
        """Only that it took its time: the report says what became of each fix."""
        self._took("working out fixes")

    def _tell(self, lines: Iterable[str]) -> None:
        for line in lines:
            self._say(line)

    def _took(self, what: str) -> None:
        now = time.perf_counter()
        self._say(f"time: {what} took {now - self._since:.2f} s")
        self._since = now


def _about_config(config: Config) -> Iterator[str]:
    from kafkalint.config.finding import NAME, searched, shown  # noqa: PLC0415 - few runs are told aloud

    if config.file is not None:
        yield f"config: {shown(config.file)}"
        return
    folders = list(searched(Path.cwd()))
    above = f" and above it, up to {folders[-1]}" if len(folders) > 1 else ""
    yield f"config: none; {NAME} was looked for in {folders[0]}{above}"


def _about_rules(registry: Registry, plan: Plan) -> Iterator[str]:
    from kafkalint.reports.wording import plural  # noqa: PLC0415 - as above

    brought = Counter(item.plugin for item in registry.checks)
    named = (f"{name} ({plural(count, 'check')})" for name, count in sorted(brought.items()))
    yield f"plugins: {', '.join(named)}"
    yield f"flavours: {', '.join(flavour.name for flavour in registry.flavours) or 'none'}"
    if registry.reports:
        yield f"formats of plugins: {', '.join(registry.reports)}"
    left_out = (item.check for item in registry.checks if item.check.code not in plan.codes)
    idle = [f"{check.code} (off unless selected)" if check.opt_in else check.code for check in left_out]
    rest = f"; not run: {', '.join(idle)}" if idle else ""
    yield f"checks: {len(plan.checks)} of {len(registry.checks)} run{rest}"


def _about_input(loaded: Loaded) -> Iterator[str]:
    from kafkalint.reports.wording import plural  # noqa: PLC0415 - as above

    opened = {id(document.source) for document in loaded.documents if document.source.rendered_by is None}
    unreadable = f", {len(loaded.unreadable)} could not be read" if loaded.unreadable else ""
    yield f"files: {loaded.files_seen} found, {len(opened)} opened{unreadable}"
    skipped = f", {loaded.skipped} not opened, as nothing in them concerns Kafka" if loaded.skipped else ""
    yield f"objects: {loaded.resources_seen} seen{skipped}"
    if loaded.accounts:
        yield f"renderings: {plural(len(loaded.accounts), 'command')} run"


def _about_rendering(account: Account) -> str:
    import shlex  # noqa: PLC0415 - as above

    done = "not rendered" if account.failed else "rendered"
    return f"{done}: {account.name} in {account.seconds:.2f} s by {shlex.join(account.command)}{account.remark}"


def _about_bundle(bundle: BundleSummary) -> str:
    from kafkalint.reports.wording import plural  # noqa: PLC0415 - as above

    context = f", {bundle.context} beside it to refer to" if bundle.context else ""
    clusters = f"{plural(len(bundle.clusters), 'cluster')}: {', '.join(bundle.clusters)}" if bundle.clusters else ""
    return f"bundle {bundle.name}: {plural(bundle.objects, 'object')}{context}; {clusters or 'no cluster'}"


def _about_suppressed(located: Located) -> str:
    from kafkalint.reports.wording import spot, suppressor  # noqa: PLC0415 - as above

    return f"suppressed: {spot(located.location)} {located.finding.code} {suppressor(located)}"
