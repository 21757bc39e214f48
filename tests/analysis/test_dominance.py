"""Who leads over members: the value of a constant that parts those in which a loop leads."""

import numpy as np
import pytest

from putar.analysis.dominance import parting


def test_the_value_between_two_kinds_is_found() -> None:
    """Members lead from 0.71 on and nowhere below: the split lies between the two draws around it."""
    values = np.linspace(0.0, 1.0, 101)[np.random.default_rng(1).permutation(101)]
    at, below, above = parting(values, values > 0.705)

    assert at == pytest.approx(0.705, abs=1e-9)
    assert (below, above) == (0.0, 1.0)


def test_equal_draws_are_never_parted() -> None:
    """A constant of two values is parted between them, with the share of leaders on either side."""
    values = np.repeat([1.0, 2.0], 50)
    leads = np.r_[np.repeat(True, 10), np.repeat(False, 40), np.repeat(True, 30), np.repeat(False, 20)]

    assert parting(values, leads) == pytest.approx((1.5, 0.2, 0.6))


def test_a_tenth_of_the_members_stays_on_either_side() -> None:
    """One odd member at the end does not make a split of its own, unless there is no other."""
    values, leads = np.arange(100.0), np.zeros(100, dtype=bool)
    leads[-1] = True

    assert parting(values, leads)[0] == 89.5
    assert parting(np.r_[np.zeros(99), 1.0], leads) == (0.5, 0.0, 1.0)
