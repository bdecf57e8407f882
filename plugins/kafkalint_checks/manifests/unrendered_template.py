"""Templates that nobody has rendered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from kafkalint.checking.check import DocumentCheck
from kafkalint.checking.finding import Finding, Level, TextPlace
from kafkalint.kafka.unrendered import actions, is_helm, open_values
from kafkalint.manifests.documents import Document, Unreadable
from kafkalint.manifests.resources import Place
from kafkalint.manifests.text import Span


class UnrenderedTemplate(DocumentCheck):
    """A manifest is a template, not its output.

    ## What it does
    Reports `{{ … }}` and `${VAR}` where they decide a value of the manifest, once for a document. Templates that belong
    to somebody else are left alone: shell in commands and arguments, alert annotations (`{{ $labels.pod }}`), the text
    in ConfigMaps and Secrets, `$(VAR)`, Kafka's config providers (`${file:…}`, `${secrets:…}`), the words of a
    connector.

    ## Why is this bad?
    This is not what the cluster will get. Values that are not there yet cannot be checked, and applied as it is the
    text itself becomes the value: a topic with `${PARTITIONS}` partitions is refused, a config value `${RETENTION}` is
    not.

    ## Example
    ```yaml
    apiVersion: kafka.strimzi.io/v1
    kind: KafkaTopic
    metadata:
      name: orders
    spec:
      partitions: {{ .Values.partitions }}
    ```

    ## Use instead
    Check what `helm template` or `envsubst` makes of it:
    ```yaml
    apiVersion: kafka.strimzi.io/v1
    kind: KafkaTopic
    metadata:
      name: orders
    spec:
      partitions: 12
    ```

    ## References
    - [helm template](https://helm.sh/docs/helm/helm_template/)
    - [Flux: post-build variable substitution](https://fluxcd.io/flux/components/kustomize/kustomizations/#post-build-variable-substitution)
    """

    code: ClassVar[str] = "KL002"
    name: ClassVar[str] = "unrendered-template"
    level: ClassVar[Level] = Level.ERROR

    def check(self, document: Document) -> Iterator[Finding]:
        """At most one finding, at the first place where the document waits for a value."""
        if document.unreadable is not None:
            if document.unreadable.templated:
                yield self._unparsed(document, document.unreadable)
            return
        found = [each for resource in document.resources for each in open_values(resource)]
        if found:
            place, text = found[0]
            more = f" (and {len(found) - 1} more in this document)" if len(found) > 1 else ""
            yield self._finding(place, text, more)

    def _unparsed(self, document: Document, unreadable: Unreadable) -> Finding:
        start = unreadable.span.start
        line = document.source.text.position(start)
        rest = document.source.text.line(line.line)[line.column - 1 :]
        braces = next(actions(rest), None)
        text = rest[braces.start : braces.end] if braces and braces.start == 0 else "{{"
        return self._finding(TextPlace(document.source, Span(start, start + len(text))), text, "")

    def _finding(self, place: Place | TextPlace, text: str, more: str) -> Finding:
        shown = " ".join(text.split())
        waits = "substituted" if text.startswith("$") else "rendered"
        message = f"{shown} is not {waits} yet{more}: this is a source, and the cluster gets its output"
        return self.finding(place, message, help=_command(text))


def _command(text: str) -> str:
    if text.startswith("$"):
        return (
            "Check what is applied: `envsubst < FILE | kafkalint check -`, or with Flux "
            "`flux build kustomization NAME --path DIR | kafkalint check -`."
        )
    if is_helm(text) or text == "{{":
        return "Check what is applied: give kafkalint the chart's folder, or `helm template CHART | kafkalint check -`."
    return "Check what is applied: pipe the output of the tool that fills in the template to `kafkalint check -`."
