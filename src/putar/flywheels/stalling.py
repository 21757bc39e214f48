"""How far a link between subsystems may weaken before the wheel stalls: by simulation, not linearised.

A link is set between its two forms, 1 integrated and 0 at arm's length, from the protocol's date on, and the
model is run again; all other links stay as they are. The wheel stalls where the output no longer rises from
that date to the date at which it is read. The first such strength below 1 is searched on a grid of runs, and
again between its two neighbours. This is the level version: what outside drives carry counts as rising.

Source: docs/methods/spin.md; the linear version, which leaves the run as it was, is `analysis.margin`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from putar.flywheels.folder import Flywheel
from putar.flywheels.questions import Protocol
from putar.flywheels.scenarios import RunSpec
from putar.flywheels.simulate import changes_of
from putar.language.amounts import date_text
from putar.runs.design import Change, design
from putar.runs.execute import execute

__all__ = ["Stall", "first_stall", "stall_margins"]

GRID = 17  # strengths tried at once; twice, so that a margin is right to 1/256

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Stall:
    """The margin of a link, in [0, 1], or None; and why."""

    margin: float | None
    why: str


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
    span = f"from {date_text(first)} to {date_text(protocol.at)}"
    if first >= protocol.at:
        return {link: Stall(None, "the output is read before links are cut") for link in links}

    def rises(strengths: Array) -> Array:
        """Return [link, strength], the output's rise with each link alone at a strength [link, strength]."""
        count, tried = strengths.shape
        whole = np.ones((count, count, tried))
        for place in range(count):
            whole[place, place] = strengths[place]
        members = count * tried
        switches: dict[str, Array | float] = {
            f"links.{link}": whole[:, place].reshape(members) for place, link in enumerate(links)
        }
        changes = [*changes_of(flywheel, replace(spec, members=0))]
        changes.append(Change({**switches, "links.cut_date": start}))
        plan = design(flywheel.program, changes, members)
        ensemble = execute(
            flywheel.program, plan, (protocol.output,), save_at=(first, protocol.at), seed=spec.seed
        )
        values = ensemble.values[:, 0]
        found: Array = (values[-1] - values[0]).reshape(count, tried)
        return found

    return _search(links, rises, label, span)


def _search(links: list[str], rises: Callable[[Array], Array], label: str, span: str) -> dict[str, Stall]:
    grid = np.repeat(np.linspace(0.0, 1.0, GRID)[None], len(links), axis=0)
    found = rises(grid)
    if not found[:, -1].min(initial=np.inf) > 0.0:
        why = f"the {label} does not rise {span} even with every link whole"
        return {link: Stall(None, why) for link in links}
    borders = [first_stall(grid[place], found[place]) for place in range(len(links))]
    if any(border is not None for border in borders):
        finer = np.array([np.linspace(*(border or (0.0, 1.0)), GRID) for border in borders])
        again = rises(finer)
        borders = [
            border if border is None else (first_stall(finer[place], again[place]) or border)
            for place, border in enumerate(borders)
        ]
    margins: dict[str, Stall] = {}
    for link, border in zip(links, borders, strict=True):
        if border is None:
            why = f"not critical, by simulation: the {label} still rises {span} with this link cut"
            margins[link] = Stall(1.0, why)
        else:
            factor = (border[0] + border[1]) / 2.0
            why = f"by simulation: the {label} stops rising {span} when this link falls to {factor:.0%}"
            margins[link] = Stall(1.0 - factor, why)
    return margins
