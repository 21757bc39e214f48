"""The two readings of "does it turn by itself", on wheels whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from putar.analysis.spin import growth_rate, turning

YEARS = np.arange(5.0)


def test_a_push_that_grows_and_output_that_stays_is_a_wheel_that_spins() -> None:
    """x' = g x with a gain above one: the gap of 10 % becomes 10 % e^(0.2 t)."""
    base = np.ones(5)[:, None]
    found = turning(base, base * (1 + 0.1 * np.exp(0.2 * YEARS))[:, None], [8.0], [10.0], 0.2)

    assert found.spins is True
    assert found.gaps[-1, 0] == pytest.approx(0.1 * np.exp(0.8))


def test_a_push_that_fades_and_output_that_falls_is_a_wheel_that_is_pushed() -> None:
    """The gap halves each year and a tenth is left without the outside links."""
    base = np.ones(5)[:, None]
    found = turning(base, base * (1 + 0.1 * 0.5**YEARS)[:, None], [1.0], [10.0], 0.2)

    assert found.spins is False


def test_readings_that_differ_leave_the_question_open() -> None:
    """The gap fades, yet the output stays."""
    base = np.ones(5)[:, None]
    found = turning(base, base * (1 + 0.1 * 0.5**YEARS)[:, None], [9.0], [10.0], 0.2)

    assert found.spins is None
    assert np.isnan(found.each()[0])


def test_growth_rate_of_an_exponential_is_its_rate() -> None:
    """At the ends of the run too; not-a-number where values are not above zero."""
    times = np.linspace(0, 10, 641)

    for at in (0.0, 5.0, 10.0):
        assert growth_rate(times, np.exp(0.3 * times), at) == pytest.approx(0.3, rel=1e-3)
    assert np.isnan(growth_rate(times, -np.ones(641), 5.0))
