"""Who may import whom; one check in a file; names that agree."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from kafkalint.registry import load_registry

ROOT = Path(__file__).parents[1]
ENGINE = ROOT / "kafkalint"
CHECKS = ROOT / "plugins" / "kafkalint_checks"
FLAVOURS = ROOT / "plugins" / "kafkalint_flavours"

# Room to the rooms that it may look into. Types count as much as code: what is named has to be known.
MAY_IMPORT = {
    "manifests": {"manifests"},
    "kafka": {"manifests", "kafka"},
    "checking": {"manifests", "kafka", "checking"},
    "fixing": {"manifests", "checking", "fixing"},
    "config": {"manifests", "kafka", "checking", "config"},
    "reports": {"manifests", "kafka", "checking", "reports"},
    "gating": {"manifests", "checking", "fixing", "reports", "gating"},
    "cli": {"manifests", "kafka", "checking", "fixing", "gating", "config", "reports", "cli", "linting", "registry"},
    "hooks": {"checking", "kafka", "reports"},
    "registry": {"checking", "kafka", "reports", "hooks"},
    "linting": {"manifests", "kafka", "checking", "config", "registry"},
    "testing": {"manifests", "kafka", "checking", "fixing", "registry"},
    "__main__": {"cli"},
    "__init__": set(),
}
# Types only, under TYPE_CHECKING: a check's class names what the policy hands it.
FACE_OF_THE_ENGINE = {"kafkalint.checking", "kafkalint.kafka", "kafkalint.manifests", "kafkalint.hooks"}
# Dear at start-up: nobody imports them before they are needed.
LATE = {"ruamel", "yaml", "jsonpath_ng", "importlib.metadata", "subprocess", "tempfile", "json", "concurrent"}


def sources(folder: Path) -> Iterator[Path]:
    yield from sorted(folder.rglob("*.py"))


def imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names if node.module == "kafkalint")


def room(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


@pytest.mark.parametrize("file", list(sources(ENGINE)), ids=lambda file: str(file.relative_to(ROOT)))
def test_a_room_looks_only_into_rooms_below_it(file: Path) -> None:
    own = file.relative_to(ENGINE).parts[0].removesuffix(".py")
    seen = {room(name) for name in imports(file) if name == "kafkalint" or name.startswith("kafkalint.")}
    assert seen - MAY_IMPORT[own] - {"__init__", "__version__"} == set()


@pytest.mark.parametrize(
    ("inner", "allowed"), [("text", {"text"}), ("origin", {"text", "origin"})], ids=["text", "origin"]
)
def test_edits_of_a_text_know_nothing_of_where_it_comes_from(inner: str, allowed: set[str]) -> None:
    for file in sources(ENGINE / "fixing" / inner):
        for name in imports(file):
            if name.startswith("kafkalint.fixing."):
                assert name.split(".")[2] in allowed, f"{file.name} imports {name}"


def test_reading_knows_nothing_of_rendering_and_rendering_nothing_of_where_findings_are_shown() -> None:
    manifests = ENGINE / "manifests"
    # The front puts all together; `origins` leads into the inner room where there is something to trace.
    plain = [file for file in manifests.glob("*.py") if file.stem not in {"loading", "origins", "planning"}]
    for file, barred in [
        *((file, ("rendering.", "origin.")) for file in plain),
        *((file, ("origin.",)) for file in sources(manifests / "rendering")),
    ]:
        for name in imports(file):
            inner = name.removeprefix("kafkalint.manifests.")
            assert not inner.startswith(barred) or inner == name, f"{file.name} imports {name}"


def test_the_engine_knows_no_plugin() -> None:
    plugins = ("kafkalint_checks", "kafkalint_flavours")
    guilty = [file.name for file in sources(ENGINE) for name in imports(file) if name.startswith(plugins)]
    assert guilty == []


@pytest.mark.parametrize("file", list(sources(CHECKS)), ids=lambda file: str(file.relative_to(ROOT)))
def test_a_check_sees_the_public_face_of_the_engine(file: Path) -> None:
    for name in imports(file):
        if name.startswith("kafkalint."):
            assert ".".join(name.split(".")[:2]) in FACE_OF_THE_ENGINE, name
        assert not name.startswith("kafkalint_flavours"), name


@pytest.mark.parametrize("file", list(sources(FLAVOURS)), ids=lambda file: str(file.relative_to(ROOT)))
def test_a_flavour_knows_no_check(file: Path) -> None:
    for name in imports(file):
        assert not name.startswith(("kafkalint_checks", "kafkalint.checking", "kafkalint.reports", "kafkalint.cli")), (
            name
        )


def test_a_file_holds_one_check_and_bears_its_name() -> None:
    for loaded in load_registry().checks:
        check = loaded.check
        assert check.__module__.startswith("kafkalint_checks.")
        file = CHECKS / Path(*check.__module__.split(".")[1:]).with_suffix(".py")
        assert file.stem == check.name.replace("-", "_")
        assert check.__name__ == "".join(part.capitalize() for part in check.name.split("-"))
        classes = [node for node in ast.parse(file.read_text()).body if isinstance(node, ast.ClassDef)]
        assert [node.name for node in classes if "code" in _assigned(node)] == [check.__name__]


def _assigned(node: ast.ClassDef) -> set[str]:
    names = set()
    for item in node.body:
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
            names.add(item.target.id)
        elif isinstance(item, ast.Assign):
            names |= {target.id for target in item.targets if isinstance(target, ast.Name)}
    return names


def test_every_file_of_a_theme_is_a_check_that_is_loaded() -> None:
    loaded = {loaded.check.__module__ for loaded in load_registry().checks}
    files = {
        f"kafkalint_checks.{file.parent.name}.{file.stem}"
        for file in sources(CHECKS)
        if file.parent != CHECKS and not file.stem.startswith("_")
    }
    assert files == loaded


def test_codes_lie_in_the_range_of_their_theme() -> None:
    first = {
        "manifests": "0",
        "workload": "1",
        "storage": "2",
        "availability": "3",
        "network": "4",
        "observability": "5",
        "operator": "6",
    }
    for loaded in load_registry().checks:
        theme = loaded.check.__module__.split(".")[1]
        assert loaded.check.code[2] == first[theme], loaded.check.code


@pytest.mark.parametrize(
    "file", [*sources(ENGINE), *sources(CHECKS), *sources(FLAVOURS)], ids=lambda file: str(file.relative_to(ROOT))
)
def test_nothing_dear_is_imported_at_module_level(file: Path) -> None:
    for node in ast.parse(file.read_text()).body:
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        for name in names:
            roots = {name, name.split(".")[0]}
            assert not roots & LATE or file.parent.name == "reports", f"{file.name} imports {name}"
