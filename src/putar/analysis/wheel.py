"""Does the wheel spin up by itself: which stocks make it, how fast a push grows in it, which link is fragile.

The wheel is the stocks that a user names, or the main partition. A stock whose own loop alone makes the
leading growth (a need that grows by itself, an account that only adds up) is no wheel: where the user named
none, it is held where it is and named, and what is left is looked at again. "Spins" at a date means: the
leading eigenvalue is real and above zero. Rates are those of the run as it was; a level that rises says
something else, and is reported beside them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from putar.analysis.causal import CausalGraph
from putar.analysis.jacobian import Jacobian, jacobian
from putar.analysis.margin import Margin, link_margin, link_part, margin, scaled_rate
from putar.analysis.spectrum import (
    Elasticity,
    Number,
    Passing,
    flywheel_number,
    influences,
    link_elasticities,
    local_rate,
    one_signed,
    participation,
    passing,
    steady,
    step_matrices,
    window_rate,
)
from putar.analysis.trajectory import Trajectory
from putar.engine.ir import owner_of

__all__ = ["Alone", "LinkMargin", "Wheel", "Window", "level_growth", "too_large", "wheel"]

Array = NDArray[np.float64]
ALONE = 0.9  # a stock that carries more than this part of the leading growth makes it alone
NEUTRAL = 1e-4  # times 1/window: a rate that would take ten thousand windows to grow by e is none
SLIGHT = 1e-6  # a link with less than this share of the largest influence is left out
SMALL_PART = 0.02  # a stock with a smaller part in the leading growth does not carry it
LINKS = 10  # links whose margins are computed, the most influential first
WINDOWS = 20  # windows of a run at most
LARGEST = 2_000_000_000  # rows times stocks cubed: of a larger wheel no rates are computed
ENTRIES = 40_000_000  # rows times stocks times the larger of stocks and variables, which must fit in memory
WORK = 40_000_000_000  # multiplications that all margins together may take, of which one takes ROUNDS runs
ROUNDS = 50


@dataclass(frozen=True, slots=True)
class Alone:
    """A stock that was held because the leading growth was its own; `rate` in 1/time."""

    name: str
    rate: float


@dataclass(frozen=True, slots=True)
class Window:
    """Rates, 1/time, over a part of the run: of the window, and the local one in its middle."""

    start: float
    stop: float
    rate: float
    local: float
    real: bool


@dataclass(frozen=True, slots=True)
class LinkMargin:
    """One link's margin, its influence on the window's rate, 1/time, and its elasticity at the end."""

    source: str
    target: str
    influence: float
    margin: Margin
    elasticity: Elasticity | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Wheel:
    """What the Jacobian says of a wheel over a window.

    Parameters
    ----------
    rate, local : 1/time, of the window and at its end
    level : 1/time, how fast the stocks themselves grew over the window, each by its part in the leading
        growth; None where one is not above zero
    real, together : whether the push does not swing, and whether all stocks at the end move the same way
    against : the stocks, of those that carry the growth, that fall as the first of them rises
    number : R at the window's end
    carries : stocks with their part in the leading growth, the largest first
    uniform : the margin when all links that raise a rate weaken together
    defective : whether the leading eigenvalue at the end has no elasticities

    """

    stocks: tuple[str, ...]
    alone: tuple[Alone, ...]
    start: float
    stop: float
    rate: float
    local: float
    level: float | None
    real: bool
    together: bool
    against: tuple[str, ...]
    number: Number
    carries: tuple[tuple[str, float], ...]
    uniform: Margin
    margins: tuple[LinkMargin, ...]
    windows: tuple[Window, ...]
    defective: bool = False

    @property
    def spins(self) -> bool:
        """Whether a push grows over the window, without swinging."""
        return self.rate > self.neutral and self.real

    @property
    def neutral(self) -> float:
        """The rate, 1/time, below which a push neither grows nor fades."""
        return NEUTRAL / max(self.stop - self.start, 1e-300)

    @property
    def fragile(self) -> LinkMargin | None:
        """The link with the smallest margin, if the wheel spins and some link can stall it."""
        known = [link for link in self.margins if link.margin.value is not None and link.margin.value < 1.0]
        return min(known, key=lambda link: link.margin.value or 0.0) if known else None


def too_large(rows: Trajectory, graph: CausalGraph) -> bool:
    """Return whether the rates of a run's main partition would take hours, or more memory than there is."""
    stocks, count = len(graph.stocks(0)), len(rows.times)
    variables = sum(partition == 0 for partition in graph.partition.values())
    return count * stocks**3 > LARGEST or count * stocks * variables > ENTRIES


