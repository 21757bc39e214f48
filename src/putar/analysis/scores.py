"""Scores of links and loops along a run: who drove the change of what, on each step.

A loop's score is the product of its links' scores on the same interval; its share is that score over the
sum of the sizes of all loops of its partition. Products are taken as sums of logarithms, so that none
overflows at a turning point. A loop through a function with memory can take several ways inside it; on each
step the way of the largest score counts, and loops that never leave such a function are not reported.

Source: as `engine.changes`; partitions and composite scores: Schoenberg, Eberlein (2020), Seamlessly
integrating Loops That Matter into model development and analysis, arXiv:2005.14545.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from putar.analysis.causal import CausalGraph
from putar.analysis.circuits import Found
from putar.analysis.trajectory import Trajectory
from putar.engine.changes import Writer, moments
from putar.engine.ir import Graph

__all__ = ["Circuit", "LinkScores", "Listing", "Shares", "circuits_of", "link_scores", "shares"]

Array = NDArray[np.float64]
CHUNK = 1 << 22  # numbers held at a time
BLOCK = 64  # circuits, or ways, that are worked on together
SMALLEST = 1e-3  # a loop is kept whose share reaches this on some step
KEPT = 200  # loops kept at most
LOG_LARGEST = 660.0  # raw scores are held below exp of this


@dataclass(frozen=True, slots=True, eq=False)
class LinkScores:
    """Scores [link, row] of one run; links as numbers of the graph. The first row has no interval: 0."""

    links: tuple[int, ...]
    values: Array

    def of(self, link: int) -> Array:
        """Return the scores [row] of a link."""
        found: Array = self.values[self.links.index(link)]
        return found


def link_scores(rows: Trajectory, graph: CausalGraph, links: Sequence[int]) -> LinkScores:
    """Return the scores of links along a run of one member."""
    drawn = Graph()
    now, before, names = moments(drawn, rows.formulas)
    writer = Writer(drawn, rows.formulas, now, before)
    nodes = [writer.score(*graph.links[link]) for link in links]
    values = rows.evaluate(drawn, names, nodes)[:, :, 0]
    values = np.where(np.isfinite(values), values, 0.0)
    for place, link in enumerate(links):
        if rows.formulas.all[graph.links[link][1]].kind == "latch":  # a latch shows the step before
            values[place, 1:] = values[place, :-1].copy()
            values[place, 0] = 0.0
    return LinkScores(tuple(links), values)


@dataclass(frozen=True, slots=True)
class Circuit:
    """One loop as a reader sees it: its visible variables in order, and the ways it takes unseen.

    `ways` are runs of links; on each step the strongest of them counts.
    """

    variables: tuple[str, ...]
    ways: tuple[tuple[int, ...], ...]
    partition: int


@dataclass(frozen=True, slots=True)
class Listing:
    """All circuits that were found, with ways that are runs of chains; chains are runs of links."""

    chains: tuple[tuple[int, ...], ...]
    circuits: tuple[Circuit, ...]

    def circuit(self, place: int) -> Circuit:
        """Return one of them, with ways of links."""
        one = self.circuits[place]
        ways = tuple(tuple(link for chain in way for link in self.chains[chain]) for way in one.ways)
        return replace(one, ways=ways)


def circuits_of(graph: CausalGraph, found: Found) -> Listing:
    """Return loops, those that differ in hidden parts alone as one; without those that are all hidden."""
    ways: dict[tuple[str, ...], dict[tuple[int, ...], tuple[int, ...]]] = {}
    order = {name: (name not in graph.kept, number) for number, name in enumerate(graph.names)}
    visible = [
        tuple(name for link in chain if (name := graph.links[link][0]) not in graph.hidden)
        for chain in found.chains
    ]
    first = [min(names, key=order.__getitem__, default="") for names in visible]
    for path in found.paths:
        names = tuple(itertools.chain.from_iterable([visible[chain] for chain in path]))
        if names:  # turned so that it starts at its first stock in the model's order
            start = names.index(min([first[c] for c in path if first[c]], key=order.__getitem__))
            ways.setdefault(names[start:] + names[:start], {}).setdefault(tuple(sorted(path)), path)
    circuits = [
        Circuit(names, tuple(each.values()), graph.partition[names[0]]) for names, each in ways.items()
    ]
    return Listing(found.chains, tuple(circuits))


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """Shares [row, circuit] of the circuits that were kept.

    Parameters
    ----------
    raw : [row, circuit] scores, held within what a double can hold
    explained : [row], how much of the sizes of all circuits that were found the kept ones carry; 1 at rest
    found, silent : circuits that were scored, and how many of them are 0 on every row
    """

    circuits: tuple[Circuit, ...]
    share: Array
    raw: Array
    explained: Array
    found: int
    silent: int


def shares(listing: Listing, scores: LinkScores, pinned: Sequence[int] = (), keep: int = KEPT) -> Shares:
    """Return the circuits that matter, with their shares; each row's leader is always kept.

    Parameters
    ----------
    pinned : places of circuits that are kept whatever their share
    """
    circuits, rows = listing.circuits, scores.values.shape[1]
    if not circuits:
        empty = np.zeros((rows, 0))
        return Shares((), empty, empty, np.ones(rows), 0, 0)
    with np.errstate(divide="ignore"):
        logs = np.log(np.abs(scores.values))
    place = {link: number for number, link in enumerate(scores.links)}
    partition = np.array([circuit.partition for circuit in circuits])
    kinds = range(int(partition.max()) + 1)
    total, best = np.full((2, len(kinds), rows), -np.inf)
    leader = np.full((len(kinds), rows), -1)
    columns = np.arange(rows)
    runs = [[place[link] for link in chain] for chain in listing.chains]
    pieces = [_Piece(runs, circuits, low, high) for low, high in _chunks(circuits, rows)]
    sizes = [pieces[0].sizes(logs)] if len(pieces) == 1 else None  # several do not fit in memory at once
    for number, piece in enumerate(pieces):
        size = sizes[number] if sizes else piece.sizes(logs)
        for kind in kinds:
            mine = np.flatnonzero(partition[piece.low : piece.high] == kind)
            if len(mine):
                ours = size if len(mine) == len(size) else size[mine]
                total[kind] = np.logaddexp(total[kind], _logsum(ours))
                first = mine[ours.argmax(axis=0)]
                better = size[first, columns] > best[kind]
                best[kind][better] = size[first, columns][better]
                leader[kind][better] = piece.low + first[better]
    top, mean = np.zeros((2, len(circuits)))
    for number, piece in enumerate(pieces):
        size = sizes[number] if sizes else piece.sizes(logs)
        for low, high in _blocks(len(size)):
            here = slice(piece.low + low, piece.low + high)
            share = _share(size[low:high], total[partition[here]])
            top[here], mean[here] = share.max(axis=1), share.mean(axis=1)
    must = {int(n) for n in np.unique(leader) if n >= 0} | set(pinned)
    order = np.argsort(-mean, kind="stable")
    chosen = sorted(must | {int(n) for n in order[:keep] if top[n] >= SMALLEST})
    chosen.sort(key=lambda n: -mean[n])
    piece = _Piece(runs, [circuits[n] for n in chosen], 0, len(chosen))
    size, sign = piece.sizes(logs), piece.signs(logs, scores.values)
    share = _share(size, total[partition[chosen]]) * sign
    raw = np.exp(np.minimum(size, LOG_LARGEST)) * sign
    active = np.isfinite(total).sum(axis=0)
    explained = np.where(active > 0, np.abs(share).sum(axis=0) / np.maximum(active, 1), 1.0)
    silent = int((top == 0.0).sum())
    return Shares(tuple(map(listing.circuit, chosen)), share.T, raw.T, explained, len(circuits), silent)


def _share(size: Array, total: Array) -> Array:
    with np.errstate(invalid="ignore"):
        found = np.exp(size - total)
    return np.where(np.isfinite(size), found, 0.0)


def _logsum(logs: Array) -> Array:
    """Return the logarithm of the sum over the first axis; -inf where all are."""
    highest = logs.max(axis=0)
    base = np.where(np.isfinite(highest), highest, 0.0)
    found = np.zeros(logs.shape[1])
    for low, high in _blocks(len(logs)):
        found += np.exp(logs[low:high] - base).sum(axis=0)
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(found) + base)


def _blocks(count: int) -> Iterable[tuple[int, int]]:
    """Return from where to where so many rows are worked on together, so that they stay at hand."""
    return ((low, min(low + BLOCK, count)) for low in range(0, count, BLOCK))


def _chunks(circuits: Sequence[Circuit], rows: int) -> Iterable[tuple[int, int]]:
    low, held = 0, 0
    for number, circuit in enumerate(circuits):
        held += len(circuit.ways) * rows
        if held > CHUNK:
            yield low, number + 1
            low, held = number + 1, 0
    if low < len(circuits):
        yield low, len(circuits)


class _Piece:
    """Some of the circuits, each way as a run of chains, and each chain as places among the scores."""

    def __init__(
        self, chains: Sequence[Sequence[int]], circuits: Sequence[Circuit], low: int, high: int
    ) -> None:
        self.chains, self.low, self.high = chains, low, high
        ways = [way for circuit in circuits[low:high] for way in circuit.ways]
        lengths = np.array([len(way) for way in ways])
        self.columns = np.array(list(itertools.chain.from_iterable(ways)))
        self.order = np.argsort(-lengths, kind="stable")  # the longest way first
        self.lengths = lengths[self.order]
        self.offsets = (np.cumsum(lengths) - lengths)[self.order]
        self.starts = np.cumsum([0, *[len(circuit.ways) for circuit in circuits[low:high]]])

    def sums(self, values: Array) -> Array:
        """Return the sum over each way's links of [link, row], [way, row]."""
        parts = np.array([values[links].sum(axis=0) for links in self.chains])
        found = np.empty((len(self.order), values.shape[1]))
        held = np.empty((BLOCK, values.shape[1]))
        for low, high in _blocks(len(self.order)):
            lengths, offsets = self.lengths[low:high], self.offsets[low:high]
            block = parts[self.columns[offsets]]
            longer = np.searchsorted(-lengths, -np.arange(1, lengths[0])).tolist()
            for position, count in enumerate(longer, 1):
                columns = self.columns[offsets[:count] + position]
                block[:count] += parts.take(columns, axis=0, out=held[:count], mode="clip")
            found[self.order[low:high]] = block
        return found

    def sizes(self, logs: Array) -> Array:
        """Return the logarithm of each circuit's score's size, [circuit, row]."""
        size: Array = self.sums(logs)
        first, several = self.starts[:-1], np.diff(self.starts)
        if len(size) == len(first):
            return size
        largest: Array = size[first]
        for way in range(1, int(several.max())):
            more = np.flatnonzero(several > way)
            largest[more] = np.maximum(largest[more], size[first[more] + way])
        return largest

    def signs(self, logs: Array, values: Array) -> Array:
        """Return the sign of each circuit's strongest way, [circuit, row]."""
        sign: Array = 1.0 - 2.0 * (self.sums((values < 0.0).astype(np.float64)) % 2.0)
        if len(sign) + 1 == len(self.starts):
            return sign
        size = self.sums(logs)
        columns = np.arange(size.shape[1])
        strongest = [
            low + size[low:high].argmax(axis=0) for low, high in itertools.pairwise(self.starts.tolist())
        ]
        return np.array([sign[way, columns] for way in strongest])
