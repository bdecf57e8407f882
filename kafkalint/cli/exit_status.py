"""Exit statuses: a contract that scripts rely on."""

from __future__ import annotations

CLEAN = 0
"""Nothing at or above `--fail-on`."""
FINDINGS = 1
"""Findings, or what would be changed."""
USAGE = 2
"""Wrong use, bad config, nothing to read, or something that could not be rendered or written."""
FAULT = 3
"""An internal fault: a plugin that does not load, a check that raised."""

# As a shell has it of a program that a signal ended: 128 and the signal's number.
INTERRUPTED = 130
"""Stopped from the keyboard (SIGINT)."""
UNREAD = 141
"""Whoever read the output stopped reading it (SIGPIPE): what was found is no verdict that anybody has seen."""
TERMINATED = 143
"""Stopped by whoever started it (SIGTERM), as a CI system does with a job that takes too long."""