def wheel(
    rows: Trajectory,
    graph: CausalGraph,
    start: float,
    stop: float,
    stocks: Collection[str] = (),
    links: int = LINKS,
    member: int = 0,
    known: Jacobian | None = None,
) -> Wheel | None:
    """Return what the Jacobian says over a window, or None where there is no loop at all.

    Parameters
    ----------
    start, stop : of the window; at least one step
    stocks : names of the wheel's stocks; empty for the main partition
    links : how many links' margins are computed; fewer where that is very much work
    known : the Jacobian of these rows, where many members are asked about

    """
    if not graph.inner:
        return None
    whole = jacobian(rows, graph) if known is None else known
    window = whole.window(start, stop)
    alone: list[Alone] = []
    chosen = [name for name in whole.stocks if name in stocks] if stocks else list(whole.stocks)
    if not stocks:
        chosen, alone = _without_the_lonely(window, chosen, member)
    window = window.only(chosen)
    matrices = step_matrices(window)[:, member : member + 1]
    along = passing(matrices[:, 0])
    part = participation(along)
    order = [int(n) for n in np.argsort(-part, kind="stable") if part[n] > SMALL_PART]
    last = window.matrix[-1, member]
    moves = local_rate(last)[0]
    slopes = influences(window, member, along)
    ranked = sorted(slopes, key=lambda link: -abs(slopes[link]))
    elastic = link_elasticities(window, -1, member)
    links = min(links, max(1, WORK // (ROUNDS * len(window.times) * max(1, len(chosen)) ** 3)))
    margins = _margins(window, ranked, slopes, links, member, elastic or {})
    carries = tuple((chosen[n], float(part[n])) for n in order)
    first, end = float(window.times[0]), float(window.times[-1] + window.step)
    owners = [(name, owner_of(name, graph.names)) for name in window.stocks]
    named = tuple(name if owner is None else f"a part of {owner}" for name, owner in owners)
    return Wheel(
        tuple(chosen),
        tuple(alone),
        first,
        end,
        float(window_rate(matrices, window.step)[0]),
        float(moves),
        level_growth(
            rows.times, {name: rows.values[name][:, member] for name in chosen}, carries, first, end
        ),
        bool(steady(window)[member]),
        one_signed(last) if len(chosen) else False,
        _against(along, order, chosen),
        flywheel_number(window.gives[-1, member], window.takes[-1, member], named),
        carries,
        margin(scaled_rate(window, window.gives[:, member], member)),
        margins,
        _windows(whole.only(chosen), stop - start, member),
        elastic is None,
    )


def _against(along: Passing, order: list[int], chosen: list[str]) -> tuple[str, ...]:
    """Return those that fall as the first rises, of the stocks in an order."""
    if not order:
        return ()
    direction = along.steps[-1] @ along.right[-1]
    turned = (direction / (direction[order[0]] or 1.0)).real
    return tuple(chosen[n] for n in order if turned[n] < 0.0)


def level_growth(
    times: Array,
    values: Mapping[str, Array],
    weights: Collection[tuple[str, float]],
    start: float,
    stop: float,
) -> float | None:
    """Return the mean growth rate of an index of stocks between two dates, 1/time.

    The index is the product of the stocks, each to the power of its weight; None where one of them is not
    above zero, or where there is none.

    Parameters
    ----------
    values : [row] by name
    weights : names with their weights, which are made to sum to one
    """
    total = sum(weight for _, weight in weights)
    first, last = (int(np.abs(times - date).argmin()) for date in (start, stop))
    if not total > 0.0 or last <= first:
        return None
    growth = 0.0
    for name, weight in weights:
        before, after = float(values[name][first]), float(values[name][last])
        if not (before > 0.0 and after > 0.0):
            return None
        growth += weight / total * float(np.log(after / before))
    return growth / float(times[last] - times[first])


def _without_the_lonely(found: Jacobian, chosen: list[str], member: int) -> tuple[list[str], list[Alone]]:
    """Return the stocks without those whose own loop makes the leading growth, and those."""
    alone: list[Alone] = []
    least = -NEUTRAL / (len(found.times) * found.step)
    while len(chosen) > 1:
        part = found.only(chosen)
        steps = step_matrices(part)[:, member]
        rate, share = float(window_rate(steps, part.step)), participation(passing(steps))
        first = int(share.argmax())
        if share[first] <= ALONE or rate < least:
            break
        alone.append(Alone(chosen[first], rate))
        chosen = [name for name in chosen if name != chosen[first]]
    return chosen, alone


def _margins(
    window: Jacobian,
    ranked: list[tuple[str, str]],
    slopes: dict[tuple[str, str], float],
    links: int,
    member: int,
    elastic: Mapping[tuple[str, str], Elasticity],
) -> tuple[LinkMargin, ...]:
    """Return the margins of the most influential links; links of one chain have one margin, computed once."""
    found: list[LinkMargin] = []
    known: dict[tuple[str, str], Margin] = {}
    for link in ranked:
        if len(known) >= links or abs(slopes[link]) <= SLIGHT * abs(slopes[ranked[0]]) or not slopes[link]:
            break
        without = scaled_rate(window, link_part(window, link)[:, member], member)(np.zeros(1))
        key = (f"{slopes[link]:.9e}", f"{float(without[0]):.9e}")
        if key not in known:
            known[key] = link_margin(window, link, member, slopes[link])
        found.append(LinkMargin(*link, slopes[link], known[key], elastic.get(link)))
    return tuple(found)


def _windows(found: Jacobian, width: float, member: int) -> tuple[Window, ...]:
    """Return the rates of a run's parts, as wide as the window each; of twentieths if it is all."""
    start, stop = float(found.times[0]), float(found.times[-1])
    if width >= stop - start:
        width = (stop - start) / WINDOWS
    count = max(1, min(WINDOWS, round((stop - start) / max(width, found.step))))
    edges = np.linspace(start, stop, count + 1)
    rows = []
    for low, high in pairwise(edges):
        part = found.window(float(low), float(high))
        rate = float(window_rate(step_matrices(part), found.step)[member])
        local, real = local_rate(part.matrix[len(part.times) // 2, member])
        rows.append(Window(float(low), float(high), rate, float(local), bool(real)))
    return tuple(rows)
