"""Fields that Kubernetes does not change in place: what it takes to mend them once they have been applied."""

from __future__ import annotations

from typing import Final

# `ValidateStatefulSetUpdate` takes changes of few fields; serviceName and volumeClaimTemplates are not among them.
ANEW: Final = "where the StatefulSet is applied already, that takes making it anew (kubectl delete --cascade=orphan)"
