"""Present and terminal values against cases worked out by hand, and as inverses of each other."""

from math import exp, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from putar.analysis.valuation import (
    RULES,
    continuous_rate,
    fading,
    gordon,
    implied_growth,
    implied_multiple,
    present_value,
)

FLOWS, YEARLY, GROWTH = (10.0, 12.0, 14.0, 16.0, 18.0), 0.10, 0.02
RATES = st.floats(0.02, 0.5)


def test_va01_five_years_and_everything_after() -> None:
    """VA-01: payments at the end of each year, a Gordon value behind them, and the share of that."""
    rate = continuous_rate(YEARLY)
    years = np.arange(1.0, 6.0)
    # a payment at a year's end is a flow of the step that ends there, discounted from that end
    paid = sum(flow * exp(-rate * year) for flow, year in zip(FLOWS, years, strict=True))
    terminal = gordon(FLOWS[-1] * (1 + GROWTH), YEARLY, GROWTH)
    beyond = terminal * exp(-rate * 5)

    assert paid == pytest.approx(51.63147078, abs=1e-8)
    assert present_value([*years, 6.0], [*FLOWS, 0.0], rate) * exp(-rate) == pytest.approx(paid, rel=1e-12)
    assert terminal == pytest.approx(229.5, abs=1e-9)
    assert beyond == pytest.approx(142.50144364, abs=1e-8)
    assert paid + beyond == pytest.approx(194.13291442, abs=1e-8)
    assert beyond / (paid + beyond) == pytest.approx(0.734041, abs=1e-6)


def test_va01_payments_in_the_middle_of_the_year() -> None:
    """VA-01: the same five payments, each half a year earlier: the square root of 1.1 more."""
    found = present_value(np.arange(6.0), [*FLOWS, 0.0], continuous_rate(YEARLY), "middle")

    assert found == pytest.approx(54.1515434, abs=1e-7)
    assert found == pytest.approx(51.63147077633793 * 1.1**0.5, abs=1e-8)


@pytest.mark.parametrize(("rule", "expected"), [("left", 725.474889), ("trapezoid", 719.182205)])
def test_va02_growing_flow(rule: str, expected: float) -> None:
    """VA-02: 100 e^.05t at 12 %, ten years, by quarters; the exact value is 719.16385173."""
    times = np.arange(0.0, 10.125, 0.25)

    assert present_value(times, 100 * np.exp(0.05 * times), 0.12, rule) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(("rule", "order"), [("left", 1), ("middle", 2), ("trapezoid", 2)])
def test_va02_rules_close_in_on_the_exact_value(rule: str, order: int) -> None:
    """VA-02: halving the step divides the error by two to the order; 'middle' takes the flow there."""
    exact = 100 * (1 - exp(-0.7)) / 0.07
    errors = []
    for step in (0.25, 0.125, 0.0625):
        times = np.arange(0.0, 10.0 + step / 2, step)
        at = times + (step / 2 if rule == "middle" else 0.0)
        errors.append(abs(present_value(times, 100 * np.exp(0.05 * at), 0.12, rule) - exact))

    assert exact == pytest.approx(719.16385173, abs=1e-8)
    assert log(errors[0] / errors[2]) / log(4) == pytest.approx(order, abs=0.05)


@pytest.mark.parametrize("growth", [0.10, 0.11, 1.0])
def test_va03_growth_that_is_not_below_the_rate_is_refused(growth: float) -> None:
    """VA-03: the sum has no limit, so there is no number to return."""
    for refused in (lambda: gordon(1.0, 0.10, growth), lambda: fading(1.0, 0.10, growth, growth, 3.0)):
        with pytest.raises(ValueError, match=r"has no finite value at a rate of 0\.1"):
            refused()


@given(st.floats(0.1, 100), RATES, st.floats(-0.5, 0.95))
def test_growth_and_terminal_value_are_inverses(last: float, rate: float, part: float) -> None:
    """The growth that a Gordon value implies is the growth it was made with; so is its multiple."""
    growth = part * rate
    terminal = gordon(last * (1 + growth), rate, growth)

    assert implied_growth(terminal, last, rate) == pytest.approx(growth, abs=1e-9)
    assert implied_multiple(terminal, last) * (rate - growth) == pytest.approx(1 + growth)


@given(st.floats(0.1, 100), RATES, st.floats(0.0, 0.9), st.floats(0.0, 10))
def test_nothing_fades_that_has_faded(last: float, rate: float, part: float, half_life: float) -> None:
    """With the growth at its end from the start, the H-model is Gordon's; more growth is worth more."""
    growth = part * rate

    assert fading(last, rate, growth, growth, half_life) == gordon(last * (1 + growth), rate, growth)
    assert fading(last, rate, growth, growth + 0.1, half_life) >= gordon(last * (1 + growth), rate, growth)


def test_what_has_no_answer() -> None:
    """No payment, no multiple; a terminal value that its payment eats up, no growth; times that fall."""
    assert np.isnan(implied_multiple(10.0, 0.0))
    assert np.isnan(implied_growth(1.0, -2.0, 0.1))
    with pytest.raises(ValueError, match="one rising time each"):
        present_value([0.0, 0.0], [1.0, 1.0], 0.1)
    with pytest.raises(ValueError, match="loses everything"):
        continuous_rate(-1.0)


def test_rules_weigh_the_whole_time() -> None:
    """Without a rate each rule's weights are the length of time they cover."""
    times = np.array([0.0, 1.0, 1.5, 4.0])

    assert {name: float(weigh(times, 0.0).sum()) for name, weigh in RULES.items()} == dict.fromkeys(
        RULES, 4.0
    )
