"""A value written at a place: over the scalar that stands there, below a key that has none, or as a new member."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from kafkalint.fixing.text.edits import Edit, Refusal
from kafkalint.fixing.text.expecting import same
from kafkalint.fixing.text.extents import behind_properties, content_end, is_block_text
from kafkalint.fixing.text.flow_edits import Brackets
from kafkalint.fixing.text.inserting import behind, below, in_front
from kafkalint.fixing.text.key_order import place_for
from kafkalint.fixing.text.lines import column, line_break, line_end, line_start
from kafkalint.fixing.text.phrasing import Quotes, flow, item_lines, lines_below, pair_lines, scalar
from kafkalint.fixing.text.style import gap_of, quotes_of
from kafkalint.manifests.nodes import Mapping, Node, Scalar, Sequence
from kafkalint.manifests.scalars import key_text, plain, resolve_scalar
from kafkalint.manifests.text import Span

if TYPE_CHECKING:
    from kafkalint.fixing.text.finding_nodes import Way
    from kafkalint.fixing.text.page import Page

_BLOCK_MARK = re.compile(r"[|>][-+0-9]*")
# Blanks with nothing behind them that they would have to keep away from.
_BARE_BLANKS = re.compile(r"[ \t]+(?=[,}\]\r\n]|\Z)")
_NO_KEY = re.compile(r"[ \t-]*")


def set_value(page: Page, way: Way, value: Any) -> list[Edit]:
    """Write a value over the one at the end of a way, or below it; nothing where it stands there already."""
    if way.missing:
        return _added(page, way, value)
    node = way.end
    if same(plain(node), value):
        return []
    if isinstance(node, Scalar):
        return _over_scalar(page, way, node, value)
    if _is_empty(node) and isinstance(value, dict | list):
        return _over_nothing(page, way, node, value)
    raise Refusal("a whole mapping or list stands there, which its author knows better")


def append_item(page: Page, way: Way, item: Any) -> list[Edit]:
    """Write an item behind the last of a list, or the list with this one item."""
    if way.missing:
        return _added(page, way, [item])
    node = way.end
    if isinstance(node, Scalar) and resolve_scalar(node) is None:
        return _over_scalar(page, way, node, [item])
    if not isinstance(node, Sequence):
        raise Refusal(f"a {'mapping' if isinstance(node, Mapping) else 'value'} stands where a list is expected")
    if not node.items and not node.flow:
        raise Refusal("the list cannot be found in the text")
    if not node.items:
        return _over_nothing(page, way, node, [item])
    return insert_item(page, node, len(node.items) - 1, item)


def insert_item(page: Page, node: Sequence, index: int, item: Any) -> list[Edit]:
    """Write an item behind another one."""
    quote = quotes_of(node.items)
    if node.flow:
        brackets = Brackets(page, node)
        return brackets.put(index, brackets.item(item, quote=quote))
    found = page.members(node)
    style = page.style._replace(gap=gap_of(page.text, node) or page.style.gap)
    indent = column(page.text, found[0].start)
    if isinstance(item, dict) and _all_in_flow(node):
        lines = [f"{' ' * indent}-{' ' * (style.gap - 1)}{flow(item, style)}"]
    else:
        lines = item_lines(item, indent, style, quote=quote)
    return [behind(page.text, found, index, lines)]


def _over_scalar(page: Page, way: Way, node: Scalar, value: Any) -> list[Edit]:
    if node.tag is not None or (node.anchor is not None and (isinstance(value, dict | list) or not node.value)):
        raise Refusal("the value has an anchor or a tag")
    if isinstance(value, dict | list):
        if node.start < node.end and not is_block_text(node) and value == [resolve_scalar(node)]:
            return [_in_place(page, way, node, f"[{page.text[node.start : node.end]}]")]
        if resolve_scalar(node) is not None:
            raise Refusal("another value stands there")
        return _over_nothing(page, way, node, value)
    if is_block_text(node):
        return _over_block(page, node, scalar(value, page.style))
    text = scalar(value, page.style, quote=node.style)
    if node.anchor is not None:
        return [Edit(Span(behind_properties(page.text, node), node.end), text)]
    return [_in_place(page, way, node, text)]


def _over_block(page: Page, node: Scalar, text: str) -> list[Edit]:
    """A value in the place of a block of one line; the comment behind the block's mark stays."""
    if "\n" in node.value.rstrip("\n"):
        raise Refusal("the value is a text of several lines")
    start = behind_properties(page.text, node)
    mark = _BLOCK_MARK.match(page.text, start)
    end, last = line_end(page.text, start), content_end(page.text, node)
    edits = [Edit(Span(start, mark.end() if mark else end), text)]
    return [*edits, Edit(Span(end, last), "")] if last > end else edits


