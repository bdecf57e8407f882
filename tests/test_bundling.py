from hypothesis import given
from hypothesis import strategies as st

from kafkalint.manifests.bundles import Bundle, duplicates
from kafkalint.manifests.bundling import Piece, StatedBundle, bundle_stated, bundle_tree, kafka_words
from kafkalint.manifests.documents import documents
from kafkalint.manifests.sources import Source

KAFKA = "apiVersion: kafka.strimzi.io/v1\nkind: Kafka\nmetadata: {name: NAME}\n"
ACCOUNT = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: NAME}\n"
BUDGET = "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: NAME}\n"
SPACE = "apiVersion: v1\nkind: Namespace\nmetadata: {name: NAME}\n"


def piece(name, *texts):
    text = "---\n".join(texts)
    return Piece(name, tuple(r for d in documents(Source(name, text.encode())) for r in d.resources))


def kafka(name="main"):
    return KAFKA.replace("NAME", name)


def account(name="app"):
    return ACCOUNT.replace("NAME", name)


def shape(bundles):
    return {
        b.name: (
            sorted({r.document.source.name for r in b.primary}),
            sorted({r.document.source.name for r in b.context}),
        )
        for b in bundles
    }


def test_one_tree_is_one_bundle():
    bundles = bundle_tree([piece("b/x.yaml", account()), piece("a.yaml", kafka())])
    assert shape(bundles) == {".": (["a.yaml", "b/x.yaml"], [])}


def test_variants_beside_each_other_are_split_with_the_rest_as_context():
    bundles = bundle_tree(
        [piece("dev/k.yaml", kafka()), piece("prod/k.yaml", kafka()), piece("common/sa.yaml", account())]
    )
    assert shape(bundles) == {
        "common/sa.yaml": (["common/sa.yaml"], []),
        "dev": (["dev/k.yaml"], ["common/sa.yaml"]),
        "prod": (["prod/k.yaml"], ["common/sa.yaml"]),
    }


def test_no_object_is_in_a_context_twice():
    pieces = [
        piece("a/dev.yaml", kafka()),
        piece("a/prod.yaml", kafka()),
        piece("a/x/y.yaml", account()),
        piece("c.yaml", account("c")),
    ]
    for bundle in bundle_tree(pieces):
        assert len({id(r) for r in bundle.resources}) == len(bundle.resources)


def test_what_a_split_folder_shares_joins_what_stands_beside_it():
    bundles = bundle_tree(
        [
            piece("kafka/kafka.yaml", kafka("main")),
            piece("kafka/topics/dev/t.yaml", kafka("t")),
            piece("kafka/topics/prod/t.yaml", kafka("t")),
            piece("monitoring/m.yaml", account()),
        ]
    )
    assert shape(bundles)["."] == (["kafka/kafka.yaml", "monitoring/m.yaml"], [])
    assert shape(bundles)["kafka/topics/dev"] == (
        ["kafka/topics/dev/t.yaml"],
        ["kafka/kafka.yaml", "monitoring/m.yaml"],
    )


def test_a_variant_is_split_again_where_it_conflicts_inside():
    bundles = bundle_tree(
        [
            piece(f"{env}/{file}.yaml", kafka(), *([account()] if file == "b" else []))
            for env in ("dev", "prod")
            for file in "ab"
        ]
        + [piece("dev/base.yaml", account("base"))]
    )
    assert set(shape(bundles)) == {"dev/base.yaml", "dev/a.yaml", "dev/b.yaml", "prod/a.yaml", "prod/b.yaml"} - {
        "dev/base.yaml"
    } | {"dev"}
    assert shape(bundles)["dev/a.yaml"] == (["dev/a.yaml"], ["dev/base.yaml"])


def test_an_account_repeated_in_one_folder_splits_nothing_and_is_a_duplicate():
    (bundle,) = bundle_tree([piece("a.yaml", account(), kafka()), piece("b.yaml", account())])
    assert [(a.document.source.name, b.document.source.name) for a, b in bundle.duplicates] == [("a.yaml", "b.yaml")]


