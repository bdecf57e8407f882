"""Objects written behind the one that they are for: a document of their own, or the next item of a List."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kafkalint.fixing.text.edits import Refusal
from kafkalint.fixing.text.extents import keeps_blank_lines, wants_break
from kafkalint.fixing.text.finding_nodes import way_to
from kafkalint.fixing.text.inserting import below
from kafkalint.fixing.text.lines import without_break
from kafkalint.fixing.text.phrasing import mapping_lines
from kafkalint.fixing.text.setting import insert_item
from kafkalint.manifests.nodes import Mapping, Sequence

if TYPE_CHECKING:
    from kafkalint.fixing.text.edits import Edit
    from kafkalint.fixing.text.page import Page
    from kafkalint.manifests.resources import Resource


def add_object(page: Page, beside: Resource, data: dict[str, Any]) -> list[Edit]:
    """An object written behind another one."""
    if beside.at:
        return _next_item(page, beside, data)
    root = page.root
    if page.style.json or not isinstance(root, Mapping):
        raise Refusal("the object is written as JSON, which holds one document only")
    if wants_break(page.text, root):
        raise Refusal("the text above it ends without a line break, and would get one")
    at = len(page.text) if keeps_blank_lines(page.text, root) else len(page.text.rstrip())
    at = without_break(page.text, at) if page.text[at - 1 : at] in ("\n", "\r") else at
    lines = ["---", *mapping_lines(data, 0, page.style._replace(quotes_all=False))]
    return [below(page.text, at, lines)]


def _next_item(page: Page, beside: Resource, data: dict[str, Any]) -> list[Edit]:
    *route, index = beside.at
    way = way_to(page, tuple(route))
    if way.missing or not isinstance(way.end, Sequence) or not isinstance(index, int):
        raise Refusal("the list that holds the object cannot be found")
    return insert_item(page, way.end, index, data)
