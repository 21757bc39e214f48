"""Does the wheel turn by itself: what a push leaves behind, and what is left without outside money.

Two readings, each of one or many members. The push: a variable is raised once; in a wheel whose
loops together have a gain above one the gap to the undisturbed run grows, below one it fades. The
cut: outside links are put at arm's length; a wheel that turns by itself keeps most of its output.
Nothing here runs a model; it reads trajectories.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["KEPT", "Turning", "growth_rate", "turning"]

KEPT = 0.5  # a wheel that turns by itself keeps at least this share of its output
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Turning:
    """The two readings and what they say together.

    `gaps` [date, member] is the gap after the push as a share of the undisturbed value, first at the
    push; `kept` [member] the output without the outside links over that with them. `spins` is the
    verdict of the first member: True or False when both readings agree, None when they do not.
    """

    gaps: Array
    kept: Array
    rate: float

    @property
    def spins(self) -> bool | None:
        """Whether the wheel turns by itself."""
        each = self.each()
        return None if np.isnan(each[0]) else bool(each[0])

    def each(self) -> Array:
        """Return [member]: 1 turns by itself, 0 does not, not-a-number where the readings differ."""
        grows = self.gaps[-1] >= self.gaps[0]
        keeps = self.kept >= KEPT
        return np.where(grows & keeps, 1.0, np.where(~grows & ~keeps, 0.0, np.nan))


def turning(base: ArrayLike, pushed: ArrayLike, cut: ArrayLike, whole: ArrayLike, rate: float) -> Turning:
    """Return the readings from trajectories.

    Parameters
    ----------
    base, pushed : [date, member], the pushed variable without and with the push; the first date is
        the first at which the push shows
    cut, whole : [member], the output with the outside links cut, and with them
    rate : 1/time, growth of the output at the flywheel's "now"
    """
    before, after = np.atleast_2d(np.asarray(base, float)), np.atleast_2d(np.asarray(pushed, float))
    with np.errstate(divide="ignore", invalid="ignore"):
        gaps = np.abs(after / before - 1.0)
        kept = np.asarray(cut, float) / np.asarray(whole, float)
    return Turning(gaps, np.atleast_1d(kept), rate)


def growth_rate(times: Sequence[float] | Array, values: ArrayLike, at: float, window: float = 0.25) -> float:
    """Return the growth rate around a date, 1/time: the log difference over a window centred on it.

    Not-a-number where the values are not above zero.
    """
    grid, series = np.asarray(times, float), np.asarray(values, float)
    early = max(grid[0], min(at, grid[-1] - window / 2) - window / 2)
    late = min(grid[-1], early + window)
    first, last = np.interp((early, late), grid, series)
    if first <= 0 or last <= 0:
        return float("nan")
    return float(np.log(last / first) / (late - early))
