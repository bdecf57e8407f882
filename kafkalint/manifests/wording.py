"""What a YAML parser complains about, in the words of whoever wrote the file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kafkalint.manifests.text import Text

_TAB = "a tab where YAML wants spaces"
_INDENTATION = "the indentation does not fit the lines above it, or a value is continued where a key should begin"
_QUOTE = "a quote is opened and never closed"
_BRACKET = "a [ or { is not closed, or a comma between two entries is missing"
_IN_WORDS = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"mapping values are not allowed", "a second ': ' in a value that is not quoted, or a line indented too deep"),
        (
            r"could not find expected ':'",
            "a line without a colon where `key: value` is expected, or a block indented too little",
        ),
        (r"expected key|expected '-' indicator|expected <block end>", _INDENTATION),
        (r"sequence entries are not allowed", "a list begins on the line of its key; begin it on the next line"),
        (r"mapping keys are not allowed", "a `? ` key where none can begin"),
        (r"expected ',' or '[\]}]'", _BRACKET),
        (r"expected node content|expected the node content", "a bracket, comma or colon where a value is expected"),
        (r"unexpected end of stream|unexpected document (?:indicator|separator)", _QUOTE),
        (r"unknown escape character", 'a backslash in "double quotes" that begins no escape; use single quotes'),
        (r"tab character", _TAB),
        (r"undefined tag handle", "a tag (!…) that nothing declares; quote the value if it is no tag"),
        (r"expected <document start>", "text after the end of the document; separate documents with ---"),
        (r"alphabetic or numeric", "a value that begins with & or *, and is no anchor or alias; quote it"),
        (r"comment or (?:a )?line break", "text behind a | or > that belongs on the next line"),
    )
)


def in_words(problem: str, text: Text, offset: int) -> str:
    """A parser's problem at an offset, in words that say what to look for; as it is where it says so itself."""
    line = text.line(text.position(offset).line)
    for pattern, words in _IN_WORDS:
        if pattern.search(problem):
            return _TAB if "\t" in line[: len(line) - len(line.lstrip())] else words
    if "cannot start any token" in problem:
        start = text.content[offset : offset + 1]
        return _TAB if start == "\t" else f"a value cannot begin with {start}; quote it"
    return problem
