"""The Kafka model, and the Kubernetes meaning that it needs."""
