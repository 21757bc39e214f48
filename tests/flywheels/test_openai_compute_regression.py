"""The OpenAI compute flywheel: numbers it must keep, books that must close, extremes it must survive.

The regression values were computed by an independent program from the same equations (Euler, 1/64 year).
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from putar.flywheels.catalogue import find
from putar.flywheels.folder import Flywheel
from putar.flywheels.posterior import read_posterior
from putar.flywheels.scenarios import RunSpec, find_scenario
from putar.flywheels.simulate import simulate
from putar.language.check import check
from putar.language.dimensional import check_units
from putar.language.model import Model
from putar.runs.design import Change
from putar.runs.ensemble import Ensemble

NEVER_PAID = {
    "money.paying_share": 0.0,
    "money.enterprise_market_at_reference_capability": 1e-9,
    "money.mature_advertising_revenue_per_user": 0.0,
}
NOBODY_CALLS = {
    "users.launch_adoption_fraction": 0.0,
    "users.standing_external_adoption_rate": 0.0,
    "users.image_launch_size": 0.0,
}
NO_INVESTORS = {
    "finance.winter_sentiment": 0.0,
    "finance.winter_start_date": 2026.5,
    "finance.winter_end_date": 2032.0,
}
STOCKS = ("users.weekly_users", "money.subscribers", "money.enterprise_revenue[openai]", "fleet.capacity")
PIPELINE = ("fleet.sites_under_construction", "fleet.capacity_in_fit_out")
SHARES = (
    *("allocation.deployment_share", "serving.paid_service", "serving.free_service"),
    *("finance.liquidity", "finance.owners_share", "suppliers.circular_share", "finance.credit_share"),
)


@cache
def flywheel() -> Flywheel:
    """The flywheel under test."""
    return find("openai-compute")


def with_step(step: float) -> Flywheel:
    """The flywheel with another step of time."""
    model: Model = flywheel().model
    return replace(flywheel(), model=replace(model, time=replace(model.time, step=step)))


def run(
    values: Mapping[str, float] | None = None,
    *,
    cut: Iterable[str] = (),
    cut_from: float | None = None,
    scenario: str = "base",
    of: Flywheel | None = None,
) -> Ensemble:
    """One run: a scenario, constants set from the start, links cut from a date."""
    told = of or flywheel()
    spec = find_scenario(told.scenarios, scenario).spec
    changes = (*spec.changes, *([Change(dict(values))] if values else []))
    spec = replace(spec, changes=changes)
    if cut:
        spec = replace(spec, cuts=dict.fromkeys(cut, cut_from))
    return simulate(told, spec)


@cache
def base() -> Ensemble:
    """The fitted base run."""
    return run()


def at(ensemble: Ensemble, name: str, date: float) -> float:
    """One value of a run of one member."""
    return float(ensemble.at(name, date)[0])


def links() -> tuple[str, ...]:
    """The links' ids."""
    return tuple(link.id for link in flywheel().links)


# what the model says -------------------------------------------------------------------------------


def test_model_has_no_problem() -> None:
    """Names, subscripts, flows and units are right, and the files raise no warning."""
    model = flywheel().model

    assert check(model) == ()
    assert check_units(model) == ()
    assert flywheel().problems == ()


def test_every_variable_says_why() -> None:
    """A variable has a unit and a reason; a curve has a status, and facts or an assumption behind it."""
    variables = [v for v in flywheel().model.variables if v.kind != "constant"]
    curves = [v for v in variables if v.kind == "curve"]

    assert [v.name for v in variables if not (v.reason and v.unit)] == []
    assert [v.name for v in curves if v.status is None] == []
    assert [v.name for v in curves if not v.facts and v.status not in ("assumed", "fixed")] == []
    assert {fact for v in variables for fact in v.facts} <= set(flywheel().facts)


def test_every_constant_is_used() -> None:
    """No constant stands in parameters.toml for nothing: each moves something in some run."""
    written = " ".join(
        equation.text
        for v in flywheel().model.variables
        for equation in (v.equation, *(e for _, e in v.elements))
        if equation is not None
    )
    constants = [v.short for v in flywheel().model.variables if v.kind == "constant"]

    assert [name for name in constants if name not in written] == []


