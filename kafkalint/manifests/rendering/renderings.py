"""Renderings: what Kustomize and Helm make of folders, as the config has them made."""

from __future__ import annotations

import os
import re
import time
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from kafkalint.manifests.globs import matches
from kafkalint.manifests.notices import Notice
from kafkalint.manifests.progress import UNWATCHED, Progress
from kafkalint.manifests.render_settings import ChartValues, RenderSettings
from kafkalint.manifests.rendering.charts import parent_of, read_chart
from kafkalint.manifests.rendering.commands import CommandError, interruptible
from kafkalint.manifests.rendering.helm import HelmTask
from kafkalint.manifests.rendering.kustomize import KustomizeTask
from kafkalint.manifests.rendering.tasks import Account, Rendering, Task
from kafkalint.manifests.walking import CHART_FILE, Namer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kafkalint.manifests.planning import Job
    from kafkalint.manifests.sources import Source

__all__ = ["Account", "Emission", "Rendering", "emit", "lost", "render", "renderings"]

_GLOB = re.compile(r"[*?]")


def render(
    jobs: Sequence[Job], settings: RenderSettings, directory: str, workers: int, progress: Progress = UNWATCHED
) -> list[Rendering]:
    """Every job's renderings in the order of the jobs; so many programs run side by side."""
    tasks = [task for job in jobs for task in _tasks(job, settings, directory)]
    progress.step("rendering", 0, len(tasks))
    with interruptible():
        if min(len(tasks), workers) < 2:
            return [task.run() for task in tasks]
        from concurrent.futures import ThreadPoolExecutor, as_completed  # noqa: PLC0415 - only rendering needs it

        with ThreadPoolExecutor(min(workers, len(tasks))) as pool:
            futures = [pool.submit(task.run) for task in tasks]
            for done, _ in enumerate(as_completed(futures), 1):
                progress.step("rendering", done, len(tasks))
            return [future.result() for future in futures]


class Emission(NamedTuple):
    """What would be applied, and how it came about."""

    source: Source
    """Its bytes are the tool's own."""
    accounts: tuple[Account, ...] = ()
    remark: str = ""
    """Why it is not known where its objects come from; empty where it is."""


def emit(
    job: Job, settings: RenderSettings, directory: str, values: ChartValues | None = None, arguments: Sequence[str] = ()
) -> Emission:
    """What a folder is rendered to, as it would be applied; raises CommandError.

    `arguments` go to the tool as they are.
    """
    given = tuple(arguments)
    task: Task = KustomizeTask(job, settings, directory, given)
    if job.tool == "helm":
        task = HelmTask(job, settings, directory, given, values)
    started = time.perf_counter()
    try:
        with interruptible():
            source, remark = task.emitted()
    except CommandError as failure:
        raise CommandError(task.shown(str(failure))) from None
    # What is handed through may be a secret.
    shown = (*replace(task, arguments=()).command(), *(["…"] if given else []))
    return Emission(source, (Account(task.name, shown, time.perf_counter() - started),), remark)


def lost(
    settings: RenderSettings, jobs: Sequence[Job], directory: str, folders: Sequence[str] = (".",)
) -> Iterator[Notice]:
    """A word on each chart, below these folders, that the config asks to have rendered and no job is of."""
    namer = Namer(directory)
    rendered = [namer.folder(job.directory) for job in jobs if job.tool == "helm"]
    for entry in settings.charts if settings.helm else ():
        where = _GLOB.split(entry.chart)[0].rpartition("/")[0] if _GLOB.search(entry.chart) else entry.chart
        below = any(matches(folder, os.path.normpath(where or ".").replace(os.sep, "/")) for folder in folders)
        if below and not any(matches(entry.chart, folder) for folder in rendered):
            reason = _why_lost(entry.chart, directory)
            yield Notice(entry.chart, f"not rendered, so not checked: the config has this chart rendered, and {reason}")


def _why_lost(chart: str, directory: str) -> str:
    folder = os.path.normpath(os.path.join(directory, chart))
    if _GLOB.search(chart):
        return "there is none"
    if not os.path.isdir(folder):
        return "it is not there"
    if not os.path.isfile(os.path.join(folder, CHART_FILE)):
        return f"there is no {CHART_FILE} in it"
    if read_chart(folder).library:
        return "it is a library, which nobody installs"
    if parent := parent_of(folder):
        return f"it is a part of {Namer(directory).folder(parent)} and goes into what is rendered of that"
    return "it is left out of this run: excluded, or hidden, or not tracked by Git"


def renderings(job: Job, settings: RenderSettings, directory: str) -> list[tuple[str, tuple[str, ...]]]:
    """The renderings of a job: the name of each, and the values files that the config gives it, absolute."""
    tasks = _tasks(job, settings, directory)
    return [(task.name, tuple(os.path.join(directory, file) for file in task.values_files)) for task in tasks]


def _tasks(job: Job, settings: RenderSettings, directory: str) -> Sequence[Task]:
    if job.tool == "kustomize":
        return [KustomizeTask(job, settings, directory)]
    task = HelmTask(job, settings, directory)
    asked = settings.charts_at(task.folder)
    labels = [", ".join(entry.values) for entry in asked]
    alike = {label for label in labels if labels.count(label) > 1}
    return [
        replace(task, values=entry, label=_with_release(label, entry) if label in alike else label)
        for entry, label in zip(asked, labels, strict=True)
    ] or [task]


def _with_release(label: str, entry: ChartValues) -> str:
    release = f"{entry.namespace}/{entry.release}" if entry.namespace else entry.release
    return f"{label}, {release}" if label else release
