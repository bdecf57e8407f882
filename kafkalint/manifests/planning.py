"""What of the files found is to be rendered, and which files only their rendering can speak for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal, NamedTuple

from kafkalint.manifests.sniffing import mentions_kafka
from kafkalint.manifests.walking import CHART_FILE, KUSTOMIZATION_FILES, UsageError, find

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from kafkalint.manifests.rendering.charts import Chart
    from kafkalint.manifests.rendering.kustomizations import Graph, Kustomization
    from kafkalint.manifests.walking import FoundFile


Tool = Literal["kustomize", "helm"]


class Job(NamedTuple):
    """A folder to render."""

    tool: Tool
    file: str
    """Absolute path of the file that says what is rendered."""
    files: tuple[str, ...] = ()
    """Absolute paths of all that goes into it, as far as that is on this disk."""
    patches: tuple[str, ...] = ()
    component: bool = False
    charts: tuple[str, ...] = ()
    """The folders of the charts that a kustomization inflates."""
    unreadable: bool = False
    """Whether nobody can tell all that goes into it."""
    within: tuple[str, ...] = ()
    """Absolute paths at or below which anything may go into it: charts, and what is referred to and not there."""

    @property
    def directory(self) -> str:
        """The folder to render."""
        return os.path.dirname(self.file)


class Plan(NamedTuple):
    """The renderings of a run, and the files that are no plain source because of them."""

    jobs: tuple[Job, ...]
    consumed: frozenset[str]
    """Absolute paths."""


def plan(files: Iterable[FoundFile]) -> Plan:
    """Kustomizations that no other refers to, and charts that are no subchart; a file that was named is left alone."""
    paths = [file.path for file in files if not file.named]
    kustomizations = [path for path in paths if os.path.basename(path) in KUSTOMIZATION_FILES]
    with_chart = [os.path.dirname(path) for path in paths if os.path.basename(path) == CHART_FILE]
    if not kustomizations and not with_chart:
        return Plan((), frozenset())
    from kafkalint.manifests.rendering.charts import chart_roots, read_chart  # noqa: PLC0415 - most runs have nothing to render
    from kafkalint.manifests.rendering.kustomizations import Graph  # noqa: PLC0415 - as above

    charts = chart_roots(with_chart)
    in_chart = _sorted_into(charts, paths)
    inside = {path for members in in_chart.values() for path in members}
    graph = Graph(path for path in kustomizations if path not in inside)
    jobs = [_with_charts(_kustomize(graph, root), in_chart) for root in graph.roots()]
    inflated = tuple(os.path.join(chart, "") for k in graph.known.values() if k for chart in k.charts)
    for directory, members in in_chart.items():
        if not os.path.join(directory, "").startswith(inflated) and not (chart := read_chart(directory)).library:
            jobs.append(_helm(chart, members))
    consumed = inside | {path for job in jobs for path in job.files} | {k.path for k in graph.found.values()}
    return Plan(tuple(jobs), frozenset(consumed))


def job_for(folder: str, tool: Tool | None = None) -> Job:
    """The rendering of one folder, by this tool or by what lies in it; raises UsageError where that is not clear."""
    from kafkalint.manifests.rendering.kustomizations import Graph  # noqa: PLC0415 - as above

    here = [path for name in KUSTOMIZATION_FILES if os.path.isfile(path := os.path.join(folder, name))]
    chart = os.path.join(folder, CHART_FILE)
    charted = os.path.isfile(chart)
    if tool == "helm" and not charted:
        raise UsageError(f"no {CHART_FILE} in it: this is no Helm chart")
    if tool == "kustomize" and not here:
        raise UsageError(f"no {KUSTOMIZATION_FILES[0]} in it: there is nothing for Kustomize to build")
    if tool is None and here and charted:
        raise UsageError(f"a {CHART_FILE} and a {os.path.basename(here[0])} in it: say which to render")
    if tool is None and not here and not charted:
        raise UsageError(f"neither a {KUSTOMIZATION_FILES[0]} nor a {CHART_FILE} in it: there is nothing to render")
    if tool == "helm" or (tool is None and charted):
        return Job("helm", chart, (chart,))
    graph = Graph(here)
    if not graph.found:
        raise UsageError(f"its {os.path.basename(here[0])} is an object for Flux, and nothing for Kustomize to build")
    return _kustomize(graph, graph.roots()[0])


def _sorted_into(charts: list[str], paths: list[str]) -> dict[str, list[str]]:
    """The files of each chart; one that lies in two folders belongs to the inner one."""
    members: dict[str, list[str]] = {chart: [] for chart in charts}
    for path in paths if charts else ():
        folder = os.path.dirname(path)
        while folder not in members:
            above = os.path.dirname(folder)
            if above == folder:
                break
            folder = above
        else:
            members[folder].append(path)
    return members


def _kustomize(graph: Graph, root: Kustomization) -> Job:
    closure = graph.closure(root)
    files = {path: None for k in closure for path in (k.path, *k.files)}
    # A kustomization may hold patches itself, written out in place.
    patches = {path: None for k in closure for path in (k.path, *k.patches)}
    charts = {chart: None for k in closure for chart in k.charts}
    within = [path for k in closure for path in (*k.absent, *k.charts)]
    within += [folder for k in closure for folder in k.built_upon if graph.at(folder) is None]
    return Job(
        "kustomize",
        root.path,
        tuple(files),
        tuple(patches),
        root.component,
        charts=tuple(charts),
        unreadable=any(k.unreadable for k in closure),
        within=tuple(dict.fromkeys(within)),
    )


def _helm(chart: Chart, members: Iterable[str]) -> Job:
    from kafkalint.manifests.rendering.charts import chart_folders  # noqa: PLC0415 - as above

    return Job("helm", chart.path, tuple(members), within=tuple(chart_folders(chart)))


def plan_roots(roots: Iterable[str]) -> Plan:
    """These kustomizations and charts, given by their own files, whatever builds upon them; in the order of a plan."""
    ordered = sorted(roots)
    charts = [os.path.dirname(path) for path in ordered if os.path.basename(path) == CHART_FILE]
    kustomizations = [os.path.dirname(path) for path in ordered if os.path.basename(path) != CHART_FILE]
    built = (job_for(folder, "kustomize") for folder in kustomizations)
    return Plan((*built, *map(_whole_chart, charts)), frozenset())


def _whole_chart(folder: str) -> Job:
    from kafkalint.manifests.rendering.charts import read_chart  # noqa: PLC0415 - as above

    return _helm(read_chart(folder), (file.path for file in find((folder,), folder).files))


def _with_charts(job: Job, in_chart: Mapping[str, list[str]]) -> Job:
    """The job with the files of the charts that it inflates, which are rendered by nobody else."""
    inflated = tuple(os.path.join(chart, "") for chart in job.charts)
    found = [
        path for chart, members in in_chart.items() if os.path.join(chart, "").startswith(inflated) for path in members
    ]
    return job._replace(files=(*job.files, *found)) if inflated else job


def concerns_kafka(job: Job, mentions: Callable[[str], bool]) -> bool:
    """Whether anything that goes into a rendering, or the name of its folder, speaks of Kafka."""
    named = mentions_kafka(os.fsencode(os.path.basename(job.directory)))
    if job.unreadable or named or any(map(mentions, job.files)):
        return True
    return any(map(mentions, _unlisted(job)))


def _unlisted(job: Job) -> Iterator[str]:
    """Files of charts that are no YAML: helpers that write whole objects, packed subcharts."""
    for chart in (job.directory,) if job.tool == "helm" else job.charts:
        for folder, folders, names in os.walk(chart):
            folders.sort()
            paths = (os.path.join(folder, name) for name in sorted(names))
            yield from (path for path in paths if path not in job.files)
