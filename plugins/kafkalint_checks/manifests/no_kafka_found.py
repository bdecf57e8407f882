"""Runs that found no Kafka to look at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from kafkalint.checking.check import Run, RunCheck
from kafkalint.checking.finding import Finding, Level, TextPlace
from kafkalint.kafka.groups import KAFKA_GROUPS
from kafkalint.kafka.model import KafkaModel
from kafkalint.manifests.sources import Source
from kafkalint.manifests.text import Span


class NoKafkaFound(RunCheck):
    """There is no Kafka in the input.

    ## What it does
    Says, once for a run, that no object of the input runs or configures Kafka. It is silent where a part of the input
    could not be read or rendered: that is said by itself.

    ## Why is this bad?
    A run that checks nothing is green. A wrong path, a chart that renders its Kafka only with other values, or a
    pipeline that lost its input should not look like a healthy cluster.

    ## Example
    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      ports:
        - port: 80
    ```

    ## Use instead
    ```yaml
    apiVersion: kafka.strimzi.io/v1
    kind: KafkaTopic
    metadata:
      name: orders
    spec:
      partitions: 12
    ```

    ## References
    - `kafkalint check --help`: what can be given to it
    """

    code: ClassVar[str] = "KL007"
    name: ClassVar[str] = "no-kafka-found"
    level: ClassVar[Level] = Level.INFO
    cross_resource: ClassVar[bool] = True
    baselined: ClassVar[bool] = False

    def check(self, run: Run) -> Iterator[Finding]:
        """One finding if nothing of Kafka is there; none if something could not be looked at."""
        if not run.complete or not run.sources or any(_has_kafka(model) for model in run.models):
            return
        first = run.sources[0]
        yield self.finding(
            TextPlace(first, _first_line(first)),
            "nothing in the input runs or configures Kafka, so no cluster was checked",
            help="Give it the rendered manifests of the cluster; if there is none here, ignore KL007.",
        )


def _has_kafka(model: KafkaModel) -> bool:
    return bool(model.clusters or model.unmodelled) or any(
        each.group in KAFKA_GROUPS for each in model.bundle.resources
    )


def _first_line(source: Source) -> Span:
    return Span(0, len(source.text.line(1)))
