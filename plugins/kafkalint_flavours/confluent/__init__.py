"""Confluent for Kubernetes: the resources of `platform.confluent.io` read into the model.

What its operator makes of them is not public source. It is told by its CRDs (2.6.0), by Confluent's own examples for
2.11 to 3.2, and by listings of what it made; where these are silent, so is the model.
"""

from __future__ import annotations

from kafkalint_flavours.confluent.flavour import ConfluentFlavour

__all__ = ["ConfluentFlavour"]
