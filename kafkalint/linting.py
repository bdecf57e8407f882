"""The line from what was loaded to what is said: models, checks, suppressions, an outcome."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from kafkalint.checking.check import Run, SuppressionCheck
from kafkalint.checking.directives import Directive
from kafkalint.checking.finding import TextPlace
from kafkalint.checking.locating import at_their_origin, locate, order
from kafkalint.checking.outcome import BundleSummary, ClusterSummary, Outcome
from kafkalint.checking.policy import Judgement, judge, moved_comments
from kafkalint.checking.runner import Ledger, distinct, read_models, run_checks
from kafkalint.checking.suppressions import in_annotations, in_comments, in_config
from kafkalint.checking.vocabulary import ALL, Vocabulary
from kafkalint.manifests.documents import Document

if TYPE_CHECKING:
    from kafkalint.checking.baseline import Baseline, BaselineUse
    from kafkalint.checking.finding import Fault, Located
    from kafkalint.checking.selection import Plan
    from kafkalint.config.settings import Config
    from kafkalint.kafka.model import KafkaModel, NodePool, Settings
    from kafkalint.manifests.loading import Loaded
    from kafkalint.manifests.resources import Resource
    from kafkalint.registry import Registry


class Rules(NamedTuple):
    """What a run goes by."""

    registry: Registry
    plan: Plan
    config: Config
    settings: Settings
    today: date
    directory: str
    """The working directory, absolute."""
    whole: bool = True
    """Whether the run sees the whole repository; an entry of the config that meets nothing is then unused."""
    baseline: Baseline | None = None
    """Findings that were there before."""
    partial: bool = False
    """Whether files go into more than the run sees: what suppresses nothing here may be needed there."""
    in_source: bool = True
    """Whether suppressions in the manifests are heeded; those of the config are in any case."""


def lint(loaded: Loaded, rules: Rules) -> Outcome:
    """Everything that the checks of a plan have to say about what was loaded."""
    ledger = Ledger()
    documents = [*loaded.documents, *(Document.broken(item.source, item.unreadable) for item in loaded.unreadable)]
    models = read_models(loaded.bundles, rules.registry.flavours, rules.settings, ledger)
    checks = [check() for check in rules.plan.checks if not issubclass(check, SuppressionCheck)]
    unreadable = sum(1 for document in documents if document.unreadable)
    complete = not (rules.partial or loaded.notices or unreadable)
    run_checks(checks, documents, models, ledger, Run(loaded.sources, models, complete))
    judgement = _judged(loaded, models, rules, ledger)
    faults = tuple(dict.fromkeys((*ledger.faults, *judgement.faults)))
    live, known, use = _told_apart(judgement.live, loaded, rules, documents, faults)
    return Outcome(
        findings=list(at_their_origin(sorted(live, key=order))),
        suppressed=list(at_their_origin(sorted((*judgement.held_back, *known), key=order))),
        baseline=use._replace(held_back=len(list(at_their_origin(known)))) if use else None,
        faults=faults,
        notices=loaded.notices,
        clusters=tuple(summary for model in models for summary in _summaries(model)),
        bundles=tuple(map(_together, models)),
        unmodelled=tuple(_unmodelled(models)),
        resources=loaded.resources_seen,
        skipped=loaded.skipped,
        unreadable=unreadable,
        sources=len(loaded.sources) + len(loaded.unreadable),
        clean=tuple(sorted(_clean(loaded, live))),
        rules=[item.check for item in rules.registry.checks],
    )


def _judged(loaded: Loaded, models: Sequence[KafkaModel], rules: Rules, ledger: Ledger) -> Judgement:
    vocabulary = Vocabulary.of(item.check for item in rules.registry.checks)
    findings = list(distinct(ledger.findings))
    directives = list(_directives(loaded, models, rules, vocabulary))
    if rules.in_source:
        read = [source.name for source in loaded.sources]
        directives += moved_comments((locate(finding) for finding in findings), read, vocabulary)
    directives = list(_held(directives, loaded, rules))
    return judge(findings, rules.plan, directives, locate)


def _clean(loaded: Loaded, live: Iterable[Located]) -> set[str]:
    """What nothing is said of; a finding that was traced to a file counts for every rendering that shows it, too."""
    blamed = {document.source.name for document in loaded.documents if document.unreadable}
    for located in live:
        place = located.finding.place
        source = place.source if isinstance(place, TextPlace) else place.resource.document.source
        blamed |= {source.name, located.location.file}
    return {source.name for source in loaded.sources} - blamed


def _told_apart(
    live: tuple[Located, ...], loaded: Loaded, rules: Rules, documents: Sequence[Document], faults: Sequence[Fault]
) -> tuple[tuple[Located, ...], tuple[Located, ...], BaselineUse | None]:
    """Findings that are new, those that the baseline knows, and what it was good for."""
    if rules.baseline is None:
        return live, (), None
    from kafkalint.checking.baseline import Seen, hold_back  # noqa: PLC0415 - for those who have one

    unreadable = [(document.source.name, document.span) for document in documents if document.unreadable]
    seen = Seen(
        complete=not (loaded.notices or unreadable or faults),
        ran=rules.plan.codes,
        known=frozenset(item.check.code for item in rules.registry.checks),
        refused=frozenset(item.check.code for item in rules.registry.checks if not item.check.baselined),
        files=loaded.files,
        folders=loaded.folders,
        unreadable=unreadable,
    )
    return hold_back(live, rules.baseline, seen)


def _held(directives: Iterable[Directive], loaded: Loaded, rules: Rules) -> Iterator[Directive]:
    """Suppressions with whether this run can show that nobody needs them."""
    complete = rules.whole and not loaded.notices and not any(each.unreadable for each in loaded.documents)
    across = frozenset(item.check.code for item in rules.registry.checks if item.check.cross_resource) | {ALL}
    for directive in directives:
        if rules.partial:
            yield directive._replace(provable=False, removable=False)
            continue
        yield directive if complete or across.isdisjoint(directive.codes) else directive._replace(removable=False)


def _directives(
    loaded: Loaded, models: Iterable[KafkaModel], rules: Rules, vocabulary: Vocabulary
) -> Iterator[Directive]:
    if rules.in_source:
        yield from _in_source(loaded, models, vocabulary)
    seen = None if rules.whole else [source.name for source in loaded.sources]
    yield from in_config(rules.config.ignores, vocabulary, rules.today, rules.config.relative(rules.directory), seen)


def _in_source(loaded: Loaded, models: Iterable[KafkaModel], vocabulary: Vocabulary) -> Iterator[Directive]:
    for source in loaded.sources:
        yield from in_comments(source, vocabulary)
    parts = _parts(models)
    for document in loaded.documents:
        for resource in document.resources:
            yield from in_annotations(resource, vocabulary, parts.get(id(resource), ()))


def _parts(models: Iterable[KafkaModel]) -> dict[int, tuple[Resource, ...]]:
    """The pools of each object that stands for a cluster and runs no pods by itself, as Strimzi's Kafka: its parts."""
    found: dict[int, tuple[Resource, ...]] = {}
    for cluster in (cluster for model in models for cluster in model.clusters):
        pools = tuple(pool.resource for pool in cluster.pools)
        if all(pool is not cluster.resource for pool in pools):
            found[id(cluster.resource)] = (*found.get(id(cluster.resource), ()), *pools)
    return found


def _summaries(model: KafkaModel) -> Iterator[ClusterSummary]:
    for cluster in model.clusters:
        yield ClusterSummary(
            name=cluster.name,
            namespace=cluster.namespace,
            flavour=cluster.flavour,
            kafka_version=cluster.version.value,
            mode=cluster.mode.value,
            brokers=_count(cluster.brokers) if cluster.whole else None,
            controllers=_count(cluster.controllers) if cluster.whole else None,
        )


def _together(model: KafkaModel) -> BundleSummary:
    bundle, clusters = model.bundle, model.clusters
    names = tuple(f"{each.namespace}/{each.name}" if each.namespace else each.name for each in clusters)
    return BundleSummary(bundle.name, len(bundle.primary), len(bundle.context), names)


def _count(pools: Sequence[NodePool]) -> int | None:
    counts = [pool.replicas.value for pool in pools]
    return sum(count or 0 for count in counts) if all(count is not None and count >= 0 for count in counts) else None


def _unmodelled(models: Iterable[KafkaModel]) -> Iterator[tuple[str, str, str]]:
    for model in models:
        for thing in model.unmodelled:
            yield thing.flavour, str(thing.resource.identity), thing.resource.document.source.name
