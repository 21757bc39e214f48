"""Tables that a flywheel declares: every kind of row on a bakery reckoned by hand, and the shipped ones."""

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import spearmanr

import putar
from putar.errors import UsageError
from putar.flywheels.drivers import find_drivers
from putar.flywheels.scenarios import RunSpec
from putar.flywheels.simulate import draws_for, draws_of, simulate
from putar.flywheels.tables import TableFinding, find_table, table_named
from putar.runs.design import Change
from tests.flywheels.bakery import FILES, bakery, problems
from tests.flywheels.tesla import flywheel

GROWTH = 1.06**40  # of ten years in quarters: income is 1600 at the start
COLUMN = """
[[table.column]]
variable = "shop.income"
label = "Income"
at = 10.0
"""
TABLES = f"""
[[table]]
name = "what_if"
title = "What if"
scenarios = ["base", "strike"]
{COLUMN}
[[table.column]]
variable = "shop.income"
label = "Carried by links"
at = 10.0
without_links = true

[[table]]
name = "dates"
title = "When"
dates = [0, 5]
[[table.column]]
variable = "shop.income"
label = "Income"
[[table.column]]
variable = "shop.income"
label = "More than at first"
since = 0.0

[[table]]
name = "levers"
title = "One at a time"
levers = true
{COLUMN}
[[table]]
name = "grid"
title = "Two prices"
set = {{ "oven.ploughback" = 0.0 }}
[[table.axis]]
label = "bread"
unit = "euro"
values = [1, 2]
factors = {{ "shop.price[bread]" = 1.0 }}
[[table.axis]]
label = "cake"
values = [3, 6]
factors = {{ "shop.price[cake]" = 1.0 }}
across = true
{COLUMN}
[[table.column]]
variable = "shop.sales[bread]"
label = "Bread"
once = true

[[table]]
name = "needed"
title = "What must be"
[[table.target]]
title = "twice as much"
variable = "shop.income"
at = 10.0
value = 3200
label = "ploughback"
factors = {{ "oven.ploughback" = 1.0 }}
low = 0.0
high = 1.0
[[table.target]]
title = "a million"
variable = "shop.income"
at = 10.0
value = 1e6
label = "ploughback"
factors = {{ "oven.ploughback" = 1.0 }}
low = 0.01
high = 0.4
spacing = "log"
{COLUMN}
[[table]]
name = "drivers"
title = "Drivers"
draws = 50
{COLUMN}
"""
TOML = FILES["flywheel.toml"] + TABLES


def table(folder: Path, name: str) -> TableFinding:
    told = bakery(folder, flywheel_toml=TOML)
    return find_table(told, table_named(told, name), RunSpec())


def test_scenarios_are_rows(tmp_path: Path) -> None:
    """A strike stops growth at the fifth year; without links there is half of that."""
    found = table(tmp_path, "what_if")
    grown, stopped = 1600 * GROWTH, 1600 * 1.06**20

    assert [names for names, _ in found.rows] == [("base",), ("strike",)]
    assert found.rows[0][1] == pytest.approx((grown, grown - stopped / 2))
    assert found.rows[1][1] == pytest.approx((stopped, stopped / 2))


def test_dates_are_rows(tmp_path: Path) -> None:
    """A level, and how much more it is than at another date."""
    found = table(tmp_path, "dates")

    assert found.rows[1] == (("5",), pytest.approx((1600 * 1.06**20, 1600 * (1.06**20 - 1))))


def test_what_is_cut_and_set_beside_a_table_holds_in_its_rows(tmp_path: Path) -> None:
    """With a link cut every scenario is without it; a constant that is set is set in all of them."""
    told = bakery(tmp_path, flywheel_toml=TOML)
    asked = table_named(told, "what_if")
    strike = find_table(told, asked, RunSpec(cuts={"ploughing_back": 5.0}))
    still = find_table(told, asked, RunSpec((Change({"oven.ploughback": 0.0}),)))

    assert [row[0] for _, row in strike.rows] == pytest.approx([1600 * 1.06**20] * 2)
    assert [row[0] for _, row in still.rows] == [1600.0, 1600.0]


def test_dates_between_steps_are_read_on_the_line(tmp_path: Path) -> None:
    """Half way through a quarter lies half way between its ends."""
    between = TOML.replace("dates = [0, 5]", "dates = [0.125, 5]").replace("since = 0.0", "since = 0.125")
    told = bakery(tmp_path, flywheel_toml=between)
    found = find_table(told, table_named(told, "dates"), RunSpec())

    assert found.rows[0][1] == pytest.approx((1600 * 1.03, 0.0))
    assert found.rows[1][1] == pytest.approx((1600 * 1.06**20, 1600 * (1.06**20 - 1.03)))


