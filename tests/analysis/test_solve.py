"""Solving for one number: known roots, bounds, outcomes that never get there."""

import math

import numpy as np
import pytest
from scipy.optimize import brentq

from putar.analysis.solve import solve


def test_root_is_that_of_a_known_method() -> None:
    """x^3 - 2x - 5, Wallis's example, as brentq has it."""
    found = solve(lambda x: x**3 - 2 * x, 5.0, 0.0, 10.0)

    assert found.at == pytest.approx(brentq(lambda x: x**3 - 2 * x - 5, 0, 10, xtol=1e-14), rel=1e-10)


def test_falling_outcomes_and_logarithmic_steps() -> None:
    """1/x meets 250 at 0.004, far from even steps."""
    found = solve(lambda x: 1 / x, 250.0, 1e-6, 1.0, logarithmic=True)

    assert found.at == pytest.approx(0.004, rel=1e-9)


def test_first_crossing_counts() -> None:
    """Of the sine's many the first."""
    assert solve(np.sin, 0.5, 0.0, 20.0).at == pytest.approx(math.pi / 6, rel=1e-9)


def test_target_out_of_reach_names_the_closest() -> None:
    """The best that the bounds allow is said."""
    found = solve(lambda x: 2 * x, 50.0, 0.0, 10.0)

    assert (found.at, found.closest, found.outcome) == (None, 10.0, 20.0)


def test_a_bound_may_be_the_answer() -> None:
    """The low and the high end count."""
    assert solve(lambda x: x, 0.0, 0.0, 1.0).at == 0.0
    assert solve(lambda x: x, 1.0, 0.0, 1.0).at == pytest.approx(1.0)


def test_outcomes_that_do_not_exist_are_passed_over() -> None:
    """Where a run fails there is no root."""
    found = solve(lambda x: np.where(x < 5, np.nan, x), 2.0, 0.0, 10.0)

    assert found.at is None
    assert found.outcome == pytest.approx(5.0, abs=0.2)


@pytest.mark.parametrize(("low", "high", "logarithmic"), [(1.0, 1.0, False), (0.0, 1.0, True)])
def test_bounds_are_checked(low: float, high: float, logarithmic: bool) -> None:
    with pytest.raises(ValueError, match="no candidates"):
        solve(lambda x: x, 0.5, low, high, logarithmic=logarithmic)
