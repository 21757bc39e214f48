"""The Tesla-xAI-SpaceX flywheel: a source behind every number, books that balance, extremes with sense."""

from collections.abc import Iterable

import numpy as np
import pytest
from numpy.typing import NDArray

from putar.flywheels.claims import check_claims
from putar.flywheels.problems import find_problems
from putar.flywheels.story import read_story
from putar.language.check import check
from putar.language.dimensional import check_units
from putar.language.expr import Number, walk
from putar.language.model import Equation, Variable
from putar.runs.ensemble import Status
from tests.flywheels.tesla import END, NOW, VALUE, at, base, flywheel, links, run, series

SOURCED = ("reported", "estimated", "claimed")
SOURCES_OF_CASH = (
    *("finance.ai_operating_cash", "finance.outside_capital_for_ai"),
    *("finance.space_free_cash_flow", "finance.space_equity_raised"),
)
MAY_BE_NEGATIVE = ("finance.space_cash", "finance.tesla_cash")
NO_FALCON = {"launch.initial_falcon_launches": 0.0, "connectivity.initial_satellites": 1e-9}
NO_CARS = {
    "vehicles.initial_sales": 0.0,
    "vehicles.initial_fleet": 1e-9,
    "vehicles.initial_driver_assistance_users": 0.0,
}
NO_STARSHIP = {"launch.starship_start_year": 2040.0}
FREE_SATELLITES = {
    "orbit.chip_failure_rate": 0.0,
    "orbit.initial_satellite_cost": 0.0,
    "orbit.satellite_cost_floor": 0.0,
}
NEUTRAL = {  # price = cost, quality 1, no wait: what the other side of each link would give
    "energy.outside_vendor_delay": 0.0,
    "facility.rental_spread": 0.0,
    "models.rented_capacity_availability": 1.0,
    "chips.capital_saving": 0.0,
    "chips.yearly_design_cost": 0.0,
    "vehicles.shared_model_progress_rate": 0.0,
    "vehicles.driving_model_licence_fee": 0.0,
    "data.purchasable_data_share": 1.0,
    "data.bought_data_price": 0.0,
    "models.live_signal_correction_rate": 0.0,
    "models.exclusive_text_quality_gain": 0.0,
    "models.live_stream_licence_fee": 0.0,
    "robots.vehicle_stack_transfer": 0.0,
    "launch.rival_launch_availability": 1.0,
    "launch.falcon_list_price": 0.018,  # what a Falcon costs inside
    "launch.list_price_markup": 1.0,
    "finance.minimum_space_cash": 1e9,  # nothing to hand over
    "finance.standalone_capital_share": 1.0,
    "connectivity.outside_endpoint_cost": 0.12,  # what an endpoint costs inside
}
SCENARIOS = (
    *("base", "chip_delay", "starship_slip", "data_saturation", "robotaxi_failure"),
    *("capital_drought", "narrative", "default_parameters"),
)


def equations(variable: Variable) -> Iterable[Equation]:
    """The equations of a variable and of its elements."""
    return [e for e in (variable.equation, *(e for _, e in variable.elements)) if e is not None]


def unbooked(stock: str, arriving: Iterable[str], leaving: Iterable[str] = ()) -> float:
    """The largest difference between a level of the base run and its opening plus its net flow."""
    return unbooked_sum((stock,), arriving, leaving)


def unbooked_sum(stocks: Iterable[str], arriving: Iterable[str], leaving: Iterable[str] = ()) -> float:
    """The same for the sum of several levels."""

    def total(names: Iterable[str]) -> NDArray[np.float64]:
        return np.sum([np.zeros_like(base().times), *(series(base(), name) for name in names)], axis=0)

    held, net = total(stocks), total(arriving) - total(leaving)
    booked = held[0] + np.cumsum(net[:-1]) * flywheel().model.time.step
    return float(np.abs(held[1:] - booked).max())


# sources -------------------------------------------------------------------------------------------


def test_model_has_no_problem() -> None:
    """Names, flows and units are right, the files raise no warning, and the claims can be read."""
    model = flywheel().model

    assert check(model) == ()
    assert check_units(model) == ()
    assert flywheel().problems == ()
    assert read_story(flywheel()).problems == ()


