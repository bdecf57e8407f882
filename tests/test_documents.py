import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kafkalint.manifests.documents import documents
from kafkalint.manifests.sources import Source, slices
from kafkalint.manifests.text import TextError, decode


def parse(text, **more):
    data = text if isinstance(text, bytes) else text.encode()
    return list(documents(Source("x.yaml", data, **more)))


def resources(text):
    return [f"{r.kind}/{r.name}" for document in parse(text) for r in document.resources]


ROLE = "apiVersion: v1\nkind: Role\nmetadata: {name: NAME}\n"


def role(name):
    return ROLE.replace("NAME", name)


@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_documents_are_the_same_in_every_encoding(line_break, codec):
    text = f"# ä 😀\n{role('a')}---\n{role('b')}...\n---\n# nothing\n---\n{role('c')}".replace("\n", line_break)
    found = parse(text.encode(codec))
    assert [document.resources[0].name for document in found] == ["a", "b", "c"]
    assert [document.index for document in found] == [0, 1, 2]
    place = found[2].resources[0].place("metadata", "name")
    assert found[2].source.text.position(place.span().start) == (15, 18)


def test_a_document_that_does_not_parse_hides_no_other():
    first, broken, last = parse(f"{role('a')}---\nkind: [\n---\n{role('b')}")
    assert broken.unreadable.problem
    assert broken.source.text.position(broken.unreadable.span.start)[0] == 5
    assert (first.resources[0].name, last.resources[0].name, broken.resources) == ("a", "b", ())


def test_a_mark_ends_a_block_scalar():
    assert resources(f"kind: Role\nmetadata:\n  name: a\n  x: |\n    text\n---\n{role('b')}") == ["Role/a", "Role/b"]


def test_an_indented_mark_is_text():
    (document,) = parse("kind: ConfigMap\nmetadata: {name: a}\ndata:\n  x: |\n    a\n    ---\n    b\n")
    assert document.resources[0].get("data", "x") == "a\n---\nb\n"


@pytest.mark.parametrize("mark", ["--- ", "---\t", "--- # c", "---"])
def test_marks_with_something_behind_them(mark):
    assert resources(f"{role('a')}{mark}\n{role('b')}") == ["Role/a", "Role/b"]


def test_a_document_may_stand_on_its_mark():
    assert resources("--- {apiVersion: v1, kind: Role, metadata: {name: a}}\n--- # none\n") == ["Role/a"]


def test_four_dashes_are_no_mark():
    assert len(parse("a: |\n  x\n----\n")) == 1


def test_directives_belong_to_the_document_behind_them():
    text = f"%YAML 1.1\n---\n{role('a')}...\n%YAML 1.1\n---\n{role('b')}"
    assert resources(text) == ["Role/a", "Role/b"]


def test_lists_are_opened_as_deep_as_they_go():
    text = (
        "kind: List\nitems:\n- {kind: Role, metadata: {name: a}}\n"
        "- kind: RoleList\n  items: [{kind: Role, metadata: {name: b}}, 3, null]\n"
    )
    assert resources(text) == ["Role/a", "Role/b"]
    assert parse(text)[0].resources[1].at == ("items", 1, "items", 0)


@pytest.mark.parametrize(
    "text", ["kind: List\nitems:\n", "kind: List\nitems: {a: b}\n", "kind: 3\nmetadata: {}\n", "kind:\n", "[]", "x"]
)
def test_what_is_no_object_is_no_resource(text):
    assert resources(text) == []


def test_json_is_yaml():
    assert resources(
        '{"apiVersion": "v1", "kind": "List", "items": [{"kind": "Role", "metadata": {"name": "a"}}]}'
    ) == ["Role/a"]


def test_a_template_is_known_for_one():
    (document,) = parse('kind: Role\nmetadata:\n  {{- include "x" . }}\n')
    assert document.unreadable.templated
    assert document.source.text.position(document.unreadable.span.start) == (3, 3)


def test_a_mistake_before_any_template_is_a_mistake():
    (document,) = parse("a: [\nb: }\n\n\nc: {{ x }}\n")
    assert not document.unreadable.templated


def test_only_the_comment_right_behind_the_mark_names_a_helm_template():
    text = (
        f"---\n# Source: app/templates/a.yaml\n{role('a')}---\n# other\n# Source: x\n{role('b')}"
        f"---\r\n# Source: c d.yaml \r\n{role('c')}"
    )
    assert [document.helm_source for document in parse(text)] == ["app/templates/a.yaml", None, "c d.yaml"]
    assert parse(f"# Source: x\n{role('a')}")[0].helm_source is None


def test_the_origin_annotation_of_our_own_wrapper_is_taken_out():
    text = "kind: Role\nmetadata:\n  annotations:\n    config.kubernetes.io/origin: |\n      path: a.yaml\n  name: r\n"
    (ours,) = parse(text, rendered_by="kustomize")[0].resources
    assert (ours.origin, ours.annotations, ours.get("metadata")) == ("path: a.yaml\n", {}, {"name": "r"})
    assert ours.document.source.text.position(ours.place("metadata", "name").span().start) == (6, 9)
    (theirs,) = parse(text)[0].resources
    assert theirs.origin is None
    assert "config.kubernetes.io/origin" in theirs.annotations


@pytest.mark.parametrize(
    "data", [b"\xff", b"a\n\xc3(", "a".encode("utf-16")[:-1], b"\x00\x00\xfe\xff\x00", b"\xef\xbb\xbf\xff"]
)
def test_what_is_no_text_is_a_text_error(data):
    with pytest.raises(TextError):
        decode(data)


def test_a_text_error_knows_its_line():
    with pytest.raises(TextError) as caught:
        decode(b"a\nb\n\xff")
    assert caught.value.line == 3


def naive(content):
    """Documents as a reader would tell them apart: line by line."""
    found, lines = [], []

    def close():
        if any(
            re.match(r"(?!---|\.\.\.|%|[ \t]*#)[ \t]*\S", line) or re.match(r"---[ \t]+[^#\s]", line) for line in lines
        ):
            found.append("".join(lines))

    for line in re.findall(r"[^\n]*\n|[^\n]+", content):
        if re.match(r"---(?=[ \t\n]|\Z)", line):
            directives = bool(lines) and all(re.match(r"%", old) for old in lines)
            if not directives:
                close()
                lines = []
            lines.append(line)
        elif re.match(r"\.\.\.(?=[ \t\n]|\Z)", line):
            close()
            lines = []
        else:
            lines.append(line)
    close()
    return found


@given(
    st.lists(
        st.sampled_from(
            ["---\n", "--- a: 1\n", "--- # c\n", "a: 1\n", "  b\n", "# c\n", "\n", "--- \n", "----\n", "a: |\n  ---\n"]
        ),
        max_size=10,
    )
)
def test_slices_are_what_a_naive_reader_finds(lines):
    content = "".join(lines)
    assert [content[slice(*part.span)].strip("\n") for part in slices(content)] == [
        text.strip("\n") for text in naive(content)
    ]


@given(st.text(alphabet="-.%# \n\ra:|", max_size=40))
def test_slices_never_overlap_and_never_lose_content(content):
    parts = list(slices(content))
    assert [part.number for part in parts] == list(range(len(parts)))
    edges = [edge for part in parts for edge in part.span]
    assert edges == sorted(edges)
    assert all(content[slice(*part.span)].strip() for part in parts)
