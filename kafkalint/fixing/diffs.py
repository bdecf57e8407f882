"""Changes as people and `git apply` read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kafkalint.manifests.text import decode

if TYPE_CHECKING:
    from collections.abc import Iterator


def unified_diff(name: str, before: bytes | None, after: bytes) -> str:
    """A unified diff of one file; one that is made is compared with nothing."""
    import difflib  # noqa: PLC0415 - only --diff needs it

    old = _lines(decode(before).content) if before is not None else []
    new = _lines(decode(after).content)
    source = f"a/{name}" if before is not None else "/dev/null"
    return "".join(_ended(difflib.unified_diff(old, new, source, f"b/{name}")))


def _lines(text: str) -> list[str]:
    """The lines of a text as diff sees them: only a line feed ends one."""
    parts = text.split("\n")
    return [f"{part}\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def _ended(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
