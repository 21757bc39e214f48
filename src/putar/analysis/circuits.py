"""Which loops there are: all of them where that is feasible, the strongest where not.

`exhaustive` enumerates elementary circuits and drops a path as soon as its links are never active together.
`strongest` searches, row by row, from each stock for the paths of largest product of scores, and leaves a
node alone when it was reached there by a stronger path before; it can miss a loop, so what it finds is a
sample. Both work on contracted graphs and count their own effort, not seconds: the same model gives the
same loops on every machine.

Source: Johnson (1975), SIAM J. Comput. 4, 77-84, doi:10.1137/0204007; Eberlein, Schoenberg (2020), Finding
the loops that matter, arXiv:2006.08425.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from putar.analysis.causal import Contracted
from putar.analysis.connected import connected

__all__ = ["CIRCUITS", "VISITS", "Found", "bits", "exhaustive", "strongest"]

CIRCUITS = 100_000  # more are not enumerated
VISITS = 1_500_000  # links followed in one search
LEAST_VISITS = 5_000  # of the search from one stock, however many there are

Loop = tuple[int, ...]  # the numbers of its links, in order


@dataclass(frozen=True, slots=True)
class Found:
    """Loops as runs of chains, and chains as runs of links.

    `complete` is false where the budget ended the search or it was a sample.
    """

    chains: tuple[Loop, ...]
    paths: tuple[tuple[int, ...], ...]
    complete: bool
    visits: int

    @property
    def loops(self) -> tuple[Loop, ...]:
        """The loops as runs of links."""
        return tuple(tuple(link for chain in path for link in self.chains[chain]) for path in self.paths)


def bits(active: NDArray[np.bool_]) -> list[int]:
    """Return the rows [link, row] at which each link is active, as the bits of one integer a link."""
    packed = np.packbits(active, axis=1)
    return [int.from_bytes(row.tobytes(), "big") for row in packed]


def exhaustive(
    graph: Contracted, active: Sequence[int] | None = None, circuits: int = CIRCUITS, visits: int = VISITS
) -> Found:
    """Return the elementary circuits whose links are active together at some row.

    Parameters
    ----------
    active : of each chain its rows as bits; None where all are always active
    circuits, visits : the budget; beyond it the result is not complete
    """
    masks = [-1] * len(graph.chains) if active is None else active
    chains, found = _begun(graph)
    effort = 0
    for start in range(len(graph.out)):
        inside = _component(graph, start)
        if len(inside) == 1 and not any(n == start for n, _ in graph.out[start]):
            continue
        search = _Search(graph, masks, start, inside, visits - effort)
        for loop in search.circuits():
            found.append(loop)
            if len(found) > circuits:
                return Found(chains, tuple(found[:circuits]), False, effort + search.visits)
        effort += search.visits
        if search.exhausted:
            return Found(chains, tuple(found), False, effort)
    return Found(chains, tuple(found), True, effort)


def _begun(graph: Contracted) -> tuple[tuple[Loop, ...], list[tuple[int, ...]]]:
    """Return all chains, closed ones last, and the loops that are one closed chain."""
    first = len(graph.chains)
    return (*graph.chains, *graph.done), [(first + n,) for n in range(len(graph.done))]


def _component(graph: Contracted, start: int) -> frozenset[int]:
    """Return the strongly connected component of a node among the nodes from it on."""
    label = connected([[b - start for b, _ in edges if b >= start] for edges in graph.out[start:]])
    return frozenset(n for n, k in enumerate(label, start) if k == label[0])


class _Search:
    """Johnson's search from one node, with an explicit stack and sets of active rows."""

    def __init__(
        self, graph: Contracted, masks: Sequence[int], start: int, inside: frozenset[int], visits: int
    ) -> None:
        self.graph, self.masks, self.start, self.budget = graph, masks, start, visits
        self.visits, self.exhausted = 0, False
        self.out = {a: [(b, c) for b, c in graph.out[a] if b in inside] for a in inside}
        self.blocked: set[int] = set()
        self.waiting: dict[int, set[int]] = {a: set() for a in inside}

    def circuits(self) -> Iterator[tuple[int, ...]]:
        """Yield each circuit through the start once, as a run of chains."""
        start = self.start
        path: list[int] = []  # chains
        stack = [(start, iter(self.out[start]))]
        together = [-1]
        open_again = [False]  # whether a node must be opened when it is left
        self.blocked.add(start)
        while stack:
            node, edges = stack[-1]
            step = next(edges, None)
            if step is None:
                stack.pop()
                together.pop()
                if open_again.pop():
                    self._open(node)
                    if open_again:
                        open_again[-1] = True
                else:
                    for after, _ in self.out[node]:
                        self.waiting[after].add(node)
                if path:
                    path.pop()
                continue
            self.visits += 1
            if self.visits > self.budget:
                self.exhausted = True
                return
            after, chain = step
            both = together[-1] & self.masks[chain]
            if not both:
                open_again[-1] = True  # it failed for its rows, not for its nodes
            elif after == start:
                open_again[-1] = True
                yield (*path, chain)
            elif after not in self.blocked:
                self.blocked.add(after)
                path.append(chain)
                stack.append((after, iter(self.out[after])))
                together.append(both)
                open_again.append(False)

    def _open(self, node: int) -> None:
        todo = [node]
        while todo:
            one = todo.pop()
            if one in self.blocked:
                self.blocked.discard(one)
                todo.extend(self.waiting[one])
                self.waiting[one].clear()


def strongest(
    graph: Contracted, scores: NDArray[np.float64], targets: Sequence[int], visits: int = VISITS
) -> Found:
    """Return the loops that the strongest-path search finds.

    Parameters
    ----------
    scores : [row, chain], only their size counts; the first rows are searched first
    targets : nodes to search from, the stocks
    visits : the budget; rows beyond it are not searched, and no row takes more than ten times as much,
        shared out evenly over its targets
    """
    found: dict[tuple[int, ...], tuple[int, ...]] = {}
    effort = 0
    share = min(visits, max(LEAST_VISITS, 10 * visits // max(1, len(targets))))
    for row in np.abs(scores):
        if effort > visits:
            break
        strength = row.tolist()
        out = [
            sorted(((strength[c], b, c) for b, c in edges if strength[c] > 0.0), reverse=True)
            for edges in graph.out
        ]
        for target in targets:
            loops, steps = _from(target, out, share)
            effort += steps
            for loop in loops:
                found.setdefault(tuple(sorted(loop)), loop)
    chains, closed = _begun(graph)
    return Found(chains, (*closed, *found.values()), False, effort)


def _from(
    target: int, out: Sequence[Sequence[tuple[float, int, int]]], visits: int
) -> tuple[list[tuple[int, ...]], int]:
    """Return the loops through a target that one search finds, as chains, and its effort."""
    best = [0.0] * len(out)
    visiting = [False] * len(out)
    loops: list[tuple[int, ...]] = []
    path: list[int] = []
    best[target], visiting[target] = 1.0, True
    stack = [(target, iter(out[target]), 1.0)]
    effort = 0
    while stack and effort < visits:
        node, edges, score = stack[-1]
        step = next(edges, None)
        if step is None:
            stack.pop()
            visiting[node] = False
            if path:
                path.pop()
            continue
        effort += 1
        strength, after, chain = step
        reached = score * strength
        if visiting[after]:
            if after == target:
                loops.append((*path, chain))
        elif reached >= best[after]:
            best[after], visiting[after] = reached, True
            path.append(chain)
            stack.append((after, iter(out[after]), reached))
    return loops, effort
