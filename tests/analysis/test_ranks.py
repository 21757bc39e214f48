"""Ranks and rank correlations, against scipy."""

import numpy as np
import pytest
from scipy.stats import rankdata, spearmanr

from putar.analysis.ranks import rank_correlations, ranks


@pytest.mark.parametrize("decimals", [0, 1, 6])
def test_ranks_agree_with_scipy_ties_included(decimals: int) -> None:
    """Equal numbers share the mean of their ranks."""
    rows = np.random.default_rng(1).normal(size=(7, 50)).round(decimals)

    assert np.array_equal(ranks(rows), rankdata(rows, axis=1))


def test_rank_correlations_agree_with_scipy() -> None:
    """Of ten inputs with one output; one that does not vary correlates with nothing."""
    draws = np.random.default_rng(2).normal(size=(11, 200)).round(1)
    draws[3] = 2.0
    found = rank_correlations(draws[:-1], draws[-1])

    assert found[3] == 0.0
    for n in (0, 1, 9):
        assert found[n] == pytest.approx(spearmanr(draws[n], draws[-1]).statistic, abs=1e-12)
