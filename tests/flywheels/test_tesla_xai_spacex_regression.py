"""Numbers of the Tesla-xAI-SpaceX flywheel that must not move without somebody meaning it.

They were made by an independent program from the same equations (Euler, 1/16 year) and printed to the
digits given here.
"""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import spearmanr

from putar.analysis.synergy import Synergy
from putar.flywheels.links import find_links
from putar.flywheels.questions import Protocol
from putar.flywheels.scenarios import RunSpec, find_scenario
from putar.flywheels.simulate import simulate
from putar.runs.design import Change
from tests.flywheels.tesla import END, NOW, PARTS, VALUE, at, base, flywheel, links, run, series, with_step

# the base run --------------------------------------------------------------------------------------

DATES = (2024.0, 2025.0, 2026.0, 2027.0, 2028.0, 2030.0, 2032.0, 2034.0, 2035.0)
BASE_RUN = """
energy.deployment 24.86 33.49 47.57 63.02 88.64 135.6 167.8 192.9 204.6
energy.gross_margin 0.216 0.2792 0.3206 0.2869 0.2773 0.2562 0.2448 0.2332 0.2273
facility.powered_capacity 0.0132 0.1843 0.6876 1.754 2.865 4.586 5.48 6.047 6.247
facility.ground_hardware 0.008039 0.1484 0.7402 2.51 5.236 13.65 27.07 53.13 74.48
facility.hardware_for_own_models 0.008039 0.1484 0.7402 1.255 2.618 6.88 13.72 27.08 38.08
models.relative_quality 0.6482 0.8584 0.9193 0.9042 0.8745 0.831 0.8063 0.777 0.7629
models.model_revenue 0.007281 0.1393 0.8411 2.498 4.183 6.962 9.573 11.6 12.32
facility.leasing_revenue 0 0 0 24.38 32.21 29.58 31.55 33.3 34.26
finance.ai_operating_cash 0.2783 -1.245 -5.736 13.59 18.78 13.08 14.02 14.74 15.06
finance.ai_capital_spending 3.5 7 19 33 37.8 35.9 37.95 40.69 42.19
finance.return_on_ai_capital 0.875 0.09482 0.01815 0.3808 0.3295 0.192 0.1713 0.1597 0.1555
vehicles.sales 1.837 1.717 1.594 1.549 1.534 1.594 1.976 2.223 2.259
data.cumulative_miles 0.7527 2.982 7.464 15.2 27.93 80.71 195.5 387.9 500.8
vehicles.miles_between_critical_failures 135.5 491.4 1416 3794 9650 5.768e4 3.146e5 1.548e6 3.285e6
vehicles.driverless_permission 1.836e-6 2.415e-5 0.0002006 0.001437 0.009225 0.2496 0.9083 0.9958 0.9991
vehicles.robotaxi_fleet 9.872e-9 1.673e-7 1.64e-6 1.257e-5 8.521e-5 0.003078 0.06011 0.4927 0.8839
robots.production 0.5835 0.7444 0.9412 1.531 3.947 30.7 276.1 582.6 597.5
robots.fleet 1.135 1.528 2.013 2.654 4.456 24.76 214.7 937.1 1306
launch.starship_operational_flights 0 0 0 6.278 12.9 51.62 167.9 347 414.5
launch.starship_cost_per_kilogram 1600 1600 1600 1570 1182 715.7 467.9 342.8 306.6
orbit.orbit_to_ground_cost_ratio 2.858 2.82 2.785 2.642 2.148 1.628 1.381 1.253 1.211
orbit.break_even_launch_price -638.3 -657.1 -675.8 -581.8 -569.6 -514.6 -428.4 -333 -290.6
orbit.capacity 0 0 0 0 0 0.02749 0.06009 0.09418 0.1136
connectivity.subscribers 2.444 4.978 8.301 12.28 17 28.15 38.35 46.34 49.4
connectivity.revenue 5.412 9.553 14.37 19.66 25.49 38.13 48.82 56.78 59.76
connectivity.free_cash_flow 0.6601 2.185 4.271 6.479 9.46 20.24 26.76 31.67 33.59
finance.tesla_free_cash_flow 5.907 5.656 0.1295 -6.26 -3.347 2.416 7.459 6.47 11.02
finance.space_free_cash_flow -1.514 -0.5833 1.091 3.232 6.495 18.54 25.33 30.5 32.55
finance.group_free_cash_flow -0.06896 -4.361 -23.54 -22.44 -15.87 -2.358 6.997 8.701 12.98
"""
ROWS = {row.split()[0]: tuple(float(cell) for cell in row.split()[1:]) for row in BASE_RUN.split("\n") if row}
SIX_DIGITS = [
    ("energy.deployment", 2030.0, 135.565),
    ("energy.gross_margin", 2026.5, 0.291855),
    ("facility.powered_capacity", 2026.0, 0.687595),
    ("facility.powered_capacity", 2035.0, 6.24669),
    ("facility.ground_hardware", 2030.0, 13.6504),
    ("facility.market_rent", 2026.5, 15.8769),
    ("chips.capital_multiplier", 2035.0, 0.916394),
    ("models.relative_quality", 2030.0, 0.831026),
    ("models.market_share", 2035.0, 0.0112009),
    ("vehicles.sales", 2030.0, 1.59412),
    ("vehicles.driverless_permission", 2030.0, 0.249612),
    ("vehicles.robotaxi_fleet", 2035.0, 0.883904),
    ("data.cumulative_miles", 2026.0, 7.46381),
    ("data.cumulative_miles", 2035.0, 500.824),
    ("robots.production", 2032.0, 276.144),
    ("robots.fleet", 2035.0, 1305.97),
    ("launch.starship_operational_flights", 2030.0, 51.6185),
    ("launch.starship_cost_per_kilogram", 2035.0, 306.564),
    ("orbit.orbit_to_ground_cost_ratio", 2035.0, 1.21101),
    ("orbit.break_even_launch_price", 2035.0, -290.628),
    ("orbit.capacity", 2035.0, 0.113579),
    ("connectivity.satellites", 2026.0, 8860.38),
    ("connectivity.subscribers", 2030.0, 28.1496),
    ("connectivity.free_cash_flow", 2035.0, 33.5893),
    ("finance.ai_capital_spending", 2030.0, 35.8951),
    ("finance.space_cash", 2035.0, 134.884),
    ("finance.tesla_cash", 2035.0, 58.9158),
    ("finance.tesla_free_cash_flow", 2030.0, 2.41582),
    ("finance.group_free_cash_flow", 2026.0, -23.5421),
    ("finance.group_free_cash_flow", 2035.0, 12.9807),
]


