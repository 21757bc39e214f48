"""Built-ins that look back: how long they remember, what they refuse, and that members differ."""

import math

import numpy as np
import pytest

from putar.engine import expand_history
from putar.engine.lower import lower
from putar.engine.reference import ReferenceKernel
from putar.errors import ModelErrors
from tests.engine.test_lower import model_of, series

WAITING = """
stock level = 3
  inflow rise
flow rise = IF TIME >= 2 THEN 3 ELSE 0
aux x = TIME + 10
aux newest = DELAY_INFORMATION(x, level, -1)
aux arrived = DELAY_MATERIAL(x, level, -1, 0)
"""


def test_what_waits_longer_than_is_remembered_is_not_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """The level is 3 until 2, then 6, 9 and so on: what enters at 3 should arrive at 9, one step too old."""
    whole = series(WAITING, "newest", "arrived")
    monkeypatch.setattr(expand_history, "LONGEST", 5)
    part = series(WAITING, "newest", "arrived")

    assert whole["newest"] == [-1.0] * 3 + [10.0, 11.0, 12.0] + [12.0] * 3 + [13.0] * 2
    assert whole["arrived"] == [-1.0] * 3 + [10.0, 11.0, 12.0] + [0.0] * 3 + [13.0, 0.0]
    for name, values in part.items():
        assert values[:8] == whole[name][:8]
        assert math.isnan(values[8])  # when it is forgotten, not before


def test_a_value_too_long_ago_is_not_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """HISTORY at the start is known for as many steps as are kept; before the run it is 0."""
    monkeypatch.setattr(expand_history, "LONGEST", 5)
    text = "aux x = TIME + 10\naux y = HISTORY(x, STARTTIME)\naux z = HISTORY(x, STARTTIME - 1)"
    found = series(text, "y", "z")

    assert found["y"][:6] == [10.0] * 6
    assert all(math.isnan(value) for value in found["y"][6:])
    assert found["z"] == [0.0] * 11


@pytest.mark.parametrize("function", ["DELAY_INFORMATION(x, wait, 0)", "DELAY_MATERIAL(x, wait, 0, 0)"])
def test_each_member_has_its_own_delay(function: str) -> None:
    """Delays of 1, 2 and 7 steps where the default is 2: x = t + 10 comes out that much later."""
    program = lower(model_of(f"constant wait = 2\naux x = TIME + 10\naux y = {function}"))
    kernel = ReferenceKernel(program, ["y"])
    parameters = np.array([[1.0, 2.0, 7.0]])
    rows = kernel.advance(parameters, kernel.initialise(parameters), 0, program.steps)

    for member, wait in enumerate((1, 2, 7)):
        assert rows[:, 0, member].tolist() == [0.0] * wait + [t + 10.0 for t in range(11 - wait)]


@pytest.mark.parametrize(
    ("function", "what"),
    [
        ("DELAY_CONVEYOR(flat, x, 2 + STEP(1, 3), 0, 0, 2)", "a time that stays the same"),
        ("DELAY_CONVEYOR(flat, x, wait, 0, 0, 2)", "a time that stays the same"),
        ("DELAY_CONVEYOR(flat, x, 2.5, 0, 0, 2)", "a whole number of steps"),
        ("DELAY_CONVEYOR(rising, x, 2, 0, 8, 2)", "an even profile"),
    ],
)
def test_belts_that_are_not_computed_are_refused(function: str, what: str) -> None:
    """A speed that changes, parts of steps, and an uneven start are refused with their place."""
    text = f"""
aux x = TIME
aux wait = x + 1
curve flat
  points (0, 1) (1, 1)
curve rising
  points (0, 0) (1, 1)
aux y = {function}
"""
    with pytest.raises(ModelErrors, match=rf"test\.putar:9:\d+: DELAY_CONVEYOR is computed for .*{what}"):
        lower(model_of(text))


def test_a_belt_is_the_delay_that_it_is_without_a_loss() -> None:
    """With no leakage and nothing on it at the start, it is DELAY from 0."""
    text = "curve flat\n  points (0, 1) (1, 1)\naux x = SIN(TIME)\n"
    text += "aux y = DELAY_CONVEYOR(flat, x, 3, 0, 0, 3)\naux z = DELAY(x, 3, 0)"
    found = series(text, "y", "z")

    assert found["y"] == found["z"]


@pytest.mark.parametrize("function", ["DELAY_INFORMATION(x, wait, 0)", "DELAY_MATERIAL(x, wait, 0, 0)"])
def test_a_delay_that_is_no_number_is_not_passed_over(function: str) -> None:
    """A delay of ln(t - 2) is no number before 2: then what enters is none when it comes out."""
    found = series(f"aux x = TIME + 10\naux wait = 1 + 0 * LN(TIME - 2)\naux y = {function}", "y")["y"]

    assert found[0] == 0.0
    assert all(math.isnan(value) for value in found[1:4])
    assert found[4:] == [13.0, 14.0, 15.0, 16.0, 17.0, 18.0, 19.0]


@pytest.mark.parametrize("method", ["euler", "rk2", "heun", "rk4"])
def test_what_is_looked_up_at_a_date_stays_within_a_step(method: str) -> None:
    """It is 0 before 2; from 3 on it is x(2) = 12, also where a method looks half a step ahead."""
    text = "stock sum = 0\n  inflow rate\nflow rate = HISTORY(x, day)\nconstant day = 2\naux x = TIME + 10\n"
    found = series(text, "sum", time=f"time 0 to 10 step 1\n  method {method}")["sum"]

    assert found[:3] == [0.0] * 3
    assert np.diff(found[3:]).tolist() == [12.0] * 7


def test_a_member_that_looks_at_now_instead_of_back_is_not_a_number() -> None:
    """With a lag of 2 steps it may be a part of what it looks at; a member's lag of 0.3 is none."""
    program = lower(model_of("aux x = TIME + 10\nconstant lag = 2\naux y = HISTORY(x, TIME - lag)"))
    kernel = ReferenceKernel(program, ["y"])
    parameters = np.array([[0.3]])
    found = kernel.advance(parameters, kernel.initialise(parameters), 0, program.steps)

    assert np.isnan(found[1:, 0, 0]).all()


@pytest.mark.parametrize("method", ["euler", "rk2", "heun", "rk4"])
def test_what_was_some_steps_ago_stays_within_a_step(method: str) -> None:
    """As of a delay: y rises by what x was a step before, 0 and then 10, 11 and so on."""
    text = "stock sum = 0\n  inflow rate\nflow rate = HISTORY(x, TIME - 1)\naux x = TIME + 10\n"
    found = series(text, "sum", time=f"time 0 to 10 step 1\n  method {method}")["sum"]

    assert np.diff(found).tolist() == [0.0, *np.arange(10.0, 19.0)]


def test_a_value_may_look_back_on_itself_from_the_start() -> None:
    """Two steps ago it was one less, and before the run 0."""
    assert series("aux y = 1 + HISTORY(y, TIME - 2)", "y")["y"][:7] == [1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 4.0]
