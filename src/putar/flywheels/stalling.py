"""How far a link between subsystems may weaken before the wheel stalls: by simulation, not linearised.

A link is set between its two forms, 1 integrated and 0 at arm's length, from the protocol's date on, and the
model is run again; all other links stay as they are. The wheel stalls where the output no longer rises from
that date to the date at which it is read. The first such strength below 1 is searched on a grid of runs, and
again between its two neighbours. This is the level version: what outside drives carry counts as rising, so
that few links stall it. Beside it stands the strength at which half of the output is gone, the measure by
which the verdict, too, judges whether a wheel turns by itself.

Source: docs/methods/spin.md; the linear version, which leaves the run as it was, is `analysis.margin`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from putar.analysis.spin import KEPT
from putar.analysis.spread import SMALL
from putar.flywheels.folder import Flywheel
from putar.flywheels.questions import Protocol
from putar.flywheels.scenarios import RunSpec
from putar.flywheels.simulate import changes_with_links, over_variants
from putar.runs.design import design
from putar.runs.execute import execute
from putar.words.said import Date, Number, Said

__all__ = ["Stall", "StallSpread", "first_stall", "stall_margins", "stall_spreads"]

DRAWN = 60  # draws whose margins are searched
GRID = 17  # strengths tried at once; twice, so that a margin is right to 1/256

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Stall:
    """The margin of a link, in [0, 1], or None; why; and how far it may weaken until half is lost."""

    margin: float | None
    why: str
    half: float | None = None


@dataclass(frozen=True, slots=True)
class StallSpread:
    """How a link's margin varies over draws.

    Parameters
    ----------
    points : 5, 50 and 95 % points, over the draws in which the output rises with every link whole; None where
        fewer than half do
    small : the probability that the margin is below SMALL; draws in which nothing rises count
    half : the points of how far the link may weaken until half of the output is lost
    """

    members: int
    points: tuple[float, float, float] | None
    small: float
    half: tuple[float, float, float] | None = None


def first_stall(strengths: Array, rises: Array) -> tuple[float, float] | None:
    """Return the neighbours between which the rise ends, coming down from the largest strength.

    Parameters
    ----------
    strengths : [strength], increasing
    rises : [strength], above zero where the output still rises
    """
    below = np.flatnonzero(~(rises > 0.0))
    if len(below) == 0:
        return None
    last = int(below[-1])
    return float(strengths[last]), float(strengths[min(last + 1, len(strengths) - 1)])


def stall_margins(flywheel: Flywheel, protocol: Protocol, spec: RunSpec) -> dict[str, Stall]:
    """Return the margin of each link for a protocol's output, of the single run of a specification."""
    links = [form.id for form in flywheel.links]
    start = flywheel.model.time.start if protocol.cut_from is None else protocol.cut_from
    first = min(max(start, flywheel.model.time.start), flywheel.model.time.stop)
    label = flywheel.model[protocol.output.partition("[")[0]].label
    unit = flywheel.model.time.unit
    span = {"output": label, "start": Date(first, unit), "stop": Date(protocol.at, unit)}
    if first >= protocol.at:
        return {link: Stall(None, Said("margin.too_early")) for link in links}

    def ends(strengths: Array) -> Array:
        """Return the output at both dates, [date, link, strength], with each link alone at a strength."""
        count, tried = strengths.shape
        whole = np.ones((count, count, tried))
        for place in range(count):
            whole[place, place] = strengths[place]
        members = count * tried
        switches = {link: whole[:, place].reshape(members) for place, link in enumerate(links)}
        changes = changes_with_links(flywheel, replace(spec, members=0), switches, start)
        plan = design(flywheel.program, changes, members)
        ensemble = execute(
            flywheel.program, plan, (protocol.output,), save_at=(first, protocol.at), seed=spec.seed, alike=1
        )
        return ensemble.values[:, 0].reshape(-1, count, tried)

    return _search(links, ends, span)


