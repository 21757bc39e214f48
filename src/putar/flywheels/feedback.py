"""Why does it spin: a flywheel's loops, who leads when and how surely, its rates and its fragile links.

One run is scored in full; with members the loops that matter are scored in all of them, and the rates and
margins of a window in some. Everything is asked of `analysis`; here it is put to a flywheel's runs.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from putar.analysis.causal import causal_graph
from putar.analysis.closing import closings
from putar.analysis.dominance import Dominance, dominance
from putar.analysis.jacobian import jacobian
from putar.analysis.loops import LoopFinding, find_loops
from putar.analysis.margin import Margin
from putar.analysis.naming import label
from putar.analysis.spread import MarginSpread, Spread, spread_over_members
from putar.analysis.trajectory import Trajectory, clock_alone, trajectory
from putar.analysis.wheel import LinkMargin, Wheel, too_large, wheel
from putar.engine.kernel import saved_steps
from putar.errors import RunError
from putar.flywheels.folder import Flywheel
from putar.flywheels.release import Release, find_release
from putar.flywheels.scenarios import RunSpec
from putar.flywheels.simulate import design_of
from putar.words.amounts import date_text

__all__ = ["Feedback", "find_feedback", "wheel_window"]

POINTS = 40  # rows of an answer
DRAWN = 60  # members whose rates and margins are computed

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Feedback:
    """The answer: loops, their lead, the wheel, and how long it took.

    `lead_probability` is [row, loop] for `finding.main`, with `nobody` [row] it sums to one in each row;
    of one run it is 0 or 1. Rows are at `times`; `rows` are their places in the run. `large` says that the
    wheel was left out because it holds too many stocks.
    """

    flywheel: Flywheel
    finding: LoopFinding
    times: Array
    rows: NDArray[np.int64]
    lead_probability: Array
    nobody: Array
    spread: Dominance | None
    wheel: Wheel | None
    wheel_spread: Spread | None
    seconds: float
    release: Release | None = None
    large: bool = False

    def as_json(self) -> dict[str, object]:
        """Return the contract of `putar loops --json`, and what the page shows besides."""
        finding = self.finding
        return {
            "loops": self.loop_rows(),
            "times": self.times.tolist(),
            "dominant": self.dominant_rows(),
            "lead_probability": {
                "times": self.times.tolist(),
                "loops": [*[loop.id for loop in finding.main], "none"],
                "probability": np.column_stack([self.lead_probability, self.nobody]).tolist(),
            },
            "turned_by": self._turned_by(),
            "search": {
                "exact": finding.exact,
                "found": finding.found,
                "listed": len(finding.shares.circuits),
                "never_active": finding.silent,
                "explained": finding.explained_share,
                "resting": finding.resting,
            },
            "wheel": self.wheel_row(),
            "members": 0 if self.spread is None else self.spread.members,
            "seconds": self.seconds,
        }

    def page(self) -> dict[str, object]:
        """Return what a page shows besides the rows of the loops."""
        whole = self.as_json()
        keys = ("dominant", "lead_probability", "turned_by", "search", "wheel")
        return {"loop_times": whole["times"], **{key: whole[key] for key in keys}}

    def loop_rows(self, most: int | None = None) -> list[dict[str, object]]:
        """Return one row a loop, the largest first, as many as asked for."""
        bands = {} if self.spread is None else {n: k for k, n in enumerate(self.spread.loops)}
        rows: list[dict[str, object]] = []
        for loop in self.finding.loops[:most]:
            row: dict[str, object] = {
                "id": loop.id,
                "name": loop.name,
                "polarity": loop.polarity,
                "structure": loop.structure,
                "variables": list(loop.variables),
                "circuits": len(loop.circuits),
                "partition": loop.partition,
                "average": loop.average,
                "leads": loop.leads,
                "share": np.round(loop.share[self.rows], 6).tolist(),
            }
            if self.spread is not None and loop.id in bands:
                place = bands[loop.id]
                row["low"] = np.round(self.spread.low[:, place], 6).tolist()
                row["high"] = np.round(self.spread.high[:, place], 6).tolist()
            rows.append(row)
        return rows

    def told_rows(self) -> list[dict[str, object]]:
        """Return the loops that the flywheel names: whether each closes, where not, and what it did."""
        found = {loop.id: loop for loop in self.finding.loops}
        rows: list[dict[str, object]] = []
        for one in closings(self.flywheel.loops, self.finding.graph):
            loop, acted = one.loop, found.get(one.loop.id)
            ends = None if one.gap is None else dict(zip(("from", "to"), one.gap, strict=True))
            gap = None if ends is None else {**ends, **{f"{key}_label": label(x) for key, x in ends.items()}}
            rows.append(
                {
                    "id": loop.id,
                    "name": loop.name,
                    "polarity": loop.polarity,
                    "through": list(loop.through),
                    "closes": one.closes,
                    "gap": gap,
                    "reason": loop.reason,
                    "average": None if acted is None else acted.average,
                }
            )
        return rows

    def dominant_rows(self) -> list[dict[str, object]]:
        """Return which loops together make more than half, from when to when."""
        return [
            {"from": span.start, "to": span.stop, "loops": list(span.loops)} for span in self.finding.dominant
        ]

    def _turned_by(self) -> dict[str, object] | None:
        found = self.spread
        if found is None or not found.contested_loop:
            return None
        flips = [
            {
                "parameter": flip.parameter,
                "correlation": flip.correlation,
                "at": flip.at,
                "leads_below": flip.below,
                "leads_above": flip.above,
            }
            for flip in found.flips
        ]
        return {"at": found.contested, "loop": found.contested_loop, "parameters": flips}

    def wheel_row(self) -> dict[str, object] | None:
        """Return what the Jacobian says, or None where there is no loop."""
        found = self.wheel
        if found is None:
            return None
        spread = self.wheel_spread
        return {
            "spins": found.spins,
            "from": found.start,
            "to": found.stop,
            "time_unit": self.flywheel.model.time.unit,
            "rate": found.rate,
            "local": found.local,
            "level": found.level,
            "real": found.real,
            "together": found.together,
            "against": list(found.against),
            "number": found.number.value,
            "number_why": found.number.why,
            "stocks": list(found.stocks),
            "alone": [{"name": one.name, "label": label(one.name), "rate": one.rate} for one in found.alone],
            "carries": [{"name": name, "share": share} for name, share in found.carries],
            "uniform": margin_row(found.uniform),
            "margins": [link_row(link, spread) for link in found.margins],
            "defective": found.defective,
            "fragile": None if found.fragile is None else link_row(found.fragile),
            "windows": [
                {"from": w.start, "to": w.stop, "rate": w.rate, "local": w.local, "real": w.real}
                for w in found.windows
            ],
            "version": "linear: the run stays as it was",
            "release": None if self.release is None else release_row(self.release),
            "drawn": None
            if spread is None
            else {
                "members": spread.members,
                "spins": spread.spins,
                "rate": list(spread.rate),
                "margin": None if spread.uniform.points is None else list(spread.uniform.points),
                "margin_below_0.2": spread.uniform.small,
            },
        }


def release_row(found: Release) -> dict[str, object]:
    """Return the release test as a row."""
    return {
        "cut_from": found.cut_from,
        "from": found.start,
        "to": found.stop,
        "drives": list(found.drives),
        "slope": found.slope,
        "whole": found.whole,
        "rises": found.rises,
    }


def margin_row(found: Margin) -> dict[str, object]:
    """Return a margin as a row."""
    return {
        "stall_margin": found.value,
        "why": found.why,
        "required_gain": found.required,
        "overload_margin": found.overload,
        "first_order": found.first_order,
        "monotone": found.monotone,
        "method": found.method,
        "pointwise": None if found.pointwise is None else list(found.pointwise),
    }


def link_row(found: LinkMargin, spread: Spread | None = None) -> dict[str, object]:
    """Return one link's margin as a row, with its elasticity as [real, imaginary] parts."""
    elasticity = found.elasticity
    row: dict[str, object] = {
        "from": found.source,
        "to": found.target,
        "from_label": label(found.source),
        "to_label": label(found.target),
        "influence": found.influence,
        "elasticity": None
        if elasticity is None
        else [elasticity.elasticity.real, elasticity.elasticity.imag],
        **margin_row(found.margin),
    }
    if spread is not None:  # a link that holds the wheel back has no stall margin to vary
        known = spread.links.get((found.source, found.target)) if found.influence > 0.0 else None
        row["drawn"] = _margin_spread(known)
    return row