@pytest.mark.parametrize("name", ROWS)
def test_base_run_gives(name: str) -> None:
    """Every cell of the base run's table, to its four printed digits."""
    found = [f"{at(base(), name, date):.4g}" for date in DATES]

    assert found == [f"{cell:.4g}" for cell in ROWS[name]]


@pytest.mark.parametrize(("name", "date", "expected"), SIX_DIGITS)
def test_variable_gives(name: str, date: float, expected: float) -> None:
    """Values of every subsystem, to a hundredth of a percent."""
    assert at(base(), name, date) == pytest.approx(expected, rel=1e-4)


def test_what_is_left_without_links() -> None:
    """Power, miles, subscribers and quality of 2035 with every link cut from mid-2026."""
    cut = run(cut=links())
    names = ("facility.powered_capacity", "data.cumulative_miles", "connectivity.subscribers")
    found = [at(cut, name) for name in (*names, "models.relative_quality")]

    assert found == pytest.approx([2.76079, 412.208, 47.2935, 0.578258], rel=1e-4)


@pytest.mark.parametrize(
    ("series_name", "error"),
    [
        *(("storage_deployed", 14.6), ("energy_revenue", 9.9), ("energy_gross_profit", 4.3)),
        *(("deliveries", 2.3), ("assisted_miles", 1.4), ("assisted_users", 58.6), ("falcon_launches", 6.8)),
        *(("satellites", 5.2), ("downlink_capacity", 6.6), ("connectivity_revenue", 2.8)),
        *(("powered_capacity", 19.4), ("ground_hardware", 17.1), ("segment_revenue", 0.3)),
    ],
)
def test_model_meets_what_was_observed(series_name: str, error: float) -> None:
    """The mean error in percent; a year is the mean of its sixteen steps, a date lies between steps."""
    misses = []
    for seen in flywheel().series[series_name]:
        level, times = series(base(), seen.variable), base().times
        if seen.until is None:
            model = np.interp(seen.time, times, level)
        else:
            model = level[(times >= seen.time) & (times < seen.until)].mean() * (seen.until - seen.time)
        misses.append(abs(model / seen.value - 1))

    assert 100 * float(np.mean(misses)) == pytest.approx(error, abs=0.06)