def stall_spreads(flywheel: Flywheel, protocol: Protocol, spec: RunSpec) -> dict[str, StallSpread]:
    """Return how the margin of each link varies over up to DRAWN draws, each searched on the grid alone."""
    links = [form.id for form in flywheel.links]
    start = flywheel.model.time.start if protocol.cut_from is None else protocol.cut_from
    first = min(max(start, flywheel.model.time.start), flywheel.model.time.stop)
    if first >= protocol.at or not links:
        return {}
    draws, count, grid = min(spec.members, DRAWN), len(links), np.linspace(0.0, 1.0, GRID)
    whole = np.ones((count, count, GRID))
    whole[range(count), range(count)] = grid
    switches = {
        link: np.repeat(whole[:, place].reshape(count * GRID), draws) for place, link in enumerate(links)
    }
    changes = changes_with_links(flywheel, replace(spec, members=draws), switches, start)
    repeated = [over_variants(change, count * GRID, draws) for change in changes]
    plan = design(flywheel.program, repeated, count * GRID * draws)
    save_at = (first, protocol.at)
    ensemble = execute(
        flywheel.program, plan, (protocol.output,), save_at=save_at, seed=spec.seed, alike=draws
    )
    ends = ensemble.values[:, 0].reshape(-1, count, GRID, draws)
    rises = ends[-1] - ends[0]
    return {link: _spread(grid, rises[place], ends[-1, place]) for place, link in enumerate(links)}


def _spread(strengths: Array, rises: Array, last: Array) -> StallSpread:
    """Return the spread of a link's margins, from rises and last values [strength, draw]."""
    margins, halves = [], []
    for each, values in zip(rises.T, last.T, strict=True):
        border = first_stall(strengths, each)
        if not each[-1] > 0.0:
            margins.append(np.nan)
        else:
            margins.append(1.0 if border is None else 1.0 - _between(border, strengths, each))
        half = _half(strengths, values)
        halves.append(np.nan if half is None else half)
    found = np.array(margins)
    small = float((~(found >= SMALL)).mean())
    return StallSpread(len(found), _points(found), small, _points(np.array(halves)))


def _points(values: Array) -> tuple[float, float, float] | None:
    """Return the 5, 50 and 95 % points of what is known, if that is more than half."""
    known = values[np.isfinite(values)]
    if len(known) * 2 <= len(values):
        return None
    low, middle, high = np.quantile(known, (0.05, 0.5, 0.95))
    return float(low), float(middle), float(high)


def _search(links: list[str], ends: Callable[[Array], Array], span: Mapping[str, object]) -> dict[str, Stall]:
    grid = np.repeat(np.linspace(0.0, 1.0, GRID)[None], len(links), axis=0)
    values = ends(grid)
    found = values[-1] - values[0]
    if not found[:, -1].min(initial=np.inf) > 0.0:
        why = Said("margin.no_rise", **span)
        return {link: Stall(None, why) for link in links}
    borders = [first_stall(grid[place], found[place]) for place in range(len(links))]
    if any(border is not None for border in borders):
        finer = np.array([np.linspace(*(border or (0.0, 1.0)), GRID) for border in borders])
        there = ends(finer)
        again = there[-1] - there[0]
        borders = [
            border if border is None else (first_stall(finer[place], again[place]) or border)
            for place, border in enumerate(borders)
        ]
    margins: dict[str, Stall] = {}
    halves = [_half(grid[place], values[-1, place]) for place in range(len(links))]
    for link, border, half in zip(links, borders, halves, strict=True):
        none_lost = half is None or half == 1.0
        left = Number(1.0 - (half or 0.0), ".0%")
        lost = "" if none_lost else Said("margin.half_lost", share=left)
        if border is None:
            why = Said("margin.still_rises", lost=lost, **span)
            margins[link] = Stall(1.0, why, half)
        else:
            factor = (border[0] + border[1]) / 2.0
            why = Said("margin.stops_rising", share=Number(factor, ".0%"), lost=lost, **span)
            margins[link] = Stall(1.0 - factor, why, half)
    return margins


def _half(strengths: Array, values: Array) -> float | None:
    """Return how far a link may weaken until less than KEPT of the output is left; 1 if it never is."""
    whole = float(values[-1])
    if not whole > 0.0:
        return None
    border = first_stall(strengths, values - KEPT * whole)
    if border is None:
        return 1.0
    return 1.0 - _between(border, strengths, values - KEPT * whole)


def _between(border: tuple[float, float], strengths: Array, values: Array) -> float:
    """Return the strength between two neighbours at which the values, on a straight line, are zero."""
    low, high = (float(np.interp(at, strengths, values)) for at in border)
    share = -low / (high - low) if high > low else 1.0
    return border[0] + share * (border[1] - border[0])
