"""What a check is: documentation, metadata and logic in one class in one file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeAlias

from kafkalint.checking.finding import Applicability, Finding, Level, Related, TextPlace
from kafkalint.checking.fix import Fix, Operation

if TYPE_CHECKING:
    from kafkalint.checking.directives import Use
    from kafkalint.kafka.model import KafkaCluster, KafkaModel, Settings
    from kafkalint.manifests.documents import Document
    from kafkalint.manifests.resources import Place
    from kafkalint.manifests.sources import Source

OptionValue: TypeAlias = bool | int | float | str | tuple[str, ...]


class Option(NamedTuple):
    """A setting of one check; config gives it under `options`, by the check's name, in the type of its default."""

    default: OptionValue
    description: str
    """One sentence: what it decides, and in which unit."""
    choices: tuple[str, ...] = ()
    """The words that it may be; any, where there are none."""


class Check:
    """One rule. Subclass one of the five kinds below, by what it has to see.

    The docstring is the rule's page (`kafkalint explain CODE`): a first line that says what is wrong, then the headings
    `What it does`, `Why is this bad?`, `Example`, `Use instead` and `References`.
    """

    code: ClassVar[str]
    """`KL` and three digits, or a prefix of your own: never reused with another meaning."""
    name: ClassVar[str]
    """What is wrong, in kebab case; people type it wherever they may type the code."""
    level: ClassVar[Level]
    """Default level in the production profile; a finding may be given a lower or higher one where the rule says so."""
    fix: ClassVar[Applicability] = Applicability.HINT
    """The best that can be done about it."""
    opt_in: ClassVar[bool] = False
    """Off unless selected, or in the strict profile."""
    production_only: ClassVar[bool] = False
    """Off in the development profile: a throw-away cluster may be like that."""
    cross_resource: ClassVar[bool] = False
    """Whether it needs all files of a cluster at hand: `--no-cross-resource` leaves it out."""
    baselined: ClassVar[bool] = True
    """Whether a baseline may hold its findings back; not where they say that something was not looked at."""
    options: ClassVar[Mapping[str, Option]] = MappingProxyType({})
    """What config may set, by the word that it uses."""

    def option(self, name: str, settings: Settings) -> Any:
        """The value of one of this check's options: config's, else its default."""
        return settings.options.get(self.name, {}).get(name, self.options[name].default)

    def finding(  # noqa: PLR0913 - all that a finding can say, each by its name
        self,
        place: Place | TextPlace,
        message: str,
        *,
        help: str = "",  # noqa: A002 - the report's own word for it
        level: Level | None = None,
        related: Iterable[tuple[Place | TextPlace, str]] = (),
        fix: Fix | None = None,
    ) -> Finding:
        """What this check says about a place."""
        return Finding(
            code=self.code,
            name=self.name,
            level=level or self.level,
            message=message,
            place=place,
            help=help,
            related=tuple(Related(*pair) for pair in related),
            fix=fix,
        )

    def mend(self, description: str, *operations: Operation, applicability: Applicability | None = None) -> Fix:
        """A fix of this check: what it does, as an order, and the operations; as safe as the check says by default."""
        return Fix(description, operations, applicability or self.fix)


class ClusterCheck(Check):
    """A check of one Kafka cluster, whatever runs it."""

    def check(self, cluster: KafkaCluster, model: KafkaModel) -> Iterator[Finding]:
        """Findings about this cluster; `model` is all that is applied with it."""
        raise NotImplementedError


class BundleCheck(Check):
    """A check of what is applied together: objects that serve Kafka but belong to no single cluster."""

    def check(self, model: KafkaModel) -> Iterator[Finding]:
        """Findings about this bundle."""
        raise NotImplementedError


class DocumentCheck(Check):
    """A check of a YAML document as text, before anything is made of it; of one that cannot be read too."""

    def check(self, document: Document) -> Iterator[Finding]:
        """Findings about this document."""
        raise NotImplementedError


class Run(NamedTuple):
    """All that one run looked at."""

    sources: Sequence[Source]
    """Every source that was read, in the order of the input."""
    models: Sequence[KafkaModel]
    complete: bool = True
    """False where a part was not looked at, or could not be read or rendered: what is not found may be there."""


class RunCheck(Check):
    """A check of a whole run: what no single bundle can tell."""

    def check(self, run: Run) -> Iterator[Finding]:
        """Findings about this run."""
        raise NotImplementedError


class SuppressionCheck(Check):
    """A check of the suppressions themselves; it runs when every other check has spoken."""

    baselined: ClassVar[bool] = False
    """Suppressions are written for kafkalint: none of them was there before it."""

    def check(self, uses: Sequence[Use]) -> Iterator[Finding]:
        """Findings about these suppressions, each with what it was good for."""
        raise NotImplementedError
