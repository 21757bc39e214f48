"""For which value of one number an outcome becomes what is asked: many candidates at once, then closer.

Each round tries a row of candidates in one call, keeps the first pair between which the outcome passes
the target, and looks there again. That is bisection with more than two pieces, and suits a simulator that
answers a thousand questions as fast as one. The first crossing from the low end is found, to the fineness of
the first round.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Solution", "solve"]

Array = NDArray[np.float64]
POINTS = 65  # candidates in each round
CLOSE = 1e-10  # relative width at which the search ends


@dataclass(frozen=True, slots=True)
class Solution:
    """Where the outcome meets the target, or None; and the candidate that came closest, with its outcome."""

    at: float | None
    closest: float
    outcome: float


def solve(
    outcome: Callable[[Array], Array],
    target: float,
    low: float,
    high: float,
    *,
    logarithmic: bool = False,
    points: int = POINTS,
) -> Solution:
    """Return the lowest number between two bounds for which the outcome is the target.

    Parameters
    ----------
    outcome : [candidate] to [candidate]; values that are not finite count as no answer
    logarithmic : candidates are even in the logarithm; both bounds above 0

    Raises
    ------
    ValueError
        If the bounds are out of order, or not above 0 where they must be.
    """
    if not low < high or (logarithmic and low <= 0):
        raise ValueError(f"no candidates from {low:g} to {high:g}")
    spread = np.geomspace if logarithmic else np.linspace
    near, reached = low, float("nan")
    found: tuple[float, float, float, float] | None = None
    while True:
        tried = np.asarray(spread(low, high, points), dtype=np.float64)
        gap = np.asarray(outcome(tried), dtype=np.float64) - target
        fine = np.isfinite(gap)
        if found is None and fine.any():
            best = int(np.argmin(np.where(fine, np.abs(gap), np.inf)))
            near, reached = float(tried[best]), float(gap[best] + target)
        passes = np.flatnonzero(fine[:-1] & fine[1:] & (gap[:-1] * gap[1:] <= 0.0))
        if not passes.size:
            break
        i = int(passes[0])
        found = float(tried[i]), float(tried[i + 1]), float(gap[i]), float(gap[i + 1])
        low, high = found[:2]
        if high - low <= CLOSE * max(abs(low), abs(high)) or found[2] == 0.0:
            break
    if found is None:
        return Solution(None, near, reached)
    a, b, below, above = found
    at = a if below == 0.0 or above == below else a - below * (b - a) / (above - below)
    return Solution(at, at, target)
