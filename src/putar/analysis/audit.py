"""Questions that a loop diagram does not answer: what closes, what pushes, what would happen anyway.

Structure is read from the graph of links; the rest from trajectories that someone else ran. Nothing here runs
a model. `singular_time` looks for growth faster than exponential: where the time it takes to grow by a fixed
factor falls along a straight line, that line says when it reaches nothing, and the stock infinity.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from putar.analysis.causal import CausalGraph
from putar.analysis.jacobian import gains
from putar.analysis.loops import Loop
from putar.analysis.trajectory import Trajectory
from putar.engine.formulas import Formulas
from putar.engine.holds import reads_clock
from putar.engine.ir import Op, live_order

__all__ = ["acting_links", "date_of", "drives_of", "growth_share", "reaches", "singular_time", "unbalanced"]

Array = NDArray[np.float64]
STRAIGHT = 0.995  # the fit that a falling doubling time must have


def reaches(graph: CausalGraph, target: str) -> set[str]:
    """Return all names that act on a target, itself included."""
    into: dict[str, list[str]] = {}
    for source, end in graph.links:
        into.setdefault(end, []).append(source)
    found, waiting = {target}, [target]
    while waiting:
        for source in into.get(waiting.pop(), ()):
            if source not in found:
                found.add(source)
                waiting.append(source)
    return found


def drives_of(formulas: Formulas, graph: CausalGraph, target: str) -> list[str]:
    """Return what drives a target from outside any loop: formulas of the clock, and stocks without a loop.

    A stock counts when no loop acts on it, so that it goes where constants and the clock send it.

    """
    acting = reaches(graph, target)
    if graph.partition:  # what acts on no loop of the target's past only does its sums
        looped = [name for name in graph.partition if name in acting]
        acting &= set().union(*(reaches(graph, name) for name in looped)) if looped else acting
    found = []
    for name, formula in formulas.all.items():
        if name not in acting:
            continue
        if formula.kind == "stock":
            behind = reaches(graph, name)
            if formula.inputs and not any(other in graph.partition for other in behind):
                found.append(name)
        elif reads_clock(formulas, name):
            found.append(name)
    return found


def acting_links(
    rows: Trajectory, links: Sequence[tuple[str, str]], parameter: str, value: float
) -> set[tuple[str, str]]:
    """Return the links whose equation reads a parameter and that act, for a value of it.

    Everything else stays as it was in the run, so that a difference between two values is one of structure:
    a switch that is thrown, a weight that becomes nothing.

    Parameters
    ----------
    rows : of one member
    """
    slot = rows.formulas.program.parameters.index(parameter)
    nodes = rows.formulas.graph.nodes
    reading = {
        name
        for name in {target for _, target in links}
        for index in live_order(rows.formulas.graph, [rows.formulas.all[name].node])
        if nodes[index].op is Op.PARAM and nodes[index].key == slot
    }
    asked = [link for link in links if link[1] in reading]
    if not asked:
        return set()
    held = {**rows.values, parameter: np.full((len(rows.steps), rows.members), value)}
    found = gains(replace(rows, values=held), asked)
    return {link for link in asked if np.abs(found[link]).max(initial=0.0) > 0.0}


def unbalanced(loops: Iterable[Loop], kept: frozenset[str]) -> list[Loop]:
    """Return the reinforcing loops that share no stock with a balancing one."""
    listed = list(loops)
    held: set[str] = set()
    for loop in listed:
        if not loop.polarity.startswith("R"):
            held |= set(loop.variables) & kept
    return [x for x in listed if x.polarity.startswith("R") and not held & set(x.variables) & kept]


def growth_share(base: tuple[float, float], held: tuple[float, float]) -> float | None:
    """Return how much of the growth from first to last value is gone when something is held.

    In logarithms where all values are above zero, else in differences; None where nothing grew.

    """
    values = (*base, *held)
    if not np.isfinite(values).all():
        return None
    if min(values) > 0.0:
        whole, left = np.log(base[1] / base[0]), np.log(held[1] / held[0])
    else:
        whole, left = base[1] - base[0], held[1] - held[0]
    return None if abs(whole) < 1e-12 else float(1.0 - left / whole)


def date_of(times: Array, series: Array, level: float) -> float:
    """Return when a series first passes a level, by a straight line between two rows; nan if never."""
    above = series > level
    passed = np.flatnonzero(above[1:] != above[0])
    if not len(passed) or not np.isfinite(series).all():
        return float("nan")
    n = int(passed[0])
    part = (level - series[n]) / (series[n + 1] - series[n])
    return float(times[n] + part * (times[n + 1] - times[n]))


def singular_time(times: Sequence[float] | Array, values: Sequence[float] | Array) -> float | None:
    """Return when a series would reach infinity if it goes on as in its last third, or None.

    Source: for x' = k x^(1+p) the inverse of the growth rate is p (t* - t), a straight line to 0 at t*.

    """
    grid, series = np.asarray(times, dtype=np.float64), np.asarray(values, dtype=np.float64)
    late = len(grid) * 2 // 3
    grid, series = grid[late:], series[late:]
    if len(grid) < 8 or not (np.isfinite(series).all() and (series > 0.0).all()):
        return None
    growth = np.diff(np.log(series)) / np.diff(grid)
    if not (growth > 0.0).all():
        return None
    middle, wait = (grid[1:] + grid[:-1]) / 2.0, 1.0 / growth
    slope, start = np.polyfit(middle, wait, 1)
    if slope >= 0.0 or wait[-1] > 0.8 * wait[0]:
        return None
    fitted = slope * middle + start
    rest = float(((wait - fitted) ** 2).sum() / ((wait - wait.mean()) ** 2).sum())
    end = float(-start / slope)
    return end if 1.0 - rest > STRAIGHT and end > grid[-1] else None
