"""What a config says, as values."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from enum import Enum
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from kafkalint.checking.selection import Choice, Profile
from kafkalint.manifests.sources import STDIN

if TYPE_CHECKING:
    from kafkalint.checking.check import OptionValue
    from kafkalint.checking.data_checks import DataCheck
    from kafkalint.checking.directives import Ignore
    from kafkalint.checking.finding import Level
    from kafkalint.kafka.model import Settings
    from kafkalint.kafka.versions import Version
    from kafkalint.manifests.bundling import StatedBundle
    from kafkalint.manifests.render_settings import RenderSettings
    from kafkalint.manifests.walking import Exclusion


class Rendering(Enum):
    """Whether a tool is run where its input is found."""

    AUTO = "auto"
    """If it is installed."""
    NEVER = "never"


class BundleSpec(NamedTuple):
    """Files that are applied together."""

    name: str
    paths: tuple[str, ...]
    """Globs, from the folder of the config."""


class HelmRelease(NamedTuple):
    """A chart with the values that it is installed with; paths from the folder of the config."""

    chart: str
    release: str
    values: tuple[str, ...] = ()
    namespace: str | None = None


class Config(NamedTuple):
    """What `.kafkalint.yaml` says; what it does not say is None or empty."""

    file: Path | None = None
    """None where there is no config."""
    profile: Profile | None = None
    choice: Choice = Choice()
    """`select`, `extend-select` and `ignore`."""
    fail_on: str | None = None
    """`error`, `warning`, `info` or `never`."""
    levels: Mapping[str, Level | None] = MappingProxyType({})
    """By code; None for off."""
    ignores: tuple[Ignore, ...] = ()
    baseline: str | None = None
    """Findings that were there before; a path from the folder of the config."""
    exclude: tuple[str, ...] = ()
    """Globs of what is not looked at, from the folder of the config."""
    bundles: tuple[BundleSpec, ...] = ()
    storage_tiers: Mapping[str, str] = MappingProxyType({})
    """StorageClass name to tier name, lower case."""
    zones: int | None = None
    strimzi_version: Version | None = None
    kubernetes_version: Version | None = None
    kustomize: Rendering = Rendering.AUTO
    helm: Rendering = Rendering.AUTO
    releases: tuple[HelmRelease, ...] = ()
    options: Mapping[str, Mapping[str, OptionValue]] = MappingProxyType({})
    """By the name of the check."""
    checks: tuple[type[DataCheck], ...] = ()
    """Checks written as data."""

    @property
    def root(self) -> Path | None:
        """The folder that its paths count from."""
        return self.file.parent if self.file else None

    @property
    def baseline_file(self) -> Path | None:
        """The baseline; None where it names none."""
        return self.root / self.baseline if self.root and self.baseline else None

    @property
    def kinds(self) -> frozenset[str] | None:
        """Kinds that checks written as data have to see, besides Kafka's; None where one may ask for any kind."""
        found: frozenset[str] = frozenset()
        for check in self.checks:
            kinds = check.rule.objects.kinds
            if kinds is None:
                return None
            found |= kinds
        return found

    def settings(self, strimzi: Version | None = None, kubernetes: Version | None = None) -> Settings:
        """What flavours and checks are told of the world; versions of the command line go before config's."""
        from kafkalint.kafka.model import Settings  # noqa: PLC0415 - whoever only reads config needs no model

        return Settings(
            strimzi_version=strimzi or self.strimzi_version,
            kubernetes_version=kubernetes or self.kubernetes_version,
            storage_tiers=self.storage_tiers,
            zones=self.zones,
            options=self.options,
        )

    def relative(self, directory: str) -> Callable[[str], str]:
        """Turns the name of a source, as a run in this directory has it, into its path from the config's folder."""
        return relative(directory, str(self.root or directory))

    def exclusion(self, directory: str) -> Exclusion:
        """`exclude`, as the loader of a run in this directory takes it."""
        from kafkalint.manifests.walking import Exclusion  # noqa: PLC0415 - as above

        return Exclusion(self.exclude, str(self.root or directory))

    def stated_bundles(self, directory: str) -> tuple[StatedBundle, ...]:
        """`bundles`, as the loader of a run in this directory takes them."""
        from kafkalint.manifests.bundling import StatedBundle  # noqa: PLC0415 - as above

        root = str(self.root or directory)
        return tuple(
            StatedBundle(spec.name, tuple(_rebased(path, root, directory) for path in spec.paths))
            for spec in self.bundles
        )

    def render_settings(self, directory: str, kubernetes: Version | None = None) -> RenderSettings:
        """`render` and `helm`, as the loader of a run in this directory takes them."""
        from kafkalint.manifests.render_settings import ChartValues, RenderSettings  # noqa: PLC0415 - as above

        root = str(self.root or directory)
        charts = tuple(
            ChartValues(
                chart=_rebased(release.chart, root, directory),
                values=tuple(_rebased(path, root, directory) for path in release.values),
                release=release.release,
                namespace=release.namespace or "",
            )
            for release in self.releases
        )
        version = kubernetes or self.kubernetes_version
        return RenderSettings(
            kustomize=self.kustomize is Rendering.AUTO,
            helm=self.helm is Rendering.AUTO,
            charts=charts,
            kubernetes_version=str(version) if version else None,
        )


def relative(directory: str, root: str) -> Callable[[str], str]:
    """Turns the name of a source, as a run in one directory has it, into its path from another folder."""
    return lambda name: name if name == STDIN else _rebased(name, directory, root)


def _rebased(path: str, origin: str, target: str) -> str:
    """A path or glob from one folder as it is from another."""
    return Path(os.path.relpath(Path(origin) / path, target)).as_posix()
