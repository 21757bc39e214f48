"""Time and cost to parity: published and closed-form cases by their ids, and what must hold for any."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from putar.analysis.replication import (
    Task,
    build_cost,
    cost_to_parity,
    critical_path,
    frontier,
    gaps,
    parity_by,
    replicate,
    time_to_parity,
    years_saved,
)

LAUNCH, ROBOTS, CASH = Task("launch", 10.0, 25.0), Task("robots", 6.0, 25.0), Task("cash", 1.0, 0.0)
TASKS = (LAUNCH, ROBOTS, CASH)
SHARES = st.floats(0.0, 1.0)


def grow(rate: float, start: float, horizon: float = 20.0) -> tuple[np.ndarray, np.ndarray]:
    times = np.linspace(0.0, horizon, 20_001)
    return times, start * np.exp(rate * times)


def test_rp_01_a_stock_that_wears_out_reaches_a_standing_target() -> None:
    """RP-01: x' = .3 - .1 x from 0 reaches 1 after -ln(1 - d/a)/d."""
    times = np.linspace(0.0, 10.0, 100_001)
    rival = 3.0 * (1 - np.exp(-0.1 * times))

    assert time_to_parity(times, rival, 1.0) == pytest.approx(4.05465108, abs=1e-8)


def test_rp_02_a_faster_follower_catches_a_growing_leader() -> None:
    """RP-02: 10 e^.3t is met by e^.5t after ln 10/.2, and never by e^.3t."""
    times, leader = grow(0.3, 10.0)

    assert time_to_parity(times, grow(0.5, 1.0)[1], leader) == pytest.approx(11.51292546, abs=1e-6)
    assert time_to_parity(times, grow(0.3, 1.0)[1], leader) == math.inf


def test_rp_03_who_has_everything_needs_nothing() -> None:
    """RP-03: with the leader's own endowment time and cost are 0."""
    missing = gaps([1.0, 1.0, 1.0], [1.0, 1.0, 1.0])
    found = replicate(TASKS, missing)

    assert (found.years, found.cost, found.path, found.longest, found.useful_budget) == (
        0.0,
        0.0,
        (),
        "",
        0.0,
    )
    assert time_to_parity([0.0, 1.0], [5.0, 5.0], [5.0, 5.0]) == 0.0
    assert cost_to_parity([0.0, 1.0], [3.0, 3.0], 0.0) == 0.0


@pytest.mark.parametrize("horizon", [10.0, 1e3, 1e6])
def test_rp_04_a_stock_that_wears_out_as_fast_as_it_is_built_never_arrives(horizon: float) -> None:
    """RP-04: a <= d in RP-01 has no parity, however long one waits."""
    times = np.linspace(0.0, horizon, 1001)

    assert time_to_parity(times, 1.0 - np.exp(-0.1 * times) - 1e-12, 1.0) == math.inf
    assert cost_to_parity(times, times, math.inf) == math.inf


def test_rp_05_what_waits_for_another_sets_the_floor() -> None:
    """RP-05: A (6) before B (12), C (9) beside them: 18 months, whatever is paid."""
    tasks = (Task("A", 6.0, 1.0), Task("B", 12.0, 1.0, after=("A",)), Task("C", 9.0, 1.0))

    found = replicate(tasks, [1.0, 1.0, 1.0])

    assert (found.years, found.floor, found.path) == (18.0, 18.0, ("A", "B"))
    assert replicate(tasks, [1.0, 1.0, 1.0], budget=0.1).years == pytest.approx(30.0)


def test_tasks_that_wait_for_each_other_are_refused() -> None:
    """A circle and an unknown name are said."""
    with pytest.raises(ValueError, match="waits for itself"):
        critical_path({"a": 1.0, "b": 1.0}, {"a": ("b",), "b": ("a",)})
    with pytest.raises(ValueError, match="nothing is known of c"):
        critical_path({"a": 1.0}, {"a": ("c",)})