def test_levers_move_one_at_a_time(tmp_path: Path) -> None:
    """Nothing ploughed back, and everything: what that changes."""
    found = table(tmp_path, "levers")

    assert [names for names, _ in found.rows] == [("oven.ploughback", 0.0), ("oven.ploughback", 1.0)]
    assert [row[0] for _, row in found.rows] == pytest.approx(
        [1600 - 1600 * GROWTH, 1600 * 1.2**40 - 1600 * GROWTH]
    )


def test_grid_takes_all_combinations(tmp_path: Path) -> None:
    """Income is 0.7 bread + 0.3 cake a loaf; one price goes across."""
    found = table(tmp_path, "grid")

    assert [names for names, _ in found.rows] == [(1.0,), (2.0,)]
    assert [head["label"] for head in found.columns] == ["Income at 3", "Income at 6", "Bread"]
    assert found.rows[0][1] == pytest.approx((1600, 2500, 700))
    assert found.rows[1][1] == pytest.approx((2300, 3200, 1400))
    assert found.as_json()["table"]["rows"][0] == [1.0, *found.rows[0][1]]


def test_targets_are_solved_for(tmp_path: Path) -> None:
    """Twice as much in ten years takes a growth of 2^(1/40) a quarter; a million is out of reach."""
    found = table(tmp_path, "needed")
    (twice, million) = found.rows
    needed = 5 * (2 ** (1 / 40) - 1)  # a growth of 0.2 times the share a quarter

    assert twice[0] == ("twice as much", 3200.0, "ploughback")
    assert twice[1] == pytest.approx((needed, 0.0, 1.0, 3200.0, 3200.0))
    assert million[1] == (None, 0.01, 0.4, pytest.approx(1600 * 1.08**40), pytest.approx(1600 * 1.08**40))


def test_drivers_are_ranked(tmp_path: Path) -> None:
    """The one constant that is drawn decides all; its correlation is that of another library."""
    found = table(tmp_path, "drivers")

    assert found.rows == ((("oven.ploughback",), (pytest.approx(1.0), pytest.approx(0.0))),)
    assert found.summary["members"] == 50


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("dates = [0, 5]", "", "the rows of 'dates' are nothing"),
        ("dates = [0, 5]", "dates = [0, 5]\ndraws = 9", "the rows of 'dates' are dates and draws"),
        ("dates = [0, 5]", "dates = 5", "dates is not a list of dates"),
        ("levers = true", 'levers = "all"', "levers is neither true nor false"),
        ("draws = 50", "draws = 1", "draws needs a whole number above 1"),
        ("values = [1, 2]", "values = []", "an axis without values"),
        ("values = [1, 2]", "values = [1, 2]\nacross = true", "two axes go across"),
        ('"strike"]', '"strikes"]', "unknown scenario 'strikes'"),
        ("high = 1.0", "high = 0.0", "nothing lies between 0 and 0"),
        ("low = 0.01", "low = 0.0", "nothing lies between 0 and 0.4"),
        ('factors = { "oven.ploughback" = 1.0 }', "", "no constant is set"),
        ('"shop.price[bread]" = 1.0', '"shop.prize[bread]" = 1.0', "unknown constant 'shop.prize[bread]'"),
        ("at = 10.0\nvalue = 3200", "at = 11.0\nvalue = 3200", "at 11 is outside the run"),
    ],
)
def test_mistakes_are_pointed_at(tmp_path: Path, old: str, new: str, said: str) -> None:
    """Each in its line of flywheel.toml."""
    assert old in TABLES
    told = problems(tmp_path, flywheel_toml=FILES["flywheel.toml"] + TABLES.replace(old, new, 1))

    assert any(text.startswith("flywheel.toml:") and said in text for text in told), told


def test_too_few_draws_are_refused(tmp_path: Path) -> None:
    """Ten draws say nothing, and nothing drawn says nothing either."""
    study = putar.Study(bakery(tmp_path))

    with pytest.raises(UsageError, match="10 draws say nothing about drivers"):
        study.sensitivity(members=10)
    with pytest.raises(UsageError, match="has a distribution, so nothing is drawn"):
        study.sensitivity(set={"oven.ploughback": 0.3})


