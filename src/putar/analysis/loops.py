"""Loops that matter: which feedback loops drove a run, when, and how sure that is.

One run is scored on every step and all of its loops, or the strongest where they are too many, are found and
ranked (`find_loops`). The loops that matter are then scored for every member of an ensemble inside the kernel
(`dominance`), which gives the probability that each of them leads. Relative scores compare loops of one
partition; the leader is that of the main partition, the one with the most variables.

Source: METHODS of the field as restated in docs/methods/loops.md; see `engine.changes` and `analysis.scores`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from putar.analysis.causal import CausalGraph, causal_graph, contracted
from putar.analysis.circuits import VISITS, Found, bits, exhaustive, strongest
from putar.analysis.closing import shortest_ring
from putar.analysis.naming import AskedLoop, families, loop_id, names
from putar.analysis.polarity import link_sign, loop_polarity, run_polarity
from putar.analysis.scores import Circuit, LinkScores, Shares, circuits_of, link_scores, shares
from putar.analysis.trajectory import Trajectory
from putar.engine.changes import other_name
from putar.engine.ir import Node

__all__ = ["Loop", "LoopFinding", "Span", "discover", "find_loops", "leading"]

Array = NDArray[np.float64]
SAMPLED_ROWS = 64  # rows that the strongest-path search looks at, the most spread first
SMALL_GRAPH = 50  # nodes of a contracted graph that may be searched for all loops


@dataclass(frozen=True, slots=True, eq=False)
class Loop:
    """One row of the answer: a circuit, or a family of circuits that has a name.

    Parameters
    ----------
    polarity : as it ran: R, B, Ru, Bu, U, or "" at rest
    structure : from the equations alone: R, B or ?
    variables : in order; of a family those of its largest circuit
    circuits : places among the circuits that were kept
    share : [row], signed: positive where it reinforces
    average : mean size of the share over all rows that have one
    leads : share of rows on which it is the largest of its partition
    """

    id: str
    name: str
    polarity: str
    structure: str
    variables: tuple[str, ...]
    circuits: tuple[int, ...]
    partition: int
    share: Array
    average: float
    leads: float


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when the same few loops, all of one sign, made more than half of what happened."""

    start: float
    stop: float
    loops: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class LoopFinding:
    """The loops of a run.

    `exact` says whether all loops were found, or a sample; `found` how many were scored; `silent` how many of
    them never acted; `explained` [row] how much of all that was found the listed loops carry. At rest no
    loop acts, none is listed and `resting` is true.
    """

    times: Array
    loops: tuple[Loop, ...]
    dominant: tuple[Span, ...]
    shares: Shares
    graph: CausalGraph
    exact: bool
    found: int
    silent: int
    explained: Array

    @property
    def resting(self) -> bool:
        """Whether there are loops by structure, and none acted."""
        return not self.loops and bool(self.graph.inner)

    @property
    def main(self) -> tuple[Loop, ...]:
        """The loops of the main partition."""
        return tuple(loop for loop in self.loops if loop.partition == 0)

    @property
    def explained_share(self) -> float:
        """The mean over time of the share that the listed loops carry."""
        return float(self.explained[1:].mean()) if len(self.explained) > 1 else 1.0

    def leader(self) -> NDArray[np.int64]:
        """Return the place in `main` of the loop with the largest share, [row]; -1 at rest."""
        return leading(np.array([loop.share for loop in self.main]).T)


def leading(share: Array) -> NDArray[np.int64]:
    """Return the place of the largest size along axis 1, -1 where all are 0: [row] or [row, member]."""
    if share.size == 0:
        return np.full((share.shape[0], *share.shape[2:]), -1, dtype=np.int64)
    size = np.abs(share)
    first = size.argmax(axis=1)
    largest = np.take_along_axis(size, first[:, None], axis=1)[:, 0]
    return np.where(largest > 0.0, first, -1)