def test_every_variable_says_why() -> None:
    """A variable has a unit and a reason; a curve has a status, and facts or an assumption behind it."""
    variables = [v for v in flywheel().model.variables if v.kind != "constant"]
    curves = [v for v in variables if v.kind == "curve"]

    assert [v.name for v in variables if not (v.reason and v.unit)] == []
    assert [v.name for v in curves if v.status is None] == []
    assert [v.name for v in curves if v.status in SOURCED and not v.facts] == []
    assert [v.name for v in curves if v.status not in SOURCED and "assumed" not in v.reason + v.status] == []


def test_every_constant_says_why() -> None:
    """A constant without a fact behind it is assumed, fixed, fitted or decided, and gives a reason."""
    constants = [(name, p) for v in flywheel().model.variables for name, p in flywheel().model.parameters(v)]

    assert [name for name, p in constants if not p.reason] == []
    assert [name for name, p in constants if not p.facts and p.status in SOURCED] == []
    assert sum(p.fitted is not None for _, p in constants) == 27
    assert sum(p.distribution is not None for _, p in constants) == 126
    assert [name for name, p in constants if p.distribution and p.status not in (*SOURCED, "assumed")] == []


def test_no_number_hides_in_an_equation() -> None:
    """Only 0, 1, 2 and the one half of a square root stand in equations; all else has a name and a reason."""
    literals = {
        (v.name, node.value)
        for v in flywheel().model.variables
        for equation in equations(v)
        for node in walk(equation.expr)
        if isinstance(node, Number)
    }

    assert {value for _, value in literals} <= {0.0, 0.5, 1.0, 2.0}
    assert [name for name, value in literals if value == 0.5] == ["data.compute_optimal_tokens"]


def test_every_constant_is_used() -> None:
    """No constant stands in parameters.toml for nothing."""
    words = set()
    for variable in flywheel().model.variables:
        for equation in equations(variable):
            names = [str(getattr(node, "name", "")) for node in walk(equation.expr)]
            words |= {flywheel().model.resolve(name, variable.subsystem) for name in names if name}

    assert [v.name for v in flywheel().model.variables if v.kind == "constant" and v.name not in words] == []


def test_no_fact_is_an_orphan() -> None:
    """A fact stands behind a constant, equation, link, series or claim, or is marked as context."""
    assert len(flywheel().facts) == 259
    assert [problem.what for problem in find_problems(flywheel())] == []


def test_observations_carry_the_value_of_their_fact() -> None:
    """Each but the two series that read facts in other units."""
    read_otherwise = ("powered_capacity", "ground_hardware")
    wrong = [
        f"{seen.series} {seen.time:g}"
        for name, rows in flywheel().series.items()
        for seen in rows
        if name not in read_otherwise and flywheel().fact(seen.fact).number != seen.value
    ]

    assert wrong == []


def test_claims_are_judged() -> None:
    """The verdicts at the central values: arithmetic that holds, and a story that does not."""
    found = {one.id: one.verdict for one in check_claims(flywheel(), members=0)}

    assert {found[name] for name in ("storage_2025", "homes")} == {"holds"}
    assert {found[name] for name in ("closed_loop", "chip_independence", "cannot_fail")} == {"refuted"}
    assert {found[name] for name in ("world_money", "synergy")} == {"mixed"}


# books ---------------------------------------------------------------------------------------------


def test_cash_is_earned_or_raised_and_spent() -> None:
    """AI and space together: what they pass to each other cancels, to a millionth of a billion dollars."""
    gap = unbooked_sum(
        ("finance.ai_cash", "finance.space_cash"),
        SOURCES_OF_CASH,
        ("facility.ground_capital_spending", "orbit.capital_spending"),
    )

    assert gap < 1e-6
    assert at(base(), "finance.ai_cash") + at(base(), "finance.space_cash") - 5.0 == pytest.approx(129.962588)


def test_gigawatts_are_not_lost() -> None:
    """Money becomes projects, projects become power, power is worn out; the same in orbit."""
    ground = ("facility.power_under_construction", "facility.powered_capacity")

    assert unbooked_sum(ground, ["facility.project_starts"], ["facility.power_retired"]) < 1e-9
    assert unbooked("orbit.capacity", ["orbit.capacity_launched"], ["orbit.capacity_retired"]) < 1e-9


