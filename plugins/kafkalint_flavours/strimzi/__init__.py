"""Strimzi 0.40 to 1.2: custom resources of the group `kafka.strimzi.io`, read as their operator reads them."""