# value ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cut", "whole", "present", "terminal"),
    [
        (False, 314.651, (5.4956, 84.0622, -117.252), (160.677, 181.669, 0.0)),
        (True, 246.826, (7.79142, 57.8032, -87.8264), (124.928, 144.13, 0.0)),
    ],
)
def test_value_is_three_parts(
    cut: bool, whole: float, present: tuple[float, ...], terminal: tuple[float, ...]
) -> None:
    """Present and terminal value of Tesla, space and AI, with all links and with none."""
    found = run(cut=links() if cut else ())

    assert at(found, VALUE) == pytest.approx(whole, rel=1e-4)
    assert [at(found, f"valuation.present_value[{p}]") for p in PARTS] == pytest.approx(present, rel=1e-4)
    assert [at(found, f"valuation.terminal_value[{p}]") for p in PARTS] == pytest.approx(terminal, rel=1e-4)


# value with all links and with none; robotaxis and orbit 2035, AI capital 2030; Tesla, space, AI
SCENARIOS = {
    "base": (314.651, 246.826, 0.88, 0.114, 36, 166, 266, -117),
    "chip_delay": (288.795, 219.269, 0.55, 0.107, 35, 142, 266, -119),
    "starship_slip": (315.275, 254.36, 0.88, 0.060, 36, 166, 266, -117),
    "data_saturation": (259.577, 220.51, 0.18, 0.114, 36, 111, 266, -117),
    "robotaxi_failure": (187.961, 166.325, 0.00, 0.114, 36, 39, 266, -117),
    "capital_drought": (298.393, 267.464, 0.88, 0.100, 31, 166, 271, -139),
    "narrative": (4758.15, 2646.19, 5.46, 7.429, 90, 900, 450, 3409),
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario_gives(name: str) -> None:
    """Each scenario's row: values to a hundredth of a percent, the rest to its printed digits."""
    whole, apart, *row = SCENARIOS[name]
    found = run(scenario=name)
    seen = [
        at(found, "vehicles.robotaxi_fleet"),
        at(found, "orbit.capacity"),
        at(found, "finance.ai_capital_spending", 2030.0),
        *(at(found, f"valuation.part_value[{part}]") for part in PARTS),
    ]

    assert at(found, VALUE) == pytest.approx(whole, rel=1e-4)
    assert at(run(scenario=name, cut=links()), VALUE) == pytest.approx(apart, rel=1e-4)
    for value, expected, half in zip(seen, row, (0.005, 0.0005, 0.5, 0.5, 0.5, 0.5), strict=True):
        assert value == pytest.approx(expected, abs=1.01 * half)


LEVERS = [
    *(("facility.leasing_policy_share", 0.0, -35), ("facility.leasing_policy_share", 0.35, -22)),
    *(("facility.leasing_policy_share", 0.9, 80), ("models.training_share", 0.2, -7)),
    *(("models.training_share", 0.8, 6), ("chips.target_share", 0.0, -2), ("chips.target_share", 1.0, 1)),
    *(("orbit.offered_share_of_capital", 0.0, 0), ("orbit.offered_share_of_capital", 0.8, 0)),
    *(("orbit.strategic_share", 0.0, 0), ("orbit.strategic_share", 1.0, 1)),
    *(("orbit.deployment_start_year", 2027.5, 0), ("orbit.deployment_start_year", 2032.0, 0)),
    *(("orbit.share_of_starship_mass", 0.2, 0), ("orbit.share_of_starship_mass", 0.8, 0)),
    *(("data.usable_data_share", 0.2, -29), ("data.usable_data_share", 1.0, 0)),
    *(("finance.ai_spending_multiplier", 0.3, 84), ("finance.ai_spending_multiplier", 2.0, -85)),
    *(("finance.return_sensitivity_of_spending", 0.0, -28),),
    *(("finance.return_sensitivity_of_spending", 1.0, 11),),
]


def test_levers_move_the_value() -> None:
    """One lever at a time, in billions of dollars; every lever of the file has a row."""
    moved = [at(run({name: to}), VALUE) - at(base(), VALUE) for name, to, _ in LEVERS]

    assert moved == pytest.approx([by for _, _, by in LEVERS], abs=0.51)
    assert {name for name, _, _ in LEVERS} == {lever.variable for lever in flywheel().levers}


def test_a_market_value_needs_a_grok_as_large_as_all_rivals() -> None:
    """With no ceiling in the way 2,250 takes a share at equal quality of 0.70, and 1.2 reaches 3,740."""
    ceiling = {"models.market_share_ceiling": 0.5}
    seed = run({**ceiling, "models.share_at_equal_quality": 0.703})
    top = run({**ceiling, "models.share_at_equal_quality": 1.2})
    capped = run({"models.share_at_equal_quality": 1.2})

    assert at(seed, VALUE) == pytest.approx(2250, rel=5e-3)
    assert at(seed, "models.market_share") == pytest.approx(0.30, abs=0.006)
    assert [at(top, VALUE), at(capped, VALUE)] == pytest.approx([3740, 2266], abs=0.51)


# orbit against ground ------------------------------------------------------------------------------

PRICES = (1600, 500, 200, 100, 0)
# watts per kilogram and dollars per watt: cost ratio by launch price, break-even price, without attrition
FRONTIER = {
    (36.5, 22): (2.77, 1.92, 1.68, 1.61, 1.53, -685, -460),
    (70.0, 22): (2.18, 1.73, 1.61, 1.57, 1.53, -1314, -883),
    (70.0, 10): (1.84, 1.39, 1.27, 1.23, 1.19, -474, -43),
    (70.0, 5): (1.70, 1.25, 1.13, 1.09, 1.05, -124, 307),
    (100.0, 5): (1.50, 1.19, 1.11, 1.08, 1.05, -177, 439),
    (100.0, 3): (1.45, 1.13, 1.05, 1.02, 0.99, 23, 639),
}


@pytest.mark.parametrize("satellite", FRONTIER)
def test_orbit_wins_only_beyond_the_frontier(satellite: tuple[float, float]) -> None:
    """Cost ratio and break-even price for given satellites, read in 2027 with flat costs."""
    power, cost = satellite
    flat = {
        "orbit.specific_power_multiplier": power / 37.0,  # the path stands at 37 in 2027
        "orbit.initial_satellite_cost": 1000.0 * cost,
        "orbit.satellite_cost_floor": 1000.0 * cost,
        "chips.target_share": 0.0,
    }
    paid = [{"launch.initial_starship_cost": price, "launch.starship_cost_floor": price} for price in PRICES]
    ratios = [at(run({**flat, **price}), "orbit.orbit_to_ground_cost_ratio", 2027.0) for price in paid]
    even = [
        at(run({**flat, **change}), "orbit.break_even_launch_price", 2027.0)
        for change in ({}, {"orbit.chip_failure_rate": 0.0})
    ]

    assert ratios == pytest.approx(FRONTIER[satellite][:5], abs=0.0051)
    assert even == pytest.approx(FRONTIER[satellite][5:], abs=0.51)


# links ---------------------------------------------------------------------------------------------

# in the file's order: storage, facility, chips, models, data, X, stack, launch, orbit, cash, endpoints
BORDER = "across inside across across inside inside inside inside across across across"
SHAPLEY = (2.2, 10.2, -12.3, 6.1, 37.8, 1.3, 1.8, 63.0, 0.1, -43.4, 1.1)
LAST = (4.6, 17.7, -11.3, 5.9, 37.5, 2.4, 1.9, 64.6, 0.2, -32.1, 1.3)
FIRST = (0.1, 3.2, -13.0, 6.5, 38.1, 0.6, 1.7, 60.7, 0.0, -54.3, 0.8)
FROM_2020 = (1.7, 6.0, -12.5, 5.6, 45.4, 1.0, 1.8, 168.2, 0.1, -60.0, 1.1)
NARRATIVE = (-8.3, 557.4, 592.1, 0.3, 21.0, 721.0, 4.2, 31.8, 186.0, 0.0, 6.4)
NARRATIVE_LAST = (-37.1, 641.5, 696.3, 2.8, 23.0, 816.1, 4.5, 31.8, 182.0, 0.0, 6.0)
NARRATIVE_FIRST = (10.2, 475.1, 486.7, -2.3, 19.1, 627.5, 4.0, 31.9, 180.1, 0.0, 6.9)


def across_borders(found: Synergy) -> float:
    """What links between firms carry."""
    return sum(
        float(x) for x, form in zip(found.shapley, flywheel().links, strict=True) if form.border == "across"
    )


def test_links_carry_what_holds_the_position() -> None:
    """Exact values of all 2,048 sets; they add up to the synergy; launch to Starlink is the linchpin."""
    protocol = flywheel().protocols[0]
    found = find_links(flywheel(), protocol, RunSpec()).point
    across = across_borders(found)

    assert (protocol.output, protocol.at, protocol.cut_from) == (VALUE, END, NOW)
    assert " ".join(form.border for form in flywheel().links) == BORDER
    assert found.shapley.tolist() == pytest.approx(SHAPLEY, abs=0.051)
    assert found.last.tolist() == pytest.approx(LAST, abs=0.051)
    assert found.first.tolist() == pytest.approx(FIRST, abs=0.051)
    assert found.all - found.none == pytest.approx(67.8251, rel=1e-5)
    assert float(found.shapley.sum()) == pytest.approx(found.all - found.none, abs=1e-9)
    assert across == pytest.approx(-46, abs=0.5)
    assert (found.linchpin, found.exact, found.runs) == ("launch_to_starlink", True, 2048)


def test_links_carry_what_built_the_position() -> None:
    """The same with links cut from 2020: without own rockets nothing of the synergy would be left."""
    found = find_links(flywheel(), flywheel().protocols[1], RunSpec()).point

    assert flywheel().protocols[1].cut_from == 2020.0
    assert found.none == pytest.approx(156.446, rel=1e-4)
    assert found.shapley.tolist() == pytest.approx(FROM_2020, abs=0.051)
    assert found.linchpin == "launch_to_starlink"


def test_links_in_the_narrative() -> None:
    """If all goes right the signal of X is the linchpin, and rockets matter less."""
    told = find_scenario(flywheel().scenarios, "narrative").spec
    found = find_links(flywheel(), Protocol(VALUE, "value", END, NOW), told).point
    across = across_borders(found)

    assert (found.all, found.none) == pytest.approx((4758.15, 2646.19), rel=1e-4)
    assert found.shapley.tolist() == pytest.approx(NARRATIVE, abs=0.051)
    assert found.last.tolist() == pytest.approx(NARRATIVE_LAST, abs=0.051)
    assert found.first.tolist() == pytest.approx(NARRATIVE_FIRST, abs=0.051)
    assert across == pytest.approx(777, abs=0.5)
    assert found.linchpin == "x_signal_to_models"


# step and draws ------------------------------------------------------------------------------------

HALVED = {  # change of 2035 in percent at half and at a quarter of the step
    "finance.group_free_cash_flow": (4.9, 7.2),
    "facility.powered_capacity": (0.1, 0.2),
    "connectivity.subscribers": (0.9, 1.4),
    "vehicles.robotaxi_fleet": (2.2, 3.2),
    "data.cumulative_miles": (0.6, 0.9),
}


def test_a_finer_step_changes_little() -> None:
    """The method is of first order: a sixteenth of a year costs three percent of the value."""
    finer = [run(of=with_step(step)) for step in (1 / 32, 1 / 64)]

    assert [at(found, VALUE) for found in finer] == pytest.approx([319.5, 321.9], abs=0.051)
    for name, changes in HALVED.items():
        moved = [100 * (at(found, name) / at(base(), name) - 1) for found in finer]
        assert moved == pytest.approx(changes, abs=0.051), name


def test_draws_spread_the_value() -> None:
    """Value and synergy over 126 drawn constants: 5, 50 and 95 percent points, within sampling error."""
    spec = RunSpec(members=2000, seed=7)
    one, other = (
        simulate(flywheel(), told, save=(VALUE,), save_at=(END,)).at(VALUE, END)
        for told in (spec, replace(spec, cuts=dict.fromkeys(links(), NOW)))
    )
    low, median, high = np.percentile(one, (5, 50, 95))

    assert median == pytest.approx(331, rel=0.1)
    assert (low, high) == pytest.approx((134, 716), rel=0.15)
    assert float(np.median(one - other)) == pytest.approx(91, rel=0.15)
    assert float(np.mean(one > 2250.0)) < 0.005


DRIVERS = {  # rank correlation with the value
    "finance.discount_rate": -0.54,
    "connectivity.addressable_subscribers": 0.34,
    "vehicles.driverless_demand_boost": 0.27,
    "vehicles.robotaxi_cash_margin": 0.24,
    "vehicles.data_elasticity": 0.23,
    "connectivity.subscribers_per_capacity": 0.22,
    "robots.production_ceiling": 0.19,
    "vehicles.robotaxi_fleet_ceiling": 0.18,
    "vehicles.miles_per_robotaxi": 0.17,
    "connectivity.downlink_per_starship_satellite": -0.17,
}


def test_the_same_300_draws_give_the_same_spread() -> None:
    """Drawn in the order of parameters.toml, as the independent program drew, all figures are its own."""
    generator = np.random.default_rng(7)
    known = [(n, p) for v in flywheel().model.variables for n, p in flywheel().model.parameters(v)]
    drawn = {n: generator.triangular(p.low, p.value, p.high, 300) for n, p in known if p.distribution}
    spec = RunSpec((Change(drawn),))
    one, other = (
        simulate(flywheel(), told, save=(VALUE,), save_at=(END,)).at(VALUE, END)
        for told in (spec, replace(spec, cuts=dict.fromkeys(links(), NOW)))
    )
    ranked = {name: float(spearmanr(values, one).statistic) for name, values in drawn.items()}
    strongest = sorted(ranked, key=lambda name: -abs(ranked[name]))[: len(DRIVERS)]

    assert np.percentile(one, (5, 50, 95)).round().tolist() == [134, 331, 716]
    assert np.percentile(one - other, (5, 50, 95)).round().tolist() == [-17, 91, 298]
    assert (one <= 2250.0).all()
    assert strongest == list(DRIVERS)
    assert [ranked[name] for name in strongest] == pytest.approx(list(DRIVERS.values()), abs=0.0051)


def test_forty_values_on_a_line_give_what_would_have_to_be_true() -> None:
    """The share at equal quality for 2,250 and for 3,620, and Grok's share of the market with it."""
    tried = np.geomspace(0.02, 1.2, 40)
    change = Change({"models.share_at_equal_quality": tried, "models.market_share_ceiling": 0.5})
    ran = simulate(flywheel(), RunSpec((change,)), save=(VALUE, "models.market_share"), save_at=(END,))
    value, share = ran.at(VALUE, END), ran.at("models.market_share", END)
    needed = np.interp((2250.0, 3620.0), value, tried)

    assert needed == pytest.approx([0.703, 1.158], abs=5e-4)
    assert np.interp((2250.0, 3620.0), value, share) == pytest.approx([0.30, 0.49], abs=0.0051)
