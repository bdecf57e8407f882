"""One rendering: a program called on a folder, and what came of it, whichever program that is."""

from __future__ import annotations

import os
import re
import shlex
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from kafkalint.manifests.notices import Notice
from kafkalint.manifests.rendering.commands import CommandError, Leave, Refused, run
from kafkalint.manifests.sources import Source
from kafkalint.manifests.walking import Namer

if TYPE_CHECKING:
    from kafkalint.manifests.planning import Job
    from kafkalint.manifests.render_settings import RenderSettings


class Account(NamedTuple):
    """How something was rendered, for who wants to do it again by hand."""

    name: str
    command: tuple[str, ...]
    seconds: float
    failed: bool = False
    remark: str = ""
    """What the command does not show."""


class Rendering(NamedTuple):
    """What came of a job: a source, or a word on why there is none."""

    source: Source | None = None
    notice: Notice | None = None
    account: Account | None = None
    """None where no program was run."""


@dataclass(frozen=True)
class Task:
    """A folder to render; each tool has its own kind."""

    job: Job
    settings: RenderSettings
    directory: str
    """What names are relative to, absolute."""
    arguments: tuple[str, ...] = ()
    """What the tool is given besides."""

    remark = ""
    """What its command does not show."""

    @property
    def folder(self) -> str:
        """The folder as reports show it."""
        return Namer(self.directory).folder(self.job.directory)

    @property
    def name(self) -> str:
        """What tells it from all other renderings."""
        return self.folder

    @property
    def values_files(self) -> tuple[str, ...]:
        """Files that say what it is rendered with, from the working directory."""
        return ()

    @property
    def enabled(self) -> bool:
        """Whether its tool may be run."""
        raise NotImplementedError

    @property
    def takes_plugins(self) -> bool:
        """Whether Helm keeps the plugins that its user has installed."""
        return False

    def hold_back(self) -> None:
        """Raise CommandError where it is not to be rendered at all, whatever its tool would make of it."""

    def command(self) -> list[str]:
        """What is run; raises CommandError where that is no use."""
        raise NotImplementedError

    def command_by_hand(self, reason: str) -> list[str]:
        """What somebody may run instead, where it failed for this reason."""
        raise NotImplementedError

    def checked(self, command: list[str]) -> Source:
        """What is to be checked, made by this command; raises CommandError where it cannot be rendered."""
        raise NotImplementedError

    def emitted(self) -> tuple[Source, str]:
        """What would be applied, its bytes the tool's own, and why its origins are not known; raises CommandError."""
        raise NotImplementedError

    def run(self) -> Rendering:
        """Render it; what goes wrong is told and not raised."""
        if not self.enabled:
            return self._failed("rendering is switched off")
        if self.job.component:
            word = "not checked: a Component that no kustomization here builds upon"
            return Rendering(notice=self._notice(word))
        try:
            self.hold_back()
            command = self.command()
        except CommandError as failure:
            return self._failed(str(failure), again=not isinstance(failure, Refused))
        started = time.perf_counter()
        rendering = self._made(command)
        seconds = time.perf_counter() - started
        account = Account(self.name, tuple(command), seconds, rendering.source is None, self.remark)
        return rendering._replace(account=account)

    def _made(self, command: list[str]) -> Rendering:
        try:
            return Rendering(self.checked(command))
        except CommandError as failure:
            return self._failed(str(failure))
        except OSError as error:
            return self._failed(error.strerror or str(error))

    def _failed(self, reason: str, *, again: bool = True) -> Rendering:
        """A word on why there is no rendering, and what may be run instead if it may be tried `again`."""
        by_hand = f". By hand: {shlex.join(self.command_by_hand(reason))} | kafkalint check -" if again else ""
        return Rendering(notice=self._notice(f"not rendered, so not checked: {self.shown(reason)}{by_hand}"))

    def shown(self, reason: str) -> str:
        """Why a program failed, its paths as reports have them."""
        # The folder itself as well as what lies in it: it may be the very root that is rendered.
        said = re.sub(rf"{re.escape(self.directory)}(?=['\":,;) ]|\Z)", ".", reason)
        return said.replace(os.path.join(self.directory, ""), "").removeprefix(f"{self.folder}: ").rstrip(".")

    def _notice(self, words: str) -> Notice:
        return Notice(self.name, words, Namer(self.directory)(self.job.file))

    def called(self, command: list[str], place: str, scratch: str = "") -> bytes:
        """What a program puts out in a folder; raises CommandError."""
        settings = self.settings
        leave = Leave(settings.seconds, settings.most, settings.fetch, self.takes_plugins, scratch)
        return run(command, place, leave)

    def source(self, data: bytes) -> Source:
        """What was rendered, with what is known of it."""
        namer = Namer(self.directory)
        return Source(
            name=self.name,
            data=data,
            directory=self.folder,
            rendered_by=self.job.tool,
            root=namer(self.job.file),
            patches=tuple(map(namer, self.job.patches)),
            values=self.values_files,
            arguments=self.arguments,
            working_directory=self.directory,
        )


def program(name: str) -> str:
    """The path of a program; raises CommandError where there is none."""
    import shutil  # noqa: PLC0415 - only rendering needs it

    path = shutil.which(name)
    if path is None:
        raise CommandError(f"{name} is not on the PATH")
    return path
