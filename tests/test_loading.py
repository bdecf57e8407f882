import os
import subprocess
import threading

import pytest

from kafkalint.manifests import opening, reading
from kafkalint.manifests.globs import matches
from kafkalint.manifests.loading import LoadRequest, UsageError, load
from kafkalint.manifests.render_settings import RenderSettings
from kafkalint.manifests.walking import Exclusion, find

KAFKA = "apiVersion: kafka.strimzi.io/v1\nkind: Kafka\nmetadata: {name: main}\n"
SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: NAME}\nspec: {selector: {app: NAME}}\n"
BUDGET = "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: b}\nspec: {selector: {}}\n"
OTHER = "apiVersion: v1\nkind: Role\nmetadata: {name: r}\n"


@pytest.fixture
def tree(tmp_path):
    def write(**files):
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return tmp_path

    return lambda files: write(**files)


@pytest.fixture
def everything_is_large(monkeypatch):
    monkeypatch.setattr(opening, "SMALL", 0)


def run(directory, *paths, **more):
    return load(LoadRequest(paths=paths or (".",), directory=str(directory), **more))


def names(loaded):
    return [source.name for source in loaded.sources]


def problems(loaded):
    return [(u.source.name, u.unreadable.problem) for u in loaded.unreadable]


def test_a_folder_is_walked_in_order_without_what_is_hidden_or_of_others(tree):
    root = tree(
        {
            "b.yml": KAFKA,
            "a/z.yaml": KAFKA,
            "a.json": '{"apiVersion": "v1", "kind": "Role", "metadata": {"name": "j"}}',
            "c.YAML": KAFKA,
            "notes.txt": KAFKA,
            ".hidden.yaml": KAFKA,
            ".git/x.yaml": KAFKA,
            ".terraform/x.yaml": KAFKA,
            "node_modules/x.yaml": KAFKA,
        }
    )
    assert names(run(root)) == ["a.json", "a/z.yaml", "b.yml", "c.YAML"]


def test_a_file_that_is_named_may_be_called_anything(tree):
    root = tree({"manifest.txt": KAFKA, ".hidden.yaml": KAFKA})
    assert names(run(root, "manifest.txt", ".hidden.yaml")) == [".hidden.yaml", "manifest.txt"]


def test_the_order_of_arguments_and_repetitions_say_nothing(tree):
    root = tree({"a.yaml": KAFKA, "d/b.yaml": OTHER})
    assert names(run(root, "d", "a.yaml", "d/b.yaml", "./a.yaml")) == names(run(root, ".")) == ["a.yaml", "d/b.yaml"]


def test_files_are_named_from_the_working_directory(tree):
    root = tree({"work/a.yaml": KAFKA, "b.yaml": OTHER})
    assert names(run(root / "work", ".", "../b.yaml")) == ["../b.yaml", "a.yaml"]
    assert names(run(root / "work", str(root / "work" / "a.yaml"))) == ["a.yaml"]


def test_what_is_not_there_is_wrong_use(tree):
    root = tree({"a.yaml": KAFKA})
    (root / "broken.yaml").symlink_to("nowhere")
    for path, words in [("nope.yaml", "no such file"), ("broken.yaml", "leads nowhere"), ("a.yaml/x", "no such file")]:
        with pytest.raises(UsageError, match=words):
            run(root, path)


def test_links_are_followed_inside_the_folder_once_and_never_in_circles(tree):
    root = tree({"in/.store/a.yaml": KAFKA, "in/b.yaml": OTHER, "out/c.yaml": KAFKA})
    (root / "in/loop").symlink_to(".")
    (root / "in/up").symlink_to("..")
    (root / "in/data.yaml").symlink_to(".store/a.yaml")
    (root / "in/twice.yaml").symlink_to("b.yaml")
    (root / "in/away.yaml").symlink_to("../out/c.yaml")
    (root / "in/broken.yaml").symlink_to("nowhere")
    (root / "in/itself.yaml").symlink_to("itself.yaml")
    loaded = run(root, "in")
    assert names(loaded) == ["in/b.yaml", "in/data.yaml"]
    said = {notice.subject: notice.message for notice in loaded.notices}
    assert set(said) == {"in/away.yaml", "in/broken.yaml", "in/itself.yaml"}
    assert "out of the folder" in said["in/away.yaml"]
    assert "nowhere" in said["in/broken.yaml"]


