"""What of the files found is to be rendered, and which files only their rendering can speak for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal, NamedTuple

from kafkalint.manifests.sniffing import mentions_kafka
from kafkalint.manifests.walking import CHART_FILE, EXTENSIONS, KUSTOMIZATION_FILES, UsageError, find

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from kafkalint.manifests.rendering.charts import Chart
    from kafkalint.manifests.rendering.kustomizations import Graph, Kustomization, Refusal
    from kafkalint.manifests.rendering.remotes import Remote
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
    template: bool = False
    """Whether that is because something else is still to make kustomizations of it."""
    within: tuple[str, ...] = ()
    """Absolute paths at or below which anything may go into it: charts, and what is referred to and not there."""
    missing: tuple[str, ...] = ()
    """Absolute paths of what should be on this disk, would bring objects, and is not there."""
    remotes: tuple[Remote, ...] = ()
    """What would have to be fetched."""
    refusals: tuple[Refusal, ...] = ()
    """What is in it that nobody runs."""

    @property
    def directory(self) -> str:
        """The folder to render."""
        return os.path.dirname(self.file)


class Plan(NamedTuple):
    """The renderings of a run, and the files that are no plain source because of them."""

    jobs: tuple[Job, ...]
    consumed: frozenset[str]
    """Absolute paths."""


def _nobody(_: str) -> bool:
    return False


def plan(files: Iterable[FoundFile], is_asked_for: Callable[[str], bool] = _nobody) -> Plan:
    """Kustomizations that no other refers to, and charts that are no subchart; a file that was named is left alone.

    A chart that a kustomization inflates is the kustomization's, unless somebody asks for the chart in this folder.
    """
    paths = [file.path for file in files if not file.named]
    kustomizations = [path for path in paths if os.path.basename(path) in KUSTOMIZATION_FILES]
    with_chart = [os.path.dirname(path) for path in paths if os.path.basename(path) == CHART_FILE]
    if not kustomizations and not with_chart:
        return Plan((), frozenset())
    from kafkalint.manifests.rendering.charts import chart_roots, read_chart, sorted_into  # noqa: PLC0415 - most runs have nothing to render
    from kafkalint.manifests.rendering.kustomizations import Graph  # noqa: PLC0415 - as above

    in_chart = sorted_into(chart_roots(with_chart), paths)
    inside = {path for members in in_chart.values() for path in members}
    graph = Graph(path for path in kustomizations if path not in inside)
    jobs = [_with_charts(_kustomize(graph, root), in_chart) for root in graph.roots()]
    inflated = tuple(os.path.join(chart, "") for job in jobs for chart in job.charts)
    for directory, members in in_chart.items():
        taken = os.path.join(directory, "").startswith(inflated) and not is_asked_for(directory)
        if not taken and not (chart := read_chart(directory)).library:
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


def _kustomize(graph: Graph, root: Kustomization) -> Job:
    closure = graph.closure(root)
    files = {path: None for k in closure for path in (k.path, *k.files)}
    # A kustomization may hold patches itself, written out in place.
    patches = {path: None for k in closure for path in (k.path, *k.patches)}
    charts = {chart: None for k in closure for chart in k.charts}
    gone = [folder for k in closure for folder in k.built_upon if graph.at(folder) is None]
    within = [path for k in closure for path in (*k.absent, *k.charts)] + gone
    # Whatever lies below a kustomization that nobody can read may be a part of it.
    within += [k.directory for k in closure if k.unreadable]
    return Job(
        "kustomize",
        root.path,
        tuple(files),
        tuple(patches),
        root.component,
        charts=tuple(charts),
        unreadable=any(k.unreadable for k in closure),
        template=all(k.template for k in closure if k.unreadable),
        within=tuple(dict.fromkeys(within)),
        missing=tuple(dict.fromkeys([path for k in closure for path in k.missing] + gone)),
        remotes=tuple(dict.fromkeys(remote for k in closure for remote in k.remotes)),
        refusals=tuple(dict.fromkeys(refusal for k in closure for refusal in k.refusals)),
    )


def _helm(chart: Chart, members: Iterable[str]) -> Job:
    from kafkalint.manifests.rendering.charts import chart_folders  # noqa: PLC0415 - as above

    return Job("helm", chart.path, tuple(members), within=tuple(chart_folders(chart)))


def plan_roots(roots: Iterable[str]) -> Plan:
    """These kustomizations and charts, given by their own files, whatever builds upon them; in the order of a plan."""
    from kafkalint.manifests.rendering.kustomizations import Graph  # noqa: PLC0415 - as above

    ordered = sorted(roots)
    charts = [os.path.dirname(path) for path in ordered if os.path.basename(path) == CHART_FILE]
    graph = Graph(path for path in ordered if os.path.basename(path) != CHART_FILE)
    built = [_kustomize(graph, graph.found[folder]) for folder in sorted(graph.found)]
    return Plan((*built, *map(_whole_chart, charts)), frozenset())


def _whole_chart(folder: str) -> Job:
    from kafkalint.manifests.rendering.charts import read_chart, sorted_into  # noqa: PLC0415 - as above

    found = (file.path for file in find((folder,), folder).files)
    return _helm(read_chart(folder), sorted_into([folder], found)[folder])


def _with_charts(job: Job, in_chart: Mapping[str, list[str]]) -> Job:
    """The job with the files of the charts that it inflates, which are rendered by nobody else."""
    inflated = tuple(os.path.join(chart, "") for chart in job.charts)
    found = [
        path for chart, members in in_chart.items() if os.path.join(chart, "").startswith(inflated) for path in members
    ]
    return job._replace(files=(*job.files, *found)) if inflated else job


def concerns_kafka(job: Job, mentions: Callable[[str], bool], directory: str) -> bool:
    """Whether anything that goes into a rendering, or the name of its folder, speaks of Kafka, or nobody can tell.

    A base that is missing may hold anything. A file that is, a template, and what has to be fetched are mostly of
    something else: there the names, and those of the folders below `directory`, have to tell as well.
    """
    if (job.unreadable and not job.template) or (not job.component and any(map(_is_a_base, job.missing))):
        return True
    elsewhere = job.remotes or job.missing or job.template
    below = job.directory.removeprefix(os.path.join(directory, "")) if elsewhere else ""
    named = below if below != job.directory else os.path.basename(job.directory)
    words = (named or os.path.basename(job.directory), *map(os.path.basename, job.missing))
    if any(mentions_kafka(os.fsencode(word)) for word in words) or any(map(mentions, job.files)):
        return True
    return any(map(mentions, _unlisted(job)))


def _is_a_base(path: str) -> bool:
    """Whether a name that leads nowhere is that of a folder."""
    return not path.lower().endswith(EXTENSIONS)


def _unlisted(job: Job) -> Iterator[str]:
    """Files of charts that are no YAML: helpers that write whole objects, packed subcharts."""
    charts = (job.directory,) if job.tool == "helm" else job.charts
    if not charts:
        return
    from kafkalint.manifests.rendering.charts import chart_folders, files_of, read_chart  # noqa: PLC0415 - as above

    listed = frozenset(job.files)
    folders = dict.fromkeys(folder for chart in charts for folder in chart_folders(read_chart(chart)))
    yield from (path for folder in folders for path in files_of(folder) if path not in listed)
