"""Manifests as they would be applied: a file's own bytes, or what a folder is rendered to."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal, NamedTuple

from kafkalint.manifests.planning import job_for
from kafkalint.manifests.reading import ReadError, read
from kafkalint.manifests.render_settings import ChartValues
from kafkalint.manifests.rendering.commands import CommandError
from kafkalint.manifests.rendering.renderings import Emission, emit
from kafkalint.manifests.sources import Source
from kafkalint.manifests.walking import CHART_FILE, KUSTOMIZATION_FILES, Namer, UsageError, absolute

if TYPE_CHECKING:
    from kafkalint.manifests.render_settings import RenderSettings

_WRITING = ("--output", "--output-dir")
"""Flags of Kustomize and Helm that have manifests written to where nobody judges them; `-o` is another."""


class Asked(NamedTuple):
    """What is to be emitted, and how it is rendered."""

    path: str
    tool: Literal["kustomize", "helm"] | None = None
    """None for the one that the folder is made for."""
    values: tuple[str, ...] = ()
    release: str = ""
    namespace: str = ""
    arguments: tuple[str, ...] = ()
    """What the renderer is given besides."""
    fetch: bool = False
    """Whether it may fetch what is not on this disk."""

    @property
    def tells_how_to_render(self) -> bool:
        """Whether it says more than the path."""
        return self != Asked(self.path)


def emitted(asked: Asked, settings: RenderSettings, directory: str) -> Emission:
    """The manifests of a path, from this working directory; raises UsageError where they cannot be had."""
    if not asked.path:
        raise UsageError("the path is empty: it would mean whatever the working directory holds")
    full, namer = absolute(directory, asked.path), Namer(directory)
    try:
        if not os.path.isdir(full):
            return Emission(_file(asked, full, namer))
        return _rendered(asked, full, settings, namer)
    except (CommandError, ReadError, OSError, UsageError) as error:
        raise UsageError(f"{asked.path}: {error}") from None


def _file(asked: Asked, full: str, namer: Namer) -> Source:
    if os.path.basename(full) in (CHART_FILE, *KUSTOMIZATION_FILES):
        raise UsageError("this says what is rendered, and is nothing to apply; give its folder")
    if asked.tells_how_to_render:
        raise UsageError(
            "this is a file, which nobody renders; there is one PATH, and what a renderer is given follows --"
        )
    return Source(namer(full), read(full), working_directory=namer.directory)


def _rendered(asked: Asked, full: str, settings: RenderSettings, namer: Namer) -> Emission:
    written = [word for word in asked.arguments if word.split("=")[0] in _WRITING or word.startswith("-o")]
    if written:
        raise UsageError(f"{written[0]} would have manifests written that nobody has judged")
    job = job_for(full, asked.tool)
    if not (settings.helm if job.tool == "helm" else settings.kustomize):
        raise UsageError(f"rendering with {job.tool} is switched off in the config")
    values = _chart_values(asked, settings.charts_at(namer.folder(full))) if job.tool == "helm" else None
    return emit(job, settings._replace(fetch=asked.fetch), namer.directory, values, asked.arguments)


def _chart_values(asked: Asked, configured: list[ChartValues]) -> ChartValues:
    """What a chart is rendered with: what was said, else what the config says of this release."""
    known = [entry for entry in configured if entry.release == asked.release or not asked.release]
    if asked.values or not configured:
        return ChartValues(asked.path, asked.values, asked.release, asked.namespace)
    if len(known) != 1:
        releases = " or ".join(f"--release {entry.release}" for entry in configured)
        which = f"none of them {asked.release}: say" if asked.release else "say"
        raise UsageError(
            f"the config has {len(configured)} releases of this chart, {which} {releases}, or give --values"
        )
    return known[0]._replace(namespace=asked.namespace or known[0].namespace)
