"""Documents that do not parse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from kafkalint.checking.check import DocumentCheck
from kafkalint.checking.finding import Finding, Level, TextPlace
from kafkalint.manifests.documents import Document
from kafkalint.manifests.wording import in_words


class InvalidYaml(DocumentCheck):
    """A document does not parse.

    ## What it does
    Reports a YAML document that no parser can read, at the place where that shows, and files that are no text or cannot
    be opened. The other documents of the file are checked; the run is marked incomplete.

    ## Why is this bad?
    Nothing in the document was checked, and nothing of it will be applied: `kubectl`, Helm and the GitOps controllers
    stop at it.

    ## Example
    ```yaml
    apiVersion: kafka.strimzi.io/v1
    kind: KafkaTopic
    metadata:
      name: orders
      labels: strimzi.io/cluster: events
    spec:
      partitions: 12
    ```

    ## Use instead
    ```yaml
    apiVersion: kafka.strimzi.io/v1
    kind: KafkaTopic
    metadata:
      name: orders
      labels:
        strimzi.io/cluster: events
    spec:
      partitions: 12
    ```

    ## References
    - [YAML 1.2.2](https://yaml.org/spec/1.2.2/)
    """

    code: ClassVar[str] = "KL001"
    name: ClassVar[str] = "invalid-yaml"
    level: ClassVar[Level] = Level.ERROR
    baselined: ClassVar[bool] = False

    def check(self, document: Document) -> Iterator[Finding]:
        """One finding for what does not parse; a template is another rule's."""
        unreadable, source = document.unreadable, document.source
        if unreadable is None or unreadable.templated:
            return
        problem = in_words(unreadable.problem, source.text, unreadable.span.start)
        if unreadable.problem.startswith(("cannot be read", "not valid")):
            message = f"the file was not checked: {problem}"
        else:
            message = f"this document does not parse, and nothing in it was checked: {problem}"
        yield self.finding(TextPlace(source, unreadable.span), message)