# the shipped tables --------------------------------------------------------------------------------


def shipped(name: str) -> TableFinding:
    return find_table(flywheel(), table_named(flywheel(), name), RunSpec())


def test_orbit_frontier() -> None:
    """The published corner of the grid, and where orbit wins at all: with the cheapest satellites alone."""
    rows = dict(shipped("orbit_frontier").rows)
    known = {
        (36.5, 22.0): (2.77, 1.92, 1.68, 1.61, 1.53, -685, -460),
        (70.0, 22.0): (2.18, 1.73, 1.61, 1.57, 1.53, -1314, -883),
        (70.0, 10.0): (1.84, 1.39, 1.27, 1.23, 1.19, -474, -43),
        (70.0, 5.0): (1.70, 1.25, 1.13, 1.09, 1.05, -124, 307),
        (100.0, 5.0): (1.50, 1.19, 1.11, 1.08, 1.05, -177, 439),
        (100.0, 3.0): (1.45, 1.13, 1.05, 1.02, 0.99, 23, 639),
    }

    assert len(rows) == 24
    for satellite, (*ratios, even, unworn) in known.items():
        assert rows[(*satellite, 0.09)][:5] == pytest.approx(ratios, abs=0.0051)
        assert rows[(*satellite, 0.09)][5] == pytest.approx(even, abs=0.51)
        assert rows[(*satellite, 0.0)][5] == pytest.approx(unworn, abs=0.51)
    wins = {names[1] for names, values in rows.items() if names[2] and min(values[:5]) < 1}
    assert wins == {3.0}


def test_satellites_must_be_so_cheap() -> None:
    """0.4 dollars a watt with nine percent of the chips dying a year, 6.5 without."""
    needed = [values[0] for _, values in shipped("satellite_cost_needed").rows]

    assert needed == pytest.approx([0.4, 6.5], abs=0.051)


def test_what_would_have_to_be_true() -> None:
    """The article's value takes a share of 0.703 at equal quality and 30 % of the market."""
    article, market, capped, *_ = [values for _, values in shipped("what_would_have_to_be_true").rows]

    assert article[0] == pytest.approx(0.703, rel=5e-3)
    assert article[4] == pytest.approx(0.30, abs=0.006)
    assert market[0] == pytest.approx(
        1.158, rel=0.02
    )  # published from forty points with straight lines between
    assert market[4] == pytest.approx(0.49, abs=0.01)
    assert (capped[0], round(capped[3])) == (None, 2266)


def test_scenarios_show_the_synergy() -> None:
    """Value, and what all links carry of it."""
    rows = {names[0]: values for names, values in shipped("scenarios").rows}
    synergy = {name: round(values[1]) for name, values in rows.items()}

    assert synergy == {
        "base": 68,
        "chip_delay": 70,
        "starship_slip": 61,
        "data_saturation": 39,
        "robotaxi_failure": 22,
        "capital_drought": 31,
        "narrative": 2112,
    }


def test_rank_correlations_are_those_of_another_library() -> None:
    """Every driver of the value against scipy's own, and their standard errors."""
    spec = RunSpec(members=60, seed=3)
    found = find_drivers(flywheel(), spec, "valuation.value", 2035.0)
    values = simulate(flywheel(), spec, save=("valuation.value",), save_at=(2035.0,)).at(
        "valuation.value", 2035.0
    )
    drawn = {
        n: v for c in draws_of(flywheel(), draws_for(flywheel(), 60, 3), set()) for n, v in c.values.items()
    }

    assert len(found.drivers) == len(drawn) == 126
    for driver in found.drivers:
        assert driver.correlation == pytest.approx(spearmanr(drawn[driver.name], values).statistic, abs=1e-12)
    assert np.mean([d.error for d in found.drivers]) == pytest.approx(1 / np.sqrt(57), rel=0.05)


def test_orbit_frontier_tells_the_page_where_both_sides_are_equal() -> None:
    """The level, the axis that goes across, and its value in each column."""
    told = putar.load("tesla-xai-spacex")
    table = told.table("orbit_frontier").as_json()["table"]
    assert isinstance(table, dict)
    prices = [column["launch price"] for column in table["columns"] if "launch price" in column]

    assert (table["even"], table["across"], table["across_unit"]) == (1.0, "launch price", "USD/kg")
    assert prices == [1600.0, 500.0, 200.0, 100.0, 0.0]
    assert "even" not in told.table("orbit_at_70").as_json()["table"]  # type: ignore[operator]
