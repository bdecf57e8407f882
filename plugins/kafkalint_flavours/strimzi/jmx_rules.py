"""What Prometheus' JMX exporter is told about a broker: metrics get the names that Strimzi's dashboards ask for."""

from __future__ import annotations

from typing import Final

# One property more of an MBean, and with it a label: the topic, the partition, the kind of request.
_TAG: Final = r"(?:, ([\w-]+)=([^,>]+))?"

# The exporter holds each attribute against the rules as `domain<key=value, …><>attribute: value`, anchored nowhere, and
# takes the first that matches; labels whose name or value comes out empty are left away (prometheus/jmx_exporter,
# README). The names are those of packaging/examples/metrics/kafka-metrics.yaml in strimzi-kafka-operator.
KAFKA_RULES: Final = r"""lowercaseOutputName: true
rules:
  # Shares of time, such as how idle the request handlers are
  - pattern: kafka\.([\w.]+)<type=([\w-]+), name=(\w+)Percent\w*{tag}><>(?:MeanRate|Value)
    name: kafka_$1_$2_$3_percent
    type: GAUGE
    labels:
      "$4": "$5"
  # Events, counted since the start
  - pattern: kafka\.([\w.]+)<type=([\w-]+), name=(\w+)PerSec\w*{tag}{tag}><>Count
    name: kafka_$1_$2_$3_total
    type: COUNTER
    labels:
      "$4": "$5"
      "$6": "$7"
  # Values of the node, or of a topic, a partition, a client
  - pattern: kafka\.([\w.]+)<type=([\w-]+), name=([\w-]+){tag}{tag}{tag}><>Value
    name: kafka_$1_$2_$3
    type: GAUGE
    labels:
      "$4": "$5"
      "$6": "$7"
      "$8": "$9"
  # How long things take
  - pattern: kafka\.([\w.]+)<type=([\w-]+), name=([\w-]+){tag}{tag}><>Count
    name: kafka_$1_$2_$3_count
    type: COUNTER
    labels:
      "$4": "$5"
      "$6": "$7"
  - pattern: kafka\.([\w.]+)<type=([\w-]+), name=([\w-]+){tag}{tag}><>(\d+)thPercentile
    name: kafka_$1_$2_$3
    type: GAUGE
    labels:
      "$4": "$5"
      "$6": "$7"
      quantile: "0.$8"
  # Connections and traffic of each listener
  - pattern: kafka\.server<type=([\w-]+), listener=([^,]+), networkProcessor=([^,>]+)><>([\w-]+-total)
    name: kafka_server_$1_$4
    type: COUNTER
    labels:
      listener: "$2"
      networkProcessor: "$3"
  - pattern: kafka\.server<type=([\w-]+), listener=([^,]+), networkProcessor=([^,>]+)><>([\w-]+)
    name: kafka_server_$1_$4
    type: GAUGE
    labels:
      listener: "$2"
      networkProcessor: "$3"
  # The KRaft quorum as this node sees it
  - pattern: "kafka\\.server<type=raft-metrics><>current-state: ([\\w-]+)"
    name: kafka_server_raftmetrics_current_state
    type: UNTYPED
    value: 1
    labels:
      current_state: "$1"
  - pattern: kafka\.server<type=raft-metrics><>([\w-]+-total)
    name: kafka_server_raftmetrics_$1
    type: COUNTER
  - pattern: kafka\.server<type=raft-metrics><>([\w-]+)
    name: kafka_server_raftmetrics_$1
    type: GAUGE
  - pattern: kafka\.server<type=raft-channel-metrics><>([\w-]+-total)
    name: kafka_server_raftchannelmetrics_$1
    type: COUNTER
  - pattern: kafka\.server<type=raft-channel-metrics><>([\w-]+)
    name: kafka_server_raftchannelmetrics_$1
    type: GAUGE
  - pattern: kafka\.server<type=broker-metadata-metrics><>([\w-]+)
    name: kafka_server_brokermetadatametrics_$1
    type: GAUGE""".replace("{tag}", _TAG)
