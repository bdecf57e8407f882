"""Finds what will go wrong with Kafka on Kubernetes before it reaches a cluster."""

__version__ = "0.1.0"