def _margin_spread(found: MarginSpread | None) -> dict[str, object] | None:
    if found is None:
        return None
    points = None if found.points is None else list(found.points)
    return {"margin": points, "margin_below_0.2": found.small, "most_fragile": found.weakest}


def wheel_window(flywheel: Flywheel) -> tuple[float, float]:
    """Return the window that "does it spin" is asked of: the time unit up to "now", or the whole run."""
    spec = flywheel.model.time
    if flywheel.now is None:
        return spec.start, spec.stop
    return max(spec.start, flywheel.now - 1.0), max(flywheel.now, spec.start + spec.step)


def find_feedback(
    flywheel: Flywheel,
    spec: RunSpec,
    *,
    window: tuple[float, float] | None = None,
    stocks: Sequence[str] = (),
    rates: bool = True,
    links: int = 10,
    release: bool = False,
) -> Feedback:
    """Return a flywheel's loops and its wheel, for a specification.

    Parameters
    ----------
    window : of the rates and margins; by default `wheel_window`
    stocks : the wheel's stocks, where they are not the main partition's
    rates : whether rates and margins are computed
    links : how many links' margins are computed
    release : whether the run without its outside drives is made, too

    Raises
    ------
    RunError
        If a variable on a loop is not finite at some time: nothing can be said of such a run's loops.
    """
    began = time.perf_counter()
    formulas = flywheel.formulas
    single = replace(spec, members=0)
    if causal_graph(formulas).inner:
        rows = trajectory(formulas, design_of(flywheel, single), seed=spec.seed)
        _require_finite(rows, flywheel)
    else:  # nothing to look at
        rows = clock_alone(formulas)
    finding = find_loops(rows, flywheel.loops)
    program = formulas.program
    every = max(1, -(-program.steps // POINTS))
    kept = np.array(saved_steps(replace(program, save_every=every), 0, program.steps)[1:], dtype=np.int64)
    leader = finding.leader()[kept] if finding.main else np.full(len(kept), -1)
    probability = (leader[:, None] == np.arange(len(finding.main))[None, :]).astype(np.float64)
    nobody = (leader < 0).astype(np.float64)
    spread: Dominance | None = None
    if spec.members and finding.main:
        spread = dominance(finding, formulas, design_of(flywheel, spec), save_every=every, seed=spec.seed)
        probability, nobody = spread.probability, spread.nobody
    start, stop = wheel_window(flywheel) if window is None else window
    large = too_large(rows, finding.graph)
    found = wheel(rows, finding.graph, start, stop, stocks, links) if rates and not large else None
    drawn = _spread(flywheel, spec, found, finding, start, stop) if found is not None else None
    released = find_release(flywheel, spec, finding, found) if release and found is not None else None
    seconds = time.perf_counter() - began
    parts = (flywheel, finding, rows.times[kept], kept, probability, nobody, spread, found, drawn, seconds)
    return Feedback(*parts, released, large)


def _require_finite(rows: Trajectory, flywheel: Flywheel) -> None:
    """Raise where what lies on a loop is not finite."""
    on_loops = causal_graph(rows.formulas).partition
    broken = {name: np.flatnonzero(~np.isfinite(rows.values[name][:, 0])) for name in on_loops}
    first = [(int(at[0]), name) for name, at in broken.items() if len(at)]
    if first:
        row, name = min(first)
        when_it_was = date_text(float(rows.times[row]), flywheel.model.time.unit)
        what = f"{name} is not finite from {when_it_was} on, so the loops of this run cannot be scored"
        raise RunError(what, "bound what grows, or use a smaller step")


def _spread(
    flywheel: Flywheel, spec: RunSpec, found: Wheel, finding: LoopFinding, start: float, stop: float
) -> Spread | None:
    """Return how rate and margins vary over some of the members."""
    if spec.members < 2:
        return None
    drawn = replace(spec, members=min(spec.members, DRAWN))
    program = flywheel.formulas.program
    first = max(0, round((start - program.start) / program.step) - 1)
    last = min(program.steps, round((stop - program.start) / program.step))
    rows: Trajectory = trajectory(
        flywheel.formulas, design_of(flywheel, drawn), first=first, last=last, seed=spec.seed
    )
    window = jacobian(rows, finding.graph).window(start, stop).only(found.stocks)
    groups: dict[int, list[tuple[str, str]]] = {}
    for link in found.margins:
        groups.setdefault(id(link.margin), []).append((link.source, link.target))
    return spread_over_members(window, found.neutral, [tuple(group) for group in groups.values()])
