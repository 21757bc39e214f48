"""How large an argument can become: by hand for each kind of equation, infinite where that is not said."""

import math

import pytest

from putar.engine.extent import extent
from putar.language.parse import parse_expression
from tests.engine.test_lower import model_of

MODEL = model_of(
    """
dimension k = a, b
constant c = 4
constant each[k]
  [a] = -2
  [b] = 7
stock level = 1
curve table
  points (0, 3) (5, 9)
curve on
  points (0, 3) (5, 9)
  outside extrapolate
aux sum = c + STEP(2, 5)
aux loop = loop + 1
aux room = MIN(level, 6)
"""
)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("3", 3, 3),
        ("-(c + 1)", -5, -5),
        ("c - each[a]", -3, 6),
        ("each[a] * each[b]", -14, 49),
        ("c / (c + each[a])", 4 / 11, 2),
        ("c / each[a]", -math.inf, math.inf),
        ("sum", 4, 6),
        ("STEP(-3, 1) + PULSE_FOR(1, 2)", -3, 1),
        ("IF level > 2 THEN c ELSE 9", 4, 9),
        ("level > 2", 0, 1),
        ("NOT level", 0, 1),
        ("MAX(level, 2)", 2, math.inf),
        ("MIN(MAX(level, 2), sum)", 2, 6),
        ("room", -math.inf, 6),
        ("RANDOM(2, 5) + RANDOM_NORMAL(1, 2, 1.5, 3)", 3, 7),
        ("table(level)", 3, 9),
        ("LOOKUP(on, level)", -math.inf, math.inf),
        ("level", -math.inf, math.inf),
        ("TIME", -math.inf, math.inf),
        ("loop", -math.inf, math.inf),
        ("0 * level", -math.inf, math.inf),
        ("SMTH1(c, 2)", -math.inf, math.inf),
        ("DT + STARTTIME", 1, 1),
    ],
)
def test_extent_by_hand(text: str, low: float, high: float) -> None:
    """The least and the largest value, of constants, choices, corners and tables."""
    assert extent(MODEL, parse_expression(text), "") == pytest.approx((low, high))
