"""Built-ins with memory: what the tests of whole models do not reach."""

import math

import pytest

from tests.engine.test_lower import series


@pytest.mark.parametrize("wait", ["0 / zero", "LN(zero - 1)", "zero * INF"])
def test_a_pipeline_whose_length_is_no_number_is_none(wait: str) -> None:
    """A delay of 0 / 0, of ln(-1) and of 0 times infinity is not a number, and not one step."""
    found = series(f"constant zero = 0\naux y = DELAY(TIME, {wait}, 5)", "y")["y"]

    assert all(math.isnan(value) for value in found)


def test_a_pipeline_that_never_ends_gives_what_it_began_with() -> None:
    """A delay of 1 / 0 is infinite: nothing comes out in any run."""
    assert series("constant zero = 0\naux y = DELAY(TIME, 1 / zero, 5)", "y")["y"] == [5.0] * 11
