import pytest
from hypothesis import given
from hypothesis import strategies as st

from kafkalint.kafka.properties import parse_properties

# What Java can hold: any text but halves of surrogate pairs
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


def pairs(text):
    return [(entry.key, entry.value) for entry in parse_properties(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a=b", [("a", "b")]),
        ("a = b", [("a", "b")]),
        ("a: b", [("a", "b")]),
        ("a b", [("a", "b")]),
        ("a\tb", [("a", "b")]),
        ("a", [("a", "")]),
        ("a=", [("a", "")]),
        ("=b", [("", "b")]),
        ("a==b", [("a", "=b")]),
        ("a = : b", [("a", ": b")]),
        ("a :: b", [("a", ": b")]),
        ("a= b ", [("a", "b ")]),
        ("a\\=b=c", [("a=b", "c")]),
        ("a\\:b=c", [("a:b", "c")]),
        ("a\\ b=c", [("a b", "c")]),
        ("a\\\\=b", [("a\\", "b")]),
        ("a=\\u0041\\t\\q", [("a", "A\tq")]),
        ("a=\\uD83D\\uDE00", [("a", "\U0001f600")]),
        ("a=\\ud83d", [("a", "\ufffd")]),
        ("a=\\u12", [("a", "\\u12")]),
        ("# a=b\n! c=d\n  # e=f\ng=h", [("g", "h")]),
        ("a=b # no comment", [("a", "b # no comment")]),
        ("a=b\r\nc=d\re=f\n", [("a", "b"), ("c", "d"), ("e", "f")]),
        ("a=1,\\\n  2,\\\r\n\t3", [("a", "1,2,3")]),
        ("a=b\\\n#c", [("a", "b#c")]),
        ("a=b\\\n\nc=d", [("a", "b"), ("c", "d")]),
        ("a=b\\\\\nc=d", [("a", "b\\"), ("c", "d")]),
        ("# a\\\nb=c", [("b", "c")]),
        ("\\\n# a\nb=c", [("b", "c")]),
        ("a\\\nb=c", [("ab", "c")]),
        ("a=b\\", [("a", "b")]),
        ("\\", []),
        ("\n \t\n", []),
        ("a=b\x0bc\u2028d=e", [("a", "b\x0bc\u2028d=e")]),
        ("log.dirs=${DATA}/$(POD_NAME)", [("log.dirs", "${DATA}/$(POD_NAME)")]),
        ("node.id={{ .Values.id }}", [("node.id", "{{ .Values.id }}")]),
    ],
)
def test_java_s_rules(text, found):
    assert pairs(text) == found


def test_offsets_are_code_points_of_the_text():
    text = "# \U0001f600 comment\n  min.insync.replicas = 1\r\nlog.dirs=/a,\\\n   /b\nempty=\nbare\n"
    by_key = {entry.key: entry for entry in parse_properties(text)}
    written = {key: text[entry.value_start : entry.value_end] for key, entry in by_key.items()}
    assert written == {"min.insync.replicas": "1", "log.dirs": "/a,\\\n   /b", "empty": "", "bare": ""}
    assert all(text[entry.key_start :].startswith(key) for key, entry in by_key.items())
    assert text[: by_key["empty"].value_start].endswith("empty=")
    assert text[: by_key["bare"].value_start].endswith("bare")


def test_a_value_that_begins_on_a_continued_line_has_its_place_there():
    text = "log.dirs=\\\n    /data"
    (entry,) = parse_properties(text)
    assert text[entry.value_start : entry.value_end] == "/data"


@given(st.lists(st.tuples(TEXT, TEXT), max_size=6), st.sampled_from(["\n", "\r\n", "\r"]))
def test_what_java_stores_is_read_back(entries, newline):
    text = newline.join(f"{_stored(key, key=True)}={_stored(value)}" for key, value in entries)
    assert pairs(text) == entries


@given(st.lists(st.tuples(st.sampled_from(["a", "b.c", "d_e"]), st.text("xyz,:=/ \\", min_size=1, max_size=8))))
def test_a_value_put_in_the_place_of_a_value_changes_that_value_alone(entries):
    text = "\n".join(f"{key}={_stored(value)}" for key, value in entries)
    for index, entry in enumerate(parse_properties(text)):
        changed = text[: entry.value_start] + "new" + text[entry.value_end :]
        wanted = [*entries[:index], (entries[index][0], "new"), *entries[index + 1 :]]
        assert pairs(changed) == wanted


@given(st.text("a=:#!\\ud80 \t\f\n\r\"'${}\u2028", max_size=40))
def test_every_text_is_read_and_every_place_lies_in_it(text):
    end = 0
    for entry in parse_properties(text):
        assert end <= entry.key_start <= entry.value_start <= entry.value_end <= len(text)
        end = entry.value_end
        (entry.key + entry.value).encode()


def _stored(text, *, key=False):
    """What `Properties.store` does: escape what would end a key or start a comment, and all that is not ASCII."""
    escaped = []
    for index, character in enumerate(text):
        if character in "\t\n\r\f":
            escaped.append({"\t": "\\t", "\n": "\\n", "\r": "\\r", "\f": "\\f"}[character])
        elif character in "=:#!\\" or (character == " " and (key or index == 0)):
            escaped.append(f"\\{character}")
        elif " " <= character <= "~":
            escaped.append(character)
        else:
            units = character.encode("utf-16-be").hex()
            escaped.extend(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
    return "".join(escaped)
