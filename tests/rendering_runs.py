"""Renderings made and looked at, for the tests with the real tools."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

from click.testing import CliRunner, Result

from kafkalint.cli import main
from kafkalint.manifests.loading import Loaded, LoadRequest, load
from kafkalint.manifests.render_settings import RenderSettings

Write: TypeAlias = Callable[..., Path]
"""Writes files, by groups of names and contents, into the working directory."""


def go(root: Path, *paths: str, **settings: Any) -> Loaded:
    return load(LoadRequest(paths=paths or (".",), directory=str(root), render=RenderSettings(**settings)))


def objects(loaded: Loaded) -> dict[str, list[str]]:
    return {bundle.name: sorted(f"{r.kind}/{r.name}" for r in bundle.primary) for bundle in loaded.bundles}


def said(loaded: Loaded) -> str:
    assert loaded.documents == ()
    (notice,) = loaded.notices
    return f"{notice.subject}: {notice.message}"


def check(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["check", *arguments], catch_exceptions=False)