def test_a_folder_linked_out_of_a_hidden_one_is_read_by_the_links_name(tree):
    root = tree({"..2026/k.yaml": KAFKA})
    (root / "data").symlink_to("..2026")
    assert names(run(root)) == ["data/k.yaml"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no FIFOs")
def test_pipes_and_devices_hang_nothing(tree, monkeypatch):
    monkeypatch.setattr(reading, "PIPE_SECONDS", 0.05)
    root = tree({"a.yaml": KAFKA})
    os.mkfifo(root / "pipe.yaml")
    os.mkfifo(root / "named")
    assert names(run(root)) == ["a.yaml"]
    assert run(root, "named").documents == ()
    assert problems(run(root, "/dev/zero"))[0][1] == "cannot be read: a device or socket, not a file"
    keep = os.open(root / "named", os.O_RDWR)
    try:
        assert "nothing came" in problems(run(root, "named"))[0][1]
    finally:
        os.close(keep)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no FIFOs")
def test_a_pipe_that_somebody_writes_to_is_read_to_its_end(tree):
    root = tree({})
    read_end, write_end = os.pipe()
    text = (KAFKA + "---\n") * 5000

    def feed():
        with os.fdopen(write_end, "w") as stream:
            stream.write(text)

    writer = threading.Thread(target=feed)
    writer.start()
    try:
        loaded = run(root, f"/dev/fd/{read_end}")
    finally:
        writer.join()
        os.close(read_end)
    assert loaded.resources_seen == 5000


def test_a_file_that_may_not_be_read_is_recorded_and_the_rest_is_read(tree, monkeypatch):
    root = tree({"a.yaml": KAFKA, "b.yaml": KAFKA})
    opening_file = os.open

    def refuse(path, *more):  # root may read everything, whatever the mode
        if str(path).endswith("a.yaml"):
            raise PermissionError(13, "Permission denied")
        return opening_file(path, *more)

    monkeypatch.setattr(os, "open", refuse)
    loaded = run(root)
    assert problems(loaded) == [("a.yaml", "cannot be read: Permission denied")]
    assert names(loaded) == ["b.yaml"]


def test_bytes_that_are_no_text_are_recorded_where_they_begin(tree):
    root = tree({"bad.yaml": "kind: ä\nname: ".encode() + b"\xff\n", "good.yaml": KAFKA})
    loaded = run(root)
    (record,) = loaded.unreadable
    assert record.source.name == "bad.yaml"
    assert "0xff" in record.unreadable.problem
    assert record.source.text.position(record.unreadable.span.start) == (2, 7)
    assert names(loaded) == ["good.yaml"]


@pytest.mark.parametrize(
    "data",
    [
        b"kind\xff\xfe",
        b"\xff\xfekin",
        b"\xff\xfe\x00\x00k",
        b"\x00\x00\xfe\xffk",
        b"\xef\xbb\xbfkind\xff",
        b"\xff\xfe\x00\xd8",
    ],
)
def test_broken_encodings_of_every_kind_are_recorded(tree, data):
    (record,) = run(tree({"bad.yaml": data}), "bad.yaml").unreadable
    assert record.unreadable.span.start <= len(record.source.text.content)


@pytest.mark.parametrize(
    "data", [b"", b"\n\n", b"---\n---\n", b"\xef\xbb\xbf", b"# nothing\n", b"\x00kind", b"kind: [", b"kind: 1"]
)
def test_files_without_an_object_are_no_trouble(tree, data):
    loaded = run(tree({"a.yaml": data}), "a.yaml")
    assert loaded.bundles == ()
    assert loaded.unreadable == ()


def test_a_nul_byte_is_a_document_that_does_not_parse(tree):
    (document,) = run(tree({"a.yaml": b"kind: Role\nname: \x00\n"})).documents
    assert "U+0000" in document.unreadable.problem


def test_yaml_that_is_no_manifest_is_left_alone_unless_named(tree):
    root = tree({"values.yaml": "a: [", "k.yaml": KAFKA})
    assert names(run(root)) == ["k.yaml"]
    assert names(run(root, "values.yaml")) == ["values.yaml"]


def test_names_that_are_no_text_can_still_be_shown(tree):
    root = tree({})
    try:
        (root / os.fsdecode(b"\xff.yaml")).write_text(KAFKA)
    except OSError:
        pytest.skip("this file system takes only text as names")
    assert names(run(root)) == ["\\udcff.yaml"]


def test_standard_input_is_one_bundle_called_as_asked(tree):
    root = tree({"a.yaml": KAFKA})
    loaded = run(root, "-", "a.yaml", stdin=KAFKA.encode())
    assert [bundle.name for bundle in loaded.bundles] == ["a.yaml", "-"]
    loaded = load(LoadRequest(paths=("-",), stdin=KAFKA.encode() * 2, stdin_filename="x/y.yaml", directory=str(root)))
    assert names(loaded) == ["x/y.yaml"]
    assert loaded.files_seen == 1


def test_a_run_knows_the_files_and_folders_that_it_looked_at(tree):
    root = tree({"a.yaml": KAFKA, "b/values.yaml": "a: 1\n", "c/x.yaml": OTHER})
    assert run(root).files == {"a.yaml", "b/values.yaml", "c/x.yaml"}
    assert run(root).folders == (".",)
    loaded = run(root, "a.yaml", str(root / "c"))
    assert (loaded.files, loaded.folders) == ({"a.yaml", "c/x.yaml"}, ("c",))


def test_a_small_run_opens_everything(tree):
    loaded = run(tree({"a.yaml": OTHER, "b.yaml": SERVICE}))
    assert (loaded.resources_seen, loaded.skipped, len(loaded.documents)) == (2, 0, 2)


@pytest.mark.usefixtures("everything_is_large")
def test_a_large_run_opens_what_speaks_of_kafka_and_counts_the_rest(tree):
    root = tree({"a.yaml": f"{KAFKA}---\n{OTHER}", "b.yaml": f"{OTHER}---\n{OTHER}"})
    loaded = run(root)
    assert names(loaded) == ["a.yaml"]
    assert (loaded.resources_seen, loaded.skipped) == (4, 2)


@pytest.mark.usefixtures("everything_is_large")
@pytest.mark.parametrize(("first", "shown"), [(OTHER, ["a.yaml"]), (b"kind: \xff\n", [])])
def test_a_large_run_in_which_nothing_is_opened_has_something_to_point_at(tree, first, shown):
    loaded = run(tree({"a.yaml": first, "b.yaml": OTHER}))
    assert names(loaded) == shown
    assert loaded.documents == ()


@pytest.mark.usefixtures("everything_is_large")
def test_partners_are_opened_beside_kafka_and_only_there(tree):
    partners = {
        "budget.yaml": f"{BUDGET}---\n{OTHER}",
        "main.yaml": SERVICE.replace("NAME", "main"),
        "web.yaml": SERVICE.replace("NAME", "web"),
    }
    assert run(tree(partners)).documents == ()
    loaded = run(tree({"kafka.yaml": KAFKA}))
    assert names(loaded) == ["budget.yaml", "kafka.yaml", "main.yaml"]
    assert (loaded.resources_seen, loaded.skipped, len(loaded.documents)) == (5, 2, 3)


@pytest.mark.usefixtures("everything_is_large")
@pytest.mark.parametrize("kinds", [frozenset(["Role"]), None])
def test_a_large_run_opens_the_kinds_that_are_asked_for(tree, monkeypatch, kinds):
    monkeypatch.setattr(opening, "LONG", 0)
    root = tree({"a.yaml": OTHER, "b.yaml": f"{OTHER}---\n{OTHER}", "values.yaml": "kind: []\n"})
    loaded = run(root, ".", "-", stdin=f"{OTHER}---\n{OTHER}".encode(), kinds=kinds)
    assert names(loaded) == ["a.yaml", "b.yaml", "-"]
    assert (loaded.resources_seen, loaded.skipped) == (5, 0)
    assert run(root, kinds=frozenset(["RoleBinding"])).documents == ()


def test_a_long_stream_is_sniffed_document_by_document(tree, monkeypatch):
    monkeypatch.setattr(opening, "LONG", 0)
    text = "---\n".join([OTHER, SERVICE.replace("NAME", "main"), KAFKA, BUDGET, SERVICE.replace("NAME", "web")])
    loaded = load(LoadRequest(stdin=text.encode(), directory=str(tree({}))))
    (bundle,) = loaded.bundles
    assert [r.kind for r in bundle.primary] == ["Service", "Kafka", "PodDisruptionBudget"]
    assert (loaded.resources_seen, loaded.skipped) == (5, 2)


def test_a_file_beyond_any_manifest_is_refused(tree, monkeypatch):
    monkeypatch.setattr(reading, "MAX_BYTES", 1 << 20)
    root = tree({"a.yaml": b"#" * (1 << 21)})
    assert problems(run(root))[0][1] == "cannot be read: larger than 1 MiB"


@pytest.mark.parametrize("from_git", [False, True])
def test_what_is_excluded_is_looked_at_only_where_it_is_named(tree, from_git):
    root = tree({"a.yaml": KAFKA, "gated/prod/k.yaml": KAFKA, "x/examples/y.yaml": KAFKA, "x/z.yaml": KAFKA})
    subprocess.run(["git", "-C", str(root), "init", "-q"], check=True)
    subprocess.run(["git", "-C", str(root), "add", "."], check=True)
    exclude = Exclusion(("gated", "**/examples/**"), str(root))

    def seen(*paths, directory=root):
        return names(run(directory, *paths, exclude=exclude, from_git=from_git))

    assert seen(".") == ["a.yaml", "x/z.yaml"]
    assert seen("gated") == ["gated/prod/k.yaml"], "it was asked for"
    assert seen("x") == ["x/z.yaml"]
    assert seen("x/examples/y.yaml") == ["x/examples/y.yaml"]
    assert seen(".", directory=root / "x") == ["z.yaml"], "globs count from the folder of the config"


def test_git_tracked_files_only(tree):
    root = tree(
        {
            "a.yaml": KAFKA,
            "d/b.yaml": OTHER,
            "new.yaml": KAFKA,
            ".github/w.yaml": KAFKA,
            "gone.yaml": KAFKA,
            "ü.yaml": OTHER,
        }
    )
    git = ["git", "-C", str(root), "-c", "init.defaultBranch=main"]
    try:
        subprocess.run([*git, "init", "-q"], check=True)
    except FileNotFoundError:
        pytest.skip("git is not on the PATH")
    (root / "link.yaml").symlink_to("d/b.yaml")
    subprocess.run([*git, "add", "a.yaml", "d", ".github", "gone.yaml", "ü.yaml", "link.yaml"], check=True)
    (root / "gone.yaml").unlink()
    assert names(run(root, from_git=True)) == ["a.yaml", "d/b.yaml", "ü.yaml"]
    assert names(run(root / "d", "..", from_git=True)) == ["../a.yaml", "../ü.yaml", "b.yaml"]
    assert names(run(root, "d", from_git=True)) == ["d/b.yaml"]
    assert names(run(root, "new.yaml", from_git=True)) == ["new.yaml"]


def test_git_without_a_repository_or_without_git_is_wrong_use(tree, monkeypatch):
    root = tree({"a.yaml": KAFKA})
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(root.parent))
    with pytest.raises(UsageError, match="--from-git"):
        run(root, from_git=True)
    monkeypatch.setenv("PATH", str(root))
    with pytest.raises(UsageError, match="none on the PATH"):
        run(root, from_git=True)


