"""What a baseline holds back, what it does not, and what in it is no longer so."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from kafkalint.checking.baseline import Baseline, BaselineUse, Entry, HeldBack, Seen, accepted, hold_back
from kafkalint.checking.finding import Level, Located
from kafkalint.checking.fingerprints import Subject, brief, subject_of
from kafkalint.manifests.documents import documents
from kafkalint.manifests.sources import Source
from kafkalint.manifests.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conftest import Builder

WHOLE = Seen(complete=True, ran=frozenset(("KL302", "KL303")), folders=(".",))


@pytest.fixture
def fault(build: Builder):
    """A finding about the same object in any file."""

    def made(file: str = "dev/kafka.yaml", level: Level | None = None, text: str = build.brokers) -> Located:
        return build.located(build.place("spec", "replicas", file=file, text=text), level=level)

    return made


def written(*found: Located) -> tuple[Entry, ...]:
    """The entries that a baseline has when these are found."""
    return hold_back(found, Baseline("known.yaml"), WHOLE).use.entries


def met(found: Iterable[Located], entries: Iterable[Entry], there: Iterable[str] = (), seen: Seen = WHOLE) -> HeldBack:
    """A run with these findings and entries, and the files of the entries that there still are."""
    looked_at = frozenset(item.location.file for item in found) | seen.files
    baseline = Baseline("known.yaml", tuple(entries), present=frozenset(there))
    return hold_back(found, baseline, seen._replace(files=looked_at))


def files(located: Iterable[Located]) -> list[str]:
    return [item.location.file for item in located]


def test_what_was_written_is_held_back_and_says_by_whom(fault):
    result = met([fault()], written(fault()), ["dev/kafka.yaml"])
    (held,) = result.held_back
    assert result.live == result.use.idle == result.use.new == ()
    assert held.suppressed == ("external", "in the baseline known.yaml")


def test_lines_and_versions_do_not_count(fault, build):
    moved = "# new\n\n" + build.brokers.replace("apps/v1", "apps/v2")
    assert met([fault(text=moved)], written(fault()), ["dev/kafka.yaml"]).live == ()


@pytest.mark.parametrize("change", [("namespace: events", "namespace: shop"), ("name: kafka", "name: other")])
def test_another_object_is_new(fault, build, change):
    assert met([fault(text=build.brokers.replace(*change))], written(fault()), ["dev/kafka.yaml"]).held_back == ()


def test_another_rule_is_new(fault, build):
    (entry,) = written(fault())
    other = entry._replace(subject=entry.subject._replace(code="KL302"))
    assert met([fault()], [other], ["dev/kafka.yaml"]).held_back == ()


def test_an_entry_of_one_folder_never_hides_the_same_fault_in_another(fault):
    entries, prod = written(fault("dev/kafka.yaml")), fault("prod/kafka.yaml")
    assert met([fault("dev/kafka.yaml"), prod], entries, ["dev/kafka.yaml"]).live == (prod,)
    assert met([prod], entries, ["dev/kafka.yaml"]).live == (prod,), "though it was mended in dev"


def test_an_entry_whose_file_is_gone_meets_the_finding_elsewhere_and_once(fault):
    result = met([fault("a.yaml"), fault("b.yaml")], written(fault("old.yaml")))
    assert (files(result.held_back), files(result.live)) == (["a.yaml"], ["b.yaml"])
    assert result.use.idle == ()


def test_the_file_itself_goes_before_one_that_may_have_moved(fault):
    entries = written(fault("b.yaml"), fault("old.yaml"))
    result = met([fault("a.yaml"), fault("b.yaml"), fault("c.yaml")], entries, ["b.yaml"])
    assert files(result.live) == ["c.yaml"]


def test_each_entry_holds_back_one_finding(build):
    words = build.brokers.replace("replicas: 3", "replicas: 3 3")
    both = [
        build.located(build.place("spec", "replicas", text=words)._replace(fragment=Span(at, at + 1))) for at in (0, 2)
    ]
    once, twice = written(both[0]), written(*both)
    assert twice == once * 2
    assert len(met(both, once, [once[0].file]).live) == 1
    assert met(both, twice, [once[0].file]).live == ()
    assert len(met(both[:1], twice, [once[0].file]).use.idle) == 1


@pytest.mark.parametrize(
    ("was", "now", "held"),
    [("error", "error", True), ("error", "warning", True), ("warning", "error", False), ("info", "warning", False)],
)
def test_what_has_become_worse_is_live_again(fault, was, now, held):
    result = met([fault(level=Level(now))], written(fault(level=Level(was))), ["dev/kafka.yaml"])
    assert bool(result.held_back) is held
    assert result.use.idle == ()
    assert [entry.level for entry in result.use.entries] == [Level(now)]
    if not held:
        assert "the baseline has it as a" in (result.live[0].note or "")


def test_the_worst_finding_takes_the_entry_that_is_as_bad(build):
    words = build.brokers.replace("replicas: 3", "replicas: 3 3")
    place = build.place("spec", "replicas", text=words)
    mild, bad = (
        build.located(place._replace(fragment=Span(at, at + 1)), level=level)
        for at, level in ((0, Level.WARNING), (2, Level.ERROR))
    )
    assert met([mild, bad], written(bad, mild), [mild.location.file]).live == ()


# Findings that no baseline holds


def test_rules_that_say_that_nothing_was_looked_at_are_never_held_back(fault):
    seen = WHOLE._replace(refused=frozenset(("KL303",)))
    result = met([fault()], written(fault()), ["dev/kafka.yaml"], seen)
    assert len(result.live) == 1
    assert result.use.new == ()


def test_a_finding_about_a_document_that_could_not_be_read_is_never_held_back(build):
    text = "kind: Kafka\n---\nkind: {{ it }}\n"
    found = build.located(build.text_place(text, r"\{\{"))
    assert met([found], written(found), ["x.yaml"]).live == ()
    seen = WHOLE._replace(unreadable=[("x.yaml", Span(12, len(text)))])
    assert met([found], written(found), ["x.yaml"], seen).live == (found,)


def test_a_stream_without_a_name_is_never_held_back(fault):
    assert written(fault("-")) == ()
    entry = written(fault())[0]._replace(file="-")
    assert len(met([fault("-")], [entry]).live) == 1


# Text that is no object's


def test_text_is_known_by_its_line_whatever_the_file(build):
    here, there = (build.located(build.text_place("a: 1\na: 2\n", "a(?=: 2)", file)) for file in ("x.yaml", "y.yaml"))
    assert subject_of(here) == subject_of(there) == Subject("KL303", text="a: 2")
    assert met([there], written(here)).live == ()
    assert len(met([there], written(here), ["x.yaml"]).live) == 1


def test_long_texts_are_cut_and_told_apart():
    one, other = brief("x" * 10_000 + "a"), brief("x" * 10_000 + "b")
    assert one != other
    assert len(one) < 200
    assert brief("a\udcffb") == "a\ufffdb"


# Renderings: an overlay is what is judged, whichever file the finding points into


def rendered(item: Located, folder: str, *values: str) -> Located:
    """The finding, as it is found in what Kustomize makes of a folder and traced to where it was written."""
    place = item.finding.place
    name = f"{folder} [{', '.join(values)}]" if values else folder
    made = Source(name, place.source.data, folder, rendered_by="kustomize", values=values)
    resource = next(resource for document in documents(made) for resource in document.resources)
    return item._replace(finding=replace(item.finding, place=resource.place("spec", "replicas")))


def test_a_fault_of_a_base_is_known_for_each_overlay(fault):
    base = fault("base/kafka.yaml")
    dev, prod = rendered(base, "overlays/dev"), rendered(base, "overlays/prod")
    there = ["base/kafka.yaml", "overlays/dev", "overlays/prod"]
    entries = written(dev)
    assert [(entry.file, entry.rendered) for entry in entries] == [("base/kafka.yaml", "overlays/dev")]
    assert met([dev], entries, there).live == ()
    (new,) = met([dev, prod], entries, there).live
    assert new.finding == prod.finding
    assert new.note == "the baseline does not have it for overlays/prod"
    assert met([dev, prod], written(dev, prod), there).live == ()


def test_an_overlay_may_be_renamed_and_its_base_moved(fault):
    entries = written(rendered(fault("base/kafka.yaml"), "overlays/dev"))
    renamed = rendered(fault("base/kafka.yaml"), "overlays/test")
    assert met([renamed], entries, ["base/kafka.yaml"]).live == ()
    moved = rendered(fault("kafka/base.yaml"), "overlays/dev")
    assert met([moved], entries, ["overlays/dev"]).live == ()
    assert met([moved], entries, ["base/kafka.yaml", "overlays/dev"]).live == (moved,)


def test_a_chart_is_known_with_its_values(fault):
    prod, dev = (rendered(fault("c/templates/a.yaml"), "c", f"{name}.yaml") for name in ("prod", "dev"))
    assert (written(dev)[0].rendered, written(dev)[0].made_with) == ("c", "dev.yaml")
    assert met([prod], written(dev), ["c", "c/templates/a.yaml"]).live == (prod,)


# Paths


def test_paths_count_from_the_baselines_folder(fault):
    at_root = written(fault("dev/kafka.yaml"))
    below = Baseline("../known.yaml", at_root, lambda name: f"dev/{name}", frozenset(("dev/kafka.yaml",)))
    assert hold_back([fault("kafka.yaml")], below, WHOLE).live == ()


# What a run can show to be no longer so


def use(entries: Iterable[Entry], seen: Seen = WHOLE, present: Iterable[str] = (), **more: object) -> BaselineUse:
    return hold_back([], Baseline("known.yaml", tuple(entries), present=frozenset(present), **more), seen).use  # type: ignore[arg-type]


def test_an_entry_that_meets_nothing_is_said_and_left_out(fault):
    entries = written(fault())
    for present in ((), ("dev/kafka.yaml",)):
        result = use(entries, WHOLE._replace(files=frozenset(("dev/kafka.yaml",))), present)
        assert (result.idle, result.entries) == (entries, ())


@pytest.mark.parametrize(
    "seen",
    [
        WHOLE._replace(complete=False),
        WHOLE._replace(ran=frozenset(("KL302",))),
        WHOLE._replace(folders=()),
        WHOLE._replace(folders=("dev",)),
    ],
    ids=["something was not read", "the rule did not run", "files were named", "a folder was named"],
)
def test_who_saw_a_part_can_show_nothing(fault, seen):
    entries = written(fault())
    result = use(entries, seen)
    assert (result.idle, result.entries) == ((), entries)


def test_a_file_that_is_there_and_was_not_looked_at_shows_nothing(fault):
    entries = written(fault())
    assert use(entries, present=["dev/kafka.yaml"]).idle == ()


@pytest.mark.parametrize(
    ("prefix", "whole"), [("..", True), ("../..", True), (".", True), ("dev", False), ("../x", False)]
)
def test_a_run_from_above_sees_the_whole_and_one_from_below_does_not(fault, prefix, whole):
    assert bool(use(written(fault()), relative=lambda name: prefix if name == "." else name).idle) is whole


def test_a_streams_entries_are_shown_by_that_stream_alone(fault):
    named = Baseline("known.yaml", stream="prod")
    (entry,) = hold_back([fault("prod")], named, WHOLE).use.entries
    assert (entry.file, entry.piped) == ("prod", True)
    piped = Seen(complete=True, ran=WHOLE.ran)
    assert use([entry]).idle == ()
    assert use([entry], piped, stream="dev").idle == ()
    assert use([entry], piped, stream="prod").idle == (entry,)


def test_a_stream_is_nowhere_that_a_file_could_have_moved_to(fault):
    named = Baseline("known.yaml", written(fault("old.yaml")), stream="prod")
    assert len(hold_back([fault("prod")], named, WHOLE).live) == 1
    (entry,) = hold_back([fault("prod")], Baseline("known.yaml", stream="prod"), WHOLE).use.entries
    assert len(met([fault("new.yaml")], [entry]).live) == 1


# Writing


def test_a_baseline_that_is_written_takes_in_what_is_new_and_keeps_what_was_not_seen(fault):
    unseen = written(fault("far.yaml"))
    seen = WHOLE._replace(folders=("dev",))
    result = met([fault()], unseen, ["far.yaml"], seen)
    assert [entry.file for entry in result.use.entries] == ["dev/kafka.yaml", "far.yaml"]
    assert list(accepted(result.live, result.use)) == list(result.live)
