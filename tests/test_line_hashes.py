from hypothesis import given
from hypothesis import strategies as st

from kafkalint.manifests.text import Text, decode
from kafkalint.reports.line_hashes import line_hashes

LINES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), max_size=120)


def hashes(content: str) -> list[str]:
    return line_hashes(decode(content.encode()))


def test_values_that_the_upload_step_computes() -> None:
    assert hashes("") == ["c129715d7a2bc9a3:1"]
    assert hashes("a: 1\nb: 2\n") == ["132b7ee912c57691:1", "5d56533273a3bbdb:1", "c129715d7a2bc9a3:1"]
    assert hashes("- x\n- x\n") == ["fe903a3fcce49f6d:1", "6dd04605551aa002:1", "c129715d7a2bc9a3:1"]
    assert hashes('a: "😀"\n')[0] == "cb4b3428c7587001:1"


def test_a_byte_order_mark_belongs_to_the_first_line() -> None:
    assert hashes("\ufeffa: 1\n") == ["b0d247ce31758248:1", "c129715d7a2bc9a3:1"]


def test_equal_lines_are_counted() -> None:
    repeated = hashes("- a line that is repeated\n" * 20)
    assert [value.partition(":")[2] for value in repeated[:3]] == ["1", "2", "3"]
    assert len({value.partition(":")[0] for value in repeated[:3]}) == 1


def test_text_that_github_reads_as_something_else_has_none() -> None:
    assert line_hashes(Text("a: 1\n", bom=True, encoding="utf-16")) == []


@given(st.lists(LINES, max_size=20))
def test_one_hash_for_every_line_whatever_ends_it(lines: list[str]) -> None:
    unix = hashes("\n".join(lines))
    assert len(unix) == max(1, len(lines))
    assert hashes("\r\n".join(lines)) == hashes("\r".join(lines)) == unix


@given(st.lists(LINES, min_size=1, max_size=5), st.lists(LINES, max_size=5))
def test_a_hash_moves_with_its_line(tail: list[str], head: list[str]) -> None:
    def values(lines: list[str]) -> list[str]:
        return [value.partition(":")[0] for value in hashes("\n".join(lines))]

    assert values(head + tail)[len(head) :] == values(tail)


@given(LINES)
def test_indentation_does_not_count(line: str) -> None:
    assert hashes(f"  \t{line}\nx") == hashes(f"{line}\nx")
