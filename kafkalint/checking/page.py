"""The page of a rule: its docstring, taken apart into a title and sections."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from inspect import cleandoc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kafkalint.checking.check import Check

_HEADING = re.compile(r"#{1,6}[ \t]+(.+?)[ \t]*#*")
_UNDERLINE = re.compile(r"-{3,}|={3,}")
_FENCE = re.compile(r"[ ]{0,3}(`{3,}|~{3,})")


@dataclass(frozen=True, slots=True)
class Page:
    """What a rule says about itself; it has a title even where Python was told to strip docstrings."""

    title: str
    """What is wrong, in one line."""
    sections: dict[str, str] = field(default_factory=dict)
    """Markdown by heading, in the order of the docstring; text before the first heading is under the empty one."""

    @property
    def markdown(self) -> str:
        """The sections as Markdown, the title left out."""
        parts = (f"## {heading}\n\n{body}" if heading else body for heading, body in self.sections.items())
        return "\n\n".join(part.strip() for part in parts)

    @property
    def plain(self) -> str:
        """The sections as text without markup: headings end in a colon, examples are indented."""
        parts = (f"{_label(heading)}\n{_unfenced(body)}" for heading, body in self.sections.items())
        return "\n\n".join(part.strip() for part in parts)


def page_of(check: type[Check]) -> Page:
    """The page of a check, from its own docstring; its name is the title where there is none."""
    title, sections = _parsed(cleandoc(check.__doc__ or ""))
    return Page(title or _spoken(check.name), sections)


def _spoken(name: str) -> str:
    words = name.replace("-", " ").strip()
    return words[:1].upper() + words[1:]


def _parsed(text: str) -> tuple[str, dict[str, str]]:
    title, _, body = text.partition("\n\n")
    if _HEADING.fullmatch(title.partition("\n")[0]):
        title, body = "", text
    sections: dict[str, list[str]] = {"": []}
    current = sections[""]
    for heading, line in _headed(body.split("\n")):
        if heading:
            current = sections.setdefault(heading, [])
        else:
            current.append(line)
    bodies = {heading: "\n".join(lines).strip() for heading, lines in sections.items()}
    return " ".join(title.split()), {heading: body for heading, body in bodies.items() if heading or body}


def _headed(lines: list[str]) -> list[tuple[str, str]]:
    """Each line with the heading that it is, if it is one; a `#` inside an example is none."""
    result: list[tuple[str, str]] = []
    fence = ""
    for line in lines:
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark.group(1)
        elif mark and mark.group(1).startswith(fence):
            fence = ""
        if not fence and _UNDERLINE.fullmatch(line.strip()) and result and not result[-1][0] and result[-1][1].strip():
            result[-1] = (result[-1][1].strip(), "")
            continue
        heading = None if fence else _HEADING.fullmatch(line)
        result.append((heading.group(1) if heading else "", line))
    return result


def _label(heading: str) -> str:
    if not heading:
        return ""
    return heading if heading.endswith((":", "?", "!", ".")) else f"{heading}:"


def _unfenced(body: str) -> str:
    lines: list[str] = []
    fence = ""
    for line in body.split("\n"):
        mark = _FENCE.match(line)
        if mark and (not fence or mark.group(1).startswith(fence)):
            fence = "" if fence else mark.group(1)
        else:
            lines.append(f"    {line}".rstrip() if fence else line)
    return "\n".join(lines)
