"""How a wheel's rate and its margins vary over members, each with constants of its own.

All members are asked at once. A member spins by the same rule as the central run; in one that stands no link
has a margin, and it counts among those whose margin is small.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from putar.analysis.jacobian import Jacobian
from putar.analysis.margin import link_part, member_margins
from putar.analysis.spectrum import steady, step_matrices, window_rate

__all__ = ["SMALL", "MarginSpread", "Spread", "spread_over_members"]

SMALL = 0.2  # a margin below this is small

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class MarginSpread:
    """How one margin varies over members.

    Parameters
    ----------
    points : 5, 50 and 95 % points, over the members that spin; None where fewer than half do
    small : the probability that the margin is below SMALL; members that stand count
    weakest : the probability, over the members that spin, that no other margin of the list is smaller
    """

    points: tuple[float, float, float] | None
    small: float
    weakest: float = 0.0


@dataclass(frozen=True, slots=True)
class Spread:
    """How a wheel's rate and margins vary over members.

    Parameters
    ----------
    spins : the probability that the wheel spins over the window
    rate : 5, 50 and 95 % points of the window's rate, 1/time
    uniform : the margin when all links that raise a rate weaken together
    links : of single links, by (source, target)
    """

    members: int
    spins: float
    rate: tuple[float, float, float]
    uniform: MarginSpread
    links: dict[tuple[str, str], MarginSpread]


def spread_over_members(
    window: Jacobian, neutral: float, links: Sequence[tuple[tuple[str, str], ...]] = ()
) -> Spread | None:
    """Return how rate and margins vary over the members of a Jacobian; None where no rate is finite.

    Parameters
    ----------
    window : of the wheel's stocks alone
    neutral : 1/time, the rate below which a push neither grows nor fades
    links : groups of links whose margin is one and the same
    """
    rates = window_rate(step_matrices(window), window.step)
    known = np.isfinite(rates)
    if not known.any():
        return None
    spinning = known & (rates > neutral) & steady(window)
    uniform = member_margins(window, window.gives, spinning)
    each = [member_margins(window, link_part(window, group[0]), spinning) for group in links]
    weakest = np.array(each)[:, spinning].argmin(axis=0) if each and spinning.any() else np.zeros(0)
    critical = np.array(each)[:, spinning].min(axis=0) < 1.0 if len(weakest) else np.zeros(0, dtype=bool)
    found = {}
    for place, group in enumerate(links):
        first = float((critical & (weakest == place)).mean()) if len(weakest) else 0.0
        for link in group:
            found[link] = _spread(each[place], known, first)
    return Spread(
        int(known.sum()),
        float(spinning[known].mean()),
        _points(rates[known]),
        _spread(uniform, known),
        found,
    )


def _spread(margins: Array, known: NDArray[np.bool_], weakest: float = 0.0) -> MarginSpread:
    spinning = margins[np.isfinite(margins)]
    enough = len(spinning) * 2 > int(known.sum())
    small = float((~(margins[known] >= SMALL)).mean())
    return MarginSpread(_points(spinning) if enough else None, small, weakest)


def _points(values: Array) -> tuple[float, float, float]:
    low, middle, high = np.quantile(values, (0.05, 0.5, 0.95))
    return float(low), float(middle), float(high)
