import html
import re

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options
from hypothesis import given
from hypothesis import strategies as st

from kafkalint.checking.finding import Fault, Level, Suppression
from kafkalint.checking.outcome import ClusterSummary, Notice
from kafkalint.reports import Screen
from kafkalint.reports.markdown_report import markdown, report

OURS = {"h3", "ul", "li", "strong", "table", "thead", "tbody", "tr", "th", "td", "code", "p", "em"}


def rendered(text):
    """HTML as GitHub's own parser makes it, raw HTML let through: what came of a manifest would be there."""
    return cmarkgfm.github_flavored_markdown_to_html(text, Options.CMARK_OPT_UNSAFE)


def tags(page):
    return {name.lower() for name in re.findall(r"<[/!]?\s*([^\s>/]*)", page)}


def words(cell):
    return html.unescape(re.sub(r"</?code>", "", cell)).replace("\u200b", "")


def rows_of(page):
    return [
        [words(cell) for cell in re.findall(r"<td>(.*?)</td>", row)]
        for row in re.findall(r"<tr>.*?</tr>", page, re.DOTALL)
    ]


def test_it_is_a_table(build):
    text = report(build.outcome(build.usual(), build.loose()), Screen())
    assert text.startswith(
        "### kafkalint: 1 error, 1 warning, 0 infos\n\n- Cluster events/kafka: strimzi, Kafka 4.0.0, KRaft, "
    )
    assert text.endswith(
        "| Level | Rule | Place | Message |\n| --- | --- | --- | --- |\n"
        "| error | KL303 brokers-together | <code>deploy/kafka.yaml:7:13</code> | StatefulSet events/kafka: 3 brokers"
        " may share a node. Help: add podAntiAffinity on kubernetes.io/hostname |\n"
        "| warning | KL302 budget-too-loose | <code>deploy/kafka.yaml:21:19</code> | maxUnavailable is 2 |\n"
    )
    assert rows_of(rendered(text))[1][:3] == ["error", "KL303 brokers-together", "deploy/kafka.yaml:7:13"]


def test_the_worst_come_first_and_suppressed_ones_last(build):
    one = build.loose(suppressed=Suppression("inSource", "two are enough"))
    outcome = build.outcome(build.loose(level=Level.INFO), build.usual(), suppressed=[one])
    assert [row[0] for row in rows_of(rendered(report(outcome, Screen())))[1:]] == ["error", "info"]
    found = rows_of(rendered(report(outcome._replace(include_suppressed=True), Screen())))[1:]
    assert [row[0] for row in found] == ["error", "info", "warning, suppressed"]
    assert found[-1][-1] == "maxUnavailable is 2. Suppressed: two are enough"


def test_files_are_named_from_the_root_of_the_repository(build):
    assert "<code>infra/deploy/kafka.yaml:21:19</code>" in report(
        build.outcome(build.loose(), directory="infra"), Screen()
    )


def test_fixes_and_what_was_mended_are_named(build):
    text = report(build.outcome(build.mended(), mended=[build.mended(description="Set `a`: <b>")]), Screen())
    assert (
        "\n- **Mended:** deploy/kafka.yaml:7:13 KL303 brokers-together: Set \\`a\\`: &lt;b&gt;\n"
        "- It could be mended with kafkalint check --fix\n"
    ) in text
    assert text.endswith(
        " Help: add podAntiAffinity on kubernetes.io/hostname. Fix: Set replicas: 5 (kafkalint check --fix). |\n"
    )


def test_it_says_what_is_missing(build):
    text = report(build.incomplete(), Screen())
    assert "- **Internal fault:** KL303 brokers-together: KeyError" in text
    assert "- **Not looked at:** charts/kafka: not rendered" in text
    assert "- **the run is NOT COMPLETE**" in text
    assert "Koperator KafkaCluster kafka in x.yaml: not modelled yet" in text
    assert "| Level |" not in text


