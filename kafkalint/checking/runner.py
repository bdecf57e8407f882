"""Checks run over documents, bundles and clusters: what they say, and which of them could not say anything."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import NamedTuple

from kafkalint.checking.check import BundleCheck, Check, ClusterCheck, DocumentCheck, Run, RunCheck
from kafkalint.checking.finding import Fault, Finding
from kafkalint.kafka.flavours import Flavour, Reading
from kafkalint.kafka.model import KafkaModel, Settings
from kafkalint.kafka.reading import read_model
from kafkalint.manifests.bundles import Bundle
from kafkalint.manifests.documents import Document
from kafkalint.manifests.resources import Place


@dataclass
class Ledger:
    """Findings and faults as they come in."""

    findings: list[Finding] = field(default_factory=list)
    judged_elsewhere: frozenset[int] = frozenset()
    """Ids of resources that are only referred to here, and are judged in a bundle of their own."""
    faults: list[Fault] = field(default_factory=list)

    def record(
        self, check: Check, subject: str, work: Callable[[], Iterable[Finding]], cluster: str | None = None
    ) -> None:
        """Add what a check says; a check that raises becomes a fault that names it, and what it said before stands."""
        try:
            for finding in work():
                if isinstance(finding.place, Place) and id(finding.place.resource) in self.judged_elsewhere:
                    continue
                self.findings.append(replace(finding, cluster=cluster) if cluster else finding)
        except Exception as error:
            self.faults.append(Fault(check.code, check.name, f"{describe(error)}, while it looked at {subject}"))


def describe(error: BaseException) -> str:
    """An exception in one line: its type, what it says, and the line of code that raised it."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f" ({trace.tb_frame.f_globals.get('__name__', '?')}, line {trace.tb_lineno})" if trace else ""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}{f': {text}' if text else ''}{where}"


class GuardedFlavour(NamedTuple):
    """A flavour whose exceptions are faults: what the other flavours read stands."""

    flavour: Flavour
    faults: list[Fault]

    @property
    def name(self) -> str:
        """The flavour's own name."""
        return self.flavour.name

    def read(self, bundle: Bundle, settings: Settings) -> Reading:
        """What the flavour reads; nothing where it raises."""
        try:
            return self.flavour.read(bundle, settings)
        except Exception as error:
            self.faults.append(
                Fault(f"flavour {self.name}", self.name, f"{describe(error)}, while it read {bundle.name}")
            )
            return Reading()


def read_models(
    bundles: Iterable[Bundle], flavours: Sequence[Flavour], settings: Settings, ledger: Ledger
) -> list[KafkaModel]:
    """The model of every bundle."""
    guarded: list[Flavour] = [GuardedFlavour(flavour, ledger.faults) for flavour in flavours]
    return [read_model(bundle, guarded, settings) for bundle in bundles]


def run_checks(
    checks: Sequence[Check],
    documents: Iterable[Document],
    models: Iterable[KafkaModel],
    ledger: Ledger,
    run: Run | None = None,
) -> None:
    """Run every check on everything that it is for; checks of the run only where there is one."""
    of_documents = [check for check in checks if isinstance(check, DocumentCheck)]
    of_bundles = [check for check in checks if isinstance(check, BundleCheck)]
    of_clusters = [check for check in checks if isinstance(check, ClusterCheck)]
    for document in documents:
        for check in of_documents:
            ledger.record(check, document.source.name, partial(check.check, document))
    for model in models:
        ledger.judged_elsewhere = _referred_to(model)
        for bundle_check in of_bundles:
            ledger.record(bundle_check, model.bundle.name, partial(bundle_check.check, model))
        for cluster in model.clusters:
            for cluster_check in of_clusters:
                work = partial(cluster_check.check, cluster, model)
                ledger.record(cluster_check, cluster.title, work, cluster.name)
    if run is not None:
        for run_check in (check for check in checks if isinstance(check, RunCheck)):
            ledger.record(run_check, "the run", partial(run_check.check, run))


def _referred_to(model: KafkaModel) -> frozenset[int]:
    """Ids of the clusters' own objects that stand in the bundle's context: another bundle judges them."""
    context = {id(resource) for resource in model.bundle.context}
    own = (
        resource for cluster in model.clusters for resource in (cluster.resource, *(p.resource for p in cluster.nodes))
    )
    return frozenset(id(resource) for resource in own if id(resource) in context)


def distinct(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Findings without repetitions: two clusters may share the object that one finding is about."""
    seen: set[tuple[object, ...]] = set()
    for finding in findings:
        source = finding.place.source
        key = (finding.code, finding.message, source.name, source.arguments, finding.place.span())
        if key not in seen:
            seen.add(key)
            yield finding
