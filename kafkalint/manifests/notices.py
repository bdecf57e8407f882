"""Notices: what of the input could not be looked at."""

from __future__ import annotations

from typing import NamedTuple


class Notice(NamedTuple):
    """Something of the input that could not be looked at, and what to do about it: the run is not complete."""

    subject: str
    """The file or folder."""
    message: str
    """One line: what was not done, and the command that would."""
    file: str = ""
    """For a folder, the kustomization or `Chart.yaml` that makes it what it is, written like `subject`, where known."""