def test_observations_are_those_of_the_fit() -> None:
    """44 observations, 18 fitted constants, and how sure each of them is."""
    fitted = [
        name
        for v in flywheel().model.variables
        for name, parameter in flywheel().model.parameters(v)
        if parameter.fitted is not None
    ]

    assert sum(len(rows) for rows in flywheel().series.values()) == 44
    assert len(fitted) == 18
    posterior = read_posterior(flywheel().path)
    assert posterior is not None
    assert sorted(posterior.names) == sorted(fitted)


# regression ----------------------------------------------------------------------------------------

DEFAULT = [
    ("users.weekly_users", 2025.0, 221.7),
    ("users.weekly_users", 2026.0, 503.2),
    ("money.run_rate", 2026.0, 8.75),
    ("fleet.capacity", 2026.0, 0.827),
    ("capability.capability[openai]", 2026.0, 3.074),
    ("money.run_rate", 2030.0, 155.0),
    ("fleet.capacity", 2030.0, 11.83),
]
FITTED = [
    ("users.weekly_users", 2025.0, 347.8),
    ("users.weekly_users", 2026.0, 838.3),
    ("money.run_rate", 2026.0, 20.56),
    ("money.run_rate", 2030.0, 142.0),
    ("fleet.capacity", 2026.0, 1.858),
    ("fleet.capacity", 2030.0, 12.22),
    ("allocation.deployment_share", 2026.0, 0.326),
]


@pytest.mark.parametrize(("name", "date", "expected"), DEFAULT)
def test_default_parameters_give(name: str, date: float, expected: float) -> None:
    """The vector before the fit, to the digits that were printed."""
    assert at(run(scenario="default_parameters"), name, date) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize(("name", "date", "expected"), FITTED)
def test_fitted_parameters_give(name: str, date: float, expected: float) -> None:
    """The fitted vector, to the digits that were printed."""
    assert at(base(), name, date) == pytest.approx(expected, rel=2e-3)