def test_vehicles_satellites_and_robots_are_not_lost() -> None:
    """What is on the road, in orbit and at work is what was delivered less what was scrapped."""
    added = ("connectivity.falcon_satellites_added", "connectivity.starship_satellites_added")

    assert unbooked("vehicles.fleet", ["vehicles.sales"], ["vehicles.cars_scrapped"]) < 1e-9
    assert (
        unbooked("vehicles.robotaxi_fleet", ["vehicles.robotaxi_additions"], ["vehicles.robotaxis_retired"])
        < 1e-9
    )
    assert unbooked("connectivity.satellites", added, ["connectivity.satellites_lost"]) < 1e-6
    assert unbooked("robots.fleet", ["robots.production"], ["robots.robots_retired"]) < 1e-9


def test_mass_in_orbit_is_flights_times_load() -> None:
    """Flights, load and reliability, step by step."""
    flown = series(base(), "launch.starship_operational_flights") * series(base(), "launch.starship_payload")
    lifted = 0.5 + flown[:-1].sum() * 0.95 / 1000 / 16

    assert at(base(), "launch.cumulative_mass_to_orbit") == pytest.approx(153.1774, rel=1e-6)
    assert at(base(), "launch.cumulative_mass_to_orbit") == pytest.approx(lifted, rel=1e-12)


def test_value_is_the_sum_of_its_parts() -> None:
    """Present value is the discounted, taxed cash flow of the 137 moments from mid-2026 on."""
    moments = base().times >= NOW
    factor = np.exp(-0.1 * (base().times[moments] - NOW)) / 16
    tesla = series(base(), "finance.tesla_free_cash_flow")[moments]
    taxed = np.where(tesla > 0, 0.79, 1.0) * tesla
    parts = [at(base(), f"valuation.part_value[{part}]") for part in ("tesla", "space", "ai")]

    assert moments.sum() == 137
    assert at(base(), "valuation.present_value[tesla]") == pytest.approx(float((taxed * factor).sum()))
    assert at(base(), VALUE) == pytest.approx(sum(parts))


@pytest.mark.parametrize("rate", [0.03, 0.02])
def test_va_03_growth_that_outruns_the_discount_gives_no_value(rate: float) -> None:
    """VA-03: a flow that grows as fast as it is discounted, or faster, has no value; the run says so."""
    found = run({"finance.discount_rate": rate})

    assert found.status == (Status.NOT_FINITE,)
    assert "finance.discount_rate - finance.terminal_growth_rate" in found.failures[0].why


def test_va_04_neutral_terms_leave_nothing_to_cut() -> None:
    """VA-04: where every arm's-length term is that of the integrated one, links change nothing."""
    whole, apart = run(NEUTRAL), run(NEUTRAL, cut=links())

    assert at(whole, VALUE) == at(apart, VALUE)
    assert at(whole, VALUE) != at(base(), VALUE)
    for link in links():
        assert at(run(NEUTRAL, cut=[link]), VALUE) == at(whole, VALUE), link


# ranges and extremes -------------------------------------------------------------------------------


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_stocks_stay_above_zero(scenario: str) -> None:
    """Every number is finite, and only cash and present values may be negative."""
    found = run(scenario=scenario)
    stocks = [
        name
        for v in flywheel().model.variables
        if v.kind == "stock" and v.subsystem != "valuation" and v.name not in MAY_BE_NEGATIVE
        for name in flywheel().model.element_names(v)
    ]

    assert np.isfinite(found.values).all()
    assert {name: low for name in stocks if (low := float(series(found, name).min())) < -1e-6} == {}


def test_cut_links_leave_history_alone() -> None:
    """To the last bit, before the date of the cut."""
    cut = run(cut=links())
    before = base().times < NOW
    history = [name for name in base().names if not name.startswith("links.")]

    for name in history:
        assert (series(cut, name)[before] == series(base(), name)[before]).all(), name


def test_without_ai_spending_the_facility_only_decays() -> None:
    """From mid-2026 nothing is begun; what was being built still comes."""
    found = run({"finance.ai_spending_multiplier": 0.0, "facility.leasing_policy_share": 0.0})
    later = found.times >= 2030.0

    assert at(found, "facility.powered_capacity") == pytest.approx(0.44, abs=0.005)
    assert (np.diff(series(found, "facility.powered_capacity")[later]) < 0).all()
    assert at(found, "orbit.capacity") == 0.0


def test_without_capital_nothing_is_bought_that_was_not_earned() -> None:
    """No investors and no cash pool: spending never passes earnings and what is in the bank."""
    found = run({"finance.outside_capital_multiplier": 0.0}, cut=["cash_pool_to_ai"])
    bought = series(found, "finance.ai_capital_spending")
    could = np.maximum(0, series(found, "finance.ai_cash")) / 0.5 + series(found, "finance.ai_operating_cash")
    later = found.times >= 2027.0

    assert (bought[later] <= np.maximum(0, could[later]) + 1e-9).all()
    assert at(found, "facility.powered_capacity") < at(base(), "facility.powered_capacity")


