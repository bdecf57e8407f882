from kafkalint.checking.check import Check
from kafkalint.checking.page import page_of


class Documented(Check):
    """Something is
    wrong.

    An introduction.

    ## What it does

    Looks for `x`.

    Example
    -------

    ```yaml
    # Not a heading
    ---
    ## Neither is this
    a: 1
    ```

    ## References

    - somewhere
    """

    name = "something-wrong"


class Bare(Check):
    name = "brokers-together"


def test_title_is_the_first_paragraph_on_one_line() -> None:
    assert page_of(Documented).title == "Something is wrong."


def test_sections_keep_their_order_and_their_examples() -> None:
    sections = page_of(Documented).sections
    assert list(sections) == ["", "What it does", "Example", "References"]
    assert sections["Example"] == "```yaml\n# Not a heading\n---\n## Neither is this\na: 1\n```"
    assert sections["References"] == "- somewhere"


def test_markdown_has_one_kind_of_heading() -> None:
    assert page_of(Documented).markdown.startswith(
        "An introduction.\n\n## What it does\n\nLooks for `x`.\n\n## Example\n\n```yaml"
    )


def test_plain_text_indents_examples() -> None:
    plain = page_of(Documented).plain
    assert "Example:\n    # Not a heading\n    ---\n    ## Neither is this\n    a: 1" in plain
    assert "```" not in plain


def test_without_a_docstring_the_name_is_the_title() -> None:
    page = page_of(Bare)
    assert (page.title, page.sections, page.markdown, page.plain) == ("Brokers together", {}, "", "")


def test_a_docstring_that_begins_with_a_heading_has_no_title() -> None:
    check = type("Headed", (Check,), {"__doc__": "## What it does\n\nX.", "name": "a-b"})
    assert page_of(check).title == "A b"
    assert page_of(check).sections == {"What it does": "X."}