# run rate 2028 and 2030, weekly users 2030, capacity 2030, lead 2030, value
SCENARIOS = {
    "base": (85, 142, 1782, 12.2, 0.13, 2),
    "viral": (86, 142, 1786, 12.2, 0.13, 2),
    "code_red_rule": (78, 108, 1277, 10.4, -0.31, -52),
    "code_red_research_first": (75, 107, 1133, 10.2, -0.28, -65),
    "code_red_deployment_first": (75, 104, 1213, 10.0, -0.33, -43),
    "funding_winter": (84, 102, 1108, 5.9, -0.27, 86),
    "funding_winter_no_vendors": (83, 92, 840, 4.7, -0.35, 101),
    "funding_winter_multiple_gone": (83, 91, 811, 4.6, -0.35, 105),
    "glut": (64, 88, 1083, 10.3, 0.12, -135),
    "research_first": (74, 119, 582, 10.8, 0.16, -66),
    "deployment_first": (73, 114, 1435, 10.1, -0.20, -25),
    "no_progress": (61, 70, 980, 7.7, -0.40, -70),
    "ahead_40": (85, 146, 1810, 14.2, 0.20, -10),
    "behind_30": (85, 130, 1606, 9.3, -0.01, 20),
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario_gives(name: str) -> None:
    """Each scenario's row, within the rounding of its printed digits."""
    found = run(scenario=name)
    row = (
        at(found, "money.run_rate", 2028.0),
        at(found, "money.run_rate", 2030.0),
        at(found, "users.weekly_users", 2030.0),
        at(found, "fleet.capacity", 2030.0),
        at(found, "capability.quality_lead[openai]", 2030.0),
        at(found, "finance.value", 2032.0),
    )

    for value, expected, half in zip(row, SCENARIOS[name], (0.5, 0.5, 0.5, 0.05, 0.005, 0.5), strict=True):
        assert value == pytest.approx(expected, abs=1.1 * half)


def test_every_scenario_ends() -> None:
    """All scenarios of the file run to the end with finite numbers."""
    for name in flywheel().scenarios:
        assert np.isfinite(run(scenario=name).values).all(), name


# the story's questions -----------------------------------------------------------------------------


def test_outside_money_is_a_pair_of_substitutes() -> None:
    """One outside source of money can be cut without loss from mid-2026, both cannot."""
    whole = at(base(), "money.run_rate", 2030.0)
    both = ("growth_capital", "vendor_finance")
    single = [at(run(cut=[link], cut_from=2026.5), "money.run_rate", 2030.0) for link in both]

    assert single == pytest.approx([whole, whole], rel=1e-6)
    assert whole - at(run(cut=both, cut_from=2026.5), "money.run_rate", 2030.0) == pytest.approx(39, abs=0.6)
    assert at(run(cut=both, cut_from=2023.0), "money.run_rate", 2026.0) == pytest.approx(0.55, abs=0.06)


def test_a_push_fades() -> None:
    """A tenth more capacity in mid-2025 is a tenth at once and 3.3, 1.4, 0.7 and 0 percent later."""
    asked = flywheel().self_turning
    assert asked is not None
    pushed = run(asked.shock)
    gap = [
        100 * (at(pushed, "fleet.capacity", 2025.5 + t) / at(base(), "fleet.capacity", 2025.5 + t) - 1)
        for t in (0.0, *asked.after)
    ]

    assert gap == pytest.approx([10.0, 3.3, 1.4, 0.7, 0.0], abs=0.06)


def test_without_own_research_the_model_trails() -> None:
    """It stays the copying distance behind, plus what the frontier moves while it copies."""
    alone = run(cut=["own_research"], cut_from=2026.5)
    rival = max(at(alone, f"capability.capability[{name}]", 2031.0) for name in ("google", "anthropic"))

    assert rival - at(alone, "capability.capability[openai]", 2031.0) == pytest.approx(0.5, abs=0.05)


def test_calendar_or_capability_give_the_same_history() -> None:
    """With a market grown by the calendar the base run stays within 2 percent."""
    other = run({"users.calendar_driven_share": 1.0})

    for name in ("users.weekly_users", "money.run_rate", "fleet.capacity"):
        for date in (2025.0, 2028.0, 2030.0):
            assert at(other, name, date) == pytest.approx(at(base(), name, date), rel=0.02)


# books ---------------------------------------------------------------------------------------------


def total(ensemble: Ensemble, names: Iterable[str]) -> NDArray[np.float64]:
    """The sum of some variables, [time]."""
    summed: NDArray[np.float64] = np.sum([ensemble.series(name)[:, 0] for name in names], axis=0)
    return summed


def unbooked(held: NDArray[np.float64], net: NDArray[np.float64]) -> float:
    """The largest difference between a level and its opening plus its net flow, both [time]."""
    booked = held[0] + np.cumsum(net[:-1]) * flywheel().model.time.step
    return float(np.abs(held[1:] - booked).max())


def test_cash_is_opening_and_raised_less_burned() -> None:
    """To a millionth of a billion dollars."""
    net = total(base(), ["finance.raising"]) - total(base(), ["finance.cash_burn"])

    assert unbooked(total(base(), ["finance.cash"]), net) < 1e-6


@pytest.mark.parametrize("shock", [0.0, 0.1])
def test_gigawatts_are_not_lost(shock: float) -> None:
    """What was ordered is being built, runs, was handed back or given up; a gift is booked as well."""
    found = run({"events.capacity_shock": shock, **NO_INVESTORS})
    whole = total(found, [*PIPELINE, "fleet.capacity"])
    arrived = total(found, ["planner.ordering", "fleet.capacity_shock_arrival"])
    gone = total(found, ["fleet.retiring", "fleet.sites_cancelled", "fleet.fit_out_cancelled"])

    assert unbooked(whole, arrived - gone) < 1e-9


def test_compute_bill_is_serving_and_research() -> None:
    """Nothing of the bill is left over."""
    bill, serving, research = (
        base().series(f"finance.{name}")[:, 0] for name in ("compute_bill", "inference_bill", "research_bill")
    )

    assert np.abs(bill - serving - research).max() < 1e-9


def test_a_step_of_half_the_length_changes_little() -> None:
    """Under 3 percent."""
    fine = run(of=with_step(1 / 128))

    for name in ("users.weekly_users", "money.run_rate", "fleet.capacity"):
        for date in (2025.0, 2028.0, 2031.0):
            assert at(fine, name, date) == pytest.approx(at(base(), name, date), rel=0.03)


# ranges and extremes -------------------------------------------------------------------------------


def lowest(ensemble: Ensemble, names: Iterable[str]) -> float:
    """The smallest value that any of the variables takes."""
    return min(float(ensemble.series(name).min()) for name in names)


@pytest.mark.parametrize("scenario", ["base", "funding_winter", "glut", "code_red_rule"])
def test_shares_and_stocks_stay_in_range(scenario: str) -> None:
    """Shares are between 0 and 1; people, revenue and gigawatts are not negative."""
    found = run(scenario=scenario)

    assert lowest(found, [*STOCKS, *PIPELINE, *SHARES]) >= 0
    assert max(float(found.series(name).max()) for name in SHARES) <= 1


def test_without_payers_there_is_no_revenue() -> None:
    """No subscribers, no firms, no advertising."""
    assert at(run(NEVER_PAID), "money.run_rate", 2032.0) < 1e-3


def test_a_price_beyond_reach_leaves_no_subscribers() -> None:
    """Five hundred times the price keeps less than a fiftieth of them."""
    dear = at(run({"money.monthly_price": 10_000.0}), "money.subscribers", 2026.0)

    assert dear < 0.02 * at(base(), "money.subscribers", 2026.0)


def test_without_supply_capacity_only_decays() -> None:
    """What was being built arrives; then nothing does."""
    capacity = run({"tech.supply_access_multiplier": 0.0}).series("fleet.capacity")[:, 0]

    assert capacity[-1] < capacity[64]
    assert (np.diff(capacity[128:]) <= 0).all()


def test_without_a_push_nobody_comes() -> None:
    """Word of mouth alone starts nothing."""
    assert float(run(NOBODY_CALLS).series("users.weekly_users").max()) < 1e-6


def test_users_that_all_leave_are_gone() -> None:
    """Churn 75 times as high leaves less than a twentieth of users."""
    gone = run({"users.churn_rate": 60.0})

    assert at(gone, "users.weekly_users", 2026.0) < 0.05 * at(base(), "users.weekly_users", 2026.0)


def test_investors_that_stop_for_good_shrink_the_fleet_but_cash_holds() -> None:
    """Orders stop before money does."""
    found = run(NO_INVESTORS)

    assert at(found, "fleet.capacity", 2030.0) < at(base(), "fleet.capacity", 2030.0)
    assert float(found.series("finance.cash").min()) > -1.0


@pytest.mark.parametrize("date", [2022.0, 2023.0, 2026.5])
def test_all_links_cut_still_runs(date: float) -> None:
    """No value of any variable is lost, and a fleet of a megawatt remains."""
    found = run(cut=links(), cut_from=date)

    assert np.isfinite(found.values).all()
    assert lowest(found, ["fleet.capacity"]) >= 0.001 * (1 - 1e-9)
    assert lowest(found, STOCKS) >= 0


def test_links_are_continuous_between_their_forms() -> None:
    """A switch that moves by a millionth moves the run rate by next to nothing."""
    whole = at(base(), "money.run_rate", 2030.0)

    for link in links():
        near = at(run({f"links.{link}": 1 - 1e-6}), "money.run_rate", 2030.0)
        assert near == pytest.approx(whole, rel=1e-3), link


def test_default_spec_is_the_base_run() -> None:
    """A run that asks for nothing is the base scenario."""
    assert (simulate(flywheel(), RunSpec()).values == base().values).all()
