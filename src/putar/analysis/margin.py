"""Stall margin: how far a link may weaken before the wheel no longer turns by itself.

A link's effect is scaled by a factor: 1 today, 0 cut. The stall factor is the largest one at which the
window's growth rate is no longer above zero, coming down from 1; the margin is what lies between it and 1.
Where the wheel already stands the required gain is reported instead; where it turns without the link the
margin is 1. For a link that holds the wheel back the margin is how much stronger it may become. This is the
linear version: the run stays as it was. The version by simulation runs the model again and belongs to
whoever can run it.

Source: Shuai, Heesterbeek, van den Driessche (2013), J. Math. Biol. 67, 1067-1082,
doi:10.1007/s00285-012-0579-9 (scaling targeted entries to the threshold); docs/methods/spin.md.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from putar.analysis.causal import CausalGraph
from putar.analysis.jacobian import Jacobian, chained
from putar.analysis.spectrum import step_matrices, window_rate
from putar.engine.formulas import Formulas
from putar.words.said import Number, Said

__all__ = [
    "CUT",
    "Margin",
    "closed_form",
    "frozen_factors",
    "group_margin",
    "link_margin",
    "link_part",
    "margin",
    "member_margins",
    "scaled_rate",
]

Array = NDArray[np.float64]
POINTS = 33  # factors that are tried between 0 and 1 before the crossing is refined
HIGHEST = 1000.0  # a gain or an overload beyond this is reported as none
LOWEST = -1e100  # stands for a rate of minus infinity, of a product that vanishes
TOLERANCE = 1e-8
STILL = 1e-13  # 1/time; a rate no higher is the rounding of 0, as where a stock only keeps what it has
SCAN, HALVINGS = 9, 12  # for many members: factors that are tried, and halvings of the gap that is found
CUT = 0.005  # a link that may fall to less than this may fall to nothing


@dataclass(frozen=True, slots=True)
class Margin:
    """The margin of one link.

    Parameters
    ----------
    value : in [0, 1]; None where the wheel already stands, or where the link holds it back
    why : in one sentence what the value, or its absence, means
    required : the gain above 1 at which a standing wheel would start, infinite if none does
    overload : how much stronger a link that holds the wheel back may become, infinite if any much
    first_order : what the slope at full strength would suggest; an optimist's or a pessimist's guess only
    monotone : whether the rate only rises with the factor; the margin is the first crossing if not
    method : how the factor was found: "closed form", "bisection", or "" where there is none to find
    pointwise : least and largest margin of the rows, each frozen by itself; None where no row has one
    """

    value: float | None
    why: str
    required: float | None = None
    overload: float | None = None
    first_order: float | None = None
    monotone: bool = True
    method: str = ""
    pointwise: tuple[float, float] | None = None


def margin(rate: Callable[[Array], Array], slope: float | None = None, exact: float | None = None) -> Margin:
    """Return the margin from the rate as a function of factors, [factor] to [factor] in 1/time.

    Parameters
    ----------
    slope : of the rate at full strength
    exact : a stall factor in closed form, taken where it lies between the factors that are tried
    """

    def moving(factors: Array) -> Array:
        return rate(factors) - STILL

    grid = np.linspace(0.0, 1.0, POINTS)
    rates = moving(grid)
    today = float(rates[-1])
    monotone = bool((np.diff(np.maximum(rates, LOWEST)) >= -1e-12).all())
    first_order = None if slope is None or slope <= 0.0 or today <= 0.0 else today / slope
    if not np.isfinite(today) and today != -np.inf:
        return Margin(None, Said("margin.rateless"), monotone=monotone)
    if today <= 0.0:
        # what lowers the rate cannot start the wheel, only overshoot within a step
        gain = float("inf") if slope is not None and slope <= 0.0 else _beyond(moving, wanted=True)
        found = np.isfinite(gain)
        word = Said("margin.gain", times=Number(gain, ".3g")) if found else Said("margin.no_gain")
        return Margin(None, Said("margin.not_turning", gain=word), required=gain, monotone=monotone)
    below = np.flatnonzero(rates <= 0.0)
    if len(below) == 0:
        if rates[0] > today:
            room = _beyond(moving, wanted=False) - 1.0
            found = np.isfinite(room)
            word = (
                Said("margin.stronger", times=Number(room, ".3g")) if found else Said("margin.any_stronger")
            )
            why = Said("margin.holds_back", room=word)
            return Margin(None, why, overload=room, monotone=monotone)
        return Margin(1.0, Said("margin.not_critical"), None, None, first_order, monotone)
    low = int(below[-1])
    method = "bisection"
    if exact is not None and grid[low] <= exact <= grid[low + 1]:
        factor, method = exact, "closed form"
    else:
        factor = _root(moving, float(grid[low]), float(grid[low + 1]))
    why = Said("margin.stalls", share=Number(factor, ".0%"))
    if factor < CUT:
        why = Said("margin.stalls_cut")
    return Margin(1.0 - factor, why, None, None, first_order, monotone, method)


def _root(rate: Callable[[Array], Array], low: float, high: float) -> float:
    """Return where the rate changes sign between two factors, between which it does.

    By inverse quadratic steps where the last three points allow one, else by halving.

    Source
    ------
    Chandrupatla (1997), Advances in Engineering Software 28, 145-149.
    """
    b, a = low, high
    fb, fa = (float(each) for each in rate(np.array([low, high])))
    part = 0.5
    while True:
        tried = a + part * (b - a)
        found = float(rate(np.array([tried]))[0])
        if (found > 0.0) == (fa > 0.0):
            c, fc = a, fa
        else:
            c, fc, b, fb = b, fb, a, fa
        a, fa = tried, found
        near = TOLERANCE / 200 * max(1.0, abs(a)) / abs(b - a)
        if near >= 0.5:
            return (a + b) / 2
        part = 0.5
        if np.isfinite([fa, fb, fc]).all() and fb != fc and fa not in (fb, fc):
            xi, phi = (a - b) / (c - b), (fa - fb) / (fc - fb)
            if phi**2 < xi and (1.0 - phi) ** 2 < 1.0 - xi:
                part = fa / (fb - fa) * fc / (fb - fc) + (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb)
        part = min(1.0 - near, max(near, part))


def _beyond(rate: Callable[[Array], Array], *, wanted: bool) -> float:
    """Return the first factor above 1 at which the rate is above zero (wanted), or no longer so."""
    grid = np.geomspace(1.0, HIGHEST, POINTS)
    crossed = np.flatnonzero((rate(grid) > 0.0) == wanted)
    crossed = crossed[crossed > 0]
    if len(crossed) == 0:
        return float("inf")
    high = int(crossed[0])
    return _root(rate, float(grid[high - 1]), float(grid[high]))


def link_margin(
    found: Jacobian, link: tuple[str, str], member: int = 0, slope: float | None = None
) -> Margin:
    """Return the margin of one link over the rows of a Jacobian, of one member."""
    gain, below, above = (each[:, member] for each in found.ends(link))
    part = link_part(found, link)[:, member]
    factors = frozen_factors(found.matrix[:, member] - part, below, above, gain)
    frozen = len(factors) > 0 and bool((np.ptp(found.matrix[:, member], axis=0) == 0.0).all())
    exact = float(factors[0]) if frozen and not found.latch.any() and np.isfinite(factors[0]) else None
    result = margin(scaled_rate(found, part, member), slope, exact)
    known = 1.0 - factors[np.isfinite(factors)]
    if result.value is None or found.latch.any() or not len(known):
        return result
    return replace(result, pointwise=(float(known.min()), float(known.max())))


def group_margin(
    formulas: Formulas,
    graph: CausalGraph,
    found: Jacobian,
    links: Collection[tuple[str, str]],
    member: int = 0,
) -> Margin:
    """Return the margin when several links weaken together, such as a pair.

    Links that follow each other multiply, so that the matrix is made anew for every factor.
    """
    missing = [link for link in links if link not in found.gain]
    if missing:
        raise ValueError(f"{' > '.join(missing[0])} is no link of this wheel")
    gain = {link: each[:, member : member + 1] for link, each in found.gain.items()}

    def rate(factors: Array) -> Array:
        rates = []
        for factor in factors.tolist():
            scaled = {link: each * factor if link in links else each for link, each in gain.items()}
            made = chained(formulas, graph, scaled, found.times).only(found.stocks)
            rates.append(float(window_rate(step_matrices(made), found.step)[0]))
        return np.array(rates)

    return margin(rate)


def link_part(found: Jacobian, link: tuple[str, str]) -> Array:
    """Return what a link adds to the matrix, [row, member, stock, stock]."""
    gain, below, above = found.ends(link)
    part: Array = gain[..., None, None] * below[..., :, None] * above[..., None, :]
    return part


def member_margins(found: Jacobian, part: Array, spinning: NDArray[np.bool_]) -> Array:
    """Return the stall margin of a part of the matrix in many members, [member]; nan in those that stand.

    The first of SCAN factors, coming down from 1, at which a member stands is narrowed by halving, for all
    members at once.

    Parameters
    ----------
    part : [row, member, stock, stock], what is scaled; of one link `link_part`
    spinning : [member], whose rate is above zero
    """
    result = np.full(len(spinning), np.nan)
    some = np.flatnonzero(spinning)
    if not len(some):
        return result
    whole, part = found.matrix[:, some], part[:, some]

    def turns(factor: Array) -> NDArray[np.bool_]:
        scaled = whole + (factor - 1.0)[:, None, None] * part
        above_zero: NDArray[np.bool_] = window_rate(step_matrices(found, scaled), found.step) > 0.0
        return above_zero

    high, low = np.ones(len(some)), np.zeros(len(some))
    stalls = np.zeros(len(some), dtype=bool)
    for factor in np.linspace(1.0, 0.0, SCAN)[1:]:
        yes = turns(np.full(len(some), factor))
        low[~yes & ~stalls] = factor
        stalls |= ~yes
        high[~stalls] = factor
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        yes = turns(middle)
        high[yes], low[~yes] = middle[yes], middle[~yes]
    result[some] = np.where(stalls, 1.0 - (low + high) / 2.0, 1.0)
    return result


def scaled_rate(found: Jacobian, part: Array, member: int = 0) -> Callable[[Array], Array]:
    """Return the window rate as a function of factors of a part [row, stock, stock] of the matrix."""
    whole = found.matrix[:, member]
    straight = found.order == 1  # then what a step does is straight in the factor
    if straight:
        steps, moved = step_matrices(found, whole), step_matrices(found, part)
        moved[..., ~found.latch, :] -= np.eye(whole.shape[-1])[~found.latch]

    def rate(factors: Array) -> Array:
        rates = []
        size = max(1, (1 << 21) // max(1, whole.size))
        for low in range(0, len(factors), size):
            less = (factors[low : low + size] - 1.0)[None, :, None, None]
            if straight:
                matrices = steps[:, None] + less * moved[:, None]
            else:
                matrices = step_matrices(found, whole[:, None] + less * part[:, None])
            rates.append(window_rate(matrices, found.step))
        return np.concatenate(rates)

    return rate


def closed_form(rest: Array, below: Array, above: Array, gain: float = 1.0) -> float | None:
    """Return the factor at which a frozen matrix rest + factor * gain * below above' has an eigenvalue 0.

    None where the rest is singular, where the factor is outside [0, 1], or where another eigenvalue is
    above 0 there, so that the one that crosses is not the leading one.
    """
    found = float(frozen_factors(rest[None], below[None], above[None], np.array([gain]))[0])
    return found if np.isfinite(found) else None


def frozen_factors(rest: Array, below: Array, above: Array, gain: Array) -> Array:
    """Return `closed_form` of each row, [row]; not-a-number where there is none.

    Parameters
    ----------
    rest : [row, stock, stock], the matrix without the link
    below, above : [row, stock], and gain : [row], what the link adds to it
    """
    factor = np.full(len(rest), np.nan)
    if rest.shape[-1] == 0:
        return factor
    regular = np.flatnonzero((np.linalg.slogdet(rest)[0] != 0.0) & (gain != 0.0))
    if not len(regular):
        return factor
    solved = np.linalg.solve(rest[regular], below[regular, :, None])[..., 0]
    through = gain[regular] * np.einsum("ti,ti->t", above[regular], solved)
    with np.errstate(divide="ignore", over="ignore"):
        tried = -1.0 / through
    inside = (tried >= 0.0) & (tried <= 1.0)
    regular, tried = regular[inside], tried[inside]
    if not len(regular):
        return factor
    added = below[regular, :, None] * above[regular, None, :]
    crossing = rest[regular] + (tried * gain[regular])[:, None, None] * added
    values = np.linalg.eigvals(crossing)
    size = np.maximum(1e-300, np.abs(values).max(axis=1))
    leading = np.abs(values.real.max(axis=1)) <= 1e-9 * size
    factor[regular[leading]] = tried[leading]
    return factor
