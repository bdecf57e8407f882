"""The guarded loader: what it accepts, and whom it names when it refuses."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from kafkalint.checking.check import BundleCheck, ClusterCheck, Option
from kafkalint.checking.finding import Level
from kafkalint.hooks import hookimpl
from kafkalint.kafka.flavours import Reading
from kafkalint.registry import PluginError, Registry, load_registry

if TYPE_CHECKING:
    from collections.abc import Callable


def a_check(code: str = "ACME001", name: str = "too-few-partitions", **attributes: Any) -> type[BundleCheck]:
    body = {"code": code, "name": name, "level": Level.WARNING, "check": lambda self, model: iter(()), **attributes}
    return type("Checked", (BundleCheck,), body)


def plugin(**hooks: Callable[[], Any]) -> ModuleType:
    module = ModuleType("plugin")
    for name, function in hooks.items():
        setattr(module, name, hookimpl(function))
    return module


class Home:
    """A distribution, as far as the loader asks."""

    def __init__(self, name: str, version: str = "1.2.0") -> None:
        self.name, self.version = name, version


def entry(name: str, loads: Any, distribution: str = "acme-kafkalint", dist: Any = None) -> Any:
    def load() -> Any:
        if isinstance(loads, BaseException):
            raise loads
        return loads

    return SimpleNamespace(name=name, load=load, dist=dist or Home(distribution), group="kafkalint")


def checks_of(*checks: Any) -> ModuleType:
    return plugin(kafkalint_checks=lambda: list(checks))


def load(*entries: Any, modules: tuple[str, ...] = ()) -> Registry:
    return load_registry(modules, entry_points=entries)


def problems(*entries: Any, modules: tuple[str, ...] = ()) -> tuple[str, ...]:
    with pytest.raises(PluginError) as raised:
        load(*entries, modules=modules)
    assert str(raised.value) == "\n".join(raised.value.problems)
    return raised.value.problems


def test_checks_come_by_code_with_their_plugin_and_its_version():
    registry = load(
        entry("topics", checks_of(a_check("ACME002", "b"), a_check("ACME001", "a")), "Acme_Kafkalint"),
        entry("other", checks_of(a_check("BETA001", "c")), "beta"),
    )
    assert [(item.check.code, item.plugin, item.version) for item in registry.checks] == [
        ("ACME001", "acme-kafkalint:topics", "1.2.0"),
        ("ACME002", "acme-kafkalint:topics", "1.2.0"),
        ("BETA001", "beta:other", "1.2.0"),
    ]


def test_two_plugins_may_be_called_the_same_if_their_distributions_differ():
    one, two = checks_of(a_check("ACME001", "a")), checks_of(a_check("BETA001", "b"))
    assert len(load(entry("topics", one, "acme"), entry("topics", two, "beta")).checks) == 2


def test_a_distribution_that_is_installed_twice_is_loaded_once():
    module = checks_of(a_check())
    editable, wheel = (Home("acme", version) for version in ("2.0", "1.0"))
    old = checks_of(a_check(), a_check("ACME009", "gone-since"))
    registry = load(
        entry("topics", module, dist=editable), entry("topics", old, dist=wheel), entry("gone", old, dist=wheel)
    )
    assert [(item.check.code, item.version) for item in registry.checks] == [("ACME001", "2.0")]


def test_a_code_that_two_plugins_claim_names_both():
    found = problems(
        entry("topics", checks_of(a_check("ACME001", "a")), "acme"),
        entry("users", checks_of(a_check("ACME001", "b")), "beta"),
    )
    assert found == ("code ACME001 is claimed by Checked of acme:topics and by Checked of beta:users",)


def test_a_name_that_two_plugins_claim_names_both():
    (found,) = problems(
        entry("topics", checks_of(a_check("ACME001", "a")), "acme"),
        entry("users", checks_of(a_check("BETA001", "a")), "beta"),
    )
    assert "name a is claimed by Checked of acme:topics and by Checked of beta:users" in found


def test_codes_of_kafkalint_are_kafkalints():
    (found,) = problems(entry("topics", checks_of(a_check("KL301", "mine"))))
    assert "acme-kafkalint:topics" in found
    assert "KL301 is reserved" in found
    assert load(entry("topics", checks_of(a_check("KL301", "mine")), "kafkalint")).checks[0].check.code == "KL301"


def test_kafkalints_own_codes_have_three_digits():
    (found,) = problems(entry("topics", checks_of(a_check("KL3011", "mine")), "kafkalint"))
    assert "KL and three digits" in found


@pytest.mark.parametrize("code", ["acme001", "A001", "ACME", "ACME-001", "ACME001 ", "", 7, None])
def test_a_code_has_capital_letters_and_digits(code: Any):
    assert any("capital letters and digits" in problem for problem in problems(entry("t", checks_of(a_check(code)))))


@pytest.mark.parametrize("name", ["Too-Few", "too_few", "too few", "-few", "few-", "all", "", None])
def test_a_name_is_kebab_case(name: Any):
    assert any("kebab case" in problem for problem in problems(entry("t", checks_of(a_check(name=name)))))


@pytest.mark.parametrize(
    ("attributes", "word"),
    [
        ({"level": "warning"}, "level"),
        ({"fix": "safe"}, "fix"),
        ({"opt_in": 1}, "opt_in"),
        ({"production_only": None}, "production_only"),
        ({"baselined": "no"}, "baselined"),
        ({"options": {"need": 3}}, "options"),
    ],
)
def test_an_attribute_of_the_wrong_type_is_named(attributes: dict[str, Any], word: str):
    (found,) = problems(entry("t", checks_of(a_check(**attributes))))
    assert f"Checked: {word}" in found


def test_attributes_that_are_missing_are_all_named():
    class Bare(ClusterCheck):
        def check(self, cluster: Any, model: Any) -> Any:
            return iter(())

    found = problems(entry("t", checks_of(Bare)))
    assert [word for word in ("code", "name", "level") if any(f": {word} " in line for line in found)] == [
        "code",
        "name",
        "level",
    ]


def test_options_are_kept():
    check = a_check(options={"need": Option(6, "Partitions that we ask for.")})
    assert load(entry("t", checks_of(check))).checks[0].check.options["need"].default == 6


def test_a_check_without_logic_is_refused():
    body = {"code": "ACME001", "name": "empty", "level": Level.INFO}
    (found,) = problems(entry("t", checks_of(type("Empty", (BundleCheck,), body))))
    assert "Empty has no method `check`" in found


@pytest.mark.parametrize("thing", ["ACME001", 3, object, BundleCheck, a_check()()])
def test_what_is_no_check_is_refused(thing: Any):
    (found,) = problems(entry("t", checks_of(thing)))
    assert "is no subclass of ClusterCheck" in found


def test_a_plugin_that_does_not_import_is_named():
    assert problems(entry("topics", ModuleNotFoundError("No module named 'nope'"))) == (
        "plugin acme-kafkalint:topics did not load: ModuleNotFoundError: No module named 'nope'",
    )


def test_a_plugin_that_exits_does_not_end_the_run_in_peace():
    (found,) = problems(entry("topics", SystemExit(0)))
    assert "acme-kafkalint:topics did not load: SystemExit: 0" in found


def test_a_hook_that_raises_is_named():
    def broken() -> Any:
        raise RuntimeError("no\nway")

    (found,) = problems(entry("topics", plugin(kafkalint_checks=broken)))
    assert found == "plugin acme-kafkalint:topics: kafkalint_checks failed: RuntimeError: no way"


@pytest.mark.parametrize("nonsense", [None, "ACME001", 7, {"ACME001": a_check()}, a_check()])
def test_a_hook_that_returns_nonsense_is_named(nonsense: Any):
    (found,) = problems(entry("topics", plugin(kafkalint_checks=lambda: nonsense)))
    assert "plugin acme-kafkalint:topics: kafkalint_checks failed: TypeError: it returned" in found


def test_a_misspelt_hook_is_named():
    (found,) = problems(entry("topics", plugin(kafkalint_check=lambda: [a_check()])))
    assert found == (
        "plugin acme-kafkalint:topics implements kafkalint_check, which is no hook; "
        "there are kafkalint_checks, kafkalint_flavours, kafkalint_reports"
    )


def test_a_plugin_that_brings_nothing_is_named():
    module = ModuleType("plugin")
    module.kafkalint_checks = lambda: [a_check()]  # type: ignore[attr-defined]
    (found,) = problems(entry("topics", module))
    assert "acme-kafkalint:topics implements no hook; mark its functions with @hookimpl" in found


def test_a_hook_with_arguments_that_there_are_not_is_named():
    (found,) = problems(entry("topics", plugin(kafkalint_checks=lambda everything: [])))
    assert "acme-kafkalint:topics did not load" in found


def test_a_wrapper_around_the_others_is_refused():
    def around() -> Any:
        return (yield)

    module = ModuleType("plugin")
    module.kafkalint_checks = hookimpl(around, wrapper=True)  # type: ignore[attr-defined]
    (found,) = problems(entry("topics", module))
    assert "is a wrapper" in found


def test_everything_that_is_wrong_is_reported_at_once():
    found = problems(
        entry("a", ImportError("gone"), "acme"),
        entry("b", plugin(kafkalint_check=lambda: [a_check()]), "beta"),
        entry("c", checks_of(a_check("KL301", "x"), a_check("bad", "y")), "gamma"),
        entry("d", plugin(kafkalint_flavours=lambda: [object()], kafkalint_reports=lambda: {"text": str}), "delta"),
    )
    assert [sum(owner in line for line in found) for owner in ("acme:a", "beta:b", "gamma:c", "delta:d")] == [
        1,
        1,
        2,
        2,
    ]


class Paper:
    name = "paper"

    def read(self, bundle: Any, settings: Any) -> Reading:
        return Reading()


def test_flavours_are_kept_in_the_order_of_their_plugin():
    first, second = Paper(), Paper()
    second.name = "glass"
    registry = load(entry("f", plugin(kafkalint_flavours=lambda: (first, second))))
    assert registry.flavours == (first, second)


def test_a_flavour_is_an_object_and_its_name_its_own():
    found = problems(
        entry("f", plugin(kafkalint_flavours=lambda: [Paper(), Paper]), "acme"),
        entry("f", plugin(kafkalint_flavours=lambda: [Paper()]), "beta"),
    )
    assert found == (
        "plugin acme:f: Paper is no flavour: an object with `name` and `read`",
        "flavour paper is claimed by Paper of acme:f and by Paper of beta:f",
    )


def test_reports_are_kept_by_name():
    registry = load(entry("r", plugin(kafkalint_reports=lambda: {"wiki": lambda outcome, screen: ""})))
    assert list(registry.reports) == ["wiki"]


def test_reports_of_kafkalint_cannot_be_replaced():
    (found,) = problems(entry("r", plugin(kafkalint_reports=lambda: {"sarif": lambda outcome, screen: ""})))
    assert "report sarif is claimed by kafkalint's own reports and by acme-kafkalint:r" in found


@pytest.mark.parametrize("reports", [{"Wiki Page": print}, {"wiki": "text"}, {7: print}])
def test_a_report_is_a_function_with_a_name(reports: dict[Any, Any]):
    (found,) = problems(entry("r", plugin(kafkalint_reports=lambda: reports)))
    assert "is no report" in found


def test_a_module_is_a_plugin_under_its_dotted_name(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "acme_checks", checks_of(a_check()))
    (item,) = load(modules=("acme_checks", "acme_checks")).checks
    assert (item.plugin, item.version) == ("module:acme_checks", "")


@pytest.mark.parametrize("name", ["checks/mine.py", "./mine", "mine.py/", "", "a..b"])
def test_a_module_is_no_file(name: str):
    (found,) = problems(modules=(name,))
    assert f"plugin module:{name} did not load" in found
    assert "dotted name" in found


def test_a_module_that_is_not_there_is_named():
    (found,) = problems(modules=("no_such_module_anywhere",))
    assert found.startswith("plugin module:no_such_module_anywhere did not load: ModuleNotFoundError")


def test_a_module_cannot_claim_codes_of_kafkalint(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "acme_checks", checks_of(a_check("KL999")))
    (found,) = problems(modules=("acme_checks",))
    assert "reserved" in found


def test_a_registry_can_be_extended():
    registry = load(entry("t", checks_of(a_check("ACME002", "b"))))
    more = load(entry("t", checks_of(a_check("ACME001", "a"))))
    assert [item.check.code for item in registry.extended(more.checks).checks] == ["ACME001", "ACME002"]


def test_what_is_installed_loads():
    registry = load_registry()
    assert all(item.plugin.startswith("kafkalint:") for item in registry.checks if item.check.code.startswith("KL"))
    assert registry.flavours