def test_loading_is_the_same_in_every_order(tree):
    root = tree({f"{folder}/{file}.yaml": KAFKA + "---\n" + OTHER for folder in "ba" for file in "dc"})
    first, second = (
        run(root, *order, render=RenderSettings(kustomize=False))
        for order in (("a", "b"), ("b/d.yaml", "b", "a", "a/c.yaml"))
    )
    assert [b.name for b in first.bundles] == [b.name for b in second.bundles]
    assert [repr(r) for b in first.bundles for r in b.resources] == [
        repr(r) for b in second.bundles for r in b.resources
    ]


def test_a_folder_that_cannot_be_listed_is_noticed(tree, monkeypatch):
    root = tree({"a.yaml": KAFKA, "d/b.yaml": KAFKA})
    listing = os.scandir

    def scandir(path):
        if str(path).endswith("d"):
            raise PermissionError(13, "Permission denied")
        return listing(path)

    monkeypatch.setattr(os, "scandir", scandir)
    found = find([str(root)], str(root))
    assert [(n.subject, n.message) for n in found.notices] == [("d", "cannot be listed: Permission denied")]
    assert [f.name for f in found.files] == ["a.yaml"]


@pytest.mark.parametrize(
    ("pattern", "name", "wanted"),
    [
        ("a.yaml", "a.yaml", True),
        ("a", "a/b.yaml", True),
        ("a/", "a/b/c.yaml", True),
        ("a", "ab.yaml", False),
        ("*.yaml", "a.yaml", True),
        ("*.yaml", "d/a.yaml", False),
        ("**/*.yaml", "a.yaml", True),
        ("**/*.yaml", "d/e/a.yaml", True),
        ("d/**", "d/e/a.yaml", True),
        ("d/**/a.yaml", "d/a.yaml", True),
        ("d?/a", "d1/a", True),
        ("d?/a", "d//a", False),
        ("a.b", "axb", False),
        (".", "any/thing", True),
        ("./a", "a/b", True),
    ],
)
def test_globs(pattern, name, wanted):
    assert matches(pattern, name) is wanted


def test_a_glob_made_to_be_slow_is_not():
    assert not matches("**/" * 50 + "*" * 50 + "x", "a/" * 200)
