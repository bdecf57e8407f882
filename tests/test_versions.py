import pytest
from hypothesis import given
from hypothesis import strategies as st

from kafkalint.kafka.versions import Version

NUMBERS = st.integers(0, 999)


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("4.0.0", (4, 0, 0)),
        ("4.0.0-debian-12-r10", (4, 0, 0)),
        ("7.6.1", (7, 6, 1)),
        ("v1.31.2", (1, 31, 2)),
        ("3.9", (3, 9, 0)),
        ("4.1-IV0", (4, 1, 0)),
        ("0.11.0.3", (0, 11, 0)),
        ("2.7.3.Final", (2, 7, 3)),
        (" 3.7.0 ", (3, 7, 0)),
        ("4.2.0-SNAPSHOT", (4, 2, 0)),
    ],
)
def test_numbers_that_a_text_begins_with(text, version):
    assert Version.parse(text) == Version(*version)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "latest",
        "3",
        "kafka-3.9.0",
        "3.x",
        "..",
        "1.",
        "-1.2",
        "\u0663.\u0669",
        "9999999.1",
        None,
        3.9,
        4,
        ["3.9"],
        b"3.9",
    ],
)
def test_what_is_no_version(text):
    assert Version.parse(text) is None


def test_versions_are_ordered_by_number_and_not_by_text():
    assert Version(3, 10) > Version(3, 9, 2) > Version(3, 9)
    assert sorted([Version(4), Version(0, 11), Version(3, 10)]) == [Version(0, 11), Version(3, 10), Version(4)]


@given(NUMBERS, NUMBERS, NUMBERS, st.sampled_from(["", "-debian-12-r10", ".Final", "-rc1", "+build"]))
def test_a_version_reads_what_it_writes(major, minor, patch, rest):
    version = Version(major, minor, patch)
    assert Version.parse(f"{version}{rest}") == version


@given(st.text(max_size=30) | st.integers() | st.none())
def test_no_text_makes_it_raise(text):
    assert Version.parse(text) is None or isinstance(Version.parse(text), Version)
