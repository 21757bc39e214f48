"""Dominance as a distribution: which loop leads, with what probability, and which constant changes that.

The loops of one run are scored for every member inside the kernel. At each kept row a member's leader is the
loop of the main partition with the largest share; the probability that a loop leads is the share of members
it leads in. Where nothing acts nobody leads. What turns the lead is asked at the date at which it is least
certain, of its most frequent leader's advance: its share less the largest of the others', above zero where it
leads. A constant whose draws go with that advance, by rank, turns the lead; the value that best parts the
members in which the loop leads from the others is named beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from putar.analysis.loops import LoopFinding, leading
from putar.analysis.ranks import rank_correlations
from putar.analysis.scored import scored_program
from putar.engine.formulas import Formulas
from putar.engine.ir import Program
from putar.runs.design import Design
from putar.runs.execute import execute

__all__ = ["Dominance", "Flip", "dominance", "parting"]

Array = NDArray[np.float64]
FLIPS = 6  # constants named at most


@dataclass(frozen=True, slots=True)
class Flip:
    """A constant that turns the lead.

    Parameters
    ----------
    correlation : rank correlation of its draws with the loop's advance over all others
    at : the value that best parts the members
    below, above : the probability that the loop leads on either side of it
    """

    parameter: str
    correlation: float
    at: float
    below: float
    above: float


@dataclass(frozen=True, slots=True, eq=False)
class Dominance:
    """How the lead is spread over members.

    Parameters
    ----------
    loops : ids of the main partition's loops, in the finding's order
    probability : [row, loop], that it leads
    nobody : [row], that nothing acts; with `probability` it sums to one in each row
    low, middle, high : [row, loop], the 5, 50 and 95 % points of the share
    contested, contested_loop, flips : the date at which the lead is least certain, its most frequent leader
        then, and what turns the lead
    """

    times: Array
    loops: tuple[str, ...]
    probability: Array
    nobody: Array
    low: Array
    middle: Array
    high: Array
    contested: float
    contested_loop: str
    flips: tuple[Flip, ...]
    members: int


def dominance(
    finding: LoopFinding,
    formulas: Formulas,
    design: Design,
    *,
    save_every: int,
    seed: int = 0,
    threads: int | None = None,
    kernel: str = "auto",
) -> Dominance:
    """Return how the lead is spread over the members of a design.

    Parameters
    ----------
    finding : the loops, of the run in the middle
    save_every : steps between the rows that are scored
    """
    program = scored_program(
        formulas,
        finding,
        finding.main,
        outputs=(),
        varying=_varying(formulas.program, design),
        save_every=save_every,
    )
    names = [name for name, _ in program.outputs]
    ensemble = execute(program, design, names, seed=seed, threads=threads, kernel=kernel)
    share = ensemble.values[1:]  # the first row has no interval
    if not ensemble.finished.all():
        share = share[:, :, ensemble.finished]
    first = leading(share)
    count = max(1, share.shape[2])
    probability = np.zeros((len(share), share.shape[1]))
    for row, leaders in enumerate(first):
        probability[row] = np.bincount(leaders[leaders >= 0], minlength=share.shape[1]) / count
    nobody = (first < 0).sum(axis=1) / count
    bands = np.quantile(share, (0.05, 0.5, 0.95), axis=2) if share.size else np.zeros((3, *share.shape[:2]))
    row = _contested(probability)
    leader = int(probability[row].argmax()) if probability.size else -1
    flips = _flips(formulas.program, design, ensemble.finished, share[row], leader) if share.size else ()
    return Dominance(
        ensemble.times[1:],
        tuple(loop.id for loop in finding.main),
        probability,
        nobody,
        bands[0],
        bands[1],
        bands[2],
        float(ensemble.times[1:][row]) if len(share) else float("nan"),
        finding.main[leader].id if leader >= 0 else "",
        flips,
        count,
    )


def _varying(program: Program, design: Design) -> frozenset[str]:
    """Return the names of the parameters that change during the run of some member."""
    found: set[str] = set()
    for before, after in zip(design.segments, design.segments[1:], strict=False):
        changed = (before.parameters != after.parameters).any(axis=1)
        found |= {name for name, moved in zip(program.parameters, changed, strict=True) if moved}
    return frozenset(found)


def _contested(probability: Array) -> int:
    """Return the row with the largest entropy."""
    if not probability.size:
        return 0
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(probability > 0.0, -probability * np.log(probability), 0.0)
    return int(terms.sum(axis=1).argmax())


def _flips(
    program: Program, design: Design, finished: NDArray[np.bool_], share: Array, leader: int
) -> tuple[Flip, ...]:
    """Return the constants that turn the lead of a loop, from shares [loop, member] at one row."""
    last = design.segments[-1].parameters[:, finished]
    drawn = [n for n in range(len(last)) if last.shape[1] > 2 and np.ptp(last[n]) > 0.0]
    size = np.abs(share)
    others = np.delete(size, leader, axis=0)
    advance = size[leader] - others.max(axis=0, initial=0.0)
    leads = advance > 0.0
    if not drawn or np.ptp(advance) == 0.0 or leads.all() or not leads.any():
        return ()
    found = rank_correlations(last[drawn], advance)
    chance = 2.0 / np.sqrt(len(advance))
    order = [int(n) for n in np.argsort(-np.abs(found), kind="stable")[:FLIPS] if abs(found[n]) > chance]
    names = program.parameters
    return tuple(Flip(names[drawn[n]], float(found[n]), *parting(last[drawn[n]], leads)) for n in order)


def parting(values: Array, leads: NDArray[np.bool_]) -> tuple[float, float, float]:
    """Return the value that best parts two kinds of members, and the share of the one kind on either side.

    It is the split of least impurity (Gini) that leaves a tenth of the members on either side, a tree of one
    branch: Breiman, Friedman, Olshen, Stone (1984), Classification and Regression Trees, chapter 4.
    """
    order = np.argsort(values, kind="stable")
    sorted_values, kind = values[order], leads[order].astype(np.float64)
    count = np.arange(1, len(kind))
    total, before = kind.sum(), np.cumsum(kind)[:-1]
    low, high = before / count, (total - before) / (len(kind) - count)
    impurity = count * low * (1.0 - low) + (len(kind) - count) * high * (1.0 - high)
    least = max(1, len(kind) // 10)
    apart = np.diff(sorted_values) > 0.0
    allowed = apart & (count >= least) & (len(kind) - count >= least)
    impurity[~(allowed if allowed.any() else apart)] = np.inf
    at = int(impurity.argmin())
    return float((sorted_values[at] + sorted_values[at + 1]) / 2.0), float(low[at]), float(high[at])