def find_loops(
    rows: Trajectory, asked: Sequence[AskedLoop] = (), circuits: int | None = None, visits: int = VISITS
) -> LoopFinding:
    """Return the loops of a run of one member, ranked.

    Parameters
    ----------
    asked : loops with names; their circuits are taken together
    circuits, visits : the budget of the search for all loops; None for the default
    """
    graph = causal_graph(rows.formulas)
    scores = link_scores(rows, graph, graph.inner)
    found, silent = discover(graph, scores, circuits, visits)
    if not found.complete:
        found = _with_asked(found, graph, asked)
    listed = circuits_of(graph, found)
    through = {frozenset(loop.through) for loop in asked}
    pinned = [
        n
        for n, circuit in enumerate(listed.circuits)
        if frozenset(circuit.variables) in through and any(_same(circuit, loop) for loop in asked)
    ]
    kept = shares(listed, scores, pinned)
    loops = _loops(rows, graph, kept, asked)
    return LoopFinding(
        rows.times,
        loops,
        _spans(rows.times, [loop for loop in loops if loop.partition == 0]),
        kept,
        graph,
        found.complete,
        kept.found,
        silent,
        kept.explained,
    )


def _with_asked(found: Found, graph: CausalGraph, asked: Sequence[AskedLoop]) -> Found:
    """Return a sample with a circuit of each loop that has a name, whether the search came by it or not."""
    rings = [ring for loop in asked if (ring := shortest_ring(loop, graph)) is not None]
    chains, paths = list(found.chains), list(found.paths)
    for ring in rings:
        paths.append(tuple(range(len(chains), len(chains) + len(ring))))
        chains += [(link,) for link in ring]
    return replace(found, chains=tuple(chains), paths=tuple(paths))


def discover(
    graph: CausalGraph, scores: LinkScores, circuits: int | None = None, visits: int = VISITS
) -> tuple[Found, int]:
    """Return the loops that acted, and how many structural ones never did (of those that were counted)."""
    active = dict(zip(scores.links, bits(scores.values != 0.0), strict=True))

    def together(chain: tuple[int, ...]) -> int:
        return reduce(int.__and__, (active[link] for link in chain), -1)

    small = contracted(graph, scores.links, dead=lambda chain: together(chain) == 0)
    masks = [together(chain) for chain in small.chains]
    budget = {} if circuits is None else {"circuits": circuits}
    if len(small.out) <= SMALL_GRAPH or len(small.chains) <= 8 * SMALL_GRAPH:
        found = exhaustive(small, masks, visits=visits, **budget)
        if found.complete:
            return found, _silent(graph, scores, len(found.paths))
    stocked = contracted(graph, scores.links, keep=graph.kept, dead=lambda chain: together(chain) == 0)
    place = {link: number for number, link in enumerate(scores.links)}
    spread = _spread(scores.values.shape[1])
    values = scores.values[:, spread]
    strength = np.ones((len(spread), len(stocked.chains)))
    with np.errstate(over="ignore", invalid="ignore"):
        for number, chain in enumerate(stocked.chains):
            for link in chain:
                strength[:, number] *= values[place[link]]
    strength = np.nan_to_num(strength, nan=0.0, posinf=1e290, neginf=-1e290)
    targets = [number for number, name in enumerate(stocked.names) if name in graph.kept]
    return strongest(stocked, strength, targets, visits), 0


def _silent(graph: CausalGraph, scores: LinkScores, acting: int) -> int:
    """Return how many loops there are by structure that never acted; 0 where there are too many to count."""
    if acting > 2000:
        return 0
    structure = exhaustive(contracted(graph, scores.links), circuits=5000, visits=50_000)
    return len(structure.paths) - acting if structure.complete else 0


def _spread(rows: int) -> NDArray[np.int64]:
    """Return up to SAMPLED_ROWS rows, the first few spread as wide as all of them."""
    chosen = np.unique(np.linspace(1, rows - 1, min(SAMPLED_ROWS, rows - 1)).round().astype(np.int64))
    width = max(1, int(np.ceil(np.log2(max(2, len(chosen))))))
    order = [int(f"{n:0{width}b}"[::-1], 2) for n in range(1 << width)]
    return chosen[[n for n in order if n < len(chosen)]]


def _same(circuit: Circuit, loop: AskedLoop) -> bool:
    if len(circuit.variables) != len(loop.through) or set(circuit.variables) != set(loop.through):
        return False
    return loop.holds(circuit.variables, loop.polarity)


