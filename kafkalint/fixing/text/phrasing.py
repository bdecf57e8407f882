"""Data written as YAML, in the style of the document that it goes into."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from kafkalint.fixing.text.edits import Refusal
from kafkalint.manifests.scalars import resolve_plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kafkalint.fixing.text.style import Style

# What is a string to YAML 1.1, YAML 1.2 and Kubernetes alike, and what people would write without quotes.
_PLAIN = re.compile(r"[A-Za-z_/][\w./@+=-]*(?::[\w./@+=-]+)*(?: [\w./@+=()-]+(?::[\w./@+=-]+)*)*")
_QUANTITY = re.compile(r"[1-9][0-9]*(?:[KMGTP]i|[kMGTP]|m|%)")
_CORE_WORDS = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n", ""))
# What JSON leaves as it is and a YAML reader would refuse, or take for a line break.
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_NUMBER_WORDS = {"inf": ".inf", "-inf": "-.inf", "nan": ".nan"}


class Quotes(NamedTuple):
    """The quotes that the neighbours of a key with its value have anyway."""

    key: str = ""
    value: str = ""


NO_QUOTES = Quotes()


def scalar(value: Any, style: Style, *, quote: str = "") -> str:
    """A scalar in one line; `quote` is the kind that a string of this place has anyway."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _float(value)
    if not isinstance(value, str):
        return repr(value)
    if _SURROGATE.search(value):
        raise Refusal("half a character cannot be written")
    wanted = '"' if style.json else quote or (style.quote if style.quotes_all or not is_plain(value) else "")
    if wanted == "'" and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    return _double_quoted(value) if wanted else value


def key_scalar(key: str, style: Style, *, quote: str = "") -> str:
    """A key; only JSON has quotes around all of them."""
    return scalar(key, style._replace(quotes_all=False), quote=quote or style.key_quote)


def is_plain(value: str) -> bool:
    """Whether a string may stand without quotes, for every reader and in flow style too."""
    if _QUANTITY.fullmatch(value):
        return True
    known = value.lower() in _CORE_WORDS or resolve_plain(value) != value
    return not known and value.isascii() and _PLAIN.fullmatch(value) is not None


def _float(value: float) -> str:
    # YAML 1.1 takes a number without a point for a string, even if it has an exponent.
    text = _NUMBER_WORDS.get(repr(value), repr(value))
    return text if "." in text else text.replace("e", ".0e", 1)


def _double_quoted(value: str) -> str:
    if value.isprintable() and not set(value) & {'"', "\\"}:
        return f'"{value}"'
    import json  # noqa: PLC0415 - few texts need escapes

    return _ESCAPED.sub(lambda match: f"\\u{ord(match.group()):04x}", json.dumps(value, ensure_ascii=False))


def flow(value: Any, style: Style) -> str:
    """Data in one line."""
    if isinstance(value, dict):
        return f"{{{style.comma.join(flow_pair(key, item, style) for key, item in value.items())}}}"
    if isinstance(value, list):
        return f"[{style.comma.join(flow(item, style) for item in value)}]"
    return scalar(value, style)


def flow_pair(key: str, value: Any, style: Style, quotes: Quotes = NO_QUOTES) -> str:
    """A key with its value in one line."""
    return f"{_flow_key(key, style, quotes.key)}{_flow_value(value, style, quotes.value)}"


def _flow_key(key: str, style: Style, quote: str = "") -> str:
    written = key_scalar(key, style, quote=quote)
    return written + (style.colon if written[-1] in "\"'" else ": ")


def _flow_value(value: Any, style: Style, quote: str) -> str:
    return scalar(value, style, quote=quote) if isinstance(value, str) else flow(value, style)


def flow_lines(value: Any, indent: str, step: str, style: Style) -> list[str]:
    """Data between brackets, each member on a line of its own; the first line is to follow on what is there."""
    if not isinstance(value, dict | list) or not value:
        return [flow(value, style)]
    inner = indent + step
    parts = (
        [(_flow_key(key, style), item) for key, item in value.items()]
        if isinstance(value, dict)
        else [("", item) for item in value]
    )
    lines = ["{" if isinstance(value, dict) else "["]
    for head, item in parts:
        first, *rest = flow_lines(item, inner, step, style)
        lines += [f"{inner}{head}{first}", *rest]
        lines[-1] += ","
    lines[-1] = lines[-1].removesuffix(",")
    return [*lines, f"{indent}{'}' if isinstance(value, dict) else ']'}"]


def pair_lines(key: str, value: Any, indent: int, style: Style, quotes: Quotes = NO_QUOTES) -> list[str]:
    """A key with its value as block lines, indented."""
    head = f"{' ' * indent}{key_scalar(key, style, quote=quotes.key)}:"
    if isinstance(value, dict | list) and value:
        return [head, *lines_below(value, indent, style)]
    if isinstance(value, str) and style.literal and _fits_literal(value):
        return [f"{head} {_mark(value)}", *_literal(value, indent + style.step)]
    return [f"{head} {_flow_value(value, style, quotes.value)}"]


def lines_below(value: dict[str, Any] | list[Any], indent: int, style: Style) -> list[str]:
    """A collection as block lines below its key, which is indented by so much."""
    if isinstance(value, dict):
        return mapping_lines(value, indent + style.step, style)
    return [line for item in value for line in item_lines(item, indent + style.offset, style)]


def mapping_lines(value: Mapping[str, Any], indent: int, style: Style) -> list[str]:
    """A mapping as block lines, indented."""
    return [line for key, item in value.items() for line in pair_lines(key, item, indent, style)]


def item_lines(item: Any, indent: int, style: Style, *, quote: str = "") -> list[str]:
    """An item of a sequence as block lines, its dash indented."""
    dash = f"{' ' * indent}-{' ' * (style.gap - 1)}"
    if isinstance(item, dict) and item:
        first, *rest = mapping_lines(item, indent + style.gap, style)
        return [dash + first.lstrip(" "), *rest]
    if isinstance(item, str) and style.literal and _fits_literal(item):
        return [dash + _mark(item), *_literal(item, indent + style.gap)]
    return [dash + _flow_value(item, style, quote)]


def _fits_literal(value: str) -> bool:
    """Whether a text of several lines can be a literal block without further marks."""
    lines = value.split("\n")
    body = lines[:-1] if lines[-1] == "" else lines
    return (
        len(body) > 1
        and not value.endswith("\n\n")
        and not value.startswith((" ", "\n"))
        and all(line.isprintable() and line == line.rstrip() for line in body)
    )


def _mark(value: str) -> str:
    return "|" if value.endswith("\n") else "|-"


def _literal(value: str, indent: int) -> Iterator[str]:
    for line in value.removesuffix("\n").split("\n"):
        yield f"{' ' * indent}{line}" if line else ""
