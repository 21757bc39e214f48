"""What a stream of cash is worth, and what the end of it assumes.

Cash flows are per unit of time on a grid, rates are continuous unless a name says otherwise. A terminal
value stands for everything behind the last date; `implied_growth` and `implied_multiple` turn one way of
stating it into the other, so that an exit multiple cannot hide the growth it takes for granted.

Source: Damodaran (2012), Investment Valuation, chapters 12 and 13; Fuller and Hsia (1984), Financial
Analysts Journal 40 (5), 49-56, for a growth that fades.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "MOSTLY_TERMINAL",
    "RULES",
    "continuous_rate",
    "fading",
    "gordon",
    "implied_growth",
    "implied_multiple",
    "present_value",
]

MOSTLY_TERMINAL = 0.75  # a value of which more than this lies beyond the horizon is mostly an assumption
Array = NDArray[np.float64]


def _left(times: Array, rate: float) -> Array:
    weights: Array = np.append(np.diff(times), 0.0) * np.exp(-rate * (times - times[0]))
    return weights


def _middle(times: Array, rate: float) -> Array:
    return np.append(np.diff(times) * np.exp(-rate * ((times[1:] + times[:-1]) / 2 - times[0])), 0.0)


def _trapezoid(times: Array, rate: float) -> Array:
    half = np.diff(times) / 2
    weights: Array = (np.append(half, 0.0) + np.append(0.0, half)) * np.exp(-rate * (times - times[0]))
    return weights


RULES = {"left": _left, "middle": _middle, "trapezoid": _trapezoid}
"""What each cash flow of a grid weighs: for its step from the start, from the middle, or for half of both."""


def continuous_rate(yearly: float) -> float:
    """Return the continuous rate that compounds to a yearly one.

    Raises
    ------
    ValueError
        If everything is lost in a year, or more.
    """
    if yearly <= -1.0:
        raise ValueError(f"a yearly rate of {yearly:g} loses everything")
    return float(np.log1p(yearly))


def present_value(times: ArrayLike, flows: ArrayLike, rate: float, rule: str = "left") -> float:
    """Return what cash flows are worth at the first of their times.

    Parameters
    ----------
    times : [time], rising
    flows : [time], per unit of time
    rate : per unit of time, continuous
    rule : one of `RULES`

    Raises
    ------
    ValueError
        If the two have different lengths or the times do not rise.
    """
    grid, cash = np.asarray(times, dtype=np.float64), np.asarray(flows, dtype=np.float64)
    if grid.ndim != 1 or grid.shape != cash.shape or not (np.diff(grid) > 0).all():
        raise ValueError("cash flows need one rising time each")
    return float(cash @ RULES[rule](grid, rate))


def gordon(following: float, rate: float, growth: float) -> float:
    """Return what a cash flow that grows for ever is worth a period before its first payment.

    Parameters
    ----------
    following : the first payment
    rate, growth : per period; growth below the rate

    Raises
    ------
    ValueError
        If growth is not below the rate: the sum has no limit.
    """
    if not growth < rate:
        raise ValueError(f"a cash flow that grows by {growth:g} has no finite value at a rate of {rate:g}")
    return following / (rate - growth)


def fading(last: float, rate: float, growth: float, first: float, half_life: float) -> float:
    """Return what a cash flow is worth whose growth fades in a straight line over twice the half-life.

    Parameters
    ----------
    last : the last payment seen
    rate : per period
    growth, first : where the fading ends, below the rate, and where it starts
    half_life : periods

    Raises
    ------
    ValueError
        If growth is not below the rate.

    Source: Fuller and Hsia (1984), equation 4, the H-model.
    """
    return gordon(last * ((1.0 + growth) + half_life * (first - growth)), rate, growth)


def implied_growth(terminal: float, last: float, rate: float) -> float:
    """Return the constant growth for which a terminal value is right; not-a-number where there is none.

    Parameters
    ----------
    terminal : value at the date of the last payment
    last : the last payment of a period
    rate : per period
    """
    return float("nan") if terminal + last <= 0 else (rate * terminal - last) / (terminal + last)


def implied_multiple(terminal: float, last: float) -> float:
    """Return how many times a period's payment a terminal value is; not-a-number where nothing is paid."""
    return float("nan") if last <= 0 else terminal / last