def test_long_lists_leave_the_findings_their_room(build):
    clusters = [ClusterSummary(f"kafka-{number}", None, "strimzi", None, "kraft", 3, None) for number in range(23)]
    text = report(build.outcome(build.usual(), clusters=clusters, notices=[Notice("a", "b")] * 21), Screen())
    assert text.count("\n- Cluster ") == 20
    assert "\n- 3 more clusters\n" in text
    assert "\n- 1 more part not looked at\n" in text


def test_markup_is_text(build):
    hostile = "<img src=x> | `a` [x](y) @team #1 **b** https://evil www.evil :100: $x$\nnext"
    row = report(build.outcome(build.located(build.place("spec", "replicas"), hostile)), Screen()).splitlines()[-1]
    assert row.endswith(
        r"| &lt;img src=x&gt; \| \`a\` \[x\](y) @&#8203;team \#&#8203;1 \*\*b\*\* https:&#8203;//evil www&#8203;.evil"
        r" :&#8203;100: &#36;&#8203;x&#36;\\nnext |"
    )


REFERENCES = re.compile(r"(?<!\w)[@#!~%$&^]\w|://|www\.|:[a-z+-][\w+-]*:|:100:|GH-\d", re.IGNORECASE)
"""What GitHub and GitLab look for in text that is rendered already."""


@pytest.mark.parametrize("limit", [10**6, 60_000])
def test_nothing_of_a_manifest_is_markup_or_calls_anybody(build, limit):
    name = build.nasty
    place = build.text_place("a: b\n", "b", name)
    one = build.mendable(build.located(place, name, code=name, help=name), build.change("", ("", name), file=name))
    outcome = build.outcome(
        one,
        mended=[one],
        suppressed=[build.located(place, name, suppressed=Suppression("inSource", name))],
        include_suppressed=True,
        notices=[Notice(name, name)],
        faults=[Fault(name, "", name)],
        clusters=[ClusterSummary(name, name, name, name, name, 3, None)],
        unmodelled=[(name, name, name)],
    )
    text = markdown(outcome, limit)
    assert markdown(outcome, limit) == text
    text.encode()
    page = rendered(text)
    assert tags(page) <= OURS
    assert len(rows_of(page)) == 3
    assert all(len(row) == 4 for row in rows_of(page)[1:])
    assert not REFERENCES.search(html.unescape(re.sub(r"<code>.*?</code>|<[^>]*>", " ", page)))
    assert not re.search(r"##[\w-]*\[|^\s*::", text, re.MULTILINE)


@given(st.data())
def test_any_text_is_shown_as_it_is(build, data):
    alphabet = st.sampled_from([*"\\`*_{}[]()<>#+-.!|~&;:@$^%='\" ab19\n", "http://", "www.", "&lt;", "-->", "😀"])
    message = data.draw(st.lists(alphabet, max_size=30).map("".join))
    file = data.draw(
        st.lists(alphabet, min_size=1, max_size=8).map("".join).filter(lambda name: name.strip("./ \n") != "")
    )
    one = build.located(build.text_place("a: b\n", "b", f"x{file}"), f"a{message}z")
    page = rendered(report(build.outcome(one), Screen()))
    assert tags(page) <= OURS
    row = rows_of(page)[1]
    assert row[-1] == f"a{message}z".replace("\n", "\\n")


def test_it_fits_a_comment_and_tells_the_rest_by_number(build):
    one = build.located(build.place("spec", "replicas"), "x" * 1_000_000)
    loose = [build.loose()] * 300
    text = report(build.outcome(*[one] * 300, *loose), Screen())
    assert len(text) < 65_536
    shown = text.count("\n| error ") + text.count("\n| warning ")
    assert 40 < shown < 80
    assert text.endswith(f"\n\n*Not shown here: {600 - shown} findings. The other formats have all.*\n")
    assert "tables" not in tags(rendered(text))


def test_a_small_limit_cuts_lists_too(build):
    outcome = build.outcome(build.usual(), notices=[Notice("a", "b" * 100)] * 8)
    text = markdown(outcome, 800)
    assert len(text) < 800
    assert text.endswith("\n\n*Not shown here: 1 finding and 7 lines about the run. The other formats have all.*\n")
    assert "| Level |" not in text
