"""SIMULTANEOUS: what it finds, from where, and which circles it cannot go round."""

import math

import pytest

from putar.engine.lower import lower
from putar.errors import ModelErrors
from tests.engine.test_lower import model_of, series


@pytest.mark.parametrize(
    ("equation", "expected"),
    [
        ("SIMULTANEOUS(5, 0)", 5.0),
        ("SIMULTANEOUS(x / 2 + 1, -100)", 2.0),
        ("SIMULTANEOUS(EXP(-x), 1)", 0.5671432904097838),
        ("SIMULTANEOUS((x + 2 / x) / 2, 1)", math.sqrt(2)),
        ("SIMULTANEOUS((x + 2 / x) / 2, -1)", -math.sqrt(2)),
        ("SIMULTANEOUS(-x, 0.25)", 0.0),
        ("SIMULTANEOUS(1e-200 * x, 1)", 0.0),
    ],
)
def test_circles_that_close(equation: str, expected: float) -> None:
    """By closed form; where there are two answers, the guess decides. 0.567... solves x = exp(-x)."""
    assert series(f"aux x = {equation}", "x")["x"] == pytest.approx([expected] * 11, rel=1e-12, abs=1e-12)


def test_a_circle_without_an_answer_is_not_a_number() -> None:
    """x = x + 1 has none; x = x^2 + 1 has none that is real."""
    found = series("aux x = SIMULTANEOUS(x + 1, 0)\naux y = SIMULTANEOUS(y * y + 1, 0)", "x", "y")

    assert all(math.isnan(value) for value in (*found["x"], *found["y"]))


def test_each_step_starts_from_the_answer_before() -> None:
    """x = root of t + 1 has two signs; the guess chooses one, and the run stays with it."""
    found = series("aux x = SIMULTANEOUS((x + (TIME + 1) / x) / 2, -1)", "x")["x"]

    assert found == pytest.approx([-math.sqrt(t + 1) for t in range(11)])


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("aux x = SIMULTANEOUS(SMTH1(x, 2), 1)", "x: equations in a circle cannot remember"),
        (
            "aux x = SIMULTANEOUS(a, 1)\naux a = x + b\naux b = a / 2",
            "more than one circle of equations goes through it",
        ),
        ("aux x = SIMULTANEOUS(a, 1)\naux a = TREND(x, 2)", "circular initial values: x -> a -> x"),
    ],
)
def test_circles_that_are_not_gone_round_are_refused(text: str, what: str) -> None:
    """Those that remember what is tried, and those with another circle inside."""
    with pytest.raises(ModelErrors, match=what):
        lower(model_of(text))


def test_what_remembers_breaks_a_circle() -> None:
    """An average of the answer is what it was before the step, and so no part of the circle."""
    found = series("aux x = SIMULTANEOUS(x / 2 + slow, 1)\naux slow = SMTH1(x, 4, 3)", "x", "slow")
    slow = 3.0
    for n in range(11):
        assert found["slow"][n] == pytest.approx(slow)
        assert found["x"][n] == pytest.approx(2 * slow)
        slow += (2 * slow - slow) / 4
