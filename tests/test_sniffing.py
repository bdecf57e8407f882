import json

import pytest

from kafkalint.manifests.sniffing import PARTNERS, WORDS, Relevance, is_manifest, mentions_kafka, sniff, stands_beside


@pytest.mark.parametrize("word", [word.decode() for word in WORDS])
@pytest.mark.parametrize("change", [str.lower, str.upper, str.title])
def test_a_word_of_kafka_makes_a_file_core_in_any_case(word, change):
    text = f"kind: Deployment\nmetadata: {{name: my-{change(word)}}}\n"
    assert sniff(text.encode()).relevance is Relevance.CORE


@pytest.mark.parametrize("kind", sorted(kind.decode() for kind in PARTNERS))
@pytest.mark.parametrize(
    "form", ["kind: {}\n", "apiVersion: v1\nkind: {}\n", "kind: '{}'\n", '{{"kind": "{}"}}', "  kind: {}\n"]
)
def test_a_partner_is_known_by_its_kind_however_it_is_written(kind, form):
    assert sniff(form.format(kind).encode()).relevance is Relevance.PARTNER


def test_a_kind_that_only_begins_like_a_partners_is_none():
    assert sniff(b"apiVersion: v1\nkind: ServiceAccount\n").relevance is Relevance.OTHER


@pytest.mark.parametrize("kind", ["ConfigMap", "Secret"])
def test_scrape_configs_make_a_holder_a_partner(kind):
    text = f"apiVersion: v1\nkind: {kind}\ndata:\n  p.yml: |\n    scrape_configs: []\n"
    assert sniff(text.encode()).relevance is Relevance.PARTNER
    assert sniff(text.replace("scrape_configs", "other").encode()).relevance is Relevance.OTHER


@pytest.mark.parametrize("start", ["", "apiVersion: v1\n"])
def test_the_items_of_a_list_count(start):
    text = f"{start}kind: List\nitems:\n- kind: Role\n- apiVersion: policy/v1\n  kind: PodDisruptionBudget\n".encode()
    assert sniff(text).relevance is Relevance.PARTNER
    assert stands_beside(text, [b"main"])
    assert sniff(text.replace(b"PodDisruptionBudget", b"RoleBinding")).relevance is Relevance.OTHER


@pytest.mark.parametrize("form", ["kind: Role\n", '{"kind": "Role"}', "kind: List\nitems:\n- kind: Role\n"])
def test_a_wanted_kind_is_core(form):
    assert sniff(form.encode()).relevance is Relevance.OTHER
    for wanted in (frozenset([b"Role"]), None):
        assert sniff(form.encode(), wanted).relevance is Relevance.CORE
    assert sniff(form.encode(), frozenset([b"RoleBinding"])).relevance is Relevance.OTHER


def test_of_every_kind_is_still_no_values_file():
    assert sniff(b"replicaCount: 3\n", None).relevance is Relevance.OTHER


@pytest.mark.parametrize("codec", ["utf-16", "utf-32"])
def test_wide_encodings_are_always_opened(codec):
    data = "kind: ConfigMap\n".encode(codec)
    assert sniff(data).relevance is Relevance.CORE
    assert is_manifest(data)


def test_objects_are_counted_by_their_kind_lines():
    text = b"kind: ConfigMap\ndata:\n  kind: no\n---\nkind: Secret\n---\r\nkind: Role\r\n"
    assert sniff(text).objects == 3


def test_a_json_object_counts_as_one():
    assert (
        sniff(json.dumps({"kind": "List", "items": [{"kind": "Role"}, {"kind": "Secret"}]}, indent=1).encode()).objects
        == 1
    )


def test_what_has_no_kind_is_no_manifest():
    assert not is_manifest(b"replicaCount: 3\n")
    assert sniff(b"replicaCount: 3\n") == (Relevance.OTHER, 0)


def test_a_partner_that_works_by_name_stands_beside_kafka_only_if_it_names_it():
    service = b"apiVersion: v1\nkind: Service\nspec:\n  selector: {app: broker}\n"
    assert stands_beside(service, [b"broker"])
    assert not stands_beside(service, [b"stock"])


def test_a_name_counts_as_a_part_of_a_longer_one_and_not_inside_a_word():
    claim = b"kind: PersistentVolumeClaim\nmetadata: {name: data-team-1-0}\n"
    assert stands_beside(claim, [b"team-1"])
    assert not stands_beside(claim.replace(b"team-1-", b"team-12-"), [b"team-1"])
    assert not stands_beside(claim, [b"earn", b"eam-1"])


def test_a_partner_that_may_select_everything_always_stands_beside_kafka():
    assert stands_beside(b"apiVersion: policy/v1\nkind: PodDisruptionBudget\nspec: {selector: {}}\n", [b"stock"])
    assert not stands_beside(b"apiVersion: v1\nkind: Role\n", [b"stock"])


def test_words_are_found_anywhere():
    assert mentions_kafka(b"image: quay.io/StrimZi/operator")
    assert not mentions_kafka(b"image: franz")
