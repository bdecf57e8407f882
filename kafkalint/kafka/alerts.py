"""Alerts on Prometheus' rules: which pods and claims they look for, and whether any will have such a name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from kafkalint.kafka.model import KafkaModel, Workload
from kafkalint.manifests.bundles import Bundle
from kafkalint.manifests.composer import ComposeError, compose
from kafkalint.manifests.resources import Place, Resource, dig, items, string_map
from kafkalint.manifests.scalars import plain
from kafkalint.manifests.text import Span

_MONITORING: Final = "monitoring.coreos.com"
_PODS: Final = ("pod", "pod_name", "exported_pod", "kubernetes_pod_name")
_CLAIMS: Final = ("persistentvolumeclaim", "exported_persistentvolumeclaim", "pvc")
_NAMESPACES: Final = ("namespace", "kubernetes_namespace", "exported_namespace")
_STRING: Final = r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`[^`]*`"
_MATCHER: Final = re.compile(rf"\b(?P<label>[a-z_]+)\s*(?P<operator>=~|=(?!=))\s*(?P<value>{_STRING})")
_TEMPLATE: Final = re.compile(r"\{\{|\$\{|\$\(|\[\[")
_MOST: Final = 2_000_000
_LONGEST_EXPRESSION: Final = 20_000
_LONGEST_PATTERN: Final = 400
# What RE2 does not know, or reads otherwise than Python does.
# Last: what Python takes for a set operation to come, and RE2 for two plain characters.
_FOREIGN: Final = re.compile(r"\(\?(?!:)|\\[pPQCzZAbB1-9]|\[\[:|[*+?}]\+|\[[^\]]*(?:\[|--|&&|~~|\|\|)")
_REPEATED: Final = re.compile(r"[*+]|\{\d*,\d*\}")
_MOST_REPEATED: Final = 4
_MOST_OPTIONAL: Final = 8
# What the controllers make up for names: the alphabet of apimachinery's `rand.SafeEncodeString`.
_HASHES: Final = ("5d8f7c9b4", "6c7d9f5b8d", "7b9c8d6f")
_SUFFIX: Final = "x7k2p"
_ORDINALS: Final = ("0", "1", "2")


class Alert(NamedTuple):
    """An alerting rule."""

    name: str
    expression: str
    place: Place
    """Its expression; in a ConfigMap the whole file that holds it."""
    file: str | None = None
    """The text of that file."""


class Matcher(NamedTuple):
    """A condition of an expression on the name of a pod, a claim or a namespace."""

    label: str
    pattern: str
    regex: bool
    written: str
    """The pattern as the expression spells it, without quotes."""
    span: Span
    """Where that stands in the expression."""

    @property
    def about_claims(self) -> bool:
        """Whether it is about PersistentVolumeClaims; else about pods."""
        return self.label in _CLAIMS


def alerts(bundle: Bundle) -> Iterator[Alert]:
    """Alerting rules of PrometheusRules, and of rule files in ConfigMaps."""
    for resource in bundle.of(_MONITORING, "PrometheusRule"):
        for index, group in enumerate(items(resource.get("spec", "groups"))):
            for number, rule in enumerate(items(dig(group, "rules"))):
                place = resource.place("spec", "groups", index, "rules", number, "expr")
                yield from _alert(rule, place)
    for resource in bundle.of("", "ConfigMap"):
        yield from _in_files(resource)


def _in_files(resource: Resource) -> Iterator[Alert]:
    for key, text in string_map(resource.get("data")).items():
        if "alert:" not in text or "expr:" not in text or len(text) > _MOST:
            continue
        try:
            node = compose(text)
        except ComposeError:
            continue
        data = plain(node) if node is not None else None
        for group in items(dig(data, "groups")):
            for rule in items(dig(group, "rules")):
                yield from _alert(rule, resource.place("data", key), text)


def _alert(rule: Any, place: Place, file: str | None = None) -> Iterator[Alert]:
    name, expression = dig(rule, "alert"), dig(rule, "expr")
    if isinstance(name, str) and isinstance(expression, str) and len(expression) <= _LONGEST_EXPRESSION:
        yield Alert(name, expression, place, file)


def name_matchers(expression: str) -> tuple[Matcher, ...]:
    """Conditions that a pod's or claim's name has to meet; templates are left out."""
    return _matchers(expression, (*_PODS, *_CLAIMS))


def namespace_matchers(expression: str) -> tuple[Matcher, ...]:
    """Conditions that a namespace has to meet."""
    return _matchers(expression, _NAMESPACES)


def _matchers(expression: str, labels: Sequence[str]) -> tuple[Matcher, ...]:
    found = []
    for match in _MATCHER.finditer(expression):
        if match["label"] not in labels:
            continue
        quoted = match["value"]
        written = quoted[1:-1]
        pattern = written if quoted[0] == "`" else re.sub(r"\\(.)", r"\1", written)
        if pattern and not _TEMPLATE.search(pattern):
            start = match.start("value") + 1
            regex = match["operator"] == "=~"
            found.append(Matcher(match["label"], pattern, regex, written, Span(start, start + len(written))))
    return tuple(found)


def is_absence(expression: str, matcher: Matcher) -> bool:
    """Whether a condition stands inside `absent(…)`, which answers where nothing is found."""
    opened: list[bool] = []
    bare = _blanked(expression)
    for found in re.finditer(r"(?P<name>[a-z_]*)\s*\(|\)", bare[: matcher.span.start]):
        if found.group() == ")":
            del opened[-1:]
        else:
            opened.append(found["name"] in ("absent", "absent_over_time"))
    return any(opened)


def _blanked(expression: str) -> str:
    """An expression with the text of its strings blanked out."""
    return re.sub(_STRING, lambda found: " " * len(found.group()), expression)


def has_alternative(expression: str) -> bool:
    """Whether an expression can answer without one of its parts: `a or b`, `a unless b`."""
    return re.search(r"\b(?:or|unless)\b", _blanked(expression), re.IGNORECASE) is not None


def fits(matcher: Matcher, names: Sequence[str]) -> bool | None:
    """Whether one of these names meets a condition; None for a pattern that is not evaluated here.

    Prometheus anchors patterns at both ends and reads them as RE2, which knows no look-around and no back-references.
    """
    if not matcher.regex:
        return matcher.pattern in names
    if not _evaluable(matcher.pattern):
        return None
    try:
        compiled = re.compile(matcher.pattern)
    except (re.error, OverflowError, RecursionError):
        return None
    return any(compiled.fullmatch(name) for name in names)


def _evaluable(pattern: str) -> bool:
    """Whether a backtracking engine reads a pattern as RE2 does, and soon comes to an end."""
    if len(pattern) > _LONGEST_PATTERN or _FOREIGN.search(pattern):
        return False
    bare = re.sub(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", "x", pattern.replace("(?:", "("))
    # A repeated group that holds a repetition or a choice takes exponential time at worst.
    if re.search(r"\)(?:[*+]|\{)|\{\d{3,}|,\d{3,}\}", bare):
        return False
    return all(
        len(_REPEATED.findall(branch)) <= _MOST_REPEATED and branch.count("?") <= _MOST_OPTIONAL
        for branch in (bare.split("|") if "(" not in bare else [bare])
    )


def pod_names(model: KafkaModel) -> tuple[str, ...] | None:
    """Names of every pod that will exist, examples where a controller makes them up; None where not all are known."""
    found: list[str] = []
    pools = {}
    for cluster in model.clusters:
        for pool in cluster.nodes:
            pools[pool.pods.namespace, pool.pods.name] = pool
            if not pool.pod_names and pool.replicas.value != 0 and pool.stateful:
                return None
            found += _ends(pool.pod_names)
    for workload in model.workloads:
        known = pools.get((workload.pods.namespace, workload.pods.name))
        if known is None or not known.pod_names:
            found += _made_up(workload)
    return tuple(found)


def _ends(names: Sequence[str]) -> Sequence[str]:
    """The first and the last names: those between look like them."""
    return names if len(names) <= 40 else (*names[:20], *names[-20:])


def _made_up(workload: Workload) -> Iterator[str]:
    kind, name = workload.title.partition(" ")[0], workload.pods.name
    if kind == "Pod":
        yield name
    if kind not in ("Pod", "StatefulSet", "StrimziPodSet"):
        yield f"{name}-{_SUFFIX}"
        yield from (f"{name}-{code}-{_SUFFIX}" for code in _HASHES)
        yield f"{name}-28912345-{_SUFFIX}"
    if kind not in ("Pod", "Deployment", "ReplicaSet", "DaemonSet", "Job", "CronJob"):
        count = min(workload.pods.replicas if workload.pods.replicas is not None else 3, 20)
        yield from (f"{name}-{ordinal}" for ordinal in range(max(count, len(_ORDINALS))))


def claim_names(model: KafkaModel) -> tuple[str, ...] | None:
    """Names of every PersistentVolumeClaim that will exist.

    None where not all are known, and beside nodes that keep their data on none: that is what is wrong then.
    """
    found = [resource.name for resource in model.bundle.of("", "PersistentVolumeClaim")]
    for cluster in model.clusters:
        for pool in cluster.nodes:
            if not pool.claim_names and pool.replicas.value != 0:
                return None
            found += _ends(pool.claim_names)
    for resource in model.bundle.of("apps", "StatefulSet"):
        for template in items(resource.get("spec", "volumeClaimTemplates")):
            claim = dig(template, "metadata", "name")
            found += [f"{claim}-{resource.name}-{ordinal}" for ordinal in _ORDINALS]
    return tuple(found)
