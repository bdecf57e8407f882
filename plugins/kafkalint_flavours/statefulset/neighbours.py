"""Pools that may be one cluster, found by what they say: comparing every two of thousands would take hours."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from kafkalint_flavours.statefulset.hosts import hosts_in, is_local, lookups

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from kafkalint.manifests.bundles import Bundle
    from kafkalint_flavours.statefulset.pools import KafkaPool

QUORUM = ("controller.quorum.voters", "controller.quorum.bootstrap.servers")
ZOOKEEPER = "zookeeper.connect"
RELEASE = ("app.kubernetes.io/instance", "app.kubernetes.io/name")

_Index: TypeAlias = dict["Hashable", list["KafkaPool"]]


def _index() -> _Index:
    return defaultdict(list)


@dataclass
class Neighbours:
    """The pools met so far, by what they have in common with others."""

    bundle: Bundle
    alike: _Index = field(default_factory=_index)
    named: _Index = field(default_factory=_index)
    """By the names that lead to them."""
    naming: _Index = field(default_factory=_index)
    """By the names that they speak of."""
    open: list[KafkaPool] = field(default_factory=list)
    """Those that speak of a Service of the bundle: its selector decides whom it leads to."""
    every: list[KafkaPool] = field(default_factory=list)

    def meet(self, pool: KafkaPool) -> list[KafkaPool]:
        """All met before that may belong together with this one, which is met now."""
        alike, named, naming = set(_alike(pool)), set(_names_of(pool)), set(_spoken_of(pool))
        found = {id(other): other for word in alike for other in self.alike[word]}
        found |= {id(other): other for word in named for other in self.naming[word]}
        found |= {id(other): other for word in naming for other in self.named[word]}
        speaks = any(kind == "service" and self.bundle.find("", "Service", name) for kind, name in naming)
        found |= {id(other): other for other in (self.every if speaks else self.open)}
        for index, words in ((self.alike, alike), (self.named, named), (self.naming, naming)):
            for word in words:
                index[word].append(pool)
        self.every.append(pool)
        if speaks:
            self.open.append(pool)
        return list(found.values())


def _alike(member: KafkaPool) -> Iterator[Hashable]:
    labels = member.pool.template.labels.known
    if all(key in labels for key in RELEASE):
        yield tuple(labels[key] for key in RELEASE)
    for key in (*QUORUM, ZOOKEEPER):
        setting = member.pool.config.entries.get(key)
        hosts = [host for host in hosts_in(setting.value if setting else None) if not is_local(host)]
        if setting is not None and hosts:
            yield key, setting.value if key == ZOOKEEPER else frozenset(_short(host) for host in hosts)


def _short(host: str) -> str:
    return ".".join(host.lower().split(".")[:2])


def _names_of(member: KafkaPool) -> Iterator[tuple[str, str]]:
    pool = member.pool
    yield "pod", pool.name.lower()
    if pool.workload == "Pod":
        yield "pod", pool.name
        yield "pod", str(pool.resource.get("spec", "hostname"))
    if pool.service is not None and pool.service.value:
        yield "service", pool.service.value


def _spoken_of(member: KafkaPool) -> Iterator[tuple[str, str]]:
    for key in QUORUM:
        setting = member.pool.config.entries.get(key)
        for host in hosts_in(setting.value) if setting is not None else ():
            for service, _, pod in lookups(host, None):
                if pod is None:
                    yield "service", service
                else:
                    yield "pod", pod
                    yield "pod", pod.rpartition("-")[0]
