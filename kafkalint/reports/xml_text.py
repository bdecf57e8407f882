"""XML that every parser takes."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from kafkalint.reports.wording import disarm

if TYPE_CHECKING:
    from collections.abc import Mapping

Element = ET.Element


def child(parent: Element, tag: str, attributes: Mapping[str, str | int], text: str = "") -> Element:
    """A new last child.

    Text has to be `safe`: that leaves no character in it that XML 1.0 has no place for.
    """
    element = ET.SubElement(parent, tag, {key: str(value) for key, value in attributes.items()})
    element.text = text or None
    return element


def document(root: Element) -> str:
    """A whole document; attributes stand in the order in which they were given."""
    ET.indent(root)
    # A report may go to a log: no line of it is a command there.
    return disarm(f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n')
