"""The Jacobian along a run: what a small push to each stock does to the rate of each other.

Derivatives of the equations are exact and taken link by link (`engine.tangent`), then chained from stock to
stock in the order of the equations. Only one partition is looked at: what lies outside it feeds nothing
back, and would add zero eigenvalues of its own. What is kept besides the matrix, `downstream` and
`upstream` of each link, is all that is needed to scale that link alone: J(k) = J + (k - 1) * gain *
downstream upstream'.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from putar.analysis.causal import CausalGraph
from putar.analysis.trajectory import Trajectory
from putar.engine.changes import moments
from putar.engine.formulas import Formulas
from putar.engine.ir import Graph, Op, Table
from putar.engine.methods import METHODS
from putar.engine.tangent import Tangent

__all__ = ["Jacobian", "chained", "gains", "jacobian"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Jacobian:
    """Matrices [row, member, stock, stock] of one partition; 1/time, in the stocks' own units.

    Parameters
    ----------
    stocks : names of what is kept; `latch` marks those whose row is a next value, not a rate
    gives, takes : the parts of `matrix` that raise and that lower a rate, flow by flow; they sum to it
    gain : of each link [row, member], how much the target (or its rate) changes with the source
    downstream, upstream : of each name [row, member, stock], how rates change with it, and it with stocks
    step, order : of the method of integration

    """

    stocks: tuple[str, ...]
    latch: NDArray[np.bool_]
    times: Array
    matrix: Array
    gives: Array
    takes: Array
    gain: Mapping[tuple[str, str], Array]
    downstream: Mapping[str, Array]
    upstream: Mapping[str, Array]
    step: float
    order: int

    def ends(self, link: tuple[str, str]) -> tuple[Array, Array, Array]:
        """Return what scales a link alone: its gain [row, member], downstream and upstream [.., stock]."""
        source, target = link
        return self.gain[link], self._below(target), self.upstream[source]

    def only(self, stocks: Collection[str]) -> Jacobian:
        """Return the same with every other stock held where it is in the run."""
        kept = [n for n, name in enumerate(self.stocks) if name in stocks]
        pair = np.ix_(kept, kept)
        below = {name: self._below(name)[..., kept] for name in {b for _, b in self.gain}}
        return replace(
            self,
            stocks=tuple(self.stocks[n] for n in kept),
            latch=self.latch[kept],
            matrix=self.matrix[:, :, pair[0], pair[1]],
            gives=self.gives[:, :, pair[0], pair[1]],
            takes=self.takes[:, :, pair[0], pair[1]],
            downstream=below,
            upstream={name: each[..., kept] for name, each in self.upstream.items()},
        )

    def _below(self, name: str) -> Array:
        if name in self.downstream:
            return self.downstream[name]
        unit = np.zeros((*self.matrix.shape[:2], len(self.stocks)))
        unit[..., self.stocks.index(name)] = 1.0
        return unit

    def window(self, first: float, last: float) -> Jacobian:
        """Return the rows of the steps from one date to another; the step at `last` is not in."""
        low, high = np.searchsorted(self.times, (first - self.step / 2, last - self.step / 2)).tolist()
        low = min(low, len(self.times) - 1)
        inside = slice(low, max(high, low + 1))
        return replace(
            self,
            times=self.times[inside],
            matrix=self.matrix[inside],
            gives=self.gives[inside],
            takes=self.takes[inside],
            gain={link: each[inside] for link, each in self.gain.items()},
            downstream={name: each[inside] for name, each in self.downstream.items()},
            upstream={name: each[inside] for name, each in self.upstream.items()},
        )


def jacobian(rows: Trajectory, graph: CausalGraph, partition: int = 0) -> Jacobian:
    """Return the Jacobian of a partition at every row of a run."""
    links = [graph.links[n] for n in graph.inner if graph.partition[graph.links[n][0]] == partition]
    return chained(rows.formulas, graph, gains(rows, links), rows.times)


def chained(
    formulas: Formulas, graph: CausalGraph, gain: Mapping[tuple[str, str], Array], times: Array
) -> Jacobian:
    """Return the Jacobian that the gains of a partition's links make, each [row, member]."""
    links = list(gain)
    ends = {name for link in links for name in link}
    inside = [name for name in formulas.all if name in ends]
    stocks = tuple(name for name in inside if name in graph.kept)
    into: dict[str, list[tuple[str, str]]] = {name: [] for name in inside}
    out: dict[str, list[tuple[str, str]]] = {name: [] for name in inside}
    for link in links:
        into[link[1]].append(link)
        out[link[0]].append(link)
    shape = (*next(iter(gain.values()), np.zeros((len(times), 1))).shape, len(stocks))
    place = {name: number for number, name in enumerate(stocks)}
    upstream = {}
    for name in stocks:
        upstream[name] = np.zeros(shape)
        upstream[name][..., place[name]] = 1.0
    order = [name for name in inside if name not in place]
    for name in order:
        upstream[name] = sum((gain[a, b][..., None] * upstream[a] for a, b in into[name]), np.zeros(shape))
    gives, takes = np.zeros((2, *shape, len(stocks)))
    for name in stocks:
        for a, b in into[name]:
            part = gain[a, b][..., None] * upstream[a]
            gives[:, :, place[name]] += np.maximum(part, 0.0)
            takes[:, :, place[name]] += np.minimum(part, 0.0)
    downstream: dict[str, Array] = {}
    for name in reversed(order):
        downstream[name] = np.zeros(shape)
        for a, b in out[name]:
            if b in place:
                downstream[name][..., place[b]] += gain[a, b]
            else:
                downstream[name] += gain[a, b][..., None] * downstream[b]
    latch = np.array([formulas.all[name].kind == "latch" for name in stocks], dtype=bool)
    program = formulas.program
    method = METHODS[program.method].order
    return Jacobian(
        stocks,
        latch,
        times,
        gives + takes,
        gives,
        takes,
        gain,
        downstream,
        upstream,
        program.step,
        1 if latch.any() else method,
    )


def gains(rows: Trajectory, links: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Array]:
    """Return the derivative of each link's target by its source, [row, member]; 0 where there is none."""
    formulas = rows.formulas
    graph = Graph()
    now, before, names = moments(graph, formulas)
    tables: list[Table] = list(formulas.program.tables)
    nodes: list[int] = []
    constant: dict[tuple[str, str], float] = {}
    asked: list[tuple[str, str]] = []
    roots: dict[str, int] = {}
    for source, target in links:
        formula = formulas.all[target]
        if formula.kind == "stock":
            constant[source, target] = float(formula.signs[formula.inputs.index(source)])
            continue
        if target not in roots:
            roots[target] = formulas.write(graph, formula.node, now.leaf, now.other)
        leaf = now.leaf(source)
        # compared this way round, so that a first row, which has no row before it, counts as rising
        rising = graph.node(Op.NOT, graph.node(Op.LT, leaf, before.leaf(source)))
        found = Tangent(graph, tables, leaf, rising).of(roots[target])
        if found is None:
            constant[source, target] = 0.0
        else:
            nodes.append(found)
            asked.append((source, target))
    values = rows.evaluate(graph, names, nodes, tuple(tables))
    values = np.where(np.isfinite(values), values, 0.0)
    size = (len(rows.steps), rows.members)
    return dict(zip(asked, values, strict=True)) | {k: np.full(size, v) for k, v in constant.items()}
