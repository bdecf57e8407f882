"""Inputs for the benchmark: a small file, a rendering of 1,000 lines, a repository of 10,000 manifests."""

from __future__ import annotations

import itertools
from pathlib import Path

FILES = 10_000
CLUSTERS = 20

WEB = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
  namespace: {namespace}
  labels: &labels
    app.kubernetes.io/name: {name}
    app.kubernetes.io/part-of: {namespace}
spec:
  replicas: 2
  selector:
    matchLabels:
      app.kubernetes.io/name: {name}
  template:
    metadata:
      labels:
        app.kubernetes.io/name: {name}
    spec:
      containers:
{containers}
"""

CONTAINER = """        - name: {name}
          image: registry.example.com/{name}:1.{number}.0
          args: ["--port", "8080", "--log-level", "info"]
          env:
            - name: DATABASE_URL
              valueFrom:
                secretKeyRef:
                  name: {name}
                  key: url
            - name: FEATURE_{number}
              value: "true"
          ports:
            - name: http
              containerPort: 8080
          resources:
            requests: {{cpu: 100m, memory: 128Mi}}
            limits: {{memory: 256Mi}}
          livenessProbe:
            httpGet: {{path: /healthz, port: http}}
            periodSeconds: 10
          volumeMounts:
            - name: config
              mountPath: /etc/{name}
"""

SERVICE = """apiVersion: v1
kind: Service
metadata:
  name: {name}
  namespace: {namespace}
spec:
  selector:
    app.kubernetes.io/name: {name}
  ports:
    - name: http
      port: 80
      targetPort: http
"""

CONFIG = """apiVersion: v1
kind: ConfigMap
metadata:
  name: {name}
  namespace: {namespace}
data:
  settings.properties: |
{lines}
"""

KAFKA = """apiVersion: kafka.strimzi.io/v1
kind: KafkaNodePool
metadata:
  name: dual
  namespace: {namespace}
  labels:
    strimzi.io/cluster: {name}
spec:
  replicas: 3
  roles: [controller, broker]
  storage:
    type: jbod
    volumes:
      - id: 0
        type: persistent-claim
        size: 100Gi
---
apiVersion: kafka.strimzi.io/v1
kind: Kafka
metadata:
  name: {name}
  namespace: {namespace}
spec:
  kafka:
    version: 4.3.1
    listeners:
      - name: tls
        port: 9093
        type: internal
        tls: true
    config:
      default.replication.factor: 3
      min.insync.replicas: 2
"""


def manifest(number: int) -> str:
    """One manifest of an application: deployments, services and configuration in turn, about 3 KB each."""
    name, namespace = f"app-{number}", f"team-{number % 200}"
    if number % 3 == 0:
        containers = "".join(CONTAINER.format(name=f"{name}-{part}", number=number) for part in range(4))
        return WEB.format(name=name, namespace=namespace, containers=containers)
    if number % 3 == 1:
        return "---\n".join(SERVICE.format(name=f"{name}-{part}", namespace=namespace) for part in range(14))
    lines = "\n".join(f"    option.{index}.of.{name}={'x' * 20}" for index in range(75))
    return CONFIG.format(name=name, namespace=namespace, lines=lines)


def repository(root: Path) -> None:
    """A repository of 10,000 manifests with 20 Kafka clusters."""
    for number in range(FILES - CLUSTERS):
        folder = root / f"team-{number % 200}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"app-{number}.yaml").write_text(manifest(number))
    for number in range(CLUSTERS):
        folder = root / f"team-{number}"
        (folder / "kafka.yaml").write_text(KAFKA.format(name=f"events-{number}", namespace=f"team-{number}"))


def rendering(lines: int = 1_000) -> str:
    """What a chart renders for a Kafka cluster and the applications around it."""
    parts = [KAFKA.format(name="events", namespace="shop")]
    for number in itertools.count(0, 3):
        if sum(part.count("\n") for part in parts) >= lines:
            return "---\n".join(parts)
        parts.append(manifest(number))
    raise AssertionError


def small() -> str:
    """One file as a pre-commit hook sees it."""
    return KAFKA.format(name="events", namespace="shop")
