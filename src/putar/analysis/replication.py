"""How long and how dear the way is to the same position, for somebody who starts with less.

Two readings of one question. *Tasks* say what is missing, each with the years and the money of the whole
way: what is missing is built side by side, at an even rate, and what needs another thing first waits for
it. *Trajectories* of a rival and a leader say when the one has caught up with the other. Nothing here
knows a flywheel, and nothing here steps time.

Parity that is not reached is infinity, never a missing number.

Source: Dierickx and Cool (1989), Management Science 35, 1504-1511, on what slows imitation; Pacheco-de-
Almeida and Zemsky (2007), Management Science 53, 651-666, on paying for haste.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "Replication",
    "Task",
    "build_cost",
    "cost_to_parity",
    "critical_path",
    "frontier",
    "gaps",
    "parity_by",
    "replicate",
    "time_to_parity",
    "years_saved",
]

Array = NDArray[np.float64]
DWELL = 0.25  # years for which parity must hold: a quarter


@dataclass(frozen=True, slots=True)
class Task:
    """A capability to build: years and cost of the whole way from nothing to parity.

    Haste costs: in D years the cost is multiplied by `1 + compression * (usual years / D) ** exponent`.
    Below `shortest` years for the whole way no money helps. `after` names what must be finished before.
    """

    name: str
    years: float
    cost: float
    compression: float = 0.0
    exponent: float = 1.0
    shortest: float = 0.0
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Replication:
    """What closing all gaps takes: years, cost, the years no money shortens, the tasks that decide them."""

    years: float
    cost: float
    floor: float
    path: tuple[str, ...]

    @property
    def longest(self) -> str:
        """The task that decides the years."""
        return self.path[-1] if self.path else ""

    @property
    def useful_budget(self) -> float:
        """Spending a year beyond which money buys no time, in the cost's unit; 0 when nothing is missing."""
        return self.cost / self.floor if self.floor else 0.0


def gaps(levels: ArrayLike, goals: ArrayLike) -> Array:
    """Return the part of the way that is missing, `max(0, 1 - level / goal)`; a goal of 0 is reached."""
    level, goal = np.asarray(levels, dtype=np.float64), np.asarray(goals, dtype=np.float64)
    reached = np.where(goal > 0.0, level / np.where(goal > 0.0, goal, 1.0), 1.0)
    return np.maximum(0.0, 1.0 - reached)


def build_cost(task: Task, gap: float, years: float | None = None) -> float:
    """Return what closing a gap costs when it takes so many years (None: the usual pace, no haste).

    Raises
    ------
    ValueError
        If the years are fewer than the shortest that money can buy.
    """
    plain = task.cost * gap
    if years is None or not gap:
        return plain
    if years < task.shortest * gap * (1 - 1e-12):
        raise ValueError(f"{task.name} takes at least {task.shortest * gap:g} years, not {years:g}")
    haste = float((task.years * gap / years) ** task.exponent) if years else math.inf
    return plain * (1.0 + task.compression * haste) if task.compression else plain


def critical_path(
    years: Mapping[str, float], after: Mapping[str, Sequence[str]]
) -> tuple[float, tuple[str, ...]]:
    """Return how long the longest chain of tasks takes, and its tasks in order.

    Parameters
    ----------
    years : of each task
    after : the tasks that must be finished before a task begins; tasks without an entry wait for nothing

    Raises
    ------
    ValueError
        If tasks wait for each other in a circle, or for one that does not exist.
    """
    best: dict[str, tuple[float, tuple[str, ...]]] = {}
    open_: set[str] = set()

    def finish(task: str) -> tuple[float, tuple[str, ...]]:
        if task in best:
            return best[task]
        if task in open_:
            raise ValueError(f"{task} waits for itself")
        if task not in years:
            raise ValueError(f"nothing is known of {task}")
        open_.add(task)
        start, path = max((finish(earlier) for earlier in after.get(task, ())), default=(0.0, ()))
        best[task] = (start + years[task], (*path, task) if years[task] > 0 else path)
        return best[task]

    return max((finish(task) for task in years), key=lambda found: found[0], default=(0.0, ()))


