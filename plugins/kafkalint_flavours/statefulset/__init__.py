"""Plain workloads that run Kafka, whatever chart or hand wrote them."""

from kafkalint_flavours.statefulset.flavour import StatefulSetFlavour

__all__ = ["StatefulSetFlavour"]