def _loops(
    rows: Trajectory, graph: CausalGraph, kept: Shares, asked: Sequence[AskedLoop]
) -> tuple[Loop, ...]:
    share = kept.share
    variables = [circuit.variables for circuit in kept.circuits]
    mostly = ["R" if positive >= negative else "B" for positive, negative in map(_sums, share.T)]
    family = families(asked, variables, mostly)
    structure = _structures(rows, graph, kept.circuits)
    groups = [(n, [k for k, of in enumerate(family) if of == n]) for n in range(len(asked))]
    singles = [k for k, of in enumerate(family) if of < 0]
    given = dict(zip(singles, names([variables[k] for k in singles], graph.kept), strict=True))
    found: list[tuple[str, str, list[int]]] = [
        (asked[n].id, asked[n].name, members) for n, members in groups if members
    ]
    found += [(loop_id(variables[k]), given[k], [k]) for k in singles]
    series = [share[:, members].sum(axis=1) for _, _, members in found]
    partition = [kept.circuits[members[0]].partition for _, _, members in found]
    lead = _leads(series, partition)
    loops = [
        Loop(
            name_id,
            name,
            run_polarity(*_sums(each)),
            _one([structure[k] for k in members]),
            variables[members[0]],
            tuple(members),
            of,
            each,
            float(np.abs(each[1:]).mean()) if len(each) > 1 else 0.0,
            leads,
        )
        for (name_id, name, members), each, of, leads in zip(found, series, partition, lead, strict=True)
    ]
    alone = {p for p in partition if partition.count(p) == 1}
    return tuple(sorted(loops, key=lambda loop: (loop.partition in alone, loop.partition, -loop.average)))


def _sums(share: Array) -> tuple[float, float]:
    return float(share[share > 0.0].sum()), float(-share[share < 0.0].sum())


def _one(found: Sequence[str]) -> str:
    return found[0] if len(set(found)) == 1 else "?"


def _leads(series: Sequence[Array], partition: Sequence[int]) -> list[float]:
    leads = [0.0] * len(series)
    for kind in set(partition):
        mine = [n for n, of in enumerate(partition) if of == kind]
        first = leading(np.array([series[n] for n in mine]).T[1:])
        for place, n in enumerate(mine):
            leads[n] = float((first == place).mean()) if len(first) else 0.0
    return leads


def _spans(times: Array, loops: Sequence[Loop]) -> tuple[Span, ...]:
    """Return the dominant sets: fewest loops of one sign whose shares exceed one half, merged over rows."""
    if not loops:
        return ()
    share = np.array([loop.share for loop in loops])
    order = np.argsort(-np.abs(share), axis=0, kind="stable").T.tolist()
    shares_at = share.T.tolist()  # plain numbers: this loop is short and asks for one at a time
    spans: list[Span] = []
    for row in range(1, len(times)):
        chosen: tuple[str, ...] = ()
        for sign in (1.0, -1.0):
            taken, total = [], 0.0
            for n in order[row]:
                if sign * shares_at[row][n] > 0.0:
                    taken.append(loops[n].id)
                    total += abs(shares_at[row][n])
                    if total > 0.5:
                        break
            if total > 0.5:
                chosen = tuple(sorted(taken))
        if spans and spans[-1].loops == chosen:
            spans[-1] = Span(spans[-1].start, float(times[row]), chosen)
        else:
            spans.append(Span(float(times[row - 1]), float(times[row]), chosen))
    return tuple(spans)


def _structures(rows: Trajectory, graph: CausalGraph, circuits: Sequence[Circuit]) -> list[str]:
    """Return the polarity of each circuit from its equations."""
    low = {name: (float(v.min()), float(v.max())) for name, v in rows.values.items()}

    def sign(name: str) -> str:
        least, most = low[name]
        if least == most == 0.0:
            return "0"
        return "+" if least >= 0.0 else "-" if most <= 0.0 else "?"

    def other(node: Node) -> str:
        return sign(other_name(rows.formulas.program, node.op, node.key))  # type: ignore[arg-type]

    links = {link for circuit in circuits for way in circuit.ways for link in way}
    signs = {link: link_sign(rows.formulas, *graph.links[link], sign, other) for link in links}
    return [
        _one([loop_polarity(signs[link] for link in way) for way in circuit.ways]) for circuit in circuits
    ]
