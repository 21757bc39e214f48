"""The release test: cut the outside drives at a date, and see whether the wheel still rises.

A run, not a derivative: no matrix is asked. A flywheel that names its outside links loses those; in any
other model the clock stops in all that reads it, and stocks that no loop acts on stand still. After a quarter
of the rest of the time has passed, for what was under way to arrive, the mean log growth of the stocks that
carry the wheel is read, each by its part in the leading growth. The same is read of the run as it was.

Source: docs/methods/spin.md.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from putar.analysis.audit import drives_of
from putar.analysis.loops import LoopFinding
from putar.analysis.wheel import Wheel, level_growth
from putar.engine.formulas import Formulas
from putar.engine.holds import HOLD, holdable
from putar.engine.ir import Op
from putar.flywheels.folder import Flywheel
from putar.flywheels.scenarios import RunSpec, combined
from putar.flywheels.simulate import changes_of, design_of
from putar.runs.design import Change, design
from putar.runs.execute import execute

__all__ = ["Release", "find_release", "index_of", "release_dates"]

CUT_DATE = "links.cut_date"  # the constant that a link's switch compares the clock with
SETTLING = 0.25  # of the time from the cut to the end, for what was under way to arrive

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Release:
    """How the wheel rises without its outside drives, and with them.

    Parameters
    ----------
    cut_from, start, stop : when the drives are cut, and between which dates the growth is read
    drives : what is cut: links of the flywheel, or names of what the clock or the outside drives
    slope, whole : 1/time, of the run without the drives, and of the run as it was; None where a stock is
        not above zero
    """

    cut_from: float
    start: float
    stop: float
    drives: tuple[str, ...]
    slope: float | None
    whole: float | None

    @property
    def rises(self) -> bool | None:
        """Whether the wheel rises without its drives; None where no growth can be read."""
        return None if self.slope is None else self.slope > 0.0


def index_of(finding: LoopFinding, found: Wheel) -> list[tuple[str, float]]:
    """Return the stocks that carry a wheel and have a name of their own, with their weights."""
    return [(name, part) for name, part in found.carries if name not in finding.graph.hidden]


def release_dates(flywheel: Flywheel) -> tuple[float, float, float]:
    """Return when drives are cut, and between which dates growth is read."""
    asked, program = flywheel.self_turning, flywheel.program
    last = program.start + program.steps * program.step
    if asked is not None:
        cut_from = program.start if asked.cut_from is None else asked.cut_from
        stop = min(last, max([asked.at or cut_from, *(cut_from + years for years in asked.after)]))
    else:
        cut_from, stop = program.start if flywheel.now is None else flywheel.now, last
    return cut_from, cut_from + SETTLING * (stop - cut_from), stop


def find_release(flywheel: Flywheel, spec: RunSpec, finding: LoopFinding, found: Wheel) -> Release | None:
    """Return the release test of a wheel, at the central values; None where no visible stock carries it."""
    weights, asked = index_of(finding, found), flywheel.self_turning
    cut_from, start, stop = release_dates(flywheel)
    if not weights or stop - start < flywheel.program.step:
        return None
    single = replace(spec, members=0)
    names = tuple(name for name, _ in weights)
    if asked is not None:
        drives = asked.outside_links
        cut = combined(single, RunSpec(cuts=dict.fromkeys(drives, cut_from)))
        plans = [design_of(flywheel, one) for one in (single, cut)]
        runs = [execute(flywheel.program, plan, names, seed=spec.seed) for plan in plans]
        values = [{name: run.series(name)[:, 0] for name in names} for run in runs]
        times = runs[0].times
    else:
        found_drives = drives_of(flywheel.formulas, finding.graph, names[0])
        drives = tuple(name for name in found_drives if not _switched_only(flywheel.formulas, name))
        made = holdable(flywheel.formulas, drives)
        held = {f"{HOLD}{name}": np.array([np.inf, cut_from]) for name in drives}
        plan = design(made, [*changes_of(flywheel, single), Change(held)], 2)
        both = execute(made, plan, names, seed=spec.seed)
        values = [{name: both.series(name)[:, place] for name in names} for place in (0, 1)]
        times = both.times
    whole, slope = (level_growth(times, each, weights, start, stop) for each in values)
    return Release(cut_from, start, stop, drives, slope, whole)


def _switched_only(formulas: Formulas, name: str) -> bool:
    """Whether a formula reads the clock only to know if a link is cut, which is no push from outside."""
    nodes, parameters = formulas.graph.nodes, formulas.program.parameters
    waiting, clock = [formulas.all[name].node], False
    while waiting:
        node = nodes[waiting.pop()]
        if node.op is Op.TIME:
            return False
        limits = [nodes[arg] for arg in node.args if nodes[arg].op is Op.PARAM]
        if node.op is Op.LT and any(parameters[int(str(one.key))] == CUT_DATE for one in limits):
            clock = True
        else:
            waiting += node.args
    return clock
