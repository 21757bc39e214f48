"""Draws within bounds have the distribution that is left between the bounds."""

import math

import numpy as np
import pytest
from scipy import stats

from putar.engine.lower import lower
from putar.runs.design import design
from putar.runs.execute import execute
from tests.engine.test_lower import model_of

DRAWS = 20_000
TRIANGLE = "curve density\n  points (0, 0) (1, 2) (3, 0)\n"
COUNTS = {
    "RANDOM_POISSON(1, 6, 3, 0, 1)": (stats.poisson(3), 1, 6),
    "RANDOM_POISSON(0, 1000, 80, 0, 1)": (stats.poisson(80), 0, 1000),
    "RANDOM_BINOMIAL(0, 10, 0.3, 10, 0, 1)": (stats.binom(10, 0.3), 0, 10),
    "RANDOM_BINOMIAL(20, 60, 0.5, 90, 0, 1)": (stats.binom(90, 0.5), 20, 60),
    "RANDOM_NEGATIVE_BINOMIAL(0, 100, 0.4, 3, 0, 1)": (stats.nbinom(3, 0.4, loc=3), 0, 100),
    "RANDOM_NEGATIVE_BINOMIAL(4, 9, 0.4, 3, 0, 1)": (stats.nbinom(3, 0.4, loc=3), 4, 9),
}
SHAPES = {
    "RANDOM_GAMMA(0, 100, 2.5, 1, 2)": (stats.gamma(2.5, loc=1, scale=2), 0, 100),
    "RANDOM_GAMMA(2, 8, 2.5, 1, 2)": (stats.gamma(2.5, loc=1, scale=2), 2, 8),
    "RANDOM_GAMMA(0, 100, 0.5, 0, 1)": (stats.gamma(0.5), 0, 100),
    "RANDOM_BETA(0, 1, 2, 3.5, 0, 1)": (stats.beta(2, 3.5), 0, 1),
    "RANDOM_BETA(0.2, 0.9, 0.8, 1.5, 0, 1)": (stats.beta(0.8, 1.5), 0.2, 0.9),
    "RANDOM_LOOKUP(density, 0, 3, 0, 1)": (stats.triang(1 / 3, scale=3), 0, 3),
    "RANDOM_LOOKUP(density, 2, 5, 1, 2)": (stats.triang(1 / 3, loc=1, scale=6), 2, 5),
}


def drawn(equation: str) -> np.ndarray:
    before = TRIANGLE if "density" in equation else ""
    program = lower(model_of(f"{before}aux y = {equation}", "time 0 to 1 step 1"))
    return execute(program, design(program, [], DRAWS), ["y"], kernel="numpy").values[0, 0]


def meets(values: np.ndarray, mean: float, deviation: float) -> None:
    assert values.mean() == pytest.approx(mean, abs=5 * deviation / math.sqrt(DRAWS))
    assert values.std() == pytest.approx(deviation, rel=0.06)


@pytest.mark.parametrize("equation", COUNTS)
def test_whole_numbers_have_their_moments(equation: str) -> None:
    """Mean and deviation of 20,000 draws are those of the law between its bounds, and all are whole."""
    law, low, high = COUNTS[equation]
    values = drawn(equation)

    k = np.arange(low, high + 1)
    chances = law.pmf(k) / law.pmf(k).sum()
    mean = float((k * chances).sum())
    meets(values, mean, math.sqrt(float(((k - mean) ** 2 * chances).sum())))
    assert low <= values.min()
    assert values.max() <= high
    assert np.all(values == np.round(values))


@pytest.mark.parametrize("equation", SHAPES)
def test_shapes_have_their_moments(equation: str) -> None:
    """Mean and deviation of 20,000 draws are those of the distribution between its bounds."""
    law, low, high = SHAPES[equation]
    values = drawn(equation)

    mean = law.expect(lambda x: x, lb=low, ub=high, conditional=True)
    square = law.expect(lambda x: (x - mean) ** 2, lb=low, ub=high, conditional=True)
    meets(values, mean, math.sqrt(square))
    assert low <= values.min()
    assert values.max() <= high