def replicate(tasks: Sequence[Task], missing: ArrayLike, budget: float = math.inf) -> Replication:
    """Return what closing the gaps takes when all that can be built at once is.

    Parameters
    ----------
    tasks : what there is to build
    missing : [task], the part of each way that is missing, 0 to 1
    budget : most that can be spent in a year; a smaller one stretches the work

    Returns
    -------
    years, the longer of the critical path and of what the budget allows (exact where no task waits for
    another, a lower bound otherwise); cost at the usual pace
    """
    gap = np.asarray(missing, dtype=np.float64)
    spans = {task.name: task.years * float(g) for task, g in zip(tasks, gap, strict=True)}
    floor, path = critical_path(spans, {task.name: task.after for task in tasks})
    cost = sum(build_cost(task, float(g)) for task, g in zip(tasks, gap, strict=True))
    paid = cost / budget if budget > 0 else (math.inf if cost else 0.0)
    return Replication(max(floor, paid), cost, floor, path)


def frontier(
    tasks: Sequence[Task], missing: ArrayLike, budgets: Sequence[float]
) -> list[tuple[float, float]]:
    """Return (budget a year, years) for each budget: more money never takes longer, and stops helping."""
    return [(budget, replicate(tasks, missing, budget).years) for budget in budgets]


def years_saved(tasks: Sequence[Task], missing: ArrayLike) -> Array:
    """Return, for each task, the years that having it already would save; the others stay missing: [task]."""
    gap = np.asarray(missing, dtype=np.float64)
    whole = replicate(tasks, gap).years
    saved = []
    for index in range(len(tasks)):
        without = gap.copy()
        without[index] = 0.0
        saved.append(whole - replicate(tasks, without).years)
    return np.array(saved)


# trajectories ---------------------------------------------------------------------------------


def time_to_parity(
    times: ArrayLike, rival: ArrayLike, leader: ArrayLike, tolerance: float = 0.0, dwell: float = DWELL
) -> float:
    """Return how long after the first time a rival reaches a leader in every measure, and stays there.

    Parameters
    ----------
    times : [time], rising
    rival, leader : [time] or [measure, time]; a leader that is one number stands still
    tolerance : parity is `rival >= (1 - tolerance) * leader`
    dwell : for how long it must hold, within the times given

    Returns
    -------
    time since the first, linear between points; infinity when it is not reached
    """
    t = np.asarray(times, dtype=np.float64)
    ours, theirs = np.atleast_2d(np.asarray(rival, dtype=np.float64)), np.asarray(leader, dtype=np.float64)
    margin = ours - (1.0 - tolerance) * np.broadcast_to(np.atleast_2d(theirs), ours.shape)
    held = (margin >= 0.0).all(axis=0)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], held, [False]]).astype(int)))
    for first, stop in edges.reshape(-1, 2):
        begin = t[first] if first == 0 else max(_crossings(t, margin, first - 1, first))
        end = t[-1] if stop == len(t) else min(_crossings(t, margin, stop, stop - 1))
        if end - begin >= dwell - 1e-12:
            return float(begin - t[0])
    return math.inf


def _crossings(t: Array, margin: Array, below: int, above: int) -> list[float]:
    """Return when each measure that is below zero at one point crosses it on the way to the other."""
    found: list[float] = []
    for measure in margin:
        if measure[below] < 0.0:
            share = measure[below] / (measure[below] - measure[above])
            found.append(float(t[below] + share * (t[above] - t[below])))
    return found


def cost_to_parity(times: ArrayLike, spending: ArrayLike, years: float, rate: float = 0.0) -> float:
    """Return the discounted spending until parity; infinite where parity is not reached.

    Parameters
    ----------
    times, spending : [time], spending in money a unit of time, linear between points
    years : from the first time to parity
    rate : continuous discount rate
    """
    if math.isinf(years):
        return math.inf
    t = np.asarray(times, dtype=np.float64)
    flow = np.asarray(spending, dtype=np.float64)
    end = t[0] + years
    grid = np.append(t[t < end], end)
    paid = np.interp(grid, t, flow) * np.exp(-rate * (grid - t[0]))
    return float(np.trapezoid(paid, grid))


def parity_by(years: ArrayLike, dates: ArrayLike) -> Array:
    """Return the share of draws in which parity is reached within so many years: [date].

    With one horizon for all draws this is the Kaplan-Meier estimate: whoever has not reached parity by
    then is infinite.
    """
    found = np.sort(np.asarray(years, dtype=np.float64))
    count = np.searchsorted(found, np.asarray(dates, dtype=np.float64), side="right")
    return np.asarray(count / max(1, len(found)), dtype=np.float64)
