"""What a reader of the page may choose, from the shipped flywheel itself."""

from typing import Any

import pytest

from putar.flywheels.catalogue import find
from putar.flywheels.folder import Flywheel
from putar.flywheels.scenarios import RunSpec
from putar.flywheels.simulate import simulate
from putar.workbench.choices import choice_rows, horizon


@pytest.fixture(scope="module")
def shipped() -> Flywheel:
    return find("openai-compute")


@pytest.fixture(scope="module")
def choices(shipped: Flywheel) -> Any:
    return choice_rows(shipped, RunSpec(), simulate(shipped, RunSpec()))


def test_three_views_with_their_reasons(shipped: Flywheel, choices: Any) -> None:
    """The story's own, base and sceptic; base sets nothing, each value of the others lies in its range."""
    views = choices["views"]
    ranges = {n: p for v in shipped.model.variables for n, p in shipped.model.parameters(v)}

    assert [view["name"] for view in views] == ["story", "base", "sceptic"]
    assert all(view["reason"] for view in views)
    assert views[1]["set"] == {}
    for view in views:
        for name, row in view["set"].items():
            assert ranges[name].low <= row["value"] <= ranges[name].high
            assert row["from"] == shipped.uncertainty_from


def test_constants_are_ordered_by_what_they_move(shipped: Flywheel, choices: Any) -> None:
    """The list is as long as it says, names constants, and differs between indicators."""
    rows = choices
    known = {n for v in shipped.model.variables for n, _ in shipped.model.parameters(v)}

    assert set(rows["order"]) == {row.variable for row in shipped.headline}
    assert all(len(names) == 24 and set(names) <= known for names in rows["order"].values())
    assert rows["order"]["money.run_rate"][:3] != rows["order"]["fleet.capacity"][:3]
    assert "money.enterprise_market_ceiling" in rows["order"]["money.run_rate"][:3]


def test_dates_are_those_of_the_flywheel(shipped: Flywheel, choices: Any) -> None:
    """Changes act from where draws do, cuts from the end of the data, and 2030 is the first date asked of."""
    rows = choices

    assert horizon(shipped) == rows["at"] == 2030.0
    assert (rows["from"], rows["cut_from"]) == (2026.5, 2026.5)
    assert rows["outside_links"] == ["growth_capital", "vendor_finance"]


def test_growth_is_that_of_the_wheels_own_test(shipped: Flywheel, choices: Any) -> None:
    """The hub of the wheel says how fast the output of the self-turning test grows."""
    growth = choices["growth"]

    assert (growth["variable"], growth["label"]) == ("money.run_rate", "Run rate")
    assert growth["points"][0][0] == 2022.0
    assert growth["points"][-1][0] == 2032.0