def _in_place(page: Page, way: Way, node: Node, text: str) -> Edit:
    """A text in the place of a value, or where one would stand that was left out."""
    if node.start < node.end:
        return Edit(Span(node.start, node.end), text)
    key = way.key
    colon = "" if key is None or ":" in page.text[key.end : node.start] else ":"
    blanks = _BARE_BLANKS.match(page.text, node.start)
    return Edit(Span(node.start, blanks.end() if blanks else node.start), f"{colon} {text}")


def _over_nothing(page: Page, way: Way, node: Node, value: Any) -> list[Edit]:
    """Write a collection where there is no value, or null, or an empty collection."""
    if isinstance(node, Mapping | Sequence) and (way.in_flow or way.key is None or node.anchor or node.tag):
        return _between(page, node, value)
    if way.in_flow or way.key is None or page.style.json or not value:
        return [_in_place(page, way, node, flow(value, page.style))]
    key = way.key
    lines = lines_below(value, column(page.text, key.start), page.style)
    if _NO_KEY.fullmatch(page.text, line_start(page.text, key.start), key.start) is None:
        raise Refusal("it shares its line with something else")
    newline = line_break(page.text, key.end)
    if line_start(page.text, node.start) > key.end:
        # What is written there has a line of its own, which the new ones take.
        return [Edit(Span(line_start(page.text, node.start), node.end), newline.join(lines))]
    edits = [below(page.text, node.end, lines)]
    if node.start < node.end:
        before = page.text[key.end : node.start].rstrip(" \t")
        edits.insert(0, Edit(Span(key.end + len(before), node.end), ""))
    return edits


def _between(page: Page, node: Mapping | Sequence, value: Any) -> list[Edit]:
    """The members of a collection written between brackets that hold none."""
    brackets = Brackets(page, node)
    if isinstance(node, Mapping) and isinstance(value, dict) and len(value) == 1:
        ((name, inner),) = value.items()
        return brackets.put(0, brackets.pair(name, inner))
    if isinstance(node, Sequence) and isinstance(value, list) and len(value) == 1:
        return brackets.put(0, brackets.item(value[0]))
    if node.anchor is not None or node.tag is not None:
        raise Refusal("the value has an anchor or a tag")
    return [Edit(Span(node.start, node.end), flow(value, page.style))]


def _added(page: Page, way: Way, value: Any) -> list[Edit]:
    """Write a value that is missing, with the keys that lead to it, below the last that is there."""
    first, *rest = way.missing
    for step in reversed(rest):
        if not isinstance(step, str):
            raise Refusal("the list that it belongs to is not there")
        value = {step: value}
    node = way.end
    if not isinstance(first, str):
        return _next_item(page, way, first, value)
    if isinstance(node, Scalar) and resolve_scalar(node) is None:
        return _over_scalar(page, way, node, {first: value})
    if isinstance(node, Scalar):
        raise Refusal(f"{node.value[:40] or 'a text'} stands where a mapping is expected")
    if not isinstance(node, Mapping):
        raise Refusal("a list stands where a mapping is expected")
    if not node.pairs:
        return _over_nothing(page, way, node, {first: value})
    return _new_pair(page, node, first, value)


def _next_item(page: Page, way: Way, number: int, value: Any) -> list[Edit]:
    node = way.end
    if not isinstance(node, Sequence) or len(node.items) != number:
        raise Refusal("the item before it is not there")
    return append_item(page, way._replace(missing=()), value)


def _new_pair(page: Page, node: Mapping, name: str, value: Any) -> list[Edit]:
    keys = [key_text(key) for key, _ in node.pairs]
    index, first = place_for(name, keys, alphabetical=page.style.alphabetical)
    quotes = Quotes(quotes_of([key for key, _ in node.pairs]), quotes_of([value for _, value in node.pairs]))
    if node.flow:
        brackets = Brackets(page, node)
        return brackets.put(index, brackets.pair(name, value, quotes), in_front=first)
    found = page.members(node)
    lines = pair_lines(name, value, column(page.text, found[0].start), page.style, quotes)
    edit = in_front(page.text, found, lines) if first else None
    return [edit or behind(page.text, found, index, lines)]


def _is_empty(node: Node) -> bool:
    return (isinstance(node, Mapping) and not node.pairs) or (isinstance(node, Sequence) and not node.items)


def _all_in_flow(node: Sequence) -> bool:
    """Whether every mapping among the items is written between braces."""
    found = [item for item in node.items if isinstance(item, Mapping)]
    return bool(found) and all(item.flow and item.pairs for item in found)