def test_a_bar_beyond_reach_leaves_no_robotaxi() -> None:
    """And without cars there are no miles either."""
    barred = run({"vehicles.required_miles_between_failures": 1e12})
    none = run(NO_CARS)

    assert at(barred, "vehicles.robotaxi_fleet") == pytest.approx(6.6e-14, rel=0.01)
    assert at(none, "vehicles.sales") == 0.0
    assert at(none, "data.cumulative_miles") == 0.0001
    assert at(none, "vehicles.robotaxi_fleet") < 1e-3 * at(base(), "vehicles.robotaxi_fleet")


def test_without_starship_nothing_goes_up() -> None:
    """No mass, no computing in orbit; without Falcon no satellites either."""
    slipped = run(NO_STARSHIP)
    grounded = run({**NO_STARSHIP, **NO_FALCON})

    assert at(slipped, "launch.cumulative_mass_to_orbit") == 0.5
    assert at(slipped, "orbit.capacity") == 0.0
    assert at(grounded, "connectivity.satellites") < 1e-6
    assert at(grounded, "connectivity.subscribers") < 0.2 * at(base(), "connectivity.subscribers")


def test_an_endless_price_keeps_orbit_empty() -> None:
    """At a million dollars a kilogram what goes up is next to nothing, and the ground gets the money."""
    dear = run({"launch.initial_starship_cost": 1e6, "launch.starship_cost_floor": 1e6})

    assert at(dear, "orbit.capacity") < 0.03 * at(base(), "orbit.capacity")
    assert at(dear, "orbit.orbit_to_ground_cost_ratio") > 100


def test_orbit_wins_where_it_should() -> None:
    """With chips that live and satellites for nothing, orbit is cheaper below its break-even price."""
    found = run(
        {
            "orbit.chip_failure_rate": 0.0,
            "orbit.initial_satellite_cost": 0.0,
            "orbit.satellite_cost_floor": 0.0,
        }
    )
    ratio, even = (at(found, f"orbit.{n}") for n in ("orbit_to_ground_cost_ratio", "break_even_launch_price"))

    assert (ratio, even) == pytest.approx((0.826, 798), rel=1e-3)
    assert at(found, "launch.starship_price_per_kilogram") == pytest.approx(307, abs=0.5)
    assert at(found, "orbit.mean_share_of_chips_alive") == pytest.approx(1.0, abs=1e-5)


def test_a_consensus_right_half_the_time_corrects_nothing() -> None:
    """The signal of X then leaves errors as they are without it."""
    coin = run({"models.fast_consensus_accuracy": 0.5})
    without = run(cut=["x_signal_to_models"], cut_from=2020.0)

    assert at(coin, "models.fresh_topic_error_rate") == at(without, "models.fresh_topic_error_rate")


def test_own_chips_that_nobody_wants_save_nothing() -> None:
    """A target of zero leaves capital as it is."""
    assert (series(run({"chips.target_share": 0.0}), "chips.capital_multiplier") == 1.0).all()


def test_a_gift_of_chips_fades() -> None:
    """A tenth more hardware in 2027 is a tenth at once and less each year: the wheel is pushed."""
    asked = flywheel().self_turning
    assert asked is not None
    given = run(asked.shock)
    gaps = [
        at(given, asked.variable, date) / at(base(), asked.variable, date) - 1
        for date in (2027.0625, *(2027.0625 + years for years in asked.after))
    ]

    assert gaps[0] == pytest.approx(0.1)
    assert sorted(gaps, reverse=True) == gaps
    assert gaps[1] == pytest.approx(0.041, abs=0.001)


def test_links_are_continuous_between_their_forms() -> None:
    """A switch that moves by a millionth moves the value by next to nothing."""
    for link in links():
        near = run({f"links.{link}": 1 - 1e-6, "links.cut_date": NOW})
        assert at(near, VALUE) == pytest.approx(at(base(), VALUE), rel=1e-4), link


def test_years_end_where_they_should() -> None:
    """241 moments from 2020 to 2035, both included."""
    assert (len(base().times), base().times[0], base().times[-1]) == (241, 2020.0, END)