@given(
    st.lists(SHARES, min_size=3, max_size=3), st.integers(0, 2), SHARES, st.floats(0.1, 50), st.floats(1, 10)
)
def test_rp_06_more_never_takes_longer(
    levels: list[float], which: int, more: float, budget: float, factor: float
) -> None:
    """RP-06: raising an endowment or the budget never increases the time."""
    richer = list(levels)
    richer[which] = max(levels[which], more)
    before, after = gaps(levels, [0.9] * 3), gaps(richer, [0.9] * 3)

    assert replicate(TASKS, after, budget).years <= replicate(TASKS, before, budget).years + 1e-12
    assert replicate(TASKS, before, budget * factor).years <= replicate(TASKS, before, budget).years + 1e-12


@given(st.lists(SHARES, min_size=3, max_size=3), st.floats(1.0, 5.0))
def test_rp_07_without_haste_the_pace_costs_nothing(levels: list[float], stretch: float) -> None:
    """RP-07: with no price on haste the cost is the sum of the gaps' costs at any pace."""
    missing = gaps(levels, [1.0] * 3)
    slow = sum(build_cost(task, g, task.years * g * stretch) for task, g in zip(TASKS, missing, strict=True))

    assert replicate(TASKS, missing).cost == pytest.approx(25 * missing[0] + 25 * missing[1])
    assert slow == pytest.approx(replicate(TASKS, missing).cost)


def test_rp_08_half_the_time_costs_three_times() -> None:
    """RP-08: gamma = eta = 1 and half the usual years: factor 3; below the shortest time nothing helps."""
    task = Task("launch", 10.0, 25.0, compression=1.0, exponent=1.0, shortest=4.0)

    assert build_cost(task, 0.8, 4.0) == pytest.approx(3 * 25.0 * 0.8)
    with pytest.raises(ValueError, match=r"launch takes at least 3\.2 years, not 3"):
        build_cost(task, 0.8, 3.0)


def test_parity_must_hold_for_a_while_and_in_every_measure() -> None:
    """A touch does not count; the last measure to arrive decides."""
    times = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    touch = [0.0, 1.1, 0.0, 2.0, 2.0, 2.0]
    slow = [0.0, 2.0, 2.0, 0.0, 2.0, 2.0]

    assert time_to_parity(times, touch, 1.0, dwell=1.0) == pytest.approx(2.5)
    assert time_to_parity(times, touch, 1.0, dwell=0.0) == pytest.approx(1 / 1.1)
    assert time_to_parity(times, [touch, slow], 1.0, dwell=1.0) == pytest.approx(3.5)
    assert time_to_parity(times, touch, 2.0, tolerance=0.5, dwell=1.0) == pytest.approx(2.5)


def test_money_stops_helping() -> None:
    """Beyond the useful budget the years stay those of the longest task."""
    missing = [0.8, 1.0, 0.0]
    found = replicate(TASKS, missing)

    assert (found.years, found.longest, found.cost) == (8.0, "launch", pytest.approx(45.0))
    assert found.useful_budget == pytest.approx(45 / 8)
    assert frontier(TASKS, missing, [2.25, 45 / 8, 1e6]) == [(2.25, 20.0), (45 / 8, 8.0), (1e6, 8.0)]
    assert years_saved(TASKS, missing).tolist() == pytest.approx([2.0, 0.0, 0.0])


def test_spending_is_discounted_until_parity() -> None:
    """A steady flow of 2 for 3 years, at no rate and at ten percent."""
    times = np.linspace(0.0, 10.0, 10_001)

    assert cost_to_parity(times, np.full_like(times, 2.0), 3.0) == pytest.approx(6.0)
    assert cost_to_parity(times, np.full_like(times, 2.0), 3.0, 0.1) == pytest.approx(
        20 * (1 - math.exp(-0.3))
    )
    assert parity_by([1.0, 2.0, math.inf, math.inf], [0.5, 1.0, 5.0]).tolist() == [0.0, 0.25, 0.5]
