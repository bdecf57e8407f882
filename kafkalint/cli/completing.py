"""Words for shells: what click does, and what shells that split a word at `=` want besides."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from click.shell_completion import BashComplete, CompletionItem, FishComplete, ZshComplete, add_completion_class

if TYPE_CHECKING:
    Item = CompletionItem[Any]
else:  # before click 8.4 it takes no type
    Item = CompletionItem


def know_shells() -> None:
    """Have click speak to shells as follows."""
    for shell in (_Bash, _Zsh, _Fish):
        add_completion_class(shell)


class _Bash(BashComplete):
    """Bash hands over `--select=KL3` and `sarif=out` as three words, and replaces the last of them only.

    Whoever has it split words elsewhere only has the whole replaced.
    """

    _before = _option = ""

    def get_completion_args(self) -> tuple[list[str], str]:
        args, incomplete = super().get_completion_args()
        *words, last = _joined([*args, incomplete])
        self._before = last if incomplete == "=" else last.removesuffix(incomplete)
        self._option = _option_of(incomplete)
        return words, last

    def format_completion(self, item: Item) -> str:
        item.value = self._option + item.value.removeprefix(self._before)
        return super().format_completion(item)


class _Zsh(ZshComplete):
    """Zsh replaces the whole of `--select=KL3`."""

    _before = ""

    def get_completion_args(self) -> tuple[list[str], str]:
        args, incomplete = super().get_completion_args()
        self._before = _option_of(incomplete)
        return args, incomplete

    def format_completion(self, item: Item) -> str:
        item.value = self._before + item.value
        return super().format_completion(item)


class _Fish(FishComplete):
    """Fish, too, offers what goes on as the whole word does."""

    _before = ""

    def get_completion_args(self) -> tuple[list[str], str]:
        args, incomplete = super().get_completion_args()
        self._before = _option_of(incomplete)
        return args, incomplete

    def format_completion(self, item: Item) -> str:
        item.value = self._before + item.value
        return super().format_completion(item)


def _option_of(word: str) -> str:
    """`--select=` of `--select=KL3`; empty for every other word."""
    option, sign, _ = word.partition("=")
    return f"{option}{sign}" if sign and option.startswith("--") else ""


def _joined(words: Iterable[str]) -> list[str]:
    """Words as they were typed, but for options: their value is a word of its own, as click wants it."""
    joined: list[str] = []
    splits = False
    for word in words:
        if word == "=" and joined:
            splits = joined[-1].startswith("--")
            joined[-1] += "" if splits else "="
            joined += [""] if splits else []
        elif joined and (splits or joined[-1].endswith("=")):
            joined[-1] += word
            splits = False
        else:
            joined.append(word)
    return joined
