"""PodDisruptionBudgets, and how many pods they let the eviction API take at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from kafkalint.kafka.counts import IntOrPercent, parse_int_or_percent
from kafkalint.kafka.labels import PodLabels, Selector


class BudgetSpec(NamedTuple):
    """The spec of a PodDisruptionBudget; one with a `problem` is refused by the API server.

    With neither `minAvailable` nor `maxUnavailable` it is accepted, and no pod that it selects can be evicted: the
    disruption controller then expects no pods, and allows no disruption where it expects none
    (pkg/controller/disruption/disruption.go, getExpectedPodCount and updatePdbStatus).
    """

    selector: Selector | None = None
    min_available: IntOrPercent | None = None
    max_unavailable: IntOrPercent | None = None
    unhealthy_pod_eviction_policy: str = "IfHealthyBudget"
    problem: str | None = None

    @classmethod
    def parse(cls, spec: object, *, api_version: str = "policy/v1") -> BudgetSpec:
        """Read the `spec`; an empty selector selects all pods of the namespace, but none in policy/v1beta1."""
        given = spec if isinstance(spec, Mapping) else {}
        selector = Selector.parse(given.get("selector"))
        if api_version == "policy/v1beta1" and selector is not None and selector.is_empty:
            selector = None
        policy = given.get("unhealthyPodEvictionPolicy")
        return cls(
            selector,
            parse_int_or_percent(given.get("minAvailable")),
            parse_int_or_percent(given.get("maxUnavailable")),
            policy if isinstance(policy, str) else "IfHealthyBudget",
            next(_problems(spec, given, selector), None),
        )

    @property
    def is_unlimited(self) -> bool:
        """Whether neither limit is set, in which case every eviction is refused."""
        return self.min_available is None and self.max_unavailable is None and self.problem is None

    @property
    def needs_scale(self) -> bool:
        """Whether it can only be computed for pods whose controller has a scale subresource.

        True for `maxUnavailable` and for percentages. For pods without such a controller only a whole number in
        `minAvailable` works: anything else allows no eviction at all (getExpectedScale, getScaleController, failSafe).
        """
        return self.max_unavailable is not None or (self.min_available is not None and self.min_available.is_percent)

    def covers(self, labels: PodLabels) -> bool | None:
        """Whether it selects pods of its own namespace with these labels; None if only run time decides."""
        return False if self.selector is None or self.problem is not None else self.selector.matches(labels)

    def desired_healthy(self, total: int) -> int:
        """How many of `total` pods it wants healthy; percentages of either kind round up, as the controller does."""
        if self.max_unavailable is not None:
            return max(0, total - self.max_unavailable.scaled(total, round_up=True))
        if self.min_available is not None:
            return self.min_available.scaled(total, round_up=True)
        return 0

    def disruptions_allowed(self, total: int, *, scalable: bool = True) -> int:
        """How many of `total` pods may be evicted at once while all are healthy.

        `total` counts all pods that the budget selects; `scalable` says whether their controllers have a scale
        subresource. A budget that the API server refuses does not exist and limits nothing.
        """
        if self.problem is not None:
            return total
        if self.is_unlimited or (self.needs_scale and not scalable):
            return 0
        return max(0, total - self.desired_healthy(total))


def _problems(spec: object, given: Mapping[object, object], selector: Selector | None) -> Iterator[str]:
    """What the API server refuses (pkg/apis/policy/validation, ValidatePodDisruptionBudgetSpec)."""
    if spec is not None and not isinstance(spec, Mapping):
        yield "spec must be a mapping"
    for field in ("minAvailable", "maxUnavailable"):
        if given.get(field) is not None:
            yield from _limit_problems(field, parse_int_or_percent(given.get(field)))
    if given.get("minAvailable") is not None and given.get("maxUnavailable") is not None:
        yield "minAvailable and maxUnavailable must not both be set"
    if selector is not None and selector.problem is not None:
        yield selector.problem
    policy = given.get("unhealthyPodEvictionPolicy")
    if policy is not None and policy not in ("IfHealthyBudget", "AlwaysAllow"):
        yield "unhealthyPodEvictionPolicy must be IfHealthyBudget or AlwaysAllow"


def _limit_problems(field: str, limit: IntOrPercent | None) -> Iterator[str]:
    if limit is None:
        yield f"{field} must be a whole number or a percentage such as 50%"
    elif limit.value < 0:
        yield f"{field} must not be negative"
    elif limit.is_percent and limit.value > 100:
        yield f"{field} must not be more than 100%"
