"""The gate: manifests judged on their way to a cluster, in the protocols of those who send them there."""
