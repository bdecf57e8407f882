"""Exit statuses: a contract that scripts rely on."""

from __future__ import annotations

CLEAN = 0
"""Nothing at or above `--fail-on`."""
FINDINGS = 1
"""Findings, or what would be changed."""
USAGE = 2
"""Wrong use, bad config, nothing to read, or something that could not be rendered."""
FAULT = 3
"""An internal fault: a plugin that does not load, a check that raised."""
