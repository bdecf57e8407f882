"""What several test modules build their values with."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from real_tools import put_first, the_kustomize

from kafkalint.checking.applicability import Applicability
from kafkalint.checking.check import Check, ClusterCheck
from kafkalint.checking.finding import Fault, Finding, Level, Located, Location, Related, Suppression, TextPlace
from kafkalint.checking.fix import Fix
from kafkalint.checking.outcome import ClusterSummary, Notice, Outcome
from kafkalint.checking.remedy import Change, Edit, Remedy
from kafkalint.manifests.documents import documents
from kafkalint.manifests.sources import Source
from kafkalint.manifests.text import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from kafkalint.manifests.resources import Place

BROKERS = """\
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: kafka
  namespace: events
spec:
  replicas: 3
  serviceName: kafka-headless
  template:
    spec:
      containers:
        - name: kafka
          image: apache/kafka:4.0.0
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: kafka
  namespace: events
spec:
  maxUnavailable: 2
"""

# What guards the main branch must not fail by chance: the examples are the same in every run. To look for new ones:
# HYPOTHESIS_PROFILE=search python -m pytest
settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("search", max_examples=2_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


class BrokersTogether(ClusterCheck):
    """Brokers may share a node.

    ## What it does

    Asks whether two brokers can be on one node.

    ## Why is this bad?

    One node's death takes both.

    ## Example

    ```yaml
    ## not a heading
    spec:
      replicas: 3
    ```

    ## Use instead

    ```yaml
    spec: {}
    ```
    """

    code = "KL303"
    name = "brokers-together"
    level = Level.ERROR


class BudgetTooLoose(Check):
    code = "KL302"
    name = "budget-too-loose"
    level = Level.WARNING
    opt_in = True


class Builder:
    """Findings as checks would make them, from small texts."""

    hostile = st.lists(
        st.one_of(
            st.sampled_from(
                ("::error::", "::set-output name=x::", "##[", "##vso[", "#", "[", "\n", "\r\n", "\x1b[31m", " ")
            ),
            st.characters(exclude_categories=["Cs"]),
        ),
        max_size=20,
    ).map("".join)
    """Text that wants to be read as something else."""
    nasty = (
        "]]></failure><script>alert(1)</script> | `a` [x](y) ![x](y) <!-- @team #1 !2 **b** $x$ :100: "
        "https://evil www.evil a@evil.example\n::error::x\n##vso[task.complete result=Succeeded;]x"
        "\x00\x1b[31m\ud800\ufffe😀 %0A%5D%AZP25];,'\"&amp;"
    )
    """Everything that any format gives a meaning."""
    brokers = BROKERS
    rules = (BudgetTooLoose, BrokersTogether)

    def place(self, *route: str | int, text: str = BROKERS, file: str = "deploy/kafka.yaml", kind: str = "") -> Place:
        resources = [one for document in documents(Source(file, text.encode())) for one in document.resources]
        resource = next(one for one in resources if not kind or one.kind == kind)
        return resource.place(*route)

    def at(self, place: Place | TextPlace) -> Location:
        source = place.source if isinstance(place, TextPlace) else place.resource.document.source
        start, end = place.span()
        return Location(source.name, source.text.position(start), source.text.position(end), source.text)

    def text_place(self, text: str, pattern: str, file: str = "x.yaml") -> TextPlace:
        source = Source(file, text.encode())
        match = re.search(pattern, source.text.content)
        assert match
        return TextPlace(source, Span(match.start(), match.end()))

    def located(
        self,
        place: Place | TextPlace,
        message: str = "StatefulSet events/kafka: 3 brokers may share a node",
        *,
        rule: type[Check] = BrokersTogether,
        code: str = "",
        level: Level | None = None,
        help: str = "",  # noqa: A002 - the finding's own word
        related: tuple[tuple[Place, str], ...] = (),
        origin: str | None = None,
        suppressed: Suppression | None = None,
    ) -> Located:
        finding = Finding(
            code or rule.code,
            rule.name,
            level or rule.level,
            message,
            place,
            help,
            tuple(Related(*pair) for pair in related),
            cluster="kafka",
        )
        resolved = tuple((self.at(other), words) for other, words in related)
        return Located(finding, self.at(place), resolved, origin, suppressed)

    def change(self, text: str, *edits: tuple[str, str], file: str = "deploy/kafka.yaml") -> Change:
        """A change of a file: what matches the first of each pair becomes the second; of an empty text, a new file."""
        source = Source(file, text.encode())
        content = source.text.content
        spans = [Span(*match.span()) for match in (re.search(pattern, content) for pattern, _ in edits) if match]
        assert len(spans) == len(edits)
        made = tuple(Edit(span, new) for span, (_, new) in zip(spans, edits, strict=True))
        return Change(source, made, creates=not text)

    def mendable(
        self,
        located: Located,
        *changes: Change,
        description: str = "Set replicas: 5",
        applicability: Applicability = Applicability.SAFE,
        problem: str = "",
        withdrawn: bool = False,
    ) -> Located:
        """A finding with its fix worked out: to these changes, or to a problem."""
        fix = Fix(description, (), applicability)
        finding = replace(located.finding, fix=fix)
        return located._replace(finding=finding, remedy=Remedy(fix, changes, problem, withdrawn))

    def mended(self, **more: object) -> Located:
        """A finding with a fix of one edit."""
        replicas = self.change(BROKERS, (r"(?<=replicas: )3", "5"))
        return self.mendable(self.usual(), replicas, **more)  # type: ignore[arg-type]

    def usual(self) -> Located:
        """A finding with everything that a finding may have."""
        budget = self.place("spec", "maxUnavailable", kind="PodDisruptionBudget")
        return self.located(
            self.place("spec", "replicas"),
            help="add podAntiAffinity on kubernetes.io/hostname",
            related=((budget, "this budget lets two go at once"),),
        )

    def loose(self, **more: object) -> Located:
        budget = self.place("spec", "maxUnavailable", kind="PodDisruptionBudget")
        return self.located(budget, "maxUnavailable is 2", rule=BudgetTooLoose, **more)  # type: ignore[arg-type]

    def outcome(self, *findings: Located, **more: object) -> Outcome:
        values: dict[str, object] = {
            "findings": findings,
            "resources": 14,
            "skipped": 9,
            "sources": 3,
            "seconds": 0.25,
            "rules": self.rules,
            "clusters": [ClusterSummary("kafka", "events", "strimzi", "4.0.0", "kraft", 3, None)],
        }
        return Outcome(**(values | more))  # type: ignore[arg-type]

    def incomplete(self) -> Outcome:
        return self.outcome(
            notices=[Notice("charts/kafka", "not rendered: helm is not installed; run helm template charts/kafka")],
            faults=[Fault("KL303", "brokers-together", "KeyError: 'spec', while it looked at events/kafka")],
            clusters=[],
            unmodelled=[("Koperator", "KafkaCluster kafka", "x.yaml")],
        )

    def suppressed(self) -> Located:
        return self.loose(suppressed=Suppression("inSource", "two are enough in this one"))


@pytest.fixture(scope="session")
def build() -> Builder:
    """Builds findings and outcomes."""
    return Builder()


@pytest.fixture
def kustomize_on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real Kustomize comes first on the PATH (`real_tools.real_kustomize` asks for it)."""
    put_first(monkeypatch, tmp_path, the_kustomize())


@pytest.fixture
def helm_on_path(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A real Helm comes first on the PATH (`real_tools.real_helm` asks for one of each line)."""
    put_first(monkeypatch, tmp_path, request.param)


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Writes files into the working directory."""
    root = tmp_path / "work"
    root.mkdir()
    monkeypatch.chdir(root)

    def write(*groups: Mapping[str, str]) -> Path:
        for name, content in (pair for files in groups for pair in files.items()):
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, newline="")
        return root

    return write
