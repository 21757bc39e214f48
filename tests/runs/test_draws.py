"""Draws: the normal quantile against other implementations, and streams that belong to names."""

from statistics import NormalDist

import numpy as np
import pytest
from scipy.special import ndtri

from putar.runs.draws import normal_quantile, rounded, standard_normal, uniform

EDGES = (1e-300, 1e-25, 1e-12, 1e-5, 0.0749999, 0.075, 0.0750001, 0.5, 0.924999, 0.925, 0.95, 1 - 1e-12)


def test_normal_quantile_agrees_with_two_other_programs() -> None:
    """Cephes in SciPy to one unit of the last of twelve digits; the standard library's at single shares."""
    shares = np.concatenate([uniform("share", 20_000, 1), EDGES])
    found = normal_quantile(shares)

    assert found == pytest.approx(rounded(ndtri(shares)), rel=1.1e-11, abs=1e-300)
    assert found[-len(EDGES) :] == pytest.approx(
        [NormalDist().inv_cdf(share) for share in EDGES], rel=1.1e-11
    )


def test_quantile_is_odd_and_rises() -> None:
    shares = np.linspace(0.001, 0.999, 999)

    assert normal_quantile(shares) == pytest.approx(-normal_quantile(shares)[::-1], abs=1e-12)
    assert (np.diff(normal_quantile(shares)) > 0).all()


def test_a_draw_does_not_depend_on_how_many_follow() -> None:
    assert standard_normal("x", 7, 3).tolist() == standard_normal("x", 50, 3)[:7].tolist()
    assert standard_normal("x", 7, 3).tolist() != standard_normal("y", 7, 3).tolist()
    assert standard_normal("x", 7, 3).tolist() != standard_normal("x", 7, 4).tolist()
