"""How far any link of a model may weaken before the wheel falls, by simulation.

The release test decides: without the outside drives the stocks that carry the wheel must still rise. Each
link is weakened from the date of the cut on, and the model is run again, so that everything else may answer.
In the deviation form its target reads the value that the source had at that date plus k times what the source
has moved since; in the level form k times the source. The first strength below 1 at which the wheel no longer
rises is searched on a grid of runs, and again between its two neighbours. The linear version, which leaves
the run as it was, is `analysis.margin`; where a target is proportional to its source both agree.

Source: docs/methods/spin.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from putar.analysis.audit import drives_of
from putar.analysis.wheel import level_growth
from putar.engine.holds import HOLD, KEPT, STRENGTH, WEAK_FROM, holdable, link_name
from putar.engine.ir import Program
from putar.errors import UsageError, nearest
from putar.flywheels.feedback import Feedback
from putar.flywheels.folder import Flywheel
from putar.flywheels.release import index_of, release_dates
from putar.flywheels.scenarios import RunSpec, combined
from putar.flywheels.simulate import changes_of, simulate
from putar.flywheels.stalling import GRID, first_stall
from putar.runs.design import Change, design
from putar.runs.execute import execute

__all__ = ["FORMS", "LevelMargin", "find_level_margins"]

FORMS = ("deviation", "level")
Form = Literal["deviation", "level"]
Link = tuple[str, str]
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LevelMargin:
    """The margin of one link by simulation: in [0, 1], or None where the wheel does not rise with it whole.

    Parameters
    ----------
    slope : 1/time, of the wheel without its outside drives, the link whole
    form : "deviation" or "level"
    """

    source: str
    target: str
    value: float | None
    slope: float
    form: str


def find_level_margins(
    flywheel: Flywheel,
    spec: RunSpec,
    feedback: Feedback,
    links: Sequence[Link] = (),
    form: Form = "deviation",
) -> tuple[LevelMargin, ...]:
    """Return the margins of links by simulation, at the central values.

    Parameters
    ----------
    links : (source, target) names, no hidden ones; by default those whose linear margins the feedback lists

    Raises
    ------
    UsageError
        If there is no such link or form, or no wheel whose rise could be read.
    """
    if form not in FORMS:
        raise UsageError(f"there is no form {form!r} of a weakened link", f"one of: {', '.join(FORMS)}")
    wheel, graph = feedback.wheel, feedback.finding.graph
    weights = [] if wheel is None else index_of(feedback.finding, wheel)
    cut_from, start, stop = release_dates(flywheel)
    if wheel is None or not weights or stop - start < flywheel.program.step:
        raise UsageError("nothing here turns whose rise could be read", "see `putar loops`")
    listed = tuple((one.source, one.target) for one in wheel.margins if one.source not in graph.hidden)
    asked = tuple(links) or listed
    for link in asked:
        if link not in graph.number or link[0] in graph.hidden:
            near = nearest(link_name(link), [link_name(known) for known in graph.links])
            raise UsageError(f"there is no link {link_name(link)}", f"did you mean {near}?" if near else "")
    single, cuts = replace(spec, members=0), {}
    drives: list[str] = []
    if flywheel.self_turning is not None:
        cuts = dict.fromkeys(flywheel.self_turning.outside_links, cut_from)
    else:
        drives = drives_of(flywheel.formulas, graph, weights[0][0])
    single = combined(single, RunSpec(cuts=cuts))
    program = holdable(flywheel.formulas, drives, asked)
    kept = _kept(flywheel, single, asked, cut_from, form)
    names = tuple(name for name, _ in weights)

    def slopes(strengths: Array) -> Array:
        """Return the wheel's growth, [link, strength], with each link alone at a strength."""
        count, tried = strengths.shape
        whole = np.ones((count, count, tried))
        whole[range(count), range(count)] = strengths
        held: dict[str, ArrayLike] = {WEAK_FROM: cut_from}
        for name in drives:
            held[f"{HOLD}{name}"] = cut_from
        for place, link in enumerate(asked):
            held[f"{STRENGTH}{link_name(link)}"] = whole[:, place].ravel()
            held[f"{KEPT}{link_name(link)}"] = kept[place]
        return _growth(flywheel, single, program, held, names, weights, (start, stop)).reshape(count, tried)

    grid = np.repeat(np.linspace(0.0, 1.0, GRID)[None], len(asked), axis=0)
    found = slopes(grid)
    borders = [first_stall(*pair) for pair in zip(grid, found, strict=True)]
    finer = np.array([np.linspace(*(border or (0.0, 1.0)), GRID) for border in borders])
    again = slopes(finer) if any(border is not None for border in borders) else found
    margins = []
    for place, link in enumerate(asked):
        today = float(found[place, -1])
        value: float | None = None
        if today > 0.0:
            border = borders[place] and (first_stall(finer[place], again[place]) or borders[place])
            value = 1.0 if not border else 1.0 - (border[0] + border[1]) / 2.0
        margins.append(LevelMargin(*link, value, today, form))
    return tuple(margins)


def _kept(flywheel: Flywheel, spec: RunSpec, links: Sequence[Link], date: float, form: Form) -> list[float]:
    """Return what each link's target goes on reading at strength 0."""
    if form == "level":
        return [0.0] * len(links)
    sources = tuple(dict.fromkeys(source for source, _ in links))
    run = simulate(flywheel, spec, save=sources, save_at=(date,))
    return [float(run.series(source)[-1, 0]) for source, _ in links]


def _growth(
    flywheel: Flywheel,
    spec: RunSpec,
    program: Program,
    held: Mapping[str, ArrayLike],
    names: tuple[str, ...],
    weights: list[tuple[str, float]],
    span: tuple[float, float],
) -> Array:
    """Return the growth of the index in each member, [member]; below zero where a stock is not above zero."""
    members = max(np.size(value) for value in held.values())
    plan = design(program, [*changes_of(flywheel, spec), Change(held)], members)
    run = execute(program, plan, names, save_at=span, seed=spec.seed, alike=1)
    found = [
        level_growth(run.times, {name: run.series(name)[:, n] for name in names}, weights, *span)
        for n in range(members)
    ]
    return np.array([-np.inf if one is None else one for one in found])