def test_two_variants_in_one_folder_are_split_and_still_known_as_duplicates():
    first, second = bundle_tree([piece("a.yaml", kafka()), piece("b.yaml", kafka())])
    assert first.duplicates == ()
    assert [(a.document.source.name, b.document.source.name) for a, b in second.apart] == [("a.yaml", "b.yaml")]
    assert second.duplicates == second.apart


def test_a_namespace_that_two_files_bring_along_neither_splits_nor_counts_as_twice():
    space = SPACE.replace("NAME", "kafka")
    (bundle,) = bundle_tree([piece("dev/a.yaml", space, kafka("a")), piece("prod/b.yaml", space)])
    assert bundle.duplicates == ()


def test_a_namespace_twice_in_one_file_is_twice():
    space = SPACE.replace("NAME", "kafka")
    (bundle,) = bundle_tree([piece("a.yaml", space, space)])
    assert len(bundle.duplicates) == 1


def test_objects_without_a_name_never_conflict():
    text = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {}\n"
    assert len(bundle_tree([piece("a.yaml", text), piece("b.yaml", text)])) == 1


def test_a_tree_as_deep_as_a_path_can_be_is_no_trouble():
    deep = "/".join(["d"] * 1500)
    bundles = bundle_tree(
        [piece(f"{deep}/a.yaml", kafka()), piece(f"{deep}/b.yaml", kafka()), piece(f"{deep}/e/b.yaml", kafka())]
    )
    assert len(bundles) == 3


def test_stated_bundles_take_what_they_name_and_judge_it_once():
    pieces = [
        piece("common/a.yaml", account()),
        piece("dev/k.yaml", kafka()),
        piece("prod/k.yaml", kafka()),
        piece("x.yaml", account("x")),
    ]
    stated = [StatedBundle("dev", ("common", "dev/**")), StatedBundle("prod", ("common/*.yaml", "prod"))]
    bundles, rest = bundle_stated(pieces, stated)
    assert shape(bundles) == {
        "dev": (["common/a.yaml", "dev/k.yaml"], []),
        "prod": (["prod/k.yaml"], ["common/a.yaml"]),
    }
    assert [p.name for p in rest] == ["x.yaml"]


def test_kafka_words_are_what_others_can_refer_to():
    text = """
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: stock, namespace: shop, labels: {team: a1, queue: "true", app.kubernetes.io/managed-by: Helm}}
spec:
  serviceName: heads
  selector: {matchLabels: {app: broker}}
  template:
    metadata: {labels: {tier: log}}
    spec:
      priorityClassName: vip
      containers: [{name: k, image: apache/kafka}]
      volumes: [{name: data, persistentVolumeClaim: {claimName: disk}}]
"""
    words = {word for r in piece("a.yaml", text).resources for word in kafka_words(r)}
    assert words == {"stock", "a1", "queue", "heads", "broker", "log", "vip", "disk"}
    assert not list(kafka_words(piece("b.yaml", text.replace("kafka", "nginx")).resources[0]))


names = st.sampled_from(["a", "b", "c"])
paths = st.lists(st.sampled_from(["dev", "prod", "x"]), max_size=3).map("/".join)


@given(
    st.lists(
        st.tuples(paths, names, st.lists(names, min_size=1, max_size=2, unique=True)),
        max_size=8,
        unique_by=lambda f: f[:2],
    )
)
def test_every_object_is_judged_once_and_no_bundle_holds_a_variant_twice(files):
    pieces = [piece(f"{folder}/{file}.yaml".lstrip("/"), *map(kafka, held)) for folder, file, held in files]
    bundles = bundle_tree(pieces)
    judged = [id(r) for bundle in bundles for r in bundle.primary]
    assert sorted(judged) == sorted(id(r) for p in pieces for r in p.resources)
    for bundle in bundles:
        assert isinstance(bundle, Bundle)
        assert not list(duplicates(bundle.primary))
    assert [b.name for b in bundles] == [b.name for b in bundle_tree(reversed(pieces))]
