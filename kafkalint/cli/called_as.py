"""kafkalint as a plugin of other programs, which is called by their names and completes words as they ask for it."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from kafkalint.cli import main
from kafkalint.cli.ending import exiting
from kafkalint.cli.streams import put

_FLUX, _KUBECTL = "flux kafkalint", "kubectl kafkalint"
# What cobra, of which both programs are made, is told in the last line: whether files may be offered too.
_FILES_TOO, _NO_FILES = ":0", ":4"


def kubectl() -> None:
    """`kubectl kafkalint`: kubectl runs the program `kubectl-kafkalint` that it finds on the PATH."""
    main(prog_name=_KUBECTL)


def kubectl_completion() -> None:
    """Words for `kubectl kafkalint`: kubectl runs `kubectl_complete-kafkalint` with those that are there."""
    _complete(sys.argv[1:], _KUBECTL)


def flux() -> None:
    """`flux kafkalint`: flux runs the program `flux-kafkalint` that it finds in its folder of plugins."""
    if sys.argv[1:2] == ["__complete"]:
        _complete(sys.argv[2:], _FLUX)
    else:
        main(prog_name=_FLUX)


def _complete(words: Sequence[str], called: str) -> None:
    """Print what the last of these words may become."""
    from click.shell_completion import ShellComplete  # noqa: PLC0415 - runs need none of it

    *before, last = words or ("",)
    with exiting():
        found = ShellComplete(main, {}, called, "").get_completions(before, last)
        plain = [item for item in found if item.type == "plain"]
        lines = [f"{item.value}\t{item.help}" if item.help else item.value for item in plain]
        lines.append(_NO_FILES if len(plain) == len(found) else _FILES_TOO)
        put("".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape"), sys.stdout)
