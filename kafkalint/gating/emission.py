"""Manifests as they would be applied: a file's own bytes, or what a folder is rendered to."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal, NamedTuple

from kafkalint.manifests.planning import job_for
from kafkalint.manifests.reading import ReadError, read
from kafkalint.manifests.render_settings import ChartValues
from kafkalint.manifests.rendering.commands import CommandError
from kafkalint.manifests.rendering.renderings import emit
from kafkalint.manifests.sources import Source
from kafkalint.manifests.walking import Namer, UsageError

if TYPE_CHECKING:
    from kafkalint.manifests.render_settings import RenderSettings


class Wanted(NamedTuple):
    """What is to be rendered, and how."""

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


def emitted(wanted: Wanted, settings: RenderSettings, directory: str) -> Source:
    """The manifests of a path, from this working directory; raises UsageError where they cannot be had."""
    full = os.path.normpath(os.path.join(directory, wanted.path))
    namer = Namer(directory)
    try:
        if not os.path.isdir(full):
            return _file(wanted, full, namer)
        job = job_for(full, wanted.tool)
        values = _chart_values(wanted, settings.charts_at(namer.folder(full))) if job.tool == "helm" else None
        return emit(job, settings._replace(fetch=wanted.fetch), directory, values, wanted.arguments)
    except (CommandError, ReadError, OSError) as error:
        raise UsageError(f"{wanted.path}: {error}") from None
    except UsageError as error:
        raise UsageError(f"{wanted.path}: {error}") from None


def _file(wanted: Wanted, full: str, namer: Namer) -> Source:
    if wanted != Wanted(wanted.path):
        raise UsageError("this is a file, which nobody renders")
    return Source(namer(full), read(full), working_directory=namer.directory)


def _chart_values(wanted: Wanted, configured: list[ChartValues]) -> ChartValues:
    """What a chart is rendered with: what was said, else what the config says of this release."""
    asked = ChartValues(wanted.path, wanted.values, wanted.release, wanted.namespace)
    known = [entry for entry in configured if entry.release == wanted.release or not wanted.release]
    if asked.values or not known:
        return asked
    if len(known) > 1:
        releases = " or ".join(f"--release {entry.release}" for entry in known)
        raise UsageError(f"the config has {len(known)} releases of this chart: say which, by {releases}")
    return known[0]._replace(namespace=wanted.namespace or known[0].namespace)
