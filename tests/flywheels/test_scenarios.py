"""Scenarios and settings: from a file and from the command line to one specification of a run."""

from pathlib import Path

import pytest

from putar.errors import ModelErrors, UsageError
from putar.flywheels.folder import Flywheel
from putar.flywheels.scenarios import Setting, find_scenario, parse_setting, run_spec
from putar.runs.design import Change
from tests.flywheels.bakery import FILES, bakery


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Flywheel:
    return bakery(tmp_path_factory.mktemp("scenarios"))


def test_a_scenario_is_changes_and_cuts(found: Flywheel) -> None:
    feast, strike = found.scenarios["feast"].spec, found.scenarios["strike"].spec
    assert feast.changes == (Change({"shop.price[cake]": 2.0}, 5.0, scale=True),)
    assert strike.cuts == {"ploughing_back": 5.0}


def test_base_is_there_without_being_declared(found: Flywheel) -> None:
    assert found.scenarios["base"].spec == run_spec(found.model, found.scenarios["base"])


def test_dated_changes_and_the_default_vector(tmp_path: Path) -> None:
    text = (
        FILES["flywheel.toml"]
        + """
[scenario.two_steps]
set = { "oven.ploughback" = 0.2 }
vector = "default"
[[scenario.two_steps.change]]
at = 3.0
set = { "oven.ploughback" = 0.3 }
[[scenario.two_steps.change]]
at = 6.0
scale = { "oven.ploughback" = 1.5, "oven.cost_of_capacity" = 2.0 }
"""
    )
    spec = bakery(tmp_path, flywheel_toml=text).scenarios["two_steps"].spec
    assert spec.vector == "default"
    assert [(c.at, c.scale, dict(c.values)) for c in spec.changes] == [
        (None, False, {"oven.ploughback": 0.2}),
        (3.0, False, {"oven.ploughback": 0.3}),
        (6.0, True, {"oven.ploughback": 1.5, "oven.cost_of_capacity": 2.0}),
    ]


@pytest.mark.parametrize(
    ("text", "setting"),
    [
        ("oven.ploughback=0.4", Setting("oven.ploughback", 0.4)),
        (" shop.price[cake] = 2.5 @ 6 ", Setting("shop.price[cake]", 2.5, 6.0)),
        ("oven.ploughback=4e-1@5.5", Setting("oven.ploughback", 0.4, 5.5)),
        ("links.own_oven=0.5", Setting("links.own_oven", 0.5)),
    ],
)
def test_settings_are_read(found: Flywheel, text: str, setting: Setting) -> None:
    assert parse_setting(text, found.model) == setting


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "oven.plowback=1",
            "unknown constant 'oven.plowback'\n  fix: did you mean 'oven.ploughback'?",
        ),
        (
            "shop.income=1",
            "shop.income is computed, it cannot be set\n  fix: set a constant that this aux needs",
        ),
        (
            "shop.price[pie]=1",
            "shop.price[pie] is no element of a constant\n  fix: one of: shop.price[bread], shop.price[cake]",
        ),
        (
            "oven.ploughback",
            "'oven.ploughback' sets nothing\n  fix: write VAR=VALUE, or VAR=VALUE@DATE with numbers",
        ),
        (
            "oven.ploughback=nan",
            "'oven.ploughback=nan' sets nothing\n  fix: write VAR=VALUE, or VAR=VALUE@DATE with numbers",
        ),
        (
            "oven.ploughback=1@soon",
            "'soon' is no date\n  fix: write 2026.5 or 2026-07-01",
        ),
        (
            "oven.ploughback=1@11",
            "the date 11 is outside the run\n  fix: a date from 0 to 10",
        ),
    ],
)
def test_settings_that_cannot_be_meant(found: Flywheel, text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_setting(text, found.model)
    assert str(caught.value) == message


def test_settings_and_cuts_come_on_top(found: Flywheel) -> None:
    """A setting without a date replaces what the scenario does to that constant."""
    feast = found.scenarios["feast"]
    spec = run_spec(found.model, feast, [Setting("shop.price[cake]", 4.0)], ["own_oven"], now=5.0)
    assert spec.changes == (Change({"shop.price[cake]": 4.0}),)
    assert spec.cuts == {"own_oven": 5.0}

    later = run_spec(found.model, feast, [Setting("shop.price[cake]", 4.0, 7.0)])
    assert [change.at for change in later.changes] == [5.0, 7.0]


def test_unknown_scenario_or_link_names_the_nearest(found: Flywheel) -> None:
    with pytest.raises(UsageError, match="unknown scenario 'feats'\n  fix: did you mean 'feast'"):
        find_scenario(found.scenarios, "feats")
    with pytest.raises(UsageError, match="unknown link 'own_owen'\n  fix: did you mean 'own_oven'"):
        run_spec(found.model, found.scenarios["base"], cut=["own_owen"])
    assert find_scenario(found.scenarios, "strike").name == "strike"


VIEWS = """
[view.modest]
title = "Modest"
scenario = "strike"
from = 4.0
set = { "oven.ploughback" = 0.1 }
reason = "A view of its own."
"""


def test_a_view_is_a_scenario_with_values_of_its_own(tmp_path: Path) -> None:
    """What it takes over from a scenario and what it sets act together; its title and reason are its own."""
    (view,) = bakery(tmp_path, flywheel_toml=FILES["flywheel.toml"] + VIEWS).views

    assert (view.name, view.title, view.reason) == ("modest", "Modest", "A view of its own.")
    assert view.spec.changes == (Change({"oven.ploughback": 0.1}, 4.0),)
    assert view.spec.cuts == {"ploughing_back": 5.0}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (
            VIEWS.replace("set =", "scale ="),
            "view 'modest' scales or swaps values, but a view only sets them",
        ),
        (VIEWS.replace('"strike"', '"strikes"'), "unknown scenario 'strikes'"),
    ],
)
def test_a_view_that_cannot_be_set_is_refused(tmp_path: Path, wrong: str, said: str) -> None:
    """A page could not show as sliders what scales, and cannot take over what is not there."""
    with pytest.raises(ModelErrors) as caught:
        bakery(tmp_path, flywheel_toml=FILES["flywheel.toml"] + wrong)

    assert [problem.what for problem in caught.value.problems] == [said]
