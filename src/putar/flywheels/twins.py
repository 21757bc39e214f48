"""Constants that what has happened cannot tell apart, and what either reading says of what will.

Of a constant with a range both ends are run. Where both give the same past, either may be true. They are two
structures where a link acts at one end and not at the other, the rest as it was; else two numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from putar.analysis.audit import acting_links
from putar.analysis.jacobian import jacobian
from putar.analysis.naming import label
from putar.analysis.spectrum import step_matrices, window_rate
from putar.analysis.trajectory import Trajectory, trajectory
from putar.flywheels.checks import Check
from putar.flywheels.feedback import Feedback
from putar.flywheels.folder import Flywheel
from putar.flywheels.scenarios import RunSpec
from putar.flywheels.simulate import changes_of, design_of
from putar.runs.design import Change, design
from putar.words.amounts import date_text, time_unit

__all__ = ["APART", "SAME", "find_twins"]

SAME = 0.02  # a change below this is no change
APART = 0.2  # a change above this is another answer
LISTED = 5  # of each kind
SHOWN = 3  # links in a sentence

Array = NDArray[np.float64]
Ranged = tuple[str, float, float]


def find_twins(
    flywheel: Flywheel,
    feedback: Feedback,
    target: str,
    ranged: Sequence[Ranged],
    base: Array,
    ends: Array,
    now: int,
) -> Iterator[Check]:
    """Yield the constants whose ends both fit what has happened: other structures first, all of them.

    Parameters
    ----------
    target : the variable asked about, whose run is `base` [row]
    ranged : constants with the ends of their ranges
    ends : [row, variant, constant, end], the target at either end; a second variant is without outside links
    now : the row up to which there is a past
    """
    scale = max(float(np.abs(base[: now + 1]).max()), 1e-300)
    rows: Trajectory | None = None
    future: list[tuple[float, Check]] = []
    causes: list[tuple[float, Check]] = []
    for place, (name, low, high) in enumerate(ranged):
        pair, cut = ends[:, 0, place], ends[-1, 1:, place].ravel()
        if not np.isfinite(pair).all():
            continue
        past = float(np.abs(pair[: now + 1] - base[: now + 1, None]).max()) / scale
        if past >= SAME:
            continue
        rows = trajectory(flywheel.formulas, design_of(flywheel, RunSpec())) if rows is None else rows
        links = [feedback.finding.graph.links[n] for n in feedback.finding.graph.inner]
        at_low, at_high = (acting_links(rows, links, name, end) for end in (low, high))
        last = (float(pair[-1, 0]), float(pair[-1, 1]))
        known = (float(cut[0]), float(cut[1])) if len(cut) == 2 and np.isfinite(cut).all() else None
        numbers = {"low": last[0], "high": last[1], "past": past}
        if known is not None:
            numbers |= {"low_without_outside": known[0], "high_without_outside": known[1]}
        said = f"{name} = {low:g} and {high:g}"
        if at_low != at_high:
            yield _structures(flywheel, feedback, target, ranged[place], at_low, at_high, numbers)
        elif (apart := abs(last[1] - last[0]) / max(abs(float(base[-1])), 1e-300)) > APART:
            date = date_text(flywheel.now or 0.0, flywheel.model.time.unit)
            what = (
                f"history up to {date} cannot tell {name} = {low:g} from {high:g}, "
                f"and {label(target)} at the end is {last[0]:.4g} or {last[1]:.4g}"
            )
            fix = "show both beside every answer that depends on it"
            future.append((apart, Check("same past, other future", "note", what, fix, (name,), numbers)))
        elif known is not None and _spread(known) > APART:
            what = (
                f"{said} fit the same data; without the outside links "
                f"{label(target)} at the end would be {known[0]:.4g} or {known[1]:.4g}"
            )
            fix = "show both beside every answer about causes"
            check = Check("same past, other causes", "note", what, fix, (name,), numbers)
            causes.append((_spread(known), check))
    for found in (future, causes):
        found.sort(key=lambda pair: -pair[0])
        yield from [check for _, check in found[:LISTED]]


def _spread(pair: tuple[float, float]) -> float:
    return abs(pair[1] - pair[0]) / max(abs(pair[0]), abs(pair[1]), 1e-300)


def _structures(
    flywheel: Flywheel,
    feedback: Feedback,
    target: str,
    ranged: Ranged,
    at_low: set[tuple[str, str]],
    at_high: set[tuple[str, str]],
    numbers: dict[str, float],
) -> Check:
    """Return what two structures that fit the same data say: of the end, of causes, of the wheel."""
    name, low, high = ranged
    unit = time_unit(flywheel.model.time.unit)
    gone = [
        f"with {end:g} nothing runs from {_listed(missing)}"
        for end, missing in ((low, at_high - at_low), (high, at_low - at_high))
        if missing
    ]
    what = f"{name} = {low:g} and {high:g} are two structures that fit the same data: {', '.join(gone)}"
    what += f"; {label(target)} at the end would be {numbers['low']:.4g} or {numbers['high']:.4g}"
    if "low_without_outside" in numbers:
        what += f", without the outside links {numbers['low_without_outside']:.4g} or "
        what += f"{numbers['high_without_outside']:.4g}"
    rates = _rates(flywheel, feedback, name, (low, high))
    if rates is not None:
        what += f", and a push on the wheel would move by {rates[0]:+.0%} or {rates[1]:+.0%} a {unit}"
        numbers = {**numbers, "low_rate": rates[0], "high_rate": rates[1]}
    fix = "show both beside every answer about causes"
    return Check("same data, other structure", "note", what, fix, (name,), numbers)


def _listed(links: set[tuple[str, str]]) -> str:
    named = sorted(f"{label(source)} to {label(target)}" for source, target in links)
    more = f" and {len(named) - SHOWN} more" if len(named) > SHOWN else ""
    return ", ".join(named[:SHOWN]) + more


def _rates(
    flywheel: Flywheel, feedback: Feedback, name: str, ends: tuple[float, float]
) -> tuple[float, float] | None:
    """Return the rate of a push on the wheel at either end, 1/time; None where there is no wheel."""
    wheel = feedback.wheel
    if wheel is None:
        return None
    changes = [*changes_of(flywheel, RunSpec()), Change({name: np.array(ends)})]
    program = flywheel.formulas.program
    rows = trajectory(
        flywheel.formulas,
        design(program, changes, 2),
        first=max(0, round((wheel.start - program.start) / program.step) - 1),
        last=min(program.steps, round((wheel.stop - program.start) / program.step)),
    )
    window = jacobian(rows, feedback.finding.graph).window(wheel.start, wheel.stop).only(wheel.stocks)
    found = window_rate(step_matrices(window), window.step)
    return (float(found[0]), float(found[1])) if np.isfinite(found).all() else None
